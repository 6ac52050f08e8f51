package command

import (
	"slices"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/store"
	"halxml/wsdl/hal"
)

func addScopesToRelationship(c *call, req *hal.AddDHCPScopesToDHCPFailoverRelationship) (*hal.AddDHCPScopesToDHCPFailoverRelationshipResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	r, server, err := c.relationshipAndServer(req.DHCPServerRef.V, req.DHCPFailoverRelationshipName.V)
	if err != nil {
		return nil, err
	}
	if len(req.DHCPScopeRefs) == 0 {
		return nil, required("dhcpScopeRefs")
	}
	added, err := c.addScopesTo(r, server, "dhcpScopeRefs", req.DHCPScopeRefs)
	if err != nil {
		return nil, err
	}
	return &hal.AddDHCPScopesToDHCPFailoverRelationshipResponse{}, c.record(model.Modification, r.Ref(), r.Name,
		"%s added to failover relationship %s", scopesText(server, added), r.Name)
}

// relationshipAndServer finds a relationship by the server that the caller
// names, either partner, and its name there. Kea's take no scope commands.
func (c *call) relationshipAndServer(serverText, name string) (*model.Relationship, *model.Server, error) {
	server, err := c.server("dhcpServerRef", serverText)
	if err != nil {
		return nil, nil, err
	}
	r, err := c.relationshipNamed(server, "dhcpFailoverRelationshipName", name)
	if err != nil {
		return nil, nil, err
	}
	if r.Kind.IsKea() {
		return nil, nil, errs.Errorf(errs.NotSupported, "dhcpFailoverRelationshipName: a Kea relationship is of the whole server; scopes are neither added to it nor removed from it")
	}
	return r, server, nil
}

// addScopesTo adds scopes of one server to a relationship and copies them to
// the partner, all or none.
func (c *call) addScopesTo(r *model.Relationship, server *model.Server, field string, refs []string) (added []*model.Scope, err error) {
	for _, text := range refs {
		s, err := c.scopeOn(server, field, text)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(added, func(o *model.Scope) bool { return o.ID == s.ID }) {
			continue // named twice
		}
		if err := c.addScopeTo(r, server, field, s); err != nil {
			return nil, err
		}
		added = append(added, s)
	}
	return added, nil
}

func (c *call) addScopeTo(r *model.Relationship, server *model.Server, field string, s *model.Scope) error {
	if s.ServerID != server.ID {
		return invalid(field, "DHCP scope %s is not on server %s", quote(s.Name), server.Name)
	}
	rng, err := c.schema.Ranges.Get(c.tx, s.RangeID)
	if err != nil {
		return err
	}
	if !rng.From.Is4() {
		return errs.Errorf(errs.NotSupported, "%s: DHCP scope %s is IPv6; failover of a server of type %s is for IPv4 only", field, quote(s.Name), r.Kind)
	}
	pools, err := c.poolsOf(s.ID)
	if err != nil {
		return err
	}
	if r.Kind == model.KindISC && len(pools) == 0 {
		return invalid(field, "DHCP scope %s has no address pool; it needs one before it can be added", quote(s.Name))
	}
	partner, err := c.instance(r.Partner(server.ID), s.RangeID)
	if err != nil {
		return err
	}
	for _, instance := range []*model.Scope{s, partner} {
		if err := c.inNoOther(r, field, instance); err != nil {
			return err
		}
	}
	for _, p := range pools {
		if r.Kind != model.KindISC || p.PeerID == r.ID {
			continue
		}
		p.PeerID = r.ID
		if err := c.schema.Pools.Update(c.tx, p); err != nil {
			return err
		}
	}
	s.RelationshipID = r.ID
	if err := c.schema.Scopes.Update(c.tx, s); err != nil {
		return err
	}
	if err := c.copyToPartner(s, r, true); err != nil {
		return err
	}
	return c.record(model.Modification, s.Ref(), s.Name, "DHCP scope %s added to failover relationship %s", s.Name, r.Name)
}

// inNoOther refuses a scope that is in another relationship than r.
func (c *call) inNoOther(r *model.Relationship, field string, s *model.Scope) error {
	if s == nil {
		return nil
	}
	id, err := c.another(s, r)
	if err != nil || id == 0 {
		return err
	}
	other, err := c.schema.Relationships.Get(c.tx, id)
	if err != nil {
		return err
	}
	server, err := c.serverByID(s.ServerID)
	if err != nil {
		return err
	}
	return conflict(field, "DHCP scope %s on server %s is in the failover relationship %s already", quote(s.Name), server.Name, quote(other.Name))
}

// another is a relationship other than r that a scope is in, or 0.
func (c *call) another(s *model.Scope, r *model.Relationship) (model.ID, error) {
	if s.RelationshipID != 0 && s.RelationshipID != r.ID {
		return s.RelationshipID, nil
	}
	pools, err := c.poolsOf(s.ID)
	if err != nil {
		return 0, err
	}
	for _, p := range pools {
		if p.PeerID != 0 && p.PeerID != r.ID {
			return p.PeerID, nil
		}
	}
	return 0, nil
}

func removeScopesFromRelationship(c *call, req *hal.RemoveDHCPScopesFromDHCPFailoverRelationship) (*hal.RemoveDHCPScopesFromDHCPFailoverRelationshipResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	r, server, err := c.relationshipAndServer(req.DHCPServerRef.V, req.DHCPFailoverRelationshipName.V)
	if err != nil {
		return nil, err
	}
	if len(req.DHCPScopeRefs) == 0 {
		return nil, required("dhcpScopeRefs")
	}
	action := model.Deconfigure(req.DHCPFailoverRelationshipDeconfigureAction.V)
	var scopes []*model.Scope
	for _, text := range req.DHCPScopeRefs { // all are found before any is changed or deleted
		s, err := c.scopeOn(server, "dhcpScopeRefs", text)
		if err != nil {
			return nil, err
		}
		in, err := c.isIn(s, r)
		if err != nil {
			return nil, err
		}
		if !in {
			return nil, invalid("dhcpScopeRefs", "DHCP scope %s is not in the failover relationship %s", quote(s.Name), quote(r.Name))
		}
		scopes = append(scopes, s)
	}
	done := map[model.ID]bool{} // by range: both instances may be named
	scopes = slices.DeleteFunc(scopes, func(s *model.Scope) bool {
		again := done[s.RangeID]
		done[s.RangeID] = true
		return again
	})
	for _, s := range scopes {
		if err := c.removeScopeFrom(r, s, action); err != nil {
			return nil, err
		}
	}
	return &hal.RemoveDHCPScopesFromDHCPFailoverRelationshipResponse{}, c.record(model.Modification, r.Ref(), r.Name,
		"%s removed from failover relationship %s", scopesText(nil, scopes), r.Name)
}

// isIn reports whether a scope is in a relationship.
func (c *call) isIn(s *model.Scope, r *model.Relationship) (bool, error) {
	if !r.Joins(s.ServerID) {
		return false, nil
	}
	if s.RelationshipID == r.ID {
		return true, nil
	}
	pools, err := c.poolsOf(s.ID)
	if err != nil {
		return false, err
	}
	for _, p := range pools {
		if p.PeerID == r.ID {
			return true, nil
		}
	}
	return false, nil
}

// removeScopeFrom takes both instances of a scope out of a relationship and
// leaves, disables or deletes the secondary's.
func (c *call) removeScopeFrom(r *model.Relationship, s *model.Scope, action model.Deconfigure) error {
	var instances []*model.Scope // the primary's, then the secondary's
	for _, server := range []model.ID{r.PrimaryID, r.SecondaryID} {
		instance, err := c.instance(server, s.RangeID)
		if err != nil {
			return err
		}
		if instance == nil {
			continue
		}
		instances = append(instances, instance)
		in, err := c.isIn(instance, r)
		if err != nil {
			return err
		}
		if !in {
			continue
		}
		if err := c.leave(instance, r); err != nil {
			return err
		}
		if err := c.record(model.Modification, instance.Ref(), instance.Name, "DHCP scope %s removed from failover relationship %s", instance.Name, r.Name); err != nil {
			return err
		}
	}
	if len(instances) < 2 { // what only one server has is nobody's instance
		return nil
	}
	other, err := c.another(instances[1], r)
	if err != nil || other != 0 {
		return err
	}
	return c.deconfigure(instances[1], action)
}

// deconfigure does to the secondary's instance of a scope what the caller chose.
func (c *call) deconfigure(s *model.Scope, action model.Deconfigure) error {
	switch action {
	case model.DeconfigureDelete:
		return c.removeScope(s)
	case model.DeconfigureDisable:
		if !s.Enabled {
			return nil
		}
		s.Enabled = false
		if err := c.schema.Scopes.Update(c.tx, s); err != nil {
			return err
		}
		c.touch(s.ServerID)
		return c.record(model.Modification, s.Ref(), s.Name, "DHCP scope %s disabled", s.Name)
	}
	return nil
}

func replicate(c *call, req *hal.ReplicateDHCPFailover) (*hal.ReplicateDHCPFailoverResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	server, err := c.server("dhcpServerRef", req.DHCPServerRef.V)
	if err != nil {
		return nil, err
	}
	relationships, err := c.relationshipsOf(server.ID)
	if err != nil {
		return nil, err
	}
	if name := req.DHCPFailoverRelationshipName.V; name != "" {
		r, err := c.relationshipNamed(server, "dhcpFailoverRelationshipName", name)
		if err != nil {
			return nil, err
		}
		relationships = []*model.Relationship{r}
	}
	if len(relationships) == 0 {
		return nil, invalid("dhcpServerRef", "server %s has no failover relationship", server.Name)
	}
	var only *model.Scope
	if text := req.DHCPScopeRef.V; text != "" {
		if only, err = c.scopeOn(server, "dhcpScopeRef", text); err != nil {
			return nil, err
		}
		if only.ServerID != server.ID {
			return nil, invalid("dhcpScopeRef", "DHCP scope %s is not on server %s", quote(only.Name), server.Name)
		}
	}
	copied := 0
	for _, r := range relationships {
		n, err := c.replicateFrom(server, r, only)
		if err != nil {
			return nil, err
		}
		copied += n
		if n == 0 && only != nil {
			continue
		}
		if err := c.record(model.Modification, r.Ref(), r.Name, "Failover relationship %s replicated from server %s: %s", r.Name, server.Name, count(n, "scope")); err != nil {
			return nil, err
		}
	}
	if only != nil && copied == 0 {
		return nil, invalid("dhcpScopeRef", "DHCP scope %s is not in a failover relationship of server %s", quote(only.Name), server.Name)
	}
	return &hal.ReplicateDHCPFailoverResponse{}, nil
}

// replicateFrom copies a server's scopes in a relationship, or one of them, to
// the partner. It returns how many.
func (c *call) replicateFrom(server *model.Server, r *model.Relationship, only *model.Scope) (copied int, err error) {
	var scopes []*model.Scope
	for s, err := range c.schema.ScopesByServer.Begin(c.tx, store.Key{}.ID(server.ID)) {
		if err != nil {
			return 0, err
		}
		if only != nil && s.ID != only.ID {
			continue
		}
		own, err := c.ownRelationship(s)
		if err != nil {
			return 0, err
		}
		if own == r.ID {
			scopes = append(scopes, s)
		}
	}
	for _, s := range scopes {
		if !r.Kind.IsKea() {
			if err := c.joinToReplicate(s, r); err != nil {
				return 0, err
			}
		}
		if err := c.copyToPartner(s, r, true); err != nil {
			return 0, err
		}
	}
	if r.Kind.IsKea() && only == nil {
		if err := c.copyServerReservations(server, r); err != nil {
			return 0, err
		}
	}
	return len(scopes), nil
}

// ownRelationship is the one that a scope's copies follow, or 0: the one it was
// added to, else that of its first pool by address, with Kea its server's.
func (c *call) ownRelationship(s *model.Scope) (model.ID, error) {
	r, err := c.partnership(s)
	if err != nil || r != nil {
		return idOf(r), err
	}
	pools, err := c.poolsOf(s.ID)
	if err != nil || len(pools) == 0 {
		return 0, err
	}
	return pools[0].PeerID, nil
}

// joinToReplicate lets a scope that only the first-peer rule put into a
// relationship belong to it, as if it were added.
func (c *call) joinToReplicate(s *model.Scope, r *model.Relationship) error {
	other, err := c.instance(r.Partner(s.ServerID), s.RangeID)
	if err != nil {
		return err
	}
	if err := c.inNoOther(r, "dhcpScopeRef", other); err != nil {
		return err
	}
	if s.RelationshipID == r.ID {
		return nil
	}
	s.RelationshipID = r.ID
	if err := c.schema.Scopes.Update(c.tx, s); err != nil {
		return err
	}
	return c.record(model.Modification, s.Ref(), s.Name, "DHCP scope %s added to failover relationship %s", s.Name, r.Name)
}

// keaReplicate copies the primary's scopes of the relationship's service to the
// secondary. A secondary with scopes of its own is refused: the pair serves the
// same subnets, and nothing is deleted unasked.
func (c *call) keaReplicate(r *model.Relationship, primary, secondary *model.Server) error {
	for s, err := range c.schema.ScopesByServer.Begin(c.tx, store.Key{}.ID(secondary.ID)) {
		if err != nil {
			return err
		}
		rng, err := c.schema.Ranges.Get(c.tx, s.RangeID)
		if err != nil {
			return err
		}
		if serviceOf(rng) != r.ServiceType {
			continue
		}
		there, err := c.instance(primary.ID, s.RangeID)
		if err != nil {
			return err
		}
		if there == nil {
			return conflict(relationshipField+"secondaryServer", "%s has the DHCP scope %s, which the primary server lacks; remove it or add it there first", secondary.Name, quote(s.Name))
		}
	}
	_, err := c.replicateFrom(primary, r, nil)
	return err
}
