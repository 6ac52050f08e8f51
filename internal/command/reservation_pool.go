package command

import (
	"math"
	"net/netip"

	"halxml/internal/model"
	"halxml/store"
)

// reservationsInPools reports the system setting that lets reservations lie in
// address pools of ISC servers, which are split around them. Kea and Microsoft
// keep reserved addresses of a pool from other clients by themselves.
func (c *call) reservationsInPools() (bool, error) { return c.allows(settingReservationsInPools) }

// poolAt is a scope's pool that an address lies in, or nil.
func (c *call) poolAt(scope model.ID, a netip.Addr) (*model.Pool, error) {
	end := store.Key{}.ID(scope).Addr(a).Bytes([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	for p, err := range c.schema.PoolsByScope.Between(c.tx, store.Key{}.ID(scope), end, true) {
		if err != nil || a.Compare(p.To) <= 0 {
			return p, err
		}
		break
	}
	return nil, nil
}

// checkPoolReservations refuses a pool of an ISC server over reserved
// addresses, unless that is allowed: then splitPool splits it.
func (c *call) checkPoolReservations(field string, p *model.Pool) error {
	server, err := c.serverByID(p.ServerID)
	if err != nil || server.Kind != model.KindISC {
		return err
	}
	if allowed, err := c.reservationsInPools(); err != nil || allowed {
		return err
	}
	reserved, err := c.reservedIn(p, 1)
	if err == nil && len(reserved) > 0 {
		err = conflict(field, "%s lies over the reserved address %s, which the system settings do not allow", poolSpan(p), reserved[0])
	}
	return err
}

// reservedIn are the reserved addresses in a pool, at most so many of them.
func (c *call) reservedIn(p *model.Pool, most int) (all []netip.Addr, err error) {
	space, err := c.spaceOfServer(p.ServerID)
	if err != nil {
		return nil, err
	}
	for r, err := range c.schema.ReservationsByAddress.Between(c.tx, keyOf(space).Addr(p.From), keyOf(space).Addr(p.To).ID(p.ServerID+1), false) {
		if err != nil {
			return nil, err
		}
		if r.ServerID != p.ServerID {
			continue
		}
		for _, a := range r.Addresses {
			if p.From.Compare(a) <= 0 && a.Compare(p.To) <= 0 {
				all = append(all, a)
			}
		}
		if len(all) >= most {
			break
		}
	}
	return all, nil
}

// splitReserved takes the addresses that are reserved out of a new or changed
// pool. A pool of nothing else is refused.
func (c *call) splitReserved(field string, p *model.Pool) error {
	server, err := c.serverByID(p.ServerID)
	if err != nil || server.Kind != model.KindISC {
		return err
	}
	if allowed, err := c.reservationsInPools(); err != nil || !allowed {
		return err
	}
	reserved, err := c.reservedIn(p, math.MaxInt)
	if err != nil {
		return err
	}
	if n := len(reserved); n > 0 && uint32(n) == model.Addresses(p.From, p.To) {
		return conflict(field, "every address of %s is reserved", poolSpan(p))
	}
	return c.splitAround(owner{server: server}, reserved)
}

// splitAround takes reserved addresses out of the pools of an ISC server: a
// pool is shortened, split in two or, if it was the address alone, removed.
func (c *call) splitAround(o owner, addresses []netip.Addr) error {
	if o.server.Kind != model.KindISC {
		return nil
	}
	for _, a := range addresses {
		s := o.scope
		if s == nil {
			var err error
			if s, err = c.scopeAt(o.server.ID, a); err != nil {
				return err
			}
			if s == nil {
				continue
			}
		}
		p, err := c.poolAt(s.ID, a)
		if err != nil {
			return err
		}
		if p == nil {
			continue
		}
		if err := c.splitPool(p, a); err != nil {
			return err
		}
		if err := c.poolsChanged(s); err != nil {
			return err
		}
	}
	return nil
}

// splitPool takes one address out of a pool.
func (c *call) splitPool(p *model.Pool, a netip.Addr) error {
	was := poolSpan(p)
	if p.From == a && p.To == a {
		if err := c.deletePool(p); err != nil {
			return err
		}
		return c.record(model.Deletion, p.Ref(), p.Name, "Address pool %s removed: its address is reserved", was)
	}
	upper := *p
	switch a {
	case p.From:
		p.From = a.Next()
	case p.To:
		p.To = a.Prev()
	default:
		p.To, upper.From = a.Prev(), a.Next()
		upper.Name = poolSpan(&upper)
		if err := c.schema.Pools.Insert(c.tx, &upper); err != nil {
			return err
		}
		if _, err := c.copyOptions(p.Ref(), upper.Ref(), 0, 0); err != nil {
			return err
		}
		if err := c.record(model.Creation, upper.Ref(), upper.Name, "Address pool %s made: %s was split around the reserved address %s", poolSpan(&upper), was, a); err != nil {
			return err
		}
	}
	if p.Name == was {
		p.Name = poolSpan(p)
	}
	if err := c.schema.Pools.Update(c.tx, p); err != nil {
		return err
	}
	return c.record(model.Modification, p.Ref(), p.Name, "Address pool %s made of %s, without the reserved address %s", poolSpan(p), was, a)
}
