package wire

import (
	"net/netip"
	"time"

	"halxml/internal/model"
	"halxml/wsdl/hal"
)

// AddressView is an address with what uses it.
type AddressView struct {
	*model.Address
	Reservations      []*model.Reservation
	Leases            []*model.Lease // those in use
	Device, Interface string
}

// Bits of IPAMRecord.usage.
const (
	UsageClaimed     = 1
	UsageReservation = 2
	UsageLease       = 4
	UsageInterface   = 8
)

// Usage is the mask of what uses an address.
func (v AddressView) Usage() (mask uint32) {
	if v.Claimed {
		mask |= UsageClaimed
	}
	if len(v.Reservations) > 0 {
		mask |= UsageReservation
	}
	if len(v.Leases) > 0 {
		mask |= UsageLease
	}
	if v.Interface != "" {
		mask |= UsageInterface
	}
	return mask
}

// State is an address's use: assigned to something, else claimed, else free.
func (v AddressView) State() hal.IPAMRecordState {
	switch usage := v.Usage(); {
	case usage&^UsageClaimed != 0:
		return hal.IPAMRecordStateAssigned
	case usage != 0:
		return hal.IPAMRecordStateClaimed
	}
	return hal.IPAMRecordStateFree
}

// AddrRef names an address: by its reference if it has one, else by itself.
func AddrRef(a *model.Address) string {
	if a.ID == 0 {
		return a.Addr.String()
	}
	return a.Ref().String()
}

// AddressInUse is the short form of an address. Times are seconds since 1970, 0
// for never.
func AddressInUse(v AddressView) hal.Address {
	seconds := func(t time.Time) hal.Opt[uint32] {
		if t.IsZero() {
			return hal.Some[uint32](0)
		}
		return hal.Some(uint32(t.Unix()))
	}
	return hal.Address{
		ID:               hal.Some(uint32(v.ID)),
		Address:          hal.Some(v.Addr.String()),
		Claimed:          hal.Some(v.Claimed),
		Host:             hal.Some(""),
		Lastseen:         seconds(v.LastSeen),
		Lastdiscovery:    seconds(v.LastDiscovery),
		CustomProperties: Properties(v.Custom),
	}
}

// HasSchedule reports whether a range's addresses are looked for.
func HasSchedule(r *model.Range) bool { return r.Discovery != nil && r.Discovery.Enabled }

// Discovery is a schedule, nil when there is none.
func Discovery(d *model.Discovery, zone *time.Location) *hal.Discovery {
	if d == nil {
		return nil
	}
	out := &hal.Discovery{
		Interval:  hal.Opt[uint32]{V: d.Interval, Set: d.Interval != 0},
		Enabled:   hal.Some(d.Enabled),
		StartTime: Date(d.Start, zone),
	}
	if d.Unit != "" {
		out.Unit = hal.Some(hal.TimeUnit(d.Unit))
	}
	return out
}

// DiscoveredHost is an address that was seen in use. Nothing is known of names in
// the DNS.
func DiscoveredHost(a *model.Address, seen time.Time, zone *time.Location) hal.HostDiscoveryReportEntry {
	return hal.HostDiscoveryReportEntry{
		AddrRef: hal.Some(AddrRef(a)), Address: hal.Some(a.Addr.String()), DNSHostNames: hal.Some(""),
		LastSeenDate: hal.Some(Date(seen, zone).V), LastDiscoveryDate: hal.Some(Date(a.LastDiscovery, zone).V),
		LastKnownClientIdentifier: hal.Some(a.LastClient), DiscoveryType: hal.Some(DiscoveryType(a)),
		CustomProperties: Properties(a.Custom),
	}
}

// AddressBlock is the addresses from the first to the last.
func AddressBlock(from, to netip.Addr) hal.AddressBlock {
	return hal.AddressBlock{From: hal.Some(from.String()), To: hal.Some(to.String())}
}

// DiscoveryType is how an address was last found to be in use.
func DiscoveryType(a *model.Address) hal.IPAddressDiscoveryType {
	if a.Discovery == "" {
		return hal.IPAddressDiscoveryTypeNone
	}
	return hal.IPAddressDiscoveryType(a.Discovery)
}

// IPAMRecord is what is known of an address. Without DHCP its reservations and
// leases are left out.
func IPAMRecord(v AddressView, zone *time.Location, withDHCP bool) hal.IPAMRecord {
	out := hal.IPAMRecord{
		AddrRef:                   hal.Some(AddrRef(v.Address)),
		Address:                   hal.Some(v.Addr.String()),
		Claimed:                   hal.Some(v.Claimed),
		DNSHosts:                  []hal.DNSHost{},
		DHCPReservations:          []hal.DHCPReservation{},
		DHCPLeases:                []hal.DHCPLease{},
		DiscoveryType:             hal.Some(DiscoveryType(v.Address)),
		LastSeenDate:              hal.Some(Date(v.LastSeen, zone).V),
		LastDiscoveryDate:         hal.Some(Date(v.LastDiscovery, zone).V),
		LastKnownClientIdentifier: hal.Some(v.LastClient),
		Device:                    text(v.Device),
		Interface:                 text(v.Interface),
		PTRStatus:                 hal.Some(hal.PTRStatusUnknown),
		ExtraneousPTR:             hal.Some(false),
		CustomProperties:          Properties(v.Custom),
		State:                     hal.Some(v.State()),
		Usage:                     hal.Some(v.Usage()),
	}
	if withDHCP {
		for _, r := range v.Reservations {
			out.DHCPReservations = append(out.DHCPReservations, Reservation(r))
		}
		for _, l := range v.Leases {
			out.DHCPLeases = append(out.DHCPLeases, Lease(l, zone))
		}
	}
	return out
}
