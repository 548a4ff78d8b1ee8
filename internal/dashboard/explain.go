package dashboard

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/body"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// Limits of one explanation.
const (
	explainTime = 2 * time.Second
	maxAsked    = 200 // records
	maxValues   = 5   // of one side of a comparison
)

// Wish is what is to be explained: what a rule would say to somebody who wants something.
type Wish struct {
	Collection string            `json:"collection"`
	Action     string            `json:"action"` // list, view, create, update, delete, auth, manage
	Rule       Draft             `json:"rule"`
	As         As                `json:"as"`
	Records    []string          `json:"records"`
	Sample     int               `json:"sample"` // that many records, when Records is empty
	Body       json.RawMessage   `json:"body"`
	Query      map[string]string `json:"query"`
	Headers    map[string]string `json:"headers"`
	Context    string            `json:"context"`
	NoTotals   bool              `json:"noTotals"` // records are not counted: that may take longer than all the rest
}

// Draft is a rule that is not saved. Absent, the stored rule is meant.
type Draft struct {
	Given bool
	Text  *string
}

// UnmarshalJSON is called when there is a draft, null too.
func (d *Draft) UnmarshalJSON(raw []byte) error {
	d.Given = true
	return json.Unmarshal(raw, &d.Text)
}

// As is who asks: nobody, or a record of an auth collection.
type As struct {
	Collection string `json:"collection"`
	ID         string `json:"id"`
}

// UnmarshalJSON also takes "guest".
func (a *As) UnmarshalJSON(raw []byte) error {
	if string(raw) == `"guest"` {
		return nil
	}
	type plain As
	return json.Unmarshal(raw, (*plain)(a))
}

// MarshalJSON writes "guest" for nobody.
func (a As) MarshalJSON() ([]byte, error) {
	if a.ID == "" {
		return []byte(`"guest"`), nil
	}
	type plain As
	return json.Marshal(plain(a))
}

// Explained is what the API would answer, and why.
type Explained struct {
	Verdict string `json:"verdict"` // allowed, refused, mixed, empty; unknown when there is no record to ask about
	Status  int    `json:"status"`  // given by the door, which knows what faults mean there
	Reason  string `json:"reason"`
	// Tree holds the rule's one root; nothing when there is nothing to ask.
	Tree []*Clause `json:"tree"`
	Rows []*Row    `json:"rows"`
	// How many records there are, how many the stored rule lets pass, and how many the draft; nil when that
	// cannot be said, or not in time.
	Total    *int64 `json:"total"`
	Before   *int64 `json:"before"`
	After    *int64 `json:"after"`
	TimedOut bool   `json:"timedOut"`

	Fault error `json:"-"` // why the whole request fails
}

// Row is what happens to one record.
type Row struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Result  string   `json:"result"`  // allowed, refused
	Status  int      `json:"status"`  // given by the door
	Clauses []string `json:"clauses"` // yes, no, unknown: of each comparison, in the order of the text

	Fault error `json:"-"`
}

// Explain says what a rule answers and why. It asks as the API asks, through the same gate and at one moment, and
// changes nothing: no program is called. Hooks may still change what really happens.
//
// Faults: Invalid when the wish names what is not there, or when there was not enough time.
func (s *Service) Explain(ctx context.Context, now time.Time, w Wish) (*Explained, error) {
	ctx, stop := context.WithTimeout(ctx, explainTime)
	defer stop()
	t, err := s.asIs().trial(now, w)
	if err != nil {
		return nil, err
	}
	err = s.Store.Snapshot(ctx, func(rd store.Reader) error {
		t.rd = rd
		return t.run(ctx, w)
	})
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, fault.New(fault.Invalid, "This takes longer than 2 seconds. Ask about fewer records.").Because(err)
	}
	return t.out, err
}

// trial is one explanation on its way.
type trial struct {
	world
	c      *schema.Collection
	act    action
	by     *caller.Caller
	stored *string
	rule   *string
	filter string
	sent   body.Body
	rd     store.Reader
	asked  []*subject
	out    *Explained
}

func (in world) trial(now time.Time, w Wish) (*trial, error) {
	c, ok := in.cat.Find(w.Collection)
	if !ok {
		return nil, notThere("collection")
	}
	act, ok := actions[w.Action]
	if !ok || act.accounts && !c.IsAuth() {
		return nil, notThere("action")
	}
	data, err := body.Parse(w.Body)
	switch {
	case err != nil:
		return nil, fault.Field("validation_invalid_json", "Must be a JSON object.").On("body")
	case len(w.Records) > maxAsked || w.Sample > maxAsked:
		return nil, fault.AtMost(maxAsked).On("records")
	}
	t := &trial{world: in, c: c, act: act, stored: act.rule(c), sent: body.Body{Data: data}, by: asker(now, act, w)}
	t.out = &Explained{Tree: []*Clause{}, Rows: []*Row{}}
	if t.rule = t.stored; w.Rule.Given {
		t.rule = w.Rule.Text
	}
	if w.Action == "list" {
		t.filter = w.Query["filter"]
	}
	return t, nil
}

func notThere(name string) error { return fault.NotIn().On(name) }

// asker is the caller whom the wish describes, but for who it is.
func asker(now time.Time, act action, w Wish) *caller.Caller {
	by := &caller.Caller{Context: w.Context, Method: act.method, Now: now, Query: map[string][]string{}}
	if by.Context == "" {
		by.Context = caller.ContextDefault
	}
	for name, v := range w.Query {
		by.Query[name] = []string{v}
	}
	headers := make(map[string]string, len(w.Headers))
	for name, v := range w.Headers {
		headers[strings.ReplaceAll(strings.ToLower(name), "-", "_")] = v
	}
	by.Header = func(snake string) (string, bool) { v, ok := headers[snake]; return v, ok }
	return by
}

func (t *trial) run(ctx context.Context, w Wish) error {
	if err := t.identify(ctx, w.As); err != nil {
		return err
	}
	if err := t.choose(ctx, w); err != nil {
		return err
	}
	if err := t.judge(ctx); err != nil {
		return err
	}
	t.conclude()
	if !w.NoTotals {
		t.count(ctx)
	}
	return nil
}

// identify signs the caller in.
func (t *trial) identify(ctx context.Context, as As) error {
	if as.ID == "" {
		return nil
	}
	c, ok := t.cat.Find(as.Collection)
	if !ok || !c.IsAuth() {
		return notThere("as")
	}
	found, err := t.records(ctx, store.Query{From: c, IDs: []string{as.ID}, Limit: 1})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return notThere("as")
	}
	t.by.Auth, t.by.Trust = found[0], caller.User
	if c.ID == schema.SuperusersID {
		t.by.Trust = caller.Superuser
	}
	return nil
}

func (t *trial) records(ctx context.Context, q store.Query) (found []*record.Record, err error) {
	err = t.rd.Select(ctx, q, func(row store.Row) error {
		rec, err := row.Record()
		found = append(found, rec)
		return err
	})
	return found, err
}

// count says how many records pass the stored rule and the one that is asked, as far as time allows.
func (t *trial) count(ctx context.Context) {
	if t.act.method == "POST" && !t.act.accounts || len(t.sent.Data) > 0 {
		return // there is no record yet, or what rules see of the body differs from record to record
	}
	total, err := t.rd.Count(ctx, store.Query{From: t.c})
	if err == nil {
		t.out.Total = &total
		t.out.Before = t.passing(ctx, t.stored)
		t.out.After = t.out.Before
		if !same(t.stored, t.rule) {
			t.out.After = t.passing(ctx, t.rule)
		}
	}
	t.out.TimedOut = ctx.Err() != nil
}

func same(a, b *string) bool { return a == b || a != nil && b != nil && *a == *b }

// passing counts the records that a rule lets pass; nil when that cannot be said.
func (t *trial) passing(ctx context.Context, text *string) *int64 {
	n := int64(0)
	if text == nil && !t.by.IsSuper() {
		return &n
	}
	q, err := t.gate.Ask(t.by, t.c, t.want(text, nil))
	if err != nil {
		return nil
	}
	if q == nil || !q.Never() {
		if n, err = t.rd.Count(ctx, store.Query{From: t.c, Where: q}); err != nil {
			return nil
		}
	}
	return &n
}

// choose finds what the rule is asked of: the records that are named, in that order, or a sample.
func (t *trial) choose(ctx context.Context, w Wish) error {
	if t.act.creates() {
		return t.try(ctx, "")
	}
	if len(w.Records) == 0 && w.Sample <= 0 {
		return nil
	}
	q := store.Query{From: t.c, Limit: w.Sample}
	if len(w.Records) > 0 {
		q = store.Query{From: t.c, IDs: w.Records}
	}
	found, err := t.records(ctx, q)
	if err != nil {
		return err
	}
	ids := w.Records
	if len(ids) == 0 {
		ids = idsOf(found)
	}
	byID := make(map[string]*record.Record, len(found))
	for _, rec := range found {
		byID[rec.ID()] = rec
	}
	for _, id := range ids {
		if err := t.add(ctx, id, byID[id]); err != nil {
			return err
		}
	}
	return nil
}

func idsOf(list []*record.Record) []string {
	ids := make([]string, len(list))
	for i, rec := range list {
		ids[i] = rec.ID()
	}
	return ids
}
