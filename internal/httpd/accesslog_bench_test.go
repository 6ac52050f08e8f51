package httpd

import (
	"io"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"
)

// BenchmarkAccessLog measures one line up to the memory it gathers in, and its
// writing.
func BenchmarkAccessLog(b *testing.B) {
	out := newAccessLog(io.Discard, 0)
	var batch []byte
	var stamp stampText
	n := 0
	r := httptest.NewRequest("POST", "/_mmwebext/mmwebext.dll?Soap", nil)
	now := time.Now()
	w := &response{Record: Record{RequestID: "7f00000001-abcdef", Remote: netip.MustParseAddr("127.0.0.1"),
		Operation: "GetDHCPServer", User: "administrator", Calls: 1}, status: 200, bytes: 836, started: now}
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(11 * time.Microsecond)
		logRequest(out, w, r, now)
		if n++; n%256 == 0 { // in the place of out's own goroutine
			for _, h := range out.heaps {
				h.take()
			}
			batch = out.write(batch, &stamp)
		}
	}
	if out.Dropped() > 0 {
		b.Error("lines were dropped")
	}
}
