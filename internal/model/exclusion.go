package model

import (
	"encoding/binary"
	"math"
	"math/bits"
	"net/netip"
)

// Exclusion is a block of a scope's addresses that the server does not hand out
// (Microsoft and Cisco).
type Exclusion struct {
	ID       ID
	ScopeID  ID
	Name     string
	From, To netip.Addr
}

// Ref is the exclusion's reference.
func (e *Exclusion) Ref() Ref { return Ref{TypeExclusion, e.ID} }

// Overlaps reports whether two exclusions share an address.
func (e *Exclusion) Overlaps(o *Exclusion) bool {
	return e.From.Compare(o.To) <= 0 && o.From.Compare(e.To) <= 0
}

// Addresses counts the addresses of from-to, at most 2^32-1 (the API's number).
func Addresses(from, to netip.Addr) uint32 {
	a, b := from.As16(), to.As16()
	low, borrow := bits.Sub64(binary.BigEndian.Uint64(b[8:]), binary.BigEndian.Uint64(a[8:]), 0)
	high, _ := bits.Sub64(binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(a[:8]), borrow)
	if high != 0 || low >= math.MaxUint32 {
		return math.MaxUint32
	}
	return uint32(low) + 1
}

// Available counts the addresses of a scope's pools that no exclusion takes, at
// most 2^32-1. Both lists are ordered by address and hold no overlaps of their
// own.
func Available(pools []*Pool, exclusions []*Exclusion) uint32 {
	var total uint64
	for _, p := range pools {
		for len(exclusions) > 0 && exclusions[0].To.Less(p.From) {
			exclusions = exclusions[1:]
		}
		next, done := p.From, false
		for _, e := range exclusions {
			if p.To.Less(e.From) {
				break
			}
			if next.Less(e.From) {
				total += uint64(Addresses(next, e.From.Prev()))
			}
			if done = p.To.Compare(e.To) <= 0; done {
				break
			}
			next = e.To.Next()
		}
		if !done {
			total += uint64(Addresses(next, p.To))
		}
		total = min(total, math.MaxUint32)
	}
	return uint32(total)
}
