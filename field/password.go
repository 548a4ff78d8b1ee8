package field

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/bcrypt"

	"github.com/holdall-dev/holdall/fault"
)

const (
	maxPassword = 71 // characters
	maxBcrypt   = 72 // bytes, all that bcrypt looks at
)

// PasswordField is a secret of which only a hash is kept.
type PasswordField struct {
	props
	Pattern string `json:"pattern"`
	Min     int64  `json:"min"`  // characters
	Max     int64  `json:"max"`  // characters; 0 is 71
	Cost    int    `json:"cost"` // of bcrypt; 0 is 10

	re *regexp.Regexp
}

// Type returns "password".
func (f *PasswordField) Type() string { return "password" }

// Kind returns KindPassword.
func (f *PasswordField) Kind() Kind { return KindPassword }

// Zero returns no password.
func (f *PasswordField) Zero() any { return Password{} }

// Clean takes text as a new password that is yet to be hashed.
func (f *PasswordField) Clean(in any) (any, error) {
	if p, ok := in.(Password); ok {
		return p, nil
	}
	return Password{Plain: toText(in)}, nil
}

func (f *PasswordField) prepare() {
	if f.Pattern != "" {
		f.re, _ = regexp.Compile(f.Pattern)
	}
}

// Check judges a new plain text; a password that is stored already is not judged again.
func (f *PasswordField) Check(v any) error {
	p, _ := v.(Password)
	if p.Plain == "" {
		return blank(f.Required && p.Hash == "")
	}
	if len(p.Plain) > maxBcrypt {
		return fault.Field("validation_max_text_constraint", "Must be no more than "+itoa(maxBcrypt)+" byte(s).")
	}
	most := f.Max
	if most == 0 {
		most = maxPassword
	}
	switch n := int64(utf8.RuneCountInString(p.Plain)); {
	case n < f.Min:
		return fault.Field("validation_min_text_constraint", "Must be at least "+itoa(f.Min)+" character(s).")
	case n > most:
		return fault.Field("validation_max_text_constraint", "Must be no more than "+itoa(most)+" character(s).")
	}
	if re := compile(f.re, f.Pattern); re != nil && !re.MatchString(p.Plain) {
		return fault.Field("validation_invalid_format", "Invalid value format.")
	}
	return nil
}

// Conceal returns "": not even the hash leaves.
func (f *PasswordField) Conceal(any) any { return "" }

// Hash makes the hash of a plain text. It is slow on purpose, about 60 ms at the usual cost.
func (f *PasswordField) Hash(plain string) (string, error) {
	h, err := bcrypt.GenerateFromPassword([]byte(plain), f.cost())
	return string(h), err
}

func (f *PasswordField) cost() int {
	if f.Cost == 0 {
		return bcrypt.DefaultCost
	}
	return f.Cost
}

// VerifyPassword reports whether plain is what hash was made of. An empty hash never verifies. Only the
// first 72 bytes count, as for every hash made by bcrypt.
func VerifyPassword(hash, plain string) bool {
	if hash == "" {
		return false
	}
	if strings.HasPrefix(hash, "$2y$") {
		hash = "$2a$" + hash[4:]
	}
	if len(plain) > maxBcrypt {
		plain = plain[:maxBcrypt]
	}
	return bcrypt.CompareHashAndPassword([]byte(hash), []byte(plain)) == nil
}

// Sane judges the definition.
func (f *PasswordField) Sane(World) error {
	fs := fault.Fields{}
	saneBase(&f.props, fs)
	fs.Add("min", saneRange(f.Min, 1, maxPassword))
	fs.Add("max", saneRange(f.Max, max(f.Min, 0), maxPassword))
	fs.Add("cost", saneRange(int64(f.Cost), int64(bcrypt.MinCost), int64(bcrypt.MaxCost)))
	fs.Add("pattern", saneRegex(f.Pattern))
	return fs.Err()
}
