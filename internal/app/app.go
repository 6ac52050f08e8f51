// Package app is the service as a library: it wires all rooms together, starts
// and stops them, and does what an operator does to the data of a stopped
// service. It holds no rules of its own; the program in cmd/halxml is flags,
// signals and printing around it.
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"halxml/internal/agent"
	"halxml/internal/config"
	"halxml/internal/httpd"
	"halxml/store"
)

// Options are the service's surroundings. Every field may be left out.
type Options struct {
	Stdout   io.Writer // gets one line with the address; nil for none
	Stderr   io.Writer // gets the log, and on a first start the password; nil for none
	Terminal bool      // Stderr is a terminal: log.format auto means console
	Now      func() time.Time
	Random   io.Reader
}

// App is one service. It can be started once.
type App struct {
	config *config.Config
	Options
	log    zerolog.Logger
	access io.Writer // of the access log; nil without an access log
	data   store.Store

	mu       sync.Mutex
	state    state
	closers  []func(context.Context) error // in the order of opening
	addr     atomic.Pointer[net.Addr]      // of the listener
	failed   chan error                    // what ended the serving, if not Stop
	stopping chan struct{}
	stopped  error
	draining atomic.Bool
	wait     func(context.Context, time.Duration) // tests end it when they like

	ballast []byte // never touched
}

// ballastSize is memory that is set aside for the garbage collector to count
// and that the system never has to give. The collector runs when the heap has
// doubled; that of a busy service is a few MB, and would double many times a
// second.
const ballastSize = 24 << 20

type state int

const (
	fresh state = iota
	running
	ended
)

// New prepares a service; nothing is opened yet.
func New(c *config.Config, o Options) *App {
	if o.Stdout == nil {
		o.Stdout = io.Discard
	}
	if o.Stderr == nil {
		o.Stderr = io.Discard
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	a := &App{config: c, Options: o, failed: make(chan error, 1), stopping: make(chan struct{}), wait: sleep,
		ballast: make([]byte, ballastSize)}
	var lines io.Writer
	a.log, lines = newLogs(c.Log, o.Stderr, o.Terminal, o.Now)
	if c.Log.Access {
		a.access = lines
	}
	return a
}

// Start opens the data, begins to serve and returns once connections are
// accepted. When it fails it has closed all it opened; its error is a sentence
// for the operator.
func (a *App) Start(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.state != fresh {
		return errors.New("the service was started before")
	}
	a.state = running
	if err := a.open(ctx); err != nil {
		a.state = ended
		close(a.stopping)
		return errors.Join(err, a.close(context.WithoutCancel(ctx)))
	}
	return nil
}

// listen takes the address and returns what begins to serve handler there.
// Connections that come before wait.
func (a *App) listen(ctx context.Context, origin *httpd.Origin, handler http.Handler) (serve func(), err error) {
	var access *httpd.AccessLog
	if a.access != nil {
		access = httpd.NewAccessLog(a.access, accessMemory)
		a.closers = append(a.closers, func(context.Context) error { return access.Close() })
	}
	server, err := httpd.New(handler, httpd.Options{
		Origin: origin, Access: access, Log: a.log, Ready: a.ready,
		CertFile: a.config.TLS.Cert, KeyFile: a.config.TLS.Key, Now: a.Now, Random: a.Random,
		Waiting: []string{agent.NextPath},
	})
	if err != nil {
		return nil, certificateError(err)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", a.config.Listen)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w", a.config.Listen, reason(err))
	}
	a.closers = append(a.closers, func(context.Context) error {
		if err := l.Close(); !errors.Is(err, net.ErrClosed) { // as the server did
			return err
		}
		return nil
	})
	addr := l.Addr()
	a.addr.Store(&addr)
	return func() {
		served := make(chan struct{})
		go func() {
			defer close(served)
			if err := server.Serve(l); err != nil {
				a.failed <- err
			}
		}()
		a.closers = append(a.closers, func(ctx context.Context) error {
			err := server.Shutdown(ctx)
			<-served
			return err
		})
	}, nil
}

// certificateError says which file keeps TLS from working, and why.
func certificateError(err error) error {
	var file *fs.PathError
	if errors.As(err, &file) {
		return fmt.Errorf("tls.cert, tls.key: %s: %w", file.Path, reason(err))
	}
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return fmt.Errorf("tls.cert, tls.key: %s", strings.TrimPrefix(err.Error(), "tls: "))
}

// Addr is where the service listens, nil before Start.
func (a *App) Addr() net.Addr {
	if addr := a.addr.Load(); addr != nil {
		return *addr
	}
	return nil
}

// url is the address of the service as a client of this machine would write it.
func (a *App) url() string {
	scheme := "http"
	if a.config.TLS.Cert != "" {
		scheme = "https"
	}
	return scheme + "://" + a.Addr().String()
}

// ready is the answer of /readyz. A store that has ended, after a disk write of
// which nobody knows whether it lasts or over a damaged file, needs a restart.
func (a *App) ready(ctx context.Context) error {
	if a.draining.Load() {
		return errors.New("shutting down")
	}
	return a.data.View(ctx, func(tx store.Tx) error {
		_, err := store.Version(tx)
		return err
	})
}

// Stop ends the service: it says for limits.notice that it is not ready, stops
// accepting, lets running requests end for as long as limits.drain and ctx
// allow, and closes what Start opened. All calls wait for the end and return
// the same.
func (a *App) Stop(ctx context.Context) error {
	a.draining.Store(true)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.state == running {
		a.log.Info().Msg("stopping")
		a.wait(ctx, a.config.Limits.Notice)
		a.stopped = a.close(ctx)
		if a.stopped == nil {
			a.log.Info().Msg("stopped")
		}
		close(a.stopping)
	}
	a.state = ended
	return a.stopped
}

// sleep waits for d, or less when ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	if d > 0 {
		ctx, cancel := context.WithTimeout(ctx, d)
		defer cancel()
		<-ctx.Done()
	}
}

// close ends what was opened, the last first.
func (a *App) close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, a.config.Limits.Drain)
	defer cancel()
	var errs []error
	for len(a.closers) > 0 {
		last := len(a.closers) - 1
		errs = append(errs, a.closers[last](ctx))
		a.closers = a.closers[:last]
	}
	err := errors.Join(errs...)
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("requests that still ran after %s were cut off", a.config.Limits.Drain)
	}
	return err
}

// Run serves until ctx ends or serving fails, then stops.
func (a *App) Run(ctx context.Context) error {
	if err := a.Start(ctx); err != nil {
		return err
	}
	var failure error
	select {
	case <-ctx.Done():
	case <-a.stopping:
	case failure = <-a.failed:
	}
	return errors.Join(failure, a.Stop(context.WithoutCancel(ctx)))
}

// warnOfPlainText says loudly that passwords will cross a network in the clear.
func (a *App) warnOfPlainText() {
	if a.config.TLS.Cert == "" && reachable(a.Addr()) {
		a.log.Warn().Str("address", a.Addr().String()).
			Msg("LISTENING WITHOUT TLS ON AN ADDRESS THAT OTHERS CAN REACH: passwords and sessions cross the network in the clear; " +
				"set tls.cert and tls.key, or let only a TLS proxy on this machine reach the service")
	}
}

// reachable tells whether other machines may reach an address.
func reachable(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return ok && !tcp.IP.IsLoopback()
}
