package rule

import "strings"

// Limits of what clients and joins may ask.
const (
	MaxFilter      = 3500 // bytes of a client's filter
	MaxSortKeys    = 8
	MaxSortKey     = 255 // bytes
	MaxSteps       = 6   // relations in one path
	MaxClientJoins = 8   // tables that filter and sort of a client who is no superuser reach into
	MaxJoins       = 48  // in all; SQLite joins 64 tables at most
)

// Bound is a question whose names are columns and joins. It is immutable and valid for one schema.
type Bound struct {
	Base  *Table
	Where *Expr // nil matches all
	Keys  []Key // sort keys
	Joins []Join
	Used  []bool // which joins Where and Keys need, by their position

	open  bool // the request is part of it
	timed bool // its folding looked at the clock
}

// Bind parses and resolves a question. Errors are *Error.
func Bind(q Question) (*Bound, error) {
	b, err := bind(q)
	if err != nil {
		return nil, err
	}
	return b, nil
}

func bind(q Question) (*Bound, *Error) {
	k := &binder{q: q}
	if !q.Super {
		if err := locked(q); err != nil {
			return nil, err
		}
	}
	var parts []*Expr
	trusted := &view{start: place{table: q.Base, join: -1, base: true}}
	client := &view{start: trusted.start, client: !q.Super, blind: !q.Super || q.Conceal}
	if q.Rule != "" {
		e, err := k.text(trusted, q.Rule)
		if err != nil {
			return nil, err
		}
		parts = append(parts, e)
	}
	if len(q.Filter) > MaxFilter {
		return nil, fail(MaxFilter, "filter longer than %d bytes", MaxFilter)
	}
	if q.Filter != "" {
		e, err := k.text(client, q.Filter)
		if err != nil {
			return nil, err
		}
		parts = append(parts, e)
	}
	keys, err := k.sortKeys(client, q.Sort)
	if err != nil {
		return nil, err
	}
	checks, err := k.listRules()
	if err != nil {
		return nil, err
	}
	return k.finish(append(parts, checks...), keys)
}

// locked refuses texts of clients that mention what only superusers may ask, even inside quotes.
func locked(q Question) *Error {
	for _, name := range [...]string{"@request", "@collection"} {
		for i, text := range [...]string{q.Filter, q.Sort} {
			if at := strings.Index(text, name+"."); at >= 0 {
				return &Error{Pos: at, Msg: "only superusers can name " + name, Locked: name, InSort: i == 1}
			}
		}
	}
	return nil
}

// binder collects the joins of a question while its texts are bound.
type binder struct {
	q       Question
	joins   []Join
	keys    map[joinKey]int
	touched []int // joins of tables that a client's words pass through, in order
	scopes  int
}

// joinKey is what makes two joins the same one.
type joinKey struct {
	kind   JoinKind
	parent int
	ord    int
	table  *Table
	tag    string // alias, or the part of the request it starts from
	scope  int
}

// view is whose words an expression is, and where its names begin.
type view struct {
	start  place
	scope  int
	client bool    // of a client who is no superuser
	blind  bool    // hidden columns cannot be named
	guards []*Expr // what the comparison being bound must also satisfy
}

// place is the row at which a name is looked up.
type place struct {
	table *Table
	join  int    // -1 for the base row
	auth  bool   // the signed-in record
	base  bool   // reached from the base row
	multi bool   // several rows for one row at the start
	tag   string // path within the request, when that is where it begins
	soft  bool   // unknown names are NULL
}

// text binds a whole expression.
func (k *binder) text(v *view, text string) (*Expr, *Error) {
	n, err := Parse(text)
	if err != nil {
		return nil, err.(*Error) //nolint:errorlint // Parse gives no other, and gives it bare
	}
	return k.node(v, n)
}

func (k *binder) node(v *view, n *Node) (*Expr, *Error) {
	if len(n.Kids) == 0 {
		return k.comparison(v, n)
	}
	kids := make([]*Expr, len(n.Kids))
	for i, kid := range n.Kids {
		e, err := k.node(v, kid)
		if err != nil {
			return nil, err
		}
		kids[i] = e
	}
	if n.Or {
		return either(kids), nil
	}
	return both(kids), nil
}

func (k *binder) comparison(v *view, n *Node) (*Expr, *Error) {
	v.guards = nil
	l, err := k.operand(v, &n.L)
	if err != nil {
		return nil, err
	}
	r, err := k.operand(v, &n.R)
	if err != nil {
		return nil, err
	}
	e := compared(n.Op, n.Any, l, r)
	if len(v.guards) > 0 {
		e = both(append([]*Expr{e}, v.guards...))
	}
	return e, nil
}

func (k *binder) operand(v *view, t *Term) (*Operand, *Error) {
	switch t.Kind {
	case TextTerm:
		return literal(TextValue(t.Text)), nil
	case NumberTerm:
		return literal(RealValue(t.Number)), nil
	case FuncTerm:
		return k.function(v, t)
	}
	return k.name(v, t)
}

// literal is a constant written in a text, or a value of a request.
func literal(v Value) *Operand {
	o := &Operand{Kind: ConstOperand, Class: Known, Join: -1, Value: v, Literal: true}
	if v.isEmpty() {
		o.Class = Empty
	}
	return o
}

// word is true, false or null.
func word(v Value) *Operand {
	o := literal(v)
	o.Literal = false
	return o
}

func (v Value) isEmpty() bool { return v.Type == Null || v.Type == Txt && v.S == "" }

// listRules are the conditions that joined tables put on rows that a client's words pass through
// (filter.md §9).
func (k *binder) listRules() ([]*Expr, *Error) {
	var checks []*Expr
	for _, i := range k.touched {
		t := k.joins[i].Table
		if t.ListRule == nil {
			return nil, fail(-1, "%s cannot be listed", t.Name)
		}
		if *t.ListRule == "" {
			continue
		}
		k.scopes++
		v := &view{start: place{table: t, join: i}, scope: k.scopes}
		e, err := k.text(v, *t.ListRule)
		if err != nil {
			return nil, err
		}
		missing := compared(Eq, true, column(v.start, t.Ord("id")), word(Value{}))
		checks = append(checks, either([]*Expr{missing, e}))
	}
	return checks, nil
}

func (k *binder) finish(parts []*Expr, keys []Key) (*Bound, *Error) {
	b := &Bound{Base: k.q.Base, Keys: keys, Joins: k.joins}
	if len(parts) > 0 {
		b.Where = both(parts)
	}
	if b.Where != nil && b.Where.Kind == TrueExpr {
		b.Where = nil
	}
	b.open = b.Where != nil && b.Where.open
	for _, key := range keys {
		b.open = b.open || key.Operand != nil && key.Operand.open()
	}
	b.use()
	for i, j := range b.Joins {
		b.open = b.open || b.Used[i] && j.From != nil && j.From.open()
	}
	return b, nil
}

// Sorted reports whether there are sort keys.
func (b *Bound) Sorted() bool { return len(b.Keys) > 0 }

// Never reports whether a folded question matches no row whatever.
func (b *Bound) Never() bool { return b.Where != nil && b.Where.Kind == FalseExpr }

// Always reports whether a folded question matches all rows.
func (b *Bound) Always() bool { return b.Where == nil || b.Where.Kind == TrueExpr }

// Timed reports whether the answer of a folded question depends on when it was folded.
func (b *Bound) Timed() bool { return b.timed }

// use finds out which joins are needed.
func (b *Bound) use() {
	if len(b.Joins) == 0 {
		return
	}
	b.Used = make([]bool, len(b.Joins))
	if b.Where != nil {
		b.Where.operands(b.useOperand)
	}
	for _, key := range b.Keys {
		if key.Operand != nil {
			b.useOperand(key.Operand)
		}
	}
}

func (b *Bound) useOperand(o *Operand) {
	for i := o.Join; i >= 0 && !b.Used[i]; i = b.Joins[i].parent() {
		b.Used[i] = true
	}
	for _, arg := range o.Args {
		b.useOperand(arg)
	}
	if o.Test != nil {
		o.Test.operands(b.useOperand)
	}
}
