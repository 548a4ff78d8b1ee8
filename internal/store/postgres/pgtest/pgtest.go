// Package pgtest gives tests a PostgreSQL of their own: a private cluster on a unix socket, below the
// directory for temporary files, that nobody else can reach and that ends with the test program.
package pgtest

import (
	"os"
	"sync"
	"testing"
)

// shared is the one server of a test program. It starts with the first [DSN].
var shared struct {
	sync.Mutex
	server *Server
}

// Main runs the tests of a package and then stops the server that [DSN] shares. Every package that asks
// for a DSN has it for its TestMain:
//
//	func TestMain(m *testing.M) { pgtest.Main(m) }
func Main(m *testing.M) {
	code := m.Run()
	shared.Lock()
	defer shared.Unlock()
	if shared.server != nil {
		if err := shared.server.Close(); err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

// DSN returns the address of a fresh, empty database on the server that all tests of a program share. The
// database goes with the test. The server does not flush to the disk; see [Start] for one that does.
func DSN(t testing.TB) string {
	t.Helper()
	s, err := share()
	if err != nil {
		t.Fatal(err)
	}
	return s.Fresh(t)
}

func share() (*Server, error) {
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil {
		s, err := New()
		if err != nil {
			return nil, err
		}
		shared.server = s
	}
	return shared.server, nil
}

// Start returns a running server for one test alone, which may stop, crash and start it. Settings are those
// of postgresql.conf, such as "fsync=on" or "max_connections=10".
func Start(t testing.TB, settings ...string) *Server {
	t.Helper()
	s, err := New(settings...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Fresh returns the address of a new, empty database, which goes with the test.
func (s *Server) Fresh(t testing.TB) string {
	t.Helper()
	name, err := s.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Drop(name); err != nil {
			t.Error(err)
		}
	})
	return s.DSN(name)
}
