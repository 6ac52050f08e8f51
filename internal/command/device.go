package command

import (
	"strings"

	"halxml/internal/filter"
	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/store"
	"halxml/wsdl/hal"
)

// deviceRow is a listed device; its interfaces are read when asked for.
type deviceRow struct {
	c *call
	*model.Device
}

var deviceFields = filter.NewSet([]filter.Field[deviceRow]{
	{Name: "ref", Kind: filter.Ref, Text: func(r deviceRow) string { return r.Ref().String() }},
	{Name: "name", Kind: filter.Text, Text: func(r deviceRow) string { return r.Name }},
	{Name: "interfaces", Kind: filter.List, List: func(r deviceRow) (all []string) {
		interfaces, err := r.c.interfacesOf(r.ID)
		if err != nil {
			return nil
		}
		for _, i := range interfaces {
			all = append(append(all, i.Name, i.Client, i.Ref().String()), addressTexts(i.Addresses)...)
		}
		return all
	}},
}, func(r deviceRow) []model.Property { return r.Custom })

func getDevice(c *call, req *hal.GetDevice) (*hal.GetDeviceResponse, error) {
	d, err := c.device("deviceRef", req.DeviceRef.V)
	if err != nil {
		return nil, err
	}
	interfaces, err := c.interfacesOf(d.ID)
	if err != nil {
		return nil, err
	}
	out := wire.Device(d, interfaces)
	return &hal.GetDeviceResponse{Device: &out}, nil
}

func getDevices(c *call, req *hal.GetDevices) (*hal.GetDevicesResponse, error) {
	f, err := find(c, catalog[model.Device, deviceRow]{
		kind: model.TypeDevice, fields: deviceFields, table: c.schema.Devices,
		row:    func(d *model.Device) deviceRow { return deviceRow{c, d} },
		within: c.schema.DevicesByName, key: keyOf(c.space()),
		inside: func(d *model.Device) bool { return d.SpaceID == c.space() },
	}, listing{req.Filter, req.SortBy, req.Offset, req.Limit, req.SortOrder})
	if err != nil {
		return nil, err
	}
	return &hal.GetDevicesResponse{
		TotalResults: hal.Some(uint32(f.total)),
		DevicesFrom: answer(c, c.schema.Devices, f, func(d *model.Device, out *hal.Device) error {
			interfaces, err := c.interfacesOf(d.ID)
			*out = wire.Device(d, interfaces)
			return err
		}),
	}, nil
}

// addDevice adds a device with the interfaces that come with it.
func addDevice(c *call, req *hal.AddDevice) (*hal.AddDeviceResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	in := req.Device
	if in == nil {
		return nil, required("device")
	}
	d := &model.Device{SpaceID: c.space(), Name: in.Name.V}
	if err := c.newCustom("device.customProperties", model.TypeDevice, &d.Custom, in.CustomProperties); err != nil {
		return nil, err
	}
	if err := c.checkDevice("device.", d); err != nil {
		return nil, err
	}
	if err := c.schema.Devices.Insert(c.tx, d); err != nil {
		return nil, err
	}
	if err := c.record(model.Creation, d.Ref(), d.Name, "Device %s added", d.Name); err != nil {
		return nil, err
	}
	for i := range in.Interfaces {
		if _, err := c.insertInterface("device.interfaces.", d, &in.Interfaces[i]); err != nil {
			return nil, err
		}
	}
	return &hal.AddDeviceResponse{Ref: hal.Some(d.Ref().String())}, nil
}

// device finds a device by reference or name.
func (c *call) device(field, text string) (*model.Device, error) {
	if strings.TrimSpace(text) == "" {
		return nil, required(field)
	}
	if d, used, err := byRef(c, c.schema.Devices, model.TypeDevice, field, "device", text); used || err != nil {
		return d, err
	}
	text = bare(text, "Devices")
	d, err := c.deviceNamed(c.space(), text)
	if err == nil && d == nil {
		err = notFound(field, "device", text)
	}
	return d, err
}

// deviceNamed is the device of that name in a space, or nil.
func (c *call) deviceNamed(space model.ID, name string) (*model.Device, error) {
	for d, err := range c.schema.DevicesByName.Find(c.tx, keyOfName(space, name)) {
		return d, err
	}
	return nil, nil
}

// checkDevice checks a new or changed device.
func (c *call) checkDevice(prefix string, d *model.Device) (err error) {
	if d.Name, err = referableName(prefix+"name", d.Name); err != nil {
		return err
	}
	other, err := c.deviceNamed(d.SpaceID, d.Name)
	if err == nil && other != nil && other.ID != d.ID {
		err = conflict(prefix+"name", "a device %s exists already", quote(d.Name))
	}
	return err
}

// interfacesOf are a device's interfaces by name.
func (c *call) interfacesOf(device model.ID) (all []*model.Interface, err error) {
	for i, err := range c.schema.InterfacesByDevice.Begin(c.tx, keyOf(device)) {
		if err != nil {
			return nil, err
		}
		all = append(all, i)
	}
	return all, nil
}

// deviceObject is a device for the generic commands.
type deviceObject struct {
	c *call
	*model.Device
}

func (o *deviceObject) ref() model.Ref            { return o.Device.Ref() }
func (o *deviceObject) title() string             { return o.Name }
func (o *deviceObject) custom() *[]model.Property { return &o.Custom }

func (o *deviceObject) properties() []property {
	return []property{{name: "name", value: o.Name, set: words(&o.Name)}}
}

func (o *deviceObject) save(changes string) (string, error) {
	c, d := o.c, o.Device
	if err := c.checkDevice("properties.", d); err != nil {
		return "", err
	}
	if err := c.schema.Devices.Update(c.tx, d); err != nil {
		return "", err
	}
	return "", c.record(model.Modification, d.Ref(), d.Name, "Device %s modified: %s", d.Name, changes)
}

// remove removes a device with its interfaces.
func (o *deviceObject) remove(bool) error {
	c, d := o.c, o.Device
	interfaces, err := c.interfacesOf(d.ID)
	if err != nil {
		return err
	}
	for _, i := range interfaces {
		if err := c.schema.Interfaces.Delete(c.tx, i.ID); err != nil {
			return err
		}
	}
	if err := c.schema.Devices.Delete(c.tx, d.ID); err != nil {
		return err
	}
	text := "Device " + d.Name + " removed"
	if len(interfaces) > 0 {
		text += " with " + count(len(interfaces), "interface")
	}
	return c.record(model.Deletion, d.Ref(), d.Name, "%s", text)
}

// keyOfName is the key of a name within an object.
func keyOfName(id model.ID, name string) store.Key { return keyOf(id).Text(model.FoldName(name)) }
