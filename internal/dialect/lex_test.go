package dialect_test

import (
	"slices"
	"testing"

	"github.com/holdall-dev/holdall/internal/dialect"
)

// TestNext: SQL falls into its tokens, of which nothing is lost, also when it is not closed.
func TestNext(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sql   string
		kinds []dialect.Kind
		names []string
	}{
		{`a."b""c" == 'it''s'`, []dialect.Kind{dialect.Word, dialect.Sign, dialect.Quoted, dialect.Blank, dialect.Sign, dialect.Blank, dialect.Text}, []string{"a", `b"c`}},
		{"12e3-- all\n[x y]`z`", []dialect.Kind{dialect.Number, dialect.Blank, dialect.Quoted, dialect.Quoted}, []string{"x y", "z"}},
		{"/*/ one */\t(ä)", []dialect.Kind{dialect.Blank, dialect.Blank, dialect.Sign, dialect.Word, dialect.Sign}, []string{"ä"}},
		{"'open", []dialect.Kind{dialect.Text}, nil},
		{"-- open", []dialect.Kind{dialect.Blank}, nil},
	} {
		var kinds []dialect.Kind
		var names []string
		for rest := c.sql; rest != ""; {
			tok := dialect.Next(rest)
			if tok.Text == "" || tok.Text != rest[:len(tok.Text)] {
				t.Fatalf("%q: got %q of %q", c.sql, tok.Text, rest)
			}
			rest = rest[len(tok.Text):]
			if kinds = append(kinds, tok.Kind); tok.Name != "" {
				names = append(names, tok.Name)
			}
		}
		if !slices.Equal(kinds, c.kinds) || !slices.Equal(names, c.names) {
			t.Errorf("%q: got %v, %q; want %v, %q", c.sql, kinds, names, c.kinds, c.names)
		}
	}
}
