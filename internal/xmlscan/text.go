package xmlscan

import (
	"strings"
	"unicode/utf8"
)

// class tells what each byte may be.
const (
	nameStart = 1 << iota // may begin an ASCII name
	nameByte              // may stand in an ASCII name, colon excluded
	space                 // white space
	special               // ends a plain run of text
	quoteEnd              // ends a plain run of an attribute value
)

var class = func() (t [256]uint8) {
	for c := range t {
		b := byte(c)
		switch {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', b == '_':
			t[c] = nameStart | nameByte
		case '0' <= b && b <= '9', b == '-', b == '.':
			t[c] = nameByte
		case b == ' ', b == '\t', b == '\n':
			t[c] = space
		case b == '\r':
			t[c] = space | special | quoteEnd
		case b < ' ', b == '<', b == '&', b == 0xEF: // 0xEF begins U+FFFE and U+FFFF
			t[c] = special | quoteEnd
		case b == ']':
			t[c] = special
		case b == '"', b == '\'':
			t[c] = quoteEnd
		}
	}
	return t
}()

// Text returns the current element's content and consumes its end tag.
// Comments are dropped, CDATA sections and entities replaced, line ends made
// "\n"; child elements are refused.
func (x *Scanner) Text() (string, error) {
	if x.err != nil {
		return "", x.err
	}
	if len(x.open) == 0 {
		return "", x.fail(x.p, "no element to read")
	}
	if x.empty {
		x.close()
		return "", nil
	}
	v, ok := x.text()
	if !ok {
		return "", x.err
	}
	if x.s[x.p+1] != '/' {
		return "", x.fail(x.p, "an element where only text may stand, in <"+x.open[len(x.open)-1].qname+">")
	}
	return v, x.endTag()
}

// text reads character data up to the next tag and stands there; it fails at
// the end of the document.
func (x *Scanner) text() (string, bool) {
	start := x.p
	p, ok := x.plain(start)
	if ok && x.atTag(p) {
		if p-start > x.lim.Value {
			x.exceed(start, "the length of a value", x.lim.Value)
			return "", false
		}
		x.p = p
		return x.s[start:p], true
	}
	return x.pieces(start)
}

// plain runs over characters that stand for themselves.
func (x *Scanner) plain(p int) (end int, ok bool) {
	s := x.s
	for p < len(s) {
		if class[s[p]]&special == 0 {
			p++
			continue
		}
		switch c := s[p]; {
		case c == ']':
			if hasAt(s, p, "]]>") {
				x.fail(p, "\"]]>\" in text")
				return p, false
			}
		case c == 0xEF:
			if !allowed(s, p) {
				x.fail(p, badCharacter)
				return p, false
			}
		case c < ' ' && c != '\r':
			x.fail(p, badCharacter)
			return p, false
		default:
			return p, true
		}
		p++
	}
	return p, true
}

// pieces reads text that holds entities, line ends, comments or CDATA.
func (x *Scanner) pieces(p int) (string, bool) {
	s, b := x.s, x.buf[:0]
	for {
		q, ok := x.plain(p)
		if !ok {
			return "", false
		}
		b = append(b, s[p:q]...)
		if len(b) > x.lim.Value {
			x.exceed(p, "the length of a value", x.lim.Value)
			return "", false
		}
		p, x.p = q, q
		switch {
		case p == len(s):
			x.atEOF()
			return "", false
		case x.atTag(p):
			x.buf = b
			return string(b), true
		case s[p] == '&':
			b, p = x.entity(b, p)
		case s[p] == '\r':
			b, p = newline(b, s, p)
		case hasAt(s, p, "<![CDATA["):
			b, p = x.cdata(b, p)
		case x.comment():
			p = x.p
		case hasAt(s, p, "<?"):
			x.fail(p, instruction(s[p:]))
		default:
			x.fail(p, "markup that is not allowed")
		}
		if x.err != nil {
			return "", false
		}
	}
}

// atTag reports whether a start or end tag begins at p.
func (x *Scanner) atTag(p int) bool {
	s := x.s
	return p+1 < len(s) && s[p] == '<' && s[p+1] != '!' && s[p+1] != '?'
}

// quoted reads an attribute value behind its opening quote, and the closing one.
func (x *Scanner) quoted(p int, quote byte) (string, int) {
	s, start := x.s, p
	b, built := x.buf[:0], false
	for p < len(s) {
		c := s[p]
		if class[c]&quoteEnd == 0 {
			p++
			continue
		}
		if c == quote || c == '&' || c == '\r' {
			if len(b)+p-start > x.lim.Value {
				break
			}
		}
		switch {
		case c == quote && !built:
			return s[start:p], p + 1
		case c == quote:
			b = append(b, s[start:p]...)
			x.buf = b
			return string(b), p + 1
		case c == '&' || c == '\r':
			b, built = append(b, s[start:p]...), true
			if c == '&' {
				b, p = x.entity(b, p)
			} else {
				b, p = newline(b, s, p)
			}
			start = p
		case c == '<':
			x.fail(p, "'<' in an attribute value")
		case c < ' ' || c == 0xEF && !allowed(s, p):
			x.fail(p, badCharacter)
		default:
			p++
		}
		if x.err != nil {
			return "", p
		}
	}
	if len(b)+p-start > x.lim.Value {
		x.exceed(start, "the length of a value", x.lim.Value)
	} else {
		x.fail(p, "an attribute value is not closed")
	}
	return "", p
}

// cdata appends the content of the CDATA section at p.
func (x *Scanner) cdata(b []byte, p int) ([]byte, int) {
	s := x.s
	p += len("<![CDATA[")
	n := strings.Index(s[p:], "]]>")
	if n < 0 {
		x.fail(p, "a CDATA section is not closed")
		return b, p
	}
	if !x.characters(p, p+n) {
		return b, p
	}
	if len(b)+n > x.lim.Value {
		x.exceed(p, "the length of a value", x.lim.Value)
		return b, p
	}
	for end := p + n; p < end; {
		q := p
		for q < end && s[q] != '\r' {
			q++
		}
		b = append(b, s[p:q]...)
		if p = q; p < end {
			b, p = newline(b, s, p)
		}
	}
	return b, p + len("]]>")
}

// newline appends the line end that s[p] == '\r' begins.
func newline(b []byte, s string, p int) ([]byte, int) {
	if hasAt(s, p, "\r\n") {
		p++
	}
	return append(b, '\n'), p + 1
}

// entity appends what the reference at p stands for: one of the five of XML or
// a character by number.
func (x *Scanner) entity(b []byte, p int) ([]byte, int) {
	s := x.s
	end := p + 1
	for end < len(s) && end-p < 12 && s[end] != ';' {
		end++
	}
	if end == len(s) || s[end] != ';' {
		x.fail(p, "'&' does not begin an entity")
		return b, p
	}
	switch name := s[p+1 : end]; name {
	case "amp":
		b = append(b, '&')
	case "lt":
		b = append(b, '<')
	case "gt":
		b = append(b, '>')
	case "quot":
		b = append(b, '"')
	case "apos":
		b = append(b, '\'')
	default:
		r, ok := number(name)
		if !ok {
			x.fail(p, "an entity that is not one of XML's five, or a number that is not a character's")
			return b, p
		}
		b = utf8.AppendRune(b, r)
	}
	return b, end + 1
}

// number reads "#65" or "#x41".
func number(s string) (rune, bool) {
	if len(s) < 2 || s[0] != '#' {
		return 0, false
	}
	base, digits := rune(10), s[1:]
	if digits[0] == 'x' {
		base, digits = 16, digits[1:]
	}
	var r rune
	for i := 0; i < len(digits); i++ {
		d := rune(-1)
		switch c := digits[i]; {
		case '0' <= c && c <= '9':
			d = rune(c - '0')
		case base == 16 && 'a' <= c|0x20 && c|0x20 <= 'f':
			d = rune(c|0x20-'a') + 10
		}
		if d < 0 {
			return 0, false
		}
		if r = r*base + d; r > utf8.MaxRune {
			return 0, false
		}
	}
	ok := r >= ' ' || r == '\t' || r == '\n' || r == '\r'
	return r, ok && digits != "" && !(0xD800 <= r && r <= 0xDFFF) && r != 0xFFFE && r != 0xFFFF
}

const badCharacter = "a character that XML does not allow"

// characters checks that s[p:end] holds only characters of XML.
func (x *Scanner) characters(p, end int) bool {
	for ; p < end; p++ {
		if c := x.s[p]; c < ' ' && class[c]&space == 0 || c == 0xEF && !allowed(x.s, p) {
			x.fail(p, badCharacter)
			return false
		}
	}
	return true
}

// allowed reports whether the character that 0xEF begins at p is neither
// U+FFFE nor U+FFFF.
func allowed(s string, p int) bool {
	return !hasAt(s, p, "\uFFFE") && !hasAt(s, p, "\uFFFF")
}
