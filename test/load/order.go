package loadtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Order is the programme T24: writers write, subscribers are cut at random and go on behind the last cursor
// they have, the server is killed now and then. In the end every subscriber has to have been told, in the
// order of the log, of everything that its rule and filter allow, and of nothing else.
type Order struct {
	Bin, Dir    string
	Changes     int // about so many
	Writers     int
	Subscribers int
	Cuts        int    // of subscribers, altogether
	Kills       int    // of the server
	Only        string // "events": every subscriber hears of everything, and nothing else is written
	Seed        uint64
}

// OrderResult is the programme's one line.
type OrderResult struct {
	Test       string   `json:"test"`
	Seed       uint64   `json:"seed"`
	Changes    int      `json:"changes"`
	Deliveries int      `json:"deliveries"`
	Cuts       int64    `json:"cuts"`
	Kills      int      `json:"kills"`
	Duplicates int      `json:"duplicates"`
	Gaps       int      `json:"gaps"`      // said so by the server
	Overtaken  int      `json:"overtaken"` // changes that a resumed stream was spared, for a later one of the record came
	Missing    int      `json:"missing"`
	Forbidden  int      `json:"forbidden"`
	Disorder   int      `json:"disorder"`
	Seconds    float64  `json:"seconds"`
	Complaints []string `json:"complaints,omitempty"` // the first of them
}

// OK reports whether every promise was kept.
func (r *OrderResult) OK() bool { return r.Missing+r.Forbidden+r.Disorder == 0 }

func (r *OrderResult) complain(format string, args ...any) {
	if len(r.Complaints) < 20 {
		r.Complaints = append(r.Complaints, fmt.Sprintf(format, args...))
	}
}

// order is a run of the programme.
type order struct {
	Order
	server   *Server
	accounts []account
	meta     sync.Map // id → meta
	written  atomic.Int64
	cutsLeft atomic.Int64
	head     atomic.Int64 // the last change before the process that runs now
	ended    sync.WaitGroup
}

// meta is what never changes about a record.
type meta struct{ collection, owner, room string }

// Run plays it.
func (o Order) Run(ctx context.Context) (*OrderResult, error) {
	server, err := Start(o.Bin, o.Dir)
	if err != nil {
		return nil, err
	}
	defer server.Kill()
	run := &order{Order: o, server: server}
	run.cutsLeft.Store(int64(o.Cuts))
	if run.accounts, err = server.prepare(o.users()); err != nil {
		return nil, err
	}
	began := time.Now()
	subs, err := run.subscribe(ctx)
	if err != nil {
		return nil, err
	}
	r := &OrderResult{Test: "realtime-order", Seed: o.Seed}
	err = errors.Join(run.writeAll(ctx, r), run.fence())
	run.ended.Wait()
	for _, s := range subs {
		err = errors.Join(err, s.err)
	}
	if err != nil {
		return r, err
	}
	log, err := readLog(ctx, o.Dir)
	if err != nil {
		return r, err
	}
	r.Cuts = int64(o.Cuts) - max(0, run.cutsLeft.Load())
	run.judge(r, log, subs)
	r.Seconds = time.Since(began).Seconds()
	return r, nil
}

// users are few, for each takes the time of two password hashes.
func (o Order) users() int {
	if o.Only != "" {
		return 1
	}
	return min(1+o.Subscribers/10, 10)
}

// subscribe starts all subscribers and waits until each of them listens.
func (o *order) subscribe(ctx context.Context) ([]*subscriber, error) {
	subs := make([]*subscriber, o.Subscribers)
	for i := range subs {
		s := &subscriber{o: o, rng: rand.New(rand.NewPCG(o.Seed, uint64(i))), kind: kinds[i%len(kinds)], account: o.accounts[i%len(o.accounts)]}
		if o.Only != "" {
			s.kind = kinds[0]
		}
		stream, err := s.open("")
		if err != nil {
			return nil, fmt.Errorf("subscriber %d: %w", i, err)
		}
		s.began = (&Event{Mark: stream.Mark}).Seq()
		subs[i] = s
		o.ended.Go(func() { s.err = s.run(ctx, stream) })
	}
	return subs, nil
}

// writeAll lets the writers write and kills the server between them.
func (o *order) writeAll(ctx context.Context, r *OrderResult) error {
	var wg sync.WaitGroup
	for i := range o.Writers {
		w := &changer{o: o, rng: rand.New(rand.NewPCG(o.Seed, 1000+uint64(i)))}
		wg.Go(func() { w.run(ctx) })
	}
	err := o.killAll(ctx, r)
	wg.Wait()
	return err
}

// killAll kills the server when the next share of the changes is written.
func (o *order) killAll(ctx context.Context, r *OrderResult) error {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for r.Kills < o.Kills && ctx.Err() == nil {
		<-tick.C
		if o.written.Load() < int64((r.Kills+1)*o.Changes/(o.Kills+1)) {
			continue
		}
		r.Kills++
		o.server.Kill()
		log, err := readLog(ctx, o.Dir)
		if err != nil {
			return err
		}
		if len(log) > 0 {
			o.head.Store(log[len(log)-1].seq)
		}
		if err := o.server.Restart(); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// fence is a last record for every kind of subscriber.
func (o *order) fence() error {
	for _, a := range o.accounts {
		if err := o.create("mine", meta{"mine", a.id, "end"}, newID(rand.New(rand.NewPCG(rand.Uint64(), 0)))); err != nil {
			return err
		}
	}
	return o.create("events", meta{"events", "", "end"}, newID(rand.New(rand.NewPCG(rand.Uint64(), 0))))
}

func (o *order) create(collection string, m meta, id string) error {
	o.meta.Store(id, m)
	body := map[string]any{"id": id, "owner": m.owner, "room": m.room, "n": 1, "body": "some text that goes along"}
	return ask(o.server.Base, http.MethodPost, records(collection), "", body, nil)
}

// changer is a writer. It changes records that nobody else touches.
type changer struct {
	o    *order
	rng  *rand.Rand
	mine []own
}

type own struct {
	id string
	meta
	n int
}

func (w *changer) run(ctx context.Context) {
	for w.o.written.Add(1) <= int64(w.o.Changes) && ctx.Err() == nil {
		err := w.change()
		var no *refusal
		if err != nil && !errors.As(err, &no) {
			w.mine = w.mine[:0] // the server was killed: what became of the last is in the log
			w.pause(ctx)
		}
	}
}

// pause lets a killed server come back.
func (w *changer) pause(ctx context.Context) {
	select {
	case <-time.After(20 * time.Millisecond):
	case <-ctx.Done():
	}
}

// change creates, now and then updates or deletes.
func (w *changer) change() error {
	n := w.rng.IntN(100)
	if n < 60 || len(w.mine) == 0 {
		return w.create()
	}
	i := w.rng.IntN(len(w.mine))
	one := &w.mine[i]
	path := records(one.collection) + "/" + one.id
	if n < 90 {
		one.n++
		return ask(w.o.server.Base, http.MethodPatch, path, "", map[string]any{"n": one.n}, nil)
	}
	err := ask(w.o.server.Base, http.MethodDelete, path, "", nil, nil)
	w.mine[i] = w.mine[len(w.mine)-1]
	w.mine = w.mine[:len(w.mine)-1]
	return err
}

func (w *changer) create() error {
	m := meta{"events", "", fmt.Sprintf("r%d", w.rng.IntN(5))}
	if w.o.Only == "" && w.rng.IntN(2) == 0 {
		m = meta{"mine", w.o.accounts[w.rng.IntN(len(w.o.accounts))].id, ""}
	}
	id := newID(w.rng)
	if err := w.o.create(m.collection, m, id); err != nil {
		return err
	}
	if len(w.mine) > 50 {
		w.mine = w.mine[1:]
	}
	w.mine = append(w.mine, own{id, m, 1})
	return nil
}

func newID(rng *rand.Rand) string {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	var id [15]byte
	for i := range id {
		id[i] = letters[rng.IntN(len(letters))]
	}
	return string(id[:])
}
