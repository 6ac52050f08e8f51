package exchange

import "strings"

// parseContentType splits a Content-Type header leniently: clients quote where
// they need not and leave out what they should not.
func parseContentType(header string) (mediaType, charset, action string) {
	mediaType, rest, _ := strings.Cut(header, ";")
	mediaType = strings.ToLower(strings.TrimSpace(mediaType))
	for rest != "" {
		var name, value string
		name, rest, _ = strings.Cut(rest, "=")
		name = strings.TrimLeft(name, "; \t")
		rest = strings.TrimLeft(rest, " \t")
		if strings.HasPrefix(rest, `"`) {
			value, rest, _ = strings.Cut(rest[1:], `"`)
		} else {
			value, rest, _ = strings.Cut(rest, ";")
			value = strings.TrimSpace(value)
		}
		switch {
		case strings.EqualFold(strings.TrimSpace(name), "charset"):
			charset = value
		case strings.EqualFold(strings.TrimSpace(name), "action"):
			action = value
		}
	}
	return mediaType, charset, action
}

// neutral media types say nothing of the format: tools send them for any body
// that they are given.
func neutral(mediaType string) bool {
	switch mediaType {
	case "", "text/plain", "application/octet-stream", "application/x-www-form-urlencoded", "*/*":
		return true
	}
	return false
}

// first is the first byte of a text that is not white space, in any encoding
// that is known; 0 when there is none.
func first(body []byte) byte {
	for _, c := range body {
		switch c {
		case ' ', '\t', '\r', '\n', 0, 0xEF, 0xBB, 0xBF, 0xFE, 0xFF: // white space, byte order marks, half of UTF-16
		default:
			return c
		}
	}
	return 0
}

// AcceptsGzip reads a request's Accept-Encoding headers.
func AcceptsGzip(header []string) bool {
	for _, list := range header {
		for part := range strings.SplitSeq(list, ",") {
			name, params, _ := strings.Cut(part, ";")
			if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
				continue
			}
			q, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=0")
			return !ok || strings.Trim(q, ".0") != ""
		}
	}
	return false
}
