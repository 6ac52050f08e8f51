package auth

import (
	"context"
	"net/netip"
	"sync"

	"halxml/internal/errs"
)

// turns lets a few callers at a time do something costly. Those who wait come
// by turns of their addresses, so that who sends many from one address delays
// others by one only; and only so many of one address, so that they do not take
// all connections either.
type turns struct {
	mu      sync.Mutex
	free    int
	waiting map[netip.Addr][]*turn
	order   []netip.Addr // that have somebody waiting, the next one first
}

// maxWaiting is how many of one address may wait for a turn.
const maxWaiting = 1000

// turn is one who waits.
type turn struct {
	given chan struct{} // closed when it is theirs
	left  bool
}

func newTurns(n int) *turns { return &turns{free: n, waiting: map[netip.Addr][]*turn{}} }

// take waits for a turn, which ends with done. Where too many of the same
// address wait already the error is errs.Throttled.
func (t *turns) take(ctx context.Context, from netip.Addr) (done func(), err error) {
	t.mu.Lock()
	if t.free > 0 {
		t.free--
		t.mu.Unlock()
		return t.pass, nil
	}
	if len(t.waiting[from]) >= maxWaiting {
		t.mu.Unlock()
		return nil, errs.Errorf(errs.Throttled, "Too many logins at once. Try again later.")
	}
	mine := &turn{given: make(chan struct{})}
	if len(t.waiting[from]) == 0 {
		t.order = append(t.order, from)
	}
	t.waiting[from] = append(t.waiting[from], mine)
	t.mu.Unlock()
	select {
	case <-mine.given:
		return t.pass, nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	mine.left = true
	t.mu.Unlock()
	select {
	case <-mine.given: // meanwhile
		t.pass()
	default:
	}
	return nil, ctx.Err()
}

// pass gives a turn to the next one, or back.
func (t *turns) pass() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.order) > 0 {
		from := t.order[0]
		t.order = t.order[1:]
		all := t.waiting[from]
		for len(all) > 0 && all[0].left {
			all = all[1:]
		}
		if len(all) < 2 {
			delete(t.waiting, from)
		} else {
			t.waiting[from] = all[1:]
			t.order = append(t.order, from)
		}
		if len(all) > 0 {
			close(all[0].given)
			return
		}
	}
	t.free++
}
