package postgres

import (
	"context"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/schema"
)

// lendFunctions lets queries of views, and indexes, find SQLite's functions until the transaction ends.
func (c *conn) lendFunctions(ctx context.Context) error {
	return c.command(ctx, "SELECT set_config('search_path', current_setting('search_path') || ', holdall', true)")
}

// viewSelect is the statement that the SQL view of a collection stands for: every column has the type that the
// engine keeps fields of its kind in.
func (c *conn) viewSelect(ctx context.Context, v *schema.Collection, query string) (string, error) {
	d, err := c.Prepare(ctx, "", selection(query), nil)
	if err != nil {
		return "", c.judge(err)
	}
	w := dialect.Postgres.New().Text("SELECT ")
	for i, col := range d.Fields {
		if i > 0 {
			w.Text(", ")
		}
		before, after := viewCast(v.Field(col.Name), col)
		w.Text(before).Col("q", col.Name).Text(after, " AS ").Ident(col.Name)
	}
	return w.Text(" FROM (", query, "\n) AS q").String(), nil
}

// viewCast is what stands around a column to give it the type of its field. JSON that comes straight out of a
// table is JSON; any other text may be some.
func viewCast(f field.Field, col pgconn.FieldDescription) (before, after string) {
	const bytewise = `::text COLLATE "C"`
	if f == nil {
		return "", ""
	}
	isBool, isText := readingOf[col.DataTypeOID] == asBool, readingOf[col.DataTypeOID] == asText
	switch f.Kind() {
	case field.KindNumber:
		if isBool {
			return "", "::integer"
		} else if isText {
			return "holdall.number(", "::text)"
		}
	case field.KindBool:
		if isText {
			return "coalesce(", "::text IN ('1', 'true'), FALSE)"
		} else if !isBool {
			return "coalesce(", " <> 0, FALSE)"
		}
	case field.KindText, field.KindPassword:
		return "", bytewise
	case field.KindJSON, field.KindList, field.KindGeo:
		switch {
		case isBool:
			return "", "::integer" + bytewise
		case isText && col.TableOID == 0:
			return "holdall.json_or_text(", `::text) COLLATE "C"`
		}
		return "", bytewise
	}
	return "", ""
}
