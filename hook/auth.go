package hook

import (
	"strings"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// AuthRequest is the event of a request to an endpoint of signing in, before anything is looked at but its form.
type AuthRequest struct {
	By         *caller.Caller
	Collection *schema.Collection
	// Action is the endpoint by the name that rate limits know it by: authWithPassword, authWithOTP,
	// authWithOAuth2, authRefresh, requestOTP, requestVerification, confirmPasswordReset and so on.
	Action string
	Body   map[string]any // what was sent; passwords and tokens among it
}

// In reports whether the collection has the given id or, in any case, name.
func (e *AuthRequest) In(nameOrID string) bool { return is(e.Collection, nameOrID) }

// SignIn is the event of an account that has proved who it is and whom the auth rule lets in. What is left
// is a second factor, where one is wanted; After handlers hear of those who are in.
type SignIn struct {
	By     *caller.Caller
	Record *record.Record
	// Method is "password", "otp", "oauth2" or whatever else there is; "" when a token is renewed or made for a
	// superuser who acts for the account.
	Method string
	Token  string // what the client gets; a Before handler may put another one here
}

// In reports whether the account is of the collection with the given id or, in any case, name.
func (e *SignIn) In(nameOrID string) bool { return is(e.Record.Collection(), nameOrID) }

// Mail is the event of a mail to the owner of an account.
type Mail struct {
	// Kind is verification, password-reset, email-change, otp, login-alert, sign-up-attempt, email-changed or
	// password-changed.
	Kind   string
	Record *record.Record
	Values map[string]string // what the template was filled with: TOKEN, OTP, OTP_ID, NEW_EMAIL, ALERT_INFO

	To      []string
	Subject string
	HTML    string
	Text    string            // "" is derived from HTML
	Headers map[string]string // more headers
	// Sent says that the handler has seen to the mail itself: nothing more is done, and it counts as sent.
	Sent bool
}

// In reports whether the account is of the collection with the given id or, in any case, name.
func (e *Mail) In(nameOrID string) bool { return is(e.Record.Collection(), nameOrID) }

func is(c *schema.Collection, nameOrID string) bool {
	return c.ID == nameOrID || strings.EqualFold(c.Name, nameOrID)
}
