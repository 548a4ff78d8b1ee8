package hook_test

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/holdall-dev/holdall/hook"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

func event(name string) *hook.Write {
	c := schema.New(schema.Base, name)
	return &hook.Write{New: record.New(c.Seal())}
}

func TestPhasesInOrder(t *testing.T) {
	t.Parallel()
	var p hook.Point[hook.Write]
	var got []string
	note := func(s string) { got = append(got, s) }
	for _, n := range []string{"1", "2"} {
		p.Before(func(context.Context, *hook.Write) error { note("before" + n); return nil })
		p.Within(func(context.Context, hook.Tx, *hook.Write) error { note("within" + n); return nil })
		p.After(func(context.Context, *hook.Write) { note("after" + n) })
		p.Around(func(_ context.Context, _ *hook.Write, next func() error) error {
			note("in" + n)
			defer note("out" + n)
			return next()
		})
	}
	e, ctx := event("x"), t.Context()
	err := errors.Join(
		p.RunBefore(ctx, e),
		p.RunAround(ctx, e, func() error { note("the write"); return p.RunWithin(ctx, nil, e) }),
	)
	p.RunAfter(ctx, e, func(any) { t.Error("a panic") })
	want := []string{"before1", "before2", "in1", "in2", "the write", "within1", "within2", "out2", "out1", "after1", "after2"}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
}

func TestOnly(t *testing.T) {
	t.Parallel()
	var p hook.Point[hook.Write]
	heard := 0
	p.Before(func(context.Context, *hook.Write) error { heard++; return nil }, "Posts", "pbc_1")
	within := p.Within(func(context.Context, hook.Tx, *hook.Write) error { return nil }, "posts")
	var e *hook.Write
	for name, want := range map[string]bool{"posts": true, "POSTS": true, "comments": false} {
		e, heard = event(name), 0
		if err := p.RunBefore(t.Context(), e); err != nil || (heard == 1) != want {
			t.Errorf("%s: heard %d times, %v", name, heard, err)
		}
		if p.Joins(e) != want {
			t.Errorf("%s: joins is %v", name, !want)
		}
	}
	byID := event("renamed")
	byID.New.Collection().ID = "pbc_1"
	if heard = 0; p.RunBefore(t.Context(), byID) != nil || heard != 1 {
		t.Errorf("by its id: heard %d times", heard)
	}
	within()
	if p.Joins(event("posts")) {
		t.Error("it joins after it was taken off")
	}
}

func TestTheFirstErrorEndsAPhase(t *testing.T) {
	t.Parallel()
	var p hook.Point[hook.Write]
	no := errors.New("no")
	p.Before(func(context.Context, *hook.Write) error { return no })
	p.Before(func(context.Context, *hook.Write) error { t.Error("the second was asked"); return nil })
	if err := p.RunBefore(t.Context(), event("x")); !errors.Is(err, no) {
		t.Errorf("got %v", err)
	}
}

func TestPanicsAfterTheCommit(t *testing.T) {
	t.Parallel()
	var p hook.Point[hook.Write]
	var got []any
	p.After(func(context.Context, *hook.Write) { panic("one") })
	p.After(func(context.Context, *hook.Write) { got = append(got, "told") })
	p.RunAfter(t.Context(), event("x"), func(v any) { got = append(got, v) })
	if want := []any{"one", "told"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestHandlersComeAndGoMeanwhile(t *testing.T) {
	t.Parallel()
	var p hook.Point[hook.Write]
	var heard atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				off := p.Before(func(context.Context, *hook.Write) error { heard.Add(1); return nil })
				_ = p.RunBefore(context.Background(), event("x"))
				off()
			}
		})
	}
	wg.Wait()
	if heard.Load() < 1600 {
		t.Errorf("heard %d times, want each at least once", heard.Load())
	}
	before := heard.Load()
	if err := p.RunBefore(t.Context(), event("x")); err != nil || heard.Load() != before {
		t.Error("a handler stayed")
	}
}

func TestNoHandlersCostNothing(t *testing.T) {
	var p hook.Point[hook.Write]
	e, ctx := event("x"), t.Context()
	n := testing.AllocsPerRun(100, func() {
		_ = p.RunBefore(ctx, e)
		_ = p.Joins(e) || p.Tells(e)
		p.RunAfter(ctx, e, nil)
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}
