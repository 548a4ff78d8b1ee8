package rulesql_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/holdall-dev/holdall/internal/rule"
)

func textColumns(names ...string) []rule.Column {
	var out []rule.Column
	for _, n := range names {
		out = append(out, rule.Column{Name: n})
	}
	return out
}

func open() *string { s := ""; return &s }

// newWorld is the schema and the records of filter.md §12, with users who sign in and a few tables more.
func newWorld(t testing.TB, pg *pgx.Conn) *lab {
	authors := &rule.Table{ID: "authors_id", Name: "authors", ListRule: open(), Columns: append(textColumns("id", "name"),
		rule.Column{Name: "age", Kind: rule.Number}, rule.Column{Name: "active", Kind: rule.Bool}, rule.Column{Name: "secret", Hidden: true})}
	tags := &rule.Table{ID: "tags_id", Name: "tags", ListRule: open(), Columns: append(textColumns("id", "name"),
		rule.Column{Name: "w", Kind: rule.Number}, rule.Column{Name: "owner", Items: true, Target: "users_id"})}
	posts := &rule.Table{ID: "posts_id", Name: "posts", ListRule: open(), Columns: append(textColumns("id", "title"),
		rule.Column{Name: "n", Kind: rule.Number}, rule.Column{Name: "b", Kind: rule.Bool}, rule.Column{Name: "d"},
		rule.Column{Name: "s", Items: true}, rule.Column{Name: "sm", Kind: rule.List, Items: true},
		rule.Column{Name: "author", Items: true, Target: "authors_id"}, rule.Column{Name: "tags", Kind: rule.List, Items: true, Target: "tags_id"},
		rule.Column{Name: "j", Kind: rule.JSON}, rule.Column{Name: "g", Kind: rule.Geo}, rule.Column{Name: "owner", Items: true, Target: "users_id"})}
	comments := &rule.Table{ID: "comments_id", Name: "comments", ListRule: open(), Columns: append(textColumns("id", "msg"),
		rule.Column{Name: "score", Kind: rule.Number}, rule.Column{Name: "post", Items: true, Target: "posts_id"},
		rule.Column{Name: "posts_many", Kind: rule.List, Items: true, Target: "posts_id"})}
	users := &rule.Table{ID: "users_id", Name: "users", Auth: true, ListRule: open(), Columns: append(textColumns("id", "email", "name"),
		rule.Column{Name: "emailVisibility", Kind: rule.Bool}, rule.Column{Name: "verified", Kind: rule.Bool},
		rule.Column{Name: "roles", Kind: rule.List, Items: true}, rule.Column{Name: "org"}, rule.Column{Name: "level", Kind: rule.Number},
		rule.Column{Name: "boss", Items: true, Target: "users_id"}, rule.Column{Name: "profile", Kind: rule.JSON})}
	secrets := &rule.Table{ID: "secrets_id", Name: "secrets", Columns: append(textColumns("id", "word"),
		rule.Column{Name: "post", Items: true, Target: "posts_id", Unique: true})}
	empty := &rule.Table{ID: "empty_id", Name: "empty", ListRule: open(), Columns: textColumns("id", "word")}
	l := newLab(t, pg, authors, tags, posts, comments, users, secrets, empty)
	l.fill()
	return l
}

func (l *lab) fill() {
	l.insert("authors", text("annid"), text("Ann"), number(30), boolean(true), text("x"))
	l.insert("authors", text("bobid"), text("bob"), number(0), boolean(false), text("y"))
	l.insert("tags", text("tagred"), text("red"), number(1), text("u1"))
	l.insert("tags", text("tagblue"), text("blue"), number(2), text("u2"))
	l.insert("tags", text("tagish"), text("reddish"), number(3), text(""))
	l.insert("posts", text("P1"), text("P1"), number(5), boolean(true), text("2024-05-06 07:08:09.123Z"), text("a"), list("a", "b"),
		text("annid"), list("tagred", "tagish"), text(`{"a":1,"b":{"c":"x"},"l":[1,2,3],"nul":null,"t":true,"s":""}`), text(`{"lon":10,"lat":20}`), text("u1"))
	l.insert("posts", text("P2"), text("5"), number(0), boolean(false), text(""), text(""), list(),
		text(""), list(), rule.Value{}, text(`{"lon":0,"lat":0}`), text(""))
	l.insert("posts", text("P3"), text("100%_x"), number(5.5), boolean(true), text("2025-01-01 00:00:00.000Z"), text("b"), list("a"),
		text("bobid"), list("tagred", "tagblue"), text(`[1,"two"]`), text(`{"lon":0,"lat":0}`), text("u1"))
	l.insert("posts", text("P4"), text("p1"), number(-3), boolean(false), text("2023-12-31 23:59:59.999Z"), text("c"), list("aa"),
		text("annid"), list("tagblue"), text(`"hello"`), text(`{"lon":0,"lat":0}`), text("u2"))
	l.insert("posts", text("P5"), text(`it's \ "q"`), number(10), boolean(false), text(""), text(""), list("c", "a"),
		text("bobid"), list("tagish"), text(`""`), text(`{"lon":0,"lat":0}`), text("u2"))
	l.insert("comments", text("c1"), text("nice"), number(5), text("P1"), list("P1", "P3"))
	l.insert("comments", text("c2"), text("bad"), number(-1), text("P1"), list("P3"))
	l.insert("comments", text("c3"), text("nice"), number(2), text("P3"), list())
	l.insert("users", text("u1"), text("u1@x.io"), text("Uno"), boolean(true), boolean(true), list("admin", "editor"), text("acme"), number(3), text("u2"), text(`{"theme":"dark"}`))
	l.insert("users", text("u2"), text("u2@x.io"), text("Due"), boolean(false), boolean(false), list(), text(""), number(0), text(""), rule.Value{})
	l.insert("secrets", text("s1"), text("hush"), text("P1"))
}
