package field_test

import (
	"strings"
	"testing"
)

func TestEmailClean(t *testing.T) {
	t.Parallel()
	testClean(t, define(t, "email", ""), textual)
}

func TestEmailCheck(t *testing.T) {
	t.Parallel()
	rows := []checked{
		{``, "", ""},
		{`"required":true`, "", "validation_required"},
		{`"onlyDomains":["example.com"]`, "a@example.com", ""},
		{`"onlyDomains":["example.com"]`, "a@Example.com", "validation_email_domain_not_allowed"},
		{`"onlyDomains":["example.com"]`, "a@sub.example.com", "validation_email_domain_not_allowed"},
		{`"exceptDomains":["example.com"]`, "a@example.com", "validation_email_domain_not_allowed"},
		{`"exceptDomains":["example.com"]`, "a@EXAMPLE.com", ""},
		{`"exceptDomains":["example.com"]`, "bad", "validation_is_email"},
	}
	for _, s := range []string{"a@b.co", "A.B+c@Example.org", "ä@bü.de", "a@b.c", "a_b-c@d-e.info"} {
		rows = append(rows, checked{``, s, ""})
	}
	for _, s := range []string{
		"a", "@b.co", "a@", "a@localhost", "a@b..co", "a@.co", "a b@c.de", `"a b"@c.de`, " a@b.co", "a@b.co ", "a@b.co\n", "a@b@c.de",
		"a@1.2.3.4", strings.Repeat("a", 330) + "@b.co",
	} {
		rows = append(rows, checked{``, s, "validation_is_email"})
	}
	testCheck(t, "email", rows)
}

func TestURLClean(t *testing.T) {
	t.Parallel()
	testClean(t, define(t, "url", ""), textual)
}

func TestURLCheck(t *testing.T) {
	t.Parallel()
	rows := []checked{
		{``, "", ""},
		{`"required":true`, "", "validation_required"},
		{`"onlyDomains":["example.com"]`, "https://example.com/a?b#c", ""},
		{`"onlyDomains":["example.com"]`, "https://example.com:8080", "validation_url_domain_not_allowed"},
		{`"onlyDomains":["example.com"]`, "https://www.example.com", "validation_url_domain_not_allowed"},
		{`"onlyDomains":["example.com"]`, "example.com", "validation_url_domain_not_allowed"},
		{`"onlyDomains":["example.com"]`, "xyz", "validation_invalid_url"},
		{`"exceptDomains":["example.com"]`, "https://example.com", "validation_url_domain_not_allowed"},
		{`"exceptDomains":["example.com"]`, "example.com", ""},
		{`"exceptDomains":["example.com"]`, "https://example.org", ""},
	}
	for _, s := range []string{
		"http://localhost", "http://a", "example.com", "example.com:8080/x", "ftp://x.y", "mailto:a@b.c", "http://1.2.3.4:80/x?y#z",
	} {
		rows = append(rows, checked{``, s, ""})
	}
	for _, s := range []string{"xyz", "/rel", "javascript:alert(1)", "http://", "http://a b", " http://a", "http://a\n", "http://a.b/c d"} {
		rows = append(rows, checked{``, s, "validation_invalid_url"})
	}
	testCheck(t, "url", rows)
}
