package exchange

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"halxml/internal/errs"
	"halxml/internal/httpd"
	"halxml/wsdl/hal"
)

// Options are what an Exchange needs; zero limits mean the default.
type Options struct {
	Dispatcher hal.Dispatcher
	Log        zerolog.Logger // for internal errors, whose callers learn nothing
	// MaxBody bounds a request's body as it is sent, 16 MiB when 0; MaxInflated
	// the same after gzip, 64 MiB when 0; MaxTogether the bodies of all requests
	// that are read at a time, as far as they exceed 64 KiB, 512 MiB when 0.
	MaxBody, MaxInflated, MaxTogether int64
	Now                               func() time.Time // time.Now when nil
}

// Exchange answers POSTs.
type Exchange struct {
	dispatcher           hal.Dispatcher
	log                  zerolog.Logger
	maxBody, maxInflated int64
	budget               budget
	now                  func() time.Time

	buffers   sync.Pool // of *buffers
	inflaters sync.Pool // of *gzip.Reader
	deflaters sync.Pool // of *gzip.Writer
}

// buffers are what one request needs to come and go.
type buffers struct {
	request  Request
	answer   Answer
	stream   stream
	in, out  []byte
	deflated []byte
}

// keep bounds the buffers that go back to the pool. An answer that is sent in
// pieces has grown to somewhat more than one of them.
const keep = 2 * streamFrom

// zipFrom is the size in bytes from which an answer is worth compressing.
const zipFrom = 1400

// New returns an Exchange in front of a dispatcher.
func New(o Options) *Exchange {
	for limit, def := range map[*int64]int64{&o.MaxBody: 16 << 20, &o.MaxInflated: 64 << 20, &o.MaxTogether: 512 << 20} {
		if *limit <= 0 {
			*limit = def
		}
	}
	x := &Exchange{dispatcher: o.Dispatcher, log: o.Log, maxBody: o.MaxBody, maxInflated: o.MaxInflated}
	if x.now = o.Now; x.now == nil {
		x.now = time.Now
	}
	x.budget.limit = o.MaxTogether
	return x
}

// Handler answers POSTs in the formats of codecs. A media type that is none of
// theirs is refused; where it says nothing the body's first byte decides, and
// the first codec when there is no body. statusErrors is for Request.
func (x *Exchange) Handler(statusErrors bool, codecs ...Codec) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x.serve(w, r, statusErrors, codecs)
	})
}

func (x *Exchange) serve(w http.ResponseWriter, r *http.Request, statusErrors bool, codecs []Codec) {
	b, _ := x.buffers.Get().(*buffers)
	if b == nil {
		b = new(buffers)
		b.stream.flush = b.stream.push
	}
	b.stream = stream{x: x, w: w, r: r, answer: &b.answer, flush: b.stream.flush}
	in := intake{budget: &x.budget}
	defer func() {
		in.release()
		b.request, b.answer = Request{}, Answer{}
		b.stream = stream{flush: b.stream.flush}
		if cap(b.in) <= keep && cap(b.out) <= keep && cap(b.deflated) <= keep {
			x.buffers.Put(b)
		}
	}()

	req := &b.request
	req.MediaType, req.Charset, req.Action = parseContentType(r.Header.Get("Content-Type"))
	if action := r.Header.Get("Soapaction"); action != "" {
		req.Action = strings.Trim(strings.TrimSpace(action), `"`)
	}
	req.StatusErrors = statusErrors
	req.ctx, req.dispatcher, req.log, req.record = r.Context(), x.dispatcher, &x.log, httpd.RecordOf(w)
	req.credential, req.refused = ParseCredential(r.Header.Get("Authorization"))

	codec := byMediaType(codecs, req.MediaType)
	if codec == nil && !neutral(req.MediaType) {
		refuseMediaType(w, codecs)
		return
	}
	body, err := x.readBody(&in, b.in[:0], r)
	if err == errEncoding {
		w.Header().Set("Accept-Encoding", "gzip")
		http.Error(w, "The only Content-Encoding that is accepted is gzip", http.StatusUnsupportedMediaType)
		return
	}
	b.in = body
	if codec == nil {
		codec = byFirstByte(codecs, body)
	}
	if codec == nil {
		refuseMediaType(w, codecs)
		return
	}
	a := &b.answer
	a.Body, a.stream = b.out[:0], &b.stream
	if err != nil {
		if errs.CodeOf(err) == errs.TooLarge {
			w.Header()["Connection"] = closing // rather than read all the rest
		}
		req.Refused("", err)
		codec.Refuse(req, err, a)
	} else {
		req.Body = body
		x.run(codec, req, a)
	}
	b.out = a.Body
	if b.stream.begun {
		b.stream.end(!req.failed)
		return
	}
	x.write(w, r, b)
}

// run has the codec answer. Should it panic, over a response that cannot be
// encoded perhaps, the caller still gets an error in its own format.
func (x *Exchange) run(codec Codec, req *Request, a *Answer) {
	defer func() {
		if p := recover(); p != nil {
			err := fmt.Errorf("panic: %v", p)
			x.log.Error().Str("id", req.ID()).Err(err).Bytes("stack", debug.Stack()).Msg("a codec panicked")
			req.Refused("", err)
			req.failed = true
			if a.Reset() {
				codec.Refuse(req, err, a)
			}
		}
	}()
	codec.Serve(req, a)
}

func byMediaType(codecs []Codec, mediaType string) Codec {
	for _, c := range codecs {
		if c.Takes(mediaType) {
			return c
		}
	}
	return nil
}

// byFirstByte is the codec of a body that no media type tells of.
func byFirstByte(codecs []Codec, body []byte) Codec {
	c := first(body)
	if c == 0 {
		return codecs[0]
	}
	for _, codec := range codecs {
		if codec.Begins(c) {
			return codec
		}
	}
	return nil
}

func refuseMediaType(w http.ResponseWriter, codecs []Codec) {
	var accepted []string
	for _, t := range []string{"text/xml", "application/soap+xml", "application/json"} {
		if byMediaType(codecs, t) != nil {
			accepted = append(accepted, t)
		}
	}
	list := strings.Join(accepted, ", ")
	w.Header().Set("Accept-Post", list)
	http.Error(w, "Media types that are accepted here: "+list, http.StatusUnsupportedMediaType)
}

// begin makes the header that all answers have and reports whether the caller
// wants one of this size compressed.
func (x *Exchange) begin(w http.ResponseWriter, r *http.Request, a *Answer, size int) (zip bool) {
	h := w.Header()
	h["Cache-Control"] = noStore
	h["Vary"] = varyEncoding
	if a.Challenge {
		h["Www-Authenticate"] = challenges
	}
	return size >= zipFrom && AcceptsGzip(r.Header["Accept-Encoding"])
}

// write sends the answer in one piece.
func (x *Exchange) write(w http.ResponseWriter, r *http.Request, b *buffers) {
	a, h, body := &b.answer, w.Header(), b.answer.Body
	if x.begin(w, r, a, len(body)) {
		b.deflated = x.deflate(b.deflated[:0], body)
		body = b.deflated
		h["Content-Encoding"] = gzipEncoding
	}
	values := [...]string{a.ContentType, strconv.Itoa(len(body))}
	h["Content-Type"], h["Content-Length"] = values[:1:1], values[1:]
	if a.Status != 0 && a.Status != http.StatusOK {
		w.WriteHeader(a.Status)
	}
	// An error here is a caller that left.
	_, _ = w.Write(body)
}

// appender is a Writer that appends.
type appender []byte

func (p *appender) Write(b []byte) (int, error) {
	*p = append(*p, b...)
	return len(b), nil
}

func (x *Exchange) deflate(to, body []byte) []byte {
	out := appender(to)
	z := x.deflater(&out)
	// Writing to memory does not fail.
	_, _ = z.Write(body)
	_ = z.Close()
	x.deflaters.Put(z)
	return out
}

// deflater is a compressor from the pool.
func (x *Exchange) deflater(to io.Writer) *gzip.Writer {
	z, _ := x.deflaters.Get().(*gzip.Writer)
	if z == nil {
		// The level is a valid one.
		z, _ = gzip.NewWriterLevel(to, gzip.BestSpeed)
	} else {
		z.Reset(to)
	}
	return z
}
