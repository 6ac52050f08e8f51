package httpd

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Origin tells who sent a request and under which address that caller knows
// the service. The X-Forwarded headers count only from the proxies it trusts.
type Origin struct {
	public  string
	proxies []netip.Prefix
}

// NewOrigin makes an Origin. public is the service's own address,
// "https://ipam.example.com[:port]", or "" to echo what each caller used;
// proxies are addresses or CIDR prefixes.
func NewOrigin(public string, proxies []string) (*Origin, error) {
	o := new(Origin)
	if public != "" {
		u, err := url.Parse(strings.TrimSuffix(public, "/"))
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" || u.RawQuery != "" ||
			u.User != nil || u.Fragment != "" || !usableHost(u.Host) {
			return nil, fmt.Errorf("public URL %q: want http(s)://host[:port]", public)
		}
		o.public = u.Scheme + "://" + u.Host
	}
	for _, p := range proxies {
		prefix, err := netip.ParsePrefix(p)
		if err != nil {
			a, err := netip.ParseAddr(p)
			if err != nil {
				return nil, fmt.Errorf("trusted proxy %q: want an address or a CIDR prefix", p)
			}
			prefix = netip.PrefixFrom(a, a.BitLen())
		}
		o.proxies = append(o.proxies, prefix.Masked())
	}
	return o, nil
}

func (o *Origin) trusts(a netip.Addr) bool {
	for _, p := range o.proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// peer is the address at the other end of the connection.
func peer(r *http.Request) netip.Addr {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap()
}

// caller is who sent the request: the peer, or behind trusted proxies the last
// address in X-Forwarded-For that is not one of them. It also reports whether
// the peer is such a proxy.
func (o *Origin) caller(r *http.Request) (netip.Addr, bool) {
	a := peer(r)
	if len(o.proxies) == 0 || !o.trusts(a) {
		return a, false
	}
	hops := strings.Split(strings.Join(r.Header["X-Forwarded-For"], ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break // what stands before it cannot be vouched for
		}
		if a = hop.Unmap(); !o.trusts(a) {
			break
		}
	}
	return a, true
}

// Caller is the address of whoever sent the request.
func (o *Origin) Caller(r *http.Request) netip.Addr {
	a, _ := o.caller(r)
	return a
}

// Base is the service's address as the caller of r knows it, without a path:
// the configured one, else what the request names, else the address that the
// connection came to.
func (o *Origin) Base(r *http.Request) string {
	if o.public != "" {
		return o.public
	}
	scheme, host := "http", r.Host
	if r.TLS != nil {
		scheme = "https"
	}
	if len(o.proxies) > 0 && o.trusts(peer(r)) {
		if p := strings.ToLower(firstOf(r.Header.Get("X-Forwarded-Proto"))); p == "http" || p == "https" {
			scheme = p
		}
		if h := firstOf(r.Header.Get("X-Forwarded-Host")); usableHost(h) {
			host = h
		}
	}
	if !usableHost(host) {
		host = "localhost"
		if a, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
			host = a.String()
		}
	}
	return scheme + "://" + host
}

func firstOf(list string) string {
	first, _, _ := strings.Cut(list, ",")
	return strings.TrimSpace(first)
}

// usableHost reports whether s is a host name or address with an optional
// port, and so safe to repeat in a document.
func usableHost(s string) bool {
	host := s
	if i := strings.LastIndexByte(s, ':'); i >= 0 && !strings.HasSuffix(s, "]") {
		host = s[:i]
		if n, err := strconv.ParseUint(s[i+1:], 10, 16); err != nil || n == 0 {
			return false
		}
	}
	if inner, ok := strings.CutPrefix(host, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		a, err := netip.ParseAddr(inner)
		return ok && err == nil && a.Is6() && a.Zone() == ""
	}
	if host == "" || len(host) > 253 {
		return false
	}
	for i := range len(host) {
		switch c := host[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_', c == '.':
		default:
			return false
		}
	}
	return true
}
