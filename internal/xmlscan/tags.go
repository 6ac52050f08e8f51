package xmlscan

import (
	"encoding/xml"
	"strings"
)

// startTag reads the start tag at x.p and steps into its element.
func (x *Scanner) startTag() (Name, error) {
	s, start := x.s, x.p
	x.elements++
	switch {
	case x.elements > x.lim.Elements:
		return Name{}, x.exceed(start, "the number of elements", x.lim.Elements)
	case len(x.open) == 0 && x.elements > 1:
		return Name{}, x.fail(start, "a second root element")
	case len(x.open) == x.lim.Depth:
		return Name{}, x.exceed(start, "the depth of elements", x.lim.Depth)
	}
	p, colon := x.name(start + 1)
	if x.err != nil {
		return Name{}, x.err
	}
	e := element{qname: s[start+1 : p], bounds: len(x.bound)}
	if n := len(x.open); n > 0 {
		e.space = x.open[n-1].space
	}
	x.attrs = x.attrs[:0]
	if p < len(s) && s[p] == '>' { // the common case
		p++
	} else if p = x.attributes(p, &e); x.err != nil {
		return Name{}, x.err
	}
	x.open = append(x.open, e)
	x.p = p
	if len(x.attrs) > 0 && !x.resolveAttrs(start) {
		return Name{}, x.err
	}
	if colon < 0 {
		return Name{e.space, e.qname}, nil
	}
	space, ok := x.lookup(e.qname[:colon])
	if !ok {
		return Name{}, x.fail(start, "the prefix of <"+e.qname+"> is not bound to a namespace")
	}
	return Name{space, e.qname[colon+1:]}, nil
}

// attributes reads from the end of a start tag's name to behind its '>'.
func (x *Scanner) attributes(p int, e *element) int {
	s := x.s
	for n := 0; ; n++ {
		before := p
		p = x.blank(p)
		switch {
		case p == len(s):
			x.fail(p, "the document ends inside a tag")
			return p
		case s[p] == '>':
			return p + 1
		case hasAt(s, p, "/>"):
			x.empty = true
			return p + 2
		case p == before:
			x.fail(p, "white space or the end of the tag <"+e.qname+"> expected")
			return p
		case n == x.lim.Attributes:
			x.exceed(p, "the number of attributes", x.lim.Attributes)
			return p
		}
		if p = x.attribute(p, e); x.err != nil {
			return p
		}
	}
}

// attribute reads one attribute or namespace declaration.
func (x *Scanner) attribute(p int, e *element) int {
	s, start := x.s, p
	p, colon := x.name(p)
	if x.err != nil {
		return p
	}
	qname := s[start:p]
	p = x.blank(p)
	if p == len(s) || s[p] != '=' {
		x.fail(p, "'=' expected after the attribute "+qname)
		return p
	}
	p = x.blank(p + 1)
	if p == len(s) || s[p] != '"' && s[p] != '\'' {
		x.fail(p, "the value of the attribute "+qname+" is not quoted")
		return p
	}
	value, p := x.quoted(p+1, s[p])
	switch {
	case x.err != nil:
	case qname == "xmlns":
		x.bind(start, e, "", value)
	case colon == len("xmlns") && qname[:colon] == "xmlns":
		x.bind(start, e, qname[colon+1:], value)
	default:
		a := Attr{Name: Name{Local: qname[colon+1:]}, Value: value, qname: qname, colon: colon}
		x.attrs = append(x.attrs, a)
	}
	return p
}

// bind declares a namespace for e and what is in it.
func (x *Scanner) bind(offset int, e *element, prefix, space string) {
	switch {
	case prefix == "xmlns" || space == xmlnsNamespace || (prefix == "xml") != (space == xmlNamespace):
		x.fail(offset, "a reserved prefix or namespace is declared")
		return
	case prefix != "" && space == "":
		x.fail(offset, "the prefix "+prefix+" is bound to no namespace")
		return
	}
	for _, b := range x.bound[e.bounds:] {
		if b.prefix == prefix {
			x.fail(offset, "a namespace declaration is given twice")
			return
		}
	}
	x.bound = append(x.bound, binding{prefix, space})
	if prefix == "" {
		e.space = space
	}
}

// lookup finds the namespace of a prefix, the innermost first.
func (x *Scanner) lookup(prefix string) (string, bool) {
	for i := len(x.bound) - 1; i >= 0; i-- {
		if x.bound[i].prefix == prefix {
			return x.bound[i].space, true
		}
	}
	return xmlNamespace, prefix == "xml"
}

// resolveAttrs gives the attributes their namespaces and refuses duplicates.
func (x *Scanner) resolveAttrs(offset int) bool {
	for i := range x.attrs {
		a := &x.attrs[i]
		if a.colon >= 0 {
			space, ok := x.lookup(a.qname[:a.colon])
			if !ok {
				x.fail(offset, "the prefix of the attribute "+a.qname+" is not bound to a namespace")
				return false
			}
			a.Space = space
		}
		for j := range x.attrs[:i] {
			if x.attrs[j].Name == a.Name {
				x.fail(offset, "the attribute "+a.qname+" is given twice")
				return false
			}
		}
	}
	return true
}

// endTag reads the end tag at x.p, which must be the current element's.
func (x *Scanner) endTag() error {
	s, p := x.s, x.p+2
	if len(x.open) == 0 {
		return x.fail(x.p, "an end tag without a start tag")
	}
	qname := x.open[len(x.open)-1].qname
	if !hasAt(s, p, qname) {
		return x.fail(x.p, "<"+qname+"> is closed by another end tag")
	}
	p = x.blank(p + len(qname))
	if p == len(s) || s[p] != '>' {
		return x.fail(x.p, "<"+qname+"> is closed by another end tag")
	}
	x.p = p + 1
	x.close()
	return nil
}

// close steps out of the current element.
func (x *Scanner) close() {
	n := len(x.open) - 1
	x.bound = x.bound[:x.open[n].bounds]
	x.open = x.open[:n]
	x.attrs = x.attrs[:0]
	x.empty = false
}

// comment skips the comment at x.p and reports whether there was one.
func (x *Scanner) comment() bool {
	s, p := x.s, x.p
	if !hasAt(s, p, "<!--") {
		return false
	}
	end := strings.Index(s[p+4:], "--")
	if end < 0 {
		x.fail(p, "a comment is not closed")
		return false
	}
	end += p + 4
	if !hasAt(s, end, "-->") {
		x.fail(end, "\"--\" inside a comment")
		return false
	}
	if !x.characters(p+4, end) {
		return false
	}
	x.p = end + 3
	return true
}

// name reads a qualified name at p and returns its end and where its colon is,
// or -1.
func (x *Scanner) name(p int) (end, colon int) {
	s, start := x.s, p
	colon = -1
	ascii := true
	for ; p < len(s); p++ {
		c := s[p]
		if class[c]&nameByte != 0 {
			continue
		}
		if c == ':' && colon < 0 {
			colon = p - start
		} else if c >= 0x80 {
			ascii = false
		} else {
			break
		}
	}
	if p-start > x.lim.Name {
		x.exceed(start, "the length of a name", x.lim.Name)
		return p, colon
	}
	ok := p > start && goodStart(s[start])
	if colon >= 0 {
		ok = ok && colon > 0 && start+colon+1 < p && goodStart(s[start+colon+1])
	}
	if ok && !ascii {
		ok = foreignName(s[start:p])
	}
	if !ok {
		x.fail(start, "a name is missing or has a character that is not allowed")
	}
	if colon >= 0 {
		return p, colon
	}
	return p, -1
}

// instruction says what is wrong with what begins with "<?". A text in a script
// often has a line end before its XML declaration.
func instruction(s string) string {
	if hasAt(s, 0, "<?xml") && len(s) > 5 && class[s[5]]&space != 0 {
		return "the XML declaration must come first, without white space before it"
	}
	return "processing instructions are not allowed"
}

func goodStart(c byte) bool { return class[c]&nameStart != 0 || c >= 0x80 }

// foreignName asks encoding/xml about a name beyond ASCII, so that both agree
// on the many ranges of letters; requests hardly ever hold one.
func foreignName(qname string) bool {
	for part := range strings.SplitSeq(qname, ":") {
		t, err := xml.NewDecoder(strings.NewReader("<" + part + ">")).RawToken()
		if e, ok := t.(xml.StartElement); err != nil || !ok || e.Name.Local != part {
			return false
		}
	}
	return true
}

// blank skips white space from p.
func (x *Scanner) blank(p int) int {
	for p < len(x.s) && class[x.s[p]]&space != 0 {
		p++
	}
	return p
}

func hasAt(s string, p int, lit string) bool {
	return len(s)-p >= len(lit) && s[p:p+len(lit)] == lit
}
