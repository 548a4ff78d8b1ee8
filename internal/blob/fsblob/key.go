package fsblob

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/holdall-dev/holdall/internal/blob"
)

// fileName is the path of a key below the root. What a file system would read as something else is written out:
// control characters, and the slash of "../", of "//" and at the end.
func fileName(key string) (string, error) {
	name := escape(key)
	switch {
	case !fs.ValidPath(name), name == ".", strings.HasSuffix(name, sideSuffix), strings.HasPrefix(name, tempDir+"/"):
		return "", fmt.Errorf("%w: %q", blob.ErrKey, key)
	}
	return name, nil
}

func escape(key string) string {
	var out strings.Builder
	for i := range len(key) {
		if !mustEscape(key, i) {
			out.WriteByte(key[i])
			continue
		}
		out.WriteString("__0x" + strconv.FormatUint(uint64(key[i]), 16) + "__")
	}
	return out.String()
}

func mustEscape(key string, i int) bool {
	switch c := key[i]; {
	case c < ' ':
		return true
	case c == '/':
		return i == 0 || i == len(key)-1 || key[i-1] == '/' || i > 1 && key[i-2:i] == ".."
	}
	return false
}

// unescape is the key of a path.
func unescape(name string) string {
	const open, end = "__0x", "__"
	var out strings.Builder
	for {
		i := strings.Index(name, open)
		if i < 0 {
			break
		}
		digits, rest, ok := strings.Cut(name[i+len(open):], end)
		n, err := strconv.ParseUint(digits, 16, 8)
		if !ok || err != nil {
			out.WriteString(name[:i+len(open)])
			name = name[i+len(open):]
			continue
		}
		out.WriteString(name[:i])
		out.WriteByte(byte(n))
		name = rest
	}
	out.WriteString(name)
	return out.String()
}
