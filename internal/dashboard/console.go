package dashboard

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/store"
)

// Bounds of the console.
const (
	consoleRows  = 1000
	consoleBytes = 4 << 20
	consoleTime  = 10 * time.Second
	consoleSeats = 2 // statements that run at once
)

// Found is what a statement of the console found.
type Found struct {
	Columns []string `json:"columns"`
	Rows    [][]any  `json:"rows"`
	More    bool     `json:"more"`   // the first rows of more
	Millis  float64  `json:"millis"` // how long it took
}

// Query runs one statement that reads. Faults: Forbidden when the console is off; Invalid, under "query", for a
// statement that is refused or wrong or that takes longer than ten seconds; TooMany when others run.
func (s *Service) Query(ctx context.Context, sql string) (*Found, error) {
	if s.Console == nil {
		return nil, fault.New(fault.Forbidden, "The SQL console is off. Start the server with --enable-sql to use it.")
	}
	select {
	case s.seats <- struct{}{}:
		defer func() { <-s.seats }()
	default:
		return nil, fault.New(fault.TooMany, "Other statements are running. Try again in a moment.").In(time.Second)
	}
	timed, cancel := context.WithTimeout(ctx, consoleTime)
	defer cancel()
	start := s.Now()
	a, err := s.Console.Ask(timed, store.Question{SQL: sql, Rows: consoleRows, Bytes: consoleBytes, Secret: s.secret})
	if err != nil {
		return nil, refusal(ctx, err)
	}
	f := &Found{Columns: a.Columns, Rows: a.Rows, More: a.More, Millis: float64(s.Now().Sub(start).Microseconds()) / 1000}
	if f.Rows == nil {
		f.Rows = [][]any{}
	}
	exact(f.Rows)
	return f, nil
}

// refusal is the fault of a statement.
func refusal(ctx context.Context, err error) error {
	if e, ok := errors.AsType[*store.SQLError](err); ok {
		f := fault.Field("validation_invalid_sql", e.Msg)
		if e.At >= 0 {
			f = f.With("position", e.At)
		}
		return f.On("query")
	}
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return fault.Field("validation_invalid_sql", "The statement took longer than 10 seconds.").Because(err).On("query")
	}
	return err
}

// maxExact is the largest whole number that is exact in JavaScript.
const maxExact = 1<<53 - 1

// exact turns whole numbers that JavaScript would round into texts.
func exact(rows [][]any) {
	for _, row := range rows {
		for i, v := range row {
			if n, ok := v.(int64); ok && (n > maxExact || n < -maxExact) {
				row[i] = strconv.FormatInt(n, 10)
			}
		}
	}
}

// secret reports what nobody reads by SQL: settings with their passwords, the options of collections with their token
// secrets, and what proves who somebody is.
func (s *Service) secret(table, column string) bool {
	switch strings.ToLower(table) {
	case "_params":
		return true
	case "_collections":
		return strings.EqualFold(column, "options")
	case "_changes": // older and newer values of records of any collection
		return strings.EqualFold(column, "doc")
	}
	if column == "" {
		return false
	}
	c, ok := s.Catalog.Current().Find(table)
	if !ok || c.IsView() {
		return false
	}
	for _, f := range c.Fields {
		if b := f.Base(); strings.EqualFold(b.Name, column) {
			return f.Kind() == field.KindPassword || c.IsAuth() && b.Name == "tokenKey"
		}
	}
	return false
}
