package sqlite

import (
	"context"
	"fmt"

	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlbase"
	"github.com/holdall-dev/holdall/schema"
)

// Reshape implements store.Tx.
func (t *tx) Reshape(ctx context.Context, p schema.Plan) error {
	if err := t.open(); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	err := t.x.nested(func() error {
		t.c.forget() // statements that are being stepped through would hold tables
		if err := t.tables(p); err != nil {
			return err
		}
		if err := t.views(ctx, p); err != nil {
			return err
		}
		return t.definitions(p)
	})
	t.c.forget()
	if err != nil {
		return fmt.Errorf("reshape: %w", err)
	}
	t.x.shape = t.x.shape.after(p)
	t.shape = t.x.shape
	return t.c.run("PRAGMA optimize")
}

func (t *tx) tables(p schema.Plan) error {
	for _, step := range sqlbase.Steps(dialect.SQLite, p) {
		err := t.c.Exec(step.SQL)
		switch {
		case err == nil:
		case step.Of != nil:
			return &store.IndexError{Collection: step.Of.ID, Position: step.Index, Err: err}
		default:
			return err
		}
	}
	return nil
}

func (t *tx) views(ctx context.Context, p schema.Plan) error {
	var views []*schema.Collection
	for _, pair := range p.Change {
		views = append(views, pair.New)
	}
	for _, c := range append(views, p.Create...) {
		if !c.IsView() {
			continue
		}
		cols, err := t.Describe(ctx, c.ViewQuery)
		if err != nil {
			return fmt.Errorf("view %s: %w", c.Name, err)
		}
		w := dialect.SQLite.New().Text("CREATE VIEW ").Ident(c.Name).Text(" AS ", schema.ViewSelect(c.ViewQuery, cols))
		if err := t.c.Exec(w.String()); err != nil {
			return fmt.Errorf("view %s: %w", c.Name, err)
		}
	}
	return nil
}

func (t *tx) definitions(p schema.Plan) error {
	for _, c := range p.Drop {
		if err := t.c.run("DELETE FROM _collections WHERE id = ?", rule.TextValue(c.ID)); err != nil {
			return err
		}
	}
	// Names are unique: those that are given up make room first.
	for _, pair := range p.Change {
		if pair.Old.Name == pair.New.Name {
			continue
		}
		if err := t.c.run("UPDATE _collections SET name = '@' || id WHERE id = ?", rule.TextValue(pair.Old.ID)); err != nil {
			return err
		}
	}
	for _, pair := range p.Change {
		if err := t.c.keep(pair.New); err != nil {
			return err
		}
	}
	for _, c := range p.Create {
		if err := t.c.keep(c); err != nil {
			return err
		}
	}
	return nil
}
