// Package httpd is the HTTP edge of the service: listener limits and timeouts,
// TLS, request ids, the access log, recovery from panics, health checks, and
// what a configured proxy says about its callers. It knows nothing of SOAP,
// JSON or commands: those are the handler it is given, and what they tell
// about a request goes into its Record.
package httpd
