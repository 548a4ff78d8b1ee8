package postgres

import (
	"context"
	"errors"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/holdall-dev/holdall/internal/rule"
)

const (
	channel  = "holdall_changes"
	hintTime = 20 * time.Millisecond // between two notifications: fifty a second cost writers little, more cost a lot
	redial   = time.Second
)

// hints tell the followers of other processes that there is something to read. They are sent outside of the
// transactions that write, because a transaction that notifies is committed alone, and may be lost: followers
// look every quarter of a second without them.
type hints struct {
	dirty chan struct{}   // one of room: something was committed
	ctx   context.Context // of the jobs
	stop  context.CancelFunc
	jobs  sync.WaitGroup
}

// start begins to send and to listen.
func (a *account) start() {
	ctx, stop := context.WithCancel(context.Background())
	a.ctx, a.stop, a.dirty = ctx, stop, make(chan struct{}, 1)
	a.beside("sending hints to other nodes", func() { a.send(ctx) })
	a.beside("listening to hints of other nodes", func() { a.listen(ctx) })
}

// beside runs fn until quit waits for it. A panic ends the job and not the process.
func (a *account) beside(what string, fn func()) {
	a.jobs.Go(func() {
		defer func() {
			if p := recover(); p != nil {
				a.s.o.Log.Error("a job ended with a panic", "job", what, "panic", p, "stack", string(debug.Stack()))
			}
		}()
		fn()
	})
}

func (a *account) quit() {
	if a.stop != nil {
		a.stop()
		a.jobs.Wait()
	}
}

// tell has a hint sent soon.
func (a *account) tell() {
	select {
	case a.dirty <- struct{}{}:
	default:
	}
}

func (a *account) send(ctx context.Context) {
	pace := time.NewTicker(hintTime)
	defer pace.Stop()
	for {
		select {
		case <-a.dirty:
		case <-ctx.Done():
			return
		}
		// A hint that is lost costs a quarter of a second.
		_, _ = a.s.small(ctx, "SELECT pg_notify('"+channel+"', $1)", nil, rule.TextValue(a.name()))
		select {
		case <-pace.C:
		case <-ctx.Done():
			return
		}
	}
}

// name tells our hints from those of others.
func (a *account) name() string { return strconv.FormatInt(a.s.origin, 36) }

// listen wakes followers, on a connection of its own that is made anew when it breaks.
func (a *account) listen(ctx context.Context) {
	for ctx.Err() == nil {
		if err := a.listenOnce(ctx); err != nil && ctx.Err() == nil {
			a.s.o.Log.Debug("no hints from other nodes for now", "error", err)
		}
		select {
		case <-time.After(redial):
		case <-ctx.Done():
		}
	}
}

func (a *account) listenOnce(ctx context.Context) error {
	cfg := a.s.config.Copy()
	cfg.OnNotification = func(_ *pgconn.PgConn, n *pgconn.Notification) {
		if n.Payload != a.name() {
			a.wake()
		}
	}
	pg, err := pgconn.ConnectConfig(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() {
		end, cancel := context.WithTimeout(context.Background(), redial)
		defer cancel()
		_ = pg.Close(end) // it is gone in any case
	}()
	if _, err := pg.Exec(ctx, "LISTEN "+channel).ReadAll(); err != nil {
		return err
	}
	a.wake() // for what was missed
	for err == nil {
		err = pg.WaitForNotification(ctx)
	}
	return errors.Join(err, ctx.Err())
}
