package store_test

import (
	"errors"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"halxml/internal/model"
	"halxml/store"
	"halxml/store/bolt"
)

// bare opens a store that nobody has migrated.
func bare(t *testing.T) store.Store {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "data.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func version(t *testing.T, s store.Store) (n uint64) {
	t.Helper()
	err := s.View(t.Context(), func(tx store.Tx) (err error) { n, err = store.Version(tx); return err })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestMigrationsAreInOrder(t *testing.T) {
	for i, m := range store.Migrations() {
		if m.Version != uint64(i+1) || m.Name == "" || m.Apply == nil {
			t.Errorf("migration %d is %+v", i+1, m)
		}
	}
}

// TestVersion1 is of an empty file.
func TestVersion1(t *testing.T) {
	s := bare(t)
	if err := store.MigrateBy(t.Context(), s, store.Migrations()[:1]); err != nil {
		t.Fatal(err)
	}
	if n := version(t, s); n != 1 {
		t.Errorf("the version is %d", n)
	}
	err := s.View(t.Context(), func(tx store.Tx) error {
		for _, table := range store.NewSchema().Tables() {
			if n, err := table.Count(tx); n != 0 || err != nil {
				t.Errorf("%s has %d records, %v", table, n, err)
			}
		}
		return errors.Join(store.Check(tx), store.CheckReferences(tx))
	})
	if err != nil {
		t.Error(err)
	}
}

// TestVersion2 brings the default address space.
func TestVersion2(t *testing.T) {
	s, schema := bare(t), store.NewSchema()
	if err := store.MigrateBy(t.Context(), s, store.Migrations()[:2]); err != nil {
		t.Fatal(err)
	}
	err := s.Update(t.Context(), func(tx store.Tx) error {
		space, err := schema.Spaces.Get(tx, model.DefaultSpace)
		if err != nil {
			return err
		}
		next := &model.AddressSpace{Name: "lab"}
		if err := schema.Spaces.Insert(tx, next); err != nil {
			return err
		}
		if space.Name != "<default>" || next.ID != 2 {
			t.Errorf("the first space is %q, the next has the id %d", space.Name, next.ID)
		}
		return errors.Join(store.Check(tx), store.CheckReferences(tx))
	})
	if err != nil {
		t.Error(err)
	}
}

// TestVersion3 makes the indexes anew that had no address space in their keys.
func TestVersion3(t *testing.T) {
	s, schema := bare(t), store.NewSchema()
	if err := store.MigrateBy(t.Context(), s, store.Migrations()[:2]); err != nil {
		t.Fatal(err)
	}
	addr := netip.MustParseAddr("10.0.0.10")
	old := map[string][]store.Key{
		"reservations.address": {store.Key{}.Addr(addr).ID(1)},
		"leases.address":       {store.Key{}.Addr(addr).ID(1)},
		"folders.parent":       {store.Key{}.ID(model.ID(model.TypeRange)).ID(0).Text("floor 1")},
	}
	err := s.Update(t.Context(), func(tx store.Tx) error {
		if err := errors.Join(
			schema.Reservations.Insert(tx, &model.Reservation{ServerID: 1, Client: "00:11:22:33:44:55", Addresses: []netip.Addr{addr}}),
			schema.Leases.Insert(tx, &model.Lease{ServerID: 1, ScopeID: 1, Addr: addr, State: model.LeaseActive}),
			schema.Folders.Insert(tx, &model.Folder{Name: "Floor 1", ContentType: model.TypeRange}),
		); err != nil {
			return err
		}
		for bucket, keys := range old { // as version 2 kept them
			for _, b := range []string{bucket, bucket + ".map"} {
				err := tx.Scan(b, nil, nil, false, func(k, _ []byte) (bool, error) { return true, tx.Delete(b, k) })
				if err != nil {
					return err
				}
			}
			for _, k := range keys {
				block := slices.Clone(k[:16])
				if err := errors.Join(tx.Put(bucket, k.ID(1), nil), tx.Put(bucket+".map", block, make([]byte, 32))); err != nil {
					return err
				}
			}
		}
		if store.Check(tx) == nil {
			t.Error("the old indexes pass for new ones")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Migrate(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	err = s.View(t.Context(), func(tx store.Tx) error {
		here := store.SpaceKey(model.DefaultSpace)
		r, err := schema.ReservationsByAddress.First(tx, slices.Clone(here).Addr(addr).ID(1))
		if err != nil || r.SpaceID != model.DefaultSpace {
			t.Errorf("the reservation: %+v, %v", r, err)
		}
		l, err := schema.LeasesByAddress.First(tx, slices.Clone(here).Addr(addr).ID(1))
		if err != nil || l.SpaceID != model.DefaultSpace {
			t.Errorf("the lease: %+v, %v", l, err)
		}
		f, err := schema.FoldersByParent.First(tx, slices.Clone(here).ID(model.ID(model.TypeRange)).ID(0).Text("floor 1"))
		if err != nil || f.SpaceID != model.DefaultSpace {
			t.Errorf("the folder: %+v, %v", f, err)
		}
		return store.Check(tx)
	})
	if err != nil {
		t.Error(err)
	}
}

func TestMigrateTakesEachStepOnce(t *testing.T) {
	s := bare(t)
	var done []string
	step := func(name string, err error) func(store.Tx) error {
		return func(tx store.Tx) error {
			done = append(done, name)
			return errors.Join(tx.Put("log", []byte(name), nil), err)
		}
	}
	one := store.Migration{Version: 1, Name: "one", Apply: step("one", nil)}
	two := store.Migration{Version: 2, Name: "two", Apply: step("two", nil)}
	bad := store.Migration{Version: 3, Name: "three", Apply: step("three", errors.New("no room"))}
	run := func(steps ...store.Migration) error { return store.MigrateBy(t.Context(), s, steps) }

	if err := errors.Join(run(one), run(one), run(one, two)); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(done, " "); got != "one two" {
		t.Errorf("ran %s", got)
	}
	err := run(one, two, bad)
	if err == nil || !strings.Contains(err.Error(), "migration 3 (three)") || !strings.Contains(err.Error(), "no room") {
		t.Errorf("a step that fails: %v", err)
	}
	if n := version(t, s); n != 2 {
		t.Errorf("after a step that failed the version is %d", n)
	}
	err = s.View(t.Context(), func(tx store.Tx) error {
		v, err := tx.Get("log", []byte("three"))
		if v != nil {
			t.Error("a step that failed is kept")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}

	done = nil
	err = run(one) // an older program
	if !errors.Is(err, store.ErrNewer) || !strings.Contains(err.Error(), "version 2") || len(done) > 0 {
		t.Errorf("newer data: %v, ran %v", err, done)
	}
}
