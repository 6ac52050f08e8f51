package leases

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"halxml/internal/dhcpd/conf"
)

// Error says where a lease file cannot be understood. Message is one sentence without the line.
type Error struct {
	Line    int
	Message string
}

// Error gives line and message.
func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Message) }

// ErrTruncated says that the file ends inside a record. A server that writes at this moment, or that was stopped by
// force, leaves such a file; all records before are good.
var ErrTruncated = errors.New("the lease file ends inside a record")

// maxToken bounds one word or string, in bytes. Identifiers and names are far shorter.
const maxToken = 64 << 10

type kind uint8

const (
	kindEnd    kind = iota // of the file
	kindWord               // anything without white space, quotes, braces and semicolons: numbers, dates, addresses
	kindString             // quoted; the value is decoded
	kindPunct              // ; { or }
)

// scanner splits a lease file without holding it in memory.
type scanner struct {
	r    *bufio.Reader
	line int // of the current token's last byte
	kind kind
	text string
	cut  bool // the file ends inside a word or string
	buf  []byte
}

func newScanner(r io.Reader) *scanner {
	return &scanner{r: bufio.NewReaderSize(r, 64<<10), line: 1}
}

func (s *scanner) errorf(format string, args ...any) error {
	return &Error{s.line, fmt.Sprintf(format, args...)}
}

// next moves to the next token. At the end of the file it returns nil and kindEnd; io errors are returned.
func (s *scanner) next() error {
	c, err := s.skip()
	if err == io.EOF {
		s.kind, s.text = kindEnd, ""
		return nil
	}
	if err != nil {
		return err
	}
	s.buf = s.buf[:0]
	switch c {
	case ';':
		s.kind, s.text = kindPunct, ";"
	case '{':
		s.kind, s.text = kindPunct, "{"
	case '}':
		s.kind, s.text = kindPunct, "}"
	case '"':
		return s.quoted()
	default:
		return s.word(c)
	}
	return nil
}

// skip passes white space and comments. NUL bytes count as white space: a file that was not written out before a power
// failure ends in them.
func (s *scanner) skip() (byte, error) {
	comment := false
	for {
		c, err := s.r.ReadByte()
		if err != nil {
			return 0, err
		}
		switch {
		case c == '\n':
			s.line++
			comment = false
		case comment, c == ' ', c == '\t', c == '\r', c == '\v', c == '\f', c == 0:
		case c == '#':
			comment = true
		default:
			return c, nil
		}
	}
}

func (s *scanner) word(c byte) error {
	for {
		if s.buf = append(s.buf, c); len(s.buf) > maxToken {
			return s.errorf("a word is longer than %d bytes", maxToken)
		}
		var err error
		c, err = s.r.ReadByte()
		if err == io.EOF {
			s.kind, s.cut = kindEnd, true
			return nil
		}
		if err != nil {
			return err
		}
		if strings.IndexByte(" \t\r\n\v\f\x00;{}\"#", c) >= 0 {
			if err := s.r.UnreadByte(); err != nil {
				return err
			}
			break
		}
	}
	s.kind, s.text = kindWord, string(s.buf)
	return nil
}

func (s *scanner) quoted() error {
	for escaped := false; ; {
		c, err := s.r.ReadByte()
		if err == io.EOF {
			s.kind, s.cut = kindEnd, true
			return nil
		}
		if err != nil {
			return err
		}
		if c == '"' && !escaped {
			s.kind, s.text = kindString, conf.Unquote(string(s.buf))
			return nil
		}
		escaped = c == '\\' && !escaped
		if c == '\n' {
			s.line++
		}
		if s.buf = append(s.buf, c); len(s.buf) > maxToken {
			return s.errorf("a quoted string is longer than %d bytes", maxToken)
		}
	}
}
