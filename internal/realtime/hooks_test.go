package realtime_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/hook"
)

func TestProgramsJoinStreams(t *testing.T) {
	t.Parallel()
	h := open(t)
	ended := make(chan string, 1)
	h.app.Hooks.Connect.Before(func(_ context.Context, e *hook.Connect) error {
		if e.By.Query.Get("who") == "nobody" {
			return fault.New(fault.Forbidden, "Not you.")
		}
		e.Idle = time.Minute
		return nil
	})
	h.app.Hooks.Connect.After(func(_ context.Context, e *hook.Connect) { ended <- e.ClientID })
	h.app.Hooks.Subscribe.Before(func(_ context.Context, e *hook.Subscribe) error {
		if slices.Contains(e.Topics, "forbidden") {
			return fault.New(fault.Forbidden, "Not that.")
		}
		e.Topics = append(slices.DeleteFunc(slices.Clone(e.Topics), func(s string) bool { return s == "dropped" }), "added")
		return nil
	})
	if status, out := h.try("GET", "/api/realtime?who=nobody", "", nil); status != 403 || out["message"] != "Not you." {
		t.Errorf("a stream that is refused: %d %v", status, out)
	}
	s := h.listen("", "dropped")
	if status, out := h.try("POST", "/api/realtime", "", data{"clientId": s.id, "subscriptions": []string{"forbidden"}}); status != 403 || out["message"] != "Not that." {
		t.Errorf("topics that are refused: %d %v", status, out)
	}
	for _, topic := range []string{"dropped", "added"} {
		if err := h.app.Send(t.Context(), topic, topic); err != nil {
			t.Fatal(err)
		}
	}
	s.hears(`added "added"`)
	s.silent()
	h.wait(61 * time.Second) // less than the five minutes that others have
	s.ends()
	select {
	case id := <-ended:
		if id != s.id {
			t.Errorf("the end of %s is told, want %s", id, s.id)
		}
	case <-time.After(20 * time.Second):
		t.Error("nobody is told of the end")
	}
}

func TestProgramsJoinWhatIsPublished(t *testing.T) {
	t.Parallel()
	h := rooms(t)
	told := make(chan string, 2)
	h.app.Hooks.Publish.Before(func(_ context.Context, e *hook.Publish) error {
		if e.Event == "curse" {
			return fault.New(fault.Invalid, "Mind your words.")
		}
		e.Data = json.RawMessage(strings.ToUpper(string(e.Data)))
		return nil
	}, "open/1")
	h.app.Hooks.Publish.After(func(_ context.Context, e *hook.Publish) { told <- e.Topic + string(e.Data) })
	s := h.listen("", "open/1", "open/2")
	if status := h.say("", "open/1", data{"event": "curse"}); status != 400 {
		t.Errorf("what is refused: %d", status)
	}
	if h.say("", "open/1", data{"data": "a"}) != 204 || h.say("", "open/2", data{"data": "b"}) != 204 {
		t.Error("what is let through is not")
	}
	s.hears(`open/1 {"action":"broadcast","event":"","data":"A","from":null}`, `open/2 {"action":"broadcast","event":"","data":"b","from":null}`)
	for _, want := range []string{`open/1"A"`, `open/2"b"`} {
		if got := <-told; got != want {
			t.Errorf("told of %s, want %s", got, want)
		}
	}
}
