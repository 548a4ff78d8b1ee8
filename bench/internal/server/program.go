// Package server starts the two servers that the programs of this module compare, and watches their processes.
package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Program is a server that can be started: a binary and what it wants on its command line.
type Program struct {
	Name string
	Path string
	args []string // for every command
	env  []string // besides our own environment
}

// With is the program with more environment variables, each NAME=value.
func (p Program) With(env ...string) Program {
	p.env = append(slices.Clone(p.env), env...)
	return p
}

var build = struct {
	sync.Mutex
	dir string
}{}

// Holdall returns the binary named by $HOLDALL_BIN, or builds one.
func Holdall(ctx context.Context) (Program, error) {
	root, err := moduleRoot()
	if err != nil {
		return Program{}, err
	}
	path, err := binary(ctx, "HOLDALL_BIN", filepath.Dir(root), "./cmd/holdall", "holdall")
	return Program{Name: "holdall", Path: path}, err
}

// PocketBase returns the binary named by $POCKETBASE_BIN, or builds one from cmd/pocketbase.
func PocketBase(ctx context.Context) (Program, error) {
	root, err := moduleRoot()
	if err != nil {
		return Program{}, err
	}
	path, err := binary(ctx, "POCKETBASE_BIN", root, "./cmd/pocketbase", "pocketbase")
	return Program{Name: "pocketbase", Path: path, args: []string{"--dev=false"}}, err
}

// Forget removes what was built. Call it once, at the end of a program.
func Forget() {
	build.Lock()
	defer build.Unlock()
	if build.dir != "" {
		_ = os.RemoveAll(build.dir)
		build.dir = ""
	}
}

func binary(ctx context.Context, env, dir, pkg, name string) (string, error) {
	if path := os.Getenv(env); path != "" {
		return filepath.Abs(path)
	}
	build.Lock()
	defer build.Unlock()
	if build.dir == "" {
		tmp, err := os.MkdirTemp("", "holdall-bench-")
		if err != nil {
			return "", err
		}
		build.dir = tmp
	}
	out := filepath.Join(build.dir, name)
	if _, err := os.Stat(out); err == nil {
		return out, nil
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", out, pkg)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", name, err, text)
	}
	return out, nil
}

// moduleRoot is the folder of this module, found upwards from the working directory.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(text), "module github.com/holdall-dev/holdall/bench\n") {
			return dir, nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("run this below the folder bench/")
		}
		dir = filepath.Dir(dir)
	}
}

// Run runs a command of the program to its end and returns what it printed.
func (p Program) Run(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, p.Path, slices.Concat(args, p.args)...)
	cmd.Env = append(os.Environ(), p.env...)
	text, err := cmd.CombinedOutput()
	if err != nil {
		return string(text), fmt.Errorf("%s %s: %w\n%s", p.Name, strings.Join(args, " "), err, text)
	}
	return string(text), nil
}

// Superuser makes sure that a superuser with this password is in the data directory.
func (p Program) Superuser(ctx context.Context, dir, email, password string) error {
	_, err := p.Run(ctx, "superuser", "upsert", email, password, "--dir", dir)
	return err
}
