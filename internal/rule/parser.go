package rule

import "strconv"

// Limits of the language.
const (
	MaxTerms  = 200 // comparisons in one text
	MaxDepth  = 64  // parentheses inside each other
	maxNested = 3   // functions inside each other
)

// Op is a comparison operator.
type Op uint8

// The operators. Each also has an any-form, written with a question mark before it.
const (
	Eq Op = iota
	Ne
	Gt
	Ge
	Lt
	Le
	Like
	NotLike
)

var operators = map[string]Op{"=": Eq, "!=": Ne, ">": Gt, ">=": Ge, "<": Lt, "<=": Le, "~": Like, "!~": NotLike}

// Node is a parsed expression: a comparison, or several nodes that && or || join.
type Node struct {
	Or   bool    // Kids are joined by || and not by &&
	Kids []*Node // empty for a comparison

	Op       Op
	Any      bool // the any-form: some related row suffices
	L, R     Term
	Pos, End int // the bytes of the text that it is made of, without parentheses around it
}

// TermKind says what a Term is.
type TermKind uint8

// The kinds of terms.
const (
	NameTerm TermKind = iota
	NumberTerm
	TextTerm
	FuncTerm
)

// Term is one side of a comparison, or an argument of a function.
type Term struct {
	Kind   TermKind
	Pos    int
	End    int
	Text   string // a name, a function's name, or the text itself
	Number float64
	Args   []Term
}

// Parse makes a tree of an expression. It checks the grammar alone: names mean nothing to it. The error
// is an *Error.
func Parse(text string) (*Node, error) {
	p := &parser{lex: lexer{src: text}}
	n, err := p.all()
	if err != nil {
		return nil, err
	}
	return n, nil
}

type parser struct {
	lex   lexer
	tok   token
	last  int // where the token before tok ends
	terms int
}

func (p *parser) all() (*Node, *Error) {
	if err := p.step(); err != nil {
		return nil, err
	}
	n, err := p.either(0)
	if err == nil && p.tok.kind != tokenEnd {
		err = fail(p.tok.pos, "expected && or ||")
	}
	return n, err
}

// step reads the next token.
func (p *parser) step() *Error {
	p.last = p.tok.end
	t, err := p.lex.next()
	p.tok = t
	return err
}

// either reads terms joined by ||, which binds weaker than &&.
func (p *parser) either(depth int) (*Node, *Error) {
	return p.joined(tokenOr, depth, func() (*Node, *Error) {
		return p.joined(tokenAnd, depth, func() (*Node, *Error) { return p.term(depth) })
	})
}

func (p *parser) joined(by tokenKind, depth int, part func() (*Node, *Error)) (*Node, *Error) {
	start := p.tok.pos
	first, err := part()
	if err != nil || p.tok.kind != by {
		return first, err
	}
	n := &Node{Or: by == tokenOr, Kids: []*Node{first}, Pos: start}
	for p.tok.kind == by {
		if err := p.step(); err != nil {
			return nil, err
		}
		kid, err := part()
		if err != nil {
			return nil, err
		}
		n.Kids = append(n.Kids, kid)
	}
	n.End = p.last
	return n, nil
}

func (p *parser) term(depth int) (*Node, *Error) {
	if p.tok.kind != tokenOpen {
		return p.comparison()
	}
	if depth >= MaxDepth {
		return nil, fail(p.tok.pos, "more than %d parentheses inside each other", MaxDepth)
	}
	if err := p.step(); err != nil {
		return nil, err
	}
	n, err := p.either(depth + 1)
	if err != nil {
		return nil, err
	}
	if p.tok.kind != tokenClose {
		return nil, fail(p.tok.pos, "expected )")
	}
	return n, p.step()
}

func (p *parser) comparison() (*Node, *Error) {
	n := &Node{Pos: p.tok.pos}
	if p.terms++; p.terms > MaxTerms {
		return nil, fail(n.Pos, "more than %d comparisons", MaxTerms)
	}
	var err *Error
	if n.L, err = p.operand(0); err != nil {
		return nil, err
	}
	if p.tok.kind != tokenOperator {
		return nil, fail(p.tok.pos, "expected an operator")
	}
	op := p.tok.text
	if op[0] == '?' {
		n.Any, op = true, op[1:]
	}
	var ok bool
	if n.Op, ok = operators[op]; !ok {
		return nil, fail(p.tok.pos, "unknown operator %q", p.tok.text)
	}
	if err = p.step(); err != nil {
		return nil, err
	}
	n.R, err = p.operand(0)
	n.End = p.last
	return n, err
}

// operand reads one side; depth counts the functions around it.
func (p *parser) operand(depth int) (Term, *Error) {
	t, err := p.side(depth)
	t.End = p.last
	return t, err
}

// side is operand without its end. A name that a parenthesis follows at once is a function.
func (p *parser) side(depth int) (Term, *Error) {
	t := Term{Pos: p.tok.pos, Text: p.tok.text}
	switch p.tok.kind {
	case tokenText:
		t.Kind = TextTerm
	case tokenNumber:
		t.Kind = NumberTerm
		f, err := strconv.ParseFloat(p.tok.text, 64)
		if err != nil {
			return t, fail(t.Pos, "number out of range")
		}
		t.Number = f
	case tokenName:
		end := p.tok.end
		if err := p.step(); err != nil {
			return t, err
		}
		if p.tok.kind == tokenOpen && p.tok.pos == end {
			return p.call(t, depth)
		}
		return t, nil
	default:
		return t, fail(t.Pos, "expected a name, a number or a text")
	}
	return t, p.step()
}

func (p *parser) call(t Term, depth int) (Term, *Error) {
	t.Kind = FuncTerm
	if depth >= maxNested {
		return t, fail(t.Pos, "more than %d functions inside each other", maxNested)
	}
	if err := p.step(); err != nil {
		return t, err
	}
	for p.tok.kind != tokenClose {
		arg, err := p.operand(depth + 1)
		if err != nil {
			return t, err
		}
		t.Args = append(t.Args, arg)
		if p.tok.kind == tokenComma {
			if err := p.step(); err != nil {
				return t, err
			}
		} else if p.tok.kind != tokenClose {
			return t, fail(p.tok.pos, "expected , or )")
		}
	}
	return t, p.step()
}
