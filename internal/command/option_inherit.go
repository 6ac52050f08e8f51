package command

import (
	"slices"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/internal/option"
	"halxml/internal/wire"
	"halxml/wsdl/hal"
)

// above are the objects whose options take effect on an owner, from the server
// down to itself: a server's options hold for all, those of a scope for what is
// in it, those of a group for its reservations.
func (c *call) above(o *optionOwner) ([]*optionOwner, error) {
	chain := []*optionOwner{{Ref: o.server.Ref(), name: o.server.Name, server: o.server}}
	if o.scope != nil {
		s, err := c.scopeOptions(o.scope)
		if err != nil {
			return nil, err
		}
		chain = append(chain, s)
	}
	groups := len(chain)
	for g := o.group; g != nil; {
		chain = slices.Insert(chain, groups, &optionOwner{Ref: g.Ref(), name: g.Name, server: o.server, group: g})
		if g.ParentID == 0 {
			break
		}
		parent, err := c.schema.Groups.Get(c.tx, g.ParentID)
		if err != nil {
			return nil, err
		}
		g = parent
	}
	if chain[len(chain)-1].Ref != o.Ref {
		chain = append(chain, o)
	}
	return chain, nil
}

// source is an object with those of its options that take effect.
type source struct {
	model.Ref
	name    string
	options []model.Option
}

// effective are the options that take effect on an owner, by the object they
// are set on, the server first. With a policy's name, the policies of that name
// count too, each above the object it belongs to.
func (c *call) effective(o *optionOwner, policyField, policyName string) ([]source, error) {
	chain, err := c.above(o)
	if err != nil {
		return nil, err
	}
	var layers []source
	policyName = strings.TrimSpace(policyName)
	found := policyName == ""
	for _, at := range chain {
		set, err := c.optionSet(at, nil)
		if err != nil {
			return nil, err
		}
		layers = append(layers, source{at.Ref, at.name, set.Options})
		if policyName == "" || at.Type != model.TypeServer && at.Type != model.TypeScope {
			continue
		}
		p, err := c.policyFor(policyField, at, policyName)
		if errs.CodeOf(err) == errs.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if set, err = c.optionSet(at, p); err != nil {
			return nil, err
		}
		layers, found = append(layers, source{at.Ref, p.Name, set.Options}), true
	}
	if !found {
		return nil, notFound(policyField, "policy", policyName)
	}
	for i := range layers {
		layers[i].options = slices.DeleteFunc(slices.Clone(layers[i].options), func(one model.Option) bool {
			return slices.ContainsFunc(layers[i+1:], func(lower source) bool { return lower.find(one.OptionID) != nil })
		})
	}
	return slices.DeleteFunc(layers, func(s source) bool { return len(s.options) == 0 }), nil
}

// find is an option of the source, or nil.
func (s source) find(id model.OptionID) *model.Option {
	for i := range s.options {
		if sameOption(s.options[i].OptionID, id) {
			return &s.options[i]
		}
	}
	return nil
}

func getInherited(c *call, req *hal.GetInheritedDHCPOptions) (*hal.GetInheritedDHCPOptionsResponse, error) {
	o, err := c.optionOwner("ref", req.Ref.V, req.ObjType)
	if err != nil {
		return nil, err
	}
	sources, err := c.effective(o, "policyName", req.PolicyName.V)
	if err != nil {
		return nil, err
	}
	out := &hal.GetInheritedDHCPOptionsResponse{InheritedDHCPOptions: make([]hal.SourcedDHCPOptions, len(sources))}
	for i, s := range sources {
		object := wire.Object(s.Ref, s.name)
		out.InheritedDHCPOptions[i] = hal.SourcedDHCPOptions{Source: &object, DHCPOptions: wire.Options(s.options)}
	}
	return out, nil
}

// reportOptions lists scopes by the value that an option has in them, their own
// or their server's.
func reportOptions(c *call, req *hal.ReportDHCPScopeOptions) (*hal.ReportDHCPScopeOptionsResponse, error) {
	switch {
	case !req.ReportType.Set:
		return nil, required("reportType")
	case !req.Option.Set:
		return nil, required("option")
	case req.ReportType.V == hal.DHCPScopeOptionsReportTypeDoesNotHaveValue && req.Value.V == "":
		return nil, required("value")
	}
	id := model.OptionID{Vendor: req.VendorClass.V, User: req.UserClass.V, Number: req.Option.V}
	f, err := find(c, c.scopeCatalog(), listing{filter: req.Filter})
	if err != nil {
		return nil, err
	}
	var ids []model.ID
	for s, err := range records(c, c.schema.Scopes, f) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, s.ID)
	}
	out := &hal.ReportDHCPScopeOptionsResponse{Entries: []hal.DCHPScopeOptionsReportEntry{}}
	for _, scope := range ids {
		s, err := c.schema.Scopes.Get(c.tx, scope)
		if err != nil {
			return nil, err
		}
		o, err := c.scopeOptions(s)
		if err != nil {
			return nil, err
		}
		sources, err := c.effective(o, "", "")
		if err != nil {
			return nil, err
		}
		var set *model.Option
		inherited := false
		for _, s := range sources {
			if one := s.find(id); one != nil {
				set, inherited = one, s.Ref != o.Ref
			}
		}
		entry := hal.DCHPScopeOptionsReportEntry{
			DHCPServerName: hal.Some(o.server.Name), DHCPScopeName: hal.Some(o.name),
			OptionValue: hal.Some(""), Inherited: hal.Some(inherited),
		}
		if set == nil {
			if req.ReportType.V == hal.DHCPScopeOptionsReportTypeHasNoValueSet {
				out.Entries = append(out.Entries, entry)
			}
			continue
		}
		entry.OptionValue = hal.Some(set.Value)
		same, err := c.sameValue(o, set, req.Value.V)
		if err != nil {
			return nil, err
		}
		switch req.ReportType.V {
		case hal.DHCPScopeOptionsReportTypeHasValue:
			if same || req.Value.V == "" {
				out.Entries = append(out.Entries, entry)
			}
		case hal.DHCPScopeOptionsReportTypeDoesNotHaveValue:
			if !same {
				out.Entries = append(out.Entries, entry)
			}
		}
	}
	return out, nil
}

// sameValue compares an option's value with one that a caller wrote.
func (c *call) sameValue(o *optionOwner, set *model.Option, text string) (bool, error) {
	known, err := c.definitionsOf(o.server, o.v6)
	if err != nil {
		return false, err
	}
	d, ok := known.Find(set.Vendor, set.Number)
	if !ok {
		return set.Value == text, nil
	}
	value, err := d.Canonical(text)
	return err == nil && value == set.Value, nil
}

// getVendorAndUserClasses lists the vendor and user classes of a server: those its product
// knows, and those that its definitions and options name.
func getVendorAndUserClasses(c *call, req *hal.GetDHCPVendorAndUserClasses) (*hal.GetDHCPVendorAndUserClassesResponse, error) {
	server, err := c.server("dhcpServerRef", req.DHCPServerRef.V)
	if err != nil {
		return nil, err
	}
	out := &hal.GetDHCPVendorAndUserClassesResponse{DHCPVendorClasses: []hal.DHCPOptionClass{}, DHCPUserClasses: []hal.DHCPOptionClass{}}
	add := func(to *[]hal.DHCPOptionClass, k option.Class) {
		known := slices.ContainsFunc(*to, func(have hal.DHCPOptionClass) bool { return model.FoldName(have.Name.V) == model.FoldName(k.Name) })
		if k.Name != "" && !known {
			*to = append(*to, wire.OptionClass(k.Name, k.Description, k.Identifier))
		}
	}
	if server.Kind == model.KindMicrosoft {
		vendors, users := option.MicrosoftClasses()
		for _, k := range vendors {
			add(&out.DHCPVendorClasses, k)
		}
		for _, k := range users {
			add(&out.DHCPUserClasses, k)
		}
	}
	for d, err := range c.schema.DefinitionsByServer.Begin(c.tx, keyOf(server.ID)) {
		if err != nil {
			return nil, err
		}
		add(&out.DHCPVendorClasses, option.Class{Name: d.Vendor, Identifier: d.Vendor})
	}
	for set, err := range c.schema.OptionSetsByServer.Find(c.tx, keyOf(server.ID)) {
		if err != nil {
			return nil, err
		}
		for _, o := range set.Options {
			add(&out.DHCPUserClasses, option.Class{Name: o.User, Identifier: o.User})
		}
	}
	return out, nil
}
