package write_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/hook"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/write"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

func nothing(context.Context, int, store.Reader, *record.Record) error { return nil }

func (h *house) item(a write.Action, c *schema.Collection, id string, d data) write.Item {
	return write.Item{Action: a, By: h.super(), Collection: c, ID: id, Body: bring(d)}
}

const counted = `{"name":"x","fields":[{"name":"n","type":"number","max":9},{"name":"u","type":"text"}],
	"indexes":["CREATE UNIQUE INDEX ux ON x (u) WHERE u != ''"]}`

func TestBatch(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(counted)
	const id = "aaaaaaaaaaaaaaa"
	var got []string
	err := h.w.Batch(t.Context(), []write.Item{
		h.item(write.Create, c, "", data{"id": id, "n": 1.0}),
		h.item(write.Update, c, id, data{"n+": 2.0}),
		h.item(write.Upsert, c, "", data{"id": id, "n+": 3.0}),
		h.item(write.Upsert, c, "", data{"id": "bbbbbbbbbbbbbbb", "n": 5.0}),
		h.item(write.Upsert, c, "", data{"n": 7.0}),
		h.item(write.Delete, c, "bbbbbbbbbbbbbbb", nil),
	}, func(_ context.Context, i int, rd store.Reader, rec *record.Record) error {
		n, err := rd.Count(t.Context(), store.Query{From: c})
		s := "gone"
		if rec != nil {
			s = fmt.Sprint(rec.Number("n"))
		}
		got = append(got, fmt.Sprintf("%d:%s/%d", i, s, n))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if s, want := fmt.Sprint(got), "[0:1/1 1:3/1 2:6/1 3:5/2 4:7/3 5:gone/2]"; s != want {
		t.Errorf("got %s, want %s", s, want)
	}
	if n := h.get(c, id).Number("n"); n != 6 {
		t.Errorf("stored %v, want 6", n)
	}
}

func TestBatchIsAllOrNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(counted)
	h.make(c, data{"u": "taken"})
	told := 0
	h.hooks.Create.After(func(context.Context, *hook.Write) { told++ })
	for name, tc := range map[string]struct {
		bad  write.Item
		kind fault.Kind
		msg  string
	}{
		"a field":  {h.item(write.Create, c, "", data{"n": 10.0}), fault.Invalid, "Failed to create record."},
		"a unique": {h.item(write.Create, c, "", data{"u": "taken"}), fault.Invalid, "Failed to create record."},
		"nothing":  {h.item(write.Update, c, "nobody", nil), fault.NotFound, "The requested resource wasn't found."},
	} {
		items := []write.Item{h.item(write.Create, c, "", nil), tc.bad, h.item(write.Create, c, "", nil)}
		err := h.w.Batch(t.Context(), items, nothing)
		e, ok := errors.AsType[*write.ItemError](err)
		if !ok || e.Index != 1 {
			t.Errorf("%s: got %v, want the error of item 1", name, err)
		}
		h.faulty(err, tc.kind, tc.msg)
	}
	broken := errors.New("no")
	err := h.w.Batch(t.Context(), []write.Item{h.item(write.Create, c, "", nil)}, func(context.Context, int, store.Reader, *record.Record) error { return broken })
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if n := h.count(c); n != 1 || told != 0 {
		t.Errorf("%d records, %d told; want 1 and 0", n, told)
	}
}

func TestBatchEndsWithItsTime(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(counted)
	ctx, cancel := context.WithCancel(t.Context())
	err := h.w.Batch(ctx, []write.Item{h.item(write.Create, c, "", nil), h.item(write.Create, c, "", nil)},
		func(context.Context, int, store.Reader, *record.Record) error { cancel(); return nil })
	if _, ok := errors.AsType[*write.ItemError](err); ok || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that time is over", err)
	}
	if n := h.count(c); n != 0 {
		t.Errorf("%d records", n)
	}
}

func TestBatchOfAccounts(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.accounts("")
	rec := h.make(c, person("a@x.io"))
	owner := h.item(write.Update, c, rec.ID(), data{"password": "p2p2p2p2", "passwordConfirm": "p2p2p2p2", "oldPassword": "12345678"})
	owner.By = h.as(rec)
	created := h.item(write.Create, c, "", person("b@x.io"))
	if err := h.w.Batch(t.Context(), []write.Item{owner, created}, nothing); err != nil {
		t.Fatal(err)
	}
	if p := h.get(c, rec.ID()).Password("password"); !field.VerifyPassword(p.Hash, "p2p2p2p2") {
		t.Error("the new password does not verify")
	}
	err := h.w.Batch(t.Context(), []write.Item{owner}, nothing)
	if got := codes(err)["oldPassword"]; got != "validation_invalid_old_password" {
		t.Errorf("with the old password again: %v", err)
	}
}

func TestBatchAfterASchemaChange(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(counted)
	if _, err := h.cat.Change(t.Context(), c, []byte(`{"fields":[{"name":"n","type":"number"},{"name":"m","type":"number"}],"indexes":[]}`)); err != nil {
		t.Fatal(err)
	}
	err := h.w.Batch(t.Context(), []write.Item{h.item(write.Create, c, "aaaaaaaaaaaaaaa", data{"m": 2.0})}, nothing)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := h.w.Create(t.Context(), h.guest(), c, bring(data{"m": 3.0}))
	if err != nil {
		t.Fatal(err)
	}
	if got := rec.Number("m"); got != 3 {
		t.Errorf("got %v in the new field, want 3", got)
	}
	if err := h.cat.Delete(t.Context(), h.find("x")); err != nil {
		t.Fatal(err)
	}
	_, err = h.w.Create(t.Context(), h.guest(), c, bring(nil))
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("in a dropped collection: %v", err)
	}
}

func TestTogether(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(counted)
	no := errors.New("no")
	var leaked context.Context
	err := h.w.Together(t.Context(), func(ctx context.Context, rd store.Reader) error {
		leaked = ctx
		if _, err := h.w.Create(ctx, h.super(), c, bring(nil)); err != nil {
			return err
		}
		if n, err := rd.Count(ctx, store.Query{From: c}); n != 1 || err != nil {
			t.Errorf("within: %d records, %v", n, err)
		}
		return no
	})
	if !errors.Is(err, no) || h.count(c) != 0 {
		t.Errorf("got %v and %d records", err, h.count(c))
	}
	if _, err := h.w.Create(leaked, h.super(), c, bring(nil)); err == nil {
		t.Error("a transaction that is over took a write")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if _, err := h.w.Create(ctx, h.super(), c, bring(nil)); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
