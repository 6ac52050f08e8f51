package command

import (
	"errors"
	"net/netip"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/store"
)

// ipAddress finds an address by reference or as it is written. One that nothing
// is kept of is there too, without an id.
func (c *call) ipAddress(field, text string) (*model.Address, error) {
	if strings.TrimSpace(text) == "" {
		return nil, required(field)
	}
	if a, used, err := byRef(c, c.schema.Addresses, model.TypeIPAddress, field, "IP address", text); used || err != nil {
		return a, err
	}
	text = bare(text, "IPAMRecords", "IPAddress")
	a, ok := parseAddr(text)
	if !ok {
		return nil, invalid(field, "%s is not an IP address", quote(text))
	}
	return c.addressAt(a)
}

// addressAt is what is kept of an address, in the caller's space.
func (c *call) addressAt(a netip.Addr) (*model.Address, error) { return c.addressIn(c.space(), a) }

// addressIn is what is kept of an address in a space.
func (c *call) addressIn(space model.ID, a netip.Addr) (*model.Address, error) {
	rec, err := c.schema.AddressesByAddr.First(c.tx, keyOf(space).Addr(a))
	if errors.Is(err, store.ErrNotFound) {
		return &model.Address{SpaceID: space, Addr: a}, nil
	}
	return rec, err
}

// storeAddress keeps a changed address. What was held for a while is so no
// longer once it is claimed.
func (c *call) storeAddress(a *model.Address) error {
	if a.Claimed {
		if err := c.endHolds(a.SpaceID, a.Addr, a.Addr); err != nil {
			return err
		}
	}
	if a.ID == 0 {
		return c.schema.Addresses.Insert(c.tx, a)
	}
	return c.schema.Addresses.Update(c.tx, a)
}

// addressView adds what uses an address.
func (c *call) addressView(a *model.Address) (wire.AddressView, error) {
	v := wire.AddressView{Address: a}
	for r, err := range c.schema.ReservationsByAddress.Begin(c.tx, keyOf(a.SpaceID).Addr(a.Addr)) {
		if err != nil {
			return v, err
		}
		v.Reservations = append(v.Reservations, r)
	}
	for l, err := range c.schema.LeasesByAddress.Begin(c.tx, keyOf(a.SpaceID).Addr(a.Addr)) {
		if err != nil {
			return v, err
		}
		v.Leases = append(v.Leases, l)
	}
	i, err := c.interfaceAt(a.SpaceID, a.Addr)
	if err != nil || i == nil {
		return v, err
	}
	return v, c.showInterface(&v, i)
}

// showInterface adds the interface that has an address, and its device.
func (c *call) showInterface(v *wire.AddressView, i *model.Interface) error {
	d, err := c.schema.Devices.Get(c.tx, i.DeviceID)
	if err == nil {
		v.Device, v.Interface = d.Name, i.Name
	}
	return err
}

// addressObject is an IP address for the generic commands.
type addressObject struct {
	c *call
	*model.Address
}

func (o *addressObject) ref() model.Ref            { return o.Address.Ref() }
func (o *addressObject) title() string             { return o.Addr.String() }
func (o *addressObject) custom() *[]model.Property { return &o.Custom }

func (o *addressObject) properties() []property {
	a := o.Address
	v, err := o.c.addressView(a)
	if err != nil {
		v = wire.AddressView{Address: a}
	}
	out := wire.IPAMRecord(v, o.c.zone, false)
	return []property{
		{name: "address", value: out.Address.V},
		flag("claimed", &a.Claimed),
		{name: "discoveryType", value: string(out.DiscoveryType.V)},
		{name: "lastSeenDate", value: out.LastSeenDate.V},
		{name: "lastDiscoveryDate", value: out.LastDiscoveryDate.V},
		{name: "lastKnownClientIdentifier", value: out.LastKnownClientIdentifier.V},
		{name: "device", value: out.Device.V},
		{name: "interface", value: out.Interface.V},
		{name: "ptrStatus", value: string(out.PTRStatus.V)},
		{name: "extraneousPTR", value: wire.Bool(out.ExtraneousPTR.V)},
		{name: "state", value: string(out.State.V)},
		{name: "usage", value: decimal(out.Usage.V)},
	}
}

func (o *addressObject) save(changes string) (string, error) {
	c, a := o.c, o.Address
	if err := c.storeAddress(a); err != nil {
		return "", err
	}
	return "", c.record(model.Modification, a.Ref(), a.Addr.String(), "IP address %s modified: %s", a.Addr, changes)
}

// remove releases an address: it is not claimed any more, and its custom
// properties and what discovery found are forgotten. Its record stays, and with
// it the reference; what else uses the address stays too.
func (o *addressObject) remove(bool) error {
	c, a := o.c, o.Address
	if err := c.endHolds(a.SpaceID, a.Addr, a.Addr); err != nil || a.ID == 0 {
		return err
	}
	cleared := model.Address{ID: a.ID, SpaceID: a.SpaceID, Addr: a.Addr}
	if blank(a) {
		return nil
	}
	if err := c.storeAddress(&cleared); err != nil {
		return err
	}
	return c.record(model.Deletion, a.Ref(), a.Addr.String(), "IP address %s released", a.Addr)
}

// blank reports whether nothing is kept of an address but its reference.
func blank(a *model.Address) bool {
	return !a.Claimed && len(a.Custom) == 0 && a.Discovery == "" && a.LastSeen.IsZero() && a.LastDiscovery.IsZero() && a.LastClient == ""
}

// addressNamed is ipAddress for the generic commands, where a text that is no
// address names nothing of this type.
func (c *call) addressNamed(field, text string) (*model.Address, error) {
	a, err := c.ipAddress(field, text)
	if errs.CodeOf(err) == errs.Invalid {
		if _, isRef := model.ParseRef(text); !isRef {
			err = notFound(field, "IP address", text)
		}
	}
	return a, err
}
