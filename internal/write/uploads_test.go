package write_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/hook"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/blob"
	"github.com/holdall-dev/holdall/internal/body"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/write"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// shaky is a bucket that fails when it is told to.
type shaky struct {
	blob.Bucket
	puts atomic.Int64 // that succeed before one fails; 0 lets all succeed
}

var errShaken = errors.New("the bucket is shaken")

// Rewrites implements blob.Rewriter, as the bucket does.
func (s *shaky) Rewrites() {}

func (s *shaky) Put(ctx context.Context, key string, r io.Reader, about blob.About) error {
	if s.puts.Load() > 0 && s.puts.Add(-1) == 0 {
		return errShaken
	}
	return s.Bucket.Put(ctx, key, r, about)
}

const withFiles = `{"name":"papers","fields":[
	{"name":"one","type":"file","maxSize":100},
	{"name":"many","type":"file","maxSelect":3,"mimeTypes":["text/plain","image/png"]},
	{"name":"title","type":"text","max":5},
	{"name":"slug","type":"text"}],
	"indexes":["CREATE UNIQUE INDEX idx_slug ON papers (slug) WHERE slug != ''"]}`

func file(name, content string) field.Upload {
	return field.Upload{Name: name, Size: int64(len(content)), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(content)), nil
	}}
}

type uploads = map[string][]field.Upload

// lying lists the objects in the bucket, but for notes that wait to be written over.
func (h *house) lying() []string {
	h.Helper()
	h.files.Rest(h.Context())
	var list []string
	for e, err := range h.bucket.List(h.Context(), "") {
		if err != nil {
			h.Fatal(err)
		}
		list = append(list, e.Key)
	}
	slices.Sort(list)
	return list
}

// namedIn are the keys of the files that the records of c name.
func (h *house) namedIn(c *schema.Collection) (keys []string) {
	h.Helper()
	err := h.st.Select(h.Context(), store.Query{From: c}, func(row store.Row) error {
		rec, err := row.Record()
		if err != nil {
			return err
		}
		for i, f := range c.Fields {
			if file, ok := f.(*field.File); ok {
				for _, name := range file.Files(rec.At(i)) {
					keys = append(keys, c.ID+"/"+rec.ID()+"/"+name)
				}
			}
		}
		return nil
	})
	if err != nil {
		h.Fatal(err)
	}
	slices.Sort(keys)
	return keys
}

// agree fails unless what the records of c name is what lies in the bucket.
func (h *house) agree(c *schema.Collection) {
	h.Helper()
	if got, want := h.lying(), h.namedIn(c); !slices.Equal(got, want) {
		h.Errorf("in the bucket:\n %s\nnamed:\n %s", strings.Join(got, "\n "), strings.Join(want, "\n "))
	}
}

var randomPart = regexp.MustCompile(`_[a-z0-9]{10}(\.|$)`)

func shown(v any) string { return randomPart.ReplaceAllString(fmt.Sprint(v), "$1") }

func TestUploadsMerge(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(withFiles)
	for _, tc := range []struct {
		name      string
		in        data
		files     uploads
		many, one string
	}{
		{"replaced", nil, uploads{"many": {file("new.txt", "n")}}, "[new.txt]", "one.txt"},
		{"kept and added", data{"many": "{1}"}, uploads{"many": {file("new.txt", "n")}}, "[second.txt new.txt]", "one.txt"},
		{"appended", nil, uploads{"many+": {file("new.txt", "n")}}, "[first.txt second.txt new.txt]", "one.txt"},
		{"prepended", nil, uploads{"+many": {file("new.txt", "n")}}, "[new.txt first.txt second.txt]", "one.txt"},
		{"swapped", data{"many-": []any{"{0}", "unknown.txt"}}, uploads{"many+": {file("new.txt", "n")}}, "[second.txt new.txt]", "one.txt"},
		{"subset in another order", data{"many": []any{"{1}", "{0}", "{1}"}}, nil, "[second.txt first.txt]", "one.txt"},
		{"cleared", data{"many": nil, "one": ""}, nil, "[]", ""},
		{"the last of several", nil, uploads{"one": {file("ppp.txt", "p"), file("qqq.txt", "q")}}, "[first.txt second.txt]", "qqq.txt"},
		{"no file field", nil, uploads{"title": {file("t.txt", "t")}, "nothing": {file("t.txt", "t")}}, "[first.txt second.txt]", "one.txt"},
		{"both", nil, uploads{"many": {file("bbb.txt", "b"), file("ccc.txt", "c")}, "one": {file("two.txt", "2")}}, "[bbb.txt ccc.txt]", "two.txt"},
	} {
		rec, err := h.w.Create(t.Context(), h.guest(), c, body.Body{Files: uploads{
			"one": {file("one.txt", "1")}, "many": {file("first.txt", "f"), file("second.txt", "s")}}})
		if err != nil {
			t.Fatal(err)
		}
		for key, v := range tc.in {
			tc.in[key] = named(v, rec.Get("many").([]string))
		}
		got, err := h.w.Update(t.Context(), h.guest(), c, rec.ID(), body.Body{Data: tc.in, Files: tc.files})
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if many, one := shown(got.Get("many")), shown(got.Get("one")); many != tc.many || one != tc.one {
			t.Errorf("%s: %s and %q, want %s and %q", tc.name, many, one, tc.many, tc.one)
		}
	}
}

// named puts stored names in the place of {0} and {1}.
func named(v any, names []string) any {
	switch v := v.(type) {
	case string:
		return strings.NewReplacer("{0}", names[0], "{1}", names[1]).Replace(v)
	case []any:
		for i := range v {
			v[i] = named(v[i], names)
		}
	}
	return v
}

func TestUploadsAreJudged(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(withFiles)
	long := strings.Repeat("x", 101)
	png := "\x89PNG\r\n\x1a\n"
	for _, tc := range []struct {
		name  string
		in    data
		files uploads
		want  map[string]string
	}{
		{"fine", nil, uploads{"one": {file("a", long[1:])}, "many": {file("a", ""), file("b", png)}}, nil},
		{"too long", nil, uploads{"one": {file("a", long)}}, map[string]string{"one": "validation_file_size_limit"}},
		{"the last is fine", nil, uploads{"one": {file("a", long), file("b", "b")}}, nil},
		{"another kind", nil, uploads{"many": {file("a.txt", "<html></html>")}}, map[string]string{"many": "validation_invalid_mime_type"}},
		{"too many", nil, uploads{"many": {file("a", ""), file("b", ""), file("c", ""), file("d", "")}}, map[string]string{"many": "validation_too_many_files"}},
		{"a name out of nothing", data{"one": "foo.png"}, nil, map[string]string{"one": "validation_invalid_file"}},
		{"another field", data{"title": "long title"}, uploads{"one": {file("a", "")}}, map[string]string{"title": "validation_max_text_constraint"}},
	} {
		_, err := h.w.Create(t.Context(), h.guest(), c, body.Body{Data: tc.in, Files: tc.files})
		if got := codes(err); !maps.Equal(got, tc.want) || (err == nil) != (tc.want == nil) {
			t.Errorf("%s: %v (%v), want %v", tc.name, got, err, tc.want)
		}
		h.agree(c)
	}
}

// TestFailedWritesLeaveNoFiles fails writes at every place after the bytes may have landed.
func TestFailedWritesLeaveNoFiles(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(withFiles)
	h.make(c, data{"slug": "taken"})
	in := func(d data) body.Body {
		return body.Body{Data: d, Files: uploads{"one": {file("one.txt", "1")}, "many": {file("a.txt", "a"), file("b.txt", "b")}}}
	}
	for n := range int64(4) { // the note, and each of the files
		h.bucket.puts.Store(n + 1)
		if _, err := h.w.Create(t.Context(), h.guest(), c, in(nil)); !errors.Is(err, errShaken) {
			t.Errorf("%d puts: %v", n, err)
		}
		h.bucket.puts.Store(0)
		h.agree(c)
	}
	if _, err := h.w.Create(t.Context(), h.guest(), c, in(data{"slug": "taken"})); err == nil {
		t.Error("a slug was taken twice")
	}
	h.agree(c)

	refusal := errors.New("no")
	h.hooks.Create.Within(func(context.Context, hook.Tx, *hook.Write) error { return refusal })
	if _, err := h.w.Create(t.Context(), h.guest(), c, in(nil)); !errors.Is(err, refusal) {
		t.Errorf("within: %v", err)
	}
	h.agree(c)
}

func TestBatchesWithFiles(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(withFiles)
	old := h.make(c, data{"slug": "taken"})
	item := func(d data) write.Item {
		return write.Item{Action: write.Create, By: h.guest(), Collection: c, Body: body.Body{Data: d, Files: uploads{"one": {file("one.txt", "1")}}}}
	}
	done := func(context.Context, int, store.Reader, *record.Record) error { return nil }
	change := item(nil)
	change.Action, change.ID = write.Update, old.ID()
	if err := h.w.Batch(t.Context(), []write.Item{item(nil), change, item(data{"slug": "taken"})}, done); err == nil {
		t.Error("a slug was taken twice")
	}
	if got := h.lying(); len(got) != 0 {
		t.Errorf("left: %q", got)
	}
	if err := h.w.Batch(t.Context(), []write.Item{item(nil), change, item(data{"slug": "free"})}, done); err != nil {
		t.Fatal(err)
	}
	if got := h.lying(); len(got) != 3 {
		t.Errorf("there is %q", got)
	}
	h.agree(c)
}

// gate is a bucket that keeps objects waiting.
type gate struct {
	blob.Bucket
	waits chan string   // keys, as they begin to wait
	open  chan struct{} // closed: they may go on
}

func (g *gate) Put(ctx context.Context, key string, r io.Reader, about blob.About) error {
	if strings.Contains(key, "slow_") {
		g.waits <- key
		<-g.open
	}
	return g.Bucket.Put(ctx, key, r, about)
}

// TestNobodyWaitsForBytes has another write go through while those of a batch, or of a write that a program
// joins, are still on their way into the bucket.
func TestNobodyWaitsForBytes(t *testing.T) {
	t.Parallel()
	slow := body.Body{Files: uploads{"one": {file("slow.txt", "1")}}}
	done := func(context.Context, int, store.Reader, *record.Record) error { return nil }
	for name, writes := range map[string]func(*house, *schema.Collection) error{
		"batch": func(h *house, c *schema.Collection) error {
			old := h.make(c, data{"slug": "old"})
			return h.w.Batch(t.Context(), []write.Item{
				{Action: write.Create, By: h.guest(), Collection: c, Body: slow},
				{Action: write.Update, By: h.guest(), Collection: c, ID: old.ID(), Body: slow},
				{Action: write.Upsert, By: h.guest(), Collection: c, Body: slow},
			}, done)
		},
		"within": func(h *house, c *schema.Collection) error {
			h.hooks.Create.Within(func(context.Context, hook.Tx, *hook.Write) error { return nil })
			_, err := h.w.Create(t.Context(), h.guest(), c, slow)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			c := h.collection(withFiles)
			g := &gate{Bucket: h.bucket.Bucket, waits: make(chan string, 10), open: make(chan struct{})}
			h.bucket.Bucket = g
			written := make(chan error, 1)
			go func() { written <- writes(h, c) }()
			<-g.waits
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			if _, err := h.w.Create(ctx, h.guest(), c, body.Body{Data: data{"slug": "other"}}); err != nil {
				t.Errorf("a write beside it: %v", err)
			}
			close(g.open)
			if err := <-written; err != nil {
				t.Error(err)
			}
			h.agree(c)
		})
	}
}

// TestBatchesThatBuildOnThemselves stage what their earlier items make possible, and leave nothing when they fail.
func TestBatchesThatBuildOnThemselves(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(withFiles)
	with := func(d data) body.Body {
		return body.Body{Data: d, Files: uploads{"one": {file("one.txt", "1")}}}
	}
	items := func(slug string) []write.Item {
		return []write.Item{
			{Action: write.Create, By: h.guest(), Collection: c, Body: with(data{"id": "itself000000000"})},
			{Action: write.Update, By: h.guest(), Collection: c, ID: "itself000000000", Body: with(data{"title": "later"})},
			{Action: write.Create, By: h.guest(), Collection: c, Body: with(data{"slug": slug})},
		}
	}
	done := func(context.Context, int, store.Reader, *record.Record) error { return nil }
	h.make(c, data{"slug": "taken"})
	if err := h.w.Batch(t.Context(), items("taken"), done); err == nil {
		t.Error("a slug was taken twice")
	}
	if got := h.lying(); len(got) != 0 {
		t.Errorf("left: %q", got)
	}
	h.bucket.puts.Store(4) // a note and a file, then a note, then this file
	if err := h.w.Batch(t.Context(), items("free"), done); !errors.Is(err, errShaken) {
		t.Errorf("with a shaken bucket: %v", err)
	}
	if got := h.lying(); len(got) != 0 {
		t.Errorf("left: %q", got)
	}
	if err := h.w.Batch(t.Context(), items("free"), done); err != nil {
		t.Fatal(err)
	}
	if rec := h.get(c, "itself000000000"); rec == nil || rec.String("title") != "later" {
		t.Errorf("got %v", rec)
	}
	stop := h.sweep()
	defer stop()
	h.settled(c)
}

// TestFilesGoWithTheirNames runs the sweeper beside all kinds of writes.
func TestFilesGoWithTheirNames(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(withFiles)
	child := h.collection(`{"name":"children","fields":[{"name":"of","type":"relation","collectionId":"` + c.ID + `","cascadeDelete":true,"maxSelect":1},{"name":"one","type":"file"}]}`)
	h.cat.OnChange(func(_ map[string]string, dropped []string) { h.files.Changed(dropped) })
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			for n := range 5 {
				in := body.Body{Files: uploads{"one": {file("one.txt", "1")}, "many": {file("a.txt", "a"), file("b.txt", "b")}}}
				rec, err := h.w.Create(t.Context(), h.guest(), c, in)
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := h.w.Create(t.Context(), h.guest(), child, body.Body{Data: data{"of": rec.ID()}, Files: uploads{"one": {file("c.txt", "c")}}}); err != nil {
					t.Error(err)
				}
				in = body.Body{Data: data{"many-": rec.Get("many").([]string)[n%2]}, Files: uploads{"one": {file("two.txt", "2")}}}
				if _, err := h.w.Update(t.Context(), h.guest(), c, rec.ID(), in); err != nil {
					t.Error(err)
				}
				if n%2 == i%2 {
					if err := h.w.Delete(t.Context(), h.guest(), c, rec.ID()); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	stop := h.sweep()
	wg.Wait()
	h.settled(c, child)
	stop()

	// What happened meanwhile is seen later, without the records at hand.
	rest := h.ids(c)
	if err := h.w.Delete(t.Context(), h.guest(), c, rest[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := h.w.Create(t.Context(), h.guest(), c, body.Body{Data: data{"id": rest[0]}, Files: uploads{"one": {file("again.txt", "1")}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.w.Update(t.Context(), h.guest(), c, rest[1], bring(data{"one": "", "many": nil})); err != nil {
		t.Fatal(err)
	}
	stop = h.sweep()
	h.settled(c, child)
	if err := h.w.Truncate(t.Context(), h.super(), child); err != nil {
		t.Fatal(err)
	}
	h.settled(c, child)
	if err := errors.Join(h.cat.Delete(t.Context(), child), h.cat.Delete(t.Context(), c)); err != nil {
		t.Fatal(err)
	}
	h.settled()
	stop()
}

// sweep runs the sweeper until the returned function is called.
func (h *house) sweep() (stop func()) {
	ctx, cancel := context.WithCancel(h.Context())
	var wg sync.WaitGroup
	wg.Go(func() { h.files.Run(ctx) })
	return func() { cancel(); wg.Wait() }
}

func (h *house) ids(c *schema.Collection) (ids []string) {
	h.Helper()
	err := h.st.Select(h.Context(), store.Query{From: c}, func(row store.Row) error {
		ids = append(ids, row.ID())
		return nil
	})
	if err != nil {
		h.Fatal(err)
	}
	return ids
}

// settled waits until names and bytes agree.
func (h *house) settled(all ...*schema.Collection) {
	h.Helper()
	var want, got []string
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		want = nil
		for _, c := range all {
			want = append(want, h.namedIn(c)...)
		}
		slices.Sort(want)
		if got = h.lying(); slices.Equal(got, want) {
			return
		}
		wait, cancel := context.WithTimeout(h.Context(), 5*time.Millisecond)
		<-wait.Done()
		cancel()
	}
	h.Errorf("in the bucket:\n %s\nnamed:\n %s", strings.Join(got, "\n "), strings.Join(want, "\n "))
}

// doubtful is a store that writes, and then cannot say whether it did.
type doubtful struct{ store.Store }

var errDoubt = &fault.Error{Kind: fault.Unavailable, Fields: fault.Fields{"commit": fault.Field(fault.CodeCommitUnknown, "Who knows?")}}

func (d doubtful) Apply(ctx context.Context, ms ...store.Mutation) (store.Commit, error) {
	_, err := d.Store.Apply(ctx, ms...)
	return store.Commit{}, errors.Join(err, errDoubt)
}

func (d doubtful) Update(ctx context.Context, fn func(store.Tx) error) (store.Commit, error) {
	_, err := d.Store.Update(ctx, fn)
	return store.Commit{}, errors.Join(err, errDoubt)
}

// TestUploadsInDoubt: when nobody knows whether a row was committed, its files stay.
func TestUploadsInDoubt(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(withFiles)
	w := write.New(write.Needs{Files: h.files, Store: doubtful{h.st}, Gate: access.New(h.cat.Current), Catalog: h.cat.Current, Now: h.now})
	in := body.Body{Files: uploads{"one": {file("one.txt", "1")}}}
	_, alone := w.Create(t.Context(), h.guest(), c, in)
	together := w.Batch(t.Context(), []write.Item{{Action: write.Create, By: h.guest(), Collection: c, Body: in}}, nothing)
	for _, err := range []error{alone, together} {
		if !errors.Is(err, errDoubt) {
			t.Fatal(err)
		}
	}
	lying, named := h.lying(), h.namedIn(c)
	if len(named) != 2 {
		t.Fatalf("the records name %v, want two files", named)
	}
	for _, key := range named {
		if !slices.Contains(lying, key) {
			t.Errorf("%s is named and not there", key)
		}
	}
}
