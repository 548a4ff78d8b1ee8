package holdall

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/holdall-dev/holdall/internal/mail"
	"github.com/holdall-dev/holdall/internal/mail/outbox"
	"github.com/holdall-dev/holdall/internal/mail/sendmail"
	"github.com/holdall-dev/holdall/internal/mail/smtp"
	"github.com/holdall-dev/holdall/internal/netguard"
	"github.com/holdall-dev/holdall/internal/settings"
	"github.com/holdall-dev/holdall/internal/sms"
	"github.com/holdall-dev/holdall/internal/sms/gateway"
)

// openOutbox begins to deliver what waits, and tries all of it again when the settings have changed.
func (a *App) openOutbox(ctx context.Context, what string, deliver func(context.Context, outbox.Wish) error) (*outbox.Outbox, error) {
	o, err := outbox.Open(ctx, outbox.Needs{
		What: what, Store: a.store, Node: a.shared(), Now: a.o.Now, Log: a.o.Log, Deliver: deliver,
	})
	if err != nil {
		return nil, fmt.Errorf("open the outbox of each %s: %w", what, err)
	}
	a.settings.OnChange(func(*settings.Settings) { o.Retry() })
	return o, nil
}

// sendMail sends by what the settings of this moment say.
func (a *App) sendMail(ctx context.Context, m *mail.Message) error {
	s := a.settings.Current().SMTP
	switch {
	case s.Enabled:
		return smtp.New(smtp.Config{
			Host: s.Host, Port: s.Port, LocalName: s.LocalName, TLS: s.TLS, RequireTLS: s.RequireTLS,
			Username: s.Username, Password: s.Password, Method: s.AuthMethod,
		}).Send(ctx, m)
	case a.o.DevMail != nil:
		return a.showMail(m)
	}
	path, err := sendmail.Find()
	if err != nil {
		return err
	}
	return sendmail.Sender{Path: path}.Send(ctx, m)
}

// gateways send messages through the guard, by what the settings of each moment say: ten seconds for an answer.
func (a *App) gateways() *gateway.Sender {
	s := &gateway.Sender{
		Client: a.out.Client(netguard.Limits{Bytes: 64 << 10, Time: 10 * time.Second}), Now: a.o.Now,
		Gateways: func() sms.Gateways { return a.settings.Current().SMS.Gateways },
	}
	if a.o.DevMail != nil {
		s.Show = a.showMessage
	}
	return s
}

// showMessage writes a text message for whoever develops.
func (a *App) showMessage(m sms.Message) error {
	a.showing.Lock()
	defer a.showing.Unlock()
	_, err := fmt.Fprintf(a.o.DevMail, "--- message to %s\n%s\n--- end of message\n", m.To, m.Text)
	return err
}

// showMail writes a mail for whoever develops.
func (a *App) showMail(m *mail.Message) error {
	if err := m.Check(); err != nil {
		return err
	}
	a.showing.Lock()
	defer a.showing.Unlock()
	_, err := fmt.Fprintf(a.o.DevMail, "--- mail to %s\nFrom: %s\nSubject: %s\n\n%s\n--- end of mail\n",
		strings.Join(m.Recipients(), ", "), m.From.String(), m.Subject, m.Plain())
	return err
}

// sweep deletes codes and factors that are over, every hour, until ctx ends.
func (a *App) sweep(ctx context.Context) {
	each(ctx, time.Hour, func() { a.sweepOnce(ctx) })
}

// each does something whenever a time has passed, until ctx ends.
func each(ctx context.Context, passed time.Duration, do func()) {
	ticks := time.NewTicker(passed)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
			do()
		}
	}
}

func (a *App) sweepOnce(ctx context.Context) {
	defer func() {
		if p := recover(); p != nil {
			a.o.Log.Error("the hourly cleaning panicked", "panic", p)
		}
	}()
	if err := a.auth.Sweep(ctx); err != nil && ctx.Err() == nil {
		a.o.Log.Error("old codes could not be deleted", "error", err)
	}
	if err := a.write.SweepAnswers(ctx); err != nil && ctx.Err() == nil {
		a.o.Log.Error("kept answers could not be deleted", "error", err)
	}
}
