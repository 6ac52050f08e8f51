package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"halxml/internal/config"
)

const password = "correct horse"

// buffer is what a service writes, safe to read while it runs.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// settings are a configuration on a free port with data in dir; more are keys
// and values.
func settings(t *testing.T, dir string, more ...string) *config.Config {
	t.Helper()
	flags := []config.Flag{{Flag: "test", Key: "listen", Value: "127.0.0.1:0"}, {Flag: "test", Key: "data", Value: dir}}
	for i := 0; i < len(more); i += 2 {
		flags = append(flags, config.Flag{Flag: "test", Key: more[i], Value: more[i+1]})
	}
	c, _, err := config.Load(config.Sources{Environ: []string{"HALXML_ADMIN_PASSWORD=" + password}, Flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// fixture is a started service, stopped with the test.
type fixture struct {
	*App
	t              *testing.T
	stdout, stderr *buffer
	client         *http.Client
}

func start(t *testing.T, c *config.Config, o Options) *fixture {
	t.Helper()
	r := &fixture{t: t, stdout: &buffer{}, stderr: &buffer{}}
	o.Stdout, o.Stderr = r.stdout, r.stderr
	r.App = New(c, o)
	transport := &http.Transport{}
	r.client = &http.Client{Transport: transport, Timeout: time.Minute}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = r.Stop(context.Background())
	})
	if err := r.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	return r
}

// get is the status and body of a GET.
func (r *fixture) get(path string) (int, string) {
	r.t.Helper()
	answer, err := r.client.Get(r.url() + path)
	if err != nil {
		r.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

// call is the result of a JSON-RPC call, or the error's text.
func (r *fixture) call(method, params string) (map[string]any, string) {
	r.t.Helper()
	text := fmt.Sprintf(`{"jsonrpc": "2.0", "id": 1, "method": %q, "params": %s}`, method, params)
	answer, err := r.client.Post(r.url()+"/_mmwebext/mmwebext.dll?Soap", "application/json", strings.NewReader(text))
	if err != nil {
		r.t.Fatal(err)
	}
	defer answer.Body.Close()
	var message struct {
		Result any
		Error  *struct{ Message string }
	}
	if err := json.NewDecoder(answer.Body).Decode(&message); err != nil {
		r.t.Fatal(err)
	}
	if message.Error != nil {
		return nil, message.Error.Message
	}
	result, _ := message.Result.(map[string]any)
	return result, ""
}

// login is a session's token.
func (r *fixture) login() string {
	r.t.Helper()
	result, fault := r.call("Login", fmt.Sprintf(`{"server": "localhost", "loginName": "administrator", "password": %q}`, password))
	session, _ := result["session"].(string)
	if session == "" {
		r.t.Fatalf("Login: %v %s", result, fault)
	}
	return session
}

func TestLifecycle(t *testing.T) {
	// Leaks of other tests, which run before or after, are not this one's.
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	dir := t.TempDir()
	for range 2 { // a stopped service leaves the data to the next
		r := start(t, settings(t, dir), Options{})
		if got, want := r.stdout.String(), "halxml: listening on http://"+r.Addr().String()+"\n"; got != want {
			t.Errorf("standard output %q, want %q", got, want)
		}
		for _, path := range []string{"/healthz", "/readyz"} {
			if status, _ := r.get(path); status != http.StatusOK {
				t.Errorf("%s answers %d", path, status)
			}
		}
		r.login()
		if err := r.Start(context.Background()); err == nil {
			t.Error("a second Start did not fail")
		}
		r.client.CloseIdleConnections()
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				if err := r.Stop(context.Background()); err != nil {
					t.Errorf("Stop: %v", err)
				}
			})
		}
		wg.Wait()
		if err := r.Stop(context.Background()); err != nil {
			t.Errorf("Stop again: %v", err)
		}
		if c, err := net.Dial("tcp", r.Addr().String()); err == nil {
			c.Close()
			t.Error("connections are accepted after Stop")
		}
	}
}

func TestStopBeforeStart(t *testing.T) {
	a := New(settings(t, t.TempDir()), Options{})
	if err := a.Stop(context.Background()); err != nil {
		t.Error(err)
	}
	if err := a.Start(context.Background()); err == nil {
		t.Error("a stopped service started")
	}
	if a.Addr() != nil {
		t.Error("a service that never listened has an address")
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	out, in := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- New(settings(t, t.TempDir()), Options{Stdout: in}).Run(ctx) }()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "halxml: listening on http://127.0.0.1:") {
		t.Fatalf("line %q, error %v", line, err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestSecondServiceOnTheSameDataIsRefused(t *testing.T) {
	dir := t.TempDir()
	first := start(t, settings(t, dir), Options{})
	second := New(settings(t, dir), Options{})
	if err := second.Start(context.Background()); !errors.Is(err, ErrInUse) {
		t.Errorf("error %v, want ErrInUse", err)
	}
	if status, _ := first.get("/readyz"); status != http.StatusOK {
		t.Errorf("the first service answers %d", status)
	}
}

func TestFailedStartLeavesNothingOpen(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	dir := t.TempDir()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	err = New(settings(t, dir, "listen", taken.Addr().String()), Options{}).Start(context.Background())
	if want := "cannot listen on " + taken.Addr().String() + ": address already in use"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	r := start(t, settings(t, dir), Options{})
	r.login()
	r.client.CloseIdleConnections()
	if err := r.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}

// TestStopLetsRunningRequestsEnd stops the service while a request is on its
// way: the request is answered.
func TestStopLetsRunningRequestsEnd(t *testing.T) {
	r := start(t, settings(t, t.TempDir(), "limits.drain", "1m"), Options{})
	slow := dial(t, r)
	body := `{"jsonrpc": "2.0", "id": 1, "method": "GetDHCPServers", "params": {"session": "` + r.login() + `"}}`
	fmt.Fprintf(slow, "POST /_mmwebext/mmwebext.dll?Soap HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", len(body))
	answers := bufio.NewReader(slow)
	if line, err := answers.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("line %q, error %v", line, err)
	}
	_, _ = answers.ReadString('\n')

	stopped := make(chan error, 1)
	go func() { stopped <- r.Stop(context.Background()) }()
	for { // until the listener is closed
		c, err := net.Dial("tcp", r.Addr().String())
		if err != nil {
			break
		}
		c.Close()
		time.Sleep(time.Millisecond)
	}
	fmt.Fprint(slow, body)
	answer, err := http.ReadResponse(answers, nil)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("the running request is answered %v, error %v", answer, err)
	}
	if text, _ := io.ReadAll(answer.Body); !strings.Contains(string(text), `"totalResults":0`) {
		t.Errorf("the running request is answered %s", text)
	}
	slow.Close()
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// TestNoticeOfTheEnd stops a service that gives notice: it says that it is no
// longer ready, and answers all the same.
func TestNoticeOfTheEnd(t *testing.T) {
	r := start(t, settings(t, t.TempDir(), "limits.notice", "10m"), Options{})
	given, over := make(chan time.Duration, 1), make(chan struct{})
	r.wait = func(_ context.Context, d time.Duration) {
		given <- d
		<-over
	}
	session := r.login()
	stopped := make(chan error, 1)
	go func() { stopped <- r.Stop(context.Background()) }()
	if d := <-given; d != 10*time.Minute {
		t.Errorf("the notice is %s", d)
	}
	if status, _ := r.get("/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("/readyz answers %d", status)
	}
	if status, _ := r.get("/healthz"); status != http.StatusOK {
		t.Errorf("/healthz answers %d", status)
	}
	if _, fault := r.call("GetDHCPServers", `{"session": "`+session+`"}`); fault != "" {
		t.Errorf("a call is answered %s", fault)
	}
	close(over)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// TestLostDataAreNotReady takes the data away from a running service: it says
// that it is not ready, calls get a fault, and it ends when it is told to.
func TestLostDataAreNotReady(t *testing.T) {
	dir := t.TempDir()
	r := start(t, settings(t, dir), Options{})
	session := r.login()
	if err := os.Truncate(filepath.Join(dir, dataFile), 2*int64(os.Getpagesize())); err != nil {
		t.Skip("this system does not cut files in use:", err)
	}
	if status, _ := r.get("/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("/readyz answers %d", status)
	}
	if _, fault := r.call("GetHistory", `{"session": "`+session+`"}`); !strings.Contains(fault, "Internal error") {
		t.Errorf("a call is answered %s", fault)
	}
	_ = r.Stop(context.Background())
}

func TestStopCutsOffWhatTakesTooLong(t *testing.T) {
	r := start(t, settings(t, t.TempDir(), "limits.drain", "1ms"), Options{})
	c := dial(t, r)
	fmt.Fprint(c, "POST /_mmwebext/mmwebext.dll?Soap HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n")
	if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("line %q, error %v", line, err)
	}
	err := r.Stop(context.Background())
	if err == nil || err.Error() != "requests that still ran after 1ms were cut off" {
		t.Errorf("error %v", err)
	}
}

func dial(t *testing.T, r *fixture) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", r.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}
