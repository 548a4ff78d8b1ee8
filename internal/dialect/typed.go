package dialect

import "github.com/holdall-dev/holdall/internal/rule"

// Typed is what an engine needs that does not compare values of different types, so that it compares as
// SQLite does. Values whose type is known beforehand are compared as they are. Any other value is compared
// by its key: a text whose order, byte by byte, is that of SQLite's values, and NULL for NULL. Names of
// functions end with their parenthesis.
type Typed struct {
	// Key is the key of a constant that is not NULL.
	Key func(rule.Value) string
	// NumberKey takes a number, NumericKey a text that may look like a number and then is one, JSONKey a JSON
	// value, JSONNumericKey a JSON value whose texts may look like numbers.
	NumberKey, NumericKey, JSONKey, JSONNumericKey string
	// NumberText, RealText, JSONText and JSONWholeText spell numbers and JSON values as SQLite does. RealText is
	// for numbers that are never integers, JSONWholeText for a whole column, where a number without a fraction
	// is one.
	NumberText, RealText, JSONText, JSONWholeText string
	// Number and JSONNumber are the number that a text or a JSON value looks like, or NULL.
	Number, JSONNumber string
	// Distance takes lonA, latA, lonB, latB.
	Distance string
	// Text, Float and Int are types to CAST to. Collate follows a text to compare it byte by byte.
	Text, Float, Int, Collate string
}

// TextKey is what the key of a text begins with; the text follows.
const TextKey = "2"
