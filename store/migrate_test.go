package store_test

import (
	"errors"
	"path/filepath"
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
