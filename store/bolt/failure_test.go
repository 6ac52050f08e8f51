package bolt

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	berrors "go.etcd.io/bbolt/errors"

	"halxml/internal/errs"
	"halxml/store"
)

// TestAFullDiskFailsAllAndKeepsNothing lets commits fail at the file's greatest
// size: every update of the group gets the error, nothing of it is seen, no
// number comes twice, and the store works on.
func TestAFullDiskFailsAllAndKeepsNothing(t *testing.T) {
	const most = 1 << 20
	told := 0
	s, err := Open(filepath.Join(t.TempDir(), "data.db"), Options{NoSync: true, mapSize: most / 2, maxSize: most,
		OnFailure: func(error) { told++ }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx := context.Background()
	put := func(key string, size int) error {
		return s.Update(ctx, func(tx store.Tx) error {
			if _, err := tx.NextID("big"); err != nil {
				return err
			}
			return tx.Put("big", []byte(key), make([]byte, size))
		})
	}
	if err := put("first", 10); err != nil {
		t.Fatal(err)
	}
	// A group: one that is too big, and neighbours that come while it runs.
	var neighbours sync.WaitGroup
	failures := make(chan error, 10)
	err = s.Update(ctx, func(tx store.Tx) error {
		for range cap(failures) {
			neighbours.Go(func() { failures <- put("neighbour", 10) })
		}
		for len(s.queue) < cap(failures) {
			runtime.Gosched() // until all wait
		}
		return tx.Put("big", []byte("too big"), make([]byte, 2*most))
	})
	if !errors.Is(err, berrors.ErrMaxSizeReached) {
		t.Fatalf("an update beyond the greatest size: %v", err)
	}
	if errs.CodeOf(err) != errs.Unavailable || !strings.Contains(errs.MessageOf(err), "disk") {
		t.Errorf("callers read %d %s", errs.CodeOf(err), errs.MessageOf(err))
	}
	if told != 1 {
		t.Errorf("the log is told %d times", told)
	}
	neighbours.Wait()
	for range cap(failures) {
		if err := <-failures; !errors.Is(err, berrors.ErrMaxSizeReached) {
			t.Errorf("a neighbour of the failed commit: %v", err)
		}
	}
	err = s.View(ctx, func(tx store.Tx) error {
		return tx.Scan("big", nil, nil, false, func(k, _ []byte) (bool, error) {
			if string(k) != "first" {
				t.Errorf("%q is kept", k)
			}
			return true, nil
		})
	})
	if err != nil {
		t.Error(err)
	}
	if err := put("last", 10); err != nil {
		t.Errorf("after the failure: %v", err)
	}
	err = s.Update(ctx, func(tx store.Tx) error {
		n, err := tx.NextID("big")
		if want := uint64(cap(failures) + 3); n != want {
			t.Errorf("the next number is %d, want %d", n, want)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestPanicsAreReportedWithTheirStack(t *testing.T) {
	var value any
	var stack []byte
	s, err := Open(filepath.Join(t.TempDir(), "data.db"), Options{NoSync: true,
		OnPanic: func(v any, b []byte) { value, stack = v, b }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Update(t.Context(), func(store.Tx) error { panic("a defect") }); err == nil {
		t.Error("no error")
	}
	if value != "a defect" || len(stack) == 0 {
		t.Errorf("reported %v, %d bytes of stack", value, len(stack))
	}
}

// TestUpdatesThatComeTogetherShareADiskWrite counts the file's transactions.
func TestUpdatesThatComeTogetherShareADiskWrite(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "data.db"), Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx := context.Background()
	commits := func() int {
		tx, err := s.db.Begin(false)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback()
		return tx.ID()
	}
	put := func(key string) error {
		return s.Update(ctx, func(tx store.Tx) error { return tx.Put("b", []byte(key), nil) })
	}
	before := commits()
	var others sync.WaitGroup
	err = s.Update(ctx, func(tx store.Tx) error {
		for i := range 10 {
			others.Go(func() {
				if err := put(string(rune('a' + i))); err != nil {
					t.Error(err)
				}
			})
		}
		for len(s.queue) < 10 {
			runtime.Gosched() // until all wait
		}
		return tx.Put("b", []byte("first"), nil)
	})
	others.Wait()
	if n := commits() - before; n < 1 || n >= 11 || err != nil { // 1, but on a machine that stands still
		t.Errorf("11 updates made %d commits, %v", n, err)
	}
	before = commits()
	err = s.Update(ctx, func(tx store.Tx) error { _, err := tx.Get("b", []byte("first")); return err })
	if n := commits() - before; n != 0 || err != nil {
		t.Errorf("an update that writes nothing made %d commits, %v", n, err)
	}
}

// TestWhoeverWaitsWhenTheFileFailsIsTold empties the file of a store while more
// wait than one group takes, and others read: all get an error, and it closes.
func TestWhoeverWaitsWhenTheFileFailsIsTold(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files in use are not cut")
	}
	path := filepath.Join(t.TempDir(), "data.db")
	s, err := Open(path, Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	var others sync.WaitGroup
	err = s.Update(ctx, func(tx store.Tx) error {
		for range queueSize + 100 {
			others.Go(func() {
				err := s.Update(ctx, func(tx store.Tx) error { return tx.Put("b", []byte("neighbour"), nil) })
				if err == nil {
					t.Error("an update of an empty file is answered")
				}
			})
		}
		for len(s.queue) < queueSize {
			runtime.Gosched() // until all wait
		}
		if err := tx.Put("b", []byte("first"), nil); err != nil {
			return err
		}
		return os.Truncate(path, 0)
	})
	if errs.CodeOf(err) != errs.Unavailable {
		t.Errorf("the first one: %v", err)
	}
	for range 10 {
		others.Go(func() {
			if err := s.View(ctx, func(store.Tx) error { return nil }); err == nil {
				t.Error("an empty file is read")
			}
		})
	}
	others.Wait()
	_ = s.Close() // may fail; it returns
}

// TestADiskWriteThatDoesNotEndIsTold writes until one takes longer than nothing.
func TestADiskWriteThatDoesNotEndIsTold(t *testing.T) {
	told := make(chan error, 1)
	s, err := Open(filepath.Join(t.TempDir(), "data.db"), Options{NoSync: true, patience: 1,
		OnFailure: func(err error) {
			select {
			case told <- err:
			default:
			}
		}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for {
		err := s.Update(t.Context(), func(tx store.Tx) error { return tx.Put("b", []byte("key"), nil) })
		if err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-told:
			if !strings.Contains(err.Error(), "has not ended") {
				t.Error(err)
			}
			return
		default:
		}
	}
}
