package command

import (
	"net/netip"
	"slices"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/intake"
	"halxml/internal/model"
)

// stored is the server's scope of a subnet, nil when it has none.
func (a *adopter) stored(prefix netip.Prefix) (*model.Scope, error) {
	r, err := a.rangeOf("subnet", prefix.String())
	if errs.CodeOf(err) == errs.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return a.instance(a.server.ID, r.ID)
}

// storedPool is the pool of exactly these addresses, nil when there is none.
func (a *adopter) storedPool(s *model.Scope, r intake.Range) (*model.Pool, error) {
	p, err := a.poolAt(s.ID, r.From)
	if err != nil || p == nil || p.From != r.From || p.To != r.To {
		return nil, err
	}
	return p, nil
}

// goneScopes removes scopes.
func (a *adopter) goneScopes() error {
	for _, p := range intake.MatchScopes(a.base.Scopes, a.now.Scopes) {
		if p.Now != nil {
			continue
		}
		s, err := a.stored(p.Was.Prefix)
		if err != nil {
			return err
		}
		if s == nil {
			continue // removed here too
		}
		a.found.Note(intake.Taken, a.gone(), "subnet "+p.Was.Prefix.String()+" removed")
		if err := a.removeScope(s); err != nil {
			return err
		}
	}
	return nil
}

// eachScope calls fn with the scopes that both files have and the store too.
func (a *adopter) eachScope(fn func(s *model.Scope, was, now *intake.Scope) error) error {
	for _, p := range intake.MatchScopes(a.base.Scopes, a.now.Scopes) {
		if p.Now == nil {
			continue
		}
		if p.Was == nil {
			if p.Was = a.kept.scope(p.Now); p.Was == nil {
				continue // new
			}
		}
		if sameScopeText(p.Was, p.Now) {
			continue
		}
		s, err := a.stored(p.Now.Prefix)
		if err != nil {
			return err
		}
		if s == nil || !s.Enabled {
			a.found.Note(intake.Refused, p.Now.Place, "subnet "+p.Now.Prefix.String()+" is changed, but it is disabled or removed in the service")
			continue
		}
		if err := fn(s, p.Was, p.Now); err != nil {
			return err
		}
	}
	return nil
}

// sameScopeText reports whether two readings say the same of a scope,
// reservations aside.
func sameScopeText(a, b *intake.Scope) bool {
	facts := func(s *intake.Scope) []intake.Fact {
		one := *s
		one.Hosts = nil
		return (&intake.Intake{}).Facts(&intake.Server{Scopes: []*intake.Scope{&one}})
	}
	return slices.EqualFunc(facts(a), facts(b), func(x, y intake.Fact) bool { return x.Text == y.Text })
}

// scopesChanged takes what is said of scopes that are there.
func (a *adopter) scopesChanged() error {
	return a.eachScope(func(s *model.Scope, was, now *intake.Scope) error {
		before := *s
		if !merge(&s.Superscope, was.Superscope, now.Superscope) {
			a.changedHere(now.Place, "the shared network of "+s.Name)
		}
		if was.Description != now.Description && !a.describe(s, was.Description, now.Description) {
			a.changedHere(now.Place, "the comment of "+s.Name)
		}
		if s.Superscope != before.Superscope || s.Name != before.Name || s.Description != before.Description {
			if err := a.refuse(now.Place, checkScopeText("subnet: ", s)); err != nil {
				return err
			}
			if err := a.schema.Scopes.Update(a.tx, s); err != nil {
				return err
			}
			a.touch(s.ServerID)
			if err := a.mirrorScope(s); err != nil {
				return err
			}
			a.found.Note(intake.Taken, now.Place, "subnet "+now.Prefix.String()+": its comment or shared network")
			if err := a.record(model.Modification, s.Ref(), s.Name, "DHCP scope %s modified as in the configuration of its server", s.Name); err != nil {
				return err
			}
		}
		a.scopeBlock(s, now)
		return a.optionsChanged(s.Ref(), now.Place, was.Options, now.Options)
	})
}

// describe takes the comment of a subnet, which is a scope's name, where that is
// not the subnet, and its description.
func (a *adopter) describe(s *model.Scope, was, now string) (ok bool) {
	prefix := ""
	if _, isPrefix := netip.ParsePrefix(s.Name); isPrefix != nil {
		prefix = s.Name
	}
	said := strings.TrimSuffix(prefix+"\n"+s.Description, "\n")
	if prefix == "" {
		said = s.Description
	}
	switch {
	case said == now:
		return true
	case said != was:
		return false
	case prefix == "":
		s.Description = now
		return true
	}
	s.Name, s.Description, _ = strings.Cut(now, "\n")
	return true
}

// eachPool calls fn with the pools of scopes that both files have.
func (a *adopter) eachPool(fn func(s *model.Scope, in *intake.Scope, p intake.Pair[intake.PoolRange]) error) error {
	return a.eachScope(func(s *model.Scope, was, now *intake.Scope) error {
		for _, p := range intake.MatchPools(intake.Ranges(was.Pools), intake.Ranges(now.Pools)) {
			if err := fn(s, now, p); err != nil {
				return err
			}
		}
		return nil
	})
}

// liesIn reports whether one range lies in another.
func liesIn(a, b intake.Range) bool { return b.From.Compare(a.From) <= 0 && a.To.Compare(b.To) <= 0 }

// narrowPools removes pools and makes others smaller.
func (a *adopter) narrowPools() error {
	return a.eachPool(func(s *model.Scope, in *intake.Scope, p intake.Pair[intake.PoolRange]) error {
		if p.Was == nil || p.Now != nil && (p.Now.Range == p.Was.Range || !liesIn(p.Now.Range, p.Was.Range)) {
			return nil
		}
		stored, err := a.storedPool(s, p.Was.Range)
		switch {
		case err != nil:
			return err
		case stored == nil && a.kept.pool(in, p.Was) != nil: // it stands there verbatim
			if p.Was.N == 0 {
				b := a.scopeBlock(s, in)
				b.gone.Add(p.Was.Order, p.Was.Verbatim)
			}
			return nil
		case stored == nil:
			return nil // gone here too; widenPools looks for it
		case p.Now != nil:
			return a.respan(s, stored, p.Now)
		}
		a.found.Note(intake.Taken, a.gone(), "pool "+poolSpan(stored)+" removed")
		return a.removePool(stored)
	})
}

// respan gives a pool other addresses.
func (a *adopter) respan(s *model.Scope, p *model.Pool, now *intake.PoolRange) error {
	before := poolSpan(p)
	p.From, p.To = now.From, now.To
	if p.Name == before {
		p.Name = poolSpan(p)
	}
	if err := a.checkPool("", p, s); err != nil {
		return a.refuse(now.Place, err)
	}
	if err := a.schema.Pools.Update(a.tx, p); err != nil {
		return err
	}
	if err := a.poolsChanged(s); err != nil {
		return err
	}
	a.found.Note(intake.Taken, now.Place, "pool "+before+" is "+poolSpan(p))
	return a.record(model.Modification, p.Ref(), p.Name, "Address pool %s is %s, as in the configuration of its server", before, poolSpan(p))
}

// widenPools makes pools larger, adds new ones, and takes what is said of them.
func (a *adopter) widenPools() error {
	err := a.eachPool(func(s *model.Scope, in *intake.Scope, p intake.Pair[intake.PoolRange]) error {
		if p.Was == nil || p.Now == nil {
			return nil
		}
		if stored, err := a.storedPool(s, p.Was.Range); err != nil || stored == nil || p.Was.Range == p.Now.Range {
			return err
		} else if err := a.respan(s, stored, p.Now); err != nil {
			return err
		}
		return nil
	})
	if err != nil {
		return err
	}
	return a.eachPool(func(s *model.Scope, in *intake.Scope, p intake.Pair[intake.PoolRange]) error {
		if p.Now == nil {
			return nil
		}
		stored, err := a.storedPool(s, p.Now.Range)
		switch {
		case err != nil:
			return err
		case stored != nil && p.Was == nil:
			if p.Was = a.kept.pool(in, p.Now); p.Was == nil {
				p.Was = p.Now // it came from the partner just now
			}
		case stored != nil:
		case p.Was != nil && a.kept.pool(in, p.Was) == nil:
			a.changedHere(p.Now.Place, "the pool "+p.Was.String())
			return nil
		case p.Was != nil && p.Was.Verbatim == p.Now.Verbatim:
			return nil // it stands there verbatim
		default:
			return a.newPool(s, in, p)
		}
		return a.poolSays(s, in, stored, p)
	})
}

// newPool adds a pool; one that stood there verbatim is taken away there.
func (a *adopter) newPool(s *model.Scope, in *intake.Scope, p intake.Pair[intake.PoolRange]) error {
	b := a.scopeBlock(s, in)
	if p.Was != nil && p.Was.N == 0 && !liesIn(p.Now.Range, p.Was.Range) {
		b.gone.Add(p.Was.Order, p.Was.Verbatim)
	}
	one := *p.Now.Pool
	one.Ranges, one.Statements = []intake.Range{p.Now.Range}, p.Now.Said(p.Now.N)
	if len(p.Now.Ranges) > 1 {
		one.Verbatim = ""
	}
	var came intake.Statements
	if err := a.pool(a.now.Server, s, &one, &came); err != nil {
		return a.refuse(intake.Place{}, err)
	}
	if len(came) > 0 {
		b.came = append(b.came, came...)
		return nil
	}
	a.found.Note(intake.Taken, p.Now.Place, "pool "+p.Now.String())
	return a.poolsChanged(s)
}

// poolSays takes what is said of a pool.
func (a *adopter) poolSays(s *model.Scope, in *intake.Scope, p *model.Pool, pair intake.Pair[intake.PoolRange]) error {
	was, now := pair.Was, pair.Now
	if !slices.Equal(was.Permits, now.Permits) {
		if !mergeList(&p.Permits, was.Permits, now.Permits) {
			// Render adds one that the reading takes away.
			a.changedHere(now.Place, "the permits of pool "+poolSpan(p))
		}
		if err := a.poolChanged(p, "permits"); err != nil {
			return err
		}
		a.found.Note(intake.Taken, now.Place, "permits of pool "+poolSpan(p))
	}
	if was.Peer != now.Peer {
		if _, err := a.setPeer("failover peer", p, now.Peer); err != nil {
			return a.refuse(now.Place, err)
		}
		a.found.Note(intake.Taken, now.Place, "failover peer of pool "+poolSpan(p))
		if err := a.record(model.Modification, p.Ref(), p.Name, "Address pool %s refers to the failover peer %q, as in the configuration of its server", poolSpan(p), now.Peer); err != nil {
			return err
		}
	}
	a.place(p.Ref(), model.BeginPart, "", func() *passage {
		b := &passage{title: "address pool " + poolSpan(p), at: now.Place, pool: p}
		b.Base, b.Now = was.Said(was.N), now.Said(now.N)
		for _, r := range []struct {
			*reading
			to *intake.Statements
		}{{a.kept, &b.Kept}, {a.made, &b.Made}} {
			if k := r.pool(in, was); k != nil {
				*r.to = k.Said(k.N)
			}
		}
		return b
	})
	return a.optionsChanged(p.Ref(), now.Place, was.Options, now.Options)
}

// poolChanged stores a pool whose addresses stay.
func (a *adopter) poolChanged(p *model.Pool, what string) error {
	if err := a.schema.Pools.Update(a.tx, p); err != nil {
		return err
	}
	s, err := a.schema.Scopes.Get(a.tx, p.ScopeID)
	if err != nil {
		return err
	}
	a.touch(s.ServerID)
	if err := a.mirrorScope(s); err != nil {
		return err
	}
	return a.record(model.Modification, p.Ref(), p.Name, "Address pool %s modified as in the configuration of its server: %s", poolSpan(p), what)
}

// newScopes adds scopes with their pools and reservations.
func (a *adopter) newScopes() error {
	for _, p := range intake.MatchScopes(a.base.Scopes, a.now.Scopes) {
		if p.Was != nil || a.kept.scope(p.Now) != nil {
			continue
		}
		known, err := a.stored(p.Now.Prefix)
		if err != nil {
			return err
		}
		if known != nil && known.Enabled {
			continue // the partner's file had it, and it was brought here
		}
		if err := a.scope(a.now.Server, a.server, p.Now); err != nil {
			if err := a.refuse(intake.Place{}, err); err != nil {
				return err
			}
			continue
		}
		s, err := a.stored(p.Now.Prefix)
		if err != nil {
			return err
		}
		a.found.Note(intake.Taken, p.Now.Place, "subnet "+p.Now.Prefix.String()+" with "+count(len(p.Now.Pools), "pool")+" and "+count(len(p.Now.Hosts), "reservation"))
		a.fresh = append(a.fresh, s)
		if a.server.Kind.IsKea() {
			if err := a.refuse(p.Now.Place, a.mirrorScope(s)); err != nil {
				return err
			}
		}
	}
	return nil
}

// join brings new scopes to the partner whose relationship their pools refer to,
// where it has none of the same subnet or one that is alike, and keeps them equal
// from now on.
func (a *adopter) join() error {
	if a.server.Kind != model.KindISC {
		return nil
	}
	for _, s := range a.fresh {
		pools, err := a.poolsOf(s.ID)
		if err != nil {
			return err
		}
		if len(pools) == 0 || pools[0].PeerID == 0 || slices.ContainsFunc(pools, func(p *model.Pool) bool { return p.PeerID != pools[0].PeerID }) {
			continue
		}
		r, err := a.schema.Relationships.Get(a.tx, pools[0].PeerID)
		if err != nil {
			return err
		}
		other, err := a.instance(r.Partner(s.ServerID), s.RangeID)
		if err != nil {
			return err
		}
		if other == nil {
			err = a.refuse(a.now.Place, a.addScopeTo(r, a.server, "subnet", s))
		} else {
			_, _, err = a.joinAlike(r.ID, s, other)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
