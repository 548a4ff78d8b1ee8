package faulttest

import (
	"bytes"
	"errors"
	"net"
	"sync"
)

// way is a direction of a line.
type way int

const (
	up   way = iota // to the database
	down            // from it
)

// line is a way to a database that breaks where it is told to, to the byte.
type line struct {
	l    net.Listener
	to   string // a unix socket
	all  sync.WaitGroup
	mu   sync.Mutex
	open map[*wire]bool
	plan *plan
	away bool // new connections are refused
}

// wire is one connection through the line.
type wire struct {
	client, server net.Conn
	writes         bool // a transaction began on it; guarded by the line
}

func (w *wire) close() { _ = errors.Join(w.client.Close(), w.server.Close()) }

// plan is where the next transaction is cut.
type plan struct {
	way    way
	at     int  // bytes that pass that way, from the beginning of the transaction
	commit bool // at counts from the beginning of the COMMIT, or of its answer
	away   bool // nobody comes through afterwards
	on     *wire
	passed [2]int
	begun  bool // what at counts from
	done   bool
}

// start finds what at counts from, in what goes up.
func (p *plan) start(chunk []byte) {
	if !p.commit {
		p.begun = true
		return
	}
	const head = 5 // bytes of a message before its text
	if i := bytes.Index(chunk, []byte("COMMIT")); i >= head {
		p.begun, p.passed = true, [2]int{up: head - i}
	}
}

// never is a position that no transaction reaches.
const never = 1 << 30

// newLine listens on a port of the loopback.
func newLine(to string) (*line, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	x := &line{l: l, to: to, open: map[*wire]bool{}}
	x.all.Go(x.serve)
	return x, nil
}

// dsn is the address of a database at the other end.
func (x *line) dsn(database string) string {
	return "postgres://postgres@" + x.l.Addr().String() + "/" + database + "?sslmode=disable"
}

func (x *line) close() error {
	err := x.l.Close()
	x.lift()
	x.mu.Lock()
	x.cutAll()
	x.mu.Unlock()
	x.all.Wait()
	return err
}

func (x *line) serve() {
	for {
		client, err := x.l.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("unix", x.to)
		if err != nil {
			_ = client.Close()
			continue
		}
		w := &wire{client: client, server: server}
		x.mu.Lock()
		if x.away {
			w.close()
		} else {
			x.open[w] = true
			x.all.Go(func() { x.carry(w, up, client, server) })
			x.all.Go(func() { x.carry(w, down, server, client) })
		}
		x.mu.Unlock()
	}
}

// carry takes bytes one way until the wire is cut.
func (x *line) carry(w *wire, dir way, from, to net.Conn) {
	defer func() {
		w.close()
		x.mu.Lock()
		defer x.mu.Unlock()
		delete(x.open, w)
	}()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		n, cut := x.judge(w, dir, buf[:n])
		if _, failed := to.Write(buf[:n]); failed != nil || err != nil || cut {
			x.broken(cut)
			return
		}
	}
}

// judge says how many bytes of a chunk may pass, and whether the wire is cut behind them. A plan holds for the wire on
// which the first transaction begins after it was made.
func (x *line) judge(w *wire, dir way, chunk []byte) (n int, cut bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	begins := dir == up && bytes.Contains(chunk, []byte("BEGIN"))
	w.writes = w.writes || begins
	p := x.plan
	if p == nil || p.done {
		return len(chunk), false
	}
	if p.on == nil && begins {
		p.on = w
	}
	if p.on == w && dir == up && !p.begun {
		p.start(chunk)
	}
	if p.on != w || !p.begun {
		return len(chunk), false
	}
	before := p.passed[dir]
	p.passed[dir] += len(chunk)
	if dir != p.way || p.passed[dir] < p.at {
		return len(chunk), false
	}
	p.done = true
	x.away = x.away || p.away
	return p.at - before, true
}

// broken takes the other wires along when nobody is to come through.
func (x *line) broken(cut bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if cut && x.away {
		x.cutAll()
	}
}

// cutAll closes all wires; x.mu is held.
func (x *line) cutAll() {
	for w := range x.open {
		w.close()
	}
}

// arm makes a plan for the next transaction, which begins on a new wire: it is as long as any of its kind.
func (x *line) arm(p plan) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.plan = &p
	for w := range x.open {
		if w.writes {
			w.close()
		}
	}
}

// lift drops the plan and lets everybody through again. It returns what became of the plan.
func (x *line) lift() plan {
	x.mu.Lock()
	defer x.mu.Unlock()
	p := x.plan
	x.plan, x.away = nil, false
	if p == nil {
		return plan{}
	}
	return *p
}
