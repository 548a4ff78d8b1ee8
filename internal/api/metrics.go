package api

import (
	"net/http"
	"runtime"
	"strconv"
	"strings"

	"github.com/holdall-dev/holdall/internal/realtime"
)

// metric is one number for operators.
type metric struct {
	name, help string
	total      bool // it only grows
	value      int64
}

func realtimeMetrics(s realtime.Stats) []metric {
	return []metric{
		{"connections", "Open streams.", false, int64(s.Connections)},
		{"topics", "Subscriptions of all streams.", false, s.Topics},
		{"groups", "Groups of subscriptions that are judged together.", false, s.Groups},
		{"queued_bytes", "Bytes of events that wait, counted for each stream.", false, s.QueuedBytes},
		{"changes_total", "Changes that were fanned out.", true, s.Changes},
		{"delivered_total", "Events that were written to streams.", true, s.Delivered},
		{"dropped_total", "Events that waited when their stream ended.", true, s.Dropped},
		{"closed_slow_total", "Streams that were cut because they did not read.", true, s.ClosedSlow},
		{"channel_topics", "Topics of channels and programs that somebody listens to.", false, int64(s.Channels.Topics)},
		{"channel_seats", "Subscriptions to them.", false, s.Channels.Seats},
		{"channel_published_total", "Messages that clients published.", true, s.Channels.Published},
		{"channel_refused_total", "Subscriptions that a joinRule or a bound refused.", true, s.Channels.Refused},
		{"channel_limited_total", "Messages that came too fast.", true, s.Channels.Limited},
	}
}

// metrics tells Prometheus how things stand, in its text format.
func metrics(c *call) error {
	out := appendMetrics(nil, "holdall_realtime_", realtimeMetrics(c.Realtime.Stats()))
	mails, messages := c.Waiting()
	out = appendMetrics(out, "holdall_", []metric{
		{"mails_waiting", "Mails that are not out yet.", false, int64(mails)},
		{"messages_waiting", "Text messages that are not out yet.", false, int64(messages)},
	})
	out = appendMetrics(out, "holdall_", []metric{{"goroutines", "Goroutines of the process.", false, int64(runtime.NumGoroutine())}})
	h := c.w.Header()
	h.Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	c.w.WriteHeader(http.StatusOK)
	_, _ = c.w.Write(out) // the client is gone; there is nobody to tell
	return nil
}

func appendMetrics(dst []byte, prefix string, list []metric) []byte {
	for _, m := range list {
		kind := " gauge\n"
		if m.total {
			kind = " counter\n"
		}
		name := prefix + m.name
		dst = append(dst, "# HELP "+name+" "+m.help+"\n# TYPE "+name+kind+name+" "...)
		dst = append(strconv.AppendInt(dst, m.value, 10), '\n')
	}
	return dst
}

// appendRealtime appends the same numbers to the answer about health.
func appendRealtime(dst []byte, s realtime.Stats) []byte {
	dst = append(dst, `,"realtime":{`...)
	for i, m := range realtimeMetrics(s) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `"`+camel(m.name)+`":`...)
		dst = strconv.AppendInt(dst, m.value, 10)
	}
	return append(dst, '}')
}

// camel is a metric's name as JSON has it: closed_slow_total is closedSlow.
func camel(name string) string {
	words := strings.Split(strings.TrimSuffix(name, "_total"), "_")
	for i, w := range words[1:] {
		words[i+1] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, "")
}
