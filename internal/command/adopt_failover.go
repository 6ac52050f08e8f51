package command

import (
	"halxml/internal/intake"
	"halxml/internal/model"
	"halxml/wsdl/hal"
)

// relationshipsChanged takes parameters of failover relationships.
func (a *adopter) relationshipsChanged() error {
	for _, now := range a.now.in.Relationships {
		end, isEnd := endOf(now, a.now.Server)
		was := named(a.base.in, now.Name, a.base.Server)
		id := a.peers[peerKey{a.now.Server, now.Name}]
		if !isEnd || id == 0 || was == nil {
			continue // verify tells
		}
		r, err := a.schema.Relationships.Get(a.tx, id)
		if err != nil {
			return err
		}
		in := &hal.DHCPFailoverRelationship{}
		changed, ok := false, true
		for _, f := range []struct {
			to             *hal.Opt[uint32]
			have, was, now uint32
		}{
			{&in.MCLT, r.MCLT, was.MCLT, now.MCLT}, {&in.Percentage, r.Percentage, was.Percentage, now.Percentage},
			{&in.Port, r.Port, was.Port, now.Port}, {&in.SecondaryPort, r.SecondaryPort, was.SecondaryPort, now.SecondaryPort},
			{&in.LoadBalanceMaxSeconds, r.LoadBalanceMaxSeconds, was.LoadBalanceMaxSeconds, now.LoadBalanceMaxSeconds},
			{&in.MaxResponseDelay, r.MaxResponseDelay, was.MaxResponseDelay, now.MaxResponseDelay},
			{&in.MaxUnackedUpdates, r.MaxUnackedUpdates, was.MaxUnackedUpdates, now.MaxUnackedUpdates},
		} {
			if f.was == f.now || f.have == f.now {
				continue
			}
			ok = ok && f.have == f.was
			*f.to, changed = hal.Some(f.now), true
		}
		if !ok {
			a.changedHere(end.Place, "the failover peer "+now.Name)
			continue
		}
		if changed {
			if err := a.changeRelationship(r, in); err != nil {
				if err := a.refuse(end.Place, err); err != nil {
					return err
				}
				continue
			}
			a.found.Note(intake.Taken, end.Place, "failover peer "+now.Name)
		}
		if err := a.peerBlock(r, now.Name, end.Place); err != nil {
			return err
		}
	}
	return nil
}

// endOf is the side of a relationship that a server is.
func endOf(r *intake.Relationship, s *intake.Server) (intake.End, bool) {
	switch s {
	case r.Primary.Server:
		return r.Primary, true
	case r.Secondary.Server:
		return r.Secondary, true
	}
	return intake.End{}, false
}

// named is a server's relationship of a name, nil when there is none.
func named(in *intake.Intake, name string, s *intake.Server) *intake.Relationship {
	for _, r := range in.Relationships {
		if _, ok := endOf(r, s); ok && r.Name == name {
			return r
		}
	}
	return nil
}

// peerBlock is the place of what is said of a relationship on the server.
func (a *adopter) peerBlock(r *model.Relationship, name string, at intake.Place) error {
	partner, err := a.serverByID(r.Partner(a.server.ID))
	if err != nil {
		return err
	}
	lines := func(of *reading) intake.Statements {
		rel := named(of.in, name, of.Server)
		if rel == nil {
			return nil
		}
		end, _ := endOf(rel, of.Server)
		return end.Lines(a.server, partner)
	}
	a.place(r.Ref(), model.BeginPart, "", func() *passage {
		return &passage{
			Block: intake.Block{Base: lines(a.base), Now: lines(a.now), Kept: lines(a.kept), Made: lines(a.made)},
			title: "failover relationship " + name, at: at,
		}
	})
	return nil
}
