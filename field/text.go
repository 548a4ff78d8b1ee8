package field

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/holdall-dev/holdall/fault"
)

const (
	defaultMaxText   = 5000
	idPattern        = `^[a-z0-9]+$`
	idAutogenerate   = `[a-z0-9]{15}`
	generateAttempts = 10
)

// Text is a plain text, and the primary key of every collection.
type Text struct {
	props
	Min                 int64  `json:"min"` // characters; 0 is no bound
	Max                 int64  `json:"max"` // characters; 0 is 5000
	Pattern             string `json:"pattern"`
	AutogeneratePattern string `json:"autogeneratePattern"`
	PrimaryKey          bool   `json:"primaryKey"`

	re *regexp.Regexp
}

// Type returns "text".
func (f *Text) Type() string { return "text" }

// Kind returns KindText.
func (f *Text) Kind() Kind { return KindText }

// Zero returns "".
func (f *Text) Zero() any { return "" }

// Clean keeps text as it is and writes numbers and bools out.
func (f *Text) Clean(in any) (any, error) { return cleanText(in), nil }

func (f *Text) prepare() {
	if f.Pattern != "" {
		f.re, _ = regexp.Compile(f.Pattern)
	}
}

// Check judges length and pattern, and the characters of a primary key.
func (f *Text) Check(v any) error {
	s, _ := v.(string)
	if s == "" {
		if f.Required || f.PrimaryKey {
			return fault.Required()
		}
		return nil
	}
	if f.PrimaryKey && f.Pattern != idPattern {
		if err := checkKeyCharacters(s); err != nil {
			return err
		}
	}
	return f.checkForm(s)
}

func (f *Text) checkForm(s string) error {
	max := f.Max
	if max == 0 {
		max = defaultMaxText
	}
	n := int64(len(s))
	if n > max || n < f.Min*utf8.UTFMax {
		n = int64(utf8.RuneCountInString(s))
	}
	switch {
	case n < f.Min:
		return fault.Field("validation_min_text_constraint", "Must be at least "+itoa(f.Min)+" character(s).").With("min", f.Min)
	case n > max:
		return fault.Field("validation_max_text_constraint", "Must be no more than "+itoa(max)+" character(s).").With("max", max)
	}
	if re := compile(f.re, f.Pattern); re != nil && !re.MatchString(s) {
		return fault.Field("validation_invalid_format", "Invalid value format.")
	}
	return nil
}

const forbiddenKeyCharacters = "./\\|\"'`<>:?*%$\x00\t\r\n "

var reservedKeys = func() map[string]bool {
	m := map[string]bool{"con": true, "prn": true, "aux": true, "nul": true}
	for i := range 9 {
		m["com"+strconv.Itoa(i+1)], m["lpt"+strconv.Itoa(i+1)] = true, true
	}
	return m
}()

// checkKeyCharacters refuses ids that would be trouble in a path or a file name.
func checkKeyCharacters(s string) error {
	if i := strings.IndexAny(s, forbiddenKeyCharacters); i >= 0 {
		return fault.Field("validation_forbidden_pk_character", "The id contains a forbidden character.").With("ch", s[i:i+1])
	}
	if reservedKeys[strings.ToLower(s)] {
		return fault.Field("validation_reserved_pk", "The id is a reserved name.").With("reserved", s)
	}
	return nil
}

// Fill generates an empty text on create.
func (f *Text) Fill(op Op, now time.Time, old any) (any, bool) {
	if op != OnCreate || f.AutogeneratePattern == "" {
		return nil, false
	}
	if s, _ := old.(string); s != "" {
		return nil, false
	}
	if f.PrimaryKey && f.AutogeneratePattern == idAutogenerate {
		return NewID(now), true
	}
	s, err := Generate(f.AutogeneratePattern)
	return s, err == nil
}

// Modify knows name:autogenerate, which puts generated text behind the one given.
func (f *Text) Modify(op ModOp, _, in any) (any, bool, error) {
	if op != Autogenerate {
		return nil, false, nil
	}
	s := toText(in)
	if f.AutogeneratePattern == "" {
		return s, true, nil
	}
	more, err := Generate(f.AutogeneratePattern)
	if err != nil {
		return nil, true, fault.Field("validation_invalid_autogenerate_pattern", "The value could not be generated.").Because(err)
	}
	return s + more, true, nil
}

// Sane judges the definition.
func (f *Text) Sane(w World) error {
	fs := fault.Fields{}
	saneBase(&f.props, fs)
	if f.PrimaryKey && f.Name != "id" {
		fs.Add("primaryKey", fault.Field("validation_unsupported_composite_pk", "Only the field id can be the primary key."))
	}
	fs.Add("min", saneBound(f.Min, 0))
	fs.Add("max", saneBound(f.Max, f.Min))
	if f.Pattern == "" && f.PrimaryKey {
		fs.Add("pattern", fault.Required())
	} else {
		fs.Add("pattern", saneRegex(f.Pattern))
	}
	fs.Add("autogeneratePattern", saneRegex(f.AutogeneratePattern))
	if f.AutogeneratePattern != "" && len(fs) == 0 {
		fs.Add("autogeneratePattern", f.saneGenerator())
	}
	return fs.Err()
}

// saneBound judges a length bound: from min to the largest safe integer, or 0 for none.
func saneBound(v, min int64) error {
	if v < 0 && min <= 0 {
		return fault.AtLeast(0)
	}
	return saneRange(v, min, maxSafe)
}

// saneGenerator tries the generator: what it makes must be valid itself.
func (f *Text) saneGenerator() error {
	g := &Text{props: props{Name: f.Name, ID: f.ID}, Min: f.Min, Max: f.Max, Pattern: f.Pattern, re: compile(f.re, f.Pattern)}
	for range generateAttempts {
		s, err := Generate(f.AutogeneratePattern)
		if err != nil {
			return fault.Field("validation_invalid_autogenerate_pattern", "The pattern cannot be generated from.").Because(err)
		}
		if err := g.Check(s); err != nil {
			return fault.Field("validation_invalid_autogenerate_pattern_value",
				"The generated value does not pass the field's own checks.").Because(err)
		}
	}
	return nil
}
