package storetest

import (
	"encoding/json"
	"testing"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// Posts is a collection with a field of every kind, sealed.
func Posts() *schema.Collection {
	return Collection("posts00000000id", "posts", []string{
		"CREATE UNIQUE INDEX `idx_slug` ON `posts` (`slug`) WHERE `slug` != ''",
		"CREATE INDEX `idx_views` ON `posts` (`views`)",
	},
		`{"id":"f_id","name":"id","type":"text","system":true,"required":true,"primaryKey":true}`,
		`{"id":"f_title","name":"title","type":"text"}`,
		`{"id":"f_slug","name":"slug","type":"text"}`,
		`{"id":"f_views","name":"views","type":"number"}`,
		`{"id":"f_public","name":"public","type":"bool"}`,
		`{"id":"f_tags","name":"tags","type":"select","maxSelect":5,"values":["red","green","blue","a b"]}`,
		`{"id":"f_mood","name":"mood","type":"select","maxSelect":1,"values":["good","bad"]}`,
		`{"id":"f_meta","name":"meta","type":"json"}`,
		`{"id":"f_place","name":"place","type":"geoPoint"}`,
		`{"id":"f_due","name":"due","type":"date"}`,
		`{"id":"f_secret","name":"secret","type":"password","hidden":true}`,
	)
}

// Collection makes a sealed base collection of field definitions.
func Collection(id, name string, indexes []string, fields ...string) *schema.Collection {
	c := &schema.Collection{
		ID: id, Name: name, Type: schema.Base, Indexes: indexes,
		Created: "2024-01-02 03:04:05.000Z", Updated: "2024-01-02 03:04:05.000Z",
	}
	for _, text := range fields {
		f, err := field.Decode(json.RawMessage(text))
		if err != nil {
			panic(err) // a fixture is wrong
		}
		c.Fields = append(c.Fields, f)
	}
	return c.Seal()
}

// Rec makes a record of names and values.
func Rec(c *schema.Collection, values map[string]any) *record.Record {
	r := record.New(c)
	for name, v := range values {
		if c.Ord(name) < 0 {
			panic("no field " + name)
		}
		if err := r.Set(name, v); err != nil {
			panic(err)
		}
	}
	return r
}

func reshape(t *testing.T, st store.Store, p schema.Plan) {
	t.Helper()
	if _, err := st.Update(t.Context(), func(tx store.Tx) error { return tx.Reshape(t.Context(), p) }); err != nil {
		t.Fatalf("reshape: %v", err)
	}
}

func made(r *record.Record) store.Mutation  { return store.Mutation{Op: change.Create, Rec: r} }
func saved(r *record.Record) store.Mutation { return store.Mutation{Op: change.Update, Rec: r} }
func gone(r *record.Record) store.Mutation  { return store.Mutation{Op: change.Delete, Rec: r} }

func apply(t *testing.T, st store.Store, ms ...store.Mutation) store.Commit {
	t.Helper()
	at, err := st.Apply(t.Context(), ms...)
	if err != nil {
		t.Fatalf("apply: %v", err)
	}
	return at
}

// ids lists the ids that a query answers.
func ids(t *testing.T, rd store.Reader, q store.Query) []string {
	t.Helper()
	list := []string{}
	err := rd.Select(t.Context(), q, func(r store.Row) error {
		list = append(list, r.ID())
		return nil
	})
	if err != nil {
		t.Fatalf("select: %v", err)
	}
	return list
}

// one returns the stored record with an id, or nil.
func one(t *testing.T, rd store.Reader, c *schema.Collection, id string) (rec *record.Record) {
	t.Helper()
	err := rd.Select(t.Context(), store.Query{From: c, IDs: []string{id}}, func(r store.Row) (err error) {
		rec, err = r.Record()
		return err
	})
	if err != nil {
		t.Fatalf("select %s: %v", id, err)
	}
	return rec
}

// text is the JSON of all visible fields of a record.
func text(r *record.Record) string {
	v := record.NewView(r.Collection(), true, nil)
	dst := []byte{'{'}
	for i, k := range append(append([]record.Key(nil), v.Head...), v.Tail...) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, k.Prefix...)
		if k.Ord < 0 {
			dst = append(dst, k.Fixed...)
		} else {
			dst = field.AppendValue(dst, r.At(k.Ord))
		}
	}
	return string(append(dst, '}'))
}
