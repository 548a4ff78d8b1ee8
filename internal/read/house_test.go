package read_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/read"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlite"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// counting is a store that counts what it is asked.
type counting struct {
	store.Store
	selects, counts atomic.Int64
}

func (c *counting) Select(ctx context.Context, q store.Query, each func(store.Row) error) error {
	c.selects.Add(1)
	return c.Store.Select(ctx, q, each)
}

func (c *counting) Count(ctx context.Context, q store.Query) (int64, error) {
	c.counts.Add(1)
	return c.Store.Count(ctx, q)
}

// asked returns how many queries were made since it was last called.
func (c *counting) asked() [2]int64 { return [2]int64{c.selects.Swap(0), c.counts.Swap(0)} }

// house is a service over a database in a folder of the test.
type house struct {
	t   testing.TB
	st  *counting
	cat *schema.Catalog
	*read.Service
}

func open(t testing.TB, cols ...*schema.Collection) *house {
	t.Helper()
	st, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "data.db"), Normal: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	h := &house{t: t, st: &counting{Store: st}, cat: schema.NewCatalog(cols)}
	current := func() *schema.Catalog { return h.cat }
	h.Service = read.New(h.st, access.New(current), current)
	_, err = st.Update(t.Context(), func(tx store.Tx) error {
		return tx.Reshape(t.Context(), schema.Diff(schema.NewCatalog(nil), h.cat))
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *house) collection(name string) *schema.Collection {
	h.t.Helper()
	c, ok := h.cat.Find(name)
	if !ok {
		h.t.Fatalf("no collection %s", name)
	}
	return c
}

type values map[string]any

// make stores records of a collection.
func (h *house) make(name string, list ...values) []*record.Record {
	h.t.Helper()
	c := h.collection(name)
	var recs []*record.Record
	var ms []store.Mutation
	for _, vals := range list {
		r := record.New(c)
		for name, v := range vals {
			if c.Ord(name) < 0 {
				h.t.Fatalf("no field %s", name)
			}
			if err := r.Set(name, v); err != nil {
				h.t.Fatal(err)
			}
		}
		recs, ms = append(recs, r), append(ms, store.Mutation{Op: change.Create, Rec: r})
	}
	if _, err := h.st.Apply(h.t.Context(), ms...); err != nil {
		h.t.Fatal(err)
	}
	return recs
}

func (h *house) list(by *caller.Caller, name string, q read.ListQuery) (string, error) {
	h.t.Helper()
	out, err := h.List(h.t.Context(), nil, by, h.collection(name), q)
	return string(out), err
}

// wantList fails unless a list reads as it should.
func (h *house) wantList(by *caller.Caller, name string, q read.ListQuery, want string) {
	h.t.Helper()
	if got, err := h.list(by, name, q); err != nil || got != want {
		h.t.Errorf("list %s %+v\n got %s, %v\nwant %s", name, q, got, err, want)
	}
}

// wantView is wantList for a single record.
func (h *house) wantView(by *caller.Caller, name, id string, sh read.Shape, want string) {
	h.t.Helper()
	got, err := h.View(h.t.Context(), nil, by, h.collection(name), id, sh)
	if err != nil || string(got) != want {
		h.t.Errorf("view %s/%s %+v\n got %s, %v\nwant %s", name, id, sh, got, err, want)
	}
}

// openRules are open to all unless a test changes them.
func openRules() schema.Rules { return schema.Rules{List: new(""), View: new("")} }

func collection(t testing.TB, name string, typ schema.Type, fields ...string) *schema.Collection {
	t.Helper()
	c := &schema.Collection{ID: name + "_id", Name: name, Type: typ, Rules: openRules()}
	if typ == schema.Auth {
		c.Auth = &schema.AuthOptions{}
		fields = append(fields, authFields...)
	}
	for _, text := range append([]string{`{"id":"f_id","name":"id","type":"text","system":true,"primaryKey":true}`}, fields...) {
		f, err := field.Decode(json.RawMessage(text))
		if err != nil {
			t.Fatal(err)
		}
		if f.Base().ID == "" {
			f.Base().ID = "f_" + f.Base().Name
		}
		c.Fields = append(c.Fields, f)
	}
	return c
}

var authFields = []string{
	`{"name":"email","type":"email","system":true}`,
	`{"name":"emailVisibility","type":"bool","system":true}`,
	`{"name":"password","type":"password","system":true,"hidden":true}`,
	`{"name":"tokenKey","type":"text","system":true,"hidden":true}`,
}

func guest() *caller.Caller {
	return &caller.Caller{Context: caller.ContextDefault, Method: "GET", Now: time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)}
}

func as(r *record.Record) *caller.Caller {
	by := guest()
	by.Trust, by.Auth = caller.User, r
	return by
}

func super() *caller.Caller {
	by := guest()
	by.Trust = caller.Superuser
	return by
}
