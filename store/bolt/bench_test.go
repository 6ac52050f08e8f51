package bolt_test

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"halxml/internal/model"
	"halxml/store"
	"halxml/store/bolt"
	"halxml/store/storetest"
)

func openBench(b *testing.B) store.Store {
	b.Helper()
	s, err := bolt.Open(filepath.Join(b.TempDir(), "data.db"), bolt.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return storetest.Keep(b, s)
}

// add is what a command that adds a scope writes: the scope and its history.
func add(schema *store.Schema, tx store.Tx, n int64) error {
	scope := &model.Scope{RangeID: model.ID(n), ServerID: 1, Name: fmt.Sprintf("scope %d", n), Enabled: true,
		Description: "some words on what the scope is there for, as somebody wrote them"}
	if err := schema.Scopes.Insert(tx, scope); err != nil {
		return err
	}
	return schema.Events.Insert(tx, &model.Event{Type: model.Creation, Object: scope.Ref(), Name: scope.Name,
		Username: "administrator", Text: "Added the scope"})
}

func BenchmarkUpdate(b *testing.B) {
	for _, writers := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			s, schema := openBench(b), store.NewSchema()
			b.ReportAllocs()
			b.ResetTimer()
			parallel(b, writers, func(n int64) error {
				return s.Update(context.Background(), func(tx store.Tx) error { return add(schema, tx, n) })
			})
		})
	}
}

// parallel runs fn b.N times from so many goroutines.
func parallel(b *testing.B, workers int, fn func(n int64) error) {
	var next atomic.Int64
	done := make(chan error)
	for range workers {
		go func() {
			for {
				n := next.Add(1)
				if n > int64(b.N) {
					done <- nil
					return
				}
				if err := fn(n); err != nil {
					done <- err
					return
				}
			}
		}()
	}
	for range workers {
		if err := <-done; err != nil {
			b.Error(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tx/s")
}

// BenchmarkDisk is what the disk alone can do: one page written and synced.
func BenchmarkDisk(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	page := make([]byte, 4096)
	for i := range int64(4096) {
		if _, err := f.WriteAt(page, i*4096); err != nil {
			b.Fatal(err)
		}
	}
	for i := int64(0); b.Loop(); i++ {
		if _, err := f.WriteAt(page, i%4096*4096); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "syncs/s")
}

func BenchmarkRead(b *testing.B) {
	s, schema := storetest.Open(b), store.NewSchema()
	const scopes = 10_000
	err := s.Update(b.Context(), func(tx store.Tx) error {
		for n := range int64(scopes) {
			if err := add(schema, tx, n+1); err != nil {
				return err
			}
			r := rangeAt(n)
			if err := schema.Ranges.Insert(tx, &r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	view := func(b *testing.B, fn func(store.Tx) error) {
		b.Helper()
		if err := s.View(context.Background(), fn); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("View", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			view(b, func(store.Tx) error { return nil })
		}
	})
	b.Run("Get", func(b *testing.B) {
		b.ReportAllocs()
		view(b, func(tx store.Tx) error {
			for n := model.ID(0); b.Loop(); n++ {
				if _, err := schema.Scopes.Get(tx, n*7919%scopes+1); err != nil {
					return err
				}
			}
			return nil
		})
	})
	b.Run("Find", func(b *testing.B) {
		b.ReportAllocs()
		view(b, func(tx store.Tx) error {
			for n := int64(0); b.Loop(); n++ {
				key := store.NameKey(fmt.Sprintf("scope %d", n*7919%scopes+1))
				if _, err := schema.ScopesByName.First(tx, key); err != nil {
					return err
				}
			}
			return nil
		})
	})
	b.Run("Scan1000", func(b *testing.B) {
		b.ReportAllocs()
		view(b, func(tx store.Tx) error {
			for b.Loop() {
				n := 0
				for _, err := range schema.Scopes.All(tx) {
					if err != nil {
						return err
					}
					if n++; n == 1000 {
						break
					}
				}
			}
			return nil
		})
	})
	b.Run("Visit", func(b *testing.B) {
		b.ReportAllocs()
		view(b, func(tx store.Tx) error {
			for b.Loop() {
				n := 0
				err := schema.ScopesByName.Visit(tx, store.Key{}.Prefix("scope"), func(model.ID) { n++ })
				if n != scopes || err != nil {
					return fmt.Errorf("%d of %d ids, %w", n, scopes, err)
				}
			}
			return nil
		})
	})
	b.Run("Index1000", func(b *testing.B) {
		b.ReportAllocs()
		view(b, func(tx store.Tx) error {
			for b.Loop() {
				n := 0
				for _, err := range schema.RangesByAddress.Begin(tx, store.Key{}.ID(model.DefaultSpace)) {
					if err != nil {
						return err
					}
					if n++; n == 1000 {
						break
					}
				}
			}
			return nil
		})
	})
}

func rangeAt(n int64) model.Range {
	a := netip.AddrFrom4([4]byte{10, byte(n >> 8), byte(n), 0})
	return model.Range{SpaceID: model.DefaultSpace, Name: a.String() + "/24", From: a,
		To: netip.AddrFrom4([4]byte{10, byte(n >> 8), byte(n), 255})}
}
