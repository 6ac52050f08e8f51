package auth

import (
	"sync"
	"testing"
	"time"

	"halxml/internal/errs"
	"halxml/internal/model"
)

func TestBasic(t *testing.T) {
	h := newHouse(t, nil)
	token := h.login(`CORP\anna`, "anna's")
	h.hashes.Store(0)
	cred := Credential{Scheme: "basic", User: "Administrator", Secret: "secret"}
	for range 10 { // the header wins over the session
		id, err := h.Identify(t.Context(), token, cred, home)
		if err != nil || id != (Identity{UserID: model.AdministratorID, Name: "administrator"}) {
			t.Fatalf("%+v, %v", id, err)
		}
	}
	if n := h.hashes.Load(); n != 1 {
		t.Errorf("%d hashes for 10 requests", n)
	}
	h.clock.advance(basicLife)
	if _, err := h.Identify(t.Context(), "", cred, home); err != nil || h.hashes.Load() != 2 {
		t.Errorf("after its life: %v, %d hashes", err, h.hashes.Load())
	}
	cred.Secret = "Secret"
	_, err := h.Identify(t.Context(), "", cred, home)
	want(t, err, errs.BadLogin, errs.LoginText)
	if len(h.stored()) != 1 {
		t.Error("Basic opened a session")
	}
	h.clock.advance(basicLife)
	if err := h.tidy(t.Context()); err != nil || len(h.basic.known) != 0 {
		t.Errorf("%d credentials remembered, %v", len(h.basic.known), err)
	}
}

func TestManyBasicRequestsCostOneHash(t *testing.T) {
	h := newHouse(t, nil)
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if _, err := h.Identify(t.Context(), "", Credential{"Basic", "administrator", "secret"}, home); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := h.hashes.Load(); n != 1 {
		t.Errorf("%d hashes", n)
	}
}

func TestBasicCacheIsBounded(t *testing.T) {
	c, err := newBasicCache(zeros{})
	if err != nil {
		t.Fatal(err)
	}
	now := newClock().Now()
	for i := range maxBasic + 10 {
		c.put([32]byte{byte(i), byte(i >> 8), byte(i >> 16)}, 0, Identity{}, now)
	}
	if len(c.known) != maxBasic {
		t.Errorf("%d credentials", len(c.known))
	}
	if c.sum("ab", "c") == c.sum("a", "bc") {
		t.Error("user and password run into each other")
	}
	sum := c.sum("a", "b")
	_, _, mark := c.get(sum, now)
	c.dropUser(7)
	c.put(sum, mark, Identity{UserID: 7}, now)
	if _, ok, _ := c.get(sum, now.Add(time.Second)); ok {
		t.Error("credentials verified before a change were kept after it")
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
