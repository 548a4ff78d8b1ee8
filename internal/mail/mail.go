// Package mail is what a mail is and who can send one. It sends nothing itself: see the packages below it.
package mail

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
)

// Sender sends mails. It is safe for concurrent use.
type Sender interface {
	// Send returns when the mail was handed over, or with the reason why not. An error that is [ErrFinal] will
	// not go away by trying again.
	Send(ctx context.Context, m *Message) error
}

// SenderFunc is a function that sends.
type SenderFunc func(ctx context.Context, m *Message) error

// Send calls f.
func (f SenderFunc) Send(ctx context.Context, m *Message) error { return f(ctx, m) }

// ErrFinal says that a mail can never be sent as it is: the address does not exist, a header is broken.
var ErrFinal = errors.New("the mail was refused for good")

// Address is a mailbox with an optional name.
type Address = mail.Address

// Message is one mail.
type Message struct {
	From        Address
	To, Cc, Bcc []Address
	Subject     string
	HTML        string            // a whole document
	Text        string            // "" is derived from HTML
	Headers     map[string]string // more headers
}

// Check refuses mails without a recipient, with broken addresses, and with line breaks where they would begin a
// header of somebody else's choosing. Its errors are [ErrFinal].
func (m *Message) Check() error {
	if len(m.To)+len(m.Cc)+len(m.Bcc) == 0 {
		return fmt.Errorf("%w: nobody to send it to", ErrFinal)
	}
	for _, list := range [][]Address{{m.From}, m.To, m.Cc, m.Bcc} {
		for _, a := range list {
			if err := checkAddress(a); err != nil {
				return err
			}
		}
	}
	if broken(m.Subject) {
		return fmt.Errorf("%w: the subject has a line break", ErrFinal)
	}
	for name, value := range m.Headers {
		if broken(value) || broken(name) || name == "" || strings.ContainsAny(name, ": ") {
			return fmt.Errorf("%w: the header %q is malformed", ErrFinal, name)
		}
	}
	return nil
}

func checkAddress(a Address) error {
	if broken(a.Name) || broken(a.Address) {
		return fmt.Errorf("%w: an address has a line break", ErrFinal)
	}
	if _, err := mail.ParseAddress(a.String()); err != nil {
		return fmt.Errorf("%w: %q is no address: %w", ErrFinal, a.Address, err)
	}
	return nil
}

func broken(s string) bool { return strings.ContainsAny(s, "\r\n\x00") }

// Recipients are all addresses that the mail goes to.
func (m *Message) Recipients() []string {
	var all []string
	for _, list := range [][]Address{m.To, m.Cc, m.Bcc} {
		for _, a := range list {
			all = append(all, a.Address)
		}
	}
	return all
}

// Plain is the text of the mail: the given one, or what the HTML says without its markup.
func (m *Message) Plain() string {
	if m.Text != "" {
		return m.Text
	}
	return PlainText(m.HTML)
}
