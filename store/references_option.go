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
		server, known, err := c.serverOf(s)
		if err != nil {
			return err
		}
		if known && server != 0 && server != s.ServerID {
			c.found.addf("options %d have the server %d, their owner %s the server %d", s.ID, s.ServerID, s.Owner, server)
		}
	}
	return nil
}

// serverOf is the server of the object that options belong to, 0 when the
// object is not there, which it tells.
func (c *references) serverOf(s *model.OptionSet) (server model.ID, known bool, err error) {
	switch s.Owner.Type {
	case model.TypeServer:
		_, err = named(c, s.Owner, c.Servers, s.Owner.ID)
		return s.Owner.ID, true, err
	case model.TypeScope:
		o, err := named(c, s.Owner, c.Scopes, s.Owner.ID)
		if o == nil {
			return 0, true, err
		}
		return o.ServerID, true, nil
	case model.TypePool:
		o, err := named(c, s.Owner, c.Pools, s.Owner.ID)
		if o == nil {
			return 0, true, err
		}
		return o.ServerID, true, nil
	}
	c.found.addf("options %d belong to %s, which carries none", s.ID, s.Owner)
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
