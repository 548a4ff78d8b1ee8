package storetest

import (
	"fmt"
	"testing"

	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

// testIndexWords: indexes are written in SQLite's words, too.
func testIndexWords(t *testing.T, open Open) {
	st := open(t)
	for i, text := range []string{
		"CREATE INDEX `ix%d` ON `posts` (`title` COLLATE NOCASE, `views` DESC)",
		"CREATE INDEX ix%d ON posts (title) WHERE public = 1 AND title LIKE 'a%%'",
		"CREATE INDEX `ix%d` ON `posts` (lower(`title`)) WHERE `views` > 3 OR `public` = true",
		"CREATE UNIQUE INDEX [ix%d] ON [posts] ([mood], json_extract(meta, '$.a'))",
		"CREATE INDEX IF NOT EXISTS \"ix%d\" ON \"posts\" (\"tags\", \"place\")",
	} {
		c := Posts()
		c.ID, c.Name = fmt.Sprintf("posts%010d", i), fmt.Sprintf("posts%d", i)
		c.Indexes = []string{fmt.Sprintf(text, i)}
		c.Seal()
		_, err := st.Update(t.Context(), func(tx store.Tx) error {
			return tx.Reshape(t.Context(), schema.Plan{Create: []*schema.Collection{c}})
		})
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}
