package api

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/hook"
	"github.com/holdall-dev/holdall/schema"
)

// call is one request on its way through the door.
type call struct {
	*server
	route *route
	w     http.ResponseWriter
	r     *http.Request
	by    *caller.Caller
	col   *schema.Collection // {c} of routes with tags
	asked *hook.AuthRequest  // of routes that sign in
}

// steps are what happens to every request that has a route, in this order; the order is part of the wire.
var steps = []func(*call) error{
	(*call).identify,       // who asks? a bad token leaves a guest
	(*call).checkAddress,   // superusers may be bound to addresses
	(*call).findCollection, // an unknown collection is a 404 before anything else is told
	(*call).checkSize,      // too large a body is refused before it is read
	(*call).checkStores,    // views are not written to
	(*call).checkRate,      // too many requests
	(*call).checkAudience,  // 401 and 403
	func(c *call) error { return c.route.do(c) },
}

// identify makes the caller of what the request says about itself.
func (c *call) identify() error {
	c.by = &caller.Caller{
		Context: caller.ContextDefault,
		Method:  c.r.Method,
		Header:  headerOf(c.r.Header),
		IP:      realIP(c.Settings.Current(), c.r),
		Now:     c.Now(),
	}
	if token := c.r.Header.Get("Authorization"); token != "" {
		c.Auth.Identify(c.r.Context(), c.by, bare(token))
	}
	return c.readQuery()
}

// readQuery refuses a query that cannot be decoded: to drop a broken filter would answer more than was asked.
func (c *call) readQuery() (err error) {
	if c.r.URL.RawQuery == "" {
		return nil
	}
	if c.by.Query, err = url.ParseQuery(c.r.URL.RawQuery); err != nil {
		return fault.New(fault.Invalid, "").Because(err)
	}
	return nil
}

// bare strips an optional "Bearer " in any case.
func bare(token string) string {
	const prefix = "bearer "
	if len(token) > len(prefix) && strings.EqualFold(token[:len(prefix)], prefix) {
		return token[len(prefix):]
	}
	return token
}

// headerOf looks headers up by their snake case names, as rules spell them.
func headerOf(h http.Header) func(string) (string, bool) {
	return func(snake string) (string, bool) {
		v, ok := h[http.CanonicalHeaderKey(strings.ReplaceAll(snake, "_", "-"))]
		if !ok || len(v) == 0 {
			return "", false
		}
		return v[0], true
	}
}

func (c *call) checkAddress() error {
	if c.by.IsSuper() && !SuperuserFrom(c.Settings.Current(), c.by.IP) {
		return fault.New(fault.Forbidden, "")
	}
	return nil
}

// findCollection looks {c} up for routes that belong to one collection.
func (c *call) findCollection() error {
	if c.route.tags == nil {
		return nil
	}
	col, ok := c.Catalog.Current().Find(c.r.PathValue("c"))
	switch {
	case ok:
		c.col = col
		return nil
	case c.route.limit != nil, c.route.tags[0] == fileTag:
		return fault.New(fault.NotFound, "Missing or invalid collection context.")
	}
	return fault.New(fault.NotFound, "Missing collection context.")
}

func (c *call) checkSize() error {
	if c.r.ContentLength > 0 && c.r.ContentLength > c.bodyLimit() {
		return fault.New(fault.TooLarge, "")
	}
	return nil
}

func (c *call) checkStores() error {
	if c.route.writes && c.col.IsView() {
		return errView()
	}
	return nil
}

func errView() error { return fault.New(fault.Invalid, "Unsupported collection type.") }

func (c *call) checkAudience() error {
	if c.route.who == everybody || c.by.IsSuper() {
		return nil
	}
	if c.route.who == accounts && c.by.Auth != nil {
		return nil
	}
	if c.by.Auth == nil {
		return fault.New(fault.Unauthorized, "The request requires valid record authorization token.")
	}
	return fault.New(fault.Forbidden, "The authorized record is not allowed to perform this action.")
}

// collection looks {c} up for routes that are about collections themselves.
func (c *call) collection() (*schema.Collection, error) {
	col, ok := c.Catalog.Current().Find(c.r.PathValue("c"))
	if !ok {
		return nil, fault.New(fault.NotFound, "")
	}
	return col, nil
}

// query is the first value of a query parameter, "" when it is absent.
func (c *call) query(name string) string { return first(c.by.Query, name) }

func first(q url.Values, name string) string {
	if v := q[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}
