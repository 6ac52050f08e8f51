package command

import (
	"context"
	"errors"
	"slices"

	"halxml/internal/auth"
	"halxml/internal/errs"
	"halxml/internal/intake"
	"halxml/internal/model"
	"halxml/store"
	"halxml/wsdl/hal"
)

// Adoption is live configurations that somebody else has changed, to be taken
// into the store.
type Adoption struct {
	Username string // for history
	Comment  string // for history
	DryRun   bool   // find out what would happen, and change nothing
	Servers  []model.ID
	// Read reads the configurations of Servers, within the transaction.
	Read func(store.Tx) (*intake.Readings, error)
	// Kept is Readings.Kept anew, after the changes.
	Kept func(store.Tx) (*intake.Intake, error)
	// Done notes in the transaction that the configurations are adopted.
	Done func(store.Tx) error
}

// Adopt does to the store what was done to configurations by hand: everything in
// one transaction by the rules of single commands, or nothing. What the domain
// has no words for stays in the server's own language. What would be delivered
// afterwards says what the configurations say, and what was changed here since
// the last delivery; where it does not, nothing is adopted. It returns what
// became of each change.
func (s *Service) Adopt(ctx context.Context, o Adoption) (findings []intake.Finding, err error) {
	c := &call{Service: s, ctx: ctx, at: s.now(), id: auth.Identity{Name: o.Username}}
	err = c.update(func() error {
		if err := c.note(hal.Some(o.Comment)); err != nil {
			return err
		}
		r, err := o.Read(c.tx)
		if err != nil {
			return err
		}
		found, err := c.adopt(o, r)
		findings = found.Findings
		if err != nil {
			return err
		}
		if n := found.Refusals(); n > 0 {
			return errs.Errorf(errs.Conflict, "%s refused; nothing was adopted", count(n, "change"))
		}
		if o.DryRun {
			return errDryRun
		}
		return o.Done(c.tx)
	})
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return findings, err
}

// adopt does the changes of all servers. Those that the rules refuse are in what
// it returns.
func (c *call) adopt(o Adoption, r *intake.Readings) (*intake.Intake, error) {
	found := &intake.Intake{}
	for _, f := range r.Now.Findings {
		if f.Kind == intake.Refused {
			found.Findings = append(found.Findings, f)
		}
	}
	if len(found.Findings) > 0 { // what the server itself would not take is not compared
		return found, nil
	}
	var all []*adopter
	for n, id := range o.Servers {
		server, err := c.serverByID(id)
		if err != nil {
			return found, err
		}
		c.in.id = server.SpaceID
		a := newAdopter(c, server, r, n)
		if err := a.run(); err != nil {
			return found, err
		}
		all = append(all, a)
	}
	for _, a := range all {
		c.in.id = a.server.SpaceID
		if err := a.join(); err != nil {
			return found, err
		}
		a.found.Sort()
		found.Findings = append(found.Findings, a.found.Findings...)
	}
	if found.Refusals() > 0 {
		return found, nil
	}
	now, err := o.Kept(c.tx)
	for n, a := range all {
		if err == nil {
			err = a.daemons(now.Servers[n])
		}
		found.Findings = append(found.Findings, a.said.Findings...)
	}
	if err == nil && slices.ContainsFunc(all, func(a *adopter) bool { return len(a.said.Findings) > 0 }) {
		now, err = o.Kept(c.tx)
	}
	if err != nil {
		if !errs.CodeOf(err).Caller() {
			return found, err
		}
		found.Note(intake.Refused, r.Now.Servers[0].Place, errs.MessageOf(err))
		return found, nil
	}
	for n, a := range all {
		a.verify(found, now, now.Servers[n])
	}
	return found, nil
}

// verify refuses what was not taken, or taken as something else.
func (a *adopter) verify(found, kept *intake.Intake, after *intake.Server) {
	live, is := a.now.facts(), kept.Facts(after)
	before, base := a.kept.facts(), a.base.facts()
	for _, f := range intake.Without(intake.Without(live, is), intake.Without(base, before)) {
		found.Note(intake.Refused, f.Place, "the service cannot take this over: "+f.Text)
	}
	for _, f := range intake.Without(intake.Without(is, live), intake.Without(before, base)) {
		f.Line, f.File = 0, a.now.Place.File
		found.Note(intake.Refused, f.Place, "the service would still say what the file does not: "+f.Text)
	}
}

// reading is what one configuration says of a server, to be looked up.
type reading struct {
	in *intake.Intake
	*intake.Server
	scopes map[string]*intake.Scope
	pools  map[string]*intake.PoolRange
	groups map[string]*intake.Nested
	hosts  map[string]*intake.Held
}

func newReading(in *intake.Intake, n int) *reading {
	r := &reading{
		in: in, Server: in.Servers[n], scopes: map[string]*intake.Scope{}, pools: map[string]*intake.PoolRange{},
		groups: map[string]*intake.Nested{}, hosts: map[string]*intake.Held{},
	}
	for _, s := range r.Scopes {
		r.scopes[s.Prefix.String()] = s
		for _, p := range intake.Ranges(s.Pools) {
			r.pools[s.Prefix.String()+" "+p.String()] = p
		}
	}
	for _, g := range r.Nested() {
		r.groups[model.FoldName(g.Name)] = g
	}
	for _, h := range r.Held() {
		r.hosts[hostKey(h)] = h
	}
	return r
}

// hostKey is what a reservation of a server is known by: in dhcpd its name.
func hostKey(h *intake.Held) string {
	if h.Name != "" {
		return model.FoldName(h.Name)
	}
	return h.In() + " " + string(h.Method) + " " + h.Client
}

func (r *reading) facts() []intake.Fact { return r.in.Facts(r.Server) }

// scope, pool and host are the same object as another reading has it, nil if it
// is not there.
func (r *reading) scope(s *intake.Scope) *intake.Scope {
	if s == nil {
		return nil
	}
	return r.scopes[s.Prefix.String()]
}

func (r *reading) pool(s *intake.Scope, p *intake.PoolRange) *intake.PoolRange {
	if p == nil {
		return nil
	}
	return r.pools[s.Prefix.String()+" "+p.String()]
}

func (r *reading) host(h *intake.Held) *intake.Held {
	if h == nil {
		return nil
	}
	return r.hosts[hostKey(h)]
}

// adopter does to the store what was done to the configuration of one server.
type adopter struct {
	*importer
	server                *model.Server
	base, now, kept, made *reading
	lines                 map[int]intake.Place
	known                 map[passageKey]*passage
	blocks                []*passage
	said                  intake.Intake                      // what is said of Kea's daemons
	fresh                 []*model.Scope                     // added, to be joined
	late                  []*intake.Held                     // reservations to be added when others have gone out of their way
	freed                 map[*intake.Held]model.Reservation // what those were that wait for what others have
}

func newAdopter(c *call, server *model.Server, r *intake.Readings, n int) *adopter {
	a := &adopter{
		importer: &importer{call: c, servers: map[*intake.Server]*model.Server{}, peers: map[peerKey]model.ID{}, mirrored: true},
		known:    map[passageKey]*passage{}, server: server, base: newReading(r.Base, n), now: newReading(r.Now, n), kept: newReading(r.Kept, n), made: newReading(r.Made, n),
	}
	a.lines = a.now.in.Lines(a.now.Server)
	return a
}

// run does all changes, in an order in which they do not stand in each other's
// way.
func (a *adopter) run() error {
	peers, err := a.relationshipsOf(a.server.ID)
	if err != nil {
		return err
	}
	for _, r := range peers {
		a.peers[peerKey{a.now.Server, r.Name}] = r.ID
	}
	if len(intake.Without(a.now.facts(), a.base.facts()))+len(intake.Without(a.base.facts(), a.now.facts())) == 0 && !a.moved() {
		return nil
	}
	for _, step := range []func() error{
		a.definitions, a.goneHosts, a.goneScopes, a.narrowPools, a.groupsChanged, a.scopesChanged, a.changedHosts, a.goneGroups,
		a.widenPools, a.newScopes, a.newHosts, a.whole, a.relationshipsChanged, a.flush, a.goneDefinitions,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return a.record(model.Modification, a.server.Ref(), a.server.Name, "Configuration of DHCP server %s adopted as somebody else has changed it", a.server.Name)
}

// moved reports whether only the order of the server's own statements changed.
func (a *adopter) moved() bool {
	return intake.Block{Base: a.base.Begin, Now: a.now.Begin}.Moved()
}

// refuse notes a rule's refusal; any other error ends the adoption.
func (a *adopter) refuse(at intake.Place, err error) error {
	if err == nil || !errs.CodeOf(err).Caller() {
		return err
	}
	a.found.Note(intake.Refused, at, errs.MessageOf(err))
	return nil
}

// changedHere refuses a change of what was changed here too.
func (a *adopter) changedHere(at intake.Place, what string) {
	a.found.Note(intake.Refused, at, what+" was changed in the service too, in another way, since it was last delivered")
}

// gone is the place of what the file does not say any more.
func (a *adopter) gone() intake.Place { return intake.Place{File: a.now.Place.File} }

// merge brings a change of a value to where it is kept. ok is false when it was
// changed there in another way.
func merge[T comparable](to *T, was, now T) (ok bool) {
	switch *to {
	case now:
	case was:
		*to = now
	default:
		return was == now
	}
	return true
}

// mergeList is merge for lists.
func mergeList[T comparable](to *[]T, was, now []T) (ok bool) {
	switch {
	case slices.Equal(*to, now):
	case slices.Equal(*to, was):
		*to = slices.Clone(now)
	default:
		return slices.Equal(was, now)
	}
	return true
}

// definitions adds and changes the server's own options.
func (a *adopter) definitions() error {
	for _, n := range a.now.Definitions {
		i := slices.IndexFunc(a.base.Definitions, func(w model.OptionDefinition) bool { return w.Number == n.Number && w.Vendor == n.Vendor })
		if i >= 0 && a.base.Definitions[i] == n {
			continue
		}
		d, err := a.ownOption(n)
		if err != nil {
			return err
		}
		if d == nil {
			d = &model.OptionDefinition{ServerID: a.server.ID, Vendor: n.Vendor, Number: n.Number}
		} else if i < 0 && (d.Name != n.Name || d.Type != n.Type || d.Array != n.Array) {
			a.changedHere(a.now.Place, "option "+n.Name)
			continue
		}
		before := *d
		d.Name, d.Type, d.Array = n.Name, n.Type, n.Array
		if *d == before && d.ID != 0 {
			continue
		}
		if err := a.checkDefinition("option", a.server, d); err != nil {
			if err := a.refuse(a.now.Place, err); err != nil {
				return err
			}
			continue
		}
		if d.ID == 0 {
			err = a.schema.Definitions.Insert(a.tx, d)
		} else if err = a.schema.Definitions.Update(a.tx, d); err == nil {
			err = a.refuse(a.now.Place, a.checkUses("option", a.server, d))
		}
		if err != nil {
			return err
		}
		a.touch(a.server.ID)
		a.found.Note(intake.Taken, a.now.Place, "definition of option "+describeDefinition(d))
		if err := a.record(model.Modification, a.server.Ref(), a.server.Name, "Definition of option %d of DHCP server %s set to %s", d.Number, a.server.Name, describeDefinition(d)); err != nil {
			return err
		}
	}
	return nil
}

// ownOption is a stored definition, nil when there is none.
func (a *adopter) ownOption(of model.OptionDefinition) (*model.OptionDefinition, error) {
	for d, err := range a.schema.DefinitionsByServer.Begin(a.tx, keyOf(a.server.ID)) {
		if err != nil || d.Number == of.Number && d.Vendor == of.Vendor {
			return d, err
		}
	}
	return nil, nil
}

// goneDefinitions removes definitions, when nothing uses them any more.
func (a *adopter) goneDefinitions() error {
	for _, w := range a.base.Definitions {
		if slices.ContainsFunc(a.now.Definitions, func(n model.OptionDefinition) bool { return w.Number == n.Number && w.Vendor == n.Vendor }) {
			continue
		}
		d, err := a.ownOption(w)
		if err != nil {
			return err
		}
		if d == nil {
			continue
		}
		err = a.eachUse(a.server, d, func(set *model.OptionSet, o model.Option) error {
			return inUse("option", "the definition of %s is gone, but it is set on %s", o.OptionID, set.Owner)
		})
		if err == nil {
			err = a.schema.Definitions.Delete(a.tx, d.ID)
		}
		if err := a.refuse(a.gone(), err); err != nil {
			return err
		}
		a.touch(a.server.ID)
		a.found.Note(intake.Taken, a.gone(), "definition of option "+d.Name+" removed")
		if err := a.record(model.Modification, a.server.Ref(), a.server.Name, "Definition of option %s removed from DHCP server %s", d.Name, a.server.Name); err != nil {
			return err
		}
	}
	return nil
}
