package auth

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"halxml/internal/model"
	"halxml/store"
)

// batch is how many sessions one transaction changes in the background, so that
// commands do not wait for long.
const batch = 500

// tidy is the background work: it writes when sessions were last used and
// removes what has expired.
func (a *Auth) tidy(ctx context.Context) error {
	now := a.opts.Now()
	a.throttle.tidy(now)
	a.basic.tidy(now)
	err := a.flush(ctx, now)
	a.sessions.dropIf(func(l *live) bool { return a.expired(l.created, l.lastUsed.Load(), now.UnixNano()) })
	return errors.Join(err, a.sweep(ctx, now))
}

// flush writes the last use of sessions that were used since the last time.
func (a *Auth) flush(ctx context.Context, now time.Time) error {
	used := a.sessions.used()
	for some := range slices.Chunk(slices.Collect(maps.Keys(used)), batch) {
		written := make([]int64, len(some))
		var gone []tokenSum
		err := a.opts.Store.Update(ctx, func(tx store.Tx) error {
			gone = gone[:0]
			for i := range some {
				l := used[some[i]]
				rec, err := a.opts.Schema.Sessions.Get(tx, l.identity.SessionID)
				if errors.Is(err, store.ErrNotFound) {
					gone = append(gone, some[i])
					continue
				}
				if err != nil {
					return err
				}
				written[i] = l.lastUsed.Load()
				rec.LastUsed = time.Unix(0, written[i]).UTC()
				if err := a.opts.Schema.Sessions.Update(tx, rec); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		for i := range some {
			used[some[i]].written.Store(written[i])
		}
		for i := range gone {
			a.sessions.drop(&gone[i])
		}
	}
	return nil
}

// sweep removes sessions that are over from the store: expired ones, and those
// of users that are gone or disabled. It also brings memory up to date with
// users that were changed without a word to UserChanged.
func (a *Auth) sweep(ctx context.Context, now time.Time) error {
	var over []model.ID
	var stale []tokenSum
	err := a.opts.Store.View(ctx, func(tx store.Tx) error {
		over, stale = nil, nil
		users := map[model.ID]*model.User{}
		for rec, err := range a.opts.Schema.Sessions.All(tx) {
			if err != nil {
				return err
			}
			u, seen := users[rec.UserID]
			if !seen {
				u, err = a.opts.Schema.Users.Get(tx, rec.UserID)
				if err != nil && !errors.Is(err, store.ErrNotFound) {
					return err
				}
				users[rec.UserID] = u
			}
			active := u != nil && !u.Disabled
			if !active || a.recordExpired(rec, now) {
				over = append(over, rec.ID)
			}
			if l := a.sessions.get(&rec.TokenHash); l != nil && (!active || l.identity.Name != u.Name) {
				stale = append(stale, rec.TokenHash)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i := range stale {
		a.sessions.drop(&stale[i])
	}
	for some := range slices.Chunk(over, batch) {
		err := a.opts.Store.Update(ctx, func(tx store.Tx) error {
			for _, id := range some {
				if err := a.opts.Schema.Sessions.Delete(tx, id); err != nil && !errors.Is(err, store.ErrNotFound) {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
