package field

import (
	"net/url"
	"slices"
	"strings"

	"github.com/asaskevich/govalidator"
	"github.com/holdall-dev/holdall/fault"
)

// Email is an e-mail address. Case and spaces stay as they were sent.
type Email struct {
	props
	ExceptDomains []string `json:"exceptDomains"`
	OnlyDomains   []string `json:"onlyDomains"`
}

// Type returns "email".
func (f *Email) Type() string { return "email" }

// Kind returns KindText.
func (f *Email) Kind() Kind { return KindText }

// Zero returns "".
func (f *Email) Zero() any { return "" }

// Clean keeps text as it is.
func (f *Email) Clean(in any) (any, error) { return cleanText(in), nil }

// Check judges form and domain.
func (f *Email) Check(v any) error {
	s, _ := v.(string)
	if s == "" {
		return blank(f.Required)
	}
	if !IsEmail(s) {
		return fault.Field("validation_is_email", "Must be a valid email address.")
	}
	if !allowed(s[strings.LastIndexByte(s, '@')+1:], f.ExceptDomains, f.OnlyDomains) {
		return fault.Field("validation_email_domain_not_allowed", "Email domain is not allowed.")
	}
	return nil
}

// Sane judges the definition.
func (f *Email) Sane(World) error {
	fs := fault.Fields{}
	saneBase(&f.props, fs)
	saneDomains(f.ExceptDomains, f.OnlyDomains, fs)
	return fs.Err()
}

// IsEmail reports whether s is an e-mail address with a dotted domain.
func IsEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	return len(s) <= 320 && at > 0 && strings.IndexByte(s[at:], '.') > 1 && !strings.ContainsAny(s, " \t\r\n\"") && govalidator.IsEmail(s)
}

// URL is an address on the web, with or without a scheme.
type URL struct {
	props
	ExceptDomains []string `json:"exceptDomains"`
	OnlyDomains   []string `json:"onlyDomains"`
}

// Type returns "url".
func (f *URL) Type() string { return "url" }

// Kind returns KindText.
func (f *URL) Kind() Kind { return KindText }

// Zero returns "".
func (f *URL) Zero() any { return "" }

// Clean keeps text as it is.
func (f *URL) Clean(in any) (any, error) { return cleanText(in), nil }

// Check judges form and host.
func (f *URL) Check(v any) error {
	s, _ := v.(string)
	if s == "" {
		return blank(f.Required)
	}
	if !IsURL(s) {
		return fault.Field("validation_invalid_url", "Must be a valid url.")
	}
	return f.checkHost(s)
}

// checkHost judges the host with its port; an address without a scheme has none.
func (f *URL) checkHost(s string) error {
	if len(f.OnlyDomains) == 0 && len(f.ExceptDomains) == 0 {
		return nil
	}
	host := ""
	if u, err := url.Parse(s); err == nil {
		host = u.Host
	}
	if !allowed(host, f.ExceptDomains, f.OnlyDomains) {
		return fault.Field("validation_url_domain_not_allowed", "Url domain is not allowed.")
	}
	return nil
}

// Sane judges the definition.
func (f *URL) Sane(World) error {
	fs := fault.Fields{}
	saneBase(&f.props, fs)
	saneDomains(f.ExceptDomains, f.OnlyDomains, fs)
	return fs.Err()
}

// IsURL reports whether s is a URL, with or without a scheme.
func IsURL(s string) bool { return !strings.ContainsAny(s, " \t\r\n") && govalidator.IsURL(s) }

func allowed(domain string, except, only []string) bool {
	if len(only) > 0 {
		return slices.Contains(only, domain)
	}
	return !slices.Contains(except, domain)
}

func blank(required bool) error {
	if required {
		return fault.Required()
	}
	return nil
}
