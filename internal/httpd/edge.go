package httpd

import (
	"context"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// edge is the middleware around the service's handler, in one piece because
// each part needs the same response and record.
type edge struct {
	next     http.Handler
	origin   *Origin
	access   *AccessLog // nil for none
	log      zerolog.Logger
	ready    func(context.Context) error
	newID    func() string
	now      func() time.Time
	timeouts Timeouts
	foreign  *http.CrossOriginProtection
	pool     sync.Pool
}

var noSniff = []string{"nosniff"}

func (e *edge) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w, _ := e.pool.Get().(*response)
	if w == nil {
		w = new(response)
	}
	remote, trusted := e.origin.caller(r)
	id := ""
	if trusted {
		id = r.Header.Get("X-Request-Id")
	}
	if !usableID(id) {
		id = e.newID()
	}
	w.Record = Record{RequestID: id, Remote: remote}
	w.ResponseWriter, w.request, w.started, w.limits = rw, r, e.now(), &e.timeouts
	if _, whole := r.Body.(*plainBody); !whole {
		w.conn = limited(r.Context())
		if r.Body != nil && r.Body != http.NoBody {
			w.body = pacedBody{ReadCloser: r.Body, w: w, left: paceStep}
			r.Body = &w.body
		}
	}
	header := rw.Header()
	header["X-Request-Id"] = []string{id}
	header["X-Content-Type-Options"] = noSniff
	defer e.finish(w, r)
	if r.ContentLength != 0 {
		w.progress()
	} else if !w.works() {
		panic(http.ErrAbortHandler)
	}
	e.route(w, r)
}

func (e *edge) route(w *response, r *http.Request) {
	switch r.URL.Path {
	case "/healthz":
		e.health(w, r, nil)
		return
	case "/readyz":
		e.health(w, r, e.ready)
		return
	}
	// A browser that holds a caller's credentials must not lend them to the
	// pages of others.
	if e.foreign.Check(r) != nil {
		http.Error(w, "Requests from pages of other sites are not answered", http.StatusForbidden)
		return
	}
	e.next.ServeHTTP(w, r)
}

// health answers a check for which ok decides; nil means always well.
func (e *edge) health(w http.ResponseWriter, r *http.Request, ok func(context.Context) error) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "Only GET and HEAD are answered here", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	if ok != nil {
		if err := ok(r.Context()); err != nil {
			e.log.Warn().Err(err).Msg("not ready")
			http.Error(w, "not ready", http.StatusServiceUnavailable)
			return
		}
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}

// finish ends a request: it turns a panic into an answer, writes the access
// log and gives the response back to the pool.
func (e *edge) finish(w *response, r *http.Request) {
	abort := false
	if p := recover(); p != nil {
		abort = true
		if p != http.ErrAbortHandler {
			e.log.Error().Str("id", w.RequestID).Interface("panic", p).Bytes("stack", debug.Stack()).Msg("a handler panicked")
			if w.status == 0 {
				http.Error(w, "Internal error", http.StatusInternalServerError)
				abort = false
			}
		}
	}
	if w.status == 0 && !abort {
		w.status = http.StatusOK // the handler wrote nothing, the server will
	}
	logRequest(e.access, w, r, e.now())
	w.restoreBody()
	w.rests()
	*w = response{asked: w.asked}
	e.pool.Put(w)
	if abort {
		panic(http.ErrAbortHandler)
	}
}
