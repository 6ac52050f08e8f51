package command

import (
	"halxml/internal/model"
)

// firstSpareSubnetID is where numbers of subnets begin that differ from their
// ranges'.
const firstSpareSubnetID = 1 << 30

// numberSubnet gives a new scope of a Kea server the number of its subnet: the
// one that it has, else that of its range, unless another subnet of the daemon
// has it since an import.
func (c *call) numberSubnet(s *model.Scope, server *model.Server, r *model.Range) error {
	if !server.Kind.IsKea() {
		return nil
	}
	if s.SubnetID == uint32(r.ID) {
		s.SubnetID = 0
	}
	number := model.ID(s.SubnetID)
	if number == 0 {
		number = r.ID
	}
	for next := firstSpareSubnetID + r.ID; ; next++ {
		taken, err := c.subnetTaken(server.ID, number, r)
		if err != nil || !taken {
			return err
		}
		number, s.SubnetID = next, uint32(next)
	}
}

// subnetTaken reports whether a subnet of the range's family has a number on a
// server.
func (c *call) subnetTaken(server, number model.ID, r *model.Range) (bool, error) {
	alike := func(s *model.Scope) (bool, error) {
		other, err := c.schema.Ranges.Get(c.tx, s.RangeID)
		return err == nil && other.ID != r.ID && other.From.Is4() == r.From.Is4(), err
	}
	for s, err := range c.schema.ScopesBySubnetID.Begin(c.tx, keyOf(server).ID(number)) {
		if err != nil {
			return false, err
		}
		if yes, err := alike(s); err != nil || yes {
			return yes, err
		}
	}
	s, err := c.instance(server, number) // whose range has the number
	if err != nil || s == nil || s.SubnetID != 0 {
		return false, err
	}
	return alike(s)
}
