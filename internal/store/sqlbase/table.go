// Package sqlbase is what SQL engines share: the layout of record tables, the way from stored values to
// records and JSON and back, and the text of queries.
package sqlbase

import (
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/schema"
)

// Seq is the column that every record table has besides the columns of its fields: the sequence of the
// record's last change. No field can have this name.
const Seq = "@seq"

// hole is a parameter of a text that is made once; its value is bound at each use.
var hole rule.Value

// base is the alias of the base table in every query.
const base = "t"

// Table is a collection's table with the texts that its statements are made of. It never changes.
type Table struct {
	C *schema.Collection
	// Insert and Delete write one record. The parameters of Insert are the columns in order and Seq, that of
	// Delete is the id.
	Insert, Delete string
	// Exists asks for one id, Version for the sequence of one id.
	Exists, Version string

	d       *dialect.Dialect
	columns string // the result columns: all fields in order, then Seq
	from    string // ` FROM "posts" AS "t"`
	forms   []form
}

// NewTable prepares the texts for a sealed collection.
func NewTable(d *dialect.Dialect, c *schema.Collection) *Table {
	t := &Table{C: c, d: d, forms: make([]form, len(c.Fields))}
	for i, f := range c.Fields {
		t.forms[i] = formOf(f)
	}
	t.from = d.New().Text(" FROM ").Ident(c.Name).Text(" AS ").Ident(base).String()
	t.columns = t.resultColumns()
	if !c.IsView() {
		t.Insert = t.insert()
		t.Version = d.New().Text("SELECT ").Ident(Seq).Text(" FROM ").Ident(c.Name).Text(" WHERE ").Ident("id").Text(" = ").Arg(hole).String()
		t.Delete = d.New().Text("DELETE FROM ").Ident(c.Name).Text(" WHERE ").Ident("id").Text(" = ").Arg(hole).String()
	}
	t.Exists = d.New().Text("SELECT 1 FROM ").Ident(c.Name).Text(" WHERE ").Ident("id").Text(" = ").Arg(hole).String()
	return t
}

func (t *Table) resultColumns() string {
	w := t.d.New()
	for _, f := range t.C.Fields {
		w.Col(base, f.Base().Name).Text(", ")
	}
	if t.C.IsView() {
		return w.Text("0").String()
	}
	return w.Col(base, Seq).String()
}

func (t *Table) insert() string {
	w := t.d.New().Text("INSERT INTO ").Ident(t.C.Name).Text(" (")
	for _, f := range t.C.Fields {
		w.Ident(f.Base().Name).Text(", ")
	}
	w.Ident(Seq).Text(") VALUES (")
	for range t.C.Fields {
		w.Arg(hole).Text(", ")
	}
	return w.Arg(hole).Text(")").String()
}

// Update writes the statement that sets some fields of the record with an id. Its parameters are their
// columns in the order of ords, the new Seq and the id. To leave a column out keeps its indexes untouched,
// each of which costs a page or more.
func (t *Table) Update(w *dialect.SQL, ords []int) {
	w.Text("UPDATE ").Ident(t.C.Name).Text(" SET ")
	for _, ord := range ords {
		w.Ident(t.C.Fields[ord].Base().Name).Text(" = ").Arg(hole).Text(", ")
	}
	w.Ident(Seq).Text(" = ").Arg(hole).Text(" WHERE ").Ident("id").Text(" = ").Arg(hole)
}

// WhileAt narrows an update to a record that has a certain Seq: one more parameter.
func WhileAt(w *dialect.SQL) { w.Text(" AND ").Ident(Seq).Text(" = ").Arg(hole) }

// Column returns the definition of a field's column behind its name (collections.md §12.2).
func Column(f field.Field) string {
	if f.Base().Name == "id" {
		return "TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL"
	}
	switch f.Kind() {
	case field.KindNumber:
		return "NUMERIC DEFAULT 0 NOT NULL"
	case field.KindBool:
		return "BOOLEAN DEFAULT FALSE NOT NULL"
	case field.KindList:
		return "JSON DEFAULT '[]' NOT NULL"
	case field.KindJSON:
		return "JSON DEFAULT NULL"
	case field.KindGeo:
		return `JSON DEFAULT '{"lon":0,"lat":0}' NOT NULL`
	}
	return "TEXT DEFAULT '' NOT NULL"
}

// SeqColumn is the definition of [Seq] behind its name.
const SeqColumn = "INTEGER NOT NULL DEFAULT 0"

// Create is the statement that makes the table of a collection that stores records.
func Create(d *dialect.Dialect, c *schema.Collection) string {
	w := d.New().Text("CREATE TABLE ").Ident(c.Name).Text(" (")
	for _, f := range c.Fields {
		w.Ident(f.Base().Name).Text(" ", Column(f), ", ")
	}
	return w.Ident(Seq).Text(" ", SeqColumn, ")").String()
}
