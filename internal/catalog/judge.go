package catalog

import (
	"context"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/schema"
)

// judge is the examination of one collection, sealed and complete, against the catalog that it will be part
// of (collections.md §8). Checks are made in the order of that table; the first fault of a property stays.
type judge struct {
	e   *edit
	cat *schema.Catalog
	old *schema.Collection // as it is stored; nil for a new one
	c   *schema.Collection
	fs  fault.Fields
	// made says that the tables follow c already, as in an import.
	made bool
}

// judge examines c before its tables are made; badQuery is what is wrong with the query of a view.
func (e *edit) judge(ctx context.Context, old, c *schema.Collection, badQuery error) error {
	list := append([]*schema.Collection(nil), e.list...)
	candidate := &edit{list: list}
	candidate.put(c)
	j := &judge{e: e, cat: candidate.catalog(), old: old, c: c, fs: fault.Fields{}}
	return j.run(ctx, badQuery)
}

func (j *judge) run(ctx context.Context, badQuery error) error {
	j.checkID()
	j.checkType()
	if err := j.checkName(ctx); err != nil {
		return err
	}
	j.checkFields()
	j.checkRules()
	if err := j.checkIndexes(ctx); err != nil {
		return err
	}
	switch {
	case j.c.IsView():
		j.checkView(badQuery)
	case j.c.IsAuth() && j.c.Auth != nil:
		j.checkAuth()
	}
	return j.fs.Err()
}

var word = regexp.MustCompile(`^\w+$`)

func (j *judge) checkID() {
	id := j.c.ID
	switch {
	case j.old != nil: // the id of a stored collection cannot be another
	case utf8.RuneCountInString(id) > 100:
		j.fs.Add("id", fault.LengthRange(1, 100))
	case !word.MatchString(id):
		j.fs.Add("id", fault.Match())
	case !j.made && j.e.idTaken(id):
		j.fs.Add("id", fault.Field("validation_invalid_or_existing_id", "The collection id is invalid or already exists."))
	}
}

func (j *judge) checkType() {
	if j.old != nil && j.old.System != j.c.System {
		j.fs.Add("system", fault.Field("validation_collection_system_flag_change", "The system flag cannot be changed."))
	}
	switch j.c.Type {
	case schema.Base, schema.Auth, schema.View:
	default:
		j.fs.Add("type", fault.NotIn())
	}
	if j.old != nil && j.old.Type != j.c.Type {
		j.fs.Add("type", fault.Field("validation_collection_type_change", "The type of a collection cannot be changed."))
	}
}

// checkName returns an error of the store only.
func (j *judge) checkName(ctx context.Context) error {
	name := j.c.Name
	if err := saneName(name); err != nil {
		j.fs.Add("name", err)
		return nil
	}
	if j.old != nil && j.old.System && j.old.Name != name {
		j.fs.Add("name", fault.Field("validation_collection_system_name_change", "System collections cannot be renamed."))
	}
	for _, other := range j.cat.All() {
		switch {
		case other.ID == j.c.ID:
		case strings.EqualFold(other.Name, name):
			j.fs.Add("name", fault.Field("validation_collection_name_exists", "The collection name must be unique, in any case of letters."))
		case other.ID == name:
			j.fs.Add("name", fault.Field("validation_collection_name_id_duplicate", "The name must not be the id of a collection."))
		}
	}
	if j.made || j.fs["name"] != nil || j.old != nil && strings.EqualFold(j.old.Name, name) {
		return nil
	}
	taken, err := j.e.tx.TableExists(ctx, name)
	if err != nil {
		return err
	}
	if taken || strings.HasPrefix(strings.ToLower(name), "sqlite_") {
		j.fs.Add("name", fault.Field("validation_collection_name_invalid", "The name is reserved for a table of the system."))
	}
	return nil
}

func saneName(name string) error {
	switch {
	case name == "":
		return fault.Required()
	case utf8.RuneCountInString(name) > 255:
		return fault.LengthRange(1, 255)
	case strings.Contains(strings.ToLower(name), "_via_"):
		return fault.Field("validation_found_via", "The name cannot contain _via_.")
	case !word.MatchString(name):
		return fault.Match()
	}
	return nil
}

func (j *judge) checkView(badQuery error) {
	if j.c.ViewQuery == "" {
		j.fs.Add("viewQuery", fault.Required())
	}
	j.fs.Add("viewQuery", badQuery)
}
