package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/body"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/tally"
	"github.com/holdall-dev/holdall/internal/write"
	"github.com/holdall-dev/holdall/record"
)

// A request that changes records may say which one it is, in the header Idempotency-Key: when it is repeated, because
// nobody knows what became of it, its first answer is given again and nothing is done twice (RELIABILITY.md §5).
// Requests that failed changed nothing, and are not remembered.

const (
	onceHeader     = "Idempotency-Key"
	replayedHeader = "Idempotency-Replayed"
	maxOnceKey     = 255 // characters
)

// freshKeys is how many new keys an account may send an hour, and guests from one address: each may leave an answer
// behind for a day.
const freshKeys = 3600

// named is a request that says which one it is.
type named struct {
	who   string // asks
	id    string // of whoever asks, and the key
	print string // of what is asked
}

// keeper is called within the transaction, when all is written that the request asks for.
type keeper func(ctx context.Context, rd store.Reader, status int, body []byte) error

// errAnswered ends a transaction that has been before.
var errAnswered = errors.New("this request was answered")

// named reads which request this is, nil when it does not say.
func (c *call) named(in body.Body) (*named, error) {
	keys := c.r.Header.Values(onceHeader)
	if len(keys) == 0 {
		return nil, nil
	}
	if len(keys) > 1 || !isOnceKey(keys[0]) {
		return nil, fault.Newf(fault.Invalid, "An %s is 1 to %d visible characters, once.", onceHeader, maxOnceKey)
	}
	print, err := c.print(keys[0], in)
	if err != nil {
		return nil, err
	}
	who := "guest"
	if a := c.by.Auth; a != nil {
		who = a.Collection().ID + "/" + a.ID()
	}
	return &named{who: who, id: sumOf(who, keys[0]), print: print}, nil
}

func isOnceKey(key string) bool {
	for _, b := range []byte(key) {
		if b <= ' ' || b > '~' {
			return false
		}
	}
	return len(key) > 0 && len(key) <= maxOnceKey
}

// print is the same for requests that ask the same: how a form is cut into parts does not matter, what is in it does.
// The key is part of it and kept nowhere, so that nobody who reads the database can try passwords against the sum.
func (c *call) print(key string, in body.Body) (string, error) {
	data, err := json.Marshal(in.Data)
	if err != nil {
		return "", fmt.Errorf("print a request: %w", err)
	}
	parts := []string{key, c.r.Method, c.r.URL.RequestURI(), string(data)}
	for _, name := range slices.Sorted(maps.Keys(in.Files)) {
		for _, up := range in.Files[name] {
			sum, err := sumOfFile(up)
			if err != nil {
				return "", fmt.Errorf("print an upload: %w", err)
			}
			parts = append(parts, name, up.Name, sum)
		}
	}
	return sumOf(parts...), nil
}

func sumOfFile(up field.Upload) (string, error) {
	r, err := up.Open()
	if err != nil {
		return "", err
	}
	h := sha256.New()
	_, err = io.Copy(h, r)
	return hex.EncodeToString(h.Sum(nil)), errors.Join(err, r.Close())
}

func sumOf(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// once answers again what was answered before; or lets do write, and keeps its answer in the same transaction. When
// do fails because it was overtaken by itself, the answer is there after all.
func (c *call) once(n *named, do func(keeper) error) error {
	if done, err := c.again(n); done || err != nil {
		return err
	}
	if err := c.countKey(n); err != nil {
		return err
	}
	var first write.Answer
	err := do(func(ctx context.Context, rd store.Reader, status int, body []byte) error {
		switch was, err := c.Write.Answered(ctx, rd, n.id); {
		case err != nil:
			return err
		case was != nil:
			return errAnswered
		}
		first = write.Answer{Print: n.print, Status: status, Body: body}
		return c.Write.KeepAnswer(ctx, n.id, first)
	})
	if err != nil {
		done, missed := c.again(n)
		if done || missed != nil && (errors.Is(err, errAnswered) || fault.Is(missed, fault.Conflict)) {
			return missed
		}
		return err // that no answer can be looked for says less: this may be commit_unknown
	}
	c.give(first)
	return nil
}

// countKey takes one of the keys that are left to whoever asks. Superusers have as many as they like.
func (c *call) countKey(n *named) error {
	if c.by.IsSuper() {
		return nil
	}
	key := tally.Key{Of: n.who}
	if c.by.Auth == nil {
		key.By = c.by.IP
	}
	if wait, ok := c.fresh.Take(nil, key, freshKeys, time.Hour); !ok {
		return fault.Newf(fault.TooMany, "Too many new values of %s.", onceHeader).In(wait)
	}
	return nil
}

// again gives the answer that was kept; it reports false when there is none.
func (c *call) again(n *named) (bool, error) {
	was, err := c.Write.Answered(c.r.Context(), c.Store, n.id)
	switch {
	case err != nil || was == nil:
		return false, err
	case was.Print != n.print:
		return false, fault.Newf(fault.Conflict, "This %s belongs to another request.", onceHeader)
	case was.Cut:
		return false, fault.New(fault.Conflict, "This request was done; its answer was too long to be kept.")
	}
	h := c.w.Header()
	h.Set(replayedHeader, "true")
	h.Set("Access-Control-Expose-Headers", replayedHeader)
	c.give(*was)
	return true, nil
}

func (c *call) give(a write.Answer) {
	if a.Status == http.StatusNoContent {
		c.w.WriteHeader(a.Status)
		return
	}
	writeJSON(c.w, c.r, a.Status, a.Body)
}

// writeOnce does one write of a request that says which one it is.
func (c *call) writeOnce(n *named, it write.Item) error {
	return c.once(n, func(keep keeper) error {
		err := c.Write.Batch(c.r.Context(), []write.Item{it}, func(ctx context.Context, _ int, rd store.Reader, rec *record.Record) error {
			if rec == nil {
				return keep(ctx, rd, http.StatusNoContent, nil)
			}
			shown, err := c.Read.Show(ctx, nil, rd, c.by, rec, c.shape())
			if err != nil {
				return err
			}
			return keep(ctx, rd, http.StatusOK, shown)
		})
		if item, ok := errors.AsType[*write.ItemError](err); ok {
			return item.Err
		}
		return err
	})
}
