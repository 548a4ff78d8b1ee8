package diff

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"time"
)

// comparer looks for differences that mean something. What two servers choose for themselves (new ids, the
// time, tokens, random parts of names) may differ, but has to differ in the same way everywhere.
type comparer struct {
	pairs map[string]string // what the first server calls a thing → what the second does
	back  map[string]string
	now   func() time.Time
}

func newComparer() *comparer {
	return &comparer{map[string]string{}, map[string]string{}, time.Now}
}

// Difference is one place where two answers disagree.
type Difference struct {
	Step string // of the script
	Path string // "status", "header.X", or the place in the body
	Want string
	Got  string
}

func (d Difference) String() string {
	return fmt.Sprintf("%s\n    %s: want %s\n    %s  got %s", d.Step, d.Path, short(d.Want), strings.Repeat(" ", len(d.Path)), short(d.Got))
}

func short(s string) string {
	if len(s) > 400 {
		return s[:400] + "…"
	}
	return s
}

// answers compares all that two servers said.
func (c *comparer) answers(step string, want, got answer) (all []Difference) {
	add := func(path string, w, g any) {
		all = append(all, Difference{step, path, text(w), text(g)})
	}
	if want.status != got.status {
		add("status", fmt.Sprint(want.status, " ", want.text), fmt.Sprint(got.status, " ", got.text))
		return all
	}
	for name := range want.header {
		if !c.same(want.header[name], got.header[name]) {
			add("header."+name, want.header[name], got.header[name])
		}
	}
	if want.json == nil && got.json == nil {
		if want.text != got.text && !isNull(want.text, got.text) {
			add("body", want.text, got.text)
		}
		return all
	}
	c.value("body", want.json, got.json, add)
	return all
}

func isNull(a, b string) bool { return strings.TrimSpace(a) == strings.TrimSpace(b) }

func (c *comparer) value(path string, want, got any, add func(string, any, any)) {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			add(path, want, got)
			return
		}
		c.object(path, w, g, add)
	case []any:
		g, ok := got.([]any)
		if !ok || len(w) != len(g) {
			add(path, want, got)
			return
		}
		for i := range w {
			c.value(fmt.Sprintf("%s.%d", path, i), w[i], g[i], add)
		}
	case string:
		if g, ok := got.(string); !ok || !c.same(w, g) {
			add(path, want, got)
		}
	default:
		if !reflect.DeepEqual(want, got) {
			add(path, want, got)
		}
	}
}

func (c *comparer) object(path string, want, got map[string]any, add func(string, any, any)) {
	for _, k := range keys(want, got) {
		w, inWant := want[k]
		g, inGot := got[k]
		switch {
		case !inWant:
			add(path+"."+k, "(absent)", g)
		case !inGot:
			add(path+"."+k, w, "(absent)")
		default:
			c.value(path+"."+k, w, g, add)
		}
	}
}

var (
	stamp    = regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z$`)
	jwt      = regexp.MustCompile(`^[\w-]+\.[\w-]+\.[\w-]+$`)
	random   = regexp.MustCompile(`[a-z0-9]{15}|_clone_\w{4}|temp_view_\w{5}|pbc_\d+|AB-\d{4}|^[a-z][a-z0-9]{10}_[a-zA-Z0-9]{10}|_[a-zA-Z0-9]{10}`)
	verifier = regexp.MustCompile(`^[\w-]{30}$|^[\w-]{43}$`)
)

// same reports whether two texts are equal but for what a server may choose.
func (c *comparer) same(want, got string) bool {
	if want == got {
		return true
	}
	if stamp.MatchString(want) && stamp.MatchString(got) {
		return c.recent(want) && c.recent(got)
	}
	if jwt.MatchString(want) && jwt.MatchString(got) {
		return c.sameToken(want, got)
	}
	if verifier.MatchString(want) && verifier.MatchString(got) {
		return len(want) == len(got)
	}
	return c.sameButRandom(want, got)
}

func (c *comparer) recent(s string) bool {
	t, err := time.Parse("2006-01-02 15:04:05.000Z", s)
	return err == nil && c.now().Sub(t).Abs() < time.Hour
}

// sameToken compares claims; expiry may differ by the time between two requests.
func (c *comparer) sameToken(want, got string) bool {
	w, g := claims(want), claims(got)
	if w == nil || g == nil {
		return false
	}
	we, _ := w["exp"].(float64)
	ge, _ := g["exp"].(float64)
	delete(w, "exp")
	delete(g, "exp")
	equal := true
	c.object("", w, g, func(string, any, any) { equal = false })
	return equal && max(we-ge, ge-we) < 600
}

func claims(token string) (m map[string]any) {
	text, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil || json.Unmarshal(text, &m) != nil {
		return nil
	}
	return m
}

// sameButRandom lets ids and random parts of names differ, one for one.
func (c *comparer) sameButRandom(want, got string) bool {
	if random.ReplaceAllString(want, "\x00") != random.ReplaceAllString(got, "\x00") {
		return false
	}
	ws, gs := random.FindAllString(want, -1), random.FindAllString(got, -1)
	for i := range ws {
		if p, ok := c.pairs[ws[i]]; ok && p != gs[i] {
			return false
		}
		if p, ok := c.back[gs[i]]; ok && p != ws[i] {
			return false
		}
		c.pairs[ws[i]], c.back[gs[i]] = gs[i], ws[i]
	}
	return true
}

func text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}
