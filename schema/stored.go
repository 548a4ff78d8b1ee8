package schema

import (
	"encoding/json"
	"fmt"

	"github.com/holdall-dev/holdall/field"
)

// Stored is a collection as a row of the table of collections holds it (collections.md §12.1). Secrets are
// part of Options.
type Stored struct {
	ID         string
	System     bool
	Type, Name string
	Fields     []byte // JSON array of field definitions
	Indexes    []byte // JSON array of CREATE INDEX statements

	ListRule, ViewRule, CreateRule, UpdateRule, DeleteRule *string

	Options          []byte // JSON object: the auth options, {"viewQuery": …} or {}
	Created, Updated string // dates in wire form
}

// Stored is the row that keeps c.
func (c *Collection) Stored() (Stored, error) {
	fields, err := encodeFields(c.Fields)
	if err != nil {
		return Stored{}, fmt.Errorf("store collection %s: %w", c.Name, err)
	}
	indexes, err := compactJSON(orEmpty(c.Indexes))
	if err != nil {
		return Stored{}, fmt.Errorf("store collection %s: %w", c.Name, err)
	}
	options, err := c.storedOptions()
	if err != nil {
		return Stored{}, fmt.Errorf("store collection %s: %w", c.Name, err)
	}
	return Stored{
		ID: c.ID, System: c.System, Type: string(c.Type), Name: c.Name, Fields: fields, Indexes: indexes,
		ListRule: c.Rules.List, ViewRule: c.Rules.View, CreateRule: c.Rules.Create,
		UpdateRule: c.Rules.Update, DeleteRule: c.Rules.Delete,
		Options: options, Created: c.Created, Updated: c.Updated,
	}, nil
}

func (c *Collection) storedOptions() ([]byte, error) {
	switch {
	case c.IsAuth() && c.Auth != nil:
		return compactJSON(c.Auth)
	case c.IsView():
		return compactJSON(viewOptions{c.ViewQuery})
	}
	return []byte("{}"), nil
}

// viewOptions are the properties that only views have.
type viewOptions struct {
	ViewQuery string `json:"viewQuery"`
}

// FromStored reads a row back; the collection it returns is sealed.
func FromStored(s Stored) (*Collection, error) {
	c := &Collection{
		ID: s.ID, Name: s.Name, Type: Type(s.Type), System: s.System, Created: s.Created, Updated: s.Updated,
		Rules: Rules{List: s.ListRule, View: s.ViewRule, Create: s.CreateRule, Update: s.UpdateRule, Delete: s.DeleteRule},
	}
	var err error
	if c.Fields, err = decodeFields(s.Fields); err != nil {
		return nil, fmt.Errorf("read collection %s: %w", s.Name, err)
	}
	if err := unmarshalSome(s.Indexes, &c.Indexes); err != nil {
		return nil, fmt.Errorf("read indexes of collection %s: %w", s.Name, err)
	}
	switch c.Type {
	case Auth:
		c.Auth = new(AuthOptions)
		err = unmarshalSome(s.Options, c.Auth)
		c.Auth.fillNil()
	case View:
		var v viewOptions
		err = unmarshalSome(s.Options, &v)
		c.ViewQuery = v.ViewQuery
	}
	if err != nil {
		return nil, fmt.Errorf("read options of collection %s: %w", s.Name, err)
	}
	return c.Seal(), nil
}

// unmarshalSome reads JSON that may be missing.
func unmarshalSome(raw []byte, v any) error {
	if len(raw) == 0 {
		return nil
	}
	return json.Unmarshal(raw, v)
}

func encodeFields(list []field.Field) ([]byte, error) {
	raws := make([]json.RawMessage, len(list))
	for i, f := range list {
		raw, err := field.Encode(f)
		if err != nil {
			return nil, err
		}
		raws[i] = raw
	}
	return compactJSON(raws)
}

func decodeFields(raw []byte) ([]field.Field, error) {
	var raws []json.RawMessage
	if err := unmarshalSome(raw, &raws); err != nil {
		return nil, fmt.Errorf("decode fields: %w", err)
	}
	list := make([]field.Field, len(raws))
	for i, r := range raws {
		f, err := field.Decode(r)
		if err != nil {
			return nil, err
		}
		list[i] = f
	}
	return list, nil
}
