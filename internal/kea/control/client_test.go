package control_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"halxml/internal/errs"
	"halxml/internal/kea/conf"
	"halxml/internal/kea/control"
	"halxml/internal/kea/keatest"
)

// socket listens on a unix socket and serves each connection.
func socket(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	path := keatest.Folder(t) + "/s"
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			serve(conn)
			conn.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return path
}

// answers is a server that gives one answer to all.
func answers(t *testing.T, status int, text string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			t.Errorf("a command went on to %s", r.URL.Path)
		}
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
		io.WriteString(w, text)
	}))
	t.Cleanup(s.Close)
	return s.URL + "/"
}

func TestMessageOverHTTP(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, `[{"result": 0, "text": "ok", "arguments": {"got": %q}}]`, fmt.Sprint(r.Method, " ", r.Header.Get("Content-Type"), " ", user, " ", password, " ", strings.ReplaceAll(string(body), `"`, `'`)))
	}))
	defer s.Close()
	c := client(t, control.Target{URL: s.URL, Service: control.Dhcp6, User: "u", Password: "p"})
	reply, err := c.Do(t.Context(), "some-command", conf.Object{{Key: "a", Value: int64(1)}})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"got": "POST application/json u p {'command': 'some-command', 'service': ['dhcp6'], 'arguments': {'a': 1}}"}`
	if got := string(conf.Compact(reply.Arguments)); got != want || reply.Text != "ok" || reply.Result != control.Success {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestResults(t *testing.T) {
	for n, word := range map[int]string{1: "failure", 2: "unsupported", 3: "empty", 4: "conflict", 7: "result 7"} {
		c := client(t, control.Target{URL: answers(t, 200, fmt.Sprintf(`[{"result": %d, "text": "because"}]`, n))})
		reply, err := c.Do(t.Context(), "x", nil)
		if err != nil || int(reply.Result) != n {
			t.Errorf("%d: %+v, error %v", n, reply, err)
		}
		var refusal *control.Refusal
		if err := c.ConfigWrite(t.Context()); !errors.As(err, &refusal) || err.Error() != "kea: config-write: "+word+": because" {
			t.Errorf("%d: %v", n, err)
		}
		if errs.MessageOf(c.ConfigWrite(t.Context())) != errs.MessageOf(errors.New("x")) {
			t.Error("Kea's text, which may hold paths, can be read by callers")
		}
		if list, err := c.Leases4(t.Context()); (err == nil) != (n == 3) || len(list) > 0 {
			t.Errorf("%d: leases %v, error %v", n, list, err)
		}
	}
}

func TestWhatIsNoAnswer(t *testing.T) {
	for _, tt := range []struct {
		status int
		text   string
		code   errs.Code
	}{
		{200, ``, errs.Malformed}, {200, `hello`, errs.Malformed}, {200, `[]`, errs.Malformed}, {200, `7`, errs.Malformed},
		{200, `{"text": "?"}`, errs.Malformed}, {200, `{"result": "0"}`, errs.Malformed}, {200, `{"result": -1}`, errs.Malformed},
		{200, `[{"result": 0}, {"result": 0}]`, errs.Malformed}, {200, `{"result": 0, "text": "` + strings.Repeat("x", 2000) + `"}`, errs.TooLarge},
		{200, strings.Repeat("[", 900), errs.Malformed}, {401, `{"result": 0}`, errs.AccessDenied}, {403, ``, errs.AccessDenied},
		{404, `{"result": 0}`, errs.Unavailable}, {500, ``, errs.Unavailable}, {307, `{"result": 0}`, errs.Unavailable},
	} {
		c := client(t, control.Target{URL: answers(t, tt.status, tt.text), MaxReply: 1000})
		if _, err := c.Do(t.Context(), "x", nil); errs.CodeOf(err) != tt.code {
			t.Errorf("%d %.40q: %v", tt.status, tt.text, err)
		}
		if tt.status == 200 {
			c = client(t, control.Target{Socket: socket(t, func(conn net.Conn) { io.WriteString(conn, tt.text) }), MaxReply: 1000})
			if _, err := c.Do(t.Context(), "x", nil); errs.CodeOf(err) != tt.code && errs.CodeOf(err) != errs.Unavailable {
				t.Errorf("socket, %.40q: %v", tt.text, err)
			}
		}
	}
	c := client(t, control.Target{URL: answers(t, 200, `[{"result": 0, "arguments": {"Dhcp4": 7}}]`)})
	if _, err := c.ConfigGet(t.Context()); errs.CodeOf(err) != errs.Malformed {
		t.Errorf("a configuration that is none: %v", err)
	}
	c = client(t, control.Target{URL: answers(t, 200, `[{"result": 0, "arguments": {"leases": [{"ip-address": "x"}]}}]`)})
	if _, err := c.Leases4(t.Context()); errs.CodeOf(err) != errs.Malformed {
		t.Errorf("a lease that is none: %v", err)
	}
	if _, err := client(t, control.Target{Socket: "/does/not/exist"}).Do(t.Context(), "x", nil); errs.CodeOf(err) != errs.Unavailable || strings.Contains(errs.MessageOf(err), "/") {
		t.Errorf("a socket that is not there: %v", err)
	}
}

// A server that never answers is left after the timeout, and at once when the caller goes away.
func TestPatienceEnds(t *testing.T) {
	wait := make(chan struct{})
	url := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-wait }))
	defer url.Close()
	defer close(wait)
	path := socket(t, func(conn net.Conn) { <-wait })
	for _, target := range []control.Target{{URL: url.URL}, {Socket: path}} {
		target.Timeout = 20 * time.Millisecond
		if _, err := client(t, target).Do(t.Context(), "x", nil); errs.CodeOf(err) != errs.Unavailable || !strings.Contains(errs.MessageOf(err), "within 20ms") {
			t.Errorf("%+v: %v", target, err)
		}
		target.Timeout = time.Hour
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := client(t, target).Do(ctx, "x", nil); errs.CodeOf(err) != errs.Cancelled {
			t.Errorf("%+v: %v", target, err)
		}
	}
}

func TestTargets(t *testing.T) {
	for _, target := range []control.Target{
		{}, {Socket: "/s", URL: "http://a/"}, {URL: "ftp://a/"}, {URL: "a:8000"}, {URL: "http://"}, {URL: "http://u:secret@a/"}, {URL: "http://a b/"},
	} {
		if _, err := control.New(target); errs.CodeOf(err) != errs.Invalid || strings.Contains(err.Error(), "secret") {
			t.Errorf("%+v: %v", target, err)
		}
	}
}

// status-get of Kea 2.2 with high availability, and of 2.6, which names the servers.
func TestStatus(t *testing.T) {
	c := client(t, control.Target{URL: answers(t, 200, `[{"result": 0, "arguments": {"pid": 12, "uptime": 90, "reload": 30, "high-availability": [{"ha-mode": "load-balancing",
		"ha-servers": {"local": {"role": "primary", "server-name": "a", "scopes": ["a", "b"], "state": "partner-down"},
		"remote": {"age": 5, "in-touch": true, "last-scopes": ["b"], "last-state": "load-balancing", "role": "secondary", "server-name": "b", "communication-interrupted": true}}}]}}]`)})
	s, err := c.StatusGet(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := "{12 1m30s 30s [{load-balancing {a primary partner-down [a b]} {b secondary load-balancing [b]} true}]}"
	if got := fmt.Sprint(*s); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
