package dhcpd_test

import (
	"fmt"
	"net/netip"
	"testing"

	"halxml/internal/dhcpd"
	"halxml/internal/model"
)

// manyNetworks is a server with a thousand scopes under failover, each with a
// pool and twenty reservations.
func manyNetworks() *world {
	const scopes, hosts = 1000, 20
	w := &world{
		Servers: []model.Server{{ID: 1, Name: "dhcp1.example", Kind: model.KindISC, Address: "192.0.2.1"}, {ID: 2, Name: "dhcp2.example", Kind: model.KindISC, Address: "192.0.2.2"}},
		Relationships: []model.Relationship{{ID: 1, Kind: model.KindISC, Name: "main", PrimaryID: 1, SecondaryID: 2, Percentage: 50, MCLT: 3600,
			Port: 647, SecondaryPort: 647, LoadBalanceMaxSeconds: 3, MaxResponseDelay: 60, MaxUnackedUpdates: 10}},
	}
	for i := range scopes {
		at := func(last int) netip.Addr { return netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), byte(last)}) }
		id := model.ID(i + 1)
		w.Ranges = append(w.Ranges, model.Range{ID: id, Name: netip.PrefixFrom(at(0), 24).String(), From: at(0), To: at(255)})
		for _, s := range w.Servers {
			scope := id + scopes*(s.ID-1)
			w.Scopes = append(w.Scopes, model.Scope{ID: scope, RangeID: id, ServerID: s.ID, Name: fmt.Sprintf("Floor %d", i), Enabled: true, RelationshipID: 1})
			w.Pools = append(w.Pools, model.Pool{ID: scope, ScopeID: scope, ServerID: s.ID, From: at(100), To: at(199), PeerID: 1})
		}
		for n := range hosts {
			w.Reservations = append(w.Reservations, model.Reservation{
				ID: model.ID(len(w.Reservations) + 1), ServerID: 1, ScopeID: id, Method: model.ByHardwareAddress, Name: fmt.Sprintf("host-%d-%d", i, n),
				Client: fmt.Sprintf("02:00:%02x:%02x:00:%02x", i>>8, i&255, n), Addresses: []netip.Addr{at(10 + n)},
			})
		}
	}
	return w
}

// BenchmarkRenderThousandScopes renders 1,000 scopes with 20,000 reservations.
func BenchmarkRenderThousandScopes(b *testing.B) {
	snap := manyNetworks().snapshot(1)
	b.ReportAllocs()
	size := 0
	for b.Loop() {
		r, err := dhcpd.Render(snap)
		if err != nil {
			b.Fatal(err)
		}
		size = len(r.Text)
	}
	b.ReportMetric(float64(size), "bytes")
}
