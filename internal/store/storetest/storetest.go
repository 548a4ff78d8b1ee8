// Package storetest is the exam of a store: what the comments of package store promise, said executably.
package storetest

import (
	"testing"

	"github.com/holdall-dev/holdall/internal/store"
)

// Open makes an empty store of its own, which it also closes at the end of the test.
type Open func(t *testing.T) store.Store

// Gapped is a store whose sequences may have gaps where a write failed: an Open returns it for the engines that
// have several writers.
type Gapped struct{ store.Store }

// Run holds the stores that open makes to all promises.
func Run(t *testing.T, open Open) {
	for _, part := range []struct {
		name string
		run  func(*testing.T, Open)
	}{
		{"Rows", testRows}, {"Queries", testQueries}, {"Given", testGiven}, {"Where", testWhere}, {"Sort", testSort},
		{"Unique", testUnique}, {"Guards", testGuards}, {"Old", testOld}, {"Batch", testBatch}, {"Group", testGroup},
		{"Update", testUpdate}, {"UpdateUndone", testUpdateUndone}, {"Part", testPart}, {"Lanes", testLanes}, {"Patience", testPatience},
		{"Snapshot", testSnapshot}, {"Stale", testStale}, {"Closed", testClosed},
		{"Reshape", testReshape}, {"ReshapeSwap", testReshapeSwap}, {"ReshapeClass", testReshapeClass},
		{"ReshapeUndone", testReshapeUndone}, {"ReshapeRefused", testReshapeRefused}, {"ReshapeUnderReaders", testReshapeUnderReaders}, {"Views", testViews}, {"ViewQueries", testViewQueries}, {"IndexWords", testIndexWords},
		{"Log", testLog}, {"Follow", testFollow}, {"Trim", testTrim}, {"Cursors", testCursors}, {"Consume", testConsume}, {"Params", testParams},
		{"Bulk", testBulk}, {"BulkUndone", testBulkUndone}, {"Histories", testHistories}, {"Console", testConsole},
	} {
		t.Run(part.name, func(t *testing.T) {
			t.Parallel()
			part.run(t, open)
		})
	}
}
