package main

import (
	"context"

	loadtest "github.com/holdall-dev/holdall/test/load"
)

// programme is one of them, as large as it was asked for.
type programme struct {
	name string
	run  func(ctx context.Context, dir string) (result, error)
}

func programmes(bin string, seed uint64, long bool) []programme {
	missed := loadtest.Order{Bin: bin, Seed: seed, Only: "events", Changes: 20_000, Writers: 8, Subscribers: 100, Cuts: 1000}
	order := loadtest.Order{Bin: bin, Seed: seed, Changes: 20_000, Writers: 24, Subscribers: 200, Cuts: 2000, Kills: 3}
	if long {
		missed.Changes, missed.Cuts = 100_000, 10_000
		order.Changes, order.Cuts, order.Kills = 100_000, 20_000, 10
	}
	runOrder := func(o loadtest.Order) func(context.Context, string) (result, error) {
		return func(ctx context.Context, dir string) (result, error) {
			o.Dir = dir
			return o.Run(ctx)
		}
	}
	one := loadtest.Stalled{Bin: bin, Stalled: 1, Healthy: 20, Events: 10_000, PerSecond: 1000}
	many := loadtest.Stalled{Bin: bin, Stalled: 1000, Healthy: 20, Events: 20_000, PerSecond: 1000}
	if long {
		one.Events, many.Events = 100_000, 100_000
	}
	runStalled := func(o loadtest.Stalled) func(context.Context, string) (result, error) {
		return func(ctx context.Context, dir string) (result, error) {
			o.Dir = dir
			return o.Run(ctx)
		}
	}
	revoke := func(ctx context.Context, dir string) (result, error) {
		return loadtest.Revoke{Bin: bin, Dir: dir}.Run(ctx)
	}
	return []programme{{"missed", runOrder(missed)}, {"order", runOrder(order)}, {"stalled-1", runStalled(one)},
		{"stalled-1000", runStalled(many)}, {"revoke", revoke}}
}
