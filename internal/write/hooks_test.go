package write_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/hook"
)

func TestHooksInOrder(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(counted)
	var got []string
	note := func(s string) { got = append(got, s) }
	p := &h.hooks.Create
	p.After(func(_ context.Context, e *hook.Write) { note(fmt.Sprint("after ", h.count(c))) })
	p.Around(func(_ context.Context, e *hook.Write, next func() error) error {
		note("in")
		e.New.Set("n", 3)
		err := next()
		note("out")
		return err
	})
	p.Within(func(ctx context.Context, tx hook.Tx, e *hook.Write) error {
		_, err := tx.Find(ctx, "x", e.New.ID())
		note(fmt.Sprint("within ", err, " ", h.count(c)))
		return nil
	})
	p.Before(func(_ context.Context, e *hook.Write) error {
		note("before " + fmt.Sprint(len(e.New.ID())))
		return nil
	})
	p.Before(func(context.Context, *hook.Write) error { note("elsewhere"); return nil }, "y")

	rec, err := h.w.Create(t.Context(), h.guest(), c, bring(nil))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"before 15", "in", "within <nil> 0", "out", "after 1"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if n := h.get(c, rec.ID()).Number("n"); n != 3 {
		t.Errorf("n is %v, want 3", n)
	}
}

func TestHooksChangeAndRefuse(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(counted)
	rec := h.make(c, data{"n": 1.0})
	off := h.hooks.Update.Before(func(_ context.Context, e *hook.Write) error {
		if e.Old.Number("n") != 1 {
			t.Errorf("the old record has %v", e.Old.Number("n"))
		}
		return e.New.Set("n", 99)
	})
	_, err := h.w.Update(t.Context(), h.guest(), c, rec.ID(), bring(data{"n": 2.0}))
	if got := codes(err)["n"]; got != "validation_max_number_constraint" {
		t.Errorf("what a handler sets is judged too: got %v", err)
	}
	off()
	for _, refusal := range []error{
		fault.New(fault.Forbidden, "Not today."),
		fault.Field("mine", "Mine.").On("n"),
		errors.New("broken"),
	} {
		off := h.hooks.Update.Within(func(context.Context, hook.Tx, *hook.Write) error { return refusal })
		_, err := h.w.Update(t.Context(), h.guest(), c, rec.ID(), bring(data{"n": 2.0}))
		if !errors.Is(err, refusal) {
			t.Errorf("got %v, want %v", err, refusal)
		}
		off()
	}
	if n := h.get(c, rec.ID()).Number("n"); n != 1 {
		t.Errorf("n is %v, want 1", n)
	}
}

func TestRefusedFieldsGetTheSentence(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(counted)
	h.hooks.Create.Before(func(context.Context, *hook.Write) error { return fault.Field("mine", "Mine.").On("n") })
	_, err := h.w.Create(t.Context(), h.guest(), c, bring(nil))
	h.faulty(err, fault.Invalid, "Failed to create record.")
	if codes(err)["n"] != "mine" {
		t.Errorf("got %v", codes(err))
	}
}

func TestWithinJoinsTheTransaction(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(counted)
	log := h.collection(`{"name":"log","createRule":null,"fields":[{"name":"what","type":"text","required":true},{"name":"at","type":"autodate","onCreate":true}]}`)
	fail := errors.New("no")
	h.hooks.Create.Within(func(ctx context.Context, tx hook.Tx, e *hook.Write) error {
		entry := newRecord(log)
		_ = entry.Set("what", e.New.String("u"))
		if err := tx.Save(ctx, entry); err != nil {
			return err
		}
		if entry.ID() == "" || entry.String("at") != field.FormatDate(h.now()) {
			t.Errorf("saved %q at %q", entry.ID(), entry.String("at"))
		}
		if _, err := h.w.Create(ctx, h.super(), log, bring(data{"what": "by the service"})); err != nil {
			return err
		}
		if e.New.String("u") == "bad" {
			return fail
		}
		_ = e.New.Set("n", 4)
		return tx.Save(ctx, e.New)
	}, "x")
	rec := h.make(c, data{"u": "good"})
	if n := h.get(c, rec.ID()).Number("n"); n != 4 || h.count(log) != 2 {
		t.Errorf("n is %v with %d entries, want 4 with 2", n, h.count(log))
	}
	for _, u := range []string{"bad", ""} {
		if _, err := h.w.Create(t.Context(), h.guest(), c, bring(data{"u": u})); err == nil {
			t.Errorf("%q was written", u)
		}
	}
	if h.count(c) != 1 || h.count(log) != 2 {
		t.Errorf("%d records and %d entries are left, want 1 and 2", h.count(c), h.count(log))
	}
}

func TestWithinDeletes(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(counted)
	old := h.make(c, nil)
	h.hooks.Create.Within(func(ctx context.Context, tx hook.Tx, e *hook.Write) error { return tx.Delete(ctx, old) })
	h.make(c, nil)
	if h.get(c, old.ID()) != nil || h.count(c) != 1 {
		t.Error("it is still there")
	}
}

func TestHandlersThatCauseEachOtherEnd(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(counted)
	h.hooks.Create.Within(func(ctx context.Context, tx hook.Tx, e *hook.Write) error { return tx.Save(ctx, newRecord(c)) })
	if _, err := h.w.Create(t.Context(), h.guest(), c, bring(nil)); err == nil || h.count(c) != 0 {
		t.Errorf("got %v and %d records", err, h.count(c))
	}
}

func TestPanicsOfHandlers(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(counted)
	told := false
	h.hooks.Create.After(func(context.Context, *hook.Write) { panic("after") })
	h.hooks.Create.After(func(context.Context, *hook.Write) { told = true })
	if h.make(c, nil); !told || h.count(c) != 1 {
		t.Errorf("told %v, %d records", told, h.count(c))
	}
	off := h.hooks.Create.Within(func(context.Context, hook.Tx, *hook.Write) error { panic("within") })
	func() {
		defer func() { _ = recover() }()
		_, _ = h.w.Create(t.Context(), h.guest(), c, bring(nil))
	}()
	off()
	if h.make(c, nil); h.count(c) != 2 {
		t.Errorf("%d records, want 2", h.count(c))
	}
}

func TestAroundThatDoesNotGoOn(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(counted)
	told := false
	h.hooks.Create.After(func(context.Context, *hook.Write) { told = true })
	h.hooks.Create.Around(func(context.Context, *hook.Write, func() error) error { return nil })
	if _, err := h.w.Create(t.Context(), h.guest(), c, bring(nil)); err != nil || h.count(c) != 0 || told {
		t.Errorf("got %v, %d records, told %v", err, h.count(c), told)
	}
}

func TestHooksOfAccountsWithPasswords(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.accounts("")
	h.hooks.Create.Within(func(_ context.Context, _ hook.Tx, e *hook.Write) error {
		if p := e.New.Password("password"); p.Plain != "" || p.Hash == "" {
			t.Errorf("a handler sees %+v", p)
		}
		return nil
	})
	rec := h.make(c, person("a@x.io"))
	if !field.VerifyPassword(h.get(c, rec.ID()).Password("password").Hash, "12345678") {
		t.Error("the password does not verify")
	}
}
