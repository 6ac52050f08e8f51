package command

import (
	"encoding/binary"
	"math/bits"
	"net/netip"

	"go4.org/netipx"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/store"
	"halxml/wsdl/hal"
)

// getAddressBlocks lists the blocks of a range's addresses that lie in no range
// below it.
func getAddressBlocks(c *call, req *hal.GetAddressBlocks) (*hal.GetAddressBlocksResponse, error) {
	r, err := c.rangeOf("rangeRef", req.RangeRef.V)
	if err != nil {
		return nil, err
	}
	out := &hal.GetAddressBlocksResponse{AddressBlocks: []hal.AddressBlock{}}
	err = c.gaps(r, r.From, func(b block) (bool, error) {
		out.AddressBlocks = append(out.AddressBlocks, wire.AddressBlock(b.from, b.to))
		return true, nil
	})
	return out, err
}

// gaps calls fn with the blocks of a range's addresses from a on that lie in no
// range below it, in order, until it has enough.
func (c *call) gaps(r *model.Range, a netip.Addr, fn func(block) (more bool, err error)) error {
	for b, err := range c.subranges(r) {
		if err != nil {
			return err
		}
		if a.Less(b.from) {
			if more, err := fn(block{a, b.from.Prev()}); err != nil || !more {
				return err
			}
		}
		if a.Compare(b.to) <= 0 {
			a = b.to.Next()
		}
		if !a.IsValid() || r.To.Less(a) {
			return nil
		}
	}
	_, err := fn(block{a, r.To})
	return err
}

const (
	// maxBlocks bounds how many free blocks are answered.
	maxBlocks = 10_000
	// blockHold is how long blocks that were answered are not given to other
	// callers, seconds: long enough to add a range there.
	blockHold = 30
)

// getAvailableAddressBlocks finds free blocks for new subnets: CIDRs of a
// prefix length, or so many addresses. No address of them is in use, held, or
// in a range below. They are held for a while, so that the next caller gets
// others.
func getAvailableAddressBlocks(c *call, req *hal.GetAvailableAddressBlocks) (*hal.GetAvailableAddressBlocksResponse, error) {
	r, err := c.rangeOf("rangeRef", req.RangeRef.V)
	if err != nil {
		return nil, err
	}
	want, err := wantedBlock(r, req)
	if err != nil {
		return nil, err
	}
	out := &hal.GetAvailableAddressBlocksResponse{AddressBlocks: []hal.AddressBlock{}}
	if r.Subnet && !req.IgnoreSubnetFlag.V {
		return out, nil // a subnet is not divided further
	}
	most := min(int(req.Limit.V), maxBlocks)
	if most == 0 {
		most = maxBlocks
	}
	found, err := c.freeBlocks(r, want, most)
	if err != nil {
		return nil, err
	}
	hold, err := holdTime("", blockHold)
	if err != nil {
		return nil, err
	}
	for _, b := range found {
		if err := c.hold(r.SpaceID, b, hold); err != nil {
			return nil, err
		}
		out.AddressBlocks = append(out.AddressBlocks, wire.AddressBlock(b.from, b.to))
	}
	return out, nil
}

// wanted says what blocks are looked for, and from where: CIDRs of a prefix
// length, or a number of addresses.
type wanted struct {
	start netip.Addr
	bits  int
	count uint32 // 0 = a CIDR
}

func wantedBlock(r *model.Range, req *hal.GetAvailableAddressBlocks) (w wanted, err error) {
	const usual, usual6 = 24, 64
	length := r.From.BitLen()
	w.start = r.From
	switch mask, size := req.Mask.V, req.Size.V; {
	case mask != 0 && size != 0:
		return w, invalid("size", "is an alternative to mask; give one of them")
	case mask > uint32(length):
		return w, invalid("mask", "%d is more than the %d bits of an address", mask, length)
	case bits.OnesCount32(size) == 1: // such a number of addresses is a CIDR's
		w.bits = length - bits.TrailingZeros32(size)
	case size != 0:
		w.count = size
	case mask != 0:
		w.bits = int(mask)
	case r.From.Is4():
		w.bits = usual
	default:
		w.bits = usual6
	}
	if text := req.StartAddress.V; text != "" && req.Mask.V != 0 {
		a, ok := parseAddr(text)
		switch {
		case !ok:
			return w, invalid("startAddress", "%s is not an IP address", quote(text))
		case !r.Contains(a):
			return w, invalid("startAddress", "%s lies outside the range %s", a, r.Name)
		}
		w.start = a
	}
	return w, nil
}

// at is the first block wanted that begins at a or later.
func (w wanted) at(a netip.Addr) (b block, ok bool) {
	if w.count > 0 {
		to := plus(a, w.count-1)
		return block{a, to}, to.IsValid()
	}
	p, err := a.Prefix(w.bits)
	if err != nil {
		return b, false
	}
	r := netipx.RangeOfPrefix(p)
	if r.From() == a {
		return block{r.From(), r.To()}, true
	}
	next := r.To().Next()
	if !next.IsValid() {
		return b, false
	}
	return w.at(next)
}

// plus is the address n behind a; the zero Addr when there is none.
func plus(a netip.Addr, n uint32) netip.Addr {
	if a.Is4() {
		b := a.As4()
		sum := uint64(binary.BigEndian.Uint32(b[:])) + uint64(n)
		binary.BigEndian.PutUint32(b[:], uint32(sum))
		if sum>>32 != 0 {
			return netip.Addr{}
		}
		return netip.AddrFrom4(b)
	}
	b := a.As16()
	low, carry := bits.Add64(binary.BigEndian.Uint64(b[8:]), uint64(n), 0)
	high, over := bits.Add64(binary.BigEndian.Uint64(b[:8]), 0, carry)
	binary.BigEndian.PutUint64(b[:8], high)
	binary.BigEndian.PutUint64(b[8:], low)
	if over != 0 {
		return netip.Addr{}
	}
	return netip.AddrFrom16(b)
}

// freeBlocks are the first free blocks of a range.
func (c *call) freeBlocks(r *model.Range, w wanted, most int) (found []block, err error) {
	var held []block
	for b, err := range c.held(r.SpaceID, r.From, r.To) {
		if err != nil {
			return nil, err
		}
		held = append(held, b)
	}
	taken := &takenRuns{tx: c.tx, maps: c.takenMaps(r.SpaceID)}
	err = c.gaps(r, w.start, func(gap block) (bool, error) {
		a := gap.from
		for len(found) < most {
			if err := c.ctx.Err(); err != nil {
				return false, errs.Wrap(err, errs.Cancelled, "The request was cancelled")
			}
			var err error
			if a, err = taken.skip(a); err != nil || !a.IsValid() {
				return false, err
			}
			b, ok := w.at(a)
			if !ok || gap.to.Less(b.to) {
				break
			}
			for len(held) > 0 && held[0].to.Less(b.from) {
				held = held[1:]
			}
			if len(held) > 0 && held[0].from.Compare(b.to) <= 0 {
				a = held[0].to.Next()
			} else {
				used, err := c.firstUsed(taken.maps, b)
				if err != nil {
					return false, err
				}
				if a = used; !used.IsValid() {
					found = append(found, b)
					a = b.to
				}
				a = a.Next()
			}
			if !a.IsValid() {
				return false, nil
			}
		}
		return len(found) < most, nil
	})
	return found, err
}

// firstUsed is an address in use in a block, the zero Addr when there is none.
func (c *call) firstUsed(maps []store.AddrMap, b block) (netip.Addr, error) {
	for _, m := range maps {
		for found, err := range m.Blocks(c.tx, b.from, b.to) {
			if err != nil {
				return netip.Addr{}, err
			}
			lo, hi := within(found.First, b)
			if i := found.NextSet(lo); i <= hi {
				return inBlock(found.First, byte(i)), nil
			}
		}
	}
	return netip.Addr{}, nil
}

// within are the first and last of the 256 addresses from first on that lie in
// a block that overlaps them.
func within(first netip.Addr, b block) (lo, hi int) {
	lo, hi = 0, 255
	if start, at := blockOf(b.from); start == first {
		lo = int(at)
	}
	if start, at := blockOf(b.to); start == first {
		hi = int(at)
	}
	return lo, hi
}
