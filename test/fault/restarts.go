package faulttest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/holdall-dev/holdall/internal/store/postgres/pgtest"
)

// Restarts says how to run the programme T13: PostgreSQL crashes and restarts under a server that goes on.
type Restarts struct {
	Bin      string
	Dir      string // for the server's directory and the ledger; empty
	Rounds   int    // each stops the database once: by turns as a crash does, and in order
	Writers  int
	Seed     uint64
	Recovery time.Duration // from when the database answers until a write does, at most
	Progress func(round int, r *RestartsResult)
}

// RestartsResult is the programme's one line. Acked counts writes, the others requests.
type RestartsResult struct {
	Result
	Refused    int64 `json:"refused"` // 503, not done
	Unknown    int64 `json:"unknown"` // 503 with commit_unknown
	Present    int   `json:"present"`
	Twice      int   `json:"twice"` // records with more changes in the log than versions
	RecoverP50 int64 `json:"recover_p50_ms"`
	RecoverMax int64 `json:"recover_max_ms"`

	recover []time.Duration
}

// patience is how long the programme waits for what has to come.
const patience = 30 * time.Second

// Run plays all rounds on one server process; it stops at the first that shows a broken promise.
func (s Restarts) Run(ctx context.Context) (r *RestartsResult, err error) {
	file, err := os.Create(filepath.Join(s.Dir, "ledger.jsonl"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	db, err := pgtest.New("max_connections=100")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	dsn := db.DSN("postgres")
	c := Crash{Bin: s.Bin, Dir: s.Dir, more: []string{"--db", dsn}}
	if err := c.prepare(ctx); err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	p, _, err := start(ctx, s.Bin, c.data(), c.more...)
	if err != nil {
		return nil, err
	}
	defer p.kill()
	r = &RestartsResult{Result: Result{Test: "restarts", Seed: s.Seed}}
	return r, s.play(ctx, restarts{s, p, db, dsn, NewLedger(file), &away{}, r, rand.New(rand.NewPCG(s.Seed, 0))})
}

func (s Restarts) play(ctx context.Context, x restarts) error {
	r := x.r
	for r.Cycles < s.Rounds && r.OK() && ctx.Err() == nil {
		if err := x.round(ctx); err != nil {
			return fmt.Errorf("round %d of seed %d: %w", r.Cycles+1, s.Seed, err)
		}
		r.Cycles++
		if err := x.verify(ctx); err != nil {
			return err
		}
		if s.Progress != nil {
			s.Progress(r.Cycles, r)
		}
	}
	slices.Sort(r.recover)
	if n := len(r.recover); n > 0 {
		r.RecoverP50, r.RecoverMax = r.recover[n/2].Milliseconds(), r.recover[n-1].Milliseconds()
	}
	return ctx.Err()
}

// restarts is the programme while it runs.
type restarts struct {
	Restarts
	p      *process
	db     *pgtest.Server
	dsn    string
	ledger *Ledger
	away   *away
	r      *RestartsResult
	rng    *rand.Rand
}

// round lets writers loose, takes the database away under them, gives it back, and stops them when they write again.
func (x restarts) round(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: x.Writers}, Timeout: patience}
	defer client.CloseIdleConnections()
	var wg sync.WaitGroup
	errs, ended := make(chan error, x.Writers), make(chan struct{})
	for range x.Writers {
		w := &writer{base: x.p.base, client: client, ledger: x.ledger, rng: rand.New(rand.NewPCG(x.rng.Uint64(), 1)), mine: map[string]State{}, away: x.away}
		wg.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					errs <- fmt.Errorf("a writer panicked: %v", p)
				}
			}()
			if err := w.run(ctx); err != nil {
				cancel() // the others need not go on
				errs <- err
			}
		})
	}
	go func() { wg.Wait(); close(ended) }()
	err := x.restart(ctx, ended)
	cancel()
	<-ended
	close(errs)
	for one := range errs { // the first is enough: they tend to say the same
		return errors.Join(one, err, fmt.Errorf("the server said:\n%s", x.p.out))
	}
	if x.p.ended() {
		err = errors.Join(err, fmt.Errorf("the server ended:\n%s", x.p.out))
	}
	return err
}

// restart takes the database away while writes are on their way, and gives it back when some were refused.
func (x restarts) restart(ctx context.Context, ended <-chan struct{}) error {
	some := x.away.done.Load() + int64(1+x.rng.IntN(200))
	if err := reach(ctx, &x.away.done, some, patience, ended); err != nil {
		return fmt.Errorf("before the restart: %w", err)
	}
	stop := x.db.Crash
	if x.r.Cycles%2 == 1 {
		stop = x.db.Stop
	}
	if err := stop(); err != nil {
		return err
	}
	refused := x.away.refused.Load()
	down := errors.Join(reach(ctx, &x.away.refused, refused+int64(x.Writers), patience, ended), x.reads(ctx))
	if err := errors.Join(down, x.db.Start()); err != nil {
		return fmt.Errorf("while the database is away: %w", err)
	}
	began, done := time.Now(), x.away.done.Load()
	if err := reach(ctx, &x.away.done, done+1, patience, ended); err != nil {
		return fmt.Errorf("after the restart: %w", err)
	}
	took := time.Since(began)
	x.r.recover = append(x.r.recover, took)
	if took > x.Recovery {
		x.r.complain(fmt.Sprintf("the first write came %s after the database", took))
	}
	return nil
}

// reads asks for records while the database is away.
func (x restarts) reads(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, x.p.base+"/api/collections/"+collection+"/records", nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	_, err = excuse(res.StatusCode, string(text))
	return errors.Join(err, patient(res))
}

// verify compares what is there with the ledger.
func (x restarts) verify(ctx context.Context) error {
	found, err := look(ctx, x.dsn)
	if err != nil {
		return fmt.Errorf("look into the database: %w", err)
	}
	r, f := x.r, x.ledger.Judge(found.present)
	r.Lost, r.Torn, r.Phantom = r.Lost+len(f.Lost), r.Torn+len(f.Torn)+len(found.broken), r.Phantom+len(f.Phantom)
	r.Twice += len(found.twice)
	r.complain(slices.Concat(found.broken, found.twice, f.Lost, f.Torn, f.Phantom)...)
	r.Acked, r.Records = x.ledger.Count()
	r.Present, r.Head = len(found.present), found.head
	r.Refused, r.Unknown = x.away.refused.Load(), x.away.unknown.Load()
	if r.Present != r.Records && r.OK() {
		r.complain(fmt.Sprintf("%d records are there, %d must be", r.Present, r.Records))
	}
	return nil
}
