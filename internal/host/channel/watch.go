package channel

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"strings"
	"syscall"
	"time"

	"halxml/internal/errs"
	"halxml/internal/host"
	"halxml/internal/kea/control"
)

// recheck is how many times as long as the interval may pass between two looks
// at a daemon's configuration, half a minute: most changes show in when it was
// configured, those by commands do not.
const recheck = 60

// Watch tells report the server's state, at once and whenever it changes, until
// ctx ends.
func (h *Host) Watch(ctx context.Context, report func(host.State)) {
	h.mu.Lock()
	h.report, h.seen = report, false
	h.mu.Unlock()
	tick := time.NewTicker(h.config.Interval)
	defer tick.Stop()
	for {
		h.State(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-h.look:
		}
	}
}

// changed looks at the server after its configuration was changed here.
func (h *Host) changed(ctx context.Context) {
	h.mu.Lock()
	for _, d := range h.daemons {
		d.checked = time.Time{}
		if d.peer != nil {
			d.peer.Changes++ // it begins anew, if that is seen or not
		}
	}
	h.mu.Unlock()
	h.State(ctx)
}

// State asks the daemons, and tells whoever watches when something changed.
func (h *Host) State(ctx context.Context) host.State {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := host.State{Reachable: true, Running: true, Config: h.state.Config, Peers: map[string]host.Peer{}}
	var hash host.Hash
	for _, d := range h.daemons {
		running, err := d.ask(ctx, recheck*h.config.Interval)
		if ctx.Err() != nil {
			return h.state
		}
		if err != nil {
			s.Reachable, s.Running = false, false
			s.Fault = errs.MessageOf(err)
		}
		if !running {
			s.Running = false
		} else if s.Process == 0 {
			s.Process = int(d.pid)
		}
		hash = joined(hash, d.hash)
		if d.peer != nil {
			s.Peers[d.key] = *d.peer
		}
	}
	if s.Running {
		s.Config = hash
	} else {
		s.Process = 0
	}
	w := h.state
	differs := !h.seen || s.Reachable != w.Reachable || s.Running != w.Running || s.Process != w.Process || s.Config != w.Config ||
		s.Fault != w.Fault || !maps.Equal(s.Peers, w.Peers)
	h.state, h.seen = s, true
	if differs && h.report != nil {
		h.report(s)
	}
	return s
}

// ask asks a daemon how it is and, where it may have changed, for its
// configuration, which it does after longest anyway. An error is that nobody can
// tell.
func (d *daemon) ask(ctx context.Context, longest time.Duration) (running bool, err error) {
	before := time.Now()
	status, err := d.client.StatusGet(ctx)
	if err != nil {
		d.checked = time.Time{}
		if d.down(err) {
			return false, nil
		}
		return false, err
	}
	now := time.Now()
	since, until := before.Add(-status.Reload-time.Second), now.Add(-status.Reload)
	if status.PID != d.pid || since.After(d.until) || until.Before(d.since) || now.Sub(d.checked) > longest {
		f, err := d.client.ConfigGet(ctx)
		if err != nil {
			return true, err
		}
		d.hash, d.pid, d.since, d.until, d.checked = hashOf(d.of(f)), status.PID, since, until, now
	}
	if since.After(d.since) {
		d.since = since
	}
	if until.Before(d.until) {
		d.until = until
	}
	d.note(status.HA)
	return true, nil
}

// note takes what a daemon says of its relationship.
func (d *daemon) note(list []control.HAStatus) {
	if len(list) == 0 {
		d.peer = nil
		return
	}
	was := host.Peer{}
	if d.peer != nil {
		was = *d.peer
	}
	now := was
	now.State, now.PartnerState = word(list[0].Local.State, list[0].Interrupted), word(list[0].Partner.State, false)
	if now != was {
		now.Changes++
	}
	d.peer = &now
}

// down reports whether an error says that the daemon does not run: nobody is at
// its socket, or the control agent cannot reach it.
func (d *daemon) down(err error) bool {
	var refusal *control.Refusal
	if errors.As(err, &refusal) {
		return strings.Contains(refusal.Text, "unable to forward command")
	}
	return d.socket && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED))
}

// How long a server may take to come and go.
const patience = 15 * time.Second

// Start runs the operator's command and returns when all daemons answer.
func (h *Host) Start(ctx context.Context) (host.State, error) {
	return h.run(ctx, h.config.Start, "start", true)
}

// Stop runs the operator's command and returns when no daemon answers.
func (h *Host) Stop(ctx context.Context) (host.State, error) {
	return h.run(ctx, h.config.Stop, "stop", false)
}

func (h *Host) run(ctx context.Context, words []string, what string, want bool) (host.State, error) {
	h.busy.Lock()
	defer h.busy.Unlock()
	if len(words) == 0 {
		return h.State(ctx), &host.Fault{Text: "the server's table in the configuration of the service has no command to " + what + " it"}
	}
	if err := host.Run(ctx, words); err != nil {
		return h.State(ctx), err
	}
	for end := time.Now().Add(patience); ; {
		s := h.State(ctx)
		if s.Running == want {
			return s, nil
		}
		if time.Now().After(end) {
			return s, &host.Fault{Text: "the command to " + what + " the server had no effect"}
		}
		select {
		case <-ctx.Done():
			return s, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}
