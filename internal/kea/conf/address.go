package conf

import (
	"net/netip"
	"strings"
)

// Bounds are the first and last address of the pool; ok is false when its text is neither "from - to" nor a prefix of
// one family.
func (p *Pool) Bounds() (from, to netip.Addr, ok bool) {
	if low, high, isRange := strings.Cut(p.Range, "-"); isRange {
		from, err := netip.ParseAddr(strings.TrimSpace(low))
		to, err2 := netip.ParseAddr(strings.TrimSpace(high))
		return from, to, err == nil && err2 == nil && from.BitLen() == to.BitLen() && from.Zone()+to.Zone() == ""
	}
	prefix, err := netip.ParsePrefix(strings.ReplaceAll(p.Range, " ", ""))
	if err != nil {
		return from, to, false
	}
	return prefix.Masked().Addr(), Last(prefix), true
}

// Last is the last address of a prefix.
func Last(p netip.Prefix) netip.Addr {
	a := p.Addr().AsSlice()
	for i := p.Bits(); i < len(a)*8; i++ {
		a[i/8] |= 0x80 >> (i % 8)
	}
	last, _ := netip.AddrFromSlice(a)
	return last
}
