package command

import (
	"errors"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/internal/option"
	"halxml/internal/wire"
	"halxml/store"
	"halxml/wsdl/hal"
)

// definitions are the options that can be set on a server's objects of one
// protocol.
type definitions struct {
	*option.Catalog
	server *model.Server
}

// definitionsOf reads a server's own definitions beside the standard ones.
func (c *call) definitionsOf(server *model.Server, v6 bool) (*definitions, error) {
	var own []model.OptionDefinition
	for rec, err := range c.schema.DefinitionsByServer.Begin(c.tx, keyOf(server.ID)) {
		if err != nil {
			return nil, err
		}
		own = append(own, *rec)
	}
	return &definitions{option.NewCatalog(server.Kind, v6, own), server}, nil
}

// parse reads an option's id or name and finds its definition.
func (d *definitions) parse(field, text string) (model.OptionID, option.Definition, error) {
	if strings.TrimSpace(text) == "" {
		return model.OptionID{}, option.Definition{}, required(field)
	}
	id, name, err := option.ParseID(text)
	if err != nil {
		return id, option.Definition{}, invalid(field, "%s", err)
	}
	if err := optionalName(field, id.User); err != nil {
		return id, option.Definition{}, err
	}
	def, ok := d.Find(id.Vendor, id.Number)
	if name != "" {
		def, ok = d.Named(id.Vendor, name)
	}
	switch {
	case !ok && id.Vendor != "":
		return id, def, errs.Errorf(errs.NotFound, "%s: server %s has no definition of option %s of the vendor class %s", field, d.server.Name, quote(text), quote(id.Vendor))
	case !ok:
		return id, def, errs.Errorf(errs.NotFound, "%s: server %s has no definition of option %s", field, d.server.Name, quote(text))
	}
	id.Vendor, id.Number = def.Vendor, def.Number
	return id, def, nil
}

func getDefinitions(c *call, req *hal.GetDHCPOptionDefinitions) (*hal.GetDHCPOptionDefinitionsResponse, error) {
	o, err := c.optionOwner("ref", req.Ref.V, req.ObjType)
	if err != nil {
		return nil, err
	}
	known, err := c.definitionsOf(o.server, o.v6)
	if err != nil {
		return nil, err
	}
	all := known.All()
	out := &hal.GetDHCPOptionDefinitionsResponse{DHCPOptionDefinitions: make([]hal.DHCPOptionDefinition, len(all))}
	for i, d := range all {
		out.DHCPOptionDefinitions[i] = wire.OptionDefinition(d.ID(), d.Name, d.Type, d.Array)
	}
	return out, nil
}

// definitionRequest is what the commands on one definition have in common.
type definitionRequest struct {
	server *model.Server
	in     *hal.DHCPOptionDefinition
	id     model.OptionID
	rec    *model.OptionDefinition // nil when the server has none of its own
}

// definition reads the definition that a command means.
func (c *call) definition(serverRef hal.Opt[string], in *hal.DHCPOptionDefinition) (*definitionRequest, error) {
	const field = "dhcpOptionDefinition"
	server, err := c.server("dhcpServerRef", serverRef.V)
	if err != nil {
		return nil, err
	}
	if in == nil {
		return nil, required(field)
	}
	if strings.TrimSpace(in.Option.V) == "" {
		return nil, required(field + ".option")
	}
	id, name, err := option.ParseID(in.Option.V)
	switch {
	case err != nil:
		return nil, invalid(field+".option", "%s", err)
	case name != "":
		return nil, invalid(field+".option", "%s does not end in a number", quote(in.Option.V))
	case id.User != "":
		return nil, invalid(field+".option", "%s names a user class, but an option is defined for all of them", quote(in.Option.V))
	}
	if err := optionalName(field+".option", id.Vendor); err != nil {
		return nil, err
	}
	rec, err := c.schema.DefinitionsByServer.First(c.tx, store.Key{}.ID(server.ID).Text(model.FoldName(id.Vendor)).ID(model.ID(id.Number)))
	if errors.Is(err, store.ErrNotFound) {
		rec, err = nil, nil
	}
	return &definitionRequest{server, in, id, rec}, err
}

func addDefinition(c *call, req *hal.AddDHCPOptionDefinition) (*hal.AddDHCPOptionDefinitionResponse, error) {
	const field = "dhcpOptionDefinition"
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	q, err := c.definition(req.DHCPServerRef, req.DHCPOptionDefinition)
	if err != nil {
		return nil, err
	}
	if q.rec != nil {
		return nil, conflict(field+".option", "server %s has a definition of option %s already, %s", q.server.Name, q.id, q.rec.Name)
	}
	if !q.in.Type.Set {
		return nil, required(field + ".type")
	}
	d := &model.OptionDefinition{
		ServerID: q.server.ID, Vendor: q.id.Vendor, Number: q.id.Number, Name: q.in.Name.V,
		Type: model.OptionType(q.in.Type.V), Array: q.in.Array.V,
	}
	if err := c.checkDefinition(field, q.server, d); err != nil {
		return nil, err
	}
	if err := c.schema.Definitions.Insert(c.tx, d); err != nil {
		return nil, err
	}
	if err := c.checkUses(field, q.server, d); err != nil {
		return nil, err
	}
	c.touch(q.server.ID)
	return &hal.AddDHCPOptionDefinitionResponse{}, c.record(model.Modification, q.server.Ref(), q.server.Name,
		"Definition of option %s (%s) added to DHCP server %s", q.id, d.Name, q.server.Name)
}

func modifyDefinition(c *call, req *hal.ModifyDHCPOptionDefinition) (*hal.ModifyDHCPOptionDefinitionResponse, error) {
	const field = "dhcpOptionDefinition"
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	q, err := c.ownDefinition(req.DHCPServerRef, req.DHCPOptionDefinition)
	if err != nil {
		return nil, err
	}
	d, before := q.rec, *q.rec
	d.Name = q.in.Name.Or(d.Name)
	d.Type = model.OptionType(q.in.Type.Or(hal.PropertyType(d.Type)))
	d.Array = q.in.Array.Or(d.Array)
	if err := c.checkDefinition(field, q.server, d); err != nil {
		return nil, err
	}
	if *d == before {
		return &hal.ModifyDHCPOptionDefinitionResponse{}, nil
	}
	if err := c.schema.Definitions.Update(c.tx, d); err != nil {
		return nil, err
	}
	if err := c.checkUses(field, q.server, d); err != nil {
		return nil, err
	}
	c.touch(q.server.ID)
	return &hal.ModifyDHCPOptionDefinitionResponse{}, c.record(model.Modification, q.server.Ref(), q.server.Name,
		"Definition of option %s (%s) of DHCP server %s changed to %s", q.id, before.Name, q.server.Name, describeDefinition(d))
}

func describeDefinition(d *model.OptionDefinition) string {
	text := d.Name + ", " + string(d.Type)
	if d.Array {
		text += ", a list"
	}
	return text
}

func removeDefinition(c *call, req *hal.RemoveDHCPOptionDefinition) (*hal.RemoveDHCPOptionDefinitionResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	q, err := c.ownDefinition(req.DHCPServerRef, req.DHCPOptionDefinition)
	if err != nil {
		return nil, err
	}
	err = c.eachUse(q.server, q.rec, func(set *model.OptionSet, o model.Option) error {
		owner, err := c.ownerAt(set.Owner)
		if err != nil {
			return err
		}
		return inUse("dhcpOptionDefinition.option", "%s is set on %s", o.OptionID, owner.title(nil))
	})
	if err != nil {
		return nil, err
	}
	if err := c.schema.Definitions.Delete(c.tx, q.rec.ID); err != nil {
		return nil, err
	}
	c.touch(q.server.ID)
	return &hal.RemoveDHCPOptionDefinitionResponse{}, c.record(model.Modification, q.server.Ref(), q.server.Name,
		"Definition of option %s (%s) removed from DHCP server %s", q.id, q.rec.Name, q.server.Name)
}

// ownDefinition is a definition that can be changed: not a standard one.
func (c *call) ownDefinition(serverRef hal.Opt[string], in *hal.DHCPOptionDefinition) (*definitionRequest, error) {
	const field = "dhcpOptionDefinition.option"
	q, err := c.definition(serverRef, in)
	if err != nil || q.rec != nil {
		return q, err
	}
	if d, ok := option.NewCatalog(q.server.Kind, false, nil).Standard(q.id.Vendor, q.id.Number); ok {
		return nil, invalid(field, "%s (%s) is a standard option, whose definition stays", q.id, d.Name)
	}
	return nil, errs.Errorf(errs.NotFound, "%s: server %s has no definition of option %s", field, q.server.Name, q.id)
}

// checkDefinition holds the rules of a server's own definition.
func (c *call) checkDefinition(field string, server *model.Server, d *model.OptionDefinition) (err error) {
	if d.Name, err = objectName(field+".name", d.Name); err != nil {
		return err
	}
	if strings.Trim(d.Name, "0123456789") == "" || strings.Contains(d.Name, ":") {
		return invalid(field+".name", "%s could be taken for an option's number", quote(d.Name))
	}
	last := uint32(model.MaxOptionNumberV6)
	switch {
	case d.Vendor != "":
		last = model.MaxOptionNumberSub
	case server.Kind == model.KindISC || server.Kind == model.KindCisco:
		last = model.MaxOptionNumberV4
	}
	if d.Number < 1 || d.Number > last {
		return invalid(field+".option", "%d is not a number from 1 to %d", d.Number, last)
	}
	if server.Kind == model.KindISC && d.Array && (d.Type == model.OptionString || d.Type == model.OptionHex) {
		return errs.Errorf(errs.NotSupported, "%s.array: a server of type %s has no options that are lists of %s", field, server.Kind, d.Type)
	}
	for _, v6 := range []bool{false, true} {
		known, err := c.definitionsOf(server, v6)
		if err != nil {
			return err
		}
		if s, ok := known.Standard(d.Vendor, d.Number); ok && (v6 && d.Number > model.MaxOptionNumberV4 || !v6 && (d.Vendor != "" || d.Number < option.FirstSite)) {
			return conflict(field+".option", "%s is the standard option %s", s.ID(), s.Name)
		}
		if s, ok := known.Named(d.Vendor, d.Name); ok && s.Number != d.Number {
			return conflict(field+".name", "%s is the name of option %s", quote(d.Name), s.ID())
		}
	}
	return nil
}

// eachUse calls fn with the options of a server that a definition describes.
func (c *call) eachUse(server *model.Server, d *model.OptionDefinition, fn func(*model.OptionSet, model.Option) error) error {
	for set, err := range c.schema.OptionSetsByServer.Find(c.tx, keyOf(server.ID)) {
		if err != nil {
			return err
		}
		for _, o := range set.Options {
			if o.Number == d.Number && strings.EqualFold(o.Vendor, d.Vendor) {
				if err := fn(set, o); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// checkUses refuses a definition that values already set do not fit.
func (c *call) checkUses(field string, server *model.Server, d *model.OptionDefinition) error {
	return c.eachUse(server, d, func(set *model.OptionSet, o model.Option) error {
		owner, err := c.ownerAt(set.Owner)
		if err != nil {
			return err
		}
		known, err := c.definitionsOf(server, owner.v6)
		if err != nil {
			return err
		}
		used, ok := known.Find(d.Vendor, d.Number)
		if !ok {
			return inUse(field+".option", "%s is set on %s", o.OptionID, owner.title(nil))
		}
		if value, err := used.Canonical(o.Value); err != nil || value != o.Value {
			return inUse(field+".type", "the value %s of option %s on %s does not fit", quote(o.Value), o.OptionID, owner.title(nil))
		}
		return nil
	})
}

// copyDefinitions brings to a failover partner the definitions that options
// need which are about to be copied there.
func (c *call) copyDefinitions(from, to *model.Server, options []model.Option, v6 bool) error {
	for _, o := range options {
		here, err := c.definitionsOf(from, v6)
		if err != nil {
			return err
		}
		there, err := c.definitionsOf(to, v6)
		if err != nil {
			return err
		}
		want, _ := here.Find(o.Vendor, o.Number)
		have, ok := there.Find(o.Vendor, o.Number)
		switch {
		case ok && have.Type == want.Type && have.Array == want.Array:
			continue
		case ok && there.Own(have):
			return conflict("dhcpOptions.option", "server %s defines option %s as %s, its failover partner %s as %s", from.Name, o.OptionID, want.Type, to.Name, have.Type)
		}
		d := &model.OptionDefinition{ServerID: to.ID, Vendor: want.Vendor, Number: want.Number, Name: want.Name, Type: want.Type, Array: want.Array}
		if err := c.checkDefinition("dhcpOptions.option", to, d); err != nil {
			return err
		}
		if err := c.schema.Definitions.Insert(c.tx, d); err != nil {
			return err
		}
		if err := c.checkUses("dhcpOptions.option", to, d); err != nil {
			return err
		}
		if err := c.record(model.Modification, to.Ref(), to.Name, "Definition of option %s (%s) added to DHCP server %s", o.OptionID, d.Name, to.Name); err != nil {
			return err
		}
	}
	return nil
}
