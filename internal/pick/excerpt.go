package pick

import (
	"html"
	"slices"
	"strings"
	"unicode/utf8"
)

// excerpt makes the beginning of an HTML text plain.
type excerpt struct {
	limit int  // runes
	dots  bool // whether "..." says that something was cut off
}

// dropped are the elements that are left out with all that is in them, void the ones that have no content,
// raw the ones whose content is no HTML, inline the ones that do not part words, and cells the ones that
// mean nothing outside of a table.
var (
	dropped = set("head style script iframe embed applet object svg img picture dialog template button form textarea input select option")
	void    = set("area base br col embed hr img input link meta param source track wbr")
	raw     = set("script style iframe textarea title xmp noembed noframes")
	inline  = set("a abbr acronym b bdo big br cite code em i label q small span strike strong sub sup time")
	cells   = set("caption col colgroup tbody td tfoot th thead tr")
)

func set(names string) map[string]bool {
	m := make(map[string]bool)
	for name := range strings.FieldsSeq(names) {
		m[name] = true
	}
	return m
}

// of returns the excerpt of a text. It reads no further than it must.
func (e *excerpt) of(s string) string {
	r := reader{rest: s, most: e.limit}
	for r.rest != "" && !r.full() {
		r.step()
	}
	plain := strings.TrimSpace(r.out.String())
	if utf8.RuneCountInString(plain) <= e.limit {
		return plain
	}
	plain = strings.TrimSpace(string([]rune(plain)[:e.limit]))
	if e.dots {
		plain += "..."
	}
	return plain
}

// maxOpen is how many elements are followed into each other. Looking for one among more would let a hostile
// text cost the square of its length.
const maxOpen = 256

// reader turns HTML into plain text, a piece at a time.
type reader struct {
	rest  string
	out   strings.Builder
	runes int
	most  int
	gap   bool     // white space was seen since the last rune
	begun bool     // there was text, or an element of the body
	open  []string // elements that are open
	mute  int      // how many of them are dropped ones
}

// full reports whether there is more text than will be shown: a rune beyond the limit proves a cut.
func (r *reader) full() bool { return r.runes > r.most }

// step takes a run of text, or one tag.
func (r *reader) step() {
	i := strings.IndexByte(r.rest, '<')
	switch {
	case i < 0:
		i = len(r.rest)
		fallthrough
	case i > 0:
		r.text(r.rest[:i])
		r.rest = r.rest[i:]
	case strings.HasPrefix(r.rest, "<!--"):
		r.rest = after(r.rest[4:], "-->")
	case len(r.rest) > 1 && (r.rest[1] == '!' || r.rest[1] == '?'):
		r.rest = after(r.rest, ">")
	case len(r.rest) > 1 && (isLetter(r.rest[1]) || r.rest[1] == '/'):
		r.tag()
	default:
		r.text("<")
		r.rest = r.rest[1:]
	}
}

func (r *reader) text(s string) {
	if r.mute > 0 {
		return
	}
	for _, c := range html.UnescapeString(s) {
		if c == ' ' || c >= '\t' && c <= '\r' { // a no-break space is no space
			r.gap = true
			continue
		}
		r.begun = true
		if r.gap && r.runes > 0 {
			r.out.WriteByte(' ')
			r.runes++
		}
		r.gap = false
		r.out.WriteRune(c)
		if r.runes++; r.full() {
			return
		}
	}
}

// tag takes an opening or closing tag.
func (r *reader) tag() {
	end := tagEnd(r.rest)
	name, closes := strings.CutPrefix(r.rest[1:end], "/")
	r.rest = strings.TrimPrefix(r.rest[end:], ">")
	if i := strings.IndexAny(name, " \t\r\n\f/"); i >= 0 {
		name = name[:i]
	}
	name = strings.ToLower(name)
	switch {
	case closes:
		r.close(name)
	case !r.means(name):
	case void[name]:
		r.part(name)
	default:
		r.part(name)
		r.enter(name)
	}
}

// means reports whether an element may begin here. A browser ignores the tags of others.
func (r *reader) means(name string) bool {
	switch {
	case name == "html", name == "body", name == "head" && r.begun:
		return false
	case cells[name]:
		return slices.Contains(r.open, "table")
	}
	r.begun = r.begun || name != "head"
	return true
}

// part notes that an element parts words.
func (r *reader) part(name string) {
	if r.mute == 0 && !inline[name] && !dropped[name] {
		r.gap = true
	}
}

func (r *reader) enter(name string) {
	if raw[name] {
		r.rawText(name)
		return
	}
	if len(r.open) == maxOpen {
		return
	}
	r.open = append(r.open, name)
	if dropped[name] {
		r.mute++
	}
}

// rawText takes the content of an element in which tags mean nothing.
func (r *reader) rawText(name string) {
	end := closing(r.rest, name)
	if !dropped[name] {
		r.text(r.rest[:end])
	}
	r.rest = after(r.rest[end:], ">")
	r.part(name)
}

// closing is where the end tag of name begins.
func closing(s, name string) int {
	for i := 0; ; i++ {
		j := strings.Index(s[i:], "</")
		if j < 0 {
			return len(s)
		}
		i += j
		if n := i + 2 + len(name); n <= len(s) && strings.EqualFold(s[i+2:n], name) {
			return i
		}
	}
}

// close ends an element and all that were left open in it. The end of one that is not open means nothing.
func (r *reader) close(name string) {
	at := len(r.open) - 1
	for at >= 0 && r.open[at] != name {
		at--
	}
	if at < 0 {
		return
	}
	gone := r.open[at:]
	r.open = r.open[:at]
	for _, tag := range slices.Backward(gone) {
		if dropped[tag] {
			r.mute--
		}
		r.part(tag)
	}
}

// tagEnd is where the tag at the start of s ends, quotes respected.
func tagEnd(s string) int {
	var quote byte
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && s[i-1] == '=':
			quote = c
		case c == '>':
			return i
		}
	}
	return len(s)
}

func after(s, mark string) string {
	if _, rest, ok := strings.Cut(s, mark); ok {
		return rest
	}
	return ""
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
