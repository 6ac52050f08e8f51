// Package jsonscan reads JSON strictly (RFC 8259) and fast: a pull scanner over
// a string whose strings, where they hold no escape, are substrings of the
// input. It keeps keys in their order and leaves duplicates to its caller. It
// is not for writing JSON, and not for documents that do not fit in memory.
package jsonscan

import (
	"fmt"
	"unicode/utf8"
)

// Kind is what a value is.
type Kind uint8

// The kinds of values; None is where no value begins.
const (
	None Kind = iota
	Object
	Array
	String
	Number
	Bool
	Null
)

// Limits bound what one document may cost. A zero field means its default.
type Limits struct {
	Depth  int // nested objects and arrays
	Value  int // bytes of one string, key or number
	Values int // values in the whole document
}

// DefaultLimits suit requests of up to 16 MiB.
func DefaultLimits() Limits { return Limits{Depth: 64, Value: 1 << 20, Values: 500_000} }

// SyntaxError says that the document is not JSON, or not of the shape that was
// read. Its text may be shown to whoever sent the document.
type SyntaxError struct {
	Offset int // in bytes
	Text   string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("JSON, byte %d: %s", e.Offset, e.Text) }

// LimitError says that the document exceeds one of Limits. Its text may be
// shown to whoever sent the document.
type LimitError struct {
	Offset int
	Text   string
}

func (e *LimitError) Error() string { return fmt.Sprintf("JSON, byte %d: %s", e.Offset, e.Text) }

// Scanner stands before one value. Object and Array step into it, Key and Item
// to what is next inside and, when there is nothing, out again; Text, Null, Raw
// and Skip consume the value. After an error every method returns it again. A
// Scanner is for one goroutine.
type Scanner struct {
	s      string
	p      int
	lim    Limits
	err    error
	depth  int
	values int
	first  bool // just stepped into an object or array
	buf    []byte
}

// New returns a Scanner before the document's value. s must be UTF-8 without a
// byte order mark; see Transcode.
func New(s string, l Limits) *Scanner {
	x := new(Scanner)
	x.Reset(s, l)
	return x
}

// Reset makes x ready for another document and keeps its buffer; the zero
// Scanner may be Reset too.
func (x *Scanner) Reset(s string, l Limits) {
	d := DefaultLimits()
	if l.Depth <= 0 {
		l.Depth = d.Depth
	}
	if l.Value <= 0 {
		l.Value = d.Value
	}
	if l.Values <= 0 {
		l.Values = d.Values
	}
	buf := x.buf[:0]
	if cap(buf) > 64<<10 {
		buf = nil
	}
	*x = Scanner{s: s, lim: l, buf: buf}
	if !utf8.ValidString(s) {
		x.fail(0, "invalid UTF-8")
		return
	}
	x.blank()
}

func (x *Scanner) fail(offset int, text string) error {
	if x.err == nil {
		x.err = &SyntaxError{Offset: offset, Text: text}
	}
	return x.err
}

func (x *Scanner) exceed(offset int, what string, limit int) error {
	if x.err == nil {
		x.err = &LimitError{Offset: offset, Text: fmt.Sprintf("%s exceeds the limit of %d", what, limit)}
	}
	return x.err
}

// Offset is how far the scanner has read, in bytes.
func (x *Scanner) Offset() int { return x.p }

// Count charges n more values to Limits.Values, for a caller whose own cost of a
// value is higher than the scanner's.
func (x *Scanner) Count(n int) error {
	if x.values += n; x.values > x.lim.Values {
		return x.exceed(x.p, "the number of values", x.lim.Values)
	}
	return x.err
}

// Depth is the number of objects and arrays x stands in.
func (x *Scanner) Depth() int { return x.depth }

// blank skips white space, so that x.p is always where something begins.
func (x *Scanner) blank() {
	p := x.p
	for p < len(x.s) && (x.s[p] == ' ' || x.s[p] == '\n' || x.s[p] == '\r' || x.s[p] == '\t') {
		p++
	}
	x.p = p
}

func (x *Scanner) peek() byte {
	if x.p < len(x.s) {
		return x.s[x.p]
	}
	return 0
}

// Kind tells what the next value is by its first character, without consuming
// it.
func (x *Scanner) Kind() Kind {
	if x.err != nil {
		return None
	}
	switch c := x.peek(); {
	case c == '{':
		return Object
	case c == '[':
		return Array
	case c == '"':
		return String
	case c == '-' || '0' <= c && c <= '9':
		return Number
	case c == 't' || c == 'f':
		return Bool
	case c == 'n':
		return Null
	}
	return None
}

// Object steps into the object that is next.
func (x *Scanner) Object() error { return x.enter('{', "an object expected") }

// Array steps into the array that is next.
func (x *Scanner) Array() error { return x.enter('[', "an array expected") }

func (x *Scanner) enter(open byte, expected string) error {
	switch {
	case x.err != nil:
		return x.err
	case x.peek() != open:
		return x.fail(x.p, expected)
	case x.depth == x.lim.Depth:
		return x.exceed(x.p, "the depth of objects and arrays", x.lim.Depth)
	case x.Count(1) != nil:
		return x.err
	}
	x.p++
	x.depth++
	x.first = true
	x.blank()
	return nil
}

// Key returns the next key of the current object and stands before its value,
// or steps out of the object and returns false.
func (x *Scanner) Key() (string, bool, error) {
	if !x.next('}', "',' or '}' expected") {
		return "", false, x.err
	}
	if x.peek() != '"' {
		return "", false, x.fail(x.p, "a key in quotes expected")
	}
	key := x.str()
	if x.err == nil && x.peek() != ':' {
		x.fail(x.p, "':' expected")
	}
	if x.err != nil {
		return "", false, x.err
	}
	x.p++
	x.blank()
	return key, true, nil
}

// Item stands before the next value of the current array, or steps out of the
// array and returns false.
func (x *Scanner) Item() (bool, error) {
	ok := x.next(']', "',' or ']' expected")
	return ok, x.err
}

// next steps over a comma, or over close and out.
func (x *Scanner) next(close byte, expected string) bool {
	if x.err != nil {
		return false
	}
	first := x.first
	x.first = false
	switch c := x.peek(); {
	case x.depth == 0:
		x.fail(x.p, "no object or array to read")
		return false
	case c == close:
		x.depth--
		x.p++
		x.blank()
		return false
	case first:
		return true
	case c != ',':
		x.fail(x.p, expected)
		return false
	}
	x.p++
	x.blank()
	if x.peek() == close {
		x.fail(x.p, "a comma before the end")
		return false
	}
	return true
}

// Null consumes the next value if it is null, and reports whether it did.
func (x *Scanner) Null() bool {
	if x.Kind() != Null {
		return false
	}
	return x.literal("null")
}

func (x *Scanner) literal(lit string) bool {
	if len(x.s)-x.p < len(lit) || x.s[x.p:x.p+len(lit)] != lit {
		x.fail(x.p, "a value expected")
		return false
	}
	if x.Count(1) != nil {
		return false
	}
	x.p += len(lit)
	x.blank()
	return true
}

// Text returns the next value, which must be a string, a number or a boolean,
// as text: the string's content, the number's digits, "true" or "false".
func (x *Scanner) Text() (string, error) {
	start := x.p
	switch x.Kind() {
	case String:
		if x.Count(1) != nil {
			return "", x.err
		}
		v := x.str()
		return v, x.err
	case Number:
		if x.Count(1) != nil {
			return "", x.err
		}
		return x.number()
	case Bool:
		lit := "true"
		if x.peek() == 'f' {
			lit = "false"
		}
		x.literal(lit)
		return lit, x.err
	}
	return "", x.fail(start, "a string, a number or a boolean expected")
}

// Skip consumes the next value whatever it is, and checks it; the limit of
// depth bounds its recursion.
func (x *Scanner) Skip() error {
	switch x.Kind() {
	case Object:
		x.Object()
		for x.err == nil {
			if _, ok, _ := x.Key(); !ok {
				break
			}
			x.Skip()
		}
	case Array:
		x.Array()
		for x.err == nil {
			if ok, _ := x.Item(); !ok {
				break
			}
			x.Skip()
		}
	case Null:
		x.Null()
	case None:
		x.fail(x.p, "a value expected")
	default:
		x.Text()
	}
	return x.err
}

// Raw consumes the next value whatever it is, checks it, and returns it as it
// is written.
func (x *Scanner) Raw() (string, error) {
	start := x.p
	if err := x.Skip(); err != nil {
		return "", err
	}
	end := x.p
	for c := x.s[end-1]; c == ' ' || c == '\n' || c == '\r' || c == '\t'; c = x.s[end-1] {
		end--
	}
	return x.s[start:end], nil
}

// End verifies that nothing but white space is left.
func (x *Scanner) End() error {
	if x.err == nil && (x.depth > 0 || x.p < len(x.s)) {
		return x.fail(x.p, "something follows the value")
	}
	return x.err
}
