package holdall

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ErrInUse says that another process has the data directory.
var ErrInUse = errors.New("the data directory is in use by another Holdall process")

// errHeld says that another process has the lock.
var errHeld = errors.New("held by another process")

// dirLock keeps other processes out of a data directory while it is held. The system lets go of it when the
// process ends, however it ends; the file itself stays and means nothing.
type dirLock struct{ f *os.File }

// lockDir takes the directory for this process or says who has it.
func lockDir(dir string) (*dirLock, error) {
	f, err := os.OpenFile(filepath.Join(dir, "holdall.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the data directory cannot be written to: %w", err)
	}
	if err := flock(f); err != nil {
		defer f.Close()
		if errors.Is(err, errHeld) {
			return nil, fmt.Errorf("%w%s: stop that one first, or choose another directory than %s", ErrInUse, holder(f), dir)
		}
		return nil, fmt.Errorf("lock the data directory %s: %w", dir, err)
	}
	if err := f.Truncate(0); err == nil {
		_, _ = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	return &dirLock{f}, nil
}

// holder is the id of the process that has the lock, for people, where it can be read.
func holder(f *os.File) string {
	var buf [20]byte
	n, _ := f.ReadAt(buf[:], 0)
	if pid := strings.TrimSpace(string(buf[:n])); pid != "" {
		return " (process " + pid + ")"
	}
	return ""
}

func (l *dirLock) release() error { return l.f.Close() }
