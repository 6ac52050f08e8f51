package check

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"sort"

	"halxml/internal/dhcpd/conf"
)

// network is a shared network.
type network struct {
	node    *conf.SharedNetwork
	subnets []*subnet
}

// subnet is an IPv4 subnet with a mask that has no holes; low and high are its first and last address.
type subnet struct {
	node      *conf.Subnet
	prefix    netip.Prefix
	low, high uint32
}

// pool is a pool declaration with what it holds.
type pool struct {
	node    *conf.Pool
	peer    *peer
	spans   []*span
	permits []string
}

// span is a range with its addresses in order. pool is nil for a range that stands in the subnet itself.
type span struct {
	node      *conf.Range
	low, high uint32
	pool      *pool
}

func (c *checker) sharedNetwork(s *conf.SharedNetwork, at place) {
	switch at.kind {
	case inShared, inSubnet, inHost, inClass, inPool:
		c.misplaced(s, "A shared network", at)
	}
	n := &network{node: s}
	for _, old := range c.networks {
		if old.node.Name == s.Name {
			c.warnf(RuleNetworkName, s.Pos, "Shared network %s is already declared at %s", conf.Quote(s.Name), old.node.Pos)
			break
		}
	}
	if s.Name == "" {
		c.errorf(RuleNetworkEmpty, s.Pos, "The shared network has an empty name")
	}
	c.networks = append(c.networks, n)
	c.block(&s.Block, place{kind: inShared, shared: n})
	// A subnet inside a group of the network does not count for dhcpd.
	for inner := range s.Block.Direct() {
		switch inner.(type) {
		case *conf.Subnet, *conf.Subnet6:
			return
		}
	}
	c.errorf(RuleNetworkEmpty, s.Pos, "Shared network %s has no subnet", conf.Quote(s.Name))
}

func (c *checker) subnet(s *conf.Subnet, at place) {
	switch at.kind {
	case inHost, inSubnet, inClass:
		c.misplaced(s, "A subnet", at)
		return
	}
	n := &subnet{node: s}
	prefix, ok := s.Prefix()
	switch {
	case ok:
		n.prefix, n.low = prefix, toUint(prefix.Addr())
		n.high = n.low | uint32(uint64(1)<<(32-prefix.Bits())-1)
		c.subnets = append(c.subnets, n)
		if at.shared != nil {
			at.shared.subnets = append(at.shared.subnets, n)
		}
	case toUint(s.Network)&^toUint(s.Mask) != 0:
		c.errorf(RuleSubnet, s.Pos, "%s is not the first address of a subnet with mask %s", s.Network, s.Mask)
	default:
		c.warnf(RuleSubnet, s.Pos, "Netmask %s has holes", s.Mask)
	}
	if !ok {
		n = nil // ranges in it cannot be judged
	}
	c.block(&s.Block, place{kind: inSubnet, shared: at.shared, subnet: n})
}

func (c *checker) pool(s *conf.Pool, at place) {
	if at.kind != inSubnet && at.kind != inShared {
		c.misplaced(s, "A pool", at)
	}
	p := &pool{node: s}
	c.pools = append(c.pools, p)
	ranges := 0
	for inner := range s.Block.Direct() {
		if _, ok := inner.(*conf.Range); ok {
			ranges++
		}
	}
	c.block(&s.Block, place{kind: inPool, shared: at.shared, subnet: at.subnet, pool: p})
	if ranges == 0 {
		c.errorf(RulePoolEmpty, s.Pos, "The pool has no range")
	}
}

func (c *checker) addressRange(s *conf.Range, at place) {
	if at.included && at.kind == inPool || at.kind != inPool && at.kind != inSubnet {
		c.misplaced(s, "A range", at)
		return
	}
	r := &span{node: s, low: toUint(s.Low), high: toUint(s.High), pool: at.pool}
	if r.high < r.low {
		r.low, r.high = r.high, r.low
		c.warnf(RuleRangeReversed, s.Pos, "The range ends before it begins; dhcpd swaps %s and %s", s.Low, s.High)
	}
	c.spans = append(c.spans, r)
	if at.pool != nil {
		at.pool.spans = append(at.pool.spans, r)
	}
	in := at.subnet
	if in == nil && at.kind == inPool && at.shared != nil { // a pool of the shared network lies in one of its subnets
		for _, n := range at.shared.subnets {
			if n.low <= r.low && r.low <= n.high {
				in = n
			}
		}
		if in == nil {
			c.errorf(RuleRange, s.Pos, "The range lies in no subnet that the shared network declares before it")
			return
		}
	}
	if in == nil {
		return
	}
	for _, a := range []uint32{r.low, r.high} {
		if a < in.low || a > in.high {
			c.errorf(RuleRange, s.Pos, "%s is not in subnet %s", toAddr(a), in.prefix)
			return
		}
	}
	if in.prefix.Bits() < 31 {
		if r.low == in.low {
			c.warnf(RuleRangeEdge, s.Pos, "The range holds %s, the address of the network itself", toAddr(in.low))
		}
		if r.high == in.high {
			c.warnf(RuleRangeEdge, s.Pos, "The range holds %s, the broadcast address of the network", toAddr(in.high))
		}
	}
}

func (c *checker) finishNetworks() {
	subnets := slices.Clone(c.subnets)
	sort.SliceStable(subnets, func(i, j int) bool {
		a, b := subnets[i], subnets[j]
		return a.low < b.low || a.low == b.low && a.high > b.high
	})
	var widest *subnet // of those so far, the one that reaches furthest; subnets nest or are apart
	for _, s := range subnets {
		if widest != nil && s.low <= widest.high {
			first, second := widest, s
			if c.later(first.node.Pos, second.node.Pos) {
				first, second = second, first
			}
			c.warnf(RuleSubnetOverlap, second.node.Pos, "Subnet %s overlaps subnet %s at %s", second.prefix, first.prefix, first.node.Pos)
			continue
		}
		widest = s
	}
	spans := slices.Clone(c.spans)
	sort.SliceStable(spans, func(i, j int) bool { return spans[i].low < spans[j].low })
	var furthest *span
	for _, s := range spans {
		if furthest != nil && s.low <= furthest.high {
			first, second := furthest, s
			if c.later(first.node.Pos, second.node.Pos) {
				first, second = second, first
			}
			c.errorf(RuleRangeOverlap, second.node.Pos, "%s is already in the range at %s", toAddr(s.low), first.node.Pos)
		}
		if furthest == nil || s.high > furthest.high {
			furthest = s
		}
	}
}

// later reports whether a stands behind b in reading order.
func (c *checker) later(a, b conf.Pos) bool {
	if a.File != b.File {
		return c.files[a.File] > c.files[b.File]
	}
	return a.Line > b.Line
}

// toUint is 0 for what is no IPv4 address.
func toUint(a netip.Addr) uint32 {
	if !a.Is4() {
		return 0
	}
	b := a.As4()
	return binary.BigEndian.Uint32(b[:])
}

func toAddr(n uint32) netip.Addr {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], n)
	return netip.AddrFrom4(b)
}
