package files

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/holdall-dev/holdall/internal/blob"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

const (
	consumer   = "files"          // of the change log
	knownParam = "holdallFiles"   // the collections that had files when it was last looked at
	lookAgain  = 10 * time.Minute // between looks at notes that were left
	orphaned   = 24 * time.Hour   // after which the notes of another node are anybody's
	firstPause = time.Second      // after a failure
	longPause  = time.Minute      // between tries, at most
	maxFails   = 8                // tries of one change before the consumer goes on without it
)

// Run removes what nothing names any more, until ctx ends: what uploads that came to nothing left, what updates
// and deletes leave, and the files of collections that are gone. It starts where an earlier process ended.
func (s *Service) Run(ctx context.Context) {
	var both sync.WaitGroup
	both.Go(func() { s.again(ctx, "look after the files of uploads and collections", s.tidy) })
	r := &sweeper{s: s}
	s.again(ctx, "remove the files of changed records", r.follow)
	both.Wait()
	s.Rest(context.WithoutCancel(ctx))
}

// again runs fn until ctx ends, after a pause when it fails.
func (s *Service) again(ctx context.Context, what string, fn func(context.Context) error) {
	for pause := firstPause; ctx.Err() == nil; pause = min(2*pause, longPause) {
		began := s.Now()
		err := guarded(ctx, fn)
		if ctx.Err() != nil {
			return
		}
		if err != nil && !errors.Is(err, change.ErrHeld) {
			s.Log.ErrorContext(ctx, "failed to "+what, "error", err)
		}
		if s.Now().Sub(began) > longPause {
			pause = firstPause
		}
		rest(ctx, pause)
	}
}

// guarded makes an error of a panic.
func guarded(ctx context.Context, fn func(context.Context) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return fn(ctx)
}

func rest(ctx context.Context, pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// sweeper follows the change log.
type sweeper struct {
	s     *Service
	seq   change.Seq // the change that failed last
	fails int
	empty map[string]bool // collections without file fields under which nothing lies
}

func (w *sweeper) follow(ctx context.Context) error {
	w.empty = map[string]bool{}
	return change.Consume(ctx, w.s.Store.Log(), w.s.Store.Cursors(), consumer, w.s.Node, w.handle)
}

// handle removes what a change left. A change that fails again and again is given up, so that the others are
// not held up for ever.
func (w *sweeper) handle(ctx context.Context, ch change.Change) error {
	err := w.sweep(ctx, ch)
	if err == nil || ctx.Err() != nil {
		return err
	}
	if w.seq != ch.Seq {
		w.seq, w.fails = ch.Seq, 0
	}
	if w.fails++; w.fails < maxFails {
		return err
	}
	w.s.Log.ErrorContext(ctx, "files of a changed record stay behind", "collection", ch.Collection, "record", ch.ID, "error", err)
	return nil
}

func (w *sweeper) sweep(ctx context.Context, ch change.Change) error {
	p := Place{ch.Collection, ch.ID}
	switch {
	case ch.Op == change.Create:
		return nil
	case ch.Op == change.Update && ch.Old != nil && ch.New != nil:
		return w.s.forget(ctx, p, ch)
	}
	if none, err := w.without(ctx, ch.Collection); none || err != nil {
		return err
	}
	return w.s.sweep(ctx, p)
}

// without reports whether a collection has neither file fields nor files.
func (w *sweeper) without(ctx context.Context, id string) (bool, error) {
	if c, ok := w.s.Catalog().ByID(id); ok && hasFiles(c) {
		delete(w.empty, id)
		return false, nil
	}
	if none, known := w.empty[id]; known {
		return none, nil
	}
	none := true
	for _, err := range w.s.Bucket().List(ctx, id+"/") {
		if err != nil {
			return false, err
		}
		none = false
		break
	}
	w.empty[id] = none
	return none, nil
}

// forget removes the files that a record named and names no more. Names are never given twice.
func (s *Service) forget(ctx context.Context, p Place, ch change.Change) error {
	if !hasFiles(ch.Old.Collection()) {
		return nil
	}
	now := names(ch.New)
	for name := range names(ch.Old) {
		if now[name] {
			continue
		}
		if err := s.remove(ctx, p, name); err != nil {
			return err
		}
	}
	return nil
}

// sweep removes the files of a record that it does not name. The order matters: what lies there is looked at
// first, what is about to be named next, the names last; so whatever comes meanwhile is seen by one of them.
func (s *Service) sweep(ctx context.Context, p Place) error {
	lying := map[string]bool{}
	for entry, err := range s.Bucket().List(ctx, p.folder()) {
		if err != nil {
			return err
		}
		lying[p.nameIn(entry.Key)] = true
	}
	if len(lying) == 0 {
		return nil
	}
	err := s.eachNote(ctx, func(_ string, _ time.Duration, n *note) error {
		if n.place() != p {
			return nil
		}
		for _, name := range n.Names {
			if lying[name] {
				s.later(p) // the row may have come and gone before its upload has come to its end
			}
			delete(lying, name)
		}
		return nil
	})
	if err != nil {
		return err
	}
	named, err := s.named(ctx, p)
	if err != nil {
		return err
	}
	for name := range lying {
		if named[name] {
			continue
		}
		if err := s.remove(ctx, p, name); err != nil {
			return err
		}
	}
	return nil
}

// later has a record looked at again.
func (s *Service) later(p Place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.crossed[p] = true
}

// sweepCrossed looks again at records whose uploads were under way.
func (s *Service) sweepCrossed(ctx context.Context) error {
	s.mu.Lock()
	list := slices.Collect(maps.Keys(s.crossed))
	s.mu.Unlock()
	for _, p := range list {
		s.mu.Lock()
		delete(s.crossed, p)
		s.mu.Unlock()
		if err := s.sweep(ctx, p); err != nil {
			s.later(p)
			return err
		}
	}
	return nil
}

// Changed says that collections changed, and which are gone. It does not wait.
func (s *Service) Changed(dropped []string) {
	s.mu.Lock()
	s.dropped = append(s.dropped, dropped...)
	s.mu.Unlock()
	select {
	case s.poke <- struct{}{}:
	default: // it has been said
	}
}

// tidy sees to old notes and to collections that are gone, whenever there is reason to.
func (s *Service) tidy(ctx context.Context) error {
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for {
		if err := s.finish(ctx); err != nil {
			return err
		}
		if err := s.sweepCrossed(ctx); err != nil {
			return err
		}
		if err := s.sweepCollections(ctx); err != nil {
			return err
		}
		if s.Pending != nil {
			if err := s.Pending.Sweep(); err != nil {
				return err
			}
		}
		select {
		case <-tick.C:
		case <-s.poke:
		case <-ctx.Done():
			return nil
		}
	}
}

// finish ends the uploads that an earlier process did not.
func (s *Service) finish(ctx context.Context) error {
	s.dropSpares(ctx, spareLife)
	return s.eachNote(ctx, func(key string, age time.Duration, n *note) error {
		if s.notes.isOurs(key) || n.Node != s.Node && age < orphaned {
			return nil
		}
		named, err := s.named(ctx, n.place())
		if err != nil {
			return err
		}
		return s.undo(ctx, key, n, named)
	})
}

// sweepCollections removes the files of collections that are gone. Which had files is kept in the store, so
// that nothing is missed when a process ends between the end of a collection and that of its files; and what
// else may lie in the bucket is never touched.
func (s *Service) sweepCollections(ctx context.Context) error {
	s.mu.Lock()
	gone := s.dropped
	s.mu.Unlock()
	raw, err := s.Store.Param(ctx, knownParam)
	if err != nil {
		return err
	}
	var known []string
	if raw != nil {
		if err := json.Unmarshal(raw, &known); err != nil {
			return fmt.Errorf("param %s: %w", knownParam, err)
		}
	}
	cat := s.Catalog()
	for _, id := range slices.Concat(gone, known) {
		if c, ok := cat.ByID(id); id == "" || ok && !c.IsView() {
			continue
		}
		if err := blob.DeleteAll(ctx, s.Bucket(), id+"/"); err != nil {
			return err
		}
	}
	if err := s.know(ctx, cat, known); err != nil {
		return err
	}
	s.mu.Lock()
	s.dropped = s.dropped[len(gone):]
	s.mu.Unlock()
	return nil
}

// know keeps the collections that may have files.
func (s *Service) know(ctx context.Context, cat *schema.Catalog, known []string) error {
	var now []string
	for _, c := range cat.All() {
		if hasFiles(c) && !c.IsView() || slices.Contains(known, c.ID) {
			now = append(now, c.ID)
		}
	}
	slices.Sort(now)
	if slices.Equal(now, known) {
		return nil
	}
	raw, err := json.Marshal(now)
	if err != nil {
		return err
	}
	_, err = s.Store.Update(ctx, func(tx store.Tx) error { return tx.SetParam(ctx, knownParam, raw) })
	return err
}
