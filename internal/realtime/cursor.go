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

// seqOf reads a cursor.
func seqOf(mark string) (seq change.Seq, ok bool) {
	text, _, _ := strings.Cut(mark, ".")
	seq, err := strconv.ParseInt(text, 36, 64)
	return seq, err == nil && seq >= 0
}

// resume is where a connection goes on from.
type resume struct {
	after string
}

func newResume(after, now string) *resume { return nil }
