package kea_test

import (
	"net/netip"
	"testing"

	"halxml/internal/kea"
	"halxml/internal/model"
)

// A server with 10,000 scopes of one pool and 50,000 reservations, over its own configuration.
func BenchmarkRender(b *testing.B) {
	w := pairWorld()
	w.Ranges, w.Scopes, w.Pools, w.Settings = nil, nil, nil, map[model.ID]kea.Settings{}
	snap := w.snapshot(1, model.DHCPv4)
	for i := range 10000 {
		at := func(last byte) netip.Addr { return netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), last}) }
		id := model.ID(i + 1)
		snap.Scopes = append(snap.Scopes, kea.Scope{
			Scope: model.Scope{ID: id, RangeID: id, ServerID: 1, Enabled: true, Name: "scope"},
			Range: model.Range{ID: id, From: at(0), To: at(255)},
			Pools: []model.Pool{{ID: id, ScopeID: id, From: at(100), To: at(200)}},
		})
		for j := range 5 {
			snap.Reservations = append(snap.Reservations, model.Reservation{ID: model.ID(5*i + j + 1), ServerID: 1, ScopeID: id, Client: "02:00:00:00:00:0" + string(rune('0'+j)),
				Addresses: []netip.Addr{at(byte(j + 1))}})
		}
	}
	first, err := kea.Render(snap)
	if err != nil {
		b.Fatal(err)
	}
	snap.Settings.Base = first.File.Dhcp4
	b.SetBytes(int64(len(first.Text)))
	for b.Loop() {
		if _, err := kea.Render(snap); err != nil {
			b.Fatal(err)
		}
	}
}
