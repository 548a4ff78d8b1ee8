// Package sms is what a text message is, who can send one, and how a gateway is described. It sends nothing
// itself: see the package below it.
package sms

import (
	"context"
	"errors"
	"fmt"
	"strconv"
)

// Message is one text to one phone.
type Message struct {
	To   string // canonical, "+491711234567"
	Text string
	Code string // the one-time code that Text tells, for gateways that have templates of their own
	Key  string // the same for every try to send the same message

	Via string // the only gateway to send it, by its label; "" is whichever takes it

	Collection, Record string // whose account it is about; Record is "" when there is none yet
}

// Sender sends messages. It is safe for concurrent use.
type Sender interface {
	// Send returns when a gateway has taken the message, or with the reason why none did. An error that is
	// [ErrFinal] will not go away by trying again.
	Send(ctx context.Context, m Message) error
}

// SenderFunc is a function that sends.
type SenderFunc func(ctx context.Context, m Message) error

// Send calls f.
func (f SenderFunc) Send(ctx context.Context, m Message) error { return f(ctx, m) }

// ErrFinal says that a message can never be sent as it is: the number does not exist, or wants none.
var ErrFinal = errors.New("the message was refused for good")

// ErrNoGateway says that the settings name nobody who could send.
var ErrNoGateway = errors.New("no SMS gateway is set up")

// Error is what a gateway answered. Its text holds neither numbers nor secrets; Words may.
type Error struct {
	Gateway string // by its name in the settings
	Status  int    // of HTTP; 0 when there was no answer
	Code    string // the gateway's own, "" when it gave none
	Words   string // the gateway's own, for whoever set it up and for no log
	Final   bool   // no gateway will take it: the fault is the number's
	Cause   error  // of having no answer
}

// Error is fit for logs.
func (e *Error) Error() string {
	text := "gateway " + e.Gateway
	if e.Status != 0 {
		text += " answered " + strconv.Itoa(e.Status)
	}
	if e.Code != "" {
		text += " with code " + e.Code
	}
	if e.Cause != nil {
		text += fmt.Sprintf(" could not be asked: %v", e.Cause)
	}
	return text
}

// Is reports whether target is ErrFinal and so is e.
func (e *Error) Is(target error) bool { return target == ErrFinal && e.Final }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }
