package smtp_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"github.com/holdall-dev/holdall/internal/mail"
	"github.com/holdall-dev/holdall/internal/mail/mailtest"
	"github.com/holdall-dev/holdall/internal/mail/smtp"
)

func letter() *mail.Message {
	return &mail.Message{
		From:    mail.Address{Name: "Ünit, Tests", Address: "us@example.com"},
		To:      []mail.Address{{Name: "Ann", Address: "ann@example.com"}},
		Bcc:     []mail.Address{{Address: "bob@example.com"}},
		Subject: "Grüße ✓",
		HTML:    `<style>p{}</style><p>Hello <b>Ann</b></p><ul><li>one</li></ul><a href="http://x.example/?a=1&amp;b=2">Go</a>`,
		Headers: map[string]string{"X-Kind": "test"},
	}
}

func sender(s *mailtest.Server, change func(*smtp.Config)) *smtp.Sender {
	c := smtp.Config{Host: s.Host, Port: s.Port, Trust: s.Trust}
	if change != nil {
		change(&c)
	}
	return smtp.New(c)
}

func TestWhatArrives(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{})
	if err := sender(s, func(c *smtp.Config) { c.LocalName = "our.example" }).Send(t.Context(), letter()); err != nil {
		t.Fatal(err)
	}
	m := s.Last(t, 1)
	if m.From != "us@example.com" || strings.Join(m.To, " ") != "ann@example.com bob@example.com" || m.Hello != "our.example" {
		t.Errorf("the envelope is %q to %q, from a machine called %q", m.From, m.To, m.Hello)
	}
	if m.Subject() != "Grüße ✓" || m.Header.Get("X-Kind") != "test" || m.Header.Get("Bcc") != "" || m.Header.Get("Date") == "" {
		t.Errorf("subject %q, headers %v", m.Subject(), m.Header)
	}
	if id := m.Header.Get("Message-Id"); !strings.HasSuffix(id, "@example.com>") || len(id) != len("<@example.com>")+15 {
		t.Errorf("Message-ID is %q", id)
	}
	if m.Text != "Hello Ann\n\n- one\n\n[Go](http://x.example/?a=1&b=2)" || m.HTML != letter().HTML {
		t.Errorf("text %q, HTML %q", m.Text, m.HTML)
	}
	if from, err := m.Header.AddressList("From"); err != nil || from[0].Name != "Ünit, Tests" {
		t.Errorf("From is %v, %v", from, err)
	}
}

func TestEncryptionAndCredentials(t *testing.T) {
	t.Parallel()
	users := map[string]string{"us": "secret"}
	known := func(method string) func(*smtp.Config) {
		return func(c *smtp.Config) { c.Username, c.Password, c.Method = "us", "secret", method }
	}
	cases := []struct {
		name      string
		server    mailtest.Options
		client    func(*smtp.Config)
		ok        bool
		encrypted bool
		method    string
	}{
		{"STARTTLS when it is offered", mailtest.Options{StartTLS: true}, nil, true, true, ""},
		{"TLS from the first byte", mailtest.Options{TLS: true}, func(c *smtp.Config) { c.TLS = true }, true, true, ""},
		{"STARTTLS when it must be", mailtest.Options{StartTLS: true}, func(c *smtp.Config) { c.RequireTLS = true }, true, true, ""},
		{"no STARTTLS although it must be", mailtest.Options{}, func(c *smtp.Config) { c.RequireTLS = true }, false, false, ""},
		{"TLS from the first byte, as it must be", mailtest.Options{TLS: true}, func(c *smtp.Config) { c.RequireTLS, c.TLS = true, true }, true, true, ""},
		{"a certificate that nobody trusts", mailtest.Options{StartTLS: true}, func(c *smtp.Config) { c.Trust = nil }, false, false, ""},
		{"the same, from the first byte", mailtest.Options{TLS: true}, func(c *smtp.Config) { c.Trust, c.TLS = nil, true }, false, false, ""},
		{"PLAIN", mailtest.Options{StartTLS: true, Users: users}, known(""), true, true, "PLAIN"},
		{"LOGIN", mailtest.Options{StartTLS: true, Users: users}, known("LOGIN"), true, true, "LOGIN"},
		{"in the clear, to this machine", mailtest.Options{Plain: true, Users: users}, known("PLAIN"), true, false, "PLAIN"},
		{"a wrong password", mailtest.Options{StartTLS: true, Users: users}, func(c *smtp.Config) { c.Username, c.Password = "us", "no" }, false, false, ""},
		{"none where some are wanted", mailtest.Options{StartTLS: true, Users: users}, nil, false, false, ""},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := mailtest.Start(t, tc.server)
			err := sender(s, tc.client).Send(t.Context(), letter())
			if (err == nil) != tc.ok {
				t.Fatalf("Send = %v", err)
			}
			if !tc.ok {
				if n := len(s.Mails()); n != 0 {
					t.Errorf("%d mails came all the same", n)
				}
				return
			}
			if m := s.Last(t, 1); m.Encrypted != tc.encrypted || m.Method != tc.method {
				t.Errorf("encrypted %v by %q, want %v by %q", m.Encrypted, m.Method, tc.encrypted, tc.method)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	codes := map[string]int{"never@example.com": 550, "later@example.com": 451}
	s := mailtest.Start(t, mailtest.Options{Refuse: func(to string) error {
		return &gosmtp.SMTPError{Code: codes[to], EnhancedCode: gosmtp.EnhancedCodeNotSet, Message: "no"}
	}})
	for to, code := range codes {
		m := letter()
		m.To, m.Bcc = []mail.Address{{Address: to}}, nil
		err := sender(s, nil).Send(t.Context(), m)
		if err == nil || errors.Is(err, mail.ErrFinal) != (code == 550) {
			t.Errorf("%d: %v, final: %v", code, err, errors.Is(err, mail.ErrFinal))
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it listens at once
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	_ = l.Close()
	err = smtp.New(smtp.Config{Host: "127.0.0.1", Port: port}).Send(t.Context(), letter())
	if err == nil || errors.Is(err, mail.ErrFinal) {
		t.Errorf("nobody listens: %v", err)
	}
}

// TestAServerThatHangs: the caller's deadline holds in every step of the conversation.
func TestAServerThatHangs(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{Hang: true})
	ctx, cancel := contextWithin(t, 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	if err := sender(s, nil).Send(ctx, letter()); err == nil {
		t.Error("it was sent")
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestHeaderInjection(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{})
	for name, change := range map[string]func(*mail.Message){
		"subject":      func(m *mail.Message) { m.Subject = "Hi\r\nBcc: all@example.com" },
		"name":         func(m *mail.Message) { m.From.Name = "Us\nBcc: all@example.com" },
		"address":      func(m *mail.Message) { m.To[0].Address = "ann@example.com\r\nRCPT TO:<all@example.com>" },
		"two":          func(m *mail.Message) { m.To[0].Address = "ann@example.com, all@example.com" },
		"header value": func(m *mail.Message) { m.Headers["X-A"] = "a\r\n\r\nbody" },
		"header name":  func(m *mail.Message) { m.Headers["X-A: b\r\nBcc"] = "all@example.com" },
		"nobody":       func(m *mail.Message) { m.To, m.Bcc = nil, nil },
	} {
		m := letter()
		change(m)
		if err := sender(s, nil).Send(t.Context(), m); !errors.Is(err, mail.ErrFinal) {
			t.Errorf("%s: Send = %v", name, err)
		}
	}
	if n := len(s.Mails()); n != 0 {
		t.Errorf("%d mails came", n)
	}
}

func contextWithin(t *testing.T, d time.Duration) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeout(t.Context(), d)
}
