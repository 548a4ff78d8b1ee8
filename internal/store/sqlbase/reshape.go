package sqlbase

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/schema"
)

// Step is one statement of a reshaping.
type Step struct {
	SQL string
	// Of and Index say which index of which collection the statement makes; Of is nil for all others.
	Of    *schema.Collection
	Index int
}

// Steps are the statements that lead tables and indexes from one catalog to the next (collections.md §10).
// Views are dropped by it and have to be made after it.
func Steps(d *dialect.Dialect, p schema.Plan) []Step {
	r := &reshaper{d: d}
	for _, pair := range p.Change {
		if pair.Old.IsView() {
			r.add("DROP VIEW IF EXISTS ", r.id(pair.Old.Name))
		} else if rebuildsIndexes(pair) {
			r.dropIndexes(pair.Old)
		}
	}
	for _, c := range p.Drop {
		if c.IsView() {
			r.add("DROP VIEW IF EXISTS ", r.id(c.Name))
		} else {
			r.add("DROP TABLE ", r.id(c.Name))
		}
	}
	r.renameTables(p.Change)
	for _, pair := range p.Change {
		if !pair.New.IsView() {
			r.columns(pair)
		}
	}
	for _, c := range p.Create {
		if !c.IsView() {
			r.add(Create(d, c))
		}
	}
	for _, pair := range p.Change {
		if !pair.New.IsView() && rebuildsIndexes(pair) {
			r.makeIndexes(pair.New)
		}
	}
	for _, c := range p.Create {
		if !c.IsView() {
			r.makeIndexes(c)
		}
	}
	return r.steps
}

// Converts reports whether a plan rebuilds columns. SQLite then wants to drop a column for a moment, and
// refuses while a view reads it.
func Converts(d *dialect.Dialect, p schema.Plan) bool {
	return slices.ContainsFunc(p.Change, func(pair schema.Pair) bool {
		return !pair.New.IsView() && slices.ContainsFunc(pair.New.Fields, func(f field.Field) bool {
			old := pair.Old.FieldByID(f.Base().ID)
			return old != nil && Column(d, old) != Column(d, f)
		})
	})
}

type reshaper struct {
	d     *dialect.Dialect
	steps []Step
	temps int
}

func (r *reshaper) add(parts ...string) {
	r.steps = append(r.steps, Step{SQL: strings.Join(parts, "")})
}

func (r *reshaper) id(name string) string { return string(r.d.Ident(nil, name)) }

// temp is a name that no table and no field has.
func (r *reshaper) temp() string {
	r.temps++
	return "@temp" + strconv.Itoa(r.temps)
}

// rebuildsIndexes reports whether the indexes of a table are dropped and made again.
func rebuildsIndexes(p schema.Pair) bool {
	return p.Old.Name != p.New.Name || !slices.Equal(p.Old.Indexes, p.New.Indexes) || !sameColumns(p.Old, p.New)
}

func sameColumns(a, b *schema.Collection) bool {
	if len(a.Fields) != len(b.Fields) {
		return false
	}
	for _, f := range a.Fields {
		g := b.FieldByID(f.Base().ID)
		if g == nil || g.Base().Name != f.Base().Name || g.Kind() != f.Kind() {
			return false
		}
	}
	return true
}

func (r *reshaper) dropIndexes(c *schema.Collection) {
	for _, ix := range c.ParsedIndexes() {
		r.add("DROP INDEX IF EXISTS ", r.id(ix.Name))
	}
}

func (r *reshaper) makeIndexes(c *schema.Collection) {
	for i, text := range c.Indexes {
		if ix, err := schema.ParseIndex(text); err == nil {
			ix.Table = c.Name
			text = r.index(c, ix)
		}
		r.steps = append(r.steps, Step{SQL: text, Of: c, Index: i})
	}
}

// index is the statement that makes an index.
func (r *reshaper) index(c *schema.Collection, ix schema.Index) string {
	if r.d.Query == nil {
		return ix.String()
	}
	spelled := func(name string) string {
		for _, f := range c.Fields {
			if strings.EqualFold(f.Base().Name, name) {
				return f.Base().Name
			}
		}
		return ""
	}
	w := r.d.New().Text("CREATE ")
	if ix.Unique {
		w.Text("UNIQUE ")
	}
	w.Text("INDEX ").Ident(ix.Name).Text(" ON ").Ident(ix.Table).Text(" (")
	for i, col := range ix.Columns {
		if i > 0 {
			w.Text(", ")
		}
		switch name := cmp.Or(spelled(col.Name), col.Name); {
		case col.Expr:
			w.Text("(", r.d.Query(col.Name, spelled), ")")
		case strings.EqualFold(col.Collate, "nocase"):
			w.Text(r.d.Fold(r.id(name)))
		default:
			w.Ident(name)
		}
		w.Text(" ", col.Sort)
	}
	w.Text(")")
	if ix.Where != "" {
		w.Text(" WHERE ", r.d.Query(ix.Where, spelled))
	}
	return w.String()
}

// renameTables goes through temporary names, so that collections can swap theirs. SQLite does not tell names
// apart by case, so a change of case alone is none.
func (r *reshaper) renameTables(pairs []schema.Pair) {
	type move struct{ from, to string }
	var moves []move
	for _, p := range pairs {
		if p.New.IsView() || r.d.SameName(p.Old.Name, p.New.Name) {
			continue
		}
		moves = append(moves, move{p.Old.Name, p.New.Name})
	}
	for i, m := range moves {
		taken := slices.ContainsFunc(moves[i+1:], func(n move) bool { return r.d.SameName(n.from, m.to) })
		if taken {
			moves[i].from = r.temp()
			r.add("ALTER TABLE ", r.id(m.from), " RENAME TO ", r.id(moves[i].from))
		}
	}
	// Those without a temporary name go first: a temporary one may wait for the name of one of them.
	for _, temporary := range []bool{false, true} {
		for _, m := range moves {
			if strings.HasPrefix(m.from, "@temp") == temporary {
				r.add("ALTER TABLE ", r.id(m.from), " RENAME TO ", r.id(m.to))
			}
		}
	}
}

// columns makes the columns of a table follow its fields: drop, rename, add, convert.
func (r *reshaper) columns(p schema.Pair) {
	table := r.id(p.New.Name)
	if r.d.SameName(p.Old.Name, p.New.Name) {
		table = r.id(p.Old.Name)
	}
	alter := func(parts ...string) { r.add(append([]string{"ALTER TABLE ", table}, parts...)...) }
	for _, f := range p.Old.Fields {
		if p.New.FieldByID(f.Base().ID) == nil {
			alter(" DROP COLUMN ", r.id(f.Base().Name))
		}
	}
	r.renameColumns(p, alter)
	for _, f := range p.New.Fields {
		b := f.Base()
		old := p.Old.FieldByID(b.ID)
		switch {
		case old == nil:
			alter(" ADD COLUMN ", r.d.Define(b.Name, Column(r.d, f)))
		case Column(r.d, old) != Column(r.d, f):
			name, bare := r.id(b.Name), r.temp()
			temp := r.id(bare)
			alter(" ADD COLUMN ", r.d.Define(bare, Column(r.d, f)))
			r.add("UPDATE ", table, " SET ", temp, " = ", convert(r.d, old, f, name))
			alter(" DROP COLUMN ", name)
			alter(" RENAME COLUMN ", temp, " TO ", name)
		}
	}
}

// renameColumns renames through temporary names whatever takes a name that another column still has.
func (r *reshaper) renameColumns(p schema.Pair, alter func(...string)) {
	type move struct{ from, to string }
	var later []move
	for _, f := range p.New.Fields {
		old := p.Old.FieldByID(f.Base().ID)
		if old == nil || old.Base().Name == f.Base().Name {
			continue
		}
		from, to := old.Base().Name, f.Base().Name
		taken := slices.ContainsFunc(p.Old.Fields, func(g field.Field) bool { return r.d.SameName(g.Base().Name, to) })
		if taken {
			temp := r.temp()
			alter(" RENAME COLUMN ", r.id(from), " TO ", r.id(temp))
			later = append(later, move{temp, to})
			continue
		}
		later = append(later, move{from, to})
	}
	for _, m := range later {
		alter(" RENAME COLUMN ", r.id(m.from), " TO ", r.id(m.to))
	}
}

// convert is the value that a column gets when its field changes its class: one value becomes a list of one,
// a list its last value.
func convert(d *dialect.Dialect, old, f field.Field, col string) string {
	switch {
	case old.Kind() == field.KindText && f.Kind() == field.KindList:
		return d.ToList(col)
	case old.Kind() == field.KindList && f.Kind() == field.KindText:
		return d.ToOne(col)
	}
	return "coalesce(" + col + ", '')"
}
