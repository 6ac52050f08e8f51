package leases

import (
	"net/netip"
	"time"
)

// State is the binding state of a lease.
type State string

// The binding states of dhcpd 4.4.
const (
	Free      State = "free"
	Active    State = "active"
	Expired   State = "expired"
	Released  State = "released"
	Abandoned State = "abandoned"
	Reset     State = "reset"
	Backup    State = "backup" // free, and the secondary's to hand out
)

// Moment is a time of the lease file, in UTC. The zero Moment was not given; with Never it lies beyond all times.
type Moment struct {
	Time  time.Time
	Never bool
}

// IsZero reports whether the file gives no such time.
func (m Moment) IsZero() bool { return !m.Never && m.Time.IsZero() }

// After reports whether the moment is later than t. A moment that was not given is not.
func (m Moment) After(t time.Time) bool { return m.Never || m.Time.After(t) }

// Lease is one record about one IPv4 address. What the server notes for itself (set, on, option …) is left out.
type Lease struct {
	Addr         netip.Addr
	Starts, Ends Moment
	TSTP         Moment // when this server told its partner the lease ends
	TSFP         Moment // when the partner told this server the lease ends
	ATSFP        Moment // the time of TSFP that the partner has acknowledged
	CLTT         Moment // the client's last transaction
	State        State
	Next         State // what follows when the lease ends
	Rewind       State // where the lease returns to when the partner never heard of it
	HardwareType string
	Hardware     string // as written, e.g. "00:11:22:33:44:55"
	UID          []byte // the client identifier
	Hostname     string // the name the client gave
	Reserved     bool
	BOOTP        bool
}

// Peer is one record of the state of a failover relationship, as the server that wrote the file saw it. States are
// spelled as dhcpd does: normal, communications-interrupted, partner-down, recover …
type Peer struct {
	Name         string
	State        string // this server's
	Since        Moment
	PartnerState string
	PartnerSince Moment
	MCLT         time.Duration // written by secondaries only
}
