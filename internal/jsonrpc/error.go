package jsonrpc

import (
	"errors"
	"strconv"

	"halxml/internal/errs"
	"halxml/internal/jsonscan"
	"halxml/wsdl/hal"
)

// The numbers of JSON-RPC 2.0, section 5.1, for errors of the protocol itself.
const (
	parseFailed    = -32700
	invalidRequest = -32600
	methodNotFound = -32601
	invalidParams  = -32602
)

// protocolError is an error that has a number of JSON-RPC's own. As an errs
// error, for the log, it has a code of ours.
type protocolError struct {
	number  int
	code    errs.Code
	message string
}

func (e *protocolError) Error() string { return e.message }

// Unwrap makes it an errs error.
func (e *protocolError) Unwrap() error { return errs.Errorf(e.code, "%s", e.message) }

func invalidRequestError(text string) error {
	return &protocolError{invalidRequest, errs.Malformed, text}
}

// parseError is the error of a text that is no JSON, or beyond the limits; nil
// for nil.
func parseError(err error) error {
	var limit *jsonscan.LimitError
	if errors.As(err, &limit) {
		return errs.Errorf(errs.TooLarge, "%s", limit.Error())
	}
	var syntax *jsonscan.SyntaxError
	if errors.As(err, &syntax) {
		return &protocolError{parseFailed, errs.Malformed, syntax.Error()}
	}
	return err
}

// paramsError is the error of parameters that do not fit the operation: a
// field's error keeps its code, the rest has JSON-RPC's.
func paramsError(err error) error {
	var syntax *jsonscan.SyntaxError
	var limit *jsonscan.LimitError
	switch {
	case errors.As(err, &syntax):
		return &protocolError{invalidParams, errs.Invalid, syntax.Text}
	case errors.As(err, &limit):
		return parseError(err)
	}
	return err
}

// appendError appends the answer that tells of an error: the one place where
// codes become JSON. Codes stay what they are, but for JSON-RPC's own.
func appendError(b []byte, id string, err error) []byte {
	number := int(errs.CodeOf(err))
	var p *protocolError
	if id != noEnvelope && errors.As(err, &p) {
		number = p.number
	}
	b = strconv.AppendInt(append(open(b, id), `"error": {"code": `...), int64(number), 10)
	b = hal.AppendJSONString(append(b, `, "message": `...), errs.MessageOf(err))
	return closeWithID(append(b, '}'), id)
}

// open begins the answer to the request with an id, closeWithID ends it.
func open(b []byte, id string) []byte {
	if id == noEnvelope {
		return append(b, '{')
	}
	return append(b, `{"jsonrpc": "2.0", `...)
}

func closeWithID(b []byte, id string) []byte {
	if id == noEnvelope {
		return append(b, '}')
	}
	return append(append(append(b, `, "id": `...), id...), '}')
}
