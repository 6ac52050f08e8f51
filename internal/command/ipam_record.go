package command

import (
	"net/netip"
	"slices"

	"halxml/internal/errs"
	"halxml/internal/filter"
	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/wsdl/hal"
)

// addressRow is a listed address.
type addressRow struct {
	c *call
	wire.AddressView
}

var addressFields = filter.NewSet([]filter.Field[addressRow]{
	{Name: "addrRef", Kind: filter.Ref, Text: func(r addressRow) string { return wire.AddrRef(r.Address) }},
	{Name: "address", Kind: filter.Address, Text: func(r addressRow) string { return r.Addr.String() }},
	{Name: "claimed", Kind: filter.Bool, Text: func(r addressRow) string { return wire.Bool(r.Claimed) }},
	{Name: "dhcpReservations", Kind: filter.List, List: func(r addressRow) (all []string) {
		for _, v := range r.Reservations {
			all = append(all, v.Name, v.Client, v.Ref().String())
		}
		return all
	}},
	{Name: "dhcpLeases", Kind: filter.List, List: func(r addressRow) (all []string) {
		for _, l := range r.Leases {
			all = append(all, l.Hostname, l.Hardware, l.Identifier)
		}
		return all
	}},
	{Name: "discoveryType", Kind: filter.Enum, Text: func(r addressRow) string { return string(wire.DiscoveryType(r.Address)) }},
	{Name: "lastSeenDate", Kind: filter.Time, Text: func(r addressRow) string { return wire.Date(r.LastSeen, r.c.zone).V }},
	{Name: "lastDiscoveryDate", Kind: filter.Time, Text: func(r addressRow) string { return wire.Date(r.LastDiscovery, r.c.zone).V }},
	{Name: "lastKnownClientIdentifier", Kind: filter.Client, Text: func(r addressRow) string { return r.LastClient }},
	{Name: "device", Kind: filter.Text, Text: func(r addressRow) string { return r.Device }},
	{Name: "interface", Kind: filter.Text, Text: func(r addressRow) string { return r.Interface }},
	{Name: "ptrStatus", Kind: filter.Enum, Text: func(addressRow) string { return string(hal.PTRStatusUnknown) }},
	{Name: "extraneousPTR", Kind: filter.Bool, Text: func(addressRow) string { return "false" }},
	{Name: "state", Kind: filter.Enum, Text: func(r addressRow) string { return string(r.State()) }},
	{Name: "usage", Kind: filter.Number, Text: func(r addressRow) string { return decimal(r.Usage()) }},
}, func(r addressRow) []model.Property { return r.Custom })

func getIPAMRecord(c *call, req *hal.GetIPAMRecord) (*hal.GetIPAMRecordResponse, error) {
	a, err := c.ipAddress("addrRef", req.AddrRef.V)
	if err != nil {
		return nil, err
	}
	if req.RequireRangeRef.V != "" {
		r, err := c.rangeOf("requireRangeRef", req.RequireRangeRef.V)
		if err != nil {
			return nil, err
		}
		if !r.Contains(a.Addr) || r.SpaceID != a.SpaceID {
			return nil, invalid("addrRef", "%s lies outside the range %s", a.Addr, r.Name)
		}
	}
	v, err := c.addressView(a)
	if err != nil {
		return nil, err
	}
	out := wire.IPAMRecord(v, c.zone, !req.ExcludeDHCP.V)
	return &hal.GetIPAMRecordResponse{IPAMRecord: &out}, nil
}

// maxWhole bounds the ranges whose free addresses are listed too: a /16.
const maxWhole = 1 << 16

// getIPAMRecords lists the addresses of a range, or those that are named.
func getIPAMRecords(c *call, req *hal.GetIPAMRecords) (*hal.GetIPAMRecordsResponse, error) {
	custom, err := c.isCustom(model.TypeIPAddress)
	if err != nil {
		return nil, err
	}
	f, err := addressFields.Parse(req.Filter.V, filter.Options{Resolve: c.resolveOperand, Custom: custom, Zone: c.zone})
	if err != nil {
		return nil, err
	}
	var views []wire.AddressView
	switch {
	case req.RangeRef.V != "":
		r, err := c.rangeOf("rangeRef", req.RangeRef.V)
		if err != nil {
			return nil, err
		}
		if views, err = c.addressesIn(r); err != nil {
			return nil, err
		}
		views, err = c.among(views, req.AddrRefs)
		if err != nil {
			return nil, err
		}
	case len(req.AddrRefs) > 0:
		for _, text := range req.AddrRefs {
			a, err := c.ipAddress("addrRefs", text)
			if err != nil {
				return nil, err
			}
			v, err := c.addressView(a)
			if err != nil {
				return nil, err
			}
			views = append(views, v)
		}
	default:
		return nil, errs.Errorf(errs.Missing, "rangeRef: required, unless addrRefs name addresses")
	}
	if !f.Empty() {
		views = slices.DeleteFunc(views, func(v wire.AddressView) bool { return !f.Match(addressRow{c, v}) })
	}
	first, last := filter.Page(len(views), req.Offset.V, req.Limit.V)
	return &hal.GetIPAMRecordsResponse{
		IPAMRecordsFrom: hal.Rows[hal.IPAMRecord]{Make: func(yield func(*hal.IPAMRecord) bool) error {
			for _, v := range views[first:last] {
				out := wire.IPAMRecord(v, c.zone, !req.ExcludeDHCP.V)
				if !yield(&out) {
					break
				}
			}
			return nil
		}},
		TotalResults: hal.Some(uint32(len(views))),
	}, nil
}

// among keeps the addresses that are named, if any are.
func (c *call) among(views []wire.AddressView, texts []string) ([]wire.AddressView, error) {
	if len(texts) == 0 {
		return views, nil
	}
	named := map[netip.Addr]bool{}
	for _, text := range texts {
		a, err := c.ipAddress("addrRefs", text)
		if err != nil {
			return nil, err
		}
		named[a.Addr] = true
	}
	return slices.DeleteFunc(views, func(v wire.AddressView) bool { return !named[v.Addr] }), nil
}

// addressesIn are a range's addresses in order: all of them, or of a range of
// more than maxWhole those that something is known of.
func (c *call) addressesIn(r *model.Range) ([]wire.AddressView, error) {
	known, err := c.known(r)
	if err != nil {
		return nil, err
	}
	if model.Addresses(r.From, r.To) > maxWhole {
		return inAddressOrder(known), nil
	}
	var all []wire.AddressView
	for a := r.From; a.IsValid() && a.Compare(r.To) <= 0; a = a.Next() {
		if v := known[a]; v != nil {
			all = append(all, *v)
			continue
		}
		all = append(all, wire.AddressView{Address: &model.Address{SpaceID: r.SpaceID, Addr: a}})
	}
	return all, nil
}

// knownIn are those of a range's addresses that something is known of.
func (c *call) knownIn(r *model.Range) ([]wire.AddressView, error) {
	known, err := c.known(r)
	return inAddressOrder(known), err
}

func inAddressOrder(known map[netip.Addr]*wire.AddressView) []wire.AddressView {
	all := make([]wire.AddressView, 0, len(known))
	for _, v := range known {
		all = append(all, *v)
	}
	slices.SortFunc(all, func(a, b wire.AddressView) int { return a.Addr.Compare(b.Addr) })
	return all
}

// known is knownIn by address.
func (c *call) known(r *model.Range) (map[netip.Addr]*wire.AddressView, error) {
	known := map[netip.Addr]*wire.AddressView{}
	at := func(a netip.Addr) *wire.AddressView {
		v := known[a]
		if v == nil {
			v = &wire.AddressView{Address: &model.Address{SpaceID: r.SpaceID, Addr: a}}
			known[a] = v
		}
		return v
	}
	for a, err := range c.schema.AddressesByAddr.Between(c.tx, keyOf(r.SpaceID).Addr(r.From), behind(keyOf(r.SpaceID).Addr(r.To)), false) {
		if err != nil {
			return nil, err
		}
		at(a.Addr).Address = a
	}
	for v, err := range c.schema.ReservationsByAddress.Between(c.tx, keyOf(r.SpaceID).Addr(r.From), behind(keyOf(r.SpaceID).Addr(r.To)), false) {
		if err != nil {
			return nil, err
		}
		for _, a := range v.Addresses {
			if !r.Contains(a) {
				continue
			}
			view := at(a) // a reservation comes once for each of its addresses
			if !slices.ContainsFunc(view.Reservations, func(o *model.Reservation) bool { return o.ID == v.ID }) {
				view.Reservations = append(view.Reservations, v)
			}
		}
	}
	for i, err := range c.schema.InterfacesByAddress.Between(c.tx, keyOf(r.SpaceID).Addr(r.From), behind(keyOf(r.SpaceID).Addr(r.To)), false) {
		if err != nil {
			return nil, err
		}
		for _, a := range i.Addresses {
			if !r.Contains(a) {
				continue
			}
			if err := c.showInterface(at(a), i); err != nil {
				return nil, err
			}
		}
	}
	for l, err := range c.schema.LeasesByAddress.Between(c.tx, keyOf(r.SpaceID).Addr(r.From), behind(keyOf(r.SpaceID).Addr(r.To)), false) {
		if err != nil {
			return nil, err
		}
		view := at(l.Addr)
		view.Leases = append(view.Leases, l)
	}
	return known, nil
}
