package store

import "halxml/internal/model"

// leases tests that each lies on a scope of its server and has an address.
func (c *references) leases() error {
	scope := &model.Scope{}
	for l, err := range c.LeasesByScope.Begin(c.tx, nil) {
		if err != nil {
			return err
		}
		if !l.Addr.IsValid() || l.State == "" {
			c.found.addf("lease %s has no address or no state", l.Ref())
		}
		if err := c.inSpace(l.Ref(), l.SpaceID, l.ServerID); err != nil {
			return err
		}
		if scope == nil || scope.ID != l.ScopeID {
			if scope, err = named(c, l.Ref(), c.Scopes, l.ScopeID); err != nil {
				return err
			}
		}
		if scope != nil && scope.ServerID != l.ServerID {
			c.found.addf("lease %s has the server %d, its scope %d", l.Ref(), l.ServerID, scope.ServerID)
		}
	}
	return nil
}
