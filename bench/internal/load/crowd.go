package load

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// Crowd is many open event streams that listen to the same topic.
type Crowd struct {
	conns []net.Conn
	done  sync.WaitGroup
	ended chan error // of each stream that ended by itself
}

// Gather opens n streams and submits the topic for each with the token that it is given. Event is called for
// the data of every event, from as many goroutines as there are streams.
func Gather(addr string, n int, topic string, token func(i int) string, event func(data []byte)) (*Crowd, error) {
	c := &Crowd{conns: make([]net.Conn, n), ended: make(chan error, n)}
	const doors = 8
	errs := make(chan error, doors)
	for d := range doors {
		go func() { errs <- c.enter(addr, d, doors, topic, token, event) }()
	}
	var all error
	for range doors {
		all = errors.Join(all, <-errs)
	}
	if all != nil {
		c.Leave()
	}
	return c, all
}

// enter opens every doors-th stream, beginning with the first-th.
func (c *Crowd) enter(addr string, first, doors int, topic string, token func(int) string, event func([]byte)) error {
	post, err := dial(addr)
	if err != nil {
		return err
	}
	defer post.net.Close()
	for i := first; i < len(c.conns); i += doors {
		in, id, err := c.open(addr, i)
		if err != nil {
			return fmt.Errorf("stream %d: %w", i, err)
		}
		body, _ := json.Marshal(map[string]any{"clientId": id, "subscriptions": []string{topic}}) // of texts
		status, text, err := post.do(Request(nil, "POST", "/api/realtime", token(i), body))
		if err != nil || status > 299 {
			return errors.Join(err, fmt.Errorf("submit the topics of stream %d: status %d: %s", i, status, text))
		}
		c.done.Go(func() { c.ended <- listen(in, event) })
	}
	return nil
}

func (c *Crowd) open(addr string, i int) (in *bufio.Reader, id string, err error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, "", err
	}
	c.conns[i] = conn
	if err := conn.SetReadDeadline(time.Now().Add(answerLimit)); err != nil {
		return nil, "", err
	}
	if _, err := conn.Write(Request(nil, "GET", "/api/realtime", "", nil)); err != nil {
		return nil, "", err
	}
	in = bufio.NewReaderSize(conn, 2048)
	for id == "" {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return nil, "", err
		}
		if text, ok := bytes.CutPrefix(line, []byte(`data:{"clientId":"`)); ok && len(text) >= 40 {
			id = string(text[:40])
		}
	}
	return in, id, conn.SetReadDeadline(time.Time{})
}

// listen looks at data lines alone: what frames the chunks is in lines of its own, for both servers.
func listen(in *bufio.Reader, event func([]byte)) error {
	for {
		line, err := in.ReadSlice('\n')
		if data, ok := bytes.CutPrefix(line, []byte("data:")); ok && err == nil {
			event(data)
		}
		if err != nil {
			return err
		}
	}
}

// Ended is how many streams have ended so far.
func (c *Crowd) Ended() int { return len(c.ended) }

// Leave closes all streams and waits for their readers.
func (c *Crowd) Leave() {
	for _, conn := range c.conns {
		if conn != nil {
			_ = conn.Close()
		}
	}
	c.done.Wait()
}

// Caller is one kept-open connection for requests.
type Caller struct{ conn *conn }

// Dial opens a Caller.
func Dial(addr string) (*Caller, error) {
	c, err := dial(addr)
	return &Caller{c}, err
}

// Must sends a request that has to succeed.
func (c *Caller) Must(request []byte) error {
	status, text, err := c.conn.do(request)
	if err == nil && status > 299 {
		err = fmt.Errorf("status %d: %s", status, text)
	}
	return err
}

// Close closes the connection.
func (c *Caller) Close() { _ = c.conn.net.Close() }
