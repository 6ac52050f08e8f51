package command

import (
	"regexp"
	"slices"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/store"
	"halxml/wsdl/hal"
)

// States of a relationship while no server has reported one. Empty and Normal
// are Micetro's words; Pending is ours.
const (
	stateEmpty   = "Empty"   // no pool refers to it: not rendered, dhcpd would not start
	statePending = "Pending" // only one partner has a referring pool
	stateNormal  = "Normal"
)

func getRelationship(c *call, req *hal.GetDHCPFailoverRelationship) (*hal.GetDHCPFailoverRelationshipResponse, error) {
	server, err := c.optionalServer("dhcpServerRef", req.DHCPServerRef.V)
	if err != nil {
		return nil, err
	}
	r, err := c.relationshipNamed(server, "dhcpFailoverRelationshipName", req.DHCPFailoverRelationshipName.V)
	if err != nil {
		return nil, err
	}
	seen := r.PrimaryID
	if server != nil {
		seen = server.ID
	}
	out, err := c.relationshipAnswer(r, seen)
	return &hal.GetDHCPFailoverRelationshipResponse{DHCPFailoverRelationship: &out}, err
}

func getRelationships(c *call, req *hal.GetDHCPFailoverRelationships) (*hal.GetDHCPFailoverRelationshipsResponse, error) {
	server, err := c.optionalServer("dhcpServerRef", req.DHCPServerRef.V)
	if err != nil {
		return nil, err
	}
	all := c.schema.Relationships.All(c.tx)
	if server != nil {
		all = c.schema.RelationshipsByServer.Begin(c.tx, store.Key{}.ID(server.ID))
	}
	out := &hal.GetDHCPFailoverRelationshipsResponse{DHCPFailoverRelationships: []hal.DHCPFailoverRelationship{}}
	for r, err := range all {
		if err != nil {
			return nil, err
		}
		if ok, err := c.here(r); err != nil {
			return nil, err
		} else if !ok {
			continue
		}
		seen := r.PrimaryID
		if server != nil {
			seen = server.ID
		}
		answer, err := c.relationshipAnswer(r, seen)
		if err != nil {
			return nil, err
		}
		out.DHCPFailoverRelationships = append(out.DHCPFailoverRelationships, answer)
	}
	return out, nil
}

// optionalServer finds a server where one is named.
func (c *call) optionalServer(field, text string) (*model.Server, error) {
	if text == "" {
		return nil, nil
	}
	return c.server(field, text)
}

// relationshipAnswer is a relationship as one of its servers sees it.
func (c *call) relationshipAnswer(r *model.Relationship, seen model.ID) (out hal.DHCPFailoverRelationship, err error) {
	var v wire.RelationshipView
	if v.Primary, err = c.serverByID(r.PrimaryID); err != nil {
		return out, err
	}
	if v.Secondary, err = c.serverByID(r.SecondaryID); err != nil {
		return out, err
	}
	v.Seen = v.Primary
	if seen == r.SecondaryID {
		v.Seen = v.Secondary
	}
	if v.State, err = c.relationshipState(r); err != nil {
		return out, err
	}
	if v.Scopes, err = c.scopesIn(r, seen); err != nil {
		return out, err
	}
	return wire.Relationship(r, v), nil
}

// relationshipState tells how far a relationship is set up, or the state that
// a server last reported.
func (c *call) relationshipState(r *model.Relationship) (string, error) {
	if !r.Kind.IsKea() {
		primary, err := c.hasScopes(r, r.PrimaryID)
		if err != nil {
			return "", err
		}
		secondary, err := c.hasScopes(r, r.SecondaryID)
		if err != nil {
			return "", err
		}
		switch {
		case !primary && !secondary:
			return stateEmpty, nil
		case !primary || !secondary:
			return statePending, nil
		}
	}
	if r.LiveState != "" {
		return r.LiveState, nil
	}
	return stateNormal, nil
}

// hasScopes reports whether the relationship is set up on a server: with ISC a
// pool there refers to it, with Microsoft a scope was added.
func (c *call) hasScopes(r *model.Relationship, server model.ID) (bool, error) {
	if r.Kind == model.KindISC {
		return c.schema.PoolsByPeer.Any(c.tx, store.Key{}.ID(r.ID).ID(server))
	}
	return c.schema.ScopesByRelationship.Any(c.tx, store.Key{}.ID(r.ID).ID(server))
}

// scopesIn are the ids of a server's scopes in a relationship, ascending: those
// added to it and those with a pool that refers to it. A Kea relationship is of
// the whole server and names none.
func (c *call) scopesIn(r *model.Relationship, server model.ID) ([]model.ID, error) {
	seen := map[model.ID]bool{}
	for p, err := range c.schema.PoolsByPeer.Begin(c.tx, store.Key{}.ID(r.ID).ID(server)) {
		if err != nil {
			return nil, err
		}
		seen[p.ScopeID] = true
	}
	for s, err := range c.schema.ScopesByRelationship.Begin(c.tx, store.Key{}.ID(r.ID).ID(server)) {
		if err != nil {
			return nil, err
		}
		seen[s.ID] = true
	}
	return sortedIDs(seen), nil
}

// relationshipsOf are the relationships that a server is in, by name.
func (c *call) relationshipsOf(server model.ID) (all []*model.Relationship, err error) {
	for r, err := range c.schema.RelationshipsByServer.Begin(c.tx, store.Key{}.ID(server)) {
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// iscPeerName is what dhcpd and its lease file take without trouble.
var iscPeerName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,63}$`)

const relationshipField = "dhcpFailoverRelationship."

func addRelationship(c *call, req *hal.AddDHCPFailoverRelationship) (*hal.AddDHCPFailoverRelationshipResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	in := req.DHCPFailoverRelationship
	if in == nil {
		return nil, required("dhcpFailoverRelationship")
	}
	primary, err := c.partner("primaryServer", in.PrimaryServer.V, in.PrimaryServerRef.V)
	if err != nil {
		return nil, err
	}
	secondary, err := c.partner("secondaryServer", in.SecondaryServer.V, in.SecondaryServerRef.V)
	if err != nil {
		return nil, err
	}
	named, err := c.optionalServer(relationshipField+"dhcpServerRef", in.DHCPServerRef.V)
	if err != nil {
		return nil, err
	}
	if named == nil {
		named = primary
	}
	r := &model.Relationship{PrimaryID: primary.ID, SecondaryID: secondary.ID, Kind: primary.Kind, ServiceType: model.DHCPv4}
	switch {
	case primary.ID == secondary.ID:
		return nil, invalid(relationshipField+"secondaryServer", "%s is the primary server too", secondary.Name)
	case !primary.Kind.Same(secondary.Kind):
		return nil, invalid(relationshipField+"secondaryServer", "%s is of type %s, %s of type %s: partners are of one kind", secondary.Name, secondary.Kind, primary.Name, primary.Kind)
	case primary.Kind == model.KindCisco:
		return nil, errs.Errorf(errs.NotSupported, "%sprimaryServer: a server of type %s has no failover", relationshipField, primary.Kind)
	case !r.Joins(named.ID):
		return nil, invalid(relationshipField+"dhcpServerRef", "%s is neither the primary nor the secondary server", named.Name)
	}
	if r.Name, err = objectName(relationshipField+"name", in.Name.V); err != nil {
		return nil, err
	}
	if r.Kind == model.KindISC && !iscPeerName.MatchString(r.Name) {
		return nil, invalid(relationshipField+"name", "%s is not 1 to 63 of the characters A-Z a-z 0-9 . _ -", quote(r.Name))
	}
	for _, s := range []*model.Server{primary, secondary} {
		other, err := c.relationshipOn(s.ID, r.Name)
		if err != nil {
			return nil, err
		}
		if other != nil {
			return nil, conflict(relationshipField+"name", "server %s has a failover relationship %s already", s.Name, quote(r.Name))
		}
	}
	if err := c.setParameters(r, in, true); err != nil {
		return nil, err
	}
	return &hal.AddDHCPFailoverRelationshipResponse{}, c.establish(r, primary, secondary, named, in.DHCPScopeRefs)
}

// partner finds one of a relationship's servers by name or reference, which
// must agree where both are given.
func (c *call) partner(field, name, ref string) (*model.Server, error) {
	if name == "" && ref == "" {
		return nil, required(relationshipField + field)
	}
	var found *model.Server
	for _, given := range []struct{ field, text string }{{field, name}, {field + "Ref", ref}} {
		if given.text == "" {
			continue
		}
		s, err := c.server(relationshipField+given.field, given.text)
		if err != nil {
			return nil, err
		}
		if found != nil && found.ID != s.ID {
			return nil, invalid(relationshipField+field+"Ref", "%s is not the server %s", quote(ref), name)
		}
		found = s
	}
	return found, nil
}

// establish stores a new relationship and applies the first-peer rule: where
// it is a server's first, all of that server's IPv4 pools refer to it (ISC).
func (c *call) establish(r *model.Relationship, primary, secondary, named *model.Server, scopeRefs []string) error {
	first := map[model.ID]bool{}
	for _, s := range []*model.Server{primary, secondary} {
		others, err := c.relationshipsOf(s.ID)
		if err != nil {
			return err
		}
		first[s.ID] = len(others) == 0
		if r.Kind.IsKea() {
			if err := keaAlone(r, s, others); err != nil {
				return err
			}
		}
	}
	if err := c.schema.Relationships.Insert(c.tx, r); err != nil {
		return err
	}
	text := "Failover relationship " + r.Name + " added, primary " + primary.Name + ", secondary " + secondary.Name
	for _, s := range []*model.Server{primary, secondary} {
		c.touch(s.ID)
		if r.Kind != model.KindISC || !first[s.ID] {
			continue
		}
		pools, err := c.referAll(s.ID, r.ID)
		if err != nil {
			return err
		}
		text += poolsText(s, pools, "now refer to it")
	}
	if r.Kind.IsKea() { // of the whole server: scopes that are named do not apply
		if err := c.keaReplicate(r, primary, secondary); err != nil {
			return err
		}
	} else {
		// Strict clients of 2017 must send the list; they may fill it with nothing.
		refs := slices.DeleteFunc(slices.Clone(scopeRefs), func(s string) bool { return strings.TrimSpace(s) == "" })
		added, err := c.addScopesTo(r, named, relationshipField+"dhcpScopeRefs", refs)
		if err != nil {
			return err
		}
		if len(added) > 0 {
			text += "; " + scopesText(named, added) + " added to it"
		}
	}
	return c.record(model.Creation, r.Ref(), r.Name, "%s", text)
}

// referAll lets every IPv4 pool of a server refer to a relationship.
func (c *call) referAll(server, peer model.ID) (changed []*model.Pool, err error) {
	var pools []*model.Pool
	for s, err := range c.schema.ScopesByServer.Begin(c.tx, store.Key{}.ID(server)) {
		if err != nil {
			return nil, err
		}
		of, err := c.poolsOf(s.ID)
		if err != nil {
			return nil, err
		}
		pools = append(pools, of...)
	}
	for _, p := range pools {
		if !p.From.Is4() {
			continue
		}
		p.PeerID = peer
		if err := c.schema.Pools.Update(c.tx, p); err != nil {
			return nil, err
		}
		changed = append(changed, p)
	}
	return changed, nil
}

// keaAlone holds Kea's rules: one relationship a server and service, and a
// secondary is never a primary elsewhere.
func keaAlone(r *model.Relationship, s *model.Server, others []*model.Relationship) error {
	for _, o := range others {
		if o.ServiceType == r.ServiceType {
			return conflict(relationshipField+"serviceType", "server %s has the %s failover relationship %s already", s.Name, o.ServiceType, quote(o.Name))
		}
		if s.ID == r.PrimaryID && o.SecondaryID == s.ID {
			return conflict(relationshipField+"primaryServer", "%s is the secondary server of %s and cannot be a primary", s.Name, quote(o.Name))
		}
		if s.ID == r.SecondaryID && o.PrimaryID == s.ID {
			return conflict(relationshipField+"secondaryServer", "%s is the primary server of %s and cannot be a secondary", s.Name, quote(o.Name))
		}
	}
	return nil
}
