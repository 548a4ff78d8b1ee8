package method

import (
	"context"

	"github.com/holdall-dev/holdall/internal/auth"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// SMS is signing in with a code that was sent to a phone (beyond-auth.md §3).
type SMS struct {
	// Codes knows which are good.
	Codes interface {
		SpendPhoneCode(ctx context.Context, a auth.Attempt, id, code string) (*record.Record, error)
	}
}

// Name returns "sms": beside a code by mail it is a second factor.
func (SMS) Name() string { return "sms" }

// Enabled reports whether c allows phones.
func (SMS) Enabled(c *schema.Collection) bool { return c.IsAuth() && c.Auth.PhoneAuth.Enabled }

// Prove uses the code up.
func (m SMS) Prove(ctx context.Context, _ auth.Desk, a auth.Attempt) (*record.Record, error) {
	id, code, err := readCode(a)
	if err != nil {
		return nil, err
	}
	return m.Codes.SpendPhoneCode(ctx, a, id, code)
}
