package rule_test

import (
	"errors"
	"testing"

	"github.com/holdall-dev/holdall/internal/rule"
)

// FuzzParse proves that any text is a tree or an *Error with a position inside it.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a=1||b=2&&(c=3)", "f(1,'x',g(y),) > h()", "a ~ 'x' // y\n", `"\'" !~ '\%'`, "((((", "-.1e5", "@a.b:c ?!= #d", "a='é\x00\xff'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := rule.Parse(text)
		if err == nil {
			again(t, text, n)
			return
		}
		var fault *rule.Error
		if !errors.As(err, &fault) || fault.Pos < 0 || fault.Pos > len(text) {
			t.Errorf("Parse(%q): %#v", text, err)
		}
	})
}

// again proves that parentheses around what parses change nothing.
func again(t *testing.T, text string, n *rule.Node) {
	m, err := rule.Parse("(" + text + "\n)")
	if err != nil {
		return // one level too deep
	}
	if got, want := spell(m), spell(n); got != want {
		t.Errorf("(%q) is %s and not %s", text, got, want)
	}
}
