package gate_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"halxml/internal/agent"
	"halxml/internal/agent/gate"
	"halxml/internal/deliver"
	"halxml/internal/host"
	"halxml/internal/httpd"
)

// The gate gives what deliveries need.
var _ deliver.Host = (*gate.Remote)(nil)

// service is a gate over HTTP, with the server "a", whose agent's token is
// token.
type service struct {
	t       *testing.T
	gate    *gate.Gate
	remote  *gate.Remote
	url     string
	token   string
	silence time.Duration
	broken  atomic.Pointer[func(http.ResponseWriter, *http.Request) bool] // spoils an exchange

	mu     sync.Mutex
	states []host.State
	told   chan struct{}
}

// How long an agent is silent before it counts as away: soon, for tests that
// wait for that, and never, for those that a busy machine must not disturb.
const (
	soon  = 2 * time.Second
	never = 2 * time.Minute
)

func newService(t *testing.T, silence time.Duration) *service {
	t.Helper()
	return newServiceThatWaits(t, silence)
}

// newServiceThatWaits takes an agent for gone that it has not heard for so long.
func newServiceThatWaits(t *testing.T, silence time.Duration) *service {
	t.Helper()
	token, err := agent.NewToken(strings.NewReader(strings.Repeat("seed", 8)))
	if err != nil {
		t.Fatal(err)
	}
	other, err := agent.NewToken(strings.NewReader(strings.Repeat("side", 8)))
	if err != nil {
		t.Fatal(err)
	}
	s := &service{t: t, token: token, silence: silence, told: make(chan struct{}, 1)}
	s.gate = gate.New(gate.Options{
		Servers: map[string]agent.TokenHash{"a": agent.HashToken(token), "b": agent.HashToken(other)},
		Dir:     filepath.Join(t.TempDir(), "leases"), Log: zerolog.Nop(), Silence: silence,
	})
	s.remote = s.gate.Remote("A.")
	handler := s.gate.Handler(http.NotFoundHandler())
	origin, err := httpd.NewOrigin("", nil)
	if err != nil {
		t.Fatal(err)
	}
	server, err := httpd.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if spoil := s.broken.Load(); spoil == nil || !(*spoil)(w, r) {
			handler.ServeHTTP(w, r)
		}
	}), httpd.Options{Origin: origin, Log: zerolog.Nop(), Waiting: []string{agent.NextPath}})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.url = "http://" + l.Addr().String()
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.remote.Watch(ctx, func(state host.State) {
			s.mu.Lock()
			s.states = append(s.states, state)
			s.mu.Unlock()
			select {
			case s.told <- struct{}{}:
			default:
			}
		})
	}()
	t.Cleanup(func() {
		cancel()
		<-done
		_ = s.gate.Close()
		if err := errors.Join(server.Shutdown(context.Background()), <-served); err != nil {
			t.Error(err)
		}
	})
	return s
}

// until waits for a state that is as wanted, among those after the first ones.
func (s *service) until(what string, after int, ok func(host.State) bool) (seen int) {
	s.t.Helper()
	end := time.After(2 * time.Minute)
	for {
		s.mu.Lock()
		for i := after; i < len(s.states); i++ {
			if ok(s.states[i]) {
				s.mu.Unlock()
				return i + 1
			}
		}
		s.mu.Unlock()
		select {
		case <-s.told:
		case <-end:
			s.t.Fatalf("not seen: %s, in %+v", what, s.states)
		}
	}
}

func reachable(s host.State) bool   { return s.Reachable }
func unreachable(s host.State) bool { return !s.Reachable }

// machine is a directory with a server that no more than exists.
func machine(t *testing.T) (dir string, h *host.Host) {
	t.Helper()
	dir = t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	return dir, host.New(host.Config{
		File: file("dhcpd.conf"), Leases: file("dhcpd.leases"), PID: file("pid"), Interval: 20 * time.Millisecond,
		Validate: []string{"sh", "-c", `! grep -n frobnicate "$0"`, "{file}"},
		Start:    []string{"touch", file("running")}, Stop: []string{"rm", "-f", file("running")}, Status: []string{"test", "-e", file("running")},
	})
}

// agent runs an agent of the server "a" until the test, or the returned
// function, ends it.
func (s *service) agent(dir string, h agent.Host) (end func()) {
	s.t.Helper()
	a, err := agent.New(agent.Options{
		Server: "a", Service: agent.Service{URL: s.url, Token: s.token}, Host: h, Leases: filepath.Join(dir, "dhcpd.leases"), Log: zerolog.Nop(),
		Beat: s.silence / 8, Retry: 10 * time.Millisecond, Gather: 20 * time.Millisecond,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(s.t.Context())
	done := make(chan struct{})
	go func() { defer close(done); a.Run(ctx) }()
	end = func() { cancel(); <-done }
	s.t.Cleanup(end)
	return end
}

func TestStepsAreDoneFarAway(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("steps", func(t *testing.T) {
		s := newService(t, soon)
		ctx := t.Context()
		s.until("nobody there", 0, unreachable)
		if _, err := s.remote.Start(ctx); err == nil || err.Error() != "the agent of a cannot be reached" {
			t.Errorf("error %v", err)
		}
		dir, h := machine(t)
		s.agent(dir, h)
		s.until("the agent", 0, reachable)
		if text, ok, err := s.remote.Live(ctx); err != nil || ok || text != nil {
			t.Errorf("live %q, %v, %v", text, ok, err)
		}
		one, two := []byte("# one\n"), []byte("# two\n")
		if v, err := s.remote.Stage(ctx, []byte("frobnicate\n")); err != nil || v.Accepted || len(v.Lines) != 1 || v.Lines[0] != "1:frobnicate" {
			t.Errorf("verdict %+v, error %v", v, err)
		}
		if v, err := s.remote.Stage(ctx, []byte("on commit { execute(\"x\"); }\n")); err != nil || v.Accepted || len(v.Lines) != 1 || !strings.Contains(v.Lines[0], "does not let the server run programs") {
			t.Errorf("verdict %+v, error %v", v, err)
		}
		if v, err := s.remote.Stage(ctx, one); err != nil || !v.Accepted {
			t.Fatalf("verdict %+v, error %v", v, err)
		}
		var f *host.Fault
		if err := s.remote.Swap(ctx, host.HashOf(two), host.HashOf(one)); !errors.As(err, &f) || f.Unsure || f.Text != "the live configuration file was changed meanwhile" {
			t.Errorf("error %v", err)
		}
		if err := s.remote.Swap(ctx, "", host.HashOf(one)); err != nil {
			t.Fatal(err)
		}
		if text, ok, err := s.remote.Live(ctx); err != nil || !ok || !bytes.Equal(text, one) {
			t.Errorf("live %q, %v, %v", text, ok, err)
		}
		if state, err := s.remote.Start(ctx); err != nil || !state.Running || state.Config != host.HashOf(one) {
			t.Errorf("state %+v, error %v", state, err)
		}
		if state, err := s.remote.Stop(ctx); err != nil || state.Running {
			t.Errorf("state %+v, error %v", state, err)
		}
		if err := os.WriteFile(filepath.Join(dir, "dhcpd.conf"), two, 0o600); err != nil {
			t.Fatal(err)
		}
		if text, ok, err := s.remote.Live(ctx); err != nil || !ok || !bytes.Equal(text, two) {
			t.Errorf("live %q, %v, %v", text, ok, err)
		}
		if err := s.remote.Restore(ctx, ""); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(filepath.Join(dir, "dhcpd.conf")); !os.IsNotExist(err) {
			t.Errorf("the live configuration is still there: %v", err)
		}
		if _, err := s.remote.Stage(ctx, two); err != nil {
			t.Error(err)
		}
		if err := s.remote.Unstage(ctx); err != nil {
			t.Error(err)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	})
}

// counted is a host that counts its starts.
type counted struct {
	*host.Host
	starts atomic.Int32
}

func (c *counted) Start(ctx context.Context) (host.State, error) {
	c.starts.Add(1)
	return c.Host.Start(ctx)
}

// TestALostAnswerIsNoLostStep cuts connections where it hurts: the step is done
// once, whatever was lost.
func TestALostAnswerIsNoLostStep(t *testing.T) {
	for _, lost := range []string{"the task", "the result", "the thanks for the result"} {
		t.Run(lost, func(t *testing.T) {
			s := newService(t, never)
			dir, h := machine(t)
			c := &counted{Host: h}
			handler := s.gate.Handler(http.NotFoundHandler())
			var cuts atomic.Int32
			spoil := func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path != agent.NextPath {
					return false
				}
				body, _ := io.ReadAll(r.Body)
				r.Body = io.NopCloser(bytes.NewReader(body))
				done := bytes.Contains(body, []byte(`"done"`))
				if lost == "the result" && done && cuts.Add(1) == 1 {
					panic(http.ErrAbortHandler)
				}
				if lost != "the task" && !(lost == "the thanks for the result" && done) {
					return false
				}
				answer := httptest.NewRecorder()
				if lost == "the thanks for the result" {
					ctx, cancel := context.WithCancel(r.Context())
					cancel() // else it waits for a next task
					r = r.WithContext(ctx)
				}
				handler.ServeHTTP(answer, r)
				if (done || bytes.Contains(answer.Body.Bytes(), []byte(`"task"`))) && cuts.Add(1) == 1 {
					panic(http.ErrAbortHandler)
				}
				w.WriteHeader(answer.Code)
				_, _ = w.Write(answer.Body.Bytes())
				return true
			}
			s.broken.Store(&spoil)
			s.agent(dir, c)
			s.until("the agent", 0, reachable)
			if state, err := s.remote.Start(t.Context()); err != nil || !state.Running {
				t.Errorf("state %+v, error %v", state, err)
			}
			if _, err := s.remote.Stop(t.Context()); err != nil {
				t.Error(err)
			}
			if n := c.starts.Load(); n != 1 || cuts.Load() == 0 {
				t.Errorf("%d starts, %d cuts", n, cuts.Load())
			}
		})
	}
}

// TestASlowLine delays each message on its way there and back; the lease file and
// the steps arrive all the same.
func TestASlowLine(t *testing.T) {
	s := newService(t, never)
	handler := s.gate.Handler(http.NotFoundHandler())
	late := func(w http.ResponseWriter, r *http.Request) bool {
		time.Sleep(150 * time.Millisecond)
		handler.ServeHTTP(w, r)
		time.Sleep(150 * time.Millisecond)
		return true
	}
	s.broken.Store(&late)
	dir, h := machine(t)
	if err := os.WriteFile(filepath.Join(dir, "dhcpd.leases"), []byte("# leases\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.agent(dir, h)
	s.until("the agent", 0, reachable)
	one := []byte(strings.Repeat("# a long configuration\n", 100_000))
	if v, err := s.remote.Stage(t.Context(), one); err != nil || !v.Accepted {
		t.Fatalf("verdict %+v, error %v", v, err)
	}
	if err := s.remote.Swap(t.Context(), "", host.HashOf(one)); err != nil {
		t.Fatal(err)
	}
	if state, err := s.remote.Start(t.Context()); err != nil || !state.Running || state.Config != host.HashOf(one) {
		t.Errorf("state %+v, error %v", state, err)
	}
	s.kept("the lease file", "# leases\n")
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, state := range s.states {
		if i > 0 && s.states[i-1].Reachable && !state.Reachable {
			t.Errorf("the agent counts as away: %+v", s.states)
		}
	}
}

// slow is a host whose starts wait.
type slow struct {
	*host.Host
	begun, end chan struct{}
}

func (h *slow) Start(ctx context.Context) (host.State, error) {
	close(h.begun)
	<-h.end
	return h.Host.State(ctx), nil
}

// TestAnAgentThatGoesFailsItsStep ends an agent, and lets another one come, in
// the middle of a step.
func TestAnAgentThatGoesFailsItsStep(t *testing.T) {
	for name, c := range map[string]struct {
		another bool
		silence time.Duration
		want    string
	}{
		"silence": {false, soon, "the agent of a went out of reach"},
		"another": {true, never, "the agent of a was started again in the middle of a step"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, c.silence)
			dir, h := machine(t)
			first := &slow{h, make(chan struct{}), make(chan struct{})}
			s.agent(dir, first)
			seen := s.until("the agent", 0, reachable)
			failed := make(chan error)
			go func() {
				_, err := s.remote.Start(t.Context())
				failed <- err
			}()
			<-first.begun
			if c.another {
				_, again := machine(t)
				s.agent(dir, again)
			} else {
				silent := func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }
				s.broken.Store(&silent)
			}
			var f *host.Fault
			if err := <-failed; !errors.As(err, &f) || f.Text != c.want || !f.Unsure {
				t.Errorf("error %v", err)
			}
			seen = s.until("the loss", seen, unreachable)
			close(first.end)
			s.broken.Store(nil)
			s.until("an agent again", seen, reachable)
			// What the first one did is of no interest, and it can be given work
			// when it is the one that is listened to.
			if _, _, err := s.remote.Live(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// post sends a text as an agent would.
func (s *service) post(path, token, body string) (int, string) {
	s.t.Helper()
	request, err := http.NewRequest(http.MethodPost, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, strings.TrimSpace(string(text))
}

func TestRefusals(t *testing.T) {
	s := newService(t, soon)
	report := func(hello string) string {
		return `{` + hello + `, "seen": {"number": 1, "state": {"Reachable": true, "Running": false, "Process": 0, "Config": "", "Peers": null, "Fault": ""}}}`
	}
	const hello = `"version": 1, "server": "a", "agent": "x"`
	for _, c := range []struct {
		name, path, token, body string
		status                  int
		want                    string
	}{
		{"no token", agent.StatePath, "", report(hello), 401, "The token is that of no agent"},
		{"wrong token", agent.NextPath, "halxml-agent-x", "{}", 401, "The token is that of no agent"},
		{"another's token", agent.StatePath, s.token, report(`"version": 1, "server": "b", "agent": "x"`), 403, "The token is that of another server's agent"},
		{"another version", agent.StatePath, s.token, report(`"version": 2, "server": "a", "agent": "x", "more": 1`), 400, "The agent is of another version of halxml than the service: both must be the same"},
		{"no version", agent.StatePath, s.token, report(`"server": "a"`), 400, "The body is no message of an agent of this version"},
		{"unknown member", agent.StatePath, s.token, report(hello + `, "more": 1`), 400, "The body is no message of an agent of this version"},
		{"not JSON", agent.NextPath, s.token, "<x/>", 400, "The body is no message of an agent of this version"},
		{"two messages", agent.StatePath, s.token, report(hello) + "{}", 400, "The body is no message of an agent of this version"},
		{"too long", agent.StatePath, s.token, report(hello) + strings.Repeat(" ", agent.MaxState), 400, "The body is no message of an agent of this version"},
		{"part before the begin", agent.LeasesPath, s.token, `{` + hello + `, "copy": "1", "at": -1, "data": ""}`, 400, "The part of the lease file is not where one can be"},
		{"good", agent.StatePath, s.token, report(hello), 200, ""},
	} {
		status, text := s.post(c.path, c.token, c.body)
		if status != c.status || c.want != "" && text != c.want {
			t.Errorf("%s: status %d, %q", c.name, status, text)
		}
	}
	// The newer agent takes the place of the older one, for as long as it is there.
	if status, _ := s.post(agent.StatePath, s.token, report(`"version": 1, "server": "a", "agent": "y"`)); status != 200 {
		t.Errorf("a newer agent: status %d", status)
	}
	if status, text := s.post(agent.StatePath, s.token, report(hello)); status != 409 || text != "Another agent of this server has come since" {
		t.Errorf("the older agent: status %d, %q", status, text)
	}
	s.mu.Lock()
	seen := len(s.states)
	s.mu.Unlock()
	s.until("silence", seen, unreachable)
	if status, text := s.post(agent.StatePath, s.token, report(hello)); status != 200 {
		t.Errorf("the older agent, alone again: status %d, %q", status, text)
	}
	if answer, err := http.Get(s.url + agent.NextPath); err != nil || answer.StatusCode != 405 {
		t.Errorf("GET: %v, %v", answer, err)
	}
	_ = s.gate.Close()
	if status, _ := s.post(agent.StatePath, s.token, report(hello)); status != 503 {
		t.Errorf("an ending service: status %d", status)
	}
}

// TestMessages holds the messages as they are on the wire: agents and services
// of one Version understand each other.
func TestMessages(t *testing.T) {
	at := time.Date(2026, 11, 22, 15, 21, 12, 0, time.UTC)
	state := host.State{Reachable: true, Running: true, Process: 7, Config: "ab", Fault: "f",
		Peers: map[string]host.Peer{"p": {State: "normal", PartnerState: "normal", Since: at, PartnerSince: at, Changes: 3}}}
	hello := agent.Hello{Version: 1, Server: "a", Agent: "x"}
	seen := agent.Seen{Number: 2, State: state}
	const state1 = `{"number":2,"state":{"Reachable":true,"Running":true,"Process":7,"Config":"ab","Peers":{"p":{"State":"normal","PartnerState":"normal",` +
		`"Since":"2026-11-22T15:21:12Z","PartnerSince":"2026-11-22T15:21:12Z","Changes":3}},"Fault":"f"}}`
	for want, message := range map[string]any{
		`{"version":1,"server":"a","agent":"x","seen":` + state1 + `}`: agent.Report{Hello: hello, Seen: seen},
		`{"version":1,"server":"a","agent":"x","done":{"id":"i","fault":{"Text":"t","Lines":["l"],"Unsure":false},"found":true,"same":true,"text":"dA==","verdict":{"Accepted":true,"Lines":null},"seen":` + state1 + `},"leaving":true}`: agent.Next{Hello: hello, Leaving: true,
			Done: &agent.Result{ID: "i", Fault: &host.Fault{Text: "t", Lines: []string{"l"}}, Found: true, Same: true, Text: []byte("t"), Verdict: &host.Verdict{Accepted: true}, Seen: seen}},
		`{"version":1,"service":"s","task":{"id":"i","do":"swap","text":"dA==","from":"f","to":"t"}}`: agent.Work{Version: 1, Service: "s",
			Task: &agent.Task{ID: "i", Do: agent.Swap, Text: []byte("t"), From: "f", To: "t"}},
		`{"version":1,"service":"s"}`: agent.Heard{Version: 1, Service: "s"},
		`{"version":1,"server":"a","agent":"x","copy":"1","at":5,"data":"dA==","end":true}`: agent.Part{Hello: hello, Copy: "1", At: 5, Data: []byte("t"), End: true},
		`{"version":1,"copy":"1","size":6}`:                                                 agent.Kept{Version: 1, Copy: "1", Size: 6},
	} {
		if text, err := json.Marshal(message); err != nil || string(text) != want {
			t.Errorf("message %s, want %s: a change needs another agent.Version", text, want)
		}
	}
}
