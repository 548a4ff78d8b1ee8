package api

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/read"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/write"
	"github.com/holdall-dev/holdall/record"
)

func listRecords(c *call) error {
	q, err := c.listQuery()
	if err != nil {
		if c.col.Rules.List == nil && !c.by.IsSuper() {
			return fault.New(fault.Forbidden, "Only superusers can perform this action.")
		}
		return err
	}
	return c.borrow(http.StatusOK, func(dst []byte) ([]byte, error) {
		return c.current(func() ([]byte, error) { return c.Read.List(c.r.Context(), dst, c.by, c.col, q) })
	})
}

// listQuery reads the parameters of a list. Fault: Invalid.
func (c *call) listQuery() (q read.ListQuery, err error) {
	if q.Page, err = c.number("page"); err != nil {
		return q, err
	}
	if q.PerPage, err = c.number("perPage"); err != nil {
		return q, err
	}
	if v := c.query("skipTotal"); v != "" {
		if q.SkipTotal, err = strconv.ParseBool(v); err != nil {
			return q, fault.New(fault.Invalid, "").Because(err)
		}
	}
	q.Filter, q.Sort = c.query("filter"), c.query("sort")
	q.Expand, q.Fields = c.query("expand"), c.query("fields")
	return q, nil
}

// number reads a query parameter, 0 when it is absent or empty.
func (c *call) number(name string) (int, error) {
	v := c.query(name)
	if v == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		return 0, fault.New(fault.Invalid, "").Because(err)
	}
	return n, nil
}

func viewRecord(c *call) error {
	return c.borrow(http.StatusOK, func(dst []byte) ([]byte, error) {
		return c.current(func() ([]byte, error) {
			return c.Read.View(c.r.Context(), dst, c.by, c.col, c.r.PathValue("id"), c.shape())
		})
	})
}

// maxStale is how often a collection may change under a reading.
const maxStale = 3

// current reads again when the collection was changed since it was looked up, with what it is now.
func (c *call) current(read func() ([]byte, error)) (out []byte, err error) {
	for range maxStale {
		if out, err = read(); !errors.Is(err, store.ErrStale) {
			break
		}
		now, ok := c.Catalog.Current().ByID(c.col.ID)
		if !ok {
			return nil, fault.New(fault.NotFound, "Missing collection context.")
		}
		c.col = now
	}
	return out, err
}

func (c *call) shape() read.Shape {
	return read.Shape{Expand: c.query("expand"), Fields: c.query("fields")}
}

func createRecord(c *call) error {
	in, err := c.body()
	if err != nil {
		return err
	}
	defer in.Close()
	return c.write(write.Item{Action: write.Create, Body: in}, func() (*record.Record, error) {
		return c.Write.Create(c.r.Context(), c.by, c.col, in)
	})
}

func updateRecord(c *call) error {
	in, err := c.body()
	if err != nil {
		return err
	}
	defer in.Close()
	return c.write(write.Item{Action: write.Update, Body: in}, func() (*record.Record, error) {
		return c.Write.Update(c.r.Context(), c.by, c.col, c.r.PathValue("id"), in)
	})
}

func deleteRecord(c *call) error {
	return c.write(write.Item{Action: write.Delete}, func() (*record.Record, error) {
		return nil, c.Write.Delete(c.r.Context(), c.by, c.col, c.r.PathValue("id"))
	})
}

// write does what it says, by plain when the request may be done as often as it comes, and answers with the record.
func (c *call) write(it write.Item, plain func() (*record.Record, error)) error {
	n, err := c.named(it.Body)
	if err != nil {
		return err
	}
	if n != nil {
		it.By, it.Collection, it.ID = c.by, c.col, c.r.PathValue("id")
		return c.writeOnce(n, it)
	}
	rec, err := plain()
	switch {
	case err != nil:
		return err
	case rec == nil:
		return c.done()
	}
	return c.showRecord(rec)
}

func (c *call) showRecord(rec *record.Record) error {
	return c.borrow(http.StatusOK, func(dst []byte) ([]byte, error) {
		return c.Read.Show(c.r.Context(), dst, c.Store, c.by, rec, c.shape())
	})
}
