// Package phone knows phone numbers: how people write them, which country they belong to, and which of them
// can be sent a text message. It asks nobody and keeps nothing.
package phone

import (
	"regexp"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Pattern is the canonical form, E.164: a plus sign and 7 to 15 digits.
const Pattern = `^\+[1-9]\d{6,14}$`

// maxWritten is the longest text that is taken for a number, in bytes.
const maxWritten = 40

var canonical = regexp.MustCompile(Pattern)

// marks are what people put between the digits.
var marks = strings.NewReplacer(" ", "", "-", "", ".", "", "/", "", "(", "", ")", "", "\u00a0", "", "\u2011", "", "\u2013", "")

// Normal returns the canonical form of an international number, however it is written: "+49 (0)171 123-4567"
// and "0049 171 1234567" are "+491711234567". ok is false for what is no number with a country in front. A
// number in canonical form is returned even when no such number can exist: see [Reachable].
func Normal(s string) (number string, ok bool) {
	s = strings.TrimSpace(s)
	if len(s) > maxWritten {
		return "", false
	}
	if rest, found := strings.CutPrefix(s, "00"); found {
		s = "+" + rest
	}
	if !strings.HasPrefix(s, "+") {
		return "", false
	}
	if n, err := phonenumbers.Parse(s, ""); err == nil && phonenumbers.IsValidNumber(n) {
		number = phonenumbers.Format(n, phonenumbers.E164)
	} else {
		number = marks.Replace(s)
	}
	return number, canonical.MatchString(number)
}

// Region is the country of a canonical number by its ISO 3166-1 code; "" when it belongs to none, as numbers of
// satellites do, or cannot exist.
func Region(number string) string {
	n, err := phonenumbers.Parse(number, "")
	if err != nil {
		return ""
	}
	if r := phonenumbers.GetRegionCodeForNumber(n); Known(r) {
		return r
	}
	return ""
}

// Reachable reports whether a canonical number can be that of a mobile phone in some country. Landlines,
// satellites and everything that is dearer than a call are not.
func Reachable(number string) bool {
	n, err := phonenumbers.Parse(number, "")
	if err != nil || !phonenumbers.IsValidNumber(n) || Region(number) == "" {
		return false
	}
	switch phonenumbers.GetNumberType(n) {
	case phonenumbers.MOBILE, phonenumbers.FIXED_LINE_OR_MOBILE:
		return true
	}
	return false
}

// Known reports whether there are numbers of a country, named by its ISO 3166-1 code in upper case.
func Known(region string) bool { return phonenumbers.GetSupportedRegions()[region] }

// Masked is a number as logs may show it.
func Masked(number string) string {
	const shown = 2
	if len(number) <= 2*shown+1 {
		return "•••"
	}
	return number[:shown+1] + "•••" + number[len(number)-shown:]
}
