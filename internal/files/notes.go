package files

import (
	"bytes"
	"crypto/rand"
	"slices"
	"sync"
	"time"
)

const (
	maxSpare  = 32               // notes that are kept to be written over
	spareLife = 10 * time.Minute // after which none is; much less than orphaned, for others may remove it then
	noteUnit  = 512              // bytes of which notes are multiples
)

// notebook knows the notes of this process. One whose upload has come to its end says nothing that is still to be
// done, for names are never given twice; so it need not go. Where that is cheap the next upload writes over it: a disk
// has much less to do than for a file that comes and a file that goes. The zero value is empty.
type notebook struct {
	mu     sync.Mutex
	busy   map[string]bool // those in use, by key: true of uploads under way, false of notes that are about to go
	spares []spareNote     // the last to become one at the end
}

type spareNote struct {
	key   string
	since time.Time
}

// take is the key for the note of an upload that begins.
func (b *notebook) take(now time.Time) (key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if last := len(b.spares) - 1; last >= 0 && now.Sub(b.spares[last].since) < spareLife {
		key, b.spares = b.spares[last].key, b.spares[:last]
	} else {
		key = notesPrefix + rand.Text()
	}
	if b.busy == nil {
		b.busy = map[string]bool{}
	}
	b.busy[key] = true
	return key
}

// spare keeps the note of an upload that ended well, unless there are enough.
func (b *notebook) spare(key string, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.spares) >= maxSpare {
		return false
	}
	delete(b.busy, key)
	b.spares = append(b.spares, spareNote{key, now})
	return true
}

// leave forgets a note: whoever finds it may end it.
func (b *notebook) leave(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.busy, key)
}

// old takes the spare notes that have been so for some time, which the caller removes.
func (b *notebook) old(now time.Time, life time.Duration) (keys []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spares = slices.DeleteFunc(b.spares, func(n spareNote) bool {
		if now.Sub(n.since) < life {
			return false
		}
		keys = append(keys, n.key)
		b.busy[n.key] = false
		return true
	})
	return keys
}

// isOurs reports whether a note is in the hands of this process.
func (b *notebook) isOurs(key string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, busy := b.busy[key]
	return busy || b.isSpare(key)
}

// saysNothing reports whether a note is of an upload that has come to its end.
func (b *notebook) saysNothing(key string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	underWay, busy := b.busy[key]
	return busy && !underWay || b.isSpare(key)
}

func (b *notebook) isSpare(key string) bool {
	return slices.ContainsFunc(b.spares, func(n spareNote) bool { return n.key == key })
}

// padded makes texts equally long, so that one can be written over another without a change of size.
func padded(raw []byte) []byte {
	short := (noteUnit - len(raw)%noteUnit) % noteUnit
	return append(raw, bytes.Repeat([]byte{' '}, short)...)
}
