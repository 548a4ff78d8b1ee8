package schema

// Index is one parsed CREATE INDEX statement.
type Index struct {
	Unique  bool
	Name    string
	Table   string
	Columns []IndexColumn
	Where   string
}

// IndexColumn is an indexed column or expression.
type IndexColumn struct {
	Name    string // column name, or the text of an expression
	Expr    bool   // Name is an expression and is not quoted
	Collate string
	Sort    string // "", "ASC" or "DESC"
}
