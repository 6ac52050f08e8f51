package auth

import (
	"context"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"

	"halxml/internal/errs"
)

// TestTurnsGoRoundTheAddresses lets one address ask many times before another
// asks once.
func TestTurnsGoRoundTheAddresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ts := newTurns(1)
		many, one := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
		first, err := ts.take(t.Context(), many)
		if err != nil {
			t.Fatal(err)
		}
		var served []netip.Addr
		ask := func(ctx context.Context, from netip.Addr) {
			go func() {
				done, err := ts.take(ctx, from)
				if err != nil {
					return
				}
				served = append(served, from) // one at a time
				done()
			}()
			synctest.Wait()
		}
		for range 5 {
			ask(t.Context(), many)
		}
		leaves, cancel := context.WithCancel(t.Context())
		ask(leaves, one)
		ask(t.Context(), one)
		cancel()
		synctest.Wait()
		first()
		synctest.Wait()
		if want := []netip.Addr{many, one, many, many, many, many}; !slices.Equal(served, want) {
			t.Errorf("served %v, want %v", served, want)
		}
		if ts.free != 1 || len(ts.waiting) != 0 || len(ts.order) != 0 {
			t.Errorf("at the end %d are free, %d wait, %d in order", ts.free, len(ts.waiting), len(ts.order))
		}
	})
}

// TestTurnsAreNotWaitedForWithoutEnd has one address ask more often than may
// wait, and another one once.
func TestTurnsAreNotWaitedForWithoutEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ts := newTurns(1)
		many, one := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
		first, err := ts.take(t.Context(), many)
		if err != nil {
			t.Fatal(err)
		}
		refused, served := 0, 0
		ask := func(from netip.Addr) {
			go func() {
				done, err := ts.take(t.Context(), from)
				if err == nil {
					served++ // one at a time
					done()
				} else if refused++; errs.CodeOf(err) != errs.Throttled {
					t.Error(err)
				}
			}()
			synctest.Wait()
		}
		for range maxWaiting + 3 {
			ask(many)
		}
		ask(one)
		if refused != 3 {
			t.Errorf("%d are refused", refused)
		}
		first()
		synctest.Wait()
		if served != maxWaiting+1 {
			t.Errorf("%d are served", served)
		}
	})
}
