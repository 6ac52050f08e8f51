package store

import "halxml/internal/model"

func (c *references) exclusions() error {
	var before *model.Exclusion
	for e, err := range c.ExclusionsByScope.Begin(c.tx, nil) {
		if err != nil {
			return err
		}
		if before != nil && before.ScopeID == e.ScopeID && before.Overlaps(e) {
			c.found.addf("exclusions %s and %s of a scope overlap", before.Ref(), e.Ref())
		}
		before = e
		s, err := named(c, e.Ref(), c.Scopes, e.ScopeID)
		if err != nil {
			return err
		}
		r, err := c.rangeOf(s)
		if err != nil {
			return err
		}
		if r != nil && (e.To.Compare(e.From) < 0 || !r.Contains(e.From) || !r.Contains(e.To)) {
			c.found.addf("exclusion %s goes from %s to %s, not inside its range %q", e.Ref(), e.From, e.To, r.Name)
		}
	}
	return nil
}

func (c *references) groups() error {
	for g, err := range c.Groups.All(c.tx) {
		if err != nil {
			return err
		}
		s, err := named(c, g.Ref(), c.Servers, g.ServerID)
		if err != nil {
			return err
		}
		if s != nil && s.Kind != model.KindISC {
			c.found.addf("group %q is on server %q, which is of %s", g.Name, s.Name, s.Kind)
		}
		inside := map[model.ID]bool{g.ID: true}
		for at := g; at.ParentID != 0; {
			parent, err := named(c, at.Ref(), c.Groups, at.ParentID)
			if err != nil {
				return err
			}
			if parent == nil {
				break
			}
			if parent.ServerID != g.ServerID {
				c.found.addf("group %q is on the server %d, its parent on %d", g.Name, g.ServerID, parent.ServerID)
				break
			}
			if inside[parent.ID] {
				c.found.addf("group %q lies inside itself", g.Name)
				break
			}
			inside[parent.ID] = true
			at = parent
		}
	}
	return nil
}

func (c *references) reservations() error {
	for r, err := range c.Reservations.All(c.tx) {
		if err != nil {
			return err
		}
		if err := c.reservation(r); err != nil {
			return err
		}
	}
	return nil
}

func (c *references) reservation(r *model.Reservation) error {
	server := r.ServerID
	var within *model.Range
	switch {
	case r.ScopeID != 0:
		s, err := named(c, r.Ref(), c.Scopes, r.ScopeID)
		if err != nil {
			return err
		}
		if within, err = c.rangeOf(s); err != nil {
			return err
		}
		if s != nil {
			server = s.ServerID
		}
	case r.GroupID != 0:
		g, err := named(c, r.Ref(), c.Groups, r.GroupID)
		if err != nil {
			return err
		}
		if g != nil {
			server = g.ServerID
		}
	default:
		if _, err := named(c, r.Ref(), c.Servers, r.ServerID); err != nil {
			return err
		}
	}
	if server != r.ServerID {
		c.found.addf("reservation %s has the server %d, its owner %s %d", r.Ref(), r.ServerID, r.Owner(), server)
	}
	if err := c.inSpace(r.Ref(), r.SpaceID, r.ServerID); err != nil {
		return err
	}
	for o, err := range c.ReservationsByClient.Find(c.tx, NameKey(r.Client).ID(r.ServerID).ID(r.ScopeID)) {
		if err != nil {
			return err
		}
		if o.ID < r.ID && o.Client == r.Client && o.Method == r.Method {
			c.found.addf("reservations %s and %s are for the same client", o.Ref(), r.Ref())
		}
	}
	for _, a := range r.Addresses {
		if within != nil && !within.Contains(a) {
			c.found.addf("reservation %s has the address %s, not inside its range %q", r.Ref(), a, within.Name)
		}
		for o, err := range c.ReservationsByAddress.Find(c.tx, SpaceKey(r.SpaceID).Addr(a).ID(r.ServerID)) {
			if err != nil {
				return err
			}
			if o.ID < r.ID {
				c.found.addf("reservations %s and %s of a server have the same address %s", o.Ref(), r.Ref(), a)
			}
		}
	}
	return nil
}
