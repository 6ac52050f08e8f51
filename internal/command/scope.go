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

// scopeRow is a listed scope.
type scopeRow struct {
	*model.Scope
	free func(*model.Scope) (uint32, error)
}

func (r scopeRow) available() string {
	n, err := r.free(r.Scope)
	if err != nil {
		return ""
	}
	return decimal(n)
}

var scopeFields = filter.NewSet([]filter.Field[scopeRow]{
	{Name: "ref", Kind: filter.Ref, Text: func(r scopeRow) string { return r.Ref().String() }},
	{Name: "name", Kind: filter.Text, Text: func(r scopeRow) string { return r.Name }},
	{Name: "rangeRef", Kind: filter.Ref, Text: func(r scopeRow) string { return wire.Ref(model.TypeRange, r.RangeID).V }},
	{Name: "dhcpServerRef", Kind: filter.Ref, Text: func(r scopeRow) string { return wire.Ref(model.TypeServer, r.ServerID).V }},
	{Name: "superscope", Kind: filter.Text, Text: func(r scopeRow) string { return r.Superscope }},
	{Name: "description", Kind: filter.Text, Text: func(r scopeRow) string { return r.Description }},
	{Name: "available", Kind: filter.Number, Foreign: true, Text: scopeRow.available},
	{Name: "enabled", Kind: filter.Bool, Text: func(r scopeRow) string { return wire.Bool(r.Enabled) }},
}, func(r scopeRow) []model.Property { return r.Custom })

func getScope(c *call, req *hal.GetDHCPScope) (*hal.GetDHCPScopeResponse, error) {
	s, err := c.scope("dhcpScopeRef", req.DHCPScopeRef.V)
	if err != nil {
		return nil, err
	}
	out := wire.Scope(s, nil)
	out.Available.V, err = c.freeInPools()(s)
	return &hal.GetDHCPScopeResponse{DHCPScope: &out}, err
}

// scopeCatalog is how scopes are listed.
func (c *call) scopeCatalog() catalog[model.Scope, scopeRow] {
	free := c.freeInPools()
	return catalog[model.Scope, scopeRow]{
		kind: model.TypeScope, fields: scopeFields, table: c.schema.Scopes, own: true,
		shows: []string{c.schema.Pools.Name, c.schema.Exclusions.Name, c.schema.Reservations.Name, c.schema.Leases.Name},
		row:   func(s *model.Scope) scopeRow { return scopeRow{s, free} },
		texts: []textIndex[model.Scope]{{"name", c.schema.ScopesByName}},
		refs: []refIndex[model.Scope]{
			{"rangeRef", model.TypeRange, c.schema.ScopesByRange, keyOf},
			{"dhcpServerRef", model.TypeServer, c.schema.ScopesByServer, keyOf},
		},
	}
}

func getScopes(c *call, req *hal.GetDHCPScopes) (*hal.GetDHCPScopesResponse, error) {
	f, err := find(c, c.scopeCatalog(), listing{req.Filter, req.SortBy, req.Offset, req.Limit, req.SortOrder})
	if err != nil {
		return nil, err
	}
	texts, free := new(wire.Texts), c.freeInPools()
	return &hal.GetDHCPScopesResponse{
		TotalResults: hal.Some(uint32(f.total)),
		DHCPScopesFrom: answer(c, c.schema.Scopes, f, func(s *model.Scope, out *hal.DHCPScope) (err error) {
			texts.Reset()
			*out = wire.Scope(s, texts)
			out.Available.V, err = free(s)
			return err
		}),
	}, nil
}

func addScope(c *call, req *hal.AddDHCPScope) (*hal.AddDHCPScopeResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	in := req.DHCPScope
	if in == nil {
		return nil, required("dhcpScope")
	}
	server, err := c.server("dhcpScope.dhcpServerRef", in.DHCPServerRef.V)
	if err != nil {
		return nil, err
	}
	r, err := c.scopeRange("dhcpScope.rangeRef", in.RangeRef.V)
	if err != nil {
		return nil, err
	}
	s := &model.Scope{
		RangeID: r.ID, ServerID: server.ID, Name: strings.TrimSpace(in.Name.V),
		Superscope: in.Superscope.V, Description: in.Description.V, Enabled: in.Enabled.Or(true),
	}
	if s.Name == "" {
		s.Name = r.Name
	}
	if err := checkScopeText("dhcpScope.", s); err != nil {
		return nil, err
	}
	if err := c.defaultCustom(model.TypeScope, &s.Custom); err != nil {
		return nil, err
	}
	if err := c.numberSubnet(s, server, r); err != nil {
		return nil, err
	}
	if err := c.insertScope("dhcpScope.rangeRef", s, server, r); err != nil {
		return nil, err
	}
	if err := c.mirrorScope(s); err != nil {
		return nil, err
	}
	return &hal.AddDHCPScopeResponse{Ref: hal.Some(s.Ref().String())}, nil
}

// scopeRange is the range of a new scope. The CIDR of no range makes one.
func (c *call) scopeRange(field, text string) (*model.Range, error) {
	r, err := c.rangeOf(field, text)
	if errs.CodeOf(err) != errs.NotFound || !strings.Contains(text, "/") {
		return r, err
	}
	from, to, ok := parseSpan(bare(text, "Ranges"))
	if !ok {
		return nil, err
	}
	inherit, err := c.allows(settingInheritAccess)
	if err != nil {
		return nil, err
	}
	r = &model.Range{
		SpaceID: c.space(), Name: spanName(from, to), From: from, To: to,
		Subnet: true, InheritAccess: inherit, Created: c.at,
	}
	if err := c.defaultCustom(model.TypeRange, &r.Custom); err != nil {
		return nil, err
	}
	return r, c.insertRange(field, r)
}

func checkScopeText(prefix string, s *model.Scope) error {
	if err := optionalName(prefix+"name", s.Name); err != nil {
		return err
	}
	if err := noReference(prefix+"name", s.Name); err != nil {
		return err
	}
	if err := optionalName(prefix+"superscope", s.Superscope); err != nil {
		return err
	}
	return plainText(prefix+"description", s.Description, true)
}

// checkScopeRange holds the rules of a scope's place: ISC and Kea serve whole
// subnets, Cisco only IPv4, and a server's scopes do not overlap.
func (c *call) checkScopeRange(field string, s *model.Scope, r *model.Range) error {
	server, err := c.serverByID(s.ServerID)
	if err != nil {
		return err
	}
	_, isCIDR := spanPrefix(r.From, r.To)
	if !isCIDR && (server.Kind == model.KindISC || server.Kind.IsKea()) {
		return invalid(field, "%s is not a CIDR, which a scope of a server of type %s needs", r.Name, server.Kind)
	}
	if server.Kind == model.KindCisco && !r.From.Is4() {
		return errs.Errorf(errs.NotSupported, "%s: a server of type %s has no IPv6 scopes", field, server.Kind)
	}
	return c.scopeOverlap(field, server, s.ID, r)
}

// scopeOverlap refuses a scope on a range inside or around that of another
// scope of the server: both would own the same addresses.
func (c *call) scopeOverlap(field string, server *model.Server, self model.ID, r *model.Range) error {
	check := func(o *model.Range) error {
		for s, err := range c.schema.ScopesByServer.Find(c.tx, store.Key{}.ID(server.ID).ID(o.ID)) {
			if err != nil {
				return err
			}
			if s.ID == self {
				continue
			}
			if o.ID == r.ID {
				return conflict(field, "A scope with address %s already exists on the server %s", quote(r.Name), server.Name)
			}
			return conflict(field, "%s overlaps the scope %s on server %s", r.Name, o.Name, server.Name)
		}
		return nil
	}
	if err := check(r); err != nil {
		return err
	}
	for parent := r.ParentID; parent != 0; {
		o, err := c.schema.Ranges.Get(c.tx, parent)
		if err != nil {
			return err
		}
		if err := check(o); err != nil {
			return err
		}
		parent = o.ParentID
	}
	inside := store.Key{}.ID(r.SpaceID)
	for o, err := range c.schema.RangesByAddress.Between(c.tx, append(store.Key(nil), inside.Addr(r.From)...), append(store.Key(nil), inside.Addr(r.To).AddrDown(r.From)...), false) {
		if err != nil {
			return err
		}
		if o.ID != r.ID && r.Encloses(o) {
			if err := check(o); err != nil {
				return err
			}
		}
	}
	return nil
}

// insertScope stores a new scope. field names the range in faults.
func (c *call) insertScope(field string, s *model.Scope, server *model.Server, r *model.Range) error {
	if err := c.checkScopeRange(field, s, r); err != nil {
		return err
	}
	if err := c.schema.Scopes.Insert(c.tx, s); err != nil {
		return err
	}
	c.touch(server.ID)
	return c.record(model.Creation, s.Ref(), s.Name, "DHCP scope %s (%s) added on server %s", s.Name, r.Name, server.Name)
}

// removeScope removes a scope with all that belongs to it. An instance that
// leaves takes its partner's out of their relationship: one server alone holds
// no failover scope.
func (c *call) removeScope(s *model.Scope) error {
	if err := c.leavePartner(s); err != nil {
		return err
	}
	return c.deleteScope(s)
}

// deleteScope removes a scope with all that belongs to it, and nothing else.
func (c *call) deleteScope(s *model.Scope) error {
	pools, err := c.poolsOf(s.ID)
	if err != nil {
		return err
	}
	for _, p := range pools {
		if err := c.deletePool(p); err != nil {
			return err
		}
	}
	exclusions, err := c.exclusionsOf(s.ID)
	if err != nil {
		return err
	}
	for _, e := range exclusions {
		if err := c.schema.Exclusions.Delete(c.tx, e.ID); err != nil {
			return err
		}
	}
	reservations, err := c.deleteReservations(s.Ref())
	if err != nil {
		return err
	}
	leases, err := c.deleteLeases(s)
	if err != nil {
		return err
	}
	if err := c.deletePolicies(s.Ref()); err != nil {
		return err
	}
	if err := c.deleteOptions(s.Ref()); err != nil {
		return err
	}
	if err := c.leaveFolder(s.Ref()); err != nil {
		return err
	}
	if err := c.schema.Scopes.Delete(c.tx, s.ID); err != nil {
		return err
	}
	c.touch(s.ServerID)
	text := "DHCP scope " + s.Name + " removed"
	if with := counts(counted{len(pools), "address pool"}, counted{len(exclusions), "exclusion"}, counted{reservations, "reservation"}, counted{leases, "lease"}); with != "" {
		text += " with " + with
	}
	return c.record(model.Deletion, s.Ref(), s.Name, "%s", text)
}
