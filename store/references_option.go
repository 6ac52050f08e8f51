package store

import (
	"halxml/internal/model"
)

// options belong to an object of their server.
func (c *references) options() error {
	for s, err := range c.OptionSets.All(c.tx) {
		if err != nil {
			return err
		}
		server, known, err := c.serverOf(s.Owner, "options")
		if err != nil {
			return err
		}
		if known && server != 0 && server != s.ServerID {
			c.found.addf("options %d have the server %d, their owner %s the server %d", s.ID, s.ServerID, s.Owner, server)
		}
		if s.PolicyID == 0 {
			continue
		}
		if p, err := named(c, s.Owner, c.Policies, s.PolicyID); err != nil {
			return err
		} else if p != nil && p.Owner != s.Owner {
			c.found.addf("options %d of %s are of a policy of %s", s.ID, s.Owner, p.Owner)
		}
	}
	return nil
}

// serverOf is the server of the object that options or policies belong to, 0
// when the object is not there, which it tells.
func (c *references) serverOf(owner model.Ref, what string) (server model.ID, known bool, err error) {
	switch owner.Type {
	case model.TypeServer:
		_, err = named(c, owner, c.Servers, owner.ID)
		return owner.ID, true, err
	case model.TypeScope:
		o, err := named(c, owner, c.Scopes, owner.ID)
		if o == nil {
			return 0, true, err
		}
		return o.ServerID, true, nil
	case model.TypePool:
		o, err := named(c, owner, c.Pools, owner.ID)
		if o == nil {
			return 0, true, err
		}
		return o.ServerID, true, nil
	case model.TypeGroup:
		o, err := named(c, owner, c.Groups, owner.ID)
		if o == nil {
			return 0, true, err
		}
		return o.ServerID, true, nil
	case model.TypeReservation:
		o, err := named(c, owner, c.Reservations, owner.ID)
		if o == nil {
			return 0, true, err
		}
		return o.ServerID, true, nil
	}
	c.found.addf("%s belong to %s, which carries none", what, owner)
	return 0, false, nil
}

func (c *references) definitions() error {
	for d, err := range c.Definitions.All(c.tx) {
		if err != nil {
			return err
		}
		if _, err := named(c, model.Ref{Type: model.TypeServer, ID: d.ServerID}, c.Servers, d.ServerID); err != nil {
			return err
		}
	}
	return nil
}

func (c *references) classes() error {
	for k, err := range c.Classes.All(c.tx) {
		if err != nil {
			return err
		}
		if _, err := named(c, model.Ref{Type: model.TypeServer, ID: k.ServerID}, c.Servers, k.ServerID); err != nil {
			return err
		}
	}
	return nil
}

func (c *references) policies() error {
	for p, err := range c.Policies.All(c.tx) {
		if err != nil {
			return err
		}
		if p.Owner.Type != model.TypeServer && p.Owner.Type != model.TypeScope {
			c.found.addf("policy %q belongs to %s, which carries none", p.Name, p.Owner)
			continue
		}
		server, _, err := c.serverOf(p.Owner, "policies")
		if err != nil {
			return err
		}
		if server != 0 && server != p.ServerID {
			c.found.addf("policy %q has the server %d, its owner %s the server %d", p.Name, p.ServerID, p.Owner, server)
		}
	}
	return nil
}
