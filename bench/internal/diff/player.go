package diff

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	_ "image/gif"  // formats of thumbs
	_ "image/jpeg" // the same
	_ "image/png"  // the same
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/holdall-dev/holdall/bench/internal/script"
)

// player sends steps to one server and remembers what they save.
type player struct {
	base   string
	tokens map[string]string // by who holds them
	saved  map[string]string

	streams map[string]*stream
	fences  int // written so far
}

func newPlayer(base string, w *World) *player {
	return &player{base: base, tokens: maps.Clone(w.Tokens), saved: maps.Clone(w.Saved), streams: map[string]*stream{}}
}

// answer is what a server said, decoded where it is JSON.
type answer struct {
	status int
	header map[string]string
	json   any // nil when the body is not JSON
	text   string
}

// compared are the headers that have to agree.
var compared = []string{
	"Content-Type", "X-Content-Type-Options", "X-Frame-Options", "Content-Disposition", "Content-Security-Policy",
	"Cache-Control", "Accept-Ranges", "Content-Range", "ETag",
}

func (p *player) play(ctx context.Context, s script.Step) (answer, error) {
	switch s.Method {
	case "OPEN", "READ", "CLOSE":
		return p.onStream(ctx, s)
	}
	req, err := p.request(ctx, s)
	if err != nil {
		return answer{}, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, fmt.Errorf("%s: %w", s.Name, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return answer{}, fmt.Errorf("%s: %w", s.Name, err)
	}
	a := decode(res, text)
	for _, save := range s.Save {
		if v, ok := member(a.json, save[1]); ok {
			p.saved[save[0]] = v
			if who, isToken := strings.CutPrefix(save[0], "token_"); isToken {
				p.tokens[who] = v
			}
		}
	}
	return a, nil
}

func (p *player) request(ctx context.Context, s script.Step) (*http.Request, error) {
	var body io.Reader
	if s.Type != "" {
		body = strings.NewReader(script.Fill(s.Body, p.saved))
	}
	req, err := http.NewRequestWithContext(ctx, s.Method, p.base+s.URL(p.saved), body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	if s.Type != "" {
		req.Header.Set("Content-Type", s.Type)
	}
	if t := p.tokens[s.As]; t != "" {
		req.Header.Set("Authorization", t)
	} else if s.As != "guest" {
		return nil, fmt.Errorf("%s: nobody is called %q", s.Name, s.As)
	}
	for _, h := range s.Header {
		req.Header.Set(h[0], script.Fill(h[1], p.saved))
	}
	return req, nil
}

func decode(res *http.Response, text []byte) answer {
	a := answer{status: res.StatusCode, header: map[string]string{}, text: string(text)}
	for _, name := range compared {
		a.header[name] = res.Header.Get(name)
	}
	if kind, _, err := mime.ParseMediaType(a.header["Content-Type"]); err == nil {
		a.header["Content-Type"] = kind
	}
	if strings.HasPrefix(a.header["Content-Type"], "image/") {
		a.text = picture(text)
		return a
	}
	if len(text) > 0 && json.Unmarshal(text, &a.json) != nil {
		a.json = nil
	}
	return a
}

// picture says what two pictures of the same content have in common, whoever encoded them.
func picture(raw []byte) string {
	c, format, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return string(raw)
	}
	return fmt.Sprintf("%s of %d x %d", format, c.Width, c.Height)
}

// member finds a dotted path in decoded JSON.
func member(v any, path string) (string, bool) {
	for _, part := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i >= len(x) {
				return "", false
			}
			v = x[i]
		default:
			return "", false
		}
	}
	s, ok := v.(string)
	return s, ok
}

// keys are the members of two objects, each once, in order.
func keys(a, b map[string]any) []string {
	return slices.Sorted(maps.Keys(func() map[string]any {
		all := maps.Clone(a)
		if all == nil {
			all = map[string]any{}
		}
		maps.Copy(all, b)
		return all
	}()))
}
