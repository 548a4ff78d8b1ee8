// Package sendmail sends mails by the program of that name.
package sendmail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime"
	"os/exec"
	"strings"
	"time"

	"github.com/holdall-dev/holdall/internal/mail"
)

// runTime is how long the program may take.
const runTime = 30 * time.Second

// ErrNone says that there is no such program.
var ErrNone = errors.New("no mail server is set up (settings, smtp) and there is no sendmail program")

// Find returns the path of the program, or ErrNone.
func Find() (string, error) {
	for _, name := range []string{"/usr/sbin/sendmail", "/usr/bin/sendmail", "sendmail"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNone
}

// Sender runs the program at Path for each mail.
type Sender struct{ Path string }

// Send implements [mail.Sender]: HTML alone, or the text when there is none (mails.md §5).
func (s Sender) Send(ctx context.Context, m *mail.Message) error {
	if err := m.Check(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, runTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.Path, "-i", "-t")
	cmd.Stdin = bytes.NewReader(encode(m))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", s.Path, err, bytes.TrimSpace(out))
	}
	return nil
}

func encode(m *mail.Message) []byte {
	var b bytes.Buffer
	line := func(name, value string) { fmt.Fprintf(&b, "%s: %s\n", name, value) }
	line("Subject", mime.QEncoding.Encode("utf-8", m.Subject))
	line("From", m.From.String())
	for _, to := range []struct {
		name string
		list []mail.Address
	}{{"To", m.To}, {"Cc", m.Cc}, {"Bcc", m.Bcc}} {
		if len(to.list) > 0 {
			line(to.name, join(to.list))
		}
	}
	kind, body := "text/html", m.HTML
	if body == "" {
		kind, body = "text/plain", m.Text
	}
	line("Content-Type", kind+"; charset=UTF-8")
	for name, value := range m.Headers {
		line(name, value)
	}
	b.WriteString("\n" + body)
	return b.Bytes()
}

func join(list []mail.Address) string {
	all := make([]string, len(list))
	for i, a := range list {
		all[i] = a.String()
	}
	return strings.Join(all, ", ")
}
