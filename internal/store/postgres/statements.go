package postgres

import (
	"time"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlbase"
	"github.com/holdall-dev/holdall/record"
)

// A mutation is one statement: it writes the record, draws the sequence while it holds the record's lock, and
// enters the log. Hence for one record the order of sequences is the order of commits. It returns the
// sequence, or no row when there was no such record.
//
//	WITH w AS (UPDATE "posts" SET …, "@seq" = nextval('_changes_seq') WHERE "id" = $7 RETURNING "@seq" AS seq)
//	INSERT INTO _changes (seq, …) SELECT seq, … FROM w RETURNING seq

const nextSeq = "nextval('_changes_seq')"

// stamp is what all changes of a transaction have in common.
type stamp struct {
	at     time.Time
	origin int64
}

// mutation writes the statement of m, for the table t.
func mutation(w *dialect.SQL, t *sqlbase.Table, m *store.Mutation, st stamp) {
	writeRecord(w, t, m)
	w.Text(" ")
	enterLog(w, t, m, st)
}

// mustMutate is mutation for a statement that has to fail when there is no such record.
func mustMutate(w *dialect.SQL, t *sqlbase.Table, m *store.Mutation, st stamp) {
	writeRecord(w, t, m)
	w.Text(", l AS (")
	enterLog(w, t, m, st)
	w.Text(") SELECT max(seq), 1 / count(*) FROM l")
}

func writeRecord(w *dialect.SQL, t *sqlbase.Table, m *store.Mutation) {
	w.Text("WITH w AS (")
	switch m.Op {
	case change.Create:
		insert(w, t, m.Rec)
	case change.Update:
		update(w, t, m)
	default:
		remove(w, t, m)
	}
	w.Text(")")
}

func enterLog(w *dialect.SQL, t *sqlbase.Table, m *store.Mutation, st stamp) {
	w.Text("INSERT INTO _changes (seq, at, op, collection, record, author, origin, doc) SELECT seq, ")
	w.Arg(rule.IntValue(st.at.UnixMicro())).Text("::bigint, ").Arg(rule.IntValue(int64(m.Op))).Text("::smallint, ")
	w.Arg(rule.TextValue(t.C.ID)).Text(", ").Arg(rule.TextValue(m.Rec.ID())).Text(", ").Arg(rule.TextValue(m.By)).Text(", ")
	w.Arg(rule.IntValue(st.origin)).Text("::bigint, ").Arg(document(m)).Text(" FROM w RETURNING seq")
}

func insert(w *dialect.SQL, t *sqlbase.Table, r *record.Record) {
	w.Text("INSERT INTO ").Ident(t.C.Name).Text(" (")
	for _, f := range t.C.Fields {
		w.Ident(f.Base().Name).Text(", ")
	}
	w.Ident(sqlbase.Seq).Text(") VALUES (")
	for i := range t.C.Fields {
		w.Arg(stored(r, i)).Text(", ")
	}
	w.Text(nextSeq, ") RETURNING ").Ident(sqlbase.Seq).Text(" AS seq")
}

// stored is the value of a field as its column takes it.
func stored(r *record.Record, ord int) rule.Value {
	v := r.Value(ord)
	switch r.Collection().Fields[ord].Kind() {
	case field.KindList, field.KindJSON, field.KindGeo:
		if v.Type == rule.Txt {
			v.S = dialect.PostgresJSON(v.S)
		}
	}
	return v
}

func update(w *dialect.SQL, t *sqlbase.Table, m *store.Mutation) {
	var room [32]int
	w.Text("UPDATE ").Ident(t.C.Name).Text(" SET ")
	for _, ord := range sqlbase.Changed(m, room[:0]) {
		w.Ident(t.C.Fields[ord].Base().Name).Text(" = ").Arg(stored(m.Rec, ord)).Text(", ")
	}
	w.Ident(sqlbase.Seq).Text(" = ", nextSeq)
	which(w, m)
	w.Text(" RETURNING ").Ident(sqlbase.Seq).Text(" AS seq")
}

func remove(w *dialect.SQL, t *sqlbase.Table, m *store.Mutation) {
	// The sequence is drawn by what reads the rows: when they are locked and gone.
	w.Text("DELETE FROM ").Ident(t.C.Name)
	which(w, m)
	w.Text(" RETURNING ", nextSeq, " AS seq")
}

// which names the record, in the version of the guard.
func which(w *dialect.SQL, m *store.Mutation) {
	w.Text(" WHERE ").Ident("id").Text(" = ").Arg(rule.TextValue(m.Rec.ID()))
	if m.If.Versioned {
		w.Text(" AND ").Ident(sqlbase.Seq).Text(" = ").Arg(rule.IntValue(m.If.Seq))
	}
}

// present writes a statement that locks the record of a reference, so that nobody deletes it before we
// commit, and returns a row when it is there.
func present(w *dialect.SQL, t *sqlbase.Table, ref store.Ref) {
	w.Text("SELECT 1 FROM ").Ident(t.C.Name).Text(" WHERE ").Ident("id").Text(" = ").Arg(rule.TextValue(ref.ID)).Text(" FOR KEY SHARE")
}

// mustBePresent and mustBeAbsent fail unless it is, or is not, there.
func mustBePresent(w *dialect.SQL, t *sqlbase.Table, ref store.Ref) {
	w.Text("SELECT 1 / count(*) FROM (")
	present(w, t, ref)
	w.Text(") AS r")
}

func mustBeAbsent(w *dialect.SQL, t *sqlbase.Table, ref store.Ref) {
	w.Text("SELECT 1 / (1 - count(*)) FROM ").Ident(t.C.Name).Text(" WHERE ").Ident("id").Text(" = ").Arg(rule.TextValue(ref.ID))
}

// reserve is a statement that keeps apart those who want an id to be absent: there is no row to lock.
const reserve = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"

// begin statements, by lane. The lock decides what runs beside; what is read after it stays true.
const (
	beginShared    = "BEGIN; LOCK TABLE _lanes IN ROW EXCLUSIVE MODE"
	beginExclusive = "BEGIN; LOCK TABLE _lanes IN SHARE ROW EXCLUSIVE MODE"
	lockShapes     = "LOCK TABLE _lanes IN EXCLUSIVE MODE"
)

// ownID makes the transaction draw its number, which it must have before it draws a sequence (DESIGN.md, gaps),
// and returns the version of the tables.
const ownID = "SELECT version, pg_current_xact_id()::text FROM _shape"
