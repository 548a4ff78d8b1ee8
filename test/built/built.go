// Package built gives tests the server's binary: the one that $HOLDALL_BIN names, or one that is built once.
package built

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// shared is what the tests of one package have together.
var shared struct {
	sync.Mutex
	dir string // holds the binary; "" until it is built
}

// Run runs the tests of a package that ask for Binary, and removes it. TestMain exits with what it returns.
func Run(m *testing.M) (code int) {
	code = m.Run()
	shared.Lock()
	defer shared.Unlock()
	if shared.dir != "" {
		_ = os.RemoveAll(shared.dir)
	}
	return code
}

// Binary is the server under test.
func Binary(t testing.TB) string {
	t.Helper()
	if bin := os.Getenv("HOLDALL_BIN"); bin != "" {
		return bin
	}
	shared.Lock()
	defer shared.Unlock()
	if shared.dir == "" {
		dir, err := build()
		if err != nil {
			t.Fatal(err)
		}
		shared.dir = dir
	}
	return filepath.Join(shared.dir, "holdall")
}

func build() (dir string, err error) {
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/holdall-dev/holdall").Output()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	if dir, err = os.MkdirTemp("", "holdall-built-*"); err != nil {
		return "", err
	}
	cmd := exec.Command("go", "build", "-o", filepath.Join(dir, "holdall"), "./cmd/holdall")
	cmd.Dir = strings.TrimSpace(string(root))
	if text, err := cmd.CombinedOutput(); err != nil {
		_ = os.RemoveAll(dir)
		return "", fmt.Errorf("build: %w\n%s", err, text)
	}
	return dir, nil
}
