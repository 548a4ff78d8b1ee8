package write_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/write"
)

const expectFields = `{"name":"seen","type":"base","updateRule":"","fields":[
	{"name":"t","type":"text"},{"name":"n","type":"number"},{"name":"j","type":"json"},{"name":"at","type":"date"},
	{"name":"g","type":"geoPoint"},{"name":"s","type":"select","maxSelect":2,"values":["a","b"]},{"name":"p","type":"password"}]}`

// What an answer shows is what may be expected, whatever the type of the field.
func TestExpectTakesWhatAnAnswerShows(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(expectFields)
	rec := h.make(c, data{"t": "x", "n": 1.5, "j": `"5"`, "at": "2026-01-02 10:00:00.000Z", "g": data{"lon": 1.0, "lat": 2.0}, "s": []any{"b", "a"}})
	seen := data{"t": "x", "n": 1.5, "j": "5", "at": "2026-01-02 10:00:00.000Z", "g": data{"lat": 2.0, "lon": 1.0}, "s": []any{"b", "a"}}
	if _, err := h.w.Update(t.Context(), h.super(), c, rec.ID(), bring(data{"t": "y", "@expect": seen})); err != nil {
		t.Fatalf("what is there was refused: %v", err)
	}
	for name, other := range map[string]any{"t": "x", "n": 2.0, "j": 5.0, "at": "2026-01-02 10:00:00.001Z", "g": data{"lon": 1.0, "lat": 3.0}, "s": []any{"a", "b"}} {
		_, err := h.w.Update(t.Context(), h.super(), c, rec.ID(), bring(data{"t": "z", "@expect": data{name: other}}))
		moved, ok := errors.AsType[*write.Changed](err)
		if !ok || !fault.Is(err, fault.Conflict) || moved.Now.String("t") != "y" {
			t.Errorf("%s: got %v, want a conflict with the record as it is", name, err)
		}
	}
	if _, err := h.w.Update(t.Context(), h.super(), c, rec.ID(), bring(data{"@expect": data{"p": ""}})); !fault.Is(err, fault.Invalid) {
		t.Errorf("a password was compared: %v", err)
	}
	if _, err := h.w.Update(t.Context(), h.guest(), c, rec.ID(), bring(data{"t": "guest", "@expect": data{"t": "x"}})); err != nil {
		t.Errorf("a guest's key means something: %v", err)
	}
}

// Of many who have all seen the same, one alone may change it: nobody comes between the look and the commit.
func TestExpectLetsOneOfManyPass(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(expectFields)
	rec := h.make(c, data{"n": 0.0})
	const people = 16
	var wait sync.WaitGroup
	errs := make([]error, people)
	for i := range people {
		wait.Go(func() {
			_, errs[i] = h.w.Update(t.Context(), h.super(), c, rec.ID(), bring(data{"n": float64(i + 1), "@expect": data{"n": 0.0}}))
		})
	}
	wait.Wait()
	passed := 0
	for _, err := range errs {
		if err == nil {
			passed++
		} else if !fault.Is(err, fault.Conflict) {
			t.Errorf("got %v, want a conflict", err)
		}
	}
	if passed != 1 {
		t.Errorf("%d passed, want 1", passed)
	}
}
