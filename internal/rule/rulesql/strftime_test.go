package rulesql_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
)

var (
	someFormats = []string{"%Y-%m-%d %H:%M:%f", "%Y/%m/%d %H.%M.%S %F", "%F %T %R", "%j %w %u %U %W %V %G %g", "%e %k %I %l %p %P", "%s %J", "100%%", "%Q", "%", "é%Y\n%", ""}
	someTimes   = []string{"2024-05-06 07:08:09.123Z", "2024-05-06", "2024-05-06T07:08", "2024-02-29 23:59:59.999Z", "2023-02-31", "2023-02-29 01:02:03.456Z", "2023-04-31 01:02:03.456Z", "2023-12-31 00:00:00.000Z", "2023-02-30 12:00:00", "0000-01-01",
		"-0001-06-07", "9999-12-31 23:59:59.9999", "2024-01-01 24:00", "2024-05-06 07:08:09+02:30", "2024-05-06 07:08 -14:00", "2024-05-06 07:08+14:60", "07:08:09", "23:59",
		"12:00Z", "2024-13-01", "2024-00-01", "2024-05-32", "2024-05-06 25:00", "2024-05-06x", "2024-05-06 07:08:60", "2460437.5", "0", "-1", "5373484.5", "5373484.49", "1714979289",
		"1714979289.5", "-62167219200", "253402300800", " 5 ", "1e6", "", "a", "2024-05-06  07:08", "2024-05-06 07:08:09.", "2024-05-06 07:08:09.0000004", "20240506", "2024-1-1", "1900-02-28 11:59:59.9995"}
	someModifiers = []string{"+1 day", "-1.5 days", "+1 month", "-13 months", "1 year", "+0.5 months", "-1.25 year", "90 minutes", "-3600.4 seconds", "+1e3 hour", "start of day",
		"start of month", "start of year", "weekday 0", "weekday 3", "weekday 7", "unixepoch", "julianday", "auto", "utc", "localtime", "subsec", "subsecond", "ceiling", "floor",
		"+07:30", "-23:59:59.5", "12:00", "+0001-02-03", "-0000-11-30 12:30", "+0001-12-00", "-10000-00-00", "+0001-02-03 ", "START OF MONTH", "+1 Month", "1 dayss", "+ 1 day", "nonsense", "", "+1day", "5", "99999999 years",
		"-5000 years", "+8000 years", "start of week", "weekday 2.0", "weekday", "+1 day ", "100000 months"}
)

// TestStrftime: PostgreSQL's strftime is SQLite's, for every value alone and for random modifiers.
func TestStrftime(t *testing.T) {
	t.Parallel()
	l := newLab(t, postgres(t))
	var calls [][]rule.Value
	add := func(args ...string) {
		call := make([]rule.Value, len(args))
		for i, a := range args {
			call[i] = text(a)
		}
		calls = append(calls, call)
	}
	for _, at := range someTimes {
		for _, format := range someFormats {
			add(format, at)
		}
		for _, m := range someModifiers {
			add("%F %H:%M:%f %s", at, m)
		}
	}
	seed := setting("HOLDALL_RULE_SEED", 1)
	c := chance{rand.New(rand.NewPCG(seed, 35))}
	for range 3000 {
		call := []string{"%F %H:%M:%f %s", pick(c, someTimes)}
		for range 1 + c.IntN(4) {
			call = append(call, pick(c, someModifiers))
		}
		add(call...)
	}
	var asked []*dialect.SQL
	for _, call := range calls {
		asked = append(asked, called(dialect.Postgres, call))
	}
	for i, a := range l.allPostgres(asked) {
		want, err := l.query(called(dialect.SQLite, calls[i]))
		if err != nil || a.err != nil {
			t.Fatalf("seed %d: strftime%v: %v %v", seed, calls[i], err, a.err)
		}
		if a.rows[0] != want[0] && !lost(calls[i], a.rows[0]) {
			t.Errorf("seed %d: strftime%v = %q, SQLite says %q", seed, calls[i], a.rows[0], want[0])
		}
	}
}

// called is a call of strftime, NULL made visible.
func called(d *dialect.Dialect, args []rule.Value) *dialect.SQL {
	w := d.New().Text("SELECT COALESCE(", d.Strftime, "(")
	for i, v := range args {
		if i > 0 {
			w.Text(", ")
		}
		w.Text("CAST(").Arg(v).Text(" AS TEXT)")
	}
	return w.Text("), 'NULL')")
}

// lost reports whether an answer is NULL where SQLite makes some time of a number that is none, by converting
// it to the time zone in which it is already.
func lost(call []rule.Value, got string) bool {
	return got == "NULL" && (slices.Contains(call, text("utc")) || slices.Contains(call, text("localtime")))
}
