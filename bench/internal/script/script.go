// Package script reads lists of requests written as text.
//
// Steps are separated by empty lines:
//
//	# a comment names the steps that follow
//	as ann                                     who asks, from here on
//	GET /api/collections/posts/records
//	? filter = n > 3 && title ~ 'a'            a query value, not encoded
//	> X-Custom = yes                           a header
//
//	POST /api/collections/posts/records
//	{"id": "{p1}", "title": "a"}               a JSON body, over several lines if wanted
//	save first = id                            keep a member of the answer as {first}
//
//	POST /api/collections/files/records
//	form title = a                             multipart instead
//	file doc = a.txt: what it holds
//
//	body text/plain: anything                  a body of any type
//
//	filter posts: title = 'P1'                 one line: list as {everything}, sorted by id
//	sort posts: -n,title                       one line: list in this order
//
//	OPEN /one                                  open an event stream; {one} is its connection
//
//	READ /one                                  all that has come since; it has to listen to fence/*
//
//	CLOSE /one
//
// {name} is a value that was saved, or else the name filled up with zeros to a record id.
package script

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime/multipart"
	"net/url"
	"regexp"
	"strings"
)

// Step is one request.
type Step struct {
	Name   string // file:line and the comment above
	As     string // "guest", or who holds a token
	Method string
	Path   string // without a query
	Query  [][2]string
	Header [][2]string
	Type   string // of the body
	Body   string
	Save   [][2]string // name, dotted path in the answer

	form *multipart.Writer
	buf  *bytes.Buffer
}

// Parse reads the steps of a text; file names it in errors and step names.
func Parse(file, text string) ([]Step, error) {
	p := &parser{file: file, as: "guest"}
	for i, line := range strings.Split(text, "\n") {
		p.line = i + 1
		if err := p.read(line); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, p.line, err)
		}
	}
	p.end()
	return p.steps, nil
}

type parser struct {
	file    string
	line    int
	as      string
	comment string
	step    *Step
	inBody  bool
	steps   []Step
}

func (p *parser) read(line string) error {
	trimmed := strings.TrimSpace(line)
	switch {
	case p.inBody && trimmed != "" && !strings.HasPrefix(trimmed, "save "):
		p.step.Body += "\n" + line
		return nil
	case trimmed == "":
		p.end()
		return nil
	case strings.HasPrefix(trimmed, "# "):
		p.end()
		p.comment = trimmed[2:]
		return nil
	case strings.HasPrefix(trimmed, "as "):
		p.end()
		p.as = strings.TrimSpace(trimmed[3:])
		return nil
	case p.step == nil:
		return p.begin(trimmed)
	}
	return p.detail(trimmed)
}

// begin reads the first line of a step.
func (p *parser) begin(line string) error {
	p.step = &Step{Name: fmt.Sprintf("%s:%d %s", p.file, p.line, p.comment), As: p.as, Method: "GET"}
	for _, kind := range []string{"filter", "sort"} {
		collection, value, ok := strings.Cut(strings.TrimPrefix(line, kind+" "), ": ")
		if !strings.HasPrefix(line, kind+" ") || !ok {
			continue
		}
		p.step.Path = "/api/collections/" + collection + "/records"
		p.step.Query = [][2]string{{kind, value}, {"fields", "*"}}
		if kind == "filter" {
			p.step.Query = append(p.step.Query, [2]string{"sort", "id"})
		}
		p.end()
		return nil
	}
	method, path, ok := strings.Cut(line, " ")
	if !ok || !strings.HasPrefix(path, "/") {
		return fmt.Errorf("neither a request nor part of one: %s", line)
	}
	p.step.Method, p.step.Path = method, path
	return nil
}

func (p *parser) detail(line string) error {
	if line[0] == '{' || line[0] == '[' {
		p.step.Type, p.step.Body, p.inBody = "application/json", line, true
		return nil
	}
	word, rest, _ := strings.Cut(line, " ")
	name, value, ok := strings.Cut(rest, " = ")
	if !ok && strings.HasSuffix(rest, " =") {
		name, ok = strings.TrimSuffix(rest, " ="), true
	}
	switch {
	case word == "body":
		kind, text, _ := strings.Cut(rest, ": ")
		p.step.Type, p.step.Body = kind, text
		return nil
	case !ok:
		return fmt.Errorf("not understood: %s", line)
	case word == "?":
		p.step.Query = append(p.step.Query, [2]string{name, value})
	case word == ">":
		p.step.Header = append(p.step.Header, [2]string{name, value})
	case word == "save":
		p.inBody = false
		p.step.Save = append(p.step.Save, [2]string{name, value})
	case word == "form":
		return p.step.multipart().WriteField(name, value)
	case word == "file":
		file, text, _ := strings.Cut(value, ": ")
		w, err := p.step.multipart().CreateFormFile(name, file)
		if err != nil {
			return err
		}
		content, err := fileContent(text)
		if err != nil {
			return err
		}
		_, err = w.Write(content)
		return err
	default:
		return fmt.Errorf("not understood: %s", line)
	}
	return nil
}

// fileContent is a text with \n for line ends, or base64 behind "base64:".
func fileContent(text string) ([]byte, error) {
	if raw, ok := strings.CutPrefix(text, "base64:"); ok {
		return base64.StdEncoding.DecodeString(raw)
	}
	return []byte(strings.ReplaceAll(text, `\n`, "\n")), nil
}

func (s *Step) multipart() *multipart.Writer {
	if s.form == nil {
		s.buf = &bytes.Buffer{}
		s.form = multipart.NewWriter(s.buf)
		_ = s.form.SetBoundary("a-boundary-that-is-in-no-value")
		s.Type = s.form.FormDataContentType()
	}
	return s.form
}

func (p *parser) end() {
	if p.step == nil {
		return
	}
	if p.step.form != nil {
		_ = p.step.form.Close()
		p.step.Body = p.step.buf.String()
	}
	p.steps = append(p.steps, *p.step)
	p.step, p.inBody = nil, false
}

var variable = regexp.MustCompile(`\{[a-z][a-zA-Z0-9_]*\}`)

// Fill replaces {names} by what was saved, and the others by ids made of the name.
func Fill(text string, saved map[string]string) string {
	return variable.ReplaceAllStringFunc(text, func(m string) string {
		name := m[1 : len(m)-1]
		if v, ok := saved[name]; ok {
			return v
		}
		return ID(name)
	})
}

// ID makes a record id of a short name.
func ID(name string) string {
	name = strings.ToLower(strings.ReplaceAll(name, "_", ""))
	return name + strings.Repeat("0", max(0, 15-len(name)))
}

// URL is the step's path and query, with variables filled in.
func (s Step) URL(saved map[string]string) string {
	u := Fill(s.Path, saved)
	for i, q := range s.Query {
		u += map[bool]string{true: "?", false: "&"}[i == 0]
		u += url.QueryEscape(q[0]) + "=" + url.QueryEscape(Fill(q[1], saved))
	}
	return u
}
