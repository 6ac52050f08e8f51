package snapshot_test

import (
	"net/netip"
	"slices"
	"testing"

	"halxml/internal/dhcpd"
	"halxml/internal/model"
	"halxml/internal/snapshot"
	"halxml/store"
	"halxml/store/storetest"
)

// fill stores two servers that share one of two scopes, and a third one.
func fill(t *testing.T, schema *store.Schema, tx store.Tx) {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	addr := netip.MustParseAddr
	for i, name := range []string{"a", "b", "c"} {
		must(schema.Servers.Insert(tx, &model.Server{Name: name, Kind: model.KindISC, Enabled: true, Address: "192.0.2." + string(rune('1'+i))}))
	}
	must(schema.Ranges.Insert(tx, &model.Range{SpaceID: 1, Name: "10.0.0.0/24", From: addr("10.0.0.0"), To: addr("10.0.0.255")}))
	must(schema.Ranges.Insert(tx, &model.Range{SpaceID: 1, Name: "10.0.1.0/24", From: addr("10.0.1.0"), To: addr("10.0.1.255")}))
	must(schema.Relationships.Insert(tx, &model.Relationship{Name: "ab", PrimaryID: 1, SecondaryID: 2, Kind: model.KindISC, MCLT: 60, Percentage: 50, Port: 647, SecondaryPort: 647}))
	must(schema.Relationships.Insert(tx, &model.Relationship{Name: "ac", PrimaryID: 3, SecondaryID: 1, Kind: model.KindISC, MCLT: 60, Percentage: 50, Port: 648, SecondaryPort: 648}))
	for _, id := range []model.ID{1, 2} {
		must(schema.Definitions.Insert(tx, &model.OptionDefinition{ServerID: id, Number: 252, Name: "wpad", Type: model.OptionString}))
		must(schema.OptionSets.Insert(tx, &model.OptionSet{Owner: model.Ref{Type: model.TypeServer, ID: id}, ServerID: id,
			Options: []model.Option{{OptionID: model.OptionID{Number: 252}, Value: "http://x"}}}))
		must(schema.Classes.Insert(tx, &model.Class{ServerID: id, Name: "phones", Subclasses: []string{"00:11:22:33:44:55"}}))
	}
	must(schema.Groups.Insert(tx, &model.Group{ServerID: 2, Name: "g"}))
	must(schema.Groups.Insert(tx, &model.Group{ServerID: 2, Name: "inner", ParentID: 1}))
	for i, r := range []model.Reservation{{ServerID: 2}, {ServerID: 2, GroupID: 2}, {ServerID: 2, ScopeID: 2}, {ServerID: 1, ScopeID: 1}} {
		r.Name, r.Client = "h"+string(rune('1'+i)), "00:00:00:00:00:0"+string(rune('1'+i))
		must(schema.Reservations.Insert(tx, &r))
	}
	for _, owner := range []model.Ref{{Type: model.TypeServer, ID: 2}, {Type: model.TypeScope, ID: 2}} {
		must(schema.Statements.Insert(tx, &model.Statements{ServerID: 2, Owner: owner, Text: "max-lease-time 60;"}))
	}
	for i, s := range []struct{ server, rangeID model.ID }{{1, 1}, {2, 1}, {2, 2}, {1, 2}, {3, 2}} {
		must(schema.Scopes.Insert(tx, &model.Scope{RangeID: s.rangeID, ServerID: s.server, Enabled: true, Available: 10}))
		peer := s.rangeID
		if s.server == 2 && s.rangeID == 2 {
			peer = 0
		}
		from := netip.AddrFrom4([4]byte{10, 0, byte(s.rangeID - 1), 10})
		must(schema.Pools.Insert(tx, &model.Pool{ScopeID: model.ID(i + 1), ServerID: s.server, From: from, To: netip.AddrFrom4([4]byte{10, 0, byte(s.rangeID - 1), 19}), PeerID: peer}))
	}
}

func TestISCHoldsWhatTheServerIsMadeFrom(t *testing.T) {
	data, schema := storetest.Open(t), store.NewSchema()
	err := data.Update(t.Context(), func(tx store.Tx) error { fill(t, schema, tx); return nil })
	if err != nil {
		t.Fatal(err)
	}
	var all []dhcpd.Snapshot
	err = data.View(t.Context(), func(tx store.Tx) error {
		all = nil
		for s, err := range schema.Servers.All(tx) {
			if err != nil {
				return err
			}
			snap, err := snapshot.ISC(tx, schema, s)
			if err != nil {
				return err
			}
			all = append(all, snap)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		scopes                           []model.ID
		peers                            map[string][]model.ID // the partner's scopes
		groups, reservations, statements int
	}{
		{[]model.ID{1, 4}, map[string][]model.ID{"ab": {2}, "ac": {5}}, 0, 1, 0},
		{[]model.ID{2, 3}, map[string][]model.ID{"ab": {1}}, 2, 3, 2},
		{[]model.ID{5}, map[string][]model.ID{"ac": {4}}, 0, 0, 0},
	} {
		snap := all[i]
		if len(snap.Groups) != want.groups || len(snap.Reservations) != want.reservations || len(snap.Statements) != want.statements {
			t.Errorf("server %s has the groups %v, reservations %v and statements %v", snap.Server.Name, snap.Groups, snap.Reservations, snap.Statements)
		}
		if got := ids(t, snap.Scopes); !slices.Equal(got, want.scopes) {
			t.Errorf("server %s has the scopes %v, want %v", snap.Server.Name, got, want.scopes)
		}
		if len(snap.Relationships) != len(want.peers) {
			t.Errorf("server %s has %d relationships", snap.Server.Name, len(snap.Relationships))
		}
		for _, r := range snap.Relationships {
			if got := ids(t, r.Partner); !slices.Equal(got, want.peers[r.Name]) {
				t.Errorf("server %s sees the scopes %v of its partner in %s, want %v", snap.Server.Name, got, r.Name, want.peers[r.Name])
			}
			if r.Primary.ID != r.PrimaryID || r.Secondary.ID != r.SecondaryID || r.Primary.Address == "" || r.Secondary.Address == "" {
				t.Errorf("%s joins %+v and %+v", r.Name, r.Primary, r.Secondary)
			}
		}
		own := 1
		if snap.Server.ID == 3 {
			own = 0
		}
		if len(snap.Options) != own || len(snap.Definitions) != own || len(snap.Classes) != own {
			t.Errorf("server %s has the options %+v, definitions %+v, classes %+v", snap.Server.Name, snap.Options, snap.Definitions, snap.Classes)
		}
		if r, err := dhcpd.Render(snap); err != nil || len(r.Notes) > 0 {
			t.Errorf("server %s: %v %v", snap.Server.Name, err, r)
		}
	}
}

// ids are the scopes' ids, each of which has its range and its one pool.
func ids(t *testing.T, scopes []dhcpd.Scope) (all []model.ID) {
	t.Helper()
	for _, s := range scopes {
		all = append(all, s.ID)
		if s.Range.ID != s.RangeID || len(s.Pools) != 1 || s.Pools[0].ScopeID != s.ID {
			t.Errorf("scope %d has the range %+v and the pools %+v", s.ID, s.Range, s.Pools)
		}
	}
	return all
}
