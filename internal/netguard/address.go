package netguard

import "net/netip"

// closed4 are the IPv4 networks that no request of ours may reach: this host, its neighbours, what routers
// and clouds keep for themselves, and what is not assigned to anybody.
var closed4 = prefixes(
	"0.0.0.0/8",        // this network
	"10.0.0.0/8",       // private
	"100.64.0.0/10",    // behind a carrier's NAT; clouds keep metadata here
	"127.0.0.0/8",      // loopback
	"168.63.129.16/32", // a cloud's own services, though the address looks public
	"169.254.0.0/16",   // link-local; most clouds keep metadata here
	"172.16.0.0/12",    // private
	"192.0.0.0/24",     // protocol assignments
	"192.0.2.0/24",     // documentation
	"192.88.99.0/24",   // 6to4 relays
	"192.168.0.0/16",   // private
	"198.18.0.0/15",    // benchmarks
	"198.51.100.0/24",  // documentation
	"203.0.113.0/24",   // documentation
	"224.0.0.0/4",      // multicast
	"240.0.0.0/4",      // reserved, broadcast
)

// open6 is all of IPv6 that is routed in public; closed6 are the parts of it that are not, or that carry IPv4
// addresses of anybody's choice.
var (
	open6   = netip.MustParsePrefix("2000::/3")
	closed6 = prefixes(
		"2001::/23",     // protocol assignments, Teredo
		"2001:db8::/32", // documentation
		"2002::/16",     // 6to4
		"3fff::/20",     // documentation
	)
	nat64 = netip.MustParsePrefix("64:ff9b::/96")
)

// Public reports whether an address is one of the public internet. An IPv4 address inside an IPv6 one counts
// as what it is.
func Public(a netip.Addr) bool {
	if a.Zone() != "" {
		return false
	}
	switch a = a.Unmap(); {
	case a.Is4():
		return !within(closed4, a)
	case nat64.Contains(a):
		b := a.As16()
		return Public(netip.AddrFrom4([4]byte(b[12:])))
	}
	return open6.Contains(a) && !within(closed6, a)
}

// private are the networks of a house or a cloud's tenant; metadata are the addresses among them
// where clouds keep what a tenant's own programs may know and nobody else.
var (
	private  = prefixes("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
	metadata = prefixes("100.100.100.200/32", "192.0.0.192/32", "fd00:ec2::254/128", "fd20:ce::254/128")
)

// Private reports whether an address is this machine's or one of a private network, and no cloud's own services
// are there.
func Private(a netip.Addr) bool {
	a = a.Unmap()
	return a.Zone() == "" && within(private, a) && !within(metadata, a)
}

func within(list []netip.Prefix, a netip.Addr) bool {
	for _, p := range list {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}
