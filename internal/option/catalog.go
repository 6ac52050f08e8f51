package option

import (
	"cmp"
	"slices"
	"strings"

	"halxml/internal/model"
)

// Catalog is the options that can be set on the objects of one server, of one
// protocol: the standard ones and the server's own.
type Catalog struct {
	own     []Definition
	vendors []Definition // standard options of vendor classes
	v6      bool
}

// NewCatalog makes the catalog of a server from its own definitions. Those with
// numbers that DHCPv4 cannot have are of DHCPv6 only.
func NewCatalog(kind model.ServerKind, v6 bool, own []model.OptionDefinition) *Catalog {
	c := &Catalog{v6: v6}
	for i := range own {
		if v6 || own[i].Number <= model.MaxOptionNumberV4 {
			c.own = append(c.own, Custom(&own[i], v6))
		}
	}
	if kind == model.KindMicrosoft && !v6 {
		c.vendors = Microsoft()
	}
	return c
}

// Find is the definition of an option, with its vendor class in the
// definition's spelling. A server's own definition may give a DHCPv4 option
// from FirstSite on another meaning than the standard.
func (c *Catalog) Find(vendor string, number uint32) (Definition, bool) {
	standard, ok := c.Standard(vendor, number)
	if ok && (c.v6 || vendor != "" || number < FirstSite) {
		return standard, true
	}
	for _, own := range c.own {
		if own.Number == number && strings.EqualFold(own.Vendor, vendor) {
			return own, true
		}
	}
	return standard, ok
}

// Standard is the standard option of a vendor class, or of none.
func (c *Catalog) Standard(vendor string, number uint32) (Definition, bool) {
	if vendor == "" {
		return Find(c.v6, number)
	}
	for _, d := range c.vendors {
		if d.Number == number && strings.EqualFold(d.Vendor, vendor) {
			return d, true
		}
	}
	return Definition{}, false
}

// Own reports whether a definition is one of the server's own.
func (c *Catalog) Own(d Definition) bool { return slices.Contains(c.own, d) }

// Named is the definition with a name, in any case.
func (c *Catalog) Named(vendor, name string) (Definition, bool) {
	for _, list := range [][]Definition{c.own, c.vendors} {
		for _, d := range list {
			if strings.EqualFold(d.Vendor, vendor) && strings.EqualFold(d.Name, name) && c.used(d) {
				return d, true
			}
		}
	}
	if vendor != "" {
		return Definition{}, false
	}
	d, ok := Named(c.v6, name)
	return d, ok && c.used(d)
}

// used tells a definition from one that another takes the place of.
func (c *Catalog) used(d Definition) bool {
	found, ok := c.Find(d.Vendor, d.Number)
	return ok && found == d
}

// All are the definitions of the options that can be set, by vendor class and
// number.
func (c *Catalog) All() []Definition {
	var out []Definition
	for _, list := range [][]Definition{table(c.v6), c.vendors, c.own} {
		for _, d := range list {
			if !d.Own && c.used(d) {
				out = append(out, d)
			}
		}
	}
	slices.SortFunc(out, func(a, b Definition) int {
		return cmp.Or(cmp.Compare(a.Vendor, b.Vendor), cmp.Compare(a.Number, b.Number))
	})
	return out
}
