package schema

import (
	"bytes"
	"slices"
	"strings"
)

// Plan is a step from one catalog to the next. Collections are matched by id.
type Plan struct {
	Drop   []*Collection // as they are stored now
	Create []*Collection
	Change []Pair
}

// Pair is a collection before and after a change; fields are matched by id.
type Pair struct{ Old, New *Collection }

// ViewColumn is a result column of a view's query as the engine sees it.
type ViewColumn struct {
	Name     string
	Declared string // declared type of the source column, "" for an expression
	Table    string // source table, "" for an expression
	Column   string // source column, "" for an expression
}

// Diff is the plan that leads from one catalog to the next.
func Diff(old, next *Catalog) Plan {
	var p Plan
	for _, c := range old.All() {
		if _, ok := next.ByID(c.ID); !ok {
			p.Drop = append(p.Drop, c)
		}
	}
	for _, c := range next.All() {
		switch was, ok := old.ByID(c.ID); {
		case !ok:
			p.Create = append(p.Create, c)
		case was != c && !Same(was, c):
			p.Change = append(p.Change, Pair{Old: was, New: c})
		}
	}
	return p
}

// Empty reports whether the plan has nothing to do.
func (p Plan) Empty() bool { return len(p.Drop)+len(p.Create)+len(p.Change) == 0 }

// Same reports whether two collections would be stored alike.
func Same(a, b *Collection) bool {
	x, errX := a.Stored()
	y, errY := b.Stored()
	return errX == nil && errY == nil && x.head() == y.head() &&
		bytes.Equal(x.Fields, y.Fields) && bytes.Equal(x.Indexes, y.Indexes) && bytes.Equal(x.Options, y.Options) &&
		slices.EqualFunc(x.rules(), y.rules(), SameRule)
}

// head is what of a row can be compared as it is.
func (s Stored) head() [5]string {
	system := ""
	if s.System {
		system = "system"
	}
	return [...]string{s.ID, s.Name, s.Type + system, s.Created, s.Updated}
}

func (s Stored) rules() []*string {
	return []*string{s.ListRule, s.ViewRule, s.CreateRule, s.UpdateRule, s.DeleteRule}
}

// SameRule reports whether two rules are alike; nil and "" differ.
func SameRule(a, b *string) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// ViewSelect is the statement that the SQL view of a query stands for; cols are the query's result columns
// in the engine's eyes. An id that is no text is cast, since ids are compared as text (collections.md §6).
func ViewSelect(query string, cols []ViewColumn) string {
	query = TrimQuery(query)
	cast := false
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = quoteName(c.Name)
		if strings.EqualFold(c.Name, "id") && !strings.EqualFold(c.Declared, "TEXT") {
			cast = true
			names[i] = `CAST("id" AS TEXT) "id"`
		}
	}
	if !cast {
		return "SELECT * FROM (" + query + "\n) AS q"
	}
	return "SELECT " + strings.Join(names, ", ") + " FROM (" + query + "\n) AS q"
}

// TrimQuery cuts space and semicolons off the end of a query.
func TrimQuery(query string) string {
	return strings.TrimRight(strings.TrimSpace(query), "; \t\r\n")
}

func quoteName(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
