package sqlbase

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
)

// Turns is the row of _cursors that is no consumer's: an engine counts there how often named settings changed.
const Turns = "@params"

// Bulk is how a part is read and filled.
type Bulk struct {
	// Select reads the rows above a place, its one parameter, in order: the values, then the place. Of a part
	// without places it reads all.
	Select string
	// Placed says whether rows have places.
	Placed bool
	// Insert adds a row: the parameters are the values and, where there are places, the place.
	Insert string
	// Table and Columns are what Insert names, quoted.
	Table   string
	Columns string
	// Extent counts the rows and says the highest place. Clear removes all rows.
	Extent, Clear string

	values int
	table  *Table // nil for a table of our own
	json   int    // which of its values is JSON; -1 when none is
}

// own is a table of our own.
type own struct {
	columns []string
	place   string   // "" when its rows have no order; "@" is the order of creation
	times   []string // columns that hold a time
	json    int      // which column holds JSON; -1 when none does
	where   string   // which rows are meant
}

var owns = map[string]own{
	store.Changes.Name: {columns: []string{"at", "op", "collection", "record", "author"}, place: "seq", json: -1},
	store.Cursors.Name: {columns: []string{"consumer", "seq"}, json: -1, where: "consumer <> '" + Turns + "'"},
	store.Params.Name: {
		columns: []string{"id", "value", "created", "updated"}, times: []string{"created", "updated"}, json: 1, where: "id <> '" + store.MoveMark + "'",
	},
	store.Definitions.Name: {columns: []string{
		"id", "system", "type", "name", "fields", "indexes", "listRule", "viewRule", "createRule", "updateRule", "deleteRule", "options", "created", "updated",
	}, place: "@", json: -1},
}

// NewBulk prepares the texts for a part. timeText reads a column that holds a time as we spell times; nil where
// it holds that text.
func NewBulk(d *dialect.Dialect, p store.Part, timeText func(column string) string) *Bulk {
	if p.Of != nil {
		o := own{place: "@", json: -1}
		for _, f := range p.Of.Fields {
			o.columns = append(o.columns, f.Base().Name)
		}
		o.columns = append(o.columns, Seq)
		b := o.bulk(d, p.Name, nil)
		b.table = NewTable(d, p.Of)
		return b
	}
	return owns[p.Name].bulk(d, p.Name, timeText)
}

func (o own) bulk(d *dialect.Dialect, name string, timeText func(string) string) *Bulk {
	id := func(s string) string { return string(d.Ident(nil, s)) }
	var read, columns []string
	for _, c := range o.columns {
		columns = append(columns, id(c))
		if timeText != nil && slices.Contains(o.times, c) {
			read = append(read, timeText(id(c)))
		} else {
			read = append(read, id(c))
		}
	}
	b := &Bulk{Table: id(name), Placed: o.place != "", values: len(columns), json: o.json}
	place, highest, where, order := "0", "0", o.where, "1"
	if b.Placed {
		place = id(strings.Replace(o.place, "@", d.RowID, 1))
		columns = append(columns, place)
		highest, where, order = "coalesce(max("+place+"), 0)", place+" > "+string(d.Placeholder(nil, 1)), place
	}
	b.Columns = strings.Join(columns, ", ")
	b.Select = "SELECT " + strings.Join(read, ", ") + ", " + place + " FROM " + b.Table + " WHERE " + where + " ORDER BY " + order
	b.Extent, b.Clear = "SELECT count(*), "+highest+" FROM "+b.Table, "DELETE FROM "+b.Table
	if o.where != "" {
		b.Extent, b.Clear = b.Extent+" WHERE "+o.where, b.Clear+" WHERE "+o.where
	}
	w := d.New().Text("INSERT INTO ", b.Table, " (", b.Columns, ") VALUES (")
	for i := range columns {
		if i > 0 {
			w.Text(", ")
		}
		w.Arg(hole)
	}
	b.Insert = w.Text(")").String()
	return b
}

// Args are the parameters of Insert for a row.
func (b *Bulk) Args(l store.Line, room []rule.Value) []rule.Value {
	room = append(room[:0], l.Values...)
	if b.Placed {
		room = append(room, rule.IntValue(l.Place))
	}
	return room
}

// Line spells a row as every engine can keep it. The values use room.
func (b *Bulk) Line(c Cells, room []rule.Value) store.Line {
	l := store.Line{Values: room[:0], Place: c.Int(b.values)}
	for i := range b.values {
		v, same := b.value(c, i)
		l.Values = append(l.Values, v)
		l.Altered = l.Altered || !same
	}
	return l
}

func (b *Bulk) value(c Cells, ord int) (v rule.Value, same bool) {
	switch {
	case b.table != nil && ord < len(b.table.forms):
		return b.table.canonical(c, ord)
	case b.json == ord:
		return canonicalNumber(c, ord)
	}
	return plainValue(c, ord)
}

// plainValue is a value of ours: as it stands.
func plainValue(c Cells, ord int) (rule.Value, bool) {
	switch c.Type(ord) {
	case rule.Int:
		return rule.IntValue(c.Int(ord)), true
	case rule.Real:
		return rule.NumberValue(c.Real(ord)), true
	case rule.Txt:
		return validText(string(c.Text(ord)))
	}
	return rule.Value{}, true
}

func validText(s string) (rule.Value, bool) {
	if utf8.ValidString(s) {
		return rule.TextValue(s), true
	}
	return rule.TextValue(strings.ToValidUTF8(s, "\uFFFD")), false
}

// canonical is the value of a field.
func (t *Table) canonical(c Cells, ord int) (v rule.Value, same bool) {
	typ := c.Type(ord)
	switch form := t.forms[ord]; {
	case form == formNumber && typ != rule.Txt:
		return canonicalFloat(c.Real(ord)), true
	case form == formBool && typ == rule.Int:
		return rule.BoolValue(c.Int(ord) != 0), true
	case form == formJSON && typ == rule.Null:
		return rule.Value{}, true
	case form == formJSON && typ == rule.Txt:
		if v, ok := jsonNumber(string(c.Text(ord))); ok {
			return v, true
		}
		return canonicalJSON(string(c.Text(ord)))
	case form == formJSON:
		return canonicalNumber(c, ord)
	case (form == formList || form == formGeo) && typ == rule.Txt:
		return canonicalJSON(string(c.Text(ord)))
	case typ == rule.Txt && form != formNumber && form != formBool:
		return validText(string(c.Text(ord)))
	}
	v = record.Stored(t.Decode(c, ord))
	if v.Type == rule.Txt {
		return validText(v.S)
	}
	return v, true
}

// canonicalFloat is what a number field says: what is not finite reads as 0.
func canonicalFloat(f float64) rule.Value {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		f = 0
	}
	return rule.NumberValue(f)
}

// canonicalJSON is text that every engine takes for JSON.
func canonicalJSON(text string) (rule.Value, bool) {
	out := dialect.PostgresJSON(text)
	return rule.TextValue(out), out == text
}

// canonicalNumber is a value of a column of JSON whose numbers one engine keeps as numbers and the other as
// text.
func canonicalNumber(c Cells, ord int) (rule.Value, bool) {
	switch c.Type(ord) {
	case rule.Real:
		return numberOr(c.Real(ord)), true
	case rule.Txt:
		text := string(c.Text(ord))
		if v, ok := jsonNumber(text); ok {
			return v, true
		}
		return validText(text)
	}
	return plainValue(c, ord)
}

// jsonNumber reads JSON that is a bare number.
func jsonNumber(text string) (v rule.Value, ok bool) {
	s := strings.TrimSpace(text)
	if s == "" || s[0] != '-' && (s[0] < '0' || s[0] > '9') || !json.Valid([]byte(s)) {
		return v, false
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return rule.IntValue(n), true
	}
	f, _ := strconv.ParseFloat(s, 64) // out of range is infinite
	return numberOr(f), true
}

// numberOr is a number, or the JSON that stands for one that is too large.
func numberOr(f float64) rule.Value {
	switch {
	case math.IsInf(f, 1):
		return rule.TextValue("9e999")
	case math.IsInf(f, -1):
		return rule.TextValue("-9e999")
	}
	return rule.NumberValue(f)
}
