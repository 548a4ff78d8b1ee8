package catalog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

// edit is a change under way: a transaction and the catalog as it will be.
type edit struct {
	tx      store.Tx
	now     string // date in wire form
	log     *slog.Logger
	list    []*schema.Collection
	renamed map[string]string
	dropped []string
}

func newEdit(tx store.Tx, cat *schema.Catalog, now time.Time, log *slog.Logger) *edit {
	return &edit{tx: tx, now: field.FormatDate(now), log: log, list: slices.Clone(cat.All()), renamed: map[string]string{}}
}

// catalog is the catalog as it is by now.
func (e *edit) catalog() *schema.Catalog { return schema.NewCatalog(e.list) }

// put makes c part of the catalog, in the place of the one with its id.
func (e *edit) put(c *schema.Collection) {
	if i := slices.IndexFunc(e.list, func(o *schema.Collection) bool { return o.ID == c.ID }); i >= 0 {
		e.list[i] = c
		return
	}
	e.list = append(e.list, c)
}

func (e *edit) remove(c *schema.Collection) {
	e.list = slices.DeleteFunc(e.list, func(o *schema.Collection) bool { return o.ID == c.ID })
	e.dropped = append(e.dropped, c.ID)
}

func (e *edit) idTaken(id string) bool {
	return slices.ContainsFunc(e.list, func(c *schema.Collection) bool { return c.ID == id })
}

// prepare puts c in order; old is what is stored, nil for a new collection. It returns what is wrong with
// the query of a view.
func (e *edit) prepare(ctx context.Context, old, c *schema.Collection) (badQuery error) {
	c.Complete(e.idTaken)
	if c.IsView() {
		c.Fields, badQuery = e.derive(ctx, old, c)
	}
	if old != nil && old.Auth != nil && c.Auth != nil && text(old.Auth.AuthRule) != text(c.Auth.AuthRule) {
		c.Auth.RenewAuthSecret() // ends every sign-in that the old rule allowed
	}
	if c.Created == "" {
		c.Created = e.now
	}
	c.Updated = e.now
	c.Seal()
	return badQuery
}

func text(rule *string) string {
	if rule == nil {
		return ""
	}
	return *rule
}

// save judges c, makes the tables follow, and looks after the views that may depend on it.
func (e *edit) save(ctx context.Context, old, c *schema.Collection) error {
	badQuery := e.prepare(ctx, old, c)
	if err := e.judge(ctx, old, c, badQuery); err != nil {
		return err
	}
	if err := e.reshape(ctx, old, c); err != nil {
		return err
	}
	for view, err := range e.followViews(ctx, c) {
		e.log.WarnContext(ctx, "a view no longer fits its tables", "view", view, "error", err)
	}
	return nil
}

// reshape makes the tables follow one collection.
func (e *edit) reshape(ctx context.Context, old, c *schema.Collection) error {
	p := schema.Plan{Create: []*schema.Collection{c}}
	if old != nil {
		p = schema.Plan{Change: []schema.Pair{{Old: old, New: c}}}
		if old.Name != c.Name {
			e.renamed[old.Name] = c.Name
		}
	}
	if err := e.tx.Reshape(ctx, p); err != nil {
		return reshapeFault(err)
	}
	e.put(c)
	return nil
}

// rawError is what the engine says about a change of tables that is the caller's doing.
type rawError struct{ err error }

// Error is what the engine says.
func (r *rawError) Error() string { return r.err.Error() }

// Unwrap is what the engine says.
func (r *rawError) Unwrap() error { return r.err }

// reshapeFault says whose doing a failure of the engine is.
func reshapeFault(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, store.ErrClosed) || errors.Is(err, store.ErrStale) || errors.Is(err, store.ErrReadOnly) || errors.Is(err, store.ErrFull) {
		return err
	}
	if fault.Is(err, fault.Unavailable) {
		return err
	}
	if ix, ok := errors.AsType[*store.IndexError](err); ok {
		msg := "Failed to create the index: " + sentence(ix.Err.Error())
		bad := fault.Field("validation_invalid_index_expression", msg).Because(err)
		return fault.Fields{"indexes": bad.On(strconv.Itoa(ix.Position))}.Err()
	}
	return &rawError{err}
}

// worded gives a failed change the sentence of its endpoint.
func worded(err error, msg string) error {
	if err == nil {
		return nil
	}
	if raw, ok := errors.AsType[*rawError](err); ok {
		return fault.New(fault.Invalid, msg+" Raw error: \n"+sentence(raw.Error())).Because(raw.err)
	}
	if f, ok := fault.Of(err); ok && f.Msg == "" {
		g := *f
		g.Msg = msg
		return &g
	}
	return fmt.Errorf("%s: %w", strings.ToLower(strings.TrimSuffix(msg, ".")), err)
}

// sentence ends with a full stop.
func sentence(s string) string {
	if s = strings.TrimSpace(s); s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}
