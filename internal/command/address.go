package command

import (
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"
)

// parseSpan reads a CIDR ("10.0.0.0/24", no host bits), a from-to
// ("10.0.0.5-10.0.0.9") or one address. Zones and IPv4-mapped IPv6 addresses
// are not taken.
func parseSpan(s string) (from, to netip.Addr, ok bool) {
	s = strings.TrimSpace(s)
	if strings.Contains(s, "/") {
		p, err := netip.ParsePrefix(s)
		if err != nil || p != p.Masked() || p.Addr().Is4In6() {
			return
		}
		r := netipx.RangeOfPrefix(p)
		return r.From(), r.To(), true
	}
	if a, b, found := strings.Cut(s, "-"); found {
		from, okFrom := parseAddr(a)
		to, okTo := parseAddr(b)
		if !okFrom || !okTo || from.Is4() != to.Is4() || to.Less(from) {
			return netip.Addr{}, netip.Addr{}, false
		}
		return from, to, true
	}
	from, ok = parseAddr(s)
	return from, from, ok
}

// parseAddr reads one address without zone.
func parseAddr(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(strings.TrimSpace(s))
	if err != nil || a.Zone() != "" || a.Is4In6() {
		return netip.Addr{}, false
	}
	return a, true
}

// spanPrefix is the CIDR of from-to; ok is false when there is none.
func spanPrefix(from, to netip.Addr) (netip.Prefix, bool) {
	return netipx.IPRangeFrom(from, to).Prefix()
}

// spanName is how the API names from-to: as a CIDR if it is one.
func spanName(from, to netip.Addr) string {
	if p, ok := spanPrefix(from, to); ok {
		return p.String()
	}
	return from.String() + "-" + to.String()
}

// setBound reads an address property.
func setBound(name, s string, to *netip.Addr) error {
	a, ok := parseAddr(s)
	if !ok {
		return invalid("properties."+name, "%s is not an IP address", quote(s))
	}
	*to = a
	return nil
}

// distinctAddresses reads addresses, each once.
func distinctAddresses(field string, texts []string) (all []netip.Addr, err error) {
	for _, text := range texts {
		a, ok := parseAddr(text)
		switch {
		case !ok:
			return nil, invalid(field, "%s is not an IP address", quote(text))
		case slices.Contains(all, a):
			return nil, invalid(field, "%s is given twice", a)
		}
		all = append(all, a)
	}
	return all, nil
}
