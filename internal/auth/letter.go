package auth

import (
	"maps"
	"strconv"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/hook"
	"github.com/holdall-dev/holdall/internal/mail"
	"github.com/holdall-dev/holdall/internal/settings"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// letter is a mail to the owner of a record (mails.md §2).
type letter struct {
	kind     string
	template schema.Template
	rec      *record.Record
	to       string
	values   map[string]mail.Value // placeholders besides those of every mail
}

// write makes the mail of it.
func (l letter) write(now *settings.Settings) *mail.Message {
	lookup := func(name string) (mail.Value, bool) { return l.lookup(now, name) }
	subject := mail.FillSubject(l.template.Subject, lookup)
	return &mail.Message{
		From:    mail.Address{Name: now.Meta.SenderName, Address: now.Meta.SenderAddress},
		To:      []mail.Address{{Address: l.to}},
		Subject: subject,
		HTML:    mail.Document(subject, mail.Fill(l.template.Body, lookup)),
	}
}

// event is what programs are told of the mail.
func (l letter) event(m *mail.Message) *hook.Mail {
	e := &hook.Mail{Kind: l.kind, Record: l.rec, Subject: m.Subject, HTML: m.HTML, Text: m.Text, Headers: maps.Clone(m.Headers), To: m.Recipients()}
	e.Values = make(map[string]string, len(l.values))
	for name, v := range l.values {
		e.Values[name] = v.Text
	}
	return e
}

// take puts into the mail what programs made of it.
func take(m *mail.Message, e *hook.Mail) {
	m.Subject, m.HTML, m.Text, m.Headers = e.Subject, e.HTML, e.Text, e.Headers
	m.To = m.To[:0:0]
	for _, to := range e.To {
		m.To = append(m.To, mail.Address{Address: to})
	}
}

func (l letter) lookup(now *settings.Settings, name string) (mail.Value, bool) {
	switch name {
	case "APP_NAME":
		return mail.Value{Text: now.Meta.AppName}, true
	case "APP_URL":
		return mail.Value{Text: now.Meta.AppURL, Raw: true}, true
	}
	if v, ok := l.values[name]; ok {
		return v, true
	}
	const prefix = "RECORD:"
	if len(name) <= len(prefix) || name[:len(prefix)] != prefix {
		return mail.Value{}, false
	}
	f := l.rec.Collection().Field(name[len(prefix):])
	if f == nil || f.Base().Hidden {
		return mail.Value{}, false
	}
	return mail.Value{Text: asText(l.rec.Get(f.Base().Name))}, true
}

// asText is a field's value in a mail; what is no text, number or truth is left out.
func asText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case field.JSON:
		return string(v)
	}
	return ""
}
