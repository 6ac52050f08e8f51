package command

import (
	"cmp"
	"slices"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/wsdl/hal"
)

// moveToAddressSpace moves servers, ranges and devices into another space, all
// or none: the answer lists what stood in the way of which.
//
// A server takes along what is its own and the ranges of its scopes, a range
// what lies in it. What would be torn apart otherwise must be named too, or is
// taken along by force: the partners of a server, the servers and devices of a
// range's addresses. What moves leaves its folder.
func moveToAddressSpace(c *call, req *hal.MoveToAddressSpace) (*hal.MoveToAddressSpaceResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	space := c.space()
	if req.AddressSpaceRef.V != "" {
		to, err := c.addressSpace("addressSpaceRef", req.AddressSpaceRef.V)
		if err != nil {
			return nil, err
		}
		space = to.ID
	}
	to, err := c.schema.Spaces.Get(c.tx, space)
	if err != nil {
		return nil, err
	}
	if len(req.ObjRefs) == 0 {
		return nil, required("objRefs")
	}
	m := &relocation{call: c, to: to, force: req.Force.V, seen: map[model.Ref]bool{}, failed: map[string]bool{}, spaces: map[model.ID]string{}}
	for _, text := range req.ObjRefs {
		c.elsewhere()
		o, err := c.movable(text, req.ObjType)
		if err == nil {
			err = m.name(text, o)
		}
		if err := m.fail(text, err); err != nil {
			return nil, err
		}
	}
	for _, step := range []func() error{m.gather, m.carry} {
		if err := step(); err != nil {
			return nil, err
		}
		if len(m.errors) > 0 {
			return nil, rollback{&hal.MoveToAddressSpaceResponse{Errors: m.errors}}
		}
	}
	return &hal.MoveToAddressSpaceResponse{Errors: []hal.ObjectError{}}, nil
}

// movable finds an object to be moved. A name that tells no type is not that of
// an object which goes with others, such as the scope on a range.
func (c *call) movable(text string, objType hal.Opt[hal.ObjectType]) (object, error) {
	if _, isRef := model.ParseRef(text); isRef || objType.Set {
		return c.object("objRefs", text, objType)
	}
	return c.objectAmong("objRefs", text, []model.ObjectType{model.TypeServer, model.TypeRange, model.TypeDevice})
}

// relocation is a move while it is found out what goes.
type relocation struct {
	*call
	to    *model.AddressSpace
	force bool

	items  []moving // in the order in which they were found
	seen   map[model.Ref]bool
	errors []hal.ObjectError
	failed map[string]bool       // by text, each once
	spaces map[model.ID]string   // names
	ranges []moving              // by address, larger ones first
	tops   []moving              // those of them that lie in none that goes too
	before map[model.ID]model.ID // a range's space before, by its id
}

// moving is an object that goes, and the text that named it or what it goes
// with.
type moving struct {
	text   string
	server *model.Server
	rng    *model.Range
	device *model.Device
}

// place is the object's reference, its name and the space that it lies in.
func (o moving) place() (ref model.Ref, name string, space model.ID) {
	switch {
	case o.server != nil:
		return o.server.Ref(), o.server.Name, o.server.SpaceID
	case o.rng != nil:
		return o.rng.Ref(), o.rng.Name, o.rng.SpaceID
	}
	return o.device.Ref(), o.device.Name, o.device.SpaceID
}

func (o moving) String() string {
	ref, name, _ := o.place()
	return ref.Type.String() + " " + name
}

// fail notes what stands in the way of an object, its first reason only.
// Anything else ends the command.
func (m *relocation) fail(text string, err error) error {
	if err == nil || !errs.CodeOf(err).Caller() {
		return err
	}
	if !m.failed[text] {
		m.failed[text] = true
		m.errors = append(m.errors, hal.ObjectError{Ref: hal.Some(text), Error: hal.Some(errs.MessageOf(err))})
	}
	return nil
}

// name takes an object that the caller has named.
func (m *relocation) name(text string, o object) error {
	switch o := o.(type) {
	case *serverObject:
		m.take(moving{text: text, server: o.Server})
	case *rangeObject:
		m.take(moving{text: text, rng: o.Range})
	case *deviceObject:
		m.take(moving{text: text, device: o.Device})
	case *scopeObject:
		return errs.Errorf(errs.NotSupported, "objRefs: a DHCPScope is moved with its server and range")
	default:
		return errs.Errorf(errs.NotSupported, "objRefs: objects of type %s are not moved by themselves; those of type DHCPServer, Range and Device are", o.ref().Type)
	}
	return nil
}

// take adds what is not there already: neither in the move nor in the space.
func (m *relocation) take(o moving) {
	if ref, _, space := o.place(); space != m.to.ID && !m.seen[ref] {
		m.seen[ref] = true
		m.items = append(m.items, o)
	}
}

// gather finds all that goes with what was named.
func (m *relocation) gather() error {
	for i := 0; i < len(m.items); i++ {
		o := m.items[i]
		var err error
		switch {
		case o.server != nil:
			err = m.ofServer(o)
		case o.rng != nil:
			err = m.ofRange(o)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// must takes along what would be torn from o, if it is named or by force.
func (m *relocation) must(o, other moving, because string) error {
	if ref, _, _ := other.place(); !m.seen[ref] && !m.force {
		return m.fail(o.text, inUse("objRefs", "the %s cannot go without the %s, %s; name it too, or set force", o, other, because))
	}
	m.take(other)
	return nil
}

// ofServer are the ranges of a server's scopes, and its failover partners.
func (m *relocation) ofServer(o moving) error {
	c := m.call
	for s, err := range c.schema.ScopesByServer.Begin(c.tx, keyOf(o.server.ID)) {
		if err != nil {
			return err
		}
		r, err := c.schema.Ranges.Get(c.tx, s.RangeID)
		if err != nil {
			return err
		}
		m.take(moving{text: o.text, rng: r})
	}
	relationships, err := c.relationshipsOf(o.server.ID)
	if err != nil {
		return err
	}
	for _, r := range relationships {
		partner, err := c.serverByID(r.Partner(o.server.ID))
		if err != nil {
			return err
		}
		if err := m.must(o, moving{text: o.text, server: partner}, "its partner in the failover relationship "+quote(r.Name)); err != nil {
			return err
		}
	}
	return nil
}

// ofRange are the ranges in a range, and the servers and devices of its
// addresses.
func (m *relocation) ofRange(o moving) error {
	c, r := m.call, o.rng
	for child, err := range c.schema.RangesByParent.Begin(c.tx, keyOf(r.SpaceID).ID(r.ID)) {
		if err != nil {
			return err
		}
		m.take(moving{text: o.text, rng: child})
	}
	scopes, err := c.scopesOn(r.ID)
	if err != nil {
		return err
	}
	for _, s := range scopes {
		server, err := c.serverByID(s.ServerID)
		if err != nil {
			return err
		}
		if err := m.must(o, moving{text: o.text, server: server}, "whose DHCP scope "+quote(s.Name)+" is on it"); err != nil {
			return err
		}
	}
	for i, err := range c.schema.InterfacesByAddress.Between(c.tx, keyOf(r.SpaceID).Addr(r.From), behind(keyOf(r.SpaceID).Addr(r.To)), false) {
		if err != nil {
			return err
		}
		device, err := c.schema.Devices.Get(c.tx, i.DeviceID)
		if err != nil {
			return err
		}
		if err := m.must(o, moving{text: o.text, device: device}, "whose interface "+quote(i.Name)+" has an address in it"); err != nil {
			return err
		}
	}
	return nil
}

// carry moves everything, ranges from the outermost in.
func (m *relocation) carry() error {
	for _, o := range m.items {
		if o.rng != nil {
			m.ranges = append(m.ranges, o)
		}
	}
	slices.SortFunc(m.ranges, func(a, b moving) int {
		return cmp.Or(cmp.Compare(a.rng.SpaceID, b.rng.SpaceID), a.rng.From.Compare(b.rng.From), b.rng.To.Compare(a.rng.To))
	})
	m.before = map[model.ID]model.ID{}
	for _, o := range m.ranges {
		m.before[o.rng.ID] = o.rng.SpaceID
		if last := len(m.tops) - 1; last < 0 || m.tops[last].rng.SpaceID != o.rng.SpaceID || !m.tops[last].rng.Encloses(o.rng) {
			m.tops = append(m.tops, o)
		}
	}
	for _, o := range m.ranges {
		if err := m.fail(o.text, m.moveRange(o.rng)); err != nil {
			return err
		}
	}
	if len(m.errors) > 0 {
		return nil // the other conflicts could be of these
	}
	for _, top := range m.tops {
		if err := m.moveAddresses(top); err != nil {
			return err
		}
	}
	for _, o := range m.items {
		var err error
		switch {
		case o.server != nil:
			err = m.moveServer(o.server)
		case o.device != nil:
			err = m.fail(o.text, m.moveDevice(o.device))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// moved records that an object has moved.
func (m *relocation) moved(o moving, from model.ID) error {
	if _, known := m.spaces[from]; !known {
		s, err := m.schema.Spaces.Get(m.tx, from)
		if err != nil {
			return err
		}
		m.spaces[from] = s.Name
	}
	ref, name, _ := o.place()
	return m.record(model.Modification, ref, name, "%s moved from the address space %s to %s", o, m.spaces[from], m.to.Name)
}

func (m *relocation) moveRange(r *model.Range) error {
	c, from := m.call, r.SpaceID
	r.SpaceID = m.to.ID
	children, err := c.placeRange("objRefs", r)
	if err != nil {
		return err
	}
	if err := c.schema.Ranges.Update(c.tx, r); err != nil {
		return err
	}
	for _, child := range children {
		child.ParentID = r.ID
		if err := c.schema.Ranges.Update(c.tx, child); err != nil {
			return err
		}
	}
	if err := c.leaveFolder(r.Ref()); err != nil {
		return err
	}
	return m.moved(moving{rng: r}, from)
}

// moveAddresses moves what is known of a range's addresses, and who holds them.
func (m *relocation) moveAddresses(o moving) error {
	c, r, from := m.call, o.rng, m.before[o.rng.ID]
	var addresses []*model.Address
	for a, err := range c.schema.AddressesByAddr.Between(c.tx, keyOf(from).Addr(r.From), behind(keyOf(from).Addr(r.To)), false) {
		if err != nil {
			return err
		}
		addresses = append(addresses, a)
	}
	for _, a := range addresses {
		if err := m.fail(o.text, m.moveAddress(o.rng, a)); err != nil {
			return err
		}
	}
	var holds []*model.Hold
	for h, err := range c.schema.HoldsByAddress.Between(c.tx, keyOf(from).Addr(r.From), behind(keyOf(from).Addr(r.To)), false) {
		if err != nil {
			return err
		}
		holds = append(holds, h)
	}
	for _, h := range holds {
		h.SpaceID = m.to.ID
		if err := c.schema.Holds.Update(c.tx, h); err != nil {
			return err
		}
	}
	return nil
}

// moveAddress moves what is known of an address, unless the new space knows
// something of it too.
func (m *relocation) moveAddress(r *model.Range, a *model.Address) error {
	c := m.call
	there, err := c.addressIn(m.to.ID, a.Addr)
	switch {
	case err != nil:
		return err
	case there.ID == 0:
	case blank(a):
		return c.schema.Addresses.Delete(c.tx, a.ID)
	case !blank(there):
		return conflict("objRefs", "the address %s of the range %s is known in the address space %s too", a.Addr, r.Name, quote(m.to.Name))
	default:
		if err := c.schema.Addresses.Delete(c.tx, there.ID); err != nil {
			return err
		}
	}
	a.SpaceID = m.to.ID
	return c.schema.Addresses.Update(c.tx, a)
}

// moveServer moves a server with its reservations and leases; its scopes leave
// their folders.
func (m *relocation) moveServer(s *model.Server) error {
	c, from := m.call, s.SpaceID
	s.SpaceID = m.to.ID
	if err := c.schema.Servers.Update(c.tx, s); err != nil {
		return err
	}
	owners := []model.Ref{s.Ref()}
	groups, err := c.groupsIn(keyOf(s.ID))
	if err != nil {
		return err
	}
	for _, g := range groups {
		owners = append(owners, g.Ref())
	}
	var leases []*model.Lease
	var scopes []*model.Scope
	for sc, err := range c.schema.ScopesByServer.Begin(c.tx, keyOf(s.ID)) {
		if err != nil {
			return err
		}
		owners, scopes = append(owners, sc.Ref()), append(scopes, sc)
		for l, err := range c.schema.LeasesByScope.Begin(c.tx, keyOf(sc.ID)) {
			if err != nil {
				return err
			}
			leases = append(leases, l)
		}
	}
	for _, sc := range scopes {
		if err := m.rewrite(sc); err != nil {
			return err
		}
	}
	for _, l := range leases {
		l.SpaceID = m.to.ID
		if err := c.schema.Leases.Update(c.tx, l); err != nil {
			return err
		}
	}
	for _, owner := range owners {
		if err := c.leaveFolder(owner); err != nil {
			return err
		}
		reservations, err := c.reservationsOf(owner)
		if err != nil {
			return err
		}
		for _, r := range reservations {
			r.SpaceID = m.to.ID
			if err := c.schema.Reservations.Update(c.tx, r); err != nil {
				return err
			}
		}
	}
	return m.moved(moving{server: s}, from)
}

// rewrite stores a scope, its pools and exclusions as they are: lists that are
// kept look at them again.
func (m *relocation) rewrite(s *model.Scope) error {
	c := m.call
	if err := c.schema.Scopes.Update(c.tx, s); err != nil {
		return err
	}
	pools, err := c.poolsOf(s.ID)
	if err != nil {
		return err
	}
	for _, p := range pools {
		if err := c.schema.Pools.Update(c.tx, p); err != nil {
			return err
		}
	}
	exclusions, err := c.exclusionsOf(s.ID)
	if err != nil {
		return err
	}
	for _, e := range exclusions {
		if err := c.schema.Exclusions.Update(c.tx, e); err != nil {
			return err
		}
	}
	return nil
}

func (m *relocation) moveDevice(d *model.Device) error {
	c, from := m.call, d.SpaceID
	d.SpaceID = m.to.ID
	if other, err := c.deviceNamed(d.SpaceID, d.Name); err != nil {
		return err
	} else if other != nil {
		return conflict("objRefs", "the address space %s has a device %s already", quote(m.to.Name), quote(d.Name))
	}
	if err := c.schema.Devices.Update(c.tx, d); err != nil {
		return err
	}
	interfaces, err := c.interfacesOf(d.ID)
	if err != nil {
		return err
	}
	for _, i := range interfaces {
		for _, a := range i.Addresses {
			other, err := c.interfaceAt(d.SpaceID, a)
			if err != nil {
				return err
			}
			if other != nil {
				return conflict("objRefs", "in the address space %s the interface %s has the address %s of the device %s", quote(m.to.Name), quote(other.Name), a, quote(d.Name))
			}
		}
		i.SpaceID = d.SpaceID
		if err := c.schema.Interfaces.Update(c.tx, i); err != nil {
			return err
		}
	}
	return m.moved(moving{device: d}, from)
}
