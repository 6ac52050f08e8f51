package command

import (
	"slices"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/store"
)

// peerFor finds the relationship that a pool is to refer to, by name on the
// pool's server or by reference. Only IPv4 pools of ISC servers refer to peers.
func (c *call) peerFor(field string, p *model.Pool, text string) (*model.Relationship, error) {
	server, err := c.serverByID(p.ServerID)
	if err != nil {
		return nil, err
	}
	if server.Kind != model.KindISC {
		return nil, errs.Errorf(errs.NotSupported, "%s: address pools of a server of type %s refer to no failover peer", field, server.Kind)
	}
	if !p.From.Is4() {
		return nil, errs.Errorf(errs.NotSupported, "%s: ISC failover is for IPv4 only", field)
	}
	if r, used, err := byRef(c, c.schema.Relationships, model.TypeRelationship, field, "failover relationship", text); used || err != nil {
		if err == nil && !r.Joins(server.ID) {
			err = invalid(field, "%s is not a failover relationship of server %s", quote(r.Name), server.Name)
		}
		return r, err
	}
	return c.relationshipNamed(server, field, text)
}

// peerOf is the peer that a new pool of a scope refers to: that of the
// relationship the scope was added to, else that of its first pool by address.
func (c *call) peerOf(s *model.Scope) (model.ID, error) {
	server, err := c.serverByID(s.ServerID)
	if err != nil || server.Kind != model.KindISC {
		return 0, err
	}
	if s.RelationshipID != 0 {
		return s.RelationshipID, nil
	}
	pools, err := c.poolsOf(s.ID)
	if err != nil || len(pools) == 0 {
		return 0, err
	}
	return pools[0].PeerID, nil
}

// repoint lets the pools of a server that refer to one relationship refer to
// another, or to none where to is 0.
func (c *call) repoint(server, from, to model.ID) ([]*model.Pool, error) {
	var pools []*model.Pool
	for p, err := range c.schema.PoolsByPeer.Begin(c.tx, store.Key{}.ID(from).ID(server)) {
		if err != nil {
			return nil, err
		}
		pools = append(pools, p)
	}
	for _, p := range pools {
		p.PeerID = to
		if err := c.schema.Pools.Update(c.tx, p); err != nil {
			return nil, err
		}
	}
	return pools, nil
}

// setPeer moves a pool to another peer, or to none. The partner's pool of the
// same addresses follows where the new peer joins the same two servers, else it
// loses its reference. A peer that so lost its last pool on the server is
// removed on both; the warning tells that.
func (c *call) setPeer(field string, p *model.Pool, name string) (warning string, err error) {
	var left, peer *model.Relationship
	if p.PeerID != 0 {
		if left, err = c.schema.Relationships.Get(c.tx, p.PeerID); err != nil {
			return "", err
		}
	}
	if name != "" {
		if peer, err = c.peerFor(field, p, name); err != nil {
			return "", err
		}
	}
	if idOf(left) == idOf(peer) {
		return "", nil
	}
	p.PeerID = idOf(peer)
	if err := c.schema.Pools.Update(c.tx, p); err != nil {
		return "", err
	}
	s, err := c.schema.Scopes.Get(c.tx, p.ScopeID)
	if err != nil {
		return "", err
	}
	c.touch(s.ServerID)
	if left != nil {
		if err := c.partnerFollows(p, s, left, left.ID, peer); err != nil {
			return "", err
		}
	}
	if s.RelationshipID != 0 { // its instances are kept equal: a pool without peer gets it too
		joined, err := c.schema.Relationships.Get(c.tx, s.RelationshipID)
		if err != nil {
			return "", err
		}
		if err := c.partnerFollows(p, s, joined, 0, peer); err != nil {
			return "", err
		}
	}
	if err := c.settlePair(s); err != nil {
		return "", err
	}
	if left == nil || peer == nil {
		return "", nil
	}
	still, err := c.schema.PoolsByPeer.Any(c.tx, store.Key{}.ID(left.ID).ID(p.ServerID))
	if err != nil || still {
		return "", err
	}
	server, err := c.serverByID(p.ServerID)
	if err != nil {
		return "", err
	}
	replacement := "" // for pools that still refer to it on the partner
	if peer.JoinsSame(left) {
		replacement = peer.Name
	}
	if err := c.removeRelationship(left, replacement); err != nil {
		return "", err
	}
	return "Failover relationship " + quote(left.Name) + " was removed: its last address pool on server " + server.Name + " now refers to " + quote(peer.Name) + ".", nil
}

// partnerFollows lets the pool of the same addresses on the other server of via
// refer to peer, if that joins it, else to none. Only a pool that refers to was
// follows: what the partner's pool has with a third server stays.
func (c *call) partnerFollows(p *model.Pool, s *model.Scope, via *model.Relationship, was model.ID, peer *model.Relationship) error {
	other, err := c.instance(via.Partner(s.ServerID), s.RangeID)
	if err != nil || other == nil {
		return err
	}
	var now model.ID
	what := "no failover peer"
	if peer != nil && peer.Joins(other.ServerID) {
		now, what = peer.ID, "failover peer "+peer.Name
	}
	if now == was {
		return nil
	}
	pools, err := c.poolsOf(other.ID)
	if err != nil {
		return err
	}
	for _, o := range pools {
		if o.From != p.From || o.To != p.To || o.PeerID != was {
			continue
		}
		o.PeerID = now
		if err := c.schema.Pools.Update(c.tx, o); err != nil {
			return err
		}
		c.touch(other.ServerID)
		return c.record(model.Modification, o.Ref(), o.Name, "Address pool %s now refers to %s, as its failover partner's changed", poolSpan(o), what)
	}
	return nil
}

// settlePair settles which relationship the two instances of an added scope
// belong to after their pools or peers changed: the one that the first pools of
// both refer to, if it joins the same two servers, else none. A scope without
// pools keeps its own, for the pools to come.
func (c *call) settlePair(s *model.Scope) error {
	if s.RelationshipID == 0 {
		return nil
	}
	was, err := c.schema.Relationships.Get(c.tx, s.RelationshipID)
	if err != nil {
		return err
	}
	if was.Kind != model.KindISC {
		return nil
	}
	other, err := c.instance(was.Partner(s.ServerID), s.RangeID)
	if err != nil || other == nil {
		return err
	}
	var now model.ID
	for i, instance := range []*model.Scope{s, other} {
		pools, err := c.poolsOf(instance.ID)
		if err != nil || len(pools) == 0 {
			return err
		}
		switch first := pools[0].PeerID; {
		case i == 0:
			now = first
		case now != first:
			now = 0
		}
	}
	if now == was.ID {
		return nil
	}
	if now != 0 {
		next, err := c.schema.Relationships.Get(c.tx, now)
		if err != nil {
			return err
		}
		if !next.JoinsSame(was) {
			now = 0
		}
	}
	for _, instance := range []*model.Scope{s, other} {
		instance.RelationshipID = now
		if err := c.schema.Scopes.Update(c.tx, instance); err != nil {
			return err
		}
	}
	return nil
}

// scopesText names scopes for a history event, as poolsText does pools.
func scopesText(server *model.Server, scopes []*model.Scope) string {
	names := make([]string, 0, maxListed+1)
	for i, s := range scopes {
		if i == maxListed {
			names = append(names, "…")
			break
		}
		names = append(names, s.Name)
	}
	text := count(len(scopes), "DHCP scope")
	if server != nil {
		text += " of server " + server.Name
	}
	return text + " (" + strings.Join(names, ", ") + ")"
}

// maxListed is how many pools or scopes a history event names.
const maxListed = 20

// poolsText tells which pools of a server changed, for a history event.
func poolsText(s *model.Server, pools []*model.Pool, what string) string {
	if len(pools) == 0 {
		return ""
	}
	names := make([]string, 0, maxListed+1)
	for i, p := range pools {
		if i == maxListed {
			names = append(names, "…")
			break
		}
		names = append(names, poolSpan(p))
	}
	if len(pools) == 1 {
		what = strings.Replace(what, "refer ", "refers ", 1)
	}
	return "; on " + s.Name + " " + count(len(pools), "address pool") + " " + what + ": " + strings.Join(names, ", ")
}

func sortedIDs(set map[model.ID]bool) []model.ID {
	ids := make([]model.ID, 0, len(set))
	for id := range set {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}
