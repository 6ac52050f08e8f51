package storetest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"halxml/store"
)

// Run tests a backend against the contract of store.Store and store.Tx. open
// gives an empty store that is closed when the test ends (see Keep).
func Run(t *testing.T, open func(testing.TB) store.Store) {
	tests := []struct {
		name string
		test func(*testing.T, store.Store)
	}{
		{"Values", values},
		{"MissingBucket", missingBucket},
		{"ReadOnly", readOnly},
		{"Isolation", isolation},
		{"FailureKeepsNothing", failureKeepsNothing},
		{"PanicKeepsNothing", panicKeepsNothing},
		{"EndOfGoroutineKeepsNothing", endOfGoroutine},
		{"EndedContext", endedContext},
		{"ContextEndsInTheQueue", contextEndsInTheQueue},
		{"ContextEndsScan", contextEndsScan},
		{"UseAfterEnd", useAfterEnd},
		{"ScanBounds", scanBounds},
		{"ScanFar", scanFar},
		{"ScanWithWrites", scanWithWrites},
		{"ScanOverDeleted", scanOverDeleted},
		{"Numbers", numbers},
		{"NumbersAfterFailure", numbersAfterFailure},
		{"Concurrency", concurrency},
		{"UpdateInsideView", updateInsideView},
		{"Versions", versions},
		{"Changes", changes},
		{"Close", closing},
		{"Migrate", migrate},
		{"Tables", tables},
		{"BorrowedRecords", borrowedRecords},
		{"KeysAgainstModel", keysAgainstModel},
		{"TablesAgainstModel", tablesAgainstModel},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, open(t)) })
	}
}

const bucket = "things"

var errRefused = errors.New("refused")

func update(t *testing.T, s store.Store, fn func(store.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), fn); err != nil {
		t.Fatalf("Update: %v", err)
	}
}

func view(t *testing.T, s store.Store, fn func(store.Tx) error) {
	t.Helper()
	if err := s.View(t.Context(), fn); err != nil {
		t.Fatalf("View: %v", err)
	}
}

// put writes keys that are their own values.
func put(keys ...string) func(store.Tx) error {
	return func(tx store.Tx) error {
		for _, k := range keys {
			if err := tx.Put(bucket, []byte(k), []byte(k)); err != nil {
				return err
			}
		}
		return nil
	}
}

// keys lists [from, to); "" is no bound.
func keys(tx store.Tx, from, to string, reverse bool) (all []string, err error) {
	var lo, hi []byte
	if from != "" {
		lo = []byte(from)
	}
	if to != "" {
		hi = []byte(to)
	}
	err = tx.Scan(bucket, lo, hi, reverse, func(k, v []byte) (bool, error) {
		if !bytes.Equal(k, v) {
			return false, fmt.Errorf("%q has the value %q", k, v)
		}
		all = append(all, string(k))
		return true, nil
	})
	return all, err
}

func wantKeys(t *testing.T, s store.Store, want ...string) {
	t.Helper()
	view(t, s, func(tx store.Tx) error {
		got, err := keys(tx, "", "", false)
		if err == nil && !slices.Equal(got, want) {
			t.Errorf("the store has %q, want %q", got, want)
		}
		return err
	})
}

func values(t *testing.T, s store.Store) {
	key, value := []byte("k"), []byte("v")
	update(t, s, func(tx store.Tx) error {
		if err := tx.Put(bucket, key, value); err != nil {
			return err
		}
		key[0], value[0] = 'x', 'x' // the slices are the caller's again
		if err := tx.Put(bucket, []byte("empty"), nil); err != nil {
			return err
		}
		got, err := tx.Get(bucket, []byte("empty"))
		if got == nil || len(got) != 0 {
			t.Errorf("an empty value reads as %#v before the commit", got)
		}
		return err
	})
	check := func(tx store.Tx) error {
		for k, want := range map[string][]byte{"k": []byte("v"), "empty": {}, "x": nil, "kk": nil} {
			got, err := tx.Get(bucket, []byte(k))
			if err != nil {
				return err
			}
			if !bytes.Equal(got, want) || (got == nil) != (want == nil) {
				t.Errorf("%q is %#v, want %#v", k, got, want)
			}
		}
		return nil
	}
	view(t, s, check)
	update(t, s, check)
	update(t, s, func(tx store.Tx) error {
		if err := tx.Delete(bucket, []byte("absent")); err != nil {
			t.Errorf("Delete of an absent key: %v", err)
		}
		return tx.Delete(bucket, []byte("k"))
	})
	view(t, s, func(tx store.Tx) error {
		got, err := tx.Get(bucket, []byte("k"))
		if got != nil {
			t.Errorf("a deleted key is %q", got)
		}
		return err
	})
}

func missingBucket(t *testing.T, s store.Store) {
	read := func(tx store.Tx) error {
		if v, err := tx.Get("none", []byte("k")); v != nil || err != nil {
			t.Errorf("Get: %q, %v", v, err)
		}
		if n, err := tx.LastID("none"); n != 0 || err != nil {
			t.Errorf("LastID: %d, %v", n, err)
		}
		return tx.Scan("none", nil, nil, false, func(k, _ []byte) (bool, error) {
			t.Errorf("Scan gives %q", k)
			return true, nil
		})
	}
	view(t, s, read)
	update(t, s, read)
	update(t, s, func(tx store.Tx) error { return tx.Delete("none", []byte("k")) })
}

func readOnly(t *testing.T, s store.Store) {
	view(t, s, func(tx store.Tx) error {
		if tx.Writable() {
			t.Error("a View is writable")
		}
		_, err := tx.NextID(bucket)
		for _, err := range []error{err, tx.Put(bucket, []byte("k"), nil), tx.Delete(bucket, []byte("k")), tx.Reserve(bucket, 1)} {
			if !errors.Is(err, store.ErrReadOnly) {
				t.Errorf("a write in a View: %v", err)
			}
		}
		return nil
	})
	update(t, s, func(tx store.Tx) error {
		if !tx.Writable() {
			t.Error("an Update is not writable")
		}
		return nil
	})
}

func isolation(t *testing.T, s store.Store) {
	update(t, s, put("a"))
	view(t, s, func(old store.Tx) error {
		done := make(chan error)
		go func() { done <- s.Update(context.Background(), put("b")) }()
		if err := <-done; err != nil {
			return err
		}
		got, err := keys(old, "", "", false)
		if !slices.Equal(got, []string{"a"}) {
			t.Errorf("an open View sees %q", got)
		}
		return err
	})
	wantKeys(t, s, "a", "b")
	update(t, s, func(tx store.Tx) error {
		if err := put("c")(tx); err != nil {
			return err
		}
		if got, err := keys(tx, "", "", false); !slices.Equal(got, []string{"a", "b", "c"}) {
			t.Errorf("an Update sees %q of its own, %v", got, err)
		}
		wantKeys(t, s, "a", "b") // others do not yet
		return nil
	})
}

// spoil overwrites, adds and deletes, each twice.
func spoil(tx store.Tx) error {
	for range 2 {
		for _, k := range []string{"a", "new"} {
			if err := tx.Put(bucket, []byte(k), []byte("spoiled")); err != nil {
				return err
			}
		}
		if err := tx.Delete(bucket, []byte("b")); err != nil {
			return err
		}
	}
	return tx.Put("other", []byte("k"), []byte("v"))
}

func failureKeepsNothing(t *testing.T, s store.Store) {
	update(t, s, put("a", "b"))
	err := s.Update(t.Context(), func(tx store.Tx) error {
		if err := spoil(tx); err != nil {
			return err
		}
		return errRefused
	})
	if !errors.Is(err, errRefused) {
		t.Errorf("Update: %v", err)
	}
	wantKeys(t, s, "a", "b")
	if err := s.View(t.Context(), func(store.Tx) error { return errRefused }); !errors.Is(err, errRefused) {
		t.Errorf("View: %v", err)
	}
}

func panicKeepsNothing(t *testing.T, s store.Store) {
	update(t, s, put("a", "b"))
	err := s.Update(t.Context(), func(tx store.Tx) error {
		if err := spoil(tx); err != nil {
			return err
		}
		panic("a defect")
	})
	if err == nil {
		t.Error("Update that panicked: no error")
	}
	update(t, s, put("c"))
	wantKeys(t, s, "a", "b", "c")
}

func endOfGoroutine(t *testing.T, s store.Store) {
	update(t, s, put("a", "b"))
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Update(context.Background(), func(tx store.Tx) error {
			if err := spoil(tx); err != nil {
				return err
			}
			runtime.Goexit()
			return nil
		})
	}()
	<-done
	update(t, s, put("c"))
	wantKeys(t, s, "a", "b", "c")
}

func endedContext(t *testing.T, s store.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	never := func(store.Tx) error { t.Error("the closure ran"); return nil }
	if err := s.Update(ctx, never); !errors.Is(err, context.Canceled) {
		t.Errorf("Update: %v", err)
	}
	if err := s.View(ctx, never); !errors.Is(err, context.Canceled) {
		t.Errorf("View: %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	err := s.Update(ctx, func(tx store.Tx) error { cancel(); return put("a")(tx) })
	if err != nil {
		t.Errorf("an Update whose context ends while it runs: %v", err)
	}
	wantKeys(t, s, "a")
}

func contextEndsInTheQueue(t *testing.T, s store.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan error)
	update(t, s, func(store.Tx) error {
		go func() {
			left <- s.Update(ctx, func(store.Tx) error { t.Error("the closure ran"); return nil })
		}()
		cancel()
		if err := <-left; !errors.Is(err, context.Canceled) { // it does not wait for us
			t.Errorf("Update: %v", err)
		}
		return nil
	})
	update(t, s, put("a"))
}

func contextEndsScan(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error {
		for i := range uint16(5000) {
			k := binary.BigEndian.AppendUint16(nil, i)
			if err := tx.Put(bucket, k, k); err != nil {
				return err
			}
		}
		return nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	passed := 0
	err := s.View(ctx, func(tx store.Tx) error {
		return tx.Scan(bucket, nil, nil, false, func(_, _ []byte) (bool, error) {
			passed++
			cancel()
			return true, nil
		})
	})
	if !errors.Is(err, context.Canceled) || passed == 5000 {
		t.Errorf("View: %v after %d keys", err, passed)
	}
}

func useAfterEnd(t *testing.T, s store.Store) {
	var kept []store.Tx
	keep := func(tx store.Tx) error { kept = append(kept, tx); return nil }
	update(t, s, keep)
	view(t, s, keep)
	for _, tx := range kept {
		if _, err := tx.Get(bucket, []byte("k")); err == nil {
			t.Error("Get after the end: no error")
		}
		if err := tx.Scan(bucket, nil, nil, false, nil); err == nil {
			t.Error("Scan after the end: no error")
		}
		if err := tx.Put(bucket, []byte("k"), nil); err == nil {
			t.Error("Put after the end: no error")
		}
	}
}

func numbers(t *testing.T, s store.Store) {
	next := func(tx store.Tx, name string, want uint64) {
		t.Helper()
		if got, err := tx.NextID(name); got != want || err != nil {
			t.Errorf("NextID of %s: %d, %v, want %d", name, got, err, want)
		}
	}
	update(t, s, func(tx store.Tx) error {
		next(tx, "one", 1)
		next(tx, "one", 2)
		next(tx, "two", 1)
		if err := tx.Reserve("one", 10); err != nil {
			return err
		}
		if err := tx.Reserve("one", 5); err != nil {
			return err
		}
		next(tx, "one", 11)
		return nil
	})
	check := func(tx store.Tx) error {
		for name, want := range map[string]uint64{"one": 11, "two": 1, "three": 0} {
			if got, err := tx.LastID(name); got != want || err != nil {
				t.Errorf("LastID of %s: %d, %v, want %d", name, got, err, want)
			}
		}
		return nil
	}
	view(t, s, check)
	update(t, s, check)
}

func numbersAfterFailure(t *testing.T, s store.Store) {
	var given uint64
	err := s.Update(t.Context(), func(tx store.Tx) (err error) {
		if given, err = tx.NextID(bucket); err != nil {
			return err
		}
		return errRefused
	})
	if !errors.Is(err, errRefused) {
		t.Fatal(err)
	}
	update(t, s, func(tx store.Tx) error {
		n, err := tx.NextID(bucket)
		if n <= given {
			t.Errorf("NextID gave %d, then %d", given, n)
		}
		return err
	})
}

func migrate(t *testing.T, s store.Store) {
	if err := store.Migrate(t.Context(), s); err != nil {
		t.Errorf("again: %v", err)
	}
	all := store.Migrations()
	view(t, s, func(tx store.Tx) error {
		v, err := store.Version(tx)
		if v != all[len(all)-1].Version {
			t.Errorf("the version is %d", v)
		}
		return err
	})
}
