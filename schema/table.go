package schema

import (
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/rule"
)

// kinds is how the rule language sees each storage class.
var kinds = [...]rule.Kind{
	field.KindText: rule.Text, field.KindNumber: rule.Number, field.KindBool: rule.Bool, field.KindList: rule.List,
	field.KindJSON: rule.JSON, field.KindGeo: rule.Geo, field.KindPassword: rule.Text,
}

// Table describes a sealed collection to the rule language.
func (c *Collection) Table() *rule.Table { return c.table }

func (c *Collection) describe() *rule.Table {
	t := &rule.Table{ID: c.ID, Name: c.Name, View: c.IsView(), Auth: c.IsAuth(), ListRule: c.Rules.List}
	for _, f := range c.Fields {
		b := f.Base()
		col := rule.Column{Name: b.Name, Kind: kinds[f.Kind()], Hidden: b.Hidden}
		_, col.Items = f.(field.Multiple)
		if r, ok := f.(field.Referrer); ok {
			col.Target = r.Target()
		}
		_, col.Unique = c.UniqueOn(b.Name)
		if by, ok := c.ShownBy(c.Ord(b.Name)); ok && by >= 0 {
			col.ShownBy = c.Fields[by].Base().Name
		}
		t.Columns = append(t.Columns, col)
	}
	return t.Seal()
}

// Table looks a collection's description up for the rule language.
func (c *Catalog) Table(nameOrID string) (*rule.Table, bool) {
	col, ok := c.Find(nameOrID)
	if !ok {
		return nil, false
	}
	return col.table, true
}
