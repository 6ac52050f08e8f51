package bolt

import (
	"context"
	"encoding/binary"
	"path/filepath"
	"testing"

	"halxml/store"
)

// TestChangesAreRememberedForAWhile asks for the keys that were written since a
// View, after a few and after too many of them.
func TestChangesAreRememberedForAWhile(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "data.db"), Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	put := func(n uint64) {
		err := s.Update(context.Background(), func(tx store.Tx) error {
			return tx.Put("b", binary.BigEndian.AppendUint64(nil, n), nil)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	ask := func(since uint64) (now uint64, keys int, ok bool) {
		err := s.View(t.Context(), func(tx store.Tx) error {
			now, _ = tx.Version()
			changed, known := tx.Changes("b", since)
			keys, ok = len(changed), known
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return now, keys, ok
	}
	old, _, _ := ask(0) // from now on they are kept
	for n := range uint64(10) {
		put(n)
	}
	if _, keys, ok := ask(old); keys != 10 || !ok {
		t.Errorf("after 10 writes: %d keys, %v", keys, ok)
	}
	now, _, _ := ask(old)
	if _, keys, ok := ask(now); keys != 0 || !ok {
		t.Errorf("after no write: %d keys, %v", keys, ok)
	}
	for n := range uint64(maxJournal) {
		put(n)
	}
	if _, _, ok := ask(old); ok {
		t.Error("all is remembered forever")
	}
	put(1)
	late, _, _ := ask(now)
	put(2)
	if _, keys, ok := ask(late); keys != 1 || !ok {
		t.Errorf("after one write: %d keys, %v", keys, ok)
	}
}
