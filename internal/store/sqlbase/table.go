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

// Column returns the definition of a field's column, for [dialect.Dialect.Define] (collections.md §12.2).
func Column(d *dialect.Dialect, f field.Field) string {
	if f.Base().Name == "id" {
		return d.Columns.ID
	}
	return d.Columns.Of[kinds[f.Kind()]]
}

// kinds are the columns that values of a class are kept in.
var kinds = [...]rule.Kind{
	field.KindText: rule.Text, field.KindNumber: rule.Number, field.KindBool: rule.Bool, field.KindList: rule.List,
	field.KindJSON: rule.JSON, field.KindGeo: rule.Geo, field.KindPassword: rule.Text,
}

// Create is the statement that makes the table of a collection that stores records.
func Create(d *dialect.Dialect, c *schema.Collection) string {
	w := d.New().Text("CREATE TABLE ").Ident(c.Name).Text(" (")
	for _, f := range c.Fields {
		w.Text(d.Define(f.Base().Name, Column(d, f)), ", ")
	}
	if d.Columns.Row != "" {
		w.Ident(d.RowID).Text(" ", d.Columns.Row, ", ")
	}
	return w.Ident(Seq).Text(" ", d.Columns.Seq, ")").String()
}
