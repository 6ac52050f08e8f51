package model

import "net/netip"

// ReservationMethod says what a reservation knows its client by.
type ReservationMethod string

// Methods of reservation, in the API's words.
const (
	ByHardwareAddress  ReservationMethod = "HardwareAddress"
	ByClientIdentifier ReservationMethod = "ClientIdentifier"
)

// ReservationType says which protocols a reservation serves (Microsoft).
type ReservationType string

// ReserveBoth is the type of a reservation unless it says otherwise.
const ReserveBoth ReservationType = "BOTH"

// Reservation keeps addresses for one client. It belongs to a scope, a group or
// its server as a whole.
type Reservation struct {
	ID       ID
	SpaceID  ID // the server's, kept here for the index by address
	ServerID ID
	ScopeID  ID // 0 = it belongs to no scope
	GroupID  ID // 0 = it belongs to no group
	Name     string
	// Client is the hardware address, aa:bb:cc:dd:ee:ff, or client identifier.
	Client       string
	Method       ReservationMethod
	Addresses    []netip.Addr
	Type         ReservationType
	Description  string // Microsoft
	DDNSHostName string // ISC and Kea
	Filename     string // ISC: the boot file
	ServerName   string // ISC: the boot server's name
	NextServer   string // ISC: where the boot file is loaded from
}

// Ref is the reservation's reference.
func (r *Reservation) Ref() Ref { return Ref{TypeReservation, r.ID} }

// Owner is what the reservation belongs to.
func (r *Reservation) Owner() Ref {
	switch {
	case r.ScopeID != 0:
		return Ref{TypeScope, r.ScopeID}
	case r.GroupID != 0:
		return Ref{TypeGroup, r.GroupID}
	}
	return Ref{TypeServer, r.ServerID}
}

// Title is the reservation's name or, without one, its client.
func (r *Reservation) Title() string {
	if r.Name != "" {
		return r.Name
	}
	return r.Client
}

// Group is a named group of reservations that share options, or of further
// groups (ISC).
type Group struct {
	ID       ID
	ServerID ID
	ParentID ID // the group it lies in; 0 = none
	Name     string
}

// Ref is the group's reference.
func (g *Group) Ref() Ref { return Ref{TypeGroup, g.ID} }
