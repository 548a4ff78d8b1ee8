package dashboard

import (
	"context"
	"fmt"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
)

// subject is a record that a rule is asked of.
type subject struct {
	id    string
	rec   *record.Record // nil: there is none of that id
	body  map[string]any // what rules see of the input
	given bool           // it is not stored
	fails error          // why the wish fails although the rule lets it pass
}

// add makes a subject of a stored record, nil when there is none of that id.
func (t *trial) add(ctx context.Context, id string, rec *record.Record) error {
	if rec != nil && t.act.writes && len(t.sent.Data) > 0 && !t.c.IsView() {
		return t.try(ctx, id)
	}
	s := &subject{id: id, rec: rec}
	if !t.act.writes && t.act.accounts {
		s.body = t.sent.Data
	}
	t.asked = append(t.asked, s)
	return nil
}

// try makes a subject of what the write path makes of the wish.
func (t *trial) try(ctx context.Context, id string) error {
	if t.c.IsView() {
		return nil
	}
	got, err := t.write.Try(ctx, t.rd, t.by, t.c, t.act.op, id, t.sent)
	if err != nil {
		return err
	}
	if _, ok := fault.Of(got.Fault); got.Fault != nil && !ok {
		return got.Fault
	}
	s := &subject{id: id, rec: got.Rec, body: got.Body, given: got.Given}
	if !t.act.accounts {
		s.fails = got.Fault
	}
	t.asked = append(t.asked, s)
	return nil
}

// want is a rule, or a part of one, as the gate is asked for it.
func (t *trial) want(text *string, s *subject) access.Want {
	w := access.Want{Rule: text, Filter: t.filter}
	if s != nil {
		w.Body, w.Given = s.body, s.given
	}
	return w
}

// holds asks a rule of all subjects, together when they bring no bodies.
func (t *trial) holds(ctx context.Context, w access.Want) ([]bool, error) {
	out := make([]bool, len(t.asked))
	if len(t.sent.Data) == 0 && !t.act.creates() {
		return out, t.together(ctx, w, out)
	}
	for i, s := range t.asked {
		if s.rec == nil {
			continue
		}
		w.Body, w.Given = s.body, s.given
		q, err := t.gate.Ask(t.by, t.c, w)
		if err != nil {
			return nil, err
		}
		if out[i], err = access.Holds(ctx, t.rd, q, s.rec, s.given); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// together judges stored records by one question: in memory, and those it cannot tell of by one look at the database.
func (t *trial) together(ctx context.Context, w access.Want, out []bool) error {
	q, err := t.gate.Ask(t.by, t.c, w)
	if err != nil {
		return err
	}
	var ids []string
	for i, s := range t.asked {
		switch {
		case s.rec == nil || q != nil && q.Never():
		case q == nil:
			out[i] = true
		default:
			verdict := q.Eval(s.rec)
			out[i] = verdict == rule.Yes
			if verdict == rule.Ask {
				ids = append(ids, s.id)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	found := make(map[string]bool, len(ids))
	err = t.rd.Select(ctx, store.Query{From: t.c, IDs: ids, Where: q}, func(row store.Row) error {
		found[row.ID()] = true
		return nil
	})
	if err != nil {
		return fmt.Errorf("ask a rule about %s: %w", t.c.Name, err)
	}
	for i, s := range t.asked {
		out[i] = out[i] || found[s.id]
	}
	return nil
}

// name is what people call a record: its presentable fields, or one that usually names things.
func (s *subject) name() string {
	if s.rec == nil {
		return ""
	}
	for _, f := range s.rec.Collection().Fields {
		if b := f.Base(); b.Presentable && !b.Hidden {
			if text := s.rec.String(b.Name); text != "" {
				return text
			}
		}
	}
	for _, name := range [...]string{"title", "name", "label", "email"} {
		if text := s.rec.String(name); text != "" {
			return text
		}
	}
	return ""
}
