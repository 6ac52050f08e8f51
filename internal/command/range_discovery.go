package command

import (
	"net/netip"
	"slices"

	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/store"
	"halxml/wsdl/hal"
)

func getRangeDiscovery(c *call, req *hal.GetRangeDiscovery) (*hal.GetRangeDiscoveryResponse, error) {
	r, err := c.rangeOf("rangeRef", req.RangeRef.V)
	if err != nil {
		return nil, err
	}
	return &hal.GetRangeDiscoveryResponse{Discovery: wire.Discovery(r.Discovery, c.zone)}, nil
}

func setRangeDiscovery(c *call, req *hal.SetRangeDiscovery) (*hal.SetRangeDiscoveryResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	r, err := c.rangeOf("rangeRef", req.RangeRef.V)
	if err != nil {
		return nil, err
	}
	if req.Discovery == nil {
		return nil, required("discovery")
	}
	if r.Discovery, err = c.discovery("discovery", req.Discovery); err != nil {
		return nil, err
	}
	if err := c.schema.Ranges.Update(c.tx, r); err != nil {
		return nil, err
	}
	text := "is off"
	if d := r.Discovery; d.Enabled {
		text = "is every " + decimal(d.Interval) + " " + d.Unit
	}
	return &hal.SetRangeDiscoveryResponse{}, c.record(model.Modification, r.Ref(), r.Name, "Discovery of range %s %s", r.Name, text)
}

// discovery reads a schedule; nil for none.
func (c *call) discovery(field string, in *hal.Discovery) (*model.Discovery, error) {
	if in == nil {
		return nil, nil
	}
	d := &model.Discovery{Interval: in.Interval.V, Unit: string(in.Unit.V), Enabled: in.Enabled.V}
	if d.Enabled {
		switch {
		case d.Interval == 0:
			return nil, required(field + ".interval")
		case d.Unit == "":
			return nil, required(field + ".unit")
		}
	}
	var err error
	d.Start, err = c.date(field+".startTime", in.StartTime.V, false)
	return d, err
}

// getRoutersForRange lists the routers of a range and, if asked, those of the
// ranges below it, each once.
func getRoutersForRange(c *call, req *hal.GetRoutersForRange) (*hal.GetRoutersForRangeResponse, error) {
	r, err := c.rangeOf("rangeRef", req.RangeRef.V)
	if err != nil {
		return nil, err
	}
	all := []*model.Range{r}
	if req.IncludeChildRanges.V {
		if all, err = c.withBelow(r); err != nil {
			return nil, err
		}
	}
	out := &hal.GetRoutersForRangeResponse{Addresses: []string{}}
	var seen []netip.Addr
	for _, r := range all {
		for _, a := range r.Routers {
			if slices.Contains(seen, a) {
				continue
			}
			seen = append(seen, a)
			out.Addresses = append(out.Addresses, a.String())
		}
	}
	return out, nil
}

// setRoutersForRange replaces the routers of a range, and of all ranges below
// it if asked.
func setRoutersForRange(c *call, req *hal.SetRoutersForRange) (*hal.SetRoutersForRangeResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	r, err := c.rangeOf("rangeRef", req.RangeRef.V)
	if err != nil {
		return nil, err
	}
	routers, err := distinctAddresses("addresses", req.Addresses)
	if err != nil {
		return nil, err
	}
	all := []*model.Range{r}
	if req.Recursive.V {
		if all, err = c.withBelow(r); err != nil {
			return nil, err
		}
	}
	for _, r := range all {
		if slices.Equal(r.Routers, routers) {
			continue
		}
		r.Routers = routers
		if err := c.schema.Ranges.Update(c.tx, r); err != nil {
			return nil, err
		}
		if err := c.record(model.Modification, r.Ref(), r.Name, "Routers of range %s set: %s", r.Name, quote(joinAddresses(routers))); err != nil {
			return nil, err
		}
	}
	return &hal.SetRoutersForRangeResponse{}, nil
}

// withBelow is a range with all ranges inside it.
func (c *call) withBelow(r *model.Range) ([]*model.Range, error) {
	all := []*model.Range{r}
	for i := 0; i < len(all); i++ {
		for child, err := range c.schema.RangesByParent.Begin(c.tx, store.Key{}.ID(r.SpaceID).ID(all[i].ID)) {
			if err != nil {
				return nil, err
			}
			all = append(all, child)
		}
	}
	return all, nil
}
