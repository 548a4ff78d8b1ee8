package schema

import (
	"encoding/json"
	"fmt"

	"github.com/holdall-dev/holdall/field"
)

// Merge returns an unsealed copy of c with a JSON object merged on it: what is absent keeps its value, objects
// merge, lists are replaced, secrets that are not sent stay. Keys match in any case, unknown ones are ignored.
// An error means that the JSON is not the description of a collection.
func (c *Collection) Merge(raw []byte) (*Collection, error) {
	d := c.Clone()
	var fields struct {
		Fields *[]json.RawMessage `json:"fields"`
	}
	w := d.wire()
	if err := json.Unmarshal(raw, w); err != nil {
		return nil, fmt.Errorf("merge collection: %w", err)
	}
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, fmt.Errorf("merge collection: %w", err)
	}
	w.put(d)
	if fields.Fields != nil {
		d.Fields = nil
		for _, r := range *fields.Fields {
			f, err := field.Decode(r)
			if err != nil {
				return nil, fmt.Errorf("merge collection: %w", err)
			}
			d.AddField(f)
		}
	}
	if d.IsAuth() && d.Auth != nil { // nil when the type is about to change, which is refused later
		if err := json.Unmarshal(raw, d.Auth); err != nil {
			return nil, fmt.Errorf("merge auth options: %w", err)
		}
		d.Auth.fillNil()
	}
	return d, nil
}

// Decode makes an unsealed collection of a JSON object over the defaults of the type it names.
func Decode(raw []byte) (*Collection, error) {
	var head struct {
		Type Type   `json:"type"`
		Name string `json:"name"`
		ID   string `json:"id"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, fmt.Errorf("decode collection: %w", err)
	}
	if head.Type == "" {
		head.Type = Base
	}
	c := New(head.Type, head.Name)
	c.ID = ""
	c.Indexes = []string{} // those of auth collections follow when the id is known
	d, err := c.Merge(raw)
	if err != nil {
		return nil, err
	}
	d.Type = head.Type
	return d, nil
}

// wire are the properties of all types that a body may set.
type wire struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Type       Type     `json:"type"`
	System     bool     `json:"system"`
	Indexes    []string `json:"indexes"`
	ListRule   *string  `json:"listRule"`
	ViewRule   *string  `json:"viewRule"`
	CreateRule *string  `json:"createRule"`
	UpdateRule *string  `json:"updateRule"`
	DeleteRule *string  `json:"deleteRule"`
	Created    string   `json:"created"`
	ViewQuery  string   `json:"viewQuery"`
}

func (c *Collection) wire() *wire {
	return &wire{
		ID: c.ID, Name: c.Name, Type: c.Type, System: c.System, Indexes: c.Indexes,
		ListRule: c.Rules.List, ViewRule: c.Rules.View, CreateRule: c.Rules.Create,
		UpdateRule: c.Rules.Update, DeleteRule: c.Rules.Delete, ViewQuery: c.ViewQuery,
	}
}

func (w *wire) put(c *Collection) {
	c.ID, c.Name, c.Type, c.System, c.Indexes = w.ID, w.Name, w.Type, w.System, orEmpty(w.Indexes)
	c.Rules = Rules{List: w.ListRule, View: w.ViewRule, Create: w.CreateRule, Update: w.UpdateRule, Delete: w.DeleteRule}
	if c.IsView() {
		c.ViewQuery = w.ViewQuery
	}
	if at, ok := field.ParseDate(w.Created); ok && at != "" {
		c.Created = at
	}
}
