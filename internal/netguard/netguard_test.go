package netguard_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/internal/netguard"
)

func TestPublic(t *testing.T) {
	t.Parallel()
	closed := strings.FieldsSeq(`
		0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.254 168.63.129.16
		169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.192 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.19.255.255
		198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
		:: ::1 ::ffff:127.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 2001::1
		2001:db8::1 2002:7f00:1:: 2002:808:808::1 3fff::1 fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1 2606:4700::1111%eth0`)
	for s := range closed {
		if netguard.Public(netip.MustParseAddr(s)) {
			t.Errorf("%s counts as public", s)
		}
	}
	open := strings.FieldsSeq(`1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 172.15.255.255
		172.32.0.0 192.167.255.255 198.17.255.255 198.20.0.0 223.255.255.255 ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2606:4700::1111 2a00:1450::1`)
	for s := range open {
		if !netguard.Public(netip.MustParseAddr(s)) {
			t.Errorf("%s does not count as public", s)
		}
	}
	if netguard.Public(netip.Addr{}) {
		t.Error("no address counts as public")
	}
}

// TestNothingClosedIsDialled gives thousands of random answers of a name server, most of them of the networks
// next to the borders, and looks at what is dialled.
func TestNothingClosedIsDialled(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	borders := strings.Fields(`0.0.0.0/7 10.0.0.0/7 100.64.0.0/9 126.0.0.0/7 169.254.0.0/15 172.16.0.0/11 192.0.0.0/15 192.168.0.0/15
		198.18.0.0/14 198.51.100.0/23 203.0.113.0/23 224.0.0.0/3 ::/8 ::ffff:0:0/96 64:ff9b::/95 2001::/16 2002::/15 fc00::/6 fe80::/9 0.0.0.0/0 ::/0`)
	answer := func() netip.Addr {
		p := netip.MustParsePrefix(borders[rnd.IntN(len(borders))])
		b := p.Addr().AsSlice()
		for i := range len(b) * 8 {
			if i >= p.Bits() && rnd.IntN(2) == 1 {
				b[i/8] ^= 1 << (7 - i%8)
			}
		}
		a, _ := netip.AddrFromSlice(b)
		return a
	}
	var answers []netip.Addr
	dialled := 0
	g, err := netguard.New(netguard.Options{
		Lookup: func(context.Context, string) ([]netip.Addr, error) { return answers, nil },
		Dial: func(_ context.Context, to netip.AddrPort) (net.Conn, error) {
			dialled++
			if !netguard.Public(to.Addr()) || to.Addr().Is4In6() {
				t.Errorf("%s is dialled", to)
			}
			return nil, errors.New("not today")
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	const rounds = 10_000
	for range rounds {
		answers = answers[:0]
		public := false
		for range 1 + rnd.IntN(3) {
			a := answer()
			answers = append(answers, a)
			public = public || netguard.Public(a)
		}
		_, err := g.DialContext(t.Context(), "tcp", "rebinding.example.com:443")
		if errors.Is(err, netguard.ErrClosed) == public {
			t.Fatalf("answers %v: %v", answers, err)
		}
	}
	if dialled < rounds/20 {
		t.Errorf("only %d connections were tried: the answers prove little", dialled)
	}
}

func TestAllow(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		allow, dial string
		ok          bool
	}{
		{"127.0.0.1", "127.0.0.1:80", true},
		{"127.0.0.1:81", "127.0.0.1:80", false},
		{"127.0.0.1:80", "127.0.0.1:80", true},
		{"127.0.0.1:80", "inside.lan:80", true}, // its address is allowed, whatever it is called
		{"127.0.0.0/8", "inside.lan:80", true},
		{"10.0.0.0/8", "inside.lan:80", false},
		{"Inside.LAN", "inside.lan:80", true},
		{"inside.lan:443", "inside.lan:80", false},
		{"inside.lan", "inside.lan.:80", true},
		{"inside.lan", "other.lan:80", false},
		{"::1", "[::1]:80", true},
		{"[::1]:80", "[::1]:80", true},
		{"[::1]:80", "[::2]:80", false},
	} {
		g, err := netguard.New(netguard.Options{
			Allow: []string{tc.allow},
			Lookup: func(context.Context, string) ([]netip.Addr, error) {
				return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
			},
			Dial: func(context.Context, netip.AddrPort) (net.Conn, error) { return nil, nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := g.DialContext(t.Context(), "tcp", tc.dial); (err == nil) != tc.ok {
			t.Errorf("allowed %s, dialled %s: %v", tc.allow, tc.dial, err)
		}
	}
	for _, bad := range []string{"", "http://a", "a b", "*.lan", "10.0.0.0/99"} {
		if _, err := netguard.New(netguard.Options{Allow: []string{bad}}); err == nil {
			t.Errorf("%q can be allowed", bad)
		}
	}
}

// TestWithPrivate reaches a house's own networks, and never where clouds keep credentials.
func TestWithPrivate(t *testing.T) {
	t.Parallel()
	g, err := netguard.New(netguard.Options{Dial: func(context.Context, netip.AddrPort) (net.Conn, error) { return nil, nil }})
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]bool{
		"127.0.0.1": true, "10.1.2.3": true, "172.20.0.1": true, "192.168.1.9": true, "100.64.0.1": true, "[::1]": true, "[fd12::1]": true,
		"[::ffff:10.0.0.1]": true, "8.8.8.8": true,
		"169.254.169.254": false, "100.100.100.200": false, "168.63.129.16": false, "192.0.0.192": false, "[fd00:ec2::254]": false,
		"[fe80::1]": false, "0.0.0.0": false, "224.0.0.1": false, "[64:ff9b::a00:1]": false, "[::ffff:169.254.169.254]": false,
	} {
		if _, err := g.WithPrivate().DialContext(t.Context(), "tcp", host+":443"); (err == nil) != want {
			t.Errorf("%s: %v, want it to be reached: %v", host, err, want)
		}
		if _, err := g.DialContext(t.Context(), "tcp", host+":443"); (err == nil) != (host == "8.8.8.8") {
			t.Errorf("%s without it: %v", host, err)
		}
	}
}

// inside starts a server on loopback and a client that may reach it and nothing else that is not public.
func inside(t *testing.T, l netguard.Limits, h http.HandlerFunc) (*httptest.Server, *http.Client) {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	g, err := netguard.New(netguard.Options{Allow: []string{srv.Listener.Addr().String()}})
	if err != nil {
		t.Fatal(err)
	}
	return srv, g.Client(l)
}

func get(t *testing.T, c *http.Client, method, to string) (string, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, to, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(r)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	return string(raw), err
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	forbidden := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the other server was reached") }))
	t.Cleanup(forbidden.Close)
	srv, c := inside(t, netguard.Limits{Bytes: 100, Time: 10 * time.Second}, func(w http.ResponseWriter, r *http.Request) {
		var left int
		switch _, err := fmt.Sscanf(r.URL.Path, "/%d", &left); {
		case r.URL.Path == "/out":
			http.Redirect(w, r, forbidden.URL, http.StatusFound)
		case err == nil && left > 0:
			http.Redirect(w, r, fmt.Sprintf("/%d", left-1), http.StatusTemporaryRedirect)
		case r.URL.Path == "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		default:
			_, _ = io.WriteString(w, "here")
		}
	})
	for _, tc := range []struct {
		method, path string
		want         error
	}{
		{"GET", "/3", nil}, {"GET", "/4", netguard.ErrRedirect}, {"GET", "/loop", netguard.ErrRedirect},
		{"POST", "/0", nil}, {"POST", "/1", netguard.ErrRedirect}, {"GET", "/out", netguard.ErrClosed},
	} {
		got, err := get(t, c, tc.method, srv.URL+tc.path)
		if !errors.Is(err, tc.want) || tc.want == nil && got != "here" {
			t.Errorf("%s %s = %q, %v; want error %v", tc.method, tc.path, got, err, tc.want)
		}
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	srv, c := inside(t, netguard.Limits{Bytes: 100, Time: 300 * time.Millisecond}, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/said":
			_, _ = io.WriteString(w, strings.Repeat("x", 101))
		case "/unsaid":
			for range 2000 {
				_, _ = io.WriteString(w, "xxxxxxxxxx")
			}
		case "/never":
			<-r.Context().Done()
		case "/stalls":
			_, _ = io.WriteString(w, "x")
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		default:
			_, _ = io.WriteString(w, strings.Repeat("x", 100))
		}
	})
	if got, err := get(t, c, "GET", srv.URL); err != nil || len(got) != 100 {
		t.Errorf("as much as is allowed: %d bytes, %v", len(got), err)
	}
	for _, path := range []string{"/said", "/unsaid"} {
		if got, err := get(t, c, "GET", srv.URL+path); !errors.Is(err, netguard.ErrTooLarge) || len(got) > 100 {
			t.Errorf("%s: %d bytes, %v", path, len(got), err)
		}
	}
	for _, path := range []string{"/never", "/stalls"} {
		if _, err := get(t, c, "GET", srv.URL+path); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestNothingIsAllowedByDefault: no environment opens the way, and no proxy is asked.
func TestNothingIsAllowedByDefault(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was reached") }))
	t.Cleanup(srv.Close)
	t.Setenv("HTTP_PROXY", srv.URL)
	t.Setenv("http_proxy", srv.URL)
	g, err := netguard.New(netguard.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := g.Client(netguard.Limits{Bytes: 100, Time: 5 * time.Second})
	for _, to := range []string{srv.URL, strings.Replace(srv.URL, "127.0.0.1", "localhost", 1), "http://169.254.169.254/latest/meta-data"} {
		if _, err := get(t, c, "GET", to); !errors.Is(err, netguard.ErrClosed) {
			t.Errorf("%s: %v", to, err)
		}
	}
}
