// Package load sends requests over kept-open connections, cheaply enough not to be what is measured.
package load

import (
	"math/bits"
	"time"
)

// Histogram counts durations in buckets that are at most 1.6 % wide.
type Histogram struct {
	counts [64 * 64]uint32
	total  uint64
}

// Add counts one duration.
func (h *Histogram) Add(d time.Duration) {
	h.counts[bucket(uint64(max(d, 0)))]++
	h.total++
}

// Merge counts all that o counted.
func (h *Histogram) Merge(o *Histogram) {
	for i, n := range o.counts {
		h.counts[i] += n
	}
	h.total += o.total
}

// Count is how many durations were added.
func (h *Histogram) Count() uint64 { return h.total }

// Quantile returns the duration that the share q of all do not exceed, 0 when nothing was counted.
func (h *Histogram) Quantile(q float64) time.Duration {
	rank := uint64(q * float64(h.total))
	var seen uint64
	for i, n := range h.counts {
		seen += uint64(n)
		if n > 0 && seen >= rank {
			return time.Duration(upper(i))
		}
	}
	return 0
}

// bucket: 64 of equal width to each power of two.
func bucket(v uint64) int {
	if v < 64 {
		return int(v)
	}
	shift := bits.Len64(v) - 7
	return (shift+1)*64 + int(v>>shift) - 64
}

// upper is the largest value of a bucket.
func upper(i int) uint64 {
	if i < 64 {
		return uint64(i)
	}
	shift := i/64 - 1
	return (uint64(i%64+64)+1)<<shift - 1
}
