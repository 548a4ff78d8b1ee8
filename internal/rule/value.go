package rule

// Numeric is v as SQLite's NUMERIC affinity makes it: a text that looks like a number becomes one.
func (v Value) Numeric() Value {
	n, _ := numeric(v)
	return n
}

// Textual is v as SQLite's TEXT affinity makes it: a number becomes its text.
func (v Value) Textual() Value {
	t, _ := textual(v)
	return t
}
