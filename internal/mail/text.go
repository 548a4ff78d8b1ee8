package mail

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// PlainText is what an HTML document says without its markup: links as [label](url), list items with a dash,
// blocks on lines of their own. What is not meant for reading is left out.
func PlainText(document string) string {
	var w textWriter
	tokens := html.NewTokenizer(strings.NewReader(document))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return strings.TrimSpace(w.String())
		case html.TextToken:
			w.text(string(tokens.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			w.open(tokens.Token())
		case html.EndTagToken:
			w.close(tokens.Token().DataAtom)
		}
	}
}

// unread are elements whose content is not for reading.
var unread = map[atom.Atom]bool{
	atom.Style: true, atom.Script: true, atom.Title: true, atom.Select: true, atom.Textarea: true, atom.Button: true, atom.Svg: true,
	atom.Template: true, atom.Noscript: true, atom.Iframe: true, atom.Object: true,
}

var blocks = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true,
	atom.Ul: true, atom.Ol: true, atom.Table: true, atom.Tr: true, atom.Blockquote: true, atom.Pre: true, atom.Section: true,
	atom.Header: true, atom.Footer: true, atom.Article: true, atom.Hr: true,
}

// textWriter collects text with its white space collapsed.
type textWriter struct {
	strings.Builder
	skip  int      // depth of elements that are not for reading
	lines int      // line breaks that are due before the next text
	space bool     // a space is due
	tight bool     // a label begins: no space
	hrefs []string // of open links
}

func (w *textWriter) open(t html.Token) {
	switch {
	case unread[t.DataAtom]:
		if t.Type == html.StartTagToken {
			w.skip++
		}
	case t.DataAtom == atom.Br:
		w.lines++
	case t.DataAtom == atom.Li:
		w.lines = max(w.lines, 1)
		w.text("- ")
	case t.DataAtom == atom.A:
		href := ""
		for _, a := range t.Attr {
			if a.Key == "href" {
				href = a.Val
			}
		}
		if w.hrefs = append(w.hrefs, href); href != "" {
			w.text("[")
			w.tight = true
		}
	case blocks[t.DataAtom]:
		w.lines = max(w.lines, 2)
	}
}

func (w *textWriter) close(a atom.Atom) {
	switch {
	case unread[a]:
		w.skip = max(w.skip-1, 0)
	case a == atom.A && len(w.hrefs) > 0:
		href := w.hrefs[len(w.hrefs)-1]
		if w.hrefs = w.hrefs[:len(w.hrefs)-1]; href != "" {
			w.space = false
			w.text("](" + href + ")")
		}
	case blocks[a]:
		w.lines = max(w.lines, 2)
	}
}

func (w *textWriter) text(s string) {
	if w.skip > 0 {
		return
	}
	words := strings.Fields(s)
	if len(words) == 0 {
		w.space = w.space || s != ""
		return
	}
	switch {
	case w.Len() == 0, w.tight:
	case w.lines > 0:
		w.WriteString(strings.Repeat("\n", min(w.lines, 2)))
	case w.space || isSpace(s[0]):
		w.WriteByte(' ')
	}
	w.lines, w.tight = 0, false
	w.WriteString(strings.Join(words, " "))
	w.space = isSpace(s[len(s)-1])
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }
