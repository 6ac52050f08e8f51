package storetest

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"halxml/internal/model"
	"halxml/store"
)

// tables tests what the tables promise to the commands.
func tables(t *testing.T, s store.Store) {
	schema := store.NewSchema()
	first, second := &model.Server{Name: "DHCP1.corp.net."}, &model.Server{Name: "dhcp2"}
	update(t, s, func(tx store.Tx) error {
		return errors.Join(schema.Servers.Insert(tx, first), schema.Servers.Insert(tx, second))
	})
	if first.ID != 1 || second.ID != 2 {
		t.Errorf("ids %d, %d", first.ID, second.ID)
	}
	duplicate := func(what string, fn func(store.Tx) error) {
		t.Helper()
		if err := s.Update(t.Context(), fn); !errors.Is(err, store.ErrDuplicate) {
			t.Errorf("%s: %v", what, err)
		}
	}
	duplicate("the same name in another spelling", func(tx store.Tx) error {
		return schema.Servers.Insert(tx, &model.Server{Name: "dhcp1.CORP.net"})
	})
	duplicate("renamed to a taken name", func(tx store.Tx) error {
		return schema.Servers.Update(tx, &model.Server{ID: 2, Name: "dhcp1.corp.net"})
	})
	duplicate("an id that is taken", func(tx store.Tx) error {
		return schema.Servers.InsertWithID(tx, &model.Server{ID: 2, Name: "dhcp3"})
	})
	update(t, s, func(tx store.Tx) error { // a name becomes free with its record
		fresh := &model.Server{Name: "dhcp1.corp.net"}
		err := errors.Join(schema.Servers.Delete(tx, 1), schema.Servers.Insert(tx, fresh))
		if fresh.ID <= 2 {
			t.Errorf("id %d was given again", fresh.ID)
		}
		return err
	})

	// Well-known ids: the administrator's is 0, the first range's 1.
	update(t, s, func(tx store.Tx) error {
		admin := &model.User{ID: model.AdministratorID, Name: "administrator"}
		user := &model.User{Name: "somebody"}
		known, next := rangeOf("10.0.0.0", "10.0.0.255"), rangeOf("10.0.1.0", "10.0.1.255")
		known.ID = 7
		err := errors.Join(schema.Users.InsertWithID(tx, admin), schema.Users.Insert(tx, user),
			schema.Ranges.InsertWithID(tx, known), schema.Ranges.Insert(tx, next))
		if user.ID != 1 || next.ID != 8 {
			t.Errorf("after a well-known id: %d, %d", user.ID, next.ID)
		}
		return err
	})

	// A relationship is found from both servers, by its exact name.
	update(t, s, func(tx store.Tx) error {
		return schema.Relationships.Insert(tx, &model.Relationship{Name: "peer", PrimaryID: 2, SecondaryID: 3})
	})
	duplicate("a relationship's name on its other server", func(tx store.Tx) error {
		return schema.Relationships.Insert(tx, &model.Relationship{Name: "peer", PrimaryID: 3, SecondaryID: 4})
	})
	view(t, s, func(tx store.Tx) error {
		for _, server := range []model.ID{2, 3} {
			r, err := schema.RelationshipsByServer.First(tx, store.Key{}.ID(server).Text("peer"))
			if err != nil || r.Name != "peer" {
				t.Errorf("from server %d: %+v, %v", server, r, err)
			}
			for _, other := range []string{"Peer", "pee", "peers"} {
				if _, err := schema.RelationshipsByServer.First(tx, store.Key{}.ID(server).Text(other)); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("%q is found: %v", other, err)
				}
			}
		}
		return nil
	})

	// Ranges come by address, the larger of two with one start first.
	update(t, s, func(tx store.Tx) error {
		return errors.Join(schema.Ranges.Insert(tx, rangeOf("10.0.0.0", "10.255.255.255")),
			schema.Ranges.Insert(tx, rangeOf("2001:db8::", "2001:db8::ff")), schema.Ranges.Insert(tx, rangeOf("9.0.0.0", "9.0.0.1")))
	})
	view(t, s, func(tx store.Tx) error {
		var got []string
		for r, err := range schema.RangesByAddress.Begin(tx, store.Key{}.ID(model.DefaultSpace)) {
			if err != nil {
				return err
			}
			got = append(got, r.Name)
		}
		want := []string{"9.0.0.0-9.0.0.1", "10.0.0.0-10.255.255.255", "10.0.0.0-10.0.0.255", "10.0.1.0-10.0.1.255", "2001:db8::-2001:db8::ff"}
		if !slices.Equal(got, want) {
			t.Errorf("by address: %q, want %q", got, want)
		}
		return nil
	})
	view(t, s, func(tx store.Tx) error {
		if _, err := schema.Servers.Get(tx, 99); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an absent id: %v", err)
		}
		for range schema.Ranges.All(tx) { // leaving a loop early is no error
			break
		}
		for name, want := range map[string]int{"servers": 2, "ranges": 5, "users": 2, "relationships": 1, "pools": 0} {
			for _, table := range schema.Tables() {
				if got, err := table.Count(tx); table.String() == name && (got != want || err != nil) {
					t.Errorf("%s counts %d, %v, want %d", name, got, err, want)
				}
			}
		}
		return nil
	})
}

func rangeOf(from, to string) *model.Range {
	return &model.Range{SpaceID: model.DefaultSpace, Name: from + "-" + to,
		From: netip.MustParseAddr(from), To: netip.MustParseAddr(to)}
}

// borrowedRecords tests the ways to read a table without copies.
func borrowedRecords(t *testing.T, s store.Store) {
	schema := store.NewSchema()
	update(t, s, func(tx store.Tx) error {
		for _, name := range []string{"a", "b", "c", "d"} {
			if err := schema.Servers.Insert(tx, &model.Server{Name: name, Username: name + name}); err != nil {
				return err
			}
		}
		return schema.Servers.Delete(tx, 3)
	})
	view(t, s, func(tx store.Tx) error {
		got := ""
		for rec, err := range schema.Servers.Select(tx, []model.ID{4, 2, 1, 3, 2}) {
			if got += fmt.Sprint(err) + " "; err == nil {
				got += fmt.Sprint(rec.ID, rec.Name, rec.Username, " ")
			}
		}
		if !strings.HasPrefix(got, "<nil> 4ddd <nil> 2bbb <nil> 1aaa ") || !strings.HasSuffix(got, "servers 3 ") {
			t.Errorf("Select: %s", got)
		}
		for from, want := range map[model.ID]string{0: "abd", 2: "bd", 3: "d", 5: ""} {
			got, ids := "", []model.ID{}
			for rec, err := range schema.Servers.Walk(tx, from) {
				if err != nil {
					return err
				}
				got += rec.Name
				ids = append(ids, rec.ID)
			}
			if got != want {
				t.Errorf("Walk from %d: %q, want %q", from, got, want)
			}
			var same []model.ID
			for id, err := range schema.Servers.IDs(tx, from) {
				if err != nil {
					return err
				}
				same = append(same, id)
			}
			if !slices.Equal(same, ids) {
				t.Errorf("IDs from %d: %v, Walk says %v", from, same, ids)
			}
		}
		down := ""
		for rec, err := range schema.Servers.WalkDown(tx) {
			if err != nil {
				return err
			}
			if down += rec.Name; rec.ID == 2 {
				break
			}
		}
		if down != "db" {
			t.Errorf("WalkDown to b: %q", down)
		}
		return nil
	})
}
