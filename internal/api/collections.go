package api

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/catalog"
	"github.com/holdall-dev/holdall/schema"
)

// Sentences of the endpoints of collections (collections.md §7.1).
const (
	unreadable    = "An error occurred while loading the submitted data."
	badFormatting = "Failed to load the submitted data due to invalid formatting."
)

func viewCollection(c *call) error {
	col, err := c.collection()
	if err != nil {
		return err
	}
	return c.showCollection(col)
}

func (c *call) showCollection(col *schema.Collection) error {
	raw, err := col.JSON()
	if err != nil {
		return err
	}
	return c.answer(raw)
}

func createCollection(c *call) error {
	raw, err := c.object()
	if err != nil {
		return reworded(err, badFormatting)
	}
	col, err := c.Catalog.Create(c.r.Context(), raw)
	if err != nil {
		return err
	}
	c.settled()
	return c.showCollection(col)
}

func changeCollection(c *call) error {
	col, err := c.collection()
	if err != nil {
		return err
	}
	raw, err := c.object()
	if err != nil {
		return reworded(err, badFormatting)
	}
	if col, err = c.Catalog.Change(c.r.Context(), col, raw); err != nil {
		return err
	}
	c.settled()
	return c.showCollection(col)
}

func deleteCollection(c *call) error {
	col, err := c.collection()
	if err != nil {
		return err
	}
	if err := c.Catalog.Delete(c.r.Context(), col); err != nil {
		return err
	}
	c.settled()
	return c.done()
}

func truncateCollection(c *call) error {
	col, err := c.collection()
	if err != nil {
		return err
	}
	if col.IsView() {
		return fault.New(fault.Invalid, "View collections cannot be truncated since they don't store their own records.")
	}
	if err := c.Write.Truncate(c.r.Context(), c.by, col); err != nil {
		return truncateFault(err)
	}
	return c.done()
}

// truncateFault words the one reason why records of a collection cannot all go.
func truncateFault(err error) error {
	return reworded(err, "Failed to truncate collection (most likely due to required cascade delete record references).")
}

func importCollections(c *call) error {
	raw, err := c.object()
	if err != nil {
		return reworded(err, unreadable)
	}
	var in struct {
		Collections   []json.RawMessage `json:"collections"`
		DeleteMissing bool              `json:"deleteMissing"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return fault.New(fault.Invalid, unreadable).Because(err)
	}
	if err := c.Catalog.Import(c.r.Context(), in.Collections, in.DeleteMissing); err != nil {
		return err
	}
	c.settled()
	return c.done()
}

func listProviders(c *call) error { return c.answerAs(catalog.Providers()) }

func scaffolds(c *call) error {
	blanks := c.Catalog.Scaffolds()
	out := []byte{'{'}
	for i, name := range slices.Sorted(maps.Keys(blanks)) {
		raw, err := blanks[name].JSON()
		if err != nil {
			return err
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(field.AppendString(out, name), ':')
		out = append(out, raw...)
	}
	return c.answer(append(out, '}'))
}

func dryRunView(c *call) error {
	in, err := c.input()
	if err != nil {
		return reworded(err, unreadable)
	}
	query, err := in.Text("query")
	if err != nil {
		return err
	}
	view, sample, err := c.Catalog.DryRun(c.r.Context(), query)
	if err != nil {
		return err
	}
	return c.showDryRun(view, sample)
}

func (c *call) showDryRun(view *schema.Collection, sample []json.RawMessage) error {
	raw, err := view.JSON()
	if err != nil {
		return err
	}
	var shown struct {
		Fields json.RawMessage   `json:"fields"`
		Sample []json.RawMessage `json:"sample"`
	}
	if err := json.Unmarshal(raw, &shown); err != nil {
		return err
	}
	shown.Sample = append([]json.RawMessage{}, sample...)
	if raw, err = json.Marshal(shown); err != nil {
		return err
	}
	return c.answer(raw)
}
