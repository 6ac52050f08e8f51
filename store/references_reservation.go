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
