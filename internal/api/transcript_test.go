package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A transcript is a conversation over the wire as text:
//
//	# Why this is so.
//	as guest                                      | as super | as {token}
//	GET /api/collections/posts/records?page=1
//	X-Header: value
//	{"a":"body"}
//	200 {"items":[{"id":"{first}", …}, …], …}
//	> Response-Header: value
//	wait 5s
//
// In an answer … stands for whatever else there is, and "{name}" for a value that is remembered when it is
// new and must be the same when it is not; so it is in its headers. In requests {name} is what was remembered.
type transcript struct {
	t     *testing.T
	app   http.Handler
	clock *clock
	as    string
	known map[string]string
	sent  func(method, path string)
}

// clock is a time that moves only when it is told to.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) wait(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// exchange is one request and the answer it must get.
type exchange struct {
	line           int
	method, target string
	header         http.Header
	body           string
	status         int
	answer         string
	answerHeader   http.Header
}

var (
	requestLine = regexp.MustCompile(`^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) ([/{]\S*)$`)
	statusLine  = regexp.MustCompile(`^(\d{3})(?: (.*))?$`)
	headerLine  = regexp.MustCompile(`^([A-Za-z-]+): (.*)$`)
	placeholder = regexp.MustCompile(`\{(\w+)\}`)
)

func (tr *transcript) play(text string) {
	var x *exchange
	flush := func() {
		if x != nil {
			tr.run(x)
			x = nil
		}
	}
	for i, line := range strings.Split(text, "\n") {
		switch m := requestLine.FindStringSubmatch(line); {
		case line == "" && x != nil && x.body != "" && x.status == 0: // of a form
			x.body += "\r\n"
		case strings.HasPrefix(line, "#"), line == "":
			flush()
		case strings.HasPrefix(line, "as "):
			flush()
			tr.as = strings.TrimPrefix(line, "as ")
		case strings.HasPrefix(line, "wait "):
			flush()
			d, err := time.ParseDuration(strings.TrimPrefix(line, "wait "))
			if err != nil {
				tr.t.Fatalf("line %d: %v", i+1, err)
			}
			tr.clock.wait(d)
		case m != nil:
			flush()
			x = &exchange{line: i + 1, method: m[1], target: m[2], header: http.Header{}, answerHeader: http.Header{}}
		case x == nil:
			tr.t.Fatalf("line %d: nothing to add %q to", i+1, line)
		default:
			x.add(line)
		}
	}
	flush()
}

func (x *exchange) add(line string) {
	if m := statusLine.FindStringSubmatch(line); m != nil && x.status == 0 {
		x.status, _ = strconv.Atoi(m[1])
		x.answer = m[2]
		return
	}
	rest, isAnswer := strings.CutPrefix(line, "> ")
	if m := headerLine.FindStringSubmatch(rest); m != nil && isAnswer == (x.status != 0) && (isAnswer || x.body == "") {
		if isAnswer {
			x.answerHeader.Add(m[1], m[2])
		} else {
			x.header.Set(m[1], m[2])
		}
		return
	}
	if x.status != 0 {
		x.answer += line
		return
	}
	x.body += line + "\r\n"
}

func (tr *transcript) run(x *exchange) {
	tr.t.Helper()
	target := tr.fill(x.target)
	r := httptest.NewRequest(x.method, target, strings.NewReader(strings.TrimSuffix(tr.fill(x.body), "\r\n")))
	r.RemoteAddr = "192.0.2.7:4000"
	if x.body == "" {
		r.Body, r.ContentLength = http.NoBody, 0
	} else {
		r.Header.Set("Content-Type", "application/json")
	}
	switch tr.as {
	case "guest":
	case "super":
		r.Header.Set("Authorization", tr.known["super"])
	default:
		r.Header.Set("Authorization", tr.fill(tr.as))
	}
	for name, values := range x.header {
		r.Header.Set(name, tr.fill(values[0]))
	}
	tr.sent(x.method, r.URL.Path)
	w := httptest.NewRecorder()
	tr.app.ServeHTTP(w, r)
	if diff := tr.compare(x, w); diff != "" {
		tr.t.Errorf("line %d: %s %s (as %s): %s\n got %d %s", x.line, x.method, target, tr.as, diff, w.Code, w.Body)
	}
}

func (tr *transcript) compare(x *exchange, w *httptest.ResponseRecorder) string {
	if w.Code != x.status {
		return fmt.Sprintf("want status %d", x.status)
	}
	for name, values := range x.answerHeader {
		for _, v := range values {
			if diff := tr.matchText("header "+name, v, strings.Join(w.Header().Values(name), ", ")); diff != "" {
				return diff
			}
		}
	}
	if x.answer == "…" {
		return ""
	}
	if x.answer == "" {
		if w.Body.Len() > 0 {
			return "want no body"
		}
		return ""
	}
	var got, want any
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		return err.Error()
	}
	if err := json.Unmarshal(elided(x.answer), &want); err != nil {
		tr.t.Fatalf("line %d: the wanted answer is no JSON: %v", x.line, err)
	}
	return tr.match("", want, got)
}

// fill puts remembered values in.
func (tr *transcript) fill(s string) string {
	return placeholder.ReplaceAllStringFunc(s, func(m string) string {
		if v, ok := tr.known[m[1:len(m)-1]]; ok {
			return v
		}
		return m
	})
}

// match says where got is not what want describes, or "".
func (tr *transcript) match(at string, want, got any) string {
	switch w := want.(type) {
	case string:
		return tr.matchText(at, w, got)
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return fmt.Sprintf("%s is no object", at)
		}
		return tr.matchObject(at, w, g)
	case []any:
		g, ok := got.([]any)
		if !ok {
			return fmt.Sprintf("%s is no array", at)
		}
		return tr.matchArray(at, w, g)
	}
	if !reflect.DeepEqual(want, got) {
		return fmt.Sprintf("%s is %v, want %v", at, got, want)
	}
	return ""
}

func (tr *transcript) matchText(at, want string, got any) string {
	if want == "…" {
		return ""
	}
	text, ok := got.(string)
	if start, open := strings.CutSuffix(want, "…"); open && ok && strings.HasPrefix(text, start) {
		return ""
	}
	if m := placeholder.FindString(want); m != "" && m == want && ok {
		name := m[1 : len(m)-1]
		if tr.known[name] == "" {
			tr.known[name] = text
		}
		want = tr.known[name]
	}
	if !ok || text != want {
		return fmt.Sprintf("%s is %#v, want %q", at, got, want)
	}
	return ""
}

func (tr *transcript) matchObject(at string, want, got map[string]any) string {
	_, open := want["…"]
	got = maps.Clone(got)
	for k, w := range want {
		if k == "…" {
			continue
		}
		g, ok := got[k]
		if !ok {
			return fmt.Sprintf("%s.%s is missing", at, k)
		}
		if diff := tr.match(at+"."+k, w, g); diff != "" {
			return diff
		}
		delete(got, k)
	}
	if len(got) > 0 && !open {
		return fmt.Sprintf("%s has more: %v", at, got)
	}
	return ""
}

func (tr *transcript) matchArray(at string, want, got []any) string {
	open := len(want) > 0 && want[len(want)-1] == "…"
	if open {
		want = want[:len(want)-1]
	}
	if len(got) < len(want) || len(got) > len(want) && !open {
		return fmt.Sprintf("%s has %d items, want %d", at, len(got), len(want))
	}
	for i, w := range want {
		if diff := tr.match(fmt.Sprintf("%s[%d]", at, i), w, got[i]); diff != "" {
			return diff
		}
	}
	return ""
}

// elided turns every … outside of a text into JSON that says the same.
func elided(s string) []byte {
	var out bytes.Buffer
	var nest []rune
	last, quoted := ' ', false
	for _, r := range s {
		switch {
		case r == '"' && last != '\\':
			quoted = !quoted
			out.WriteRune(r)
		case quoted:
			out.WriteRune(r)
		case r == '…' && last != ':' && len(nest) > 0 && nest[len(nest)-1] == '{':
			out.WriteString(`"…":"…"`)
		case r == '…':
			out.WriteString(`"…"`)
		default:
			if r == '{' || r == '[' {
				nest = append(nest, r)
			}
			if r == '}' || r == ']' {
				nest = nest[:max(len(nest)-1, 0)]
			}
			out.WriteRune(r)
		}
		if r != ' ' {
			last = r
		}
	}
	return out.Bytes()
}
