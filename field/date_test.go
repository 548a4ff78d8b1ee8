package field_test

import (
	"testing"
	"time"

	"github.com/holdall-dev/holdall/field"
)

func TestDateAccepts(t *testing.T) {
	t.Parallel()
	f := define(t, "date", "")
	for in, want := range map[string]string{
		"2024-01-02 03:04:05.678Z":             "2024-01-02 03:04:05.678Z",
		"2024-02-29 23:59:59.999Z":             "2024-02-29 23:59:59.999Z",
		"2024-01-02":                           "2024-01-02 00:00:00.000Z",
		"2024-01-02T03:04:05Z":                 "2024-01-02 03:04:05.000Z",
		"2024-01-02T03:04:05.678+02:00":        "2024-01-02 01:04:05.678Z",
		"2024-01-02T03:04:05.123456789Z":       "2024-01-02 03:04:05.123Z",
		"2024-01-02T03:04:05":                  "2024-01-02 03:04:05.000Z",
		"2024-01-02T03:04:05.5":                "2024-01-02 03:04:05.500Z",
		"2024-01-02 03:04:05":                  "2024-01-02 03:04:05.000Z",
		"2024-01-02 03:04:05.9999":             "2024-01-02 03:04:05.999Z",
		"2024-01-02 03:04:05Z":                 "2024-01-02 03:04:05.000Z",
		"2024-01-02 03:04:05+02:00":            "2024-01-02 01:04:05.000Z",
		"2024-01-02 03:04:05 +02:00":           "2024-01-02 01:04:05.000Z",
		"2024-01-02 03:04:05 +0200":            "2024-01-02 01:04:05.000Z",
		"2024-01-02T03:04:05+0200":             "2024-01-02 01:04:05.000Z",
		"2024-01-02 03:04:05 +0200 EET":        "2024-01-02 01:04:05.000Z",
		"2024-01-02 03:04:05.123 +0000 UTC":    "2024-01-02 03:04:05.123Z",
		"Tue, 02 Jan 2024 03:04:05 +0200":      "2024-01-02 01:04:05.000Z",
		"Tue, 02 Jan 2024 03:04:05 GMT":        "2024-01-02 03:04:05.000Z",
		"Tue, 02 Jan 2024 03:04:05 MST":        "2024-01-02 03:04:05.000Z",
		"02 Jan 24 03:04 +0200":                "2024-01-02 01:04:00.000Z",
		"02 Jan 24 03:04 MST":                  "2024-01-02 03:04:00.000Z",
		"Tuesday, 02-Jan-24 03:04:05 MST":      "2024-01-02 03:04:05.000Z",
		"Tue Jan  2 03:04:05 2024":             "2024-01-02 03:04:05.000Z",
		"Tue Jan  2 03:04:05 MST 2024":         "2024-01-02 03:04:05.000Z",
		"Tue Jan 02 03:04:05 +0200 2024":       "2024-01-02 01:04:05.000Z",
		"02 Jan 2024":                          "2024-01-02 00:00:00.000Z",
		"3:04PM":                               "0000-01-01 15:04:00.000Z",
		"Jan  2 03:04:05":                      "0000-01-02 03:04:05.000Z",
		"Jan 12 03:04:05.678":                  "0000-01-12 03:04:05.678Z",
		"Jan  2 03:04:05.678901":               "0000-01-02 03:04:05.678Z",
		"Jan  2 03:04:05.678901234":            "0000-01-02 03:04:05.678Z",
		"0000-01-01 00:00:00.000Z":             "0000-01-01 00:00:00.000Z",
		"0001-01-01 00:00:00.001Z":             "0001-01-01 00:00:00.001Z",
		"9999-12-31 23:59:59.999Z":             "9999-12-31 23:59:59.999Z",
		"0001-01-01 00:00:00":                  "",
		"0001-01-01 00:00:00.000Z":             "",
		"0001-01-01T00:00:00.0004Z":            "",
		"0000-01-01T00:00:00+14:00":            "", // a year before 0 in UTC
		"9999-12-31T23:59:59-14:00":            "",
		"2024-01-02 03:04:05.678Z0":            "",
		"2024-01-02 03:04":                     "",
		"2024-01-02T03:04Z":                    "",
		"2024-01-02T3:04:05Z":                  "",
		"2024-1-2":                             "",
		"20240102":                             "",
		"01/02/2024":                           "",
		"1704164645":                           "",
		"2024-13-45":                           "",
		"2024-13-01 00:00:00.000Z":             "",
		"2023-02-29 00:00:00.000Z":             "",
		"2024-02-30 00:00:00.000Z":             "",
		"2024-00-10 00:00:00.000Z":             "",
		"2024-01-00 00:00:00.000Z":             "",
		"2024-01-02 24:00:00":                  "",
		"2024-01-02 24:00:00.000Z":             "",
		"2024-01-02 23:60:00.000Z":             "",
		"2024-01-02 23:00:60.000Z":             "",
		"24:00:00":                             "",
		" 2024-01-02":                          "",
		"2024-01-02 ":                          "",
		"2024-01-02 03:04:05.678z":             "",
		"2024-01-0x 03:04:05.678Z":             "",
		"today":                                "",
		"":                                     "",
		"2024-01-02 03:04:05 MST":              "",
		"2024-01-02T03:04:05 Europe/Berlin":    "",
		"10000-01-01 00:00:00.000Z":            "",
		"Tue, 02 Jan 2024 03:04:05 GMT and so": "",
	} {
		got, err := f.Clean(in)
		if err != nil || got != want {
			t.Errorf("Clean(%q) = %q, %v; want %q", in, got, err, want)
		}
		if s, ok := field.ParseDate(in); s != want || ok != (want != "") {
			t.Errorf("ParseDate(%q) = %q, %v", in, s, ok)
		}
	}
}

func TestDateClean(t *testing.T) {
	t.Parallel()
	berlin := time.FixedZone("", 3600)
	testClean(t, define(t, "date", ""), []cleaned{
		{nil, ""}, {true, ""}, {1704164645.0, ""}, {1704164645, ""}, {[]any{"2024-01-02"}, ""}, {map[string]any{}, ""},
		{time.Time{}, ""}, {time.Date(2024, 1, 2, 3, 4, 5, 678999999, berlin), "2024-01-02 02:04:05.678Z"},
		{time.Date(12024, 1, 2, 3, 4, 5, 0, berlin), ""},
	})
}

func TestDateCheck(t *testing.T) {
	t.Parallel()
	const bounds = `"min":"2024-01-02","max":"2024-02-01T00:00:00.5Z"`
	testCheck(t, "date", []checked{
		{``, "", ""},
		{bounds, "", ""},
		{`"required":true`, "", "validation_required"},
		{bounds, "2024-01-02 00:00:00.000Z", ""},
		{bounds, "2024-01-01 23:59:59.999Z", "validation_min_greater_equal_than_required"},
		{bounds, "2024-02-01 00:00:00.500Z", ""},
		{bounds, "2024-02-01 00:00:00.501Z", "validation_max_less_equal_than_required"},
		{`"min":"never"`, "0001-01-02 00:00:00.000Z", ""},
	})
	testParam(t, define(t, "date", bounds).Check("2024-01-01 00:00:00.000Z"), "threshold", "2024-01-02T00:00:00Z")
	testParam(t, define(t, "date", bounds).Check("2025-01-01 00:00:00.000Z"), "threshold", "2024-02-01T00:00:00.5Z")
}

func TestDateSane(t *testing.T) {
	t.Parallel()
	testSane(t, "date", world{}, []judged{
		{`"min":"2024-01-02","max":"2023-01-01"`, ""},
		{`"min":"never"`, ""},
	})
	f := define(t, "date", `"min":"2024-01-02","max":"never"`).(*field.Date)
	if f.Min != "2024-01-02 00:00:00.000Z" || f.Max != "" {
		t.Errorf("bounds = %q, %q", f.Min, f.Max)
	}
}

func TestDateColumn(t *testing.T) {
	t.Parallel()
	for _, f := range []field.Field{define(t, "date", ""), define(t, "autodate", "")} {
		testColumn(t, f, "2024-01-02 03:04:05.678Z", "2024-01-02 03:04:05.678Z")
		testColumn(t, f, "2024-01-02", "2024-01-02 00:00:00.000Z")
		testColumn(t, f, "no date", "")
		testColumn(t, f, "", "")
	}
}

func TestAutodateFill(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)
	for options, want := range map[string][2]bool{
		`"onCreate":true`:                 {true, false},
		`"onUpdate":true`:                 {false, true},
		`"onCreate":true,"onUpdate":true`: {true, true},
	} {
		f := define(t, "autodate", options).(field.Filler)
		for i, op := range []field.Op{field.OnCreate, field.OnUpdate} {
			v, ok := f.Fill(op, now, "2020-01-01 00:00:00.000Z")
			if ok != want[i] || ok && v != "2026-01-02 03:04:05.678Z" {
				t.Errorf("autodate{%s}: Fill(%d) = %v, %v; want %v", options, op, v, ok, want[i])
			}
		}
	}
}

func TestAutodateSane(t *testing.T) {
	t.Parallel()
	testSane(t, "autodate", world{}, []judged{
		{``, "onCreate: validation_required, onUpdate: validation_required"},
		{`"onCreate":true`, ""},
		{`"onUpdate":true`, ""},
	})
	created := world{old: define(t, "autodate", `"system":true,"onCreate":true`)}
	testSane(t, "autodate", created, []judged{
		{`"system":true,"onCreate":true`, ""},
		{`"system":true,"onUpdate":true`, "onCreate: validation_values_mismatch, onUpdate: validation_values_mismatch"},
		{`"system":true,"onCreate":true,"onUpdate":true`, "onUpdate: validation_values_mismatch"},
		{`"onCreate":true,"onUpdate":true`, ""},
	})
}
