package settings

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/phone"
	"github.com/holdall-dev/holdall/internal/sms"
)

// SMS says who sends text messages, to which countries, and how many at most: each of them costs money.
type SMS struct {
	Gateways      sms.Gateways `json:"gateways"`      // tried in order
	Countries     []string     `json:"countries"`     // ISO codes of those that are sent to; empty: none
	DailyBudget   int          `json:"dailyBudget"`   // messages of one collection in a day
	CountryBudget int          `json:"countryBudget"` // messages to one country in a day
	NumberLimit   int          `json:"numberLimit"`   // messages to one number in a day
	AddressLimit  int          `json:"addressLimit"`  // requests for messages from one address in an hour
	// TestNumbers have codes of their own and get no messages, until TestUntil, a date in wire form.
	TestNumbers map[string]string `json:"testNumbers"`
	TestUntil   string            `json:"testUntil"`
}

func defaultSMS() SMS {
	return SMS{
		Gateways: sms.Gateways{}, Countries: []string{}, TestNumbers: map[string]string{},
		DailyBudget: 500, CountryBudget: 200, NumberLimit: 5, AddressLimit: 10,
	}
}

// TestCode is the fixed code of a test number at now, a date in wire form; "" when it is none, or no longer.
func (s *SMS) TestCode(number, now string) string {
	if now >= s.TestUntil {
		return ""
	}
	return s.TestNumbers[number]
}

// Reaches reports whether messages are sent to the country of a number.
func (s *SMS) Reaches(number string) bool {
	return slices.Contains(s.Countries, phone.Region(number)) && phone.Reachable(number)
}

func (s *SMS) check() error {
	fs := fault.Fields{}
	sub := fault.Fields{}
	for i, g := range s.Gateways {
		sub.Add(strconv.Itoa(i), badGateway(g, s.Gateways[:i]))
	}
	fs.Add("gateways", sub.Err())
	fs.Add("countries", badCountries(s.Countries))
	for name, v := range map[string]int{
		"dailyBudget": s.DailyBudget, "countryBudget": s.CountryBudget, "numberLimit": s.NumberLimit, "addressLimit": s.AddressLimit,
	} {
		fs.Add(name, below(int64(v), 1))
	}
	fs.Add("testNumbers", badTestNumbers(s.TestNumbers))
	fs.Add("testUntil", first(required(len(s.TestNumbers) > 0 && s.TestUntil == ""), badMoment(s.TestUntil)))
	return fs.Err()
}

func badGateway(g sms.Gateway, before sms.Gateways) error {
	fs := fault.Fields{}
	t, ok := sms.FindType(g.Type)
	if !ok {
		fs.Add("type", first(required(g.Type == ""), fault.NotIn()))
		return fs.Err()
	}
	if slices.ContainsFunc(before, func(b sms.Gateway) bool { return b.Label() == g.Label() }) {
		fs.Add("name", fault.Field("validation_duplicated_gateway", "Another gateway has the same name."))
	}
	for _, need := range t.Needs {
		one, other, _ := strings.Cut(need, "|")
		fs.Add(one, required(g.Value(one) == "" && g.Value(other) == ""))
	}
	fs.Add("url", badURL(g.URL))
	if fs["url"] == nil && g.URL != "" && !strings.HasPrefix(g.URL, "https://") && !strings.HasPrefix(g.URL, "http://") {
		fs.Add("url", fault.Field("validation_is_url", "Must be a valid URL."))
	}
	return fs.Err()
}

func badCountries(list []string) error {
	sub := fault.Fields{}
	for i, code := range list {
		if !phone.Known(code) {
			sub.Add(strconv.Itoa(i), fault.Field("validation_unknown_country", "Must be the ISO code of a country, in capitals."))
		}
	}
	return sub.Err()
}

// testCode is what a fixed code looks like: what people can type where they type real ones.
var testCode = regexp.MustCompile(`^\d{4,10}$`)

func badTestNumbers(list map[string]string) error {
	sub := fault.Fields{}
	for number, code := range list {
		if normal, ok := phone.Normal(number); !ok || normal != number {
			sub.Add(number, fault.Field("validation_invalid_phone", "Must be a phone number with its country, such as +491711234567."))
		} else if !testCode.MatchString(code) {
			sub.Add(number, fault.Match())
		}
	}
	return sub.Err()
}

func badMoment(s string) error {
	if normal, ok := field.ParseDate(s); s != "" && (!ok || normal != s) {
		return fault.Field(fault.CodeInvalidValue, "Must be a date such as 2026-12-31 00:00:00.000Z.")
	}
	return nil
}
