package conf

import (
	"net/netip"
	"strconv"
	"strings"
)

func (p *parser) include(in scope) (Statement, error) {
	s := new(Include)
	p.begin(&s.Meta)
	p.next()
	path, err := p.quoted("the quoted path of the included file")
	if err != nil {
		return nil, err
	}
	s.Path = path
	if err := p.semicolon(&s.Meta); err != nil {
		return nil, err
	}
	if p.loader.open == nil {
		return s, nil
	}
	return s, p.loader.include(s, in)
}

func (p *parser) sharedNetwork() (Statement, error) {
	s := new(SharedNetwork)
	p.begin(&s.Meta)
	p.next()
	var err error
	if t := p.peek(); t.kind == kindString {
		s.Name = p.next().value
	} else if s.Name, err = p.dotted("the name of the shared network"); err != nil {
		return nil, err
	}
	return s, p.block(&s.Meta, &s.Block, scopeShared)
}

func (p *parser) subnet() (Statement, error) {
	s := new(Subnet)
	p.begin(&s.Meta)
	p.next()
	var err error
	if s.Network, err = p.ipv4("the subnet's IPv4 address"); err != nil {
		return nil, err
	}
	if err := p.keyword("netmask"); err != nil {
		return nil, err
	}
	if s.Mask, err = p.ipv4("the IPv4 netmask"); err != nil {
		return nil, err
	}
	return s, p.block(&s.Meta, &s.Block, scopeOther)
}

func (p *parser) subnet6() (Statement, error) {
	s := new(Subnet6)
	p.begin(&s.Meta)
	p.next()
	t := p.peek()
	prefix, err := netip.ParsePrefix(p.run())
	if err != nil || !prefix.Addr().Is6() {
		return nil, p.errorAt(t, "an IPv6 prefix such as 2001:db8::/64 is expected")
	}
	s.Prefix = prefix
	return s, p.block(&s.Meta, &s.Block, scopeOther)
}

func (p *parser) addressRange() (Statement, error) {
	s := new(Range)
	p.begin(&s.Meta)
	p.next()
	if p.peek().is("dynamic-bootp") {
		p.next()
		s.DynamicBOOTP = true
	}
	var err error
	if s.Low, err = p.ipv4("the first IPv4 address of the range"); err != nil {
		return nil, err
	}
	s.High = s.Low
	if p.peek().kind == kindWord {
		if s.High, err = p.ipv4("the last IPv4 address of the range"); err != nil {
			return nil, err
		}
	}
	return s, p.semicolon(&s.Meta)
}

func (p *parser) addressRange6() (Statement, error) {
	s := new(Range6)
	p.begin(&s.Meta)
	p.next()
	first := p.peek()
	text := p.run()
	if strings.Contains(text, "/") {
		prefix, err := netip.ParsePrefix(text)
		if err != nil || !prefix.Addr().Is6() {
			return nil, p.errorAt(first, "an IPv6 prefix such as 2001:db8::/64 is expected")
		}
		s.Prefix = prefix
	} else {
		low, err := parseIPv6(text)
		if err != nil {
			return nil, p.errorAt(first, "the first IPv6 address of the range is expected")
		}
		s.Low, s.High = low, low
	}
	if second := p.peek(); second.is("temporary") {
		p.next()
		s.Temporary = true
	} else if !s.Prefix.IsValid() && !second.isPunct(';') {
		high, err := parseIPv6(p.run())
		if err != nil {
			return nil, p.errorAt(second, "the last IPv6 address of the range is expected")
		}
		s.High = high
	}
	return s, p.semicolon(&s.Meta)
}

func (p *parser) group(in scope) (Statement, error) {
	if in == scopeHost { // a reference to a named group
		return p.parameter("group", valueFree)
	}
	s := new(Group)
	p.begin(&s.Meta)
	p.next()
	if t := p.peek(); t.kind == kindString {
		s.Name = p.next().value
	} else if t.kind == kindWord {
		s.Name = p.next().text
	}
	return s, p.block(&s.Meta, &s.Block, scopeOther)
}

func (p *parser) host() (Statement, error) {
	s := new(Host)
	p.begin(&s.Meta)
	p.next()
	var err error
	if s.Name, err = p.dotted("a host name without quotes"); err != nil {
		return nil, err
	}
	return s, p.block(&s.Meta, &s.Block, scopeHost)
}

func (p *parser) hardware() (Statement, error) {
	s := new(Hardware)
	p.begin(&s.Meta)
	p.next()
	t, err := p.word("a hardware type such as 'ethernet'")
	if err != nil {
		return nil, err
	}
	s.Type = strings.ToLower(t.text)
	var b strings.Builder
	for p.peek().kind == kindWord || p.peek().isPunct(':') {
		b.WriteString(p.next().text)
	}
	s.Address = b.String()
	return s, p.semicolon(&s.Meta)
}

func (p *parser) fixedAddress() (Statement, error) {
	s := new(FixedAddress)
	p.begin(&s.Meta)
	p.next()
	for {
		a, err := p.dotted("an address or host name")
		if err != nil {
			return nil, err
		}
		s.Addresses = append(s.Addresses, a)
		if !p.peek().isPunct(',') {
			return s, p.semicolon(&s.Meta)
		}
		p.next()
	}
}

func (p *parser) class() (Statement, error) {
	s := new(Class)
	p.begin(&s.Meta)
	p.next()
	var err error
	if s.Name, err = p.quoted("the class name in quotes"); err != nil {
		return nil, err
	}
	return s, p.block(&s.Meta, &s.Block, scopeOther)
}

func (p *parser) subclass() (Statement, error) {
	s := new(Subclass)
	p.begin(&s.Meta)
	p.next()
	var err error
	if s.Class, err = p.quoted("the class name in quotes"); err != nil {
		return nil, err
	}
	var b strings.Builder
	last := -1
	for {
		t := p.peek()
		if t.kind == kindEOF || t.isPunct('}') {
			return nil, p.missingSemicolon()
		}
		if t.isPunct(';') || t.isPunct('{') {
			break
		}
		if last >= 0 && last != t.start {
			b.WriteByte(' ')
		}
		b.WriteString(t.text)
		last = t.end
		p.next()
	}
	s.Data = b.String()
	if p.peek().isPunct(';') {
		return s, p.semicolon(&s.Meta)
	}
	s.HasBlock = true
	return s, p.block(&s.Meta, &s.Block, scopeOther)
}

// ipv4 reads a dotted quad. dhcpd reads it as four numbers with dots between, so white space is allowed and leading
// zeros mean nothing.
func (p *parser) ipv4(what string) (netip.Addr, error) {
	first := p.peek()
	var a [4]byte
	for i := range a {
		if i > 0 {
			if !p.peek().isPunct('.') {
				return netip.Addr{}, p.errorAt(first, "%s is expected: four numbers with dots between", what)
			}
			p.next()
		}
		t := p.peek()
		if t.kind != kindWord {
			return netip.Addr{}, p.errorAt(first, "%s is expected, found %s", what, t.describe())
		}
		n, err := strconv.ParseUint(t.text, 10, 8)
		if err != nil {
			return netip.Addr{}, p.errorAt(first, "%s is expected: %s is not a number from 0 to 255", what, t.describe())
		}
		a[i] = byte(n)
		p.next()
	}
	return netip.AddrFrom4(a), nil
}

// dotted reads a host name, a dotted quad or another name with dots between its words.
func (p *parser) dotted(what string) (string, error) {
	t, err := p.word(what)
	if err != nil {
		return "", err
	}
	if !p.peek().isPunct('.') {
		return t.text, nil
	}
	name := []byte(t.text)
	for p.peek().isPunct('.') {
		p.next()
		name = append(name, '.')
		if p.peek().kind != kindWord {
			break // a name may end with its dot
		}
		name = append(name, p.next().text...)
	}
	return string(name), nil
}

// run reads the tokens that touch each other, as in an IPv6 address.
func (p *parser) run() string {
	first := p.peek()
	end := first.start
	for t := p.peek(); t.start == end && (t.kind == kindWord || t.isPunct(':') || t.isPunct('.') || t.isPunct('/')); t = p.peek() {
		end = t.end
		p.next()
	}
	return p.src[first.start:end]
}

func parseIPv6(s string) (netip.Addr, error) {
	a, err := netip.ParseAddr(s)
	if err == nil && (!a.Is6() || a.Zone() != "") {
		return a, strconv.ErrSyntax
	}
	return a, err
}
