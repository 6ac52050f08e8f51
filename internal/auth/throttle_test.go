package auth

import (
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"time"

	"halxml/internal/errs"
)

func TestThrottle(t *testing.T) {
	for _, user := range []string{"administrator", "nobody"} {
		h := newHouse(t, nil)
		attempt := func(password string, from netip.Addr) error {
			_, _, err := h.Login(t.Context(), user, password, from)
			return err
		}
		for range 5 {
			want(t, attempt("wrong", home), errs.BadLogin, errs.LoginText)
		}
		for _, seconds := range []int{1, 2, 4, 8, 16, 30, 30, 30} {
			before := h.hashes.Load()
			want(t, attempt("secret", home), errs.Throttled, fmt.Sprintf("in %d s", seconds))
			if h.hashes.Load() != before {
				t.Error("a password was looked at while waiting")
			}
			h.clock.advance(time.Duration(seconds)*time.Second - time.Millisecond)
			want(t, attempt("secret", home), errs.Throttled, "in 1 s")
			h.clock.advance(time.Millisecond)
			want(t, attempt("wrong", home), errs.BadLogin, errs.LoginText)
		}
		want(t, attempt("wrong", home), errs.Throttled, "in 30 s")
		// Other addresses do not wait, nor do other users.
		want(t, attempt("wrong", away), errs.BadLogin, errs.LoginText)
		h.login(`CORP\anna`, "anna's")
		_, err := h.Identify(t.Context(), "", Credential{Scheme: "Basic", User: user, Secret: "secret"}, home)
		want(t, err, errs.Throttled, "in 30 s")

		h.clock.advance(30 * time.Second)
		if user != "nobody" { // success resets
			h.login(user, "secret")
			for range 5 {
				want(t, attempt("wrong", home), errs.BadLogin, errs.LoginText)
			}
			want(t, attempt("wrong", home), errs.Throttled, "in 1 s")
		}
		h.clock.advance(forgetAfter + time.Second) // time does too
		for range 5 {
			want(t, attempt("wrong", home), errs.BadLogin, errs.LoginText)
		}
	}
}

func TestThrottleDoesNotHinderMany(t *testing.T) {
	h := newHouse(t, nil)
	var wg sync.WaitGroup
	for range 30 { // a script that logs in from many workers, after a typing error
		wg.Go(func() {
			if _, _, err := h.Login(t.Context(), "administrator", "secret", home); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	refused := make(chan error, 100)
	for range 100 { // a guesser with as many
		wg.Go(func() {
			_, _, err := h.Login(t.Context(), "administrator", "wrong", home)
			refused <- err
		})
	}
	wg.Wait()
	close(refused)
	guesses := 0
	for err := range refused {
		if errs.CodeOf(err) == errs.BadLogin {
			guesses++
		}
	}
	if limit := freeFailures + h.hasher.turns.free; guesses > limit {
		t.Errorf("%d guesses at once, at most %d should be looked at", guesses, limit)
	}
}

func TestPairs(t *testing.T) {
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1", "::ffff:192.0.2.1", true},
		{"192.0.2.1", "192.0.2.2", false},
		{"2001:db8::1", "2001:db8::ffff:1", true},
		{"2001:db8::1", "2001:db8:0:1::1", false},
		{"fe80::1%eth0", "fe80::1%eth1", true},
	} {
		if same := newPair("Anna", netip.MustParseAddr(test.a)) == newPair("anna.", netip.MustParseAddr(test.b)); same != test.same {
			t.Errorf("%s and %s: same %v", test.a, test.b, same)
		}
	}
}

func TestThrottleIsBounded(t *testing.T) {
	th := newThrottle()
	now := newClock().Now()
	addr := netip.MustParseAddr("10.0.0.0")
	first := newPair("x", addr)
	for range 5 {
		th.fail(first, now)
	}
	for i := range maxPairs + 100 {
		addr = addr.Next()
		now = now.Add(time.Millisecond)
		th.fail(newPair("x", addr), now)
		if i == 10 && th.check(first, now) == nil {
			t.Error("forgotten too soon")
		}
	}
	if th.order.Len() != maxPairs || len(th.pairs) != maxPairs || th.size.Load() != maxPairs {
		t.Errorf("%d pairs", th.order.Len())
	}
	th.tidy(now.Add(forgetAfter + time.Second))
	if th.order.Len() != 0 || len(th.pairs) != 0 || th.size.Load() != 0 {
		t.Errorf("%d pairs are left", th.order.Len())
	}
}
