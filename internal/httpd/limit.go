package httpd

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// limitListener keeps no more than a number of connections at a time. A further
// one takes the place of the one that has waited longest for its caller: for a
// request, the rest of one, or that an answer is read. So who opens many and
// leaves them does not keep others out. Only while all are at work does a new
// one wait, in the kernel's queue.
type limitListener struct {
	net.Listener
	limit int
	done  chan struct{}
	once  sync.Once

	mu    sync.Mutex
	conns map[*limitedConn]struct{}
	// idle are those that waited when they were last looked for, the longest
	// wait at the end. Whose wait is another by now is further behind.
	idle []idleConn
}

type idleConn struct {
	conn  *limitedConn
	since time.Time
}

const (
	// slowReader is how long an answer may wait to be read before its connection
	// counts as idle.
	slowReader = time.Second
	// busyPause is how long accepting rests while all connections are at work.
	busyPause = 10 * time.Millisecond
)

func limitConnections(l net.Listener, n int) *limitListener {
	return &limitListener{Listener: l, limit: n, done: make(chan struct{}), conns: map[*limitedConn]struct{}{}}
}

// Accept implements net.Listener.
func (l *limitListener) Accept() (net.Conn, error) {
	c, err := l.accept()
	if err != nil {
		return nil, err // without a connection that is nil
	}
	return c, nil
}

func (l *limitListener) accept() (*limitedConn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	for {
		now := time.Now()
		conn := &limitedConn{Conn: c, listener: l, since: now}
		l.mu.Lock()
		room := len(l.conns) < l.limit
		if room {
			l.conns[conn] = struct{}{}
		}
		l.mu.Unlock()
		switch {
		case room:
			return conn, nil
		case l.closeLongest(now):
			continue
		}
		select {
		case <-time.After(busyPause):
		case <-l.done:
			_ = c.Close()
			return nil, net.ErrClosed
		}
	}
}

// closeLongest closes the connection that has waited longest for its caller,
// and reports whether there was one.
func (l *limitListener) closeLongest(now time.Time) bool {
	for fresh := false; ; {
		if len(l.idle) == 0 {
			if fresh {
				return false
			}
			fresh = true
			l.findIdle(now)
			continue
		}
		last := l.idle[len(l.idle)-1]
		l.idle[len(l.idle)-1] = idleConn{}
		l.idle = l.idle[:len(l.idle)-1]
		if last.conn.giveUp(last.since, now) {
			_ = last.conn.Close()
			return true
		}
	}
}

// findIdle looks for the connections that wait for their callers. Only accept
// does, one at a time.
func (l *limitListener) findIdle(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.conns {
		if since, ok := c.waits(now); ok {
			l.idle = append(l.idle, idleConn{c, since})
		}
	}
	slices.SortFunc(l.idle, func(a, b idleConn) int { return b.since.Compare(a.since) })
}

func (l *limitListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return l.Listener.Close()
}

// limitedConn is a connection that knows whom it waits for.
type limitedConn struct {
	net.Conn
	listener *limitListener

	mu      sync.Mutex
	working int       // requests that have come as a whole and are not answered; several with HTTP/2
	writing bool      // a piece of an answer is being sent
	ending  bool      // net/http was left the end of an answer to send
	since   time.Time // the caller is waited for, if one is
	gone    bool      // closed for another
}

type limitedConnKey struct{}

// limited is the connection of a request that net/http reads; nil where nobody
// limits them.
func limited(ctx context.Context) *limitedConn {
	c, _ := ctx.Value(limitedConnKey{}).(*limitedConn)
	return c
}

// withLimited lets limited find c, which net/http was given.
func withLimited(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, limitedConnKey{}, limitedBelow(c))
}

// limitedState takes what net/http tells of c.
func limitedState(c net.Conn, s http.ConnState) {
	if l := limitedBelow(c); l != nil && s == http.StateIdle {
		l.ended(time.Now())
	}
}

func limitedBelow(c net.Conn) *limitedConn {
	for {
		switch inner := c.(type) {
		case *limitedConn:
			return inner
		case *resumedConn:
			c = inner.Conn
		case interface{ NetConn() net.Conn }: // TLS
			c = inner.NetConn()
		default:
			return nil
		}
	}
}

// works notes that a request has come as a whole, and reports whether its
// connection is still there.
func (c *limitedConn) works() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.working++
	return !c.gone
}

// rests ends what works has begun.
func (c *limitedConn) rests(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.working--
	c.since = now
}

// ends is rests where net/http will send the end of the answer, which ended
// tells; worked is whether works was called.
func (c *limitedConn) ends(now time.Time, worked bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if worked {
		c.working--
	}
	c.ending, c.since = true, now
}

func (c *limitedConn) ended(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ending, c.since = false, now
}

// progress notes that the caller did something.
func (c *limitedConn) progress(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.since = now
}

// sends notes that an answer is being sent from now on, sent that it was.
func (c *limitedConn) sends(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writing = true
	if c.working > 0 || c.ending {
		c.since = now
	}
}

func (c *limitedConn) sent() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writing = false
}

// waits tells since when the caller is waited for, if that is so.
func (c *limitedConn) waits(now time.Time) (since time.Time, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.since, c.idle(now)
}

func (c *limitedConn) idle(now time.Time) bool {
	switch {
	case c.gone || c.working > 0 && !c.writing:
		return false
	case c.writing || c.ending:
		return now.Sub(c.since) >= slowReader
	}
	return true
}

// giveUp reports whether the caller is still waited for since then; the
// connection may be closed, and takes no request any more.
func (c *limitedConn) giveUp(since, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.since.Equal(since) || !c.idle(now) {
		return false
	}
	c.gone = true
	return true
}

func (c *limitedConn) Write(b []byte) (int, error) {
	c.sends(time.Now())
	defer c.sent()
	return c.Conn.Write(b)
}

// CloseWrite lets net/http end an answer to a caller who still sends, so that
// it arrives.
func (c *limitedConn) CloseWrite() error { return closeWrite(c.Conn) }

func closeWrite(c net.Conn) error {
	if c, ok := c.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return errors.ErrUnsupported
}

func (c *limitedConn) Close() error {
	err := c.Conn.Close()
	c.listener.mu.Lock()
	delete(c.listener.conns, c)
	c.listener.mu.Unlock()
	return err
}
