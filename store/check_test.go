package store_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"halxml/internal/model"
	"halxml/store"
	"halxml/store/storetest"
)

var errUndo = errors.New("undo")

// network stores two servers with a relationship, nested ranges, and a scope
// with a pool on each server.
func network(t *testing.T, s store.Store, schema *store.Schema) {
	t.Helper()
	addr := netip.MustParseAddr
	err := s.Update(t.Context(), func(tx store.Tx) error {
		span := func(from, to string, parent model.ID) *model.Range {
			return &model.Range{SpaceID: model.DefaultSpace, Name: from, From: addr(from), To: addr(to), ParentID: parent}
		}
		pool := func(scope, server model.ID) *model.Pool {
			return &model.Pool{ScopeID: scope, ServerID: server, From: addr("10.0.0.10"), To: addr("10.0.0.20"), PeerID: 1}
		}
		return errors.Join(
			schema.Servers.Insert(tx, &model.Server{Name: "one", Kind: model.KindISC}),
			schema.Servers.Insert(tx, &model.Server{Name: "two", Kind: model.KindISC}),
			schema.Servers.Insert(tx, &model.Server{Name: "three", Kind: model.KindKea}),
			schema.Servers.Insert(tx, &model.Server{Name: "four", Kind: model.KindMicrosoft}),
			schema.Relationships.Insert(tx, &model.Relationship{Name: "peer", PrimaryID: 1, SecondaryID: 2, Kind: model.KindISC}),
			schema.Ranges.Insert(tx, span("10.0.0.0", "10.255.255.255", 0)),
			schema.Ranges.Insert(tx, span("10.0.0.0", "10.0.255.255", 1)),
			schema.Ranges.Insert(tx, span("10.0.0.0", "10.0.0.255", 2)),
			schema.Ranges.Insert(tx, span("10.0.1.0", "10.0.1.255", 2)),
			schema.Ranges.Insert(tx, span("10.1.0.0", "10.1.0.255", 1)),
			schema.Ranges.Insert(tx, span("11.0.0.0", "11.0.0.255", 0)),
			schema.Ranges.Insert(tx, span("2001:db8::", "2001:db8::ffff:ffff:ffff:ffff", 0)),
			schema.Scopes.Insert(tx, &model.Scope{RangeID: 3, ServerID: 1, Available: 11}),
			schema.Scopes.Insert(tx, &model.Scope{RangeID: 3, ServerID: 2, Available: 11}),
			schema.Scopes.Insert(tx, &model.Scope{RangeID: 7, ServerID: 1, Available: 1<<32 - 1}),
			schema.Pools.Insert(tx, pool(1, 1)),
			schema.Pools.Insert(tx, pool(2, 2)),
			schema.Pools.Insert(tx, &model.Pool{ScopeID: 3, ServerID: 1, From: addr("2001:db8::"), To: addr("2001:db8::ffff:ffff:ffff")}),
			schema.Scopes.Insert(tx, &model.Scope{RangeID: 6, ServerID: 4}),
			schema.Exclusions.Insert(tx, &model.Exclusion{ScopeID: 4, From: addr("11.0.0.5"), To: addr("11.0.0.9")}),
			schema.Groups.Insert(tx, &model.Group{ServerID: 1, Name: "outer"}),
			schema.Groups.Insert(tx, &model.Group{ServerID: 1, ParentID: 1, Name: "inner"}),
			schema.Reservations.Insert(tx, &model.Reservation{ServerID: 1, ScopeID: 1, Client: "1", Addresses: []netip.Addr{addr("10.0.0.5"), addr("10.0.0.6")}}),
			schema.Reservations.Insert(tx, &model.Reservation{ServerID: 1, GroupID: 2, Client: "2", Addresses: []netip.Addr{addr("10.0.0.7")}}),
			schema.Reservations.Insert(tx, &model.Reservation{ServerID: 1, Client: "3"}),
			schema.OptionSets.Insert(tx, &model.OptionSet{Owner: model.Ref{Type: model.TypeServer, ID: 1}, ServerID: 1}),
			schema.OptionSets.Insert(tx, &model.OptionSet{Owner: model.Ref{Type: model.TypeScope, ID: 1}, ServerID: 1}),
			schema.OptionSets.Insert(tx, &model.OptionSet{Owner: model.Ref{Type: model.TypePool, ID: 1}, ServerID: 1}),
			schema.OptionSets.Insert(tx, &model.OptionSet{Owner: model.Ref{Type: model.TypeGroup, ID: 1}, ServerID: 1}),
			schema.OptionSets.Insert(tx, &model.OptionSet{Owner: model.Ref{Type: model.TypeServer, ID: 1}, PolicyID: 1, ServerID: 1}),
			schema.Policies.Insert(tx, &model.Policy{Owner: model.Ref{Type: model.TypeServer, ID: 1}, ServerID: 1, Name: "phones"}),
			schema.Policies.Insert(tx, &model.Policy{Owner: model.Ref{Type: model.TypeScope, ID: 1}, ServerID: 1, Name: "phones"}),
			schema.Definitions.Insert(tx, &model.OptionDefinition{ServerID: 1, Number: 252}),
			schema.Classes.Insert(tx, &model.Class{ServerID: 1, Name: "phones"}),
			schema.Statements.Insert(tx, &model.Statements{Owner: model.Ref{Type: model.TypeServer, ID: 1}, ServerID: 1, Text: "authoritative;"}),
			schema.Statements.Insert(tx, &model.Statements{Owner: model.Ref{Type: model.TypeRelationship, ID: 1}, ServerID: 1, Text: "min-balance 60;"}),
			schema.Folders.Insert(tx, &model.Folder{Name: "outer", ContentType: model.TypeRange}),
			schema.Folders.Insert(tx, &model.Folder{Name: "inner", ContentType: model.TypeRange, ParentID: 1}),
			schema.Placements.Insert(tx, &model.Placement{FolderID: 2, Object: model.Ref{Type: model.TypeRange, ID: 3}}),
			schema.Settings.Insert(tx, &model.Setting{Name: "saveComment", Value: "Off"}),
			schema.Properties.Insert(tx, &model.PropertyDefinition{ObjectType: model.TypeScope, Name: "Country"}),
			schema.Properties.Insert(tx, &model.PropertyDefinition{ObjectType: model.TypeScope, Name: "City", ParentID: 1}),
			schema.Users.Insert(tx, &model.User{Name: "somebody"}),
			schema.Sessions.Insert(tx, &model.Session{TokenHash: [32]byte{1}, UserID: 1}),
			schema.Addresses.Insert(tx, &model.Address{SpaceID: 1, Addr: netip.MustParseAddr("10.0.0.7"), Claimed: true}),
			schema.Devices.Insert(tx, &model.Device{SpaceID: 1, Name: "router"}),
			schema.Interfaces.Insert(tx, &model.Interface{SpaceID: 1, DeviceID: 1, Name: "eth0", Addresses: []netip.Addr{netip.MustParseAddr("10.0.0.1")}}),
			schema.Sessions.Insert(tx, &model.Session{TokenHash: [32]byte{2}, UserID: model.AdministratorID}),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestChecks spoils good data in many ways, each in an update that is undone.
func TestChecks(t *testing.T) {
	s, schema := storetest.Open(t), store.NewSchema()
	network(t, s, schema)
	err := s.View(t.Context(), func(tx store.Tx) error {
		return errors.Join(store.Check(tx), store.CheckReferences(tx))
	})
	if err != nil {
		t.Fatalf("good data: %v", err)
	}
	id := func(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }
	change := func(fn func(*model.Range)) func(store.Tx) error {
		return func(tx store.Tx) error {
			r, err := schema.Ranges.Get(tx, 3)
			if err != nil {
				return err
			}
			fn(r)
			return schema.Ranges.Update(tx, r)
		}
	}
	pool := func(fn func(*model.Pool)) func(store.Tx) error {
		return func(tx store.Tx) error {
			p, err := schema.Pools.Get(tx, 1)
			if err != nil {
				return err
			}
			fn(p)
			return schema.Pools.Update(tx, p)
		}
	}
	folder := func(fn func(*model.Folder)) func(store.Tx) error {
		return func(tx store.Tx) error {
			f, err := schema.Folders.Get(tx, 1)
			if err != nil {
				return err
			}
			fn(f)
			return schema.Folders.Update(tx, f)
		}
	}
	place := func(id model.ID, object model.Ref) func(store.Tx) error {
		return func(tx store.Tx) error {
			return schema.Placements.Insert(tx, &model.Placement{FolderID: id, Object: object})
		}
	}
	property := func(fn func(*model.PropertyDefinition)) func(store.Tx) error {
		return func(tx store.Tx) error {
			d, err := schema.Properties.Get(tx, 2)
			if err != nil {
				return err
			}
			fn(d)
			return schema.Properties.Update(tx, d)
		}
	}
	scope := func(fn func(*model.Scope)) func(store.Tx) error {
		return func(tx store.Tx) error {
			r, err := schema.Scopes.Get(tx, 1)
			if err != nil {
				return err
			}
			fn(r)
			return schema.Scopes.Update(tx, r)
		}
	}
	exclusion := func(fn func(*model.Exclusion)) func(store.Tx) error {
		return func(tx store.Tx) error {
			e, err := schema.Exclusions.Get(tx, 1)
			if err != nil {
				return err
			}
			fn(e)
			return schema.Exclusions.Update(tx, e)
		}
	}
	group := func(fn func(*model.Group)) func(store.Tx) error {
		return func(tx store.Tx) error {
			g, err := schema.Groups.Get(tx, 1)
			if err != nil {
				return err
			}
			fn(g)
			return schema.Groups.Update(tx, g)
		}
	}
	statements := func(owner model.Ref, server model.ID) func(store.Tx) error {
		return func(tx store.Tx) error {
			return schema.Statements.Insert(tx, &model.Statements{Owner: owner, ServerID: server})
		}
	}
	reservation := func(id model.ID, fn func(*model.Reservation)) func(store.Tx) error {
		return func(tx store.Tx) error {
			r, err := schema.Reservations.Get(tx, id)
			if err != nil {
				return err
			}
			fn(r)
			return schema.Reservations.Update(tx, r)
		}
	}
	options := func(owner model.Ref, server model.ID) func(store.Tx) error {
		return func(tx store.Tx) error {
			return schema.OptionSets.Insert(tx, &model.OptionSet{Owner: owner, ServerID: server})
		}
	}
	policy := func(owner model.Ref, server model.ID) func(store.Tx) error {
		return func(tx store.Tx) error {
			return schema.Policies.Insert(tx, &model.Policy{Owner: owner, ServerID: server, Name: "x"})
		}
	}
	moved := func(tx store.Tx) error { // the first server, alone
		s, err := schema.Servers.Get(tx, 1)
		if err != nil {
			return err
		}
		s.SpaceID = 2
		return errors.Join(schema.Spaces.Insert(tx, &model.AddressSpace{Name: "lab"}), schema.Servers.Update(tx, s))
	}
	addressBlock := store.Key{}.ID(1).Addr(netip.MustParseAddr("10.0.0.0"))
	addressBlock = addressBlock[:len(addressBlock)-1]
	tests := []struct {
		name  string
		check func(store.Tx) error
		spoil func(store.Tx) error
		want  string
	}{
		{"entry without record", store.Check, func(tx store.Tx) error {
			return tx.Put("servers.name", store.NameKey("ghost").ID(9), nil)
		}, "index servers.name names 9, which is not there"},
		{"record without entry", store.Check, func(tx store.Tx) error {
			return tx.Delete("servers.name", store.NameKey("one").ID(1))
		}, "servers 1 is missing in index name"},
		{"old entry", store.Check, func(tx store.Tx) error {
			return tx.Put("servers.name", store.NameKey("before").ID(1), nil)
		}, "index servers.name has an old key of 1"},
		{"unique key twice", store.Check, func(tx store.Tx) error {
			return tx.Put("servers.name", store.NameKey("one").ID(2), nil)
		}, "index servers.name has a key twice, again for 2"},
		{"short index key", store.Check, func(tx store.Tx) error {
			return tx.Put("servers.name", []byte("x"), nil)
		}, "index servers.name has a key of 1 bytes"},
		{"short record key", store.Check, func(tx store.Tx) error {
			return tx.Put("users", []byte("x"), nil)
		}, "users has a key of 1 bytes"},
		{"no record", store.Check, func(tx store.Tx) error {
			return tx.Put("pools", id(1), []byte("no record"))
		}, "pools 1: "},
		{"id never given", store.Check, func(tx store.Tx) error {
			return tx.Put("events", id(5), nil)
		}, "events 5 is beyond the last id given, 0"},
		{"count", store.Check, func(tx store.Tx) error {
			return tx.Put("meta", []byte("count.ranges"), id(6))
		}, "ranges has 7 records but counts 6"},

		{"address without its bit", store.Check, func(tx store.Tx) error {
			return tx.Delete("addresses.claimed.map", addressBlock)
		}, "index addresses.claimed has an entry of 10.0.0.7, its map has not"},
		{"bit without an address", store.Check, func(tx store.Tx) error {
			return tx.Put("addresses.claimed.map", addressBlock, append(bytes.Repeat([]byte{0}, 7), append([]byte{0x81}, bytes.Repeat([]byte{0}, 24)...)...))
		}, "the map of index addresses.claimed has 10.0.0.0, which has no entry"},
		{"block of another size", store.Check, func(tx store.Tx) error {
			return tx.Put("addresses.claimed.map", addressBlock, []byte{1})
		}, "has a block of 1 bytes"},

		{"wrong parent", store.CheckReferences, change(func(r *model.Range) { r.ParentID = 1 }),
			"has the parent 1, not the smallest range around it, 2"},
		{"delivery's server", store.CheckReferences, func(tx store.Tx) error {
			return schema.Deliveries.InsertWithID(tx, &model.Delivery{ID: 99})
		}, "deliveries 99 is of no server"},
		{"overlap", store.CheckReferences, change(func(r *model.Range) { r.To = netip.MustParseAddr("10.1.0.0") }), "overlap"},
		{"from after to", store.CheckReferences, change(func(r *model.Range) { r.To = netip.MustParseAddr("9.0.0.0") }), "goes from"},
		{"range's space", store.CheckReferences, change(func(r *model.Range) { r.SpaceID = 9 }), "names spaces 9"},
		{"address's space", store.CheckReferences, func(tx store.Tx) error {
			return schema.Addresses.Update(tx, &model.Address{ID: 1, SpaceID: 9, Addr: netip.MustParseAddr("10.0.0.7")})
		}, "names spaces 9"},
		{"device's space", store.CheckReferences, func(tx store.Tx) error {
			return schema.Devices.Update(tx, &model.Device{ID: 1, SpaceID: 9, Name: "router"})
		}, "is in the address space 1, its device in 9"},
		{"interface's device", store.CheckReferences, func(tx store.Tx) error {
			return schema.Interfaces.Insert(tx, &model.Interface{SpaceID: 1, DeviceID: 9, Name: "eth0"})
		}, "names devices 9"},
		{"hold", store.CheckReferences, func(tx store.Tx) error {
			return schema.Holds.Insert(tx, &model.Hold{SpaceID: 1, From: netip.MustParseAddr("10.0.0.7"), To: netip.MustParseAddr("10.0.0.6")})
		}, "hold 1 goes from 10.0.0.7 to 10.0.0.6"},
		{"scope's range", store.CheckReferences, scope(func(r *model.Scope) { r.RangeID = 99 }), "names ranges 99"},
		{"scope's server", store.CheckReferences, scope(func(r *model.Scope) { r.ServerID = 99 }), "names servers 99"},
		{"scope's relationship", store.CheckReferences, scope(func(r *model.Scope) { r.ServerID, r.RelationshipID = 3, 1 }),
			`names the relationship "peer", which its server 3 is not in`},
		{"scope's addresses", store.CheckReferences, scope(func(r *model.Scope) { r.Available = 12 }), "counts 12 addresses, its pools have 11"},
		{"pool's scope", store.CheckReferences, pool(func(p *model.Pool) { p.ScopeID = 99 }), "names scopes 99"},
		{"pool's server", store.CheckReferences, pool(func(p *model.Pool) { p.ServerID = 2 }), "has the server 2, its scope 1"},
		{"pool's peer", store.CheckReferences, pool(func(p *model.Pool) { p.PeerID = 99 }), "names relationships 99"},
		{"pool outside", store.CheckReferences, pool(func(p *model.Pool) { p.To = netip.MustParseAddr("10.0.1.0") }), "not inside its range"},
		{"pools overlap", store.CheckReferences, func(tx store.Tx) error {
			return schema.Pools.Insert(tx, &model.Pool{ScopeID: 1, ServerID: 1,
				From: netip.MustParseAddr("10.0.0.20"), To: netip.MustParseAddr("10.0.0.30")})
		}, "overlap"},
		{"exclusion's scope", store.CheckReferences, exclusion(func(e *model.Exclusion) { e.ScopeID = 99 }), "names scopes 99"},
		{"exclusion outside", store.CheckReferences, exclusion(func(e *model.Exclusion) { e.To = netip.MustParseAddr("11.0.1.0") }), "not inside its range"},
		{"exclusions overlap", store.CheckReferences, func(tx store.Tx) error {
			return schema.Exclusions.Insert(tx, &model.Exclusion{ScopeID: 4, From: netip.MustParseAddr("11.0.0.9"), To: netip.MustParseAddr("11.0.0.9")})
		}, "overlap"},
		{"excluded addresses", store.CheckReferences, func(tx store.Tx) error {
			return schema.Pools.Insert(tx, &model.Pool{ScopeID: 4, ServerID: 4, From: netip.MustParseAddr("11.0.0.1"), To: netip.MustParseAddr("11.0.0.10")})
		}, "counts 0 addresses, its pools have 5"},
		{"folder's parent", store.CheckReferences, folder(func(f *model.Folder) { f.ParentID = 99 }), "names folders 99"},
		{"folder's type", store.CheckReferences, folder(func(f *model.Folder) { f.ContentType = model.TypeScope }), `folder "inner" is for objects of type Range, its parent for DHCPScope`},
		{"folder in itself", store.CheckReferences, folder(func(f *model.Folder) { f.ParentID = 2 }), `folder "outer" lies inside itself`},
		{"placement's folder", store.CheckReferences, place(99, model.Ref{Type: model.TypeRange, ID: 4}), "names folders 99"},
		{"placement's object", store.CheckReferences, place(2, model.Ref{Type: model.TypeRange, ID: 99}), "names ranges 99"},
		{"placement's type", store.CheckReferences, place(2, model.Ref{Type: model.TypeScope, ID: 1}), `DHCPScope {#7-#1} lies in the folder "inner"`},
		{"placement of a pool", store.CheckReferences, place(2, model.Ref{Type: model.TypePool, ID: 1}), "DHCPAddressPool {#10-#1} lies in a folder"},
		{"property's parent", store.CheckReferences, property(func(d *model.PropertyDefinition) { d.ParentID = 99 }), `the DHCPScope property "City" depends on 99`},
		{"property's parent's type", store.CheckReferences, property(func(d *model.PropertyDefinition) { d.ObjectType = model.TypeRange }), `the Range property "City" depends on 1`},
		{"property of itself", store.CheckReferences, property(func(d *model.PropertyDefinition) { d.ParentID = 2 }), `the DHCPScope property "City" depends on 2`},
		{"value without a property", store.CheckReferences, scope(func(r *model.Scope) {
			r.Custom = []model.Property{{Name: "country", Value: "x"}, {Name: "Planet", Value: "x"}}
		}), `DHCPScope {#7-#1} has a value of "Planet"`},
		{"group's server", store.CheckReferences, group(func(g *model.Group) { g.ServerID = 99 }), "names servers 99"},
		{"group's kind of server", store.CheckReferences, group(func(g *model.Group) { g.ServerID = 3 }), `group "outer" is on server "three", which is of Kea`},
		{"group's parent", store.CheckReferences, group(func(g *model.Group) { g.ParentID = 99 }), "names groups 99"},
		{"group's parent's server", store.CheckReferences, group(func(g *model.Group) { g.ServerID = 2 }), `group "inner" is on the server 1, its parent on 2`},
		{"group in itself", store.CheckReferences, group(func(g *model.Group) { g.ParentID = 2 }), `group "outer" lies inside itself`},
		{"reservation's scope", store.CheckReferences, reservation(1, func(r *model.Reservation) { r.ScopeID = 99 }), "names scopes 99"},
		{"reservation's scope's server", store.CheckReferences, reservation(1, func(r *model.Reservation) { r.ScopeID = 2 }), "has the server 1, its owner {#7-#2} 2"},
		{"reservation's group", store.CheckReferences, reservation(2, func(r *model.Reservation) { r.GroupID = 99 }), "names groups 99"},
		{"reservation's group's server", store.CheckReferences, reservation(2, func(r *model.Reservation) { r.ServerID = 2 }), "has the server 2, its owner {#11-#2} 1"},
		{"reservation's server", store.CheckReferences, reservation(3, func(r *model.Reservation) { r.ServerID = 99 }), "names servers 99"},
		{"reservation outside", store.CheckReferences, reservation(1, func(r *model.Reservation) {
			r.Addresses[1] = netip.MustParseAddr("10.0.1.1")
		}), "has the address 10.0.1.1, not inside its range"},
		{"address reserved twice", store.CheckReferences, reservation(2, func(r *model.Reservation) {
			r.Addresses[0] = netip.MustParseAddr("10.0.0.6")
		}), "{#9-#1} and {#9-#2} of a server have the same address 10.0.0.6"},
		{"client twice", store.CheckReferences, reservation(3, func(r *model.Reservation) { r.Client = "2" }), "{#9-#2} and {#9-#3} are for the same client"},
		{"relationship's server", store.CheckReferences, func(tx store.Tx) error { return schema.Servers.Delete(tx, 2) },
			"names servers 2, which is not there"},
		{"relationship's kind", store.CheckReferences, func(tx store.Tx) error {
			return schema.Relationships.Insert(tx, &model.Relationship{Name: "x", PrimaryID: 1, SecondaryID: 3, Kind: model.KindISC})
		}, `relationship "x" is of ISC, its server "three" of Kea`},
		{"relationship with itself", store.CheckReferences, func(tx store.Tx) error {
			return schema.Relationships.Insert(tx, &model.Relationship{Name: "x", PrimaryID: 1, SecondaryID: 1, Kind: model.KindISC})
		}, `relationship "x" joins a server with itself`},
		{"options' server", store.CheckReferences, options(model.Ref{Type: model.TypeServer, ID: 99}, 99), "names servers 99"},
		{"options' scope", store.CheckReferences, options(model.Ref{Type: model.TypeScope, ID: 99}, 1), "names scopes 99"},
		{"options' pool", store.CheckReferences, options(model.Ref{Type: model.TypePool, ID: 99}, 1), "names pools 99"},
		{"options of another server", store.CheckReferences, options(model.Ref{Type: model.TypeScope, ID: 2}, 1),
			"have the server 1, their owner {#7-#2} the server 2"},
		{"options of a range", store.CheckReferences, options(model.Ref{Type: model.TypeRange, ID: 1}, 1), "belong to {#6-#1}, which carries none"},
		{"options' reservation", store.CheckReferences, options(model.Ref{Type: model.TypeReservation, ID: 99}, 1), "names reservations 99"},
		{"options' group", store.CheckReferences, options(model.Ref{Type: model.TypeGroup, ID: 99}, 1), "names groups 99"},
		{"options' policy", store.CheckReferences, func(tx store.Tx) error {
			return schema.OptionSets.Insert(tx, &model.OptionSet{Owner: model.Ref{Type: model.TypeServer, ID: 1}, PolicyID: 99, ServerID: 1})
		}, "names policies 99"},
		{"options of another's policy", store.CheckReferences, func(tx store.Tx) error {
			return schema.OptionSets.Insert(tx, &model.OptionSet{Owner: model.Ref{Type: model.TypeServer, ID: 1}, PolicyID: 2, ServerID: 1})
		}, "are of a policy of {#7-#1}"},
		{"statements' scope", store.CheckReferences, statements(model.Ref{Type: model.TypeScope, ID: 99}, 1), "names scopes 99"},
		{"statements of another server", store.CheckReferences, statements(model.Ref{Type: model.TypeScope, ID: 2}, 1),
			"have the server 1, their owner {#7-#2} the server 2"},
		{"statements' relationship", store.CheckReferences, statements(model.Ref{Type: model.TypeRelationship, ID: 99}, 1), "names relationships 99"},
		{"statements outside a relationship", store.CheckReferences, statements(model.Ref{Type: model.TypeRelationship, ID: 1}, 3),
			"have the server 3, which is not in {#17-#1}"},
		{"policy's server", store.CheckReferences, policy(model.Ref{Type: model.TypeServer, ID: 99}, 99), "names servers 99"},
		{"policy of another server", store.CheckReferences, policy(model.Ref{Type: model.TypeScope, ID: 1}, 2), "has the server 2"},
		{"policy of a pool", store.CheckReferences, policy(model.Ref{Type: model.TypePool, ID: 1}, 1), "belongs to {#10-#1}, which carries none"},
		{"definition's server", store.CheckReferences, func(tx store.Tx) error {
			return schema.Definitions.Insert(tx, &model.OptionDefinition{ServerID: 99, Number: 1})
		}, "names servers 99"},
		{"class's server", store.CheckReferences, func(tx store.Tx) error {
			return schema.Classes.Insert(tx, &model.Class{ServerID: 99, Name: "x"})
		}, "names servers 99"},
		{"a scope's server in another space", store.CheckReferences, moved, "its server in 2"},
		{"partners in two spaces", store.CheckReferences, moved, "joins servers of the address spaces 2 and 1"},
		{"a reservation in another space", store.CheckReferences, reservation(1, func(r *model.Reservation) { r.SpaceID = 2 }), "is in the address space 2, its server in 1"},
		{"a folder's space", store.CheckReferences, folder(func(f *model.Folder) { f.SpaceID = 9 }), "names spaces 9"},
		{"session's user", store.CheckReferences, func(tx store.Tx) error { return schema.Users.Delete(tx, 1) }, "names users 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := s.Update(t.Context(), func(tx store.Tx) error {
				if err := tt.spoil(tx); err != nil {
					return err
				}
				found := tt.check(tx)
				var problems store.Problems
				if !errors.As(found, &problems) || !slices.ContainsFunc(problems, func(p string) bool { return strings.Contains(p, tt.want) }) {
					t.Errorf("found %v, want %q", found, tt.want)
				}
				return errUndo
			})
			if !errors.Is(err, errUndo) {
				t.Fatal(err)
			}
		})
	}
}

func TestProblemsAreCutShort(t *testing.T) {
	var p store.Problems
	for range 1000 {
		p = append(p, "wrong")
	}
	if text := p.Error(); !strings.HasSuffix(text, "; and 900 more") || len(text) > 1000 {
		t.Errorf("a long list reads %q", text)
	}
}
