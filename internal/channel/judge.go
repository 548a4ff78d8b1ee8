package channel

import (
	"context"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// verdict is what came of asking whether somebody may have a seat.
type verdict struct {
	channel *declared // nil: a topic of programs, into which nobody has to be let
	ok      bool
	timed   bool // it depends on the time
}

// judge asks the joinRule of a topic. What cannot be asked is refused.
func (h *Hub) judge(ctx context.Context, b *book, w *want, by *caller.Caller) verdict {
	d, rec := b.find(w.Topic)
	if d == nil {
		return verdict{ok: true}
	}
	q, timed, err := h.Gate.AskNow(by, d.form, access.Want{Rule: d.JoinRule, Given: true})
	v := verdict{channel: d, timed: timed}
	if err == nil {
		h.watch(w, tables(q))
		v.ok, err = access.Holds(ctx, h.Store, q, rec, true)
	}
	if err != nil && !fault.Is(err, fault.Forbidden) {
		h.Log.Error("a joinRule cannot be asked", "channel", d.Name, "error", err)
	}
	return v
}

// tables are the collections that a question looks at.
func tables(q *rule.Bound) (ids []string) {
	if q == nil {
		return nil
	}
	for _, j := range q.Joins {
		if j.Table != nil {
			ids = append(ids, j.Table.ID)
		}
	}
	return ids
}

// allow asks a rule of a topic for somebody who asks for something at once. Faults: Forbidden when it does not
// let by; what else goes wrong is nobody's fault but ours.
func (h *Hub) allow(ctx context.Context, by *caller.Caller, d *declared, rec *record.Record, text *string, body map[string]any) error {
	q, err := h.Gate.Ask(by.In(caller.ContextRealtime), d.form, access.Want{Rule: text, Body: body, Given: true})
	ok := false
	if err == nil {
		ok, err = access.Holds(ctx, h.Store, q, rec, true)
	}
	if err != nil && !fault.Is(err, fault.Forbidden) {
		h.Log.Error("a rule of a channel cannot be asked", "channel", d.Name, "error", err)
	}
	if !ok || err != nil {
		return fault.New(fault.Forbidden, "You are not allowed to perform this request.")
	}
	return nil
}

// as is the synthetic request of a want, made by an account.
func (w *want) as(auth *record.Record, h *Hub) *caller.Caller {
	by := *w.By
	by.Auth, by.Trust, by.Now = auth, caller.Guest, h.Now()
	if auth != nil {
		by.Trust = caller.User
		if auth.Collection().ID == schema.SuperusersID {
			by.Trust = caller.Superuser
		}
	}
	return &by
}

// Declares reports whether a channel is declared for a topic.
func (h *Hub) Declares(topic string) bool {
	d, _, err := h.declaration(topic)
	return d != nil && err == nil
}

// declaration finds the channel of a topic. Faults: NotFound.
func (h *Hub) declaration(topic string) (*declared, *record.Record, error) {
	h.mu.Lock()
	h.read()
	b := h.book
	h.mu.Unlock()
	d, rec := b.find(topic)
	if d == nil {
		return nil, nil, notDeclared()
	}
	return d, rec, nil
}

func notDeclared() error { return fault.New(fault.NotFound, "There is no such channel.") }
