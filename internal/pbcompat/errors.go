// Package pbcompat holds what PocketBase's wire says otherwise than our own design would, one file per
// subject. Only the door imports it.
package pbcompat

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
)

// Error is a fault as the wire tells it: {"data":{…},"message":"…","status":400}. In the core a fault has a
// kind and a tree of fields; the wire has a status, sentences that end in a full stop, and "data", which is
// an object always (records.md §12).
type Error struct {
	Status  int
	Message string
	Fields  fault.Fields
	Record  []byte // JSON of the record that a conflict is about, as it is now; nil when there is none
}

// defaults are status and sentence of each kind, for faults without words of their own.
var defaults = map[fault.Kind]struct {
	status  int
	message string
}{
	fault.Internal:     {500, "Something went wrong while processing your request."},
	fault.Invalid:      {400, "Something went wrong while processing your request."},
	fault.Unauthorized: {401, "Missing or invalid authentication."},
	fault.Forbidden:    {403, "You are not allowed to perform this request."},
	fault.NotFound:     {404, "The requested resource wasn't found."},
	fault.TooLarge:     {413, "Request entity too large."},
	fault.TooMany:      {429, "Too Many Requests."},
	fault.Conflict:     {409, "The request is at odds with what is there by now."},
	fault.Unavailable:  {503, "The service is busy. Try again in a moment."},
}

// Translate puts err into the wire's words. An error without a fault inside is an internal failure of
// which nothing is told. Which parts are wrong is told of invalid input, and of what has a code as a whole.
func Translate(err error) Error {
	f, ok := fault.Of(err)
	if !ok {
		f = &fault.Error{}
	}
	d := defaults[f.Kind]
	e := Error{Status: d.status, Message: d.message}
	if f.Kind != fault.Internal && f.Msg != "" {
		e.Message = sentence(f.Msg)
	}
	if f.Kind == fault.Invalid || f.Kind == fault.Conflict || f.Kind == fault.Unavailable || f.Code != "" {
		e.Fields = f.Fields
	}
	return e
}

// AppendJSON appends the envelope.
func (e Error) AppendJSON(dst []byte) []byte {
	dst = append(dst, `{"data":`...)
	dst = AppendFields(dst, e.Fields)
	dst = append(dst, `,"message":`...)
	dst = field.AppendString(dst, e.Message)
	if e.Record != nil {
		dst = append(append(dst, `,"record":`...), e.Record...)
	}
	dst = append(dst, `,"status":`...)
	dst = field.AppendNumber(dst, float64(e.Status))
	return append(dst, '}')
}

// AppendFields appends the object of faulty fields in order of their names; nested ones nest.
func AppendFields(dst []byte, f fault.Fields) []byte {
	dst = append(dst, '{')
	for i, name := range slices.Sorted(maps.Keys(f)) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = field.AppendString(dst, name)
		dst = append(dst, ':')
		if e := f[name]; len(e.Fields) > 0 {
			dst = AppendFields(dst, e.Fields)
		} else {
			dst = appendField(dst, e)
		}
	}
	return append(dst, '}')
}

// appendField appends code, message and params of one field. Without a code there is nothing that a client
// may know.
func appendField(dst []byte, e *fault.Error) []byte {
	if e.Code == "" {
		e = fault.Field(fault.CodeInvalidValue, "Invalid value.")
	}
	dst = append(dst, `{"code":`...)
	dst = field.AppendString(dst, e.Code)
	dst = append(dst, `,"message":`...)
	dst = field.AppendString(dst, sentence(e.Msg))
	if len(e.Params) > 0 {
		if raw, err := json.Marshal(e.Params); err == nil {
			dst = append(append(dst, `,"params":`...), raw...)
		}
	}
	return append(dst, '}')
}

// sentence begins with a capital and ends with a full stop.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return s
	}
	r, n := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(r)) + s[n:]
	if !strings.ContainsAny(s[len(s)-1:], ".?!") {
		s += "."
	}
	return s
}
