package store_test

import (
	"net/netip"
	"testing"

	"pgregory.net/rapid"

	"halxml/internal/model"
	"halxml/store"
	"halxml/store/storetest"
)

// TestAddrMap claims and releases addresses at random and compares the map with
// a plain one.
func TestAddrMap(t *testing.T) {
	s, schema := storetest.Open(t), store.NewSchema()
	here := schema.AddressesClaimed.Map(store.Key{}.ID(1))
	addrs := rapid.SampledFrom([]string{"10.0.0.0", "10.0.0.1", "10.0.0.63", "10.0.0.64", "10.0.0.255", "10.0.1.0", "10.9.0.7", "255.255.255.255", "::", "2001:db8::1", "2001:db8::1:0"})
	ids, claimed := map[netip.Addr]model.ID{}, map[netip.Addr]bool{}
	rapid.Check(t, func(r *rapid.T) {
		a, claim := netip.MustParseAddr(addrs.Draw(r, "addr")), rapid.Bool().Draw(r, "claim")
		err := s.Update(t.Context(), func(tx store.Tx) error {
			rec := &model.Address{ID: ids[a], SpaceID: 1, Addr: a, Claimed: claim}
			if rec.ID != 0 {
				return schema.Addresses.Update(tx, rec)
			}
			err := schema.Addresses.Insert(tx, rec)
			ids[a] = rec.ID
			return err
		})
		if err != nil {
			r.Fatal(err)
		}
		claimed[a] = claim
		err = s.View(t.Context(), func(tx store.Tx) error {
			got := map[netip.Addr]bool{}
			for _, span := range [][2]string{{"0.0.0.0", "255.255.255.255"}, {"::", "ffff::"}} {
				for b, err := range here.Blocks(tx, netip.MustParseAddr(span[0]), netip.MustParseAddr(span[1])) {
					if err != nil {
						return err
					}
					at := b.First
					for i := range 256 {
						if b.Count(i, i) == 1 {
							got[at] = true
						}
						at = at.Next()
					}
				}
			}
			for a, want := range claimed {
				if got[a] != want {
					r.Errorf("%s: %t, want %t", a, got[a], want)
				}
				delete(got, a)
			}
			if len(got) > 0 {
				r.Errorf("more: %v", got)
			}
			return store.Check(tx)
		})
		if err != nil {
			r.Fatal(err)
		}
	})
}

func TestBits(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		b := store.Bits{rapid.Uint64().Draw(r, "0"), ^uint64(0), rapid.Uint64().Draw(r, "2"), rapid.SampledFrom([]uint64{0, ^uint64(0), 1 << 63}).Draw(r, "3")}
		first, last := rapid.IntRange(0, 255).Draw(r, "first"), rapid.IntRange(0, 255).Draw(r, "last")
		count, next, nextSet := 0, 256, 256
		for i := range 256 {
			set := b[i/64]>>(i%64)&1 == 1
			if set && first <= i && i <= last {
				count++
			}
			if !set && i >= first {
				next = min(next, i)
			}
			if set && i >= first {
				nextSet = min(nextSet, i)
			}
		}
		if got := b.Count(first, last); got != count {
			r.Errorf("Count(%d, %d) of %x = %d, want %d", first, last, b, got, count)
		}
		if got := b.NextClear(first); got != next {
			r.Errorf("NextClear(%d) of %x = %d, want %d", first, b, got, next)
		}
		if got := b.NextSet(first); got != nextSet {
			r.Errorf("NextSet(%d) of %x = %d, want %d", first, b, got, nextSet)
		}
	})
}

// TestKeyAddresses: what a key holds can be read back from it.
func TestKeyAddresses(t *testing.T) {
	for _, s := range []string{"0.0.0.0", "10.1.2.3", "255.255.255.255", "::", "2001:db8::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"} {
		a := netip.MustParseAddr(s)
		k := store.Key{}.ID(7).Addr(a).AddrDown(a)
		if up, down := k.AddrAt(8), k.AddrDownAt(25); up != a || down != a {
			t.Errorf("%s: %s and %s", a, up, down)
		}
	}
}
