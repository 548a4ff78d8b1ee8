package write

import (
	"context"

	"github.com/holdall-dev/holdall/internal/store"
)

// over stands in for a transaction that has ended, for handlers that kept its context.
type over struct{ store.Reader }

func (over) Select(context.Context, store.Query, func(store.Row) error) error { return errOver }
func (over) Count(context.Context, store.Query) (int64, error)                { return 0, errOver }

type overTx struct{ store.Tx }

func (overTx) Part(context.Context, func() error) error       { return errOver }
func (overTx) Apply(context.Context, ...store.Mutation) error { return errOver }
