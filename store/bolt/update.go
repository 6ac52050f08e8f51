package bolt

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"halxml/internal/errs"
	"halxml/store"
)

const (
	// queueSize is how many updates wait without blocking in the send.
	queueSize = 1024
	// groupSize is the most updates that share a commit, and groupTime how long
	// a group takes members, so that the first waits little for the last.
	groupSize = 1024
	groupTime = 5 * time.Millisecond
	// gatherTime is how long a group waits for as many members as the last one
	// had. A lone caller never waits.
	gatherTime = 300 * time.Microsecond
)

// update is one call of Update. Its closure runs in the caller's goroutine when
// who leads the group gives it its turn, so that it may end that goroutine (as a
// failed test does) without harm to others.
type update struct {
	state atomic.Int32
	turn  chan *tx
	ran   chan struct{}
	done  chan error
}

// States of an update.
const (
	waiting int32 = iota
	running
	left // its caller did not want to wait
)

// group is what one commit of the file makes durable.
type group struct {
	changed bool
	broken  error             // a closure could not be undone
	given   map[string]uint64 // the store's
	orders  map[string]*runs  // the store's
	members []*update
	written [][]change // by those that succeeded
	buckets *buckets
}

// Update runs fn in the next group. A slow fn delays those behind it by its own
// time; the order is that of arrival.
//
// Who finds nobody writing leads a group in its own goroutine: an update that
// comes alone is spared the ways to a writer and back, which take longer than
// its own work. Those who come meanwhile wait for a turn in that group, or to
// lead the next one.
func (s *Store) Update(ctx context.Context, fn func(store.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.enter(); err != nil {
		return err
	}
	defer s.users.Done()
	u := &update{turn: make(chan *tx, 1), ran: make(chan struct{}, 1), done: make(chan error, 1)}
	select {
	case s.lead <- struct{}{}:
		return s.leadGroup(ctx, u, fn)
	default:
	}
	select {
	case s.queue <- u:
	case s.lead <- struct{}{}:
		return s.leadGroup(ctx, u, fn)
	case <-ctx.Done():
		return ctx.Err()
	}
	var t *tx
	select {
	case t = <-u.turn:
	case s.lead <- struct{}{}:
		return s.leadGroup(ctx, u, fn)
	case <-ctx.Done():
		if u.state.CompareAndSwap(waiting, left) {
			return ctx.Err()
		}
		t = <-u.turn
	}
	failed := s.run(ctx, u, t, fn)
	if err := <-u.done; failed == nil {
		return err
	}
	return failed
}

// leadGroup makes a group that begins with u, answers its members once their changes
// are on disk, and lets the next one lead.
func (s *Store) leadGroup(ctx context.Context, u *update, fn func(store.Tx) error) (err error) {
	defer func() { <-s.lead }()
	u.state.Store(running) // should it be in the queue, it is no longer meant
	s.endIdle(true)
	btx, err := s.begin(true)
	if err != nil {
		s.committed()
		return err
	}
	g := &group{given: s.given, orders: s.orders, buckets: &buckets{btx: btx}, members: []*update{u}}
	var failed error
	defer func() { // also when fn ends the goroutine
		s.gather(g)
		s.commit(g)
		if err = <-u.done; failed != nil {
			err = failed
		}
	}()
	failed = s.run(ctx, u, &tx{group: g, buckets: g.buckets}, fn)
	return failed
}

// abandon ends a transaction of the file without its changes, unless it has
// ended.
func (s *Store) abandon(btx *bbolt.Tx) { s.wedge(guard(btx.Rollback)) }

// wedge ends the store where bbolt could neither begin nor end a transaction
// over a damaged file: its lock inside this process is held for good.
func (s *Store) wedge(err error) {
	if errors.Is(err, ErrDamaged) {
		s.failed.CompareAndSwap(nil, &failure{err})
		s.wedged.Store(true)
	}
}

// run runs fn in its turn and undoes it unless it succeeds.
func (s *Store) run(ctx context.Context, u *update, t *tx, fn func(store.Tx) error) (err error) {
	returned, settled := false, false
	defer func() {
		if !settled {
			t.group.broken = errors.Join(t.group.broken, errors.New("store: an update was not undone"))
		}
		t.ended = true
		u.ran <- struct{}{}
	}()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if !returned { // a panic, or the end of the goroutine
			err = s.panicked("an update", recover())
		}
		if err != nil {
			t.group.broken = errors.Join(t.group.broken, guard(t.rollback))
		} else if len(t.undo) > 0 {
			t.group.changed = true
			t.group.written = append(t.group.written, t.undo)
		}
		settled = true
	}()
	if err = ctx.Err(); err == nil {
		err = fn(t)
	}
	returned = true
	return err
}

// commit ends a group and answers its members.
func (s *Store) commit(g *group) {
	s.size = len(g.members)
	err := g.broken
	if err == nil && g.changed {
		s.note(g)
		err = s.sync(g.buckets.btx)
	} else {
		s.abandon(g.buckets.btx) // there is nothing to keep
	}
	s.committed()
	for _, u := range g.members {
		u.done <- err
	}
}

// committed lets Views keep their snapshots again, if they began after this.
func (s *Store) committed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writing = false
	s.commits++
}

// order is the order in which new keys come to a bucket.
func (g *group) order(name string) *runs {
	r := g.orders[name]
	if r == nil {
		r = newRuns()
		g.orders[name] = r
	}
	return r
}

// note notes what the group wrote to, before anyone can see it.
func (s *Store) note(g *group) {
	id := uint64(g.buckets.btx.ID())
	for _, b := range g.buckets.open {
		if b.changes > 0 {
			b.FillPercent = g.order(b.name).fill()
		}
	}
	s.changedMu.Lock()
	defer s.changedMu.Unlock()
	s.noted = id
	for _, b := range g.buckets.open {
		if b.changes > 0 {
			s.journal(b.name).last = id
		}
	}
	for _, changes := range g.written {
		for _, c := range changes {
			s.changed[c.bucket.name].note(id, c.key)
		}
	}
}

// take gives u its turn, unless its caller has left or led a group of its own,
// and waits for its end.
func (g *group) take(u *update) {
	if !u.state.CompareAndSwap(waiting, running) {
		return
	}
	g.members = append(g.members, u)
	u.turn <- &tx{group: g, buckets: g.buckets}
	<-u.ran
}

// gather takes those who wait, and for a moment those who will come.
func (s *Store) gather(g *group) {
	end := time.Now().Add(groupTime)
	var late <-chan time.Time
	for len(g.members) < groupSize && time.Now().Before(end) {
		select {
		case u := <-s.queue:
			g.take(u)
			continue
		default:
		}
		if s.size <= 1 || len(g.members) >= s.size {
			return
		}
		if late == nil {
			late = time.After(gatherTime)
		}
		select {
		case u := <-s.queue:
			g.take(u)
		case <-late:
			return
		}
	}
}

// sync commits. If that fails, nothing of the group may be seen: should the
// file show it nevertheless (its last write was made, but not confirmed), the
// store ends, since nobody can say what a restart will find.
func (s *Store) sync(btx *bbolt.Tx) error {
	id := btx.ID()
	if err := s.place.check(btx); err != nil {
		s.tell(fmt.Errorf("store: %w", err))
		if errors.Is(err, errOverwritten) {
			s.failed.CompareAndSwap(nil, &failure{err})
		}
		s.abandon(btx)
		return err
	}
	err := s.watch(btx.Commit)
	if err == nil {
		s.place.last = id
		return nil
	}
	err = fmt.Errorf("store: commit: %w", err)
	s.tell(err)
	if errors.Is(err, ErrDamaged) { // in the middle of it
		s.failed.Store(&failure{err})
		s.abandon(btx)
		return err
	}
	s.abandon(btx) // most failures have done so
	check, cerr := s.begin(false)
	if cerr != nil {
		s.failed.Store(&failure{err})
		return err
	}
	known := check.ID() < id
	if !known {
		s.failed.Store(&failure{err})
	}
	s.endRead(check)
	switch {
	case !known:
		return errs.Wrap(err, errs.Unavailable, "It is not known whether the change was made: the disk that the data are on fails")
	case full(err):
		return errs.Wrap(err, errs.Unavailable, "The change was not made: the disk that the data are on is full")
	}
	return errs.Wrap(err, errs.Unavailable, "The change was not made: the disk that the data are on fails")
}

// watch runs a disk write, and tells if it does not end. A disk may hang, and a
// page that says that it is very long makes bbolt free as many one by one, until
// there is no memory left; it cannot be stopped.
func (s *Store) watch(write func() error) error {
	late := time.AfterFunc(s.patience, func() {
		s.tell(fmt.Errorf("store: a disk write has not ended after %s: the disk hangs, or the file is damaged, which a check of it would find", s.patience))
	})
	defer late.Stop()
	return guard(write)
}

// tell tells of trouble with disk writes.
func (s *Store) tell(err error) {
	if s.onFailure != nil {
		s.onFailure(err)
	}
}

// full reports whether there was no room for a disk write.
func full(err error) bool {
	for _, none := range []error{syscall.ENOSPC, syscall.EDQUOT, berrors.ErrMaxSizeReached} {
		if errors.Is(err, none) {
			return true
		}
	}
	return false
}
