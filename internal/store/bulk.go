package store

import (
	"context"
	"iter"
	"strings"

	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/schema"
)

// MoveMark is the named setting that a database bears while it is being filled from another one. It belongs to
// no part: it is neither dumped nor replaced.
const MoveMark = "@move"

// Told reports whether processes that share a database hear of a change of a named setting (see Store.OnTurn). With a
// slash in its name it is a note of whoever wrote it, one of many, which is read when it is needed: nobody has to
// look at everything anew for a mail that is on its way.
func Told(param string) bool { return !strings.Contains(param, "/") }

// Part is one table of a database that is moved as a whole: the records of a collection, or one of our own.
type Part struct {
	Name string             // of the table
	Of   *schema.Collection // whose records they are; nil for our own tables
}

// Our own tables. The definitions come with the order of creation; of consumers' cursors only how far they
// have read, since claims are those of a process that has ended.
var (
	Changes     = Part{Name: "_changes"}
	Cursors     = Part{Name: "_cursors"}
	Params      = Part{Name: "_params"}
	Definitions = Part{Name: "_collections"}
)

// RecordsOf is the part of a collection that stores records.
func RecordsOf(c *schema.Collection) Part { return Part{Name: c.Name, Of: c} }

// Line is one row of a part, spelled the one way that every engine can keep. It is valid during the step that
// yields it.
type Line struct {
	// Place is where the row stands in the order of its part: the order of creation, or the sequence of a
	// change. Parts whose rows have no order have 0 throughout.
	Place  int64
	Values []rule.Value
	// Altered says that the stored value was one that not every engine can keep, and which: characters that are
	// no UTF-8, or JSON that is none.
	Altered bool
}

// Lines are rows on their way. After an error there are no more.
type Lines = iter.Seq2[Line, error]

// Source is a database that can be read part by part. Nobody may write to it meanwhile.
type Source interface {
	// Collections reads all stored collections in order of creation, sealed.
	Collections(ctx context.Context) ([]*schema.Collection, error)
	// Dump yields the rows of a part whose place is above after, in the order of their places. Parts without
	// order are yielded whole.
	Dump(ctx context.Context, p Part, after int64) Lines
	// Extent is how many rows a part has, and the highest place.
	Extent(ctx context.Context, p Part) (rows, last int64, err error)
}

// Bulk is a store that can be filled part by part. Nothing of what comes this way enters the log.
type Bulk interface {
	Store
	Source
	// Load adds rows, all or none. Their collection must be there.
	Load(ctx context.Context, p Part, lines Lines) error
	// Replace puts rows in the place of all that the part holds.
	Replace(ctx context.Context, p Part, lines Lines) error
	// Settle makes the store ready for use after it was filled: what it numbers from now on comes above what is
	// there.
	Settle(ctx context.Context) error
}
