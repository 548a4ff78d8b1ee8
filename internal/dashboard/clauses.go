package dashboard

import (
	"context"
	"errors"
	"slices"

	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/rule"
)

// Clause is a part of a rule: a comparison, or several parts that && or || join.
type Clause struct {
	From     int       `json:"from"` // bytes of the rule's text
	To       int       `json:"to"`
	Text     string    `json:"text"`
	Op       string    `json:"op"`
	Left     *Side     `json:"left,omitempty"` // of comparisons
	Right    *Side     `json:"right,omitempty"`
	Result   string    `json:"result"`  // yes, no, unknown: of the first record; none when there is no record
	Passes   int       `json:"passes"`  // how many of the records
	Decided  bool      `json:"decided"` // the first record's verdict comes from here
	Note     string    `json:"note,omitempty"`
	Children []*Clause `json:"children"`

	held  []bool
	cause error // why it could not be asked
}

// Side is one side of a comparison, with its values for the first record.
type Side struct {
	Text   string `json:"text"`
	Known  bool   `json:"known"` // Values are what it stands for; else only the database knows
	Values []any  `json:"values"`
	More   bool   `json:"more"` // there are more of them
}

// The words for what comes of a clause.
const (
	yes     = "yes"
	no      = "no"
	unknown = "unknown"
	none    = "none"
)

// operators as they are written, by rule.Op.
var operators = [...]string{"=", "!=", ">", ">=", "<", "<=", "~", "!~"}

// tree asks every part of the rule of all subjects, each by itself and as the whole rule is asked.
func (t *trial) tree(ctx context.Context, text string) error {
	n, err := rule.Parse(text)
	if err != nil {
		return nil // the whole rule has failed by then, with the same words
	}
	root, err := t.clause(ctx, text, n)
	if err != nil {
		return err
	}
	t.out.Tree = append(t.out.Tree, root)
	if len(t.asked) > 0 {
		root.decide()
	}
	for i, row := range t.out.Rows {
		row.Clauses = root.marks(i, row.Clauses)
	}
	return nil
}

func (t *trial) clause(ctx context.Context, text string, n *rule.Node) (*Clause, error) {
	c := &Clause{From: n.Pos, To: n.End, Text: text[n.Pos:n.End], Op: word(n), Result: none, Children: []*Clause{}}
	w := access.Want{Rule: &c.Text}
	c.held, c.cause = t.holds(ctx, w)
	if c.cause != nil && !isRule(c.cause) {
		return nil, c.cause
	}
	for _, kid := range n.Kids {
		k, err := t.clause(ctx, text, kid)
		if err != nil {
			return nil, err
		}
		c.Children = append(c.Children, k)
	}
	if len(n.Kids) == 0 {
		if err := t.sides(ctx, c, text, n); err != nil {
			return nil, err
		}
	}
	c.sum()
	return c, nil
}

func word(n *rule.Node) string {
	switch {
	case len(n.Kids) > 0 && n.Or:
		return "||"
	case len(n.Kids) > 0:
		return "&&"
	case n.Any:
		return "?" + operators[n.Op]
	}
	return operators[n.Op]
}

// isRule reports whether an error is about the text of a rule.
func isRule(err error) bool {
	_, ok := errors.AsType[*rule.Error](err)
	return ok
}

// sum says what came of the clause for all and for the first.
func (c *Clause) sum() {
	for _, ok := range c.held {
		if ok {
			c.Passes++
		}
	}
	if len(c.held) > 0 {
		c.Result = c.mark(0)
	}
	if c.cause != nil {
		c.Note = broken(c.cause)
	}
	if c.Op == "&&" && c.Result == no && c.kid(no) == nil {
		c.Note = "Each part holds, but not for one and the same related record."
	}
}

// mark is what came of the clause for one record. Beside nothing, greater and less are neither true nor false.
func (c *Clause) mark(i int) string {
	switch {
	case c.cause != nil:
		return unknown
	case c.held[i]:
		return yes
	case i == 0 && (c.Left.isNull() || c.Right.isNull()) && orders(c.Op):
		return unknown
	}
	return no
}

func orders(op string) bool { return op != "=" && op != "!=" && op != "&&" && op != "||" }

func (s *Side) isNull() bool { return s != nil && s.Known && len(s.Values) == 1 && s.Values[0] == nil }

// marks appends what came of the comparisons for one record, in the order of the text.
func (c *Clause) marks(i int, to []string) []string {
	if len(c.Children) == 0 {
		return append(to, c.mark(i))
	}
	for _, kid := range c.Children {
		to = kid.marks(i, to)
	}
	return to
}

// kid is the first part whose result is one of those.
func (c *Clause) kid(results ...string) *Clause {
	for _, k := range c.Children {
		if slices.Contains(results, k.Result) {
			return k
		}
	}
	return nil
}

// decide marks the first part that settles the matter, down to a comparison when a single one does.
func (c *Clause) decide() {
	var by *Clause
	switch {
	case c.Op == "&&" && c.Result == no:
		by = c.kid(no, unknown)
	case c.Op == "||" && c.Result == yes:
		by = c.kid(yes)
	}
	if by == nil {
		c.Decided = true
		return
	}
	by.decide()
}

// decider is the part that decide has marked.
func (c *Clause) decider() *Clause {
	if c.Decided {
		return c
	}
	for _, k := range c.Children {
		if d := k.decider(); d != nil {
			return d
		}
	}
	return nil
}
