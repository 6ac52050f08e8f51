package command

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"halxml/internal/intake"
	"halxml/internal/model"
	"halxml/store"
)

// storedGroup is the server's group of a name, nil when there is none.
func (a *adopter) storedGroup(name string) (*model.Group, error) {
	g, err := a.schema.GroupsByName.First(a.tx, store.NameKey(name).ID(a.server.ID))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return g, err
}

// groupsChanged adds groups, and takes what is said of those that are there.
func (a *adopter) groupsChanged() error {
	for _, now := range a.now.Nested() { // outer ones first, which others go to
		g, err := a.storedGroup(now.Name)
		if err != nil {
			return err
		}
		key := model.FoldName(now.Name)
		was := a.base.groups[key]
		if was == nil {
			was = a.kept.groups[key]
		}
		switch {
		case g == nil && was != nil:
			a.changedHere(now.Place, "the group "+now.Name)
			continue
		case g == nil:
			g = &model.Group{ServerID: a.server.ID, Name: now.Name}
			was = &intake.Nested{Group: &intake.Group{}}
		case was == nil:
			was = now
		}
		if err := a.groupSays(g, was, now); err != nil {
			return err
		}
	}
	return nil
}

// goneGroups removes groups, when what went from them to others is there.
func (a *adopter) goneGroups() error {
	for _, p := range slices.Backward(intake.MatchGroups(a.base.Nested(), a.now.Nested())) {
		if p.Now != nil {
			continue
		}
		g, err := a.storedGroup(p.Was.Name)
		if err != nil {
			return err
		}
		if g == nil {
			continue
		}
		a.found.Note(intake.Taken, a.gone(), "group "+g.Name+" removed")
		if err := a.removeGroup(g); err != nil {
			return err
		}
	}
	return nil
}

func (a *adopter) groupSays(g *model.Group, was, now *intake.Nested) error {
	isNew := g.ID == 0
	if isNew || nestedIn(was) != nestedIn(now) {
		g.ParentID = 0
		if now.In != nil {
			parent, err := a.storedGroup(now.In.Name)
			if err != nil || parent == nil { // refused before
				return err
			}
			g.ParentID = parent.ID
		}
		if err := a.checkGroup("", g); err != nil {
			return a.refuse(now.Place, err)
		}
		event, what, err := model.Modification, "moved", error(nil)
		if isNew {
			event, what = model.Creation, "added"
			err = a.schema.Groups.Insert(a.tx, g)
		} else {
			err = a.schema.Groups.Update(a.tx, g)
		}
		if err != nil {
			return err
		}
		a.touch(a.server.ID)
		a.found.Note(intake.Taken, now.Place, "group "+g.Name)
		if err := a.record(event, g.Ref(), g.Name, "DHCP group %s %s on server %s", g.Name, what, a.server.Name); err != nil {
			return err
		}
	}
	if isNew || len(intake.Subtract(was.Statements, now.Statements))+len(intake.Subtract(now.Statements, was.Statements)) > 0 {
		a.groupBlock(g, now.Place)
	}
	return a.optionsChanged(g.Ref(), now.Place, was.Options, now.Options)
}

func nestedIn(g *intake.Nested) string {
	if g.In == nil {
		return ""
	}
	return model.FoldName(g.In.Name)
}

// ownerOf is what a reservation of a file belongs to in the store, with the
// place where it stands verbatim if it must; ok is false when that is not there.
func (a *adopter) holder(h *intake.Held) (o owner, place func() *passage, ok bool, err error) {
	o.server, place = a.server, a.endBlock
	switch {
	case h.Scope != nil:
		o.scope, err = a.stored(h.Scope.Prefix)
		place = func() *passage { return a.scopeBlock(o.scope, h.Scope) }
		return o, place, o.scope != nil, err
	case h.Group != nil:
		o.group, err = a.storedGroup(h.Group.Name)
		place = func() *passage { return a.groupBlock(o.group, h.Group.Place) }
		return o, place, o.group != nil, err
	}
	return o, place, true, nil
}

// storedHost is the reservation that a file's is; nil when there is none.
func (a *adopter) storedHost(o owner, h *intake.Held) (*model.Reservation, error) {
	r := h.Reservation
	if err := setClient("", &r); err != nil {
		return nil, nil
	}
	for found, err := range a.schema.ReservationsByClient.Find(a.tx, store.NameKey(r.Client).ID(a.server.ID).ID(scopeID(o))) {
		if err != nil {
			return nil, err
		}
		if sameClient(found, &r) && found.Owner() == o.ref() {
			return found, nil
		}
	}
	return nil, nil
}

func scopeID(o owner) model.ID {
	if o.scope == nil {
		return 0
	}
	return o.scope.ID
}

// hosts are the reservations that differ between the files.
func (a *adopter) changes() []intake.Pair[intake.Held] {
	return slices.DeleteFunc(intake.MatchHosts(a.base.Held(), a.now.Held()), func(p intake.Pair[intake.Held]) bool {
		return p.Was != nil && p.Now != nil && p.Was.In() == p.Now.In() && sameHost(p.Was.Host, p.Now.Host)
	})
}

func sameHost(a, b *intake.Host) bool {
	facts := func(h *intake.Host) []intake.Fact {
		return (&intake.Intake{}).Facts(&intake.Server{Hosts: []*intake.Host{h}})
	}
	return slices.EqualFunc(facts(a), facts(b), func(x, y intake.Fact) bool { return x.Text == y.Text })
}

// goneHosts removes reservations.
func (a *adopter) goneHosts() error {
	for _, p := range a.changes() {
		if p.Now != nil {
			continue
		}
		o, place, ok, err := a.holder(p.Was)
		if err != nil {
			return err
		}
		if !ok {
			continue // it went with what it belonged to
		}
		r, err := a.storedHost(o, p.Was)
		switch {
		case err != nil:
			return err
		case r == nil && a.kept.host(p.Was) != nil && p.Was.Verbatim != "":
			b := place()
			b.gone.Add(p.Was.Order, p.Was.Verbatim)
			continue
		case r == nil:
			continue
		}
		a.found.Note(intake.Taken, a.gone(), "reservation "+r.Title()+" removed")
		if err := (&reservationObject{c: a.call, Reservation: r}).remove(false); err != nil {
			return err
		}
	}
	return nil
}

// changedHosts takes what is said of reservations that are there. Names, clients
// and addresses may go from one to another, so those that cannot have theirs yet
// are tried again.
func (a *adopter) changedHosts() error {
	var wait []intake.Pair[intake.Held]
	for _, p := range a.changes() {
		if p.Was != nil && p.Now != nil {
			wait = append(wait, p)
		}
	}
	a.freed = map[*intake.Held]model.Reservation{}
	for last := false; len(wait) > 0; {
		var again []intake.Pair[intake.Held]
		for _, p := range wait {
			err := a.changeHost(p)
			switch {
			case err == nil:
			case last:
				if err := a.refuse(p.Now.Place, err); err != nil {
					return err
				}
			default:
				again = append(again, p)
			}
		}
		if len(again) == len(wait) && !last {
			last = true
			if err := a.free(again); err != nil {
				return err
			}
		}
		wait = again
	}
	return nil
}

// free takes what is taken once from reservations that stand in each other's way,
// and from their twins at the partner, until they get what they are to have.
func (a *adopter) free(all []intake.Pair[intake.Held]) error {
	for _, p := range all {
		o, _, ok, err := a.holder(p.Was)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		r, err := a.storedHost(o, p.Was)
		if err != nil {
			return err
		}
		if r == nil {
			continue
		}
		a.freed[p.Was] = *r
		both := []*model.Reservation{r}
		twins, err := a.twinOwner(o, r)
		if err != nil {
			return err
		}
		if twins != nil {
			twin, err := a.twin(*twins, r)
			if err != nil {
				return err
			}
			if twin != nil {
				both = append(both, twin)
			}
		}
		word := fmt.Sprintf("adopting-%d", r.ID)
		for _, b := range both {
			b.Name, b.Client, b.Method, b.Addresses = word, word, model.ByClientIdentifier, nil
			if err := a.schema.Reservations.Update(a.tx, b); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *adopter) changeHost(p intake.Pair[intake.Held]) error {
	from, was, ok, err := a.holder(p.Was)
	if err != nil {
		return err
	}
	to, _, there, err := a.holder(p.Now)
	if err != nil {
		return err
	}
	switch {
	case !ok && !there:
		return nil // it comes with a scope that is still to be added
	case !ok: // it went with what it belonged to
		a.late = append(a.late, p.Now)
		return nil
	}
	r, err := a.storedHost(from, p.Was)
	freed, isFreed := a.freed[p.Was]
	if isFreed {
		r, err = a.schema.Reservations.Get(a.tx, freed.ID)
	}
	if err != nil {
		return err
	}
	if !there { // as above
		switch {
		case r != nil:
			return (&reservationObject{c: a.call, Reservation: r}).remove(false)
		case a.kept.host(p.Was) != nil && p.Was.Verbatim != "":
			b := was()
			b.gone.Add(p.Was.Order, p.Was.Verbatim)
		}
		return nil
	}
	if r == nil && a.kept.host(p.Was) != nil && p.Was.Verbatim != "" {
		b := was()
		b.gone.Add(p.Was.Order, p.Was.Verbatim)
		a.late = append(a.late, p.Now)
		return nil
	}
	if r == nil {
		if r, err = a.storedHost(to, p.Now); err != nil || r == nil {
			if err == nil {
				a.changedHere(p.Now.Place, "the reservation "+p.Was.Title())
			}
			return err
		}
	}
	before, now := *r, p.Now
	if isFreed {
		*r, before.Addresses = freed, freed.Addresses
	}
	before.Addresses = slices.Clone(before.Addresses)
	r.Name = strings.TrimSuffix(r.Name, ".")
	r.Client, r.Method = now.Client, now.Method
	ok = merge(&r.Name, p.Was.Name, now.Name) && mergeList(&r.Addresses, p.Was.Addresses, now.Addresses)
	for _, f := range []struct {
		to       *string
		was, now string
	}{{&r.DDNSHostName, p.Was.DDNSHostName, now.DDNSHostName}, {&r.Filename, p.Was.Filename, now.Filename},
		{&r.ServerName, p.Was.ServerName, now.ServerName}, {&r.NextServer, p.Was.NextServer, now.NextServer}} {
		ok = merge(f.to, f.was, f.now) && ok
	}
	if !ok {
		a.changedHere(now.Place, "the reservation "+p.Was.Title())
		return nil
	}
	moved := to.ref() != from.ref()
	to.take(r)
	if err := a.checkReservation("", r, to); err != nil {
		return err
	}
	if err := a.outsidePools(r); err != nil {
		return err
	}
	if err := a.schema.Reservations.Update(a.tx, r); err != nil {
		return err
	}
	if moved {
		if err := a.reservationChanged(from, &before, nil); err != nil {
			return err
		}
		err = a.reservationChanged(to, nil, r)
	} else {
		err = a.reservationChanged(to, &before, r)
	}
	if err := a.refuse(now.Place, err); err != nil {
		return err
	}
	a.found.Note(intake.Taken, now.Place, "reservation "+r.Title()+" ("+reserved(r)+")")
	if err := a.record(model.Modification, r.Ref(), r.Title(), "DHCP reservation %s (%s) modified as in the configuration of its server", r.Title(), reserved(r)); err != nil {
		return err
	}
	a.place(r.Ref(), model.BeginPart, "", func() *passage {
		b := &passage{title: "DHCP reservation " + r.Title(), at: now.Place, Block: intake.Block{Base: p.Was.Statements, Now: now.Statements}}
		if k := a.kept.host(p.Was); k != nil {
			b.Kept = k.Statements
		}
		if k := a.made.host(p.Was); k != nil {
			b.Made = k.Statements
		}
		return b
	})
	return a.optionsChanged(r.Ref(), now.Place, p.Was.Options, now.Options)
}

// newHosts adds reservations.
func (a *adopter) newHosts() error {
	fresh := a.late
	for _, p := range a.changes() {
		if p.Was != nil {
			continue
		}
		if k := a.kept.host(p.Now); k == nil || k.Verbatim != p.Now.Verbatim || p.Now.Verbatim == "" { // else it stands there verbatim
			fresh = append(fresh, p.Now)
		}
	}
	for _, h := range fresh {
		o, place, ok, err := a.holder(h)
		if err != nil {
			return err
		}
		if !ok || slices.ContainsFunc(a.fresh, func(s *model.Scope) bool { return s.ID == scopeID(o) }) {
			continue // what it belongs to was refused, or brought it
		}
		r, err := a.storedHost(o, h)
		if err != nil {
			return err
		}
		if r != nil {
			continue // new in the service too, or came from the partner
		}
		if err := a.addHost(o, place, h); err != nil {
			return err
		}
	}
	return nil
}

// addHost adds a reservation, or keeps it as it stands in the file.
func (a *adopter) addHost(o owner, place func() *passage, h *intake.Held) error {
	var came intake.Statements
	if err := a.hosts(o, []*intake.Host{h.Host}, &came); err != nil {
		return a.refuse(intake.Place{}, err)
	}
	if len(came) > 0 {
		b := place()
		b.came = append(b.came, came...)
		return nil
	}
	a.found.Note(intake.Taken, h.Place, "reservation "+h.Title())
	return nil
}
