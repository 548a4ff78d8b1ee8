package rule

// Bound is a question whose names are columns and joins. It is immutable and valid for one schema.
type Bound struct {
	Base *Table
}

// Bind parses and resolves a question. Errors are *Error.
func Bind(q Question) (*Bound, error) { panic("to be built") }

// Fold returns the question with the request put in: no @request and no macro is left.
func (b *Bound) Fold(s Scope) *Bound { panic("to be built") }

// Never reports whether a folded question matches no row whatever, Always whether it matches all.
func (b *Bound) Never() bool  { panic("to be built") }
func (b *Bound) Always() bool { panic("to be built") }

// Sorted reports whether there are sort keys.
func (b *Bound) Sorted() bool { panic("to be built") }

// Eval judges one row of the base table; b must be folded.
func (b *Bound) Eval(r Row) Verdict { panic("to be built") }
