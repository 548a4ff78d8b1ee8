package realtime

import (
	"context"
	"hash/fnv"
	"strconv"
	"strings"

	"github.com/holdall-dev/holdall/internal/change"
)

// A cursor names a place in the log: the sequence, and a check of the change that has it, so that a cursor of
// another log, or of one that was restored, is not mistaken for one of ours.

// markOf is the cursor of a change.
func markOf(ch change.Change) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(ch.Collection + "/" + ch.ID + "@" + strconv.FormatInt(ch.At.UnixMicro(), 36)))
	return strconv.FormatInt(ch.Seq, 36) + "." + strconv.FormatUint(uint64(h.Sum32()), 36)
}

// markOf is the cursor of a sequence; of one that was trimmed it cannot be told, and "0" stands for it.
func (b *Broker) markOf(ctx context.Context, seq change.Seq) (string, error) {
	if seq == 0 {
		return "0", nil
	}
	list, err := b.Store.Log().Read(ctx, seq-1, 1)
	if err != nil || len(list) == 0 || list[0].Seq != seq {
		return "0", err
	}
	return markOf(list[0]), nil
}

// partial is the cursor of a change of which the connection is still to be told more: going on from it tells
// of that change again, under the same cursor.
func partial(mark string) string { return mark + "+" }

// seqOf reads a cursor: whole is false for a partial one, mark is the cursor without that.
func seqOf(text string) (seq change.Seq, mark string, whole, ok bool) {
	mark, part := strings.CutSuffix(text, "+")
	digits, _, _ := strings.Cut(mark, ".")
	seq, err := strconv.ParseInt(digits, 36, 64)
	return seq, mark, !part, err == nil && seq >= 0
}

// place finds the sequence to go on after; false when the cursor names no place of this log, or one that was
// forgotten.
func (b *Broker) place(ctx context.Context, text string) (at change.Seq, ok bool, err error) {
	seq, mark, whole, ok := seqOf(text)
	if !ok {
		return 0, false, nil
	}
	from := max(seq-1, 0)
	list, err := b.Store.Log().Read(ctx, from, 1)
	switch {
	case err != nil:
		return 0, false, err
	case seq == 0:
		return 0, len(list) == 0 || list[0].Seq == 1, nil
	case len(list) == 0 || list[0].Seq != seq || markOf(list[0]) != mark:
		return 0, false, nil
	case !whole:
		return from, true, nil
	}
	return seq, true, nil
}
