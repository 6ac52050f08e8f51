package auth

import (
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/store"
	"halxml/store/storetest"
)

// cheap hashes cost nothing worth waiting for.
var cheap = Argon{Memory: 8, Time: 1, Threads: 1}

var (
	home = netip.MustParseAddr("192.0.2.1")
	away = netip.MustParseAddr("192.0.2.2")
)

// clock is a time that tests move.
type clock struct{ now atomic.Int64 }

func newClock() *clock {
	c := new(clock)
	c.now.Store(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).UnixNano())
	return c
}

func (c *clock) Now() time.Time          { return time.Unix(0, c.now.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.now.Add(int64(d)) }

// house is an Auth with its store, an administrator (password "secret") and
// user 1, CORP\anna (password "anna's").
type house struct {
	*Auth
	t      *testing.T
	store  store.Store
	schema *store.Schema
	clock  *clock
	hashes atomic.Int64 // computed so far
}

func newHouse(t *testing.T, change func(*Options)) *house {
	t.Helper()
	h := &house{t: t, store: storetest.Open(t), schema: store.NewSchema(), clock: newClock()}
	h.open(change)
	if _, created, err := h.EnsureAdministrator(t.Context(), "secret"); err != nil || !created {
		t.Fatalf("no administrator: %v", err)
	}
	hash, err := h.HashPassword(t.Context(), "anna's")
	if err != nil {
		t.Fatal(err)
	}
	h.update(func(tx store.Tx) error {
		return h.schema.Users.Insert(tx, &model.User{Name: `CORP\anna`, PasswordHash: hash})
	})
	h.hashes.Store(0)
	return h
}

func (h *house) open(change func(*Options)) {
	h.t.Helper()
	opts := Options{Store: h.store, Schema: h.schema, Now: h.clock.Now, Argon: cheap,
		Report: func(err error) { h.t.Errorf("in the background: %v", err) }}
	if change != nil {
		change(&opts)
	}
	a, err := New(opts)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() {
		if err := a.Close(); err != nil {
			h.t.Errorf("Close: %v", err)
		}
	})
	derive := a.hasher.derive
	a.hasher.derive = func(password, salt []byte, time, memory uint32, threads uint8, keyLen uint32) []byte {
		h.hashes.Add(1)
		return derive(password, salt, time, memory, threads, keyLen)
	}
	h.Auth = a
}

// restart closes the Auth and opens another one on the same store.
func (h *house) restart() {
	h.t.Helper()
	if err := h.Close(); err != nil {
		h.t.Fatal(err)
	}
	h.open(nil)
}

func (h *house) update(fn func(store.Tx) error) {
	h.t.Helper()
	if err := h.store.Update(h.t.Context(), fn); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) login(user, password string) string {
	h.t.Helper()
	token, _, err := h.Login(h.t.Context(), user, password, home)
	if err != nil {
		h.t.Fatalf("login of %s: %v", user, err)
	}
	return token
}

func (h *house) use(token string) error {
	_, err := h.Identify(h.t.Context(), token, Credential{}, home)
	return err
}

func (h *house) stored() (all []*model.Session) {
	h.t.Helper()
	err := h.store.View(h.t.Context(), func(tx store.Tx) error {
		for s, err := range h.schema.Sessions.All(tx) {
			if err != nil {
				return err
			}
			all = append(all, s)
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

func want(t *testing.T, err error, code errs.Code, text string) {
	t.Helper()
	if errs.CodeOf(err) != code || !strings.Contains(errs.MessageOf(err), text) {
		t.Errorf("got %v, want %v: %s", err, code, text)
	}
}
