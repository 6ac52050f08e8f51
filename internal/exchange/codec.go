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
}

// ID is the request's id, for messages.
func (r *Request) ID() string { return r.record.RequestID }

// Authorized reports whether an Authorization header came along, right or wrong.
func (r *Request) Authorized() bool { return r.credential.Scheme != "" || r.refused != nil }

// Call has one decoded call answered. The response is of the operation's type;
// the error is one of errs. A panic of the Dispatcher is an internal error.
func (r *Request) Call(protocol string, op *hal.Operation, request hal.Message) (hal.Message, error) {
	call := &hal.Call{
		Operation:  op,
		Request:    request,
		Session:    hal.SessionOf(request),
		Credential: r.credential,
		Remote:     r.record.Remote,
		RequestID:  r.record.RequestID,
		Protocol:   protocol,
	}
	response, err := r.dispatch(call)
	r.record.Note(op.Name, call.User, errs.CodeOf(err))
	if errs.CodeOf(err) == errs.Internal {
		r.log.Error().Str("id", r.ID()).Str("operation", op.Name).Err(err).Msg("a command failed")
	}
	return response, err
}

func (r *Request) dispatch(call *hal.Call) (response hal.Message, err error) {
	if r.refused != nil {
		return nil, r.refused
	}
	defer func() {
		if p := recover(); p != nil {
			r.log.Error().Str("id", r.ID()).Bytes("stack", debug.Stack()).Msg("a command panicked")
			response, err = nil, fmt.Errorf("panic: %v", p)
		}
	}()
	response, err = r.dispatcher.Dispatch(r.ctx, call)
	if err == nil && response == nil {
		err = fmt.Errorf("%s has no answer", call.Operation.Name)
	}
	return response, err
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
