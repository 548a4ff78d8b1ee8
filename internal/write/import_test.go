package write_test

import (
	"path/filepath"
	"testing"

	"github.com/ncruces/go-sqlite3"
)

// A record that came with an imported database has no version until it is first written here.
func TestIncrementsOfAnImportedRecordCount(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(counted)
	rec := h.make(c, data{"u": "old"})
	forgetVersions(t, filepath.Join(h.dir, "data.db"))
	if got := h.get(c, rec.ID()).Seq(); got != 0 {
		t.Fatalf("the version is %d", got)
	}
	all(8, func(int) {
		if _, err := h.w.Update(t.Context(), h.guest(), c, rec.ID(), bring(data{"n+": 1.0})); err != nil {
			t.Error(err)
		}
	})
	if got := h.get(c, rec.ID()); got.Number("n") != 8 || got.Seq() == 0 {
		t.Errorf("n is %v at version %d, want 8", got.Number("n"), got.Seq())
	}
}

func forgetVersions(t *testing.T, path string) {
	t.Helper()
	conn, err := sqlite3.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Exec(`UPDATE x SET "@seq" = 0`); err != nil {
		t.Fatal(err)
	}
}
