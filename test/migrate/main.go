// Command migrate moves a data directory to a PostgreSQL of its own and back into a new directory, with the real
// binary, and fails unless every value of the new one is what it was and not a byte of the first changed.
package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/holdall-dev/holdall/internal/store/postgres/pgtest"
)

func main() {
	bin := flag.String("bin", "bin/holdall", "the binary")
	dir := flag.String("dir", "data", "the data directory, which nobody serves")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *bin, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "migrate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, bin, dir string) (err error) {
	server, err := pgtest.New("fsync=on", "full_page_writes=on", "shared_buffers=128MB", "max_wal_size=1GB")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	name, err := server.Create(ctx)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "holdall-migrate-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	path, back := filepath.Join(dir, "data.db"), filepath.Join(work, "data")
	before, err := hash(path)
	if err != nil {
		return err
	}
	for _, args := range [][]string{{"migrate", "to", server.DSN(name), "--dir", dir}, {"migrate", "to", "sqlite", "--db", server.DSN(name), "--dir", back}} {
		if err := move(ctx, bin, args); err != nil {
			return err
		}
	}
	if after, err := hash(path); err != nil || after != before {
		return errors.Join(errors.New("the source changed"), err)
	}
	return compare(ctx, path, filepath.Join(back, "data.db"))
}

func move(ctx context.Context, bin string, args []string) error {
	begun := time.Now()
	cmd := exec.CommandContext(ctx, bin, args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("holdall %s: %w", args[:3], err)
	}
	use := cmd.ProcessState
	fmt.Printf("== %.1f s, of which our process computed %.1f s\n", time.Since(begun).Seconds(), (use.UserTime() + use.SystemTime()).Seconds())
	return nil
}

func hash(path string) (sum [sha256.Size]byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return sum, err
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}
