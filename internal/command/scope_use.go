package command

import (
	"math"

	"halxml/internal/model"
	"halxml/store"
)

// freeInPools tells of scopes how many addresses of their pools are free: not
// excluded, reserved or leased, whichever server says so; at most 2^32-1. It is
// for many scopes of the command's address space, in one transaction.
func (c *call) freeInPools() func(*model.Scope) (uint32, error) {
	var taken *takenRuns
	known, busy := false, false
	return func(s *model.Scope) (uint32, error) {
		if !known {
			reservations, err := c.schema.Reservations.Count(c.tx)
			if err != nil {
				return 0, err
			}
			leases, err := c.schema.Leases.Count(c.tx)
			if err != nil {
				return 0, err
			}
			space := keyOf(c.space())
			taken = &takenRuns{tx: c.tx, maps: []store.AddrMap{c.schema.ReservationsByAddress.Map(space), c.schema.LeasesByAddress.Map(space)}}
			known, busy = true, reservations+leases > 0
		}
		if !busy || s.Available == 0 {
			return s.Available, nil
		}
		blocks, err := c.dynamic(s)
		if err != nil {
			return 0, err
		}
		var free count128
		for _, b := range blocks {
			n, err := taken.used(b)
			if err != nil {
				return 0, err
			}
			free = free.add(size(b).sub(n))
		}
		if free.high != 0 || free.low > math.MaxUint32 {
			return math.MaxUint32, nil
		}
		return uint32(free.low), nil
	}
}
