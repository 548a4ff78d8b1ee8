package mail

import (
	_ "embed"
	"html"
	"strings"
)

// Value is what stands for a placeholder.
type Value struct {
	Text string
	Raw  bool // put in as it is; else it is escaped
}

// Fill replaces every {NAME} that lookup knows in one pass: a value that looks like a placeholder stays what it
// is, and so does a placeholder that is not known. Values are escaped, so that a user's name is never markup.
func Fill(template string, lookup func(name string) (Value, bool)) string {
	var out strings.Builder
	for {
		start := strings.IndexByte(template, '{')
		if start < 0 {
			out.WriteString(template)
			return out.String()
		}
		out.WriteString(template[:start])
		template = template[start:]
		end := strings.IndexAny(template[1:], "{}") + 1
		if end < 1 || template[end] != '}' {
			out.WriteByte('{')
			template = template[1:]
			continue
		}
		v, ok := lookup(template[1:end])
		switch {
		case !ok:
			out.WriteString(template[:end+1])
		case v.Raw:
			out.WriteString(v.Text)
		default:
			out.WriteString(html.EscapeString(v.Text))
		}
		template = template[end+1:]
	}
}

// FillSubject is Fill for a subject, which is no HTML and a single line: nothing is escaped, and control
// characters become spaces.
func FillSubject(template string, lookup func(name string) (Value, bool)) string {
	s := Fill(template, func(name string) (Value, bool) {
		v, ok := lookup(name)
		v.Raw = true
		return v, ok
	})
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

//go:embed layout.html
var layout string

// Document puts the body of a mail, which is trusted HTML, into our layout.
func Document(title, body string) string {
	return Fill(layout, func(name string) (Value, bool) {
		switch name {
		case "TITLE":
			return Value{Text: title}, true
		case "BODY":
			return Value{Text: body, Raw: true}, true
		}
		return Value{}, false
	})
}
