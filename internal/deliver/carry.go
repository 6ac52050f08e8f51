package deliver

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"halxml/internal/host"
	"halxml/internal/model"
	"halxml/store"
)

// step is one member of a group on its way.
type step struct {
	*target
	before   host.Hash // the live configuration that is replaced
	restore  host.Hash // the one that comes back when this fails
	ran      bool      // the server ran before
	warnings []string
	swapped  bool // its live configuration is the new one, or may be
	stopped  bool // it was stopped, and perhaps started again
}

// begin looks at what a target has before anything is touched.
func (d *Deliverer) begin(t *target) *step {
	now, _ := d.stateOf(t)
	s := &step{target: t, before: now.Config, restore: now.Config, ran: now.Running}
	t.torn = ""
	if t.interrupted(now) {
		s.ran = true
		t.torn, _, _ = strings.Cut(t.record.Attempted, " ")
		if t.tried(now.Config) {
			t.torn = string(now.Config)
		}
		if now.Config == t.hash && t.record.Delivered != "" {
			s.restore = host.Hash(t.record.Delivered)
		}
	}
	return s
}

// carry brings a group's configurations to their servers. It touches nothing
// before all are judged good, and puts everything back when one fails.
func (d *Deliverer) carry(ctx context.Context, g *group) *failure {
	if f := judge(g); f != nil {
		return f
	}
	steps := make([]*step, len(g.members))
	for i, t := range g.members {
		steps[i] = d.begin(t)
	}
	if f := d.stage(ctx, steps); f != nil {
		d.unstage(ctx, steps)
		return f
	}
	if err := d.attempted(ctx, steps); err != nil {
		d.unstage(ctx, steps)
		return failureOf(steps[0].target, err)
	}
	together := d.together(ctx, g)
	f := d.apply(ctx, steps, together)
	if f == nil {
		f = d.keep(ctx, steps)
	}
	if f != nil && ctx.Err() != nil {
		return f
	}
	if f != nil {
		d.rollBack(ctx, steps, together, f)
		d.unstage(ctx, steps)
		return f
	}
	if err := d.delivered(ctx, steps); err != nil {
		d.o.Log.Error().Err(err).Msg("noting a delivery")
	}
	return nil
}

// judge holds the configurations against what is known of their servers, each by
// itself and those of partners together.
func judge(g *group) *failure {
	for _, t := range g.members {
		if f := refusal(t, "the configuration is not sound", t.want.tree.faults()); f != nil {
			return f
		}
	}
	seen := map[*link]bool{}
	for _, t := range g.members {
		for _, l := range t.links {
			other := l.other(t)
			if seen[l] || !l.managed() || other.want == nil {
				continue
			}
			seen[l] = true
			if f := refusal(t, "the configurations of "+t.server.Name+" and "+other.server.Name+" do not fit each other", t.want.tree.misfits(other.want.tree)); f != nil {
				return f
			}
		}
	}
	return nil
}

func refusal(t *target, text string, lines []string) *failure {
	if len(lines) == 0 {
		return nil
	}
	return &failure{at: t, text: text, lines: lines[:min(len(lines), maxFindings)]}
}

// stage writes all configurations beside the live ones and asks each server's
// own check.
func (d *Deliverer) stage(ctx context.Context, steps []*step) *failure {
	for _, s := range steps {
		verdict, err := s.Host.Stage(ctx, s.want.Text)
		if err != nil {
			return failureOf(s.target, err)
		}
		if !verdict.Accepted {
			return &failure{s.target, "the server's own check refuses the configuration", verdict.Lines}
		}
		s.warnings = verdict.Lines
	}
	return nil
}

func (d *Deliverer) unstage(ctx context.Context, steps []*step) {
	ctx = context.WithoutCancel(ctx)
	for _, s := range steps {
		if err := s.Host.Unstage(ctx); err != nil {
			d.o.Log.Warn().Err(err).Str("server", s.server.Name).Msg("clearing up after a delivery")
		}
	}
}

// together reports whether the group must be stopped and started as one: a
// relationship that one partner knows and the other does not, or knows
// otherwise, would be refused, and a lone server of a new one does not serve.
func (d *Deliverer) together(ctx context.Context, g *group) bool {
	if len(g.members) < 2 {
		return false
	}
	for _, t := range g.members {
		live, want := d.livePeers(ctx, t), t.want.tree.peers()
		if len(live) != len(want) {
			return true
		}
		for name, identity := range want {
			if live[name] != identity {
				return true
			}
		}
	}
	return false
}

// apply puts the configurations in place and lets the servers run with them:
// one after the other, so that a partner serves all the time, or all at once.
// A step at a server that has begun is ended even when ctx ends.
func (d *Deliverer) apply(ctx context.Context, steps []*step, together bool) *failure {
	batches := [][]*step{steps}
	if !together {
		batches = nil
		for i := range steps {
			batches = append(batches, steps[i:i+1])
		}
	}
	for _, batch := range batches {
		if ctx.Err() != nil {
			return &failure{at: batch[0].target, text: "the service is ending"}
		}
		marks := d.marks(batch)
		for _, s := range batch {
			err := s.Host.Swap(context.WithoutCancel(ctx), s.before, s.hash)
			s.swapped = err == nil || unsure(err)
			if err != nil {
				return failureOf(s.target, err)
			}
			if err := d.inForce(ctx, s); err != nil {
				return failureOf(s.target, err)
			}
		}
		if f := d.restart(ctx, batch); f != nil {
			return f
		}
		if f := d.settled(ctx, batch, marks); f != nil {
			return f
		}
	}
	return nil
}

// unsure reports whether a step may have been done although it failed.
func unsure(err error) bool {
	var f *host.Fault
	return errors.As(err, &f) && f.Unsure
}

// inForce notes under which hash a server that is not restarted tells of what
// was put in place.
func (d *Deliverer) inForce(ctx context.Context, s *step) error {
	if s.reloader() == nil {
		return nil
	}
	now, _ := d.stateOf(s.target)
	return d.o.Store.Update(context.WithoutCancel(ctx), func(tx store.Tx) error {
		return d.change(tx, s.target, func(r *model.Delivery) { r.Attempted += " " + string(now.Config) })
	})
}

// keep makes servers that are not restarted start with what works.
func (d *Deliverer) keep(ctx context.Context, steps []*step) *failure {
	for _, s := range steps {
		if r := s.reloader(); r != nil {
			if err := r.Keep(context.WithoutCancel(ctx)); err != nil {
				return failureOf(s.target, err)
			}
		}
	}
	return nil
}

// restart stops all of a batch, then starts all, where that is what puts a
// configuration in force.
func (d *Deliverer) restart(ctx context.Context, batch []*step) *failure {
	if batch[0].reloader() != nil {
		return nil // its partners are of one kind with it
	}
	work := context.WithoutCancel(ctx)
	for i, s := range batch {
		if state, _ := d.stateOf(s.target); state.Running {
			s.stopped = true
			if _, err := s.Host.Stop(work); err != nil {
				return failureOf(s.target, err)
			}
		}
		if i == 0 && len(batch) > 1 {
			d.noticed(ctx, s.target)
		}
	}
	for _, s := range batch {
		s.stopped = true
		_, err := s.Host.Start(work)
		d.started(s.target, err)
		if err != nil {
			return failureOf(s.target, err)
		}
	}
	return nil
}

// notice is how long the partners of a stopped server may take to note it.
const notice = 5 * time.Second

// noticed waits until the partners of a stopped server have noted that it is
// gone. When they are stopped next they start from that note, so that normal
// operation afterwards is new and not remembered.
func (d *Deliverer) noticed(ctx context.Context, t *target) {
	_, _ = d.await(ctx, notice, func() (bool, error) {
		for _, l := range t.links {
			if other := l.other(t); other != nil {
				if s, _ := d.stateOf(other); s.Running && s.Peers[l.key()].State == normal {
					return false, nil
				}
			}
		}
		return true, nil
	})
}

// mark is a relationship between servers that are delivered to, and how often
// each end had noted a change of it before a restart.
type mark struct {
	*link
	changes [2]uint64
}

// marks are the relationships that must work after a restart of batch: those
// that both ends' configurations declare.
func (d *Deliverer) marks(batch []*step) (all []mark) {
	seen := map[*link]bool{}
	for _, s := range batch {
		mine := s.want.tree.peers()
		for _, l := range s.links {
			other := l.other(s.target)
			if seen[l] || !l.managed() || other.want == nil || mine[l.key()] == "" || other.want.tree.peers()[l.key()] == "" {
				continue
			}
			seen[l] = true
			// In a rolling delivery the partner may not have its part yet.
			state, _ := d.stateOf(other)
			if !slices.ContainsFunc(batch, func(b *step) bool { return b.target == other }) && !(state.Running && state.Reachable) {
				continue
			}
			m := mark{link: l}
			for i, end := range l.ends {
				state, _ := d.stateOf(end)
				m.changes[i] = state.Peers[l.key()].Changes
			}
			all = append(all, m)
		}
	}
	return all
}

// settled waits until the servers of a batch run and their relationships work.
func (d *Deliverer) settled(ctx context.Context, batch []*step, marks []mark) *failure {
	limit := d.o.Settle
	for _, m := range marks {
		limit = max(limit, 2*m.silence())
	}
	var f *failure
	ok, err := d.await(ctx, limit, func() (bool, error) {
		f = nil
		for _, s := range batch {
			if state, _ := d.stateOf(s.target); !state.Running {
				f = &failure{at: s.target, text: "the server ended after it had started"}
				return true, nil
			}
		}
		for _, m := range marks {
			if !d.works(m) {
				f = &failure{at: batch[0].target, text: "failover relationship " + m.Name + " did not come to normal operation in " + limit.String() + ": " + d.describe(m)}
				return false, nil
			}
		}
		return true, nil
	})
	switch {
	case err != nil:
		return &failure{at: batch[0].target, text: "the service is ending"}
	case ok && f == nil:
		return nil
	}
	return f
}

// works reports whether a relationship is in normal operation since its mark,
// or on the way to it: a server that was away too long waits for the maximum
// client lead time first, which no restart makes shorter.
func (d *Deliverer) works(m mark) bool {
	anew, both, recovering := false, true, false
	for i, end := range m.ends {
		s, _ := d.stateOf(end)
		p := s.Peers[m.key()]
		anew = anew || p.Changes > m.changes[i]
		both = both && s.Running && p.State == normal && p.PartnerState == normal
		recovering = recovering || s.Running && p.State == "recover-wait"
	}
	return anew && (both || recovering)
}

// describe tells how both ends see a relationship.
func (d *Deliverer) describe(m mark) string {
	text := ""
	for i, end := range m.ends {
		s, _ := d.stateOf(end)
		if i > 0 {
			text += ", "
		}
		text += orUnknown(s.Peers[m.key()].State) + " at " + end.server.Name
	}
	return text
}

// rollBack puts the previous configurations back and lets the servers run with
// them again. What stands in its way is added to the failure.
func (d *Deliverer) rollBack(ctx context.Context, steps []*step, together bool, f *failure) {
	work := context.WithoutCancel(ctx)
	wrong := func(s *step, err error) {
		g := failureOf(s.target, err)
		s.torn = s.record.Attempted // the next attempt must know it
		f.lines = append(f.lines, "Rolling "+s.server.Name+" back failed: "+g.text)
		f.lines = append(f.lines, g.lines...)
	}
	var again []*step
	for _, s := range slices.Backward(steps) {
		if s.stopped {
			if _, err := s.Host.Stop(work); err != nil {
				wrong(s, err)
			}
		}
		if s.swapped {
			if err := s.Host.Restore(work, s.restore); err != nil {
				wrong(s, err)
				continue
			}
		}
		if !s.ran || !s.stopped && (s.reloader() == nil || !s.swapped) {
			continue
		}
		again = append(again, s)
		if !together {
			d.startAgain(work, again[len(again)-1:], wrong)
		}
	}
	if together {
		d.startAgain(work, again, wrong)
	}
}

// startAgain starts servers with their previous configurations, and waits for
// their relationships, so that the next one is not stopped too early.
func (d *Deliverer) startAgain(ctx context.Context, steps []*step, wrong func(*step, error)) {
	for _, s := range steps {
		if s.reloader() != nil {
			continue
		}
		_, err := s.Host.Start(ctx)
		d.started(s.target, err)
		if err != nil {
			wrong(s, err)
		}
	}
	_, _ = d.await(ctx, d.o.Settle, func() (bool, error) {
		for _, s := range steps {
			state, _ := d.stateOf(s.target)
			if !state.Running {
				return true, nil
			}
			for _, l := range s.links {
				if other := l.other(s.target); other != nil {
					o, _ := d.stateOf(other)
					if p, had := o.Peers[l.key()]; had && o.Running && p.State != normal {
						return false, nil
					}
				}
			}
		}
		return true, nil
	})
}
