// Package power cuts the power of a database again and again while many write to it, and proves that
// everything that was acknowledged is there when it comes back, and nothing else.
package power

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"

	"github.com/holdall-dev/holdall/test/fault/powerfs"
)

// Config is one series of cuts.
type Config struct {
	Subject Subject
	Model   powerfs.Model
	Cuts    int
	Writers int
	Seed    uint64
	Dir     string // for the files that remain; must exist
}

// Subject is what is tested: it opens a database and writes to it.
type Subject interface {
	// Name tells reports what is tested.
	Name() string
	// Open opens the database at a path of a mounted file system.
	Open(ctx context.Context, path, vfs string) (Database, error)
	// Check opens what remained and returns the sums of its rows by id; its error means that the database
	// itself is damaged.
	Check(ctx context.Context, path string) (map[string]string, error)
}

// Database takes writes.
type Database interface {
	// Write commits some rows together: sums by id. It returns nil once they are durable.
	Write(ctx context.Context, rows map[string]string) error
	Close() error
}

// Report is what a series found.
type Report struct {
	Test    string `json:"test"`
	Model   string `json:"model"`
	Seed    uint64 `json:"seed"`
	Cuts    int    `json:"cuts"`
	Acked   int    `json:"acked"`   // rows
	Lost    int    `json:"lost"`    // acknowledged and not there
	Phantom int    `json:"phantom"` // there and never sent
	Torn    int    `json:"torn"`    // with other content than was sent, or batches of which a part is there
	Damaged int    `json:"damaged"` // databases that are not sound
	First   string `json:"first,omitempty"`
}

// Clean reports whether nothing at all was wrong.
func (r Report) Clean() bool { return r.Lost+r.Phantom+r.Torn+r.Damaged == 0 }

// Run makes a series of cuts.
func Run(ctx context.Context, c Config) (Report, error) {
	r := Report{Test: "power/" + c.Subject.Name(), Model: c.Model.String(), Seed: c.Seed, Cuts: c.Cuts}
	for i := range c.Cuts {
		if err := c.cut(ctx, c.Seed+uint64(i)*7919, &r); err != nil {
			return r, fmt.Errorf("cut %d of %s, seed %d: %w", i, r.Test, c.Seed, err)
		}
	}
	return r, nil
}

// cut is one cycle: open, write until the power goes, look at what remains.
func (c Config) cut(ctx context.Context, seed uint64, r *Report) error {
	rng := rand.New(rand.NewPCG(seed, 2))
	fs := powerfs.New(seed)
	name := fmt.Sprintf("power-%s-%s-%d", c.Subject.Name(), c.Model, seed)
	defer fs.Mount(name)()
	dir, err := os.MkdirTemp(c.Dir, "cut-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	db, err := c.Subject.Open(ctx, filepath.Join(dir, "data.db"), name)
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	l := &ledger{sent: map[string]string{}, acked: map[string]bool{}}
	fs.CutAfter(1+rng.IntN(2000), c.Model)
	var wg sync.WaitGroup
	for w := range c.Writers {
		wg.Go(func() { l.write(ctx, db, fs, fmt.Sprintf("%dw%d", seed, w), rand.New(rand.NewPCG(seed, uint64(w)+10))) })
	}
	wg.Wait()
	_ = db.Close() // there is no power: it cannot flush
	left := filepath.Join(dir, "left")
	if err := errors.Join(os.Mkdir(left, 0o700), lay(left, fs.Remains())); err != nil {
		return err
	}
	rows, err := c.Subject.Check(ctx, filepath.Join(left, "data.db"))
	if err != nil {
		r.Damaged++
		r.note(seed, err.Error())
		return nil
	}
	l.judge(rows, seed, r)
	return nil
}

// lay writes what remained to a real directory.
func lay(dir string, files map[string][]byte) error {
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// ledger is what the writers know, outside the system.
type ledger struct {
	mu      sync.Mutex
	sent    map[string]string // sums by id
	acked   map[string]bool
	batches [][]string
}

func (l *ledger) write(ctx context.Context, db Database, fs *powerfs.FS, prefix string, rng *rand.Rand) {
	for i := 0; !fs.Dead(); i++ {
		rows := map[string]string{}
		for k := range 1 + rng.IntN(3)/2*2 {
			id := fmt.Sprintf("%si%dk%d", prefix, i, k)
			rows[id] = Sum(id)
		}
		l.send(rows)
		if err := db.Write(ctx, rows); err == nil {
			l.ack(rows)
		}
	}
}

func (l *ledger) send(rows map[string]string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var batch []string
	for id, sum := range rows {
		l.sent[id] = sum
		batch = append(batch, id)
	}
	l.batches = append(l.batches, batch)
}

func (l *ledger) ack(rows map[string]string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id := range rows {
		l.acked[id] = true
	}
}

func (l *ledger) judge(rows map[string]string, seed uint64, r *Report) {
	r.Acked += len(l.acked)
	for id := range l.acked {
		if _, ok := rows[id]; !ok {
			r.Lost++
			r.note(seed, "lost "+id)
		}
	}
	for id, sum := range rows {
		switch want, ok := l.sent[id]; {
		case !ok:
			r.Phantom++
			r.note(seed, "phantom "+id)
		case sum != want:
			r.Torn++
			r.note(seed, "torn "+id)
		}
	}
	for _, batch := range l.batches {
		n := 0
		for _, id := range batch {
			if _, ok := rows[id]; ok {
				n++
			}
		}
		if n != 0 && n != len(batch) {
			r.Torn++
			r.note(seed, fmt.Sprintf("%d of batch %v", n, batch))
		}
	}
}

// note keeps the first thing that was wrong.
func (r *Report) note(seed uint64, what string) {
	if r.First == "" {
		r.First = fmt.Sprintf("seed %d: %s", seed, what)
	}
}

// Sum is the content that belongs to an id.
func Sum(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:])
}
