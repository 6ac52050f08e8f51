package bolt

import (
	"bytes"
	"path/filepath"
	"sync"
	"testing"

	"halxml/store"
)

// Snapshots that wait for the next View neither show old data, nor keep pages
// from being used again, nor the file from outgrowing its address space.
func TestIdleSnapshots(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	s, err := Open(path, Options{NoSync: true, mapSize: 1 << 16})
	if err != nil {
		t.Fatal(err)
	}
	look := func(want []byte) {
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for range 3 {
					err := s.View(t.Context(), func(tx store.Tx) error {
						v, err := tx.Get("b", []byte("k"))
						if !bytes.Equal(v, want) {
							t.Errorf("%d bytes, want %d", len(v), len(want))
						}
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
	}
	pages := func() int64 {
		var n int64
		if err := s.View(t.Context(), func(tx store.Tx) error { n = tx.(interface{ size() int64 }).size(); return nil }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	put := func(v []byte) {
		if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.Put("b", []byte("k"), v) }); err != nil {
			t.Fatal(err)
		}
		look(v)
	}
	look(nil)
	for size := 1 << 10; size <= 1<<22; size *= 4 {
		put(make([]byte, size))
	}
	grown := pages()
	for i := range 100 {
		put(make([]byte, 1<<20+i))
	}
	if n := pages(); n > 3*grown {
		t.Errorf("the file went from %d to %d bytes", grown, n)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func (t *tx) size() int64 { return t.buckets.btx.Size() }
