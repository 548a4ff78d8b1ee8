package postgres

import (
	"strconv"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store/sqlbase"
	"github.com/holdall-dev/holdall/record"
)

// row is one row of an answer. Result columns are the fields by ordinal, then the sequence.
type row struct {
	reads []reading
	cells [][]byte
	t     *sqlbase.Table
}

// Type, Int, Real and Text make a row sqlbase.Cells.
func (r *row) Type(ord int) rule.Type {
	switch read := r.reads[ord]; {
	case r.cells[ord] == nil:
		return rule.Null
	case read == asText:
		return rule.Txt
	case read.isInt():
		return rule.Int
	default:
		return rule.NumberValue(read.float(r.cells[ord])).Type
	}
}

// Int is the value of an integer.
func (r *row) Int(ord int) int64 {
	if read := r.reads[ord]; read.isInt() {
		return read.int(r.cells[ord])
	}
	return int64(r.reads[ord].float(r.cells[ord]))
}

// Real is the value of a number.
func (r *row) Real(ord int) float64 { return r.reads[ord].float(r.cells[ord]) }

// Text is the stored text; numbers are spelled out.
func (r *row) Text(ord int) []byte {
	switch read := r.reads[ord]; {
	case r.cells[ord] == nil:
		return nil
	case read == asText:
		return text(r.cells[ord])
	case r.Type(ord) == rule.Int:
		return strconv.AppendInt(nil, r.Int(ord), 10)
	default:
		return strconv.AppendFloat(nil, r.Real(ord), 'g', -1, 64)
	}
}

// Value implements rule.Row.
func (r *row) Value(ord int) rule.Value {
	switch r.Type(ord) {
	case rule.Int:
		return rule.IntValue(r.Int(ord))
	case rule.Real:
		return rule.RealValue(r.Real(ord))
	case rule.Txt:
		return rule.TextValue(string(r.Text(ord)))
	}
	return rule.Value{}
}

// ID implements store.Row.
func (r *row) ID() string { return string(r.Text(r.t.C.IDOrd())) }

// Seq implements store.Row.
func (r *row) Seq() change.Seq { return r.Int(len(r.t.C.Fields)) }

// Record implements store.Row.
func (r *row) Record() (*record.Record, error) { return r.t.Record(r, r.Seq()), nil }

// AppendJSON implements store.Row.
func (r *row) AppendJSON(dst []byte, v *record.View) []byte { return r.t.AppendJSON(dst, r, v) }

// AppendHead implements store.Row.
func (r *row) AppendHead(dst []byte, v *record.View) []byte { return r.t.AppendKeys(dst, r, v, v.Head) }

// AppendTail implements store.Row.
func (r *row) AppendTail(dst []byte, v *record.View) []byte { return r.t.AppendKeys(dst, r, v, v.Tail) }

// copy is the row with bytes of its own.
func (r *row) copy() *row {
	size := 0
	for _, cell := range r.cells {
		size += len(cell)
	}
	room := make([]byte, 0, size)
	cells := make([][]byte, len(r.cells))
	for i, cell := range r.cells {
		if cell == nil {
			continue
		}
		start := len(room)
		room = append(room, cell...)
		cells[i] = room[start:len(room):len(room)]
	}
	return &row{reads: r.reads, cells: cells, t: r.t}
}
