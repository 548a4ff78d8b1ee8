package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
)

// keepHouse says that this node is there, and takes in what others leave that are gone, until ctx ends; then it
// lets go of what is left here.
func (o *Outbox) keepHouse(ctx context.Context) {
	every := time.NewTicker(o.Lease / 3)
	defer every.Stop()
	for {
		o.lookAround(ctx)
		select {
		case <-every.C:
		case <-ctx.Done():
			end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			_ = o.claim(end, o.Node, 0) // or the others wait for the lease to end
			return
		}
	}
}

func (o *Outbox) lookAround(ctx context.Context) {
	defer o.guard()
	err := o.claim(ctx, o.Node, o.Lease)
	if err == nil || errors.Is(err, change.ErrHeld) { // held by who adopts what was here, for a moment
		err = o.adopt(ctx)
	}
	if err != nil && ctx.Err() == nil {
		o.Log.Warn("the outbox cannot look after what other servers leave", "what", o.What, "error", err)
	}
}

// claim takes the outbox of a node for this one.
func (o *Outbox) claim(ctx context.Context, of string, ttl time.Duration) error {
	_, err := o.Store.Cursors().Claim(ctx, "@"+o.What+"/"+of, o.Node, ttl)
	return err
}

// adopt takes over what waits at nodes that are gone.
func (o *Outbox) adopt(ctx context.Context) error {
	rows, err := o.Store.Params(ctx, o.What+"/")
	if err != nil {
		return err
	}
	gone := map[string]bool{}
	for _, raw := range rows {
		var m Wish
		if err := json.Unmarshal(raw, &m); err != nil {
			return err
		}
		if m.Node == "" || m.Node == o.Node {
			continue
		}
		if _, known := gone[m.Node]; !known {
			err := o.claim(ctx, m.Node, o.Lease/6)
			if err != nil && !errors.Is(err, change.ErrHeld) {
				return err
			}
			gone[m.Node] = err == nil
		}
		if !gone[m.Node] {
			continue
		}
		if err := o.takeOver(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// takeOver makes a wish ours, unless somebody was faster.
func (o *Outbox) takeOver(ctx context.Context, m Wish) error {
	from := m.Node
	m.Node, m.Tries, m.Due = o.Node, 0, o.Now()
	ours := false
	_, err := o.Store.Update(ctx, func(tx store.Tx) error {
		is, err := o.nodeOf(ctx, tx, m.Key)
		if ours = err == nil && is == from; !ours {
			return err
		}
		raw, err := json.Marshal(m)
		if err != nil {
			return err
		}
		return tx.SetParam(ctx, o.What+"/"+m.Key, raw)
	})
	if err != nil || !ours {
		return err
	}
	o.mu.Lock()
	if o.waiting[m.Key] == nil {
		o.waiting[m.Key] = &entry{Wish: m}
	}
	o.mu.Unlock()
	o.nudge()
	return nil
}

// nobody has what is not there.
const nobody = "-"

// nodeOf is whose a wish is.
func (o *Outbox) nodeOf(ctx context.Context, r store.Reader, key string) (string, error) {
	raw, err := r.Param(ctx, o.What+"/"+key)
	if err != nil || raw == nil {
		return nobody, err
	}
	var m Wish
	err = json.Unmarshal(raw, &m)
	return m.Node, err
}

// isMine reports whether a wish is still there and ours: another node may have taken it over, or have been given
// the same again.
func (o *Outbox) isMine(ctx context.Context, key string) (bool, error) {
	if o.Node == "" {
		return true, nil
	}
	is, err := o.nodeOf(ctx, o.Store, key)
	return is == o.Node || is == "", err
}

// forget removes a wish that is over, unless it is another node's by now, or was wished again: alone among writers,
// who knows that, for whoever wishes says so before he writes.
func (o *Outbox) forget(ctx context.Context, key string, version int) error {
	_, err := o.Store.Update(ctx, func(tx store.Tx) error {
		if o.again(key, version) {
			return nil
		}
		if o.Node != "" {
			if is, err := o.nodeOf(ctx, tx, key); err != nil || is != o.Node && is != "" {
				return err
			}
		}
		return tx.SetParam(ctx, o.What+"/"+key, nil)
	})
	return err
}
