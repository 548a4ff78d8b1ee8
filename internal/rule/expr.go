package rule

// ExprKind says what an Expr is.
type ExprKind uint8

// The kinds of expressions.
const (
	TrueExpr ExprKind = iota
	FalseExpr
	AndExpr
	OrExpr
	CompareExpr
)

// Expr is a bound condition. It is immutable, and parts are shared between bound questions.
type Expr struct {
	Kind ExprKind
	Kids []*Expr // of AndExpr and OrExpr, two at least

	// Of a comparison. Unless Any is set, an operand with several values must satisfy it with all of them.
	Op   Op
	Any  bool
	L, R *Operand

	open bool // the request is part of it: to be folded
}

// operands visits both sides of every comparison; what operands are made of is up to visit.
func (e *Expr) operands(visit func(*Operand)) {
	for _, kid := range e.Kids {
		kid.operands(visit)
	}
	if e.Kind == CompareExpr {
		visit(e.L)
		visit(e.R)
	}
}

var (
	always = &Expr{Kind: TrueExpr}
	never  = &Expr{Kind: FalseExpr}
)

// constant is always or never.
func constant(b bool) *Expr {
	if b {
		return always
	}
	return never
}

// Class says how an operand behaves under = and != (filter.md §6).
type Class uint8

// The classes.
const (
	Plain Class = iota // columns and what is computed of them: empty and NULL are the same
	Exact              // JSON, geoDistance, :changed: compared as they are, NULL equals NULL alone
	Empty              // a constant that is '' or NULL
	Known              // a constant that is not empty
)

// Affinity is what SQLite would convert the other side of a comparison to.
type Affinity uint8

// The affinities.
const (
	NoAffinity Affinity = iota
	TextAffinity
	NumberAffinity
)

// OperandKind says what an Operand is.
type OperandKind uint8

// The kinds of operands.
const (
	ConstOperand    OperandKind = iota // Value
	ColumnOperand                      // a column
	PathOperand                        // a place inside the JSON of a column
	LengthOperand                      // how many elements a column has
	EachOperand                        // the element that an Each join stands at
	LowerOperand                       // Args[0] with ASCII letters in lower case
	DistanceOperand                    // geoDistance of four Args
	TimeOperand                        // strftime of Args: format, value, modifiers
	ChangedOperand                     // 1 or 0: whether Test holds
	requestOperand                     // a value of the request, until it is folded
)

// Operand is one side of a comparison, or a sort key.
type Operand struct {
	Kind  OperandKind
	Class Class
	Aff   Affinity
	Bare  bool // a column without its affinity

	Join  int    // the join it lies in; -1 for the base row
	Multi bool   // it may have several values for one base row (filter.md §8.1)
	Table *Table // of columns
	Ord   int
	Path  []Step

	Value   Value // of constants
	Literal bool  // a constant of which ~ makes a pattern of its own (filter.md §7)
	Pattern bool  // a constant that is such a pattern already

	Args []*Operand
	Test *Expr

	ask *request
}

// Column is the column that an operand reads.
func (o *Operand) Column() *Column { return &o.Table.Columns[o.Ord] }

// Step is one step of a JSON path: a key, or an index when Key is empty.
type Step struct {
	Key   string
	Index int
}

// JoinKind says how a joined row is found.
type JoinKind uint8

// The kinds of joins; all are LEFT joins.
const (
	OneJoin   JoinKind = iota // the row whose id is From
	IDsJoin                   // rows whose id is in the JSON list From
	BackJoin                  // rows whose column Ord is From
	ListJoin                  // rows whose list column Ord contains From
	WholeJoin                 // all rows
	EachJoin                  // no table: the elements of From
)

// Join is one joined table, or the elements of a list.
type Join struct {
	Kind  JoinKind
	Table *Table   // nil for EachJoin
	From  *Operand // nil for WholeJoin
	Ord   int
	Scope int  // joins of one text share a scope; a list rule of a joined table has its own
	Multi bool // several rows for one row at the scope's beginning
}

// parent is the join that a join hangs on, or -1.
func (j *Join) parent() int {
	if j.From == nil {
		return -1
	}
	return j.From.Join
}

// KeyKind says what records are sorted by.
type KeyKind uint8

// The kinds of sort keys.
const (
	OperandKey KeyKind = iota
	RandomKey
	RowKey // order of insertion
)

// Key is one sort key.
type Key struct {
	Kind    KeyKind
	Desc    bool
	Operand *Operand
}

// Form is how = and != are to be decided for two operands (filter.md §6).
type Form uint8

// The forms.
const (
	PlainForm    Form = iota // a = b, a IS NOT b
	ExactForm                // a IS b, a IS NOT b
	EmptyForm                // one side is an Empty constant: the other is '' or NULL
	CoalesceForm             // '' stands for NULL on both sides
)

// Form returns how = and != of a comparison are decided.
func (e *Expr) Form() Form {
	l, r := e.L.Class, e.R.Class
	switch {
	case l == Exact || r == Exact:
		return ExactForm
	case l == Known || r == Known:
		return PlainForm
	case l == Empty || r == Empty:
		return EmptyForm
	}
	return CoalesceForm
}

// Uncertain returns the operand that an EmptyForm asks about: the one that is not the Empty constant.
func (e *Expr) Uncertain() *Operand {
	if e.L.Class == Empty {
		return e.R
	}
	return e.L
}
