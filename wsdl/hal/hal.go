// Package hal is the wire side of the API: the types of the WSDL with their
// XML and JSON codecs, the table of operations and the seam to whoever answers
// them. Everything in *_gen.go is written by internal/wsdlgen from the WSDL.
// It is pure data: no behaviour of the service lives here, and nothing that is
// stored is of these types.
package hal

import (
	"context"
	"net/netip"

	"halxml/internal/jsonscan"
	"halxml/internal/xmlscan"
)

// Namespace is the target namespace of the WSDL and of every element in it.
const Namespace = "http://menandmice.com/webservices/"

// Prefix is what Micetro's documents put before an operation's name; both
// spellings are accepted everywhere.
const Prefix = "halXMLCommand"

// Opt is a value that may be absent. The zero Opt is absent: an element that
// was missing or nil on the wire.
type Opt[T any] struct {
	V   T
	Set bool
}

// Some is a present value.
func Some[T any](v T) Opt[T] { return Opt[T]{V: v, Set: true} }

// Or is the value, or def when absent.
func (o Opt[T]) Or(def T) T {
	if o.Set {
		return o.V
	}
	return def
}

// Profile is which interface a caller is answered in.
type Profile uint8

const (
	// Current includes the optional elements that came after 2017.
	Current Profile = iota
	// Profile2017 leaves them out, for strict clients with an old WSDL.
	Profile2017
)

// Message is a request or a response: the content of one Body element, or of
// one params or result object.
type Message interface {
	// AppendXML appends the message's child elements, in the WSDL's order, in
	// the default namespace, without the element that holds them.
	AppendXML(b []byte, p Profile) []byte
	// DecodeXML reads the children of the element the scanner stands in, up to
	// and with its end tag. Strings may share the scanner's input, and keep it in
	// memory. An error is the scanner's own, or an errs error that names the
	// field.
	DecodeXML(s *xmlscan.Scanner) error
	// AppendJSON appends the message as a JSON object. A response holds strings
	// and arrays even where they are absent, and is "" (an empty JSON string)
	// when it has nothing to say; a request leaves out what is absent.
	AppendJSON(b []byte, p Profile) []byte
	// DecodeJSON reads one JSON object, or null or "" for a message without
	// fields; otherwise it is as DecodeXML.
	DecodeJSON(s *jsonscan.Scanner) error
}

// Operation is one row of the WSDL's port type.
type Operation struct {
	Name        string // without Prefix
	Doc         string // its documentation in the WSDL
	NewRequest  func() Message
	NewResponse func() Message
	// Request and Response describe the messages' fields.
	Request, Response *Struct
}

// Call is one request on its way to the Dispatcher, whatever its format was.
type Call struct {
	Operation *Operation
	Request   Message
	// Session is the session element or parameter; "" when there was none.
	Session string
	// Credential is what the Authorization header held; it wins over Session.
	Credential Credential
	Remote     netip.Addr // the caller, as seen through configured proxies
	RequestID  string
	Protocol   string // "soap11", "soap12", "json", "xmlrpc"
	// User is set by the Dispatcher once the identity is known, for the access log.
	User string
}

// Credential is a parsed Authorization header.
type Credential struct {
	Scheme string // "", "Basic" or "Bearer"
	User   string // Basic
	Secret string // Basic: the password; Bearer: the session
}

// Dispatcher answers calls.
type Dispatcher interface {
	// Dispatch has answer encode the response, which is of the operation's
	// response type and is not used after answer returns. For a call that only
	// reads this may happen while its data are being read; for one that writes it
	// happens when all is on disk. Should answer be called again, the later
	// response replaces the earlier. Errors are errs errors, or answer's own.
	Dispatch(ctx context.Context, call *Call, answer func(response Message) error) error
}
