package wire

import (
	"time"

	"halxml/internal/model"
	"halxml/wsdl/hal"
)

// leaseUnlimited is the end of a lease that never ends.
const leaseUnlimited = "Unlimited"

// LeaseEnd is the end of a lease as text.
func LeaseEnd(l *model.Lease, zone *time.Location) string {
	if l.Ends.IsZero() {
		return leaseUnlimited
	}
	return Date(l.Ends, zone).V
}

// LeaseType is the protocol that a lease was given by.
func LeaseType(l *model.Lease) string {
	switch {
	case l.BOOTP:
		return "BOOTP"
	case l.Addr.Is4():
		return "DHCP"
	}
	return "DHCPv6"
}

// Lease is a lease.
func Lease(l *model.Lease, zone *time.Location) hal.DHCPLease {
	return hal.DHCPLease{
		Name: hal.Some(l.Hostname), Type: hal.Some(LeaseType(l)), MAC: hal.Some(l.Client()), Address: Address(l.Addr),
		Lease: hal.Some(LeaseEnd(l, zone)), State: hal.Some(string(l.State)), DHCPScopeRef: Ref(model.TypeScope, l.ScopeID),
	}
}

// ConcurrentLease is a lease with its server and scope.
func ConcurrentLease(l *model.Lease, server *model.Server, scope *model.Scope, zone *time.Location) hal.DHCPConcurrentLease {
	return hal.DHCPConcurrentLease{
		DHCPServerRef: hal.Some(server.Ref().String()), DHCPServerName: hal.Some(server.Name),
		DHCPScopeRef: hal.Some(scope.Ref().String()), DHCPScopeName: hal.Some(scope.Name),
		Name: hal.Some(l.Hostname), Type: hal.Some(LeaseType(l)), MAC: hal.Some(l.Client()), Address: Address(l.Addr),
		Lease: hal.Some(LeaseEnd(l, zone)), State: hal.Some(string(l.State)),
	}
}

// LeaseEvent is an event in the history of leases.
func LeaseEvent(e *model.LeaseEvent, zone *time.Location) hal.DHCPLeaseHistoryEntry {
	return hal.DHCPLeaseHistoryEntry{
		ServerAddress: hal.Some(e.Server), EventCode: hal.Some(string(e.Code)), Timestampfirst: Date(e.Time, zone),
		IPAddress: Address(e.Addr), Clientidentifier: hal.Some(e.Client()), Hostname: hal.Some(e.Hostname),
	}
}
