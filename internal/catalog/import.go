package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/schema"
)

const (
	importFailed = "Failed to import collections."
	notLoaded    = "An error occurred while loading the submitted data."
)

// Import makes the catalog hold the given collections, all or none (collections.md §11). Those that are not
// in the list stay, or go with all their records when deleteMissing is set. Faults: Invalid.
func (s *Service) Import(ctx context.Context, list []json.RawMessage, deleteMissing bool) error {
	if len(list) == 0 {
		return nothingToImport()
	}
	return importFault(s.update(ctx, func(e *edit) error { return e.takeIn(ctx, list, deleteMissing) }))
}

func nothingToImport() error {
	f := fault.Required().On("collections")
	f.Msg = "An error occurred while validating the submitted data."
	return f
}

func (e *edit) takeIn(ctx context.Context, list []json.RawMessage, deleteMissing bool) error {
	items, err := e.readItems(list, deleteMissing)
	if err != nil {
		return err
	}
	if deleteMissing {
		if err := e.dropMissing(ctx, items); err != nil {
			return err
		}
	}
	return e.importAll(ctx, items)
}

// importFault words what is wrong with an import.
func importFault(err error) error {
	if err == nil {
		return nil
	}
	if f, known := fault.Of(err); known && f.Msg == notLoaded || !known && reshapeFault(err) == err { //nolint:errorlint // whether it gave back what it got
		return fmt.Errorf("import collections: %w", err)
	}
	bad := fault.Field("validation_collections_import_failure", "Failed to import the collections. "+sentence(told(err))).Because(err)
	f := bad.On("collections")
	f.Msg = importFailed
	return f
}

// item is one collection of an import.
type item struct{ old, c *schema.Collection }

// readItems matches the list with what is stored and merges.
func (e *edit) readItems(list []json.RawMessage, deleteMissing bool) ([]*item, error) {
	cat := e.catalog()
	items := make([]*item, len(list))
	for i, raw := range list {
		var head struct {
			ID     string           `json:"id"`
			Name   string           `json:"name"`
			Fields *json.RawMessage `json:"fields"`
		}
		if err := json.Unmarshal(raw, &head); err != nil {
			return nil, fault.New(fault.Invalid, notLoaded).Because(err)
		}
		key := head.ID
		if key == "" {
			key = head.Name
		}
		it := new(item)
		var err error
		if old, ok := cat.Find(key); ok {
			it.old = old
			it.c, err = mergeItem(old, raw, head.Fields != nil, deleteMissing)
		} else {
			it.c, err = schema.Decode(raw)
		}
		if err != nil {
			return nil, fmt.Errorf("collection %q: %w", head.Name, badImport(err))
		}
		items[i] = it
	}
	return items, nil
}

func badImport(err error) error { return fault.New(fault.Invalid, sentence(err.Error())).Because(err) }

// mergeItem merges an item on the stored collection. Stored fields that the item leaves out come back: all of
// them or, when what is missing is to be deleted, the system fields.
func mergeItem(old *schema.Collection, raw json.RawMessage, hasFields, deleteMissing bool) (*schema.Collection, error) {
	c, err := old.Merge(raw)
	if err != nil {
		return nil, err
	}
	if c.Type != old.Type {
		return nil, fmt.Errorf("the type of collection %s cannot be changed", old.Name)
	}
	c.ID = old.ID
	if !hasFields {
		c.Fields = nil
	}
	for _, f := range old.Fields {
		b := f.Base()
		if c.FieldByID(b.ID) != nil || deleteMissing && !b.System {
			continue
		}
		same := slices.IndexFunc(c.Fields, func(g field.Field) bool { return g.Base().Name == b.Name && g.Type() == f.Type() })
		if same >= 0 {
			c.Fields[same] = field.Clone(f)
		} else {
			c.Fields = append(c.Fields, field.Clone(f))
		}
	}
	return c, nil
}

// dropMissing deletes the collections that no item stands for, system collections excepted.
func (e *edit) dropMissing(ctx context.Context, items []*item) error {
	for _, c := range slices.Backward(slices.Clone(e.list)) {
		if c.System || slices.ContainsFunc(items, func(it *item) bool { return it.old != nil && it.old.ID == c.ID }) {
			continue
		}
		if err := e.drop(ctx, c); err != nil {
			return fmt.Errorf("delete collection %q: %w", c.Name, err)
		}
	}
	return nil
}

// importAll saves the items, views last, and then judges each against what it was: only now every rule can
// see the whole catalog.
func (e *edit) importAll(ctx context.Context, items []*item) error {
	slices.SortStableFunc(items, func(a, b *item) int {
		if a.c.IsView() != b.c.IsView() {
			if a.c.IsView() {
				return 1
			}
			return -1
		}
		return strings.Compare(a.c.Created+a.c.Updated, b.c.Created+b.c.Updated)
	})
	for _, it := range items {
		if it.old != nil {
			it.old, _ = e.catalog().ByID(it.old.ID) // another item may have changed it
		}
		if badQuery := e.prepare(ctx, it.old, it.c); badQuery != nil {
			return fmt.Errorf("view %q: %w", it.c.Name, badQuery)
		}
		if err := e.reshape(ctx, it.old, it.c); err != nil {
			return fmt.Errorf("collection %q: %w", it.c.Name, err)
		}
	}
	for view, err := range e.followViews(ctx, nil) {
		e.log.WarnContext(ctx, "a view no longer fits its tables", "view", view, "error", err)
	}
	cat := e.catalog()
	for _, it := range items {
		j := &judge{e: e, cat: cat, old: it.old, c: it.c, fs: fault.Fields{}, made: true}
		if err := j.run(ctx, nil); err != nil {
			return fmt.Errorf("collection %q: %w", it.c.Name, err)
		}
	}
	return nil
}

// told is an error with all its nested faults as text.
func told(err error) string {
	f, ok := fault.Of(err)
	if !ok {
		return err.Error()
	}
	var b strings.Builder
	if prefix, _, ok := strings.Cut(err.Error(), ": "); ok && error(f) != err { //nolint:errorlint // whether something is wrapped around the fault
		b.WriteString(prefix + ": ")
	}
	tell(&b, "", f)
	return b.String()
}

func tell(b *strings.Builder, path string, f *fault.Error) {
	if f.Msg != "" || f.Code != "" {
		if path != "" {
			b.WriteString(path + ": ")
		}
		b.WriteString(f.Msg)
		if f.Code != "" {
			b.WriteString(" (" + f.Code + ")")
		}
		b.WriteString(" ")
	}
	for _, name := range slices.Sorted(maps.Keys(f.Fields)) {
		next := name
		if path != "" {
			next = path + "." + name
		}
		tell(b, next, f.Fields[name])
	}
}
