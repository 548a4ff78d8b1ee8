package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlbase"
	"github.com/holdall-dev/holdall/schema"
)

// Reshape implements store.Tx. It waits for snapshots, on whichever node, and locks the tables it touches. When
// that meets a reader who locks them in another order, the server ends one of the two: we try again.
func (t *tx) Reshape(ctx context.Context, p schema.Plan) error {
	if err := t.open(ctx); err != nil {
		return err
	}
	if err := t.current(p); err != nil {
		return fmt.Errorf("reshape: %w", err)
	}
	var err error
	for range tries {
		if err = t.c.nested(ctx, func() error { return t.reshape(ctx, p) }); !isContest(err) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("reshape: %w", ended(ctx, err))
	}
	sh := t.x.shape.After(p)
	sh.Version = t.x.before.Version + 1
	sh.Proof = proof(sh.Version)
	t.x.shape, t.shape = sh, sh
	return nil
}

func (t *tx) reshape(ctx context.Context, p schema.Plan) error {
	if err := t.c.command(ctx, "SET LOCAL statement_timeout = 0; "+lockShapes); err != nil {
		return err
	}
	if err := t.withoutViews(ctx, p, func() error { return t.tables(ctx, p) }); err != nil {
		return err
	}
	if err := t.views(ctx, p); err != nil {
		return err
	}
	if err := t.definitions(ctx, p); err != nil {
		return err
	}
	_, err := t.c.exec(ctx, "UPDATE _shape SET version = $1::bigint", nil, rule.IntValue(t.x.before.Version+1))
	return err
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

type sqlView struct{ name, sql string }

// withoutViews puts the views of the database aside while columns are rebuilt: a column that a view reads
// cannot be dropped. A view that would not work afterwards is an error.
func (t *tx) withoutViews(ctx context.Context, p schema.Plan, fn func() error) error {
	if !sqlbase.Converts(dialect.Postgres, p) {
		return fn()
	}
	var views []sqlView
	_, err := t.c.exec(ctx, `SELECT relname::text, pg_get_viewdef(oid) FROM pg_class
		WHERE relnamespace = current_schema()::regnamespace AND relkind = 'v' ORDER BY oid`, func(row [][]byte) error {
		views = append(views, sqlView{string(row[0]), string(row[1])})
		return nil
	})
	if err != nil {
		return err
	}
	for _, v := range slices.Backward(views) { // views stand on older ones
		if err := t.c.command(ctx, "DROP VIEW "+quote(v.name)); err != nil {
			return err
		}
	}
	if err := fn(); err != nil {
		return err
	}
	for _, v := range views {
		if err := t.c.command(ctx, "CREATE VIEW "+quote(v.name)+" AS "+v.sql); err != nil {
			return fmt.Errorf("view %s: %w", v.name, err)
		}
	}
	return nil
}

func quote(name string) string { return string(dialect.Postgres.Ident(nil, name)) }

func (t *tx) tables(ctx context.Context, p schema.Plan) error {
	if err := t.c.lendFunctions(ctx); err != nil {
		return err
	}
	for _, step := range sqlbase.Steps(dialect.Postgres, p) {
		err := t.c.command(ctx, step.SQL)
		switch {
		case err == nil:
		case step.Of != nil && !isContest(err) && !isLost(err):
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
		query := dialect.Postgres.Query(schema.TrimQuery(c.ViewQuery), t.shape.After(p).Spelled)
		if err := t.c.lendFunctions(ctx); err != nil {
			return err
		}
		text, err := t.c.viewSelect(ctx, c, query)
		if err != nil {
			return fmt.Errorf("view %s: %w", c.Name, err)
		}
		if err := t.c.command(ctx, "CREATE VIEW "+quote(c.Name)+" AS "+text); err != nil {
			return fmt.Errorf("view %s: %w", c.Name, err)
		}
	}
	return nil
}

func (t *tx) definitions(ctx context.Context, p schema.Plan) error {
	for _, c := range p.Drop {
		if _, err := t.c.exec(ctx, "DELETE FROM _collections WHERE id = $1", nil, rule.TextValue(c.ID)); err != nil {
			return err
		}
	}
	// Names are unique: those that are given up make room first.
	for _, pair := range p.Change {
		if pair.Old.Name == pair.New.Name {
			continue
		}
		if _, err := t.c.exec(ctx, "UPDATE _collections SET name = '@' || id WHERE id = $1", nil, rule.TextValue(pair.Old.ID)); err != nil {
			return err
		}
	}
	for _, pair := range p.Change {
		if err := t.c.keep(ctx, pair.New); err != nil {
			return err
		}
	}
	for _, c := range p.Create {
		if err := t.c.keep(ctx, c); err != nil {
			return err
		}
	}
	return nil
}
