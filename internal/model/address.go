package model

import (
	"net/netip"
	"time"
)

// AddressSpace is a world of addresses of its own: ranges, addresses and devices
// of two spaces know nothing of each other.
type AddressSpace struct {
	ID          ID
	Name        string
	Description string
}

// DefaultSpaceName is the name of the space that always exists.
const DefaultSpaceName = "<default>"

// Ref is the space's reference.
func (s *AddressSpace) Ref() Ref { return Ref{TypeAddressSpace, s.ID} }

// Address is what is known of one IP address beside the reservations, leases
// and interfaces that name it. A record is made when there is first something
// to keep; it stays when the address is released, so that its id does too.
type Address struct {
	ID      ID
	SpaceID ID
	Addr    netip.Addr
	Claimed bool // taken by hand
	Custom  []Property

	Discovery     string    // how it was last found to be in use, in the API's words; "" = never
	LastSeen      time.Time // when it last answered
	LastDiscovery time.Time // when it was last looked for
	LastClient    string    // the hardware address last seen with it
}

// Ref is the address's reference; one that is not stored has id 0.
func (a *Address) Ref() Ref { return Ref{TypeIPAddress, a.ID} }

// Hold keeps free addresses, one or a block, from being given to others for a
// while: between the answer that names them and their use.
type Hold struct {
	ID       ID
	SpaceID  ID
	From, To netip.Addr
	Expires  time.Time
	Username string
}

// Live reports whether the hold has not expired.
func (h *Hold) Live(now time.Time) bool { return now.Before(h.Expires) }
