package catalog

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/schema"
)

// maxRawError is how much of the engine's words about a query is passed on, in bytes.
const maxRawError = 500

// derive reads the fields of a view off its query (collections.md §6); the error is a fault of viewQuery.
// Fields that are what they were in old keep their ids.
func (e *edit) derive(ctx context.Context, old, c *schema.Collection) ([]field.Field, error) {
	if c.ViewQuery == "" {
		return nil, fault.Required()
	}
	fields, err := e.queryFields(ctx, c.ViewQuery)
	if err != nil {
		return fields, badViewQuery(err)
	}
	if old != nil {
		keepIDs(old.Fields, fields)
	}
	return fields, nil
}

func badViewQuery(err error) error {
	msg := err.Error()
	if len(msg) > maxRawError {
		msg = strings.ToValidUTF8(msg[:maxRawError], "") + "…"
	}
	return fault.Field("validation_invalid_view_query", "Invalid query. Raw error: "+sentence(msg)).Because(err)
}

var (
	errStar = errors.New("name every column: * would change with its table")
	errNoID = errors.New("the query has no column id")
)

// queryFields are the fields of a query's columns, with fresh ids. They come with the error of a query that
// has no id.
func (e *edit) queryFields(ctx context.Context, query string) ([]field.Field, error) {
	query = schema.TrimQuery(query)
	parsed := parseSelect(query)
	if parsed.star {
		return nil, errStar
	}
	cols, err := e.tx.Describe(ctx, query)
	if err != nil {
		return nil, err
	}
	if len(parsed.columns) != len(cols) {
		parsed.columns = make([]string, len(cols)) // the text is beyond us: everything is JSON
	}
	cat := e.catalog()
	fields := make([]field.Field, len(cols))
	for i, col := range cols {
		f := parsed.field(cat, parsed.columns[i], col.Name)
		f.Base().Name = col.Name
		if f.Base().ID == "" {
			f.Base().ID = "_clone_" + field.RandomText(4, field.Alphanumeric)
		}
		fields[i] = field.Clone(f)
	}
	if !slices.ContainsFunc(cols, func(c schema.ViewColumn) bool { return c.Name == "id" }) {
		return fields, errNoID
	}
	return fields, nil
}

var (
	castExpr   = regexp.MustCompile(`(?s)^cast\s*\(.*\bas\s+(\w+)\s*\)$`)
	columnExpr = regexp.MustCompile(`^(?:(.+)\s*\.\s*)?([^.]+)$`)
)

// field is the definition that fits an expression. It has an id when that is decided by the name alone.
func (s *selected) field(cat *schema.Catalog, expr, name string) field.Field {
	switch {
	case name == "id":
		f := &field.Text{Pattern: `^[a-z0-9]+$`, PrimaryKey: true}
		f.ID, f.System, f.Required = field.DefaultID("text", "id"), true, true
		return f
	case call(expr, "count"):
		return &field.Number{OnlyInt: true}
	case call(expr, "total"):
		return &field.Number{}
	}
	if m := castExpr.FindStringSubmatch(expr); m != nil && call(expr, "cast") {
		if f := castField(m[1]); f != nil {
			return f
		}
	}
	if f := s.source(cat, expr); f != nil {
		return f
	}
	return &field.JSONField{MaxSize: 1} // unused: views take no input
}

// call reports whether the whole expression is one call of the function.
func call(expr, name string) bool {
	rest, ok := strings.CutPrefix(expr, name)
	if !ok || !strings.HasPrefix(strings.TrimLeft(rest, " "), "(") {
		return false
	}
	tokens := tokenize(expr)
	for _, t := range tokens[1 : len(tokens)-1] {
		if t.text == ")" && t.depth == 0 {
			return false
		}
	}
	return tokens[len(tokens)-1].text == ")"
}

func castField(typ string) field.Field {
	switch typ {
	case "real", "decimal", "numeric":
		return &field.Number{}
	case "int", "integer":
		return &field.Number{OnlyInt: true}
	case "text":
		return &field.Text{}
	case "bool", "boolean":
		return &field.Bool{}
	}
	return nil
}

// source is a copy of the field that a plain column comes from, nil when it comes from no collection.
func (s *selected) source(cat *schema.Catalog, expr string) field.Field {
	c, column := s.origin(cat, expr)
	if c == nil {
		return nil
	}
	if column == "id" {
		return &field.Relation{CollectionID: c.ID, MaxSelect: 1}
	}
	if i := ordOf(c, column); i >= 0 {
		g := field.Clone(c.Fields[i])
		g.Base().ID = ""
		return g
	}
	return nil
}

// ordOf is the ordinal of a column as SQL knows it, in any case; -1 when there is none.
func ordOf(c *schema.Collection, column string) int {
	return slices.IndexFunc(c.Fields, func(f field.Field) bool { return strings.EqualFold(f.Base().Name, column) })
}

// origin is the collection and the column that a plain column comes from, nil when it comes from no collection.
func (s *selected) origin(cat *schema.Catalog, expr string) (c *schema.Collection, column string) {
	m := columnExpr.FindStringSubmatch(expr)
	if m == nil {
		return nil, ""
	}
	alias := m[1]
	if alias == "" {
		alias = s.first
	}
	if i := strings.LastIndexByte(alias, '.'); i >= 0 {
		alias = alias[i+1:]
	}
	table, ok := s.tables[strings.TrimSpace(alias)]
	if !ok {
		return nil, ""
	}
	c, ok = cat.Find(table)
	if !ok || !strings.EqualFold(c.Name, table) {
		return nil, ""
	}
	return c, m[2]
}

// Origin is the stored collection, and the ordinal of its field, that a view shows in one of its own. Views may
// stand on views. ok is false when that field is made of something else.
func (s *Service) Origin(view *schema.Collection, ord int) (from *schema.Collection, at int, ok bool) {
	cat := s.Current()
	for range cat.All() { // no chain of views is longer
		name := view.Fields[ord].Base().Name
		parsed := parseSelect(schema.TrimQuery(view.ViewQuery))
		i := slices.IndexFunc(view.Fields, func(f field.Field) bool { return f.Base().Name == name })
		if len(parsed.columns) != len(view.Fields) || i < 0 {
			return nil, 0, false
		}
		c, column := parsed.origin(cat, parsed.columns[i])
		if c == nil {
			return nil, 0, false
		}
		if at = ordOf(c, column); at < 0 || !c.IsView() {
			return c, at, at >= 0
		}
		view, ord = c, at
	}
	return nil, 0, false
}

// keepIDs gives fields that did not change the ids they had.
func keepIDs(old, fields []field.Field) {
	for _, f := range fields {
		for _, was := range old {
			if sameButID(was, f) {
				f.Base().ID = was.Base().ID
			}
		}
	}
}

func sameButID(a, b field.Field) bool {
	if a.Base().Name != b.Base().Name {
		return false
	}
	c := field.Clone(a)
	c.Base().ID = b.Base().ID
	x, errX := field.Encode(c)
	y, errY := field.Encode(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// followViews derives all views but one anew and saves those whose fields became others. Views stand on
// views, so it goes on until nothing changes. It returns what failed, by name.
func (e *edit) followViews(ctx context.Context, except *schema.Collection) map[string]error {
	failed := map[string]error{}
	for range e.list { // no chain of views is longer
		changed := false
		for _, v := range slices.Clone(e.list) {
			if !v.IsView() || except != nil && v.ID == except.ID {
				continue
			}
			delete(failed, v.Name)
			again, err := e.followView(ctx, v)
			if err != nil {
				failed[v.Name] = fmt.Errorf("view %s: %w", v.Name, err)
			}
			changed = changed || again
		}
		if !changed {
			break
		}
	}
	return failed
}

// followView saves a view if its fields became others.
func (e *edit) followView(ctx context.Context, v *schema.Collection) (changed bool, err error) {
	fields, err := e.queryFields(ctx, v.ViewQuery)
	if err != nil {
		return false, err
	}
	keepIDs(v.Fields, fields)
	if slices.EqualFunc(v.Fields, fields, func(a, b field.Field) bool { return a.Base().ID == b.Base().ID }) {
		return false, nil
	}
	next := v.Clone()
	next.Fields, next.Updated = fields, e.now
	next.Seal()
	if err := e.tx.Reshape(ctx, schema.Plan{Change: []schema.Pair{{Old: v, New: next}}}); err != nil {
		return false, err
	}
	e.put(next)
	return true, nil
}
