package bolt

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"go.etcd.io/bbolt"

	"halxml/store"
)

// Store is an open data file. It is safe for concurrent use.
//
// A View may start an Update of its own goroutine; it goes on seeing what was
// there before. (Only a file that outgrows the address space set aside for it
// while such a View is open would make the two wait for each other.) An Update
// inside an Update of the same goroutine waits for itself until its context
// ends.
type Store struct {
	db      *bbolt.DB
	onPanic func(value any, stack []byte)

	mu     sync.Mutex
	closed bool
	users  sync.WaitGroup // calls that are under way

	queue   chan *update
	stopped chan struct{} // closed when the writer has ended
	given   map[string]uint64
	size    int // members of the last group
	failed  atomic.Pointer[failure]

	changedMu sync.RWMutex
	changed   map[string]uint64 // the last transaction that wrote to a bucket
}

var _ store.Store = (*Store)(nil)

// failure is a disk write of which nobody knows whether it will last.
type failure struct{ cause error }

func (s *Store) enter() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return store.ErrClosed
	}
	if f := s.failed.Load(); f != nil {
		return fmt.Errorf("store: closed after a failed disk write: %w", f.cause)
	}
	s.users.Add(1)
	return nil
}

// View runs fn on a snapshot.
func (s *Store) View(ctx context.Context, fn func(store.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.enter(); err != nil {
		return err
	}
	defer s.users.Done()
	btx, err := s.db.Begin(false)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	t := &tx{ctx: ctx, store: s, buckets: &buckets{btx: btx}}
	defer func() {
		t.ended = true
		_ = btx.Rollback() // the end of a read; it cannot fail
	}()
	return fn(t)
}

// Close waits for the calls that are under way, then releases the file. A
// second Close does nothing.
func (s *Store) Close() error {
	s.mu.Lock()
	again := s.closed
	s.closed = true
	s.mu.Unlock()
	s.users.Wait()
	if again {
		<-s.stopped
		return nil
	}
	close(s.queue)
	<-s.stopped
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}
