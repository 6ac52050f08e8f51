package leases

import (
	"math"
	"net/netip"
	"strconv"
	"time"
)

// State is what has become of a lease.
type State uint8

// States, as Kea numbers them.
const (
	Assigned   State = 0 // given to a client, even if its time is over
	Declined   State = 1 // found in use by somebody else
	Reclaimed  State = 2 // over, and cleared away
	Released   State = 3 // given back by the client, since Kea 2.5
	Registered State = 4 // an address the client made itself (DHCPv6), since Kea 2.7
)

// String is the state's word.
func (s State) String() string {
	words := [...]string{"assigned", "declined", "reclaimed", "released", "registered"}
	if int(s) < len(words) {
		return words[s]
	}
	return "state " + strconv.Itoa(int(s))
}

// Type is what is leased in DHCPv6.
type Type uint8

// Types, as Kea numbers them.
const (
	Address   Type = 0 // IA_NA
	Temporary Type = 1 // IA_TA
	Prefix    Type = 2 // IA_PD
)

// Infinite is the lifetime of a lease that never ends.
const Infinite = math.MaxUint32

// Lease is one lease. Identifiers are spelled as Kea does, "01:02:0a".
type Lease struct {
	Addr      netip.Addr // of a prefix, its first address
	HWAddress string
	ClientID  string // DHCPv4
	DUID      string // DHCPv6
	// Valid is the lease's length in seconds, or Infinite.
	Valid uint32
	// Seen is when the client was last heard of. UTC, whole seconds.
	Seen         time.Time
	SubnetID     uint32
	FQDNForward  bool // the client's name was entered into DNS
	FQDNReverse  bool
	Hostname     string
	State        State
	UserContext  string // JSON, or empty
	Preferred    uint32 // DHCPv6: seconds
	Type         Type
	IAID         uint32 // DHCPv6
	PrefixLength uint8  // DHCPv6: 128 for an address
}

// Expires is when the lease ends; the zero time is never.
func (l *Lease) Expires() time.Time {
	if l.Valid == Infinite {
		return time.Time{}
	}
	return l.Seen.Add(time.Duration(l.Valid) * time.Second)
}

// Active reports whether the lease is a client's at a time.
func (l *Lease) Active(now time.Time) bool {
	return (l.State == Assigned || l.State == Registered) && (l.Valid == Infinite || l.Expires().After(now))
}
