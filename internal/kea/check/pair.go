package check

import (
	"cmp"
	"net/netip"
	"slices"

	"halxml/internal/kea/conf"
)

// The rules of Pair.
const (
	RulePairMissing  Rule = "pair-missing"  // a relationship that the partner does not have
	RulePairSelf     Rule = "pair-self"     // which peer each of the two is
	RulePairMode     Rule = "pair-mode"     // different modes
	RulePairPeers    Rule = "pair-peers"    // different peers, or the same at different places or in different roles
	RulePairDelays   Rule = "pair-delays"   // different delays
	RulePairListener Rule = "pair-listener" // one with a dedicated listener, one with a control agent
	RulePairSubnets  Rule = "pair-subnets"  // subnets that only one has, or under different ids
	RulePairPools    Rule = "pair-pools"    // different addresses, or for different clients
	RulePairSettings Rule = "pair-settings" // anything else about the same subnet
)

// Pair judges two configurations that are to be partners in high availability, in what neither Kea can see. Configurations
// without any relationship are no pair, and nothing is found. Findings point into the first configuration unless the text
// says otherwise.
func Pair(a, b *conf.File) []Finding {
	var l findings
	for _, first := range daemons(a) {
		for _, second := range daemons(b) {
			if first.family == second.family {
				p := pair{findings: &l, first: first, second: second}
				p.judge()
			}
		}
	}
	return l
}

type pair struct {
	*findings
	first, second daemon
}

func (p *pair) judge() {
	ha, other := p.first.HA(), p.second.HA()
	hook := p.first.path + ".hooks-libraries"
	switch {
	case len(ha) == 0 && len(other) == 0:
		return
	case len(ha) == 0:
		p.errorf(RulePairMissing, hook, "The partner has a relationship of high availability, this server has none")
		return
	case len(other) == 0:
		p.errorf(RulePairMissing, hook, "The server has a relationship of high availability, its partner has none")
		return
	}
	p.relationship(&ha[0], &other[0], hook)
	p.subnets()
}

func (p *pair) relationship(a, b *conf.HA, where string) {
	if a.ThisServerName == b.ThisServerName {
		p.errorf(RulePairSelf, where, "Both servers are the peer %q", a.ThisServerName)
	}
	if a.Mode != b.Mode {
		p.errorf(RulePairMode, where, "The mode is %s, the partner's %s", a.Mode, b.Mode)
	}
	for i := range a.Peers {
		mine := &a.Peers[i]
		theirs := b.Peer(mine.Name)
		if theirs == nil {
			p.errorf(RulePairPeers, where, "The partner does not know the peer %q", mine.Name)
			continue
		}
		if mine.Role != theirs.Role {
			p.errorf(RulePairPeers, where, "Peer %q is %s here and %s at the partner", mine.Name, mine.Role, theirs.Role)
		}
		end, _ := endpoint(mine.URL)
		if otherEnd, _ := endpoint(theirs.URL); end != otherEnd {
			p.errorf(RulePairPeers, where, "Peer %q is at %s here and at %s at the partner", mine.Name, mine.URL, theirs.URL)
		}
	}
	for i := range b.Peers {
		if a.Peer(b.Peers[i].Name) == nil {
			p.errorf(RulePairPeers, where, "Only the partner knows the peer %q", b.Peers[i].Name)
		}
	}
	for _, n := range []struct {
		key  string
		a, b *int64
	}{
		{"heartbeat-delay", a.HeartbeatDelay, b.HeartbeatDelay}, {"max-response-delay", a.MaxResponseDelay, b.MaxResponseDelay},
		{"max-ack-delay", a.MaxAckDelay, b.MaxAckDelay}, {"max-unacked-clients", a.MaxUnackedClients, b.MaxUnackedClients},
	} {
		if (n.a == nil) != (n.b == nil) || n.a != nil && *n.a != *n.b {
			p.warnf(RulePairDelays, where, "%s differs from the partner's", n.key)
		}
	}
	dedicated := func(h *conf.HA) bool {
		return h.MultiThreading != nil && h.MultiThreading.DedicatedListener != nil && *h.MultiThreading.DedicatedListener
	}
	if dedicated(a) != dedicated(b) {
		p.warnf(RulePairListener, where, "Only one of the partners has a dedicated listener; the other needs a control agent at its url")
	}
}

// placed is a subnet, where it is written, and the shared network it is in.
type placed struct {
	*conf.Subnet
	path, network string
}

func (d daemon) byPrefix() (map[netip.Prefix]placed, []netip.Prefix) {
	networks := map[*conf.Subnet]string{}
	for i := range d.SharedNetworks {
		n := &d.SharedNetworks[i]
		list := n.Subnets4
		if d.family == 6 {
			list = n.Subnets6
		}
		for j := range list {
			networks[&list[j]] = n.Name
		}
	}
	out := map[netip.Prefix]placed{}
	var order []netip.Prefix
	subnets, paths := d.AllSubnets(d.family)
	for i, s := range subnets {
		if prefix, err := netip.ParsePrefix(s.Prefix); err == nil {
			out[prefix.Masked()] = placed{s, d.path + "." + paths[i], networks[s]}
			order = append(order, prefix.Masked())
		}
	}
	return out, order
}

func (p *pair) subnets() {
	mine, order := p.first.byPrefix()
	theirs, otherOrder := p.second.byPrefix()
	for _, prefix := range order {
		a := mine[prefix]
		b, ok := theirs[prefix]
		switch {
		case !ok:
			p.errorf(RulePairSubnets, a.path, "The partner does not have subnet %s and refuses its leases", prefix)
			continue
		case a.ID != b.ID:
			p.errorf(RulePairSubnets, a.path+".id", "Subnet %s has the id %d here and %d at the partner, so its leases are refused", prefix, a.ID, b.ID)
		}
		if a.network != b.network {
			p.warnf(RulePairSettings, a.path, "Subnet %s is in shared network %q here and in %q at the partner", prefix, a.network, b.network)
		}
		if !slices.Equal(blocks(a.Subnet), blocks(b.Subnet)) {
			p.errorf(RulePairPools, a.path+".pools", "The pools of subnet %s are not the partner's", prefix)
			continue
		}
		p.settings(a, b, prefix)
	}
	for _, prefix := range otherOrder {
		if _, ok := mine[prefix]; !ok {
			p.errorf(RulePairSubnets, p.first.path, "Only the partner has subnet %s, whose leases this server refuses", prefix)
		}
	}
}

// block is the identity of a pool: its addresses and its clients.
type block struct {
	from, to netip.Addr
	class    string
}

func blocks(s *conf.Subnet) (out []block) {
	for i := range s.Pools {
		from, to, _ := s.Pools[i].Bounds()
		out = append(out, block{from, to, s.Pools[i].ClientClass})
	}
	slices.SortFunc(out, func(a, b block) int {
		return cmp.Or(a.from.Compare(b.from), a.to.Compare(b.to), cmp.Compare(a.class, b.class))
	})
	return out
}

// settings compares what else is said of a subnet, its pools and their spelling aside.
func (p *pair) settings(a, b placed, prefix netip.Prefix) {
	plain := func(s *conf.Subnet) conf.Value {
		c := *s
		c.ID, c.Prefix, c.Pools, c.UserContext = 0, "", nil, nil
		return (&conf.File{Dhcp4: &conf.Server{Subnets4: []conf.Subnet{c}}}).Value()
	}
	if !conf.Same(plain(a.Subnet), plain(b.Subnet)) {
		p.warnf(RulePairSettings, a.path, "The settings of subnet %s, such as options and reservations, are not the partner's", prefix)
	}
}
