package exchange

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"

	"halxml/internal/errs"
)

// errEncoding says that a body is in a content encoding other than gzip.
var errEncoding = errors.New("unknown content encoding")

// bigBody is where a body begins to count against the budget. It is the step of
// progress that a slow caller has to make: what so many callers as there may be
// send at once without it is no more than the budget.
const bigBody = 64 << 10

// budget bounds the memory that the big bodies of all requests hold together.
type budget struct {
	limit int64
	used  atomic.Int64
}

// intake reads one body. Its memory grows with what has arrived, not with what
// the caller announces.
type intake struct {
	*budget
	held int64
}

func (in *intake) take(n int64) bool {
	if in.used.Add(n) > in.limit {
		in.used.Add(-n)
		return false
	}
	in.held += n
	return true
}

func (in *intake) release() {
	in.used.Add(-in.held)
	in.held = 0
}

// read appends what from holds, if that is no more than limit bytes.
func (in *intake) read(b []byte, from io.Reader, limit int64) ([]byte, error) {
	start := len(b)
	for {
		if len(b) == cap(b) {
			size := max(len(b), 512)
			if size >= bigBody && !in.take(int64(size)) {
				return b, errs.Errorf(errs.Unavailable, "Too many large requests at once; try again later")
			}
			b = slices.Grow(b, size)
		}
		n, err := from.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		switch {
		case int64(len(b)-start) > limit:
			return b, tooLarge(limit)
		case err == io.EOF:
			return b, nil
		case err != nil:
			return b, errs.Wrap(err, errs.Malformed, "The request's body could not be read to its end")
		}
	}
}

// readBody reads r's body behind b, inflated. The error is errEncoding or one
// of errs.
func (x *Exchange) readBody(in *intake, b []byte, r *http.Request) ([]byte, error) {
	zipped := false
	switch strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Encoding"))) {
	case "", "identity":
	case "gzip", "x-gzip":
		zipped = true
	default:
		return b, errEncoding
	}
	if r.ContentLength > x.maxBody {
		return b, tooLarge(x.maxBody)
	}
	if c := cap(b); c > bigBody && !in.take(int64(c)) { // a buffer of a bigger body before
		b = nil
	}
	b, err := in.read(b, r.Body, x.maxBody)
	if err != nil || !zipped {
		return b, err
	}
	z, _ := x.inflaters.Get().(*gzip.Reader)
	if z == nil {
		z = new(gzip.Reader)
	}
	defer x.inflaters.Put(z)
	if z.Reset(bytes.NewReader(b)) != nil {
		return b, errs.Errorf(errs.Malformed, "The request's body is not in the gzip format that its Content-Encoding says")
	}
	return in.read(nil, z, x.maxInflated)
}

func tooLarge(limit int64) error {
	return errs.Errorf(errs.TooLarge, "The request is larger than %d bytes", limit)
}
