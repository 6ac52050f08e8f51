package deliver

import (
	"context"
	"slices"
	"time"

	"halxml/internal/errs"
	"halxml/internal/host"
	"halxml/internal/intake"
	"halxml/internal/model"
	"halxml/store"
)

// AdoptOrder asks for live configurations to be taken into the store.
type AdoptOrder struct {
	// Servers are names or references.
	Servers []string `json:"servers"`
	Comment string   `json:"comment"` // for history
	DryRun  bool     `json:"dryRun"`  // find out what would happen, and change nothing
	// Replace lets a file also undo what the service keeps, where it is not known
	// what was last delivered, and so which of the two changed.
	Replace bool `json:"replace"`
}

// Results of an adoption.
const (
	Adopted    = "adopted"
	Nothing    = "nothing to adopt"
	NotAdopted = "not adopted"
)

// AdoptReport is what became of an AdoptOrder.
type AdoptReport struct {
	Outcomes []Outcome      `json:"outcomes"`
	Findings []AdoptFinding `json:"findings"`
	// Refused says why nothing was adopted, "" when it was.
	Refused string `json:"refused,omitempty"`
}

// AdoptFinding tells what became of one change.
type AdoptFinding struct {
	Place string `json:"place,omitempty"`
	Kind  string `json:"kind"`
	Text  string `json:"text"`
}

// Adoption is what the commands need to take configurations into the store.
type Adoption struct {
	Username string
	Comment  string
	DryRun   bool
	Servers  []model.ID
	Read     func(store.Tx) (*intake.Readings, error)
	Kept     func(store.Tx) (*intake.Intake, error)
	Done     func(store.Tx) error
}

// Adopter takes configurations into the store, all or none of their changes.
type Adopter func(context.Context, Adoption) ([]intake.Finding, error)

// found is the live configuration of a target.
type found struct {
	*target
	text []byte
	live host.Hash // what the host's state says when this is live
	base []byte    // what was delivered last; nil when nobody knows
}

// Adopt takes live configurations that somebody else has changed into the store,
// all of them or none. From then on they count as delivered.
func (d *Deliverer) Adopt(ctx context.Context, user string, o AdoptOrder) (*AdoptReport, error) {
	if len(o.Servers) == 0 {
		return nil, errs.Errorf(errs.Missing, "servers: required")
	}
	asked, err := d.targetsOf(ctx, o.Servers)
	if err != nil {
		return nil, err
	}
	return between(ctx, d, func(ctx context.Context) (*AdoptReport, error) { return d.adopt(ctx, user, o, asked) })
}

func (d *Deliverer) adopt(ctx context.Context, user string, o AdoptOrder, asked []*target) (*AdoptReport, error) {
	if err := d.look(ctx); err != nil {
		return nil, err
	}
	out := &AdoptReport{}
	var changed []*found
	for _, t := range asked {
		f, err := d.find(ctx, t)
		if err != nil {
			return nil, err
		}
		if f == nil {
			out.Outcomes = append(out.Outcomes, Outcome{t.server.Name, Nothing, "the server has what was delivered to it"})
			continue
		}
		changed = append(changed, f)
	}
	if len(changed) == 0 {
		return out, nil
	}
	a := Adoption{
		Username: user, Comment: o.Comment, DryRun: o.DryRun,
		Read: func(tx store.Tx) (*intake.Readings, error) { return d.readings(tx, changed, o.Replace) },
		Kept: func(tx store.Tx) (*intake.Intake, error) {
			kept, err := d.rendered(tx, changed, false)
			if err != nil {
				return nil, err
			}
			return kept.read(nil)
		},
		Done: func(tx store.Tx) error { return d.adopted(tx, changed) },
	}
	for _, f := range changed {
		a.Servers = append(a.Servers, f.server.ID)
	}
	findings, err := d.o.Adopt(ctx, a)
	for _, f := range findings {
		out.Findings = append(out.Findings, AdoptFinding{f.Place.String(), string(f.Kind), f.Text})
	}
	switch {
	case err != nil && !errs.CodeOf(err).Caller():
		return nil, err
	case err != nil:
		out.Refused = errs.MessageOf(err)
	case !o.DryRun:
		for _, f := range changed {
			f.was = f.text
		}
	}
	for _, f := range changed {
		r := Outcome{Server: f.server.Name, Result: Adopted}
		switch {
		case err != nil:
			r.Result = NotAdopted
		case o.DryRun:
			r.Result, r.Text = NotAdopted, "it was only tried"
		}
		out.Outcomes = append(out.Outcomes, r)
	}
	d.poke()
	return out, nil
}

// targetsOf are the targets of servers by name or reference, each once.
func (d *Deliverer) targetsOf(ctx context.Context, names []string) (asked []*target, err error) {
	err = d.o.Store.View(ctx, func(tx store.Tx) error {
		asked = nil
		for _, name := range names {
			s, err := find(tx, d.o.Schema, name)
			if err != nil {
				return err
			}
			t, err := d.targetOf(*s)
			if err != nil {
				return err
			}
			if !slices.Contains(asked, t) {
				asked = append(asked, t)
			}
		}
		return nil
	})
	return asked, err
}

// seenWithin is how long a service that has just begun may take to see a server.
const seenWithin = 5 * time.Second

// find reads a target's live configuration; nil when it is what was delivered.
func (d *Deliverer) find(ctx context.Context, t *target) (*found, error) {
	if t.server == nil {
		return nil, errs.Errorf(errs.NotFound, "Server %s was removed", t.Server)
	}
	_, err := d.await(ctx, seenWithin, func() (bool, error) { // of a service that has just begun
		_, seen := d.stateOf(t)
		return seen, nil
	})
	if err != nil {
		return nil, err
	}
	s, seen := d.stateOf(t)
	switch {
	case !t.fits():
		return nil, errs.Errorf(errs.Conflict, "Server %s is of another type than its table in the configuration of the service is for", t.server.Name)
	case !t.active():
		return nil, errs.Errorf(errs.Conflict, "Server %s is detached", t.server.Name)
	case !seen || !s.Reachable:
		return nil, errs.Errorf(errs.Unavailable, "Server %s cannot be reached", t.server.Name)
	case !s.Running && t.reloader() != nil:
		return nil, errs.Errorf(errs.Unavailable, "Server %s does not run", t.server.Name)
	}
	text, ok, err := t.Host.Live(ctx)
	if err != nil {
		return nil, errs.Wrap(err, errs.Unavailable, "Server %s: %s", t.server.Name, failureOf(t, err))
	}
	if !ok {
		return nil, errs.Errorf(errs.NotFound, "Server %s has no configuration file; halxml deploy --overwrite makes one", t.server.Name)
	}
	f := &found{target: t, text: text, live: liveHash(t.server.Kind, text)}
	if t.delivered(f.live) || string(f.live) == string(t.hash) || t.tried(f.live) {
		return nil, nil
	}
	f.base = t.basis()
	if t.server.Kind.IsKea() && (t.ran == nil || string(t.ranAs) != t.record.Live) {
		f.base = nil // nobody knows which settings were there
	}
	return f, nil
}

// basis is what was last delivered to a target, nil when it is not known.
func (t *target) basis() []byte {
	switch {
	case t.record.Delivered == "":
	case t.want != nil && string(t.hash) == t.record.Delivered:
		return t.want.Text
	case t.was != nil && string(host.HashOf(t.was)) == t.record.Delivered:
		return t.was
	}
	return nil
}

// adopted notes that configurations count as delivered now.
func (d *Deliverer) adopted(tx store.Tx, all []*found) error {
	for _, f := range all {
		err := d.change(tx, f.target, func(r *model.Delivery) {
			*r = model.Delivery{ID: r.ID, Delivered: string(host.HashOf(f.text)), Live: string(f.live), At: d.o.Now(), Stopped: r.Stopped}
		})
		if err != nil {
			return err
		}
	}
	return nil
}
