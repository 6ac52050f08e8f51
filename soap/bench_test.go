package soap_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"halxml/internal/api/apitest"
	"halxml/wsdl/hal"
)

// discard is a ResponseWriter that keeps nothing.
type discard struct {
	header http.Header
	status int
	bytes  int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(status int)      { d.status = status }
func (d *discard) Write(b []byte) (int, error) { d.bytes += len(b); return len(b), nil }

// rewound is a body that can be read again and again.
type rewound struct{ strings.Reader }

func (*rewound) Close() error { return nil }

func benchmarkCall(b *testing.B, body string, headers ...string) {
	h := handler(b)
	r := httptest.NewRequest("POST", path, nil)
	r.Header.Set("Content-Type", type11)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	in := new(rewound)
	r.Body, r.ContentLength = in, int64(len(body))
	w := &discard{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		in.Reset(body)
		clear(w.header)
		h.ServeHTTP(w, r)
	}
	if w.status != 0 {
		b.Fatalf("status %d", w.status)
	}
	b.SetBytes(int64(w.bytes / max(b.N, 1)))
}

func BenchmarkLogout(b *testing.B) { benchmarkCall(b, envelope(space11, logout)) }

func scopesRequest(n int) string {
	return envelope(space11, `<GetDHCPScopes xmlns="`+hal.Namespace+`"><session>`+apitest.Session+`</session><limit>`+strconv.Itoa(n)+`</limit></GetDHCPScopes>`)
}

// The Dispatcher of the tests makes 1,000 scopes anew each time: about half.
func BenchmarkScopes1000(b *testing.B) { benchmarkCall(b, scopesRequest(1000)) }

func BenchmarkScopes1000Gzip(b *testing.B) {
	benchmarkCall(b, scopesRequest(1000), "Accept-Encoding", "gzip")
}
