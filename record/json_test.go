package record_test

import (
	"testing"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// everything is a collection with a field of every type, one of them hidden, around the place of "expand".
func everything(t testing.TB) *schema.Collection {
	t.Helper()
	c := &schema.Collection{ID: "col1", Name: "things", Type: schema.Auth}
	for _, f := range []struct {
		kind, name string
		hidden     bool
	}{
		{"text", "id", false}, {"email", "email", false}, {"bool", "emailVisibility", false}, {"password", "password", true},
		{"text", "tokenKey", true}, {"number", "n", false}, {"select", "zs", false}, {"json", "j", false}, {"geoPoint", "g", false},
		{"text", "secret", true}, {"date", "d", false}, {"relation", "many", false},
	} {
		fl := typed(t, f.kind)
		b := fl.Base()
		b.Name, b.Hidden = f.name, f.hidden
		if r, ok := fl.(*field.Relation); ok {
			r.MaxSelect = 5
		}
		c.Fields = append(c.Fields, fl)
	}
	return c.Seal()
}

func typed(t testing.TB, name string) field.Field {
	t.Helper()
	f, ok := field.New(name)
	if !ok {
		t.Fatalf("no field type %q", name)
	}
	return f
}

func filled(t testing.TB) *record.Record {
	t.Helper()
	r := record.New(everything(t))
	for name, v := range map[string]any{
		"id": "r1", "email": "a@x.io", "password": "secret-plain", "tokenKey": "tk", "n": 1.5, "zs": "é<&>\"", "j": map[string]any{"a": []any{1.0}},
		"g": map[string]any{"lon": 1.0, "lat": -2.0}, "secret": "s", "d": "2024-01-02 03:04:05.678Z", "many": []any{"a", "b"},
	} {
		if err := r.Set(name, v); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

const (
	start  = `{"collectionId":"col1","collectionName":"things","d":"2024-01-02 03:04:05.678Z"`
	email  = `,"email":"a@x.io"`
	middle = `,"emailVisibility":false`
	rest   = `,"g":{"lon":1,"lat":-2},"id":"r1","j":{"a":[1]},"many":["a","b"],"n":1.5`
	secret = `,"secret":"s"`
	end    = `,"zs":"é<&>\""}`
)

func TestAppendJSON(t *testing.T) {
	t.Parallel()
	r := filled(t)
	guest := record.NewView(r.Collection(), false, nil)
	super := record.NewView(r.Collection(), true, nil).WithEmails()
	for name, c := range map[string]struct {
		view *record.View
		want string
	}{
		"guest":     {guest, start + middle + rest + end},
		"owner":     {guest.ForSelf("r1"), start + email + middle + rest + end},
		"other":     {guest.ForSelf("r2"), start + middle + rest + end},
		"superuser": {super, start + email + middle + rest + secret + end},
		"picked":    {record.NewView(r.Collection(), false, func(n string) bool { return n == "n" || n == "email" }), `{"n":1.5}`},
		"nothing":   {record.NewView(r.Collection(), false, func(string) bool { return false }), `{}`},
	} {
		if got := string(r.AppendJSON(nil, c.view)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
	if err := r.Set("emailVisibility", true); err != nil {
		t.Fatal(err)
	}
	want := start + email + `,"emailVisibility":true` + rest + end
	if got := string(r.AppendJSON(nil, guest)); got != want {
		t.Errorf("visible address:\n got %s\nwant %s", got, want)
	}
}

func TestHeadAndTailMeetAtThePlaceOfExpand(t *testing.T) {
	t.Parallel()
	r := filled(t)
	v := record.NewView(r.Collection(), false, nil)
	if got, want := string(r.AppendHead([]byte("x"), v)), "x"+start[1:]+middle; got != want {
		t.Errorf("head = %s; want %s", got, want)
	}
	if got, want := string(r.AppendTail([]byte("x"), v)), "x"+rest[1:]+end[:len(end)-1]; got != want {
		t.Errorf("tail = %s; want %s", got, want)
	}
}

func TestZeroValuesAreShown(t *testing.T) {
	t.Parallel()
	c := everything(t)
	got := string(record.New(c).AppendJSON(nil, record.NewView(c, false, nil)))
	const want = `{"collectionId":"col1","collectionName":"things","d":"","emailVisibility":false,"g":{"lon":0,"lat":0},"id":"","j":null,"many":[],"n":0,"zs":""}`
	if got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	r := filled(b)
	v := record.NewView(r.Collection(), false, nil)
	dst := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		dst = r.AppendJSON(dst[:0], v)
	}
}
