package loadtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"time"
)

// kind is a way of listening, and what it must be told of.
type kind struct {
	topics []string
	guest  bool
	allows func(meta, account) bool
	ends   string // the collection of the fence that comes last
}

var kinds = []kind{
	{[]string{"events/*"}, true, func(m meta, _ account) bool { return m.collection == "events" }, "events"},
	{[]string{"mine/*"}, false, func(m meta, a account) bool { return m.owner == a.id }, "mine"},
	{[]string{`events/*?options=` + url.QueryEscape(`{"query":{"filter":"room = 'r3' || room = 'end'","fields":"id,n,room,collectionName"}}`)}, true,
		func(m meta, _ account) bool { return m.collection == "events" && (m.room == "r3" || m.room == "end") }, "events"},
	{[]string{"mine/*", "events"}, false, func(m meta, a account) bool { return m.collection == "events" || m.owner == a.id }, "events"},
}

// subscriber is a client that is cut again and again and goes on behind its last cursor.
type subscriber struct {
	o       *order
	rng     *rand.Rand
	account account
	kind
	began int64 // what it knew when it began
	got   []delivery
	gaps  []gap
	err   error
}

// delivery is one event that came.
type delivery struct {
	seq    int64
	id     string
	action string
	n      int
	stream int // the how many-th of the subscriber
}

// gap is a part of the log of which the server said that it cannot tell everything: from where the stream began.
// Whoever then asks for the records learns of all that was before the process, so it says so once.
type gap struct{ after, upTo int64 }

func (s *subscriber) open(mark string) (*Stream, error) {
	stream, err := Open(s.o.server.Base, mark)
	if err != nil {
		return nil, err
	}
	token := s.account.token
	if s.guest {
		token = ""
	}
	if err := stream.Submit(token, s.topics...); err != nil {
		stream.Close()
		return nil, err
	}
	return stream, nil
}

// run listens until the fence has come. A stream that ends by itself or cannot be opened is tried again.
func (s *subscriber) run(ctx context.Context, stream *Stream) error {
	mark := stream.Mark
	for n := 0; ctx.Err() == nil; n++ {
		done, err := s.listen(stream, n)
		mark = stream.Mark
		stream.Close()
		if done || err != nil {
			return err
		}
		for stream = nil; stream == nil; {
			if stream, err = s.open(mark); err == nil {
				continue
			}
			var no *refusal
			if errors.As(err, &no) && no.status != 404 {
				return fmt.Errorf("go on behind %s: %w", mark, err)
			}
			select {
			case <-time.After(10 * time.Millisecond): // the server was killed, or the stream
			case <-ctx.Done():
				return fmt.Errorf("go on behind %s: %w", mark, err)
			}
		}
	}
	return fmt.Errorf("the last event never came; the last that did was behind %s: %w", mark, ctx.Err())
}

// listen reads until the fence, the end of the stream, or a cut.
func (s *subscriber) listen(stream *Stream, n int) (done bool, err error) {
	began := (&Event{Mark: stream.Mark}).Seq()
	for range s.life() {
		e, err := stream.Next()
		if err != nil {
			return false, nil // as if it were cut
		}
		if e.Name == "HD_GAP" {
			s.gaps = append(s.gaps, gap{began, max(e.Seq(), s.o.head.Load())})
			continue
		}
		if done, err := s.note(e, n); done || err != nil {
			return done, err
		}
	}
	return false, nil
}

// life is how many events until the next cut.
func (s *subscriber) life() int {
	if s.o.cutsLeft.Add(-1) < 0 {
		return 1 << 62
	}
	mean := s.o.Changes * s.o.Subscribers / (4 * max(1, s.o.Cuts))
	return s.rng.IntN(2*max(1, mean) + 1)
}

func (s *subscriber) note(e *Event, n int) (done bool, err error) {
	var data struct {
		Action string
		Record struct {
			ID, Room, CollectionName string
			N                        int
		}
	}
	if err := json.Unmarshal(e.Data, &data); err != nil || data.Record.ID == "" {
		return false, fmt.Errorf("not an event of a record: %s: %s", e.Name, e.Data)
	}
	s.got = append(s.got, delivery{e.Seq(), data.Record.ID, data.Action, data.Record.N, n})
	return data.Record.Room == "end" && data.Record.CollectionName == s.ends, nil
}
