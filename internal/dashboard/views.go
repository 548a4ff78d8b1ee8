package dashboard

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

// Bounds of saved views.
const (
	maxViews       = 200      // of one collection
	maxViewName    = 100      // characters
	maxViewOptions = 32 << 10 // bytes
	viewKeys       = "view/"  // and the ids of collection and view: a named setting for each
)

// View is a saved way to look at the records of a collection. What Options mean is the dashboard's matter.
type View struct {
	ID      string          `json:"id"`
	Name    string          `json:"name"`
	Owner   string          `json:"owner"`   // id of the superuser who made it
	Shared  bool            `json:"shared"`  // all superusers see it and may change it
	Default bool            `json:"default"` // it is shown when nothing else is asked for: to its owner, or to all when it is shared
	Options json.RawMessage `json:"options"`
}

// ViewWish is what is to be changed of a view; what is nil stays.
type ViewWish struct {
	Name    *string         `json:"name"`
	Shared  *bool           `json:"shared"`
	Default *bool           `json:"default"`
	Options json.RawMessage `json:"options"`
}

// Views lists by's own views of c and the shared ones, by name.
func (s *Service) Views(ctx context.Context, by *caller.Caller, c *schema.Collection) ([]View, error) {
	return viewsOf(ctx, s.Store, by.Auth.ID(), c)
}

// NamedView is a view among those of all collections.
type NamedView struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Collection string `json:"collection"` // its id
}

// AllViews lists by's own views of all collections and the shared ones, by name.
func (s *Service) AllViews(ctx context.Context, by *caller.Caller) ([]NamedView, error) {
	seen, err := seenViews(ctx, s.Store, by.Auth.ID(), viewKeys)
	all := make([]NamedView, 0, len(seen))
	for key, v := range seen {
		all = append(all, NamedView{ID: v.ID, Name: v.Name, Collection: collectionIn(key)})
	}
	slices.SortFunc(all, func(a, b NamedView) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return all, err
}

// MakeView saves a new view. Fault: Invalid.
func (s *Service) MakeView(ctx context.Context, by *caller.Caller, c *schema.Collection, w ViewWish) (View, error) {
	v := View{ID: field.NewID(by.Now), Owner: by.Auth.ID(), Options: json.RawMessage("{}")}
	return v, s.Write.Together(ctx, func(ctx context.Context, rd store.Reader) error {
		all, err := viewsOf(ctx, rd, v.Owner, c)
		if err != nil {
			return err
		}
		if len(all) >= maxViews {
			return fault.Newf(fault.Invalid, "A collection has at most %d saved views.", maxViews)
		}
		return s.keepView(ctx, c, all, &v, w)
	})
}

// ChangeView changes a view of by's own or a shared one. Faults: NotFound, Invalid.
func (s *Service) ChangeView(ctx context.Context, by *caller.Caller, c *schema.Collection, id string, w ViewWish) (v View, err error) {
	err = s.Write.Together(ctx, func(ctx context.Context, rd store.Reader) error {
		all, err := viewsOf(ctx, rd, by.Auth.ID(), c)
		if err != nil {
			return err
		}
		if v, err = find(all, id); err != nil {
			return err
		}
		return s.keepView(ctx, c, all, &v, w)
	})
	return v, err
}

// DropView deletes a view of by's own or a shared one. Fault: NotFound.
func (s *Service) DropView(ctx context.Context, by *caller.Caller, c *schema.Collection, id string) error {
	return s.Write.Together(ctx, func(ctx context.Context, rd store.Reader) error {
		all, err := viewsOf(ctx, rd, by.Auth.ID(), c)
		if err != nil {
			return err
		}
		if _, err := find(all, id); err != nil {
			return err
		}
		return s.Write.SetParam(ctx, viewKey(c, id), nil)
	})
}

// keepView stores v with what is wished. Of the views that the same people see, one at most is the default.
func (s *Service) keepView(ctx context.Context, c *schema.Collection, all []View, v *View, w ViewWish) error {
	if err := v.take(w); err != nil {
		return err
	}
	for _, other := range all {
		if v.Default && other.Default && other.ID != v.ID && other.Shared == v.Shared {
			other.Default = false
			if err := s.storeView(ctx, c, other); err != nil {
				return err
			}
		}
	}
	return s.storeView(ctx, c, *v)
}

func (s *Service) storeView(ctx context.Context, c *schema.Collection, v View) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("store the view %s: %w", v.ID, err)
	}
	return s.Write.SetParam(ctx, viewKey(c, v.ID), raw)
}

func (v *View) take(w ViewWish) error {
	bad := fault.Fields{}
	if w.Name != nil {
		v.Name = strings.TrimSpace(*w.Name)
	}
	switch n := utf8.RuneCountInString(v.Name); {
	case n == 0:
		bad.Add("name", fault.Required())
	case n > maxViewName:
		bad.Add("name", fault.Field(fault.CodeInvalidValue, fmt.Sprintf("A name has at most %d characters.", maxViewName)))
	}
	if w.Shared != nil {
		v.Shared = *w.Shared
	}
	if w.Default != nil {
		v.Default = *w.Default
	}
	if w.Options != nil {
		v.Options = w.Options
	}
	if v.Options[0] != '{' || len(v.Options) > maxViewOptions {
		bad.Add("options", fault.Field(fault.CodeInvalidValue, fmt.Sprintf("Options are an object of at most %d bytes.", maxViewOptions)))
	}
	return bad.Err()
}

func viewKey(c *schema.Collection, id string) string { return viewKeys + c.ID + "/" + id }

// collectionIn is the id of the collection that the key of a view has in it.
func collectionIn(key string) string {
	id, _, _ := strings.Cut(strings.TrimPrefix(key, viewKeys), "/")
	return id
}

func viewsOf(ctx context.Context, rd store.Reader, owner string, c *schema.Collection) ([]View, error) {
	seen, err := seenViews(ctx, rd, owner, viewKeys+c.ID+"/")
	all := slices.AppendSeq(make([]View, 0, len(seen)), maps.Values(seen))
	slices.SortFunc(all, func(a, b View) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return all, err
}

// seenViews are owner's own views and the shared ones whose keys begin with prefix, by their keys.
func seenViews(ctx context.Context, rd store.Reader, owner, prefix string) (map[string]View, error) {
	stored, err := rd.Params(ctx, prefix)
	if err != nil {
		return nil, fmt.Errorf("read views: %w", err)
	}
	seen := map[string]View{}
	for key, raw := range stored {
		var v View
		if err := json.Unmarshal(raw, &v); err != nil {
			return nil, fmt.Errorf("read the view %s: %w", key, err)
		}
		if v.Shared || v.Owner == owner {
			seen[key] = v
		}
	}
	return seen, nil
}

// firstViews are the views that owner sees first, by the ids of their collections: an own one goes before a shared one.
func (s *Service) firstViews(ctx context.Context, owner string) (map[string]View, error) {
	seen, err := seenViews(ctx, s.Store, owner, viewKeys)
	first := map[string]View{}
	for key, v := range seen {
		c := collectionIn(key)
		if old, ok := first[c]; v.Default && (!ok || old.Shared) {
			first[c] = v
		}
	}
	return first, err
}

func find(all []View, id string) (View, error) {
	i := slices.IndexFunc(all, func(v View) bool { return v.ID == id })
	if i < 0 {
		return View{}, fault.New(fault.NotFound, "There is no such view.")
	}
	return all[i], nil
}
