package auth

import (
	"context"
	"errors"

	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

// Sweep deletes codes and first factors that are over, and marks and counts that mean nothing any more.
func (s *Service) Sweep(ctx context.Context) error {
	codes := s.sweep(ctx, schema.OTPs, func(c *schema.Collection) int64 { return c.Auth.OTP.Duration })
	factors := s.sweep(ctx, schema.MFAs, func(c *schema.Collection) int64 { return c.Auth.MFA.Duration })
	return errors.Join(codes, factors, s.sweepMarks(ctx), s.sweepPhoneCodes(ctx), s.sweepPhoneCounts(ctx), s.Tries.Sweep(ctx))
}

// sweep deletes the rows of a system collection that are older than the collection of their account lets
// them get.
func (s *Service) sweep(ctx context.Context, name string, life func(*schema.Collection) int64) error {
	rows, err := s.system(name)
	if err != nil {
		return err
	}
	var old []string
	err = s.Store.Select(ctx, store.Query{From: rows}, func(r store.Row) error {
		row, err := r.Record()
		if err != nil {
			return err
		}
		c, ok := s.Catalog().ByID(row.String("collectionRef"))
		if !ok || !c.IsAuth() || s.expired(row, life(c)) {
			old = append(old, row.ID())
		}
		return nil
	})
	for _, id := range old {
		err = errors.Join(err, s.drop(ctx, name, id))
	}
	return err
}
