package command

import (
	"net/netip"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/filter"
	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/wsdl/hal"
)

// interfaceRow is a listed network interface.
type interfaceRow struct{ *model.Interface }

var interfaceFields = filter.NewSet([]filter.Field[interfaceRow]{
	{Name: "ref", Kind: filter.Ref, Text: func(r interfaceRow) string { return r.Ref().String() }},
	{Name: "name", Kind: filter.Text, Text: func(r interfaceRow) string { return r.Name }},
	{Name: "clientIdentifier", Kind: filter.Client, Text: func(r interfaceRow) string { return r.Client }},
	{Name: "addresses", Kind: filter.List, List: func(r interfaceRow) []string { return addressTexts(r.Addresses) }},
	{Name: "deviceRef", Kind: filter.Ref, Text: func(r interfaceRow) string { return wire.Ref(model.TypeDevice, r.DeviceID).V }},
}, func(r interfaceRow) []model.Property { return r.Custom })

// addressTexts writes addresses.
func addressTexts(all []netip.Addr) []string {
	texts := make([]string, len(all))
	for i, a := range all {
		texts[i] = a.String()
	}
	return texts
}

func getInterface(c *call, req *hal.GetInterface) (*hal.GetInterfaceResponse, error) {
	i, err := c.interfaceOf("interfaceRef", req.InterfaceRef.V)
	if err != nil {
		return nil, err
	}
	out := wire.Interface(i)
	return &hal.GetInterfaceResponse{Interface: &out}, nil
}

// getInterfaces lists the interfaces of a device, or of all devices of the
// caller's space.
func getInterfaces(c *call, req *hal.GetInterfaces) (*hal.GetInterfacesResponse, error) {
	g := catalog[model.Interface, interfaceRow]{
		kind: model.TypeInterface, fields: interfaceFields, table: c.schema.Interfaces, alone: true,
		row:    func(i *model.Interface) interfaceRow { return interfaceRow{i} },
		within: c.schema.InterfacesByName, key: keyOf(c.space()),
		inside: func(i *model.Interface) bool { return i.SpaceID == c.space() },
	}
	if req.DeviceRef.V != "" {
		d, err := c.device("deviceRef", req.DeviceRef.V)
		if err != nil {
			return nil, err
		}
		g.within, g.key = c.schema.InterfacesByDevice, keyOf(d.ID)
		g.inside = func(i *model.Interface) bool { return i.DeviceID == d.ID }
	}
	f, err := find(c, g, listing{req.Filter, req.SortBy, req.Offset, req.Limit, req.SortOrder})
	if err != nil {
		return nil, err
	}
	return &hal.GetInterfacesResponse{
		TotalResults: hal.Some(uint32(f.total)),
		InterfacesFrom: answer(c, c.schema.Interfaces, f, func(i *model.Interface, out *hal.Interface) error {
			*out = wire.Interface(i)
			return nil
		}),
	}, nil
}

func addInterface(c *call, req *hal.AddInterface) (*hal.AddInterfaceResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	in := req.Interface
	if in == nil {
		return nil, required("interface")
	}
	d, err := c.device("interface.deviceRef", in.DeviceRef.V)
	if err != nil {
		return nil, err
	}
	i, err := c.insertInterface("interface.", d, in)
	if err != nil {
		return nil, err
	}
	return &hal.AddInterfaceResponse{Ref: hal.Some(i.Ref().String())}, nil
}

// insertInterface stores a new interface of a device.
func (c *call) insertInterface(prefix string, d *model.Device, in *hal.Interface) (*model.Interface, error) {
	i := &model.Interface{DeviceID: d.ID, SpaceID: d.SpaceID, Name: in.Name.V, Client: in.ClientIdentifier.V}
	var err error
	if i.Addresses, err = distinctAddresses(prefix+"addresses", in.Addresses); err != nil {
		return nil, err
	}
	if err := c.newCustom(prefix+"customProperties", model.TypeInterface, &i.Custom, in.CustomProperties); err != nil {
		return nil, err
	}
	if err := c.checkInterface(prefix, i); err != nil {
		return nil, err
	}
	if err := c.schema.Interfaces.Insert(c.tx, i); err != nil {
		return nil, err
	}
	return i, c.record(model.Creation, i.Ref(), i.Name, "Interface %s added to device %s", i.Name, d.Name)
}

// interfaceOf finds an interface by reference or unique name.
func (c *call) interfaceOf(field, text string) (*model.Interface, error) {
	if strings.TrimSpace(text) == "" {
		return nil, required(field)
	}
	if i, used, err := byRef(c, c.schema.Interfaces, model.TypeInterface, field, "interface", text); used || err != nil {
		return i, err
	}
	text = bare(text, "Interfaces")
	var found *model.Interface
	for i, err := range c.schema.InterfacesByName.Find(c.tx, keyOfName(c.space(), text)) {
		if err != nil {
			return nil, err
		}
		if found != nil {
			return nil, errs.Errorf(errs.Ambiguous, "%s: several devices have an interface %s; use a reference", field, quote(text))
		}
		found = i
	}
	if found == nil {
		return nil, notFound(field, "interface", text)
	}
	return found, nil
}

// checkInterface checks a new or changed interface: named once on its device,
// and no address of another's.
func (c *call) checkInterface(prefix string, i *model.Interface) (err error) {
	if i.Name, err = referableName(prefix+"name", i.Name); err != nil {
		return err
	}
	i.Client = strings.TrimSpace(i.Client)
	if err := optionalName(prefix+"clientIdentifier", i.Client); err != nil {
		return err
	}
	if hardware, ok := model.HardwareAddress(i.Client); ok {
		i.Client = hardware
	}
	for other, err := range c.schema.InterfacesByDevice.Find(c.tx, keyOfName(i.DeviceID, i.Name)) {
		if err != nil {
			return err
		}
		if other.ID != i.ID {
			return conflict(prefix+"name", "the device has an interface %s already", quote(i.Name))
		}
	}
	for _, a := range i.Addresses {
		owner, err := c.interfaceAt(i.SpaceID, a)
		if err != nil {
			return err
		}
		if owner != nil && owner.ID != i.ID {
			d, err := c.schema.Devices.Get(c.tx, owner.DeviceID)
			if err != nil {
				return err
			}
			return conflict(prefix+"addresses", "%s belongs to the interface %s of device %s", a, quote(owner.Name), quote(d.Name))
		}
		if err := c.endHolds(i.SpaceID, a, a); err != nil {
			return err
		}
	}
	return nil
}

// interfaceAt is the interface that has an address, or nil.
func (c *call) interfaceAt(space model.ID, a netip.Addr) (*model.Interface, error) {
	for i, err := range c.schema.InterfacesByAddress.Find(c.tx, keyOf(space).Addr(a)) {
		return i, err
	}
	return nil, nil
}

// interfaceObject is a network interface for the generic commands.
type interfaceObject struct {
	c *call
	*model.Interface
}

func (o *interfaceObject) ref() model.Ref            { return o.Interface.Ref() }
func (o *interfaceObject) title() string             { return o.Name }
func (o *interfaceObject) custom() *[]model.Property { return &o.Custom }

func (o *interfaceObject) properties() []property {
	i := o.Interface
	return []property{
		{name: "name", value: i.Name, set: words(&i.Name)},
		{name: "clientIdentifier", value: i.Client, plain: plainHardware, set: words(&i.Client)},
		{name: "addresses", value: joinAddresses(i.Addresses), plain: plainAddresses, set: func(v string) (err error) {
			i.Addresses, err = distinctAddresses("properties.addresses", splitAddresses(v))
			return err
		}},
		{name: "deviceRef", value: wire.Ref(model.TypeDevice, i.DeviceID).V, set: func(v string) error {
			d, err := o.c.device("properties.deviceRef", v)
			if err == nil {
				i.DeviceID, i.SpaceID = d.ID, d.SpaceID
			}
			return err
		}},
	}
}

func (o *interfaceObject) save(changes string) (string, error) {
	c, i := o.c, o.Interface
	if err := c.checkInterface("properties.", i); err != nil {
		return "", err
	}
	if err := c.schema.Interfaces.Update(c.tx, i); err != nil {
		return "", err
	}
	return "", c.record(model.Modification, i.Ref(), i.Name, "Interface %s modified: %s", i.Name, changes)
}

func (o *interfaceObject) remove(bool) error {
	c, i := o.c, o.Interface
	if err := c.schema.Interfaces.Delete(c.tx, i.ID); err != nil {
		return err
	}
	return c.record(model.Deletion, i.Ref(), i.Name, "Interface %s removed", i.Name)
}
