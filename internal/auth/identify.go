package auth

import (
	"context"
	"slices"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// Identify puts into by whom an auth token names. A token that is missing, malformed, expired, forged or
// of another kind leaves a guest: it never fails a request by itself.
func (s *Service) Identify(ctx context.Context, by *caller.Caller, raw string) {
	rec, tok, ok := s.Redeem(ctx, raw, KindAuth)
	if !ok {
		return
	}
	by.Auth, by.Token, by.Trust = rec, tok, caller.User
	if rec.Collection().ID == schema.SuperusersID {
		by.Trust = caller.Superuser
	}
}

// Redeem returns the record that a token of one of the given kinds was made for.
func (s *Service) Redeem(ctx context.Context, raw string, kinds ...Kind) (*record.Record, caller.Token, bool) {
	rec, c, err := s.redeem(ctx, s.Store, raw, kinds...)
	if err != nil {
		return nil, caller.Token{}, false
	}
	return rec, caller.Token{Raw: raw, Refreshable: c.refreshable(), Expires: c.expires(), Proved: c.proved()}, true
}

// redeem proves a token by the records that rd sees.
func (s *Service) redeem(ctx context.Context, rd store.Reader, raw string, kinds ...Kind) (*record.Record, *claims, error) {
	return parse(raw, s.Now(), func(c *claims) (*record.Record, error) {
		col, ok := s.Catalog().Find(c.CollectionID)
		if !ok || !col.IsAuth() || !slices.Contains(kinds, Kind(c.Type)) {
			return nil, errToken
		}
		return oneOf(ctx, rd, store.Query{From: col, IDs: []string{c.RecordID}, Limit: 1})
	})
}

// one returns the only record that q finds, or errNone.
func (s *Service) one(ctx context.Context, q store.Query) (*record.Record, error) {
	return oneOf(ctx, s.Store, q)
}

func oneOf(ctx context.Context, rd store.Reader, q store.Query) (*record.Record, error) {
	var found *record.Record
	err := rd.Select(ctx, q, func(r store.Row) (err error) {
		found, err = r.Record()
		return err
	})
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, errNone
	}
	return found, nil
}
