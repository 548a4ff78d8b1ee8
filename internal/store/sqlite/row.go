package sqlite

import (
	"github.com/ncruces/go-sqlite3"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store/sqlbase"
	"github.com/holdall-dev/holdall/record"
)

// row is the row that a statement stands on. Result columns are the fields by ordinal, then the sequence.
type row struct {
	stmt *sqlite3.Stmt
	t    *sqlbase.Table
}

var types = [...]rule.Type{
	sqlite3.INTEGER: rule.Int, sqlite3.FLOAT: rule.Real, sqlite3.TEXT: rule.Txt, sqlite3.BLOB: rule.Txt, sqlite3.NULL: rule.Null,
}

// Type, Int, Real and Text make a row sqlbase.Cells.
func (r *row) Type(ord int) rule.Type { return types[r.stmt.ColumnType(ord)] }
func (r *row) Int(ord int) int64      { return r.stmt.ColumnInt64(ord) }
func (r *row) Real(ord int) float64   { return r.stmt.ColumnFloat(ord) }
func (r *row) Text(ord int) []byte    { return r.stmt.ColumnRawText(ord) }

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
func (r *row) Record() (*record.Record, error) {
	rec := r.t.Record(r, r.Seq())
	return rec, r.stmt.Err()
}

// AppendJSON implements store.Row.
func (r *row) AppendJSON(dst []byte, v *record.View) []byte { return r.t.AppendJSON(dst, r, v) }

// AppendHead implements store.Row.
func (r *row) AppendHead(dst []byte, v *record.View) []byte {
	return r.t.AppendKeys(dst, r, v, v.Head)
}

// AppendTail implements store.Row.
func (r *row) AppendTail(dst []byte, v *record.View) []byte {
	return r.t.AppendKeys(dst, r, v, v.Tail)
}
