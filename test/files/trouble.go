package filestest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	loadtest "github.com/holdall-dev/holdall/test/load"
	"github.com/holdall-dev/holdall/test/objectstore"
)

// Trouble puts a server before an object store that refuses, stalls and lies.
type Trouble struct {
	Bin   string
	Dir   string        // for the data directory; empty
	Stuck int           // uploads and downloads that wait for a store that stalls, each
	For   time.Duration // that the others are measured
}

// Troubled is the programme's one line.
type Troubled struct {
	Test    string           `json:"test"`
	Longest map[string]int64 `json:"longest_ms"` // call by what the store did
	P99     float64          `json:"p99_ms"`     // of other requests while all is well
	Stalled float64          `json:"p99_stalled_ms"`
	Others  int              `json:"others"` // requests while the store stalled
	Wrong   []string         `json:"wrong,omitempty"`
}

// Bounds of what trouble with the store may cost.
const (
	MostWait  = 45 * time.Second // for a request that needs the store: it is given up after 30 s
	mostSlow  = 1.5              // times the p99 of the others
	slowSlack = 10               // milliseconds
)

// OK reports whether everybody got a clear answer in time, nothing was half recorded, and nobody else noticed.
func (r *Troubled) OK() bool {
	return len(r.Wrong) == 0 && r.Others > 0 && r.Stalled <= mostSlow*r.P99+slowSlack
}

// way is one way in which a store misbehaves.
type way struct {
	name     string
	upload   bool // must fail
	large    bool // the upload comes in parts
	download bool // must fail
	conn     func(net.Conn)
	answer   func(well http.Handler, w http.ResponseWriter, r *http.Request)
}

var ways = []way{
	{name: "refuses", upload: true, download: true, conn: func(c net.Conn) {
		_ = c.(*net.TCPConn).SetLinger(0)
		_ = c.Close()
	}},
	{name: "503", upload: true, download: true, answer: func(_ http.Handler, w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
	}},
	{name: "another clock", upload: true, download: true, answer: func(_ http.Handler, w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, "<Error><Code>RequestTimeTooSkewed</Code><Message>it is late</Message></Error>")
	}},
	{name: "200 with an error", upload: true, answer: func(well http.Handler, w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPut {
			well.ServeHTTP(w, r)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, "<Error><Code>InternalError</Code><Message>it broke</Message></Error>")
	}},
	{name: "200 with an error at the end", upload: true, large: true, answer: func(well http.Handler, w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || !r.URL.Query().Has("uploadId") {
			well.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/xml")
		_, _ = io.WriteString(w, "<Error><Code>InternalError</Code><Message>it broke</Message></Error>")
	}},
	{name: "another object", download: true, answer: func(well http.Handler, w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && !r.URL.Query().Has("list-type") {
			w.Header().Set("ETag", `"00000000000000000000000000000000"`)
			w.Header().Set("Last-Modified", "Wed, 21 Oct 2015 07:28:00 GMT")
			_, _ = io.WriteString(w, "something else")
			return
		}
		well.ServeHTTP(w, r)
	}},
	{name: "half an object", download: true, answer: func(well http.Handler, w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.Query().Has("list-type") {
			well.ServeHTTP(w, r)
			return
		}
		all := httptest.NewRecorder()
		well.ServeHTTP(all, r)
		maps.Copy(w.Header(), all.Header())
		w.Header().Set("Content-Length", fmt.Sprint(all.Body.Len()))
		_, _ = w.Write(all.Body.Bytes()[:all.Body.Len()/2])
	}},
}

// stalls takes everything and answers nothing.
var stalls = way{name: "stalls", upload: true, download: true, conn: func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }}

// badStore is an object store behind a listener that does what its way says.
type badStore struct {
	net.Listener
	well http.Handler
	way  atomic.Pointer[way]
	open sync.Map // connections, which a new way ends
}

func (b *badStore) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if now := b.way.Load(); now != nil && now.answer != nil {
		now.answer(b.well, w, r)
		return
	}
	b.well.ServeHTTP(w, r)
}

// Accept implements net.Listener.
func (b *badStore) Accept() (net.Conn, error) {
	for {
		c, err := b.Listener.Accept()
		if err != nil {
			return nil, err
		}
		b.open.Store(c, true)
		now := b.way.Load()
		if now == nil || now.conn == nil {
			return c, nil
		}
		go now.conn(c) // it ends with the connection
	}
}

// set has the store behave in a way, nil for well; connections of before are over.
func (b *badStore) set(to *way) {
	b.way.Store(to)
	b.open.Range(func(c, _ any) bool {
		_ = c.(net.Conn).Close()
		b.open.Delete(c)
		return true
	})
}

// troubling is one run of the programme.
type troubling struct {
	Trouble
	*Troubled
	server *loadtest.Server
	store  *badStore
	client *http.Client
	kept   string // path of a file
	mu     sync.Mutex
}

// keptBytes is what the file holds that is there.
var keptBytes = bytes.Repeat([]byte("kept "), 50_000)

// Run plays the programme.
func (t Trouble) Run(ctx context.Context) (*Troubled, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	store := &badStore{Listener: l, well: objectstore.New()}
	front := &http.Server{Handler: store, ReadHeaderTimeout: time.Minute}
	go func() { _ = front.Serve(store) }()
	defer front.Close()
	s, err := loadtest.Start(t.Bin, t.Dir)
	if err != nil {
		return nil, err
	}
	defer s.Kill()
	r := &troubling{Trouble: t, Troubled: &Troubled{Test: "trouble", Longest: map[string]int64{}}, server: s, store: store,
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 200}, Timeout: 2 * MostWait}}
	defer r.client.CloseIdleConnections()
	if err := r.prepare(ctx, "http://"+l.Addr().String()); err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	for i := range ways {
		if err := r.try(ctx, &ways[i]); err != nil {
			return r.Troubled, fmt.Errorf("a store that %s: %w", ways[i].name, err)
		}
	}
	return r.Troubled, r.stall(ctx)
}

func (r *troubling) prepare(ctx context.Context, endpoint string) error {
	st := &Store{Endpoint: endpoint, Bucket: "files", Region: "eu", Key: "key", Secret: "secret"}
	field := map[string]any{"name": "file", "type": "file", "maxSelect": 1, "maxSize": 20 << 20}
	err := errors.Join(st.use(r.server),
		r.server.Must(http.MethodPatch, "/api/settings", map[string]any{"batch": map[string]any{"enabled": true}}, nil),
		r.server.Must(http.MethodPost, "/api/collections", map[string]any{"name": "docs", "type": "base", "listRule": "", "createRule": "", "fields": []any{field}}, nil),
		r.server.Must(http.MethodPost, "/api/collections", map[string]any{"name": "plain", "type": "base", "listRule": "", "createRule": "", "fields": []any{map[string]any{"name": "title", "type": "text"}}}, nil))
	if err != nil {
		return err
	}
	status, text, err := r.upload(ctx, "", keptBytes)
	var made struct{ ID, File string }
	if err == nil {
		err = json.Unmarshal(text, &made)
	}
	if status != http.StatusOK {
		err = errors.Join(err, fmt.Errorf("status %d: %s", status, text))
	}
	r.kept = "/api/files/docs/" + made.ID + "/" + made.File
	return err
}

func (r *troubling) wrong(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Wrong = append(r.Wrong, fmt.Sprintf(format, args...))
}

// try has the store misbehave in one way, and then well again.
func (r *troubling) try(ctx context.Context, now *way) error {
	before, err := r.records()
	if err != nil {
		return err
	}
	content := []byte("content")
	if now.large {
		content = bytes.Repeat(content, 1<<20)
	}
	r.store.set(now)
	failed := 0
	if status, text, err := r.timed(now.name, func() (int, []byte, error) { return r.upload(ctx, "", content) }); err != nil || status >= 500 {
		failed++
	} else if now.upload {
		r.wrong("an upload to a store: %s: status %d %s", now.name, status, text)
	}
	status, text, err := r.timed(now.name, func() (int, []byte, error) { return r.get(ctx, r.kept) })
	if well := err == nil && status < 500; well && now.download {
		r.wrong("a download from a store: %s: status %d, %d bytes", now.name, status, len(text))
	} else if !well && !now.download {
		r.wrong("a download from a store: %s: status %d, %v", now.name, status, err)
	}
	r.store.set(nil)
	return r.recovered(ctx, now.name, before, 1-failed)
}

// timed notes how long a request took.
func (r *troubling) timed(name string, fn func() (int, []byte, error)) (int, []byte, error) {
	began := time.Now()
	status, text, err := fn()
	took := time.Since(began)
	r.mu.Lock()
	r.Longest[name] = max(r.Longest[name], took.Milliseconds())
	r.mu.Unlock()
	if took > MostWait {
		r.wrong("%s: a request took %v", name, took)
	}
	return status, text, err
}

// recovered waits until the store is used again, and checks that nothing but what was acknowledged is recorded.
func (r *troubling) recovered(ctx context.Context, name string, before, acked int) error {
	for deadline := time.Now().Add(MostWait); ; {
		status, text, err := r.get(ctx, r.kept)
		if err == nil && status == http.StatusOK && bytes.Equal(text, keptBytes) {
			break
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("after the store was well again: status %d, %w", status, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
	after, err := r.records()
	if err == nil && after != before+acked {
		r.wrong("%s: %d records more, %d were acknowledged", name, after-before, acked)
	}
	return err
}

func (r *troubling) records() (int, error) {
	var list struct{ TotalItems int }
	err := r.server.Must(http.MethodGet, "/api/collections/docs/records", nil, &list)
	return list.TotalItems, err
}

// stall has many wait for a store that does not answer, and measures the others meanwhile.
func (r *troubling) stall(ctx context.Context) error {
	before, err := r.records()
	if err != nil {
		return err
	}
	r.P99, _ = r.others(ctx)
	r.store.set(&stalls)
	var stuck sync.WaitGroup
	for i := range r.Stuck {
		for _, fn := range []func() (int, []byte, error){
			func() (int, []byte, error) { return r.upload(ctx, "", []byte("content")) },
			func() (int, []byte, error) { return r.upload(ctx, "requests.0.", []byte("content")) },
			func() (int, []byte, error) { return r.get(ctx, r.kept) },
		} {
			stuck.Go(func() {
				// The time of a batch ends before that of the store; then it is a 400 that says so.
				status, text, err := r.timed(stalls.name, fn)
				if late := bytes.Contains(text, []byte("Batch transaction failed.")); err == nil && status < 500 && !late {
					r.wrong("%d: a store that stalls: status %d %.100s", i, status, text)
				}
			})
		}
	}
	r.Stalled, r.Others = r.others(ctx)
	stuck.Wait()
	r.store.set(nil)
	return r.recovered(ctx, stalls.name, before, 0)
}

// others is the p99 of requests that do not need the store, in milliseconds, and how many there were.
func (r *troubling) others(ctx context.Context) (p99 float64, n int) {
	var all sync.WaitGroup
	var took []time.Duration
	for range 4 {
		all.Go(func() {
			var own []time.Duration
			for began := time.Now(); time.Since(began) < r.For && ctx.Err() == nil; {
				now := time.Now()
				if status, text, err := r.other(ctx); err != nil || status != http.StatusOK {
					r.wrong("somebody else: status %d %s, %v", status, text, err)
					return
				}
				own = append(own, time.Since(now))
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			took = append(took, own...)
		})
	}
	all.Wait()
	if len(took) == 0 {
		return 0, 0
	}
	slices.Sort(took)
	return float64(took[len(took)*99/100].Microseconds()) / 1000, len(took)
}

func (r *troubling) other(ctx context.Context) (int, []byte, error) {
	switch rand.IntN(3) {
	case 0:
		return r.send(ctx, http.MethodPost, "/api/collections/plain/records", "application/json", strings.NewReader(`{"title":"x"}`))
	case 1:
		return r.get(ctx, "/api/collections/plain/records?perPage=5&skipTotal=1")
	}
	return r.get(ctx, "/api/health")
}

func (r *troubling) get(ctx context.Context, path string) (int, []byte, error) {
	return r.send(ctx, http.MethodGet, path, "", nil)
}

// upload creates a record with a file, in a batch when the part's prefix says so.
func (r *troubling) upload(ctx context.Context, prefix string, content []byte) (int, []byte, error) {
	var buf bytes.Buffer
	form := multipart.NewWriter(&buf)
	path := "/api/collections/docs/records"
	var err error
	if prefix != "" {
		path = "/api/batch"
		err = form.WriteField("@jsonPayload", `{"requests":[{"method":"POST","url":"/api/collections/docs/records"}]}`)
	}
	part, partErr := form.CreateFormFile(prefix+"file", "a.txt")
	if err = errors.Join(err, partErr); err == nil {
		_, err = part.Write(content)
	}
	if err = errors.Join(err, form.Close()); err != nil {
		return 0, nil, err
	}
	return r.send(ctx, http.MethodPost, path, form.FormDataContentType(), &buf)
}

func (r *troubling) send(ctx context.Context, method, path, kind string, body io.Reader) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, r.server.Base+path, body)
	if err != nil {
		return 0, nil, err
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	res, err := r.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, text, err
}
