package api

import (
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/holdall-dev/holdall/internal/settings"
)

// realIP is the address that a request really comes from (operations.md §7): what the first trusted header
// says, else the socket's. IPv6 is written out in full.
func realIP(s *settings.Settings, r *http.Request) string {
	for _, name := range s.TrustedProxy.Headers {
		values := r.Header.Values(name)
		if len(values) == 0 {
			continue
		}
		if ip := pickIP(values[len(values)-1], s.TrustedProxy.UseLeftmostIP); ip != "" {
			return ip
		}
	}
	return socketIP(r)
}

// pickIP is the rightmost or leftmost valid address of a comma list, "" when there is none.
func pickIP(list string, leftmost bool) string {
	found := ""
	for part := range strings.SplitSeq(list, ",") {
		addr, err := netip.ParseAddr(strings.TrimSpace(part))
		if err != nil {
			continue
		}
		found = spell(addr)
		if leftmost {
			return found
		}
	}
	return found
}

func socketIP(r *http.Request) string {
	if ap, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		return spell(ap.Addr())
	}
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	return host
}

func spell(a netip.Addr) string { return a.Unmap().WithZone("").StringExpanded() }

// SuperuserFrom reports whether superusers may act from ip.
func SuperuserFrom(s *settings.Settings, ip string) bool {
	return len(s.SuperuserIPs) == 0 || listed(s.SuperuserIPs, ip)
}

// listed reports whether ip is one of the addresses or in one of the networks.
func listed(list []string, ip string) bool {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return false
	}
	for _, entry := range list {
		if net, err := netip.ParsePrefix(entry); err == nil && net.Contains(addr) {
			return true
		}
		if one, err := netip.ParseAddr(entry); err == nil && one.Unmap() == addr {
			return true
		}
	}
	return false
}
