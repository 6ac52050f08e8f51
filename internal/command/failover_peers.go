package command

import (
	"errors"
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
	old := p.PeerID
	var peer *model.Relationship
	var now model.ID
	if name != "" {
		if peer, err = c.peerFor(field, p, name); err != nil {
			return "", err
		}
		now = peer.ID
	}
	if now == old {
		return "", nil
	}
	p.PeerID = now
	if err := c.schema.Pools.Update(c.tx, p); err != nil {
		return "", err
	}
	s, err := c.schema.Scopes.Get(c.tx, p.ScopeID)
	if err != nil {
		return "", err
	}
	c.touch(s.ServerID)
	if old == 0 {
		return "", c.rejoin(s)
	}
	left, err := c.schema.Relationships.Get(c.tx, old)
	if err != nil {
		return "", err
	}
	if err := c.partnerFollows(p, s, left, peer); err != nil {
		return "", err
	}
	if err := c.rejoin(s); err != nil {
		return "", err
	}
	if now == 0 {
		return "", nil
	}
	still, err := c.schema.PoolsByPeer.Any(c.tx, store.Key{}.ID(old).ID(p.ServerID))
	if err != nil || still {
		return "", err
	}
	server, err := c.serverByID(p.ServerID)
	if err != nil {
		return "", err
	}
	if err := c.removeRelationship(left, "", true); err != nil {
		return "", err
	}
	return "Failover relationship " + quote(left.Name) + " was removed: its last address pool on server " + server.Name + " now refers to " + quote(peer.Name) + ".", nil
}

// partnerFollows brings the partner's pool of the same addresses along after p
// left a relationship for peer (nil = none).
func (c *call) partnerFollows(p *model.Pool, s *model.Scope, left, peer *model.Relationship) error {
	other, err := c.instance(left.Partner(s.ServerID), s.RangeID)
	if err != nil || other == nil {
		return err
	}
	pools, err := c.poolsOf(other.ID)
	if err != nil {
		return err
	}
	for _, o := range pools {
		if o.From != p.From || o.To != p.To || o.PeerID != left.ID {
			continue
		}
		o.PeerID = 0
		if peer != nil && peer.JoinsSame(left) {
			o.PeerID = peer.ID
		}
		if err := c.schema.Pools.Update(c.tx, o); err != nil {
			return err
		}
	}
	c.touch(other.ServerID)
	return c.rejoin(other)
}

// rejoin settles which relationship a scope belongs to after its pools' peers
// changed: that of its first pool if it joins the same two servers, else none.
// A scope without pools keeps its own, for the pools to come.
func (c *call) rejoin(s *model.Scope) error {
	if s.RelationshipID == 0 {
		return nil
	}
	pools, err := c.poolsOf(s.ID)
	if err != nil || len(pools) == 0 || pools[0].PeerID == s.RelationshipID {
		return err
	}
	was, err := c.schema.Relationships.Get(c.tx, s.RelationshipID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	s.RelationshipID = 0
	if was != nil && pools[0].PeerID != 0 {
		now, err := c.schema.Relationships.Get(c.tx, pools[0].PeerID)
		if err != nil {
			return err
		}
		if now.JoinsSame(was) {
			s.RelationshipID = now.ID
		}
	}
	return c.schema.Scopes.Update(c.tx, s)
}

// maxListedPools is how many changed pools a history event names.
const maxListedPools = 20

// poolsText tells which pools of a server changed, for a history event.
func poolsText(s *model.Server, pools []*model.Pool, what string) string {
	if len(pools) == 0 {
		return ""
	}
	names := make([]string, 0, maxListedPools+1)
	for i, p := range pools {
		if i == maxListedPools {
			names = append(names, "…")
			break
		}
		names = append(names, poolSpan(p))
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
