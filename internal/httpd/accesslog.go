package httpd

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// AccessLog takes log lines without making the request wait for the disk: they
// gather in memory up to a bound and for a moment, and a goroutine writes them
// together. Lines that come while the memory is full are dropped and counted,
// and the count is logged.
type AccessLog struct {
	out   io.Writer
	limit int

	mu      sync.Mutex
	pending []byte
	dropped uint64 // since the last report
	total   uint64
	closed  bool
	wake    chan struct{} // a first line came
	full    chan struct{} // there is enough to write, or the log was closed
	done    chan struct{}
}

// gatherLines is how long lines gather, and gatherBytes how many bytes of them,
// few enough for the processor's cache. Waking the writer for each would cost
// more than all else about them.
const (
	gatherLines = 20 * time.Millisecond
	gatherBytes = 64 << 10
)

// NewAccessLog starts an AccessLog that writes to out and holds up to limit
// bytes (1 MiB when 0). Close it to write what is left.
func NewAccessLog(out io.Writer, limit int) *AccessLog {
	if limit <= 0 {
		limit = 1 << 20
	}
	l := &AccessLog{out: out, limit: limit, wake: make(chan struct{}, 1), full: make(chan struct{}, 1), done: make(chan struct{})}
	go l.run()
	return l
}

// Write takes one line. It never blocks and never fails.
func (l *AccessLog) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock() // over the send too: Close closes the channel
	if l.closed || len(l.pending)+len(line) > l.limit {
		l.dropped++
		l.total++
		return len(line), nil
	}
	before := len(l.pending)
	l.pending = append(l.pending, line...)
	if before == 0 {
		signal(l.wake)
	}
	if enough := min(gatherBytes, l.limit/2); before < enough && len(l.pending) >= enough {
		signal(l.full)
	}
	return len(line), nil
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Dropped is how many lines were lost so far.
func (l *AccessLog) Dropped() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.total
}

// Close writes what is pending and stops.
func (l *AccessLog) Close() error {
	l.mu.Lock()
	if !l.closed {
		l.closed = true
		close(l.wake)
		signal(l.full)
	}
	l.mu.Unlock()
	<-l.done
	return nil
}

func (l *AccessLog) run() {
	defer close(l.done)
	log := zerolog.New(l.out)
	var spare []byte
	for open := true; open; {
		if _, open = <-l.wake; open {
			select {
			case <-l.full:
			case <-time.After(gatherLines):
			}
		}
		l.mu.Lock()
		batch, dropped := l.pending, l.dropped
		l.pending, l.dropped = spare[:0], 0
		l.mu.Unlock()
		if len(batch) > 0 {
			// A log that cannot be written must not stop the service.
			_, _ = l.out.Write(batch)
		}
		if dropped > 0 {
			log.Warn().Uint64("dropped", dropped).Msg("access log: lines dropped")
		}
		spare = batch
	}
}

// newStamp gives the times of the access log, which stamp completes.
func newStamp() *secondText { return &secondText{layout: "2006-01-02T15:04:05."} }

func (t *secondText) stamp(b []byte, now time.Time) []byte {
	milli := now.Nanosecond() / int(time.Millisecond)
	return append(t.append(b, now), byte('0'+milli/100), byte('0'+milli/10%10), byte('0'+milli%10), 'Z')
}

// logRequest writes the line of one finished request.
func logRequest(log *zerolog.Logger, stamp *secondText, w *response, r *http.Request, now time.Time) {
	if w.Quiet {
		return
	}
	e := log.Log()
	if e == nil {
		return
	}
	e.Bytes("time", stamp.stamp(w.scratch[:0], now)).
		Str("id", w.RequestID).
		Bytes("remote", w.Remote.AppendTo(w.scratch[:0])).
		Str("method", clip(r.Method, 16)).
		Str("path", clip(r.URL.Path, 200))
	if r.URL.RawQuery != "" {
		e.Str("query", redact(r.URL.RawQuery))
	}
	if w.Operation != "" {
		e.Str("operation", w.Operation)
	}
	if w.Calls > 1 {
		e.Int("calls", w.Calls)
	}
	if w.User != "" {
		e.Str("user", clip(w.User, 200))
	}
	if w.Code != 0 {
		e.Int("code", int(w.Code))
	}
	e.Int("status", w.status).Int64("bytes", w.bytes).
		Int64("micros", now.Sub(w.started).Microseconds()).
		Msg("request")
}

func clip(s string, n int) string {
	if len(s) > n {
		return s[:n]
	}
	return s
}

// redact keeps the parts of a query that are known to be harmless; sessions and
// passwords, which REST-minded callers put there, are not.
func redact(query string) string {
	if len(query) <= 8 && strings.IndexByte(query, '=') < 0 {
		return query // ?Soap, ?wsdl
	}
	var b strings.Builder
	for i, part := range strings.FieldsFunc(clip(query, 400), func(c rune) bool { return c == '?' || c == '&' }) {
		if i > 0 {
			b.WriteByte('&')
		}
		key, _, has := strings.Cut(part, "=")
		switch strings.ToLower(key) {
		case "soap", "wsdl", "wsdldoc", "singlewsdl", "server", "ns", "op", "q":
			b.WriteString(part)
		default:
			if has {
				b.WriteString(clip(key, 20) + "=")
			}
			b.WriteString("***")
		}
	}
	return b.String()
}
