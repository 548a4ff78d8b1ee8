package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/postgres"
	"github.com/holdall-dev/holdall/internal/store/postgres/pgtest"
	"github.com/holdall-dev/holdall/internal/store/storetest"
	"github.com/holdall-dev/holdall/schema"
)

const (
	crowd   = 24 // writers
	quota   = 40 // commits of each
	records = 60
)

// fray is many writers on one log, and readers that try to see everything.
type fray struct {
	t      *testing.T
	dsn    string
	mu     sync.Mutex
	acked  map[change.Seq]string // records by sequence: commits that were acknowledged
	commit atomic.Int64
}

// TestGaps: 24 writers that think, 5 % of whom give up, a transaction that lasts as long as a third of them all,
// and a crash of the server. The log's followers see every acknowledged change once, changes of a record in
// order, and are never told that they have read further than they have. The readers one would write first fail:
// one misses changes, the other reorders them.
func TestGaps(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t)
	f := &fray{t: t, dsn: server.Fresh(t), acked: map[change.Seq]string{}}
	st := f.prepare()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	good := &follower{seen: map[change.Seq]int{}, last: map[string]change.Seq{}}
	naive := &reader{query: naiveQuery, seen: map[string]bool{}, last: map[string]change.Seq{}}
	byXmin := &reader{query: xminQuery, seen: map[string]bool{}, last: map[string]change.Seq{}}
	var readers sync.WaitGroup
	readers.Go(func() { good.run(ctx, st) })
	for _, r := range []*reader{naive, byXmin} {
		readers.Go(func() { r.run(ctx, f.dsn) })
	}
	f.fight(server)
	f.await(good)
	cancel()
	readers.Wait()
	good.judge(t)
	if missed := f.missing(naive.seen); missed == 0 {
		t.Error("the naive reader missed nothing: the test provokes no race")
	}
	if byXmin.inversions == 0 {
		t.Error("the reader by transaction numbers reordered nothing: the test provokes no race")
	}
	t.Logf("%d commits; naive missed %d; by transaction number %d inversions; followers saw %d late", len(f.acked), f.missing(naive.seen), byXmin.inversions, good.late)
}

// prepare opens a store with one collection and its records.
func (f *fray) prepare() store.Store {
	st := open(f.t, postgres.Options{DSN: f.dsn})
	c := storetest.Posts()
	if _, err := st.Update(f.t.Context(), func(tx store.Tx) error {
		return tx.Reshape(f.t.Context(), schema.Plan{Create: []*schema.Collection{c}})
	}); err != nil {
		f.t.Fatal(err)
	}
	for i := range records {
		m := store.Mutation{Op: change.Create, Rec: storetest.Rec(c, map[string]any{"id": fmt.Sprint("r", i)})}
		if _, err := st.Apply(f.t.Context(), m); err != nil {
			f.t.Fatal(err)
		}
	}
	return st
}

// fight lets all write. A third of the way one transaction is begun that ends after two thirds; then the server
// crashes under those who go on.
func (f *fray) fight(server *pgtest.Server) {
	var writers sync.WaitGroup
	for w := range crowd {
		writers.Go(func() { f.write(rand.New(rand.NewPCG(uint64(w), 1))) })
	}
	f.until(crowd * quota / 3)
	long := connect(f.t, f.dsn)
	if _, err := f.change(long, "r0", func() {}); err != nil {
		f.t.Error(err)
	}
	f.until(crowd * quota * 2 / 3)
	if _, err := long.Exec(f.t.Context(), "COMMIT").ReadAll(); err != nil {
		f.t.Error(err)
	}
	_ = long.Close(f.t.Context())
	if err := errors.Join(server.Crash(), server.Start()); err != nil {
		f.t.Error(err)
	}
	writers.Wait()
}

// until waits for a number of commits.
func (f *fray) until(n int64) {
	for f.commit.Load() < n && f.t.Context().Err() == nil {
		time.Sleep(time.Millisecond) // nothing depends on how long
	}
}

// write commits a quota of changes, on new connections when the server goes away.
func (f *fray) write(r *rand.Rand) {
	var c *pgconn.PgConn
	for done := 0; done < quota && f.t.Context().Err() == nil; {
		if c == nil || c.IsClosed() {
			c, _ = pgconn.Connect(f.t.Context(), f.dsn)
			continue
		}
		id := fmt.Sprint("r", 1+r.IntN(records-1))
		seq, err := f.change(c, id, func() { time.Sleep(time.Duration(r.IntN(3000)) * time.Microsecond) })
		if err != nil {
			continue
		}
		end := "COMMIT"
		if r.IntN(20) == 0 {
			end = "ROLLBACK"
		}
		if _, err := c.Exec(f.t.Context(), end).ReadAll(); err == nil && end == "COMMIT" {
			done++
			f.commit.Add(1)
			f.mu.Lock()
			f.acked[seq] = id
			f.mu.Unlock()
		}
	}
	if c != nil {
		_ = c.Close(f.t.Context())
	}
}

// change begins a transaction as the engine does and writes one record; think is called before and after.
func (f *fray) change(c *pgconn.PgConn, id string, think func()) (change.Seq, error) {
	if _, err := c.Exec(f.t.Context(), "BEGIN; SELECT pg_current_xact_id()").ReadAll(); err != nil {
		return 0, err
	}
	think()
	res, err := c.Exec(f.t.Context(), `WITH w AS (UPDATE posts SET "@seq" = nextval('_changes_seq') WHERE id = '`+id+`' RETURNING "@seq" AS seq)
		INSERT INTO _changes (seq, at, op, collection, record, origin) SELECT seq, 0, 2, 'posts00000000id', '`+id+`', 0 FROM w RETURNING seq`).ReadAll()
	if err != nil {
		return 0, err
	}
	think()
	return strconv.ParseInt(string(res[0].Rows[0][0]), 10, 64)
}

// await waits until a follower has seen all there is.
func (f *fray) await(g *follower) {
	for begun := time.Now(); time.Since(begun) < 20*time.Second; time.Sleep(5 * time.Millisecond) {
		g.mu.Lock()
		missing := 0
		for seq := range f.acked {
			if g.seen[seq] == 0 {
				missing++
			}
		}
		g.mu.Unlock()
		if missing == 0 {
			return
		}
	}
	f.t.Error("followers do not see everything")
}

func (f *fray) missing(seen map[string]bool) (n int) {
	for seq := range maps.Keys(f.acked) {
		if !seen[strconv.FormatInt(seq, 10)] {
			n++
		}
	}
	return n
}

// follower notes what the log tells.
type follower struct {
	mu    sync.Mutex
	seen  map[change.Seq]int
	last  map[string]change.Seq // by record
	list  []change.Change
	late  int
	fault []string
}

func (g *follower) run(ctx context.Context, st store.Store) {
	for ch, err := range st.Log().Follow(ctx, 0) {
		if err != nil {
			return
		}
		g.mu.Lock()
		if g.seen[ch.Seq]++; g.seen[ch.Seq] > 1 {
			g.fault = append(g.fault, fmt.Sprintf("%d was told twice", ch.Seq))
		}
		if g.last[ch.ID] > ch.Seq {
			g.fault = append(g.fault, fmt.Sprintf("%d of %s was told after %d", ch.Seq, ch.ID, g.last[ch.ID]))
		}
		g.last[ch.ID] = ch.Seq
		g.list = append(g.list, ch)
		g.mu.Unlock()
	}
}

// judge looks at what was told afterwards.
func (g *follower) judge(t *testing.T) {
	for _, s := range g.fault {
		t.Error(s)
	}
	low, high := change.Seq(0), change.Seq(0)
	for _, ch := range g.list {
		if ch.Seq <= low {
			t.Errorf("%d was told after a low of %d", ch.Seq, low)
		}
		if ch.Seq < high {
			g.late++
		}
		low, high = max(low, ch.Low), max(high, ch.Seq)
	}
	if g.late == 0 {
		t.Error("nothing came late: the test provokes no gaps")
	}
}

// reader is a way to read the log that does not work.
type reader struct {
	query      string // of sequence, record and place, behind a place
	at         string
	seen       map[string]bool
	last       map[string]change.Seq
	inversions int
}

const (
	naiveQuery = "SELECT seq, record, seq FROM _changes WHERE seq > %s ORDER BY seq"
	xminQuery  = `SELECT seq, record, xmin::text || ', ' || seq FROM _changes WHERE (xmin::text::bigint, seq) > (%s)
		AND xmin::text::bigint < pg_snapshot_xmin(pg_current_snapshot())::text::bigint ORDER BY xmin::text::bigint, seq`
)

func (r *reader) run(ctx context.Context, dsn string) {
	r.at = "0"
	if r.query == xminQuery {
		r.at = "0, 0"
	}
	var c *pgconn.PgConn
	for ctx.Err() == nil {
		if c == nil || c.IsClosed() {
			c, _ = pgconn.Connect(ctx, dsn)
			continue
		}
		res, err := c.Exec(ctx, fmt.Sprintf(r.query, r.at)).ReadAll()
		if err == nil {
			r.note(res[0].Rows)
		}
		time.Sleep(time.Millisecond)
	}
	if c != nil {
		_ = c.Close(context.WithoutCancel(ctx))
	}
}

func (r *reader) note(rows [][][]byte) {
	for _, row := range rows {
		seq, _ := strconv.ParseInt(string(row[0]), 10, 64)
		id := string(row[1])
		if r.last[id] > seq {
			r.inversions++
		}
		r.seen[string(row[0])], r.last[id], r.at = true, seq, string(row[2])
	}
}
