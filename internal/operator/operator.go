// Package operator answers the URLs by which engineers see and move configurations
// and save the data:
//
//	GET  /config/SERVER  the configuration that the server should run, as text;
//	                     ?service=DHCPv6 is a Kea server's second file
//	GET  /diff/SERVER    what a delivery would change at the server, as a diff
//	POST /deploy         delivers now: a JSON object with the members of deliver.Order
//	POST /adopt          takes live configurations into the store: a JSON object with
//	                     the members of deliver.AdoptOrder
//	GET  /backup         a copy of the data file, for the administrator only
//
// Callers authorize themselves with Basic or Bearer, as those of the API do.
package operator

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/rs/zerolog"

	"halxml/internal/deliver"
	"halxml/internal/errs"
	"halxml/internal/httpd"
)

// Deliverer is what the URLs show and move.
type Deliverer interface {
	// Configuration is what the server should run.
	Configuration(ctx context.Context, server, service string) ([]byte, error)
	// Difference is what a delivery would change.
	Difference(ctx context.Context, server string) ([]byte, error)
	// Deploy delivers now.
	Deploy(ctx context.Context, o deliver.Order) ([]deliver.Outcome, error)
	// Adopt takes what others have changed into the store.
	Adopt(ctx context.Context, user string, o deliver.AdoptOrder) (*deliver.AdoptReport, error)
}

// Options are what a Handler needs.
type Options struct {
	Deliverer Deliverer
	// Identify tells who sends a request, or refuses it.
	Identify func(*http.Request, *httpd.Record) (user string, err error)
	// Backup writes a copy of the data file; Administrator may have it.
	Backup        func(context.Context, io.Writer) (int64, error)
	Administrator string
	Log           zerolog.Logger // for internal errors, whose callers learn nothing
}

// The paths: those with a slash at the end are followed by a server's name or
// reference.
const (
	ConfigPath = "/config/"
	DiffPath   = "/diff/"
	DeployPath = "/deploy"
	AdoptPath  = "/adopt"
	BackupPath = "/backup"
)

// Handler answers this package's URLs and leaves others to next.
func Handler(o Options, next http.Handler) http.Handler {
	h := &handler{o}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if server, ok := below(ConfigPath, r.URL.Path); ok {
			h.get(w, r, "config", func(ctx context.Context) ([]byte, error) {
				return o.Deliverer.Configuration(ctx, server, r.URL.Query().Get("service"))
			})
		} else if server, ok := below(DiffPath, r.URL.Path); ok {
			h.get(w, r, "diff", func(ctx context.Context) ([]byte, error) { return o.Deliverer.Difference(ctx, server) })
		} else if strings.EqualFold(r.URL.Path, DeployPath) {
			h.deploy(w, r)
		} else if strings.EqualFold(r.URL.Path, AdoptPath) {
			h.adopt(w, r)
		} else if strings.EqualFold(r.URL.Path, BackupPath) {
			h.backup(w, r)
		} else {
			next.ServeHTTP(w, r)
		}
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

// maxOrder bounds the body of a deploy, bytes.
const maxOrder = 1 << 20

// deploy answers when the delivery has ended, or fails for the caller.
func (h *handler) deploy(w http.ResponseWriter, r *http.Request) {
	var order deliver.Order
	h.order(w, r, "deploy", &order, "servers, overwrite and force", func(string) (any, error) {
		outcomes, err := h.Deliverer.Deploy(r.Context(), order)
		if outcomes == nil {
			outcomes = []deliver.Outcome{}
		}
		return outcomes, err
	})
}

// adopt answers what became of the changes of others.
func (h *handler) adopt(w http.ResponseWriter, r *http.Request) {
	var order deliver.AdoptOrder
	h.order(w, r, "adopt", &order, "servers, comment, dryRun and replace", func(user string) (any, error) {
		return h.Deliverer.Adopt(r.Context(), user, order)
	})
}

// order reads a POST's order, lets it be done and answers what came of it.
func (h *handler) order(w http.ResponseWriter, r *http.Request, what string, order any, members string, do func(user string) (any, error)) {
	if !h.method(w, r, http.MethodPost) {
		return
	}
	user, ok := h.identify(w, r, what)
	if !ok {
		return
	}
	body := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxOrder))
	body.DisallowUnknownFields()
	if body.Decode(order) != nil {
		h.refuse(w, what, user, errs.Errorf(errs.Malformed, `The body is not a JSON object with %s, such as {"servers": ["dhcp1"]}`, members))
		return
	}
	answer, err := do(user)
	if err != nil {
		h.refuse(w, what, user, err)
		return
	}
	httpd.RecordOf(w).Note(what, user, 0)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(answer)
}

// backup sends the data while they are read and changed. One that cannot be
// whole is cut off, so that it is not taken for one.
func (h *handler) backup(w http.ResponseWriter, r *http.Request) {
	const what = "backup"
	if !h.method(w, r, http.MethodGet) {
		return
	}
	user, ok := h.identify(w, r, what)
	if !ok {
		return
	}
	if !strings.EqualFold(user, h.Administrator) {
		h.refuse(w, what, user, errs.Errorf(errs.AccessDenied, "Only %s may save the data: they hold the secrets of all", h.Administrator))
		return
	}
	httpd.RecordOf(w).Note(what, user, 0)
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", `attachment; filename="halxml.db"`)
	w.Header().Set("Cache-Control", "no-store")
	sent, err := h.Backup(r.Context(), w)
	if err == nil {
		h.Log.Info().Str("user", user).Int64("bytes", sent).Msg("the data were saved")
		return
	}
	h.Log.Error().Err(err).Str("user", user).Int64("bytes", sent).Msg("saving the data")
	panic(http.ErrAbortHandler)
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
