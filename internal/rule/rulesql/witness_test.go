package rulesql_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/internal/rule"
)

// pairs is how many expressions meet how many rows; HOLDALL_RULE_PAIRS and HOLDALL_RULE_SEED change it and
// where it begins.
const pairs = 20_000

func setting(name string, otherwise uint64) uint64 {
	if n, err := strconv.ParseUint(os.Getenv(name), 10, 64); err == nil {
		return n
	}
	return otherwise
}

// TestWitnesses lets SQLite, the evaluator and the model judge random expressions over random rows: who
// does not ask for help must agree with SQLite.
func TestWitnesses(t *testing.T) {
	t.Parallel()
	want := int(setting("HOLDALL_RULE_PAIRS", pairs))
	seed := setting("HOLDALL_RULE_SEED", uint64(time.Now().UnixNano()))
	var n tally
	for ; n.judged < want && !t.Failed(); seed++ {
		witness(t, seed, &n)
	}
	t.Logf("%d pairs judged in memory, %d by the model, %d not at all", n.judged, n.modelled, n.asked)
	if n.judged < n.asked/4 || n.modelled < n.judged {
		t.Errorf("too few are judged: %+v", n)
	}
}

type tally struct{ judged, modelled, asked int }

// perWorld is how many expressions one random world is asked.
const perWorld = 60

func witness(t *testing.T, seed uint64, n *tally) {
	c := chance{rand.New(rand.NewPCG(seed, 34))}
	l := newLab(t, c.tables()...)
	defer l.conn.Close()
	c.world(l)
	for range perWorld {
		scope, auth := c.request(l)
		e := c.tree(l, auth, c.IntN(4))
		if l.disagree(e, scope, auth, n) == "" {
			continue
		}
		e = shrunk(e, func(less *tree) bool { return l.disagree(less, scope, auth, new(tally)) != "" })
		t.Errorf("seed %d: %s\n%s", seed, e, l.disagree(e, scope, auth, new(tally)))
		return
	}
}

// disagree tells how the witnesses differ over an expression, or nothing.
func (l *lab) disagree(e *tree, scope request, auth *rule.Table, n *tally) string {
	b, err := rule.Bind(rule.Question{Schema: l, Base: l.tables["t0"], Auth: auth, Rule: e.String()})
	if err != nil {
		return fmt.Sprintf("Bind: %v", err)
	}
	b = b.Fold(scope)
	w := statement(b)
	rows, err := l.query(w)
	if err != nil {
		return fmt.Sprintf("%v\n%s", err, w)
	}
	for _, row := range l.rows["t0"] {
		said := slices.Contains(rows, row[0].S)
		model := l.model(b, row)
		if model != rule.Ask {
			n.modelled++
		}
		eval := b.Eval(row)
		if eval == rule.Ask {
			n.asked++
		} else {
			n.judged++
		}
		if eval != rule.Ask && (eval == rule.Yes) != said || model != rule.Ask && (model == rule.Yes) != said {
			return fmt.Sprintf("row %v\nauth %v\nbody %v\nquery %v\nSQLite %v, Eval %v, model %v\n%s %v", row, scope.auth, scope.body, scope.query, said, eval, model, w, w.Args())
		}
	}
	return ""
}
