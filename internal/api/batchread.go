package api

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/body"
	"github.com/holdall-dev/holdall/internal/write"
)

const maxBatchURL = 2000 // characters

// batchRequest is one request of a batch as it was sent.
type batchRequest struct {
	method, url string
	headers     map[string]string
	body        body.Body
}

// readBatch reads the list of requests, and the files that a form brings for them. Fault: Invalid.
func readBatch(in body.Body) ([]batchRequest, error) {
	bad := fault.New(fault.Invalid, batchUnreadable)
	raw := in.Data["requests"]
	list, ok := raw.([]any)
	if !ok && raw != nil {
		return nil, bad
	}
	all := make([]batchRequest, len(list))
	for i, v := range list {
		m, ok := v.(map[string]any)
		if !ok || !all[i].read(m) {
			return nil, bad
		}
	}
	for key, files := range in.Files {
		i, name, ok := batchFile(key)
		if !ok || i >= len(all) {
			continue
		}
		if all[i].body.Files == nil {
			all[i].body.Files = map[string][]field.Upload{}
		}
		all[i].body.Files[name] = append(all[i].body.Files[name], files...)
	}
	return all, nil
}

// read takes the parts of one request and reports whether they have the right types.
func (b *batchRequest) read(m map[string]any) bool {
	ok := [4]bool{true, true, true, true}
	if v := m["method"]; v != nil {
		b.method, ok[0] = v.(string)
	}
	if v := m["url"]; v != nil {
		b.url, ok[1] = v.(string)
	}
	if v := m["body"]; v != nil {
		b.body.Data, ok[2] = v.(map[string]any)
	}
	if v := m["headers"]; v != nil {
		var headers map[string]any
		headers, ok[3] = v.(map[string]any)
		b.headers = make(map[string]string, len(headers))
		for name, value := range headers {
			text, isText := value.(string)
			b.headers[http.CanonicalHeaderKey(name)] = text
			ok[3] = ok[3] && isText
		}
	}
	return ok == [4]bool{true, true, true, true}
}

// batchFile reads "requests.2.picture" and "requests[2].picture".
func batchFile(key string) (index int, name string, ok bool) {
	rest, ok := strings.CutPrefix(key, "requests")
	if !ok || rest == "" {
		return 0, "", false
	}
	var number string
	switch rest[0] {
	case '.':
		number, name, ok = strings.Cut(rest[1:], ".")
	case '[':
		number, name, ok = strings.Cut(rest[1:], "].")
	default:
		return 0, "", false
	}
	index, err := strconv.Atoi(number)
	return index, name, ok && err == nil && index >= 0
}

// checkBatch judges the requests before any of them runs.
func checkBatch(all []batchRequest, most int) error {
	if len(all) == 0 {
		return worded(fault.Required().On("requests"), batchInvalid)
	}
	if len(all) > most {
		return worded(tooLong(most).On("requests"), batchInvalid)
	}
	bad := fault.Fields{}
	for i, b := range all {
		bad.Add(strconv.Itoa(i), b.check())
	}
	if len(bad) == 0 {
		return nil
	}
	return worded(bad.Error().On("requests"), batchInvalid)
}

func tooLong(most int) *fault.Error {
	return fault.Newf(fault.Invalid, "The length must be no more than %d.", most).
		Coded("validation_length_too_long").With("min", 0).With("max", most)
}

var batchMethods = []string{"GET", "POST", "PUT", "PATCH", "DELETE"}

func (b batchRequest) check() error {
	f := fault.Fields{}
	switch {
	case b.method == "":
		f.Add("method", fault.Required())
	case !slices.Contains(batchMethods, b.method):
		f.Add("method", fault.NotIn())
	}
	switch {
	case b.url == "":
		f.Add("url", fault.Required())
	case utf8.RuneCountInString(b.url) > maxBatchURL:
		f.Add("url", tooLong(maxBatchURL))
	}
	return f.Err()
}

// batchAction is what a method does to a path of one or two parts after the collection.
type batchAction struct {
	method string
	withID bool
	action write.Action
	tag    string
}

var batchActions = []batchAction{
	{"POST", false, write.Create, "create"},
	{"PUT", false, write.Upsert, "create"},
	{"PATCH", true, write.Update, "update"},
	{"DELETE", true, write.Delete, "delete"},
}

// batchItem prepares one request: the collection, the caller as it asks here, the body.
func (c *call) batchItem(b batchRequest) (write.Item, error) {
	target, rawQuery, _ := strings.Cut(b.url, "?")
	parts := strings.Split(target, "/") // "", api, collections, {c}, records[, {id}]
	if len(parts) < 5 || len(parts) > 6 || parts[0] != "" || parts[1] != "api" || parts[2] != "collections" || parts[4] != "records" {
		return write.Item{}, fault.New(fault.Invalid, "")
	}
	i := slices.IndexFunc(batchActions, func(a batchAction) bool { return a.method == b.method && a.withID == (len(parts) == 6) })
	if i < 0 {
		return write.Item{}, fault.New(fault.Invalid, "")
	}
	act := batchActions[i]
	name, err := url.PathUnescape(parts[3])
	if err != nil {
		return write.Item{}, fault.New(fault.Invalid, "").Because(err)
	}
	col, ok := c.Catalog.Current().Find(name)
	if !ok {
		return write.Item{}, fault.New(fault.NotFound, "Missing or invalid collection context.")
	}
	if col.IsView() {
		return write.Item{}, errView()
	}
	tags := []string{act.tag}
	if err := c.count(rated{by: c.by, col: col, tags: tags, labels: collectionLabels(col, tags)}); err != nil {
		return write.Item{}, err
	}
	item := write.Item{Action: act.action, By: c.batchCaller(b, rawQuery), Collection: col, Body: b.body}
	if act.withID {
		item.ID, err = url.PathUnescape(parts[5])
	}
	if err != nil || act.withID && item.ID == "" {
		return write.Item{}, fault.New(fault.Invalid, "").Because(err)
	}
	return item, nil
}

// batchCaller is the batch's caller with the method, query and headers of one of its requests. Who asks is
// the batch's matter: an Authorization among the headers is not looked at.
func (c *call) batchCaller(b batchRequest, rawQuery string) *caller.Caller {
	by := c.by.In(caller.ContextBatch)
	by.Method = b.method
	by.Query, _ = url.ParseQuery(rawQuery)
	outer := c.by.Header
	by.Header = func(snake string) (string, bool) {
		name := http.CanonicalHeaderKey(strings.ReplaceAll(snake, "_", "-"))
		if v, ok := b.headers[name]; ok && name != "Authorization" {
			return v, true
		}
		return outer(snake)
	}
	return by
}
