package command

import (
	"strings"

	"halxml/internal/errs"
	"halxml/internal/filter"
	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/store"
	"halxml/wsdl/hal"
)

// exclusionRow is a listed exclusion.
type exclusionRow struct{ *model.Exclusion }

var exclusionFields = filter.NewSet([]filter.Field[exclusionRow]{
	{Name: "ref", Kind: filter.Ref, Text: func(r exclusionRow) string { return r.Ref().String() }},
	{Name: "name", Kind: filter.Text, Text: func(r exclusionRow) string { return r.Name }},
	{Name: "from", Kind: filter.Address, Text: func(r exclusionRow) string { return r.From.String() }},
	{Name: "to", Kind: filter.Address, Text: func(r exclusionRow) string { return r.To.String() }},
	{Name: "dhcpScopeRef", Kind: filter.Ref, Text: func(r exclusionRow) string { return wire.Ref(model.TypeScope, r.ScopeID).V }},
}, nil)

func getExclusion(c *call, req *hal.GetDHCPExclusion) (*hal.GetDHCPExclusionResponse, error) {
	e, err := c.exclusion("dhcpExclusionRef", req.DHCPExclusionRef.V)
	if err != nil {
		return nil, err
	}
	out := wire.Exclusion(e)
	return &hal.GetDHCPExclusionResponse{DHCPExclusion: &out}, nil
}

func getExclusions(c *call, req *hal.GetDHCPExclusions) (*hal.GetDHCPExclusionsResponse, error) {
	g := catalog[model.Exclusion, exclusionRow]{
		kind: model.TypeExclusion, fields: exclusionFields, table: c.schema.Exclusions, alone: true,
		texts: []textIndex[model.Exclusion]{{"name", c.schema.ExclusionsByName}},
		row:   func(e *model.Exclusion) exclusionRow { return exclusionRow{e} },
		refs:  []refIndex[model.Exclusion]{{"dhcpScopeRef", model.TypeScope, c.schema.ExclusionsByScope, keyOf}},
	}
	if req.DHCPScopeRef.V != "" {
		s, err := c.scope("dhcpScopeRef", req.DHCPScopeRef.V)
		if err != nil {
			return nil, err
		}
		g.within, g.key = c.schema.ExclusionsByScope, keyOf(s.ID)
	}
	f, err := find(c, g, listing{req.Filter, req.SortBy, req.Offset, req.Limit, req.SortOrder})
	if err != nil {
		return nil, err
	}
	return &hal.GetDHCPExclusionsResponse{
		TotalResults: hal.Some(uint32(f.total)),
		DHCPExclusionsFrom: answer(c, g.table, f, func(e *model.Exclusion, out *hal.DHCPExclusion) error {
			*out = wire.Exclusion(e)
			return nil
		}),
	}, nil
}

func addExclusion(c *call, req *hal.AddDHCPExclusion) (*hal.AddDHCPExclusionResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	in := req.DHCPExclusion
	if in == nil {
		return nil, required("dhcpExclusion")
	}
	s, err := c.scope("dhcpExclusion.dhcpScopeRef", in.DHCPScopeRef.V)
	if err != nil {
		return nil, err
	}
	e := &model.Exclusion{ScopeID: s.ID, Name: strings.TrimSpace(in.Name.V)}
	if e.From, e.To, err = blockSpan("dhcpExclusion.", e.Name, in.From.V, in.To.V); err != nil {
		return nil, err
	}
	if err := c.checkExclusion("dhcpExclusion.", e, s); err != nil {
		return nil, err
	}
	if err := c.schema.Exclusions.Insert(c.tx, e); err != nil {
		return nil, err
	}
	if err := c.poolsChanged(s); err != nil {
		return nil, err
	}
	if err := c.record(model.Creation, e.Ref(), e.Name, "Exclusion %s added to DHCP scope %s", exclusionSpan(e), s.Name); err != nil {
		return nil, err
	}
	return &hal.AddDHCPExclusionResponse{Ref: hal.Some(e.Ref().String())}, nil
}

// exclusion finds an exclusion by reference or unique name.
func (c *call) exclusion(field, text string) (*model.Exclusion, error) {
	return byRefOrName(c, c.schema.Exclusions, c.schema.ExclusionsByName, model.TypeExclusion, field, "DHCP exclusion", "DHCPExclusions", text)
}

// exclusionSpan writes an exclusion as from-to.
func exclusionSpan(e *model.Exclusion) string { return e.From.String() + "-" + e.To.String() }

// checkExclusion holds an exclusion's rules: a kind of server that has them,
// inside its scope, and disjoint from the scope's others.
func (c *call) checkExclusion(prefix string, e *model.Exclusion, s *model.Scope) error {
	server, err := c.serverByID(s.ServerID)
	if err != nil {
		return err
	}
	if server.Kind != model.KindMicrosoft && server.Kind != model.KindCisco {
		return errs.Errorf(errs.NotSupported, "%sdhcpScopeRef: scopes of a server of type %s have no exclusions; leave the addresses out of the address pools", prefix, server.Kind)
	}
	if e.Name == "" {
		e.Name = exclusionSpan(e)
	}
	if err := optionalName(prefix+"name", e.Name); err != nil {
		return err
	}
	r, err := c.schema.Ranges.Get(c.tx, s.RangeID)
	if err != nil {
		return err
	}
	if err := insideRange(prefix, r, e.From, e.To); err != nil {
		return err
	}
	others, err := c.exclusionsOf(s.ID)
	if err != nil {
		return err
	}
	for _, o := range others {
		if o.ID != e.ID && e.Overlaps(o) {
			return conflict(prefix+"from", "%s overlaps the exclusion %s of the scope", exclusionSpan(e), exclusionSpan(o))
		}
	}
	return nil
}

// exclusionsOf are a scope's exclusions by address.
func (c *call) exclusionsOf(scope model.ID) ([]*model.Exclusion, error) {
	var all []*model.Exclusion
	for e, err := range c.schema.ExclusionsByScope.Begin(c.tx, store.Key{}.ID(scope)) {
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

// copyExclusions makes the exclusions of to equal to those of from. Exclusions
// of the same addresses keep their identity.
func (c *call) copyExclusions(from, to *model.Scope) (changed bool, err error) {
	want, err := c.exclusionsOf(from.ID)
	if err != nil {
		return false, err
	}
	have, err := c.exclusionsOf(to.ID)
	if err != nil {
		return false, err
	}
	there := map[block]*model.Exclusion{}
	for _, h := range have {
		there[block{h.From, h.To}] = h
	}
	for _, w := range want {
		e := &model.Exclusion{ScopeID: to.ID, Name: w.Name, From: w.From, To: w.To}
		at := block{w.From, w.To}
		switch old := there[at]; {
		case old == nil:
			changed, err = true, c.schema.Exclusions.Insert(c.tx, e)
		case old.Name != w.Name:
			e.ID = old.ID
			changed, err = true, c.schema.Exclusions.Update(c.tx, e)
		}
		if err != nil {
			return false, err
		}
		delete(there, at)
	}
	for _, h := range have {
		if there[block{h.From, h.To}] == nil {
			continue
		}
		changed = true
		if err := c.schema.Exclusions.Delete(c.tx, h.ID); err != nil {
			return false, err
		}
	}
	return changed, nil
}

// exclusionObject is an exclusion for the generic commands.
type exclusionObject struct {
	c *call
	*model.Exclusion
	before model.Exclusion
}

func (o *exclusionObject) ref() model.Ref            { return o.Exclusion.Ref() }
func (o *exclusionObject) title() string             { return o.Name }
func (o *exclusionObject) custom() *[]model.Property { return nil }

func (o *exclusionObject) properties() []property {
	e := o.Exclusion
	o.before = *e
	return []property{
		{name: "name", value: e.Name, set: words(&e.Name)},
		bound("from", &e.From),
		bound("to", &e.To),
		{name: "dhcpScopeRef", value: wire.Ref(model.TypeScope, e.ScopeID).V},
	}
}

func (o *exclusionObject) save(changes string) (string, error) {
	c, e := o.c, o.Exclusion
	s, err := c.schema.Scopes.Get(c.tx, e.ScopeID)
	if err != nil {
		return "", err
	}
	if err := ordered("properties.", e.From, e.To); err != nil {
		return "", err
	}
	e.Name = strings.TrimSpace(e.Name)
	if e.Name == exclusionSpan(&o.before) {
		e.Name = "" // named after its old addresses
	}
	if err := c.checkExclusion("properties.", e, s); err != nil {
		return "", err
	}
	if err := c.schema.Exclusions.Update(c.tx, e); err != nil {
		return "", err
	}
	if err := c.poolsChanged(s); err != nil {
		return "", err
	}
	return "", c.record(model.Modification, e.Ref(), e.Name, "Exclusion %s modified: %s", exclusionSpan(e), changes)
}

func (o *exclusionObject) remove(bool) error {
	c, e := o.c, o.Exclusion
	s, err := c.schema.Scopes.Get(c.tx, e.ScopeID)
	if err != nil {
		return err
	}
	if err := c.schema.Exclusions.Delete(c.tx, e.ID); err != nil {
		return err
	}
	if err := c.poolsChanged(s); err != nil {
		return err
	}
	return c.record(model.Deletion, e.Ref(), e.Name, "Exclusion %s removed from DHCP scope %s", exclusionSpan(e), s.Name)
}
