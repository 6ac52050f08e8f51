package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"time"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/store"
)

// Options say how to keep users' passwords and sessions. Only Store and Schema
// are needed; zero values of the rest mean the default.
type Options struct {
	Store  store.Store
	Schema *store.Schema

	Now  func() time.Time // time.Now
	Rand io.Reader        // crypto/rand.Reader; of tokens, salts and passwords

	Idle        time.Duration // how long a session lives unused: 60 minutes
	Absolute    time.Duration // how long it lives at all: 24 hours
	MaxSessions int           // open sessions of one user: 1000

	Argon     Argon         // the cost of new password hashes: DefaultArgon
	MaxHashes int           // passwords hashed at once: the number of CPUs, at least 2
	Interval  time.Duration // between writes of last use: 1 minute, which is also the least

	// Report is told of errors in the background, where no caller is. It may
	// be nil.
	Report func(error)
}

// Auth identifies callers. It is safe for concurrent use.
type Auth struct {
	opts     Options
	hasher   *hasher
	throttle *throttle
	sessions *sessionCache
	basic    *basicCache
	stop     context.CancelFunc
	done     sync.WaitGroup
}

// Credential is what an Authorization header holds. Scheme is Basic, with User
// and Secret, or Bearer, with a session token as Secret; empty means no header.
type Credential struct{ Scheme, User, Secret string }

// Identity is who a caller is.
type Identity struct {
	UserID    model.ID
	Name      string
	SessionID model.ID // 0 with Basic
	SpaceID   model.ID // the address space the session works in; 0 = the default one
}

// New starts an Auth over a migrated store. Close it before the store.
func New(opts Options) (*Auth, error) {
	if opts.Store == nil || opts.Schema == nil {
		return nil, errors.New("auth: a store and its schema are needed")
	}
	def(&opts.Idle, time.Hour)
	def(&opts.Absolute, 24*time.Hour)
	def(&opts.MaxSessions, 1000)
	def(&opts.Argon, DefaultArgon())
	def(&opts.MaxHashes, max(2, runtime.GOMAXPROCS(0)))
	opts.Interval = max(opts.Interval, time.Minute)
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Rand == nil {
		opts.Rand = rand.Reader
	}
	if opts.Report == nil {
		opts.Report = func(error) {}
	}
	h, err := newHasher(opts.Argon, opts.MaxHashes, opts.Rand)
	if err != nil {
		return nil, err
	}
	b, err := newBasicCache(opts.Rand)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	a := &Auth{opts: opts, hasher: h, throttle: newThrottle(), sessions: newSessionCache(), basic: b, stop: stop}
	a.done.Go(func() { a.background(ctx) })
	return a, nil
}

// def sets a value that is unset.
func def[T comparable](v *T, to T) {
	var zero T
	if *v == zero {
		*v = to
	}
}

// Close ends the background work and writes when sessions were last used.
func (a *Auth) Close() error {
	a.stop()
	a.done.Wait()
	return a.flush(context.Background(), a.opts.Now())
}

func (a *Auth) background(ctx context.Context) {
	tick := time.NewTicker(a.opts.Interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := a.tidy(ctx); err != nil && ctx.Err() == nil {
				a.opts.Report(err)
			}
		}
	}
}

// Identify tells who sends a request: by the Authorization header if there is
// one, otherwise by the session parameter. A session that is not (or no longer)
// open is errs.BadSession; Basic credentials are refused like a login's.
func (a *Auth) Identify(ctx context.Context, session string, cred Credential, remote netip.Addr) (Identity, error) {
	switch {
	case cred.Scheme == "":
		return a.identifySession(ctx, session)
	case strings.EqualFold(cred.Scheme, "Bearer"):
		return a.identifySession(ctx, cred.Secret)
	case strings.EqualFold(cred.Scheme, "Basic"):
		return a.identifyBasic(ctx, cred.User, cred.Secret, remote)
	}
	return Identity{}, errs.Errorf(errs.BadLogin, "Authorization: only the schemes Basic and Bearer are supported")
}

var (
	errLogin   = errs.Errorf(errs.BadLogin, errs.LoginText)
	errSession = errs.Errorf(errs.BadSession, errs.SessionText)
)

// Lengths of what a caller may send for a login; nothing longer can be right.
const (
	maxLoginName     = 255  // bytes
	maxLoginPassword = 1024 // bytes
)

// verify checks a name and a password, and counts failures. The user it returns
// was as it is when the transaction before the hash ran.
func (a *Auth) verify(ctx context.Context, name, password string, remote netip.Addr) (*model.User, error) {
	pair := newPair(name, remote)
	if err := a.throttle.check(pair, a.opts.Now()); err != nil {
		return nil, err
	}
	if len(name) > maxLoginName || len(password) > maxLoginPassword {
		return nil, errLogin
	}
	var user *model.User
	err := a.opts.Store.View(ctx, func(tx store.Tx) (err error) {
		user, err = a.opts.Schema.UsersByName.First(tx, store.NameKey(name))
		if errors.Is(err, store.ErrNotFound) {
			user, err = nil, nil
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	release, err := a.hasher.turns.take(ctx, pair.addr)
	if err != nil {
		return nil, err
	}
	defer release()
	// Of many attempts at once, those that waited for their hash meanwhile are
	// refused like those that come later.
	if err := a.throttle.check(pair, a.opts.Now()); err != nil {
		return nil, err
	}
	// The name may only differ from the user's in ways that the throttle does
	// not tell apart either; NameKey would also stop at a NUL.
	stored := ""
	if user != nil && !user.Disabled && model.FoldName(user.Name) == model.FoldName(name) {
		stored = user.PasswordHash
	}
	ok, err := a.hasher.verify(stored, password)
	if err != nil {
		return nil, err
	}
	if !ok {
		a.throttle.fail(pair, a.opts.Now())
		return nil, errLogin
	}
	a.throttle.reset(pair)
	return user, nil
}

// unchanged reports whether the user is still as verify saw it.
func (a *Auth) unchanged(tx store.Tx, seen *model.User) (bool, error) {
	now, err := a.opts.Schema.Users.Get(tx, seen.ID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && !now.Disabled && now.PasswordHash == seen.PasswordHash, err
}
