package wire

import (
	"halxml/internal/model"
	"halxml/wsdl/hal"
)

// Group is a DHCP group.
func Group(g *model.Group) hal.DHCPGroup {
	return hal.DHCPGroup{
		Ref:       hal.Some(g.Ref().String()),
		Name:      hal.Some(g.Name),
		ParentRef: Ref(model.TypeGroup, g.ParentID),
		OwnerRef:  Ref(model.TypeServer, g.ServerID),
	}
}

// Reservation is a reservation with its addresses in the order they were given.
func Reservation(r *model.Reservation) hal.DHCPReservation {
	owner := r.Owner()
	out := hal.DHCPReservation{
		Ref:               hal.Some(r.Ref().String()),
		Name:              text(r.Name),
		ClientIdentifier:  text(r.Client),
		Addresses:         make([]string, len(r.Addresses)),
		Type:              hal.Some(hal.DHCPReservationType(r.Type)),
		ReservationMethod: hal.Some(hal.DHCPReservationMethod(r.Method)),
		Description:       text(r.Description),
		DDNSHostName:      text(r.DDNSHostName),
		Filename:          text(r.Filename),
		ServerName:        text(r.ServerName),
		NextServer:        text(r.NextServer),
		OwnerRef:          Ref(owner.Type, owner.ID),
	}
	for i, a := range r.Addresses {
		out.Addresses[i] = a.String()
	}
	return out
}
