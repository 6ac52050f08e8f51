package command

import (
	"net/netip"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/filter"
	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/store"
	"halxml/wsdl/hal"
)

// poolRow is a listed pool; the names of its peer and relationship are read
// when asked for.
type poolRow struct {
	c *call
	*model.Pool
}

func (r poolRow) answer() hal.DHCPAddressPool {
	out, err := r.c.poolAnswer(r.Pool)
	if err != nil {
		return wire.Pool(r.Pool, "", "")
	}
	return out
}

var poolFields = filter.NewSet([]filter.Field[poolRow]{
	{Name: "ref", Kind: filter.Ref, Text: func(r poolRow) string { return r.Ref().String() }},
	{Name: "name", Kind: filter.Text, Text: func(r poolRow) string { return r.Name }},
	{Name: "from", Kind: filter.Address, Text: func(r poolRow) string { return r.From.String() }},
	{Name: "to", Kind: filter.Address, Text: func(r poolRow) string { return r.To.String() }},
	{Name: "failoverPeer", Kind: filter.Text, Foreign: true, Text: func(r poolRow) string { return r.answer().FailoverPeer.V }},
	{Name: "failoverRelationship", Kind: filter.Text, Foreign: true, Text: func(r poolRow) string { return r.answer().FailoverRelationship.V }},
	{Name: "dhcpScopeRef", Kind: filter.Ref, Text: func(r poolRow) string { return wire.Ref(model.TypeScope, r.ScopeID).V }},
}, nil)

// poolAnswer names a pool's peer (ISC) or its scope's relationship (Microsoft).
func (c *call) poolAnswer(p *model.Pool) (hal.DHCPAddressPool, error) {
	var peer, relationship string
	id := p.PeerID
	if id == 0 {
		s, err := c.schema.Scopes.Get(c.tx, p.ScopeID)
		if err != nil {
			return hal.DHCPAddressPool{}, err
		}
		id = s.RelationshipID
	}
	if id != 0 {
		r, err := c.schema.Relationships.Get(c.tx, id)
		if err != nil {
			return hal.DHCPAddressPool{}, err
		}
		switch {
		case p.PeerID != 0:
			peer = r.Name
		case r.Kind == model.KindMicrosoft:
			relationship = r.Name
		}
	}
	return wire.Pool(p, peer, relationship), nil
}

func getPool(c *call, req *hal.GetDHCPAddressPool) (*hal.GetDHCPAddressPoolResponse, error) {
	p, err := c.pool("dhcpAddressPoolRef", req.DHCPAddressPoolRef.V)
	if err != nil {
		return nil, err
	}
	out, err := c.poolAnswer(p)
	return &hal.GetDHCPAddressPoolResponse{DHCPAddressPool: &out}, err
}

func getPools(c *call, req *hal.GetDHCPAddressPools) (*hal.GetDHCPAddressPoolsResponse, error) {
	g := catalog[model.Pool, poolRow]{
		kind: model.TypePool, fields: poolFields, table: c.schema.Pools, own: true, texts: []textIndex[model.Pool]{{"name", c.schema.PoolsByName}},
		row:  func(p *model.Pool) poolRow { return poolRow{c, p} },
		refs: []refIndex[model.Pool]{{"dhcpScopeRef", model.TypeScope, c.schema.PoolsByScope, keyOf}},
	}
	if req.DHCPScopeRef.V != "" {
		s, err := c.scope("dhcpScopeRef", req.DHCPScopeRef.V)
		if err != nil {
			return nil, err
		}
		g.within, g.key = c.schema.PoolsByScope, keyOf(s.ID)
	}
	f, err := find(c, g, listing{req.Filter, req.SortBy, req.Offset, req.Limit, req.SortOrder})
	if err != nil {
		return nil, err
	}
	return &hal.GetDHCPAddressPoolsResponse{
		TotalResults: hal.Some(uint32(f.total)),
		DHCPAddressPoolsFrom: answer(c, g.table, f, func(p *model.Pool, out *hal.DHCPAddressPool) (err error) {
			*out, err = c.poolAnswer(p)
			return err
		}),
	}, nil
}

func addPool(c *call, req *hal.AddDHCPAddressPool) (*hal.AddDHCPAddressPoolResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	in := req.DHCPAddressPool
	if in == nil {
		return nil, required("dhcpAddressPool")
	}
	s, err := c.scope("dhcpAddressPool.dhcpScopeRef", in.DHCPScopeRef.V)
	if err != nil {
		return nil, err
	}
	p := &model.Pool{ScopeID: s.ID, ServerID: s.ServerID, Name: strings.TrimSpace(in.Name.V)}
	if err := setPoolSpan(p, "dhcpAddressPool.", in.From.V, in.To.V); err != nil {
		return nil, err
	}
	if in.FailoverPeer.V != "" {
		peer, err := c.peerFor("dhcpAddressPool.failoverPeer", p, in.FailoverPeer.V)
		if err != nil {
			return nil, err
		}
		p.PeerID = peer.ID
	} else if p.PeerID, err = c.peerOf(s); err != nil {
		return nil, err
	}
	if err := c.checkPool("dhcpAddressPool.", p, s); err != nil {
		return nil, err
	}
	if err := c.schema.Pools.Insert(c.tx, p); err != nil {
		return nil, err
	}
	if err := c.poolsChanged(s); err != nil {
		return nil, err
	}
	if err := c.splitReserved("dhcpAddressPool.from", p); err != nil {
		return nil, err
	}
	if err := c.record(model.Creation, p.Ref(), p.Name, "Address pool %s added to DHCP scope %s", poolSpan(p), s.Name); err != nil {
		return nil, err
	}
	return &hal.AddDHCPAddressPoolResponse{Ref: hal.Some(p.Ref().String())}, nil
}

// poolSpan writes a pool as from-to, as dhcpd does.
func poolSpan(p *model.Pool) string { return p.From.String() + "-" + p.To.String() }

// setPoolSpan takes a pool's addresses from from and to, or from its name.
func setPoolSpan(p *model.Pool, prefix, from, to string) (err error) {
	if p.From, p.To, err = blockSpan(prefix, p.Name, from, to); err != nil {
		return err
	}
	if p.Name == "" {
		p.Name = poolSpan(p)
	}
	return optionalName(prefix+"name", p.Name)
}

// blockSpan reads the addresses of a block from from and to, or from its name.
func blockSpan(prefix, name, from, to string) (first, last netip.Addr, err error) {
	if from == "" && to == "" {
		first, last, ok := parseSpan(name)
		if !ok {
			err = required(prefix + "from")
		}
		return first, last, err
	}
	if from == "" {
		return first, last, required(prefix + "from")
	}
	if to == "" {
		return first, last, required(prefix + "to")
	}
	var ok bool
	if first, ok = parseAddr(from); !ok {
		return first, last, invalid(prefix+"from", "%s is not an IP address", quote(from))
	}
	if last, ok = parseAddr(to); !ok {
		return first, last, invalid(prefix+"to", "%s is not an IP address", quote(to))
	}
	return first, last, ordered(prefix, first, last)
}

// ordered refuses a block that ends before it begins.
func ordered(prefix string, from, to netip.Addr) error {
	if from.Is4() != to.Is4() || to.Less(from) {
		return invalid(prefix+"to", "%s does not come after %s", to, from)
	}
	return nil
}

// insideRange refuses a block that leaves the range of its scope.
func insideRange(prefix string, r *model.Range, from, to netip.Addr) error {
	switch {
	case !r.Contains(from):
		return invalid(prefix+"from", "%s lies outside the scope's range %s", from, r.Name)
	case !r.Contains(to):
		return invalid(prefix+"to", "%s lies outside the scope's range %s", to, r.Name)
	}
	return nil
}

// checkPool holds a pool's rules: inside its scope, without the network and
// broadcast address of an IPv4 subnet, and disjoint from the scope's others.
func (c *call) checkPool(prefix string, p *model.Pool, s *model.Scope) error {
	r, err := c.schema.Ranges.Get(c.tx, s.RangeID)
	if err != nil {
		return err
	}
	if err := insideRange(prefix, r, p.From, p.To); err != nil {
		return err
	}
	if prefixOf, ok := spanPrefix(r.From, r.To); ok && r.From.Is4() && prefixOf.Bits() <= 30 {
		switch {
		case p.From == r.From:
			return invalid(prefix+"from", "%s is the network address of %s", p.From, r.Name)
		case p.To == r.To:
			return invalid(prefix+"to", "%s is the broadcast address of %s", p.To, r.Name)
		}
	}
	if err := c.checkPoolReservations(prefix+"from", p); err != nil {
		return err
	}
	pools, err := c.poolsOf(s.ID)
	if err != nil {
		return err
	}
	for _, o := range pools {
		if o.ID != p.ID && p.Overlaps(o) {
			return conflict(prefix+"from", "%s overlaps the address pool %s of the scope", poolSpan(p), poolSpan(o))
		}
	}
	return nil
}

// poolsOf are a scope's pools by address.
func (c *call) poolsOf(scope model.ID) ([]*model.Pool, error) {
	var pools []*model.Pool
	for p, err := range c.schema.PoolsByScope.Begin(c.tx, store.Key{}.ID(scope)) {
		if err != nil {
			return nil, err
		}
		pools = append(pools, p)
	}
	return pools, nil
}

// poolsChanged brings a scope's count of addresses, the partner's instance and
// their relationship up to date after the scope's pools or exclusions changed.
func (c *call) poolsChanged(s *model.Scope) error {
	pools, err := c.poolsOf(s.ID)
	if err != nil {
		return err
	}
	exclusions, err := c.exclusionsOf(s.ID)
	if err != nil {
		return err
	}
	s.Available = model.Available(pools, exclusions)
	if err := c.schema.Scopes.Update(c.tx, s); err != nil {
		return err
	}
	c.touch(s.ServerID)
	if err := c.mirrorScope(s); err != nil {
		return err
	}
	return c.settlePair(s)
}

// deletePool deletes a pool with its options.
func (c *call) deletePool(p *model.Pool) error {
	if err := c.deleteOptions(p.Ref()); err != nil {
		return err
	}
	return c.schema.Pools.Delete(c.tx, p.ID)
}

// removePool removes a pool, at the partner's instance too.
func (c *call) removePool(p *model.Pool) error {
	s, err := c.schema.Scopes.Get(c.tx, p.ScopeID)
	if err != nil {
		return err
	}
	if err := c.deletePool(p); err != nil {
		return err
	}
	if err := c.poolsChanged(s); err != nil {
		return err
	}
	return c.record(model.Deletion, p.Ref(), p.Name, "Address pool %s removed from DHCP scope %s", poolSpan(p), s.Name)
}

func getPermits(c *call, req *hal.GetDHCPAddressPoolPermitList) (*hal.GetDHCPAddressPoolPermitListResponse, error) {
	p, err := c.iscPool("dhcpAddressPoolRef", req.DHCPAddressPoolRef.V)
	if err != nil {
		return nil, err
	}
	return &hal.GetDHCPAddressPoolPermitListResponse{DHCPAddressPoolPermits: wire.Permits(p.Permits)}, nil
}

func setPermits(c *call, req *hal.SetDHCPAddressPoolPermitList) (*hal.SetDHCPAddressPoolPermitListResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	p, err := c.iscPool("dhcpAddressPoolRef", req.DHCPAddressPoolRef.V)
	if err != nil {
		return nil, err
	}
	permits := make([]model.Permit, len(req.DHCPAddressPoolPermits))
	for i, in := range req.DHCPAddressPoolPermits {
		if permits[i], err = permit(in); err != nil {
			return nil, err
		}
	}
	p.Permits = permits
	if err := c.schema.Pools.Update(c.tx, p); err != nil {
		return nil, err
	}
	s, err := c.schema.Scopes.Get(c.tx, p.ScopeID)
	if err != nil {
		return nil, err
	}
	c.touch(s.ServerID)
	if err := c.mirrorScope(s); err != nil {
		return nil, err
	}
	if err := c.record(model.Modification, p.Ref(), p.Name, "Permit list of address pool %s set: %s", poolSpan(p), count(len(permits), "permit")); err != nil {
		return nil, err
	}
	return &hal.SetDHCPAddressPoolPermitListResponse{}, nil
}

// iscPool finds a pool of an ISC server; the others have no permit lists.
func (c *call) iscPool(field, text string) (*model.Pool, error) {
	p, err := c.pool(field, text)
	if err != nil {
		return nil, err
	}
	server, err := c.serverByID(p.ServerID)
	if err != nil {
		return nil, err
	}
	if server.Kind != model.KindISC {
		return nil, errs.Errorf(errs.NotSupported, "%s: address pools of a server of type %s have no permit list", field, server.Kind)
	}
	return p, nil
}

func permit(in hal.DHCPAddressPoolPermit) (model.Permit, error) {
	const field = "dhcpAddressPoolPermits."
	out := model.Permit{Permit: string(in.Permit.V), Access: string(in.Access.V), Class: in.ClassName.V}
	switch {
	case !in.Permit.Set:
		return out, required(field + "permit")
	case in.Permit.V == hal.DHCPAddressPoolPermitTypeUnknown:
		return out, invalid(field+"permit", "%s cannot be set", quote(out.Permit))
	case !in.Access.Set:
		return out, required(field + "access")
	case in.Access.V == hal.AccessTypeUnspecified:
		return out, invalid(field+"access", "Allow or Deny is needed")
	}
	if in.Permit.V != hal.DHCPAddressPoolPermitTypeMembersOfDHCPClass {
		out.Class = ""
		return out, nil
	}
	name, err := objectName(field+"className", out.Class)
	out.Class = name
	return out, err
}
