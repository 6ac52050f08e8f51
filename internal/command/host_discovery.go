package command

import (
	"net/netip"
	"slices"
	"time"

	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/wsdl/hal"
)

// maxHosts bounds an answer that names no limit.
const maxHosts = 10_000

// sighting is an address that was seen in use.
type sighting struct {
	*model.Address           // as kept, or made of the lease
	seen           time.Time // the zero time when a lease does not tell
}

// reportHostDiscovery lists addresses that were seen in use: by a ping, or by a
// DHCP server that has leased them or found them taken. Those with data are
// claimed, reserved, of a device or have custom properties.
func reportHostDiscovery(c *call, req *hal.ReportHostDiscovery) (*hal.ReportHostDiscoveryResponse, error) {
	if !req.Type.Set {
		return nil, required("type")
	}
	since, err := c.date("startDate", req.StartDate.V, false)
	if err != nil {
		return nil, err
	}
	spans, err := c.subnetSpans(req.SubnetFilter.V)
	if err != nil {
		return nil, err
	}
	limit := int(req.Limit.V)
	if limit == 0 {
		limit = maxHosts
	}
	out := &hal.ReportHostDiscoveryResponse{Entries: []hal.HostDiscoveryReportEntry{}}
	for _, span := range spans {
		all, err := c.sightings(span)
		if err != nil {
			return nil, err
		}
		for _, s := range all {
			if !since.IsZero() && s.seen.Before(since) {
				continue
			}
			v, err := c.addressView(s.Address)
			if err != nil {
				return nil, err
			}
			data := len(v.Custom) > 0 || v.Usage()&^wire.UsageLease != 0
			if data != (req.Type.V == hal.HostDiscoveryTypeHostsWithData) {
				continue
			}
			if out.Entries = append(out.Entries, wire.DiscoveredHost(s.Address, s.seen, c.zone)); len(out.Entries) == limit {
				return out, nil
			}
		}
	}
	return out, nil
}

// subnetSpans are the addresses of all ranges that match a filter, each once and
// in order; without a filter all there are.
func (c *call) subnetSpans(text string) ([]block, error) {
	if text == "" {
		v4 := block{netip.IPv4Unspecified(), broadcast}
		last := netip.IPv6Unspecified().As16()
		for i := range last {
			last[i] = 0xff
		}
		return []block{v4, {netip.IPv6Unspecified(), netip.AddrFrom16(last)}}, nil
	}
	f, err := c.findRanges(nil, listing{filter: hal.Some(text)})
	if err != nil {
		return nil, err
	}
	var all []block
	for r, err := range records(c, c.schema.Ranges, f) {
		if err != nil {
			return nil, err
		}
		all = append(all, block{r.From, r.To})
	}
	slices.SortFunc(all, func(a, b block) int {
		if d := a.from.Compare(b.from); d != 0 {
			return d
		}
		return b.to.Compare(a.to)
	})
	var spans []block
	for _, b := range all { // ranges nest
		if n := len(spans); n == 0 || spans[n-1].to.Less(b.from) {
			spans = append(spans, b)
		}
	}
	return spans, nil
}

// sightings are the addresses of a block that were seen in use, in order.
func (c *call) sightings(b block) ([]sighting, error) {
	found := map[netip.Addr]sighting{}
	from, to := keyOf(c.space()).Addr(b.from), behind(keyOf(c.space()).Addr(b.to))
	for a, err := range c.schema.AddressesByAddr.Between(c.tx, from, to, false) {
		if err != nil {
			return nil, err
		}
		if !a.LastSeen.IsZero() {
			found[a.Addr] = sighting{a, a.LastSeen}
		}
	}
	for l, err := range c.schema.LeasesByAddress.Between(c.tx, from, to, false) {
		if err != nil {
			return nil, err
		}
		s, known := found[l.Addr]
		if known && !l.Starts.After(s.seen) {
			continue
		}
		if !known {
			if s.Address, err = c.addressAt(l.Addr); err != nil {
				return nil, err
			}
		}
		s.Discovery, s.LastClient, s.seen = string(hal.IPAddressDiscoveryTypeLease), l.Client(), l.Starts
		found[l.Addr] = s
	}
	all := make([]sighting, 0, len(found))
	for _, s := range found {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b sighting) int { return a.Addr.Compare(b.Addr) })
	return all, nil
}
