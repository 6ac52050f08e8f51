package command

import (
	"halxml/internal/errs"
	"halxml/internal/filter"
	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/store"
	"halxml/wsdl/hal"
)

// spaceRow is a listed address space.
type spaceRow struct{ *model.AddressSpace }

var spaceFields = filter.NewSet([]filter.Field[spaceRow]{
	{Name: "ref", Kind: filter.Ref, Text: func(r spaceRow) string { return r.Ref().String() }},
	{Name: "name", Kind: filter.Text, Text: func(r spaceRow) string { return r.Name }},
	{Name: "description", Kind: filter.Text, Text: func(r spaceRow) string { return r.Description }},
}, nil)

// addressSpace finds an address space by reference or name.
func (c *call) addressSpace(field, text string) (*model.AddressSpace, error) {
	return byRefOrName(c, c.schema.Spaces, c.schema.SpacesByName, model.TypeAddressSpace, field, "address space", "AddressSpaces", text)
}

func getAddressSpace(c *call, req *hal.GetAddressSpace) (*hal.GetAddressSpaceResponse, error) {
	s, err := c.addressSpace("addressSpaceRef", req.AddressSpaceRef.V)
	if err != nil {
		return nil, err
	}
	out := wire.AddressSpace(s)
	return &hal.GetAddressSpaceResponse{AddressSpace: &out}, nil
}

func getAddressSpaces(c *call, req *hal.GetAddressSpaces) (*hal.GetAddressSpacesResponse, error) {
	f, err := find(c, catalog[model.AddressSpace, spaceRow]{
		kind: model.TypeAddressSpace, fields: spaceFields, table: c.schema.Spaces, alone: true,
		texts: []textIndex[model.AddressSpace]{{"name", c.schema.SpacesByName}},
		row:   func(s *model.AddressSpace) spaceRow { return spaceRow{s} },
	}, listing{req.Filter, req.SortBy, req.Offset, req.Limit, req.SortOrder})
	if err != nil {
		return nil, err
	}
	return &hal.GetAddressSpacesResponse{
		TotalResults: hal.Some(uint32(f.total)),
		AddressSpacesFrom: answer(c, c.schema.Spaces, f, func(s *model.AddressSpace, out *hal.AddressSpace) error {
			*out = wire.AddressSpace(s)
			return nil
		}),
	}, nil
}

func addAddressSpace(c *call, req *hal.AddAddressSpace) (*hal.AddAddressSpaceResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	in := req.AddressSpace
	if in == nil {
		return nil, required("addressSpace")
	}
	s := &model.AddressSpace{Name: in.Name.V, Description: in.Description.V}
	if err := c.checkAddressSpace("addressSpace.", s); err != nil {
		return nil, err
	}
	if err := c.schema.Spaces.Insert(c.tx, s); err != nil {
		return nil, err
	}
	if err := c.record(model.Creation, s.Ref(), s.Name, "Address space %s added", s.Name); err != nil {
		return nil, err
	}
	return &hal.AddAddressSpaceResponse{Ref: hal.Some(s.Ref().String())}, nil
}

// checkAddressSpace holds a space's rules: a name that no other has.
func (c *call) checkAddressSpace(prefix string, s *model.AddressSpace) (err error) {
	if s.Name, err = referableName(prefix+"name", s.Name); err != nil {
		return err
	}
	if err := plainText(prefix+"description", s.Description, true); err != nil {
		return err
	}
	for other, err := range c.schema.SpacesByName.Find(c.tx, store.NameKey(s.Name)) {
		if err != nil {
			return err
		}
		if other.ID != s.ID {
			return conflict(prefix+"name", "an address space %s exists already", quote(s.Name))
		}
	}
	return nil
}

// getCurrentAddressSpace answers the space of the session; a caller without one
// works in the default space.
func getCurrentAddressSpace(c *call, _ *hal.GetCurrentAddressSpace) (*hal.GetCurrentAddressSpaceResponse, error) {
	return &hal.GetCurrentAddressSpaceResponse{AddressSpaceRef: wire.Ref(model.TypeAddressSpace, c.space())}, nil
}

// setCurrentAddressSpace lets the session work in another space. A caller who
// sends a password with each request has no session that could.
func setCurrentAddressSpace(c *call, req *hal.SetCurrentAddressSpace) (*hal.SetCurrentAddressSpaceResponse, error) {
	var s *model.AddressSpace
	err := c.view(func() (err error) {
		s, err = c.addressSpace("addressSpaceRef", req.AddressSpaceRef.V)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case c.id.SessionID == 0:
		return nil, errs.Errorf(errs.NotSupported, "The current address space is kept with a session; log in to have one")
	}
	return &hal.SetCurrentAddressSpaceResponse{}, c.auth.SetSpace(c.ctx, c.session, s.ID)
}

// contents counts what lies in a space, in words; "" for an empty one.
func (c *call) contents(space model.ID) (string, error) {
	servers, ranges, addresses, devices, folders := counted{thing: "DHCP server"}, counted{thing: "range"}, counted{thing: "address record"},
		counted{thing: "device"}, counted{thing: "folder"}
	for s, err := range c.schema.Servers.All(c.tx) {
		if err != nil {
			return "", err
		}
		if s.SpaceID == space {
			servers.n++
		}
	}
	for _, err := range c.schema.RangesByAddress.IDs(c.tx, keyOf(space)) {
		if err != nil {
			return "", err
		}
		ranges.n++
	}
	for a, err := range c.schema.AddressesByAddr.Begin(c.tx, keyOf(space)) {
		if err != nil {
			return "", err
		}
		if !blank(a) {
			addresses.n++
		}
	}
	for _, err := range c.schema.DevicesByName.IDs(c.tx, keyOf(space)) {
		if err != nil {
			return "", err
		}
		devices.n++
	}
	for _, err := range c.schema.FoldersByParent.IDs(c.tx, keyOf(space)) {
		if err != nil {
			return "", err
		}
		folders.n++
	}
	return counts(servers, ranges, addresses, devices, folders), nil
}

// removeAddressSpace removes an empty space, with the traces that released
// addresses have left in it. A session that works in it must choose another.
func (c *call) removeAddressSpace(s *model.AddressSpace) error {
	if s.ID == model.DefaultSpace {
		return errs.Errorf(errs.NotSupported, "ref: the default address space cannot be removed")
	}
	has, err := c.contents(s.ID)
	if err != nil {
		return err
	}
	if has != "" {
		return inUse("ref", "address space %s still has %s; move them to another space or remove them first", quote(s.Name), has)
	}
	var traces, holds []model.ID
	for id, err := range c.schema.AddressesByAddr.IDs(c.tx, keyOf(s.ID)) {
		if err != nil {
			return err
		}
		traces = append(traces, id)
	}
	for _, id := range traces {
		if err := c.schema.Addresses.Delete(c.tx, id); err != nil {
			return err
		}
	}
	for id, err := range c.schema.HoldsByAddress.IDs(c.tx, keyOf(s.ID)) {
		if err != nil {
			return err
		}
		holds = append(holds, id)
	}
	for _, id := range holds {
		if err := c.schema.Holds.Delete(c.tx, id); err != nil {
			return err
		}
	}
	if err := c.schema.Spaces.Delete(c.tx, s.ID); err != nil {
		return err
	}
	return c.record(model.Deletion, s.Ref(), s.Name, "Address space %s removed", s.Name)
}

// spaceObject is an address space for the generic commands.
type spaceObject struct {
	c *call
	*model.AddressSpace
}

func (o *spaceObject) ref() model.Ref            { return o.AddressSpace.Ref() }
func (o *spaceObject) title() string             { return o.Name }
func (o *spaceObject) custom() *[]model.Property { return nil }
func (o *spaceObject) remove(bool) error         { return o.c.removeAddressSpace(o.AddressSpace) }

func (o *spaceObject) properties() []property {
	s := o.AddressSpace
	name := property{name: "name", value: s.Name, set: words(&s.Name)}
	if s.ID == model.DefaultSpace {
		name.set = nil
	}
	return []property{name, {name: "description", value: s.Description, set: words(&s.Description)}}
}

func (o *spaceObject) save(changes string) (string, error) {
	c, s := o.c, o.AddressSpace
	if err := c.checkAddressSpace("properties.", s); err != nil {
		return "", err
	}
	if err := c.schema.Spaces.Update(c.tx, s); err != nil {
		return "", err
	}
	return "", c.record(model.Modification, s.Ref(), s.Name, "Address space %s modified: %s", s.Name, changes)
}
