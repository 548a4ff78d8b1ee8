package holdall

import (
	"context"

	"github.com/holdall-dev/holdall/internal/store/postgres"
	"github.com/holdall-dev/holdall/internal/tally"
)

// aboutRates is what servers tell each other of the requests that they counted.
const aboutRates = "rates"

// exact counts on all servers together; nil when this is the only one, or goes by another clock than the database.
func (a *App) exact() tally.Counter {
	if st, ok := a.store.(*postgres.Store); ok && !a.clocked {
		return st.Limits()
	}
	return nil
}

// shareRates tells the other servers what was counted here, until ctx ends.
func (a *App) shareRates(ctx context.Context) {
	each(ctx, tally.Round, func() {
		if news := a.rates.Tell(a.mesh.Nodes()); news != nil {
			a.mesh.Tell(aboutRates, news)
		}
	})
}

// hearRates counts what another server told.
func (a *App) hearRates(_ context.Context, news []byte) []byte {
	if err := a.rates.Hear(news); err != nil {
		a.o.Log.Warn("what another server counted is not counted here", "error", err)
	}
	return nil
}
