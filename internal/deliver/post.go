package deliver

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"halxml/internal/model"
	"halxml/store"
)

// who is in the history for what the service does by itself.
const who = "halxml"

// record writes one history event of a delivery.
func (d *Deliverer) record(tx store.Tx, t model.EventType, s *model.Server, text string) error {
	return d.history.Record(tx, model.Event{Time: d.o.Now(), Type: t, Object: s.Ref(), Name: s.Name, Username: who, Text: text})
}

// change changes a target's record of deliveries in a transaction. A server
// that is gone meanwhile has none.
func (d *Deliverer) change(tx store.Tx, t *target, fn func(*model.Delivery)) error {
	if _, err := d.o.Schema.Servers.Get(tx, t.server.ID); errors.Is(err, store.ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	record, err := d.o.Schema.Deliveries.Get(tx, t.server.ID)
	fresh := errors.Is(err, store.ErrNotFound)
	switch {
	case fresh:
		record = &model.Delivery{ID: t.server.ID}
	case err != nil:
		return err
	}
	fn(record)
	if fresh {
		err = d.o.Schema.Deliveries.InsertWithID(tx, record)
	} else {
		err = d.o.Schema.Deliveries.Update(tx, record)
	}
	if err == nil {
		t.record = *record
	}
	return err
}

// attempted notes what is about to be put in place.
func (d *Deliverer) attempted(ctx context.Context, steps []*step) error {
	return d.o.Store.Update(ctx, func(tx store.Tx) error {
		for _, s := range steps {
			if err := d.change(tx, s.target, func(r *model.Delivery) { r.Attempted = strings.TrimSpace(string(s.hash) + " " + s.torn) }); err != nil {
				return err
			}
		}
		return nil
	})
}

// delivered notes what was delivered, in history too.
func (d *Deliverer) delivered(ctx context.Context, steps []*step) error {
	at := d.o.Now()
	return d.o.Store.Update(context.WithoutCancel(ctx), func(tx store.Tx) error {
		for _, s := range steps {
			now := s.hash
			if s.reloader() != nil {
				state, _ := d.stateOf(s.target)
				now = state.Config
			}
			err := d.change(tx, s.target, func(r *model.Delivery) {
				*r = model.Delivery{ID: r.ID, Delivered: string(s.hash), Live: string(now), At: at}
			})
			if err != nil {
				return err
			}
			text := "Configuration of DHCP server " + s.server.Name + " delivered"
			if lines := slices.Concat(s.warnings, s.want.Notes); len(lines) > 0 {
				text += ":\n" + strings.Join(lines[:min(len(lines), maxFindings)], "\n")
			}
			if err := d.record(tx, model.Refresh, s.server, text); err != nil {
				return err
			}
		}
		return nil
	})
}

// failed notes a failure, in history only when it is a new one, and lets the
// group wait before the next attempt.
func (d *Deliverer) failed(ctx context.Context, g *group, f *failure) {
	text := f.String()
	for _, t := range g.members {
		wait := min(d.o.Retry<<min(t.tries, 20), maxRetry)
		t.tries++
		t.next = time.Now().Add(wait)
		t.failed = text
	}
	was := f.at.record
	d.o.Log.Warn().Str("server", f.at.server.Name).Str("failure", text).Msg("not delivered")
	err := d.o.Store.Update(ctx, func(tx store.Tx) error {
		for _, t := range g.members {
			err := d.change(tx, t, func(r *model.Delivery) {
				r.Attempted, r.Failed, r.Failure = t.torn, string(t.hash), text
			})
			if err != nil {
				return err
			}
		}
		if was.Failure == text && was.Failed == string(f.at.hash) {
			return nil
		}
		return d.record(tx, model.ErrorEvent, f.at.server, "Configuration of DHCP server "+f.at.server.Name+" not delivered: "+text)
	})
	if err != nil && ctx.Err() == nil {
		d.o.Log.Error().Err(err).Msg("noting a failed delivery")
	}
}

// publish writes the states of servers and relationships that have changed
// into the store.
func (d *Deliverer) publish(ctx context.Context) {
	servers, links := map[*target]model.ServerState{}, map[*link]string{}
	for _, t := range d.targets {
		if state := d.serverState(t); state != "" && state != t.posted {
			servers[t] = state
		}
		for _, l := range t.links {
			if state := d.liveState(l); state != l.posted {
				links[l] = state
			}
		}
	}
	if len(servers)+len(links) == 0 {
		return
	}
	err := d.o.Store.Update(ctx, func(tx store.Tx) error {
		for t, state := range servers {
			s, err := d.o.Schema.Servers.Get(tx, t.server.ID)
			if errors.Is(err, store.ErrNotFound) || err == nil && s.State == state {
				continue
			}
			if err == nil {
				s.State = state
				err = d.o.Schema.Servers.Update(tx, s)
			}
			if err != nil {
				return err
			}
		}
		for l, state := range links {
			r, err := d.o.Schema.Relationships.Get(tx, l.ID)
			if errors.Is(err, store.ErrNotFound) || err == nil && r.LiveState == state {
				continue
			}
			if err == nil {
				r.LiveState = state
				err = d.o.Schema.Relationships.Update(tx, r)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		if ctx.Err() == nil {
			d.o.Log.Error().Err(err).Msg("noting states")
		}
		return
	}
	for t, state := range servers {
		t.posted = state
		d.o.Log.Info().Str("server", t.server.Name).Str("state", string(state)).Msg("state")
	}
	for l, state := range links {
		l.posted = state
		d.o.Log.Info().Str("relationship", l.Name).Str("state", state).Msg("state")
	}
}

// forget clears the states of servers that nothing is delivered to, which an
// earlier configuration may have left.
func (d *Deliverer) forget(ctx context.Context) error {
	var servers []*model.Server
	var links []*model.Relationship
	watched := map[model.ID]bool{}
	collect := func(tx store.Tx) error {
		servers, links = nil, nil
		for s, err := range d.o.Schema.Servers.All(tx) {
			if err != nil {
				return err
			}
			if _, err := d.targetOf(*s); err == nil {
				watched[s.ID] = true
			} else if s.State != "" && s.State != model.StateUnknown {
				servers = append(servers, s)
			}
		}
		for r, err := range d.o.Schema.Relationships.All(tx) {
			if err != nil {
				return err
			}
			if r.LiveState != "" && !watched[r.PrimaryID] && !watched[r.SecondaryID] {
				links = append(links, r)
			}
		}
		return nil
	}
	if err := d.o.Store.View(ctx, collect); err != nil || len(servers)+len(links) == 0 {
		return err
	}
	return d.o.Store.Update(ctx, func(tx store.Tx) error {
		if err := collect(tx); err != nil {
			return err
		}
		for _, s := range servers {
			s.State = model.StateUnknown
			if err := d.o.Schema.Servers.Update(tx, s); err != nil {
				return err
			}
		}
		for _, r := range links {
			r.LiveState = ""
			if err := d.o.Schema.Relationships.Update(tx, r); err != nil {
				return err
			}
		}
		return nil
	})
}

// serverState is a server's state in the API's words, "" while nothing is known.
func (d *Deliverer) serverState(t *target) model.ServerState {
	s, seen := d.stateOf(t)
	switch {
	case !t.active() || !seen:
		return ""
	case !s.Reachable:
		return model.StateUnreachable
	case !s.Running:
		return model.StateServiceDown
	case d.pending(t):
		return model.StateOutOfDate
	}
	return model.StateOK
}

// Words of dhcpd: the state of a relationship that works, and one that nobody
// can tell.
const (
	normal       = "normal"
	unknownState = "unknown-state"
)

// gravity orders failover states: of what two ends say, the first here
// is told.
var gravity = []string{
	"potential-conflict", "resolution-interrupted", "conflict-done", "terminated", "partner-down", "communications-interrupted",
	"waiting", "syncing", "ready", "in-maintenance", "partner-in-maintenance", // Kea's
	"recover", "recover-wait", "recover-done", "shutdown", "paused", "startup", unknownState, normal,
}

// liveState is a relationship's state as its servers say, in dhcpd's words; ""
// before they have said anything.
func (d *Deliverer) liveState(l *link) string {
	told, silent := "", false
	for _, end := range l.ends {
		if end == nil {
			continue
		}
		s, seen := d.stateOf(end)
		if !seen {
			return l.posted
		}
		p, has := s.Peers[l.key()]
		switch {
		case !has:
		case !s.Running || !s.Reachable:
			silent = true
		case told == "" || slices.Index(gravity, p.State) < slices.Index(gravity, told):
			told = p.State
		}
	}
	if told == "" && silent {
		return unknownState
	}
	return told
}
