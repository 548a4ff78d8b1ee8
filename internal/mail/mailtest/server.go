// Package mailtest is a mail server for tests: real SMTP on the loopback, with whatever moods a test wants.
package mailtest

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Mail is what the server received.
type Mail struct {
	From       string
	To         []string // of the envelope
	Header     mail.Header
	Text, HTML string
	Raw        []byte
	Encrypted  bool
	User       string // who authenticated
	Method     string // by which method
	Hello      string
}

// Subject is the decoded subject.
func (m Mail) Subject() string { return decodeWord(m.Header.Get("Subject")) }

// Options say how the server behaves.
type Options struct {
	StartTLS bool              // offers to encrypt
	TLS      bool              // encrypts from the first byte
	Users    map[string]string // who may authenticate; nil asks nobody
	Plain    bool              // takes credentials without encryption
	Refuse   func(to string) error
	Hang     bool // never answers the end of a mail

	Port        int          // 0 is a free one
	Certificate *Certificate // nil makes one
}

// Server receives mails.
type Server struct {
	Host  string
	Port  int
	Trust *tls.Config // trusts the server's certificate

	o     Options
	srv   *smtp.Server
	mu    sync.Mutex
	mails []Mail
	more  chan struct{} // closed when there are more
	hang  chan struct{}
}

// Start starts a server that ends with the test.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s := &Server{o: o, more: make(chan struct{}), hang: make(chan struct{})}
	s.srv = smtp.NewServer(s)
	s.srv.Domain, s.srv.AllowInsecureAuth = "127.0.0.1", o.Plain
	s.srv.ErrorLog = quiet{}
	if o.Certificate == nil {
		o.Certificate = NewCertificate(t)
	}
	cert := o.Certificate.server
	s.Trust = o.Certificate.client
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(o.Port))) //nolint:noctx // it listens at once
	if err != nil {
		t.Fatal(err)
	}
	s.Host, s.Port = "127.0.0.1", l.Addr().(*net.TCPAddr).Port
	if o.StartTLS {
		s.srv.TLSConfig = cert
	}
	if o.TLS {
		l = tls.NewListener(l, cert)
	}
	ended := make(chan error, 1)
	go func() {
		defer func() { ended <- fmt.Errorf("panic: %v", recover()) }() // a guard
		ended <- s.srv.Serve(l)
	}()
	t.Cleanup(func() {
		close(s.hang)
		_ = s.srv.Close()
		_ = l.Close() // Serve may not have seen it yet
		<-ended
	})
	return s
}

type quiet struct{}

// Printf says nothing.
func (quiet) Printf(string, ...any) {}

// Println says nothing.
func (quiet) Println(...any) {}

// Mails are the mails so far.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.mails...)
}

// Wait waits until there are n mails and returns them all.
func (s *Server) Wait(t testing.TB, n int) []Mail {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		s.mu.Lock()
		mails, more := append([]Mail(nil), s.mails...), s.more
		s.mu.Unlock()
		if len(mails) >= n {
			return mails
		}
		select {
		case <-more:
		case <-ctx.Done():
			t.Fatalf("%d mails came, want %d", len(mails), n)
		}
	}
}

// Last waits until there are n mails and returns the last one.
func (s *Server) Last(t testing.TB, n int) Mail {
	t.Helper()
	mails := s.Wait(t, n)
	return mails[len(mails)-1]
}

func (s *Server) add(m Mail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, m)
	close(s.more)
	s.more = make(chan struct{})
}

// NewSession implements smtp.Backend.
func (s *Server) NewSession(c *smtp.Conn) (smtp.Session, error) {
	_, encrypted := c.TLSConnectionState()
	return &session{s: s, c: c, m: Mail{Encrypted: encrypted, Hello: c.Hostname()}}, nil
}

type session struct {
	s *Server
	c *smtp.Conn
	m Mail
}

// AuthMechanisms lists the methods.
func (x *session) AuthMechanisms() []string { return []string{sasl.Plain, sasl.Login} }

// Auth checks the name and password.
func (x *session) Auth(method string) (sasl.Server, error) {
	check := func(user, password string) error {
		if want, ok := x.s.o.Users[user]; !ok || want != password {
			return smtp.ErrAuthFailed
		}
		x.m.User, x.m.Method = user, method
		return nil
	}
	if method == sasl.Login {
		return &login{check: check}, nil
	}
	return sasl.NewPlainServer(func(_, user, password string) error { return check(user, password) }), nil
}

// login is the server's side of LOGIN.
type login struct {
	check func(user, password string) error
	step  int
	user  string
}

// Next asks for the name and then for the password.
func (l *login) Next(answer []byte) (challenge []byte, done bool, err error) {
	l.step++
	switch l.step {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		l.user = string(answer)
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.user, string(answer))
}

// Mail notes the sender.
func (x *session) Mail(from string, _ *smtp.MailOptions) error {
	if x.s.o.Users != nil && x.m.User == "" {
		return smtp.ErrAuthRequired
	}
	x.m.From = from
	return nil
}

// Rcpt notes a recipient.
func (x *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if x.s.o.Refuse != nil {
		if err := x.s.o.Refuse(to); err != nil {
			return err
		}
	}
	x.m.To = append(x.m.To, to)
	return nil
}

// Data reads the mail.
func (x *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if x.s.o.Hang {
		<-x.s.hang
		return errors.New("the server ends")
	}
	m := x.m
	m.Raw = raw
	if err := m.read(); err != nil {
		return err
	}
	x.s.add(m)
	return nil
}

// Reset forgets the mail.
func (x *session) Reset() { x.m.From, x.m.To = "", nil }

// Logout ends the session.
func (x *session) Logout() error { return nil }

func (m *Mail) read() error {
	msg, err := mail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		return err
	}
	m.Header = msg.Header
	return m.part(msg.Header.Get("Content-Type"), msg.Header.Get("Content-Transfer-Encoding"), msg.Body)
}

func (m *Mail) part(kind, encoding string, r io.Reader) error {
	media, params := mediaType(kind)
	if strings.HasPrefix(media, "multipart/") {
		parts := multipart.NewReader(r, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if err := m.part(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p); err != nil {
				return err
			}
		}
	}
	if strings.EqualFold(encoding, "quoted-printable") {
		r = quotedprintable.NewReader(r)
	}
	raw, err := io.ReadAll(r)
	text := strings.ReplaceAll(string(raw), "\r\n", "\n")
	if media == "text/html" {
		m.HTML = text
	} else {
		m.Text = text
	}
	return err
}

// Certificate is one for the loopback that nobody trusts yet.
type Certificate struct {
	PEM            []byte // for those who shall trust it
	server, client *tls.Config
}

// NewCertificate makes a certificate.
func NewCertificate(t testing.TB) *Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "loopback"}, NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return &Certificate{
		PEM:    pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		server: &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12},
		client: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
	}
}
