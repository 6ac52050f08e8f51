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
