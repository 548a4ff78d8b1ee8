package rulesql_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
)

// pairs is how many expressions meet how many rows; HOLDALL_RULE_PAIRS and HOLDALL_RULE_SEED change it and
// where it begins.
const pairs = 12_000

func setting(name string, otherwise uint64) uint64 {
	if n, err := strconv.ParseUint(os.Getenv(name), 10, 64); err == nil {
		return n
	}
	return otherwise
}

// TestWitnesses lets SQLite, PostgreSQL, the evaluator and the model judge random expressions over random
// rows: the two databases must agree, and who does not ask for help must agree with them.
func TestWitnesses(t *testing.T) {
	t.Parallel()
	want := int(setting("HOLDALL_RULE_PAIRS", pairs))
	seed := setting("HOLDALL_RULE_SEED", uint64(time.Now().UnixNano()))
	pg := postgres(t)
	var n tally
	for ; n.judged < want && !t.Failed(); seed++ {
		witness(t, pg, seed, &n)
	}
	t.Logf("%d expressions; %d pairs judged in memory, %d by the model, %d not at all", n.asked, n.judged, n.modelled, n.unjudged)
	if n.judged < n.unjudged/4 || n.modelled < n.judged {
		t.Errorf("too few are judged: %+v", n)
	}
}

type tally struct{ asked, judged, modelled, unjudged int }

// perWorld is how many expressions one random world is asked.
const perWorld = 60

// trial is one expression with the request that it is asked by.
type trial struct {
	e     *tree
	sort  string
	scope request
	auth  *rule.Table
	b     *rule.Bound
}

func witness(t *testing.T, pg *pgx.Conn, seed uint64, n *tally) {
	c := chance{rand.New(rand.NewPCG(seed, 34))}
	drop := room(t, pg)
	defer drop()
	l := newLab(t, pg, c.tables()...)
	defer l.conn.Close()
	c.world(l)
	trials := make([]*trial, perWorld)
	for i := range trials {
		tr := &trial{}
		tr.scope, tr.auth = c.request(l)
		tr.e, tr.sort = c.tree(l, tr.auth, c.IntN(4)), c.sort(l)
		trials[i] = tr
	}
	for i, said := range l.disagreements(trials, n) {
		if said == "" {
			continue
		}
		tr := *trials[i]
		again := func(e *tree) string {
			tr.e = e
			return l.disagreements([]*trial{&tr}, new(tally))[0]
		}
		e := shrunk(tr.e, func(less *tree) bool { return again(less) != "" })
		t.Errorf("seed %d: %s\n%s", seed, e, again(e))
		return
	}
}

// disagreements tells for each trial how the witnesses differ, or nothing.
func (l *lab) disagreements(trials []*trial, n *tally) []string {
	out := make([]string, len(trials))
	asked := make([]*dialect.SQL, len(trials))
	for i, tr := range trials {
		b, err := rule.Bind(rule.Question{Schema: l, Base: l.tables["t0"], Auth: tr.auth, Rule: tr.e.String(), Sort: tr.sort, Super: true})
		if err != nil {
			out[i] = fmt.Sprintf("Bind: %v", err)
			return out
		}
		tr.b = b.Fold(tr.scope)
		asked[i] = statement(dialect.Postgres, tr.b)
	}
	for i, answer := range l.allPostgres(asked) {
		out[i] = l.disagree(trials[i], asked[i], answer, n)
	}
	return out
}

func (l *lab) disagree(tr *trial, asked *dialect.SQL, pg answer, n *tally) string {
	n.asked++
	w := statement(dialect.SQLite, tr.b)
	rows, err := l.query(w)
	if err != nil {
		return fmt.Sprintf("%v\n%s", err, w)
	}
	if pg.err != nil {
		return fmt.Sprintf("%v\n%s %v", pg.err, asked, asked.Args())
	}
	for _, row := range l.rows["t0"] {
		said, second := slices.Contains(rows, row[0].S), slices.Contains(pg.rows, row[0].S)
		eval, model := n.count(tr.b.Eval(row), l.model(tr.b, row))
		rough := model == rule.Ask && strings.Contains(tr.e.String(), "geoDistance") // the last digits of sines differ
		if eval != rule.Ask && (eval == rule.Yes) != said || model != rule.Ask && (model == rule.Yes) != said || said != second && !rough {
			return fmt.Sprintf("row %v\nauth %v\nbody %v\nquery %v\nSQLite %v, PostgreSQL %v, Eval %v, model %v\n%s %v\n%s %v",
				row, tr.scope.auth, tr.scope.body, tr.scope.query, said, second, eval, model, w, w.Args(), asked, asked.Args())
		}
	}
	if !slices.Equal(among(rows, pg.rows), among(pg.rows, rows)) {
		return fmt.Sprintf("by %s\nSQLite %v, PostgreSQL %v\n%s %v\n%s %v", tr.sort, rows, pg.rows, w, w.Args(), asked, asked.Args())
	}
	return ""
}

// among is what one list shares with another, in its own order: rows that only one of them may hold, since the
// last digits of sines differ, have no place to compare.
func among(ids, others []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !slices.Contains(others, id) })
}

func (n *tally) count(eval, model rule.Verdict) (rule.Verdict, rule.Verdict) {
	if model != rule.Ask {
		n.modelled++
	}
	if eval == rule.Ask {
		n.unjudged++
	} else {
		n.judged++
	}
	return eval, model
}
