package deliver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"halxml/internal/errs"
	"halxml/internal/host"
)

// Order asks for a delivery now, whether it was to wait for one or not.
type Order struct {
	// Servers are names or references; none means all that are delivered to.
	Servers []string `json:"servers"`
	// Overwrite replaces configuration files that somebody else has changed.
	Overwrite bool `json:"overwrite"`
	// Force delivers also while partners do not run, cannot be reached or are
	// not in normal operation.
	Force bool `json:"force"`
}

// Results of a delivery to one server.
const (
	Delivered = "delivered" // it runs with the wanted configuration since now
	UpToDate  = "up to date"
	Waiting   = "waiting" // Text says for what
	Failed    = "failed"  // Text says why; the server runs as before
)

// Outcome is what became of an Order at one server.
type Outcome struct {
	Server string `json:"server"`
	Result string `json:"result"`
	Text   string `json:"text,omitempty"`
}

// group is targets that are delivered to together: partners that all wait for a
// configuration. around are their other partners.
type group struct {
	members, around []*target
	order           *Order // nil when nobody asked
}

// pass looks at all that waits, delivers what can be, and posts states. The
// outcomes are of the targets that wait when it begins.
func (d *Deliverer) pass(ctx context.Context, order *Order, asked ...*target) error {
	if err := d.look(ctx); err != nil {
		return err
	}
	d.welcome()
	for _, g := range d.groups() {
		if order != nil && slices.ContainsFunc(g.members, func(t *target) bool { return slices.Contains(asked, t) }) {
			g.order = order
		}
		d.attempt(ctx, g)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	d.publish(ctx)
	d.remember(ctx)
	return nil
}

// groups are the targets that wait, with the partners among them together.
func (d *Deliverer) groups() (all []*group) {
	in := map[*target]bool{}
	for _, t := range d.targets {
		in[t], t.waits, t.failed = d.pending(t), "", ""
	}
	seen := map[*target]bool{}
	for _, first := range d.targets {
		if !in[first] || seen[first] {
			continue
		}
		g := &group{}
		seen[first] = true
		for queue := []*target{first}; len(queue) > 0; queue = queue[1:] {
			g.members = append(g.members, queue[0])
			for _, l := range queue[0].links {
				other := l.other(queue[0])
				switch {
				case other == nil || !l.managed() || seen[other]:
				case in[other]:
					seen[other] = true
					queue = append(queue, other)
				case !slices.Contains(g.around, other):
					g.around = append(g.around, other)
				}
			}
		}
		all = append(all, g)
	}
	return all
}

// attempt delivers to a group, or notes why not now.
func (d *Deliverer) attempt(ctx context.Context, g *group) {
	if g.order != nil && g.order.Force {
		d.dropUnreachable(g)
	}
	wait, f := d.reason(ctx, g)
	for _, t := range g.members {
		t.waits, t.torn = wait, t.record.Attempted
	}
	switch {
	case f != nil:
	case wait != "" || len(g.members) == 0:
		return
	default:
		f = d.carry(ctx, g)
	}
	switch {
	case f == nil:
		for _, t := range g.members {
			t.tries, t.next = 0, time.Time{}
		}
	case ctx.Err() != nil: // the service ends; the next start takes it up
	default:
		d.failed(ctx, g, f)
	}
}

// dropUnreachable leaves out members that nothing can be brought to.
func (d *Deliverer) dropUnreachable(g *group) {
	g.members = slices.DeleteFunc(g.members, func(t *target) bool {
		s, _ := d.stateOf(t)
		switch {
		case !s.Reachable:
			t.waits = t.server.Name + " cannot be reached"
		case !s.Running && t.reloader() != nil:
			t.waits = t.server.Name + " does not run"
		default:
			return false
		}
		return true
	})
}

// failure is why a delivery failed, at which target.
type failure struct {
	at    *target
	text  string
	lines []string
}

func (f *failure) String() string { return strings.Join(append([]string{f.text}, f.lines...), "\n") }

// failureOf words an error of a host.
func failureOf(t *target, err error) *failure {
	if f := (*host.Fault)(nil); errors.As(err, &f) {
		return &failure{t, f.Text, f.Lines}
	}
	if errs.CodeOf(err) == errs.Internal {
		return &failure{t, "the server's machine answered with an error", nil}
	}
	return &failure{t, errs.MessageOf(err), nil}
}

const (
	waysOut = "; halxml adopt takes it over, halxml deploy --overwrite replaces it"
	forced  = "; halxml deploy --force does not wait for that"
)

// reason is what a group's delivery waits for, "" for nothing, or the failure
// that no waiting helps.
func (d *Deliverer) reason(ctx context.Context, g *group) (wait string, f *failure) {
	force, overwrite := g.order != nil && g.order.Force, g.order != nil && g.order.Overwrite
	for _, t := range slices.Concat(g.members, g.around) {
		if s, seen := d.stateOf(t); (!seen || !s.Reachable) && !force {
			return t.server.Name + " cannot be reached", nil
		}
	}
	for _, t := range g.members {
		if t.Manual && g.order == nil {
			return t.server.Name + " is delivered to by hand: halxml deploy", nil
		}
	}
	for _, t := range g.members {
		if s, _ := d.stateOf(t); !s.Running && t.reloader() != nil {
			return t.server.Name + " does not run", nil // it could be told nothing
		}
	}
	for _, t := range g.members {
		if time.Now().Before(t.next) && g.order == nil {
			return "the next attempt after a failure: " + t.record.Failure, nil
		}
		if t.refused != nil {
			return "", failureOf(t, t.refused)
		}
	}
	interrupted := false
	for _, t := range g.members {
		s, _ := d.stateOf(t)
		interrupted = interrupted || t.interrupted(s)
		if !overwrite {
			foreign, err := d.foreign(ctx, t, s)
			if err != nil {
				return "", failureOf(t, err)
			}
			if foreign != "" {
				return foreign, nil
			}
		}
	}
	if force || interrupted {
		return "", nil
	}
	for _, t := range g.members {
		if s, _ := d.stateOf(t); !s.Running && (t.record.Delivered != "" || t.record.Stopped) {
			return t.server.Name + " does not run" + forced, nil
		}
	}
	if wait = d.disturbed(ctx, g); wait != "" {
		wait += forced
	}
	return wait, nil
}

// foreign tells of a live configuration that this service has not delivered, and
// what can be done.
func (d *Deliverer) foreign(ctx context.Context, t *target, s host.State) (string, error) {
	now := string(s.Config)
	switch {
	case t.delivered(s.Config) || now == string(t.hash) || t.tried(s.Config):
		return "", nil
	case now == "":
		return "the configuration file of " + t.server.Name + " is gone; halxml deploy --overwrite makes one", nil
	case t.record.Delivered != "" || t.record.Attempted != "":
		return "the configuration file of " + t.server.Name + " was changed by somebody else" + waysOut, nil
	}
	text, ok, err := t.Host.Live(ctx)
	if err != nil || !ok {
		return "", err
	}
	if tree := parse(t.server.Kind, text); tree != nil && tree.blank() {
		return "", nil
	}
	return t.server.Name + " has a configuration file of somebody else" + waysOut, nil
}

// disturbed tells of a relationship that a restart would harm: one that stays
// as it is and is not in normal operation.
func (d *Deliverer) disturbed(ctx context.Context, g *group) string {
	for _, t := range g.members {
		live := d.livePeers(ctx, t)
		for key, identity := range t.want.tree.peers() {
			if live[key] != identity {
				continue
			}
			for _, l := range t.links {
				if l.key() != key || !l.managed() {
					continue
				}
				for _, end := range l.ends {
					s, _ := d.stateOf(end)
					if !s.Running {
						return end.server.Name + ", the partner in failover relationship " + l.Name + ", does not run"
					}
					if p := s.Peers[key]; p.State != normal {
						text := fmt.Sprintf("failover relationship %s is %s at %s", l.Name, orUnknown(p.State), end.server.Name)
						if s.Fault != "" {
							text += ", where " + s.Fault
						}
						return text
					}
				}
			}
		}
	}
	return ""
}

func orUnknown(state string) string {
	if state == "" {
		return "in an unknown state"
	}
	return state
}

// livePeers are the peers that a target's live configuration declares; none
// when it cannot be read.
func (d *Deliverer) livePeers(ctx context.Context, t *target) map[string]string {
	text, ok, err := t.Host.Live(ctx)
	if err != nil || !ok {
		return nil
	}
	tree := parse(t.server.Kind, text)
	if tree == nil {
		return nil
	}
	return tree.peers()
}
