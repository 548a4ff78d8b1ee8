package faulttest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ncruces/go-sqlite3"
)

// Crash says how to run the programme T01: kill -9 under concurrent writes.
type Crash struct {
	Bin      string
	Dir      string // for the data directory and the ledger; empty
	Rounds   int
	Seed     uint64
	Shortest time.Duration // of a round, before the kill
	Longest  time.Duration
	Foreign  bool // the server keeps no change log
	Files    bool // upload files as well
	Only     bool // nothing but uploads and deletes
	Progress func(round int, r *Result)

	store string   // the address of an object store for the settings
	more  []string // arguments of every command
}

// Result is the programme's one line.
type Result struct {
	Test     string `json:"test"`
	Seed     uint64 `json:"seed"`
	Cycles   int    `json:"cycles"`
	Acked    int    `json:"acked"`
	Lost     int    `json:"lost"`
	Torn     int    `json:"torn"`
	Phantom  int    `json:"phantom"`
	Records  int    `json:"records"`
	Head     int64  `json:"head"`
	ReadyP50 int64  `json:"ready_p50_ms"`
	ReadyMax int64  `json:"ready_max_ms"`

	Complaints []string `json:"complaints,omitempty"` // the first of them
	ready      []time.Duration
}

// OK reports whether every promise was kept.
func (r *Result) OK() bool { return len(r.Complaints) == 0 }

func (r *Result) complain(all ...string) {
	room := max(0, 20-len(r.Complaints))
	r.Complaints = append(r.Complaints, all[:min(room, len(all))]...)
}

// Run plays all rounds; it stops at the first that shows a broken promise.
func (c Crash) Run(ctx context.Context) (*Result, error) {
	file, err := os.Create(filepath.Join(c.Dir, "ledger.jsonl"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	r, l := &Result{Test: "crash", Seed: c.Seed}, NewLedger(file)
	if err := c.prepare(ctx); err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	rng := rand.New(rand.NewPCG(c.Seed, 0))
	for r.Cycles < c.Rounds && r.OK() && ctx.Err() == nil {
		if err := c.round(ctx, l, r, rng); err != nil {
			return r, fmt.Errorf("round %d of seed %d: %w", r.Cycles+1, c.Seed, err)
		}
		if c.Progress != nil {
			c.Progress(r.Cycles, r)
		}
	}
	slices.Sort(r.ready)
	if n := len(r.ready); n > 0 {
		r.ReadyP50, r.ReadyMax = r.ready[n/2].Milliseconds(), r.ready[n-1].Milliseconds()
	}
	return r, ctx.Err()
}

func (c Crash) data() string { return filepath.Join(c.Dir, "data") }

// Who may do everything.
const rootEmail, rootPassword = "root@fault.example", "root-password-1"

// prepare makes the collection and allows batches.
func (c Crash) prepare(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, c.Bin, append([]string{"superuser", "upsert", rootEmail, rootPassword, "--dir", c.data()}, c.more...)...)
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("make a superuser: %w\n%s", err, text)
	}
	p, _, err := start(ctx, c.Bin, c.data(), c.more...)
	if err != nil {
		return err
	}
	defer p.kill()
	var auth struct{ Token string }
	open := ""
	return errors.Join(
		ask(ctx, p.base, "POST", "/api/collections/_superusers/auth-with-password", "", map[string]any{"identity": rootEmail, "password": rootPassword}, &auth),
		ask(ctx, p.base, "PATCH", "/api/settings", auth.Token, c.settings(), nil),
		ask(ctx, p.base, "POST", "/api/collections", auth.Token, map[string]any{
			"name": collection, "type": "base", "listRule": open, "createRule": open, "updateRule": open, "deleteRule": open,
			"fields": []map[string]any{{"name": "version", "type": "number"}, {"name": "sum", "type": "text"}, {"name": "body", "type": "text"},
				{"name": "doc", "type": "file", "maxSelect": 1, "maxSize": 1 << 20}, {"name": "docs", "type": "file", "maxSelect": 5, "maxSize": 1 << 20}},
			"indexes": []string{"CREATE UNIQUE INDEX idx_ledger_sum ON ledger (sum)"},
		}, nil))
}

func (c Crash) settings() map[string]any {
	s := map[string]any{"batch": map[string]any{"enabled": true}}
	if c.store != "" {
		s["s3"] = map[string]any{"endpoint": c.store, "bucket": bucketName, "region": "eu", "accessKey": "key", "secret": "secret", "forcePathStyle": true, "allowPrivate": true}
	}
	return s
}

func (c Crash) round(ctx context.Context, l *Ledger, r *Result, rng *rand.Rand) error {
	p, ready, err := start(ctx, c.Bin, c.data())
	if err != nil {
		return err
	}
	defer p.kill()
	r.ready = append(r.ready, ready)
	if err := c.verify(ctx, l, r); err != nil || !r.OK() {
		return err
	}
	if err := c.forget(ctx, p); err != nil {
		return err
	}
	life := c.Shortest + time.Duration(rng.Int64N(int64(c.Longest-c.Shortest)+1))
	writers := 8 + rng.IntN(57)
	if c.Only {
		writers = 8 + rng.IntN(9) // together they may have 50 uploads pending
	}
	err = c.write(ctx, p, l, rng, writers, life)
	r.Cycles++
	if err != nil || r.Cycles < c.Rounds {
		return err
	}
	return c.last(ctx, l, r)
}

// last looks once more at what the last kill left.
func (c Crash) last(ctx context.Context, l *Ledger, r *Result) error {
	p, ready, err := start(ctx, c.Bin, c.data())
	if err != nil {
		return err
	}
	defer p.kill()
	r.ready = append(r.ready, ready)
	return c.verify(ctx, l, r)
}

// write lets writers loose and kills the server under them after life.
func (c Crash) write(ctx context.Context, p *process, l *Ledger, rng *rand.Rand, writers int, life time.Duration) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: writers}, Timeout: 20 * time.Second}
	defer client.CloseIdleConnections()
	errs := make(chan error, writers)
	for range writers {
		w := &writer{base: p.base, client: client, ledger: l, rng: rand.New(rand.NewPCG(rng.Uint64(), 1)), mine: map[string]State{}, files: c.Files || c.Only, only: c.Only}
		go func() {
			defer func() {
				if x := recover(); x != nil {
					errs <- fmt.Errorf("a writer panicked: %v", x)
				}
			}()
			errs <- w.run(ctx)
		}()
	}
	select {
	case <-time.After(life):
	case <-p.done:
	}
	early := p.ended()
	p.kill()
	cancel()
	var first error // is enough: they tend to say the same
	for range writers {
		if err := <-errs; first == nil {
			first = err
		}
	}
	if early {
		first = errors.Join(first, fmt.Errorf("the server ended by itself:\n%s", p.out))
	}
	return first
}

// forget ends the uploads in pieces that no record took: there may be so many only.
func (c Crash) forget(ctx context.Context, p *process) error {
	left, err := os.ReadDir(filepath.Join(c.data(), "uploads"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for _, f := range left {
		id, _, _ := strings.Cut(f.Name(), ".")
		req, err := http.NewRequestWithContext(ctx, http.MethodDelete, p.base+"/api/uploads/"+id, nil)
		if err != nil {
			return err
		}
		req.Header.Set("Tus-Resumable", "1.0.0")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		_ = res.Body.Close() // 404: it is gone with another file of it
	}
	return nil
}

// verify compares the recovered database with the ledger.
func (c Crash) verify(ctx context.Context, l *Ledger, r *Result) error {
	return inspect(ctx, c.data(), func(db *sqlite3.Conn) error {
		for _, pragma := range []string{"integrity_check", "foreign_key_check"} {
			if err := sound(db, pragma); err != nil {
				r.complain(err.Error())
			}
		}
		storage, err := c.storage(db)
		if err != nil {
			return err
		}
		present, broken, err := rows(db, storage)
		if err != nil {
			return err
		}
		f := l.Judge(present)
		r.Lost, r.Torn, r.Phantom = r.Lost+len(f.Lost), r.Torn+len(f.Torn)+len(broken), r.Phantom+len(f.Phantom)
		r.complain(slices.Concat(broken, f.Lost, f.Torn, f.Phantom)...)
		r.Acked, r.Records = l.Count()
		if (c.Files || c.Only) && r.OK() {
			r.complain(orphans(ctx, db, storage)...)
		}
		if c.Foreign {
			return nil
		}
		if r.Head, err = logged(db); err != nil {
			r.complain(err.Error())
		}
		return nil
	})
}

// storage is the folder of the collection's files.
func (c Crash) storage(db *sqlite3.Conn) (string, error) {
	stmt, _, err := db.Prepare("SELECT id FROM _collections WHERE name = '" + collection + "'")
	if err != nil {
		return "", err
	}
	defer stmt.Close()
	if !stmt.Step() {
		return "", errors.Join(stmt.Err(), errors.New("the collection is gone"))
	}
	return filepath.Join(c.data(), "storage", stmt.ColumnText(0)), nil
}

// ask sends one request that has to succeed.
func ask(ctx context.Context, base, method, path, token string, body, out any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, base+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode > 299 {
		return fmt.Errorf("%s %s: status %d", method, path, res.StatusCode)
	}
	if out == nil {
		return nil
	}
	return json.NewDecoder(res.Body).Decode(out)
}
