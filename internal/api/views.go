package api

import (
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
	if err != nil {
		return err
	}
	return c.answerAs(map[string]any{"views": all})
}

// listAllViews lists those of all collections by their names.
func listAllViews(c *call) error {
	all, err := c.Dashboard.AllViews(c.r.Context(), c.by)
	if err != nil {
		return err
	}
	return c.answerAs(map[string]any{"views": all})
}

func makeView(c *call) error {
	col, err := c.viewed()
	if err != nil {
		return err
	}
	var w dashboard.ViewWish
	if err := c.read(&w); err != nil {
		return err
	}
	v, err := c.Dashboard.MakeView(c.r.Context(), c.by, col, w)
	if err != nil {
		return err
	}
	return c.answerAs(v)
}

func changeView(c *call) error {
	col, err := c.viewed()
	if err != nil {
		return err
	}
	var w dashboard.ViewWish
	if err := c.read(&w); err != nil {
		return err
	}
	v, err := c.Dashboard.ChangeView(c.r.Context(), c.by, col, c.r.PathValue("view"), w)
	if err != nil {
		return err
	}
	return c.answerAs(v)
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

// viewed is the collection whose views or values are meant.
func (c *call) viewed() (*schema.Collection, error) {
	col, ok := c.Catalog.Current().Find(c.r.PathValue("of"))
	if !ok {
		return nil, fault.New(fault.NotFound, "Missing collection context.")
	}
	return col, nil
}
