// Package errs is the one kind of error that crosses rooms: a code, a public
// message and, for the log only, a private cause. The codecs turn the code into
// a fault, a status or a JSON-RPC error; nothing else may decide what a caller
// sees. It is not for errors inside one package: use plain ones there.
package errs

import (
	"context"
	"errors"
	"fmt"
)

// Code tells what went wrong, in the numbers Micetro's clients already know.
// 20000 to 20999 is our own range, for what Micetro's documents give no number.
type Code int

// Numbers that Micetro's clients match on (sources: recorded wire traffic and
// the official clients), then our own.
const (
	AccessDenied     Code = 1028  // the identity may not do this
	TooManySessions  Code = 1030  // a user's cap of open sessions is reached
	RequestsDisabled Code = 1037  // the server takes no requests now
	NotFound         Code = 2049  // no object for a reference or a name
	BadSession       Code = 5003  // the session is unknown or has expired
	BadLogin         Code = 16394 // wrong user name or password
	Generic          Code = 65535 // any other refusal that Micetro words itself

	Internal       Code = 20000 // our own defect or a broken machine; the text says no more
	Invalid        Code = 20001 // a field's value is wrong
	Missing        Code = 20002 // a field that the command needs is absent
	Conflict       Code = 20003 // the value collides with another object
	InUse          Code = 20004 // other objects depend on it
	NotImplemented Code = 20005 // the operation is known but not answered
	NotSupported   Code = 20006 // this kind of server cannot do it
	Ambiguous      Code = 20007 // a name matches several objects
	Throttled      Code = 20008 // too many failed logins; try again later
	Stale          Code = 20009 // a ticket no longer matches what is stored
	TooLarge       Code = 20010 // a limit of size, depth or count is exceeded
	Unavailable    Code = 20011 // shutting down, or a resource is exhausted
	Malformed      Code = 20012 // the message is not well-formed or not of its format
	UnknownCommand Code = 20013 // no such operation
	Cancelled      Code = 20014 // the caller went away
)

// SessionText, LoginText and the like are matched by clients letter by letter.
const (
	LoginText    = "Invalid username or password."
	SessionText  = "Invalid or expired session"
	AccessText   = "You do not have access to perform that action"
	internalText = "Internal error"
)

// codes lists every Code with a short name, in order; tests range over it.
var codes = []struct {
	Code
	Name   string
	Caller bool
}{
	{AccessDenied, "access denied", true}, {TooManySessions, "too many sessions", true},
	{RequestsDisabled, "requests disabled", false}, {NotFound, "not found", true},
	{BadSession, "bad session", true}, {BadLogin, "bad login", true}, {Generic, "refused", true},
	{Internal, "internal", false}, {Invalid, "invalid", true}, {Missing, "missing", true},
	{Conflict, "conflict", true}, {InUse, "in use", true}, {NotImplemented, "not implemented", false},
	{NotSupported, "not supported", true}, {Ambiguous, "ambiguous", true}, {Throttled, "throttled", true},
	{Stale, "stale", true}, {TooLarge, "too large", true}, {Unavailable, "unavailable", false},
	{Malformed, "malformed", true}, {UnknownCommand, "unknown command", true}, {Cancelled, "cancelled", true},
}

// All returns every code; the codecs' tests use it to prove their tables whole.
func All() []Code {
	all := make([]Code, len(codes))
	for i, c := range codes {
		all[i] = c.Code
	}
	return all
}

// Caller reports whether the request is at fault rather than the service:
// SOAP's Client/Sender against Server/Receiver.
func (c Code) Caller() bool {
	for _, k := range codes {
		if k.Code == c {
			return k.Caller
		}
	}
	return false
}

// String is the code's short name, for logs.
func (c Code) String() string {
	for _, k := range codes {
		if k.Code == c {
			return k.Name
		}
	}
	return fmt.Sprintf("code %d", int(c))
}

// Error carries a code and a message for the caller, and a cause for the log.
type Error struct {
	code    Code
	message string
	cause   error
}

// Errorf makes an error whose text the caller may read: it names the field and
// the value's problem, and holds no path, secret or Go error.
func Errorf(code Code, format string, args ...any) error {
	return &Error{code: code, message: fmt.Sprintf(format, args...)}
}

// Wrap gives cause a code and a public message; cause goes to the log only.
func Wrap(cause error, code Code, format string, args ...any) error {
	return &Error{code: code, message: fmt.Sprintf(format, args...), cause: cause}
}

// Error is the private text, for logs: public message and cause.
func (e *Error) Error() string {
	if e.cause != nil {
		return e.message + ": " + e.cause.Error()
	}
	return e.message
}

// Unwrap gives the cause, or nil.
func (e *Error) Unwrap() error { return e.cause }

// CodeOf is the code of the first Error in err's chain, Cancelled for an ended
// context, and Internal for anything unknown. CodeOf(nil) is 0.
func CodeOf(err error) Code {
	var e *Error
	switch {
	case err == nil:
		return 0
	case errors.As(err, &e):
		return e.code
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return Cancelled
	default:
		return Internal
	}
}

// MessageOf is the text a caller may see; for anything unknown it says only
// that the error is internal.
func MessageOf(err error) string {
	var e *Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		if e.code == Internal {
			return internalText
		}
		return e.message
	case CodeOf(err) == Cancelled:
		return "The request was cancelled"
	default:
		return internalText
	}
}
