//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package holdall

import "os"

// flock has nothing to lock with here: SQLite's own locks are what is left.
func flock(*os.File) error { return nil }
