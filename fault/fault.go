// Package fault holds the errors that a caller may be told of: what kind of trouble it is, a stable
// code, a sentence fit for people, and the cause, which is for the log alone.
//
// A fault is made where its meaning is known and travels up unchanged inside wrapped errors;
// [Of] finds it again. Codes are a contract with clients, sentences are not.
package fault

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Kind says what sort of trouble a fault is; the door turns it into a status.
type Kind uint8

// The kinds, from "we broke" to "you may not".
const (
	Internal     Kind = iota // our own failure: nothing the caller did
	Invalid                  // the request is wrong in form or content
	Unauthorized             // nobody is signed in and somebody must be
	Forbidden                // somebody is signed in, but not one who may
	NotFound                 // it is not there, or the caller must not learn that it is
	TooLarge                 // the request is bigger than its limit
	TooMany                  // too many requests in too short a time
	Conflict                 // it was right when it was begun, and is not any more: look again
	Unavailable              // a dependency is down for now; trying again may help
)

// Error is a fault. Its zero value is an internal failure without words.
type Error struct {
	Kind   Kind
	Code   string         // stable identifier such as "validation_required"; empty for a fault of a whole request
	Msg    string         // a sentence for people, without secrets or inner names
	Params map[string]any // the values that Msg was made of, for clients that word it themselves
	Fields Fields         // what is wrong with which part of the input
	Retry  time.Duration  // when trying again may help; 0 when nobody knows
	cause  error
}

// Fields are faults by the name of the input they speak of; nested objects nest.
type Fields map[string]*Error

// New makes a fault of a kind for a whole request.
func New(kind Kind, msg string) *Error { return &Error{Kind: kind, Msg: msg} }

// Newf is New with a formatted sentence.
func Newf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Msg: fmt.Sprintf(format, args...)}
}

// Field makes the fault of one input value: a code and its sentence.
func Field(code, msg string) *Error { return &Error{Kind: Invalid, Code: code, Msg: msg} }

// Because returns a copy that remembers err as its cause. The cause is logged, never sent.
func (e *Error) Because(err error) *Error {
	c := *e
	c.cause = err
	return &c
}

// With returns a copy that carries one more parameter of its sentence.
func (e *Error) With(name string, value any) *Error {
	c := *e
	c.Params = maps.Clone(e.Params)
	if c.Params == nil {
		c.Params = make(map[string]any, 1)
	}
	c.Params[name] = value
	return &c
}

// In returns a copy that says when trying again may help.
func (e *Error) In(d time.Duration) *Error {
	c := *e
	c.Retry = d
	return &c
}

// On returns an Invalid fault that puts e under the given field name.
func (e *Error) On(name string) *Error { return Fields{name: e}.Error() }

// Error returns code and sentence, the faulty fields, and the cause, for logs.
func (e *Error) Error() string {
	s := e.Msg
	if e.Code != "" {
		s = e.Code + ": " + s
	}
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		s += fmt.Sprintf(" [%s %v]", name, e.Fields[name])
	}
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// Error gathers the fields in one Invalid fault, or returns nil when there are none. Callers that
// return an error must test for nil first: a nil *Error in an error interface is not nil.
func (f Fields) Error() *Error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Fields: f}
}

// Err is Error for functions that return an error.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return f.Error()
}

// Add puts err under name. A fault that only gathers fields nests them; the first fault of a name stays.
func (f Fields) Add(name string, err error) {
	if err == nil || f[name] != nil {
		return
	}
	if e, ok := Of(err); ok {
		f[name] = e
		return
	}
	f[name] = Field(CodeInvalidValue, "Invalid value.").Because(err)
}

// Of finds the fault inside err, if there is one.
func Of(err error) (*Error, bool) { return errors.AsType[*Error](err) }

// Is reports whether err carries a fault of the given kind.
func Is(err error, kind Kind) bool {
	e, ok := Of(err)
	return ok && e.Kind == kind
}
