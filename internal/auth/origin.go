package auth

import (
	"context"
	"crypto/md5" //nolint:gosec // it names a place, and imported directories have such names
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/body"
	"github.com/holdall-dev/holdall/internal/mail"
	"github.com/holdall-dev/holdall/internal/mail/outbox"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

const (
	maxOrigins = 5   // of an account that are remembered
	maxAgent   = 200 // bytes of a browser's name
)

// noteOrigin remembers where an account signed in from, and has its owner told when that is new and not the
// first (auth.md §9). That it fails never fails the sign-in.
func (s *Service) noteOrigin(ctx context.Context, by *caller.Caller, rec *record.Record) {
	ctx = context.WithoutCancel(ctx)
	if err := s.origin(ctx, by, rec); err != nil {
		s.Log.Warn("the origin of a sign-in was not noted", "collection", rec.Collection().Name, "record", rec.ID(), "error", err)
	}
}

func (s *Service) origin(ctx context.Context, by *caller.Caller, rec *record.Record) error {
	address, agent := address(by.IP), agentOf(by)
	print := Fingerprint(address, agent)
	rows, err := s.system(schema.AuthOrigins)
	if err != nil {
		return err
	}
	var known []*record.Record
	err = s.rowsOf(ctx, schema.AuthOrigins, rec.Collection(), rec.ID(), func(row *record.Record) error {
		known = append(known, row)
		return nil
	})
	if err != nil {
		return err
	}
	for _, row := range known {
		if row.String("fingerprint") == print {
			_, err := s.change(ctx, row, nil)
			return err
		}
	}
	if len(known) > 0 && rec.String("email") != "" {
		info := s.Now().UTC().Format("2006-01-02 15:04:05.000Z") + " - " + address + " " + agent
		if err := s.put(ctx, rec.Collection(), outbox.Wish{Kind: mailAlert, Record: rec.ID(), Data: info}); err != nil {
			return err
		}
	}
	return s.remember(ctx, rows, rec, print, known)
}

// remember keeps a new origin in the place of the oldest ones.
func (s *Service) remember(ctx context.Context, rows *schema.Collection, rec *record.Record, print string, known []*record.Record) error {
	slices.SortStableFunc(known, func(a, b *record.Record) int { return strings.Compare(a.String("created"), b.String("created")) })
	for len(known) >= maxOrigins {
		if err := s.drop(ctx, schema.AuthOrigins, known[0].ID()); err != nil {
			return err
		}
		known = known[1:]
	}
	_, err := s.Write.Create(ctx, caller.AsSystem(s.Now()), rows, body.Body{Data: map[string]any{
		"collectionRef": rec.Collection().ID, "recordRef": rec.ID(), "fingerprint": print,
	}})
	if fault.Is(err, fault.Invalid) {
		return nil // another sign-in from there was quicker
	}
	return err
}

// Fingerprint names a place: the hash of an address, IPv6 written out in full, and of a browser.
func Fingerprint(address, agent string) string {
	sum := md5.Sum([]byte(address + agent)) //nolint:gosec // see the import
	return hex.EncodeToString(sum[:])
}

func address(ip string) string {
	if a, err := netip.ParseAddr(ip); err == nil {
		return a.Unmap().StringExpanded()
	}
	return ip
}

func agentOf(by *caller.Caller) string {
	if by.Header == nil {
		return ""
	}
	agent, _ := by.Header("user_agent")
	if len(agent) > maxAgent {
		agent = agent[:maxAgent] + "..."
	}
	return agent
}

func (s *Service) mailAlert(ctx context.Context, c *schema.Collection, m outbox.Wish) error {
	rec, err := s.one(ctx, store.Query{From: c, IDs: []string{m.Record}, Limit: 1})
	if err != nil {
		return fmt.Errorf("%w: %w", mail.ErrFinal, err)
	}
	if rec.String("email") == "" || !c.Auth.AuthAlert.Enabled {
		return nil
	}
	return s.send(ctx, letter{kind: mailAlert, template: c.Auth.AuthAlert.EmailTemplate, rec: rec, to: rec.String("email"), values: map[string]mail.Value{
		"ALERT_INFO": {Text: strings.ToValidUTF8(m.Data, "�")},
	}})
}
