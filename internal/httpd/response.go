package httpd

import (
	"io"
	"net"
	"net/http"
	"time"
)

// response is the ResponseWriter that handlers see: it counts, and it keeps
// the connection's deadlines fair to slow callers that make progress.
type response struct {
	Record
	http.ResponseWriter
	request *http.Request
	body    pacedBody
	status  int
	bytes   int64
	started time.Time
	limits  *Timeouts
	conn    *limitedConn // nil where the plain server answers, which tells it itself
	working bool         // the request has come as a whole, and conn knows
	asked   askedTexts   // of the requests before
}

// Unwrap lets http.ResponseController reach the connection.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// wrote marks the begin of the answer. The server looks at the type of the
// request's body then, to tell whether the caller still waits for a "100
// Continue", so it must find its own again.
func (w *response) wrote(status int) {
	w.status = status
	w.restoreBody()
}

func (w *response) restoreBody() {
	if w.body.ReadCloser != nil && w.request.Body == &w.body {
		w.request.Body = w.body.ReadCloser
	}
}

func (w *response) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.wrote(status)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *response) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.wrote(http.StatusOK)
	}
	// The deadline that the server set counts from the request's header. An
	// answer that is long, or late after a slow upload, gets its own.
	if len(b) > paceStep || w.limits.since(w.started) > w.limits.Write/2 {
		w.setDeadline(false, w.limits.until(w.limits.Write, len(b)))
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

func (w *response) setDeadline(read bool, t time.Time) {
	// Recorders in tests have no deadlines.
	if read {
		if d, ok := w.ResponseWriter.(interface{ SetReadDeadline(time.Time) error }); ok {
			_ = d.SetReadDeadline(t)
		}
	} else if d, ok := w.ResponseWriter.(interface{ SetWriteDeadline(time.Time) error }); ok {
		_ = d.SetWriteDeadline(t)
	}
}

// progress tells the connection that the caller did something.
func (w *response) progress() {
	if w.conn != nil {
		w.conn.progress(time.Now())
	}
}

// works tells the connection that the request has come as a whole, and reports
// whether it can still be answered.
func (w *response) works() bool {
	if w.conn == nil || w.working {
		return true
	}
	w.working = true
	return w.conn.works()
}

// rests tells the connection that the request is answered.
func (w *response) rests() {
	if w.conn != nil {
		w.conn.ends(time.Now(), w.working)
	}
}

// paceStep is how many bytes count as progress.
const paceStep = 64 << 10

// pacedBody is a request body whose read deadline moves on with each step of
// progress, so that a big upload over a slow line arrives and one that trickles
// does not hold its connection.
type pacedBody struct {
	io.ReadCloser
	w    *response
	left int // bytes until the next step
	done bool
}

func (b *pacedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.done {
		return n, err
	}
	switch b.left -= n; {
	case err != nil:
		// From here on the connection is only watched for the caller's leaving,
		// which a deadline would look like.
		b.done = true
		if err == io.EOF {
			b.w.setDeadline(true, time.Time{})
		}
		if !b.w.works() {
			err = net.ErrClosed
		}
	case b.left <= 0:
		b.left = paceStep
		b.w.progress()
		b.w.setDeadline(true, b.w.limits.until(b.w.limits.Read, 0))
	}
	return n, err
}
