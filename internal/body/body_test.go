package body_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/body"
)

func request(contentType, text string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(text))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	return r
}

const (
	jsonType = "application/json"
	formType = "application/x-www-form-urlencoded"
)

func TestReadValues(t *testing.T) {
	t.Parallel()
	type m = map[string]any
	for _, c := range []struct {
		kind, text string
		want       m
	}{
		{"", "", nil},
		{jsonType, "", nil},
		{jsonType, " \n", nil},
		{jsonType, "null", nil},
		{jsonType, "null trailing", nil},
		{jsonType, "{}", m{}},
		{"Application/JSON; charset=utf-8", `{"a":1}`, m{"a": 1.0}},
		{jsonType, `{"a":1} {"a":2} rubbish`, m{"a": 1.0}},
		{jsonType, ` { "a" : [ 1 , "x" , null , true , false , { } , [ ] ] } `, m{"a": []any{1.0, "x", nil, true, false, m{}, []any{}}}},
		{jsonType, `{"n":-0.5e+3,"z":0,"i":12345678901234567890}`, m{"n": -500.0, "z": 0.0, "i": 12345678901234567890.0}},
		{jsonType, `{"s":"a\"\\\/\b\f\n\r\té\u00e9\ud83d\ude00\ud83d!"}`, m{"s": "a\"\\/\b\f\n\r\téé😀\ufffd!"}},
		{jsonType, "{\"s\":\"\xff\"}", m{"s": "\ufffd"}},
		{jsonType, `{"a":1,"A":2}`, m{"a": 1.0, "A": 2.0}},
		{jsonType, `{"007":"007"}`, m{"007": "007"}},
		{formType, "", nil},
		{formType, "a=1&b=x+y&c=true&d=false&e=", m{"a": 1.0, "b": "x y", "c": true, "d": false, "e": ""}},
		{formType, "a=1&a=x&&a=true", m{"a": []any{1.0, "x", true}}},
		{formType, "n=-1.5&o=007&p=1.0&q=1e3&r=.5&s=-&t=1.2.3&u=%2B1&v=TRUE&w=null&x=5.", m{
			"n": -1.5, "o": "007", "p": "1.0", "q": "1e3", "r": ".5", "s": "-", "t": "1.2.3", "u": "+1", "v": "TRUE", "w": "null", "x": "5."}},
		{formType, "tags%2B=a", m{"tags+": "a"}},
		{formType, `a=1&b=2&@jsonPayload={"a":"1","c":[1]}&@jsonPayload={"c":null}`, m{"a": "1", "b": 2.0, "c": nil}},
	} {
		b, err := body.Read(request(c.kind, c.text), 1<<20, nil)
		if err != nil || len(b.Data) != len(c.want) || len(c.want) > 0 && !reflect.DeepEqual(b.Data, c.want) {
			t.Errorf("%s %q = %#v, %v; want %#v", c.kind, c.text, b.Data, err, c.want)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kind, text string }{
		{jsonType, `[]`}, {jsonType, `1`}, {jsonType, `"a"`}, {jsonType, `true`}, {jsonType, `nul`},
		{jsonType, `{`}, {jsonType, `{"a"}`}, {jsonType, `{"a":}`}, {jsonType, `{"a":1,}`}, {jsonType, `{a:1}`},
		{jsonType, `{"a":1 "b":2}`}, {jsonType, `{"a":[1,]}`}, {jsonType, `{"a":[1 2]}`}, {jsonType, `{"a":01}`},
		{jsonType, `{"a":1.}`}, {jsonType, `{"a":.5}`}, {jsonType, `{"a":+1}`}, {jsonType, `{"a":1e}`}, {jsonType, `{"a":1e999}`},
		{jsonType, `{"a":"\x"}`}, {jsonType, `{"a":"\u12"}`}, {jsonType, "{\"a\":\"\n\"}"}, {jsonType, `{"a":"`}, {jsonType, `{"a":"\`},
		{jsonType, "\x00{}"},
		{jsonType, `{"a":1,"a":2}`}, {jsonType, `{"o":{"x":1,"\u0078":2}}`},
		{jsonType, `{"a":` + strings.Repeat("[", body.MaxDepth) + strings.Repeat("]", body.MaxDepth) + `}`},
		{jsonType, manyKeys(body.MaxKeys + 1)},
		{formType, "a=%zz"}, {formType, "%zz=1"}, {formType, `@jsonPayload=[1]`}, {formType, `@jsonPayload={`},
		{formType, strings.Repeat("a=1&", body.MaxKeys+1)},
		{"multipart/form-data", "x"}, {"multipart/form-data; boundary=x", "no parts"},
		{"text/plain", "x"}, {"text/xml", "<a/>"}, {"application/xml", "<a/>"}, {"", "x"},
	} {
		b, err := body.Read(request(c.kind, c.text), 8<<20, nil)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s %.40q = %v, %v; want an Invalid fault", c.kind, c.text, b.Data, err)
		}
	}
}

func TestReadBoundsAreReachable(t *testing.T) {
	t.Parallel()
	deep := `{"a":` + strings.Repeat("[", body.MaxDepth-1) + strings.Repeat("]", body.MaxDepth-1) + `}`
	for _, text := range []string{deep, manyKeys(body.MaxKeys)} {
		if _, err := body.Read(request(jsonType, text), 8<<20, nil); err != nil {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"k%d":0`, i)
	}
	return "{" + b.String()[1:] + "}"
}

func TestUnsupportedTypeHasItsWords(t *testing.T) {
	t.Parallel()
	_, err := body.Read(request("text/plain", "x"), 10, nil)
	if f, ok := fault.Of(err); !ok || f.Msg != "Unsupported Content-Type." {
		t.Errorf("got %v", err)
	}
}

func TestAnUnknownTypeWithoutBodyIsEmpty(t *testing.T) {
	t.Parallel()
	r := request("text/plain", "")
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader("")), -1
	if b, err := body.Read(r, 10, nil); err != nil || len(b.Data) != 0 {
		t.Errorf("got %v, %v", b, err)
	}
}

func TestReadKeepsItsLimit(t *testing.T) {
	t.Parallel()
	const text = `{"a":"0123456789"}`
	for _, announced := range []bool{true, false} {
		for limit, want := range map[int64]bool{int64(len(text)): true, int64(len(text)) - 1: false, 0: false} {
			r := request(jsonType, text)
			if !announced {
				r.ContentLength = -1
			}
			_, err := body.Read(r, limit, nil)
			if ok := err == nil; ok != want || !ok && !fault.Is(err, fault.TooLarge) {
				t.Errorf("announced %v, limit %d: %v", announced, limit, err)
			}
		}
	}
}

func TestReadLimitsForms(t *testing.T) {
	t.Parallel()
	r := multipartRequest(t, func(w *multipart.Writer) { file(t, w, "f", "f.bin", make([]byte, 3<<20)) })
	r.ContentLength = -1
	if _, err := body.Read(r, 2<<20, nil); !fault.Is(err, fault.TooLarge) {
		t.Errorf("multipart: %v", err)
	}
	r = request(formType, strings.Repeat("a=1&", 100))
	r.ContentLength = -1
	if _, err := body.Read(r, 100, nil); !fault.Is(err, fault.TooLarge) {
		t.Errorf("form: %v", err)
	}
}

func multipartRequest(t *testing.T, fill func(*multipart.Writer)) *http.Request {
	t.Helper()
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	fill(w)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return request(w.FormDataContentType(), buf.String())
}

func file(t *testing.T, w *multipart.Writer, key, name string, content []byte) {
	t.Helper()
	part, err := w.CreateFormFile(key, name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		t.Fatal(err)
	}
}

func TestMultipart(t *testing.T) {
	t.Parallel()
	small, large := []byte("hello"), bytes.Repeat([]byte("0123456789"), 150_000)
	r := multipartRequest(t, func(w *multipart.Writer) {
		_ = w.WriteField("title", "5")
		_ = w.WriteField("docs", "kept.txt")
		file(t, w, "docs", "a.txt", small)
		file(t, w, "docs", "b.bin", large)
		file(t, w, "+more", "c.bin", append(large, 'x'))
		file(t, w, "none", "empty.txt", nil)
		_ = w.WriteField("@jsonPayload", `{"title":"5","tags":["a"]}`)
		_ = w.WriteField("@jsonPayload", `{"meta":null,"tags":["b"]}`)
	})
	b, err := body.Read(r, 10<<20, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"title": "5", "docs": "kept.txt", "tags": []any{"b"}, "meta": nil}
	if !reflect.DeepEqual(b.Data, want) {
		t.Errorf("values = %#v; want %#v", b.Data, want)
	}
	for key, list := range map[string][][]byte{"docs": {small, large}, "+more": {append(large, 'x')}, "none": {nil}} {
		if len(b.Files[key]) != len(list) {
			t.Fatalf("%s: %d files, want %d", key, len(b.Files[key]), len(list))
		}
		for i, content := range list {
			up := b.Files[key][i]
			for range 2 { // an upload can be read more than once
				rc, err := up.Open()
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(rc)
				if err != nil || !bytes.Equal(got, content) || up.Size != int64(len(content)) {
					t.Errorf("%s %s: %d of %d bytes, size %d, %v", key, up.Name, len(got), len(content), up.Size, err)
				}
				_ = rc.Close()
			}
		}
	}
	if got := b.Files["docs"][1].Name; got != "b.bin" {
		t.Errorf("name = %q", got)
	}
	if err := errors.Join(b.Close(), b.Close()); err != nil {
		t.Errorf("close: %v", err)
	}
	if rc, err := b.Files["docs"][1].Open(); err == nil {
		if _, err := io.ReadAll(rc); err == nil {
			t.Error("a spooled file can be read after Close")
		}
	}
}

func TestMultipartCountsItsParts(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]bool{body.MaxParts: true, body.MaxParts + 1: false} {
		r := multipartRequest(t, func(w *multipart.Writer) {
			for range n {
				_ = w.WriteField("a", "1")
			}
		})
		b, err := body.Read(r, 1<<20, nil)
		if ok := err == nil; ok != want {
			t.Errorf("%d parts: %v", n, err)
		}
		_ = b.Close()
	}
}

func TestMultipartCutOffIsInvalid(t *testing.T) {
	t.Parallel()
	r := multipartRequest(t, func(w *multipart.Writer) { file(t, w, "f", "f", []byte("0123456789")) })
	all, _ := io.ReadAll(r.Body)
	for _, n := range []int{10, len(all) - 30, len(all) - 10} {
		if _, err := body.Read(request(r.Header.Get("Content-Type"), string(all[:n])), 1<<20, nil); !fault.Is(err, fault.Invalid) {
			t.Errorf("%d of %d bytes: %v", n, len(all), err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "null", "{}", `{"a":[1,-2.5e3,"\u00e9\ud83d\ude00",{"b":null}]}`, `{"a":1,"a":2}`, `{"a`} {
		f.Add([]byte(s))
	}
	f.Fuzz(checkAgainstStandard)
}

func FuzzMultipart(f *testing.F) {
	f.Add([]byte("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--\r\n"))
	f.Add([]byte("--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"../f\"\r\n\r\n1\r\n--x--\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := body.Read(request("multipart/form-data; boundary=x", string(raw)), 1<<20, nil)
		if err != nil {
			if _, ok := fault.Of(err); !ok {
				t.Errorf("an error without a fault: %v", err)
			}
			return
		}
		for _, list := range b.Files {
			for _, up := range list {
				if strings.ContainsAny(up.Name, "/") {
					t.Errorf("a name with a path: %q", up.Name)
				}
			}
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
}

func BenchmarkReadSmallJSON(b *testing.B) {
	const text = `{"title":"A note about something","count":5,"done":true,"tags":["aaaaaaaaaaaaaaa","bbbbbbbbbbbbbbb"]}`
	r := request(jsonType, "")
	b.ReportAllocs()
	for b.Loop() {
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
		if _, err := body.Read(r, 1<<20, nil); err != nil {
			b.Fatal(err)
		}
	}
}
