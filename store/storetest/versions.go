package storetest

import (
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
