package conf

import (
	"strings"
)

func (p *parser) option() (Statement, error) {
	var m Meta
	p.begin(&m)
	p.next()
	if p.peek().is("space") && p.peekAt(1).kind == kindWord {
		p.next()
		s := &OptionSpace{Meta: m, Name: p.next().text}
		var err error
		if s.Rest, err = p.text(false); err != nil {
			return nil, err
		}
		return s, p.semicolon(&s.Meta)
	}
	t, err := p.word("an option name")
	if err != nil {
		return nil, err
	}
	name := t.text
	if p.peek().isPunct('.') {
		p.next()
		if t, err = p.word("the option's name within its space"); err != nil {
			return nil, err
		}
		name += "." + t.text
	}
	if p.peek().is("code") {
		return p.optionDefinition(m, name)
	}
	s := &Option{Meta: m, Name: name}
	if s.Value, err = p.text(false); err != nil {
		return nil, err
	}
	return s, p.semicolon(&s.Meta)
}

func (p *parser) optionDefinition(m Meta, name string) (Statement, error) {
	p.next()
	t, err := p.word("the option code")
	if err != nil {
		return nil, err
	}
	s := &OptionDefinition{Meta: m, Name: name, Code: t.text}
	if !p.peek().isPunct('=') {
		return nil, p.expected("'='")
	}
	p.next()
	if s.Type, err = p.text(true); err != nil {
		return nil, err
	}
	return s, p.semicolon(&s.Meta)
}

func (p *parser) parameter(name string, v valueKind) (Statement, error) {
	s := &Parameter{Name: name}
	p.begin(&s.Meta)
	p.next()
	if v == valueNone || v == valueWord && p.peek().kind == kindWord {
		if v == valueWord {
			s.Value = p.next().text
		}
		return s, p.semicolon(&s.Meta)
	}
	var err error
	if s.Value, err = p.text(false); err != nil {
		return nil, err
	}
	if s.Value == "" {
		return nil, p.expected("a value")
	}
	return s, p.semicolon(&s.Meta)
}

func (p *parser) notAuthoritative() (Statement, error) {
	s := &Parameter{Name: "not authoritative"}
	p.begin(&s.Meta)
	p.next()
	p.next()
	return s, p.semicolon(&s.Meta)
}

func (p *parser) permit(action PermitAction) (Statement, error) {
	s := &Permit{Action: action}
	p.begin(&s.Meta)
	p.next()
	t := p.peek()
	if action == Ignore && !t.is("known") && !t.is("unknown") && !t.is("known-clients") && !t.is("unknown-clients") {
		value, err := p.text(false) // a server parameter that is set for this pool
		if err != nil {
			return nil, err
		}
		set := &Parameter{Meta: s.Meta, Name: string(action), Value: value}
		return set, p.semicolon(&set.Meta)
	}
	p.next()
	clients := func(who PermitWho) error {
		s.Who = who
		return p.keyword("clients")
	}
	var err error
	switch strings.ToLower(t.text) {
	case "known-clients":
		s.Who = PermitKnown
	case "unknown-clients":
		s.Who = PermitUnknown
	case "known":
		err = clients(PermitKnown)
	case "unknown":
		err = clients(PermitUnknown)
	case "all":
		err = clients(PermitAll)
	case "authenticated":
		err = clients(PermitAuthenticated)
	case "unauthenticated":
		err = clients(PermitUnauthenticated)
	case "dynamic":
		if err = p.keyword("bootp"); err == nil {
			err = clients(PermitDynamicBOOTP)
		}
	case "members":
		s.Who = PermitMembers
		if err = p.keyword("of"); err == nil {
			s.Class, err = p.quoted("the class name in quotes")
		}
	case "after":
		s.Who = PermitAfter
		s.After, err = p.text(false)
		if err == nil && s.After == "" {
			err = p.expected("a date")
		}
	default:
		err = p.errorAt(t, "clients that a pool can %s are expected, found %s", action, t.describe())
	}
	if err != nil {
		return nil, err
	}
	return s, p.semicolon(&s.Meta)
}

// failover reads a peer declaration or a reference to one.
func (p *parser) failover(in scope) (Statement, error) {
	s := new(FailoverPeer)
	p.begin(&s.Meta)
	first := p.next()
	if err := p.keyword("peer"); err != nil {
		return nil, err
	}
	t := p.peek()
	switch {
	case t.kind == kindString:
		s.Name = t.value
	case t.kind == kindWord && in != scopePool:
		s.Name = t.text
	case in == scopePool:
		return nil, p.expected("the peer's name in quotes")
	default:
		return nil, p.expected("the peer's name")
	}
	p.next()
	if p.peek().isPunct(';') || in == scopePool {
		ref := &FailoverRef{Meta: s.Meta, Name: s.Name}
		return ref, p.semicolon(&ref.Meta)
	}
	if p.peek().is("state") {
		return nil, p.errorAt(first, "a failover state belongs in the lease file")
	}
	if err := p.open(&s.Meta); err != nil {
		return nil, err
	}
	for !p.peek().isPunct('}') && p.peek().kind != kindEOF {
		setting, err := p.peerSetting()
		if err != nil {
			return nil, err
		}
		s.Settings = append(s.Settings, setting)
	}
	tail, err := p.close(&s.Meta)
	s.Tail = tail
	return s, err
}

func (p *parser) noFailover() (Statement, error) {
	s := &FailoverRef{None: true}
	p.begin(&s.Meta)
	p.next()
	if err := p.keyword("failover"); err != nil {
		return nil, err
	}
	if err := p.keyword("peer"); err != nil {
		return nil, err
	}
	if t := p.peek(); t.isPunct(';') {
		return nil, p.errorAt(t, "dhcpd does not read a ';' after 'no failover peer'; leave the statement out")
	}
	p.endHead(&s.Meta)
	p.trailing(&s.Meta)
	return s, nil
}

func (p *parser) peerSetting() (*PeerSetting, error) {
	s := new(PeerSetting)
	p.begin(&s.Meta)
	partner := false
	for p.peek().is("peer") {
		partner = true
		p.next()
	}
	t, err := p.word("a setting of the failover peer")
	if err != nil {
		return nil, err
	}
	key := PeerKey(strings.ToLower(t.text))
	if key == "load" {
		for _, w := range []string{"balance", "max", "seconds"} {
			if err := p.keyword(w); err != nil {
				return nil, err
			}
		}
		key = PeerLoadBalance
	}
	switch key {
	case PeerPrimary, PeerSecondary:
	case PeerAddress:
		if s.Value, err = p.dotted("an address or host name"); err != nil {
			return nil, err
		}
	case PeerHBA:
		for p.peek().kind == kindWord || p.peek().isPunct(':') {
			s.Value += p.next().text
		}
	case PeerPort, PeerMaxResponseDelay, PeerMaxUnackedUpdates, PeerMCLT, PeerSplit, PeerLoadBalance, PeerAutoPartnerDown,
		PeerMaxLeaseMisbalance, PeerMaxLeaseOwnership, PeerMinBalance, PeerMaxBalance:
		n, err := p.number()
		if err != nil {
			return nil, err
		}
		s.Value = n
	default:
		return nil, p.errorAt(t, "%s is not a setting of a failover peer", t.describe())
	}
	switch s.Key = key; {
	case !partner:
	case key == PeerAddress:
		s.Key = PeerPeerAddress
	case key == PeerPort:
		s.Key = PeerPeerPort
	case key == PeerMaxResponseDelay:
		s.Key = PeerPeerResponseDelay
	case key == PeerMaxUnackedUpdates:
		s.Key = PeerPeerUnackedUpdates
	}
	return s, p.semicolon(&s.Meta)
}

// number reads a decimal number, negative ones too: dhcpd takes them and wraps them.
func (p *parser) number() (string, error) {
	t := p.peek()
	digits := t.text
	if t.kind == kindWord && digits[0] == '-' {
		digits = digits[1:]
	}
	if t.kind != kindWord || digits == "" || strings.Trim(digits, "0123456789") != "" {
		return "", p.expected("a number")
	}
	p.next()
	return t.text, nil
}
