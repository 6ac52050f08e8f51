package model

import (
	"net/netip"
	"time"
)

// LeaseState is what has become of a lease, in the words of the server that
// keeps it.
type LeaseState string

// The states of leases that are kept. A server's free addresses have none.
const (
	LeaseActive     LeaseState = "active"     // ISC: a client has it
	LeaseAssigned   LeaseState = "assigned"   // Kea: a client has it
	LeaseRegistered LeaseState = "registered" // Kea: the client made the address itself
	LeaseAbandoned  LeaseState = "abandoned"  // ISC: found in use by somebody else
	LeaseDeclined   LeaseState = "declined"   // Kea: found in use by somebody else
	LeaseExpired    LeaseState = "expired"
	LeaseReleased   LeaseState = "released"
)

// Held reports whether a client has the lease.
func (s LeaseState) Held() bool {
	return s == LeaseActive || s == LeaseAssigned || s == LeaseRegistered
}

// Stray reports whether a host has the address that the server knows nothing of.
func (s LeaseState) Stray() bool { return s == LeaseAbandoned || s == LeaseDeclined }

// Lease is an address that a server has handed out, as the server told it last.
// A lease of partners in failover is there once for each of them.
type Lease struct {
	ID       ID
	SpaceID  ID // the server's, kept here for the index by address
	ServerID ID
	ScopeID  ID
	Addr     netip.Addr
	// Hardware is the client's hardware address, aa:bb:cc:dd:ee:ff; "" when the
	// server does not tell it.
	Hardware string
	// Identifier is the client identifier, in DHCPv6 the DUID, as octets
	// aa:bb:cc; "" when the client sent none.
	Identifier string
	Hostname   string // the name the client gave
	State      LeaseState
	BOOTP      bool
	Starts     time.Time // when it was given, or renewed last; the zero time is unknown
	Ends       time.Time // the zero time is never
	Source     string    // what told of it: SourceFile or SourceImport
	// Dropped marks a lease that a command has released while the server still
	// keeps it: it stays released until the server tells something new of it.
	Dropped bool
}

// Sources of leases.
const (
	SourceFile   = "lease file" // of a running server
	SourceImport = "import"     // by the operator
)

// Ref is the lease's reference, which no command takes: leases are named by
// their scope and address.
func (l *Lease) Ref() Ref { return Ref{TypeLease, l.ID} }

// InUse reports whether somebody has the address.
func (l *Lease) InUse() bool { return l.State.Held() || l.State.Stray() }

// Client is what tells the lease's client from others: the hardware address, or
// the identifier of one whose hardware address is not known.
func (l *Lease) Client() string {
	if l.Hardware != "" {
		return l.Hardware
	}
	return l.Identifier
}

// SameClient reports whether two leases are of one client.
func (l *Lease) SameClient(o *Lease) bool { return l.Client() == o.Client() }

// LeaseEventCode is what happened to a lease.
type LeaseEventCode string

// Events in the history of leases.
const (
	LeaseAssign   LeaseEventCode = "Assign"   // a client got the address
	LeaseRenew    LeaseEventCode = "Renew"    // it got it for longer
	LeaseRelease  LeaseEventCode = "Release"  // it was given back before its end
	LeaseExpire   LeaseEventCode = "Expire"   // its time was over
	LeaseConflict LeaseEventCode = "Conflict" // somebody else was found to use the address
)

// Description is the event in words.
func (c LeaseEventCode) Description() string {
	switch c {
	case LeaseAssign:
		return "The address was leased to the client"
	case LeaseRenew:
		return "The lease was renewed by the client"
	case LeaseRelease:
		return "The lease was released"
	case LeaseExpire:
		return "The lease expired"
	case LeaseConflict:
		return "The address was found in use by another host"
	}
	return ""
}

// LeaseEvent is one event in the history of leases. It stays when its server is
// removed.
type LeaseEvent struct {
	ID         ID
	SpaceID    ID // the server's then
	ServerID   ID
	Server     string // the server's address then, or its name
	Code       LeaseEventCode
	Time       time.Time
	Addr       netip.Addr
	Hardware   string
	Identifier string
	Hostname   string
}

// Client is the hardware address or, where it is not known, the identifier.
func (e *LeaseEvent) Client() string {
	if e.Hardware != "" {
		return e.Hardware
	}
	return e.Identifier
}
