package access

import (
	"sync/atomic"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/schema"
)

// keptQuestions is how many bound questions are remembered. Rules are few and always in use; filters that
// clients make up push each other out.
const keptQuestions = 2048

// key is all that a bound question depends on, besides the catalog.
type key struct {
	c, auth            *schema.Collection
	rule, filter, sort string
	super, given       bool
	conceal            bool
}

// kept remembers bound questions for one catalog at a time.
type kept struct {
	catalog func() *schema.Catalog
	now     atomic.Pointer[generation]
}

// generation is the questions bound under one catalog. A new catalog starts a new one, so that nothing
// holds on to collections that are no more.
type generation struct {
	catalog *schema.Catalog
	bound   *lru.Cache[key, *rule.Bound]
}

func (k *kept) generation() *generation {
	cat := k.catalog()
	if g := k.now.Load(); g != nil && g.catalog == cat {
		return g
	}
	cache, err := lru.New[key, *rule.Bound](keptQuestions)
	if err != nil {
		panic(err) // only a size below 1 is refused
	}
	// Of two that race here one is thrown away with the little it has learned.
	g := &generation{catalog: cat, bound: cache}
	k.now.Store(g)
	return g
}

// bound returns the question of a key. Failures are not remembered: they are rare and cost their text.
func (k *kept) bound(q key) (*rule.Bound, error) {
	g := k.generation()
	if b, ok := g.bound.Get(q); ok {
		return b, nil
	}
	ask := rule.Question{
		Schema: g.catalog, Base: q.c.Table(),
		Rule: q.rule, Filter: q.filter, Sort: q.sort,
		Super: q.super, Given: q.given, Conceal: q.conceal,
	}
	if q.auth != nil {
		ask.Auth = q.auth.Table()
	}
	b, err := rule.Bind(ask)
	if err != nil {
		return nil, err
	}
	g.bound.Add(q, b)
	return b, nil
}
