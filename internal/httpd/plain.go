package httpd

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// plainServer answers plain requests itself: POSTs of HTTP/1.1 whose header
// came in one piece and says nothing but what API clients say, with a short body
// of a known length. That is nearly all that an API is asked, and costs half of
// what it costs net/http, which must be ready for anything. A connection on which
// anything else comes is handed to net/http, with what was read of it, for good:
// what a request means is decided here only where there is no doubt. So is one on
// which a request may wait long: connections are not watched here while a request
// is answered.
type plainServer struct {
	handler  http.Handler
	timeouts *Timeouts
	waiting  []string // paths of requests that may wait long
	others   *handedOver

	date secondText

	closing  atomic.Bool
	mu       sync.Mutex
	listener *limitListener
	conns    map[*plainConn]struct{}
	done     sync.WaitGroup
}

func newPlainServer(handler http.Handler, t *Timeouts, waiting []string) *plainServer {
	return &plainServer{
		handler: handler, timeouts: t, waiting: waiting, conns: map[*plainConn]struct{}{},
		date:   secondText{layout: "Date: " + http.TimeFormat + "\r\n"},
		others: &handedOver{conns: make(chan net.Conn), closed: make(chan struct{})},
	}
}

// acceptPause is how long accepting rests after an error that may pass, such as
// too many open files.
const acceptPause = 50 * time.Millisecond

// serve answers the connections of l until shutdown; others serves those that
// are handed over.
func (s *plainServer) serve(l *limitListener, others func(net.Listener) error) error {
	s.mu.Lock()
	s.listener, s.others.addr = l, l.Addr()
	begun := !s.closing.Load()
	if begun {
		s.done.Go(func() { s.accept(l) })
	}
	s.mu.Unlock()
	if !begun {
		_ = l.Close()
		return http.ErrServerClosed
	}
	err := others(s.others)
	if s.closing.Load() {
		return http.ErrServerClosed
	}
	return err
}

// accept takes the connections of l until it is closed.
func (s *plainServer) accept(l *limitListener) {
	defer s.others.end()
	for {
		c, err := l.accept()
		if errors.Is(err, net.ErrClosed) || err != nil && s.closing.Load() {
			return
		}
		if err != nil {
			time.Sleep(acceptPause)
			continue
		}
		p := newPlainConn(s, c)
		s.mu.Lock()
		if s.closing.Load() {
			s.mu.Unlock()
			_ = c.Close()
			return
		}
		s.conns[p] = struct{}{}
		s.done.Add(1)
		s.mu.Unlock()
		go p.serve()
	}
}

// forget ends what s knows of a connection.
func (s *plainServer) forget(p *plainConn) {
	s.mu.Lock()
	delete(s.conns, p)
	s.mu.Unlock()
	s.done.Done()
}

// shutdown closes the connections that wait for a request, and the others when
// theirs is answered or ctx ends.
func (s *plainServer) shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.closing.Store(true)
	if s.listener != nil {
		_ = s.listener.Close()
	}
	s.mu.Unlock()
	s.each((*plainConn).closeIdle)
	gone := make(chan struct{})
	go func() {
		s.done.Wait()
		close(gone)
	}()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
		s.each(func(p *plainConn) { _ = p.conn.Close() })
		return ctx.Err()
	}
}

func (s *plainServer) each(do func(*plainConn)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for p := range s.conns {
		do(p)
	}
}

// handedOver is the listener from which net/http takes its connections.
type handedOver struct {
	addr   net.Addr
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (h *handedOver) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.closed:
		return nil, net.ErrClosed
	}
}

func (h *handedOver) Close() error {
	h.end()
	return nil
}

func (h *handedOver) end() { h.once.Do(func() { close(h.closed) }) }

func (h *handedOver) Addr() net.Addr { return h.addr }

// give hands a connection over, with the bytes that were read of it.
func (h *handedOver) give(c net.Conn, read []byte) {
	_ = c.SetDeadline(time.Time{})
	select {
	case h.conns <- &resumedConn{Conn: c, read: read}:
	case <-h.closed:
		_ = c.Close()
	}
}

// resumedConn is a connection of which some bytes were read already.
type resumedConn struct {
	net.Conn
	read []byte
}

func (c *resumedConn) Read(b []byte) (int, error) {
	if len(c.read) == 0 {
		return c.Conn.Read(b)
	}
	n := copy(b, c.read)
	if c.read = c.read[n:]; len(c.read) == 0 {
		c.read = nil
	}
	return n, nil
}

// CloseWrite is that of limitedConn.
func (c *resumedConn) CloseWrite() error { return closeWrite(c.Conn) }
