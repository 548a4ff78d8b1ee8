package auth

import (
	"context"
	"errors"
	"fmt"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/body"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// ErrNobody says that no account belongs to an external one yet.
var ErrNobody = errors.New("there is no such account yet")

// maxStale is how often a collection may change under a sign-in.
const maxStale = 3

// External is an account at another provider, which its owner has just proved to have.
type External struct {
	Provider string
	ID       string
	Email    string // only one that the provider vouches for; else ""
}

// Join implements Desk.
func (s *Service) Join(ctx context.Context, a Attempt, ext External, up *body.Body) (rec *record.Record, isNew bool, err error) {
	for range maxStale {
		rec, isNew, err = s.tryJoin(ctx, a, ext, up)
		if !errors.Is(err, store.ErrStale) {
			break
		}
		c, ok := s.Catalog().ByID(a.Collection.ID)
		if !ok {
			return nil, false, fault.New(fault.NotFound, "Missing collection context.")
		}
		a.Collection = c
	}
	if err != nil {
		return nil, false, fmt.Errorf("join an account of %s: %w", ext.Provider, err)
	}
	return rec, isNew, nil
}

// tryJoin looks first without keeping writers from their work: most sign-ins change nothing.
func (s *Service) tryJoin(ctx context.Context, a Attempt, ext External, up *body.Body) (rec *record.Record, isNew bool, err error) {
	rec, link, err := s.whose(ctx, s.Store, a, ext)
	switch {
	case err != nil:
		return nil, false, err
	case rec == nil && up == nil:
		return nil, false, ErrNobody
	case rec != nil && link != "" && rec.Bool("verified") && (rec.String("email") != "" || ext.Email == ""):
		return rec, false, nil
	}
	j := &joining{s: s, a: a, ext: ext}
	if j.unknown, err = s.Unknown(ctx, a.Collection); err != nil {
		return nil, false, err
	}
	err = s.Write.Together(ctx, func(ctx context.Context, rd store.Reader) (err error) {
		j.rd = rd
		rec, isNew, err = j.join(ctx, up)
		return err
	})
	return rec, isNew, err
}

// whose finds the account of an external one (auth.md §8.3): the linked one, else the caller's own, else the
// one with the same e-mail, else nil. link is the id of the link, when there is one.
func (s *Service) whose(ctx context.Context, rd store.Reader, a Attempt, ext External) (rec *record.Record, link string, err error) {
	row, err := s.link(ctx, rd, a.Collection, ext)
	if err != nil {
		return nil, "", err
	}
	if row != nil {
		rec, err = oneOf(ctx, rd, store.Query{From: a.Collection, IDs: []string{row.String("recordRef")}, Limit: 1})
		if errors.Is(err, errNone) {
			return nil, "", fault.New(fault.NotFound, "")
		}
		return rec, row.ID(), err
	}
	rec, err = s.unlinked(ctx, rd, a, ext)
	if errors.Is(err, errNone) {
		return nil, "", nil
	}
	return rec, "", err
}

func (s *Service) unlinked(ctx context.Context, rd store.Reader, a Attempt, ext External) (*record.Record, error) {
	if by := a.By.Auth; by != nil && by.Collection().ID == a.Collection.ID {
		return oneOf(ctx, rd, store.Query{From: a.Collection, IDs: []string{by.ID()}, Limit: 1})
	}
	if ext.Email == "" {
		return nil, errNone
	}
	by, err := uniqueBy(a.Collection, "email", ext.Email)
	if err != nil {
		return nil, err
	}
	rec, err := oneOf(ctx, rd, store.Query{From: a.Collection, By: by, Limit: 1})
	if err == nil && !reached(rec) {
		return nil, errNone
	}
	return rec, err
}

// link is the row that ties an external account to one of ours, nil when there is none.
func (s *Service) link(ctx context.Context, rd store.Reader, c *schema.Collection, ext External) (*record.Record, error) {
	if ext.ID == "" {
		return nil, nil
	}
	const its = "collectionRef = @request.body.collectionRef && provider = @request.body.provider && providerId = @request.body.providerId"
	rows, err := s.links(ctx, rd, its, map[string]any{"collectionRef": c.ID, "provider": ext.Provider, "providerId": ext.ID})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}

// links are the rows of external accounts that satisfy a rule about what is submitted.
func (s *Service) links(ctx context.Context, rd store.Reader, rule string, submitted map[string]any) (rows []*record.Record, err error) {
	c, ok := s.Catalog().Find(schema.ExternalAuths)
	if !ok {
		return nil, fmt.Errorf("no collection %s", schema.ExternalAuths)
	}
	anybody := &caller.Caller{Context: caller.ContextDefault, Now: s.Now()}
	where, err := s.Gate.Ask(anybody, c, access.Want{Rule: &rule, Body: submitted})
	if err != nil {
		return nil, err
	}
	err = rd.Select(ctx, store.Query{From: c, Where: where}, func(row store.Row) error {
		rec, err := row.Record()
		rows = append(rows, rec)
		return err
	})
	return rows, err
}
