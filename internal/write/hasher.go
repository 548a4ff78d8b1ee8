package write

import (
	"context"
	"runtime"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
)

// maxHashQueue is how many may wait for a processor to hash on; with tens of milliseconds each, whoever
// came behind them would wait for seconds.
const maxHashQueue = 100

// Hasher makes and proves password hashes, as many at once as there are processors. Hashing is slow on
// purpose: without a bound a burst of sign-ups would starve everybody else.
type Hasher struct {
	queue chan struct{} // waiting and working
	slots chan struct{} // working
}

// NewHasher makes a hasher.
func NewHasher() *Hasher {
	n := runtime.GOMAXPROCS(0)
	return &Hasher{queue: make(chan struct{}, n+maxHashQueue), slots: make(chan struct{}, n)}
}

// Hash makes the hash that f keeps of plain. Fault: Unavailable when too many are waiting already.
func (h *Hasher) Hash(ctx context.Context, f *field.PasswordField, plain string) (hash string, err error) {
	slow := func() { hash, err = f.Hash(plain) }
	if busy := h.run(ctx, slow); busy != nil {
		return "", busy
	}
	return hash, err
}

// Verify reports whether hash was made of plain. Fault: Unavailable when too many are waiting already.
func (h *Hasher) Verify(ctx context.Context, hash, plain string) (ok bool, err error) {
	err = h.run(ctx, func() { ok = field.VerifyPassword(hash, plain) })
	return ok, err
}

func (h *Hasher) run(ctx context.Context, slow func()) error {
	select {
	case h.queue <- struct{}{}:
		defer func() { <-h.queue }()
	default:
		return fault.New(fault.Unavailable, "Too many passwords are being checked. Please try again.")
	}
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	slow()
	return nil
}

// memo remembers slow answers of one wish, so that doing its steps again costs nothing. It holds plain
// passwords and dies with the wish.
type memo struct {
	hashes map[[2]string]string // field id, plain
	proofs map[[2]string]bool   // hash, plain
	id     string               // that was generated; "" before
	uploads
}

func (m *memo) hash(ctx context.Context, h *Hasher, f *field.PasswordField, plain string) (string, error) {
	key := [2]string{f.Base().ID, plain}
	if got, ok := m.hashes[key]; ok {
		return got, nil
	}
	got, err := h.Hash(ctx, f, plain)
	if err == nil {
		if m.hashes == nil {
			m.hashes = make(map[[2]string]string, 1)
		}
		m.hashes[key] = got
	}
	return got, err
}

func (m *memo) verify(ctx context.Context, h *Hasher, hash, plain string) (bool, error) {
	key := [2]string{hash, plain}
	if got, ok := m.proofs[key]; ok {
		return got, nil
	}
	got, err := h.Verify(ctx, hash, plain)
	if err == nil {
		if m.proofs == nil {
			m.proofs = make(map[[2]string]bool, 1)
		}
		m.proofs[key] = got
	}
	return got, err
}
