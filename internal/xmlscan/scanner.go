// Package xmlscan reads XML documents strictly and fast: a pull scanner over a
// string whose values, where they hold no entity, are substrings of the input.
// It knows elements, attributes, namespaces and text, and refuses what a
// service has no use for: document types, processing instructions, unbound
// prefixes, duplicate attributes, anything beyond its limits. It accepts
// nothing that encoding/xml refuses. It is not for writing XML, and not for
// documents that do not fit in memory.
package xmlscan

import (
	"strings"
	"unicode/utf8"
)

// XSI is the namespace of xsi:nil and xsi:type.
const XSI = "http://www.w3.org/2001/XMLSchema-instance"

const (
	xmlNamespace   = "http://www.w3.org/XML/1998/namespace"
	xmlnsNamespace = "http://www.w3.org/2000/xmlns/"
)

// Name is an element's or attribute's name with its namespace; Space is ""
// for none.
type Name struct{ Space, Local string }

// Attr is one attribute of a start tag, namespace declarations excluded.
type Attr struct {
	Name
	Value string
	qname string // as written
	colon int    // where the prefix ends in qname, or -1
}

// Limits bound what one document may cost. A zero field means its default.
type Limits struct {
	Depth      int // nested elements
	Attributes int // per element, namespace declarations included
	Name       int // bytes of a qualified name
	Value      int // bytes of one text or attribute value
	Elements   int // in the whole document
}

// DefaultLimits suit requests of up to 16 MiB.
func DefaultLimits() Limits {
	return Limits{Depth: 64, Attributes: 32, Name: 255, Value: 1 << 20, Elements: 500_000}
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	for _, f := range []struct{ have, def *int }{
		{&l.Depth, &d.Depth}, {&l.Attributes, &d.Attributes}, {&l.Name, &d.Name},
		{&l.Value, &d.Value}, {&l.Elements, &d.Elements},
	} {
		if *f.have <= 0 {
			*f.have = *f.def
		}
	}
	return l
}

// Scanner stands in one element of a document, at first outside its root.
// Child steps into the next child, and out of the element when there is none;
// Text and Skip consume the element that Child stepped into. After an error
// every method returns it again. A Scanner is for one goroutine.
type Scanner struct {
	s        string
	p        int
	lim      Limits
	err      error
	open     []element
	bound    []binding
	attrs    []Attr
	buf      []byte
	elements int
	empty    bool // the element scanned last was <a/>, its end is due
}

type element struct {
	qname  string
	space  string // the default namespace inside
	bounds int    // len(bound) outside
}

type binding struct{ prefix, space string }

// New returns a Scanner at the start of s, which must be UTF-8 without a byte
// order mark; see Transcode.
func New(s string, l Limits) *Scanner {
	x := new(Scanner)
	x.Reset(s, l)
	return x
}

// Reset makes x ready for another document and keeps its buffers; the zero
// Scanner may be Reset too.
func (x *Scanner) Reset(s string, l Limits) {
	clear(x.open[:cap(x.open)])
	clear(x.bound[:cap(x.bound)])
	clear(x.attrs[:cap(x.attrs)])
	buf := x.buf[:0]
	if cap(buf) > 64<<10 {
		buf = nil
	}
	*x = Scanner{s: s, lim: l.orDefault(), open: x.open[:0], bound: x.bound[:0], attrs: x.attrs[:0], buf: buf}
	if !utf8.ValidString(s) {
		x.fail(invalidUTF8(s), "invalid UTF-8")
		return
	}
	end, encoding, msg := declaration(s)
	switch {
	case msg != "":
		x.fail(end, msg)
	case encoding != "" && !strings.EqualFold(encoding, "utf-8"):
		x.fail(0, "the XML declaration names another encoding than UTF-8")
	default:
		x.p = end
	}
}

// Offset is how far the scanner has read, in bytes.
func (x *Scanner) Offset() int { return x.p }

// Count charges n more elements to Limits.Elements, for a caller whose own cost
// of an element is higher than the scanner's.
func (x *Scanner) Count(n int) error {
	if x.elements += n; x.elements > x.lim.Elements {
		return x.exceed(x.p, "the number of elements", x.lim.Elements)
	}
	return x.err
}

// Depth is the number of elements x stands in.
func (x *Scanner) Depth() int { return len(x.open) }

// Child steps into the next child element of the current one and returns its
// name, or out of the current one, consuming its end tag, and returns false.
// Outside the root it returns the root, or false at the end of the document.
// Text other than white space between children is refused.
func (x *Scanner) Child() (Name, bool, error) {
	if x.err != nil {
		return Name{}, false, x.err
	}
	if x.empty {
		x.close()
		return Name{}, false, nil
	}
	x.attrs = x.attrs[:0]
	s := x.s
	for {
		p := x.p
		for p < len(s) && class[s[p]]&space != 0 {
			p++
		}
		x.p = p
		switch {
		case p == len(s):
			return Name{}, false, x.atEOF()
		case s[p] != '<':
			if len(x.open) == 0 {
				return Name{}, false, x.fail(p, "text outside the root element")
			}
			return Name{}, false, x.fail(p, "text where only elements may stand, in <"+x.open[len(x.open)-1].qname+">")
		case p+1 == len(s):
			return Name{}, false, x.fail(p, "the document ends inside a tag")
		case s[p+1] == '/':
			return Name{}, false, x.endTag()
		case s[p+1] == '!':
			if !x.comment() {
				if hasAt(s, p, "<![CDATA[") {
					x.fail(p, "text where only elements may stand")
				}
				return Name{}, false, x.fail(p, "markup that is not allowed")
			}
		case s[p+1] == '?':
			return Name{}, false, x.fail(p, instruction(s[p:]))
		default:
			n, err := x.startTag()
			return n, err == nil, err
		}
	}
}

// atEOF decides whether the document may end here.
func (x *Scanner) atEOF() error {
	switch {
	case len(x.open) > 0:
		return x.fail(x.p, "the document ends inside <"+x.open[len(x.open)-1].qname+">")
	case x.elements == 0:
		return x.fail(x.p, "the document has no element")
	}
	return nil
}

// End verifies that the root element is closed and that nothing but white
// space and comments follows it.
func (x *Scanner) End() error {
	if len(x.open) > 0 {
		return x.fail(x.p, "the root element is not closed")
	}
	if _, more, err := x.Child(); err != nil || !more {
		return err
	}
	return x.fail(x.p, "an element is not read")
}

// Skip consumes the current element with everything in it.
func (x *Scanner) Skip() error {
	outside := len(x.open) - 1
	if x.err == nil && outside < 0 {
		return x.fail(x.p, "no element to skip")
	}
	for x.err == nil && len(x.open) > outside {
		if x.empty {
			x.close()
			continue
		}
		x.attrs = x.attrs[:0]
		if _, ok := x.text(); ok && x.err == nil {
			if x.s[x.p+1] == '/' {
				x.endTag()
			} else {
				x.startTag()
			}
		}
	}
	return x.err
}

// Attr is the value of an attribute of the element that Child stepped into
// last, and whether it is there. It is known until the next Child, Text or Skip.
func (x *Scanner) Attr(space, local string) (string, bool) {
	for i := range x.attrs {
		if a := &x.attrs[i]; a.Local == local && a.Space == space {
			return a.Value, true
		}
	}
	return "", false
}

// Attrs are all attributes of the element that Child stepped into last, in the
// order of the document and without namespace declarations. The slice is valid
// until the next Child, Text or Skip.
func (x *Scanner) Attrs() []Attr { return x.attrs }

// Nil reports whether the element that Child stepped into last has a true
// xsi:nil.
func (x *Scanner) Nil() bool {
	if len(x.attrs) == 0 {
		return false
	}
	v, _ := x.Attr(XSI, "nil")
	v = trim(v)
	return v == "true" || v == "1"
}

// Namespace resolves a prefix as it is bound where x stands; "" is the default
// namespace. It serves values that hold qualified names.
func (x *Scanner) Namespace(prefix string) (string, bool) {
	if prefix == "" {
		if len(x.open) == 0 {
			return "", true
		}
		return x.open[len(x.open)-1].space, true
	}
	return x.lookup(prefix)
}

func trim(s string) string {
	for len(s) > 0 && class[s[0]]&space != 0 {
		s = s[1:]
	}
	for len(s) > 0 && class[s[len(s)-1]]&space != 0 {
		s = s[:len(s)-1]
	}
	return s
}
