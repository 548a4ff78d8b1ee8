// Package settings holds what can be changed while Holdall runs.
package settings

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/holdall-dev/holdall/fault"
)

// Keeper stores named settings.
type Keeper interface {
	Param(ctx context.Context, key string) ([]byte, error)
	SetParam(ctx context.Context, key string, value []byte) error
}

// paramKey is the row that holds all settings.
const paramKey = "settings"

// Service owns the settings. It is safe for concurrent use.
type Service struct {
	k    Keeper
	seal *sealer // nil: kept as plain JSON
	now  atomic.Pointer[Settings]

	mu       sync.Mutex // one change at a time, and its announcement
	watchers []func(*Settings)
	judges   []func(next *Settings, fs fault.Fields)
}

// Open loads the settings, or keeps the defaults when there are none. With a key of 32 bytes they are kept
// encrypted from the next save on; "" is no key, and then encrypted settings cannot be opened.
func Open(ctx context.Context, k Keeper, key string) (*Service, error) {
	s := &Service{k: k}
	if key != "" {
		seal, err := newSealer(key)
		if err != nil {
			return nil, fmt.Errorf("open settings: %w", err)
		}
		s.seal = seal
	}
	stored, err := s.load(ctx)
	if err != nil {
		return nil, err
	}
	if stored == nil {
		return s, s.keep(ctx, Defaults())
	}
	s.now.Store(stored)
	return s, nil
}

// load reads what is stored, nil when nothing is.
func (s *Service) load(ctx context.Context) (*Settings, error) {
	raw, err := s.k.Param(ctx, paramKey)
	if err != nil {
		return nil, fmt.Errorf("load settings: %w", err)
	}
	if len(raw) == 0 {
		return nil, nil
	}
	plain, err := s.plain(raw)
	if err != nil {
		return nil, fmt.Errorf("load settings: %w", err)
	}
	now, err := asStored().merge(plain)
	if err != nil {
		return nil, fmt.Errorf("load settings: %w", err)
	}
	return now, nil
}

// asStored is what stored settings mean where they say nothing. Ours say everything; those of an imported
// directory come from where any address was reached, and theirs goes on to be.
func asStored() *Settings {
	s := Defaults()
	s.S3.AllowPrivate, s.Backups.S3.AllowPrivate = true, true
	return s
}

// Refresh makes the stored settings the current ones, after another process changed them.
func (s *Service) Refresh(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	stored, err := s.load(ctx)
	if err != nil || stored == nil || bytes.Equal(stored.encode(), s.Current().encode()) {
		return err
	}
	s.now.Store(stored)
	for _, w := range s.watchers {
		w(stored)
	}
	return nil
}

// Current returns the settings of this moment.
func (s *Service) Current() *Settings { return s.now.Load() }

// OnChange registers fn to be called after every change with the new settings, in the order of the changes.
// fn must not change settings itself.
func (s *Service) OnChange(fn func(*Settings)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watchers = append(s.watchers, fn)
}

// OnCheck registers fn to judge settings before they are kept: it adds to fs what is wrong with them that only
// somebody who knows more than settings can see. fn must not change settings itself.
func (s *Service) OnCheck(fn func(next *Settings, fs fault.Fields)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.judges = append(s.judges, fn)
}

// Patch merges JSON over the settings (operations.md §1.2) and keeps the result. Faults: Invalid, with the
// codes of §1.3.
func (s *Service) Patch(ctx context.Context, raw []byte) (*Settings, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next, err := s.Current().merge(raw)
	if err != nil {
		return nil, fault.New(fault.Invalid, "An error occurred while loading the submitted data.").Because(err)
	}
	fs := next.check()
	if len(fs) == 0 {
		for _, judge := range s.judges {
			judge(next, fs)
		}
	}
	if len(fs) > 0 {
		f := fs.Error()
		f.Msg = "An error occurred while saving the new settings."
		return nil, f
	}
	if err := s.keep(ctx, next); err != nil {
		return nil, err
	}
	for _, w := range s.watchers {
		w(next)
	}
	return next, nil
}

// RenameLabels makes the rate limits of renamed collections follow; renamed maps old names to new ones.
func (s *Service) RenameLabels(ctx context.Context, renamed map[string]string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := *s.Current()
	next.RateLimits.Rules = append([]RateRule{}, next.RateLimits.Rules...)
	changed := false
	for i, r := range next.RateLimits.Rules {
		name, tag, ok := strings.Cut(r.Label, ":")
		if to := renamed[name]; ok && to != "" {
			next.RateLimits.Rules[i].Label = to + ":" + tag
			changed = true
		}
	}
	if !changed {
		return nil
	}
	if err := s.keep(ctx, &next); err != nil {
		return err
	}
	for _, w := range s.watchers {
		w(&next)
	}
	return nil
}

// keep stores the settings and makes them the current ones.
func (s *Service) keep(ctx context.Context, next *Settings) error {
	raw := next.encode()
	if s.seal != nil {
		raw = s.seal.close(raw)
	}
	if err := s.k.SetParam(ctx, paramKey, raw); err != nil {
		return fmt.Errorf("keep settings: %w", err)
	}
	s.now.Store(next)
	return nil
}
