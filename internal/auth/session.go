package auth

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/store"
)

// Login opens a session and gives its token. Wrong names and passwords, and
// users that are disabled, are errs.BadLogin, and errs.Throttled after several;
// too many open sessions of the user are errs.TooManySessions.
func (a *Auth) Login(ctx context.Context, user, password string, remote netip.Addr) (token string, id Identity, err error) {
	u, err := a.verify(ctx, user, password, remote)
	if err != nil {
		return "", Identity{}, err
	}
	if token, err = newToken(a.opts.Rand); err != nil {
		return "", Identity{}, err
	}
	sum, _ := tokenHash(token)
	mark := a.sessions.mark(&sum)
	var rec *model.Session
	err = a.opts.Store.Update(ctx, func(tx store.Tx) error {
		if same, err := a.unchanged(tx, u); err != nil {
			return err
		} else if !same {
			return errLogin
		}
		if err := a.makeRoom(tx, u.ID); err != nil {
			return err
		}
		now := a.opts.Now()
		rec = &model.Session{TokenHash: sum, UserID: u.ID, Created: now, LastUsed: now, Remote: remoteText(remote)}
		return a.opts.Schema.Sessions.Insert(tx, rec)
	})
	if err != nil {
		return "", Identity{}, err
	}
	l := newLive(rec, u)
	a.sessions.put(&sum, mark, l)
	return token, l.identity, nil
}

func remoteText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.Unmap().String()
}

func newLive(rec *model.Session, u *model.User) *live {
	l := &live{identity: Identity{UserID: u.ID, Name: u.Name, SessionID: rec.ID, SpaceID: rec.SpaceID}, created: rec.Created.UnixNano()}
	l.lastUsed.Store(rec.LastUsed.UnixNano())
	l.written.Store(rec.LastUsed.UnixNano())
	return l
}

// makeRoom holds the user to the number of open sessions; expired ones make
// room, where they were not swept yet.
func (a *Auth) makeRoom(tx store.Tx, user model.ID) error {
	ids, err := a.sessionsOf(tx, user)
	if err != nil || len(ids) < a.opts.MaxSessions {
		return err
	}
	open := len(ids)
	now := a.opts.Now()
	for _, id := range ids {
		rec, err := a.opts.Schema.Sessions.Get(tx, id)
		if err != nil {
			return err
		}
		if !a.recordExpired(rec, now) {
			continue
		}
		if err := a.opts.Schema.Sessions.Delete(tx, id); err != nil {
			return err
		}
		open--
	}
	if open >= a.opts.MaxSessions {
		return errs.Errorf(errs.TooManySessions, "Too many open connections")
	}
	return nil
}

func (a *Auth) sessionsOf(tx store.Tx, user model.ID) (ids []model.ID, err error) {
	for id, err := range a.opts.Schema.SessionsByUser.IDs(tx, store.Key{}.ID(user)) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// expired reports whether a session is over, by its idle or absolute time.
func (a *Auth) expired(created, lastUsed, now int64) bool {
	return now-lastUsed > int64(a.opts.Idle) || now-created > int64(a.opts.Absolute)
}

// recordExpired is expired for a stored session, whose last use may be known
// better in memory.
func (a *Auth) recordExpired(rec *model.Session, now time.Time) bool {
	lastUsed := rec.LastUsed.UnixNano()
	if l := a.sessions.get(&rec.TokenHash); l != nil {
		lastUsed = max(lastUsed, l.lastUsed.Load())
	}
	return a.expired(rec.Created.UnixNano(), lastUsed, now.UnixNano())
}

// identifySession finds a session by its token, in memory if it is in use.
func (a *Auth) identifySession(ctx context.Context, token string) (Identity, error) {
	sum, ok := tokenHash(token)
	if !ok {
		return Identity{}, errSession
	}
	l := a.sessions.get(&sum)
	if l == nil {
		var err error
		if l, err = a.load(ctx, sum); err != nil {
			return Identity{}, err
		}
	}
	now := a.opts.Now().UnixNano()
	if a.expired(l.created, l.lastUsed.Load(), now) {
		a.sessions.drop(&sum)
		return Identity{}, errSession
	}
	l.touch(now)
	return l.identity, nil
}

// load reads a session from the store and keeps it in memory.
func (a *Auth) load(ctx context.Context, sum tokenSum) (l *live, err error) {
	mark := a.sessions.mark(&sum)
	err = a.opts.Store.View(ctx, func(tx store.Tx) error {
		rec, err := a.opts.Schema.SessionsByToken.First(tx, store.Key{}.Bytes(sum[:]))
		if err != nil {
			return err
		}
		u, err := a.opts.Schema.Users.Get(tx, rec.UserID)
		if err != nil {
			return err
		}
		if u.Disabled {
			return errSession
		}
		l = newLive(rec, u)
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, errSession
	}
	if err != nil {
		return nil, err
	}
	if !a.expired(l.created, l.lastUsed.Load(), a.opts.Now().UnixNano()) {
		a.sessions.put(&sum, mark, l)
	}
	return l, nil
}

// SetSpace makes a session work in an address space from its next request on;
// one that is not open is errs.BadSession.
func (a *Auth) SetSpace(ctx context.Context, token string, space model.ID) error {
	if _, err := a.identifySession(ctx, token); err != nil {
		return err
	}
	sum, _ := tokenHash(token)
	err := a.opts.Store.Update(ctx, func(tx store.Tx) error {
		rec, err := a.opts.Schema.SessionsByToken.First(tx, store.Key{}.Bytes(sum[:]))
		if err != nil {
			return err
		}
		if l := a.sessions.get(&sum); l != nil { // known better in memory, which is dropped
			if used := time.Unix(0, l.lastUsed.Load()).UTC(); rec.LastUsed.Before(used) {
				rec.LastUsed = used
			}
		}
		rec.SpaceID = space
		return a.opts.Schema.Sessions.Update(tx, rec)
	})
	if errors.Is(err, store.ErrNotFound) {
		err = errSession
	}
	a.sessions.drop(&sum)
	return err
}

// Logout ends a session at once; one that is not open is errs.BadSession.
func (a *Auth) Logout(ctx context.Context, token string) error {
	if _, err := a.identifySession(ctx, token); err != nil {
		return err
	}
	sum, _ := tokenHash(token)
	err := a.opts.Store.Update(ctx, func(tx store.Tx) error {
		rec, err := a.opts.Schema.SessionsByToken.First(tx, store.Key{}.Bytes(sum[:]))
		if err != nil {
			return err
		}
		return a.opts.Schema.Sessions.Delete(tx, rec.ID)
	})
	if errors.Is(err, store.ErrNotFound) {
		err = errSession
	}
	if err == nil {
		a.sessions.drop(&sum)
	}
	return err
}
