// Package faulttest breaks a running server on purpose and checks that nothing it had promised is missing.
//
// A ledger, kept outside the server, notes every write before it is sent and again when it was acknowledged.
// Whatever was acknowledged has to be there afterwards, whole, and nothing that was never sent.
package faulttest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"sync"
)

// State is what one record is known to be: a version of it, or nothing.
type State struct {
	Version int    // 0: not there
	Sum     string // over id, version and body
	File    string // over the bytes of its files, "" without one
}

// Write is one change of one record.
type Write struct {
	ID    string
	After State
	body  string
}

// Intent is what one request is to bring about: all of its writes or none.
type Intent struct {
	Writes []Write
}

// Ledger knows of every record what was promised, and what is in doubt.
type Ledger struct {
	mu    sync.Mutex
	known map[string]State // the last acknowledged state
	doubt map[*Intent]bool // sent, and not answered
	note  *json.Encoder    // the account for a person who looks for a lost write
	acked int
}

// NewLedger keeps its account in w.
func NewLedger(w io.Writer) *Ledger {
	return &Ledger{known: map[string]State{}, doubt: map[*Intent]bool{}, note: json.NewEncoder(w)}
}

type entry struct {
	What   string
	Writes []Write
}

// Sent notes an intent before its request leaves.
func (l *Ledger) Sent(in *Intent) error { return l.record("sent", in, func() { l.doubt[in] = true }) }

// Acked notes that the server promised it.
func (l *Ledger) Acked(in *Intent) error {
	return l.record("acked", in, func() { l.settle(in); l.acked += len(in.Writes) })
}

// Refused notes that the server said it did not do it.
func (l *Ledger) Refused(in *Intent) error {
	return l.record("refused", in, func() { delete(l.doubt, in) })
}

func (l *Ledger) record(what string, in *Intent, change func()) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
	if err := l.note.Encode(entry{what, in.Writes}); err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	return nil
}

// settle makes an intent's outcome what is known.
func (l *Ledger) settle(in *Intent) {
	delete(l.doubt, in)
	for _, w := range in.Writes {
		if w.After.Version == 0 {
			delete(l.known, w.ID)
		} else {
			l.known[w.ID] = w.After
		}
	}
}

// Finding is what a look at the recovered server showed.
type Finding struct {
	Lost, Torn, Phantom []string // what is wrong with which record
}

// Judge compares what is there with what was promised. What was in doubt may have happened or not, but as a
// whole; from here on it is known.
func (l *Ledger) Judge(present map[string]State) (f Finding) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for in := range l.doubt {
		switch l.outcome(in, present) {
		case happened:
			l.settle(in)
		case halfway:
			f.Torn = append(f.Torn, fmt.Sprintf("%d writes in one request, %s among them, were done in part", len(in.Writes), in.Writes[0].ID))
			l.settle(in)
		}
		delete(l.doubt, in)
	}
	for id, want := range l.known {
		if got := present[id]; got != want {
			f.Lost = append(f.Lost, fmt.Sprintf("%s: acknowledged %+v, found %+v", id, want, got))
		}
	}
	for id, got := range present {
		if _, ok := l.known[id]; !ok {
			f.Phantom = append(f.Phantom, fmt.Sprintf("%s: found %+v, which is deleted or was never sent", id, got))
		}
	}
	return f
}

type outcome int

const (
	nothing outcome = iota
	happened
	halfway
)

func (l *Ledger) outcome(in *Intent, present map[string]State) outcome {
	done := 0
	for _, w := range in.Writes {
		if present[w.ID] == w.After {
			done++
		}
	}
	switch done {
	case 0:
		return nothing
	case len(in.Writes):
		return happened
	}
	return halfway
}

// Count returns how many writes were acknowledged, and how many records there must be.
func (l *Ledger) Count() (acked, records int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.acked, len(l.known)
}

// Sum is the checksum that a record carries of itself.
func Sum(id string, version int, body string) string {
	h := sha256.Sum256(fmt.Appendf(nil, "%s/%d/%s", id, version, body))
	return hex.EncodeToString(h[:])
}

func sumBytes(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}
