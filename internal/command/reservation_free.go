package command

import (
	"net/netip"
	"slices"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/wsdl/hal"
)

// block is a run of addresses.
type block struct{ from, to netip.Addr }

// getNextFreeReservationAddress answers the first usable address of a scope
// that nobody has or holds, that is no router's, and that no instance of the
// scope excludes or keeps in a pool where reservations may not lie.
func getNextFreeReservationAddress(c *call, req *hal.GetNextFreeReservationAddress) (*hal.GetNextFreeReservationAddressResponse, error) {
	rng, scopes, err := c.scopeInstances("objRef", req.ObjRef.V)
	if err != nil {
		return nil, err
	}
	first, last := usableSpan(rng)
	if text := req.StartAddress.V; text != "" {
		a, ok := parseAddr(text)
		if !ok {
			return nil, invalid("startAddress", "%s is not an IP address", quote(text))
		}
		if !rng.Contains(a) {
			return nil, invalid("startAddress", "%s lies outside the scope's range %s", a, rng.Name)
		}
		if first.Less(a) {
			first = a
		}
	}
	blocked, err := c.unreservable(rng, scopes, req.ConsiderExclusionRange.V)
	if err != nil {
		return nil, err
	}
	out := &hal.GetNextFreeReservationAddressResponse{}
	if last.Less(first) {
		return out, nil
	}
	a, err := c.firstFree(rng.SpaceID, block{first, last}, inOrder(blocked))
	out.Address = wire.Address(a)
	return out, err
}

// scopeInstances finds a range that has scopes, and these, by a scope or the
// range.
func (c *call) scopeInstances(field, text string) (*model.Range, []*model.Scope, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil, required(field)
	}
	rng, err := c.rangeOfScope(field, text)
	if err != nil {
		return nil, nil, err
	}
	var scopes []*model.Scope
	for s, err := range c.schema.ScopesByRange.Find(c.tx, keyOf(rng.ID)) {
		if err != nil {
			return nil, nil, err
		}
		scopes = append(scopes, s)
	}
	if len(scopes) == 0 {
		return nil, nil, invalid(field, "the range %s has no DHCP scope", quote(rng.Name))
	}
	return rng, scopes, nil
}

// rangeOfScope finds a range by itself or by a scope on it.
func (c *call) rangeOfScope(field, text string) (*model.Range, error) {
	if ref, ok := model.ParseRef(text); ok {
		switch ref.Type {
		case model.TypeScope:
		case model.TypeRange:
			return c.rangeOf(field, text)
		default:
			return nil, invalid(field, "%s is a reference to %s, not to a DHCPScope or Range", quote(text), article(ref.Type))
		}
	} else if rng, err := c.rangeOf(field, text); errs.CodeOf(err) != errs.NotFound {
		return rng, err
	}
	s, err := c.scope(field, text)
	if err != nil {
		return nil, err
	}
	return c.schema.Ranges.Get(c.tx, s.RangeID)
}

// unreservable are the blocks of a range with scopes that no reservation should
// lie in, in the order of their addresses; they may overlap.
func (c *call) unreservable(rng *model.Range, scopes []*model.Scope, excludedToo bool) ([]block, error) {
	allowed, err := c.reservationsInPools()
	if err != nil {
		return nil, err
	}
	all, err := c.unusable(rng, false)
	if err != nil {
		return nil, err
	}
	for _, s := range scopes {
		server, err := c.serverByID(s.ServerID)
		if err != nil {
			return nil, err
		}
		if server.Kind == model.KindISC && !allowed {
			pools, err := c.poolsOf(s.ID)
			if err != nil {
				return nil, err
			}
			for _, p := range pools {
				all = append(all, block{p.From, p.To})
			}
		}
		if excludedToo {
			continue
		}
		exclusions, err := c.exclusionsOf(s.ID)
		if err != nil {
			return nil, err
		}
		for _, e := range exclusions {
			all = append(all, block{e.From, e.To})
		}
	}
	slices.SortFunc(all, func(a, b block) int { return a.from.Compare(b.from) })
	return all, nil
}
