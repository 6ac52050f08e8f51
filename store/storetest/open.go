// Package storetest holds what every backend of the store must pass (Run), and
// opens stores for the tests of other packages (Open). It is for tests only.
package storetest

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"halxml/store"
	"halxml/store/bolt"
)

// Open opens an empty store of the current version in a directory of the test.
// It is checked and closed when the test ends.
func Open(t testing.TB) store.Store {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "data.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	return Keep(t, s)
}

// Keep migrates a store, and checks and closes it when the test ends.
func Keep(t testing.TB, s store.Store) store.Store {
	t.Helper()
	t.Cleanup(func() {
		err := s.View(context.Background(), store.Check)
		if err != nil && !errors.Is(err, store.ErrClosed) { // a test may have closed it
			t.Errorf("the store is damaged: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	if err := store.Migrate(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	return s
}

// CheckReferences tests at once that what the records say of each other is
// true.
func CheckReferences(t testing.TB, s store.Store) {
	t.Helper()
	if err := s.View(context.Background(), store.CheckReferences); err != nil {
		t.Errorf("references: %v", err)
	}
}
