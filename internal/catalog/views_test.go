package catalog_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
)

// shop makes the collections that the views below select from.
func shop(t *testing.T) *house {
	h := open(t)
	h.create(`{"name":"makers","id":"makersid","fields":[{"type":"text","name":"name"},{"type":"bool","name":"old"}]}`)
	h.create(`{"name":"items","id":"itemsid","fields":[{"type":"text","name":"title","max":99},{"type":"number","name":"price"},{"type":"file","name":"pic"},
		{"type":"relation","name":"maker","collectionId":"makersid","maxSelect":1},{"type":"json","name":"meta"},{"type":"autodate","name":"created","onCreate":true}]}`)
	h.add("makers", map[string]any{"id": "m1", "name": "Ann", "old": true})
	h.add("items", map[string]any{"id": "i1", "title": "one", "price": 2, "maker": "m1", "meta": `[1,2]`})
	h.add("items", map[string]any{"id": "i2", "title": "two", "price": 3, "maker": "m1"})
	return h
}

func TestDerivedFields(t *testing.T) {
	t.Parallel()
	h := shop(t)
	tests := []struct{ query, want string }{
		{"SELECT id, title, price FROM items", "id:text title:text price:number"},
		{"select ID as id, TITLE as heading from ITEMS", "id:text heading:text"},
		{"SELECT i.id, i.title t, m.name AS maker_name, m.old FROM items i LEFT JOIN makers AS m ON m.id = i.maker", "id:text t:text maker_name:text old:bool"},
		{"SELECT items.id, items.maker, items.pic, items.created, items.meta FROM items", "id:text maker:relation pic:file created:autodate meta:json"},
		{"SELECT `i`.`id`, \"i\".\"title\", [i].[price], i . maker FROM `items` `i`", "id:text title:text price:number maker:relation"},
		{"SELECT m.id, i.id AS item FROM makers m, items i", "id:text item:relation"},
		{"SELECT id, count(*) AS n, COUNT(DISTINCT title) c, total(price) t FROM items GROUP BY maker", "id:text n:number c:number t:number"},
		{"SELECT id, cast(price as real) a, CAST(price AS INT) b, cast(price as text) c, cast(price as boolean) d, cast(price AS numeric) e, cast(price as blob) f FROM items",
			"id:text a:number b:number c:text d:bool e:number f:json"},
		{"SELECT id, sum(price) s, avg(price) a, 1 one, 'x' x, price + 1 p, title || '!' q, count(*) + 1 c, max(title) m FROM items", "id:text s:json a:json one:json x:json p:json q:json c:json m:json"},
		{"SELECT (ROW_NUMBER() OVER()) as id, title FROM items", "id:text title:text"},
		{"SELECT DISTINCT id, title FROM items", "id:text title:text"},
		{"SELECT id, title FROM items;", "id:text title:text"},
		{"  SELECT id, title FROM items ; ;\n", "id:text title:text"},
		{"SELECT id, -- the key, FROM\n title /* , price FROM x */ FROM items -- end", "id:text title:text"},
		{"WITH x AS (SELECT id, title FROM items), y(a) AS (SELECT 1) SELECT x.id, x.title, y.a FROM x, y", "id:text title:json a:json"},
		{"SELECT id, title FROM items UNION SELECT id, name FROM makers", "id:text title:text"},
		{"SELECT s.id, s.title FROM (SELECT id, title FROM items) s", "id:text title:json"},
		{"SELECT s.id, m.name FROM (SELECT id, maker FROM items) s JOIN makers m ON m.id = s.maker", "id:text name:text"},
		{"SELECT id, (SELECT name FROM makers WHERE makers.id = items.maker) AS who, title FROM items", "id:text who:json title:text"},
		{"SELECT id, title FROM main.items", "id:text title:text"},
		{"SELECT id, title AS 'quoted name' FROM items", "fields.1.name=validation_match_invalid"},
		{"SELECT id, title FROM items WHERE EXISTS (SELECT 1 FROM makers) ORDER BY title LIMIT 5", "id:text title:text"},
		{"SELECT id, CASE WHEN price > 1 THEN 'a' ELSE 'b' END kind FROM items", "id:text kind:json"},
		{"SELECT i.id, e.value FROM items i, json_each(i.meta) e", "id:text value:json"},
		{"SELECT id, value FROM items NATURAL JOIN (SELECT 1 AS value)", "id:text value:json"},
		{"VALUES (1)", "fields=validation_missing_primary_key viewQuery=validation_invalid_view_query"},
		{"SELECT 1 AS id", "id:text"},
	}
	for i, tt := range tests {
		raw, err := json.Marshal(map[string]string{"name": fmt.Sprintf("v%d", i), "type": "view", "viewQuery": tt.query})
		if err != nil {
			t.Fatal(err)
		}
		c, err := h.Create(t.Context(), raw)
		got := ""
		if err != nil {
			got = codes(err)
		} else {
			got = fields(c)
			h.rows(c.Name)
		}
		if got != tt.want {
			t.Errorf("%s\ngot  %s\nwant %s", tt.query, got, tt.want)
		}
	}
}

func TestDerivedOptions(t *testing.T) {
	t.Parallel()
	h := shop(t)
	c := h.create(`{"name":"v","type":"view","viewQuery":"SELECT i.id, i.title AS t, i.maker, i.id AS item, count(*) AS n FROM items i","fields":[{"type":"bool","name":"ignored"}]}`)
	id := c.Field("id").(*field.Text)
	if !id.System || !id.PrimaryKey || !id.Required || id.Pattern != "^[a-z0-9]+$" || id.Min != 0 || id.Max != 0 {
		t.Errorf("id = %+v", id)
	}
	title := c.Field("t").(*field.Text)
	if title.Max != 99 || !strings.HasPrefix(title.ID, "_clone_") || len(title.ID) != len("_clone_")+4 {
		t.Errorf("t = %+v", title)
	}
	if r := c.Field("maker").(*field.Relation); r.CollectionID != "makersid" {
		t.Errorf("maker = %+v", r)
	}
	if r := c.Field("item").(*field.Relation); r.CollectionID != "itemsid" || r.MaxSelect != 1 {
		t.Errorf("item = %+v", r)
	}
	if n := c.Field("n").(*field.Number); !n.OnlyInt {
		t.Errorf("n = %+v", n)
	}
	again := h.change("v", `{"listRule":""}`)
	if again.Field("t").Base().ID != title.ID {
		t.Error("a field that did not change got another id")
	}
}

func TestViewRows(t *testing.T) {
	t.Parallel()
	h := shop(t)
	h.create(`{"name":"v","type":"view","viewQuery":"SELECT (ROW_NUMBER() OVER()) AS id, i.title, m.old, i.maker, sum(i.price) AS s FROM items i JOIN makers m ON m.id = i.maker GROUP BY i.id;"}`)
	want := `{"id":"1","maker":"m1","old":true,"s":2,"title":"one"}` + "\n" + `{"id":"2","maker":"m1","old":true,"s":3,"title":"two"}`
	if got := h.rows("v"); got != want {
		t.Errorf("got %s", got)
	}
	c, err := h.Change(t.Context(), h.find("v"), []byte(`{"name":"w","viewQuery":"SELECT id, name FROM makers"}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := h.rows("w"); got != `{"id":"m1","name":"Ann"}` || c.ViewQuery != "SELECT id, name FROM makers" {
		t.Errorf("got %s", got)
	}
}

func TestViewsFollow(t *testing.T) {
	t.Parallel()
	h := shop(t)
	h.create(`{"name":"base_view","type":"view","viewQuery":"SELECT id, title FROM items"}`)
	h.create(`{"name":"top_view","type":"view","viewQuery":"SELECT id, title AS t FROM base_view"}`)
	f := h.find("items").Field("title").Base().ID
	h.change("items", strings.Replace(`{"fields":[`+fieldsJSON(t, h.find("items"))+`]}`, `"id":"`+f+`","max":99`, `"id":"`+f+`","max":42`, 1))
	for view, name := range map[string]string{"base_view": "title", "top_view": "t"} {
		if got := h.find(view).Field(name).(*field.Text).Max; got != 42 {
			t.Errorf("%s.%s has max %d", view, name, got)
		}
	}
	if got := h.rows("top_view"); !strings.Contains(got, `"t":"one"`) {
		t.Errorf("rows = %s", got)
	}
}

func TestDeleteOfViewedCollection(t *testing.T) {
	t.Parallel()
	h := shop(t)
	h.create(`{"name":"v","type":"view","viewQuery":"SELECT id, name FROM makers"}`)
	h.create(`{"name":"lonely"}`)
	h.change("items", `{"fields":[{"type":"text","name":"title"}]}`)
	err := h.Delete(t.Context(), h.find("makers"))
	if f, ok := fault.Of(err); !ok || f.Msg != "Failed to delete collection." {
		t.Errorf("got %v", err)
	}
	if got := h.rows("v"); got != `{"id":"m1","name":"Ann"}` {
		t.Errorf("rows = %s", got)
	}
	for _, name := range []string{"lonely", "v", "makers"} {
		if err := h.Delete(t.Context(), h.find(name)); err != nil {
			t.Errorf("delete %s: %v", name, err)
		}
	}
}

func TestViewRelationCountsAsReference(t *testing.T) {
	t.Parallel()
	h := shop(t)
	h.create(`{"name":"v","type":"view","viewQuery":"SELECT i.id, m.id AS m FROM items i, makers m"}`)
	h.change("items", `{"fields":[]}`)
	if got := message(h.Delete(t.Context(), h.find("makers"))); got != "Failed to delete collection probably due to existing reference in v." {
		t.Errorf("got %q", got)
	}
}

func TestDryRun(t *testing.T) {
	t.Parallel()
	h := shop(t)
	c, sample, err := h.DryRun(t.Context(), "SELECT id, title, meta FROM items;")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(sample)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"collectionId":"","collectionName":"","id":"i1","meta":[1,2],"title":"one"},{"collectionId":"","collectionName":"","id":"i2","meta":null,"title":"two"}]`
	if fields(c) != "id:text title:text meta:json" || string(raw) != want {
		t.Errorf("got %s, %s", fields(c), raw)
	}
	if _, sample, err := h.DryRun(t.Context(), "SELECT id FROM _mfas"); err != nil || sample == nil || len(sample) != 0 {
		t.Errorf("an empty sample is %v, %v", sample, err)
	}
	for _, tt := range []struct{ query, codes, msg string }{
		{"", "query=validation_required", "An error occurred while validating the submitted data."},
		{strings.Repeat("x", 5001), "query=validation_length_out_of_range", "An error occurred while validating the submitted data."},
		{"nope", "", "Invalid view query. Raw error: \n"},
		{"SELECT * FROM items", "", "Invalid view query. Raw error: \n"},
		{"SELECT maker AS id FROM items", "", "Invalid view query. Raw error: \n"},
		{"SELECT '' AS id", "", "Invalid view query. Raw error: \n"},
		{"SELECT null AS id", "", "Invalid view query. Raw error: \n"},
	} {
		_, _, err := h.DryRun(t.Context(), tt.query)
		if codes(err) != tt.codes || !strings.HasPrefix(message(err), tt.msg) {
			t.Errorf("%.40s: got %v", tt.query, err)
		}
	}
	if n := len(h.Current().All()); n != 8 {
		t.Errorf("%d collections after dry runs", n)
	}
}

func TestLongQueryErrorIsCut(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, err := h.Create(t.Context(), []byte(`{"name":"v","type":"view","viewQuery":"SELECT `+strings.Repeat("x", 900)+` AS id"}`))
	f, ok := fault.Of(err)
	if !ok || f.Fields["viewQuery"] == nil || len(f.Fields["viewQuery"].Msg) > 560 {
		t.Errorf("got %v", err)
	}
}
