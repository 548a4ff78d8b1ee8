package field

import (
	"strings"
	"time"

	"github.com/holdall-dev/holdall/fault"
)

// DateLayout is the form of every date in a record, in UTC.
const DateLayout = "2006-01-02 15:04:05.000Z"

// dateLayouts are the other forms that are understood. Without a zone they mean UTC.
var dateLayouts = []string{
	time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999 Z07:00",
	"2006-01-02 15:04:05.999999999 -0700", "2006-01-02 15:04:05.999999999-0700",
	"2006-01-02 15:04:05.999999999 -0700 MST", "2006-01-02T15:04:05.999999999-0700",
	"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02",
	time.RFC1123Z, time.RFC1123, time.RFC822Z, time.RFC822, time.RFC850, time.ANSIC, time.UnixDate,
	time.RubyDate, "02 Jan 2006", time.Kitchen, time.Stamp, time.StampMilli, time.StampMicro, time.StampNano,
}

// Date is a moment in UTC, to the millisecond.
type Date struct {
	props
	Min string `json:"min"`
	Max string `json:"max"`
}

// Type returns "date".
func (f *Date) Type() string { return "date" }

// Kind returns KindText.
func (f *Date) Kind() Kind { return KindText }

// Zero returns "".
func (f *Date) Zero() any { return "" }

func (f *Date) prepare() { f.Min, f.Max = cleanDate(f.Min), cleanDate(f.Max) }

// Clean reads the forms people and programs write; what is no date becomes "".
func (f *Date) Clean(in any) (any, error) {
	if s, ok := in.(string); ok && (s == "" || canonicalDate(s)) {
		return in, nil // as it came, without boxing it again
	}
	return cleanDate(in), nil
}

func cleanDate(in any) string {
	switch v := in.(type) {
	case string:
		s, _ := ParseDate(v)
		return s
	case time.Time:
		return FormatDate(v)
	}
	return ""
}

// FormatDate writes t as records show it; the zero time, and what no four digits can tell, is "".
func FormatDate(t time.Time) string {
	if t = t.UTC(); t.Truncate(time.Millisecond).IsZero() || t.Year() < 0 || t.Year() > 9999 {
		return ""
	}
	return t.Format(DateLayout)
}

// ParseDate returns the canonical form of a date text, and whether it was one. "" stands for no date, as
// does the zero time.
func ParseDate(s string) (string, bool) {
	if canonicalDate(s) {
		return s, true
	}
	if len(s) < 5 || len(s) > 64 {
		return "", false
	}
	for _, layout := range dateLayouts {
		t, err := time.Parse(layout, s)
		if err != nil || !fixedWidth(layout, s) {
			continue
		}
		if strings.Contains(layout, "MST") && !strings.Contains(layout, "0700") {
			t = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
		}
		s = FormatDate(t)
		return s, s != ""
	}
	return "", false
}

// fixedWidth refuses one-digit parts that time.Parse lets pass, as in 2024-1-2 or T3:04.
func fixedWidth(layout, s string) bool {
	return !strings.HasPrefix(layout, "2006-01-02") && layout != time.RFC3339Nano || len(s) == 10 || len(s) >= 19 && s[13] == ':'
}

// IsDate reports whether s is a valid date in the form of DateLayout, of the year 2 or later. It allocates
// nothing.
func IsDate(s string) bool { return canonicalDate(s) }

// canonicalDate recognizes a valid date in the form of DateLayout without parsing it in full. It leaves
// the years 0 and 1 to the parser: the first moment of the year 1 is the zero time and reads as no date.
func canonicalDate(s string) bool {
	if len(s) != len(DateLayout) || s[4] != '-' || s[7] != '-' || s[10] != ' ' || s[13] != ':' || s[16] != ':' || s[19] != '.' || s[23] != 'Z' {
		return false
	}
	n := func(i, j int) int {
		v := 0
		for _, c := range []byte(s[i:j]) {
			if c < '0' || c > '9' {
				return -1 << 20
			}
			v = v*10 + int(c-'0')
		}
		return v
	}
	year, month, day := n(0, 4), n(5, 7), n(8, 10)
	if year < 2 || month < 1 || month > 12 || day < 1 || n(20, 23) < 0 {
		return false
	}
	if h, m, sec := n(11, 13), n(14, 16), n(17, 19); h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 59 {
		return false
	}
	return day <= 28 || day <= time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// Check judges the bounds.
func (f *Date) Check(v any) error {
	s, _ := v.(string)
	if s == "" {
		return blank(f.Required)
	}
	if low := cleanDate(f.Min); low != "" && s < low {
		return fault.AtLeast(threshold(low))
	}
	if high := cleanDate(f.Max); high != "" && s > high {
		return fault.AtMost(threshold(high))
	}
	return nil
}

// threshold is a bound as RFC 3339 text.
func threshold(s string) string {
	t, err := time.Parse(DateLayout, s)
	if err != nil {
		return s
	}
	return t.Format(time.RFC3339Nano)
}

// Sane judges the definition. A maximum before the minimum is accepted, as it is on the wire.
func (f *Date) Sane(World) error {
	fs := fault.Fields{}
	saneBase(&f.props, fs)
	return fs.Err()
}

// Autodate is the moment of creation or of the last change, written by Holdall alone.
type Autodate struct {
	props
	OnCreate bool `json:"onCreate"`
	OnUpdate bool `json:"onUpdate"`
}

// Type returns "autodate".
func (f *Autodate) Type() string { return "autodate" }

// Kind returns KindText.
func (f *Autodate) Kind() Kind { return KindText }

// Zero returns "".
func (f *Autodate) Zero() any { return "" }

// Clean reads dates, for code of ours; the write path ignores what clients send.
func (f *Autodate) Clean(in any) (any, error) { return cleanDate(in), nil }

// Check accepts everything: nobody but Holdall writes it.
func (f *Autodate) Check(any) error { return nil }

// Fill gives the moment of the write.
func (f *Autodate) Fill(op Op, now time.Time, _ any) (any, bool) {
	if op == OnCreate && f.OnCreate || op == OnUpdate && f.OnUpdate {
		return FormatDate(now), true
	}
	return nil, false
}

// Sane judges the definition.
func (f *Autodate) Sane(w World) error {
	fs := fault.Fields{}
	b := f.props
	b.Help = ""
	saneBase(&b, fs)
	if !f.OnCreate && !f.OnUpdate {
		fs.Add("onCreate", fault.Required())
		fs.Add("onUpdate", fault.Required())
	}
	if old, ok := w.Old().(*Autodate); ok && f.System {
		if old.OnCreate != f.OnCreate {
			fs.Add("onCreate", fault.Mismatch())
		}
		if old.OnUpdate != f.OnUpdate {
			fs.Add("onUpdate", fault.Mismatch())
		}
	}
	return fs.Err()
}
