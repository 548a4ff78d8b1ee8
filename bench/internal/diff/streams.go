package diff

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/holdall-dev/holdall/bench/internal/script"
	"github.com/holdall-dev/holdall/bench/internal/wire"
)

// stream is an open event stream of a player.
type stream struct {
	name   string
	id     string // the connection's
	events chan string
	cancel context.CancelFunc
}

// fenceName is the collection whose events tell that all before have come: a stream that is read has to listen
// to it.
const fenceName = "fence"

// onStream plays the steps about streams: OPEN /name begins one, whose connection is {name} from then on; READ
// /name is all that has come since; CLOSE /name leaves.
func (p *player) onStream(ctx context.Context, s script.Step) (answer, error) {
	name := strings.TrimPrefix(s.Path, "/")
	if s.Method == "OPEN" {
		return p.open(ctx, name)
	}
	st := p.streams[name]
	if st == nil {
		return answer{}, fmt.Errorf("%s: no stream is called %q", s.Name, name)
	}
	if s.Method == "READ" {
		return p.readAll(ctx, st)
	}
	st.cancel()
	for range st.events { // until the server's end is closed
	}
	return answer{status: http.StatusOK}, nil
}

func (p *player) open(ctx context.Context, name string) (answer, error) {
	ctx, cancel := context.WithCancel(ctx)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.base+"/api/realtime", nil)
	if err != nil {
		cancel()
		return answer{}, err
	}
	res, err := http.DefaultClient.Do(req) //nolint:bodyclose // pump closes it
	if err != nil {
		cancel()
		return answer{}, err
	}
	st := &stream{name: name, events: make(chan string, 1000), cancel: cancel}
	go st.pump(res)
	first, err := st.next()
	if err != nil {
		cancel()
		return answer{}, err
	}
	if m := hello.FindStringSubmatch(first); m != nil {
		st.id = m[1]
	}
	p.streams[name], p.saved[name] = st, st.id
	a := decode(res, []byte(st.plain(first)))
	for _, h := range []string{"X-Accel-Buffering", "Vary"} {
		a.header[h] = res.Header.Get(h)
	}
	return a, nil
}

var (
	hello = regexp.MustCompile(`^id:([A-Za-z0-9]{40})\nevent:PB_CONNECT\n`)
	times = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z`)
)

// unescaped spells alike what JSON may spell either way.
var unescaped = strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&")

// plain is an event without what a server may choose.
func (st *stream) plain(event string) string {
	if st.id != "" {
		event = strings.ReplaceAll(event, st.id, "<"+st.name+">")
	}
	return unescaped.Replace(times.ReplaceAllString(event, "<time>"))
}

// pump reads events as they are, up to and with their empty line.
func (st *stream) pump(res *http.Response) {
	defer close(st.events)
	defer res.Body.Close()
	in, event := bufio.NewReader(res.Body), ""
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		if event += line; line == "\n" {
			st.events <- event
			event = ""
		}
	}
}

func (st *stream) next() (string, error) {
	select {
	case e, ok := <-st.events:
		if !ok {
			return "", fmt.Errorf("stream %s has ended", st.name)
		}
		return e, nil
	case <-time.After(10 * time.Second):
		return "", fmt.Errorf("nothing comes from stream %s", st.name)
	}
}

// quietTime is how long nothing more must come: PocketBase's events may overtake each other.
const quietTime = 50 * time.Millisecond

// readAll is what has come, in an order that does not depend on the server's.
func (p *player) readAll(ctx context.Context, st *stream) (answer, error) {
	last, err := p.fence(ctx)
	if err != nil {
		return answer{}, err
	}
	var all []string
	for {
		e, err := st.next()
		if err != nil {
			return answer{}, errors.Join(err, fmt.Errorf("before the fence came: %q", all))
		}
		if strings.Contains(e, last) {
			break
		}
		all = append(all, e)
	}
	for wait := time.After(quietTime); wait != nil; {
		select {
		case e := <-st.events:
			all = append(all, e)
		case <-wait:
			wait = nil
		}
	}
	all = slices.DeleteFunc(all, func(e string) bool { return strings.Contains(e, "\nevent:"+fenceName+"/*\n") })
	for i, e := range all {
		all[i] = st.plain(e)
	}
	slices.Sort(all)
	return answer{status: http.StatusOK, text: strings.Join(all, "")}, nil
}

// fence writes what every stream that listens to it hears of, and returns the record's id.
func (p *player) fence(ctx context.Context) (id string, err error) {
	p.fences++
	id = fmt.Sprintf("fence%010d", p.fences)
	c := wire.Client{Base: p.base}
	return id, c.Must(ctx, http.MethodPost, "/api/collections/"+fenceName+"/records", "", map[string]any{"id": id}, nil)
}
