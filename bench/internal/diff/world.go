// Package diff plays the same requests to two servers that hold the same data, and reports where they disagree.
package diff

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/holdall-dev/holdall/bench/internal/script"
	"github.com/holdall-dev/holdall/bench/internal/server"
	"github.com/holdall-dev/holdall/bench/internal/wire"
)

//go:embed testdata
var scripts embed.FS

// The superuser of every world.
const (
	RootEmail    = "root@both.example"
	RootPassword = "root-pass-1"
)

// World is a data directory made by PocketBase, with tokens that its server gave out.
type World struct {
	Dir    string
	Tokens map[string]string // root, and everybody in people
	Saved  map[string]string
}

// people sign in before the world is handed on, so that their tokens are old ones.
var people = map[string][3]string{ // name → collection, identity, password
	"ann": {"users", "ann@both.example", "ann-pass-1"},
	"bob": {"users", "bob@both.example", "bob-pass-1"},
	"adm": {"users", "adm@both.example", "adm-pass-1"},
	"sam": {"staff", "Sam", "sam-pass-1"},
	"sue": {"staff", "sue@both.example", "sue-pass-1"},
}

// Make lets a PocketBase of its own fill dir.
func Make(ctx context.Context, dir string) (*World, error) {
	pb, err := server.PocketBase(ctx)
	if err != nil {
		return nil, err
	}
	if err := pb.Superuser(ctx, dir, RootEmail, RootPassword); err != nil {
		return nil, err
	}
	s, err := pb.Start(ctx, dir)
	if err != nil {
		return nil, err
	}
	w := &World{Dir: dir, Tokens: map[string]string{}, Saved: map[string]string{}}
	if err := w.fill(ctx, s.URL()); err != nil {
		s.Kill()
		return nil, err
	}
	return w, s.Stop()
}

func (w *World) fill(ctx context.Context, base string) error {
	c := wire.Client{Base: base}
	root, err := c.SignIn(ctx, "_superusers", RootEmail, RootPassword)
	if err != nil {
		return err
	}
	w.Tokens["root"] = root
	text, err := scripts.ReadFile("testdata/00-fixture.fixture")
	if err != nil {
		return err
	}
	steps, err := script.Parse("00-fixture.fixture", string(text))
	if err != nil {
		return err
	}
	p := newPlayer(base, w)
	for _, s := range steps {
		a, err := p.play(ctx, s)
		if err != nil {
			return err
		}
		if a.status > 299 {
			return fmt.Errorf("%s: status %d: %s", s.Name, a.status, a.text)
		}
	}
	for name, who := range people {
		if w.Tokens[name], err = c.SignIn(ctx, who[0], who[1], who[2]); err != nil {
			return fmt.Errorf("sign in %s: %w", name, err)
		}
	}
	maps.Copy(w.Saved, p.saved)
	return nil
}

// Copy copies the world's directory, of which no server must be running.
func (w *World) Copy(to string) error {
	return os.CopyFS(to, os.DirFS(w.Dir))
}

// Steps are all steps of all scripts, in order; only those whose name contains only, if that is not empty.
func Steps(only string) (all []script.Step, err error) {
	files, err := fs.Glob(scripts, "testdata/*.txt")
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		text, err := scripts.ReadFile(f)
		if err != nil {
			return nil, err
		}
		steps, err := script.Parse(filepath.Base(f), string(text))
		if err != nil {
			return nil, err
		}
		for _, s := range steps {
			if strings.Contains(s.Name, only) {
				all = append(all, s)
			}
		}
	}
	return all, nil
}
