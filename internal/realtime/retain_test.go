package realtime_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/catalog"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/read"
	"github.com/holdall-dev/holdall/internal/realtime"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlite"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// parts is a broker over a store, without a door.
type parts struct {
	testing.TB
	st  store.Store
	cat *catalog.Service
	rd  *read.Service
	b   *realtime.Broker
	now time.Time
}

func assemble(t testing.TB, keep func() realtime.Keep) *parts {
	t.Helper()
	return assembleWith(t, realtime.Needs{Keep: keep})
}

// assembleWith completes n.
func assembleWith(t testing.TB, n realtime.Needs) *parts {
	t.Helper()
	p := &parts{TB: t, now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	now := func() time.Time { return p.now }
	var err error
	if p.st, err = sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "data.db"), Normal: true, Now: now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.st.Close() })
	if p.cat, err = catalog.Open(t.Context(), p.st, now); err != nil {
		t.Fatal(err)
	}
	gate := access.New(p.cat.Current)
	p.rd = read.New(p.st, gate, p.cat.Current)
	n.Store, n.Gate, n.Read, n.Catalog, n.Now, n.Log = p.st, gate, p.rd, p.cat.Current, now, slog.New(slog.DiscardHandler)
	p.b = realtime.New(n)
	return p
}

func (p *parts) follow() {
	p.Helper()
	if err := p.b.Start(p.Context()); err != nil {
		p.Fatal(err)
	}
	p.Cleanup(p.b.Close)
}

func (p *parts) collection(text string) *schema.Collection {
	p.Helper()
	c, err := p.cat.Create(p.Context(), []byte(text))
	if err != nil {
		p.Fatal(err)
	}
	return c
}

// put writes a record.
func (p *parts) put(op change.Op, rec *record.Record) {
	p.Helper()
	if _, err := p.st.Apply(p.Context(), store.Mutation{Op: op, Rec: rec}); err != nil {
		p.Fatal(err)
	}
}

func (p *parts) record(c *schema.Collection, d data) *record.Record {
	p.Helper()
	rec := record.New(c)
	for k, v := range d {
		if err := rec.Set(k, v); err != nil {
			p.Fatal(err)
		}
	}
	return rec
}

func TestTheLogIsTrimmed(t *testing.T) {
	t.Parallel()
	keep := realtime.Keep{Age: time.Hour, Changes: 1000}
	p := assemble(t, func() realtime.Keep { return keep })
	c := p.collection(`{"name":"posts","type":"base"}`)
	n := 0
	write := func(count int) {
		for range count {
			n++
			p.put(change.Create, p.record(c, data{"id": "id" + string(rune('a'+n/26)) + string(rune('a'+n%26)) + "00000000000"}))
		}
	}
	first := func() change.Seq {
		t.Helper()
		if err := p.b.Trim(t.Context()); err != nil {
			t.Fatal(err)
		}
		list, err := p.st.Log().Read(t.Context(), 0, 1)
		if err != nil || len(list) == 0 {
			return 0
		}
		return list[0].Seq
	}
	write(10)
	p.now = p.now.Add(30 * time.Minute)
	write(10)
	if got := first(); got != 1 {
		t.Errorf("young changes were forgotten: the first is %d", got)
	}
	p.now = p.now.Add(31 * time.Minute)
	if got := first(); got != 11 {
		t.Errorf("by age the first is %d, want 11", got)
	}
	keep.Changes = 5
	if got := first(); got != 16 {
		t.Errorf("by number the first is %d, want 16", got)
	}
	if _, err := p.st.Cursors().Claim(t.Context(), "slow", "n", time.Minute); err != nil {
		t.Fatal(err)
	}
	if err := p.st.Cursors().Advance(t.Context(), "slow", "n", 17); err != nil {
		t.Fatal(err)
	}
	keep.Changes = 0
	if got := first(); got != 18 {
		t.Errorf("beside a consumer that has read 17 the first is %d, want 18", got)
	}
	p.now = p.now.Add(8 * 24 * time.Hour)
	if got := first(); got != 0 {
		t.Errorf("after a week the first is %d, want none", got)
	}
}
