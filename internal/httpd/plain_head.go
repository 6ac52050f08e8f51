package httpd

import (
	"bytes"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// maxPlainHead and maxPlainBody bound plain requests, bytes. A body of that
// size is one step of progress for the deadlines.
const (
	maxPlainHead = 8 << 10
	maxPlainBody = paceStep
)

// plainHead is the header of a plain request.
type plainHead struct {
	target string
	url    *url.URL
	host   string
	header http.Header
	length int
	close  bool // the caller wants the connection closed
}

var (
	postMethod = []byte("POST ")
	endOfLine  = []byte("\r\n")
	endOfHead  = []byte("\r\n\r\n")
)

// parse reads a header up to and with its empty line, and reports whether it is
// plain. It accepts less than RFC 9112 allows and nothing that it does not.
// Where the target is that of before, its URL is used again.
func (h *plainHead) parse(head []byte) bool {
	first, rest, _ := bytes.Cut(head, endOfLine)
	target, isPost := bytes.CutPrefix(first, postMethod)
	target, is11 := bytes.CutSuffix(target, []byte(" HTTP/1.1"))
	if !isPost || !is11 || !plainTarget(target) {
		return false
	}
	if h.url == nil || h.target != string(target) {
		u, err := url.ParseRequestURI(string(target))
		if err != nil {
			return false
		}
		h.target, h.url = string(target), u
	}
	// Handlers may have kept the header of the request before.
	h.header, h.host, h.length, h.close = make(http.Header, 8), "", -1, false
	for {
		var line []byte
		line, rest, _ = bytes.Cut(rest, endOfLine)
		if len(line) == 0 {
			return len(rest) == 0 && h.host != "" && h.length >= 0
		}
		name, value, ok := bytes.Cut(line, []byte{':'})
		if !ok || !h.field(name, bytes.Trim(value, " \t")) {
			return false
		}
	}
}

// field takes one field and reports whether it is plain.
func (h *plainHead) field(name, value []byte) bool {
	if len(name) == 0 || len(name) > 64 {
		return false
	}
	for _, c := range name {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-') {
			return false
		}
	}
	for _, c := range value {
		if c < ' ' || c > '~' {
			return false
		}
	}
	key := textproto.CanonicalMIMEHeaderKey(string(name))
	switch key {
	case "Host":
		if h.host != "" || !usableHost(string(value)) {
			return false
		}
		h.host = string(value)
		return true // as net/http has it, it is not among the others
	case "Content-Length":
		if h.length >= 0 || len(value) == 0 || len(value) > 6 {
			return false
		}
		h.length = 0
		for _, c := range value {
			if c < '0' || c > '9' {
				return false
			}
			h.length = h.length*10 + int(c-'0')
		}
		if h.length > maxPlainBody {
			return false
		}
	case "Connection":
		switch strings.ToLower(string(value)) {
		case "keep-alive":
		case "close":
			h.close = true
		default:
			return false
		}
	case "Transfer-Encoding", "Expect", "Upgrade", "Trailer", "Te", "Http2-Settings", "Proxy-Connection",
		"Pragma": // of which net/http makes a Cache-Control

		return false
	}
	h.header[key] = append(h.header[key], string(value))
	return true
}

// plainTarget reports whether a request's target is a path and a query that
// mean what they look like.
func plainTarget(target []byte) bool {
	if len(target) == 0 || target[0] != '/' || len(target) > 1 && target[1] == '/' {
		return false
	}
	for _, c := range target {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case c == '/', c == '.', c == '_', c == '-', c == '?', c == '=', c == '&':
		default:
			return false
		}
	}
	return true
}
