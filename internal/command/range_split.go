package command

import (
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"halxml/internal/model"
	"halxml/store"
	"halxml/wsdl/hal"
)

// maxSplit bounds the ranges that one command makes.
const maxSplit = 4096

// splitRange fills a range with equal ranges of a prefix length, which lie below
// it. What the request does not say they take from it, but that they are
// subnets.
func splitRange(c *call, req *hal.SplitRange) (*hal.SplitRangeResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	r, err := c.rangeOf("rangeRef", req.RangeRef.V)
	if err != nil {
		return nil, err
	}
	parts, err := c.parts(r, req.CIDR)
	if err != nil {
		return nil, err
	}
	discovery, err := c.discovery("discovery", req.Discovery)
	if err != nil {
		return nil, err
	}
	inherit, err := c.allows(settingInheritAccess)
	if err != nil {
		return nil, err
	}
	var custom []model.Property
	if err := c.newCustom("customProperties", model.TypeRange, &custom, req.CustomProperties); err != nil {
		return nil, err
	}
	out := &hal.SplitRangeResponse{}
	for _, p := range parts {
		part := &model.Range{
			SpaceID: r.SpaceID, Name: p.String(), From: netipx.RangeOfPrefix(p).From(), To: netipx.RangeOfPrefix(p).To(),
			Subnet: req.Subnet.Or(true), Locked: req.Locked.Or(r.Locked), AutoAssign: req.AutoAssign.Or(r.AutoAssign),
			InheritAccess: inherit, Created: c.at, Custom: slices.Clone(custom), Discovery: discovery,
		}
		if err := c.insertRange("rangeRef", part); err != nil {
			return nil, err
		}
		answer, err := c.rangeAnswer(part)
		if err != nil {
			return nil, err
		}
		out.Ranges = append(out.Ranges, answer)
	}
	return out, c.record(model.Modification, r.Ref(), r.Name, "Range %s split into %s", r.Name, count(len(parts), "range"))
}

// parts are the prefixes of a length that a range consists of.
func (c *call) parts(r *model.Range, length hal.Opt[uint32]) ([]netip.Prefix, error) {
	whole, ok := spanPrefix(r.From, r.To)
	switch {
	case !ok:
		return nil, invalid("rangeRef", "%s is not a CIDR, which alone can be split", r.Name)
	case !length.Set:
		return nil, required("cidr")
	case length.V <= uint32(whole.Bits()) || length.V > uint32(r.From.BitLen()):
		return nil, invalid("cidr", "%d is not a prefix length from %d to %d", length.V, whole.Bits()+1, r.From.BitLen())
	case length.V-uint32(whole.Bits()) > 12:
		return nil, invalid("cidr", "%s would become more than %d ranges", r.Name, maxSplit)
	}
	below, err := c.schema.RangesByParent.Any(c.tx, store.Key{}.ID(r.SpaceID).ID(r.ID))
	if err != nil {
		return nil, err
	}
	if below {
		return nil, conflict("rangeRef", "%s has ranges below it already", r.Name)
	}
	var parts []netip.Prefix
	for a := r.From; a.IsValid() && a.Compare(r.To) <= 0; {
		p := netip.PrefixFrom(a, int(length.V))
		parts = append(parts, p)
		a = netipx.RangeOfPrefix(p).To().Next()
	}
	return parts, nil
}

// joinRanges replaces adjacent ranges by one, above the ranges that lay below
// them. What the request does not say it takes from the first of them.
func joinRanges(c *call, req *hal.JoinRanges) (*hal.JoinRangesResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	ranges, err := c.joinable(req.Ranges)
	if err != nil {
		return nil, err
	}
	first, last := ranges[0], ranges[len(ranges)-1]
	joined := &model.Range{
		SpaceID: first.SpaceID, From: first.From, To: last.To, Name: spanName(first.From, last.To),
		Locked: req.Locked.Or(first.Locked), AutoAssign: req.AutoAssign.Or(first.AutoAssign),
		InheritAccess: first.InheritAccess, Created: c.at,
		Custom: first.Custom, Discovery: first.Discovery, Routers: first.Routers,
	}
	subnets := !slices.ContainsFunc(ranges, func(r *model.Range) bool { return !r.Subnet })
	_, isCIDR := spanPrefix(joined.From, joined.To)
	joined.Subnet = req.Subnet.Or(subnets && isCIDR)
	if req.CopyAccessFromRef.V != "" {
		from, err := c.rangeOf("copyAccessFromRef", req.CopyAccessFromRef.V)
		if err != nil {
			return nil, err
		}
		joined.InheritAccess = from.InheritAccess
	}
	joined.InheritAccess = req.InheritAccess.Or(joined.InheritAccess)
	if req.Discovery != nil {
		if joined.Discovery, err = c.discovery("discovery", req.Discovery); err != nil {
			return nil, err
		}
	}
	if len(req.CustomProperties) > 0 {
		joined.Custom = nil
		if err := c.newCustom("customProperties", model.TypeRange, &joined.Custom, req.CustomProperties); err != nil {
			return nil, err
		}
	}
	var names []string
	for _, r := range ranges {
		names = append(names, r.Name)
		if err := c.removeRange(r, false); err != nil {
			return nil, err
		}
	}
	if err := c.insertRange("ranges", joined); err != nil {
		return nil, err
	}
	if err := c.record(model.Modification, joined.Ref(), joined.Name, "Range %s joined from %s", joined.Name, strings.Join(names, ", ")); err != nil {
		return nil, err
	}
	return &hal.JoinRangesResponse{Ref: hal.Some(joined.Ref().String())}, nil
}

// joinable finds the ranges to join, in the order of their addresses: siblings
// without gaps and without scopes.
func (c *call) joinable(texts []string) ([]*model.Range, error) {
	var ranges []*model.Range
	for _, text := range texts {
		r, err := c.rangeOf("ranges", text)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(ranges, func(o *model.Range) bool { return o.ID == r.ID }) {
			return nil, invalid("ranges", "%s is given twice", r.Name)
		}
		scopes, err := c.scopesOn(r.ID)
		if err != nil {
			return nil, err
		}
		if len(scopes) > 0 {
			return nil, inUse("ranges", "%s has %s", r.Name, count(len(scopes), "DHCP scope"))
		}
		ranges = append(ranges, r)
	}
	if len(ranges) < 2 {
		return nil, invalid("ranges", "%s cannot be joined; two or more are needed", count(len(ranges), "range"))
	}
	slices.SortFunc(ranges, func(a, b *model.Range) int { return a.From.Compare(b.From) })
	for i, r := range ranges[1:] {
		before := ranges[i]
		switch {
		case r.SpaceID != before.SpaceID || r.ParentID != before.ParentID:
			return nil, invalid("ranges", "%s and %s do not lie below the same range", before.Name, r.Name)
		case before.To.Next() != r.From:
			return nil, invalid("ranges", "%s and %s are not adjacent", before.Name, r.Name)
		}
	}
	if parent := ranges[0].ParentID; parent != 0 {
		around, err := c.schema.Ranges.Get(c.tx, parent)
		if err != nil {
			return nil, err
		}
		if around.From == ranges[0].From && around.To == ranges[len(ranges)-1].To {
			return nil, conflict("ranges", "they are all of the range %s, above them; remove them instead", around.Name)
		}
	}
	return ranges, nil
}
