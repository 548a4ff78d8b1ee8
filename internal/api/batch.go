package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/read"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/write"
	"github.com/holdall-dev/holdall/record"
)

// Sentences of batches (records.md §9).
const (
	batchOff        = "Batch requests are not allowed."
	batchUnreadable = "Failed to read the submitted batch data."
	batchInvalid    = "Invalid batch request data."
	batchFailed     = "Batch transaction failed."
)

// batch runs several writes in one transaction, all or none.
func batch(c *call) error {
	limits := c.Settings.Current().Batch
	if !limits.Enabled || limits.MaxRequests <= 0 {
		return fault.New(fault.Forbidden, batchOff)
	}
	timeout := time.Duration(limits.Timeout) * time.Second
	if timeout <= 0 {
		timeout = 3 * time.Second
	}
	return c.batch(batchTerms{most: int(limits.MaxRequests), timeout: timeout})
}

// batchTerms are what a batch may be: of at most so many writes, which must be done within the timeout.
type batchTerms struct {
	most    int
	timeout time.Duration
	dry     bool // it is answered as it would be, and nothing of it stays
}

// Bounds of what the dashboard saves at once: as many cells as it lets paste.
const (
	dashboardBatchMost    = 10_000
	dashboardBatchTimeout = time.Minute
)

// dashboardBatch is a batch of a superuser's, whatever the settings say of those that others send; dryRun=1 makes it dry.
func dashboardBatch(c *call) error {
	return c.batch(batchTerms{most: dashboardBatchMost, timeout: dashboardBatchTimeout, dry: c.query("dryRun") == "1"})
}

// batch answers a batch.
func (c *call) batch(t batchTerms) error {
	in, err := c.body()
	if err != nil {
		return reworded(err, batchUnreadable)
	}
	defer in.Close()
	asked, err := readBatch(in)
	if err != nil {
		return err
	}
	if err := checkBatch(asked, t.most); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.r.Context(), t.timeout)
	defer cancel()
	n, err := c.named(in)
	switch {
	case err != nil:
		return err
	case t.dry:
		err = c.tried(func(keep keeper) error { return c.runBatch(ctx, asked, keep) })
	case n != nil:
		err = c.once(n, func(keep keeper) error { return c.runBatch(ctx, asked, keep) })
	default:
		err = c.runBatch(ctx, asked, nil)
	}
	if f, ok := errors.AsType[failedItem](err); ok {
		return c.failBatch(f.index, f.error)
	}
	return err
}

// errTakenBack ends a transaction that nothing else has failed.
var errTakenBack = errors.New("it was only tried")

// tried gives the answer of what do would write, and takes that back.
func (c *call) tried(do func(keeper) error) error {
	var shown write.Answer
	err := do(func(_ context.Context, _ store.Reader, status int, body []byte) error {
		shown = write.Answer{Status: status, Body: body}
		return errTakenBack
	})
	if !errors.Is(err, errTakenBack) {
		return err
	}
	c.give(shown)
	return nil
}

// runBatch runs the writes up to the first that cannot even begin; that one fails the batch in its turn, so
// that the error which is told is that of the first failing request, a failedItem. It gives the answer to keep, or
// answers when that is nil.
func (c *call) runBatch(ctx context.Context, asked []batchRequest, keep keeper) error {
	items, stuck := c.batchItems(asked)
	if stuck != nil && len(items) == 0 {
		return failedItem{0, stuck}
	}
	var results []byte
	begun := false
	err := c.Write.Batch(ctx, items, func(in context.Context, i int, rd store.Reader, rec *record.Record) (err error) {
		begun = true
		if results, err = c.appendResult(ctx, results, i, rd, items[i], rec); err != nil || i < len(items)-1 {
			return err
		}
		if results = append(results, ']'); stuck != nil {
			return stuckError{stuck}
		}
		if keep == nil {
			return nil
		}
		shown, err := c.picked(results)
		if err != nil {
			return err
		}
		return keep(in, rd, http.StatusOK, shown)
	})
	switch {
	case ctx.Err() == nil || err == nil || retriable(err):
	case !begun && c.r.Context().Err() == nil:
		return errNotBegun.Because(err)
	default:
		return fault.New(fault.Invalid, batchFailed).Because(err)
	}
	if s, ok := errors.AsType[stuckError](err); ok {
		return failedItem{len(items), s.error}
	}
	if item, ok := errors.AsType[*write.ItemError](err); ok {
		return failedItem{item.Index, item.Err}
	}
	if err != nil || keep != nil {
		return err
	}
	return c.answer(results)
}

// failedItem is the error of one request, which fails all.
type failedItem struct {
	index int
	error
}

// Unwrap is the request's own error.
func (f failedItem) Unwrap() error { return f.error }

// errNotBegun is of a batch whose time was over before its first request was done: what it waited for was not itself.
var errNotBegun = &fault.Error{Kind: fault.Unavailable, Msg: "Other writes take too long. Try again in a moment.", Retry: time.Second}

// retriable reports whether an error says when to try again, which says more than that the time of a batch is over.
func retriable(err error) bool {
	f, ok := fault.Of(err)
	return ok && f.Kind == fault.Unavailable && f.Retry > 0
}

// stuckError ends a batch for a request that could not begin.
type stuckError struct{ error }

// batchItems prepares the writes up to the first that cannot begin, and says why that one cannot.
func (c *call) batchItems(asked []batchRequest) (items []write.Item, stuck error) {
	for _, a := range asked {
		item, err := c.batchItem(a)
		if err != nil {
			return items, err
		}
		items = append(items, item)
	}
	return items, nil
}

func (c *call) appendResult(ctx context.Context, dst []byte, i int, rd store.Reader, item write.Item, rec *record.Record) ([]byte, error) {
	if dst = append(dst, ','); i == 0 {
		dst = append(dst[:0], '[') // a batch may begin anew
	}
	if rec == nil {
		return append(dst, `{"body":null,"status":204}`...), nil
	}
	dst = append(dst, `{"body":`...)
	shape := read.Shape{Expand: first(item.By.Query, "expand"), Fields: first(item.By.Query, "fields")}
	dst, err := c.Read.Show(ctx, dst, rd, item.By, rec, shape)
	return append(dst, `,"status":200}`...), err
}

// failBatch answers with the error of one request, as it would have got it alone.
func (c *call) failBatch(index int, err error) error {
	err = classify(err)
	inner := c.told(err)
	if inner.Status >= http.StatusInternalServerError {
		return err
	}
	out := append([]byte(`{"data":{"requests":{"`), strconv.Itoa(index)...)
	out = append(out, `":{"code":"batch_request_failed","message":"Batch request failed.","response":`...)
	out = inner.AppendJSON(out)
	out = append(out, `}}},"message":`...)
	out = field.AppendString(out, batchFailed)
	writeJSON(c.w, c.r, http.StatusBadRequest, append(out, `,"status":400}`...))
	return nil
}
