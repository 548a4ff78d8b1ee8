package api

import (
	"encoding/json"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/dashboard"
	"github.com/holdall-dev/holdall/schema"
)

// listViews lists the saved views of a collection that the superuser sees.
func listViews(c *call) error {
	col, err := c.viewed()
	if err != nil {
		return err
	}
	all, err := c.Dashboard.Views(c.r.Context(), c.by, col)
	return c.asJSON(map[string]any{"views": all}, err)
}

func makeView(c *call) error {
	col, err := c.viewed()
	if err != nil {
		return err
	}
	w, err := c.viewWish()
	if err != nil {
		return err
	}
	v, err := c.Dashboard.MakeView(c.r.Context(), c.by, col, w)
	return c.asJSON(v, err)
}

func changeView(c *call) error {
	col, err := c.viewed()
	if err != nil {
		return err
	}
	w, err := c.viewWish()
	if err != nil {
		return err
	}
	v, err := c.Dashboard.ChangeView(c.r.Context(), c.by, col, c.r.PathValue("view"), w)
	return c.asJSON(v, err)
}

func dropView(c *call) error {
	col, err := c.viewed()
	if err != nil {
		return err
	}
	if err := c.Dashboard.DropView(c.r.Context(), c.by, col, c.r.PathValue("view")); err != nil {
		return err
	}
	return c.done()
}

// viewed is the collection whose views are meant.
func (c *call) viewed() (*schema.Collection, error) {
	col, ok := c.Catalog.Current().Find(c.r.PathValue("of"))
	if !ok {
		return nil, fault.New(fault.NotFound, "Missing collection context.")
	}
	return col, nil
}

func (c *call) viewWish() (w dashboard.ViewWish, err error) {
	raw, err := c.object()
	if err != nil {
		return w, err
	}
	if err := json.Unmarshal(raw, &w); err != nil {
		return w, fault.New(fault.Invalid, "").Because(err)
	}
	return w, nil
}

// asJSON answers with a value as JSON, unless there was an error.
func (c *call) asJSON(v any, err error) error {
	if err != nil {
		return err
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return c.answer(raw)
}
