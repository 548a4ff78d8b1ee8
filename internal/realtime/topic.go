package realtime

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/internal/read"
)

// topic is one subscription of one connection. Its place in the index is guarded by Broker.mu.
type topic struct {
	conn *Conn
	name string // exactly as it was submitted: the name of its events
	at   int    // its position among the connection's topics

	room   string // what stands before the slash: the name or id of a collection, or anything else
	record string // what follows it; "" for all records
	raw    string // what follows the question mark

	group *group
	pos   int // in group.topics
}

// newTopic reads a subscription. Nothing that it names needs to exist.
func newTopic(c *Conn, name string, at int) *topic {
	t := &topic{conn: c, name: name, at: at}
	left, raw, _ := strings.Cut(name, "?")
	t.room, t.record, _ = strings.Cut(left, "/")
	t.raw = raw
	if t.record == "*" || left == t.room {
		t.record = ""
	} else if t.record == "" {
		t.room = left // "posts/" names nothing
	}
	return t
}

// options are what a topic brings besides its name (realtime.md §4.1).
type options struct {
	query, headers map[string]string
}

// parseOptions reads them; what is malformed is empty.
func parseOptions(raw string) (o options) {
	if raw == "" {
		return o
	}
	values, err := url.ParseQuery(raw)
	if err != nil && values == nil {
		return o
	}
	var in struct {
		Query   map[string]any `json:"query"`
		Headers map[string]any `json:"headers"`
	}
	if json.Unmarshal([]byte(values.Get("options")), &in) != nil {
		return o
	}
	return options{query: texts(in.Query, strings.Clone), headers: texts(in.Headers, snake)}
}

// texts casts values as the wire wants it: lists and objects become "".
func texts(in map[string]any, name func(string) string) map[string]string {
	out := make(map[string]string, len(in))
	for k, v := range in {
		switch v := v.(type) {
		case string:
			out[name(k)] = v
		case bool:
			out[name(k)] = strconv.FormatBool(v)
		case float64:
			out[name(k)] = strconv.FormatFloat(v, 'f', -1, 64)
		default:
			out[name(k)] = ""
		}
	}
	return out
}

// snake is how rules spell the name of a header.
func snake(s string) string { return strings.ReplaceAll(strings.ToLower(s), "-", "_") }

func (o options) shape() read.Shape {
	return read.Shape{Expand: o.query["expand"], Fields: o.query["fields"]}
}

// put makes the options those of the synthetic request that rules see (realtime.md §5).
func (o options) put(by *caller.Caller) {
	if len(o.query) > 0 {
		by.Query = make(url.Values, len(o.query))
		for k, v := range o.query {
			by.Query[k] = []string{v}
		}
	}
	if headers := o.headers; len(headers) > 0 {
		by.Header = func(snake string) (string, bool) { v, ok := headers[snake]; return v, ok }
	}
}
