package command

import (
	"iter"
	"net/netip"
	"time"

	"halxml/internal/model"
	"halxml/store"
)

// maxHold bounds a temporary claim, seconds: a week. Longer ones are claims.
const maxHold = 7 * 24 * 3600

// holdTime reads how long an answer's addresses are kept from others.
func holdTime(field string, seconds uint32) (time.Duration, error) {
	if seconds > maxHold {
		return 0, invalid(field, "%d is more than %d seconds; claim the address instead", seconds, maxHold)
	}
	return time.Duration(seconds) * time.Second, nil
}

// hold keeps addresses from being given to others for a while.
func (c *call) hold(space model.ID, b block, d time.Duration) error {
	if err := c.endExpired(); err != nil {
		return err
	}
	return c.schema.Holds.Insert(c.tx, &model.Hold{
		SpaceID: space, From: b.from, To: b.to, Expires: c.at.Add(d), Username: c.id.Name,
	})
}

// endExpired removes holds that are over, not too many at once.
func (c *call) endExpired() error {
	const most = 100
	var over []model.ID
	for h, err := range c.schema.HoldsByExpiry.Between(c.tx, nil, store.Key{}.Time(c.at), false) {
		if err != nil {
			return err
		}
		if over = append(over, h.ID); len(over) == most {
			break
		}
	}
	for _, id := range over {
		if err := c.schema.Holds.Delete(c.tx, id); err != nil {
			return err
		}
	}
	return nil
}

// held yields the blocks that begin in from-to and are held now.
func (c *call) held(space model.ID, from, to netip.Addr) iter.Seq2[block, error] {
	const fromAt, toAt, expiryAt = 8, 8 + 17, 8 + 17 + 17
	return func(yield func(block, error) bool) {
		for k, err := range c.schema.HoldsByAddress.Entries(c.tx, keyOf(space).Addr(from), behind(keyOf(space).Addr(to))) {
			if err != nil {
				yield(block{}, err)
				return
			}
			if !c.at.Before(k.TimeAt(expiryAt)) {
				continue
			}
			if !yield(block{k.AddrAt(fromAt), k.AddrAt(toAt)}, nil) {
				return
			}
		}
	}
}

// endHolds removes the holds inside from-to: what they were for has happened.
func (c *call) endHolds(space model.ID, from, to netip.Addr) error {
	var ended []model.ID
	for h, err := range c.schema.HoldsByAddress.Between(c.tx, keyOf(space).Addr(from), behind(keyOf(space).Addr(to)), false) {
		if err != nil {
			return err
		}
		if h.To.Compare(to) <= 0 {
			ended = append(ended, h.ID)
		}
	}
	for _, id := range ended {
		if err := c.schema.Holds.Delete(c.tx, id); err != nil {
			return err
		}
	}
	return nil
}
