package dhcpd

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"halxml/internal/dhcpd/conf"
	"halxml/internal/intake"
	"halxml/internal/model"
)

// level is what a network stands in.
type level struct {
	superscope string
	peer       string             // of the shared network
	inherited  []conf.Statement   // settings of groups around
	fallback   *intake.Statements // for what cannot be a scope
}

// shared reads a shared network. One without scopes stays as it is.
func (r *reader) shared(s *conf.SharedNetwork, inherited []conf.Statement) {
	list, tail := flat(&s.Block)
	s.Block = conf.Block{Statements: list, Tail: tail}
	if s.Name == "" || !plain(s.Name) || len(s.Name) > 255 || r.server.Networks[s.Name] != nil || !slices.ContainsFunc(list, r.fits) {
		r.keep(&r.server.End, with(s, inherited))
		return
	}
	network := &intake.Statements{}
	r.server.Networks[s.Name] = network
	r.in.Note(intake.Taken, r.at(s), "shared network "+s.Name)
	r.keepAll(network, inherited)
	r.comments(network, &s.Meta)
	in := level{superscope: s.Name, fallback: network}
	for _, st := range list {
		if ref, ok := st.(*conf.FailoverRef); ok {
			in.peer = ref.Name
			r.comments(network, &ref.Meta)
		}
	}
	var scopes []*intake.Scope
	for _, st := range list { // pools may stand before or behind the subnets that they are in
		if subnet, ok := st.(*conf.Subnet); ok {
			if scope := r.subnet(subnet, in); scope != nil {
				scopes = append(scopes, scope)
			}
		}
	}
	for _, st := range list {
		switch st := st.(type) {
		case *conf.Subnet, *conf.FailoverRef:
		case *conf.Pool:
			r.pool(st, scopes, in)
		case *conf.Range:
			r.bareRange(st, scopes, in)
		case *conf.FailoverPeer:
			r.peer(st)
		default:
			r.keep(network, st)
		}
	}
	r.comment(network, tail)
}

// fits reports whether a statement is a subnet that can be a scope of the server.
func (r *reader) fits(s conf.Statement) bool {
	subnet, ok := s.(*conf.Subnet)
	if !ok {
		return false
	}
	prefix, ok := subnet.Prefix()
	return ok && prefix.Bits() > 0 && !slices.ContainsFunc(r.blocks, prefix.Overlaps)
}

// subnet reads a subnet. One that is no CIDR, or lies in or around another, stays as it is.
func (r *reader) subnet(s *conf.Subnet, in level) *intake.Scope {
	if !r.fits(s) {
		r.keep(in.fallback, with(s, in.inherited))
		return nil
	}
	out := &intake.Scope{Place: r.at(s), Superscope: in.superscope}
	out.Prefix, _ = s.Prefix()
	r.blocks = append(r.blocks, out.Prefix)
	out.Description = plainComments(slices.Concat(own(s.Comments), trailing(&s.Meta)))
	inner := in
	inner.fallback = &out.Statements
	scopes := []*intake.Scope{out}
	list, tail := flat(&s.Block)
	options := r.options(slices.Concat(in.inherited, list))
	for _, st := range in.inherited {
		if o, ok := st.(*conf.Option); ok && has(options, o) {
			r.take(options[o], &out.Options)
			continue
		}
		r.keepAll(&out.Statements, []conf.Statement{st})
	}
	for _, st := range list {
		switch st := st.(type) {
		case *conf.Pool:
			r.pool(st, scopes, inner)
		case *conf.Range:
			r.bareRange(st, scopes, inner)
		case *conf.Host:
			r.host(st, &out.Hosts, &out.Statements)
		case *conf.Option:
			r.option(st, options, &out.Options, &out.Statements)
		case *conf.OptionDefinition:
			r.definition(st)
		default:
			r.keep(&out.Statements, st)
		}
	}
	r.comment(&out.Statements, tail)
	r.server.Scopes = append(r.server.Scopes, out)
	r.in.Note(intake.Taken, out.Place, "subnet "+out.Prefix.String())
	return out
}

// pool reads a pool into the scopes that its ranges lie in: one for each of them.
func (r *reader) pool(p *conf.Pool, scopes []*intake.Scope, in level) {
	list, tail := flat(&p.Block)
	p.Block = conf.Block{Statements: list, Tail: tail}
	var ranges []*conf.Range
	for _, st := range list {
		if rng, ok := st.(*conf.Range); ok {
			if scopeOf(rng, scopes) == nil {
				r.keep(in.fallback, p)
				return
			}
			ranges = append(ranges, rng)
		}
	}
	if len(ranges) == 0 {
		r.keep(in.fallback, p)
		return
	}
	for len(ranges) > 0 {
		scope := scopeOf(ranges[0], scopes)
		var here, elsewhere []*conf.Range
		for _, rng := range ranges {
			if scopeOf(rng, scopes) == scope {
				here = append(here, rng)
			} else {
				elsewhere = append(elsewhere, rng)
			}
		}
		ranges = elsewhere
		r.poolIn(scope, p, here, in)
	}
	if in.fallback != nil && len(scopes) > 0 && in.superscope != "" && in.fallback == r.server.Networks[in.superscope] {
		r.in.Note(intake.Changed, r.at(p), "the pool stands in the subnets that its ranges lie in")
	}
}

// poolIn reads what a pool says for one scope.
func (r *reader) poolIn(scope *intake.Scope, p *conf.Pool, ranges []*conf.Range, in level) {
	out := &intake.Pool{Place: r.at(p), Peer: in.peer}
	r.comments(&out.Statements, &p.Meta)
	options := r.options(p.Statements)
	again := &conf.Pool{Meta: p.Meta, Block: conf.Block{Tail: p.Tail}}
	if in.peer != "" {
		again.Statements = append(again.Statements, &conf.FailoverRef{Name: in.peer})
	}
	for _, st := range p.Statements {
		if rng, ok := st.(*conf.Range); !ok || slices.Contains(ranges, rng) {
			again.Statements = append(again.Statements, st)
		}
		switch st := st.(type) {
		case *conf.Range:
			if slices.Contains(ranges, st) {
				r.comments(&out.Statements, &st.Meta)
				out.Ranges = append(out.Ranges, r.ordered(st))
				if st.DynamicBOOTP {
					r.in.Note(intake.Changed, r.at(st), "dynamic-bootp says nothing in a pool")
				}
			}
		case *conf.FailoverRef:
			out.Peer = st.Name
			r.comments(&out.Statements, &st.Meta)
		case *conf.Permit:
			if m, ok := permitOf(st); ok {
				out.Permits = append(out.Permits, m)
				r.comments(&out.Statements, &st.Meta)
			} else {
				r.keep(&out.Statements, st)
			}
		case *conf.Option:
			r.option(st, options, &out.Options, &out.Statements)
		case *conf.OptionDefinition:
			r.definition(st)
		default:
			r.keep(&out.Statements, st)
		}
	}
	r.comment(&out.Statements, p.Tail)
	out.Verbatim = text(again)
	r.merge(out)
	r.addPool(scope, out)
	if len(out.Ranges) > 1 {
		r.in.Note(intake.Changed, out.Place, "the pool's "+decimal(len(out.Ranges))+" ranges are pools of their own")
	}
}

// merge makes one range of those that follow each other: partners may write the same addresses in other ranges.
func (r *reader) merge(p *intake.Pool) {
	slices.SortFunc(p.Ranges, func(a, b intake.Range) int { return a.From.Compare(b.From) })
	merged := p.Ranges[:1]
	for _, rng := range p.Ranges[1:] {
		if last := &merged[len(merged)-1]; last.To.Next() == rng.From {
			last.To = rng.To
			r.in.Note(intake.Changed, p.Place, "ranges that follow each other are one: "+last.From.String()+"-"+last.To.String())
			continue
		}
		merged = append(merged, rng)
	}
	p.Ranges = merged
}

// bareRange reads a range outside pools. dhcpd makes a pool of it that serves no BOOTP clients unless it says so.
func (r *reader) bareRange(rng *conf.Range, scopes []*intake.Scope, in level) {
	scope := scopeOf(rng, scopes)
	if scope == nil {
		r.keep(in.fallback, rng)
		return
	}
	out := &intake.Pool{Place: r.at(rng), Peer: in.peer, Ranges: []intake.Range{r.ordered(rng)}, Verbatim: text(rng)}
	out.Permits = []model.Permit{{Permit: "DynamicBOOTPClients", Access: "Deny"}}
	if rng.DynamicBOOTP {
		out.Permits = []model.Permit{{Permit: "AllClients", Access: "Allow"}}
	}
	r.comments(&out.Statements, &rng.Meta)
	r.addPool(scope, out)
}

func (r *reader) addPool(scope *intake.Scope, p *intake.Pool) {
	if p.Peer != "" && !r.peers[p.Peer] {
		p.Statements.Add(p.Order, "failover peer "+conf.Quote(p.Peer)+";")
		p.Peer = ""
	}
	// Render writes this one into every pool of a peer.
	bootp := func(m model.Permit) bool { return m.Permit == "DynamicBOOTPClients" }
	if i := slices.IndexFunc(p.Permits, bootp); p.Peer != "" && i >= 0 && p.Permits[i].Access == "Deny" && !slices.ContainsFunc(p.Permits[i+1:], bootp) {
		p.Permits = slices.Delete(p.Permits, i, i+1)
	}
	scope.Pools = append(scope.Pools, p)
	for _, rng := range p.Ranges {
		r.in.Note(intake.Taken, p.Place, "pool "+rng.From.String()+"-"+rng.To.String())
	}
}

// ordered is a range from its lower address; dhcpd exchanges the two in silence.
func (r *reader) ordered(rng *conf.Range) intake.Range {
	if rng.High.Less(rng.Low) {
		r.in.Note(intake.Changed, r.at(rng), "the range goes from "+rng.High.String()+" to "+rng.Low.String())
		return intake.Range{From: rng.High, To: rng.Low}
	}
	return intake.Range{From: rng.Low, To: rng.High}
}

// scopeOf is the scope that a range lies in.
func scopeOf(rng *conf.Range, scopes []*intake.Scope) *intake.Scope {
	for _, s := range scopes {
		if s.Prefix.Contains(rng.Low) && s.Prefix.Contains(rng.High) {
			return s
		}
	}
	return nil
}

// permitOf is a permit in the API's words, which lack some.
func permitOf(s *conf.Permit) (m model.Permit, ok bool) {
	m.Access = map[conf.PermitAction]string{conf.Allow: "Allow", conf.Deny: "Deny"}[s.Action]
	m.Permit = map[conf.PermitWho]string{
		conf.PermitAll: "AllClients", conf.PermitKnown: "KnownClients", conf.PermitUnknown: "UnknownClients",
		conf.PermitDynamicBOOTP: "DynamicBOOTPClients", conf.PermitMembers: "MembersOfDHCPClass",
	}[s.Who]
	if s.Who == conf.PermitMembers {
		m.Class = s.Class
		if strings.TrimSpace(s.Class) != s.Class || s.Class == "" || len(s.Class) > 255 || !plain(s.Class) {
			return m, false
		}
	}
	return m, m.Access != "" && m.Permit != ""
}

// plain reports whether a text holds nothing that the API could not show.
func plain(s string) bool {
	return strings.ToValidUTF8(s, "") == s && strings.IndexFunc(s, unicode.IsControl) < 0
}

// plainComments is the text of comments.
func plainComments(lines []string) string {
	out := make([]string, len(lines))
	for i, l := range lines {
		l = strings.TrimPrefix(strings.TrimPrefix(l, "#"), " ")
		out[i] = strings.TrimRight(strings.Map(func(c rune) rune {
			if unicode.IsControl(c) || c == 0xFFFE || c == 0xFFFF {
				return ' '
			}
			return c
		}, strings.ToValidUTF8(l, "?")), " ")
	}
	return strings.Join(out, "\n")
}

func decimal(n int) string { return strconv.Itoa(n) }

// ipv4s reads addresses; ok is false when one is a name.
func ipv4s(texts []string) (all []netip.Addr, ok bool) {
	for _, t := range texts {
		a, err := netip.ParseAddr(t)
		if err != nil || !a.Is4() || slices.Contains(all, a) {
			return nil, false
		}
		all = append(all, a)
	}
	return all, true
}
