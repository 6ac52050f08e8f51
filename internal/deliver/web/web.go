// Package web answers the URLs by which engineers see and move configurations:
//
//	GET /config/SERVER   the configuration that the server should run, as text
//
// Callers authorize themselves with Basic or Bearer, as those of the API do.
package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/rs/zerolog"

	"halxml/internal/errs"
	"halxml/internal/httpd"
)

// Deliverer is what the URLs show and move.
type Deliverer interface {
	// Configuration is what the server should run.
	Configuration(ctx context.Context, server string) ([]byte, error)
}

// Options are what a Handler needs.
type Options struct {
	Deliverer Deliverer
	// Identify tells who sends a request, or refuses it.
	Identify func(*http.Request, *httpd.Record) (user string, err error)
	Log      zerolog.Logger // for internal errors, whose callers learn nothing
}

// ConfigPath is where configurations are, each under its server's name.
const ConfigPath = "/config/"

// Handler answers this package's URLs and leaves others to next.
func Handler(o Options, next http.Handler) http.Handler {
	h := &handler{o}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if server, ok := below(ConfigPath, r.URL.Path); ok {
			h.get(w, r, "config", func(ctx context.Context) ([]byte, error) { return o.Deliverer.Configuration(ctx, server) })
			return
		}
		next.ServeHTTP(w, r)
	})
}

// below is the name behind a path that ends in a slash.
func below(prefix, path string) (name string, ok bool) {
	if len(path) <= len(prefix) || !strings.EqualFold(path[:len(prefix)], prefix) {
		return "", false
	}
	return path[len(prefix):], true
}

type handler struct{ Options }

// get answers a GET with a text.
func (h *handler) get(w http.ResponseWriter, r *http.Request, what string, text func(context.Context) ([]byte, error)) {
	if !h.method(w, r, http.MethodGet, http.MethodHead) {
		return
	}
	user, ok := h.identify(w, r, what)
	if !ok {
		return
	}
	out, err := text(r.Context())
	if err != nil {
		h.refuse(w, what, user, err)
		return
	}
	httpd.RecordOf(w).Note(what, user, 0)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(out)
}

func (h *handler) method(w http.ResponseWriter, r *http.Request, methods ...string) bool {
	for _, m := range methods {
		if r.Method == m {
			return true
		}
	}
	list := strings.Join(methods, ", ")
	w.Header().Set("Allow", list)
	http.Error(w, "Methods that are answered here: "+list, http.StatusMethodNotAllowed)
	return false
}

func (h *handler) identify(w http.ResponseWriter, r *http.Request, what string) (user string, ok bool) {
	user, err := h.Identify(r, httpd.RecordOf(w))
	if err != nil {
		h.refuse(w, what, "", err)
		return "", false
	}
	return user, true
}

// refuse answers an error as a line of text.
func (h *handler) refuse(w http.ResponseWriter, what, user string, err error) {
	code := errs.CodeOf(err)
	record := httpd.RecordOf(w)
	record.Note(what, user, code)
	if code == errs.Internal {
		h.Log.Error().Err(err).Str("id", record.RequestID).Str("operation", what).Msg("internal error")
	}
	status := statusOf(code)
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="halxml", charset="UTF-8"`)
	}
	http.Error(w, errs.MessageOf(err), status)
}

func statusOf(c errs.Code) int {
	switch c {
	case errs.BadLogin, errs.BadSession:
		return http.StatusUnauthorized
	case errs.AccessDenied:
		return http.StatusForbidden
	case errs.NotFound:
		return http.StatusNotFound
	case errs.Throttled, errs.TooManySessions:
		return http.StatusTooManyRequests
	case errs.Internal:
		return http.StatusInternalServerError
	case errs.Unavailable, errs.RequestsDisabled:
		return http.StatusServiceUnavailable
	case errs.NotImplemented, errs.NotSupported:
		return http.StatusNotImplemented
	case errs.TooLarge:
		return http.StatusRequestEntityTooLarge
	case errs.Conflict, errs.InUse, errs.Stale:
		return http.StatusConflict
	}
	return http.StatusBadRequest
}
