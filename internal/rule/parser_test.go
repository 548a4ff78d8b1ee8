package rule_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/internal/rule"
)

// spell writes a tree with all its parentheses.
func spell(n *rule.Node) string {
	if len(n.Kids) == 0 {
		any := ""
		if n.Any {
			any = "?"
		}
		return fmt.Sprintf("%s %s%d %s", spellTerm(n.L), any, n.Op, spellTerm(n.R))
	}
	parts := make([]string, len(n.Kids))
	for i, kid := range n.Kids {
		parts[i] = spell(kid)
	}
	by := " && "
	if n.Or {
		by = " || "
	}
	return "(" + strings.Join(parts, by) + ")"
}

func spellTerm(t rule.Term) string {
	switch t.Kind {
	case rule.NumberTerm:
		return fmt.Sprint(t.Number)
	case rule.TextTerm:
		return fmt.Sprintf("%q", t.Text)
	case rule.FuncTerm:
		args := make([]string, len(t.Args))
		for i, a := range t.Args {
			args[i] = spellTerm(a)
		}
		return t.Text + "(" + strings.Join(args, ",") + ")"
	}
	return t.Text
}

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a=1":                          "a 0 1",
		"a\n=\t-1.50 ":                 "a 0 -1.5",
		"a?!~'x'":                      `a ?7 "x"`,
		"a=1||b=2&&c=3":                "(a 0 1 || (b 0 2 && c 0 3))",
		"(a=1||b=2)&&c=3":              "((a 0 1 || b 0 2) && c 0 3)",
		"((a=1))":                      "a 0 1",
		"a=1 && b=2 && c=3":            "(a 0 1 && b 0 2 && c 0 3)",
		"a = 1 // b\n&& c = 2 // d":    "(a 0 1 && c 0 2)",
		"( // it's (\n a = 1 )":        "a 0 1",
		"@a.b:c = #x":                  "@a.b:c 0 #x",
		"f(1,'x',g(y),) > h()":         `f(1,"x",g(y)) 2 h()`,
		"f(g(h(1))) = 1":               "f(g(h(1))) 0 1",
		"_a1.B_2 <= a:b":               "_a1.B_2 5 a:b",
		`a = 'x\'\n\t\r\\\"\u0041\%' `: `a 0 "x'\n\t\r\\\"\\u0041\\%"`,
		`a = "it's"`:                   `a 0 "it's"`,
		"a = 'l1\nl2 // no comment'":   `a 0 "l1\nl2 // no comment"`,
		"'a\xff' = 'b'":                `"a\xff" 0 "b"`,
	} {
		n, err := rule.Parse(text)
		if err != nil {
			t.Errorf("Parse(%q): %v", text, err)
			continue
		}
		if got := spell(n); got != want {
			t.Errorf("Parse(%q) = %s, want %s", text, got, want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for text, pos := range map[string]int{
		"":                  0,
		"a":                 1,
		"a =":               3,
		"a = 1 b":           6,
		"a = 1\r":           5,
		"a = 1 &| b = 2":    6,
		"a => 1":            2,
		"a = 'x":            4,
		"a = 1.":            4,
		"a = 1.x":           4,
		"a = -":             4,
		"a. = 1":            0,
		"(a = 1":            6,
		"a = 1)":            5,
		"f (1) = 1":         2,
		"f(1 2) = 1":        4,
		"f(,1) = 1":         2,
		"f(g(h(i(1)))) = 1": 6,
		"a = é":             4,
	} {
		_, err := rule.Parse(text)
		if fault, ok := errors.AsType[*rule.Error](err); !ok {
			t.Errorf("Parse(%q) = %v, want an error", text, err)
		} else if fault.Pos != pos {
			t.Errorf("Parse(%q) fails at %d, want %d: %v", text, fault.Pos, pos, err)
		}
	}
}

func TestParseLimits(t *testing.T) {
	t.Parallel()
	terms := func(n int) string { return strings.TrimSuffix(strings.Repeat("a=1&&", n), "&&") }
	deep := func(n int) string { return strings.Repeat("(", n) + "a=1" + strings.Repeat(")", n) }
	for text, want := range map[string]bool{
		terms(rule.MaxTerms):              true,
		terms(rule.MaxTerms + 1):          false,
		deep(rule.MaxDepth):               true,
		deep(rule.MaxDepth + 1):           false,
		strings.Repeat("(", 1<<20):        false,
		strings.Repeat("f(", 1<<20):       false,
		"a = " + strings.Repeat("9", 400): false,
	} {
		if _, err := rule.Parse(text); (err == nil) != want {
			t.Errorf("Parse of %d bytes: %v", len(text), err)
		}
	}
}
