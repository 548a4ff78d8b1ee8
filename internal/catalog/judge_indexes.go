package catalog

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/schema"
)

// checkIndexes returns an error of the store only.
func (j *judge) checkIndexes(ctx context.Context) error {
	if j.c.IsView() {
		if len(j.c.Indexes) > 0 {
			j.fs.Add("indexes", fault.Field("validation_indexes_not_supported", "Views cannot have indexes."))
		}
		return nil
	}
	sub := fault.Fields{}
	var seen []schema.Index
	for i, text := range j.c.Indexes {
		bad, ix, err := j.checkIndex(ctx, text, seen)
		if err != nil {
			return err
		}
		sub.Add(strconv.Itoa(i), bad)
		seen = append(seen, ix)
	}
	j.fs.Add("indexes", sub.Err())
	if j.old != nil {
		j.fs.Add("indexes", j.checkSystemIndexes())
	}
	return nil
}

// checkIndex judges one statement beside those before it in the list.
func (j *judge) checkIndex(ctx context.Context, text string, seen []schema.Index) (bad error, ix schema.Index, err error) {
	ix, parseErr := schema.ParseIndex(text)
	if parseErr != nil {
		return fault.Field("validation_invalid_index_expression", sentence("Invalid index: "+parseErr.Error())), ix, nil
	}
	for _, other := range seen {
		if strings.EqualFold(other.Name, ix.Name) {
			return fault.Field("validation_duplicated_index_name", "The index name is used twice."), ix, nil
		}
	}
	table, err := j.e.tx.IndexTable(ctx, ix.Name)
	if err != nil {
		return nil, ix, err
	}
	if table != "" && !j.ownTable(table) {
		return fault.Field("validation_existing_index_name", "The index name is used by another table.").With("usedTableName", table), ix, nil
	}
	for _, other := range seen {
		if definition(other) == definition(ix) {
			return fault.Field("validation_duplicated_index_definition", "The same index is defined twice."), ix, nil
		}
	}
	return nil, ix, nil
}

func (j *judge) ownTable(table string) bool {
	return strings.EqualFold(table, j.c.Name) || j.old != nil && strings.EqualFold(table, j.old.Name)
}

// definition is an index without its name.
func definition(ix schema.Index) string {
	ix.Name = ""
	return ix.String()
}

// checkSystemIndexes refuses an update that loses a UNIQUE index over a system field. Its name, condition,
// collation and order may change.
func (j *judge) checkSystemIndexes() error {
	for _, old := range j.old.ParsedIndexes() {
		if !old.Unique || !j.systemColumn(columns(old)) {
			continue
		}
		kept := slices.ContainsFunc(j.c.ParsedIndexes(), func(ix schema.Index) bool {
			return ix.Unique && slices.EqualFunc(columns(ix), columns(old), strings.EqualFold)
		})
		if !kept {
			return fault.Field("validation_invalid_unique_system_field_index", "Unique indexes of system fields cannot be dropped or changed.").With("indexName", old.Name)
		}
	}
	return nil
}

func columns(ix schema.Index) []string {
	names := make([]string, len(ix.Columns))
	for i, c := range ix.Columns {
		names[i] = c.Name
	}
	return names
}
