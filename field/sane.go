package field

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/asaskevich/govalidator"
	"github.com/holdall-dev/holdall/fault"
)

// maxSafe is the largest integer that a JSON number holds exactly.
const maxSafe = 1<<53 - 1

var word = regexp.MustCompile(`^\w+$`)

// reservedNames cannot be field names: they mean something else in rules and in records.
var reservedNames = map[string]bool{
	"null": true, "true": true, "false": true, "_rowid_": true,
	"collectionId": true, "collectionName": true, "expand": true,
}

// saneBase judges what all fields have in common.
func saneBase(b *Base, fs fault.Fields) {
	switch n := utf8.RuneCountInString(b.ID); {
	case n == 0:
		fs.Add("id", fault.Required())
	case n > 100:
		fs.Add("id", fault.LengthRange(1, 100))
	}
	fs.Add("name", saneName(b.Name))
	if utf8.RuneCountInString(b.Help) > 300 {
		fs.Add("help", fault.LengthRange(0, 300))
	}
}

func saneName(name string) error {
	switch {
	case name == "":
		return fault.Required()
	case utf8.RuneCountInString(name) > 100:
		return fault.LengthRange(1, 100)
	case !word.MatchString(name):
		return fault.Match()
	case reservedNames[name]:
		return fault.Field(fault.CodeNotIn, "The name is reserved.")
	case strings.Contains(strings.ToLower(name), "_via_"):
		return fault.Field("validation_found_via", "The name cannot contain _via_.")
	}
	return nil
}

// saneRange judges a bound; zero is "not set" and always fine.
func saneRange(v, min, max int64) error {
	switch {
	case v == 0:
		return nil
	case v < min:
		return fault.AtLeast(min)
	case v > max:
		return fault.AtMost(max)
	}
	return nil
}

// saneRegex judges a pattern in RE2 syntax.
func saneRegex(pattern string) error {
	if _, err := regexp.Compile(pattern); err != nil {
		return fault.Field("validation_invalid_regex", "Invalid regular expression pattern: "+err.Error()+".").Because(err)
	}
	return nil
}

// saneDomains judges the two lists of domains of which only one may be set.
func saneDomains(except, only []string, fs fault.Fields) {
	if len(except) > 0 && len(only) > 0 {
		empty := fault.Field("validation_empty", "Must be blank when the other list of domains is set.")
		fs.Add("exceptDomains", empty)
		fs.Add("onlyDomains", empty)
		return
	}
	for name, list := range map[string][]string{"exceptDomains": except, "onlyDomains": only} {
		sub := fault.Fields{}
		for i, d := range list {
			if !govalidator.IsDNSName(d) || !strings.Contains(d, ".") {
				sub.Add(itoa(i), fault.Field("validation_is_domain", "Must be a valid domain."))
			}
		}
		fs.Add(name, sub.Err())
	}
}

// compile returns the ready pattern, or compiles it for a definition that was put together by hand.
func compile(ready *regexp.Regexp, pattern string) *regexp.Regexp {
	if ready != nil && ready.String() == pattern || pattern == "" {
		return ready
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil // Sane refuses such a definition before it is used
	}
	return re
}
