package faulttest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// pause is how long a writer waits before it asks a server again whose database is away.
const pause = 20 * time.Millisecond

// away counts what writers are told while the server's database goes and comes.
type away struct {
	done    atomic.Int64 // requests that were acknowledged
	refused atomic.Int64 // with 503: nothing was done
	unknown atomic.Int64 // with 503 and commit_unknown: nobody knows
}

func (a *away) succeeded() { a.done.Add(1) }

// sorry is the envelope of an answer that refuses.
type sorry struct {
	Status  int                        `json:"status"`
	Message string                     `json:"message"`
	Data    map[string]json.RawMessage `json:"data"`
}

// patient returns an error unless an answer says when to come again.
func patient(res *http.Response) error {
	if after, err := strconv.Atoi(res.Header.Get("Retry-After")); err != nil || after < 1 {
		return fmt.Errorf("status %d with Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
	}
	return nil
}

// excuse reads the envelope; unknown is whether the outcome is.
func excuse(status int, text string) (unknown bool, err error) {
	var s sorry
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return false, fmt.Errorf("status %d without an envelope: %w: %s", status, err, text)
	}
	if status != http.StatusServiceUnavailable || s.Status != status || s.Message == "" || s.Data == nil {
		return false, fmt.Errorf("status %d: %s", status, text)
	}
	return s.Data["commit"] != nil, nil
}

// putOff takes a refusal for the time being: the intent was not carried out, or stays in doubt, and then its
// records are left alone.
func (w *writer) putOff(ctx context.Context, in *Intent, status int, text string) error {
	unknown, err := excuse(status, text)
	switch {
	case err != nil:
		return err
	case unknown:
		w.away.unknown.Add(1)
		for _, one := range in.Writes {
			delete(w.mine, one.ID)
		}
	default:
		w.away.refused.Add(1)
		if err := w.ledger.Refused(in); err != nil {
			return err
		}
	}
	select {
	case <-time.After(pause):
	case <-ctx.Done():
	}
	return nil
}

// reach returns when a counter is at least goal, or an error when that takes longer than limit or stop is closed.
func reach(ctx context.Context, counter *atomic.Int64, goal int64, limit time.Duration, stop <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for counter.Load() < goal {
		select {
		case <-look.C:
		case <-stop:
			return errors.New("the writers have ended")
		case <-ctx.Done():
			return fmt.Errorf("waited %s for what did not come: %d of %d", limit, counter.Load(), goal)
		}
	}
	return nil
}
