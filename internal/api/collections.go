package api

import (
	"encoding/json"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/schema"
)

// Sentences of the endpoints of collections (collections.md §7.1).
const (
	unreadable    = "An error occurred while loading the submitted data."
	invalidInput  = "An error occurred while validating the submitted data."
	badFormatting = "Failed to load the submitted data due to invalid formatting."
	failedImport  = "Failed to import collections."
	maxViewQuery  = 5000 // characters
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
		return wording("Failed to create collection.", err)
	}
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
		return wording("Failed to update collection.", err)
	}
	return c.showCollection(col)
}

func deleteCollection(c *call) error {
	col, err := c.collection()
	if err != nil {
		return err
	}
	if err := c.Catalog.Delete(c.r.Context(), col); err != nil {
		return wording("Failed to delete collection.", err)
	}
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
		return wording("Failed to truncate collection (most likely due to required cascade delete record references).", err)
	}
	return c.done()
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
	if len(in.Collections) == 0 {
		return wording(invalidInput, fault.Required().On("collections"))
	}
	if err := c.Catalog.Import(c.r.Context(), in.Collections, in.DeleteMissing); err != nil {
		return wording(failedImport, importFault(err))
	}
	return c.done()
}

// importFault tells a superuser why an import failed: any trouble of one is a fault of the list.
func importFault(err error) error {
	f, ok := fault.Of(err)
	if !ok || f.Kind != fault.Invalid || f.Fields["collections"] != nil {
		return err
	}
	return fault.Field("validation_collections_import_failure", f.Error()).On("collections").Because(err)
}

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
	switch n := utf8.RuneCountInString(query); {
	case n == 0:
		return wording(invalidInput, fault.Required().On("query"))
	case n > maxViewQuery:
		return wording(invalidInput, fault.LengthRange(1, maxViewQuery).On("query"))
	}
	view, sample, err := c.Catalog.DryRun(c.r.Context(), query)
	if err != nil {
		return wording("Invalid view query.", err)
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
