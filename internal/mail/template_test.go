package mail_test

import (
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/internal/mail"
)

func values(name string) (mail.Value, bool) {
	v, ok := map[string]mail.Value{
		"APP_NAME":    {Text: "A & B"},
		"TOKEN":       {Text: "x.y.z", Raw: true},
		"RECORD:name": {Text: "<b>{TOKEN}</b>"},
		"LINES":       {Text: "a\r\nBcc: b\x00"},
		"EMPTY":       {},
	}[name]
	return v, ok
}

func TestFill(t *testing.T) {
	t.Parallel()
	for template, want := range map[string]string{
		"":                         "",
		"nothing":                  "nothing",
		"{APP_NAME}":               "A &amp; B",
		"{TOKEN}/{TOKEN}":          "x.y.z/x.y.z",
		"{RECORD:name}":            "&lt;b&gt;{TOKEN}&lt;/b&gt;",
		"{RECORD:tokenKey} {NONE}": "{RECORD:tokenKey} {NONE}",
		"p {a: b} {TOKEN":          "p {a: b} {TOKEN",
		"{{TOKEN}}":                "{x.y.z}",
		"{}{EMPTY}}":               "{}}",
	} {
		if got := mail.Fill(template, values); got != want {
			t.Errorf("Fill(%q) = %q, want %q", template, got, want)
		}
	}
}

func TestFillSubject(t *testing.T) {
	t.Parallel()
	if got := mail.FillSubject("{APP_NAME} {LINES}", values); got != "A & B a  Bcc: b" {
		t.Errorf("FillSubject = %q", got)
	}
}

func TestPlainText(t *testing.T) {
	t.Parallel()
	for document, want := range map[string]string{
		"":                      "",
		"just  text":            "just text",
		"<p>a</p><p>b<br>c</p>": "a\n\nb\nc",
		"<style>x</style><script>y</script><title>t</title><p>z": "z",
		`<a href="http://a.example">  A link </a>, then more`:    "[A link](http://a.example), then more",
		"<ul><li>1</li><li>2 <b>bold</b>!</li></ul>end":          "- 1\n- 2 bold!\n\nend",
		"a &lt;b&gt; &amp; c":                                    "a <b> & c",
	} {
		if got := mail.PlainText(document); got != want {
			t.Errorf("PlainText(%q) = %q, want %q", document, got, want)
		}
	}
}

func TestDocument(t *testing.T) {
	t.Parallel()
	got := mail.Document("<T>{BODY}", "<p>{TITLE}</p>")
	if !strings.Contains(got, "<title>&lt;T&gt;{BODY}</title>") || !strings.Contains(got, "<p>{TITLE}</p>") || strings.Contains(got, "http") {
		t.Error(got)
	}
}
