package catalog

import (
	"slices"
	"strconv"
	"strings"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
)

// checkFields judges the list and every definition in it.
func (j *judge) checkFields() {
	if len(j.c.Fields) == 0 {
		j.fs.Add("fields", fault.Required())
		return
	}
	sub := fault.Fields{}
	for i, f := range j.c.Fields {
		sub.Add(strconv.Itoa(i), j.checkField(i, f))
	}
	j.fs.Add("fields", sub.Err())
	if id, ok := j.c.Field("id").(*field.Text); !ok || !id.PrimaryKey {
		j.fs.Add("fields", fault.Field("validation_missing_primary_key", "The field id is missing or no primary key."))
	}
	j.fs.Add("fields", j.checkSystemFields())
}

func (j *judge) checkField(i int, f field.Field) error {
	b := f.Base()
	for _, g := range j.c.Fields[:i] {
		if strings.EqualFold(g.Base().Name, b.Name) {
			return fault.Field("validation_duplicated_field_name", "The field name is taken.").With("fieldName", b.Name).On("name")
		}
	}
	if j.c.IsAuth() && (b.Name == "passwordConfirm" || b.Name == "oldPassword") {
		return fault.Field("validation_reserved_field_name", "The field name is reserved in auth collections.").On("name")
	}
	w := world{j: j, id: b.ID}
	if old := w.Old(); old != nil && old.Type() != f.Type() {
		return fault.Field("validation_field_type_change", "The type of a field cannot be changed.")
	}
	return f.Sane(w)
}

// checkSystemFields refuses an update that loses or renames a system field; those of views follow the query.
func (j *judge) checkSystemFields() error {
	if j.old == nil || j.c.IsView() {
		return nil
	}
	for _, old := range j.old.Fields {
		b := old.Base()
		if f := j.c.FieldByID(b.ID); b.System && (f == nil || f.Base().Name != b.Name) {
			return fault.Field("validation_system_field_change", "System fields cannot be removed or renamed.").With("fieldName", b.Name)
		}
	}
	return nil
}

// world is what a field may ask about its surroundings.
type world struct {
	j  *judge
	id string
}

// Old is the stored definition of the field.
func (w world) Old() field.Field {
	if w.j.old == nil {
		return nil
	}
	return w.j.old.FieldByID(w.id)
}

// Collection looks up a collection of the catalog to be.
func (w world) Collection(id string) (isView, ok bool) {
	c, ok := w.j.cat.ByID(id)
	return ok && c.IsView(), ok
}

// InView reports whether the fields are those of a view.
func (w world) InView() bool { return w.j.c.IsView() }

// systemColumn reports whether any of the columns is a system field of the stored collection.
func (j *judge) systemColumn(columns []string) bool {
	return slices.ContainsFunc(columns, func(name string) bool {
		f := j.old.Field(name)
		return f != nil && f.Base().System
	})
}
