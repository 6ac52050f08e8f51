package command

import (
	"encoding/binary"
	"math"
	"math/big"
	"math/bits"
	"net/netip"
	"strconv"

	"halxml/internal/model"
	"halxml/store"
	"halxml/wsdl/hal"
)

// rangeUse counts a range's addresses, those of the ranges below it too.
//
// Used are the addresses that are claimed or that a reservation or interface
// has: those that no one else can be given. An address pool does not use its
// addresses, only its leases do. Free are the others but for the network and
// broadcast address of a subnet. A range is at 100 % when no address is free.
type rangeUse struct {
	used uint64
	free count128
}

// utilization is the share of the addresses in use, percent, rounded down.
func (u rangeUse) utilization() uint32 {
	all, carry := bits.Add64(u.used, u.free.low, 0)
	switch {
	case u.free.high != 0 || carry != 0:
		return 0 // no one uses so many
	case all == 0:
		return 100
	}
	high, low := bits.Mul64(u.used, 100)
	percent, _ := bits.Div64(high, low, all)
	return uint32(percent)
}

// count128 is a number of addresses, as many as IPv6 has.
type count128 struct{ high, low uint64 }

// size counts the addresses of a block; all of IPv6 is one less.
func size(b block) count128 {
	from, to := b.from.As16(), b.to.As16()
	low, borrow := bits.Sub64(binary.BigEndian.Uint64(to[8:]), binary.BigEndian.Uint64(from[8:]), 0)
	high, _ := bits.Sub64(binary.BigEndian.Uint64(to[:8]), binary.BigEndian.Uint64(from[:8]), borrow)
	n := count128{high, low}
	if n != (count128{math.MaxUint64, math.MaxUint64}) {
		n = n.add(count128{low: 1})
	}
	return n
}

func (n count128) add(o count128) count128 {
	low, carry := bits.Add64(n.low, o.low, 0)
	return count128{n.high + o.high + carry, low}
}

func (n count128) sub(o uint64) count128 {
	low, borrow := bits.Sub64(n.low, o, 0)
	return count128{n.high - borrow, low}
}

func (n count128) big() *big.Int {
	v := new(big.Int).Lsh(new(big.Int).SetUint64(n.high), 64)
	return v.Add(v, new(big.Int).SetUint64(n.low))
}

// use counts a range's addresses.
func (c *call) use(r *model.Range) (u rangeUse, err error) {
	taken := &takenRuns{tx: c.tx, maps: c.takenMaps(r.SpaceID)}
	if u.used, err = taken.used(block{r.From, r.To}); err != nil {
		return u, err
	}
	u.free = size(block{r.From, r.To}).sub(u.used)
	isSubnet := r.Subnet
	if !isSubnet {
		if isSubnet, err = c.schema.ScopesByRange.Any(c.tx, keyOf(r.ID)); err != nil {
			return u, err
		}
	}
	if !isSubnet {
		return u, nil
	}
	first, last := hostSpan(r)
	for _, a := range []netip.Addr{r.From, r.To} {
		if first.Compare(a) <= 0 && a.Compare(last) <= 0 {
			continue
		}
		used, err := taken.used(block{a, a})
		if err != nil {
			return u, err
		}
		u.free = u.free.sub(1 - used) // one that is claimed is not free anyway
	}
	return u, nil
}

// used counts the addresses of a block that are in use.
func (t *takenRuns) used(b block) (n uint64, err error) {
	const fewBlocks = 8
	if model.Addresses(b.from, b.to) <= fewBlocks*256 {
		for first, _ := blockOf(b.from); first.IsValid() && first.Compare(b.to) <= 0; first = inBlock(first, 255).Next() {
			if err := t.load(first); err != nil {
				return 0, err
			}
			lo, hi := within(first, b)
			n += uint64(t.bits.Count(lo, hi))
		}
		return n, nil
	}
	blocks := map[netip.Addr]store.Bits{}
	for _, m := range t.maps {
		for found, err := range m.Blocks(t.tx, b.from, b.to) {
			if err != nil {
				return 0, err
			}
			found.Or(blocks[found.First])
			blocks[found.First] = found.Bits
		}
	}
	for first, set := range blocks {
		lo, hi := within(first, b)
		n += uint64(set.Count(lo, hi))
	}
	return n, nil
}

// getRangeStatistics counts a range's addresses, and those of them that lie in
// ranges below it.
func getRangeStatistics(c *call, req *hal.GetRangeStatistics) (*hal.GetRangeStatisticsResponse, error) {
	r, err := c.rangeOf("rangeRef", req.RangeRef.V)
	if err != nil {
		return nil, err
	}
	u, err := c.use(r)
	if err != nil {
		return nil, err
	}
	var inside count128
	for b, err := range c.subranges(r) {
		if err != nil {
			return nil, err
		}
		inside = inside.add(size(b))
	}
	percent := new(big.Int).Mul(inside.big(), big.NewInt(100))
	percent.Div(percent, size(block{r.From, r.To}).big())
	return &hal.GetRangeStatisticsResponse{
		Used: []string{strconv.FormatUint(u.used, 10)}, Free: []string{u.free.big().String()},
		NumInSubranges: []string{inside.big().String()}, PercentInSubranges: hal.Some(percent.String()),
	}, nil
}

// getRangesWithStatistics lists ranges as getRanges does, with their counts.
func getRangesWithStatistics(c *call, req *hal.GetRangesWithStatistics) (*hal.GetRangesWithStatisticsResponse, error) {
	f, err := c.findRanges(nil, listing{req.Filter, req.SortBy, req.Offset, req.Limit, req.SortOrder})
	if err != nil {
		return nil, err
	}
	return &hal.GetRangesWithStatisticsResponse{
		TotalResults: hal.Some(uint32(f.total)),
		RangesWithStatisticsFrom: answer(c, c.schema.Ranges, f, func(r *model.Range, out *hal.RangeWithStatistics) error {
			shown, err := c.rangeAnswer(r)
			if err != nil {
				return err
			}
			*out = hal.RangeWithStatistics{Range: &shown, Used: hal.Some(""), Free: hal.Some(""), Utilization: hal.Some(int32(-1))}
			if !req.CalculateUtilization.V {
				return nil
			}
			u, err := c.use(r)
			if err != nil {
				return err
			}
			out.Used, out.Free = hal.Some(strconv.FormatUint(u.used, 10)), hal.Some(u.free.big().String())
			out.Utilization = hal.Some(int32(u.utilization()))
			return nil
		}),
	}, nil
}
