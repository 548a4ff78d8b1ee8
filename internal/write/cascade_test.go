package write_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/hook"
	"github.com/holdall-dev/holdall/internal/store"
)

const blockedMsg = "Failed to delete record. Make sure that the record is not part of a required relation reference."

func TestCascadeTable(t *testing.T) {
	t.Parallel()
	h := open(t)
	to := h.collection(`{"name":"targets","fields":[{"name":"x","type":"text"}]}`)
	i := 0
	for _, tc := range []struct {
		name    string
		options string
		others  int // further records that are pointed to
		gone    bool
		blocks  bool
	}{
		{"cascade, none left", `"cascadeDelete":true,"maxSelect":5`, 0, true, false},
		{"cascade, some left", `"cascadeDelete":true,"maxSelect":5`, 1, false, false},
		{"cascade and required, none left", `"cascadeDelete":true,"required":true,"maxSelect":5`, 0, true, false},
		{"plain, none left", `"maxSelect":5`, 0, false, false},
		{"plain, some left", `"maxSelect":5`, 2, false, false},
		{"plain below its minimum", `"maxSelect":5,"minSelect":2`, 1, false, false},
		{"required, none left", `"required":true,"maxSelect":5`, 0, false, true},
		{"required, some left", `"required":true,"maxSelect":5`, 1, false, false},
		{"single", `"maxSelect":1`, 0, false, false},
		{"single and required", `"required":true`, 0, false, true},
		{"single cascade", `"cascadeDelete":true`, 0, true, false},
	} {
		i++
		c := h.collection(`{"name":"c` + string(rune('a'+i)) + `","fields":[{"name":"moved","type":"autodate","onCreate":true,"onUpdate":true},
			{"name":"r","type":"relation","collectionId":"` + to.ID + `",` + tc.options + `}]}`)
		gone := h.make(to, nil)
		ids := []any{gone.ID()}
		rest := []string{}
		for range tc.others {
			id := h.make(to, nil).ID()
			ids, rest = append(ids, id), append(rest, id)
		}
		rec := h.make(c, data{"r": ids})
		h.clock.Add(int64(time.Second / time.Millisecond))
		err := h.w.Delete(t.Context(), h.guest(), to, gone.ID())
		got := h.get(c, rec.ID())
		if tc.blocks {
			h.faulty(err, fault.Invalid, blockedMsg)
			if h.get(to, gone.ID()) == nil || !reflect.DeepEqual(got.Get("r"), rec.Get("r")) {
				t.Errorf("%s: something was changed", tc.name)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
		}
		if (got == nil) != tc.gone {
			t.Errorf("%s: gone is %v, want %v", tc.name, got == nil, tc.gone)
		}
		if got == nil {
			continue
		}
		if list := got.Collection().Field("r").(field.Referrer).Refs(got.Get("r")); len(list) != len(rest) || len(rest) > 0 && !reflect.DeepEqual(list, rest) {
			t.Errorf("%s: left with %v, want %v", tc.name, list, rest)
		}
		if got.String("moved") != field.FormatDate(h.now()) {
			t.Errorf("%s: the clean-up did not count as an update", tc.name)
		}
	}
}

func TestCascadeWithinACollection(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(`{"name":"tree","fields":[{"name":"x","type":"text"}]}`)
	c, err := h.cat.Change(t.Context(), c, []byte(`{"fields":[{"name":"x","type":"text"},
		{"name":"up","type":"relation","cascadeDelete":true,"collectionId":"`+c.ID+`"},
		{"name":"friends","type":"relation","maxSelect":9,"collectionId":"`+c.ID+`"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	root := h.make(c, nil)
	last := root
	for range 30 {
		last = h.make(c, data{"up": last.ID(), "friends": []any{root.ID()}})
	}
	root = h.change(root, data{"up": last.ID(), "friends": []any{root.ID(), last.ID()}}) // a ring that also likes itself
	other := h.make(c, data{"friends": []any{root.ID(), last.ID()}})
	if err := h.w.Delete(t.Context(), h.guest(), c, root.ID()); err != nil {
		t.Fatal(err)
	}
	if n := h.count(c); n != 1 {
		t.Errorf("%d records are left, want the one outside", n)
	}
	if got := h.get(c, other.ID()).Get("friends"); !reflect.DeepEqual(got, []string{}) {
		t.Errorf("it still likes %v", got)
	}
}

func TestCascadeRollsBackAsAWhole(t *testing.T) {
	t.Parallel()
	h := open(t)
	to := h.collection(`{"name":"to","fields":[{"name":"x","type":"text"}]}`)
	follows := h.collection(`{"name":"a","fields":[{"name":"r","type":"relation","cascadeDelete":true,"collectionId":"` + to.ID + `"}]}`)
	forbids := h.collection(`{"name":"b","fields":[{"name":"r","type":"relation","required":true,"collectionId":"` + follows.ID + `"}]}`)
	rec := h.make(to, nil)
	mid := h.make(follows, data{"r": rec.ID()})
	end := h.make(forbids, data{"r": mid.ID()})
	h.faulty(h.w.Delete(t.Context(), h.guest(), to, rec.ID()), fault.Invalid, blockedMsg)
	if h.count(to) != 1 || h.count(follows) != 1 {
		t.Error("half of it is gone")
	}
	if err := h.w.Delete(t.Context(), h.guest(), forbids, end.ID()); err != nil {
		t.Error(err)
	}
	if err := h.w.Delete(t.Context(), h.guest(), to, rec.ID()); err != nil || h.count(follows) != 0 {
		t.Errorf("without the end: %v", err)
	}
}

func TestCascadeTellsHooks(t *testing.T) {
	t.Parallel()
	h := open(t)
	to := h.collection(`{"name":"to","fields":[{"name":"x","type":"text"}]}`)
	c := h.collection(`{"name":"from","deleteRule":null,"updateRule":null,"fields":[
		{"name":"hard","type":"relation","cascadeDelete":true,"collectionId":"` + to.ID + `"},
		{"name":"soft","type":"relation","collectionId":"` + to.ID + `"}]}`)
	var told []string
	h.hooks.Delete.After(func(_ context.Context, e *hook.Write) { told = append(told, "-"+e.Old.ID()) })
	h.hooks.Update.After(func(_ context.Context, e *hook.Write) { told = append(told, "~"+e.New.ID()) }, "from")
	rec := h.make(to, nil)
	hard, soft := h.make(c, data{"hard": rec.ID()}), h.make(c, data{"soft": rec.ID()})
	if err := h.w.Delete(t.Context(), h.guest(), to, rec.ID()); err != nil {
		t.Fatal(err)
	}
	want := []string{"-" + hard.ID(), "~" + soft.ID(), "-" + rec.ID()}
	if !reflect.DeepEqual(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}

	off := h.hooks.Delete.Before(func(_ context.Context, e *hook.Write) error { return fault.New(fault.Forbidden, "No.") }, "from")
	rec = h.make(to, nil)
	h.make(c, data{"hard": rec.ID()})
	h.faulty(h.w.Delete(t.Context(), h.guest(), to, rec.ID()), fault.Forbidden, "No.")
	off()
	if err := h.w.Delete(t.Context(), h.guest(), to, rec.ID()); err != nil {
		t.Errorf("once the hook is off: %v", err)
	}
}

func TestTruncate(t *testing.T) {
	t.Parallel()
	h := open(t)
	to := h.collection(`{"name":"to","fields":[{"name":"x","type":"text"}]}`)
	c := h.collection(`{"name":"from","fields":[{"name":"r","type":"relation","cascadeDelete":true,"collectionId":"` + to.ID + `"}]}`)
	err := h.w.Together(t.Context(), func(ctx context.Context, _ store.Reader) error {
		for range 1100 {
			if _, err := h.w.Create(ctx, h.super(), to, bring(nil)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	h.make(c, data{"r": h.make(to, nil).ID()})
	h.faulty(h.w.Truncate(t.Context(), h.guest(), to), fault.Forbidden, "Only superusers can perform this action.")
	if h.count(to) != 1101 {
		t.Errorf("%d records before", h.count(to))
	}
	if err := h.w.Truncate(t.Context(), caller.AsSystem(h.now()), to); err != nil {
		t.Fatal(err)
	}
	if h.count(to) != 0 || h.count(c) != 0 {
		t.Errorf("%d and %d records are left", h.count(to), h.count(c))
	}
}
