// Package powerfs is a file system in memory, for SQLite, whose power can be cut: what was written and not
// flushed is kept apart and is then lost, wholly or in part. It counts flushes and can make one fail.
package powerfs

import (
	"maps"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/vfs"
)

// Model is what a cut leaves of writes that were not flushed.
type Model uint8

// The models.
const (
	// Dropped loses all of them. Names of files are durable at once.
	Dropped Model = iota
	// Torn keeps a random part of their sectors; files that were removed may be back, new ones whose content
	// was never flushed may be missing, and truncations may not have happened.
	Torn
)

// String names the model.
func (m Model) String() string { return [...]string{"dropped", "torn"}[m] }

const sector = 512 // bytes that a disk writes whole

// node is a file: what programs see, what is on the platter, and where the two differ.
type node struct {
	name    string
	seen    []byte
	disk    []byte
	dirty   map[int64]bool // sectors written since the last flush
	flushed bool           // ever: its name is durable
	lock    lockState
}

// FS is the file system. Register it with [FS.Mount].
type FS struct {
	mu      sync.Mutex
	nodes   map[string]*node
	removed []*node // without a flush of the directory since
	ops     int     // reads do not count
	cutAt   int     // operation at which the power goes; 0 never
	dead    bool
	model   Model
	rng     *rand.Rand
	after   map[string][]byte

	syncs    Syncs
	failSync func(name string) bool
	capacity int64 // bytes; 0 is endless
}

// Syncs counts flushes by kind of file.
type Syncs struct{ Log, Database, Other int }

// New makes an empty file system; seed decides what a torn cut leaves.
func New(seed uint64) *FS {
	return &FS{nodes: map[string]*node{}, rng: rand.New(rand.NewPCG(seed, 1))}
}

// Mount makes the file system known to SQLite under a name until unmount is called.
func (fs *FS) Mount(name string) (unmount func()) {
	vfs.Register(name, fs)
	return func() { vfs.Unregister(name) }
}

// CutAfter cuts the power in the middle of the n-th operation from now on that changes something.
func (fs *FS) CutAfter(n int, m Model) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.cutAt, fs.model = fs.ops+n, m
}

// Dead reports whether the power was cut.
func (fs *FS) Dead() bool {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	return fs.dead
}

// Ops is how many operations changed something so far.
func (fs *FS) Ops() int {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	return fs.ops
}

// Count returns the flushes so far.
func (fs *FS) Count() Syncs {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	return fs.syncs
}

// FailSyncs makes flushes fail for which fail returns true; nil ends it.
func (fs *FS) FailSyncs(fail func(name string) bool) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.failSync = fail
}

// Limit makes the disk hold no more than so many bytes beyond those it holds now; a negative number ends it.
func (fs *FS) Limit(more int64) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.capacity = 0
	if more >= 0 {
		fs.capacity = fs.used() + more
	}
}

// used is how many bytes all files have. fs.mu is held.
func (fs *FS) used() (n int64) {
	for _, node := range fs.nodes {
		n += int64(len(node.seen))
	}
	return n
}

// Remains are the files after the cut by base name; nil before.
func (fs *FS) Remains() map[string][]byte {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	return maps.Clone(fs.after)
}

// change counts an operation. It returns false when there is no power any more; mid is true for the very
// operation at which it goes. fs.mu is held.
func (fs *FS) change() (alive, mid bool) {
	if fs.dead {
		return false, false
	}
	fs.ops++
	if fs.cutAt > 0 && fs.ops >= fs.cutAt {
		return true, true
	}
	return true, false
}

// cut takes the power away. fs.mu is held.
func (fs *FS) cut() error {
	fs.dead = true
	fs.after = map[string][]byte{}
	for _, n := range fs.removed {
		if fs.model == Torn && fs.rng.IntN(2) == 0 {
			fs.after[filepath.Base(n.name)] = n.remains(fs.model, fs.rng)
		}
	}
	for _, n := range fs.nodes {
		if fs.model == Torn && !n.flushed && fs.rng.IntN(2) == 0 {
			continue
		}
		fs.after[filepath.Base(n.name)] = n.remains(fs.model, fs.rng)
	}
	return sqlite3.IOERR
}

// remains is what a node's platter holds after a cut.
func (n *node) remains(m Model, rng *rand.Rand) []byte {
	out := append([]byte(nil), n.disk...)
	if m == Dropped {
		return out
	}
	if len(n.seen) < len(out) && rng.IntN(2) == 0 {
		out = out[:len(n.seen)]
	}
	for at := range n.dirty {
		if rng.IntN(2) == 0 {
			continue
		}
		from := at * sector
		if from >= int64(len(n.seen)) {
			continue
		}
		part := n.seen[from:min(from+sector, int64(len(n.seen)))]
		if need := int(from) + len(part); need > len(out) {
			out = append(out, make([]byte, need-len(out))...)
		}
		copy(out[from:], part)
	}
	return out
}

// flush makes a node durable.
func (n *node) flush() {
	for at := range n.dirty {
		from := at * sector
		if from >= int64(len(n.seen)) {
			continue
		}
		end := min(from+sector, int64(len(n.seen)))
		if int64(len(n.disk)) < end {
			n.disk = append(n.disk, make([]byte, int(end)-len(n.disk))...)
		}
		copy(n.disk[from:end], n.seen[from:end])
	}
	if len(n.disk) > len(n.seen) {
		n.disk = n.disk[:len(n.seen)]
	}
	clear(n.dirty)
	n.flushed = true
}

// Open implements vfs.VFS.
func (fs *FS) Open(name string, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if fs.dead {
		return nil, flags, sqlite3.CANTOPEN
	}
	n := fs.nodes[name]
	if n == nil {
		if flags&vfs.OPEN_CREATE == 0 {
			return nil, flags, sqlite3.CANTOPEN
		}
		n = &node{name: name, dirty: map[int64]bool{}}
		if name != "" {
			fs.nodes[name] = n
		}
	}
	f := &file{fs: fs, node: n}
	if flags&vfs.OPEN_MAIN_DB != 0 {
		f.shm = vfs.NewSharedMemory(name+"-shm", flags)
	}
	return f, flags, nil
}

// Delete implements vfs.VFS.
func (fs *FS) Delete(name string, syncDir bool) error {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	alive, mid := fs.change()
	if !alive {
		return sqlite3.IOERR_DELETE
	}
	n := fs.nodes[name]
	if n == nil {
		return sqlite3.IOERR_DELETE_NOENT
	}
	delete(fs.nodes, name)
	fs.removed = append(fs.removed, n)
	if mid {
		return fs.cut()
	}
	if syncDir {
		fs.removed = nil
	}
	return nil
}

// Access implements vfs.VFS.
func (fs *FS) Access(name string, _ vfs.AccessFlag) (bool, error) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	return fs.nodes[name] != nil, nil
}

// FullPathname implements vfs.VFS.
func (fs *FS) FullPathname(name string) (string, error) { return filepath.Abs(name) }

func (s *Syncs) add(name string) {
	switch {
	case strings.HasSuffix(name, "-wal"):
		s.Log++
	case strings.HasSuffix(name, ".db"):
		s.Database++
	default:
		s.Other++
	}
}
