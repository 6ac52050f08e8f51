package command_test

import "slices"

// wKey names a scope.
type wKey struct{ server, cidr string }

// wRemoval is one item of RemoveDHCPFailoverRelationships.
type wRemoval struct{ server, name, action, replacement string }

// removeScopes is RemoveDHCPScopesFromDHCPFailoverRelationship.
func (w *world) removeScopes(server, name string, scopes []wKey, action string) error {
	r := w.named(server, name)
	switch {
	case w.server(server) == nil || r == nil:
		return refuse("%s", name)
	case kea(r.kind):
		return refuse("Kea")
	case len(scopes) == 0:
		return refuse("no scope")
	}
	for _, key := range scopes {
		s := w.scope(key.server, key.cidr)
		if s == nil || !r.joins(s.server) || !r.in(s) {
			return refuse("scope %v is not in %s", key, name)
		}
	}
	for i, key := range scopes {
		if slices.ContainsFunc(scopes[:i], func(k wKey) bool { return k.cidr == key.cidr }) {
			continue // both instances are named
		}
		a, b := w.scope(r.primary, key.cidr), w.scope(r.secondary, key.cidr)
		for _, s := range []*wScope{a, b} {
			if r.in(s) {
				w.leave(s, r)
				w.event("Modification scope %s %s", s.server, s.cidr)
			}
		}
		if a != nil && b != nil && !w.inAnother(b, r) {
			w.deconfigure(b, action)
		}
	}
	w.event("Modification relationship %s", r.name)
	return nil
}

// leave takes one instance out of a relationship.
func (w *world) leave(s *wScope, r *wRelationship) {
	if s == nil {
		return
	}
	if s.joined == r.id {
		s.joined = 0
	}
	for _, p := range s.pools {
		if p.peer == r.id {
			p.peer = 0
		}
	}
}

// deconfigure does to a secondary's instance what the caller wants.
func (w *world) deconfigure(s *wScope, action string) {
	switch action {
	case "Disable":
		if s.enabled {
			w.event("Modification scope %s %s", s.server, s.cidr)
		}
		s.enabled = false
	case "Delete":
		w.removeScope(s)
	}
}

// removeScope removes an instance; the partner's is then alone.
func (w *world) removeScope(s *wScope) {
	w.scopes = slices.DeleteFunc(w.scopes, func(o *wScope) bool { return o == s })
	w.event("Deletion scope %s %s", s.server, s.cidr)
	for _, r := range w.on(s.server) {
		switch {
		case r.serves(s):
			if twin := w.twin(s, r); twin != nil {
				w.removeScope(twin)
			}
		case s.joined == r.id:
			twin := w.twin(s, r)
			w.leave(twin, r)
			w.event("Modification scope %s %s", twin.server, twin.cidr)
		}
	}
}

// removeRelationships is RemoveDHCPFailoverRelationships.
func (w *world) removeRelationships(items []wRemoval) error {
	if len(items) == 0 {
		return refuse("nothing named")
	}
	leaving := map[int]bool{}
	for _, item := range items {
		r := w.named(item.server, item.name)
		if w.server(item.server) == nil || r == nil {
			return refuse("%s", item.name)
		}
		leaving[r.id] = true
	}
	for _, item := range items {
		r := w.named(item.server, item.name)
		if w.server(item.server) == nil || r == nil {
			return refuse("%s", item.name)
		}
		for _, s := range slices.Clone(w.scopes) {
			there := w.scope(r.primary, s.cidr)
			if s.server != r.secondary || there == nil || item.action == "" || item.action == "None" {
				continue
			}
			if r.serves(s) || (r.in(s) || r.in(there)) && !w.inAnother(s, r) {
				// Kept equal no longer, or the other would follow.
				if s.joined == r.id {
					s.joined, there.joined = 0, 0
				}
				if item.action == "Delete" {
					w.scopes = slices.DeleteFunc(w.scopes, func(o *wScope) bool { return o == s })
					w.event("Deletion scope %s %s", s.server, s.cidr)
				} else {
					w.deconfigure(s, item.action)
				}
			}
		}
		if err := w.endRelationship(r, item.replacement, leaving); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) drop(r *wRelationship) {
	w.relationships = slices.DeleteFunc(w.relationships, func(o *wRelationship) bool { return o == r })
}

// endRelationship removes a relationship by each server's own rule.
func (w *world) endRelationship(r *wRelationship, replacement string, leaving map[int]bool) error {
	w.drop(r)
	w.event("Deletion relationship %s", r.name)
	target := map[string]int{}
	for _, server := range []string{r.primary, r.secondary} {
		pools, to := w.referring(r, server), 0
		remaining := slices.DeleteFunc(slices.Clone(w.on(server)), func(o *wRelationship) bool { return leaving[o.id] })
		switch chosen := w.named(server, replacement); {
		case r.kind != "ISC", len(remaining) == 0:
		case len(remaining) == 1:
			to = remaining[0].id
		case chosen != nil && !leaving[chosen.id]:
			to = chosen.id
		case len(pools) > 0:
			return refuse("%s: one of %d", server, len(remaining))
		}
		for _, p := range pools {
			p.peer = to
		}
		target[server] = to
	}
	now := w.relationship(target[r.primary])
	for _, s := range w.scopes {
		if s.joined == r.id {
			s.joined = 0
			if now != nil && target[r.secondary] == now.id && now.joins(r.primary) && now.joins(r.secondary) {
				s.joined = now.id
			}
		}
	}
	return nil
}

// setPeer is SetProperties of a pool's failoverPeer.
func (w *world) setPeer(s *wScope, p *wPool, name string) error {
	from := w.relationship(p.peer)
	var to *wRelationship
	if name != "" {
		if w.server(s.server).kind != "ISC" || isV6(s.cidr) {
			return refuse("no failover here")
		}
		if to = w.named(s.server, name); to == nil {
			return refuse("%s", name)
		}
	}
	if to == from {
		return nil
	}
	p.peer = 0
	if to != nil {
		p.peer = to.id
	}
	follow := func(r *wRelationship, was int) {
		if r == nil || w.twin(s, r) == nil {
			return
		}
		twin := w.twin(s, r)
		for _, q := range twin.pools {
			then := 0
			if to != nil && to.joins(twin.server) {
				then = to.id
			}
			if q.from == p.from && q.to == p.to && q.peer == was && q.peer != then {
				q.peer = then
				w.event("Modification pool %s %s", twin.server, q.name)
			}
		}
	}
	if from != nil {
		follow(from, from.id)
	}
	follow(w.relationship(s.joined), 0)
	w.settle(s)
	if from != nil && to != nil && len(w.referring(from, s.server)) == 0 {
		replacement := ""
		if to.joins(from.other(s.server)) {
			replacement = to.name
		}
		w.warning = from.name
		return w.endRelationship(from, replacement, nil)
	}
	return nil
}

// replicate is ReplicateDHCPFailover.
func (w *world) replicate(server, name string, scope *wKey) error {
	if w.server(server) == nil {
		return refuse("%s", server)
	}
	chosen := w.on(server)
	if name != "" {
		r := w.named(server, name)
		if r == nil {
			return refuse("%s", name)
		}
		chosen = []*wRelationship{r}
	}
	if len(chosen) == 0 {
		return refuse("%s has none", server)
	}
	if scope != nil && (scope.server != server || w.scope(scope.server, scope.cidr) == nil) {
		return refuse("scope %v", *scope)
	}
	found := false
	for _, r := range chosen {
		copied := false
		for _, s := range slices.Clone(w.scopesIn(r, server)) {
			if scope != nil && scope.cidr != s.cidr {
				continue
			}
			// A scope belongs to the relationship it was added to, else to that
			// of its first pool.
			if s.joined != 0 && s.joined != r.id || r.kind == "ISC" && s.joined == 0 && s.pools[0].peer != r.id {
				continue
			}
			twin := w.twin(s, r)
			if twin == nil && w.overlaps(r.other(server), s.cidr) || !kea(r.kind) && w.inAnother(twin, r) {
				return refuse("the partner's is in another")
			}
			found, copied = true, true
			if !kea(r.kind) && s.joined == 0 {
				s.joined = r.id
				w.event("Modification scope %s %s", s.server, s.cidr)
			}
			w.copyTo(s, r.other(server), true)
		}
		if copied || scope == nil {
			w.event("Modification relationship %s", r.name)
		}
	}
	if scope != nil && !found {
		return refuse("scope %v", *scope)
	}
	return nil
}
