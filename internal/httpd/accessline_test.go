package httpd

import (
	"bytes"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"halxml/internal/errs"
)

// logged is what the access log writes of one request.
func logged(w *response, r *http.Request, now time.Time) string {
	var out bytes.Buffer
	l := NewAccessLog(&out, 0)
	logRequest(l, w, r, now)
	_ = l.Close()
	return out.String()
}

func TestAccessLineIsThis(t *testing.T) {
	at := time.Date(2026, 3, 9, 23, 5, 7, 8_900_000, time.FixedZone("", 3600))
	full := &response{Record: Record{RequestID: "7f01-a", Remote: netip.MustParseAddr("2001:db8::1"), Operation: "Login",
		User: "eve \"é\x01\xff\t\\", Code: 2049, Calls: 2}, status: 418, bytes: 15, started: at.Add(-1234567 * time.Nanosecond)}
	plain := &response{Record: Record{RequestID: "7f01-b", Remote: netip.MustParseAddr("10.0.0.9"), Calls: 1}, status: 200, started: at}
	for _, tt := range []struct {
		w      *response
		target string
		want   string
	}{
		{full, "/Soap?session=x&op=y", `{"time":"2026-03-09T22:05:07.008Z","id":"7f01-a","remote":"2001:db8::1","method":"POST","path":"/Soap",` +
			`"query":"session=***&op=y","operation":"Login","user":"eve \"é\u0001\ufffd\t\\","calls":2,"code":2049,` +
			`"status":418,"bytes":15,"micros":1234,"message":"request"}` + "\n"},
		{plain, "/", `{"time":"2026-03-09T22:05:07.008Z","id":"7f01-b","remote":"10.0.0.9","method":"POST","path":"/",` +
			`"status":200,"bytes":0,"micros":0,"message":"request"}` + "\n"},
	} {
		r, err := http.NewRequest("POST", tt.target, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := logged(tt.w, r, at); got != tt.want {
			t.Errorf("%s\nwant %s", got, tt.want)
		}
	}
}

// FuzzAccessLine compares a line with zerolog's of the same fields.
func FuzzAccessLine(f *testing.F) {
	f.Add("id", "POST", "/_mmwebext/mmwebext.dll", "Soap", "GetUsers", "administrator", "eth0", int64(0), int32(1), int32(0))
	f.Add("\x00\x1f\x7f\x80", "\"\\\b\f\n\r\t", "/é\xe2\x82", "\xff=\xf0\x9f\x98\x80&a=\"", "\u2028\u2029<>&", "\ufffd\xed\xa0\x80", "\"%", int64(-1500), int32(-2), int32(2049))
	f.Fuzz(func(t *testing.T, id, method, path, query, operation, user, zone string, micros int64, calls, code int32) {
		at := time.Unix(1e9, 987_654_321)
		remote := netip.MustParseAddr("fe80::1").WithZone(zone)
		w := &response{Record: Record{RequestID: id, Remote: remote, Operation: operation, User: user, Calls: int(calls), Code: errs.Code(code)},
			status: int(code), bytes: micros, started: at.Add(-time.Duration(micros%1e12) * time.Microsecond)}
		r := &http.Request{Method: method, URL: &url.URL{Path: path, RawQuery: query}}
		got := logged(w, r, at)
		var want bytes.Buffer
		log := zerolog.New(&want)
		e := log.Log().Str("time", at.UTC().Format("2006-01-02T15:04:05.000Z")).
			Str("id", id).Str("remote", remote.String()).Str("method", clip(method, 16)).Str("path", clip(path, 200))
		if query != "" {
			e.Str("query", redact(query))
		}
		if operation != "" {
			e.Str("operation", operation)
		}
		if user != "" {
			e.Str("user", clip(user, 200))
		}
		if calls > 1 {
			e.Int32("calls", calls)
		}
		if w.Code != 0 {
			e.Int("code", int(w.Code))
		}
		e.Int32("status", code).Int64("bytes", micros).Int64("micros", micros%1e12).Msg("request")
		if got != want.String() {
			t.Errorf("%q\nzerolog has %q", got, want.String())
		}
		if strings.Count(got, "\n") != 1 {
			t.Errorf("more than one line: %q", got)
		}
	})
}

// TestAccessLineTellsRequestsApart logs requests that differ in one thing, each
// of them twice, through the response that is used for all.
func TestAccessLineTellsRequestsApart(t *testing.T) {
	w := new(response)
	requests := []asked{{netip.MustParseAddr("10.0.0.1"), "POST", "/a", "Soap", "GetUsers", "eve"}}
	for _, change := range []func(*asked){
		func(a *asked) { a.remote = netip.MustParseAddr("10.0.0.2") },
		func(a *asked) { a.remote = netip.MustParseAddr("fe80::1%eth0") },
		func(a *asked) { a.method = "GET" },
		func(a *asked) { a.path = "/" + strings.Repeat("é", 2000) },
		func(a *asked) { a.path = "/" + strings.Repeat("\x01", 200) }, // longer than what is kept
		func(a *asked) { a.query = "wsdl" },
		func(a *asked) { a.operation = "GetUserx" },
		func(a *asked) { a.operation = "" },
		func(a *asked) { a.user = "bob" },
	} {
		other := requests[0]
		change(&other)
		requests = append(requests, other)
	}
	for range 2 {
		for _, a := range requests {
			w.Record = Record{RequestID: "x", Remote: a.remote, Operation: a.operation, User: a.user}
			r := &http.Request{Method: a.method, URL: &url.URL{Path: a.path, RawQuery: a.query}}
			if got, want := logged(w, r, time.Now()), string(a.appendTo(nil)); !strings.Contains(got, want) {
				t.Errorf("%s\nwant %s", got, want)
			}
		}
	}
	for _, kept := range w.asked {
		if kept != nil && len(kept.text) > maxAsked {
			t.Errorf("%d bytes are kept", len(kept.text))
		}
	}
}
