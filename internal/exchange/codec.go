package exchange

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/rs/zerolog"

	"halxml/internal/errs"
	"halxml/internal/httpd"
	"halxml/wsdl/hal"
)

// Codec is one wire format of the API. Several of them share a URL.
type Codec interface {
	// Takes reports whether a media type, in lower case, says this format.
	Takes(mediaType string) bool
	// Begins reports whether a text of the format may begin with c; it decides
	// where the media type says nothing.
	Begins(c byte) bool
	// Serve answers a request whose body was read.
	Serve(r *Request, a *Answer)
	// Refuse answers with err a request whose body could not be read.
	Refuse(r *Request, err error, a *Answer)
}

// Answer is what a codec wants sent. Body comes empty, with capacity to append
// to; Status 0 means 200.
type Answer struct {
	Status      int
	ContentType string
	Body        []byte
	// Challenge asks for an Authorization header, with status 401.
	Challenge bool
	// Output encodes a response; one that is long is sent while it is encoded, if
	// Stream was called.
	Output hal.Output

	stream *stream
}

// Stream allows a long answer to be sent piece by piece. It is for an answer
// that is one response and whose Status and ContentType are known.
func (a *Answer) Stream() {
	a.Output.Flush, a.Output.Room = a.stream.flush, streamFrom
}

// Reset takes back what was made of an answer and reports whether that is still
// possible: not after a part was sent. Then the connection is cut, since the
// caller must not take a part for the whole.
func (a *Answer) Reset() bool {
	if a.stream.begun {
		return false
	}
	*a = Answer{Body: a.Body[:0], stream: a.stream}
	return true
}

// Request is one POST. It and its body are valid until the codec returns.
type Request struct {
	MediaType string // lower case, without parameters; "" when there was none
	Charset   string // the parameter of the media type
	Action    string // the parameter of the media type, or the SOAPAction header, without quotes
	// StatusErrors is set where errors show in the HTTP status, in formats that
	// otherwise always answer 200.
	StatusErrors bool
	Body         []byte

	ctx        context.Context
	dispatcher hal.Dispatcher
	log        *zerolog.Logger
	record     *httpd.Record
	credential hal.Credential
	refused    error // what is wrong with the Authorization header
	failed     bool  // the last call
}

// ID is the request's id, for messages.
func (r *Request) ID() string { return r.record.RequestID }

// Authorized reports whether an Authorization header came along, right or wrong.
func (r *Request) Authorized() bool { return r.credential.Scheme != "" || r.refused != nil }

// Call has one decoded call answered: answer encodes the response, which is of
// the operation's type. It is called once, as a rule; what it makes of a later
// call replaces the earlier. Call's error is one of errs, or answer's; then what
// answer made is void. A panic of the Dispatcher is an internal error.
func (r *Request) Call(protocol string, op *hal.Operation, request hal.Message, answer func(hal.Message) error) error {
	call := &hal.Call{
		Operation:  op,
		Request:    request,
		Session:    hal.SessionOf(request),
		Credential: r.credential,
		Remote:     r.record.Remote,
		RequestID:  r.record.RequestID,
		Protocol:   protocol,
	}
	err := r.dispatch(call, answer)
	r.failed = err != nil
	code := errs.CodeOf(err)
	r.record.Note(op.Name, call.User, code)
	if code == errs.Internal {
		r.log.Error().Str("id", r.ID()).Str("operation", op.Name).Err(err).Msg("a command failed")
	}
	return err
}

func (r *Request) dispatch(call *hal.Call, answer func(hal.Message) error) (err error) {
	if r.refused != nil {
		return r.refused
	}
	answered := false
	defer func() {
		if p := recover(); p != nil {
			r.log.Error().Str("id", r.ID()).Bytes("stack", debug.Stack()).Msg("a command panicked")
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	err = r.dispatcher.Dispatch(r.ctx, call, func(response hal.Message) error {
		if response == nil {
			return nil
		}
		answered = true
		return answer(response)
	})
	if err == nil && !answered {
		err = fmt.Errorf("%s has no answer", call.Operation.Name)
	}
	return err
}

// Refused notes a call that failed before the Dispatcher saw it, for the access
// log; operation is "" when it is not known.
func (r *Request) Refused(operation string, err error) {
	r.record.Note(operation, "", errs.CodeOf(err))
}

// challenges are what a 401 asks for.
var challenges = []string{`Bearer realm="halxml"`, `Basic realm="halxml", charset="UTF-8"`}

var (
	noStore      = []string{"no-store"}
	varyEncoding = []string{"Accept-Encoding"}
	gzipEncoding = []string{"gzip"}
	closing      = []string{"close"}
)
