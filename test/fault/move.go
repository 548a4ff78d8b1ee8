package faulttest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/holdall-dev/holdall/test/objectstore"
)

// Move says how to kill `holdall files move` again and again: between the runs a server has to have all files,
// and at the end they are where they were sent, and nowhere else.
type Move struct {
	Bin   string
	Dir   string // for the data directory; empty
	Files int    // records with files
	Kills int    // of moves each way
	Seed  uint64
}

// Moved is the programme's one line.
type Moved struct {
	Test    string   `json:"test"`
	Seed    uint64   `json:"seed"`
	Kills   int      `json:"kills"`   // that met a move
	Records int      `json:"records"` // with files
	Checked int      `json:"checked"` // files that were downloaded between moves
	Wrong   []string `json:"wrong,omitempty"`
}

// OK reports whether every file was always there.
func (m *Moved) OK() bool { return len(m.Wrong) == 0 }

// bucketName is the bucket that files move to.
const bucketName = "files"

// moving is one run of the programme.
type moving struct {
	Move
	Moved
	crash   Crash // for its server and directory
	rng     *rand.Rand
	objects *objectstore.Store
	storage string            // the collection's folder
	sums    map[string]string // of all files, by their paths in it
	due     atomic.Pointer[death]
}

// death is the end of a move at one of its requests to the object store.
type death struct {
	left   atomic.Int64 // requests until it
	before bool         // the request is never answered; else the end comes at some moment after its answer
	after  time.Duration
	kill   context.CancelFunc
}

// ServeHTTP is the object store. A move that has to die does so at a request, so that every kill meets one at work,
// however fast the machine.
func (r *moving) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	d := r.due.Load()
	last := d != nil && d.left.Add(-1) == 0
	if last && d.before {
		d.kill()
		if _, err := io.Copy(io.Discard, req.Body); err == nil {
			<-req.Context().Done() // a server notices that a client is gone only when there is nothing more to read
		}
		return
	}
	r.objects.ServeHTTP(w, req)
	if last {
		time.AfterFunc(d.after, d.kill)
	}
}

// Run fills a directory, and moves there, back, and there again.
func (m Move) Run(ctx context.Context) (*Moved, error) {
	r := &moving{Move: m, Moved: Moved{Test: "move", Seed: m.Seed}, crash: Crash{Bin: m.Bin, Dir: m.Dir, Only: true},
		rng: rand.New(rand.NewPCG(m.Seed, 0)), objects: objectstore.New(), sums: map[string]string{}}
	store := httptest.NewServer(r)
	defer store.Close()
	r.crash.store = store.URL
	if err := r.prepare(ctx); err != nil {
		return &r.Moved, fmt.Errorf("prepare: %w", err)
	}
	for _, to := range []string{"s3", "disk", "s3"} {
		if err := r.way(ctx, to); err != nil {
			return &r.Moved, fmt.Errorf("to %s: %w", to, err)
		}
	}
	return &r.Moved, nil
}

// way moves one way, with kills first.
func (r *moving) way(ctx context.Context, to string) error {
	for range r.Move.Kills {
		if err := errors.Join(r.killed(ctx, to), r.served(ctx)); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	return errors.Join(r.move(ctx, to), r.served(ctx), r.alone(to))
}

// killed moves, and ends the move while files are left to be moved: each has a request of its own at least.
func (r *moving) killed(ctx context.Context, to string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	d := &death{before: r.rng.IntN(2) == 0, after: time.Duration(r.rng.Int64N(int64(3 * time.Millisecond))), kill: cancel}
	d.left.Store(1 + r.rng.Int64N(int64(r.Files/(r.Move.Kills+1))))
	r.due.Store(d)
	defer r.due.Store(nil)
	return r.move(ctx, to)
}

// prepare writes records with files.
func (r *moving) prepare(ctx context.Context) error {
	if err := r.crash.prepare(ctx); err != nil {
		return err
	}
	p, _, err := start(ctx, r.Bin, r.crash.data())
	if err != nil {
		return err
	}
	defer p.kill()
	w := &writer{base: p.base, client: http.DefaultClient, ledger: NewLedger(io.Discard), rng: r.rng, mine: map[string]State{}}
	for len(w.mine) < r.Files {
		in, req, err := w.upload()
		if err != nil {
			return err
		}
		if status, text, err := w.send(req); err != nil || status >= 300 {
			return errors.Join(err, fmt.Errorf("status %d: %s", status, text))
		}
		w.remember(in)
	}
	r.Records = len(w.mine)
	return inspect(ctx, r.crash.data(), func(db *sqlite3.Conn) (err error) {
		if r.storage, err = r.crash.storage(db); err != nil {
			return err
		}
		names, err := fileNames(db)
		for name := range names {
			if filepath.Ext(name) == ".attrs" {
				continue // not every file has one
			}
			content, readErr := os.ReadFile(filepath.Join(r.storage, name))
			err = errors.Join(err, readErr)
			r.sums[name] = sumBytes(content)
		}
		return err
	})
}

// move moves, and is killed at the end of ctx.
func (r *moving) move(ctx context.Context, to string) error {
	cmd := exec.CommandContext(ctx, r.Bin, "files", "move", "--to", to, "--dir", r.crash.data()) // its end is a kill -9
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	text, err := cmd.CombinedOutput()
	if err != nil && ctx.Err() != nil {
		r.Moved.Kills++
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w\n%s", err, text)
	}
	return nil
}

// served starts a server and downloads all files.
func (r *moving) served(ctx context.Context) error {
	p, _, err := start(ctx, r.Bin, r.crash.data())
	if err != nil {
		return err
	}
	defer p.kill()
	for name, want := range r.sums {
		got, err := download(ctx, p.base+"/api/files/"+collection+"/"+name)
		if err != nil || got != want {
			r.wrong(fmt.Sprintf("%s is not what it was: %v", name, err))
		}
		r.Checked++
	}
	return nil
}

func (r *moving) wrong(what string) {
	if len(r.Wrong) < 20 {
		r.Wrong = append(r.Wrong, what)
	}
}

// download returns the sum of what a server answers.
func download(ctx context.Context, url string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d", res.StatusCode)
	}
	return sumBytes(content), err
}

// alone checks that the files are where they were sent, and nowhere else.
func (r *moving) alone(to string) error {
	inStore := map[string]bool{}
	for _, key := range r.objects.Keys() {
		inStore[strings.TrimPrefix(key, bucketName+"/"+filepath.Base(r.storage)+"/")] = true
	}
	onDisk, named := map[string]bool{}, map[string]bool{}
	for name := range r.sums {
		named[name], named[name+".attrs"] = true, true
		if _, err := os.Stat(filepath.Join(r.storage, name)); err == nil {
			onDisk[name] = true
		}
	}
	here, there := onDisk, inStore
	if to == "s3" {
		here, there = inStore, onDisk
		named = nil
	}
	if len(here) != len(r.sums) || len(there) != 0 {
		r.wrong(fmt.Sprintf("after a move to %s %d files are there, %d where they were; want %d", to, len(here), len(there), len(r.sums)))
	}
	left, err := strangers(r.storage, named)
	for _, name := range left {
		r.wrong(name)
	}
	return err
}
