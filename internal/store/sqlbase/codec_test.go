package sqlbase_test

import (
	"encoding/json"
	"strconv"
	"testing"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store/sqlbase"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// cells holds one value in every column.
type cells struct{ v rule.Value }

func (c cells) Type(int) rule.Type { return c.v.Type }
func (c cells) Int(int) int64      { return c.v.I }
func (c cells) Real(int) float64   { return c.v.F }
func (c cells) Text(int) []byte {
	switch c.v.Type {
	case rule.Int:
		return strconv.AppendInt(nil, c.v.I, 10)
	case rule.Real:
		return strconv.AppendFloat(nil, c.v.F, 'g', -1, 64)
	}
	return []byte(c.v.S)
}

// everyType has a field of every type, and of those that can hold several values both kinds.
func everyType() *schema.Collection {
	c := &schema.Collection{ID: "c", Name: "c", Type: schema.Base}
	add := func(text string) {
		f, err := field.Decode([]byte(text))
		if err != nil {
			panic(err)
		}
		c.Fields = append(c.Fields, f)
	}
	add(`{"type":"text","name":"id","id":"id"}`)
	for _, t := range field.Types {
		add(`{"type":"` + t.Name + `","name":"` + t.Name + `","id":"` + t.Name + `","maxSelect":1}`)
		if _, ok := t.New().(field.Multiple); ok {
			add(`{"type":"` + t.Name + `","name":"many_` + t.Name + `","id":"many_` + t.Name + `","maxSelect":9}`)
		}
	}
	return c.Seal()
}

// sameJSON proves that the short way from a column to JSON says what the long way says.
func sameJSON(t *testing.T, table *sqlbase.Table, v rule.Value) {
	t.Helper()
	for ord, f := range table.C.Fields {
		want := string(field.AppendValue(nil, table.Decode(cells{v}, ord)))
		got := table.AppendValue(nil, cells{v}, ord)
		if string(got) != want {
			t.Errorf("%s of %+v: %s, want %s", f.Base().Name, v, got, want)
		}
		if !json.Valid(got) {
			t.Errorf("%s of %+v is no JSON: %s", f.Base().Name, v, got)
		}
	}
}

var odd = []string{
	"", "a", "[]", `["a"]`, `["a","b"]`, `["a","a"]`, `["a", "b"]`, `["ä"]`, `["a\nb"]`, `["\""]`, `[""]`, `[1,2]`, `["a",]`, `["a"`, `[`, `"a"`,
	"true", "1", "-0", "1e5", "1.50", "0x10", "null", "{}", `{"a":1}`, `{ "a": 1 }`, "{\"a\":\n1}", `{"lon":1,"lat":2}`, `{"lon":1.50,"lat":-2e3}`,
	`{"lat":2,"lon":1}`, `{"lon":1,"lat":2}}`, `{"lon":,"lat":}`, `{"lon":1.2.3,"lat":1}`, `{"lon":007,"lat":1}`, `{"lon":-,"lat":.}`, "2024-01-02 03:04:05.678Z", "2024-13-02 03:04:05.678Z",
	"2024-01-02", "\xff\xfe", "tab\there", "\x00", "<&>", `[["a"]]`, `["` + "\x7f" + `"]`,
}

func TestColumnsToJSON(t *testing.T) {
	t.Parallel()
	table := sqlbase.NewTable(dialect.SQLite, everyType())
	for _, v := range []rule.Value{{}, rule.IntValue(0), rule.IntValue(1), rule.IntValue(-7), rule.IntValue(1 << 60), rule.RealValue(0.1), rule.RealValue(1e300), rule.RealValue(-2.5e-9)} {
		sameJSON(t, table, v)
	}
	for _, s := range odd {
		sameJSON(t, table, rule.TextValue(s))
	}
}

func FuzzColumnsToJSON(f *testing.F) {
	for _, s := range odd {
		f.Add(s)
	}
	table := sqlbase.NewTable(dialect.SQLite, everyType())
	f.Fuzz(func(t *testing.T, s string) { sameJSON(t, table, rule.TextValue(s)) })
}

// TestHiddenAddress: the key of an address that a caller must not see is left out, with its comma.
func TestHiddenAddress(t *testing.T) {
	t.Parallel()
	c := everyType()
	c.Type = schema.Auth
	c.Fields = append(c.Fields[:1:1], c.Field("email"), field.Clone(c.Field("bool")), c.Field("text"))
	c.Fields[2].Base().Name = "emailVisibility"
	c.Seal()
	table := sqlbase.NewTable(dialect.SQLite, c)
	for _, test := range []struct {
		visible bool
		view    func(*record.View) *record.View
		want    string
	}{
		{false, nil, `{"emailVisibility":false,"id":"me","text":"t"}`},
		{true, nil, `{"email":"e","emailVisibility":true,"id":"me","text":"t"}`},
		{false, func(v *record.View) *record.View { return v.ForSelf("me") }, `{"email":"e","emailVisibility":false,"id":"me","text":"t"}`},
		{false, func(v *record.View) *record.View { return v.ForSelf("you") }, `{"emailVisibility":false,"id":"me","text":"t"}`},
		{false, func(v *record.View) *record.View { v.AllEmails = true; return v }, `{"email":"e","emailVisibility":false,"id":"me","text":"t"}`},
	} {
		v := record.NewView(c, false, func(name string) bool { return name != "collectionId" && name != "collectionName" })
		if test.view != nil {
			v = test.view(v)
		}
		row := person{rule.TextValue("me"), rule.TextValue("e"), rule.BoolValue(test.visible), rule.TextValue("t")}
		if got := string(table.AppendJSON(nil, row, v)); got != test.want {
			t.Errorf("visible %v: %s, want %s", test.visible, got, test.want)
		}
	}
}

// person is a row of values by ordinal.
type person []rule.Value

func (p person) Type(ord int) rule.Type { return p[ord].Type }
func (p person) Int(ord int) int64      { return p[ord].I }
func (p person) Real(ord int) float64   { return p[ord].F }
func (p person) Text(ord int) []byte    { return []byte(p[ord].S) }
