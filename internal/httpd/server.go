package httpd

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	stdlog "log"
	"net"
	"net/http"
	"time"

	"github.com/rs/zerolog"
)

// Options are what a Server needs besides its handler. Only Origin has no
// default.
type Options struct {
	Origin *Origin
	Access *AccessLog // nil for none
	// Log gets what the operator should know: panics, a service that is not ready.
	Log zerolog.Logger
	// Ready is asked by /readyz; nil means always ready.
	Ready func(context.Context) error
	// CertFile and KeyFile turn TLS on; they are read again when they change.
	CertFile, KeyFile string
	Timeouts          Timeouts
	// Waiting are paths whose handlers may wait long for something to happen:
	// there the context of a request ends as soon as its caller leaves.
	Waiting []string
	// Connections are how many there may be at a time, 4096 when 0; a further one
	// takes the place of the one that has waited longest for its caller.
	Connections int
	HeaderBytes int // of one request; 64 KiB when 0
	Now         func() time.Time
	Random      io.Reader
}

// Server serves one handler until it is shut down.
type Server struct {
	http        http.Server
	plain       *plainServer // nil with TLS
	connections int
}

// New prepares a Server around next.
func New(next http.Handler, o Options) (*Server, error) {
	if o.Origin == nil {
		return nil, errors.New("httpd: no origin")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Connections <= 0 {
		o.Connections = 4096
	}
	if o.HeaderBytes <= 0 {
		o.HeaderBytes = 64 << 10
	}
	newID, err := newIDs(o.Random)
	if err != nil {
		return nil, err
	}
	t := o.Timeouts.orDefault(o.Now)
	s := &Server{connections: o.Connections, http: http.Server{
		Handler: &edge{
			next: next, origin: o.Origin, access: o.Access, log: o.Log, ready: o.Ready,
			newID: newID, now: o.Now, timeouts: t, foreign: http.NewCrossOriginProtection(),
		},
		ReadHeaderTimeout: t.Header,
		ReadTimeout:       t.Header + t.Read,
		WriteTimeout:      t.Header + t.Write,
		IdleTimeout:       t.Idle,
		MaxHeaderBytes:    o.HeaderBytes,
		ConnContext:       withLimited,
		ConnState:         limitedState,
		ErrorLog:          stdlog.New(debugWriter{o.Log}, "", 0),
	}}
	if o.CertFile != "" || o.KeyFile != "" {
		c, err := loadCertificate(o.CertFile, o.KeyFile, o.Now)
		if err != nil {
			return nil, err
		}
		s.http.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get}
	} else {
		s.plain = newPlainServer(s.http.Handler, &t, o.Waiting)
	}
	return s, nil
}

// Handler is the handler with all middleware, for a server of one's own.
func (s *Server) Handler() http.Handler { return s.http.Handler }

// Serve answers connections of l, with TLS when it is configured, until
// Shutdown; it then returns nil.
func (s *Server) Serve(l net.Listener) error {
	limited := limitConnections(l, s.connections)
	var err error
	switch {
	case s.http.TLSConfig != nil:
		err = s.http.ServeTLS(limited, "", "")
	case s.plain != nil:
		err = s.plain.serve(limited, s.http.Serve)
	default:
		err = s.http.Serve(limited)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serving HTTP on %s: %w", l.Addr(), err)
}

// Shutdown stops accepting and waits for running requests until ctx ends, then
// cuts them off.
func (s *Server) Shutdown(ctx context.Context) error {
	var plain error
	if s.plain != nil {
		plain = s.plain.shutdown(ctx)
	}
	err := s.http.Shutdown(ctx)
	if err != nil {
		_ = s.http.Close()
	}
	if err = errors.Join(plain, err); err != nil {
		return fmt.Errorf("shutting HTTP down: %w", err)
	}
	return nil
}

// debugWriter takes net/http's own complaints: failed handshakes, broken
// connections.
type debugWriter struct{ log zerolog.Logger }

func (w debugWriter) Write(b []byte) (int, error) {
	w.log.Debug().Msg(string(trimNewline(b)))
	return len(b), nil
}

func trimNewline(b []byte) []byte {
	if n := len(b); n > 0 && b[n-1] == '\n' {
		return b[:n-1]
	}
	return b
}
