package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/holdall-dev/holdall/internal/rule"
)

const (
	maxPart    = 7000                 // bytes of a message in one notification, which takes 8,000
	maxMessage = 8 << 20              // bytes of a message
	maxQueue   = 32 << 20             // bytes of the messages that wait to be sent
	busTime    = 5 * time.Millisecond // between two batches of notifications
)

var (
	errBusFull  = errors.New("too many messages to other nodes wait")
	errTooLarge = errors.New("the message is too large for other nodes")
)

// Bus carries messages between the processes that use one schema of one database. They are notifications: no
// table holds them, and what is sent while a receiver is away is lost to it. Those of one sender come in order.
type Bus struct {
	s    *Store
	node string
	hear func(message []byte)
	open func()

	mu    sync.Mutex
	queue []letter
	size  int           // bytes of queue
	sent  int64         // messages so far
	more  chan struct{} // one of room

	parts map[string]*parcel // by sender; of the goroutine that listens, as is mine
	mine  string             // the channel of messages to this node
}

// letter is a message on its way to a node, or to all.
type letter struct {
	to   string
	text []byte
}

// parcel is what has come of a message in several parts.
type parcel struct {
	seq  int64 // of the message
	next int   // part
	text []byte
}

// Bus is the store's bus. Join opens it.
func (s *Store) Bus() *Bus { return s.bus }

func newBus(s *Store) *Bus {
	return &Bus{s: s, more: make(chan struct{}, 1), parts: map[string]*parcel{}}
}

// Join has hear called with every message that is sent to node, or by others to all, one at a time, and open each time
// that messages begin to come, before the first of them. It is called once.
func (b *Bus) Join(node string, hear func(message []byte), open func()) {
	b.node, b.hear, b.open = node, hear, open
	ctx := b.s.log.ctx
	b.s.log.beside("sending messages to other nodes", func() { b.send(ctx) })
	b.s.log.beside("listening to messages of other nodes", func() { b.listen(ctx) })
}

// Post sends a message, which is UTF-8 without NUL, to a node, or to all for "". It does not wait, and nobody
// is told what became of the message.
func (b *Bus) Post(to string, message []byte) error {
	if len(message) > maxMessage {
		return errTooLarge
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.size+len(message) > maxQueue {
		return errBusFull
	}
	b.queue, b.size = append(b.queue, letter{to, message}), b.size+len(message)
	select {
	case b.more <- struct{}{}:
	default:
	}
	return nil
}

func (b *Bus) take() (list []letter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	list, b.queue, b.size = b.queue, nil, 0
	return list
}

// busChannel is the SQL of the channel of a node; what other schemas of the database say is none of ours.
func busChannel(node string) string {
	return "'holdall_' || substr(md5(coalesce(current_schema(), '') || ' ' || " + node + "), 1, 24)"
}

// sendStatement notifies of a list of pairs. Commits of notifications wait for each other, so none waits for
// the disk.
var sendStatement = "SELECT set_config('synchronous_commit', 'off', true), pg_notify(" + busChannel("(x->>0)") + ", x->>1) FROM json_array_elements($1::json) x"

func (b *Bus) send(ctx context.Context) {
	pace := time.NewTicker(busTime)
	defer pace.Stop()
	for {
		select {
		case <-b.more:
		case <-ctx.Done():
			b.flush(context.WithoutCancel(ctx))
			return
		}
		b.flush(ctx)
		select {
		case <-pace.C:
		case <-ctx.Done():
		}
	}
}

// flush sends what waits.
func (b *Bus) flush(ctx context.Context) {
	var pairs [][2]string
	for _, l := range b.take() {
		b.sent++
		pairs = append(pairs, b.cut(l)...)
	}
	if len(pairs) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, redial)
	defer cancel()
	raw, err := json.Marshal(pairs)
	if err == nil {
		_, err = b.s.small(ctx, sendStatement, nil, rule.TextValue(string(raw)))
	}
	if err != nil && ctx.Err() == nil {
		b.s.o.Log.Debug("messages to other nodes are lost", "messages", len(pairs), "error", err)
	}
}

// cut makes the notifications of a message: "sender message part parts text".
func (b *Bus) cut(l letter) (pairs [][2]string) {
	var texts []string
	for rest := l.text; len(rest) > 0 || len(texts) == 0; {
		n := min(len(rest), maxPart)
		for n < len(rest) && !utf8.RuneStart(rest[n]) {
			n--
		}
		texts = append(texts, string(rest[:n]))
		rest = rest[n:]
	}
	for i, text := range texts {
		head := b.s.log.name() + " " + strconv.FormatInt(b.sent, 36) + " " + strconv.Itoa(i) + " " + strconv.Itoa(len(texts)) + " "
		pairs = append(pairs, [2]string{l.to, head + text})
	}
	return pairs
}

func (b *Bus) listen(ctx context.Context) {
	for ctx.Err() == nil {
		if err := b.listenOnce(ctx); err != nil && ctx.Err() == nil {
			b.s.o.Log.Debug("no messages of other nodes for now", "error", err)
		}
		select {
		case <-time.After(redial / 4):
		case <-ctx.Done():
		}
	}
}

func (b *Bus) listenOnce(ctx context.Context) error {
	cfg := b.s.config.Copy()
	cfg.OnNotification = func(_ *pgconn.PgConn, n *pgconn.Notification) { b.receive(n) }
	pg, err := pgconn.ConnectConfig(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() {
		end, cancel := context.WithTimeout(context.Background(), redial)
		defer cancel()
		_ = pg.Close(end) // it is gone in any case
	}()
	for _, node := range []string{"", b.node} {
		rs, err := pg.Exec(ctx, "SELECT "+busChannel("'"+strings.ReplaceAll(node, "'", "''")+"'")).ReadAll()
		if err != nil {
			return err
		}
		b.mine = string(rs[0].Rows[0][0]) // the last one
		if _, err := pg.Exec(ctx, "LISTEN "+quote(b.mine)).ReadAll(); err != nil {
			return err
		}
	}
	b.open()
	for err == nil {
		err = pg.WaitForNotification(ctx)
	}
	return errors.Join(err, ctx.Err())
}

// receive puts parts together. A message that came before, or of which a part is missing, is dropped.
func (b *Bus) receive(n *pgconn.Notification) {
	f := strings.SplitN(n.Payload, " ", 5)
	if len(f) != 5 || f[0] == b.s.log.name() && n.Channel != b.mine {
		return
	}
	seq, err := strconv.ParseInt(f[1], 36, 64)
	part, err2 := strconv.Atoi(f[2])
	parts, err3 := strconv.Atoi(f[3])
	if errors.Join(err, err2, err3) != nil {
		return
	}
	p := b.parts[f[0]]
	switch {
	case p == nil:
		p = new(parcel)
		b.parts[f[0]] = p
		fallthrough
	case part == 0 && seq > p.seq:
		p.seq, p.next, p.text = seq, 0, nil
	}
	if p.seq != seq || p.next != part || len(p.text)+len(f[4]) > maxMessage {
		return
	}
	p.text, p.next = append(p.text, f[4]...), part+1
	if p.next == parts {
		text := p.text
		p.text = nil
		b.hear(text)
	}
}
