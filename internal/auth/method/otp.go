package method

import (
	"context"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/auth"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// OTP is signing in with a code that was sent by mail (auth.md §6.12).
type OTP struct {
	// Codes knows which are good.
	Codes interface {
		SpendOTP(ctx context.Context, a auth.Attempt, id, code string) (*record.Record, error)
	}
}

// maxCode is the longest code, in bytes.
const maxCode = 71

// Name returns "otp".
func (OTP) Name() string { return "otp" }

// Enabled reports whether c allows codes.
func (OTP) Enabled(c *schema.Collection) bool { return c.IsAuth() && c.Auth.OTP.Enabled }

// Prove uses the code up.
func (m OTP) Prove(ctx context.Context, _ auth.Desk, a auth.Attempt) (*record.Record, error) {
	id, code, err := readCode(a)
	if err != nil {
		return nil, err
	}
	return m.Codes.SpendOTP(ctx, a, id, code)
}

// readCode reads a code and its id.
func readCode(a auth.Attempt) (id, code string, err error) {
	if id, err = a.In.Text("otpId"); err != nil {
		return "", "", err
	}
	if code, err = a.In.Text("password"); err != nil {
		return "", "", err
	}
	f := fault.Fields{}
	f.Add("otpId", length(id))
	switch {
	case code == "":
		f.Add("password", fault.Required())
	case len(code) > maxCode:
		f.Add("password", fault.LengthRange(1, maxCode))
	}
	if e := f.Error(); e != nil {
		e.Msg = "An error occurred while validating the submitted data."
		return "", "", e
	}
	return id, code, nil
}
