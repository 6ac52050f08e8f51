package command

import (
	"halxml/internal/errs"
	"halxml/internal/filter"
	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/store"
	"halxml/wsdl/hal"
)

// groupRow is a listed DHCP group.
type groupRow struct{ *model.Group }

var groupFields = filter.NewSet([]filter.Field[groupRow]{
	{Name: "ref", Kind: filter.Ref, Text: func(r groupRow) string { return r.Ref().String() }},
	{Name: "name", Kind: filter.Text, Text: func(r groupRow) string { return r.Name }},
	{Name: "parentRef", Kind: filter.Ref, Text: func(r groupRow) string { return wire.Ref(model.TypeGroup, r.ParentID).V }},
	{Name: "ownerRef", Kind: filter.Ref, Text: func(r groupRow) string { return wire.Ref(model.TypeServer, r.ServerID).V }},
}, nil)

func getGroup(c *call, req *hal.GetDHCPGroup) (*hal.GetDHCPGroupResponse, error) {
	g, err := c.group("dhcpGroupRef", req.DHCPGroupRef.V)
	if err != nil {
		return nil, err
	}
	out := wire.Group(g)
	return &hal.GetDHCPGroupResponse{DHCPGroup: &out}, nil
}

// getGroups lists all groups of a server, or those that lie in a group.
func getGroups(c *call, req *hal.GetDHCPGroups) (*hal.GetDHCPGroupsResponse, error) {
	key := store.Key{}
	if ref, ok := model.ParseRef(req.OwnerRef.V); ok && ref.Type == model.TypeGroup {
		g, err := c.group("ownerRef", req.OwnerRef.V)
		if err != nil {
			return nil, err
		}
		key = key.ID(g.ServerID).ID(g.ID)
	} else {
		s, err := c.server("ownerRef", req.OwnerRef.V)
		if err != nil {
			return nil, err
		}
		key = key.ID(s.ID)
	}
	f, err := find(c, catalog[model.Group, groupRow]{
		kind: model.TypeGroup, fields: groupFields, table: c.schema.Groups, alone: true,
		row:    func(g *model.Group) groupRow { return groupRow{g} },
		within: c.schema.GroupsByServer, key: key,
	}, listing{req.Filter, req.SortBy, req.Offset, req.Limit, req.SortOrder})
	if err != nil {
		return nil, err
	}
	return &hal.GetDHCPGroupsResponse{
		TotalResults: hal.Some(uint32(f.total)),
		DHCPGroupsFrom: answer(c, c.schema.Groups, f, func(g *model.Group, out *hal.DHCPGroup) error {
			*out = wire.Group(g)
			return nil
		}),
	}, nil
}

func addGroup(c *call, req *hal.AddDHCPGroup) (*hal.AddDHCPGroupResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	in := req.DHCPGroup
	if in == nil {
		return nil, required("dhcpGroup")
	}
	server, err := c.server("dhcpGroup.ownerRef", in.OwnerRef.V)
	if err != nil {
		return nil, err
	}
	if server.Kind != model.KindISC {
		return nil, errs.Errorf(errs.NotSupported, "dhcpGroup.ownerRef: servers of type %s have no groups", server.Kind)
	}
	g := &model.Group{ServerID: server.ID, Name: in.Name.V}
	if in.ParentRef.V != "" {
		parent, err := c.group("dhcpGroup.parentRef", in.ParentRef.V)
		if err != nil {
			return nil, err
		}
		g.ParentID = parent.ID
	}
	if err := c.checkGroup("dhcpGroup.", g); err != nil {
		return nil, err
	}
	if err := c.schema.Groups.Insert(c.tx, g); err != nil {
		return nil, err
	}
	c.touch(server.ID)
	if err := c.record(model.Creation, g.Ref(), g.Name, "DHCP group %s added to server %s", g.Name, server.Name); err != nil {
		return nil, err
	}
	return &hal.AddDHCPGroupResponse{Ref: hal.Some(g.Ref().String())}, nil
}

// group finds a DHCP group by reference or unique name.
func (c *call) group(field, text string) (*model.Group, error) {
	return byRefOrName(c, c.schema.Groups, c.schema.GroupsByName, model.TypeGroup, field, "DHCP group", "DHCPGroups", text)
}

// checkGroup holds a group's rules: a name that its server has once, and a
// parent on the same server that does not lie inside the group.
func (c *call) checkGroup(prefix string, g *model.Group) (err error) {
	if g.Name, err = referableName(prefix+"name", g.Name); err != nil {
		return err
	}
	for o, err := range c.schema.GroupsByName.Find(c.tx, store.NameKey(g.Name).ID(g.ServerID)) {
		if err != nil {
			return err
		}
		if o.ID != g.ID {
			return conflict(prefix+"name", "the server has a group %s already", quote(g.Name))
		}
	}
	for id := g.ParentID; id != 0; {
		parent, err := c.schema.Groups.Get(c.tx, id)
		switch {
		case err != nil:
			return err
		case parent.ServerID != g.ServerID:
			return invalid(prefix+"parentRef", "the group %s is on another server", quote(parent.Name))
		case parent.ID == g.ID:
			return invalid(prefix+"parentRef", "the group %s would lie inside itself", quote(g.Name))
		}
		id = parent.ParentID
	}
	return nil
}

// groupsIn are the groups whose key begins with a server, or a server and a
// parent.
func (c *call) groupsIn(key store.Key) ([]*model.Group, error) {
	var all []*model.Group
	for g, err := range c.schema.GroupsByServer.Begin(c.tx, key) {
		if err != nil {
			return nil, err
		}
		all = append(all, g)
	}
	return all, nil
}

// removeGroup removes a group with the groups and reservations in it.
func (c *call) removeGroup(g *model.Group) error {
	inner, err := c.groupsIn(keyOf(g.ServerID).ID(g.ID))
	if err != nil {
		return err
	}
	for _, i := range inner {
		if err := c.removeGroup(i); err != nil {
			return err
		}
	}
	reservations, err := c.deleteReservations(g.Ref())
	if err != nil {
		return err
	}
	if err := c.deleteOptions(g.Ref()); err != nil {
		return err
	}
	if err := c.schema.Groups.Delete(c.tx, g.ID); err != nil {
		return err
	}
	c.touch(g.ServerID)
	text := "DHCP group " + g.Name + " removed"
	if with := counts(counted{len(inner), "group"}, counted{reservations, "reservation"}); with != "" {
		text += " with " + with
	}
	return c.record(model.Deletion, g.Ref(), g.Name, "%s", text)
}

// groupObject is a DHCP group for the generic commands.
type groupObject struct {
	c *call
	*model.Group
}

func (o *groupObject) ref() model.Ref            { return o.Group.Ref() }
func (o *groupObject) title() string             { return o.Name }
func (o *groupObject) custom() *[]model.Property { return nil }
func (o *groupObject) remove(bool) error         { return o.c.removeGroup(o.Group) }

func (o *groupObject) properties() []property {
	g := o.Group
	return []property{
		{name: "name", value: g.Name, set: words(&g.Name)},
		{name: "parentRef", value: wire.Ref(model.TypeGroup, g.ParentID).V, set: func(v string) error {
			if v == "" {
				g.ParentID = 0
				return nil
			}
			parent, err := o.c.group("properties.parentRef", v)
			if err != nil {
				return err
			}
			g.ParentID = parent.ID
			return nil
		}},
		{name: "ownerRef", value: wire.Ref(model.TypeServer, g.ServerID).V},
	}
}

func (o *groupObject) save(changes string) (string, error) {
	c, g := o.c, o.Group
	if err := c.checkGroup("properties.", g); err != nil {
		return "", err
	}
	if err := c.schema.Groups.Update(c.tx, g); err != nil {
		return "", err
	}
	c.touch(g.ServerID)
	return "", c.record(model.Modification, g.Ref(), g.Name, "DHCP group %s modified: %s", g.Name, changes)
}
