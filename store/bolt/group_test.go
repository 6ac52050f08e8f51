package bolt

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"

	"halxml/store"
)

func openGroup(t *testing.T) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "data.db"), Options{NoSync: true})
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

// waitFor lets others run until so many updates wait in the queue.
func (s *Store) waitFor(queued int) {
	for len(s.queue) < queued {
		runtime.Gosched()
	}
}

func (s *Store) keys(t *testing.T) (all []string) {
	t.Helper()
	err := s.View(context.Background(), func(tx store.Tx) error {
		return tx.Scan("b", nil, nil, false, func(k, _ []byte) (bool, error) {
			all = append(all, string(k))
			return true, nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestNeighboursOfAFailureAreNotTouched has updates of one group fail in each
// way there is, between others that succeed.
func TestNeighboursOfAFailureAreNotTouched(t *testing.T) {
	s := openGroup(t)
	refused := errors.New("refused")
	put := func(tx store.Tx, key string) error { return tx.Put("b", []byte(key), nil) }
	ctx, cancel := context.WithCancel(context.Background())
	ways := []func(store.Tx) error{
		func(store.Tx) error { return refused },
		func(store.Tx) error { panic("a defect") },
		func(store.Tx) error { runtime.Goexit(); return nil },
		func(tx store.Tx) error { return tx.Put("b", nil, nil) }, // the file refuses it
		func(store.Tx) error { cancel(); return ctx.Err() },
	}
	var members sync.WaitGroup
	var mu sync.Mutex
	var want []string
	results := map[string]error{}
	member := func(ctx context.Context, key string, fn func(store.Tx) error) {
		members.Go(func() {
			err := s.Update(ctx, func(tx store.Tx) error {
				if err := put(tx, key); err != nil {
					return err
				}
				return fn(tx)
			})
			mu.Lock()
			defer mu.Unlock()
			results[key] = err
		})
	}
	err := s.Update(t.Context(), func(tx store.Tx) error {
		queued := 0
		for i, way := range ways {
			member(ctx, fmt.Sprintf("bad %d", i), way)
			queued++
			s.waitFor(queued)
			good := fmt.Sprintf("good %d", i)
			member(context.Background(), good, func(tx store.Tx) error {
				for _, bad := range []string{"bad 0", "bad 1", "bad 2", "bad 3", "bad 4"} {
					if v, err := tx.Get("b", []byte(bad)); v != nil || err != nil {
						t.Errorf("%s sees what %s wrote (%v)", good, bad, err)
					}
				}
				return nil
			})
			queued++
			s.waitFor(queued)
			want = append(want, good)
		}
		return put(tx, "first")
	})
	if err != nil {
		t.Fatal(err)
	}
	members.Wait()
	want = append(want, "first")
	slices.Sort(want)
	if got := s.keys(t); !slices.Equal(got, want) {
		t.Errorf("kept %q, want %q", got, want)
	}
	for key, err := range results {
		if good := key[0] == 'g'; good != (err == nil) {
			t.Errorf("%s: %v", key, err)
		}
	}
	if !errors.Is(results["bad 0"], refused) || !errors.Is(results["bad 4"], context.Canceled) {
		t.Errorf("the causes: %v, %v", results["bad 0"], results["bad 4"])
	}
}

// TestASlowUpdateDelaysOthersByItsOwnWorkOnly holds an update in its closure:
// whoever came before and shares the disk write waits for it, whoever comes
// behind has its turn as soon as it ends, in the order of arrival, and whoever
// does not want to wait leaves.
func TestASlowUpdateDelaysOthersByItsOwnWorkOnly(t *testing.T) {
	s := openGroup(t)
	var mu sync.Mutex
	var ran []string
	note := func(name string) {
		mu.Lock()
		defer mu.Unlock()
		ran = append(ran, name)
	}
	var others sync.WaitGroup
	run := func(name string) {
		others.Go(func() {
			err := s.Update(context.Background(), func(tx store.Tx) error {
				note(name)
				return tx.Put("b", []byte(name), nil)
			})
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	started, finish, slow := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		slow <- s.Update(context.Background(), func(tx store.Tx) error {
			close(started)
			<-finish
			note("slow")
			return tx.Put("b", []byte("slow"), nil)
		})
	}()
	<-started
	for i, name := range []string{"one", "two", "three"} {
		run(name)
		s.waitFor(i + 1)
	}
	impatient, cancel := context.WithCancel(context.Background())
	left := make(chan error, 1)
	go func() {
		left <- s.Update(impatient, func(store.Tx) error { t.Error("it ran after its caller had left"); return nil })
	}()
	s.waitFor(4)
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) { // while the slow one still runs
		t.Errorf("a caller that did not want to wait: %v", err)
	}
	if got := s.keys(t); len(got) != 0 { // readers do not wait either
		t.Errorf("readers see %q", got)
	}
	close(finish)
	if err := <-slow; err != nil {
		t.Error(err)
	}
	others.Wait()
	if want := []string{"slow", "one", "two", "three"}; !slices.Equal(ran, want) {
		t.Errorf("ran %q, want %q", ran, want)
	}
	if got := len(s.keys(t)); got != 4 {
		t.Errorf("%d keys are kept, want 4", got)
	}
}

// TestReadersNeverWaitForTheWriter reads while the file's only write transaction
// is open, as it is from the first closure of a group to the end of its disk
// write, and while a reader holds an old state.
func TestReadersNeverWaitForTheWriter(t *testing.T) {
	s := openGroup(t)
	put := func(key string) {
		err := s.Update(context.Background(), func(tx store.Tx) error { return tx.Put("b", []byte(key), nil) })
		if err != nil {
			t.Fatal(err)
		}
	}
	put("a")
	writing, err := s.db.Begin(true)
	if err != nil {
		t.Fatal(err)
	}
	var readers sync.WaitGroup
	for range 2 * maxIdle { // more than snapshots are kept: new ones are made too
		readers.Go(func() {
			if got := s.keys(t); !slices.Equal(got, []string{"a"}) {
				t.Errorf("read %q", got)
			}
		})
	}
	readers.Wait()
	if err := writing.Rollback(); err != nil {
		t.Fatal(err)
	}
	// Nor does the writer wait for a reader.
	err = s.View(t.Context(), func(tx store.Tx) error {
		for i := range 10 {
			put(fmt.Sprint(i))
		}
		v, err := tx.Get("b", []byte("0"))
		if v != nil {
			t.Error("an open View sees what came after it")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if got := len(s.keys(t)); got != 11 {
		t.Errorf("%d keys, want 11", got)
	}
}
