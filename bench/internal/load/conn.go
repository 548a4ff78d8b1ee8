package load

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// conn is one kept-open connection that speaks as much HTTP/1.1 as it takes.
type conn struct {
	net net.Conn
	in  *bufio.Reader
}

// answerLimit bounds one request: a server that does not answer is an error, not a wait.
const answerLimit = 30 * time.Second

func dial(addr string) (*conn, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &conn{net: c, in: bufio.NewReaderSize(c, 64<<10)}, nil
}

// do sends a request and drops the answer's body; of a failure it returns the beginning of it.
func (c *conn) do(request []byte) (status int, text string, err error) {
	if err := c.net.SetDeadline(time.Now().Add(answerLimit)); err != nil {
		return 0, "", err
	}
	if _, err := c.net.Write(request); err != nil {
		return 0, "", err
	}
	status, length, err := c.head()
	if err != nil {
		return 0, "", err
	}
	var keep *bytes.Buffer
	if status > 299 {
		keep = &bytes.Buffer{}
	}
	if length >= 0 {
		err = c.drop(length, keep)
	} else {
		err = c.dropChunks(keep)
	}
	if keep != nil {
		text = keep.String()
	}
	return status, text, err
}

// head reads up to the body; a length of -1 says that it comes in chunks.
func (c *conn) head() (status, length int, err error) {
	line, err := c.line()
	if err != nil {
		return 0, 0, err
	}
	if len(line) < 12 {
		return 0, 0, fmt.Errorf("not a status line: %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, 0, err
	}
	for {
		line, err := c.line()
		if err != nil {
			return 0, 0, err
		}
		if len(line) == 0 {
			return status, length, nil
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return 0, 0, err
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			length = -1
		}
	}
}

func (c *conn) line() ([]byte, error) {
	line, err := c.in.ReadSlice('\n')
	return bytes.TrimRight(line, "\r\n"), err
}

func (c *conn) drop(n int, keep *bytes.Buffer) error {
	if keep != nil {
		_, err := io.CopyN(keep, c.in, int64(n))
		return err
	}
	_, err := c.in.Discard(n)
	return err
}

func (c *conn) dropChunks(keep *bytes.Buffer) error {
	for {
		line, err := c.line()
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(line), 16, 32)
		if err != nil {
			return fmt.Errorf("not a chunk: %w", err)
		}
		if err := c.drop(int(n), keep); err != nil {
			return err
		}
		end, err := c.line()
		if err != nil {
			return err
		}
		if len(end) > 0 {
			return errors.New("a chunk does not end where it says")
		}
		if n == 0 {
			return nil
		}
	}
}
