// Package gateway hands text messages to those who send them: a table of vendors, one file each. The forms of
// their requests are those of the vendors' public references.
package gateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/holdall-dev/holdall/internal/sms"
)

// vendors are how a message is put to each type of gateway.
var vendors = map[string]func(gw, sms.Message) (*ask, error){
	"twilio":      twilio,
	"vonage":      vonage,
	"messagebird": messageBird,
	"bird":        bird,
	"webhook":     webhook,
}

// gw is a configured gateway at the moment of a message.
type gw struct {
	sms.Gateway
	now time.Time
}

// at is a path at the gateway.
func (g gw) at(path string) string {
	if g.URL != "" {
		return g.URL + path
	}
	t, _ := sms.FindType(g.Type)
	return t.URL + path
}

// Sender sends through gateways in order.
type Sender struct {
	Client *http.Client // bounds time and size, and where it goes
	Now    func() time.Time
	// Gateways are those of this moment.
	Gateways func() sms.Gateways
	// Show prints a message for whoever develops; nil outside of development.
	Show func(sms.Message) error
}

// Send implements [sms.Sender]: the first gateway that takes the message ends it. One that fails leaves it to the
// next, unless the number is what was wrong.
func (s *Sender) Send(ctx context.Context, m sms.Message) error {
	list := s.Gateways()
	if len(list) == 0 && s.Show != nil {
		return s.Show(m)
	}
	errs := []error{}
	for _, g := range list {
		if m.Via != "" && m.Via != g.Label() {
			continue
		}
		err := s.Through(ctx, g, m)
		if err == nil {
			return nil
		}
		errs = append(errs, err)
		if errors.Is(err, sms.ErrFinal) || ctx.Err() != nil {
			break
		}
	}
	if len(errs) == 0 {
		return sms.ErrNoGateway
	}
	return errors.Join(errs...)
}

// Through sends by one gateway.
func (s *Sender) Through(ctx context.Context, g sms.Gateway, m sms.Message) error {
	if g.Type == sms.TypeLog {
		return s.show(g, m)
	}
	vendor, ok := vendors[g.Type]
	if !ok {
		return fmt.Errorf("gateway %s: there is no type %q", g.Label(), g.Type)
	}
	a, err := vendor(gw{g, s.Now()}, m)
	if err != nil {
		return fmt.Errorf("gateway %s: %w", g.Label(), err)
	}
	return a.send(ctx, s.Client, g.Label())
}

func (s *Sender) show(g sms.Gateway, m sms.Message) error {
	if s.Show == nil {
		return fmt.Errorf("gateway %s prints messages in development only", g.Label())
	}
	return s.Show(m)
}
