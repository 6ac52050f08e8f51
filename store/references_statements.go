package store

import "halxml/internal/model"

// statements belong to an object of their server, or to a relationship that
// their server is in.
func (c *references) statements() error {
	for s, err := range c.Statements.All(c.tx) {
		if err != nil {
			return err
		}
		if s.Owner.Type == model.TypeRelationship {
			r, err := named(c, s.Owner, c.Relationships, s.Owner.ID)
			if err != nil {
				return err
			}
			if r != nil && !r.Joins(s.ServerID) {
				c.found.addf("statements %d have the server %d, which is not in %s", s.ID, s.ServerID, s.Owner)
			}
			continue
		}
		server, known, err := c.serverOf(s.Owner, "statements")
		if err != nil {
			return err
		}
		if known && server != 0 && server != s.ServerID {
			c.found.addf("statements %d have the server %d, their owner %s the server %d", s.ID, s.ServerID, s.Owner, server)
		}
	}
	return nil
}
