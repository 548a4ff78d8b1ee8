package schema_test

import (
	"testing"

	"github.com/holdall-dev/holdall/schema"
)

func TestNormalIndex(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"create index idx on anything (title)", "CREATE INDEX `idx` ON `tasks` (`title`)"},
		{"CREATE UNIQUE INDEX IF NOT EXISTS idx ON x (a)", "CREATE UNIQUE INDEX `idx` ON `tasks` (`a`)"},
		{"CREATE INDEX `idx` ON `x` (`a`)", "CREATE INDEX `idx` ON `tasks` (`a`)"},
		{`CREATE INDEX "idx" ON "x" ("a", "b c")`, "CREATE INDEX `idx` ON `tasks` (\n  `a`,\n  `b c`\n)"},
		{"CREATE INDEX 'idx' ON 'x' ('a')", "CREATE INDEX `idx` ON `tasks` (`a`)"},
		{"CREATE INDEX [idx] ON [x] ([a])", "CREATE INDEX `idx` ON `tasks` (`a`)"},
		{"CREATE INDEX idx ON {{tasks}} ([[a]])", "CREATE INDEX `idx` ON `tasks` (`a`)"},
		{"CREATE INDEX main.idx ON x (a)", "CREATE INDEX `idx` ON `tasks` (`a`)"},
		{"CREATE INDEX idx ON x(a);", "CREATE INDEX `idx` ON `tasks` (`a`)"},
		{"CREATE INDEX\n  idx\nON\n  x (\n  a,\n  b\n)", "CREATE INDEX `idx` ON `tasks` (\n  `a`,\n  `b`\n)"},
		{"CREATE INDEX idx ON x (a COLLATE NOCASE DESC, b asc)", "CREATE INDEX `idx` ON `tasks` (\n  `a` COLLATE NOCASE DESC,\n  `b` ASC\n)"},
		{"CREATE INDEX idx ON x (a collate `nocase`)", "CREATE INDEX `idx` ON `tasks` (`a` COLLATE nocase)"},
		{"CREATE INDEX idx ON x (lower(a), json_extract(b, '$.c,d') desc)", "CREATE INDEX `idx` ON `tasks` (\n  lower(a),\n  json_extract(b, '$.c,d') DESC\n)"},
		{"CREATE INDEX idx ON x (a || b)", "CREATE INDEX `idx` ON `tasks` (a || b)"},
		{"CREATE INDEX idx ON x (a) WHERE a != ''", "CREATE INDEX `idx` ON `tasks` (`a`) WHERE a != ''"},
		{"CREATE INDEX idx ON x (a) where (a != '' and (b > 1))", "CREATE INDEX `idx` ON `tasks` (`a`) WHERE (a != '' and (b > 1))"},
		{"CREATE INDEX idx ON x (a) WHERE(a = ')')", "CREATE INDEX `idx` ON `tasks` (`a`) WHERE (a = ')')"},
		// a statement for the collection's own table stays as it was written
		{"create  index idx on tasks (a)", "create  index idx on tasks (a)"},
		{"CREATE INDEX idx ON Tasks (a)", "CREATE INDEX `idx` ON `tasks` (`a`)"},
		// what is no index stays for the check to refuse
		{"CREATE INDEX ON x (a)", "CREATE INDEX ON x (a)"},
		{"nope", "nope"},
	}
	for _, tt := range tests {
		if got := schema.NormalIndex(tt.in, "tasks"); got != tt.want {
			t.Errorf("NormalIndex(%q)\ngot  %q\nwant %q", tt.in, got, tt.want)
		}
	}
}

func TestParseIndexRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "CREATE INDEX", "CREATE INDEX idx", "CREATE INDEX idx ON t", "CREATE INDEX idx ON t (", "CREATE INDEX idx ON t ()",
		"CREATE INDEX idx ON t (a,)", "CREATE INDEX ON t (a)", "CREATE INDEX `` ON t (a)", "CREATE INDEX idx ON t (a) nonsense",
		"CREATE INDEX idx ON t (a) WHERE", "DROP TABLE t", "CREATE INDEX idx ON t (a); DROP TABLE t",
	} {
		if ix, err := schema.ParseIndex(text); err == nil {
			t.Errorf("ParseIndex(%q) = %+v", text, ix)
		}
	}
}

func TestIndexRoundTrip(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"CREATE INDEX `a` ON `t` (`x`)",
		"CREATE UNIQUE INDEX `a` ON `t` (\n  `x` COLLATE NOCASE DESC,\n  lower(y)\n) WHERE x != ''",
	} {
		ix, err := schema.ParseIndex(text)
		if err != nil || ix.String() != text {
			t.Errorf("%q became %q, %v", text, ix.String(), err)
		}
	}
}
