package filestest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"time"

	loadtest "github.com/holdall-dev/holdall/test/load"
)

// Bombs throws at a server what is small to send and large to read, all of it at once.
type Bombs struct {
	Bin  string
	Dir  string // for the data directory; empty
	Each int    // how often each bomb is thrown at the same time
}

// Bombed is the programme's one line.
type Bombed struct {
	Test        string         `json:"test"`
	Thrown      int            `json:"thrown"`
	AtOnce      int            `json:"at_once"` // of one series
	Base        int64          `json:"base_bytes"`
	ThumbGrowth int64          `json:"pictures_growth_bytes"`
	FormGrowth  int64          `json:"bodies_growth_bytes"`
	Thumbs      int            `json:"thumbs"`    // pictures that gave one
	Fallbacks   int            `json:"fallbacks"` // in whose place the file itself came
	Refused     map[string]int `json:"refused"`   // bodies, by status
	Wrong       []string       `json:"wrong,omitempty"`
}

// MostOfBombs is how many bytes more a server may hold resident, however many bombs come at a time.
const MostOfBombs = 300 << 20

// OK reports whether memory stayed within its bound and every bomb got the answer that it should.
func (r *Bombed) OK() bool {
	return len(r.Wrong) == 0 && r.ThumbGrowth < MostOfBombs && r.FormGrowth < MostOfBombs
}

// bombing is one run of the programme.
type bombing struct {
	Bombs
	*Bombed
	server *loadtest.Server
	client *http.Client
	mu     sync.Mutex
}

// Run plays the programme.
func (b Bombs) Run(ctx context.Context) (*Bombed, error) {
	s, err := loadtest.Start(b.Bin, b.Dir)
	if err != nil {
		return nil, err
	}
	defer s.Kill()
	r := &bombing{Bombs: b, Bombed: &Bombed{Test: "bombs", Refused: map[string]int{}}, server: s,
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1000}, Timeout: 3 * time.Minute}}
	defer r.client.CloseIdleConnections()
	if err := r.prepare(); err != nil {
		return nil, err
	}
	if r.ThumbGrowth, err = r.pictures(ctx); err != nil {
		return r.Bombed, err
	}
	r.FormGrowth, err = r.bodies(ctx)
	return r.Bombed, err
}

func (r *bombing) prepare() error {
	fields := []any{
		map[string]any{"name": "title", "type": "text"}, map[string]any{"name": "data", "type": "json"},
		map[string]any{"name": "file", "type": "file", "maxSelect": 1, "maxSize": 8 << 20, "thumbs": []string{"50x50", "0x40"}},
		map[string]any{"name": "files", "type": "file", "maxSelect": 99, "maxSize": 1 << 20},
	}
	return errors.Join(
		r.server.Must(http.MethodPatch, "/api/settings", map[string]any{"batch": map[string]any{"enabled": true, "maxRequests": 50}}, nil),
		r.server.Must(http.MethodPost, "/api/collections", map[string]any{"name": "bombs", "type": "base", "createRule": "", "fields": fields}, nil))
}

// atOnce calls fn for all numbers below n at the same time, and returns by how much the server grew.
func (r *bombing) atOnce(n int, fn func(i int) error) (growth int64, err error) {
	base := r.server.Memory()
	if r.Base == 0 {
		r.Base = base
	}
	if err := r.server.Lower(); err != nil {
		return 0, err
	}
	r.Thrown, r.AtOnce = r.Thrown+n, max(r.AtOnce, n)
	var all sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		all.Go(func() { errs[i] = fn(i) })
	}
	all.Wait()
	return r.server.Peak() - base, errors.Join(errs...)
}

// pictures asks for thumbs of pictures that are made to hurt.
func (r *bombing) pictures(ctx context.Context) (int64, error) {
	list := hurtful()
	paths := make([]string, len(list)*r.Each)
	for i := range paths {
		p := list[i%len(list)]
		path, err := r.store(ctx, p)
		if err != nil {
			return 0, fmt.Errorf("store %s: %w", p.name, err)
		}
		paths[i] = path
	}
	sizes := []string{"50x50", "0x40"}
	return r.atOnce(len(paths)*len(sizes), func(i int) error {
		p := list[i%len(list)]
		return r.thumb(ctx, p, paths[i%len(paths)]+"?thumb="+sizes[i/len(paths)])
	})
}

func (r *bombing) store(ctx context.Context, p picture) (string, error) {
	var buf bytes.Buffer
	form := multipart.NewWriter(&buf)
	part, err := form.CreateFormFile("file", p.name)
	if err != nil {
		return "", err
	}
	_, err = part.Write(p.raw)
	if err = errors.Join(err, form.Close()); err != nil {
		return "", err
	}
	status, text, err := r.send(ctx, http.MethodPost, "/api/collections/bombs/records", form.FormDataContentType(), buf.Bytes())
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("status %d: %s", status, text)
	}
	if err != nil {
		return "", err
	}
	var made struct{ ID, File string }
	err = json.Unmarshal(text, &made)
	return "/api/files/bombs/" + made.ID + "/" + made.File, err
}

// thumb asks for a thumb: it is one, or the file itself.
func (r *bombing) thumb(ctx context.Context, p picture, path string) error {
	status, text, err := r.send(ctx, http.MethodGet, path, "", nil)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch same := bytes.Equal(text, p.raw); {
	case status != http.StatusOK:
		r.Wrong = append(r.Wrong, fmt.Sprintf("a thumb of %s: status %d", p.name, status))
	case same:
		r.Fallbacks++
	default:
		r.Thumbs++
	}
	return nil
}

// send sends a request and returns what was answered, if anything was.
func (r *bombing) send(ctx context.Context, method, path, kind string, body []byte) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, r.server.Base+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", kind)
	res, err := r.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, text, err
}

// body is a body that is made to hurt.
type body struct {
	name, kind string
	raw        []byte
}

const boundary = "x"

func bodies() []body {
	form := "multipart/form-data; boundary=" + boundary
	part := func(head, content string) string {
		return "--" + boundary + "\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + content + "\r\n"
	}
	end := "--" + boundary + "--\r\n"
	repeat := strings.Repeat
	return []body{
		{"deep JSON", "application/json", []byte(`{"data":` + repeat("[", 100_000) + repeat("]", 100_000) + "}")},
		{"JSON of small values", "application/json", []byte(`{"data":[` + repeat("[],", 3_000_000) + "0]}")},
		{"JSON of a long text", "application/json", []byte(`{"title":"` + repeat("a", 30<<20) + `"}`)},
		{"JSON with many keys", "application/json", manyKeys(1_000_000)},
		{"a form with many keys", "application/x-www-form-urlencoded", []byte(repeat("a=1&", 1_000_000))},
		{"a form with many long keys", "application/x-www-form-urlencoded", []byte(repeat(repeat("k", 100)+"=1&", 200_000))},
		{"many parts", form, []byte(repeat(part(`name="files"; filename="a.txt"`, "a"), 100_000) + end)},
		{"parts that fit", form, []byte(repeat(part(`name="files"; filename="a.txt"`, repeat("a", 40<<10)), 190) + end)},
		{"many values", form, []byte(repeat(part(`name="title"`, repeat("a", 150<<10)), 190) + end)},
		{"a payload", form, []byte(part(`name="@jsonPayload"`, `{"title":"`+repeat("a", 30<<20)+`"}`) + end)},
		{"a long head of a part", form, []byte(part(`name="`+repeat("a", 20<<20)+`"`, "a") + end)},
	}
}

func manyKeys(n int) []byte {
	out := []byte("{")
	for i := range n {
		out = fmt.Appendf(out, `"k%d":%d,`, i, i)
	}
	return append(out, `"z":0}`...)
}

// bodies sends them, whole, to where a record is made.
func (r *bombing) bodies(ctx context.Context) (int64, error) {
	list := bodies()
	return r.atOnce(len(list)*r.Each, func(i int) error {
		b := list[i%len(list)]
		status, text, err := r.send(ctx, http.MethodPost, "/api/collections/bombs/records", b.kind, b.raw)
		if err != nil {
			return nil // refused before all of it was sent
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.Refused[fmt.Sprint(status)]++
		if status >= 500 && status != http.StatusServiceUnavailable || status < 300 && len(b.raw) > 20<<20 {
			r.Wrong = append(r.Wrong, fmt.Sprintf("%s: status %d %.100s", b.name, status, text))
		}
		return nil
	})
}
