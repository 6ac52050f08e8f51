package httpd

import (
	"io"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"
)

// BenchmarkAccessLog measures one line, up to the memory it gathers in.
func BenchmarkAccessLog(b *testing.B) {
	out := NewAccessLog(io.Discard, 0)
	defer out.Close()
	r := httptest.NewRequest("POST", "/_mmwebext/mmwebext.dll?Soap", nil)
	now, stamp := time.Now(), newStamp()
	w := &response{Record: Record{RequestID: "7f00000001-abcdef", Remote: netip.MustParseAddr("127.0.0.1"),
		Operation: "GetDHCPServer", User: "administrator", Calls: 1}, status: 200, bytes: 836, started: now}
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(11 * time.Microsecond)
		logRequest(out, stamp, w, r, now)
	}
}
