package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

// checkLog reads the whole log and proves that it has no gaps, where there must be none, and ends at its head.
func checkLog(t *testing.T, st store.Store) []change.Change {
	t.Helper()
	head, err := st.Log().Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	list, err := st.Log().Read(t.Context(), 0, int(head)+10)
	if err != nil {
		t.Fatal(err)
	}
	_, gaps := st.(Gapped)
	last := change.Seq(0)
	for i, ch := range list {
		if ch.Seq <= last || ch.Seq != last+1 && !gaps || ch.Low != ch.Seq {
			t.Fatalf("change %d has sequence %d and stands behind %d, low is %d", i, ch.Seq, last, ch.Low)
		}
		last = ch.Seq
	}
	if last != head {
		t.Errorf("the log has %d changes and ends at %d, its head is %d", len(list), last, head)
	}
	return list
}

// testLog: every write is told, with who and what.
func testLog(t *testing.T, open Open) {
	st, c := open(t), Posts()
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c}})
	a := Rec(c, map[string]any{"id": "a", "title": "one"})
	apply(t, st, store.Mutation{Op: change.Create, Rec: a, By: "users/u1"})
	old := a.Clone()
	_ = a.Set("title", "two")
	apply(t, st, store.Mutation{Op: change.Update, Rec: a, Old: old})
	_ = a.Set("title", "changed by its owner afterwards")
	apply(t, st, gone(a))
	list := checkLog(t, st)
	if len(list) != 3 {
		t.Fatalf("%d changes, want 3", len(list))
	}
	for i, want := range []struct {
		op       change.Op
		by       string
		old, new string
	}{{change.Create, "users/u1", "", "one"}, {change.Update, "", "one", "two"}, {change.Delete, "", "changed by its owner afterwards", ""}} {
		ch := list[i]
		if ch.Op != want.op || ch.By != want.by || ch.Collection != c.ID || ch.ID != "a" || ch.At.IsZero() {
			t.Errorf("change %d is %+v", i, ch)
		}
		if ch.New != nil && (ch.New.String("title") != want.new || ch.New.Seq() != ch.Seq) || (ch.New == nil) != (want.new == "") {
			t.Errorf("change %d: new record is %v", i, ch.New)
		}
		if ch.Old != nil && ch.Old.String("title") != want.old || (ch.Old == nil) != (want.old == "") {
			t.Errorf("change %d: old record is %v", i, ch.Old)
		}
	}
	if some, err := st.Log().Read(t.Context(), 1, 1); err != nil || len(some) != 1 || some[0].Seq != 2 {
		t.Errorf("Read(1, 1) = %v, %v", some, err)
	}
	if none, err := st.Log().Read(t.Context(), 3, 5); err != nil || len(none) != 0 {
		t.Errorf("Read(3, 5) = %v, %v", none, err)
	}
}

// testFollow: a follower sees all changes in order, old and new, and ends with its context.
func testFollow(t *testing.T, open Open) {
	const total = 60
	st, c := open(t), Posts()
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c}})
	apply(t, st, made(Rec(c, map[string]any{"id": "before"})))
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			want := change.Seq(1)
			for ch, err := range st.Log().Follow(ctx, 0) {
				if err != nil {
					if want != total+2 || !errors.Is(err, context.Canceled) {
						t.Errorf("ended before %d with %v", want, err)
					}
					return
				}
				if ch.Seq != want {
					t.Errorf("got %d, want %d", ch.Seq, want)
				}
				if want++; want == total+2 {
					cancel()
				}
			}
		})
	}
	for range 6 {
		wg.Go(func() {
			for range total / 6 {
				r := Rec(c, map[string]any{"id": randomID()})
				if _, err := st.Apply(context.Background(), made(r)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for ch := range st.Log().Follow(t.Context(), total) { //nolint:errcheck // it returns a sequence, no error
		if ch.Seq != total+1 {
			t.Errorf("following from %d starts with %d", total, ch.Seq)
		}
		break
	}
}

// testTrim: what is forgotten is gone, and numbers go on.
func testTrim(t *testing.T, open Open) {
	st, c := open(t), Posts()
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c}})
	for range 5 {
		apply(t, st, made(Rec(c, map[string]any{"id": randomID()})))
	}
	if err := st.Log().Trim(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	list, err := st.Log().Read(t.Context(), 0, 10)
	if err != nil || len(list) != 2 || list[0].Seq != 4 {
		t.Errorf("after Trim(3): %v, %v", list, err)
	}
	if err := st.Log().Trim(t.Context(), 99); err != nil {
		t.Fatal(err)
	}
	if list, err := st.Log().Read(t.Context(), 0, 10); err != nil || len(list) != 0 {
		t.Errorf("after Trim(99): %v, %v", list, err)
	}
	if at := apply(t, st, made(Rec(c, map[string]any{"id": "next"}))); at.First != 6 {
		t.Errorf("the next change is %d, want 6", at.First)
	}
}

// testCursors: one node holds a consumer at a time, and its place is kept.
func testCursors(t *testing.T, open Open) {
	ctx, k := t.Context(), open(t).Cursors()
	if at, err := k.Claim(ctx, "mail", "n1", time.Hour); at != 0 || err != nil {
		t.Errorf("first claim: %d, %v", at, err)
	}
	if err := k.Advance(ctx, "mail", "n1", 7); err != nil {
		t.Error(err)
	}
	if err := k.Advance(ctx, "mail", "n1", 5); err != nil {
		t.Error(err)
	}
	if _, err := k.Claim(ctx, "mail", "n2", time.Hour); !errors.Is(err, change.ErrHeld) {
		t.Errorf("claim of a held consumer: %v", err)
	}
	if err := k.Advance(ctx, "mail", "n2", 9); !errors.Is(err, change.ErrHeld) {
		t.Errorf("advance without a claim: %v", err)
	}
	if at, err := k.Claim(ctx, "mail", "n1", 0); at != 7 || err != nil {
		t.Errorf("renewed claim: %d, %v; want 7", at, err)
	}
	if at, err := k.Claim(ctx, "mail", "n2", time.Hour); at != 7 || err != nil {
		t.Errorf("claim of an expired one: %d, %v; want 7", at, err)
	}
	if err := k.Advance(ctx, "mail", "n1", 9); !errors.Is(err, change.ErrHeld) {
		t.Errorf("advance after the claim was lost: %v", err)
	}
	if at, err := k.Claim(ctx, "hooks", "n1", time.Hour); at != 0 || err != nil {
		t.Errorf("another consumer: %d, %v", at, err)
	}
}

// testParams: named settings are kept byte by byte.
func testParams(t *testing.T, open Open) {
	st := open(t)
	set := func(key string, value []byte) {
		t.Helper()
		if _, err := st.Update(t.Context(), func(tx store.Tx) error { return tx.SetParam(t.Context(), key, value) }); err != nil {
			t.Fatal(err)
		}
	}
	if v, err := st.Param(t.Context(), "k"); v != nil || err != nil {
		t.Errorf("unset: %q, %v", v, err)
	}
	for _, want := range []string{`{"a":1}`, "", "plain", "AAAA+/=="} {
		set("k", []byte(want))
		if v, err := st.Param(t.Context(), "k"); string(v) != want || v == nil || err != nil {
			t.Errorf("Param = %q, %v; want %q", v, err, want)
		}
	}
	set("k", nil)
	if v, err := st.Param(t.Context(), "k"); v != nil || err != nil {
		t.Errorf("removed: %q, %v", v, err)
	}
	for _, key := range []string{"m/1", "m/2", "m", "n/1", "M/3"} {
		set(key, []byte(key))
	}
	all, err := st.Params(t.Context(), "m/")
	if err != nil || len(all) != 2 || string(all["m/1"]) != "m/1" || string(all["m/2"]) != "m/2" {
		t.Errorf("Params = %q, %v; want m/1 and m/2", all, err)
	}
}

// testConsume: a durable consumer sees every change, goes on where it was, and is held by one node.
func testConsume(t *testing.T, open Open) {
	st, c := open(t), Posts()
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c}})
	consume := func(node string, until change.Seq, fail error) (seen []change.Seq, err error) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		err = change.Consume(ctx, st.Log(), st.Cursors(), "mail", node, func(_ context.Context, ch change.Change) error {
			if ch.Seq == until {
				cancel()
			}
			if ch.Seq == until && fail != nil {
				return fail
			}
			seen = append(seen, ch.Seq)
			return nil
		})
		return seen, err
	}
	for range 500 {
		apply(t, st, made(Rec(c, map[string]any{"id": randomID()})))
	}
	if seen, err := consume("n1", 300, nil); len(seen) != 300 || !errors.Is(err, context.Canceled) {
		t.Errorf("saw %d, %v; want 300 until it was cancelled", len(seen), err)
	}
	boom := errors.New("boom")
	if seen, err := consume("n1", 310, boom); len(seen) != 9 || seen[0] != 301 || !errors.Is(err, boom) {
		t.Errorf("saw %v, %v; want 301 to 309 and the handler's error", seen, err)
	}
	if seen, err := consume("n2", 500, nil); len(seen) != 0 || !errors.Is(err, change.ErrHeld) {
		t.Errorf("another node saw %d, %v; want ErrHeld", len(seen), err)
	}
	if seen, err := consume("n1", 500, nil); len(seen) != 191 || seen[0] != 310 || !errors.Is(err, context.Canceled) {
		t.Errorf("saw %d, %v; want 310 to 500", len(seen), err)
	}
}
