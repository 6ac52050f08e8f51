package conf

import (
	"strings"
	"unicode/utf8"
)

type kind uint8

const (
	kindEOF    kind = iota
	kindWord        // letters, digits, '-' and '_': keywords, names and numbers are one class here
	kindString      // a quoted string; its value is in token.value
	kindPunct       // one other ASCII character
)

// token is one lexical element. Comments stand with the token that follows them.
type token struct {
	kind     kind
	start    int // byte offsets into the file's text
	end      int
	line     int // line of the first byte
	endLine  int // line of the last byte (a string may span lines)
	text     string
	value    string // decoded value of a string
	comments []comment
}

type comment struct {
	text string
	line int
}

// is reports whether the token is that keyword (lower case) in any case.
func (t *token) is(word string) bool {
	return t.kind == kindWord && strings.EqualFold(t.text, word)
}

func (t *token) isPunct(c byte) bool { return t.kind == kindPunct && t.text[0] == c }

// describe names the token in an error message.
func (t *token) describe() string {
	switch t.kind {
	case kindEOF:
		return "the end of the file"
	case kindString:
		return "a quoted string"
	}
	if len(t.text) > 40 {
		return "'" + t.text[:40] + "…'"
	}
	return "'" + t.text + "'"
}

// lex splits a whole file. The last token is always kindEOF and carries the comments at the end of the file.
func lex(file, src string) ([]token, error) {
	l := lexer{file: file, src: src, line: 1}
	tokens := make([]token, 0, len(src)/6+1)
	for {
		t, err := l.next()
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, t)
		if t.kind == kindEOF {
			return tokens, nil
		}
	}
}

type lexer struct {
	file string
	src  string
	pos  int
	line int
}

func (l *lexer) errorf(format string, args ...any) error {
	return syntaxErrorf(Pos{l.file, l.line}, format, args...)
}

func (l *lexer) next() (token, error) {
	comments := l.skip()
	t := token{start: l.pos, line: l.line, comments: comments}
	if l.pos == len(l.src) {
		t.end, t.endLine = l.pos, l.line
		return t, nil
	}
	c := l.src[l.pos]
	switch {
	case isWordByte(c):
		end := l.pos + 1
		for end < len(l.src) && isWordByte(l.src[end]) {
			end++
		}
		t.kind = kindWord
		l.pos = end
	case c == '"':
		value, err := l.quoted()
		if err != nil {
			return t, err
		}
		t.kind, t.value = kindString, value
	case c == '/' && l.pos+1 < len(l.src) && (l.src[l.pos+1] == '/' || l.src[l.pos+1] == '*'):
		return t, l.errorf("comments begin with '#' here, not with '%s'", l.src[l.pos:l.pos+2])
	case c > ' ' && c < 0x7f:
		t.kind = kindPunct
		l.pos++
	default:
		return t, l.strange()
	}
	t.end, t.endLine, t.text = l.pos, l.line, l.src[t.start:l.pos]
	return t, nil
}

// skip passes white space and collects the comments in it.
func (l *lexer) skip() (comments []comment) {
	for l.pos < len(l.src) {
		switch l.src[l.pos] {
		case '\n':
			l.line++
			l.pos++
		case ' ', '\t', '\r', '\v', '\f':
			l.pos++
		case '#':
			text := l.src[l.pos:]
			if end := strings.IndexByte(text, '\n'); end >= 0 {
				text = text[:end]
			}
			l.pos += len(text)
			comments = append(comments, comment{strings.TrimRight(text, " \t\r\v\f"), l.line})
		default:
			return comments
		}
	}
	return comments
}

// quoted reads a string that begins at the current byte and returns its value.
func (l *lexer) quoted() (string, error) {
	body := l.src[l.pos+1:]
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '\\':
			i++
		case '"':
			body = body[:i]
			l.line += strings.Count(body, "\n")
			l.pos += i + 2
			return Unquote(body), nil
		}
	}
	return "", l.errorf("a quoted string that begins here never ends")
}

// Unquote decodes what stands between two quotes. Escapes are those of dhcpd: \t \r \n \b, \ooo and \xhh; any other
// escaped character stands for itself.
func Unquote(s string) string {
	i := strings.IndexByte(s, '\\')
	if i < 0 {
		return s
	}
	out := make([]byte, i, len(s))
	copy(out, s)
	for i < len(s) {
		if s[i] != '\\' || i+1 == len(s) {
			out = append(out, s[i])
			i++
			continue
		}
		n, value := unescape(s[i+1:])
		out = append(out, value)
		i += 1 + n
	}
	return string(out)
}

// unescape decodes the escape after a backslash and says how many bytes it took.
func unescape(s string) (n int, value byte) {
	switch c := s[0]; c {
	case 't':
		return 1, '\t'
	case 'r':
		return 1, '\r'
	case 'n':
		return 1, '\n'
	case 'b':
		return 1, '\b'
	case '0', '1', '2', '3':
		value = c - '0'
		for n = 1; n < 3 && n < len(s) && s[n] >= '0' && s[n] <= '7'; n++ {
			value = value<<3 | (s[n] - '0')
		}
		return n, value
	case 'x':
		for n = 1; n < 3 && n < len(s); n++ {
			d := hexDigit(s[n])
			if d < 0 {
				break
			}
			value = value<<4 | byte(d)
		}
		return n, value
	default:
		return 1, c
	}
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

// strange explains a character that the language does not have. Text copied from web pages and word processors brings
// look-alikes, which are hard to see.
func (l *lexer) strange() error {
	r, size := utf8.DecodeRuneInString(l.src[l.pos:])
	if r == utf8.RuneError && size == 1 {
		return l.errorf("byte 0x%02X is not allowed outside strings and comments", l.src[l.pos])
	}
	looks := ""
	switch r {
	case 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212:
		looks = "; it looks like a '-' pasted from a document"
	case 0x201C, 0x201D, 0x201E, 0x2033:
		looks = "; it looks like a '\"' pasted from a document"
	case 0x00A0, 0x2007, 0x202F, 0x200B:
		looks = "; it looks like a space pasted from a document"
	case 0xFEFF:
		looks = "; it is a byte order mark, which dhcpd refuses"
	}
	return l.errorf("character U+%04X is not allowed outside strings and comments%s", r, looks)
}
