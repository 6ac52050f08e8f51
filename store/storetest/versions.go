package storetest

import (
	"fmt"
	"testing"

	"halxml/store"
)

// versions tests that a version says which Views saw the same.
func versions(t *testing.T, s store.Store) {
	version := func(tx store.Tx, buckets ...string) uint64 {
		t.Helper()
		v, ok := tx.Version(buckets...)
		if !ok {
			t.Errorf("no version of %v", buckets)
		}
		return v
	}
	type seen struct{ a, b, both, all uint64 }
	now := func() (v seen) {
		view(t, s, func(tx store.Tx) error {
			v = seen{version(tx, "a"), version(tx, "b"), version(tx, "a", "b"), version(tx)}
			return nil
		})
		return v
	}
	put := func(bucket string, fail error) {
		err := s.Update(t.Context(), func(tx store.Tx) error {
			if _, ok := tx.Version(bucket); ok {
				t.Error("an Update has a version")
			}
			if err := tx.Put(bucket, []byte("k"), []byte("v")); err != nil {
				return err
			}
			return fail
		})
		if err != fail {
			t.Fatal(err)
		}
	}
	fresh := now()
	if again := now(); again != fresh {
		t.Errorf("nothing changed: %v, then %v", fresh, again)
	}
	put("a", nil)
	one := now()
	if one.a == fresh.a || one.b != fresh.b || one.both == fresh.both || one.all == fresh.all {
		t.Errorf("a changed: %v, then %v", fresh, one)
	}
	put("b", errRefused)
	if again := now(); again.a != one.a {
		t.Errorf("an Update of b failed: %v, then %v", one, again)
	}
	put("b", nil)
	two := now()
	if two.a != one.a || two.b == one.b || two.both == one.both || two.all == one.all {
		t.Errorf("b changed: %v, then %v", one, two)
	}

	view(t, s, func(tx store.Tx) error {
		before := version(tx, "b")
		put("a", nil)
		if v, ok := tx.Version("a"); ok {
			t.Errorf("a View that is behind has version %d of a", v)
		}
		if v := version(tx, "b"); v != before {
			t.Errorf("b went from %d to %d in one View", before, v)
		}
		return nil
	})
}

// changes tests that a View is told all keys that were written to since another.
func changes(t *testing.T, s store.Store) {
	type view struct {
		version uint64
		keys    map[string]string
	}
	look := func(earlier []view) (now view) {
		t.Helper()
		update := func(tx store.Tx) error {
			if _, ok := tx.Changes(bucket, 0); ok {
				t.Error("an Update knows changes")
			}
			return errRefused
		}
		if err := s.Update(t.Context(), update); err != errRefused {
			t.Fatal(err)
		}
		err := s.View(t.Context(), func(tx store.Tx) error {
			var ok bool
			if now.version, ok = tx.Version(); !ok {
				t.Error("no version")
			}
			now.keys = map[string]string{}
			if err := tx.Scan(bucket, nil, nil, false, func(k, v []byte) (bool, error) {
				now.keys[string(k)] = string(v)
				return true, nil
			}); err != nil {
				return err
			}
			for _, e := range earlier {
				keys, ok := tx.Changes(bucket, e.version)
				if !ok {
					continue // a backend may have forgotten
				}
				told := map[string]bool{}
				for _, k := range keys {
					told[string(k)] = true
				}
				for k, v := range now.keys {
					if was, there := e.keys[k]; (!there || was != v) && !told[k] {
						t.Errorf("%s was changed and is not told", k)
					}
				}
				for k := range e.keys {
					if _, there := now.keys[k]; !there && !told[k] {
						t.Errorf("%s was deleted and is not told", k)
					}
				}
			}
			if _, ok := tx.Changes(bucket, now.version+1); ok {
				t.Error("changes since a View to come are known")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return now
	}
	var earlier []view
	for n := range 30 {
		update(t, s, func(tx store.Tx) error {
			for i := range 1 + n*n*n/8 {
				key := fmt.Appendf(nil, "%d", (n*7+i)%5000)
				if (n+i)%5 == 0 {
					if err := tx.Delete(bucket, key); err != nil {
						return err
					}
				} else if err := tx.Put(bucket, key, fmt.Appendf(nil, "%d", n)); err != nil {
					return err
				}
			}
			return tx.Put("other", []byte("k"), nil)
		})
		earlier = append(earlier, look(earlier))
	}
}
