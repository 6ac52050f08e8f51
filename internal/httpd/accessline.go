package httpd

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// newStamp gives the times of the access log, which stamp completes.
func newStamp() *secondText { return &secondText{layout: "2006-01-02T15:04:05."} }

func (t *secondText) stamp(b []byte, now time.Time) []byte {
	milli := now.Nanosecond() / int(time.Millisecond)
	return append(t.append(b, now), byte('0'+milli/100), byte('0'+milli/10%10), byte('0'+milli%10), 'Z')
}

// lineBegin is how a line of the access log begins, before the time.
const lineBegin = `{"time":"`

// logRequest writes the line of one finished request, if there is where to. It
// looks like zerolog's, whose events would take most of a line's time.
func logRequest(out io.Writer, stamp *secondText, w *response, r *http.Request, now time.Time) {
	if out == nil || w.Quiet {
		return
	}
	b := append(stamp.stamp(append(w.line[:0], lineBegin...), now), `","id":`...)
	b = appendText(b, w.RequestID)
	b = append(b, `,"remote":`...)
	if w.Remote.Zone() == "" {
		b = append(w.Remote.AppendTo(append(b, '"')), '"')
	} else {
		b = appendText(b, w.Remote.String()) // a proxy may name any zone
	}
	b = appendText(append(b, `,"method":`...), clip(r.Method, 16))
	b = appendText(append(b, `,"path":`...), clip(r.URL.Path, 200))
	if r.URL.RawQuery != "" {
		b = appendText(append(b, `,"query":`...), redact(r.URL.RawQuery))
	}
	if w.Operation != "" {
		b = appendText(append(b, `,"operation":`...), w.Operation)
	}
	if w.Calls > 1 {
		b = strconv.AppendInt(append(b, `,"calls":`...), int64(w.Calls), 10)
	}
	if w.User != "" {
		b = appendText(append(b, `,"user":`...), clip(w.User, 200))
	}
	if w.Code != 0 {
		b = strconv.AppendInt(append(b, `,"code":`...), int64(w.Code), 10)
	}
	b = strconv.AppendInt(append(b, `,"status":`...), int64(w.status), 10)
	b = strconv.AppendInt(append(b, `,"bytes":`...), w.bytes, 10)
	b = strconv.AppendInt(append(b, `,"micros":`...), now.Sub(w.started).Microseconds(), 10)
	w.line = append(b, `,"message":"request"}`+"\n"...)
	_, _ = out.Write(w.line)
}

// appendText appends a JSON string. What is not UTF-8 in it becomes the
// replacement character.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c >= ' ' && c < 0x7f && c != '"' && c != '\\':
			i++
			continue
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
			b = append(append(b, s[start:i]...), `\ufffd`...)
		default:
			b = appendEscape(append(b, s[start:i]...), c)
		}
		i++
		start = i
	}
	return append(append(b, s[start:]...), '"')
}

func appendEscape(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\b':
		return append(b, `\b`...)
	case '\f':
		return append(b, `\f`...)
	case '\n':
		return append(b, `\n`...)
	case '\r':
		return append(b, `\r`...)
	case '\t':
		return append(b, `\t`...)
	}
	const hex = "0123456789abcdef"
	return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}

func clip(s string, n int) string {
	if len(s) > n {
		return s[:n]
	}
	return s
}

// redact keeps the parts of a query that are known to be harmless; sessions and
// passwords, which REST-minded callers put there, are not.
func redact(query string) string {
	if len(query) <= 8 && strings.IndexByte(query, '=') < 0 {
		return query // ?Soap, ?wsdl
	}
	var b strings.Builder
	for i, part := range strings.FieldsFunc(clip(query, 400), func(c rune) bool { return c == '?' || c == '&' }) {
		if i > 0 {
			b.WriteByte('&')
		}
		key, _, has := strings.Cut(part, "=")
		switch strings.ToLower(key) {
		case "soap", "wsdl", "wsdldoc", "singlewsdl", "server", "ns", "op", "q":
			b.WriteString(part)
		default:
			if has {
				b.WriteString(clip(key, 20) + "=")
			}
			b.WriteString("***")
		}
	}
	return b.String()
}
