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
