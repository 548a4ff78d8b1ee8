package sqlite

import (
	"context"
	"fmt"
	"slices"

	"github.com/ncruces/go-sqlite3"

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
	if err := t.current(p); err != nil {
		return fmt.Errorf("reshape: %w", err)
	}
	err := t.x.nested(func() error {
		t.c.forget() // statements that are being stepped through would hold tables
		if err := t.withoutViews(p, func() error { return t.tables(p) }); err != nil {
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
	t.x.shape = t.x.shape.After(p)
	t.shape = t.x.shape
	return t.c.run("PRAGMA optimize")
}

// current proves that a plan starts from what is stored.
func (t *tx) current(p schema.Plan) error {
	for _, c := range p.Drop {
		if _, err := t.shape.Table(c); err != nil {
			return err
		}
	}
	for _, pair := range p.Change {
		if _, err := t.shape.Table(pair.Old); err != nil {
			return err
		}
	}
	return nil
}

// withoutViews puts the views of the database aside while columns are rebuilt. One that worked before and
// would not afterwards is an error, as it is when nothing is rebuilt.
func (t *tx) withoutViews(p schema.Plan, fn func() error) error {
	if !sqlbase.Converts(dialect.SQLite, p) {
		return fn()
	}
	views, err := t.workingViews()
	if err != nil {
		return err
	}
	for _, v := range views {
		if err := t.c.Exec("DROP VIEW " + quote(v.name)); err != nil {
			return err
		}
	}
	if err := fn(); err != nil {
		return err
	}
	for _, v := range views {
		if err := t.c.Exec(v.sql); err != nil {
			return err
		}
	}
	for _, v := range views {
		if err := t.c.readable(v.name); err != nil {
			return fmt.Errorf("view %s: %w", v.name, err)
		}
	}
	return nil
}

type sqlView struct{ name, sql string }

// workingViews lists the views that can be read.
func (t *tx) workingViews() (views []sqlView, err error) {
	err = t.c.query("SELECT name, sql FROM sqlite_schema WHERE type = 'view' ORDER BY rowid", func(s *sqlite3.Stmt) error {
		views = append(views, sqlView{s.ColumnText(0), s.ColumnText(1)})
		return nil
	})
	views = slices.DeleteFunc(views, func(v sqlView) bool { return t.c.readable(v.name) != nil })
	return views, err
}

// readable reports why a table or view cannot be read.
func (c *conn) readable(name string) error {
	s, _, err := c.Prepare("SELECT * FROM " + quote(name))
	if err != nil {
		return err
	}
	return s.Close()
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
