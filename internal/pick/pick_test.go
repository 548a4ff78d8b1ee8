package pick_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/pick"
)

func pickOf(t *testing.T, fields, raw string) string {
	t.Helper()
	p, err := pick.Parse(fields)
	if err != nil {
		t.Fatalf("Parse(%q): %v", fields, err)
	}
	return string(p.Append(nil, []byte(raw)))
}

const record = `{"id":"r1","j":{"b":[1,2],"a":{"x":1,"y":2}},"list":[{"n":1,"m":2},{"n":3}],"nums":[1,2],` +
	`"title":"a\"b","expand":{"author":{"id":"a1","name":"Ann"},"tags":[{"id":"t1","name":"x"},{"id":"t2","name":"y"}]}}`

func TestAppend(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ fields, want string }{
		{"", record},
		{" , ", record},
		{"id", `{"id":"r1"}`},
		{" title , id ", `{"id":"r1","title":"a\"b"}`},
		{"nope", `{}`},
		{"nope.deep", `{}`},
		{"j", `{"j":{"b":[1,2],"a":{"x":1,"y":2}}}`},
		{"j.b,j", `{"j":{"b":[1,2],"a":{"x":1,"y":2}}}`},
		{"j,j.b", `{"j":{"b":[1,2],"a":{"x":1,"y":2}}}`},
		{"j. b", `{"j":{}}`},
		{"j.*", `{"j":{"a":{"x":1,"y":2},"b":[1,2]}}`},
		{"j.a.y", `{"j":{"a":{"y":2}}}`},
		{"nums.0", `{"nums":[1,2]}`},
		{"list.n", `{"list":[{"n":1},{"n":3}]}`},
		{"list.m", `{"list":[{"m":2},{}]}`},
		{"title.x", `{"title":"a\"b"}`},
		{"id,expand.author.name", `{"expand":{"author":{"name":"Ann"}},"id":"r1"}`},
		{"expand.tags.name", `{"expand":{"tags":[{"name":"x"},{"name":"y"}]}}`},
		{"expand.*", `{"expand":{"author":{"id":"a1","name":"Ann"},"tags":[{"id":"t1","name":"x"},{"id":"t2","name":"y"}]}}`},
		{"expand.*.name", `{"expand":{}}`},
		{"*", `{"expand":{"author":{"id":"a1","name":"Ann"},"tags":[{"id":"t1","name":"x"},{"id":"t2","name":"y"}]},` +
			`"id":"r1","j":{"b":[1,2],"a":{"x":1,"y":2}},"list":[{"n":1,"m":2},{"n":3}],"nums":[1,2],"title":"a\"b"}`},
		{"*,expand.author.name,j.b,list.m", `{"expand":{"author":{"name":"Ann"}},"id":"r1","j":{"b":[1,2]},"list":[{"m":2},{}],"nums":[1,2],"title":"a\"b"}`},
		{"id:excerpt(1),nums:excerpt(1)", `{"id":"r","nums":[1,2]}`},
		{"*:excerpt(1,true)", `{"expand":{"author":{"id":"a1","name":"Ann"},"tags":[{"id":"t1","name":"x"},{"id":"t2","name":"y"}]},` +
			`"id":"r...","j":{"b":[1,2],"a":{"x":1,"y":2}},"list":[{"n":1,"m":2},{"n":3}],"nums":[1,2],"title":"a..."}`},
	} {
		if got := pickOf(t, c.fields, record); got != c.want {
			t.Errorf("fields=%q\n got %s\nwant %s", c.fields, got, c.want)
		}
	}
}

func TestAppendOtherShapes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ fields, raw, want string }{
		{"a", `[{"a":1,"b":2},{"b":3},4,"x",null]`, `[{"a":1},{},4,"x",null]`},
		{"a", ` [ ] `, `[]`},
		{"a", `{}`, `{}`},
		{"a", `null`, `null`},
		{"a", ` { "b" : { "a" : "}" } , "a" : [ 1 , "]" ] } `, `{"a":[ 1 , "]" ]}`},
		{"é", `{"\u00e9":1}`, `{"é":1}`},
	} {
		if got := pickOf(t, c.fields, c.raw); got != c.want {
			t.Errorf("fields=%q of %s = %s; want %s", c.fields, c.raw, got, c.want)
		}
	}
}

func TestAppendPage(t *testing.T) {
	t.Parallel()
	p, err := pick.Parse("id")
	if err != nil {
		t.Fatal(err)
	}
	for raw, want := range map[string]string{
		`{"items":[{"id":1,"x":2},{"id":3}],"page":1}`: `{"items":[{"id":1},{"id":3}],"page":1}`,
		`{"page":1,"items":[],"z":{}}`:                 `{"page":1,"items":[],"z":{}}`,
		`{"id":1,"x":2}`:                               `{"id":1}`,
		`[{"id":1,"x":2}]`:                             `[{"id":1}]`,
	} {
		if got := string(p.AppendPage(nil, []byte(raw))); got != want {
			t.Errorf("AppendPage(%s) = %s; want %s", raw, got, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, fields := range []string{"a:", "a:x", "a:excerpt", "a:excerpt()", "a:excerpt(0)", "a:excerpt(-1)", "a:excerpt(x)", "a:excerpt(1,true,2)", "a:excerpt(1", "a:other(1)", "b,a.b:excerpt(y)"} {
		if _, err := pick.Parse(fields); !fault.Is(err, fault.Invalid) {
			t.Errorf("Parse(%q) = %v; want an Invalid fault", fields, err)
		}
	}
}

func TestExcerpt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ mod, in, want string }{
		{"excerpt(5)", "hello world", "hello"},
		{"excerpt(6)", "hello world", "hello"},
		{"excerpt(6,true)", "hello world", "hello..."},
		{"excerpt(11,true)", "hello world", "hello world"},
		{"excerpt(100, 1)", "  a \n\t b  ", "a b"},
		{"excerpt(3,t)", "äöüß", "äöü..."},
		{"excerpt(3,false)", "äöüß", "äöü"},
		{"excerpt(100)", "<p>one</p><p>two</p>", "one two"},
		{"excerpt(100)", "a<b>b</b><i>c</i>", "abc"},
		{"excerpt(100)", "a<br>b<br/>c<hr>d", "abc d"},
		{"excerpt(100)", "a &amp; b&nbsp;&lt;c&gt; &eacute;", "a & b\u00a0<c> é"},
		{"excerpt(100)", `<a href="x>y" title='<'>link</a> 1 < 2`, "link 1 < 2"},
		{"excerpt(100)", "x<script>if (a<b) { </b> }</script>y<style>p{}</style>z", "xyz"},
		{"excerpt(100)", "x<SVG><g><text>no</text></g></SVG>y", "xy"},
		{"excerpt(100)", "<div>a<button>no</div>b", "a b"},
		{"excerpt(100)", "<select><option>no</option></select>yes<!-- no <p> -->!<!doctype html>", "yes!"},
		{"excerpt(100)", "<title>a<b>c</title>d", "a<b>c d"},
		{"excerpt(100)", "a<img src=x>b</div>c<p>d</p>e", "abc d e"},
		{"excerpt(100)", "<td>a</td>b<table><tr><td>c</td><td>d</table>e", "ab c d e"},
		{"excerpt(100)", "<html><head>no</head><body>a<head>b</head>c", "abc"},
		{"excerpt(100)", "a<svg><p>no</svg>b", "ab"},
		{"excerpt(100)", "a<", "a<"},
		{"excerpt(100)", "a<b", "a"},
		{"excerpt(2,true)", "<p></p>", ""},
	} {
		raw, _ := json.Marshal(map[string]string{"h": c.in})
		want, _ := json.Marshal(c.want)
		var got struct{ H string }
		if err := json.Unmarshal([]byte(pickOf(t, "h:"+c.mod, string(raw))), &got); err != nil || got.H != c.want {
			t.Errorf("%s of %q = %q, %v; want %s", c.mod, c.in, got.H, err, want)
		}
	}
}

func TestKeepsAndFlat(t *testing.T) {
	t.Parallel()
	for fields, want := range map[string]bool{"": true, "a,b": true, "*": true, "a.b": false, "a:excerpt(1)": false} {
		p, err := pick.Parse(fields)
		if err != nil || p.Flat() != want || !p.Keeps("a") || p.Keeps("z") != (fields == "" || fields == "*") {
			t.Errorf("%q: flat %v, keeps a %v, z %v, %v", fields, p.Flat(), p.Keeps("a"), p.Keeps("z"), err)
		}
	}
}

func FuzzAppend(f *testing.F) {
	f.Add("id,expand.*,title:excerpt(2)", record)
	f.Add("*", `{"a":[{"b":"<p>x"}]}`)
	f.Fuzz(func(t *testing.T, fields, raw string) {
		p, err := pick.Parse(fields)
		if err != nil || !json.Valid([]byte(raw)) || strings.Contains(raw, "\x00") {
			return
		}
		if got := p.Append(nil, []byte(raw)); !json.Valid(got) {
			t.Errorf("fields=%q of %s = %s", fields, raw, got)
		}
	})
}

func BenchmarkNested(b *testing.B) {
	p, err := pick.Parse("id,title,expand.author.name")
	if err != nil {
		b.Fatal(err)
	}
	dst := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		dst = p.Append(dst[:0], []byte(record))
	}
}
