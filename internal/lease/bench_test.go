package lease_test

import (
	"net/netip"
	"testing"
	"time"

	"halxml/internal/lease"
	"halxml/internal/model"
	"halxml/store"
)

// BenchmarkIngest takes readings of a server with 100,000 leases in 400 scopes:
// one that says nothing new, and one in which every hundredth client has renewed.
// Nothing of a lease file is parsed.
func BenchmarkIngest(b *testing.B) {
	const scopes, each = 400, 250
	w := newWorld(b, model.KindISC)
	w.update(func(tx store.Tx) error {
		for n := range scopes {
			if err := w.scope(tx, netip.AddrFrom4([4]byte{11, byte(n >> 8), byte(n), 0}).String()+"/24"); err != nil {
				return err
			}
		}
		return nil
	})
	var leases []model.Lease
	for n := range scopes {
		for last := range each {
			client := netip.AddrFrom4([4]byte{2, byte(n >> 8), byte(n), byte(last)}).String()
			leases = append(leases, held(netip.AddrFrom4([4]byte{11, byte(n >> 8), byte(n), byte(1 + last)}).String(), client, 0))
		}
	}
	w.ingest(leases...)
	ingest := func(b *testing.B, want lease.Result) {
		b.Helper()
		if got := w.ingest(leases...); got != want {
			b.Fatalf("%+v, want %+v", got, want)
		}
	}
	b.Run("Same", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			ingest(b, lease.Result{Same: scopes * each})
		}
	})
	b.Run("HundredthRenewed", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for i := 0; i < len(leases); i += 100 {
				leases[i].Starts, leases[i].Ends = leases[i].Starts.Add(time.Second), leases[i].Ends.Add(time.Second)
			}
			ingest(b, lease.Result{Changed: scopes * each / 100, Same: scopes * each * 99 / 100})
		}
	})
}
