package command

import (
	"slices"
	"strings"

	"halxml/internal/model"
	"halxml/store"
	"halxml/wsdl/hal"
)

// removeRelationships removes several relationships, all or none.
func removeRelationships(c *call, req *hal.RemoveDHCPFailoverRelationships) (*hal.RemoveDHCPFailoverRelationshipsResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	const field = "dhcpRefAndFailoverRelationshipNames"
	if len(req.DHCPRefAndFailoverRelationshipNames) == 0 {
		return nil, required(field)
	}
	named := func(item hal.DHCPRefAndFailoverRelationshipName) (*model.Relationship, error) {
		server, err := c.optionalServer(field+".dhcpServerRef", item.DHCPServerRef.V)
		if err != nil {
			return nil, err
		}
		return c.relationshipNamed(server, field+".dhcpFailoverRelationshipName", item.DHCPFailoverRelationshipName.V)
	}
	for _, item := range req.DHCPRefAndFailoverRelationshipNames {
		r, err := named(item)
		if err != nil {
			return nil, err
		}
		c.leaves(r)
	}
	for _, item := range req.DHCPRefAndFailoverRelationshipNames {
		r, err := named(item) // as it is by now
		if err != nil {
			return nil, err
		}
		if item.ServiceType.Set && r.Kind.IsKea() && model.ServiceType(item.ServiceType.V) != r.ServiceType {
			return nil, invalid(field+".serviceType", "failover relationship %s is of %s", quote(r.Name), r.ServiceType)
		}
		if err := c.deconfigureAll(r, model.Deconfigure(item.DHCPFailoverRelationshipDeconfigureAction.V)); err != nil {
			return nil, err
		}
		if err := c.removeRelationship(r, item.ReplacementFailoverRelationshipName.V); err != nil {
			return nil, err
		}
	}
	return &hal.RemoveDHCPFailoverRelationshipsResponse{}, nil
}

// leaves notes that the command removes a relationship: no pool is to go to it.
func (c *call) leaves(r *model.Relationship) {
	if c.leaving == nil {
		c.leaving = map[model.ID]bool{}
	}
	c.leaving[r.ID] = true
}

// deconfigureAll does what the caller chose to the secondary's instances of a
// relationship's scopes: those whose range the primary has a scope on too. A
// scope that only the secondary has is nobody's instance and is left, and so is
// one that is in another relationship.
func (c *call) deconfigureAll(r *model.Relationship, action model.Deconfigure) error {
	if action == "" || action == model.DeconfigureNone {
		return nil
	}
	var chosen []*model.Scope
	for s, err := range c.schema.ScopesByServer.Begin(c.tx, store.Key{}.ID(r.SecondaryID)) {
		if err != nil {
			return err
		}
		there, err := c.instance(r.PrimaryID, s.RangeID)
		if err != nil {
			return err
		}
		if there == nil {
			continue
		}
		in := false
		for _, instance := range []*model.Scope{s, there} {
			is, err := c.isIn(instance, r)
			if err != nil {
				return err
			}
			in = in || is
		}
		if r.Kind.IsKea() {
			p, err := c.partnership(s)
			if err != nil {
				return err
			}
			in = p != nil && p.ID == r.ID
		}
		elsewhere, err := c.another(s, r)
		if err != nil {
			return err
		}
		if in && elsewhere == 0 {
			chosen = append(chosen, s)
		}
	}
	for _, s := range chosen {
		if err := c.deconfigureInstance(r, s, action); err != nil {
			return err
		}
	}
	return nil
}

// deconfigureInstance deletes or disables the secondary's instance of a scope.
// The two instances are kept equal no longer: the primary's must neither follow
// nor bring the other back.
func (c *call) deconfigureInstance(r *model.Relationship, s *model.Scope, action model.Deconfigure) error {
	there, err := c.instance(r.PrimaryID, s.RangeID)
	if err != nil {
		return err
	}
	for _, instance := range []*model.Scope{s, there} {
		if instance.RelationshipID == r.ID {
			instance.RelationshipID = 0
			if err := c.schema.Scopes.Update(c.tx, instance); err != nil {
				return err
			}
		}
	}
	if action == model.DeconfigureDelete {
		return c.deleteScope(s)
	}
	return c.deconfigure(s, action)
}

// removeRelationship removes a relationship and settles the pools that referred
// to it, on each of its servers by that server's own rule: none other left, the
// references are cleared; one left, they go to it; several, to the named
// replacement. Without a valid name a pool that needs one makes it fail.
func (c *call) removeRelationship(r *model.Relationship, replacement string) error {
	return c.endRelationship(r, func(server *model.Server) (*model.Relationship, error) {
		return c.successor(r, server, replacement)
	})
}

// dissolve removes a relationship because one of its servers goes: references
// to it are cleared.
func (c *call) dissolve(r *model.Relationship) error {
	return c.endRelationship(r, func(*model.Server) (*model.Relationship, error) { return nil, nil })
}

// endRelationship removes a relationship. The pools that refer to it go to its
// successor on their server, or to none.
func (c *call) endRelationship(r *model.Relationship, successor func(*model.Server) (*model.Relationship, error)) error {
	target := map[model.ID]model.ID{}
	text := "Failover relationship " + r.Name + " removed"
	for _, id := range []model.ID{r.PrimaryID, r.SecondaryID} {
		server, err := c.serverByID(id)
		if err != nil {
			return err
		}
		to, err := successor(server)
		if err != nil {
			return err
		}
		what := "refer to no peer now"
		if to != nil {
			target[id] = to.ID
			what = "now refer to " + to.Name
		}
		pools, err := c.repoint(id, r.ID, target[id])
		if err != nil {
			return err
		}
		text += poolsText(server, pools, what)
		c.touch(id)
	}
	if err := c.settleScopes(r, target); err != nil {
		return err
	}
	if err := c.deleteOptions(r.Ref()); err != nil {
		return err
	}
	if err := c.schema.Relationships.Delete(c.tx, r.ID); err != nil {
		return err
	}
	return c.record(model.Deletion, r.Ref(), r.Name, "%s", text)
}

// successor is the relationship that a server's pools refer to once r is gone,
// or nil.
func (c *call) successor(r *model.Relationship, server *model.Server, replacement string) (*model.Relationship, error) {
	if r.Kind != model.KindISC {
		return nil, nil
	}
	others, err := c.relationshipsOf(server.ID)
	if err != nil {
		return nil, err
	}
	others = slices.DeleteFunc(others, func(o *model.Relationship) bool { return o.ID == r.ID || c.leaving[o.ID] })
	switch len(others) {
	case 0:
		return nil, nil
	case 1:
		return others[0], nil
	}
	for _, o := range others {
		if o.Name == replacement {
			return o, nil
		}
	}
	referred, err := c.schema.PoolsByPeer.Any(c.tx, store.Key{}.ID(r.ID).ID(server.ID))
	if err != nil || !referred {
		return nil, err
	}
	names := make([]string, len(others))
	for i, o := range others {
		names[i] = quote(o.Name)
	}
	const field = "replacementFailoverRelationshipName"
	candidates := "address pools on server " + server.Name + " refer to " + quote(r.Name) + "; name which of " + strings.Join(names, ", ") + " they are to refer to"
	if replacement == "" {
		return nil, invalid(field, "%s", candidates)
	}
	return nil, invalid(field, "server %s has no other failover relationship %s: %s", server.Name, quote(replacement), candidates)
}

// settleScopes tells the scopes that were added to r where they are now: in the
// relationship that both partners' pools went to, if it joins the same two
// servers, else in none.
func (c *call) settleScopes(r *model.Relationship, target map[model.ID]model.ID) error {
	var now model.ID
	if to := target[r.PrimaryID]; to != 0 && to == target[r.SecondaryID] {
		next, err := c.schema.Relationships.Get(c.tx, to)
		if err != nil {
			return err
		}
		if next.JoinsSame(r) {
			now = to
		}
	}
	var scopes []*model.Scope
	for s, err := range c.schema.ScopesByRelationship.Begin(c.tx, store.Key{}.ID(r.ID)) {
		if err != nil {
			return err
		}
		scopes = append(scopes, s)
	}
	for _, s := range scopes {
		s.RelationshipID = now
		if err := c.schema.Scopes.Update(c.tx, s); err != nil {
			return err
		}
	}
	return nil
}
