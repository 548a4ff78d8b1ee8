package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/holdall-dev/holdall/bench/internal/server"
	"github.com/holdall-dev/holdall/bench/internal/wire"
)

type options struct {
	only, scenario           string
	subscribers, crowd, held int
	hold, length             time.Duration
}

// figures are what was measured under one name.
type figures map[string]float64

// report is the JSON line.
type report struct {
	Test        string                        `json:"test"`
	CPUs        int                           `json:"cpus"`
	Subscribers int                           `json:"subscribers"`
	Crowd       int                           `json:"crowd"`
	Scenarios   []string                      `json:"scenarios"`
	Figures     map[string]map[string]figures `json:"figures"` // by server, by scenario
}

func run(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "holdall-realtime-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r := &report{Test: "realtime", CPUs: runtime.NumCPU(), Subscribers: o.subscribers, Crowd: o.crowd, Figures: map[string]map[string]figures{}}
	for _, start := range []func(context.Context) (server.Program, error){server.PocketBase, server.Holdall} {
		p, err := start(ctx)
		if err != nil {
			return err
		}
		if o.only != "" && o.only != p.Name {
			continue
		}
		r.Figures[p.Name] = map[string]figures{}
		if err := measure(ctx, o, r, p, filepath.Join(dir, p.Name)); err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
	}
	printTable(r)
	line, err := json.Marshal(r)
	if err == nil {
		fmt.Println(string(line))
	}
	return err
}

const (
	rootEmail = "root@bench.example"
	password  = "bench-password-1"
	users     = 20
)

func measure(ctx context.Context, o options, r *report, p server.Program, dir string) error {
	if err := p.Superuser(ctx, dir, rootEmail, password); err != nil {
		return err
	}
	s, err := p.Start(ctx, dir)
	if err != nil {
		return err
	}
	st, err := enter(ctx, s)
	for _, sc := range scenarios {
		if err != nil || ctx.Err() != nil || sc.ours && p.Name != "holdall" || o.scenario != "" && o.scenario != sc.name {
			continue
		}
		var f figures
		if f, err = sc.run(ctx, o, st); err != nil || f == nil {
			continue
		}
		r.note(p.Name, sc.name, f)
		fmt.Fprintf(os.Stderr, "%-10s %-16s %v\n", p.Name, sc.name, f)
	}
	return errors.Join(err, ctx.Err(), s.Stop())
}

func (r *report) note(name, scenario string, f figures) {
	r.Figures[name][scenario] = f
	for _, have := range r.Scenarios {
		if have == scenario {
			return
		}
	}
	r.Scenarios = append(r.Scenarios, scenario)
}

// enter makes the collections and the users.
func enter(ctx context.Context, s *server.Server) (*stage, error) {
	st, c := &stage{Server: s}, wire.Client{Base: s.URL()}
	root, err := c.SignIn(ctx, "_superusers", rootEmail, password)
	if err != nil {
		return nil, err
	}
	for name, rule := range map[string]string{"feed": "", "own": "owner = @request.auth.id"} {
		fields := []map[string]any{{"name": "at", "type": "number"}, {"name": "owner", "type": "text"}, {"name": "title", "type": "text"}, {"name": "body", "type": "text"}}
		err = errors.Join(err, c.Must(ctx, "POST", "/api/collections", root, map[string]any{"name": name, "type": "base", "listRule": rule, "createRule": "", "fields": fields}, nil))
	}
	for i := range users {
		if err != nil {
			return nil, err
		}
		u := user{id: fmt.Sprintf("user%011d", i)}
		email := fmt.Sprintf("user%d@bench.example", i)
		err = c.Must(ctx, "POST", "/api/collections/users/records", root, map[string]any{"id": u.id, "email": email, "password": password, "passwordConfirm": password}, nil)
		if err == nil {
			u.token, err = c.SignIn(ctx, "users", email, password)
		}
		st.users = append(st.users, u)
	}
	return st, err
}
