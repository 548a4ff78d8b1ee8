// Package scene makes the data that both servers are measured on, and lists what is asked of it.
package scene

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the rows are put into PocketBase's file directly: over HTTP they would take minutes

	"github.com/holdall-dev/holdall/bench/internal/server"
	"github.com/holdall-dev/holdall/bench/internal/wire"
)

// How much there is of what, besides posts.
const (
	Authors = 1000
	Users   = 200
	Notes   = 20_000
)

const (
	rootEmail = "root@bench.example"
	password  = "bench-password-1"
	batchMax  = 500
)

// Make fills dir with a PocketBase data directory that holds so many posts.
func Make(ctx context.Context, dir string, posts int) error {
	pb, err := server.PocketBase(ctx)
	if err != nil {
		return err
	}
	if err := pb.Superuser(ctx, dir, rootEmail, password); err != nil {
		return err
	}
	s, err := pb.Start(ctx, dir)
	if err != nil {
		return err
	}
	if err := errors.Join(shape(ctx, s.URL()), s.Stop()); err != nil {
		return err
	}
	return fill(ctx, filepath.Join(dir, "data.db"), posts)
}

// shape makes collections and settings, and one user whose password hash the others get as well.
func shape(ctx context.Context, base string) error {
	c := wire.Client{Base: base}
	root, err := c.SignIn(ctx, "_superusers", rootEmail, password)
	if err != nil {
		return err
	}
	var collections []json.RawMessage
	if err := json.Unmarshal([]byte(definitions), &collections); err != nil {
		return err
	}
	settings := map[string]any{"batch": map[string]any{"enabled": true, "maxRequests": batchMax, "timeout": 30}, "rateLimits": map[string]any{"enabled": false}}
	err = c.Must(ctx, "PATCH", "/api/settings", root, settings, nil)
	for _, one := range collections {
		err = errors.Join(err, c.Must(ctx, "POST", "/api/collections", root, one, nil))
	}
	err = errors.Join(err, c.Must(ctx, "POST", "/api/collections", root, mediaDefinition(), nil))
	user := map[string]any{"id": UserID(0), "email": "user0@bench.example", "password": password, "passwordConfirm": password}
	return errors.Join(err, c.Must(ctx, "POST", "/api/collections/users/records", root, user, nil))
}

const definitions = `[
{"name": "authors", "id": "authors_bench", "type": "base", "listRule": "", "viewRule": "", "fields": [
  {"name": "name", "type": "text"}, {"name": "bio", "type": "text"}, {"name": "rank", "type": "number"}]},
{"name": "posts", "type": "base", "listRule": "", "viewRule": "", "createRule": "", "updateRule": "", "deleteRule": "", "fields": [
  {"name": "title", "type": "text", "required": true, "max": 200}, {"name": "slug", "type": "text"}, {"name": "summary", "type": "text"},
  {"name": "body", "type": "text"}, {"name": "section", "type": "text"}, {"name": "views", "type": "number"}, {"name": "score", "type": "number"},
  {"name": "active", "type": "bool"}, {"name": "meta", "type": "json"}, {"name": "state", "type": "select", "maxSelect": 1, "values": ["draft", "live", "old"]},
  {"name": "author", "type": "relation", "collectionId": "authors_bench", "maxSelect": 1}, {"name": "published", "type": "date"},
  {"name": "created", "type": "autodate", "onCreate": true}, {"name": "updated", "type": "autodate", "onCreate": true, "onUpdate": true}],
 "indexes": ["CREATE INDEX idx_posts_section ON posts (section, created)", "CREATE INDEX idx_posts_author ON posts (author)"]},
{"name": "notes", "type": "base", "listRule": "owner = @request.auth.id", "viewRule": "owner = @request.auth.id",
 "createRule": "@request.auth.id != '' && owner = @request.auth.id", "updateRule": "owner = @request.auth.id", "deleteRule": "owner = @request.auth.id",
 "fields": [{"name": "title", "type": "text", "required": true}, {"name": "text", "type": "text"}, {"name": "done", "type": "bool"},
  {"name": "owner", "type": "relation", "collectionId": "_pb_users_auth_", "maxSelect": 1, "required": true},
  {"name": "created", "type": "autodate", "onCreate": true}, {"name": "updated", "type": "autodate", "onCreate": true, "onUpdate": true}],
 "indexes": ["CREATE INDEX idx_notes_owner ON notes (owner, created)"]}]`

// The ids of the records that are there, by number.
func AuthorID(n int) string { return fmt.Sprintf("author%09d", n) }
func UserID(n int) string   { return fmt.Sprintf("user%011d", n) }
func PostID(n int) string   { return fmt.Sprintf("post%011d", n) }

// Section is one of the thousand values that posts are indexed by.
func Section(n int) string { return fmt.Sprintf("section-%03d", n%1000) }

func fill(ctx context.Context, file string, posts int) error {
	db, err := sql.Open("sqlite", file+"?_pragma=synchronous(OFF)")
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	rng := rand.New(rand.NewPCG(1, 2))
	err = errors.Join(fillAuthors(tx), fillUsers(tx), fillNotes(tx), fillPosts(tx, posts, rng))
	if err == nil {
		err = tx.Commit()
	}
	if err == nil {
		_, err = db.ExecContext(ctx, "PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)")
	}
	return errors.Join(err, db.Close())
}

// insert prepares a statement for the named columns and runs it n times.
func insert(tx *sql.Tx, table, columns string, n int, row func(i int) []any) error {
	marks := strings.TrimSuffix(strings.Repeat("?,", 1+strings.Count(columns, ",")), ",")
	stmt, err := tx.Prepare("INSERT INTO " + table + " (" + columns + ") VALUES (" + marks + ")")
	if err != nil {
		return err
	}
	defer stmt.Close()
	for i := range n {
		if _, err := stmt.Exec(row(i)...); err != nil {
			return fmt.Errorf("row %d of %s: %w", i, table, err)
		}
	}
	return nil
}

func fillAuthors(tx *sql.Tx) error {
	return insert(tx, "authors", "id, name, bio, rank", Authors, func(i int) []any {
		return []any{AuthorID(i), fmt.Sprintf("Author %d", i), strings.Repeat("writes about things; ", 5), i % 10}
	})
}

// fillUsers copies the first user's hash, for each would take bcrypt's time.
func fillUsers(tx *sql.Tx) error {
	_, err := tx.Exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO users (id, email, password, tokenKey, verified, created, updated)
		SELECT printf('user%011d', i), 'user' || i || '@bench.example', password, printf('%050d', i), 1, created, updated FROM n, users WHERE users.id = ?`,
		Users-1, UserID(0))
	return err
}

func fillNotes(tx *sql.Tx) error {
	return insert(tx, "notes", "id, title, text, done, owner, created, updated", Notes, func(i int) []any {
		at := stamp(i)
		return []any{fmt.Sprintf("note%011d", i), fmt.Sprintf("Note %d", i), "remember the milk", i % 2, UserID(i % Users), at, at}
	})
}

func fillPosts(tx *sql.Tx, n int, rng *rand.Rand) error {
	columns := "id, title, slug, summary, body, section, views, score, active, meta, state, author, published, created, updated"
	states := []string{"draft", "live", "old"}
	return insert(tx, "posts", columns, n, func(i int) []any {
		at := stamp(i)
		return []any{PostID(i), fmt.Sprintf("Post %d about %s", i, words(rng, 3)), fmt.Sprintf("post-%d", i), words(rng, 10), words(rng, 40),
			Section(i), rng.IntN(100_000), rng.Float64(), i % 2, fmt.Sprintf(`{"lang":"en","n":%d,"tags":["a","b"]}`, i), states[i%3],
			AuthorID(i % Authors), at, at, at}
	})
}

func stamp(i int) string {
	return time.Date(2025, 1, 1, 0, 0, i, 0, time.UTC).Format("2006-01-02 15:04:05.000Z")
}

var vocabulary = strings.Fields(`river stone garden window paper silver morning letter winter music harbor bridge yellow
	mountain engine story market ocean candle forest station mirror thunder pencil basket village copper lantern meadow`)

func words(rng *rand.Rand, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(vocabulary[rng.IntN(len(vocabulary))])
	}
	return b.String()
}
