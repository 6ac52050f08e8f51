package httpd

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"testing"
)

func TestBase(t *testing.T) {
	local := &net.TCPAddr{IP: net.IPv4(10, 1, 1, 1), Port: 8080}
	for _, c := range []struct {
		name, public, host, peer, proto, forwarded string
		tls                                        bool
		want                                       string
	}{
		{name: "as asked", host: "ipam.test:8443", want: "http://ipam.test:8443"},
		{name: "TLS", host: "ipam.test", tls: true, want: "https://ipam.test"},
		{name: "IPv6", host: "[2001:db8::1]:80", want: "http://[2001:db8::1]:80"},
		{name: "configured", public: "https://public.test/", host: "ipam.test", want: "https://public.test"},
		{name: "proxy", host: "inner", peer: "192.0.2.7:99", proto: "https", forwarded: "outer.test", want: "https://outer.test"},
		{name: "proxies", host: "inner", peer: "192.0.2.7:99", proto: "HTTPS, http", forwarded: "outer.test, mid", want: "https://outer.test"},
		{name: "bad proxy", host: "inner", peer: "192.0.2.7:99", proto: "gopher", forwarded: `"><script>`, want: "http://inner"},
		{name: "not a proxy", host: "inner", peer: "198.51.100.1:99", proto: "https", forwarded: "outer.test", want: "http://inner"},
		{name: "no host", host: "", want: "http://10.1.1.1:8080"},
		{name: "markup", host: `a"<b>`, want: "http://10.1.1.1:8080"},
		{name: "user", host: "user@host", want: "http://10.1.1.1:8080"},
		{name: "port 0", host: "host:0", want: "http://10.1.1.1:8080"},
		{name: "port too big", host: "host:65536", want: "http://10.1.1.1:8080"},
		{name: "no port", host: "host:", want: "http://10.1.1.1:8080"},
		{name: "bare IPv6", host: "2001:db8::1", want: "http://10.1.1.1:8080"},
	} {
		o, err := NewOrigin(c.public, []string{"192.0.2.0/24", "2001:db8::9"})
		if err != nil {
			t.Fatal(err)
		}
		r := &http.Request{Host: c.host, RemoteAddr: c.peer, Header: http.Header{}}
		if c.proto != "" {
			r.Header.Set("X-Forwarded-Proto", c.proto)
			r.Header.Set("X-Forwarded-Host", c.forwarded)
		}
		if c.tls {
			r.TLS = new(tls.ConnectionState)
		}
		r = r.WithContext(context.WithValue(context.Background(), http.LocalAddrContextKey, net.Addr(local)))
		if got := o.Base(r); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestOriginRefusesNonsense(t *testing.T) {
	for _, public := range []string{"ipam.test", "ftp://ipam.test", "https://ipam.test/path", "https://u:p@ipam.test", "https://", "https://a b", "%"} {
		if _, err := NewOrigin(public, nil); err == nil {
			t.Errorf("public URL %q is accepted", public)
		}
	}
	for _, proxy := range []string{"", "proxy.test", "10.0.0.0/33"} {
		if _, err := NewOrigin("", []string{proxy}); err == nil {
			t.Errorf("proxy %q is accepted", proxy)
		}
	}
}
