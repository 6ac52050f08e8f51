package httpd

import (
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// shortAnswer is up to where an answer is gathered, bytes: one that says no
// length gets it up to there, and goes in chunks beyond; one that says it is
// sent with its header up to there, after the handler has returned.
const shortAnswer = 8 << 10

// plainResponse is the ResponseWriter of plain requests.
type plainResponse struct {
	conn    *plainConn
	header  http.Header
	status  int
	length  int64  // what the header says, -1 when nothing
	written int64  // of the body
	out     []byte // header and body, not sent yet
	sent    bool   // the header is on its way
	held    bool   // out is all of the answer
	chunked bool
	closing bool
	failed  bool
	pieces  net.Buffers
	two     [2][]byte
}

var errLength = errors.New("httpd: more was written than Content-Length says")

func (w *plainResponse) begin() {
	if w.header == nil {
		w.header = make(http.Header, 8)
	}
	clear(w.header)
	w.status, w.length, w.written = 0, -1, 0
	w.out, w.sent, w.held, w.chunked, w.closing, w.failed = w.out[:0], false, false, false, false, false
}

// Header implements http.ResponseWriter.
func (w *plainResponse) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter.
func (w *plainResponse) WriteHeader(status int) {
	if w.status != 0 || status < 200 {
		return
	}
	w.status = status
	if v := w.header["Content-Length"]; len(v) == 1 {
		if n, err := strconv.ParseInt(v[0], 10, 64); err == nil && n >= 0 {
			w.length = n
		}
	}
	if v := w.header["Connection"]; len(v) == 1 && v[0] == "close" {
		w.closing = true
	}
	if w.conn.head.close || w.conn.body.err != io.EOF {
		w.closing = true
	}
}

// Write implements http.ResponseWriter.
func (w *plainResponse) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	w.written += int64(len(b))
	switch {
	case w.failed:
		return 0, net.ErrClosed
	case w.length >= 0 && w.written > w.length:
		w.failed = true
		return 0, errLength
	case w.length < 0 && !w.chunked && len(w.out)+len(b) <= shortAnswer:
		w.out = append(w.out, b...) // the header follows, with a length
		return len(b), nil
	case w.length < 0:
		return len(b), w.chunk(b)
	case !w.sent:
		w.sent = true
		w.out = w.appendHeader(w.out, b)
		if len(b) <= shortAnswer && w.written == w.length {
			w.out, w.held = append(w.out, b...), true
			return len(b), nil
		}
		return len(b), w.send(w.out, b)
	}
	return len(b), w.send(b)
}

// chunk sends a piece of an answer without a length.
func (w *plainResponse) chunk(b []byte) error {
	if !w.chunked {
		w.chunked, w.sent = true, true
		gathered := slices.Clip(slices.Clone(w.out))
		w.out = append(w.appendHeader(w.out[:0], append(gathered, b[:min(len(b), 512)]...)), "Transfer-Encoding: chunked\r\n\r\n"...)
		w.out = appendChunk(w.out, gathered)
	} else {
		w.out = w.out[:0]
	}
	if len(b) == 0 {
		return nil // it would mean the end
	}
	w.out = appendChunk(w.out, b)
	return w.send(w.out)
}

func appendChunk(to, b []byte) []byte {
	if len(b) == 0 {
		return to
	}
	to = append(strconv.AppendInt(to, int64(len(b)), 16), "\r\n"...)
	return append(append(to, b...), "\r\n"...)
}

// end sends what is left and reports whether the connection can take another
// request.
func (w *plainResponse) end() bool {
	w.WriteHeader(http.StatusOK)
	switch {
	case w.failed:
	case w.held:
		_ = w.send(w.out)
	case w.chunked:
		_ = w.send([]byte("0\r\n\r\n"))
	case !w.sent && w.length > 0, w.sent && w.written < w.length:
		return false // less than was promised
	case !w.sent:
		body := slices.Clone(w.out)
		if w.length < 0 {
			w.header["Content-Length"] = []string{strconv.Itoa(len(body))}
		}
		w.out = append(w.appendHeader(w.out[:0], body), body...)
		_ = w.send(w.out)
	}
	if cap(w.out) > 2*shortAnswer {
		w.out = nil
	}
	return !w.failed
}

// send writes pieces to the connection.
func (w *plainResponse) send(pieces ...[]byte) error {
	p := w.conn
	t := p.server.timeouts
	now := time.Now()
	if p.writeBy.Sub(now) < t.Write {
		_ = w.SetWriteDeadline(now.Add(t.Header + t.Write))
	}
	p.conn.sends(now)
	defer p.conn.sent()
	direct := p.conn.Conn // takes several pieces in one call
	var err error
	if len(pieces) == 1 {
		_, err = direct.Write(pieces[0])
	} else {
		w.pieces = append(w.two[:0], pieces...)
		_, err = w.pieces.WriteTo(direct)
		w.two = [2][]byte{}
	}
	if err != nil {
		w.failed = true
	}
	return err
}

// SetWriteDeadline moves the deadline of the answer; http.ResponseController
// and the middleware find it.
func (w *plainResponse) SetWriteDeadline(t time.Time) error {
	w.conn.writeBy = t
	return w.conn.conn.SetWriteDeadline(t)
}

// usualFields come first in an answer's header, in this order.
var usualFields = [...]string{
	"Cache-Control", "Content-Encoding", "Content-Length", "Content-Type", "Vary", "Www-Authenticate",
	"X-Content-Type-Options", "X-Request-Id",
}

// appendHeader appends the status line and the header of an answer that begins
// with body. Its empty line is missing where the body goes in chunks.
func (w *plainResponse) appendHeader(b, body []byte) []byte {
	if len(w.header["Content-Type"]) == 0 && len(body) > 0 {
		w.header["Content-Type"] = []string{http.DetectContentType(body)}
	}
	if w.status == http.StatusOK {
		b = append(b, "HTTP/1.1 200 OK\r\n"...)
	} else {
		b = strconv.AppendInt(append(b, "HTTP/1.1 "...), int64(w.status), 10)
		b = append(append(append(b, ' '), http.StatusText(w.status)...), "\r\n"...)
	}
	count := 0
	for _, name := range usualFields {
		if values, ok := w.header[name]; ok {
			count++
			b = appendField(b, name, values)
		}
	}
	if count < len(w.header) {
		for _, name := range slices.Sorted(maps.Keys(w.header)) {
			if !slices.Contains(usualFields[:], name) && name != "Connection" {
				b = appendField(b, name, w.header[name])
			}
		}
	}
	if w.closing {
		b = append(b, "Connection: close\r\n"...)
	}
	b = w.conn.server.date.append(b, time.Now())
	if !w.chunked {
		b = append(b, "\r\n"...)
	}
	return b
}

func appendField(b []byte, name string, values []string) []byte {
	for _, v := range values {
		b = append(append(b, name...), ": "...)
		for i := range len(v) {
			c := v[i]
			if c == '\r' || c == '\n' {
				c = ' '
			}
			b = append(b, c)
		}
		b = append(b, "\r\n"...)
	}
	return b
}
