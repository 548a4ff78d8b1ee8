package auth_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/auth"
	"github.com/holdall-dev/holdall/internal/body"
	"github.com/holdall-dev/holdall/internal/catalog"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlite"
	"github.com/holdall-dev/holdall/internal/write"
)

// TestSweep: what is over goes, by the time that the collection of its account gives it; the rest stays.
func TestSweep(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	clock := func() time.Time { return now }
	st, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "data.db"), Normal: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	cat, err := catalog.Open(t.Context(), st, clock)
	if err != nil {
		t.Fatal(err)
	}
	gate := access.New(cat.Current)
	w := write.New(write.Needs{Store: st, Gate: gate, Catalog: cat.Current, Now: clock})
	desk := auth.New(auth.Needs{Store: st, Gate: gate, Write: w, Catalog: cat.Current, Now: clock})
	create := func(collection string, data map[string]any) string {
		t.Helper()
		c, _ := cat.Current().Find(collection)
		rec, err := w.Create(t.Context(), caller.AsSystem(now), c, body.Body{Data: data})
		if err != nil {
			t.Fatal(err)
		}
		return rec.ID()
	}
	users, _ := cat.Current().Find("users")
	id := create("users", map[string]any{"email": "ann@example.com", "password": "12345678"})
	row := func() {
		create("_otps", map[string]any{"collectionRef": users.ID, "recordRef": id, "password": "12345678"})
		create("_mfas", map[string]any{"collectionRef": users.ID, "recordRef": id, "method": "otp"})
	}
	left := func() (codes, factors int64) {
		for name, n := range map[string]*int64{"_otps": &codes, "_mfas": &factors} {
			c, _ := cat.Current().Find(name)
			if *n, err = st.Count(t.Context(), store.Query{From: c}); err != nil {
				t.Fatal(err)
			}
		}
		return codes, factors
	}
	row()
	now = now.Add(200 * time.Second) // codes live for 180 s, factors for 600
	row()
	if err := desk.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if codes, factors := left(); codes != 1 || factors != 2 {
		t.Errorf("%d codes and %d factors are left, want 1 and 2", codes, factors)
	}
	now = now.Add(time.Hour)
	if err := desk.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if codes, factors := left(); codes != 0 || factors != 0 {
		t.Errorf("%d codes and %d factors are left", codes, factors)
	}
}
