package write_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/hook"
)

// all runs fn n times at once and waits.
func all(n int, fn func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { fn(i) })
	}
	wg.Wait()
}

func TestEveryIncrementCounts(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(`{"name":"x","fields":[{"name":"n","type":"number"},{"name":"tags","type":"select","maxSelect":32,"values":[` + names(32) + `]}]}`)
	rec := h.make(c, nil)
	all(32, func(i int) {
		for range 5 {
			if _, err := h.w.Update(t.Context(), h.guest(), c, rec.ID(), bring(data{"n+": 1.0, "tags+": "v" + strconv.Itoa(i)})); err != nil {
				t.Error(err)
			}
		}
	})
	got := h.get(c, rec.ID())
	if got.Number("n") != 160 || len(got.Get("tags").([]string)) != 32 {
		t.Errorf("got %v and %d tags, want 160 and 32", got.Number("n"), len(got.Get("tags").([]string)))
	}
}

func names(n int) (s string) {
	for i := range n {
		s += fmt.Sprintf(`,"v%d"`, i)
	}
	return s[1:]
}

func TestUpdatesOfDifferentFieldsKeepEachOther(t *testing.T) {
	t.Parallel()
	h := open(t)
	var fields strings.Builder
	fields.WriteString(`{"name":"f0","type":"number"}`)
	for i := range 15 {
		fmt.Fprintf(&fields, `,{"name":"f%d","type":"number"}`, i+1)
	}
	c := h.collection(`{"name":"x","fields":[` + fields.String() + `]}`)
	rec := h.make(c, nil)
	all(16, func(i int) {
		for n := range 10 {
			if _, err := h.w.Update(t.Context(), h.guest(), c, rec.ID(), bring(data{"f" + strconv.Itoa(i): float64(n + 1)})); err != nil {
				t.Error(err)
			}
		}
	})
	got := h.get(c, rec.ID())
	for i := range 16 {
		if n := got.Number("f" + strconv.Itoa(i)); n != 10 {
			t.Errorf("f%d is %v, want 10", i, n)
		}
	}
}

func TestOneOfManyGetsAUniqueValue(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(counted)
	var won, lost atomic.Int32
	all(16, func(int) {
		_, err := h.w.Create(t.Context(), h.guest(), c, bring(data{"u": "one"}))
		switch {
		case err == nil:
			won.Add(1)
		case codes(err)["u"] == "validation_not_unique":
			lost.Add(1)
		default:
			t.Error(err)
		}
	})
	if won.Load() != 1 || lost.Load() != 15 {
		t.Errorf("%d won, %d lost", won.Load(), lost.Load())
	}
}

func TestDeletesAndUpdatesOfOneRecord(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(counted)
	rec := h.make(c, nil)
	var deleted atomic.Int32
	all(16, func(i int) {
		var err error
		if i%2 == 0 {
			_, err = h.w.Update(t.Context(), h.guest(), c, rec.ID(), bring(data{"n": 1.0}))
		} else if err = h.w.Delete(t.Context(), h.guest(), c, rec.ID()); err == nil {
			deleted.Add(1)
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
	})
	if deleted.Load() != 1 || h.get(c, rec.ID()) != nil {
		t.Errorf("deleted %d times", deleted.Load())
	}
}

// The target goes after the fields were judged and before the commit: a Before handler is the moment.
func TestTargetGoesBeforeTheCommit(t *testing.T) {
	t.Parallel()
	h := open(t)
	to := h.collection(`{"name":"to","fields":[{"name":"x","type":"text"}]}`)
	c := h.collection(`{"name":"from","fields":[{"name":"a","type":"relation","collectionId":"` + to.ID + `"},
		{"name":"b","type":"relation","maxSelect":2,"collectionId":"` + to.ID + `"}]}`)
	keep, lose := h.make(to, nil).ID(), h.make(to, nil).ID()
	h.hooks.Create.Before(func(ctx context.Context, _ *hook.Write) error {
		err := h.w.Delete(ctx, h.super(), to, lose)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	}, "from")
	_, err := h.w.Create(t.Context(), h.guest(), c, bring(data{"a": keep, "b": []any{keep, lose}}))
	if got := codes(err); len(got) != 1 || got["b"] != "validation_missing_rel_records" {
		t.Errorf("got %v (%v)", got, err)
	}
	if h.count(c) != 0 {
		t.Error("the record was written")
	}
}

func TestReferencesNeverDangle(t *testing.T) {
	t.Parallel()
	h := open(t)
	to := h.collection(`{"name":"to","fields":[{"name":"x","type":"text"}]}`)
	c := h.collection(`{"name":"from","fields":[{"name":"a","type":"relation","required":true,"collectionId":"` + to.ID + `"}]}`)
	for range 10 {
		id := h.make(to, nil).ID()
		var refused, written atomic.Int32
		all(6, func(i int) {
			if i == 3 {
				if h.w.Delete(t.Context(), h.guest(), to, id) != nil {
					refused.Add(1)
				}
				return
			}
			if _, err := h.w.Create(t.Context(), h.guest(), c, bring(data{"a": id})); err == nil {
				written.Add(1)
			}
		})
		if there := h.get(to, id) != nil; there != (written.Load() > 0) || there != (refused.Load() > 0) {
			t.Errorf("the target is there: %v, %d refer to it, its delete was refused %d times", there, written.Load(), refused.Load())
		}
	}
}
