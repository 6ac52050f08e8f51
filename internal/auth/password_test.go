package auth

import (
	"context"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/store"
)

func TestPasswordLengths(t *testing.T) {
	h := newHouse(t, nil)
	for password, ok := range map[string]bool{
		"": false, "abc": false, "abcd": true, "äöü": false, "äöüß": true,
		strings.Repeat("ä", 100): true, strings.Repeat("x", 101): false,
	} {
		err := h.SetPassword(t.Context(), "administrator", password)
		if (err == nil) != ok {
			t.Errorf("%d characters: %v", len([]rune(password)), err)
		}
		if err != nil {
			want(t, err, errs.Invalid, "password")
		} else {
			h.login("administrator", password)
		}
	}
}

func TestSetPasswordEndsSessions(t *testing.T) {
	h := newHouse(t, nil)
	anna, admin := h.login(`CORP\anna`, "anna's"), h.login("administrator", "secret")
	basic := Credential{Scheme: "Basic", User: `CORP\anna`, Secret: "anna's"}
	if _, err := h.Identify(t.Context(), "", basic, home); err != nil {
		t.Fatal(err)
	}
	if err := h.SetPassword(t.Context(), `corp\anna`, "changed"); err != nil {
		t.Fatal(err)
	}
	want(t, h.use(anna), errs.BadSession, errs.SessionText)
	if err := h.use(admin); err != nil {
		t.Error("another user's session ended too")
	}
	_, err := h.Identify(t.Context(), "", basic, home)
	want(t, err, errs.BadLogin, errs.LoginText)
	_, _, err = h.Login(t.Context(), `CORP\anna`, "anna's", home)
	want(t, err, errs.BadLogin, errs.LoginText)
	h.login(`CORP\anna`, "changed")
	want(t, h.SetPassword(t.Context(), "nobody", "changed"), errs.NotFound, `"nobody"`)
}

func TestEnsureAdministrator(t *testing.T) {
	h := newHouse(t, nil)
	if generated, created, err := h.EnsureAdministrator(t.Context(), "another"); generated != "" || created || err != nil {
		t.Errorf("a second time: %q, %v, %v", generated, created, err)
	}
	h.login("administrator", "secret")
	h.update(func(tx store.Tx) error {
		if err := h.EndSessions(tx, model.AdministratorID); err != nil {
			return err
		}
		return h.schema.Users.Delete(tx, model.AdministratorID)
	})
	if _, _, err := h.EnsureAdministrator(t.Context(), "abc"); errs.CodeOf(err) != errs.Invalid {
		t.Errorf("a short password: %v", err)
	}
	generated, created, err := h.EnsureAdministrator(t.Context(), "")
	if len(generated) != 20 || !created || err != nil {
		t.Fatalf("%q, %v, %v", generated, created, err)
	}
	_, id, err := h.Login(t.Context(), "administrator", generated, home)
	if err != nil || id.UserID != 0 {
		t.Errorf("%+v, %v", id, err)
	}
}

// TestEveryAttemptCostsOneHash: time would tell who exists, so the work must be
// the same.
func TestEveryAttemptCostsOneHash(t *testing.T) {
	h := newHouse(t, nil)
	h.update(func(tx store.Tx) error {
		return h.schema.Users.Insert(tx, &model.User{Name: "none", Disabled: true})
	})
	var costs []Argon
	count := h.hasher.derive
	h.hasher.derive = func(password, salt []byte, time, memory uint32, threads uint8, keyLen uint32) []byte {
		costs = append(costs, Argon{memory, time, threads})
		return count(password, salt, time, memory, threads, keyLen)
	}
	for _, user := range []string{"administrator", "nobody", "none", `CORP\anna`, "administrator\x00"} {
		costs = nil
		_, _, err := h.Login(t.Context(), user, "wrong", home)
		want(t, err, errs.BadLogin, errs.LoginText)
		if len(costs) != 1 || costs[0] != cheap {
			t.Errorf("%q: hashes %v", user, costs)
		}
	}
}

func TestParallelHashesAreCapped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, func(o *Options) { o.MaxHashes = 2 })
		var running atomic.Int64
		enough := make(chan struct{})
		h.hasher.derive = func(password, _ []byte, _, _ uint32, _ uint8, keyLen uint32) []byte {
			running.Add(1)
			<-enough
			return make([]byte, keyLen)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var cancelled atomic.Int64
		for range 10 {
			go func() {
				_, _, err := h.Login(ctx, "administrator", "wrong", home)
				if errs.CodeOf(err) == errs.Cancelled {
					cancelled.Add(1)
				}
			}()
		}
		synctest.Wait()
		if n := running.Load(); n != 2 {
			t.Errorf("%d hashes at once, want 2", n)
		}
		cancel() // who waits may leave
		synctest.Wait()
		if n := cancelled.Load(); n != 8 {
			t.Errorf("%d of 8 left", n)
		}
		close(enough)
	})
}

func TestPHC(t *testing.T) {
	h, err := newHasher(cheap, 1, strings.NewReader(strings.Repeat("0123456789abcdef", 2)))
	if err != nil {
		t.Fatal(err)
	}
	stored, err := h.hash("secret")
	// As the reference implementation prints it.
	if err != nil || !strings.HasPrefix(stored, "$argon2id$v=19$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$") {
		t.Fatalf("%s, %v", stored, err)
	}
	for password, want := range map[string]bool{"secret": true, "Secret": false, "": false, "secret\x00": false} {
		if ok, err := h.verify(stored, password); ok != want || err != nil {
			t.Errorf("%q: %v, %v", password, ok, err)
		}
	}
	if ok, err := h.verify("", ""); ok || err != nil {
		t.Errorf("no hash: %v, %v", ok, err)
	}
	for _, damaged := range []string{"x", "$argon2i$v=19$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg",
		"$argon2id$v=19$m=8,t=0,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg",
		"$argon2id$v=19$m=4000000000,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg",
		"$argon2id$v=19$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$", "$argon2id$v=19$m=8,t=1,p=1$?$?", strings.TrimSuffix(stored, stored[len(stored)-30:])} {
		if ok, err := h.verify(damaged, "secret"); ok || err == nil {
			t.Errorf("%s: %v, %v", damaged, ok, err)
		}
	}
	if d := DefaultArgon(); d.Memory < 19<<10 || d.Time < 2 {
		t.Errorf("the default %+v is weak", d)
	}
	if _, err := newHasher(Argon{Memory: 1, Time: 1, Threads: 1}, 1, strings.NewReader("")); err == nil {
		t.Error("too little memory was taken")
	}
}

func TestTokensAreFair(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	counts := map[rune]int{}
	const tokens = 20_000
	for range tokens {
		token, err := newToken(random)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range token {
			counts[c]++
		}
	}
	if len(counts) != len(alphabet) {
		t.Fatalf("%d characters", len(counts))
	}
	// A plain remainder would favour eight characters by a quarter.
	mean := tokens * tokenLength / len(alphabet)
	for c, n := range counts {
		if n < mean*94/100 || n > mean*106/100 {
			t.Errorf("%c occurs %d times, the mean is %d", c, n, mean)
		}
	}
	if _, err := newToken(strings.NewReader("short")); err == nil {
		t.Error("a token without randomness")
	}
}
