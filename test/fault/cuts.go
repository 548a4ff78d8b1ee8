package faulttest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/holdall-dev/holdall/internal/store/postgres/pgtest"
)

// Cuts says how to run the programme T14: the connection to PostgreSQL breaks at every place of a transaction, the middle
// of its COMMIT included, and the client repeats its request under the same Idempotency-Key until it is answered.
type Cuts struct {
	Bin       string
	Dir       string // for the server's directory; empty
	Positions int    // where transactions are cut, spread over their bytes both ways
	Away      int    // behind every so many cuts, and there at the end of a COMMIT, the database stays away until the client was answered
	Nameless  bool   // the control: requests without a key
	Progress  func(position int, r *CutsResult)
}

// CutsResult is the programme's one line. Requests that were cut are counted by their first answer.
type CutsResult struct {
	Test      string `json:"test"`
	Positions int    `json:"positions"`
	Cut       int    `json:"cut"`      // transactions that the cut met
	Answered  int    `json:"answered"` // with success, at the first try
	Refused   int    `json:"refused"`  // 503: nothing was done
	Unknown   int    `json:"unknown"`  // 503 with commit_unknown
	Kept      int    `json:"kept"`     // unknown, and the repetition was given the first answer
	Twice     int    `json:"twice"`
	Lost      int    `json:"lost"`
	Up        int    `json:"up"`   // bytes of the longest transaction, to the database
	Down      int    `json:"down"` // and from it

	Complaints []string `json:"complaints,omitempty"`
}

// OK reports whether every promise was kept.
func (r *CutsResult) OK() bool { return len(r.Complaints) == 0 }

func (r *CutsResult) complain(format string, args ...any) {
	if len(r.Complaints) < 20 {
		r.Complaints = append(r.Complaints, fmt.Sprintf(format, args...))
	}
}

const (
	orders  = "orders"
	counter = "counter00000001"
)

// Run plays all positions on one server process.
func (s Cuts) Run(ctx context.Context) (r *CutsResult, err error) {
	db, err := pgtest.New()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	way, err := newLine(db.Socket())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, way.close()) }()
	x := &cuts{Cuts: s, line: way, dsn: db.DSN("postgres"), names: map[string]int{}, r: &CutsResult{Test: "cuts"}, client: &http.Client{Timeout: patience}}
	if x.p, err = x.prepare(ctx); err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	defer x.p.kill()
	if err := x.play(ctx); err != nil {
		return x.r, fmt.Errorf("%w; the server said:\n%s", err, x.p.out)
	}
	return x.r, x.verify(ctx)
}

// cuts is the programme while it runs.
type cuts struct {
	Cuts
	line   *line
	dsn    string // past the line
	p      *process
	client *http.Client
	r      *CutsResult

	names map[string]int // how many records of a name there must be
	count int            // what the counter must say

	last, lastName string // id and name of the record that was created last
}

func (x *cuts) prepare(ctx context.Context) (*process, error) {
	c := Crash{Bin: x.Bin, Dir: filepath.Clean(x.Dir), more: []string{"--db", x.line.dsn("postgres")}}
	if err := c.prepare(ctx); err != nil {
		return nil, err
	}
	p, _, err := start(ctx, c.Bin, c.data(), c.more...)
	if err != nil {
		return nil, err
	}
	return p, x.furnish(ctx, p)
}

// furnish makes a collection in which nothing keeps a request from being done twice.
func (x *cuts) furnish(ctx context.Context, p *process) error {
	var auth struct{ Token string }
	open := ""
	return errors.Join(
		ask(ctx, p.base, "POST", "/api/collections/_superusers/auth-with-password", "", map[string]any{"identity": rootEmail, "password": rootPassword}, &auth),
		ask(ctx, p.base, "POST", "/api/collections", auth.Token, map[string]any{
			"name": orders, "type": "base", "listRule": open, "createRule": open, "updateRule": open, "deleteRule": open,
			"fields": []map[string]any{{"name": "name", "type": "text"}, {"name": "n", "type": "number"}},
		}, nil),
		ask(ctx, p.base, "POST", "/api/collections/"+orders+"/records", "", map[string]any{"id": counter, "name": "counter"}, nil))
}

// wish is a request that changes something, and what it changes when it is done once.
type wish struct {
	method, path string
	body         any
	done         func(answer []byte)
}

// wishes are the kinds of requests, by turns: each is made of the number of the position.
var wishes = []func(x *cuts, name string) wish{
	(*cuts).create, (*cuts).increase, (*cuts).batch, (*cuts).remove,
}

func recordsPath(id string) string {
	return strings.TrimSuffix("/api/collections/"+orders+"/records/"+id, "/")
}

func (x *cuts) create(name string) wish {
	return wish{http.MethodPost, recordsPath(""), map[string]any{"name": name}, func(answer []byte) {
		x.names[name]++
		x.last, x.lastName = idOf(answer), name
	}}
}

func (x *cuts) increase(string) wish {
	return wish{http.MethodPatch, recordsPath(counter), map[string]any{"n+": 1}, func([]byte) { x.count++ }}
}

func (x *cuts) batch(name string) wish {
	return wish{http.MethodPost, "/api/batch", map[string]any{"requests": []map[string]any{
		{"method": "POST", "url": recordsPath(""), "body": map[string]any{"name": name}},
		{"method": "PATCH", "url": recordsPath(counter), "body": map[string]any{"n+": 1}},
	}}, func([]byte) { x.names[name]++; x.count++ }}
}

// remove deletes what was created by itself last.
func (x *cuts) remove(string) wish {
	return wish{http.MethodDelete, recordsPath(x.last), nil, func([]byte) { x.names[x.lastName] = 0 }}
}

func idOf(answer []byte) string {
	var r struct{ ID string }
	_ = json.Unmarshal(answer, &r) // an answer without an id is noticed by what is looked for
	return r.ID
}

// play measures each kind of transaction and then cuts it everywhere.
func (x *cuts) play(ctx context.Context) error {
	lengths := make([][2]int, len(wishes))
	for i, wish := range wishes {
		x.line.arm(plan{at: never})
		if _, err := x.persist(ctx, wish(x, fmt.Sprint("measured ", i)), fmt.Sprint("measured-", i)); err != nil {
			return fmt.Errorf("measure: %w", err)
		}
		lengths[i] = x.line.lift().passed
		x.r.Up, x.r.Down = max(x.r.Up, lengths[i][up]), max(x.r.Down, lengths[i][down])
	}
	for k := range x.Positions {
		if err := x.position(ctx, k, lengths[k%len(wishes)]); err != nil {
			return fmt.Errorf("position %d: %w", k, err)
		}
		x.r.Positions++
		if x.Progress != nil {
			x.Progress(k+1, x.r)
		}
	}
	return ctx.Err()
}

// Bytes of a COMMIT and of its answer.
const (
	commitUp   = 12
	commitDown = 18
)

// place is where the k-th position is: two thirds are spread over the bytes of the whole transaction up and down, one
// over those of its COMMIT and the answer. Where the database stays away the COMMIT was sent, and by turns a part of
// its answer came.
func (x *cuts) place(k int, length [2]int) plan {
	if x.Away > 0 && k%x.Away == x.Away-1 {
		if turn := k / x.Away; turn%2 == 1 {
			return plan{way: down, at: 1 + turn%(commitDown-1), commit: true, away: true}
		}
		return plan{way: up, at: commitUp, commit: true, away: true}
	}
	j, commit := k/len(wishes), false
	at, span := 1+j*(length[up]+length[down])*len(wishes)/(x.Positions+len(wishes)), length[up]
	if j%3 == 2 {
		at, span, commit = 1+j/3%(commitUp+commitDown), commitUp, true
	}
	if at <= span {
		return plan{way: up, at: at, commit: commit}
	}
	return plan{way: down, at: at - span, commit: commit}
}

// position cuts one transaction, and has the request repeated until it was answered, and then once more.
func (x *cuts) position(ctx context.Context, k int, length [2]int) error {
	w, key := wishes[k%len(wishes)](x, fmt.Sprint("position ", k)), fmt.Sprint("position-", k)
	x.line.arm(x.place(k, length))
	first, err := x.send(ctx, w, key)
	if x.line.lift().done {
		x.r.Cut++
	}
	if err != nil {
		return err
	}
	unknown, err := x.tally(first)
	if err != nil {
		return err
	}
	if x.Nameless && first.ok() {
		w.done(first.body)
		return nil
	}
	got, err := x.persist(ctx, w, key)
	if err != nil || x.Nameless {
		return err
	}
	if unknown && got.replayed {
		x.r.Kept++
	}
	again, err := x.send(ctx, wish{w.method, w.path, w.body, nil}, key)
	if err != nil {
		return err
	}
	for _, older := range []reply{first, got} {
		if older.ok() && (again.status != older.status || !bytes.Equal(again.body, older.body)) || !again.replayed {
			x.r.complain("position %d: answered with %d %q, and then with %d %q (replayed: %t)", k, older.status, older.body, again.status, again.body, again.replayed)
		}
	}
	return nil
}

// tally counts a first answer.
func (x *cuts) tally(first reply) (unknown bool, err error) {
	if first.ok() {
		x.r.Answered++
		return false, nil
	}
	unknown, err = first.excused()
	if unknown {
		x.r.Unknown++
	} else {
		x.r.Refused++
	}
	return unknown, err
}

// persist repeats a request until it is done. The control takes what cannot be known for undone.
func (x *cuts) persist(ctx context.Context, w wish, key string) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		got, err := x.send(ctx, w, key)
		if err == nil && got.ok() {
			w.done(got.body)
			return got, nil
		}
		if err == nil {
			_, err = got.excused()
		}
		if err != nil {
			return got, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return got, ctx.Err()
		}
	}
}

// reply is an answer.
type reply struct {
	status   int
	body     []byte
	patient  error // nil when it says when to come again
	replayed bool
}

func (r reply) ok() bool { return r.status < 300 }

// excused is the error of an answer that is neither success nor a proper refusal for the time being.
func (r reply) excused() (unknown bool, err error) {
	unknown, err = excuse(r.status, string(r.body))
	return unknown, errors.Join(err, r.patient)
}

func (x *cuts) send(ctx context.Context, w wish, key string) (r reply, err error) {
	var body io.Reader
	if w.body != nil {
		text, err := json.Marshal(w.body)
		if err != nil {
			return r, err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, w.method, x.p.base+w.path, body)
	if err != nil {
		return r, err
	}
	req.Header.Set("Content-Type", "application/json")
	if !x.Nameless {
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := x.client.Do(req)
	if err != nil {
		return r, fmt.Errorf("%s %s: no answer: %w", w.method, w.path, err)
	}
	defer res.Body.Close()
	r.status, r.replayed, r.patient = res.StatusCode, res.Header.Get("Idempotency-Replayed") == "true", patient(res)
	r.body, err = io.ReadAll(res.Body)
	return r, err
}

// verify looks past the server at what is there: every record once, and every change of the counter once in the log.
func (x *cuts) verify(ctx context.Context) (err error) {
	c, err := pgx.Connect(ctx, x.dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close(ctx)) }()
	rows, err := c.Query(ctx, "SELECT name, count(*)::int FROM "+orders+" WHERE id <> '"+counter+"' GROUP BY name")
	if err != nil {
		return fmt.Errorf("look into the database: %w", err)
	}
	name, n, have := "", 0, map[string]int{}
	if _, err := pgx.ForEachRow(rows, []any{&name, &n}, func() error { have[name] = n; return nil }); err != nil {
		return fmt.Errorf("look into the database: %w", err)
	}
	maps.Copy(have, absent(x.names, have))
	for name, n := range have {
		x.differ(name, n, x.names[name])
	}
	var counted, changes int
	if err := c.QueryRow(ctx, "SELECT n::int, (SELECT count(*)::int FROM _changes WHERE record = r.id) FROM "+orders+" r WHERE id = '"+counter+"'").Scan(&counted, &changes); err != nil {
		return fmt.Errorf("look at the counter: %w", err)
	}
	x.differ("the counter", counted, x.count)
	x.differ("changes of the counter", changes-1, x.count)
	return nil
}

// absent are the names that must be known and are not there, none of each.
func absent(want, have map[string]int) map[string]int {
	none := map[string]int{}
	for name := range want {
		if _, ok := have[name]; !ok {
			none[name] = 0
		}
	}
	return none
}

// differ notes a number that is not what it must be.
func (x *cuts) differ(what string, have, want int) {
	switch {
	case have > want:
		x.r.Twice += have - want
	case have < want:
		x.r.Lost += want - have
	default:
		return
	}
	x.r.complain("%s: %d, want %d", what, have, want)
}
