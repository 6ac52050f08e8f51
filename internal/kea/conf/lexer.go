package conf

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"strconv"
	"strings"
)

// tokenKind is the kind of a token; the punctuation marks are their own kinds.
type tokenKind byte

const (
	kindEOF   tokenKind = 0
	kindValue tokenKind = 'v' // a string, a number, true, false or null
)

type token struct {
	kind  tokenKind
	value Value
	pos   Pos
}

// String is how messages name the token.
func (t token) String() string {
	if t.kind == kindEOF {
		return "the end"
	}
	if t.kind == kindValue {
		return kind(t.value)
	}
	return "'" + string(rune(t.kind)) + "'"
}

// source is a file that is being read.
type source struct {
	name string
	text string
	at   int
	line int
}

// lexer cuts files into tokens, following include directives. An included file is a run of tokens, not a value.
type lexer struct {
	open  Opener
	stack []*source // the innermost file last
	bytes int
}

func (l *lexer) push(name string, text []byte) error {
	l.bytes += len(text)
	if l.bytes > MaxTotalBytes {
		return l.errorf("the configuration is larger than %d MiB", MaxTotalBytes>>20)
	}
	l.stack = append(l.stack, &source{name: name, text: string(text), line: 1})
	return nil
}

func (l *lexer) src() *source { return l.stack[len(l.stack)-1] }

func (l *lexer) pos() Pos {
	if len(l.stack) == 0 {
		return Pos{}
	}
	return Pos{l.src().name, l.src().line}
}

func (l *lexer) errorf(format string, args ...any) *SyntaxError {
	return &SyntaxError{Pos: l.pos(), Message: fmt.Sprintf(format, args...)}
}

// next returns the next token of the whole text.
func (l *lexer) next() (token, error) {
	for {
		if err := l.skip(); err != nil {
			return token{}, err
		}
		s := l.src()
		rest := s.text[s.at:]
		switch {
		case rest == "" && len(l.stack) == 1:
			return token{pos: l.pos()}, nil
		case rest == "":
			l.stack = l.stack[:len(l.stack)-1]
			if err := l.closeDirective(); err != nil {
				return token{}, err
			}
		case strings.HasPrefix(rest, "<?"):
			if err := l.include(); err != nil {
				return token{}, err
			}
		case strings.IndexByte("{}[],:", rest[0]) >= 0:
			s.at++
			return token{kind: tokenKind(rest[0]), pos: l.pos()}, nil
		default:
			v, err := l.scalar()
			return token{kindValue, v, l.pos()}, err
		}
	}
}

// blank passes over white space.
func (s *source) blank() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case '\n':
			s.line++
		case ' ', '\t', '\r':
		default:
			return
		}
		s.at++
	}
}

// skip passes over white space and comments.
func (l *lexer) skip() error {
	s := l.src()
	for {
		s.blank()
		rest := s.text[s.at:]
		switch {
		case strings.HasPrefix(rest, "#"), strings.HasPrefix(rest, "//"):
			if end := strings.IndexByte(rest, '\n'); end >= 0 {
				s.at += end
			} else {
				s.at = len(s.text)
			}
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest[2:], "*/")
			if end < 0 {
				return l.errorf("the comment is not closed by */")
			}
			s.line += strings.Count(rest[:end+4], "\n")
			s.at += end + 4
		default:
			return nil
		}
	}
}

// include enters the file of <?include "path"?>; the directive is closed when the file has been read.
func (l *lexer) include() error {
	s := l.src()
	s.at += len("<?")
	s.blank()
	if !strings.HasPrefix(s.text[s.at:], "include") {
		return l.errorf("after <? only include is known")
	}
	s.at += len("include")
	s.blank()
	rest := s.text[s.at:]
	end := -1
	if strings.HasPrefix(rest, `"`) {
		end = strings.IndexAny(rest[1:], "\"\n")
	}
	if end < 1 || rest[1+end] != '"' {
		return l.errorf("an include needs a file name in double quotes")
	}
	name := rest[1 : 1+end]
	s.at += end + 2
	switch {
	case l.open == nil:
		return l.errorf("the included file %s cannot be followed from here", name)
	case len(l.stack) > MaxIncludeDepth:
		return l.errorf("includes are nested deeper than %d files", MaxIncludeDepth)
	}
	text, err := l.open(name)
	if err != nil {
		reason := "cannot be read"
		if errors.Is(err, fs.ErrNotExist) {
			reason = "does not exist"
		}
		e := l.errorf("the included file %s %s", name, reason)
		e.Err = err
		return e
	}
	return l.push(name, text)
}

func (l *lexer) closeDirective() error {
	s := l.src()
	s.blank()
	if !strings.HasPrefix(s.text[s.at:], "?>") {
		return l.errorf("an include ends with ?>")
	}
	s.at += len("?>")
	return nil
}

// scalar reads a string, a number or a word.
func (l *lexer) scalar() (Value, error) {
	s := l.src()
	rest := s.text[s.at:]
	if rest[0] == '"' {
		return l.string()
	}
	end := 0
	for end < len(rest) && isWord(rest[end]) {
		end++
	}
	if end == 0 {
		return nil, l.errorf("%q begins no value", rest[:1])
	}
	word := rest[:end]
	s.at += end
	switch word {
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "null":
		return nil, nil
	}
	if lower := strings.ToLower(word); lower == "true" || lower == "false" || lower == "null" {
		return nil, l.errorf("%s is written in lower case", lower)
	}
	return l.number(word)
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '+' || c == '-' || c == '.' || c == '_'
}

// number reads what Kea takes for one: integers may have leading zeros, fractions may lack digits on one side of the
// point and may have a sign.
func (l *lexer) number(word string) (Value, error) {
	if strings.Trim(strings.TrimPrefix(word, "-"), "0123456789") == "" && strings.TrimPrefix(word, "-") != "" {
		n, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			return nil, l.errorf("the integer %s does not fit into 64 bits", word)
		}
		return n, nil
	}
	f, err := strconv.ParseFloat(word, 64)
	if strings.Trim(word, "0123456789+-.eE") != "" || err != nil && !errors.Is(err, strconv.ErrRange) {
		return nil, l.errorf("%q is no value", word)
	}
	if math.IsInf(f, 0) {
		return nil, l.errorf("the number %s is too large", word)
	}
	return f, nil
}

// string reads a string in double quotes.
func (l *lexer) string() (Value, error) {
	s := l.src()
	text := s.text[s.at+1:]
	var out []byte
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '"':
			s.at += i + 2
			if out == nil {
				return text[:i], nil
			}
			return string(out), nil
		case c < ' ':
			return nil, l.errorf("a string holds a control character; write it as an escape")
		case c != '\\':
			if out != nil {
				out = append(out, c)
			}
			continue
		}
		if out == nil {
			out = append(make([]byte, 0, i+16), text[:i]...)
		}
		plain, width := escape(text[i:])
		if width == 0 {
			return nil, l.errorf("a string holds an escape that Kea does not read (a character above ff is written as itself)")
		}
		out = append(out, plain)
		i += width - 1
	}
	return nil, l.errorf("the string is not closed")
}

// escape reads the escape at the start of s; width is 0 when it is none that Kea reads.
func escape(s string) (c byte, width int) {
	const names, values = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	if len(s) < 2 {
		return 0, 0
	}
	if i := strings.IndexByte(names, s[1]); i >= 0 {
		return values[i], 2
	}
	if s[1] != 'u' || len(s) < 6 || s[2:4] != "00" {
		return 0, 0
	}
	n, err := strconv.ParseUint(s[4:6], 16, 8)
	if err != nil {
		return 0, 0
	}
	return byte(n), 6
}
