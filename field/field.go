// Package field holds the types of fields: what a value may look like on its way in, what it is once
// it is clean, and which values are allowed. One file per type; [Types] lists them.
//
// A field is a definition without IO. What it cannot know alone (does the other record exist, is the
// value unique?) it declares through the optional interfaces below, and the write path proves it once
// for all types.
package field

import "time"

// Kind is the storage class of a value; each engine picks its column type by it.
type Kind uint8

// The kinds, with the Go type of their canonical value.
const (
	KindText     Kind = iota // string
	KindNumber               // float64, never NaN or infinite once stored
	KindBool                 // bool
	KindList                 // []string, never nil: several values of a select, relation or file field
	KindJSON                 // JSON
	KindGeo                  // Geo
	KindPassword             // Password
)

// JSON is compact JSON text. The empty JSON stands for a value that was never set and reads as null.
type JSON string

// Geo is a point on Earth in degrees.
type Geo struct {
	Lon float64 `json:"lon"`
	Lat float64 `json:"lat"`
}

// Password is a stored hash and, on its way in, the plain text that is to be hashed. Plain never
// reaches a store, a log or a response.
type Password struct {
	Hash  string
	Plain string
}

// Base is what all fields have in common.
type Base struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	System      bool   `json:"system"`
	Hidden      bool   `json:"hidden"`
	Presentable bool   `json:"presentable"`
	Required    bool   `json:"required"` // every type but autodate has it on the wire
	Help        string `json:"help"`     // same
}

// Base returns b itself; types embed it.
func (b *Base) Base() *Base { return b }

// props is the name under which types embed Base, so that the method keeps its name.
type props = Base

// Field is one field of a collection: a value's whole life, without IO. Implementations are not safe
// for change while in use; a catalog never changes a field it holds.
type Field interface {
	Base() *Base
	Type() string              // "text", "number", …; the name on the wire
	Kind() Kind                // storage class
	Zero() any                 // what an absent value reads as
	Clean(in any) (any, error) // JSON, form or Go input to the canonical value; most junk becomes Zero
	Check(v any) error         // is this canonical value allowed? a *fault.Error, or nil
	Sane(w World) error        // is the definition itself sound? a *fault.Error whose Fields name options
}

// World is what a definition may ask about its surroundings when it is judged.
type World interface {
	// Old is the stored definition with the same id, or nil for a new field.
	Old() Field
	// Collection looks a collection up by id and says whether it is a view.
	Collection(id string) (isView, ok bool)
	// InView reports whether the field belongs to a view collection.
	InView() bool
}

// What only some fields can do: asked for by type assertion, listed here and nowhere else.
type (
	// Modifier changes a stored value by an operation: "name+" (Append), "+name" (Prepend), "name-" (Remove).
	// ok is false when the type does not know the operation, and then the key is an unknown one.
	Modifier interface {
		Modify(op ModOp, old, in any) (v any, ok bool, err error)
	}
	// Filler gives a value when the input did not: generated text, dates of change.
	Filler interface {
		Fill(op Op, now time.Time, old any) (v any, ok bool)
	}
	// Referrer points to records of another collection.
	Referrer interface {
		Target() string      // id of the collection pointed to
		Refs(v any) []string // ids in v
		Cascades() bool      // whether this record goes when its last referenced record goes
		Without(v any, id string) any
	}
	// Keeper names files kept in storage.
	Keeper interface {
		Files(v any) []string
	}
	// Concealer hides what must never leave, such as a hash.
	Concealer interface {
		Conceal(v any) any
	}
	// Multiple is asked of fields that may hold one value or several.
	Multiple interface {
		IsMultiple() bool
	}
	// Sized limits the bytes one value may bring in a request body.
	Sized interface {
		MaxBytes() int64
	}
)

// ModOp is a modifier of a key in a request body.
type ModOp uint8

// The modifiers.
const (
	Append       ModOp = iota // "name+"
	Prepend                   // "+name"
	Remove                    // "name-"
	Autogenerate              // "name:autogenerate"
)

// Op is the write that a value is filled for.
type Op uint8

// The writes.
const (
	OnCreate Op = iota
	OnUpdate
)
