package command

import (
	"errors"
	"slices"

	"halxml/internal/model"
	"halxml/store"
)

// instance is a server's scope on a range, or nil.
func (c *call) instance(server, rng model.ID) (*model.Scope, error) {
	s, err := c.schema.ScopesByServer.First(c.tx, store.Key{}.ID(server).ID(rng))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return s, err
}

// partnership is the relationship that keeps a scope equal with its partner's
// instance, or nil: the one it was added to, or with Kea that of its server.
func (c *call) partnership(s *model.Scope) (*model.Relationship, error) {
	if s.RelationshipID != 0 {
		return c.schema.Relationships.Get(c.tx, s.RelationshipID)
	}
	server, err := c.serverByID(s.ServerID)
	if err != nil || !server.Kind.IsKea() {
		return nil, err
	}
	rng, err := c.schema.Ranges.Get(c.tx, s.RangeID)
	if err != nil {
		return nil, err
	}
	return c.relationshipOfService(server.ID, serviceOf(rng))
}

// relationshipOfService is a Kea server's relationship for a service, or nil.
func (c *call) relationshipOfService(server model.ID, service model.ServiceType) (*model.Relationship, error) {
	all, err := c.relationshipsOf(server)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		if r.ServiceType == service {
			return r, nil
		}
	}
	return nil, nil
}

// idOf is a relationship's id, 0 for none.
func idOf(r *model.Relationship) model.ID {
	if r == nil {
		return 0
	}
	return r.ID
}

func serviceOf(r *model.Range) model.ServiceType {
	if r.From.Is4() {
		return model.DHCPv4
	}
	return model.DHCPv6
}

// mirrorScope brings a changed scope to its partner's instance, in the
// transaction of the change.
func (c *call) mirrorScope(s *model.Scope) error {
	r, err := c.partnership(s)
	if err != nil || r == nil {
		return err
	}
	return c.copyToPartner(s, r, false)
}

// copyToPartner makes the partner's scope of the same range equal to s: its
// attributes, pools with permits, exclusions, options, policies and, where the
// instance is new or replaced, reservations; a change of one reservation reaches
// the partner by itself, since there may be many. Pools of the same addresses
// keep their identity; the others are replaced. A new pool refers to the same
// peer where that joins the partner too. One that is there keeps its own, which
// commands about peers alone change, unless the instance is replaced.
func (c *call) copyToPartner(s *model.Scope, r *model.Relationship, replace bool) error {
	partner, err := c.serverByID(r.Partner(s.ServerID))
	if err != nil {
		return err
	}
	to, err := c.instance(partner.ID, s.RangeID)
	if err != nil {
		return err
	}
	isNew := to == nil
	if isNew {
		to = &model.Scope{RangeID: s.RangeID, ServerID: partner.ID}
	}
	before := *to
	to.Name, to.Superscope, to.Description = s.Name, s.Superscope, s.Description
	to.Enabled, to.Available, to.RelationshipID = s.Enabled, s.Available, s.RelationshipID
	to.PoliciesOff, to.SubnetID, to.Custom = s.PoliciesOff, s.SubnetID, slices.Clone(s.Custom)
	if isNew {
		rng, err := c.schema.Ranges.Get(c.tx, s.RangeID)
		if err != nil {
			return err
		}
		if err := c.insertScope("dhcpScopeRefs", to, partner, rng); err != nil {
			return err
		}
	} else if err := c.schema.Scopes.Update(c.tx, to); err != nil {
		return err
	}
	changed, err := c.copyPools(s, to, replace)
	if err != nil {
		return err
	}
	moved, err := c.copyExclusions(s, to)
	if err != nil {
		return err
	}
	set, err := c.copyScopeOptions(s, to)
	if err != nil {
		return err
	}
	changed = changed || moved || set
	if replace || isNew {
		server, err := c.serverByID(s.ServerID)
		if err != nil {
			return err
		}
		moved, err := c.copyReservations(owner{server: server, scope: s}, owner{server: partner, scope: to})
		if err != nil {
			return err
		}
		changed = changed || moved
	}
	c.touch(s.ServerID, partner.ID)
	if isNew || !changed && sameScope(&before, to) {
		return nil
	}
	return c.record(model.Modification, to.Ref(), to.Name, "DHCP scope %s on server %s made equal to that of its failover partner", to.Name, partner.Name)
}

func sameScope(a, b *model.Scope) bool {
	x, y := *a, *b
	x.Custom, y.Custom = nil, nil
	return x.ID == y.ID && x.Name == y.Name && x.Superscope == y.Superscope && x.Description == y.Description &&
		x.Enabled == y.Enabled && x.Available == y.Available && x.RelationshipID == y.RelationshipID && x.PoliciesOff == y.PoliciesOff &&
		slices.Equal(a.Custom, b.Custom)
}

// copyPools makes the pools of to equal to those of from.
func (c *call) copyPools(from, to *model.Scope, replace bool) (changed bool, err error) {
	want, err := c.poolsOf(from.ID)
	if err != nil {
		return false, err
	}
	have, err := c.poolsOf(to.ID)
	if err != nil {
		return false, err
	}
	for _, h := range have { // make room first: a moved pool may overlap an old one
		if !slices.ContainsFunc(want, func(w *model.Pool) bool { return w.From == h.From && w.To == h.To }) {
			if err := c.deletePool(h); err != nil {
				return false, err
			}
			changed = true
		}
	}
	for _, w := range want {
		peer, err := c.peerThere(w.PeerID, to.ServerID)
		if err != nil {
			return false, err
		}
		p := &model.Pool{ScopeID: to.ID, ServerID: to.ServerID, Name: w.Name, From: w.From, To: w.To, PeerID: peer, Permits: slices.Clone(w.Permits)}
		i := slices.IndexFunc(have, func(h *model.Pool) bool { return w.From == h.From && w.To == h.To })
		if i < 0 {
			changed = true
			if err := c.schema.Pools.Insert(c.tx, p); err != nil {
				return false, err
			}
			continue
		}
		old := have[i]
		if !replace {
			p.PeerID = old.PeerID
		}
		if old.Name == p.Name && old.PeerID == p.PeerID && slices.Equal(old.Permits, p.Permits) {
			continue
		}
		p.ID, changed = old.ID, true
		if err := c.schema.Pools.Update(c.tx, p); err != nil {
			return false, err
		}
	}
	return changed, nil
}

// peerThere is a peer as seen from another server: itself if it joins it.
func (c *call) peerThere(peer, server model.ID) (model.ID, error) {
	if peer == 0 {
		return 0, nil
	}
	r, err := c.schema.Relationships.Get(c.tx, peer)
	if err != nil || !r.Joins(server) {
		return 0, err
	}
	return peer, nil
}

// leavePartner takes the partner's instance of a scope that is about to be
// removed out of their relationship. With Kea, whose servers hold the same
// scopes, the partner's instance is removed too.
func (c *call) leavePartner(s *model.Scope) error {
	r, err := c.partnership(s)
	if err != nil || r == nil {
		return err
	}
	other, err := c.instance(r.Partner(s.ServerID), s.RangeID)
	if err != nil || other == nil {
		return err
	}
	if r.Kind.IsKea() {
		return c.deleteScope(other)
	}
	if err := c.leave(other, r); err != nil {
		return err
	}
	return c.record(model.Modification, other.Ref(), other.Name, "DHCP scope %s removed from failover relationship %s, as its partner's scope was removed", other.Name, r.Name)
}

// leave takes a scope out of a relationship: its pools drop the reference.
func (c *call) leave(s *model.Scope, r *model.Relationship) error {
	pools, err := c.poolsOf(s.ID)
	if err != nil {
		return err
	}
	for _, p := range pools {
		if p.PeerID != r.ID {
			continue
		}
		p.PeerID = 0
		if err := c.schema.Pools.Update(c.tx, p); err != nil {
			return err
		}
	}
	c.touch(s.ServerID)
	if s.RelationshipID != r.ID {
		return nil
	}
	s.RelationshipID = 0
	return c.schema.Scopes.Update(c.tx, s)
}
