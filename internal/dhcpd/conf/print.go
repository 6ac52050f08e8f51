package conf

import (
	"fmt"
	"strings"
)

// Print writes the file's own text: two spaces of indentation for each block, one statement a line, comments before
// their statements. Include statements stay include statements. Parsing the result gives an equal tree.
func Print(f *File) []byte {
	p := printer{}
	p.block(&f.Block)
	return p.buf
}

// PrintExpanded writes one file that says the same without its includes: their statements stand in their place.
// Includes that were not expanded stay.
func PrintExpanded(f *File) []byte {
	p := printer{expand: true}
	p.block(&f.Block)
	return p.buf
}

// Equal reports whether two files say the same in the same order, comments included. Positions do not count, and an
// included file counts by its contents too.
func Equal(a, b *File) bool {
	pa, pb := printer{both: true}, printer{both: true}
	pa.block(&a.Block)
	pb.block(&b.Block)
	return string(pa.buf) == string(pb.buf)
}

type printer struct {
	buf    []byte
	indent int
	expand bool
	both   bool // print an include statement and its contents, to compare trees
}

func (p *printer) start() {
	for range p.indent {
		p.buf = append(p.buf, "  "...)
	}
}

func (p *printer) add(parts ...string) {
	for _, s := range parts {
		p.buf = append(p.buf, s...)
	}
}

func (p *printer) comments(list []string) {
	for _, c := range list {
		p.start()
		p.comment(c)
		p.add("\n")
	}
}

// comment writes one comment. A tree that was built may hold texts of users: they never reach the next line.
func (p *printer) comment(c string) {
	if !strings.HasPrefix(c, "#") {
		p.add("# ")
	}
	p.add(strings.ReplaceAll(c, "\n", " "))
}

// end finishes the statement's last line.
func (p *printer) end(m *Meta) {
	if m.Trailing != "" {
		p.add(" ")
		p.comment(m.Trailing)
	}
	p.add("\n")
}

func (p *printer) block(b *Block) {
	for i, s := range b.Statements {
		if p.indent == 0 && i > 0 && (tall(s) || tall(b.Statements[i-1])) {
			p.add("\n")
		}
		p.statement(s)
	}
	p.comments(b.Tail)
}

// tall reports whether the statement takes a paragraph of its own at the outer level.
func tall(s Statement) bool {
	switch s := s.(type) {
	case *FailoverPeer:
		return true
	case *Include:
		return false
	case *Subclass:
		return s.HasBlock
	case Nested:
		return true
	}
	return false
}

// nested writes ` { … }` behind a declaration's head.
func (p *printer) nested(m *Meta, b *Block) {
	if len(b.Statements) == 0 && len(b.Tail) == 0 {
		p.add(" {}")
		p.end(m)
		return
	}
	p.add(" {\n")
	p.indent++
	p.block(b)
	p.indent--
	p.start()
	p.add("}")
	p.end(m)
}

// line writes a simple statement: the parts that are not empty with a space between, and a semicolon.
func (p *printer) line(m *Meta, parts ...string) {
	for i, s := range parts {
		if s != "" {
			if i > 0 {
				p.add(" ")
			}
			p.add(s)
		}
	}
	p.add(";")
	p.end(m)
}

func (p *printer) statement(s Statement) {
	m := s.Place()
	if inc, ok := s.(*Include); ok && p.expand && inc.Expanded {
		p.comments(m.Comments)
		if m.Trailing != "" {
			p.comments([]string{m.Trailing})
		}
		p.block(&inc.Block)
		return
	}
	p.comments(m.Comments)
	p.start()
	switch s := s.(type) {
	case *Include:
		p.line(m, "include", Quote(s.Path))
		if p.both && s.Expanded {
			p.nested(m, &s.Block)
		}
	case *SharedNetwork:
		p.add("shared-network ", Quote(s.Name))
		p.nested(m, &s.Block)
	case *Subnet:
		p.add("subnet ", s.Network.String(), " netmask ", s.Mask.String())
		p.nested(m, &s.Block)
	case *Subnet6:
		p.add("subnet6 ", s.Prefix.String())
		p.nested(m, &s.Block)
	case *Pool:
		p.add("pool")
		p.nested(m, &s.Block)
	case *Pool6:
		p.add("pool6")
		p.nested(m, &s.Block)
	case *Range:
		p.addressRange(s)
	case *Range6:
		p.addressRange6(s)
	case *Group:
		p.add("group")
		if s.Name != "" {
			p.add(" ", Quote(s.Name))
		}
		p.nested(m, &s.Block)
	case *Host:
		p.add("host ", s.Name)
		p.nested(m, &s.Block)
	case *Hardware:
		p.line(m, "hardware", s.Type, s.Address)
	case *FixedAddress:
		p.line(m, "fixed-address", strings.Join(s.Addresses, ", "))
	case *Class:
		p.add("class ", Quote(s.Name))
		p.nested(m, &s.Block)
	case *Subclass:
		p.subclass(s)
	case *Option:
		p.line(m, "option", s.Name, s.Value)
	case *OptionDefinition:
		p.line(m, "option", s.Name, "code", s.Code, "=", s.Type)
	case *OptionSpace:
		p.line(m, "option space", s.Name, s.Rest)
	case *Parameter:
		p.line(m, s.Name, s.Value)
	case *Permit:
		p.permit(s)
	case *FailoverPeer:
		p.peer(s)
	case *FailoverRef:
		if s.None {
			p.add("no failover peer")
			p.end(m)
		} else {
			p.line(m, "failover peer", Quote(s.Name))
		}
	case *Opaque:
		p.add(s.Text)
		p.end(m)
	default:
		panic(fmt.Sprintf("conf: a statement of type %T has no printed form", s))
	}
}

func (p *printer) addressRange(s *Range) {
	bootp, high := "", ""
	if s.DynamicBOOTP {
		bootp = "dynamic-bootp"
	}
	if s.High != s.Low {
		high = s.High.String()
	}
	p.line(&s.Meta, "range", bootp, s.Low.String(), high)
}

func (p *printer) addressRange6(s *Range6) {
	low, high, temporary := "", "", ""
	switch {
	case s.Prefix.IsValid():
		low = s.Prefix.String()
	default:
		low = s.Low.String()
		if s.High != s.Low {
			high = s.High.String()
		}
	}
	if s.Temporary {
		temporary = "temporary"
	}
	p.line(&s.Meta, "range6", low, high, temporary)
}

func (p *printer) subclass(s *Subclass) {
	p.add("subclass ", Quote(s.Class))
	if s.Data != "" {
		p.add(" ", s.Data)
	}
	if s.HasBlock {
		p.nested(&s.Meta, &s.Block)
		return
	}
	p.add(";")
	p.end(&s.Meta)
}

func (p *printer) permit(s *Permit) {
	switch s.Who {
	case PermitMembers:
		p.line(&s.Meta, string(s.Action), string(s.Who), Quote(s.Class))
	case PermitAfter:
		p.line(&s.Meta, string(s.Action), string(s.Who), s.After)
	default:
		p.line(&s.Meta, string(s.Action), string(s.Who))
	}
}

func (p *printer) peer(s *FailoverPeer) {
	p.add("failover peer ", Quote(s.Name), " {\n")
	p.indent++
	for _, set := range s.Settings {
		p.comments(set.Comments)
		p.start()
		p.line(&set.Meta, string(set.Key), set.Value)
	}
	p.comments(s.Tail)
	p.indent--
	p.start()
	p.add("}")
	p.end(&s.Meta)
}

// Quote writes a string the way dhcpd reads it back: a backslash before quotes and backslashes, control characters in
// octal, everything else as it is.
func Quote(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, "\\%03o", c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// Comment makes comment lines of a text, for trees that are built. Control characters become spaces; an empty text makes
// none.
func Comment(text string) []string {
	if text == "" {
		return nil
	}
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.Map(func(r rune) rune {
			if r < ' ' || r == 0x7f {
				return ' '
			}
			return r
		}, line)
		lines = append(lines, strings.TrimRight("# "+line, " "))
	}
	return lines
}
