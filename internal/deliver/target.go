package deliver

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"halxml/internal/errs"
	"halxml/internal/host"
	"halxml/internal/model"
	"halxml/store"
)

// target is a Target and what is known of it. The first four are guarded by the
// Deliverer's mutex, the rest belongs to the goroutine that delivers.
type target struct {
	Target
	state  host.State
	seen   bool // the host has reported
	broken bool // the server did not start when it was last started
	back   bool // it was out of reach, and is not any more

	stale   bool          // to be rendered anew
	server  *model.Server // nil while the store has no such server
	record  model.Delivery
	links   []*link
	want    *Rendering // nil when it cannot be rendered
	hash    host.Hash  // of want
	refused error      // why there is no want
	was     []byte     // what was last delivered, as far as it is known
	ran     []byte     // what a Kea server said that it ran with when it had that
	ranAs   host.Hash  // of ran

	tries  int       // that failed since the wanted configuration changed
	next   time.Time // no attempt before it
	torn   string    // Attempted of the record, if the attempt fails
	waits  string    // why the wanted configuration is not delivered now
	failed string    // why the last attempt of this pass failed
	posted model.ServerState
}

// link is a failover relationship of a target. An end that is no target, or
// whose server is detached, is nil: it is the operator's to configure.
type link struct {
	model.Relationship
	ends   [2]*target
	posted string
}

// other is the far end of a link.
func (l *link) other(t *target) *target {
	if l.ends[0] == t {
		return l.ends[1]
	}
	return l.ends[0]
}

// key is what the relationship is called in configurations and states.
// In Kea it has no name: a server has one for each service.
func (l *link) key() string {
	if l.Kind.IsKea() {
		return keaKey(l.ServiceType)
	}
	return l.Name
}

// silence is how long an end may not answer before it is taken to be gone.
func (l *link) silence() time.Duration {
	d := time.Duration(l.MaxResponseDelay) * time.Second
	for _, end := range l.ends {
		if end != nil && end.want != nil {
			d = max(d, end.want.tree.silence(l.key()))
		}
	}
	return d
}

// managed reports whether both ends are delivered to.
func (l *link) managed() bool { return l.ends[0] != nil && l.ends[1] != nil }

// reloader is the target's host if its server is not restarted by deliveries.
func (t *target) reloader() Reloader {
	r, _ := t.Host.(Reloader)
	return r
}

// active reports whether the target is one to deliver to now.
func (t *target) active() bool {
	return t.server != nil && t.server.Enabled && t.fits()
}

// fits reports whether the server is of the type that the target is for.
func (t *target) fits() bool { return t.server.Kind.IsKea() == (t.reloader() != nil) }

// look reads from the store what is known of the targets, and renders those
// that a change may have touched.
func (d *Deliverer) look(ctx context.Context) error {
	d.mu.Lock()
	dirty := d.dirty
	d.dirty = map[model.ID]bool{}
	d.mu.Unlock()
	err := d.o.Store.View(ctx, func(tx store.Tx) error {
		byID := map[model.ID]*target{}
		for _, t := range d.targets {
			if err := d.lookAt(tx, t); err != nil {
				return err
			}
			if t.server != nil {
				byID[t.server.ID] = t
			}
		}
		links := map[model.ID]*link{}
		for _, t := range d.targets {
			if err := d.lookAtLinks(tx, t, byID, links, dirty); err != nil {
				return err
			}
		}
		for _, t := range d.targets {
			if t.server != nil && dirty[t.server.ID] {
				t.stale = true
			}
			if t.stale && t.server != nil {
				d.render(tx, t)
			}
		}
		return nil
	})
	if err != nil {
		d.mu.Lock()
		for id := range dirty {
			d.dirty[id] = true
		}
		d.mu.Unlock()
	}
	return err
}

// lookAt reads a target's server.
func (d *Deliverer) lookAt(tx store.Tx, t *target) error {
	s, err := d.o.Schema.ServersByName.First(tx, store.NameKey(t.Server))
	if errors.Is(err, store.ErrNotFound) {
		t.server, t.want, t.refused, t.stale = nil, nil, nil, true
		t.record, t.posted = model.Delivery{}, ""
		return nil
	}
	if err != nil {
		return err
	}
	if t.server == nil || t.server.ID != s.ID || t.server.Enabled != s.Enabled {
		t.stale = true
	}
	t.server, t.posted = s, s.State
	record, err := d.o.Schema.Deliveries.Get(tx, s.ID)
	if errors.Is(err, store.ErrNotFound) {
		record, err = &model.Delivery{ID: s.ID}, nil
	}
	if err == nil {
		t.record = *record
	}
	return err
}

// lookAtLinks reads a target's relationships.
func (d *Deliverer) lookAtLinks(tx store.Tx, t *target, byID map[model.ID]*target, links map[model.ID]*link, dirty map[model.ID]bool) error {
	t.links = nil
	if t.server == nil {
		return nil
	}
	for r, err := range d.o.Schema.RelationshipsByServer.Begin(tx, store.Key{}.ID(t.server.ID)) {
		if err != nil {
			return err
		}
		if dirty[r.Partner(t.server.ID)] {
			t.stale = true // what a partner serves shows in both configurations
		}
		l := links[r.ID]
		if l == nil {
			l = &link{Relationship: *r, posted: r.LiveState}
			for i, id := range []model.ID{r.PrimaryID, r.SecondaryID} {
				if end := byID[id]; end != nil && end.active() {
					l.ends[i] = end
				}
			}
			links[r.ID] = l
		}
		t.links = append(t.links, l)
	}
	return nil
}

// render renders a target; what cannot be rendered is told when it is delivered.
func (d *Deliverer) render(tx store.Tx, t *target) {
	before, told := t.hash, t.refused
	t.was = t.basis()
	t.stale, t.hash = false, ""
	t.want, t.refused = d.renderer.Server(tx, t.server)
	if t.refused == nil {
		t.hash = host.HashOf(t.want.Text)
	} else if errs.CodeOf(t.refused) == errs.Internal {
		d.o.Log.Error().Err(t.refused).Str("server", t.server.Name).Msg("rendering")
	}
	if t.hash != before || (t.refused == nil) != (told == nil) {
		t.tries, t.next = 0, time.Time{}
	}
}

// pending reports whether the target does not have the wanted configuration.
func (d *Deliverer) pending(t *target) bool {
	s, seen := d.stateOf(t)
	switch {
	case !t.active() || !seen:
		return false
	case t.refused != nil:
		return errs.CodeOf(t.refused) != errs.NotSupported
	case t.want == nil:
		return false
	case t.record.Delivered == "" && t.record.Attempted == "" && t.want.tree.blank():
		return false // nothing is said about a new server yet, which would not start
	}
	return string(t.hash) != t.record.Delivered || !t.delivered(s.Config)
}

// delivered reports whether a live configuration is the one that was delivered.
func (t *target) delivered(config host.Hash) bool {
	return string(config) == cmp.Or(t.record.Live, t.record.Delivered)
}

// tried reports whether a configuration was put in place by a delivery that
// was not seen to end.
func (t *target) tried(config host.Hash) bool {
	return config != "" && slices.Contains(strings.Fields(t.record.Attempted), string(config))
}

// interrupted reports whether a delivery to the target began and did not end:
// its configuration is live, or the one before is, and was not started again.
func (t *target) interrupted(s host.State) bool {
	switch {
	case t.record.Attempted == "" || t.record.Attempted == t.record.Delivered:
		return false
	case t.delivered(s.Config):
		return !s.Running && !t.record.Stopped
	}
	return t.tried(s.Config)
}

// manyTries are as many failures as make it likely that it is the delivery
// which takes a server out of reach.
const manyTries = 3

// welcome lets those be delivered to at once that were out of reach and are
// back, and their partners: it is not known to what effect the last attempt failed.
func (d *Deliverer) welcome() {
	for _, t := range d.targets {
		d.mu.Lock()
		back := t.back
		t.back = false
		d.mu.Unlock()
		if !back || t.tries > manyTries {
			continue
		}
		t.next = time.Time{}
		for _, l := range t.links {
			if other := l.other(t); other != nil {
				other.next = time.Time{}
			}
		}
	}
}
