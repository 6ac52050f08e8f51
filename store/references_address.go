package store

func (c *references) addresses() error {
	for a, err := range c.Addresses.All(c.tx) {
		if err != nil {
			return err
		}
		if !a.Addr.IsValid() {
			c.found.addf("address %s has no address", a.Ref())
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
