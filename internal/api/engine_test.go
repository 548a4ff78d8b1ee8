package api_test

import (
	"os"
	"testing"

	"github.com/holdall-dev/holdall/internal/store/postgres/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// database is where an app of a test keeps its data: a file in its directory, or with ENGINE=postgres a database
// of its own.
func database(t testing.TB) string {
	t.Helper()
	if os.Getenv("ENGINE") != "postgres" {
		return ""
	}
	return pgtest.DSN(t)
}
