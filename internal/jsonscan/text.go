package jsonscan

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// str reads the string at x.p, which begins with a quote.
func (x *Scanner) str() string {
	s, start := x.s, x.p+1
	p := start
	for p < len(s) && s[p] != '"' && s[p] != '\\' && s[p] >= ' ' {
		p++
	}
	if p < len(s) && s[p] == '"' {
		if p-start > x.lim.Value {
			x.exceed(start, "the length of a value", x.lim.Value)
			return ""
		}
		x.p = p + 1
		x.blank()
		return s[start:p]
	}
	b := append(x.buf[:0], s[start:p]...)
	for p < len(s) {
		c := s[p]
		if len(b) > x.lim.Value {
			x.exceed(start, "the length of a value", x.lim.Value)
			break
		}
		switch {
		case c == '"':
			x.buf = b
			x.p = p + 1
			x.blank()
			return string(b)
		case c < ' ':
			x.fail(p, "a control character in a string")
		case c == '\\':
			b, p = x.escape(b, p)
		default:
			b = append(b, c)
			p++
		}
		if x.err != nil {
			break
		}
	}
	x.fail(start-1, "a string is not closed")
	return ""
}

// escape appends what the escape at p stands for.
func (x *Scanner) escape(b []byte, p int) ([]byte, int) {
	s := x.s
	if p+1 < len(s) {
		switch c := s[p+1]; c {
		case '"', '\\', '/':
			return append(b, c), p + 2
		case 'b':
			return append(b, '\b'), p + 2
		case 'f':
			return append(b, '\f'), p + 2
		case 'n':
			return append(b, '\n'), p + 2
		case 'r':
			return append(b, '\r'), p + 2
		case 't':
			return append(b, '\t'), p + 2
		case 'u':
			r, ok := hex4(s, p)
			if !ok {
				break
			}
			p += 6
			if utf16.IsSurrogate(r) {
				// A pair is one character; half a pair reads as U+FFFD.
				second, _ := hex4(s, p)
				if r = utf16.DecodeRune(r, second); r != utf8.RuneError {
					p += 6
				}
			}
			return utf8.AppendRune(b, r), p
		}
	}
	x.fail(p, "an escape that JSON does not know")
	return b, p
}

// hex4 reads the \uXXXX at p.
func hex4(s string, p int) (rune, bool) {
	if len(s)-p < 6 || s[p] != '\\' || s[p+1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range []byte(s[p+2 : p+6]) {
		switch {
		case '0' <= c && c <= '9':
			r = r<<4 | rune(c-'0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

// number reads the number at x.p.
func (x *Scanner) number() (string, error) {
	s, start := x.s, x.p
	p := start
	digits := func() bool {
		from := p
		for p < len(s) && '0' <= s[p] && s[p] <= '9' {
			p++
		}
		return p > from
	}
	if s[p] == '-' {
		p++
	}
	ok := true
	if p < len(s) && s[p] == '0' {
		p++
	} else {
		ok = digits()
	}
	if ok && p < len(s) && s[p] == '.' {
		p++
		ok = digits()
	}
	if ok && p < len(s) && s[p]|0x20 == 'e' {
		p++
		if p < len(s) && (s[p] == '+' || s[p] == '-') {
			p++
		}
		ok = digits()
	}
	switch {
	case !ok:
		return "", x.fail(start, "a malformed number")
	case p-start > x.lim.Value:
		return "", x.exceed(start, "the length of a value", x.lim.Value)
	}
	x.p = p
	x.blank()
	return s[start:p], nil
}

// Transcode returns body as UTF-8 text that Scanner takes, without a byte order
// mark. charset is the parameter of the media type, or "": then text that is
// not UTF-8 is taken for ISO-8859-1, which older clients send. The error is a
// *SyntaxError.
func Transcode(body []byte, charset string) (string, error) {
	s := strings.TrimPrefix(string(body), "\uFEFF")
	switch strings.ToLower(strings.Trim(charset, "\"' \t")) {
	case "":
		if utf8.ValidString(s) {
			return s, nil
		}
	case "utf-8", "utf8", "us-ascii", "ascii":
		if utf8.ValidString(s) {
			return s, nil
		}
		return "", &SyntaxError{Text: "the text is not UTF-8"}
	case "iso-8859-1", "latin1", "iso_8859-1":
	default:
		return "", &SyntaxError{Text: "the character encoding is not one of UTF-8 and ISO-8859-1"}
	}
	b := make([]byte, 0, len(body)+len(body)/8)
	for _, c := range body {
		b = utf8.AppendRune(b, rune(c))
	}
	return string(b), nil
}
