package model

import "net/netip"

// Device is a thing with network interfaces.
type Device struct {
	ID      ID
	SpaceID ID
	Name    string
	Custom  []Property
}

// Ref is the device's reference.
func (d *Device) Ref() Ref { return Ref{TypeDevice, d.ID} }

// Interface is a network interface of a device. An address belongs to one
// interface at most.
type Interface struct {
	ID        ID
	DeviceID  ID
	SpaceID   ID // the device's, kept here for the index by address
	Name      string
	Client    string // hardware address, aa:bb:cc:dd:ee:ff, or another identifier; "" = not known
	Addresses []netip.Addr
	Custom    []Property
}

// Ref is the interface's reference.
func (i *Interface) Ref() Ref { return Ref{TypeInterface, i.ID} }
