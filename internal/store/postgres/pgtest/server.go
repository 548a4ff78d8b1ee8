package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// patience is how long a server may take to start or to stop.
const patience = 60 * time.Second

// Server is one PostgreSQL server with a data directory of its own. Its methods but Create, Drop and DSN
// are for one goroutine at a time.
type Server struct {
	dir      string // of the socket, the data and the log
	settings []string
	process  *os.Process
	ended    chan struct{} // closed when the process is gone
	made     atomic.Int64  // databases
}

// quick are the settings of a server whose data need not outlive it.
var quick = []string{
	"fsync=off", "synchronous_commit=on", "full_page_writes=off", "shared_buffers=32MB", "max_connections=200", "listen_addresses=",
	"unix_socket_permissions=0777", "log_min_messages=warning", "dynamic_shared_memory_type=mmap", "jit=off",
}

// New makes a cluster and starts its server. It does not flush to the disk unless settings say "fsync=on".
func New(settings ...string) (*Server, error) {
	dir, err := newCluster()
	if err != nil {
		return nil, fmt.Errorf("a PostgreSQL for tests: %w", err)
	}
	s := &Server{dir: dir, settings: append(append([]string{}, quick...), settings...)}
	if err := s.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, nil
}

// DSN is the address of a database of the server.
func (s *Server) DSN(database string) string {
	return "postgres://postgres@/" + database + "?host=" + url.QueryEscape(s.dir)
}

// Socket is the path of the unix socket at which the server listens, for proxies.
func (s *Server) Socket() string { return filepath.Join(s.dir, ".s.PGSQL.5432") }

// Log is what the server wrote since the cluster was made.
func (s *Server) Log() string {
	text, err := os.ReadFile(filepath.Join(s.dir, "log"))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// Start starts a server that was stopped and returns when it answers.
func (s *Server) Start() error {
	if err := s.spawn(); err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		conn, err := pgx.Connect(ctx, s.DSN("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-s.ended:
			return fmt.Errorf("start PostgreSQL: %w\n%s", err, s.Log())
		case <-ctx.Done():
			return fmt.Errorf("start PostgreSQL: %w\n%s", err, s.Log())
		case <-again.C:
		}
	}
}

// spawn starts the process. The kernel ends it with the thread that started it, which therefore waits for it.
func (s *Server) spawn() error {
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	args := []string{"-D", filepath.Join(s.dir, "data"), "-k", s.dir}
	for _, setting := range s.settings {
		args = append(args, "-c", setting)
	}
	cmd, err := command("postgres", args...)
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr.Setpgid = true
	endWithParent(cmd.SysProcAttr)
	ended, started := make(chan struct{}), make(chan error)
	go keep(cmd, started, ended)
	if err := <-started; err != nil {
		return err
	}
	s.process, s.ended = cmd.Process, ended
	return nil
}

func keep(cmd *exec.Cmd, started chan<- error, ended chan<- struct{}) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(ended)
	err := cmd.Start()
	started <- err
	if err == nil {
		_ = cmd.Wait() // a crash that a test asked for is no failure
	}
}

// Stop ends the server in order: open transactions are rolled back and their connections cut.
func (s *Server) Stop() error { return s.end(syscall.SIGINT) }

// Crash ends the server at once, as a crash does; the next Start recovers from the log.
func (s *Server) Crash() error { return s.end(syscall.SIGQUIT) }

func (s *Server) end(how os.Signal) error {
	if err := s.process.Signal(how); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop PostgreSQL: %w", err)
	}
	select {
	case <-s.ended:
		return nil
	case <-time.After(patience):
		return errors.Join(errors.New("PostgreSQL does not stop"), s.process.Kill())
	}
}

// Close ends the server and removes its data.
func (s *Server) Close() error {
	return errors.Join(s.end(syscall.SIGQUIT), os.RemoveAll(s.dir))
}

// Create makes an empty database and returns its name.
func (s *Server) Create(ctx context.Context) (name string, err error) {
	name = "test" + strconv.FormatInt(s.made.Add(1), 10)
	return name, s.exec(ctx, "CREATE DATABASE "+name)
}

// Drop removes a database and cuts its connections. It does nothing when the server is down.
func (s *Server) Drop(name string) error {
	select {
	case <-s.ended:
		return nil
	default:
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return s.exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
}

func (s *Server) exec(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, s.DSN("postgres"))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}
