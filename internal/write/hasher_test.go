package write_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/write"
)

func TestHasherRefusesACrowd(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	h, f := write.NewHasher(), &field.PasswordField{Cost: 11}
	var refused atomic.Int32
	all(400, func(int) {
		switch _, err := h.Hash(ctx, f, "a password"); {
		case fault.Is(err, fault.Unavailable):
			refused.Add(1)
			cancel() // those who wait need not wait any longer
		case err != nil && !errors.Is(err, context.Canceled):
			t.Error(err)
		}
	})
	if refused.Load() == 0 {
		t.Error("nobody was refused")
	}
	hash, err := h.Hash(t.Context(), &field.PasswordField{Cost: 4}, "a password")
	if err != nil {
		t.Fatalf("afterwards: %v", err)
	}
	if ok, err := h.Verify(t.Context(), hash, "a password"); !ok || err != nil {
		t.Errorf("the hash does not verify: %v", err)
	}
	if ok, _ := h.Verify(t.Context(), "", ""); ok {
		t.Error("no hash verifies")
	}
}
