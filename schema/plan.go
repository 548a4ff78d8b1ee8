package schema

// Plan is a step from one catalog to the next. Collections are matched by id.
type Plan struct {
	Drop   []*Collection // as they are stored now
	Create []*Collection
	Change []Pair
}

// Pair is a collection before and after a change; fields are matched by id.
type Pair struct{ Old, New *Collection }

// ViewColumn is a result column of a view's query as the engine sees it.
type ViewColumn struct {
	Name     string
	Declared string // declared type of the source column, "" for an expression
	Table    string // source table, "" for an expression
	Column   string // source column, "" for an expression
}
