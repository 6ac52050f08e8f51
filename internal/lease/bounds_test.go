package lease

import (
	"net/netip"
	"testing"
	"time"

	"halxml/internal/model"
	"halxml/store"
	"halxml/store/storetest"
)

// TestHistoryIsBounded drops the oldest events, of an address and of all.
func TestHistoryIsBounded(t *testing.T) {
	s, schema := storetest.Open(t), store.NewSchema()
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	write := func(addr string) {
		t.Helper()
		at = at.Add(time.Second)
		err := s.Update(t.Context(), func(tx store.Tx) error {
			return record(tx, schema, &model.Server{ID: 1, Name: "s"}, &model.Lease{Addr: netip.MustParseAddr(addr)}, model.LeaseRenew, at, 3, 5)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	check := func(want ...model.ID) {
		t.Helper()
		var got []model.ID
		err := s.View(t.Context(), func(tx store.Tx) error {
			got = nil
			for id, err := range schema.LeaseEvents.IDs(tx, 0) {
				if err != nil {
					return err
				}
				got = append(got, id)
			}
			return nil
		})
		if err != nil || len(got) != len(want) {
			t.Fatalf("events %v, want %v (%v)", got, want, err)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("events %v, want %v", got, want)
			}
		}
	}
	for range 4 {
		write("10.0.0.1")
	}
	check(2, 3, 4)
	write("10.0.0.2")
	write("10.0.0.3")
	check(2, 3, 4, 5, 6)
	write("10.0.0.4")
	check(3, 4, 5, 6, 7)
}
