package store

func (c *references) addresses() error {
	for a, err := range c.Addresses.All(c.tx) {
		if err != nil {
			return err
		}
		if !a.Addr.IsValid() {
			c.found.addf("address %s has no address", a.Ref())
		}
		if _, err := named(c, a.Ref(), c.Spaces, a.SpaceID); err != nil {
			return err
		}
	}
	return nil
}

func (c *references) holds() error {
	for h, err := range c.Holds.All(c.tx) {
		if err != nil {
			return err
		}
		if !h.From.IsValid() || h.From.Is4() != h.To.Is4() || h.To.Less(h.From) {
			c.found.addf("hold %d goes from %s to %s", h.ID, h.From, h.To)
		}
	}
	return nil
}

func (c *references) devices() error {
	for d, err := range c.Devices.All(c.tx) {
		if err != nil {
			return err
		}
		if _, err := named(c, d.Ref(), c.Spaces, d.SpaceID); err != nil {
			return err
		}
	}
	return nil
}

func (c *references) interfaces() error {
	for i, err := range c.Interfaces.All(c.tx) {
		if err != nil {
			return err
		}
		d, err := named(c, i.Ref(), c.Devices, i.DeviceID)
		if err != nil {
			return err
		}
		if d != nil && d.SpaceID != i.SpaceID {
			c.found.addf("interface %s is in the address space %d, its device in %d", i.Ref(), i.SpaceID, d.SpaceID)
		}
	}
	return nil
}
