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
			`"query":"session=***&op=y","operation":"Login","calls":2,"user":"eve \"é\u0001\ufffd\t\\","code":2049,` +
			`"status":418,"bytes":15,"micros":1234,"message":"request"}` + "\n"},
		{plain, "/", `{"time":"2026-03-09T22:05:07.008Z","id":"7f01-b","remote":"10.0.0.9","method":"POST","path":"/",` +
			`"status":200,"bytes":0,"micros":0,"message":"request"}` + "\n"},
	} {
		r, err := http.NewRequest("POST", tt.target, nil)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		logRequest(&out, newStamp(), tt.w, r, at)
		if out.String() != tt.want {
			t.Errorf("%s\nwant %s", out.String(), tt.want)
		}
	}
}

// FuzzAccessLine compares a line with zerolog's of the same fields.
func FuzzAccessLine(f *testing.F) {
	f.Add("id", "POST", "/_mmwebext/mmwebext.dll", "Soap", "GetUsers", "administrator", "eth0", int64(0), 1, 0)
	f.Add("\x00\x1f\x7f\x80", "\"\\\b\f\n\r\t", "/é\xe2\x82", "\xff=\xf0\x9f\x98\x80&a=\"", "\u2028\u2029<>&", "\ufffd\xed\xa0\x80", "\"%", int64(-1500), -2, 2049)
	f.Fuzz(func(t *testing.T, id, method, path, query, operation, user, zone string, micros int64, calls, code int) {
		at := time.Unix(1e9, 987_654_321)
		remote := netip.MustParseAddr("fe80::1").WithZone(zone)
		w := &response{Record: Record{RequestID: id, Remote: remote, Operation: operation, User: user, Calls: calls, Code: errs.Code(code)},
			status: code, bytes: micros, started: at.Add(-time.Duration(micros%1e12) * time.Microsecond)}
		r := &http.Request{Method: method, URL: &url.URL{Path: path, RawQuery: query}}
		var got, want bytes.Buffer
		logRequest(&got, newStamp(), w, r, at)
		log := zerolog.New(&want)
		e := log.Log().Str("time", at.UTC().Format("2006-01-02T15:04:05.000Z")).
			Str("id", id).Str("remote", remote.String()).Str("method", clip(method, 16)).Str("path", clip(path, 200))
		if query != "" {
			e.Str("query", redact(query))
		}
		if operation != "" {
			e.Str("operation", operation)
		}
		if calls > 1 {
			e.Int("calls", calls)
		}
		if user != "" {
			e.Str("user", clip(user, 200))
		}
		if w.Code != 0 {
			e.Int("code", int(w.Code))
		}
		e.Int("status", code).Int64("bytes", micros).Int64("micros", micros%1e12).Msg("request")
		if got.String() != want.String() {
			t.Errorf("%q\nzerolog has %q", got.String(), want.String())
		}
		if strings.Count(got.String(), "\n") != 1 {
			t.Errorf("more than one line: %q", got.String())
		}
	})
}
