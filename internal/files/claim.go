package files

import (
	"context"
	"io"
	"strings"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/files/pending"
	"github.com/holdall-dev/holdall/schema"
)

// claimPrefix begins a text that stands for an upload that came in pieces. No stored name has a colon.
const claimPrefix = "upload:"

// Owner is how a pending upload remembers the account that makes it; "" for guests.
func Owner(by *caller.Caller) string {
	if by.Auth == nil {
		return ""
	}
	return by.Auth.Collection().ID + "/" + by.Auth.ID()
}

// Reaches reports whether by may see and use a pending upload: its owner may, and superusers. That of a guest
// belongs to whoever knows its id.
func Reaches(by *caller.Caller, u *pending.Upload) bool {
	return by.IsSuper() || u.Owner == "" || u.Owner == Owner(by)
}

// Claim takes the texts that name complete uploads for the field out of an input, which may be a text or a
// list of them, and returns the rest and the uploads, in order. Other texts stay: nobody knows them as names.
func (s *Service) Claim(by *caller.Caller, c *schema.Collection, f *field.File, in any) (rest any, ups []field.Upload, ids []string) {
	if s == nil || s.Pending == nil {
		return in, nil, nil
	}
	list, many := in.([]any)
	if !many {
		list = []any{in}
	}
	var left []any
	for _, v := range list {
		u, ok := s.claimed(by, c, f, v)
		if !ok {
			left = append(left, v)
			continue
		}
		ids = append(ids, u.ID)
		ups = append(ups, field.Upload{Name: u.Name, Size: u.Size, Open: func() (io.ReadCloser, error) { return s.Pending.Reader(u.ID) }})
	}
	if ups == nil {
		return in, nil, nil
	}
	return left, ups, ids
}

func (s *Service) claimed(by *caller.Caller, c *schema.Collection, f *field.File, v any) (u pending.Upload, ok bool) {
	text, _ := v.(string)
	id, ok := strings.CutPrefix(text, claimPrefix)
	if !ok {
		return u, false
	}
	u, err := s.Pending.Get(id)
	return u, err == nil && u.Done() && u.Collection == c.ID && u.Field == f.Name && Reaches(by, &u)
}

// Settle forgets pending uploads that a record has now.
func (s *Service) Settle(ctx context.Context, ids []string) {
	for _, id := range ids {
		if err := s.Pending.Remove(id); err != nil {
			s.Log.WarnContext(ctx, "an upload that a record took stays until it is over", "error", err)
		}
	}
}
