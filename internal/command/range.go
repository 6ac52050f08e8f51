package command

import (
	"errors"
	"strings"

	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/store"
	"halxml/wsdl/hal"
)

// rangeAnswer is a range with what hangs on it.
func (c *call) rangeAnswer(r *model.Range) (hal.Range, error) {
	links := wire.RangeLinks{Children: []hal.Object{}, Scopes: []hal.Object{}}
	for child, err := range c.schema.RangesByParent.Begin(c.tx, store.Key{}.ID(r.SpaceID).ID(r.ID)) {
		if err != nil {
			return hal.Range{}, err
		}
		links.Children = append(links.Children, wire.Object(child.Ref(), child.Name))
	}
	for s, err := range c.schema.ScopesByRange.Find(c.tx, store.Key{}.ID(r.ID)) {
		if err != nil {
			return hal.Range{}, err
		}
		links.Scopes = append(links.Scopes, wire.Object(s.Ref(), s.Name))
	}
	u, err := c.use(r)
	if err != nil {
		return hal.Range{}, err
	}
	links.Utilization = u.utilization()
	return wire.Range(r, r.Name, links, c.zone), nil
}

func getRange(c *call, req *hal.GetRange) (*hal.GetRangeResponse, error) {
	r, err := c.rangeOf("rangeRef", req.RangeRef.V)
	if err != nil {
		return nil, err
	}
	out, err := c.rangeAnswer(r)
	return &hal.GetRangeResponse{Range: &out}, err
}

// getRangeByIPAddress finds the smallest range that holds an address.
func getRangeByIPAddress(c *call, req *hal.GetRangeByIPAddress) (*hal.GetRangeByIPAddressResponse, error) {
	a, err := c.ipAddress("addrRef", req.AddrRef.V)
	if err != nil {
		return nil, err
	}
	r, err := c.enclosing(&model.Range{SpaceID: a.SpaceID, From: a.Addr, To: a.Addr})
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, notFound("addrRef", "range with this address", req.AddrRef.V)
	}
	out, err := c.rangeAnswer(r)
	return &hal.GetRangeByIPAddressResponse{Range: &out}, err
}

func getRanges(c *call, req *hal.GetRanges) (*hal.GetRangesResponse, error) {
	for field, v := range map[string]string{"adSiteRef": req.ADSiteRef.V, "cloudNetworkRef": req.CloudNetworkRef.V} {
		if v != "" {
			return nil, notFound(field, strings.TrimSuffix(field, "Ref"), v)
		}
	}
	var in *model.Folder
	if req.FolderRef.V != "" {
		var err error
		if in, err = c.folder("folderRef", req.FolderRef.V); err != nil {
			return nil, err
		}
	}
	f, err := c.findRanges(in, listing{req.Filter, req.SortBy, req.Offset, req.Limit, req.SortOrder})
	if err != nil {
		return nil, err
	}
	return &hal.GetRangesResponse{
		TotalResults: hal.Some(uint32(f.total)),
		RangesFrom: answer(c, c.schema.Ranges, f, func(r *model.Range, out *hal.Range) (err error) {
			*out, err = c.rangeAnswer(r)
			return err
		}),
	}, nil
}

// findRanges finds the ranges of a list, all or those in a folder.
func (c *call) findRanges(in *model.Folder, l listing) (found, error) {
	ranges := catalog[model.Range, rangeRow]{
		kind: model.TypeRange, fields: rangeFields, table: c.schema.Ranges, own: true, texts: []textIndex[model.Range]{{"name", c.schema.RangesByName}},
		row: func(r *model.Range) rangeRow { return rangeRow{c, r} },
		refs: []refIndex[model.Range]{{"parentRef", model.TypeRange, c.schema.RangesByParent,
			func(id model.ID) store.Key { return keyOf(c.space()).ID(id) }}},
	}
	if in != nil {
		ranges.key, ranges.among = keyOf(in.ID), func() ([]model.ID, error) { return c.placedIn(in) }
		if in.ContentType != model.TypeRange {
			ranges.among = func() ([]model.ID, error) { return nil, nil }
		}
	}
	f, err := find(c, ranges, l)
	if err != nil {
		return f, err
	}
	if f.total == 0 && in == nil {
		return c.rangeAround(l.filter.V)
	}
	return f, nil
}

// rangeAround answers a filter that is nothing but an address and that no
// range's own fields match: the smallest range that holds it.
func (c *call) rangeAround(filterText string) (f found, err error) {
	a, ok := parseAddr(filterText)
	if !ok {
		return f, nil
	}
	r, err := c.enclosing(&model.Range{SpaceID: c.space(), From: a, To: a})
	if err != nil || r == nil {
		return f, err
	}
	return found{total: 1, ids: []model.ID{r.ID}}, nil
}

// getSubranges lists the ranges below one, level by level to the depth asked
// (0 = the children only).
func getSubranges(c *call, req *hal.GetSubranges) (*hal.GetSubrangesResponse, error) {
	parent, err := c.rangeOf("parentRef", req.ParentRef.V)
	if err != nil {
		return nil, err
	}
	return &hal.GetSubrangesResponse{RangesFrom: hal.Rows[hal.Range]{Make: func(yield func(*hal.Range) bool) error {
		level := []model.ID{parent.ID}
		for depth := max(req.Depth.V, 1); depth > 0 && len(level) > 0; depth-- {
			var next []model.ID
			for _, p := range level {
				for child, err := range c.schema.RangesByParent.Begin(c.tx, store.Key{}.ID(parent.SpaceID).ID(p)) {
					if err != nil {
						return err
					}
					item, err := c.rangeAnswer(child)
					if err != nil || !yield(&item) {
						return err
					}
					if depth > 1 {
						next = append(next, child.ID)
					}
				}
			}
			level = next
		}
		return nil
	}}}, nil
}

func addRange(c *call, req *hal.AddRange) (*hal.AddRangeResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	in := req.Range
	if in == nil {
		return nil, required("range")
	}
	inherit, err := c.allows(settingInheritAccess)
	if err != nil {
		return nil, err
	}
	r := &model.Range{
		SpaceID: c.space(), Subnet: in.Subnet.V, Locked: in.Locked.V, AutoAssign: in.AutoAssign.V,
		Container: in.IsContainer.V, InheritAccess: in.InheritAccess.Or(inherit), Created: c.at,
	}
	if err := setSpan(r, "range.", in.Name.V, in.From.V, in.To.V); err != nil {
		return nil, err
	}
	if err := c.newCustom("range.customProperties", model.TypeRange, &r.Custom, in.CustomProperties); err != nil {
		return nil, err
	}
	if r.Discovery, err = c.discovery("discovery", req.Discovery); err != nil {
		return nil, err
	}
	if in.ParentRef.V != "" {
		parent, err := c.rangeOf("range.parentRef", in.ParentRef.V)
		if err != nil {
			return nil, err
		}
		if !parent.Encloses(r) {
			return nil, invalid("range.parentRef", "%s does not lie inside %s", spanName(r.From, r.To), parent.Name)
		}
	}
	if err := c.insertRange("range.name", r); err != nil {
		return nil, err
	}
	return &hal.AddRangeResponse{Ref: hal.Some(r.Ref().String())}, nil
}

// setSpan takes a range's bounds from its name, a CIDR or from-to, which wins
// over from and to. Any other name is a label: then from and to give them.
func setSpan(r *model.Range, prefix, name, from, to string) error {
	name = strings.TrimSpace(name)
	first, okFirst := parseAddr(from)
	last, okLast := parseAddr(to)
	switch {
	case from != "" && !okFirst:
		return invalid(prefix+"from", "%s is not an IP address", quote(from))
	case to != "" && !okLast:
		return invalid(prefix+"to", "%s is not an IP address", quote(to))
	}
	named := false
	if r.From, r.To, named = parseSpan(name); named {
		r.Name = spanName(r.From, r.To)
		return nil
	}
	switch {
	case name == "" && from == "" && to == "":
		return required(prefix + "name")
	case from == "" && to == "":
		return invalid(prefix+"name", "%s is not a CIDR without host bits or from-to, and from and to are not given", quote(name))
	case from == "":
		return required(prefix + "from")
	case to == "":
		return required(prefix + "to")
	case first.Is4() != last.Is4() || last.Less(first):
		return invalid(prefix+"to", "%s does not come after %s", last, first)
	}
	r.From, r.To, r.Name = first, last, name
	if name == "" {
		r.Name = spanName(first, last)
	}
	return optionalName(prefix+"name", r.Name)
}

// enclosing is the smallest stored range that encloses r, itself aside; nil
// when there is none. The last range that starts at or before r is that range
// or lies inside it, since ranges nest.
func (c *call) enclosing(r *model.Range) (*model.Range, error) {
	start := store.Key{}.ID(r.SpaceID)
	end := store.Key{}.ID(r.SpaceID).Addr(r.From).AddrDown(r.To).Bytes([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	var p *model.Range
	for found, err := range c.schema.RangesByAddress.Between(c.tx, start, end, true) {
		if err != nil {
			return nil, err
		}
		p = found
		break
	}
	for p != nil && (p.ID == r.ID || !p.Encloses(r)) {
		if p.ParentID == 0 {
			return nil, nil
		}
		parent, err := c.schema.Ranges.Get(c.tx, p.ParentID)
		if err != nil {
			return nil, err
		}
		p = parent
	}
	return p, nil
}

// placeRange finds r's parent and refuses r where it equals or partly overlaps
// another range. children are those that r comes between.
func (c *call) placeRange(field string, r *model.Range) (children []*model.Range, err error) {
	same, err := c.rangeAt(r.SpaceID, r.From, r.To)
	if err != nil {
		return nil, err
	}
	if same != nil && same.ID != r.ID {
		return nil, conflict(field, "a range %s exists already", spanName(r.From, r.To))
	}
	parent, err := c.enclosing(r)
	if err != nil {
		return nil, err
	}
	r.ParentID = 0
	if parent != nil {
		r.ParentID = parent.ID
	}
	siblings := func() store.Key { return store.Key{}.ID(r.SpaceID).ID(r.ParentID) }
	overlap := func(o *model.Range) error {
		return conflict(field, "%s overlaps the range %s", spanName(r.From, r.To), o.Name)
	}
	for before, err := range c.schema.RangesByParent.Between(c.tx, siblings(), siblings().Addr(r.From), true) {
		if err != nil {
			return nil, err
		}
		if before.ID == r.ID {
			continue
		}
		if before.Contains(r.From) {
			return nil, overlap(before)
		}
		break
	}
	for o, err := range c.schema.RangesByParent.Between(c.tx, siblings().Addr(r.From), siblings().Addr(r.To).Bytes([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}), false) {
		if err != nil {
			return nil, err
		}
		if o.ID == r.ID {
			continue
		}
		if !r.Encloses(o) {
			return nil, overlap(o)
		}
		children = append(children, o)
	}
	return children, nil
}

// insertRange places and stores a new range.
func (c *call) insertRange(field string, r *model.Range) error {
	children, err := c.placeRange(field, r)
	if err != nil {
		return err
	}
	if err := c.schema.Ranges.Insert(c.tx, r); err != nil {
		return err
	}
	for _, child := range children {
		child.ParentID = r.ID
		if err := c.schema.Ranges.Update(c.tx, child); err != nil {
			return err
		}
	}
	if err := c.endHolds(r.SpaceID, r.From, r.To); err != nil {
		return err
	}
	return c.record(model.Creation, r.Ref(), r.Name, "Range %s added", r.Name)
}

// resizeRange stores r with new bounds: its children move up, it is placed
// anew, and its scopes must still hold.
func (c *call) resizeRange(field string, r *model.Range, oldParent model.ID) error {
	if err := c.liftChildren(r, oldParent); err != nil {
		return err
	}
	children, err := c.placeRange(field, r)
	if err != nil {
		return err
	}
	if err := c.schema.Ranges.Update(c.tx, r); err != nil {
		return err
	}
	for _, child := range children {
		child.ParentID = r.ID
		if err := c.schema.Ranges.Update(c.tx, child); err != nil {
			return err
		}
	}
	for s, err := range c.schema.ScopesByRange.Find(c.tx, store.Key{}.ID(r.ID)) {
		if err != nil {
			return err
		}
		if err := c.checkScopeRange(field, s, r); err != nil {
			return err
		}
		pools, err := c.poolsOf(s.ID)
		if err != nil {
			return err
		}
		for _, p := range pools {
			if !r.Contains(p.From) || !r.Contains(p.To) {
				return conflict(field, "the address pool %s of scope %s would lie outside", spanName(p.From, p.To), s.Name)
			}
		}
		if err := c.optionsFit(field, s, r); err != nil {
			return err
		}
		exclusions, err := c.exclusionsOf(s.ID)
		if err != nil {
			return err
		}
		for _, e := range exclusions {
			if !r.Contains(e.From) || !r.Contains(e.To) {
				return conflict(field, "the exclusion %s of scope %s would lie outside", spanName(e.From, e.To), s.Name)
			}
		}
		reservations, err := c.reservationsOf(s.Ref())
		if err != nil {
			return err
		}
		for _, rv := range reservations {
			for _, a := range rv.Addresses {
				if err := usable(field, r, a); err != nil {
					return conflict(field, "the address %s of the reservation %s of scope %s would lie outside or at its ends", a, quote(rv.Title()), s.Name)
				}
			}
		}
		c.touch(s.ServerID)
	}
	return nil
}

// liftChildren gives r's children the parent that r had.
func (c *call) liftChildren(r *model.Range, parent model.ID) error {
	var children []*model.Range
	for child, err := range c.schema.RangesByParent.Begin(c.tx, store.Key{}.ID(r.SpaceID).ID(r.ID)) {
		if err != nil {
			return err
		}
		children = append(children, child)
	}
	for _, child := range children {
		child.ParentID = parent
		if err := c.schema.Ranges.Update(c.tx, child); err != nil {
			return err
		}
	}
	return nil
}

// removeRange removes a range; its children move up. One with scopes needs
// force, which removes them too.
func (c *call) removeRange(r *model.Range, force bool) error {
	var scopes []*model.Scope
	for s, err := range c.schema.ScopesByRange.Find(c.tx, store.Key{}.ID(r.ID)) {
		if err != nil {
			return err
		}
		scopes = append(scopes, s)
	}
	if len(scopes) > 0 && !force {
		return inUse("ref", "range %s still has %s; remove them first or set forceRemoval", quote(r.Name), count(len(scopes), "DHCP scope"))
	}
	for _, s := range scopes {
		s, err := c.schema.Scopes.Get(c.tx, s.ID)
		if errors.Is(err, store.ErrNotFound) {
			continue // went with its partner's
		}
		if err != nil {
			return err
		}
		if err := c.removeScope(s); err != nil {
			return err
		}
	}
	if err := c.liftChildren(r, r.ParentID); err != nil {
		return err
	}
	if err := c.leaveFolder(r.Ref()); err != nil {
		return err
	}
	if err := c.schema.Ranges.Delete(c.tx, r.ID); err != nil {
		return err
	}
	return c.record(model.Deletion, r.Ref(), r.Name, "Range %s removed", r.Name)
}
