package bolt

import (
	"context"
	"fmt"
	"math"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"

	"halxml/internal/errs"
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
	db        *bbolt.DB
	place     *place
	onPanic   func(value any, stack []byte)
	onFailure func(error)
	patience  time.Duration

	mu      sync.Mutex
	closed  bool
	users   sync.WaitGroup // calls that are under way
	idle    []*buckets     // snapshots of what the file holds now, for Views to come
	writing bool           // a group is under way: no snapshot is kept
	commits uint64         // groups that have ended

	beginning sync.Mutex

	lead    chan struct{} // holds what who leads a group has put in
	queue   chan *update
	given   map[string]uint64 // of who leads, as is what follows
	orders  map[string]*runs
	size    int // members of the last group
	failed  atomic.Pointer[failure]
	wedged  atomic.Bool   // locks of the file inside this process were left held
	stopped chan struct{} // closed at the end

	changedMu sync.RWMutex
	changed   map[string]*journal
	noted     uint64 // the last transaction that changed knows
}

var _ store.Store = (*Store)(nil)

// failure is a disk write of which nobody knows whether it will last.
type failure struct{ cause error }

// enter begins a call, which ends with users.Done.
func (s *Store) enter() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.use()
}

func (s *Store) use() error {
	if s.closed {
		return store.ErrClosed
	}
	if err := s.ended(); err != nil {
		return err
	}
	s.users.Add(1)
	return nil
}

// ended tells why the store can be used no longer before it is closed.
func (s *Store) ended() error {
	if f := s.failed.Load(); f != nil {
		return errs.Wrap(f.cause, errs.Unavailable, "The data cannot be used after a failure of their disk or file; the service must be started again")
	}
	return nil
}

// begin begins a transaction of the file. They begin one at a time: where bbolt
// cannot do it, it leaves its own locks held, and nobody may wait for them.
func (s *Store) begin(writable bool) (btx *bbolt.Tx, err error) {
	s.beginning.Lock()
	defer s.beginning.Unlock()
	if err := s.ended(); err != nil {
		return nil, err
	}
	err = guard(func() error { btx, err = s.db.Begin(writable); return err })
	s.wedge(err)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return btx, nil
}

// endRead ends a read, unless it would wait for a lock that was left held.
func (s *Store) endRead(btx *bbolt.Tx) {
	if !s.wedged.Load() {
		_ = btx.Rollback() // it cannot fail
	}
}

// enterView is enter that also takes an idle snapshot, if there is one, and the
// number of commits so far.
func (s *Store) enterView() (idle *buckets, commits uint64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.use(); err != nil {
		return nil, 0, err
	}
	if last := len(s.idle) - 1; last >= 0 {
		idle, s.idle = s.idle[last], s.idle[:last]
	}
	return idle, s.commits, nil
}

// maxIdle bounds the snapshots that are kept.
const maxIdle = 32

// neverKept is a number of commits that there never are.
const neverKept = math.MaxUint64

// leaveView keeps a snapshot for the next View while it shows what the file
// holds, which spares the making of one, and ends it otherwise.
func (s *Store) leaveView(b *buckets, commits uint64) {
	s.mu.Lock()
	keep := !s.closed && !s.writing && s.commits == commits && len(s.idle) < maxIdle
	if keep {
		s.idle = append(s.idle, b)
	}
	s.mu.Unlock()
	if !keep {
		s.endRead(b.btx)
	}
	s.users.Done()
}

// endIdle ends the idle snapshots: they keep pages from being used again, and
// the file from growing beyond its address space.
func (s *Store) endIdle(writing bool) {
	s.mu.Lock()
	idle := s.idle
	s.idle, s.writing = nil, writing
	s.mu.Unlock()
	for _, b := range idle {
		s.endRead(b.btx)
	}
}

// View runs fn on a snapshot.
func (s *Store) View(ctx context.Context, fn func(store.Tx) error) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	b, commits, err := s.enterView()
	if err != nil {
		return err
	}
	if b == nil {
		btx, err := s.begin(false)
		if err != nil {
			s.users.Done()
			return err
		}
		b = &buckets{btx: btx}
	}
	t := &tx{ctx: ctx, store: s, buckets: b}
	returned := false
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		t.ended = true
		if !returned { // a panic, or the end of the goroutine
			err = s.panicked("a view", recover())
			commits = neverKept
		}
		s.leaveView(b, commits)
	}()
	err = fn(t)
	returned = true
	return err
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
	defer close(s.stopped)
	s.endIdle(false)
	if s.wedged.Load() {
		return fmt.Errorf("store: not closed: %w", s.failed.Load().cause)
	}
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}
