package loadtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Server is a real server process with a superuser.
type Server struct {
	Base string // its address, without a slash at the end
	Root string // the superuser's token

	bin, dir string
	mu       sync.Mutex
	cmd      *exec.Cmd
	done     chan struct{}
}

const (
	rootEmail    = "root@load.example"
	rootPassword = "root-password-1"
)

// Start runs the binary on an empty directory and signs its superuser in.
func Start(bin, dir string) (*Server, error) {
	if text, err := exec.Command(bin, "superuser", "upsert", rootEmail, rootPassword, "--dir", dir).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("make a superuser: %w\n%s", err, text)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{Base: "http://" + l.Addr().String(), bin: bin, dir: dir}
	if err := errors.Join(l.Close(), s.launch()); err != nil {
		return nil, err
	}
	if s.Root, err = s.SignIn("_superusers", rootEmail, rootPassword); err != nil {
		s.Kill()
	}
	return s, err
}

// launch starts a process and waits until it answers.
func (s *Server) launch() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cmd = exec.Command(s.bin, "serve", "--dir", s.dir, "--http", strings.TrimPrefix(s.Base, "http://"))
	var out bytes.Buffer
	s.cmd.Stdout, s.cmd.Stderr = &out, &out
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.cmd.Start(); err != nil {
		return err
	}
	cmd, done := s.cmd, make(chan struct{})
	s.done = done
	go func() { _ = cmd.Wait(); close(done) }()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(patience); ; {
		select {
		case <-done:
			return fmt.Errorf("the server ended before it answered:\n%s", out.String())
		case <-end:
			return errors.New("the server does not answer")
		case <-tick.C:
			if res, err := client.Get(s.Base + "/api/health"); err == nil {
				_ = res.Body.Close()
				return nil
			}
		}
	}
}

// Kill is a kill -9.
func (s *Server) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.cmd.Process.Kill()
	<-s.done
}

// Restart is a kill -9 and a new process on the same data and address.
func (s *Server) Restart() error {
	s.Kill()
	return s.launch()
}

// Memory is what the process holds resident, in bytes.
func (s *Server) Memory() int64 { return s.status("VmRSS:") }

// Peak is the most that the process has held resident, in bytes, since it began or since [Server.Lower].
func (s *Server) Peak() int64 { return s.status("VmHWM:") }

// Lower has the peak begin at what is resident now.
func (s *Server) Lower() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", s.cmd.Process.Pid), []byte("5"), 0)
}

func (s *Server) status(name string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	_, after, _ := strings.Cut(string(text), name)
	line, _, _ := strings.Cut(after, "kB")
	kb, _ := strconv.ParseInt(strings.TrimSpace(line), 10, 64)
	return kb << 10
}

// SignIn returns a token.
func (s *Server) SignIn(collection, identity, password string) (string, error) {
	var auth struct{ Token string }
	err := ask(s.Base, http.MethodPost, "/api/collections/"+collection+"/auth-with-password", "", map[string]any{"identity": identity, "password": password}, &auth)
	return auth.Token, err
}

// Must sends a request of the superuser that has to succeed.
func (s *Server) Must(method, path string, body, out any) error {
	return ask(s.Base, method, path, s.Root, body, out)
}

var client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}, Timeout: patience}

// refusal is an answer that is not a success.
type refusal struct {
	status int
	text   string
}

func (r *refusal) Error() string { return fmt.Sprintf("status %d: %s", r.status, r.text) }

// ask sends one request that has to succeed.
func ask(base, method, path, token string, body, out any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequest(method, base+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", token)
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode > 299 {
		return fmt.Errorf("%s %s: %w", method, path, &refusal{res.StatusCode, string(answer)})
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer, out)
}
