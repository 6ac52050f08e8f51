package lease

import (
	"context"
	"errors"
	"iter"
	"net/netip"
	"slices"
	"time"

	"halxml/internal/model"
	"halxml/store"
)

// batch bounds how many leases one transaction changes, so that commands need
// not wait long.
const batch = 500

// Result counts what Ingest did.
type Result struct {
	Added, Changed, Removed, Same int
	Outside                       int // leases that no scope of the server holds
}

// Table is the leases in the store. Now is required too.
type Table struct {
	Store  store.Store
	Schema *store.Schema
	Now    func() time.Time
}

// change is a lease that is new, other than before (was), or gone (now is nil).
type change struct {
	was, now *model.Lease
}

// Reading is all the leases that a server has over one protocol.
type Reading struct {
	Leases []model.Lease // in no order
	IPv6   bool          // they are DHCPv6's
}

// Ingest makes the leases of a server over one protocol what the server says;
// source says how that came to be known. What is new, changed or gone is
// written with its history, in transactions of a bounded number of leases. A
// lease that a command released stays so until the server tells other times or
// another client.
func (t *Table) Ingest(ctx context.Context, server model.ID, reading Reading, source string) (Result, error) {
	var result Result
	var changes []change
	err := t.Store.View(ctx, func(tx store.Tx) (err error) {
		result, changes, err = t.compare(tx, server, reading, source)
		return err
	})
	if err != nil {
		return result, err
	}
	for part := range slices.Chunk(changes, batch) {
		err := t.Store.Update(ctx, func(tx store.Tx) error {
			s, err := t.Schema.Servers.Get(tx, server)
			if errors.Is(err, store.ErrNotFound) {
				return nil // it was removed meanwhile
			}
			if err != nil {
				return err
			}
			for _, ch := range part {
				if err := t.apply(tx, s, ch); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return result, err
		}
	}
	return result, nil
}

// compare finds what differs between the leases of a server and those stored.
func (t *Table) compare(tx store.Tx, server model.ID, reading Reading, source string) (r Result, changes []change, err error) {
	type place struct {
		from, to netip.Addr
		scope    model.ID
	}
	var places []place
	stored := map[netip.Addr]*model.Lease{}
	for s, err := range t.Schema.ScopesByServer.Begin(tx, store.Key{}.ID(server)) {
		if err != nil {
			return r, nil, err
		}
		rng, err := t.Schema.Ranges.Get(tx, s.RangeID)
		if err != nil {
			return r, nil, err
		}
		places = append(places, place{rng.From, rng.To, s.ID})
		for l, err := range t.Schema.LeasesByScope.Begin(tx, store.Key{}.ID(s.ID)) {
			if err != nil {
				return r, nil, err
			}
			if l.Addr.Is6() == reading.IPv6 {
				stored[l.Addr] = l
			}
		}
	}
	space := model.DefaultSpace
	switch s, err := t.Schema.Servers.Get(tx, server); {
	case err == nil:
		space = s.SpaceID
	case !errors.Is(err, store.ErrNotFound):
		return r, nil, err
	}
	slices.SortFunc(places, func(a, b place) int { return a.from.Compare(b.from) })
	leases := slices.Clone(reading.Leases)
	slices.SortFunc(leases, func(a, b model.Lease) int { return a.Addr.Compare(b.Addr) })
	for _, l := range leases {
		i, found := slices.BinarySearchFunc(places, l.Addr, func(p place, a netip.Addr) int { return p.from.Compare(a) })
		if !found {
			i--
		}
		if i < 0 || places[i].to.Less(l.Addr) {
			r.Outside++
			continue
		}
		l.SpaceID, l.ServerID, l.ScopeID, l.Source = space, server, places[i].scope, source
		was := stored[l.Addr]
		delete(stored, l.Addr)
		switch {
		case was == nil:
			r.Added++
		case same(was, &l):
			r.Same++
			continue
		default:
			r.Changed++
		}
		changes = append(changes, change{was, &l})
	}
	r.Removed = len(stored)
	for _, was := range stored {
		changes = append(changes, change{was, nil})
	}
	return r, changes, nil
}

// same reports whether a server says nothing new of a lease.
func same(was, now *model.Lease) bool {
	news := *now
	news.ID, news.Source = was.ID, was.Source
	if was.Dropped && now.State.Held() && was.SameClient(now) && was.Starts.Equal(now.Starts) && was.Ends.Equal(now.Ends) {
		return true
	}
	return equal(was, &news)
}

// equal compares two leases, times by what they mean.
func equal(a, b *model.Lease) bool {
	x, y := *a, *b
	if !x.Starts.Equal(y.Starts) || !x.Ends.Equal(y.Ends) {
		return false
	}
	x.Starts, x.Ends = y.Starts, y.Ends
	return x == y
}

// apply writes a change, unless the lease has changed since it was compared:
// the next reading finds it then.
func (t *Table) apply(tx store.Tx, s *model.Server, ch change) error {
	about := ch.now
	if ch.was != nil {
		stored, err := t.Schema.Leases.Get(tx, ch.was.ID)
		if errors.Is(err, store.ErrNotFound) || err == nil && !equal(stored, ch.was) {
			return nil
		}
		if err != nil {
			return err
		}
		if about == nil {
			about = ch.was
		}
	} else {
		taken, err := t.Schema.LeasesByScope.Any(tx, store.Key{}.ID(about.ScopeID).Addr(about.Addr))
		if err != nil || taken {
			return err
		}
	}
	if ch.now != nil {
		if _, err := t.Schema.Scopes.Get(tx, ch.now.ScopeID); errors.Is(err, store.ErrNotFound) {
			return nil // it was removed meanwhile
		} else if err != nil {
			return err
		}
	}
	if code, at := happened(ch.was, ch.now, t.Now()); code != "" {
		if err := Record(tx, t.Schema, s, about, code, at); err != nil {
			return err
		}
	}
	if ch.now == nil {
		return t.Schema.Leases.Delete(tx, ch.was.ID)
	}
	now := *ch.now // the closure may run twice
	now.SpaceID = s.SpaceID
	if ch.was == nil {
		return t.Schema.Leases.Insert(tx, &now)
	}
	now.ID = ch.was.ID
	return t.Schema.Leases.Update(tx, &now)
}

// happened is what a change means, "" for nothing, and when it was.
func happened(was, now *model.Lease, at time.Time) (model.LeaseEventCode, time.Time) {
	held := was != nil && was.State.Held()
	since := func(t time.Time) time.Time {
		if t.IsZero() || t.After(at) {
			return at
		}
		return t
	}
	switch {
	case now == nil && !held:
		return "", at
	case now != nil && now.State.Stray():
		if was != nil && was.State.Stray() {
			return "", at
		}
		return model.LeaseConflict, since(now.Starts)
	case now != nil && now.State.Held() && held && was.SameClient(now):
		if was.Ends.Equal(now.Ends) && was.Starts.Equal(now.Starts) {
			return "", at
		}
		return model.LeaseRenew, since(now.Starts)
	case now != nil && now.State.Held():
		return model.LeaseAssign, since(now.Starts)
	case !held:
		return "", at
	case now != nil && now.State == model.LeaseReleased:
		return model.LeaseRelease, at
	}
	ends := was.Ends
	if now != nil && !now.Ends.IsZero() {
		ends = now.Ends
	}
	if ends.IsZero() || ends.After(at) {
		return model.LeaseRelease, at
	}
	return model.LeaseExpire, ends
}

// Expire ends the leases whose time is over, for servers that do not say so
// themselves or are not read any more. It returns how many it ended.
func (t *Table) Expire(ctx context.Context) (ended int, err error) {
	for {
		n, now := 0, t.Now()
		some, err := t.someOver(ctx, now)
		if err != nil || !some { // which takes no write
			return ended, err
		}
		err = t.Store.Update(ctx, func(tx store.Tx) error {
			n = 0
			var over []*model.Lease
			for l, err := range t.over(tx, now) {
				if err != nil {
					return err
				}
				if over = append(over, l); len(over) == batch {
					break
				}
			}
			for _, l := range over {
				s, err := t.Schema.Servers.Get(tx, l.ServerID)
				if err != nil {
					return err
				}
				l.State = model.LeaseExpired
				if err := t.Schema.Leases.Update(tx, l); err != nil {
					return err
				}
				if err := Record(tx, t.Schema, s, l, model.LeaseExpire, l.Ends); err != nil {
					return err
				}
				n++
			}
			return nil
		})
		ended += n
		if err != nil || n < batch {
			return ended, err
		}
	}
}

// over are the leases that are held though their time is over.
func (t *Table) over(tx store.Tx, now time.Time) iter.Seq2[*model.Lease, error] {
	return t.Schema.LeasesByEnd.Between(tx, nil, store.Key{}.Time(now.Add(1)), false)
}

func (t *Table) someOver(ctx context.Context, now time.Time) (some bool, err error) {
	err = t.Store.View(ctx, func(tx store.Tx) error {
		for _, err := range t.over(tx, now) {
			some = err == nil
			return err
		}
		return nil
	})
	return some, err
}
