package catalog

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/asaskevich/govalidator"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/schema"
)

// checkAuth judges the auth options: first each for itself and, when all are fine, what they need of each
// other and of the fields.
func (j *judge) checkAuth() {
	a := j.c.Auth
	fs := fault.Fields{}
	fs.Add("authRule", j.badRule(a.AuthRule))
	if a.ManageRule != nil && *a.ManageRule == "" {
		fs.Add("manageRule", fault.Field("validation_nil_or_not_empty_required", "Must be null or not blank."))
	}
	fs.Add("manageRule", j.badRule(a.ManageRule))
	fs.Add("authAlert", within("emailTemplate", badTemplate(a.AuthAlert.EmailTemplate)))
	fs.Add("oauth2", badOAuth2(a.OAuth2))
	if a.PasswordAuth.Enabled && len(a.PasswordAuth.IdentityFields) == 0 {
		fs.Add("passwordAuth", fault.Required().On("identityFields"))
	}
	fs.Add("mfa", badMFA(a.MFA))
	fs.Add("otp", badOTP(a.OTP))
	fs.Add("phoneAuth", badPhoneAuth(a.PhoneAuth))
	if a.PrivateSignUp.Enabled {
		fs.Add("privateSignUp", within("emailTemplate", badTemplate(a.PrivateSignUp.EmailTemplate)))
	}
	fs.Add("authToken", badToken(a.AuthToken))
	fs.Add("passwordResetToken", badToken(a.PasswordResetToken))
	fs.Add("emailChangeToken", badToken(a.EmailChangeToken))
	fs.Add("verificationToken", badToken(a.VerificationToken))
	fs.Add("fileToken", badToken(a.FileToken))
	fs.Add("verificationTemplate", badTemplate(a.VerificationTemplate))
	fs.Add("resetPasswordTemplate", badTemplate(a.ResetPasswordTemplate))
	fs.Add("confirmEmailChangeTemplate", badTemplate(a.ConfirmEmailChangeTemplate))
	if len(fs) == 0 {
		fs.Add("mfa", j.badFactors(a))
		fs.Add("passwordAuth", j.badIdentity(a.PasswordAuth))
	}
	j.checkAuthChange(fs)
	for name, bad := range fs {
		j.fs.Add(name, bad)
	}
}

// within puts an error, if there is one, under a name.
func within(name string, err error) error {
	fs := fault.Fields{}
	fs.Add(name, err)
	return fs.Err()
}

// checkAuthChange holds the rules of system collections as they are; when a second factor is asked for may change.
func (j *judge) checkAuthChange(fs fault.Fields) {
	if j.old == nil || j.old.Auth == nil {
		return
	}
	was, now := j.old.Auth, j.c.Auth
	fs.Add("authRule", j.badChange(was.AuthRule, now.AuthRule))
	fs.Add("manageRule", j.badChange(was.ManageRule, now.ManageRule))
}

// badFactors refuses a second factor that nobody could give, and its rule when that is wrong.
func (j *judge) badFactors(a *schema.AuthOptions) error {
	if !a.MFA.Enabled {
		return nil
	}
	fs := fault.Fields{}
	n := 0
	for _, on := range []bool{a.PasswordAuth.Enabled, a.OAuth2.Enabled, a.OTP.Enabled, a.PhoneAuth.Enabled} {
		if on {
			n++
		}
	}
	if n < 2 {
		fs.Add("enabled", fault.Field("validation_mfa_not_enough_auths", "At least two ways of signing in must be enabled."))
	}
	fs.Add("rule", j.badRule(&a.MFA.Rule))
	return fs.Err()
}

// badIdentity refuses names to sign in with that are no unique fields.
func (j *judge) badIdentity(p schema.PasswordAuth) error {
	if !p.Enabled {
		return nil
	}
	fs := fault.Fields{}
	for _, name := range p.IdentityFields {
		if j.c.Field(name) == nil {
			fs.Add("identityFields", fault.Newf(fault.Invalid, "There is no field %s.", name).
				Coded("validation_missing_field").With("fieldName", name))
		} else if _, ok := j.c.UniqueOn(name); !ok {
			fs.Add("identityFields", fault.Newf(fault.Invalid, "The field %s has no unique index of its own.", name).
				Coded("validation_missing_unique_constraint").With("fieldName", name))
		}
	}
	return fs.Err()
}

func badTemplate(t schema.Template) error {
	fs := fault.Fields{}
	if t.Subject == "" {
		fs.Add("subject", fault.Required())
	}
	if t.Body == "" {
		fs.Add("body", fault.Required())
	}
	return fs.Err()
}

func badToken(t schema.Token) error {
	fs := fault.Fields{}
	if t.Secret == "" {
		fs.Add("secret", fault.Required())
	} else if n := len(t.Secret); n < 30 || n > 255 {
		fs.Add("secret", fault.LengthRange(30, 255))
	}
	fs.Add("duration", badRange(t.Duration, 10, 94670856))
	return fs.Err()
}

// badRange judges a number that must be set; max 0 is no bound.
func badRange(v, min, max int64) error {
	switch {
	case v == 0:
		return fault.Required()
	case v < min:
		return fault.AtLeast(min)
	case max > 0 && v > max:
		return fault.AtMost(max)
	}
	return nil
}

func badMFA(m schema.MFA) error {
	fs := fault.Fields{}
	if m.Enabled {
		fs.Add("duration", badRange(m.Duration, 10, 86400))
	}
	return fs.Err()
}

func badOTP(o schema.OTP) error {
	fs := fault.Fields{}
	if o.Enabled {
		fs.Add("duration", badRange(o.Duration, 10, 86400))
		fs.Add("length", badRange(int64(o.Length), 4, 0))
	}
	fs.Add("emailTemplate", badTemplate(o.EmailTemplate))
	return fs.Err()
}

// maxMessage is how long a text with a code may be, in characters: more would be several messages.
const maxMessage = 120

func badPhoneAuth(p schema.PhoneAuth) error {
	fs := fault.Fields{}
	if p.Enabled {
		fs.Add("duration", badRange(p.Duration, 30, 3600))
		fs.Add("length", badRange(int64(p.Length), 4, 10))
	}
	switch n := utf8.RuneCountInString(p.Message); {
	case n > maxMessage:
		fs.Add("message", fault.LengthRange(0, maxMessage))
	case p.Message != "" && !strings.Contains(p.Message, "{OTP}"):
		fs.Add("message", fault.Field("validation_missing_code", "Must contain {OTP}, where the code goes."))
	}
	return fs.Err()
}

func badOAuth2(o schema.OAuth2) error {
	if !o.Enabled {
		return nil
	}
	sub := fault.Fields{}
	for i, p := range o.Providers {
		sub.Add(strconv.Itoa(i), badProvider(p, o.Providers[:i]))
	}
	return within("providers", sub.Err())
}

func badProvider(p schema.Provider, before schema.Providers) error {
	fs := fault.Fields{}
	if p.Name == "" {
		fs.Add("name", fault.Required())
	} else if !KnownProvider(p.Name) {
		fs.Add("name", fault.Newf(fault.Invalid, "There is no provider %s.", p.Name).
			Coded("validation_missing_provider").With("name", p.Name))
	}
	if _, twice := before.Find(p.Name); twice {
		fs.Add("name", fault.Newf(fault.Invalid, "The provider %s is there already.", p.Name).
			Coded("validation_duplicated_provider").With("name", p.Name))
	}
	if p.ClientID == "" {
		fs.Add("clientId", fault.Required())
	}
	if p.ClientSecret == "" {
		fs.Add("clientSecret", fault.Required())
	}
	fs.Add("authURL", badURL(p.AuthURL))
	fs.Add("tokenURL", badURL(p.TokenURL))
	fs.Add("userInfoURL", badURL(p.UserInfoURL))
	return fs.Err()
}

func badURL(s string) error {
	if s == "" || govalidator.IsURL(s) {
		return nil
	}
	return fault.Field("validation_is_url", "Must be a valid URL.")
}
