package wire

import (
	"halxml/internal/model"
	"halxml/wsdl/hal"
)

// Device is a device with its interfaces.
func Device(d *model.Device, interfaces []*model.Interface) hal.Device {
	out := hal.Device{
		Ref:              hal.Some(d.Ref().String()),
		Name:             hal.Some(d.Name),
		CustomProperties: Properties(d.Custom),
		Interfaces:       make([]hal.Interface, len(interfaces)),
	}
	for i, n := range interfaces {
		out.Interfaces[i] = Interface(n)
	}
	return out
}

// Interface is a network interface of a device.
func Interface(i *model.Interface) hal.Interface {
	out := hal.Interface{
		Ref:              hal.Some(i.Ref().String()),
		Name:             hal.Some(i.Name),
		ClientIdentifier: text(i.Client),
		Addresses:        make([]string, len(i.Addresses)),
		CustomProperties: Properties(i.Custom),
		DeviceRef:        Ref(model.TypeDevice, i.DeviceID),
	}
	for n, a := range i.Addresses {
		out.Addresses[n] = a.String()
	}
	return out
}
