package sqlbase

import (
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
	w.Text("SELECT ", t.columns)
	t.source(w, q)
	many := q.Where != nil && rulesql.Multiplies(q.Where)
	if many {
		w.Text(" GROUP BY ").Col(base, "id")
	}
	t.order(w, q, many)
	if q.Limit > 0 || q.Offset > 0 {
		limit := int64(-1)
		if q.Limit > 0 {
			limit = int64(q.Limit)
		}
		w.Text(" LIMIT ").Arg(rule.IntValue(limit)).Text(" OFFSET ").Arg(rule.IntValue(int64(q.Offset)))
	}
}

// Count writes the statement that counts what a query matches, without its limits.
func (t *Table) Count(w *dialect.SQL, q store.Query) {
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
	w.Text(" IN (SELECT value FROM json_each(").Arg(rule.TextValue(string(field.AppendList(nil, values)))).Text("))")
}

func (t *Table) by(w *dialect.SQL, b *store.By) {
	f := t.C.Fields[b.Ord]
	collate := ""
	if b.NoCase {
		collate = " COLLATE NOCASE"
	}
	if f.Kind() != field.KindList {
		w.Col(base, f.Base().Name).Text(collate)
		anyOf(w, b.Values)
		return
	}
	name := f.Base().Name
	if len(b.Values) == 1 && !b.NoCase && plain(b.Values[0]) {
		// Looking for the bare text first spares most rows the reading of their list.
		w.Text("instr(").Col(base, name).Text(", ").Arg(rule.TextValue(b.Values[0])).Text(") AND ")
	}
	w.Text("EXISTS (SELECT 1 FROM json_each(CASE WHEN json_valid(").Col(base, name).Text(") THEN ").Col(base, name)
	w.Text(" ELSE json_array(").Col(base, name).Text(") END) AS e WHERE e.value", collate)
	anyOf(w, b.Values)
	w.Text(")")
}

// plain reports whether s looks the same in JSON.
func plain(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_-") == ""
}

// given writes a record as the base table. A cast gives a column the affinity that it has in the table. Lists,
// points and JSON have no cast that leaves text alone, and need none: the language compares them through
// functions.
func (t *Table) given(w *dialect.SQL, r *record.Record) {
	w.Text(" FROM (SELECT ")
	for i, f := range t.C.Fields {
		v := r.Value(i)
		switch f.Kind() {
		case field.KindNumber, field.KindBool:
			w.Text("CAST(").Arg(v).Text(" AS NUMERIC)")
		case field.KindText, field.KindPassword:
			w.Text("CAST(").Arg(v).Text(" AS TEXT)")
		case field.KindJSON:
			w.Arg(asNumeric(v))
		default:
			w.Arg(v)
		}
		w.Text(" AS ").Ident(f.Base().Name).Text(", ")
	}
	w.Text("CAST(").Arg(rule.IntValue(r.Seq())).Text(" AS INTEGER) AS ").Ident(Seq).Text(") AS ").Ident(base)
}
