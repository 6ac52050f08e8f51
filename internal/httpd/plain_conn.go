package httpd

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"sync/atomic"
	"time"
)

// States of a plainConn.
const (
	waiting int32 = iota // for a request; may be closed at any time
	serving
	closed
)

// firstBuffer is what a connection reads into, bytes; a longer request has it
// grow for as long as it lasts.
const firstBuffer = 4 << 10

// plainConn is one connection of a plainServer.
type plainConn struct {
	server *plainServer
	conn   *limitedConn
	state  atomic.Int32
	remote string
	blank  http.Request // with the connection's context

	in         []byte // what was read and not yet answered
	last       []byte // the header that head was parsed from
	head       plainHead
	request    http.Request
	body       plainBody
	response   plainResponse
	readBy     time.Time // the deadlines that are set
	writeBy    time.Time
	handedOver bool
}

func newPlainConn(s *plainServer, c *limitedConn) *plainConn {
	p := &plainConn{server: s, conn: c, remote: c.RemoteAddr().String()}
	p.response.conn = p
	return p
}

// closeIdle closes the connection if it waits for a request.
func (p *plainConn) closeIdle() {
	if p.state.CompareAndSwap(waiting, closed) {
		_ = p.conn.Close()
	}
}

// serve answers requests until the connection ends or is handed over.
func (p *plainConn) serve() {
	defer p.server.forget(p)
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), http.LocalAddrContextKey, p.conn.LocalAddr()))
	defer cancel()
	p.blank = *new(http.Request).WithContext(ctx)
	p.in = make([]byte, 0, firstBuffer)
	defer func() {
		if !p.handedOver {
			_ = p.conn.Close()
		}
	}()
	now, wait := time.Now(), p.server.timeouts.Header // of a new connection
	for p.next(now, wait) && p.conn.works() {
		more := p.answer()
		now, wait = time.Now(), p.server.timeouts.Idle
		p.conn.rests(now)
		if !more {
			return
		}
	}
}

// next waits for a request and reports whether there is one to answer.
func (p *plainConn) next(now time.Time, wait time.Duration) bool {
	p.state.Store(waiting)
	if p.server.closing.Load() {
		return false
	}
	// Some callers send empty lines behind a body, which count for nothing.
	// net/http is as patient with them.
	blank := 0
	if len(p.last) > 0 {
		blank = 4 // bytes
	}
	for p.skipBlank(&blank); len(p.in) == 0; p.skipBlank(&blank) {
		p.readUntil(now, wait)
		n, err := p.conn.Read(p.in[:cap(p.in)])
		if n == 0 || err != nil && err != io.EOF {
			return false
		}
		p.in = p.in[:n]
	}
	if !p.state.CompareAndSwap(waiting, serving) {
		return false // closed meanwhile
	}
	end := bytes.Index(p.in[:min(len(p.in), maxPlainHead)], endOfHead)
	if end < 0 {
		return p.handOver()
	}
	end += len(endOfHead)
	if !bytes.Equal(p.in[:end], p.last) {
		p.last = p.last[:0]
		if !p.head.parse(p.in[:end]) || slices.Contains(p.server.waiting, p.head.url.Path) {
			return p.handOver()
		}
		p.last = append(p.last, p.in[:end]...)
	}
	return p.readBody(end)
}

// skipBlank takes up to n bytes of empty lines from the begin of what was read,
// and from n.
func (p *plainConn) skipBlank(n *int) {
	i := 0
	for i < min(*n, len(p.in)) && (p.in[i] == '\r' || p.in[i] == '\n') {
		i++
	}
	if i > 0 {
		*n -= i
		p.in = append(p.in[:0], p.in[i:]...)
	}
}

// readBody reads until the request is whole.
func (p *plainConn) readBody(end int) bool {
	whole := end + p.head.length
	if len(p.in) < whole {
		now := time.Now()
		p.conn.progress(now)
		p.readBy = time.Time{}
		p.readUntil(now, p.server.timeouts.Read)
	}
	for len(p.in) < whole {
		if len(p.in) == cap(p.in) { // memory grows with what came, not with what is announced
			p.in = append(make([]byte, 0, min(2*len(p.in), whole)), p.in...)
		}
		n, err := p.conn.Read(p.in[len(p.in):cap(p.in)])
		p.in = p.in[:len(p.in)+n]
		if err != nil && len(p.in) < whole {
			// The caller left or is too slow. The handler finds out.
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			p.body = plainBody{left: p.in[end:], err: err}
			return true
		}
	}
	p.body = plainBody{left: p.in[end:whole], err: io.EOF}
	return true
}

// readUntil sets the deadline for reading. That is a system's work, so that one
// of a moment ago is left as it is.
func (p *plainConn) readUntil(now time.Time, d time.Duration) {
	if by := now.Add(d); by.Sub(p.readBy).Abs() > time.Second {
		p.readBy = by
		_ = p.conn.SetReadDeadline(by)
	}
}

// handOver gives the connection and what was read to net/http.
func (p *plainConn) handOver() bool {
	p.handedOver = true
	p.server.others.give(p.conn, p.in)
	return false
}

// answer has the request in p.in answered and reports whether the connection
// can take another.
func (p *plainConn) answer() (more bool) {
	h := &p.head
	r := &p.request
	*r = p.blank
	r.Method, r.URL, r.RequestURI, r.Host = http.MethodPost, h.url, h.target, h.host
	r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.1", 1, 1
	r.Header, r.Body, r.ContentLength, r.Close = h.header, &p.body, int64(h.length), h.close
	r.RemoteAddr = p.remote
	used := len(p.last) + h.length
	w := &p.response
	w.begin()
	defer func() {
		// The handler has told of its own panics; those mean a broken connection.
		if recover() != nil {
			more = false
		}
	}()
	p.server.handler.ServeHTTP(w, r)
	if !w.end() || w.closing {
		return false
	}
	rest := copy(p.in, p.in[used:])
	p.in = p.in[:rest]
	if cap(p.in) > 4*firstBuffer && rest <= firstBuffer {
		p.in = append(make([]byte, 0, firstBuffer), p.in...)
	}
	return true
}

// plainBody is a request's body, which is there as a whole, or as far as it
// came, with the error that ended it.
type plainBody struct {
	left []byte
	err  error
}

func (b *plainBody) Read(to []byte) (int, error) {
	if len(b.left) == 0 {
		return 0, b.err
	}
	n := copy(to, b.left)
	b.left = b.left[n:]
	return n, nil
}

func (b *plainBody) Close() error { return nil }
