package command_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"halxml/internal/lease"
	"halxml/internal/model"
	"halxml/store"
)

// BenchmarkAvailable lists 1,000 scopes that have 50,000 leases in their pools,
// each time after a lease was renewed, so that no answer of before is true.
func BenchmarkAvailable(b *testing.B) {
	const scopes, each = 1_000, 50
	for name, many := range map[string]int{"NoLeases": 0, "Leases": each} {
		b.Run(name, func(b *testing.B) {
			s := newService(b)
			s.server("dhcp1", "ISC")
			table := &lease.Table{Store: s.store, Schema: store.NewSchema(), Now: s.clock}
			var leases []model.Lease
			err := s.store.Update(b.Context(), func(tx store.Tx) error {
				for n := range scopes {
					at := func(last byte) netip.Addr { return netip.AddrFrom4([4]byte{10, byte(n >> 8), byte(n), last}) }
					r := &model.Range{SpaceID: model.DefaultSpace, Name: at(0).String() + "/24", From: at(0), To: at(255), Subnet: true}
					if err := table.Schema.Ranges.Insert(tx, r); err != nil {
						return err
					}
					scope := &model.Scope{RangeID: r.ID, ServerID: 1, Name: fmt.Sprintf("lan-%05d", n), Enabled: true, Available: 200}
					if err := table.Schema.Scopes.Insert(tx, scope); err != nil {
						return err
					}
					if err := table.Schema.Pools.Insert(tx, &model.Pool{ScopeID: scope.ID, ServerID: 1, From: at(1), To: at(200)}); err != nil {
						return err
					}
					for i := range many {
						leases = append(leases, model.Lease{Addr: at(byte(1 + 2*i)), Hardware: fmt.Sprintf("02:00:00:00:%02x:%02x", n&255, i),
							State: model.LeaseActive, Starts: s.now, Ends: s.now.Add(time.Hour)})
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
			renew := func() {
				if many > 0 {
					leases[0].Ends = leases[0].Ends.Add(time.Second)
				}
				if _, err := table.Ingest(b.Context(), 1, lease.Reading{Leases: leases}, model.SourceFile); err != nil {
					b.Fatal(err)
				}
			}
			renew()
			for how, params := range map[string]string{
				"All": `{}`, "Page": `{"offset":500,"limit":50}`, "Sorted": `{"sortBy":"available","limit":50}`, "Filtered": `{"filter":"available<100","limit":50}`,
			} {
				b.Run(how, func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						b.StopTimer()
						renew()
						b.StartTimer()
						s.text("GetDHCPScopes", params)
					}
				})
			}
		})
	}
}
