package files

import (
	"strings"

	"github.com/holdall-dev/holdall/field"
)

// Bounds of names, in bytes.
const (
	maxGiven    = 300 // of a client's name, the end of it counts
	maxExt      = 20
	minStem     = 3
	maxStem     = 100
	randomChars = 10
	maxOriginal = 255
)

const lowerAlphanumeric = "abcdefghijklmnopqrstuvwxyz0123456789"

func random() string { return field.RandomText(randomChars, lowerAlphanumeric) }

// storedName is the name under which a file that a client calls given is kept: what is safe of it, and a part
// that nobody can guess and that makes it unique (files.md §2.2). sniffed is the extension that the content
// suggests; it is asked for when the name has none.
func storedName(given string, sniffed func() string) string {
	given = given[max(0, len(given)-maxGiven):]
	raw := extension(given)
	ext := cleanExt(raw)
	if ext == "" {
		ext = sniffed()
	}
	if len(ext) > maxExt {
		ext = "." + ext[len(ext)-maxExt:]
	}
	stem := snake(strings.TrimSuffix(given, raw))
	if len(stem) < minStem {
		stem += random()
	}
	return stem[:min(len(stem), maxStem)] + "_" + random() + ext
}

// extension is what follows from the last dot, or from the last but one when there are several.
func extension(name string) string {
	last := strings.LastIndexByte(name, '.')
	if last < 0 {
		return ""
	}
	if before := strings.LastIndexByte(name[:last], '.'); before >= 0 {
		return name[before:]
	}
	return name[last:]
}

func cleanExt(ext string) string {
	ext = strings.Map(func(r rune) rune {
		if alphanumeric(r) || strings.ContainsRune("_.*-+=#", r) {
			return r
		}
		return -1
	}, ext)
	if ext = strings.Trim(ext, "."); ext == "" {
		return ""
	}
	return "." + ext
}

func alphanumeric(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// snake writes a name in lower case with underscores between its words. A word also begins with an upper case
// letter that follows another character.
func snake(name string) string {
	var out strings.Builder
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return !alphanumeric(r) }) {
		if out.Len() > 0 {
			out.WriteByte('_')
		}
		for i := range len(word) {
			if i > 0 && isUpper(word[i]) && !isUpper(word[i-1]) {
				out.WriteByte('_')
			}
			out.WriteByte(word[i])
		}
	}
	return strings.ToLower(out.String())
}

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }
