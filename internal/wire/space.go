package wire

import (
	"halxml/internal/model"
	"halxml/wsdl/hal"
)

// AddressSpace is an address space, without what lies in it.
func AddressSpace(s *model.AddressSpace) hal.AddressSpace {
	return hal.AddressSpace{
		Ref:         hal.Some(s.Ref().String()),
		Name:        hal.Some(s.Name),
		Description: hal.Some(s.Description),
	}
}
