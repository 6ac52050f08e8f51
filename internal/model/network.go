package model

import (
	"net/netip"
	"time"
)

// DefaultSpace is the address space that always exists.
const DefaultSpace ID = 1

// Range is a block of addresses: a CIDR or any from-to. Ranges nest and never
// overlap otherwise; the parent is the smallest enclosing one.
type Range struct {
	ID            ID
	SpaceID       ID
	Name          string // a CIDR, from-to, or a label when from and to were given
	From, To      netip.Addr
	ParentID      ID // 0 = none
	Subnet        bool
	Locked        bool
	AutoAssign    bool
	Container     bool
	InheritAccess bool
	Created       time.Time
	Custom        []Property // Title and Description among them
	// Discovery says when its addresses are looked for; nil = never set.
	Discovery *Discovery
	// Routers are asked about addresses in use in it.
	Routers []netip.Addr
}

// Discovery is a schedule by which the addresses of a range are looked for.
type Discovery struct {
	Interval uint32 // in Unit
	Unit     string // in the API's words: Minutes, Hours, …
	Enabled  bool
	Start    time.Time // zero = at once
}

// Ref is the range's reference.
func (r *Range) Ref() Ref { return Ref{TypeRange, r.ID} }

// Contains reports whether a lies in the range.
func (r *Range) Contains(a netip.Addr) bool {
	return a.Is4() == r.From.Is4() && r.From.Compare(a) <= 0 && a.Compare(r.To) <= 0
}

// Encloses reports whether o lies wholly in the range (equal counts).
func (r *Range) Encloses(o *Range) bool { return r.Contains(o.From) && r.Contains(o.To) }

// Scope is one server's DHCP scope on a range. Two scopes of one range on two
// servers are the instances of a failover or split scope.
type Scope struct {
	ID          ID
	RangeID     ID
	ServerID    ID
	Name        string
	Superscope  string // shared network
	Description string
	Enabled     bool
	// Available counts the addresses of its pools, at most 2^32-1.
	Available uint32
	// RelationshipID is the relationship the scope was added to: from then on
	// its data and those of the partner's scope of the same range are kept
	// equal. 0 = none; an ISC scope may still have pools that refer to a peer,
	// by the first-peer rule.
	RelationshipID ID
	PoliciesOff    bool // Microsoft: its policies are not in force
	// SubnetID is the subnet's number in Kea, to which its leases refer; 0 is
	// that of the range.
	SubnetID uint32
	Custom   []Property
}

// Ref is the scope's reference.
func (s *Scope) Ref() Ref { return Ref{TypeScope, s.ID} }

// Pool is an address pool of a scope.
type Pool struct {
	ID       ID
	ScopeID  ID
	ServerID ID // the scope's server, kept here for the index by peer
	Name     string
	From, To netip.Addr
	PeerID   ID // the relationship its addresses are shared by; 0 = none
	Permits  []Permit
}

// Ref is the pool's reference.
func (p *Pool) Ref() Ref { return Ref{TypePool, p.ID} }

// Overlaps reports whether two pools share an address.
func (p *Pool) Overlaps(o *Pool) bool {
	return p.From.Compare(o.To) <= 0 && o.From.Compare(p.To) <= 0
}

// Permit allows or denies a kind of client in a pool (ISC).
type Permit struct {
	Permit string // the API's DHCPAddressPoolPermitType
	Access string // Allow or Deny
	Class  string // for MembersOfDHCPClass
}
