package deliver

import (
	"context"
	"errors"
	"net/netip"
	"slices"

	"github.com/rogpeppe/go-internal/diff"

	"halxml/internal/dhcpd/leases"
	"halxml/internal/errs"
	"halxml/internal/host"
	"halxml/internal/model"
	"halxml/store"
)

// Configuration is what a server should run; it need not be a target. A Kea
// server has a file for each service.
func (d *Deliverer) Configuration(ctx context.Context, server, service string) ([]byte, error) {
	r, err := d.renderer.Named(ctx, d.o.Store, server)
	if err != nil {
		return nil, err
	}
	return r.File(model.ServiceType(service))
}

// Difference is what a delivery would change at a target, as a unified diff; empty when nothing. Where somebody else has
// changed the live configuration, the first line says so.
func (d *Deliverer) Difference(ctx context.Context, server string) ([]byte, error) {
	r, err := d.renderer.Named(ctx, d.o.Store, server)
	if err != nil {
		return nil, err
	}
	t, err := d.targetOf(r.Server)
	if err != nil {
		return nil, err
	}
	live, ok, err := t.Host.Live(ctx)
	if err != nil {
		return nil, errs.Wrap(err, errs.Unavailable, "Server %s: %s", r.Server.Name, failureOf(t, err))
	}
	was, wanted := r.tree.against(live, r.Text)
	out := diff.Diff("live", was, "wanted", wanted)
	if len(out) == 0 {
		return nil, nil
	}
	seen := &target{Target: t.Target, hash: host.HashOf(r.Text)} // t itself is the delivering goroutine's
	if err := d.o.Store.View(ctx, func(tx store.Tx) error { return d.lookAt(tx, seen) }); err != nil || seen.server == nil {
		return out, err
	}
	state := host.State{}
	if ok {
		state.Config = liveHash(r.Server.Kind, live)
	}
	foreign, err := d.foreign(ctx, seen, state)
	if err != nil {
		return nil, errs.Wrap(err, errs.Unavailable, "Server %s: %s", r.Server.Name, failureOf(t, err))
	}
	if foreign != "" {
		out = slices.Concat([]byte(foreign+"\n"), out)
	}
	return out, nil
}

// targetOf is the target that delivers to a server.
func (d *Deliverer) targetOf(s model.Server) (*target, error) {
	for _, t := range d.targets {
		if s.Is(t.Server) {
			return t, nil
		}
	}
	return nil, errs.Errorf(errs.NotSupported, "Nothing is delivered to server %s; the service's configuration does not say how", s.Name)
}

// byID is the target of a server.
func (d *Deliverer) byID(ctx context.Context, id model.ID) (t *target, err error) {
	err = d.o.Store.View(ctx, func(tx store.Tx) error {
		s, err := d.o.Schema.Servers.Get(tx, id)
		if err != nil {
			return err
		}
		t, err = d.targetOf(*s)
		return err
	})
	return t, err
}

// Deploy delivers now and tells what became of it.
func (d *Deliverer) Deploy(ctx context.Context, o Order) ([]Outcome, error) {
	asked, err := d.targetsOf(ctx, o.Servers)
	if err != nil {
		return nil, err
	}
	if len(o.Servers) == 0 {
		asked = d.targets
	}
	return between(ctx, d, func(ctx context.Context) ([]Outcome, error) { return d.deploy(ctx, o, asked) })
}

func (d *Deliverer) deploy(ctx context.Context, o Order, asked []*target) (out []Outcome, err error) {
	if err := d.look(ctx); err != nil {
		return nil, err
	}
	waited := map[*target]bool{}
	for _, t := range asked {
		waited[t] = d.pending(t)
	}
	if err := d.pass(ctx, &o, asked...); err != nil {
		return nil, err
	}
	for _, t := range asked {
		if t.server == nil {
			if len(o.Servers) > 0 {
				out = append(out, Outcome{t.Server, Waiting, "the server was removed"})
			}
			continue
		}
		r := Outcome{Server: t.server.Name}
		_, seen := d.stateOf(t)
		switch {
		case !t.fits():
			r.Result, r.Text = Waiting, "the server is of another type than its table in the configuration of the service is for"
		case !t.active():
			r.Result, r.Text = Waiting, "the server is detached"
		case !seen:
			r.Result, r.Text = Waiting, "the server has not been reached yet"
		case !d.pending(t) && waited[t]:
			r.Result = Delivered
		case !d.pending(t):
			r.Result = UpToDate
		case t.failed != "":
			r.Result, r.Text = Failed, t.failed
		default:
			r.Result, r.Text = Waiting, t.waits
		}
		out = append(out, r)
	}
	return out, nil
}

// States of a server's process, in the words of the interface.
const (
	StatusUnknown = "undefined" // nobody can look
	StatusRunning = "running"
	StatusStopped = "stopped" // on request, or never started
	StatusExited  = "exited"  // by itself
	StatusFatal   = "fatal"   // it could not be started
)

// ServiceStatus tells whether a server runs. It is unknown for a server that is
// no target.
func (d *Deliverer) ServiceStatus(ctx context.Context, id model.ID) (string, error) {
	t, err := d.byID(ctx, id)
	if errs.CodeOf(err) == errs.NotSupported {
		return StatusUnknown, nil
	}
	if err != nil {
		return "", err
	}
	record := &model.Delivery{}
	err = d.o.Store.View(ctx, func(tx store.Tx) error {
		r, err := d.o.Schema.Deliveries.Get(tx, id)
		if err == nil {
			record = r
		}
		if errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		return err
	})
	if err != nil {
		return "", err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case !t.seen || !t.state.Reachable:
		return StatusUnknown, nil
	case t.state.Running:
		return StatusRunning, nil
	case record.Stopped:
		return StatusStopped, nil
	case t.broken:
		return StatusFatal, nil
	case record.Delivered == "":
		return StatusStopped, nil
	}
	return StatusExited, nil
}

// SetService starts or stops a server. A server that was stopped so stays down
// until it is started so, or by a forced delivery.
func (d *Deliverer) SetService(ctx context.Context, id model.ID, run bool) error {
	t, err := d.byID(ctx, id)
	if err != nil {
		return err
	}
	_, err = between(ctx, d, func(ctx context.Context) (any, error) { return nil, d.setService(ctx, t, run) })
	return err
}

func (d *Deliverer) setService(ctx context.Context, t *target, run bool) error {
	if err := d.look(ctx); err != nil {
		return err
	}
	if t.server == nil {
		return errs.Errorf(errs.NotFound, "The server was removed")
	}
	s, seen := d.stateOf(t)
	if !seen || !s.Reachable {
		return errs.Errorf(errs.Unavailable, "Server %s cannot be reached", t.server.Name)
	}
	work := context.WithoutCancel(ctx)
	var err error
	switch {
	case run && !s.Running:
		_, err = t.Host.Start(work)
		d.started(t, err)
	case !run && s.Running:
		_, err = t.Host.Stop(work)
	}
	if err == nil {
		err = d.o.Store.Update(work, func(tx store.Tx) error {
			return d.change(tx, t, func(r *model.Delivery) { r.Stopped = !run })
		})
	} else {
		f := failureOf(t, err)
		err = errs.Wrap(err, errs.Generic, "Server %s: %s", t.server.Name, f)
	}
	d.publish(work)
	return err
}

// releasing is a Host that can let its server forget leases.
type releasing interface {
	// Release reports whether the server could be told.
	Release(ctx context.Context, addr netip.Addr) (told bool, err error)
}

// ReleaseLease lets a server forget a lease; told is false when it cannot be
// told.
func (d *Deliverer) ReleaseLease(ctx context.Context, id model.ID, addr netip.Addr) (told bool, err error) {
	attached := false
	err = d.o.Store.View(ctx, func(tx store.Tx) error {
		s, err := d.o.Schema.Servers.Get(tx, id)
		attached = err == nil && s.Enabled
		return err
	})
	if err != nil || !attached {
		return false, err
	}
	t, err := d.byID(ctx, id)
	if errs.CodeOf(err) == errs.NotSupported {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	h, ok := t.Host.(releasing)
	if !ok {
		return false, nil
	}
	told, err = h.Release(ctx, addr)
	if err != nil {
		return false, errs.Wrap(err, errs.Generic, "Server %s: %s", t.Server, failureOf(t, err))
	}
	return told, nil
}

// Leases is what the lease file of a server says.
func (d *Deliverer) Leases(ctx context.Context, id model.ID) (*leases.File, error) {
	t, err := d.byID(ctx, id)
	if err != nil {
		return nil, err
	}
	f, err := t.Host.Leases(ctx)
	if err != nil {
		return nil, errs.Wrap(err, errs.Unavailable, "Server %s: %s", t.Server, failureOf(t, err))
	}
	return f, nil
}
