// Package gate is the service's end of the agents: the URLs that agents call,
// and for each server that has one a Remote, which is the server's machine for
// those who deliver.
package gate

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"halxml/internal/agent"
	"halxml/internal/errs"
	"halxml/internal/httpd"
)

// Options are what a Gate needs. Times may be left out.
type Options struct {
	// Servers are the names of the servers that have an agent, with their
	// agents' tokens.
	Servers map[string]agent.TokenHash
	Dir     string // for the servers' lease files; it is made
	Log     zerolog.Logger
	Now     func() time.Time
	// Silence is how long an agent may be unheard before its server counts as
	// out of reach; 15 s when 0.
	Silence time.Duration
}

// Gate is where agents come to.
type Gate struct {
	o       Options
	word    string // of this run of the service
	remotes []*Remote

	once sync.Once
	end  chan struct{} // closed by Close
}

// New prepares a Gate.
func New(o Options) *Gate {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Silence <= 0 {
		o.Silence = 15 * time.Second
	}
	g := &Gate{o: o, word: rand.Text(), end: make(chan struct{})}
	for name, hash := range o.Servers {
		g.remotes = append(g.remotes, newRemote(g, name, hash))
	}
	return g
}

// Remote is the machine of a server, nil when the server has no agent.
func (g *Gate) Remote(server string) *Remote {
	for _, r := range g.remotes {
		if fold(r.server) == fold(server) {
			return r
		}
	}
	return nil
}

func fold(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

// Close sends the agents away and fails what still waits for them.
func (g *Gate) Close() error {
	g.once.Do(func() { close(g.end) })
	for _, r := range g.remotes {
		r.mu.Lock()
		r.failLocked(func(*call) bool { return true }, "the service is ending")
		r.mu.Unlock()
	}
	return nil
}

// ended reports whether Close was called.
func (g *Gate) ended() bool {
	select {
	case <-g.end:
		return true
	default:
		return false
	}
}

// Handler answers the URLs of agents and leaves others to next.
func (g *Gate) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case agent.NextPath:
			g.serve(w, r, "agent next", agent.MaxMessage, (*Remote).next)
		case agent.StatePath:
			g.serve(w, r, "agent state", agent.MaxState, (*Remote).state)
		case agent.LeasesPath:
			g.serve(w, r, "agent leases", 2*agent.MaxPart, (*Remote).part)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// exchange is one message of an agent and how to answer it.
type exchange struct {
	*http.Request
	decode func(message any, hello *agent.Hello) *refusal
}

// refusal is an HTTP status, a code for the log and a sentence.
type refusal struct {
	status int
	code   errs.Code
	text   string
}

// serve answers a message of an agent that has a token; nothing is read of
// others.
func (g *Gate) serve(w http.ResponseWriter, r *http.Request, what string, limit int64, answer func(*Remote, *exchange) (any, *refusal)) {
	record := httpd.RecordOf(w)
	fail := func(who string, f *refusal) {
		record.Note(what, who, f.code)
		w.Header().Set("Cache-Control", "no-store")
		if f.status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Bearer realm="halxml agent"`)
		}
		http.Error(w, f.text, f.status)
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		fail("", &refusal{http.StatusMethodNotAllowed, errs.Malformed, "Only POST is answered here"})
		return
	}
	remote := g.byToken(r)
	if remote == nil {
		fail("", &refusal{http.StatusUnauthorized, errs.BadLogin, "The token is that of no agent"})
		return
	}
	if g.ended() {
		fail(remote.server, &refusal{http.StatusServiceUnavailable, errs.Unavailable, "The service is ending"})
		return
	}
	e := &exchange{r, func(message any, hello *agent.Hello) *refusal {
		return remote.decode(w, r, limit, message, hello)
	}}
	out, refused := answer(remote, e)
	if refused != nil {
		fail(remote.server, refused)
		return
	}
	text, err := json.Marshal(out)
	if err != nil {
		g.o.Log.Error().Err(err).Str("id", record.RequestID).Str("operation", what).Msg("internal error")
		fail(remote.server, &refusal{http.StatusInternalServerError, errs.Internal, "Internal error"})
		return
	}
	record.Note(what, remote.server, 0)
	record.Quiet = true
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(text)
}

// byToken is the server whose agent sends a request, nil for none. All hashes
// are compared, and each in the same time.
func (g *Gate) byToken(r *http.Request) (found *Remote) {
	kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") || token == "" {
		return nil
	}
	hash := agent.HashToken(strings.TrimSpace(token))
	for _, remote := range g.remotes {
		if subtle.ConstantTimeCompare(hash[:], remote.token[:]) == 1 {
			found = remote
		}
	}
	return found
}

// decode reads a message, holds it to this version and to the server that the
// token is for, and lets its agent in.
func (r *Remote) decode(w http.ResponseWriter, request *http.Request, limit int64, message any, hello *agent.Hello) *refusal {
	err := agent.Decode(http.MaxBytesReader(w, request.Body, limit), message)
	switch {
	case hello.Version != agent.Version && hello.Version != 0:
		return &refusal{http.StatusBadRequest, errs.Malformed, "The agent is of another version of halxml than the service: both must be the same"}
	case err != nil || hello.Agent == "" || len(hello.Agent) > 64:
		return &refusal{http.StatusBadRequest, errs.Malformed, "The body is no message of an agent of this version"}
	case fold(hello.Server) != fold(r.server):
		return &refusal{http.StatusForbidden, errs.AccessDenied, "The token is that of another server's agent"}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.admitLocked(hello.Agent)
}
