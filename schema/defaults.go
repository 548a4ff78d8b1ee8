package schema

import (
	"hash/crc32"
	"slices"
	"strconv"

	"github.com/holdall-dev/holdall/field"
)

// secretLength is how many random characters sign tokens.
const secretLength = 50

// New is a blank collection of a type with the type's defaults, unsealed. Secrets are fresh. An unknown type
// gives a collection with the defaults of a base collection.
func New(typ Type, name string) *Collection {
	c := &Collection{ID: DefaultID(typ, name), Name: name, Type: typ, Indexes: []string{}}
	if typ == Auth {
		a := newAuthOptions()
		c.Auth = &a
	}
	c.completeFields()
	if typ == View {
		c.Fields = []field.Field{}
	}
	c.completeIndexes()
	return c
}

// DefaultID is the id of a collection that came without one: the CRC-32 of its type and name.
func DefaultID(typ Type, name string) string {
	return "pbc_" + strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(string(typ)+name))), 10)
}

func newAuthOptions() AuthOptions {
	open := ""
	token := func(duration int64) Token { return Token{Secret: newSecret(), Duration: duration} }
	return AuthOptions{
		AuthRule:                   &open,
		AuthAlert:                  AuthAlert{Enabled: true, EmailTemplate: alertMail},
		OAuth2:                     OAuth2{Providers: Providers{}},
		PasswordAuth:               PasswordAuth{Enabled: true, IdentityFields: []string{"email"}},
		MFA:                        MFA{Duration: 600},
		OTP:                        OTP{Duration: 180, Length: 8, EmailTemplate: otpMail},
		AuthToken:                  token(432000),
		PasswordResetToken:         token(1800),
		EmailChangeToken:           token(1800),
		VerificationToken:          token(86400),
		FileToken:                  token(180),
		VerificationTemplate:       verificationMail,
		ResetPasswordTemplate:      resetMail,
		ConfirmEmailChangeTemplate: emailChangeMail,
	}
}

func newSecret() string { return field.RandomText(secretLength, field.Alphanumeric) }

// RenewAuthSecret ends every sign-in of the collection.
func (a *AuthOptions) RenewAuthSecret() { a.AuthToken.Secret = newSecret() }

// Complete puts an unsealed collection in order before it is judged and kept: ids and system fields that are
// missing are added, forced flags set, indexes normalised, names of fields that are gone taken out of the
// OAuth2 mapping (collections.md §3, §9). taken reports ids of other collections.
func (c *Collection) Complete(taken func(id string) bool) {
	if c.ID == "" {
		c.ID = freeID(DefaultID(c.Type, c.Name), taken)
	}
	if c.IsView() {
		return
	}
	c.completeFields()
	c.completeIndexes()
	if c.Auth != nil {
		c.completeAuth()
	}
}

// freeID appends 2, 3, … until nobody has the id.
func freeID(id string, taken func(string) bool) string {
	free := id
	for n := 2; taken(free); n++ {
		free = id + strconv.Itoa(n)
	}
	return free
}

// AddField appends f, or puts it in the place of the field that it stands for: the one of its id or, when f
// has none, the one of its name (collections.md §3).
func (c *Collection) AddField(f field.Field) {
	b := f.Base()
	same := -1
	if b.ID != "" {
		same = slices.IndexFunc(c.Fields, func(g field.Field) bool { return g.Base().ID == b.ID })
	} else if b.Name != "" {
		same = slices.IndexFunc(c.Fields, func(g field.Field) bool { return g.Base().Name == b.Name })
	}
	if same >= 0 {
		b.ID = c.Fields[same].Base().ID
		c.Fields[same] = f
		return
	}
	if b.ID == "" {
		b.ID = freeID(field.DefaultID(f.Type(), b.Name), c.hasFieldID)
	}
	c.Fields = append(c.Fields, f)
}

func (c *Collection) hasFieldID(id string) bool { return c.FieldByID(id) != nil }

// completeAuth holds the options together with the fields, and superusers to what they need (§4.1).
func (c *Collection) completeAuth() {
	a := c.Auth
	a.fillNil()
	m := &a.OAuth2.MappedFields
	for _, name := range []*string{&m.ID, &m.Name, &m.Username, &m.AvatarURL} {
		if !slices.ContainsFunc(c.Fields, func(f field.Field) bool { return f.Base().Name == *name }) {
			*name = ""
		}
	}
	if p := &a.PhoneAuth; p.Enabled {
		p.Duration, p.Length = orDefault(p.Duration, 300), orDefault(p.Length, 6)
	}
	a.completePrivacy()
	if c.ID != SuperusersID {
		return
	}
	a.PrivateSignUp = PrivateSignUp{}
	a.PhoneAuth.AutoCreate = false
	a.OAuth2.Enabled, a.OAuth2.Providers = false, Providers{}
	a.PasswordAuth.Enabled = true
	if a.OTP.Enabled || a.PhoneAuth.Enabled {
		a.MFA.Enabled = true
	}
}

// completePrivacy gives private sign-up its mail, and takes it away again when nobody changed it: the option is not
// seen then.
func (a *AuthOptions) completePrivacy() {
	switch p := &a.PrivateSignUp; {
	case p.Enabled && p.EmailTemplate == Template{}:
		p.EmailTemplate = takenMail
	case !p.Enabled && p.EmailTemplate == takenMail:
		p.EmailTemplate = Template{}
	}
}

func orDefault[T int | int64](v, unset T) T {
	if v == 0 {
		return unset
	}
	return v
}

// Scaffold is a blank collection for a form: without id and name, the indexes of an auth collection named by
// a placeholder.
func Scaffold(typ Type) *Collection {
	c := New(typ, "")
	c.Indexes = []string{}
	c.ID = field.RandomText(10, "abcdefghijklmnopqrstuvwxyz0123456789")
	c.completeIndexes()
	c.ID = ""
	return c
}
