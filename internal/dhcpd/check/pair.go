package check

import (
	"fmt"
	"net/netip"
	"slices"
	"sort"
	"strings"

	"halxml/internal/dhcpd/conf"
)

// The rules of Pair.
const (
	RulePairName      Rule = "pair-name"      // a relationship that only one partner has, or under another name
	RulePairRole      Rule = "pair-role"      // two primaries or two secondaries
	RulePairAddress   Rule = "pair-address"   // addresses or ports that do not mirror each other
	RulePairPools     Rule = "pair-pools"     // addresses that only one partner has under the relationship
	RulePairSubnet    Rule = "pair-subnet"    // different subnets around the same addresses
	RulePairPermits   Rule = "pair-permits"   // the same pool for different clients
	RulePairUnguarded Rule = "pair-unguarded" // both hand out addresses without failover
)

// Pair judges two configurations that are to be failover partners, in what neither dhcpd can see: dhcpd starts with all
// of it and only its log, if anything, tells. Relationships with third servers are left alone. Findings about the first
// file come before those about the second; each points at the file to look at first.
func Pair(a, b *conf.File) []Finding {
	left, right := newChecker(), newChecker()
	left.collect(a)
	right.collect(b)
	p := pair{}
	for _, peer := range left.order {
		if other := right.peers[peer.decl.Name]; other != nil {
			p.peers(peer, other)
			p.pools(peer, other)
			continue
		}
		if other := mirror(peer, right.order, left.peers); other != nil {
			p.first.errorf(RulePairName, peer.decl.Pos, "Failover peer %s is called %s by its partner (%s); the names must be the same",
				conf.Quote(peer.decl.Name), conf.Quote(other.decl.Name), other.decl.Pos)
			continue
		}
		p.first.warnf(RulePairName, peer.decl.Pos, "Failover peer %s has no counterpart in the other file", conf.Quote(peer.decl.Name))
	}
	for _, peer := range right.order {
		if left.peers[peer.decl.Name] == nil && mirror(peer, left.order, right.peers) == nil {
			p.second.warnf(RulePairName, peer.decl.Pos, "Failover peer %s has no counterpart in the other file", conf.Quote(peer.decl.Name))
		}
	}
	if p.related {
		p.subnets(left, right)
		p.unguarded(left, right)
	}
	return append(p.first.sorted(left.files), p.second.sorted(right.files)...)
}

// pair collects what is found in either file.
type pair struct {
	first, second findings
	related       bool // the two files share a relationship
}

// mirror finds the peer whose own end is the partner of p and the other way round, among others without a namesake.
func mirror(p *peer, others []*peer, namesakes map[string]*peer) *peer {
	for _, o := range others {
		if namesakes[o.decl.Name] == nil && sameEnd(p.decl, conf.PeerAddress, o.decl, conf.PeerPeerAddress) == same && sameEnd(p.decl, conf.PeerPeerAddress, o.decl, conf.PeerAddress) == same {
			return o
		}
	}
	return nil
}

type comparison uint8

const (
	unknown comparison = iota // one is absent, or one a name and the other an address
	same
	different
)

func sameEnd(a *conf.FailoverPeer, ka conf.PeerKey, b *conf.FailoverPeer, kb conf.PeerKey) comparison {
	ta, tb := a.Text(ka), b.Text(kb)
	if ta == "" || tb == "" {
		return unknown
	}
	ia, ea := netip.ParseAddr(ta)
	ib, eb := netip.ParseAddr(tb)
	switch {
	case (ea == nil) != (eb == nil):
		return unknown
	case ea == nil && ia == ib, ea != nil && strings.EqualFold(strings.TrimSuffix(ta, "."), strings.TrimSuffix(tb, ".")):
		return same
	}
	return different
}

func (p *pair) peers(a, b *peer) {
	p.related = true
	name := conf.Quote(a.decl.Name)
	if a.decl.Secondary() == b.decl.Secondary() {
		role := "primary"
		if a.decl.Secondary() {
			role = "secondary"
		}
		p.first.errorf(RulePairRole, a.decl.Pos, "Both partners of %s are %s", name, role)
	}
	for _, end := range []struct{ own, other, ownPort, otherPort conf.PeerKey }{
		{conf.PeerAddress, conf.PeerPeerAddress, conf.PeerPort, conf.PeerPeerPort},
		{conf.PeerPeerAddress, conf.PeerAddress, conf.PeerPeerPort, conf.PeerPort},
	} {
		if sameEnd(a.decl, end.own, b.decl, end.other) == different {
			p.first.errorf(RulePairAddress, a.decl.Setting(end.own).Pos, "'%s' of %s is %s, but the partner's '%s' is %s",
				end.own, name, a.decl.Text(end.own), end.other, b.decl.Text(end.other))
		}
		if pa, pb := port(a.decl, end.ownPort), port(b.decl, end.otherPort); pa != pb {
			pos := a.decl.Pos
			if set := a.decl.Setting(end.ownPort); set != nil {
				pos = set.Pos
			}
			p.first.errorf(RulePairAddress, pos, "'%s' of %s is %d, but the partner's '%s' is %d", end.ownPort, name, pa, end.otherPort, pb)
		}
	}
}

// pools compares the addresses under one relationship, however they are cut into pools and ranges.
func (p *pair) pools(a, b *peer) {
	name := conf.Quote(a.decl.Name)
	sa, sb := addresses(a), addresses(b)
	for _, s := range subtract(sa, sb) {
		p.first.errorf(RulePairPools, s.pos, "%s under %s, but not at the partner, which will reject updates about them", s.describe(), name)
	}
	for _, s := range subtract(sb, sa) {
		p.second.errorf(RulePairPools, s.pos, "%s under %s, but not at the partner, which will reject updates about them", s.describe(), name)
	}
	permits := map[string]*pool{}
	for _, pool := range b.pools {
		permits[pool.key()] = pool
	}
	for _, pool := range a.pools {
		other := permits[pool.key()]
		if other != nil && !slices.Equal(pool.sortedPermits(), other.sortedPermits()) {
			p.first.warnf(RulePairPermits, pool.node.Pos, "The pool admits other clients than the same pool at the partner (%s)", other.node.Pos)
		}
	}
}

// key identifies a pool by its addresses.
func (p *pool) key() string {
	keys := make([]string, 0, len(p.spans))
	for _, s := range p.spans {
		keys = append(keys, fmt.Sprintf("%08x-%08x", s.low, s.high))
	}
	sort.Strings(keys)
	return strings.Join(keys, " ")
}

func (p *pool) sortedPermits() []string {
	out := slices.Clone(p.permits)
	sort.Strings(out)
	return slices.Compact(out)
}

// block is a run of addresses and the statement it comes from.
type block struct {
	low, high uint32
	pos       conf.Pos
}

func (b block) describe() string {
	if b.low == b.high {
		return toAddr(b.low).String() + " is"
	}
	return toAddr(b.low).String() + " to " + toAddr(b.high).String() + " are"
}

// addresses returns the addresses under a relationship in order.
func addresses(p *peer) []block {
	var out []block
	for _, pool := range p.pools {
		if pool.peer == p { // a later reference may have won
			out = appendSpans(out, pool.spans)
		}
	}
	sortBlocks(out)
	return out
}

func appendSpans(out []block, spans []*span) []block {
	for _, s := range spans {
		out = append(out, block{s.low, s.high, s.node.Pos})
	}
	return out
}

func sortBlocks(list []block) {
	sort.SliceStable(list, func(i, j int) bool { return list[i].low < list[j].low })
}

// subtract returns what of a is not in b; both are sorted.
func subtract(a, b []block) (out []block) {
	i := 0
	for _, s := range a {
		for i > 0 && b[i-1].high >= s.low { // ranges of a may overlap
			i--
		}
		low := uint64(s.low)
		for ; i < len(b) && b[i].low <= s.high && low <= uint64(s.high); i++ {
			if uint64(b[i].high) < low {
				continue
			}
			if uint64(b[i].low) > low {
				out = append(out, block{uint32(low), b[i].low - 1, s.pos})
			}
			low = uint64(b[i].high) + 1
		}
		if low <= uint64(s.high) {
			out = append(out, block{uint32(low), s.high, s.pos})
		}
	}
	return out
}

// subnets compares the subnets around failover pools.
func (p *pair) subnets(left, right *checker) {
	byAddress := map[uint32]*subnet{}
	for _, s := range right.subnets {
		byAddress[s.low] = s
	}
	for _, s := range left.subnets {
		other := byAddress[s.low]
		if other != nil && other.prefix != s.prefix && (left.guards(s) || right.guards(other)) {
			p.first.errorf(RulePairSubnet, s.node.Pos, "Subnet %s has mask %s, but %s at the partner (%s)",
				s.prefix.Addr(), s.node.Mask, other.node.Mask, other.node.Pos)
		}
	}
}

// guards reports whether a failover pool lies in the subnet.
func (c *checker) guards(s *subnet) bool {
	for _, r := range c.spans {
		if r.pool != nil && r.pool.peer != nil && r.low >= s.low && r.high <= s.high {
			return true
		}
	}
	return false
}

// unguarded finds addresses that both servers hand out without talking about it.
func (p *pair) unguarded(left, right *checker) {
	la, ra := left.unguardedBlocks(), right.unguardedBlocks()
	for _, s := range intersect(la, ra) {
		p.first.warnf(RulePairUnguarded, s.pos, "%s in ranges of both servers that refer to no failover peer, so both may hand them out", s.describe())
	}
}

func (c *checker) unguardedBlocks() (out []block) {
	for _, s := range c.spans {
		if s.pool == nil || s.pool.peer == nil {
			out = append(out, block{s.low, s.high, s.node.Pos})
		}
	}
	sortBlocks(out)
	return out
}

// intersect returns what two sorted lists have in common, with the statements of a.
func intersect(a, b []block) (out []block) {
	j := 0
	for _, s := range a {
		for j > 0 && b[j-1].high >= s.low {
			j--
		}
		for ; j < len(b) && b[j].low <= s.high; j++ {
			if b[j].high >= s.low {
				out = append(out, block{max(s.low, b[j].low), min(s.high, b[j].high), s.pos})
			}
		}
	}
	return out
}
