package httpd

import (
	"net/http"
	"net/netip"

	"halxml/internal/errs"
)

// Record is what is known of one request: who asked, and, noted by the
// handler, what it asked for and how that ended. It becomes a line of the
// access log and is valid until the handler returns.
type Record struct {
	RequestID string
	Remote    netip.Addr // as seen through configured proxies
	Operation string     // of the first call
	User      string     // of the last call that had one
	Code      errs.Code  // of the last call that failed
	Quiet     bool       // not worth a line of the log: programs send many of it by themselves
	Calls     int        // how many calls the request held
}

// Note adds one call's outcome.
func (rec *Record) Note(operation, user string, code errs.Code) {
	rec.Calls++
	if rec.Operation == "" {
		rec.Operation = operation
	}
	if user != "" {
		rec.User = user
	}
	if code != 0 {
		rec.Code = code
	}
}

// RecordOf is the record of the request that w answers; without a Server
// around the handler it is a new one that nobody reads.
func RecordOf(w http.ResponseWriter) *Record {
	for {
		switch v := w.(type) {
		case *response:
			return &v.Record
		case interface{ Unwrap() http.ResponseWriter }:
			w = v.Unwrap()
		default:
			return new(Record)
		}
	}
}
