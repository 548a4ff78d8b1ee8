package holdall

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Limits of a connection. Bodies are paced by the handler: they may take as long as they keep coming.
const (
	headerTime  = 10 * time.Second
	idleTime    = 75 * time.Second
	replyTime   = 5 * time.Minute
	drainTime   = 15 * time.Second
	headerBytes = 32 << 10
)

// Serve answers requests on l until ctx ends; then it takes no new ones, lets those in flight end for up to
// 15 seconds, and returns nil. The App stays open.
func (a *App) Serve(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler:           a.handler,
		ReadHeaderTimeout: headerTime,
		IdleTimeout:       idleTime,
		WriteTimeout:      replyTime,
		MaxHeaderBytes:    headerBytes,
		ErrorLog:          slog.NewLogLogger(a.o.Log.Handler(), slog.LevelWarn),
	}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(l) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	defer a.realtime.Drain()() // streams end first, or the rest would wait for them
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	err := srv.Shutdown(drain)
	if errors.Is(err, context.DeadlineExceeded) {
		err = srv.Close()
	}
	return err
}
