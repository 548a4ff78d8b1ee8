package sqlbase

import (
	"slices"
	"strings"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/rule/rulesql"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
)

// Nothing reports whether a query matches nothing whatever is stored, so that the database need not be asked.
func Nothing(q store.Query) bool {
	return q.IDs != nil && len(q.IDs) == 0 || q.By != nil && len(q.By.Values) == 0 || q.Where != nil && q.Where.Never()
}

// Select writes the statement of a query. Its result columns are the fields in order and then Seq.
func (t *Table) Select(w *dialect.SQL, q store.Query) {
	also(w, q.Also)
	w.Text("SELECT ", t.columns)
	t.source(w, q)
	many := q.Where != nil && rulesql.Multiplies(q.Where)
	if many {
		t.group(w, q)
	}
	t.order(w, q, many)
	if q.Limit > 0 || q.Offset > 0 {
		limit := w.D.NoLimit
		if q.Limit > 0 {
			limit = rule.IntValue(int64(q.Limit))
		}
		w.Text(" LIMIT ").Arg(limit).Text(" OFFSET ").Arg(rule.IntValue(int64(q.Offset)))
	}
}

// group makes one row of all in which joins found the same record. The id alone says which, but PostgreSQL
// knows that of tables only.
func (t *Table) group(w *dialect.SQL, q store.Query) {
	w.Text(" GROUP BY ").Col(base, "id")
	if w.D.Typed == nil || !t.C.IsView() && q.Given == nil {
		return
	}
	for _, f := range t.C.Fields {
		w.Text(", ").Col(base, f.Base().Name)
	}
	if !t.C.IsView() {
		w.Text(", ").Col(base, Seq)
	}
}

// Count writes the statement that counts what a query matches, without its limits.
func (t *Table) Count(w *dialect.SQL, q store.Query) {
	also(w, q.Also)
	if q.Where != nil && rulesql.Multiplies(q.Where) {
		w.Text("SELECT COUNT(DISTINCT ").Col(base, "id").Text(")")
	} else {
		w.Text("SELECT COUNT(*)")
	}
	t.source(w, q)
}

// source writes FROM, joins and WHERE.
func (t *Table) source(w *dialect.SQL, q store.Query) {
	if q.Given != nil {
		t.given(w, q.Given)
	} else {
		w.Text(t.from)
	}
	if q.Where != nil {
		rulesql.Joins(w, q.Where, base)
	}
	next := " WHERE "
	and := func() {
		w.Text(next)
		next = " AND "
	}
	if q.IDs != nil {
		and()
		w.Col(base, "id")
		anyOf(w, q.IDs)
	}
	if q.By != nil {
		and()
		t.by(w, q.By)
	}
	if q.Where != nil {
		and()
		w.Text("(")
		rulesql.Where(w, q.Where, base)
		w.Text(")")
	}
	if w.Always != "" {
		and()
		w.Text(w.Always)
	}
}

// order writes ORDER BY. Without sort keys records come in the order in which they were made; rows of views
// and the one row of a look-up by id come as they are.
func (t *Table) order(w *dialect.SQL, q store.Query, many bool) {
	rows := !t.C.IsView() && q.Given == nil && len(q.IDs) != 1
	switch {
	case q.Where != nil && q.Where.Sorted():
		w.Text(" ORDER BY ")
		rulesql.OrderBy(w, q.Where, base)
		if many && rows {
			w.Text(", ").Col(base, w.D.RowID)
		}
	case rows:
		w.Text(" ORDER BY ").Col(base, w.D.RowID)
	}
}

// anyOf writes the comparison with one of some texts. Many are one parameter, so that their number does not
// make another statement.
func anyOf(w *dialect.SQL, values []string) {
	if len(values) == 1 {
		w.Text(" = ").Arg(rule.TextValue(values[0]))
		return
	}
	w.D.OneOf(w, rule.TextValue(string(field.AppendList(nil, values))))
}

func (t *Table) by(w *dialect.SQL, b *store.By) {
	f := t.C.Fields[b.Ord]
	c := dialect.Ref{Table: base, Column: f.Base().Name}
	if f.Kind() != field.KindList {
		equals(w, c, b)
		return
	}
	if len(b.Values) == 1 && !b.NoCase && plain(b.Values[0]) {
		// Looking for the bare text first spares most rows the reading of their list.
		w.D.Holds(w, c, rule.TextValue(b.Values[0]))
		w.Text(" AND ")
	}
	w.Text("EXISTS (SELECT 1 FROM ")
	w.D.Each(w, c)
	w.Text(" AS e WHERE ")
	equals(w, dialect.Ref{Table: "e", Column: "value"}, b)
	w.Text(")")
}

// equals writes the comparison of one text.
func equals(w *dialect.SQL, c dialect.Ref, b *store.By) {
	if !b.NoCase {
		w.Ref(c)
		anyOf(w, b.Values)
		return
	}
	lower := make([]string, len(b.Values))
	for i, s := range b.Values {
		lower[i] = strings.Map(lowerASCII, s)
	}
	w.D.Folded(w, c)
	anyOf(w, lower)
}

func lowerASCII(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}

// plain reports whether s looks the same in JSON.
func plain(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_-") == ""
}

// given writes a record as the base table.
func (t *Table) given(w *dialect.SQL, r *record.Record) {
	w.Text(" FROM (")
	values(w, r)
	w.Text(") AS ").Ident(base)
}

// values writes a record as a SELECT of one row.
func values(w *dialect.SQL, r *record.Record) {
	w.Text("SELECT ")
	for i, f := range r.Collection().Fields {
		w.D.Given(w, kinds[f.Kind()], r.Value(i))
		w.Text(" AS ").Ident(f.Base().Name).Text(", ")
	}
	w.Text("CAST(").Arg(rule.IntValue(r.Seq())).Text(" AS BIGINT) AS ").Ident(Seq)
}

// also puts records beside those of their tables, by a table of the same name that hides the stored one.
func also(w *dialect.SQL, list []*record.Record) {
	next := "WITH "
	for i, r := range list {
		c := r.Collection()
		if slices.ContainsFunc(list[:i], func(x *record.Record) bool { return x.Collection() == c }) {
			continue
		}
		w.Text(next).Ident(c.Name).Text(" AS (SELECT ")
		next = ", "
		for _, f := range c.Fields {
			w.Ident(f.Base().Name).Text(", ")
		}
		w.Ident(Seq).Text(" FROM ", w.D.Stored).Ident(c.Name)
		for _, x := range list[i:] {
			if x.Collection() == c {
				w.Text(" UNION ALL ")
				values(w, x)
			}
		}
		w.Text(")")
	}
	if len(list) > 0 {
		w.Text(" ")
	}
}
