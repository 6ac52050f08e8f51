package soap

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"halxml/internal/exchange"
)

// document is something that GET shows, whole and compressed.
type document struct {
	contentType string
	etag        string
	plain       [][]byte // in pieces
	zipped      [][]byte
}

func newDocument(contentType string, text []byte) *document {
	var zipped bytes.Buffer
	// The level is a valid one, and writing to memory does not fail.
	z, _ := gzip.NewWriterLevel(&zipped, gzip.BestSpeed)
	_, _ = z.Write(text)
	_ = z.Close()
	sum := sha256.Sum256(text)
	return &document{
		contentType: contentType,
		etag:        base64.RawURLEncoding.EncodeToString(sum[:12]),
		plain:       [][]byte{text},
		zipped:      [][]byte{zipped.Bytes()},
	}
}

// serve answers a GET or HEAD with the document, or with 304 when the status is
// 200 and the caller has it.
func (d *document) serve(w http.ResponseWriter, r *http.Request, status int) {
	h := w.Header()
	body, etag := d.plain, `"`+d.etag+`"`
	zipped := exchange.AcceptsGzip(r.Header["Accept-Encoding"])
	if zipped {
		body, etag = d.zipped, `"`+d.etag+`-gzip"`
	}
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache") // keep it, but ask whether it changed
	h.Set("ETag", etag)
	if status == http.StatusOK && matches(r.Header.Get("If-None-Match"), d.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if zipped {
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Type", d.contentType)
	length := 0
	for _, piece := range body {
		length += len(piece)
	}
	h.Set("Content-Length", strconv.Itoa(length))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	for _, piece := range body {
		if _, err := w.Write(piece); err != nil {
			return // the caller left
		}
	}
}

// matches reports whether an If-None-Match header names the text, in whichever
// encoding the caller got it.
func matches(header, etag string) bool {
	for tag := range strings.SplitSeq(header, ",") {
		tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
		if tag == "*" || tag == `"`+etag+`"` || tag == `"`+etag+`-gzip"` {
			return true
		}
	}
	return false
}
