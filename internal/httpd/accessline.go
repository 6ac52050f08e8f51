package httpd

import (
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// accessLine is what the access log says of one request. Making text of it is
// left to who writes the lines, and what most requests of a caller have in
// common is made once: a request itself pays for little more than these fields.
type accessLine struct {
	at     int64 // when it ended, ns
	id     string
	asked  *askedText
	status int32
	code   int32
	calls  int32
	micros int64 // how long it took
	bytes  int64 // of the answer
}

// asked is who asked for what.
type asked struct {
	remote                               netip.Addr
	method, path, query, operation, user string
}

// askedText is how the access log tells it.
type askedText struct {
	asked
	text []byte
}

// askedTexts keeps some of the last askedText, each at the place of its kind.
type askedTexts [8]*askedText

// maxAsked is the longest text that is kept, bytes.
const maxAsked = 512

// of is the text of a.
func (t *askedTexts) of(a *asked) *askedText {
	place := len(a.operation) + len(a.user)
	if a.operation != "" {
		place += int(a.operation[len(a.operation)/2]) + int(a.operation[len(a.operation)-1])
	}
	kept := &t[place%len(t)]
	if *kept != nil && (*kept).asked == *a {
		return *kept
	}
	made := &askedText{text: a.appendTo(nil)}
	if len(made.text) <= maxAsked {
		// The request's own memory is not kept for it.
		made.asked = asked{a.remote, strings.Clone(a.method), strings.Clone(a.path), strings.Clone(a.query), strings.Clone(a.operation), strings.Clone(a.user)}
		*kept = made
	}
	return made
}

// appendTo appends members of a JSON object.
func (a *asked) appendTo(b []byte) []byte {
	b = append(b, `,"remote":`...)
	if a.remote.Zone() == "" {
		b = append(a.remote.AppendTo(append(b, '"')), '"')
	} else {
		b = appendText(b, a.remote.String()) // a proxy may name any zone
	}
	b = appendText(append(b, `,"method":`...), clip(a.method, 16))
	b = appendText(append(b, `,"path":`...), clip(a.path, 200))
	if a.query != "" {
		b = appendText(append(b, `,"query":`...), redact(a.query))
	}
	if a.operation != "" {
		b = appendText(append(b, `,"operation":`...), a.operation)
	}
	if a.user != "" {
		b = appendText(append(b, `,"user":`...), clip(a.user, 200))
	}
	return b
}

// logRequest logs one finished request, if there is where to.
func logRequest(out *AccessLog, w *response, r *http.Request, now time.Time) {
	if out == nil || w.Quiet {
		return
	}
	out.add(accessLine{
		at: now.UnixNano(), id: w.RequestID,
		asked:  w.asked.of(&asked{w.Remote, r.Method, r.URL.Path, r.URL.RawQuery, w.Operation, w.User}),
		status: int32(w.status), code: int32(w.Code), calls: int32(w.Calls),
		micros: now.Sub(w.started).Microseconds(), bytes: w.bytes,
	})
}

// size is about how long the line becomes, bytes.
func (l *accessLine) size() int { return 110 + len(l.id) + len(l.asked.text) }

// appendTo appends the line. It looks like zerolog's, whose events would take
// most of its time.
func (l *accessLine) appendTo(b []byte, stamp *stampText) []byte {
	b = append(stamp.append(append(b, `{"time":"`...), l.at), `","id":`...)
	b = append(appendText(b, l.id), l.asked.text...)
	if l.calls > 1 {
		b = strconv.AppendInt(append(b, `,"calls":`...), int64(l.calls), 10)
	}
	if l.code != 0 {
		b = strconv.AppendInt(append(b, `,"code":`...), int64(l.code), 10)
	}
	b = strconv.AppendInt(append(b, `,"status":`...), int64(l.status), 10)
	b = strconv.AppendInt(append(b, `,"bytes":`...), l.bytes, 10)
	b = strconv.AppendInt(append(b, `,"micros":`...), l.micros, 10)
	return append(b, `,"message":"request"}`+"\n"...)
}

// stampText makes the times of lines. It keeps that of the last second.
type stampText struct {
	second int64
	text   []byte
}

func (t *stampText) append(b []byte, nano int64) []byte {
	at := time.Unix(0, nano).UTC()
	if second := at.Unix(); second != t.second || t.text == nil {
		t.second, t.text = second, at.AppendFormat(t.text[:0], "2006-01-02T15:04:05.")
	}
	milli := int64(at.Nanosecond()) / int64(time.Millisecond)
	return append(append(b, t.text...), byte('0'+milli/100), byte('0'+milli/10%10), byte('0'+milli%10), 'Z')
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
