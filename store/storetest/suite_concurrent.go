package storetest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"halxml/store"
)

// concurrency lets many goroutines update and fail at once.
func concurrency(t *testing.T, s store.Store) {
	const writers, each = 16, 40
	var group sync.WaitGroup
	var mu sync.Mutex
	numbers := map[uint64]bool{}
	want := map[string]bool{}
	for w := range writers {
		group.Go(func() {
			for i := range each {
				key := fmt.Sprintf("%02d-%03d", w, i)
				var number uint64
				err := s.Update(context.Background(), func(tx store.Tx) (err error) {
					if number, err = tx.NextID(bucket); err != nil {
						return err
					}
					if err := put(key)(tx); err != nil {
						return err
					}
					// A counter that all change shows lost updates.
					v, err := tx.Get("count", []byte("n"))
					if err != nil {
						return err
					}
					var n uint64
					if v != nil {
						n = binary.BigEndian.Uint64(v)
					}
					if err := tx.Put("count", []byte("n"), binary.BigEndian.AppendUint64(nil, n+1)); err != nil {
						return err
					}
					switch i % 5 {
					case 3:
						return errRefused
					case 4:
						panic("a defect")
					}
					return nil
				})
				mu.Lock()
				if numbers[number] {
					t.Errorf("number %d was given twice", number)
				}
				numbers[number] = true
				if err == nil {
					want[key] = true
				}
				mu.Unlock()
				if good := i%5 < 3; good != (err == nil) {
					t.Errorf("%s: %v", key, err)
				}
				if err == nil { // what was answered can be read
					err := s.View(context.Background(), func(tx store.Tx) error {
						v, err := tx.Get(bucket, []byte(key))
						if string(v) != key {
							t.Errorf("%s is %q after its Update", key, v)
						}
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	group.Wait()
	view(t, s, func(tx store.Tx) error {
		got, err := keys(tx, "", "", false)
		if len(got) != len(want) {
			t.Errorf("%d keys, want %d", len(got), len(want))
		}
		for _, k := range got {
			if !want[k] {
				t.Errorf("%s is there, but its Update failed", k)
			}
		}
		v, verr := tx.Get("count", []byte("n"))
		if n := binary.BigEndian.Uint64(v); n != uint64(len(want)) {
			t.Errorf("the counter is %d, want %d", n, len(want))
		}
		return errors.Join(err, verr)
	})
}

func updateInsideView(t *testing.T, s store.Store) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err := s.View(ctx, func(tx store.Tx) error {
		// A backend may do it or refuse it, but not hang.
		if err := s.Update(ctx, put("a")); err != nil {
			t.Logf("refused: %v", err)
		}
		got, err := keys(tx, "", "", false)
		if len(got) != 0 {
			t.Errorf("the View sees %q", got)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func closing(t *testing.T, s store.Store) {
	started, finish := make(chan struct{}), make(chan struct{})
	updated, closed := make(chan error, 1), make(chan error, 1)
	go func() {
		updated <- s.Update(context.Background(), func(tx store.Tx) error {
			close(started)
			<-finish
			return put("a")(tx)
		})
	}()
	<-started
	go func() { closed <- s.Close() }()
	for { // until Close has begun
		err := s.View(t.Context(), func(store.Tx) error { return nil })
		if errors.Is(err, store.ErrClosed) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		runtime.Gosched()
	}
	select {
	case <-closed:
		t.Error("Close did not wait for the Update")
	default:
	}
	close(finish)
	if err := <-updated; err != nil {
		t.Errorf("an Update that ran when Close came: %v", err)
	}
	if err := <-closed; err != nil {
		t.Errorf("Close: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("a second Close: %v", err)
	}
	if err := s.Update(t.Context(), put("b")); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Update after Close: %v", err)
	}
}
