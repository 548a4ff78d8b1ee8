package docs_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall"
	"github.com/holdall-dev/holdall/field"
)

// TestFieldPages runs the examples of every field type's page, each on a fresh server.
func TestFieldPages(t *testing.T) {
	t.Parallel()
	for _, typ := range field.Types {
		t.Run(typ.Name, func(t *testing.T) {
			t.Parallel()
			page, err := os.ReadFile(filepath.Join("reference/fields", typ.Name+".md"))
			if err != nil {
				t.Fatal(err)
			}
			steps := read(t, string(page))
			if len(steps) < 2 {
				t.Fatalf("%d requests in the page", len(steps))
			}
			s := open(t)
			for _, step := range steps {
				s.play(t, step)
			}
		})
	}
}

// TestPages runs the examples of the pages that have some.
func TestPages(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"rules.md", "phone.md"} {
		page, err := os.ReadFile(filepath.Join("reference", name))
		if err != nil {
			t.Fatal(err)
		}
		s := open(t)
		for _, step := range read(t, string(page)) {
			s.play(t, step)
		}
	}
}

// TestLinks follows every link between the pages.
func TestLinks(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)#]+)(#[^)]*)?\)`)
	pages, err := filepath.Glob("../*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"*.md", "*/*.md", "*/*/*.md"} {
		more, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, more...)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", page, m[1])
			}
		}
	}
}

// step is one curl command and what its answer must contain.
type step struct {
	line                string
	method, path, query string
	body, contentType   string
	token               bool
	status              int
	want                string
}

var (
	fence   = regexp.MustCompile("(?s)```sh\n(.*?)```")
	address = regexp.MustCompile(`"?\$API(/[^\s"?]+)(?:\?([^\s"]+))?"?`)
	piped   = regexp.MustCompile(`^printf '([^']*)' \| `)
	part    = regexp.MustCompile(`-F '([^=']+)=(?:@-;filename=)?([^']*)'`)
	quoted  = regexp.MustCompile(`--(json|data-urlencode) '([^']*)'`)
	answer  = regexp.MustCompile(`^# (\d+) (.+)$`)
)

func read(t *testing.T, page string) (steps []step) {
	t.Helper()
	for _, block := range fence.FindAllStringSubmatch(page, -1) {
		for line := range strings.Lines(block[1]) {
			line = strings.TrimSpace(line)
			if m := answer.FindStringSubmatch(line); m != nil && len(steps) > 0 {
				steps[len(steps)-1].status, _ = strconv.Atoi(m[1])
				steps[len(steps)-1].want = m[2]
				continue
			}
			if !strings.HasPrefix(piped.ReplaceAllString(line, ""), "curl ") {
				t.Fatalf("neither a request nor an answer: %s", line)
			}
			steps = append(steps, curl(t, line))
		}
	}
	return steps
}

func curl(t *testing.T, line string) step {
	t.Helper()
	s := step{line: line, method: "GET", contentType: "application/json", status: 200, want: "{}", token: strings.Contains(line, "$TOKEN")}
	m := address.FindStringSubmatch(line)
	if m == nil {
		t.Fatalf("no address in %s", line)
	}
	s.path, s.query = m[1], m[2]
	if q := quoted.FindStringSubmatch(line); q != nil && q[1] == "json" {
		s.method, s.body = "POST", q[2]
	} else if q != nil {
		name, value, _ := strings.Cut(q[2], "=")
		s.query = url.Values{name: {value}}.Encode()
	}
	if stdin := piped.FindStringSubmatch(line); stdin != nil {
		s.method = "POST"
		s.body, s.contentType = form(t, line, stdin[1])
	}
	if strings.Contains(line, "-X PATCH") {
		s.method = "PATCH"
	}
	return s
}

// form is the multipart body of a command's -F options; a file's content is what is piped into it.
func form(t *testing.T, line, stdin string) (text, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, m := range part.FindAllStringSubmatch(line, -1) {
		if !strings.Contains(m[0], "@-") {
			if err := w.WriteField(m[1], m[2]); err != nil {
				t.Fatal(err)
			}
			continue
		}
		f, err := w.CreateFormFile(m[1], m[2])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(stdin)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

type server struct {
	url, token string
}

func open(t *testing.T) *server {
	t.Helper()
	app, err := holdall.Open(t.Context(), holdall.Options{Dir: t.TempDir(), RelaxedSync: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(app.Handler())
	t.Cleanup(func() {
		h.Close()
		if err := app.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := app.CreateSuperuser(t.Context(), "you@example.com", "a long password"); err != nil {
		t.Fatal(err)
	}
	s := &server{url: h.URL}
	_, got := s.send(t, step{
		method: "POST", contentType: "application/json", path: "/collections/_superusers/auth-with-password",
		body: `{"identity":"you@example.com","password":"a long password"}`,
	})
	s.token, _ = got.(map[string]any)["token"].(string)
	return s
}

func (s *server) send(t *testing.T, st step) (int, any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), st.method, s.url+"/api"+st.path+"?"+st.query, strings.NewReader(st.body))
	if err != nil {
		t.Fatal(err)
	}
	if st.body != "" {
		r.Header.Set("Content-Type", st.contentType)
	}
	if st.token {
		r.Header.Set("Authorization", s.token)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var raw bytes.Buffer
	if _, err := raw.ReadFrom(resp.Body); err != nil {
		t.Fatal(err)
	}
	var got any
	if err := json.Unmarshal(raw.Bytes(), &got); err != nil {
		t.Fatalf("%s\nanswered %d %s", st.line, resp.StatusCode, raw.String())
	}
	return resp.StatusCode, got
}

func (s *server) play(t *testing.T, st step) {
	t.Helper()
	status, got := s.send(t, st)
	var want any
	if err := json.Unmarshal([]byte(st.want), &want); err != nil {
		t.Fatalf("%s\nexpects what is no JSON: %s", st.line, st.want)
	}
	if missing := lacks("", got, want); status != st.status || missing != "" {
		raw, _ := json.Marshal(got)
		t.Errorf("%s\nanswered %d %s\nexpected %d %s\n%s", st.line, status, raw, st.status, st.want, missing)
	}
}

// lacks says what of want is not in got: objects may have more keys than expected, and … in a text stands
// for anything.
func lacks(at string, got, want any) string {
	object, ok := want.(map[string]any)
	if !ok {
		like := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(fmt.Sprint(want)), "…", ".+") + "$")
		if !like.MatchString(fmt.Sprint(got)) {
			return fmt.Sprintf("%s is %v", at, got)
		}
		return ""
	}
	have, _ := got.(map[string]any)
	for name, w := range object {
		if s := lacks(at+"."+name, have[name], w); s != "" {
			return s
		}
	}
	return ""
}
