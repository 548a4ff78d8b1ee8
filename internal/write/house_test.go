package write_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/hook"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/blob"
	"github.com/holdall-dev/holdall/internal/blob/fsblob"
	"github.com/holdall-dev/holdall/internal/body"
	"github.com/holdall-dev/holdall/internal/catalog"
	"github.com/holdall-dev/holdall/internal/files"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlite"
	"github.com/holdall-dev/holdall/internal/write"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// house is a write service over a real database in a folder of the test's own.
type house struct {
	testing.TB
	st    store.Store
	cat   *catalog.Service
	hooks *hook.Points
	w     *write.Service
	dir   string

	bucket *shaky
	files  *files.Service
	clock  atomic.Int64 // milliseconds since the start of time
}

type data = map[string]any

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func open(t testing.TB) *house {
	t.Helper()
	h := &house{TB: t, hooks: new(hook.Points), dir: t.TempDir()}
	var err error
	h.st, err = sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(h.dir, "data.db"), Normal: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.st.Close() })
	if h.cat, err = catalog.Open(t.Context(), h.st, h.now); err != nil {
		t.Fatal(err)
	}
	bucket, err := fsblob.Open(filepath.Join(h.dir, "storage"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bucket.Close() })
	h.bucket = &shaky{Bucket: bucket}
	gate := access.New(h.cat.Current)
	h.files = files.New(files.Needs{
		Store: h.st, Gate: gate, Catalog: h.cat.Current, Origin: h.cat.Origin, Now: h.now,
		Bucket: func() blob.Bucket { return h.bucket }, Log: slog.New(slog.DiscardHandler), Node: "one",
	})
	h.w = write.New(write.Needs{
		Files: h.files,
		Store: h.st, Gate: gate, Catalog: h.cat.Current, Hooks: h.hooks, Now: h.now,
		KnowsProvider: func(name string) bool { return name == "google" },
	})
	return h
}

func (h *house) now() time.Time { return start.Add(time.Duration(h.clock.Load()) * time.Millisecond) }

// collection makes one of its JSON; its rules let everybody do everything unless it says otherwise.
func (h *house) collection(text string) *schema.Collection {
	h.Helper()
	all := data{"type": "base", "listRule": "", "viewRule": "", "createRule": "", "updateRule": "", "deleteRule": ""}
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		h.Fatal(err)
	}
	raw, err := json.Marshal(all)
	if err != nil {
		h.Fatal(err)
	}
	c, err := h.cat.Create(h.Context(), raw)
	if err != nil {
		h.Fatalf("collection %s: %v", text, err)
	}
	return c
}

func (h *house) find(name string) *schema.Collection {
	h.Helper()
	c, ok := h.cat.Current().Find(name)
	if !ok {
		h.Fatalf("no collection %s", name)
	}
	return c
}

func (h *house) guest() *caller.Caller {
	return &caller.Caller{Context: caller.ContextDefault, Now: h.now()}
}

func (h *house) as(rec *record.Record) *caller.Caller {
	by := h.guest()
	by.Auth, by.Trust = rec, caller.User
	if rec.Collection().ID == schema.SuperusersID {
		by.Trust = caller.Superuser
	}
	return by
}

func (h *house) super() *caller.Caller {
	by := h.guest()
	by.Trust = caller.Superuser
	return by
}

func bring(d data) body.Body { return body.Body{Data: d} }

// make creates a record as a superuser.
func (h *house) make(c *schema.Collection, d data) *record.Record {
	h.Helper()
	rec, err := h.w.Create(h.Context(), h.super(), c, bring(d))
	if err != nil {
		h.Fatalf("create in %s of %v: %v", c.Name, d, err)
	}
	return rec
}

// change updates a record as a superuser.
func (h *house) change(rec *record.Record, d data) *record.Record {
	h.Helper()
	got, err := h.w.Update(h.Context(), h.super(), rec.Collection(), rec.ID(), bring(d))
	if err != nil {
		h.Fatalf("update %s with %v: %v", rec.ID(), d, err)
	}
	return got
}

// get reads a record, nil when there is none.
func (h *house) get(c *schema.Collection, id string) (rec *record.Record) {
	h.Helper()
	err := h.st.Select(context.Background(), store.Query{From: c, IDs: []string{id}}, func(r store.Row) (err error) {
		rec, err = r.Record()
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return rec
}

func (h *house) count(c *schema.Collection) int {
	h.Helper()
	n, err := h.st.Count(context.Background(), store.Query{From: c})
	if err != nil {
		h.Fatal(err)
	}
	return int(n)
}

// codes are the codes of a fault's fields, or what is wrong besides.
func codes(err error) map[string]string {
	f, ok := fault.Of(err)
	if !ok {
		return nil
	}
	m := make(map[string]string, len(f.Fields))
	for name, e := range f.Fields {
		m[name] = e.Code
	}
	return m
}

// faulty fails the test unless err is a fault of the kind with the message.
func (h *house) faulty(err error, kind fault.Kind, msg string) {
	h.Helper()
	f, ok := fault.Of(err)
	if !ok || f.Kind != kind || f.Msg != msg {
		h.Errorf("got %v; want a fault of kind %d: %s", err, kind, msg)
	}
}

// account makes an auth collection whose passwords are cheap to hash.
func (h *house) accounts(extra string) *schema.Collection {
	h.Helper()
	return h.collection(`{"name":"people","type":"auth",` + extra + `
		"fields":[{"name":"password","type":"password","system":true,"hidden":true,"required":true,"min":8,"cost":4},
		{"name":"nick","type":"text"},{"name":"secret","type":"text","hidden":true}]}`)
}

func person(email string) data {
	return data{"email": email, "password": "12345678", "passwordConfirm": "12345678"}
}

func quoted(s string) string {
	raw, _ := json.Marshal(s)
	return string(raw)
}

func newRecord(c *schema.Collection) *record.Record { return record.New(c) }
