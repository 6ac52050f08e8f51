package kea

import (
	"net/netip"
	"slices"

	"halxml/internal/kea/conf"
	"halxml/internal/model"
)

// Snapshot is all that the configuration of one daemon is made from, read in one transaction. The order of its slices
// does not matter.
type Snapshot struct {
	Server model.Server
	// Service is the daemon: DHCPv4 (or empty) or DHCPv6. What is of the other family is left to the other daemon.
	Service model.ServiceType
	// Relationships are those that the server is one end of.
	Relationships []Relationship
	// Scopes are all scopes of the server.
	Scopes []Scope
	// Options are those of the server and of the objects on it. An object without a set has those of Settings.Base; those
	// of the server itself are for DHCPv4.
	Options []model.OptionSet
	// Definitions are the server's own.
	Definitions []model.OptionDefinition
	// Reservations are those of the server and of its scopes; nil leaves them all to Settings.Base.
	Reservations []model.Reservation
	Settings     Settings
}

// Relationship is a failover relationship with its two ends.
type Relationship struct {
	model.Relationship
	Primary, Secondary model.Server
}

// Scope is a scope with its range and its pools.
type Scope struct {
	model.Scope
	Range model.Range
	Pools []model.Pool
}

// Settings are what the domain does not know of a daemon.
type Settings struct {
	// Base is the configuration that the daemon has or that its operator wrote. All of it stays but what the snapshot
	// says: subnets with their pools and shared networks, and high availability. What else Base says of a subnet, pool,
	// shared network or peer that is still there stays with it. Base is not changed.
	Base *conf.Server
	// Interfaces are those to listen on; nil leaves them to Base.
	Interfaces []string
	// ControlSocket is the path of the daemon's unix socket; empty leaves it to Base.
	ControlSocket string
	// LeaseDatabase is where leases are kept; nil leaves it to Base.
	LeaseDatabase *conf.Database
	// HooksFolder is where Kea's libraries are; empty is the folder of those that Base loads, or DefaultHooksFolder.
	HooksFolder string
	// Version is the daemon's; the zero Version is taken for a new one.
	Version Version
}

// DefaultHooksFolder is where Kea's own installation puts its libraries. Packages of distributions have other places.
const DefaultHooksFolder = "/usr/local/lib/kea/hooks"

// Version is a version of Kea.
type Version struct{ Major, Minor int }

// Before reports whether v is known and earlier than o.
func (v Version) Before(o Version) bool {
	return v != Version{} && (v.Major < o.Major || v.Major == o.Major && v.Minor < o.Minor)
}

// v6 reports whether the snapshot is for the daemon of DHCPv6.
func (s *Snapshot) v6() bool { return s.Service == model.DHCPv6 }

// family is 4 or 6.
func (s *Snapshot) family() int {
	if s.v6() {
		return 6
	}
	return 4
}

// base is a copy of Settings.Base that may be changed.
func (s *Snapshot) base() *conf.Server {
	if s.Settings.Base == nil {
		return &conf.Server{}
	}
	return (&conf.File{Dhcp4: s.Settings.Base}).Clone().Dhcp4
}

// span is a run of addresses.
type span struct{ from, to netip.Addr }

func (s span) String() string { return s.from.String() + " - " + s.to.String() }

// halves cuts a span in two; the first gets the odd address. ok is false when there is only one address.
func (s span) halves() (first, second span, ok bool) {
	if s.from == s.to {
		return s, s, false
	}
	// The middle is (from+to)/2, rounded down, by bytes: the carry of the sum is the first bit of the result.
	a, b := s.from.AsSlice(), s.to.AsSlice()
	carry := 0
	sum := make([]int, len(a))
	for i, x := range slices.Backward(a) {
		sum[i] = int(x) + int(b[i]) + carry
		carry = sum[i] >> 8
	}
	middle := make([]byte, len(a))
	for i := range sum {
		n := carry<<8 | sum[i]&0xff
		middle[i] = byte(n >> 1)
		carry = n & 1
	}
	m, _ := netip.AddrFromSlice(middle)
	return span{s.from, m}, span{m.Next(), s.to}, true
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
	prefix = netip.PrefixFrom(from, bits)
	return prefix, prefix.Masked().Addr() == from && conf.Last(prefix) == to
}
