// Package smtp sends mails by a mail server.
package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/mail"
)

// Times that a mail server has: a slow one is given up.
const (
	dialTime = 10 * time.Second
	sendTime = 30 * time.Second
)

// Config says how the server is reached (mails.md §4).
type Config struct {
	Host, LocalName    string
	Port               int
	Username, Password string
	Method             string      // "PLAIN", "LOGIN" or "" for PLAIN
	TLS                bool        // from the first byte; else STARTTLS when the server offers it
	RequireTLS         bool        // nothing is sent to a server that does not encrypt
	Trust              *tls.Config // nil: the system's certificate authorities
}

// Sender sends each mail over a connection of its own. Credentials are never sent over an unencrypted
// connection, unless the server is this machine.
type Sender struct{ c Config }

// New makes a sender. It connects to nothing yet.
func New(c Config) *Sender { return &Sender{c: c} }

// Send implements [mail.Sender]. It gives up after 30 seconds.
func (s *Sender) Send(ctx context.Context, m *mail.Message) error {
	if err := m.Check(); err != nil {
		return err
	}
	msg, err := compose(m)
	if err != nil {
		return fmt.Errorf("%w: %w", mail.ErrFinal, err)
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	client, err := gomail.NewClient(s.c.Host, s.options(ctx)...)
	if err != nil {
		return fmt.Errorf("mail server %s: %w", s.c.Host, err)
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return s.explain(err)
	}
	return nil
}

func (s *Sender) options(ctx context.Context) []gomail.Option {
	opts := []gomail.Option{
		gomail.WithPort(s.c.Port),
		gomail.WithTimeout(dialTime),
		gomail.WithHELO(localName(s.c.LocalName)),
		gomail.WithDialContextFunc(s.c.dial(ctx)),
		gomail.WithTLSConfig(s.c.tls()),
		gomail.WithTLSPolicy(s.c.policy()),
		gomail.WithoutNoop(),
	}
	if s.c.TLS {
		opts = append(opts, gomail.WithSSL())
	}
	if s.c.Username == "" && s.c.Password == "" {
		return opts
	}
	method := gomail.SMTPAuthPlain
	if strings.EqualFold(s.c.Method, "LOGIN") {
		method = gomail.SMTPAuthLogin
	}
	return append(opts, gomail.WithSMTPAuth(method), gomail.WithUsername(s.c.Username), gomail.WithPassword(s.c.Password))
}

func (c Config) policy() gomail.TLSPolicy {
	if c.RequireTLS {
		return gomail.TLSMandatory
	}
	return gomail.TLSOpportunistic
}

func (c Config) tls() *tls.Config {
	t := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.Trust != nil {
		t = c.Trust.Clone()
	}
	t.ServerName = c.Host
	return t
}

// dial connects. The connection ends with whole, the time that the mail has: a server that stops answering is
// not waited for.
func (c Config) dial(whole context.Context) gomail.DialContextFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{Timeout: dialTime}).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		context.AfterFunc(whole, func() { _ = conn.Close() })
		if !c.TLS {
			return conn, nil
		}
		secure := tls.Client(conn, c.tls())
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
		return secure, nil
	}
}

// explain tells refusals that stay from those that may pass.
func (s *Sender) explain(err error) error {
	var refused *gomail.SendError
	if errors.As(err, &refused) && !refused.IsTemp() && refused.ErrorCode() >= 500 {
		return fmt.Errorf("%w by %s: %w", mail.ErrFinal, s.c.Host, err)
	}
	return fmt.Errorf("mail server %s: %w", s.c.Host, err)
}

func localName(name string) string {
	if name == "" {
		return "localhost"
	}
	return name
}

func compose(m *mail.Message) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := msg.FromFormat(m.From.Name, m.From.Address); err != nil {
		return nil, err
	}
	for _, to := range []struct {
		list []mail.Address
		add  func(name, address string) error
	}{{m.To, msg.AddToFormat}, {m.Cc, msg.AddCcFormat}, {m.Bcc, msg.AddBccFormat}} {
		for _, a := range to.list {
			if err := to.add(a.Name, a.Address); err != nil {
				return nil, err
			}
		}
	}
	msg.Subject(m.Subject)
	msg.SetDate()
	_, domain, _ := strings.Cut(m.From.Address, "@")
	msg.SetMessageIDWithValue(field.RandomText(15, field.Alphanumeric) + "@" + domain)
	for name, value := range m.Headers {
		msg.SetGenHeader(gomail.Header(name), value)
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.Plain())
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	return msg, nil
}
