// Package netguard is the way out: every request that the server makes on somebody's word goes through it.
// It connects to the public internet and to what the operator allowed, and to nothing else, whatever a URL,
// a redirect or a name server says.
package netguard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"
)

// ErrClosed is returned, wrapped, for a host that must not be reached.
var ErrClosed = errors.New("the address is not one of the public internet")

const connectTime = 5 * time.Second

// Options are what a guard is made of. The zero value reaches the public internet alone.
type Options struct {
	// Allow are hosts that may be reached though they are not public: a name or an address, with a port
	// ("idp.lan:8443") or for all ports ("idp.lan"), or a network ("10.1.0.0/16").
	Allow []string
	// Lookup resolves a name; nil asks the system.
	Lookup func(ctx context.Context, host string) ([]netip.Addr, error)
	// Dial connects to an address; nil asks the system.
	Dial func(ctx context.Context, to netip.AddrPort) (net.Conn, error)
}

// Guard connects. It is safe for concurrent use.
type Guard struct {
	hosts  map[string]bool // names and addresses, with and without port, in lower case
	nets   []netip.Prefix
	lan    bool // private networks are open too
	lookup func(ctx context.Context, host string) ([]netip.Addr, error)
	dial   func(ctx context.Context, to netip.AddrPort) (net.Conn, error)
}

// New makes a guard. It fails for an entry of Allow that is neither a host nor a network.
func New(o Options) (*Guard, error) {
	g := &Guard{hosts: map[string]bool{}, lookup: o.Lookup, dial: o.Dial}
	for _, entry := range o.Allow {
		if err := g.allow(entry); err != nil {
			return nil, err
		}
	}
	if g.lookup == nil {
		g.lookup = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	if g.dial == nil {
		d := &net.Dialer{Timeout: connectTime}
		g.dial = func(ctx context.Context, to netip.AddrPort) (net.Conn, error) {
			return d.DialContext(ctx, "tcp", to.String())
		}
	}
	return g, nil
}

// WithPrivate is a guard that reaches private networks too, and loopback: where an operator's own services are.
// Addresses of the link, where clouds keep credentials, stay closed.
func (g *Guard) WithPrivate() *Guard {
	wide := *g
	wide.lan = true
	return &wide
}

func (g *Guard) allow(entry string) error {
	if p, err := netip.ParsePrefix(entry); err == nil {
		g.nets = append(g.nets, p.Masked())
		return nil
	}
	if a, err := netip.ParseAddr(entry); err == nil {
		g.nets = append(g.nets, netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()))
		return nil
	}
	if entry == "" || strings.ContainsAny(entry, "/@ *") {
		return fmt.Errorf("%q is neither a host nor a network", entry)
	}
	g.hosts[strings.ToLower(entry)] = true
	return nil
}

// DialContext connects to a host and port. The name is resolved once and the connection goes to what was
// judged: there is no second answer that a name server could change.
func (g *Guard) DialContext(ctx context.Context, _, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	n, err := net.DefaultResolver.LookupPort(ctx, "tcp", port)
	if err != nil {
		return nil, err
	}
	addrs, err := g.resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	free := g.named(host, port)
	errs := []error{fmt.Errorf("connect to %s: %w", host, ErrClosed)}
	for _, a := range addrs {
		to := netip.AddrPortFrom(a.Unmap(), uint16(n))
		if !free && !g.open(to) {
			continue
		}
		conn, err := g.dial(ctx, to)
		if err == nil {
			return conn, nil
		}
		errs = append(errs, err)
	}
	return nil, errs[len(errs)-1]
}

func (g *Guard) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	return g.lookup(ctx, host)
}

// named reports whether the operator allowed the host by its name.
func (g *Guard) named(host, port string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return g.hosts[host] || g.hosts[net.JoinHostPort(host, port)]
}

// open reports whether an address may be reached.
func (g *Guard) open(to netip.AddrPort) bool {
	return Public(to.Addr()) || g.lan && Private(to.Addr()) || within(g.nets, to.Addr()) || g.hosts[to.String()]
}
