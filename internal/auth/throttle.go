package auth

import (
	"container/list"
	"crypto/sha256"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"halxml/internal/errs"
	"halxml/internal/model"
)

const (
	freeFailures = 5                // without a delay
	maxDelay     = 30 * time.Second // after one failure
	forgetAfter  = 15 * time.Minute // since the last failure
	maxPairs     = 50_000           // some 10 MB
)

// pair is whose failures are counted together: a name and an address. An IPv6
// caller owns at least a /64, which therefore counts as one address.
type pair struct {
	name [sha256.Size]byte // of the folded name; names are long and callers' own
	addr netip.Addr
}

func newPair(name string, remote netip.Addr) pair {
	if len(name) > maxLoginName {
		name = name[:maxLoginName]
	}
	remote = remote.Unmap().WithZone("")
	if remote.Is6() {
		remote = netip.PrefixFrom(remote, 64).Masked().Addr()
	}
	return pair{sha256.Sum256([]byte(model.FoldName(name))), remote}
}

// throttle counts failed logins. It forgets pairs in the order of their last
// failure, after a while or when it is full.
type throttle struct {
	size  atomic.Int64 // of pairs, read without the lock
	mu    sync.Mutex
	pairs map[pair]*list.Element
	order *list.List // of *failures, the latest in front
}

type failures struct {
	pair  pair
	count int
	last  time.Time
	until time.Time
}

func newThrottle() *throttle {
	return &throttle{pairs: map[pair]*list.Element{}, order: list.New()}
}

// delay is how long to wait after so many failures.
func delay(count int) time.Duration {
	if count < freeFailures {
		return 0
	}
	if count-freeFailures >= 5 { // 32 s and more
		return maxDelay
	}
	return time.Second << (count - freeFailures)
}

// check is errs.Throttled while the pair must wait.
func (t *throttle) check(p pair, now time.Time) error {
	if t.size.Load() == 0 {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	e, ok := t.pairs[p]
	if !ok {
		return nil
	}
	wait := e.Value.(*failures).until.Sub(now)
	if wait <= 0 {
		return nil
	}
	seconds := int((wait + time.Second - 1) / time.Second)
	return errs.Errorf(errs.Throttled, "Too many failed logins. Try again in %d s.", seconds)
}

// fail counts a failure.
func (t *throttle) fail(p pair, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.expire(now)
	e, ok := t.pairs[p]
	if !ok {
		if t.order.Len() >= maxPairs {
			t.remove(t.order.Back())
		}
		e = t.order.PushFront(&failures{pair: p})
		t.pairs[p] = e
		t.size.Add(1)
	}
	f := e.Value.(*failures)
	f.count++
	f.last = now
	f.until = now.Add(delay(f.count))
	t.order.MoveToFront(e)
}

// reset forgets a pair's failures.
func (t *throttle) reset(p pair) {
	if t.size.Load() == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if e, ok := t.pairs[p]; ok {
		t.remove(e)
	}
}

// expire forgets what is old. It holds the lock.
func (t *throttle) expire(now time.Time) {
	for e := t.order.Back(); e != nil && now.Sub(e.Value.(*failures).last) > forgetAfter; e = t.order.Back() {
		t.remove(e)
	}
}

func (t *throttle) remove(e *list.Element) {
	delete(t.pairs, e.Value.(*failures).pair)
	t.order.Remove(e)
	t.size.Add(-1)
}

// tidy forgets what is old.
func (t *throttle) tidy(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.expire(now)
}
