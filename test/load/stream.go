package loadtest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Event is one event of a stream.
type Event struct {
	Name string
	Mark string // the cursor behind it, "" without one
	Data []byte // until the next event is read
}

// Seq is the change that the event tells of: cursors begin with it.
func (e *Event) Seq() int64 {
	digits, _, _ := strings.Cut(e.Mark, ".")
	n, err := strconv.ParseInt(digits, 36, 64)
	if err != nil {
		return 0
	}
	return n
}

// Stream is one open event stream.
type Stream struct {
	ID    string // of the connection
	Mark  string // the cursor behind the last event, or of where it began
	base  string
	conn  net.Conn
	body  *bufio.Reader
	event Event
}

// patience bounds how long a stream waits for anything.
const patience = 20 * time.Second

// Open begins a stream that goes on behind mark; "" is from now.
func Open(base, mark string) (*Stream, error) {
	addr := strings.TrimPrefix(base, "http://")
	conn, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return nil, err
	}
	s := &Stream{base: base, conn: conn}
	if err := s.begin(addr, mark); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return s, nil
}

func (s *Stream) begin(addr, mark string) error {
	if err := s.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	_, err := fmt.Fprintf(s.conn, "GET /api/realtime?cursor=%s HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\n\r\n", url.QueryEscape(mark), addr)
	if err != nil {
		return err
	}
	res, err := http.ReadResponse(bufio.NewReaderSize(s.conn, 2048), nil)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the stream was answered with status %d", res.StatusCode)
	}
	s.body = bufio.NewReaderSize(res.Body, 4096)
	first, err := s.Next()
	if err != nil {
		return err
	}
	var hello struct{ ClientID, Cursor string }
	if err := json.Unmarshal(first.Data, &hello); err != nil || first.Name != "PB_CONNECT" || hello.ClientID == "" {
		return fmt.Errorf("not the first event: %s %s", first.Name, first.Data)
	}
	s.ID, s.Mark = hello.ClientID, mark
	if mark == "" {
		s.Mark = hello.Cursor
	}
	return nil
}

// Submit sets what the stream listens to, and as whom.
func (s *Stream) Submit(token string, topics ...string) error {
	body := map[string]any{"clientId": s.ID, "subscriptions": topics}
	return ask(s.base, http.MethodPost, "/api/realtime", token, body, nil)
}

// Next waits for the next event. What it returns is valid until the next call.
func (s *Stream) Next() (*Event, error) {
	if err := s.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return nil, err
	}
	e := &s.event
	*e = Event{Data: e.Data[:0]}
	for {
		line, err := s.line()
		if err != nil {
			return nil, err
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch string(name) {
		case "id":
			_, e.Mark, _ = strings.Cut(string(value), "~")
		case "event":
			e.Name = string(value)
		case "data":
			e.Data = append(e.Data[:0], value...)
		}
		if len(line) == 0 && e.Name != "" {
			if e.Mark != "" {
				s.Mark = e.Mark
			}
			return e, nil
		}
	}
}

// line reads up to the end of a line of any length.
func (s *Stream) line() ([]byte, error) {
	line, err := s.body.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		long := bytes.Clone(line)
		line, err = s.body.ReadBytes('\n')
		line = append(long, line...)
	}
	return bytes.TrimSuffix(line, []byte("\n")), err
}

// Close ends the stream without a word.
func (s *Stream) Close() { _ = s.conn.Close() }
