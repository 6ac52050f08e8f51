package command

import (
	"slices"

	"halxml/internal/errs"
	"halxml/internal/intake"
	"halxml/internal/model"
)

// scope stores a scope with its pools and reservations.
func (i *importer) scope(of *intake.Server, server *model.Server, in *intake.Scope) error {
	c := i.call
	r, err := c.scopeRange("subnet", in.Prefix.String())
	if err != nil {
		return at(in.Place, err)
	}
	s := &model.Scope{
		RangeID: r.ID, ServerID: server.ID, Name: in.Prefix.String(), Superscope: in.Superscope,
		Description: in.Description, Enabled: true, SubnetID: in.SubnetID,
	}
	if err := checkScopeText("subnet: ", s); err != nil {
		return at(in.Place, err)
	}
	if err := c.numberSubnet(s, server, r); err != nil {
		return err
	}
	if err := c.insertScope("subnet", s, server, r); err != nil {
		return at(in.Place, err)
	}
	if err := i.options(server.ID, s.Ref(), in.Options); err != nil {
		return err
	}
	said := slices.Clone(in.Statements)
	for _, p := range in.Pools {
		if err := i.pool(of, s, p, &said); err != nil {
			return err
		}
	}
	pools, err := c.poolsOf(s.ID)
	if err != nil {
		return err
	}
	s.Available = model.Available(pools, nil)
	if err := c.schema.Scopes.Update(c.tx, s); err != nil {
		return err
	}
	if err := i.hosts(owner{server: server, scope: s}, in.Hosts, &said); err != nil {
		return err
	}
	return i.statements(server.ID, s.Ref(), model.BeginPart, "", said)
}

// pool stores the pools of one pool declaration, all of them or none.
func (i *importer) pool(of *intake.Server, s *model.Scope, in *intake.Pool, said *intake.Statements) error {
	c := i.call
	var stored []*model.Pool
	for _, rng := range in.Ranges {
		p := &model.Pool{ScopeID: s.ID, ServerID: s.ServerID, From: rng.From, To: rng.To, PeerID: i.peers[peerKey{of, in.Peer}], Permits: slices.Clone(in.Permits)}
		p.Name = poolSpan(p)
		err := c.checkPool("", p, s)
		if err == nil {
			if err := c.schema.Pools.Insert(c.tx, p); err != nil {
				return err
			}
			stored = append(stored, p)
			continue
		}
		if !errs.CodeOf(err).Caller() || in.Verbatim == "" {
			return at(in.Place, err)
		}
		for _, p := range stored {
			if err := c.schema.Pools.Delete(c.tx, p.ID); err != nil {
				return err
			}
		}
		i.verbatim(in.Place, in.Verbatim, said, "the pool", err)
		return nil
	}
	for n, p := range stored {
		texts := in.Statements
		if n > 0 { // what is no setting is said once
			texts = slices.DeleteFunc(slices.Clone(texts), func(t intake.Statement) bool { return t.Text[0] == '#' })
		}
		if err := i.statements(s.ServerID, p.Ref(), model.BeginPart, "", texts); err != nil {
			return err
		}
		if err := i.options(s.ServerID, p.Ref(), in.Options); err != nil {
			return err
		}
		if err := c.record(model.Creation, p.Ref(), p.Name, "Address pool %s added to DHCP scope %s", poolSpan(p), s.Name); err != nil {
			return err
		}
	}
	return nil
}

// verbatim keeps in a server's own language what the rules refuse.
func (i *importer) verbatim(place intake.Place, text string, said *intake.Statements, what string, because error) {
	said.Add(place.Order, text)
	i.found.Findings = slices.DeleteFunc(i.found.Findings, func(f intake.Finding) bool {
		return f.Kind == intake.Taken && f.Place == place
	})
	i.found.Note(intake.Kept, place, what+" stays as it is: "+errs.MessageOf(because))
}

// hosts stores the reservations of one owner.
func (i *importer) hosts(o owner, all []*intake.Host, said *intake.Statements) error {
	c := i.call
	for _, in := range all {
		r := in.Reservation
		r.Addresses = slices.Clone(r.Addresses)
		o.take(&r)
		err := c.checkReservation("", &r, o)
		if err == nil {
			err = i.outsidePools(&r)
		}
		if err != nil {
			if !errs.CodeOf(err).Caller() || in.Verbatim == "" {
				return at(in.Place, err)
			}
			i.verbatim(in.Place, in.Verbatim, said, "the reservation", err)
			continue
		}
		if err := c.schema.Reservations.Insert(c.tx, &r); err != nil {
			return err
		}
		c.touch(r.ServerID)
		if err := i.statements(r.ServerID, r.Ref(), model.BeginPart, "", in.Statements); err != nil {
			return err
		}
		if err := i.options(r.ServerID, r.Ref(), in.Options); err != nil {
			return err
		}
		if i.mirrored {
			if err := c.reservationChanged(o, nil, &r); err != nil {
				return err
			}
		}
		if err := c.record(model.Creation, r.Ref(), r.Title(), "DHCP reservation %s (%s) added to %s", r.Title(), reserved(&r), o); err != nil {
			return err
		}
	}
	return nil
}

// outsidePools refuses an address inside a pool of an ISC server, even where
// pools are split around reservations: an import splits nothing.
func (i *importer) outsidePools(r *model.Reservation) error {
	server, err := i.serverByID(r.ServerID)
	if err != nil || server.Kind != model.KindISC {
		return err
	}
	for _, a := range r.Addresses {
		s, err := i.scopeAt(r.ServerID, a)
		if err != nil {
			return err
		}
		if s == nil {
			continue
		}
		p, err := i.poolAt(s.ID, a)
		if err != nil {
			return err
		}
		if p != nil {
			return conflict("addresses", "%s lies in the address pool %s", a, poolSpan(p))
		}
	}
	return nil
}

// groups stores groups that lie in one, or in none (0), with all that is in
// them.
func (i *importer) groups(server *model.Server, all []*intake.Group, parent model.ID) error {
	c := i.call
	for _, in := range all {
		g := &model.Group{ServerID: server.ID, ParentID: parent, Name: in.Name}
		if err := c.checkGroup("", g); err != nil {
			return at(in.Place, err)
		}
		if err := c.schema.Groups.Insert(c.tx, g); err != nil {
			return err
		}
		c.touch(server.ID)
		if err := c.record(model.Creation, g.Ref(), g.Name, "DHCP group %s added to server %s", g.Name, server.Name); err != nil {
			return err
		}
		if err := i.options(server.ID, g.Ref(), in.Options); err != nil {
			return err
		}
		if err := i.groups(server, in.Groups, g.ID); err != nil {
			return err
		}
		said := slices.Clone(in.Statements)
		if err := i.hosts(owner{server: server, group: g}, in.Hosts, &said); err != nil {
			return err
		}
		if err := i.statements(server.ID, g.Ref(), model.BeginPart, "", said); err != nil {
			return err
		}
	}
	return nil
}

// join keeps scopes equal from now on that both servers of a relationship serve
// alike under it.
func (i *importer) join(in *intake.Relationship) error {
	c := i.call
	if in.Kind != model.KindISC {
		return nil
	}
	primary, secondary := i.servers[in.Primary.Server], i.servers[in.Secondary.Server]
	rel := i.peers[peerKey{in.Primary.Server, in.Name}]
	for _, from := range in.Primary.Server.Scopes {
		r, err := c.scopeRange("subnet", from.Prefix.String())
		if err != nil {
			return err
		}
		a, err := c.instance(primary.ID, r.ID)
		if err != nil {
			return err
		}
		b, err := c.instance(secondary.ID, r.ID)
		if err != nil {
			return err
		}
		if a == nil || b == nil {
			continue
		}
		served, alike, err := i.joinAlike(rel, a, b)
		switch {
		case err != nil:
			return err
		case !served:
			continue
		case !alike:
			i.found.Note(intake.Changed, from.Place, "the scope is not the same on server "+secondary.Name+" and is not kept equal there until it is added to the relationship "+in.Name)
		}
	}
	return nil
}

// joinAlike lets two scopes of one subnet be kept equal from now on, if they are
// alike.
func (i *importer) joinAlike(rel model.ID, a, b *model.Scope) (served, alike bool, err error) {
	served, alike, err = i.alike(a, b, rel)
	if err != nil || !alike {
		return served, false, err
	}
	for _, s := range []*model.Scope{a, b} {
		s.RelationshipID = rel
		if err := i.schema.Scopes.Update(i.tx, s); err != nil {
			return served, alike, err
		}
	}
	return served, alike, nil
}

// alike reports whether all pools of one of two scopes refer to a relationship,
// and whether both scopes have the same pools, reservations and options.
func (i *importer) alike(a, b *model.Scope, rel model.ID) (served, alike bool, err error) {
	one, err := i.poolsOf(a.ID)
	if err != nil {
		return false, false, err
	}
	two, err := i.poolsOf(b.ID)
	if err != nil {
		return false, false, err
	}
	served = len(one) > 0 && !slices.ContainsFunc(one, func(p *model.Pool) bool { return p.PeerID != rel })
	if !served || a.Superscope != b.Superscope || a.Description != b.Description || !slices.EqualFunc(one, two, func(p, q *model.Pool) bool {
		return p.From == q.From && p.To == q.To && p.PeerID == q.PeerID && slices.Equal(p.Permits, q.Permits)
	}) {
		return served, false, nil
	}
	mine, err := i.reservationsOf(a.Ref())
	if err != nil {
		return served, false, err
	}
	theirs, err := i.reservationsOf(b.Ref())
	if err != nil {
		return served, false, err
	}
	if !slices.EqualFunc(mine, theirs, func(p, q *model.Reservation) bool {
		return p.Client == q.Client && p.Method == q.Method && p.Name == q.Name && slices.Equal(p.Addresses, q.Addresses) &&
			p.DDNSHostName == q.DDNSHostName && p.Filename == q.Filename && p.ServerName == q.ServerName && p.NextServer == q.NextServer
	}) {
		return served, false, nil
	}
	pairs := [][2]model.Ref{{a.Ref(), b.Ref()}}
	for n, p := range one {
		pairs = append(pairs, [2]model.Ref{p.Ref(), two[n].Ref()})
	}
	for n, r := range mine {
		pairs = append(pairs, [2]model.Ref{r.Ref(), theirs[n].Ref()})
	}
	for _, p := range pairs {
		one, err := i.optionsAt(p[0], 0)
		if err != nil {
			return served, false, err
		}
		two, err := i.optionsAt(p[1], 0)
		if err != nil || !slices.Equal(one.Options, two.Options) {
			return served, false, err
		}
	}
	return served, true, nil
}
