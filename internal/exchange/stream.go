package exchange

import (
	"compress/gzip"
	"net/http"
	"time"

	"halxml/internal/errs"
)

const (
	// streamFrom is the size in bytes from which an answer is sent in pieces.
	streamFrom = 1 << 20
	// streamTime bounds how long an answer may take: while it is made the data
	// that it shows cannot leave the store's file.
	streamTime = 5 * time.Minute
)

var errTooSlow = errs.Errorf(errs.Unavailable, "The caller took too long to take the answer")

// stream sends an answer while it is made.
type stream struct {
	x       *Exchange
	w       http.ResponseWriter
	r       *http.Request
	answer  *Answer
	begun   bool
	started time.Time
	zip     *gzip.Writer // nil when the answer is not compressed
	flush   func([]byte) ([]byte, error)
}

// push sends a piece and gives the buffer back.
func (s *stream) push(b []byte) ([]byte, error) {
	if !s.begun {
		s.begun, s.started = true, s.x.now()
		h := s.w.Header()
		if s.x.begin(s.w, s.r, s.answer, len(b)) {
			h["Content-Encoding"] = gzipEncoding
			s.zip = s.x.deflater(s.w)
		}
		h["Content-Type"] = []string{s.answer.ContentType}
	} else if s.x.now().Sub(s.started) > streamTime {
		return b[:0], errTooSlow
	}
	return b[:0], s.write(b)
}

func (s *stream) write(b []byte) (err error) {
	if s.zip != nil {
		_, err = s.zip.Write(b)
	} else {
		_, err = s.w.Write(b)
	}
	if err != nil {
		err = errs.Wrap(err, errs.Unavailable, "The caller left before it had all of the answer")
	}
	return err
}

// end sends what is left of an answer, or cuts the connection: that tells the
// caller that it has not got all.
func (s *stream) end(whole bool) {
	var err error
	if whole {
		err = s.write(s.answer.Body)
	}
	if s.zip != nil {
		if whole && err == nil {
			err = s.zip.Close()
		}
		s.x.deflaters.Put(s.zip)
		s.zip = nil
	}
	if !whole || err != nil {
		panic(http.ErrAbortHandler)
	}
}
