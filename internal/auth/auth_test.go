package auth

import (
	"context"
	"crypto/sha256"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/store"
	"halxml/store/storetest"
)

func TestLogin(t *testing.T) {
	h := newHouse(t, nil)
	h.update(func(tx store.Tx) error {
		hash, err := h.HashPassword(t.Context(), "gone")
		if err != nil {
			return err
		}
		if err := h.schema.Users.Insert(tx, &model.User{Name: "gone@example.net", PasswordHash: hash, Disabled: true}); err != nil {
			return err
		}
		return h.schema.Users.Insert(tx, &model.User{Name: "none"})
	})
	for _, test := range []struct {
		user, password string
		ok             bool
		name           string
	}{
		{"administrator", "secret", true, "administrator"},
		{"Administrator", "secret", true, "administrator"},
		{`CORP\anna`, "anna's", true, `CORP\anna`},
		{`corp\ANNA`, "anna's", true, `CORP\anna`},
		{"anna", "anna's", false, ""},
		{"administrator", "Secret", false, ""},
		{"administrator", "", false, ""},
		{"administrator", strings.Repeat("x", 1025), false, ""},
		{"administrator\x00", "secret", false, ""},
		{strings.Repeat("x", 300), "secret", false, ""},
		{"", "", false, ""},
		{"gone@example.net", "gone", false, ""},
		{"none", "", false, ""},
		{"nobody", "secret", false, ""},
	} {
		token, id, err := h.Login(t.Context(), test.user, test.password, home)
		if !test.ok {
			if token != "" {
				t.Errorf("%q: a token", test.user)
			}
			if errs.CodeOf(err) != errs.BadLogin || errs.MessageOf(err) != errs.LoginText {
				t.Errorf("%q: %v", test.user, err)
			}
			continue
		}
		if err != nil || id.Name != test.name || id.SessionID == 0 {
			t.Errorf("%q: %+v, %v", test.user, id, err)
			continue
		}
		again, err := h.Identify(t.Context(), " "+token+"\n", Credential{}, away)
		if err != nil || again != id {
			t.Errorf("%q: %+v, %v, want %+v", test.user, again, err, id)
		}
		bearer, err := h.Identify(t.Context(), "other", Credential{Scheme: "bearer", Secret: token}, away)
		if err != nil || bearer != id {
			t.Errorf("%q as Bearer: %+v, %v", test.user, bearer, err)
		}
	}
}

func TestOnlyTheHashOfATokenIsStored(t *testing.T) {
	h := newHouse(t, nil)
	token := h.login("administrator", "secret")
	if !regexp.MustCompile(`^[A-Za-z0-9]{20}$`).MatchString(token) {
		t.Errorf("token %q", token)
	}
	all := h.stored()
	if len(all) != 1 || all[0].TokenHash != sha256.Sum256([]byte(token)) || all[0].Remote != "192.0.2.1" {
		t.Errorf("%+v", all)
	}
	err := h.store.View(t.Context(), func(tx store.Tx) error {
		for _, bucket := range []string{"sessions", "sessions.token", "sessions.user", "users"} {
			if err := tx.Scan(bucket, nil, nil, false, func(k, v []byte) (bool, error) {
				if s := string(k) + string(v); strings.Contains(s, token) || strings.Contains(s, "secret") {
					t.Errorf("%s holds a secret", bucket)
				}
				return true, nil
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestBadSessions(t *testing.T) {
	h := newHouse(t, nil)
	h.login("administrator", "secret")
	for _, token := range []string{"", "x", "bsvh5S2kLC5Q9gnPbfYM", strings.Repeat("a", 5000)} {
		for _, cred := range []Credential{{}, {Scheme: "Bearer", Secret: token}} {
			_, err := h.Identify(t.Context(), token, cred, home)
			want(t, err, errs.BadSession, errs.SessionText)
		}
		want(t, h.Logout(t.Context(), token), errs.BadSession, errs.SessionText)
	}
	_, err := h.Identify(t.Context(), h.login("administrator", "secret"), Credential{Scheme: "Negotiate", Secret: "x"}, home)
	want(t, err, errs.BadLogin, "Basic and Bearer")
}

func TestLogout(t *testing.T) {
	h := newHouse(t, nil)
	token, other := h.login("administrator", "secret"), h.login("administrator", "secret")
	if err := h.Logout(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	want(t, h.use(token), errs.BadSession, errs.SessionText)
	want(t, h.Logout(t.Context(), token), errs.BadSession, errs.SessionText)
	if err := h.use(other); err != nil {
		t.Error("the other session ended too")
	}
	if len(h.stored()) != 1 {
		t.Error("the session is still stored")
	}
	h.restart()
	want(t, h.use(token), errs.BadSession, errs.SessionText)
}

func TestSessionsSurviveARestart(t *testing.T) {
	h := newHouse(t, nil)
	token := h.login(`CORP\anna`, "anna's")
	h.clock.advance(40 * time.Minute)
	if err := h.use(token); err != nil {
		t.Fatal(err)
	}
	h.restart() // writes the last use
	h.clock.advance(40 * time.Minute)
	id, err := h.Identify(t.Context(), token, Credential{}, home)
	if err != nil || id.Name != `CORP\anna` || id.UserID != 1 || id.SessionID != 1 {
		t.Errorf("%+v, %v", id, err)
	}
}

func TestExpiry(t *testing.T) {
	for _, test := range []struct {
		name  string
		step  time.Duration // between uses
		steps int
		ok    bool
	}{
		{"used", 59 * time.Minute, 20, true},
		{"idle", 61 * time.Minute, 1, false},
		{"used, but for too long", 59 * time.Minute, 25, false},
	} {
		for _, restart := range []bool{false, true} {
			h := newHouse(t, nil)
			token := h.login("administrator", "secret")
			var err error
			for range test.steps {
				h.clock.advance(test.step)
				if restart {
					h.restart()
				}
				err = h.use(token)
			}
			if (err == nil) != test.ok {
				t.Errorf("%s, restarted %v: %v", test.name, restart, err)
			}
			if !test.ok {
				want(t, err, errs.BadSession, errs.SessionText)
				want(t, h.Logout(t.Context(), token), errs.BadSession, errs.SessionText)
				if err := h.tidy(t.Context()); err != nil {
					t.Fatal(err)
				}
				if n := len(h.stored()); n != 0 {
					t.Errorf("%s: %d sessions left after the sweep", test.name, n)
				}
			}
		}
	}
}

// countingStore counts transactions.
type countingStore struct {
	store.Store
	views, updates atomic.Int64
}

func (c *countingStore) View(ctx context.Context, fn func(store.Tx) error) error {
	c.views.Add(1)
	return c.Store.View(ctx, fn)
}

func (c *countingStore) Update(ctx context.Context, fn func(store.Tx) error) error {
	c.updates.Add(1)
	return c.Store.Update(ctx, fn)
}

func TestSessionsInUseDoNotTouchTheStore(t *testing.T) {
	var counted *countingStore
	h := newHouse(t, func(o *Options) {
		counted = &countingStore{Store: o.Store}
		o.Store = counted
	})
	token := h.login("administrator", "secret")
	counted.views.Store(0)
	counted.updates.Store(0)
	for range 1000 {
		h.clock.advance(time.Millisecond * 30)
		if err := h.use(token); err != nil {
			t.Fatal(err)
		}
	}
	if v, u := counted.views.Load(), counted.updates.Load(); v != 0 || u != 0 {
		t.Errorf("%d reads and %d writes for 1000 requests", v, u)
	}
	if err := h.tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if u := counted.updates.Load(); u != 1 {
		t.Errorf("%d writes in the background, want 1", u)
	}
	if used := h.stored()[0].LastUsed; h.clock.Now().Sub(used) > 2*time.Second {
		t.Errorf("last use written as %v at %v", used, h.clock.Now())
	}
	if err := h.tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if u := counted.updates.Load(); u != 1 {
		t.Error("written again without use")
	}
	if n := testing.AllocsPerRun(100, func() { _ = h.use(token) }); n != 0 {
		t.Errorf("%v allocations a request", n)
	}
}

func TestMaxSessions(t *testing.T) {
	h := newHouse(t, func(o *Options) { o.MaxSessions = 3 })
	var tokens []string
	for range 3 {
		tokens = append(tokens, h.login("administrator", "secret"))
	}
	_, _, err := h.Login(t.Context(), "administrator", "secret", home)
	want(t, err, errs.TooManySessions, "Too many open connections")
	h.login(`CORP\anna`, "anna's") // another user has room
	if err := h.Logout(t.Context(), tokens[0]); err != nil {
		t.Fatal(err)
	}
	h.clock.advance(30 * time.Minute)
	tokens = append(tokens, h.login("administrator", "secret"))
	if err := h.use(tokens[1]); err != nil { // used, known in memory only
		t.Fatal(err)
	}
	h.clock.advance(45 * time.Minute)
	h.login("administrator", "secret") // tokens[2] has expired
	for i, ok := range []bool{false, true, false, true} {
		if (h.use(tokens[i]) == nil) != ok {
			t.Errorf("session %d open: %v, want %v", i, !ok, ok)
		}
	}
}

func TestUserChanged(t *testing.T) {
	for _, told := range []bool{true, false} {
		h := newHouse(t, nil)
		token := h.login(`CORP\anna`, "anna's")
		admin := h.login("administrator", "secret")
		h.update(func(tx store.Tx) error {
			u, err := h.schema.Users.Get(tx, 1)
			if err != nil {
				return err
			}
			u.Disabled = true
			return h.schema.Users.Update(tx, u)
		})
		if told {
			h.UserChanged(1)
		} else if err := h.tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		want(t, h.use(token), errs.BadSession, errs.SessionText)
		if err := h.use(admin); err != nil {
			t.Errorf("another user's session: %v", err)
		}
	}
	h := newHouse(t, nil)
	token := h.login(`CORP\anna`, "anna's")
	h.update(func(tx store.Tx) error { // removed, with the sessions
		if err := h.EndSessions(tx, 1); err != nil {
			return err
		}
		return h.schema.Users.Delete(tx, 1)
	})
	if err := h.use(token); err != nil {
		t.Fatal("the user is remembered until UserChanged or a minute has passed")
	}
	h.clock.advance(time.Minute)
	_ = h.use(token)
	if err := h.tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	want(t, h.use(token), errs.BadSession, errs.SessionText)
}

func TestConcurrentUse(t *testing.T) {
	h := newHouse(t, nil)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			user, password := "administrator", "secret"
			if i%2 == 1 {
				user, password = `CORP\anna`, "anna's"
			}
			for range 20 {
				token, _, err := h.Login(t.Context(), user, password, home)
				if err != nil {
					t.Error(err)
					return
				}
				for range 10 {
					if err := h.use(token); err != nil {
						t.Error(err)
					}
					h.clock.advance(time.Second / 4)
				}
				if _, err := h.Identify(t.Context(), "", Credential{Scheme: "Basic", User: user, Secret: password}, home); err != nil {
					t.Error(err)
				}
				if i%4 == 3 {
					continue
				}
				if err := h.Logout(t.Context(), token); err != nil {
					t.Error(err)
				}
				want(t, h.use(token), errs.BadSession, errs.SessionText)
			}
		})
	}
	wg.Go(func() {
		for range 20 {
			if err := h.tidy(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
	wg.Wait()
	if n := len(h.stored()); n != 40 {
		t.Errorf("%d sessions are left, want 40", n)
	}
}

func TestBackground(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, func(o *Options) { o.Now = time.Now })
		token := h.login("administrator", "secret")
		time.Sleep(30 * time.Second)
		if err := h.use(token); err != nil {
			t.Fatal(err)
		}
		used := time.Now()
		time.Sleep(time.Minute)
		synctest.Wait()
		if all := h.stored(); len(all) != 1 || !all[0].LastUsed.Equal(used) {
			t.Errorf("last use written: %+v, want %v", all, used)
		}
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		if all := h.stored(); len(all) != 0 {
			t.Errorf("expired, but not removed: %+v", all)
		}
	})
}

func BenchmarkIdentify(b *testing.B) {
	s := store.Store(storetest.Open(b))
	a, err := New(Options{Store: s, Schema: store.NewSchema(), Argon: cheap})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	if _, _, err := a.EnsureAdministrator(b.Context(), "secret"); err != nil {
		b.Fatal(err)
	}
	token, _, err := a.Login(b.Context(), "administrator", "secret", home)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := a.Identify(context.Background(), token, Credential{}, home); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func TestSetSpace(t *testing.T) {
	h := newHouse(t, nil)
	token, other := h.login("administrator", "secret"), h.login("administrator", "secret")
	space := func(token string) model.ID {
		t.Helper()
		id, err := h.Identify(t.Context(), token, Credential{Scheme: "Bearer", Secret: token}, home)
		if err != nil {
			t.Fatal(err)
		}
		return id.SpaceID
	}
	if a := space(token); a > model.DefaultSpace {
		t.Errorf("a new session works in the space %d", a)
	}
	h.clock.advance(50 * time.Minute)
	if err := h.use(token); err != nil { // known in memory only
		t.Fatal(err)
	}
	if err := h.SetSpace(t.Context(), token, 7); err != nil {
		t.Fatal(err)
	}
	h.clock.advance(50 * time.Minute)
	if a := space(token); a != 7 {
		t.Errorf("the session works in the space %d", a)
	}
	h.restart()
	if a := space(token); a != 7 {
		t.Errorf("after a restart the session works in the space %d", a)
	}
	want(t, h.SetSpace(t.Context(), other, 7), errs.BadSession, errs.SessionText) // it was over meanwhile
	want(t, h.SetSpace(t.Context(), "no token", 7), errs.BadSession, errs.SessionText)
	if err := h.Logout(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	want(t, h.SetSpace(t.Context(), token, 8), errs.BadSession, errs.SessionText)
}
