package dhcpd

import (
	"net/netip"

	"halxml/internal/model"
)

// Snapshot is all that the configuration of one server is made from, read in one transaction. The order of its slices
// does not matter.
type Snapshot struct {
	Server model.Server
	// Preamble holds statements of the operator, in the language of dhcpd.conf, which come first. An empty subnet in it,
	// which lets dhcpd listen on an interface, gives way to a scope of the same subnet.
	Preamble string
	// Relationships are those that the server is one end of.
	Relationships []Relationship
	// Scopes are all scopes of the server.
	Scopes []Scope
	// Options are those of the server and of the objects on it.
	Options []model.OptionSet
	// Definitions are the server's own.
	Definitions []model.OptionDefinition
	// Classes are the server's classes with their members; permits may name others.
	Classes []model.Class
	// Groups and Reservations are all that the server has.
	Groups       []model.Group
	Reservations []model.Reservation
	// Statements are what the operator has said beside all that; those of other servers are passed over.
	Statements []model.Statements
}

// Relationship is a failover relationship with its two ends.
type Relationship struct {
	model.Relationship
	Primary, Secondary model.Server
	// Partner holds the partner's scopes that have pools under this relationship; more of its scopes do no harm.
	Partner []Scope
}

// Scope is a scope with its range and its pools.
type Scope struct {
	model.Scope
	Range model.Range
	Pools []model.Pool
}

// block is the identity of a pool across partners: the same addresses in the same subnet.
type block struct {
	subnet   netip.Prefix
	from, to netip.Addr
}

// shared returns the pools that the partner serves under the relationship. A disabled scope is rendered without pools, so
// its pools do not count.
func (r *Relationship) shared() map[block]bool {
	out := map[block]bool{}
	for i := range r.Partner {
		s := &r.Partner[i]
		subnet, ok := cidr(s.Range.From, s.Range.To)
		if !s.Enabled || !ok {
			continue
		}
		for _, p := range s.Pools {
			if p.PeerID == r.ID {
				out[block{subnet, p.From, p.To}] = true
			}
		}
	}
	return out
}

// cidr returns the prefix that is exactly from..to; ok is false when there is none.
func cidr(from, to netip.Addr) (prefix netip.Prefix, ok bool) {
	if !from.IsValid() || from.BitLen() != to.BitLen() || from.Zone() != "" {
		return netip.Prefix{}, false
	}
	a, b := from.AsSlice(), to.AsSlice()
	bits := 0
	for bits < len(a)*8 && a[bits/8]&(0x80>>(bits%8)) == b[bits/8]&(0x80>>(bits%8)) {
		bits++
	}
	for i := bits; i < len(a)*8; i++ {
		mask := byte(0x80) >> (i % 8)
		if a[i/8]&mask != 0 || b[i/8]&mask == 0 {
			return netip.Prefix{}, false
		}
	}
	return netip.PrefixFrom(from, bits), true
}

// netmask is the IPv4 netmask of a prefix.
func netmask(p netip.Prefix) netip.Addr {
	var m [4]byte
	for i := range p.Bits() {
		m[i/8] |= 0x80 >> (i % 8)
	}
	return netip.AddrFrom4(m)
}
