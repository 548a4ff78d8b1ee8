package field

import (
	"encoding/json"
	"fmt"
	"hash/crc32"
	"strconv"
)

// Type is one row of [Types]: a name on the wire and how to make a field with its defaults.
type Type struct {
	Name string
	New  func() Field
}

// Types are all field types, in the order in which people are offered them.
var Types = []Type{
	{"text", func() Field { return new(Text) }},
	{"editor", func() Field { return new(Editor) }},
	{"number", func() Field { return new(Number) }},
	{"bool", func() Field { return new(Bool) }},
	{"email", func() Field { return new(Email) }},
	{"url", func() Field { return new(URL) }},
	{"date", func() Field { return new(Date) }},
	{"autodate", func() Field { return new(Autodate) }},
	{"select", func() Field { return new(Select) }},
	{"file", func() Field { return new(File) }},
	{"relation", func() Field { return new(Relation) }},
	{"json", func() Field { return new(JSONField) }},
	{"geoPoint", func() Field { return new(GeoPoint) }},
	{"password", func() Field { return new(PasswordField) }},
}

// New makes a field of the named type with its defaults.
func New(typ string) (Field, bool) {
	for _, t := range Types {
		if t.Name == typ {
			return t.New(), true
		}
	}
	return nil, false
}

// preparer is a type that keeps something ready which its options decide, such as a compiled pattern.
type preparer interface{ prepare() }

// Decode reads a definition from its JSON object. Unknown options are ignored, an unknown or missing
// type is an error.
func Decode(raw []byte) (Field, error) {
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, fmt.Errorf("decode field: %w", err)
	}
	f, ok := New(head.Type)
	if !ok {
		return nil, fmt.Errorf("decode field: unknown type %q", head.Type)
	}
	if err := json.Unmarshal(raw, f); err != nil {
		return nil, fmt.Errorf("decode %s field: %w", head.Type, err)
	}
	if p, ok := f.(preparer); ok {
		p.prepare()
	}
	return f, nil
}

// Encode writes a definition as a JSON object with its keys in alphabetical order.
func Encode(f Field) ([]byte, error) {
	raw, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("encode field %s: %w", f.Base().Name, err)
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(raw, &keys); err != nil {
		return nil, fmt.Errorf("encode field %s: %w", f.Base().Name, err)
	}
	keys["type"] = json.RawMessage(strconv.Quote(f.Type()))
	if _, ok := f.(*Autodate); ok {
		delete(keys, "required")
		delete(keys, "help")
	}
	for name, v := range keys {
		if string(v) == "null" && listOption[name] {
			keys[name] = json.RawMessage("[]")
		}
	}
	return json.Marshal(keys)
}

// listOption names the options that are lists and therefore never null.
var listOption = map[string]bool{
	"values": true, "mimeTypes": true, "thumbs": true, "exceptDomains": true, "onlyDomains": true,
}

// Clone returns a copy of a definition.
func Clone(f Field) Field {
	raw, err := Encode(f)
	if err != nil {
		panic(err) // options are plain values: they always encode
	}
	g, err := Decode(raw)
	if err != nil {
		panic(err)
	}
	return g
}

// DefaultID is the id of a field that came without one: its type and the CRC-32 of its name.
func DefaultID(typ, name string) string {
	return typ + strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(name))), 10)
}

// IsMultiple reports whether f holds several values.
func IsMultiple(f Field) bool {
	m, ok := f.(Multiple)
	return ok && m.IsMultiple()
}
