package dialect_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store/postgres/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func connect(t *testing.T) *pgx.Conn {
	conn, err := pgx.Connect(t.Context(), pgtest.DSN(t))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // a second time over what is there, as every start does
		if _, err := conn.Exec(t.Context(), dialect.PostgresFunctions); err != nil {
			t.Fatal(err)
		}
	}
	return conn
}

// ladder is values in SQLite's order; what stands in one row is equal.
var ladder = [][]rule.Value{
	{rule.RealValue(math.Inf(-1))},
	{rule.RealValue(-math.MaxFloat64)},
	{rule.RealValue(-1e19)},
	{rule.IntValue(math.MinInt64), rule.RealValue(math.MinInt64)},
	{rule.IntValue(math.MinInt64 + 1)},
	{rule.IntValue(-1<<53 - 1)},
	{rule.IntValue(-1 << 53), rule.RealValue(-1 << 53)},
	{rule.IntValue(-5), rule.RealValue(-5)},
	{rule.RealValue(-1e-300)},
	{rule.IntValue(0), rule.RealValue(0), rule.RealValue(math.Copysign(0, -1))},
	{rule.RealValue(1e-300)},
	{rule.RealValue(0.1)},
	{rule.IntValue(1), rule.RealValue(1)},
	{rule.IntValue(1 << 53), rule.RealValue(1 << 53)},
	{rule.IntValue(1<<53 + 1)},
	{rule.IntValue(1<<53 + 2), rule.RealValue(1<<53 + 2)},
	{rule.IntValue(math.MaxInt64 - 1)},
	{rule.IntValue(math.MaxInt64)},
	{rule.RealValue(math.MaxInt64)},
	{rule.RealValue(math.MaxFloat64)},
	{rule.RealValue(math.Inf(1))},
	{rule.TextValue("")},
	{rule.TextValue("0")},
	{rule.TextValue("5")},
	{rule.TextValue("A")},
	{rule.TextValue("a")},
	{rule.TextValue("a\x01")},
	{rule.TextValue("é")},
	{rule.TextValue("\U0001F600")},
}

// TestKeysGrow: the keys of constants stand in SQLite's order, and equal values have one key.
func TestKeysGrow(t *testing.T) {
	t.Parallel()
	last := ""
	for _, equal := range ladder {
		key := dialect.Postgres.Typed.Key(equal[0])
		for _, v := range equal {
			if got := dialect.Postgres.Typed.Key(v); got != key {
				t.Errorf("key of %v = %q, want %q", v, got, key)
			}
		}
		if key <= last {
			t.Errorf("key of %v = %q, must be above %q", equal[0], key, last)
		}
		last = key
	}
}

// TestKeysOfEngine: the functions of the engine make the keys that we make.
func TestKeysOfEngine(t *testing.T) {
	t.Parallel()
	conn := connect(t)
	want := func(v rule.Value, expression string, arg any) {
		t.Helper()
		var got string
		if err := conn.QueryRow(t.Context(), "SELECT "+expression, arg).Scan(&got); err != nil {
			t.Fatalf("%s of %v: %v", expression, arg, err)
		}
		if key := dialect.Postgres.Typed.Key(v); got != key {
			t.Errorf("%s of %v = %q, want %q", expression, arg, got, key)
		}
	}
	values := slices.Concat(ladder...)
	for range 300 {
		values = append(values, rule.IntValue(int64(rand.Uint64())), rule.RealValue(math.Float64frombits(rand.Uint64())))
	}
	for _, v := range values {
		switch {
		case v.Type == rule.Txt:
			quoted, _ := json.Marshal(v.S)
			want(v, "holdall.json_key($1::text::json)", string(quoted))
			want(v.Numeric(), "holdall.numeric_key($1)", v.S)
		case v.Type == rule.Int:
			text := v.Textual().S
			want(v, "holdall.json_key($1::text::json)", text)
			want(v, "holdall.numeric_key($1)", " "+text+"\n")
		case math.IsNaN(v.F):
		default:
			want(v, "holdall.number_key($1)", v.F)
		}
	}
}

// TestNumbersNeverFail: whatever looks like a number is one, however large.
func TestNumbersNeverFail(t *testing.T) {
	t.Parallel()
	conn := connect(t)
	for text, want := range map[string]float64{
		"1e400": math.Inf(1), "-1e400": math.Inf(-1), "1e-400": 0, "-.5e1": -5, "+5.": 5, "1e99999999999": math.Inf(1), "1e-99999999999": 0,
		strings.Repeat("9", 400): math.Inf(1), strings.Repeat("0", 2000) + "7": 7, "0." + strings.Repeat("0", 2000) + "1": 0, "0e99999": 0, "1e-0001": 0.1, "\t12 ": 12,
		"1" + strings.Repeat("0", 300) + "e-300": 1, "1.7976931348623157e308": math.MaxFloat64, "1.7976931348623159e308": math.Inf(1),
		strings.Repeat("9", 200000): math.Inf(1),
	} {
		var got *float64
		if err := conn.QueryRow(t.Context(), "SELECT holdall.number($1)", text).Scan(&got); err != nil || got == nil || *got != want {
			t.Errorf("%.40q is %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", " ", "5 x", "1e", "0x10", "nan", "Infinity", "--1", ".", "e5", "１"} {
		var got *float64
		if err := conn.QueryRow(t.Context(), "SELECT holdall.number($1)", text).Scan(&got); err != nil || got != nil {
			t.Errorf("%q is %v, %v; want none", text, got, err)
		}
	}
}

// TestJSONReads: PostgreSQL reads every JSON text that we make, whatever it was made of.
func TestJSONReads(t *testing.T) {
	t.Parallel()
	conn := connect(t)
	for text, want := range map[string]string{
		`"a"`: `"a"`, `abc`: `"abc"`, `[1,`: `"[1,"`, ``: `""`, `"\u0000"`: `"�"`, `"\\u0000"`: `"\\u0000"`, `"\ud83d\ude00"`: `"\ud83d\ude00"`,
		`"\ud83d"`: `"�"`, `"\ude00x"`: `"�x"`, `"\ud83d\u0041"`: `"�\u0041"`, `{"\u0000k":1}`: `{"�k":1}`, "a\x00b": `"a�b"`,
		"\"\xff\"": `"�"`, `"\u00e9\n"`: `"\u00e9\n"`, `"\uD83D\uDE00\\\u0000"`: `"\uD83D\uDE00\\�"`,
	} {
		made := dialect.PostgresJSON(text)
		if made != want {
			t.Errorf("%q becomes %q, want %q", text, made, want)
		}
		var read string
		if err := conn.QueryRow(t.Context(), "SELECT coalesce($1::text::jsonb::text, '') || coalesce($1::json #>> '{}', '')", made).Scan(&read); err != nil {
			t.Errorf("%q: %v", made, err)
		}
	}
}
