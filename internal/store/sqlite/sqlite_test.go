package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlite"
	"github.com/holdall-dev/holdall/internal/store/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, filepath.Join(t.TempDir(), "data.db")) })
}

func open(t *testing.T, path string) store.Store {
	t.Helper()
	st, err := sqlite.Open(t.Context(), sqlite.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st
}
