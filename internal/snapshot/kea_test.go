package snapshot_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"halxml/internal/kea"
	"halxml/internal/kea/check"
	"halxml/internal/model"
	"halxml/internal/snapshot"
	"halxml/store"
	"halxml/store/storetest"
)

// Two partners' snapshots of either service hold what is theirs, and render to configurations that fit each other.
func TestKeaHoldsWhatTheServerIsMadeFrom(t *testing.T) {
	data, schema := storetest.Open(t), store.NewSchema()
	addr := netip.MustParseAddr
	err := data.Update(t.Context(), func(tx store.Tx) error {
		must := func(err error) {
			if err != nil {
				t.Fatal(err)
			}
		}
		for i, name := range []string{"a", "b", "c"} {
			must(schema.Servers.Insert(tx, &model.Server{Name: name, Kind: model.KindKea, Enabled: true, Address: fmt.Sprintf("192.0.2.%d", i+1)}))
		}
		must(schema.Ranges.Insert(tx, &model.Range{SpaceID: 1, Name: "10.0.0.0/24", From: addr("10.0.0.0"), To: addr("10.0.0.255")}))
		must(schema.Ranges.Insert(tx, &model.Range{SpaceID: 1, Name: "2001:db8::/112", From: addr("2001:db8::"), To: addr("2001:db8::ffff")}))
		must(schema.Relationships.Insert(tx, &model.Relationship{Name: "four", PrimaryID: 1, SecondaryID: 2, Kind: model.KindKea, Mode: model.LoadBalance, ServiceType: model.DHCPv4}))
		must(schema.Relationships.Insert(tx, &model.Relationship{Name: "six", PrimaryID: 2, SecondaryID: 1, Kind: model.KindKea, Mode: model.HotStandby, ServiceType: model.DHCPv6}))
		for server := model.ID(1); server <= 3; server++ {
			for _, r := range []struct {
				id       model.ID
				from, to string
			}{{1, "10.0.0.10", "10.0.0.19"}, {2, "2001:db8::10", "2001:db8::19"}} {
				s := &model.Scope{RangeID: r.id, ServerID: server, Enabled: true, Available: 10}
				must(schema.Scopes.Insert(tx, s))
				must(schema.Pools.Insert(tx, &model.Pool{ScopeID: s.ID, ServerID: server, From: addr(r.from), To: addr(r.to)}))
				must(schema.Reservations.Insert(tx, &model.Reservation{ServerID: server, ScopeID: s.ID, Client: "02:00:00:00:00:01", Method: model.ByHardwareAddress, Addresses: []netip.Addr{addr(r.to)}}))
			}
			must(schema.Reservations.Insert(tx, &model.Reservation{ServerID: server, Client: "02:00:00:00:00:02", Method: model.ByHardwareAddress, DDNSHostName: "x.example"}))
			must(schema.Definitions.Insert(tx, &model.OptionDefinition{ServerID: server, Number: 252, Name: "wpad", Type: model.OptionString}))
			must(schema.OptionSets.Insert(tx, &model.OptionSet{Owner: model.Ref{Type: model.TypeServer, ID: server}, ServerID: server,
				Options: []model.Option{{OptionID: model.OptionID{Number: 252}, Value: "http://x"}}}))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, service := range []model.ServiceType{model.DHCPv4, model.DHCPv6} {
		var all []*kea.Rendering
		err := data.View(t.Context(), func(tx store.Tx) error {
			all = nil
			for s, err := range schema.Servers.All(tx) {
				if err != nil {
					return err
				}
				snap, err := snapshot.Kea(tx, schema, s, service)
				if err != nil {
					return err
				}
				want := "2 scopes, 3 reservations, 1 options, 1 definitions"
				if got := fmt.Sprintf("%d scopes, %d reservations, %d options, %d definitions", len(snap.Scopes), len(snap.Reservations), len(snap.Options), len(snap.Definitions)); got != want {
					t.Errorf("server %s has %s, want %s", s.Name, got, want)
				}
				if len(snap.Relationships) != map[string]int{"a": 2, "b": 2}[s.Name] {
					t.Errorf("server %s has %d relationships", s.Name, len(snap.Relationships))
				}
				snap.Settings.ControlSocket = "/run/kea/socket"
				r, err := kea.Render(snap)
				if err != nil {
					return err
				}
				if found := check.File(r.File); check.Refused(found) {
					t.Errorf("server %s: %v", s.Name, found)
				}
				all = append(all, r)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if found := check.Pair(all[0].File, all[1].File); len(found) > 0 {
			t.Errorf("%v\n%s\n%s", found, all[0].Text, all[1].Text)
		}
		if service == model.DHCPv4 && !strings.Contains(string(all[0].Text), `"code": 252`) {
			t.Errorf("the server's option is not in\n%s", all[0].Text)
		}
	}
}
