package dialect

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/holdall-dev/holdall/internal/rule"
)

// postgresClean spells a text so that PostgreSQL takes it, which has no character 0 and wants UTF-8. Characters
// 0 and 1 become 1 1 and 1 2, so that texts keep their order; what is no UTF-8 becomes U+FFFD.
func postgresClean(v rule.Value) rule.Value {
	if v.Type != rule.Txt {
		return v
	}
	if !utf8.ValidString(v.S) {
		v.S = strings.ToValidUTF8(v.S, "\uFFFD")
	}
	if strings.IndexByte(v.S, 0) >= 0 || strings.IndexByte(v.S, 1) >= 0 {
		v.S = postgresSpelling.Replace(v.S)
	}
	return v
}

var postgresSpelling = strings.NewReplacer("\x00", "\x01\x01", "\x01", "\x01\x02")

// PostgresText is the text that is stored as b. It is b itself unless there is something to change.
func PostgresText(b []byte) []byte {
	if bytes.IndexByte(b, 1) < 0 {
		return b
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] == 1 && i+1 < len(b) {
			i++
			out = append(out, b[i]-1)
			continue
		}
		out = append(out, b[i])
	}
	return out
}
