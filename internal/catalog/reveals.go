package catalog

import (
	"slices"
	"strings"

	"github.com/holdall-dev/holdall/schema"
)

// Reveals are the hidden fields, as collection.field, that the query of a view makes columns of that are not hidden. A
// column that is a hidden field stays hidden by itself; what is made of one does not.
func Reveals(cat *schema.Catalog, view *schema.Collection) (found []string) {
	parsed := parseSelect(schema.TrimQuery(view.ViewQuery))
	if len(parsed.columns) != len(view.Fields) {
		return nil // the text is beyond us
	}
	for i, f := range view.Fields {
		if f.Base().Hidden {
			continue
		}
		tokens := tokenize(parsed.columns[i])
		for j, t := range tokens {
			if t.name == "" {
				continue
			}
			table := ""
			if j >= 2 && tokens[j-1].text == "." {
				table = parsed.tables[strings.ToLower(tokens[j-2].name)]
			}
			for _, name := range parsed.hidden(cat, table, t.name) {
				if !slices.Contains(found, name) {
					found = append(found, name)
				}
			}
		}
	}
	return found
}

// hidden are the hidden fields that a column may be: of a table, or of any that the query names when it is "".
func (s *selected) hidden(cat *schema.Catalog, table, column string) (names []string) {
	for _, c := range cat.All() {
		named := strings.EqualFold(c.Name, table) ||
			table == "" && slices.ContainsFunc(s.sql, func(t token) bool { return strings.EqualFold(t.name, c.Name) })
		if at := ordOf(c, column); named && at >= 0 && c.Fields[at].Base().Hidden {
			names = append(names, c.Name+"."+c.Fields[at].Base().Name)
		}
	}
	return names
}
