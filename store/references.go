package store

import (
	"errors"

	"halxml/internal/model"
)

// CheckReferences tests what the records say of each other: everything that is
// named exists and fits, ranges nest, each range's parent is the smallest one
// around it, and scopes count the addresses of their pools. It returns Problems, or the error that ended the reading.
func CheckReferences(tx Tx) error {
	c := &references{tx: tx, Schema: NewSchema()}
	for _, check := range []func() error{
		c.servers, c.relationships, c.ranges, c.addresses, c.holds, c.devices, c.interfaces,
		c.scopes, c.pools, c.exclusions, c.groups, c.reservations,
		c.options, c.definitions, c.classes, c.policies, c.deliveries, c.statements, c.leases,
		c.sessions,
		c.properties, c.folders,
	} {
		if err := check(); err != nil {
			return errors.Join(c.found.err(), err)
		}
	}
	return c.found.err()
}

type references struct {
	tx Tx
	*Schema
	found Problems
}

// named reads what a record refers to, nil when it is not there.
func named[T any](c *references, from model.Ref, t *Table[T], id model.ID) (*T, error) {
	rec, err := t.Get(c.tx, id)
	if errors.Is(err, ErrNotFound) {
		c.found.addf("%s %s names %s %d, which is not there", from.Type, from, t.Name, id)
		return nil, nil
	}
	return rec, err
}

func (c *references) servers() error {
	for s, err := range c.Servers.All(c.tx) {
		if err != nil {
			return err
		}
		if _, err := named(c, s.Ref(), c.Spaces, s.SpaceID); err != nil {
			return err
		}
	}
	return nil
}

// inSpace tests that what is a server's lies in its address space.
func (c *references) inSpace(from model.Ref, space, server model.ID) error {
	s, err := c.Servers.Get(c.tx, server)
	if errors.Is(err, ErrNotFound) {
		return nil // told elsewhere
	}
	if err == nil && s.SpaceID != space {
		c.found.addf("%s %s is in the address space %d, its server in %d", from.Type, from, space, s.SpaceID)
	}
	return err
}

func (c *references) relationships() error {
	for r, err := range c.Relationships.All(c.tx) {
		if err != nil {
			return err
		}
		if r.PrimaryID == r.SecondaryID {
			c.found.addf("relationship %q joins a server with itself", r.Name)
		}
		var spaces []model.ID
		for _, id := range []model.ID{r.PrimaryID, r.SecondaryID} {
			s, err := named(c, r.Ref(), c.Servers, id)
			if err != nil {
				return err
			}
			if s != nil {
				spaces = append(spaces, s.SpaceID)
			}
			if s != nil && !s.Kind.Same(r.Kind) {
				c.found.addf("relationship %q is of %s, its server %q of %s", r.Name, r.Kind, s.Name, s.Kind)
			}
		}
		if len(spaces) == 2 && spaces[0] != spaces[1] {
			c.found.addf("relationship %q joins servers of the address spaces %d and %d", r.Name, spaces[0], spaces[1])
		}
	}
	return nil
}

// ranges walks by address, larger ones first, with those around it on a stack.
func (c *references) ranges() error {
	var around []*model.Range
	for r, err := range c.RangesByAddress.Begin(c.tx, nil) {
		if err != nil {
			return err
		}
		if _, err := named(c, r.Ref(), c.Spaces, r.SpaceID); err != nil {
			return err
		}
		if !r.From.IsValid() || r.From.Is4() != r.To.Is4() || r.To.Compare(r.From) < 0 {
			c.found.addf("range %q goes from %s to %s", r.Name, r.From, r.To)
			continue
		}
		for len(around) > 0 {
			top := around[len(around)-1]
			if top.SpaceID == r.SpaceID && top.Contains(r.From) {
				break
			}
			around = around[:len(around)-1]
		}
		var parent model.ID
		if len(around) > 0 {
			top := around[len(around)-1]
			parent = top.ID
			if !top.Encloses(r) {
				c.found.addf("ranges %q and %q overlap", top.Name, r.Name)
			}
		}
		if r.ParentID != parent {
			c.found.addf("range %q has the parent %d, not the smallest range around it, %d", r.Name, r.ParentID, parent)
		}
		around = append(around, r)
	}
	return nil
}

func (c *references) scopes() error {
	for s, err := range c.Scopes.All(c.tx) {
		if err != nil {
			return err
		}
		r, err := named(c, s.Ref(), c.Ranges, s.RangeID)
		if err != nil {
			return err
		}
		server, err := named(c, s.Ref(), c.Servers, s.ServerID)
		if err != nil {
			return err
		}
		if r != nil && server != nil && r.SpaceID != server.SpaceID {
			c.found.addf("scope %s is on a range of the address space %d, its server in %d", s.Ref(), r.SpaceID, server.SpaceID)
		}
		if err := c.joins(s.Ref(), s.RelationshipID, s.ServerID); err != nil {
			return err
		}
		if err := c.available(s); err != nil {
			return err
		}
	}
	return nil
}

// available tests a scope's count of its pools' addresses.
func (c *references) available(s *model.Scope) error {
	var pools []*model.Pool
	for p, err := range c.PoolsByScope.Begin(c.tx, Key{}.ID(s.ID)) {
		if err != nil {
			return err
		}
		pools = append(pools, p)
	}
	var exclusions []*model.Exclusion
	for e, err := range c.ExclusionsByScope.Begin(c.tx, Key{}.ID(s.ID)) {
		if err != nil {
			return err
		}
		exclusions = append(exclusions, e)
	}
	if n := model.Available(pools, exclusions); s.Available != n {
		c.found.addf("scope %s counts %d addresses, its pools have %d", s.Ref(), s.Available, n)
	}
	return nil
}

// joins tests that a relationship, if any, is one of the server.
func (c *references) joins(from model.Ref, relationship, server model.ID) error {
	if relationship == 0 {
		return nil
	}
	r, err := named(c, from, c.Relationships, relationship)
	if r != nil && !r.Joins(server) {
		c.found.addf("%s %s names the relationship %q, which its server %d is not in", from.Type, from, r.Name, server)
	}
	return err
}

func (c *references) pools() error {
	var before *model.Pool
	for p, err := range c.PoolsByScope.Begin(c.tx, nil) {
		if err != nil {
			return err
		}
		if before != nil && before.ScopeID == p.ScopeID && before.Overlaps(p) {
			c.found.addf("pools %s and %s of a scope overlap", before.Ref(), p.Ref())
		}
		before = p
		if err := c.pool(p); err != nil {
			return err
		}
	}
	return nil
}

func (c *references) pool(p *model.Pool) error {
	if err := c.joins(p.Ref(), p.PeerID, p.ServerID); err != nil {
		return err
	}
	s, err := named(c, p.Ref(), c.Scopes, p.ScopeID)
	if err != nil || s == nil {
		return err
	}
	if p.ServerID != s.ServerID {
		c.found.addf("pool %s has the server %d, its scope %d", p.Ref(), p.ServerID, s.ServerID)
	}
	r, err := c.rangeOf(s)
	if err != nil || r == nil {
		return err
	}
	if p.To.Compare(p.From) < 0 || !r.Contains(p.From) || !r.Contains(p.To) {
		c.found.addf("pool %s goes from %s to %s, not inside its range %q", p.Ref(), p.From, p.To, r.Name)
	}
	return nil
}

// rangeOf is the range of a scope, nil when either is not there: that is the
// problem of another record, told there.
func (c *references) rangeOf(s *model.Scope) (*model.Range, error) {
	if s == nil {
		return nil, nil
	}
	r, err := c.Ranges.Get(c.tx, s.RangeID)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return r, err
}

// sessions belong to users; the administrator needs no record.
// deliveries tests that each is of a server.
func (c *references) deliveries() error {
	for d, err := range c.Deliveries.All(c.tx) {
		if err != nil {
			return err
		}
		if _, err := c.Servers.Get(c.tx, d.ID); errors.Is(err, ErrNotFound) {
			c.found.addf("deliveries %d is of no server", d.ID)
		} else if err != nil {
			return err
		}
	}
	return nil
}

func (c *references) sessions() error {
	for s, err := range c.Sessions.All(c.tx) {
		if err != nil {
			return err
		}
		if s.UserID == model.AdministratorID {
			continue
		}
		if _, err := named(c, model.Ref{Type: model.TypeUser, ID: s.UserID}, c.Users, s.UserID); err != nil {
			return err
		}
	}
	return nil
}
