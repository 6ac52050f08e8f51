package command

import (
	"strings"
	"time"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/wsdl/hal"
)

// getAddressesInUse lists the addresses of ranges that are claimed or assigned
// or, if asked, that were seen lately.
func getAddressesInUse(c *call, req *hal.GetAddressesInUse) (*hal.GetAddressesInUseResponse, error) {
	since, err := c.since("lastseen", req.Lastseen)
	if err != nil {
		return nil, err
	}
	if len(req.Ranges) == 0 {
		return nil, required("ranges")
	}
	out := &hal.GetAddressesInUseResponse{Addresses: []hal.Address{}}
	listed := map[string]bool{}
	for _, title := range req.Ranges {
		r, err := c.rangeTitled("ranges", title)
		if err != nil {
			return nil, err
		}
		views, err := c.knownIn(r)
		if err != nil {
			return nil, err
		}
		for _, v := range views {
			seen := !since.IsZero() && !v.LastSeen.Before(since)
			if v.State() == hal.IPAMRecordStateFree && !seen || listed[v.Addr.String()] {
				continue
			}
			listed[v.Addr.String()] = true
			out.Addresses = append(out.Addresses, wire.AddressInUse(v))
		}
	}
	return out, nil
}

// since is how far back a period reaches; the zero time for none.
func (c *call) since(field string, in *hal.Discovery) (time.Time, error) {
	if in == nil || !in.Interval.Set {
		return time.Time{}, nil
	}
	const day = 24 * time.Hour
	unit, ok := map[hal.TimeUnit]time.Duration{
		hal.TimeUnitMinutes: time.Minute, hal.TimeUnitHours: time.Hour, hal.TimeUnitDays: day,
		hal.TimeUnitWeeks: 7 * day, hal.TimeUnitMonths: 30 * day,
	}[in.Unit.V]
	switch {
	case !ok:
		return time.Time{}, required(field + ".unit")
	case time.Duration(in.Interval.V) > 100*365*day/unit:
		return time.Unix(0, 0).UTC(), nil // longer than anybody looks back
	}
	return c.at.Add(-time.Duration(in.Interval.V) * unit), nil
}

// rangeTitled finds a range as rangeOf does, or by its title.
func (c *call) rangeTitled(field, text string) (*model.Range, error) {
	r, err := c.rangeOf(field, text)
	if errs.CodeOf(err) != errs.NotFound {
		return r, err
	}
	var found *model.Range
	for r, rerr := range c.schema.RangesByAddress.Begin(c.tx, keyOf(c.space())) {
		if rerr != nil {
			return nil, rerr
		}
		for _, p := range r.Custom {
			if p.Name != "Title" || !strings.EqualFold(p.Value, strings.TrimSpace(text)) {
				continue
			}
			if found != nil {
				return nil, errs.Errorf(errs.Ambiguous, "%s: several ranges have the title %s; use a reference", field, quote(text))
			}
			found = r
		}
	}
	if found == nil {
		return nil, err
	}
	return found, nil
}
