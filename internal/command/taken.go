package command

import (
	"iter"
	"net/netip"
	"slices"
	"strings"

	"halxml/internal/model"
	"halxml/store"
)

// takenMaps are the maps that together hold every address in use: claimed, of a
// reservation or an interface, or leased.
func (c *call) takenMaps(space model.ID) []store.AddrMap {
	return []store.AddrMap{
		c.schema.AddressesClaimed.Map(keyOf(space)),
		c.schema.ReservationsByAddress.Map(keyOf(space)),
		c.schema.InterfacesByAddress.Map(keyOf(space)),
		c.schema.LeasesByAddress.Map(keyOf(space)),
	}
}

// takenRuns skips addresses in use, a block of 256 at a time.
type takenRuns struct {
	tx     store.Tx
	maps   []store.AddrMap
	loaded netip.Addr // the first address of the block in bits
	bits   store.Bits
}

// skip is the first address from a on that is not in use; the zero Addr when
// there is none.
func (t *takenRuns) skip(a netip.Addr) (netip.Addr, error) {
	for {
		first, at := blockOf(a)
		if err := t.load(first); err != nil {
			return netip.Addr{}, err
		}
		i := t.bits.NextClear(int(at))
		if i < 256 {
			return inBlock(first, byte(i)), nil
		}
		if a = inBlock(first, 255).Next(); !a.IsValid() {
			return a, nil
		}
	}
}

// load reads the bits of the block of 256 that begins with an address, unless
// they are the last that were read.
func (t *takenRuns) load(first netip.Addr) error {
	if first == t.loaded {
		return nil
	}
	t.loaded, t.bits = netip.Addr{}, store.Bits{}
	for _, m := range t.maps {
		b, err := m.Bits(t.tx, first)
		if err != nil {
			return err
		}
		t.bits.Or(b)
	}
	t.loaded = first
	return nil
}

// blockOf is the first of the 256 addresses that differ from a in the last byte
// only, and a's last byte.
func blockOf(a netip.Addr) (first netip.Addr, last byte) {
	if a.Is4() {
		b := a.As4()
		return inBlock(a, 0), b[3]
	}
	b := a.As16()
	return inBlock(a, 0), b[15]
}

// inBlock is a with another last byte.
func inBlock(a netip.Addr, last byte) netip.Addr {
	if a.Is4() {
		b := a.As4()
		b[3] = last
		return netip.AddrFrom4(b)
	}
	b := a.As16()
	b[15] = last
	return netip.AddrFrom16(b)
}

// runs skips blocks of addresses, which come by their first address and may
// overlap.
type runs struct {
	next func() (block, error, bool)
	stop func()
	at   block
	more bool
}

// newRuns starts at the first block. Stop it.
func newRuns(blocks iter.Seq2[block, error]) (*runs, error) {
	r := &runs{}
	r.next, r.stop = iter.Pull2(blocks)
	return r, r.advance()
}

func (r *runs) advance() (err error) {
	r.at, err, r.more = r.next()
	return err
}

// skip is the first address from a on that is in no block; the zero Addr when
// there is none. Each call's a is not before the last one's.
func (r *runs) skip(a netip.Addr) (netip.Addr, error) {
	for r.more && a.IsValid() {
		if a.Less(r.at.from) {
			break
		}
		if a.Compare(r.at.to) <= 0 {
			a = r.at.to.Next()
		}
		if err := r.advance(); err != nil {
			return a, err
		}
	}
	return a, nil
}

// subranges yields the blocks of a range's addresses that lie in ranges below
// it, in order and without those inside one another.
func (c *call) subranges(r *model.Range) iter.Seq2[block, error] {
	const fromAt, toAt = 8, 8 + 17
	return func(yield func(block, error) bool) {
		var last netip.Addr
		// Behind r's own entry come all that lie inside it, and no others.
		start := keyOf(r.SpaceID).Addr(r.From).AddrDown(r.To).ID(r.ID + 1)
		for k, err := range c.schema.RangesByAddress.Entries(c.tx, start, behind(keyOf(r.SpaceID).Addr(r.To))) {
			if err != nil {
				yield(block{}, err)
				return
			}
			b := block{k.AddrAt(fromAt), k.AddrDownAt(toAt)}
			if last.IsValid() && b.to.Compare(last) <= 0 {
				continue
			}
			last = b.to
			if !yield(b, nil) {
				return
			}
		}
	}
}

// behind is a key after all that begin with k and an address that is not all
// ones, or go on after it.
func behind(k store.Key) store.Key {
	return k.Bytes([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
}

// unusable are the blocks of a range's addresses that are not given out though
// nobody has them, by their first address: the network and broadcast address of
// each subnet that the range is or lies in, their routers, and the addresses
// that their DHCP servers hand out, if asked.
func (c *call) unusable(r *model.Range, pools bool) ([]block, error) {
	var all []block
	for at := r; ; {
		scopes, err := c.scopesOn(at.ID)
		if err != nil {
			return nil, err
		}
		if at.Subnet || len(scopes) > 0 {
			first, last := hostSpan(at)
			if at.From.Less(first) {
				all = append(all, block{at.From, at.From})
			}
			if last.Less(at.To) {
				all = append(all, block{at.To, at.To})
			}
		}
		for _, a := range at.Routers {
			all = append(all, block{a, a})
		}
		for _, s := range scopes {
			routers, err := c.routerOption(s)
			if err != nil {
				return nil, err
			}
			for _, a := range routers {
				all = append(all, block{a, a})
			}
			if !pools {
				continue
			}
			dynamic, err := c.dynamic(s)
			if err != nil {
				return nil, err
			}
			all = append(all, dynamic...)
		}
		if at.ParentID == 0 {
			break
		}
		if at, err = c.schema.Ranges.Get(c.tx, at.ParentID); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(a, b block) int { return a.from.Compare(b.from) })
	return all, nil
}

// hostSpan is a subnet without the addresses that no host has: the network and
// broadcast address in IPv4 (but for the /31 of a link and a single address),
// in IPv6 the first, which is any router's (RFC 4291, 2.6.1; RFC 6164).
func hostSpan(r *model.Range) (first, last netip.Addr) {
	prefix, ok := spanPrefix(r.From, r.To)
	switch {
	case ok && r.From.Is4() && prefix.Bits() <= 30:
		return r.From.Next(), r.To.Prev()
	case ok && !r.From.Is4() && prefix.Bits() <= 126:
		return r.From.Next(), r.To
	}
	return r.From, r.To
}

// scopesOn are the scopes on a range, by id.
func (c *call) scopesOn(rng model.ID) (all []*model.Scope, err error) {
	for s, err := range c.schema.ScopesByRange.Find(c.tx, keyOf(rng)) {
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// routerOption are the routers that a scope tells its clients (option 3).
func (c *call) routerOption(s *model.Scope) (all []netip.Addr, err error) {
	const routers = 3
	for set, err := range c.schema.OptionSetsByOwner.Find(c.tx, store.RefKey(s.Ref()).ID(0)) {
		if err != nil {
			return nil, err
		}
		for _, o := range set.Options {
			if o.OptionID != (model.OptionID{Number: routers}) {
				continue
			}
			for _, text := range strings.Split(o.Value, ",") {
				if a, ok := parseAddr(text); ok && a.Is4() {
					all = append(all, a)
				}
			}
		}
	}
	return all, nil
}

// dynamic are the blocks of addresses that a scope hands out: its pools without
// its exclusions.
func (c *call) dynamic(s *model.Scope) ([]block, error) {
	pools, err := c.poolsOf(s.ID)
	if err != nil {
		return nil, err
	}
	exclusions, err := c.exclusionsOf(s.ID)
	if err != nil {
		return nil, err
	}
	var all []block
	for _, p := range pools {
		rest, done := block{p.From, p.To}, false
		for _, e := range exclusions {
			if e.To.Less(rest.from) || rest.to.Less(e.From) {
				continue
			}
			if rest.from.Less(e.From) {
				all = append(all, block{rest.from, e.From.Prev()})
			}
			if done = rest.to.Compare(e.To) <= 0; done {
				break
			}
			rest.from = e.To.Next()
		}
		if !done {
			all = append(all, rest)
		}
	}
	return all, nil
}

// inOrder yields blocks of a list.
func inOrder(all []block) iter.Seq2[block, error] {
	return func(yield func(block, error) bool) {
		for _, b := range all {
			if !yield(b, nil) {
				return
			}
		}
	}
}
