// Package soap is the SOAP face of the API: envelopes of SOAP 1.1 and 1.2 and
// their faults as a codec for internal/exchange, and what GET shows of the same
// URLs, the WSDL and the service pages. It knows the wire types through
// wsdl/hal only and decides nothing that a command decides.
package soap
