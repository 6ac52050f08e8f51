package command_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

func isV6(cidr string) bool { return strings.Contains(cidr, ":") }

// address is the address that n is short for in a scope of the test.
func address(cidr string, n int) string {
	p := netip.MustParsePrefix(cidr)
	if p.Addr().Is6() {
		a := p.Addr().As16()
		a[15] = byte(n)
		return netip.AddrFrom16(a).String()
	}
	a := p.Addr().As4()
	if p.Bits() < 24 {
		a[2] = 99 // outside the smaller ranges in it
	}
	a[3] = byte(n)
	return netip.AddrFrom4(a).String()
}

func spanText(cidr string, from, to int) string {
	return address(cidr, from) + "-" + address(cidr, to)
}

func (s *wScope) pool(from int) *wPool {
	for _, p := range s.pools {
		if p.from == from {
			return p
		}
	}
	return nil
}

func (s *wScope) sort() {
	slices.SortFunc(s.pools, func(a, b *wPool) int { return a.from - b.from })
}

func (w *world) addServer(name, kind string) error {
	if w.server(name) != nil {
		return refuse("%s is there", name)
	}
	w.servers = append(w.servers, &wServer{name, kind})
	w.event("Creation server %s", name)
	return nil
}

func (w *world) addRange(cidr string) error {
	if slices.Contains(w.ranges, cidr) {
		return refuse("%s is there", cidr)
	}
	w.ranges = append(w.ranges, cidr)
	w.event("Creation range %s", cidr)
	return nil
}

// overlaps reports whether a server has a scope that shares addresses with a
// range.
func (w *world) overlaps(server, cidr string) bool {
	return slices.ContainsFunc(w.scopes, func(s *wScope) bool {
		return s.server == server && netip.MustParsePrefix(s.cidr).Overlaps(netip.MustParsePrefix(cidr))
	})
}

func (w *world) addScope(server, cidr, name string, enabled bool) error {
	if w.server(server) == nil || w.overlaps(server, cidr) {
		return refuse("%s %s", server, cidr)
	}
	if !slices.Contains(w.ranges, cidr) {
		if err := w.addRange(cidr); err != nil {
			return err
		}
	}
	s := &wScope{server: server, cidr: cidr, name: name, enabled: enabled}
	w.scopes = append(w.scopes, s)
	w.event("Creation scope %s %s", server, cidr)
	w.changed(s)
	return nil
}

func (w *world) setScope(key wKey, name, description string, enabled bool) error {
	s := w.scope(key.server, key.cidr)
	if s == nil || name == "" {
		return refuse("%v", key)
	}
	if s.name == name && s.description == description && s.enabled == enabled {
		return nil
	}
	s.name, s.description, s.enabled = name, description, enabled
	w.event("Modification scope %s %s", s.server, s.cidr)
	w.changed(s)
	return nil
}

func (w *world) addPool(key wKey, from, to int, peer string) error {
	s := w.scope(key.server, key.cidr)
	if s == nil || to < from || s.taken(nil, from, to) {
		return refuse("%v", key)
	}
	p := &wPool{name: spanText(s.cidr, from, to), from: from, to: to}
	isc := w.server(s.server).kind == "ISC"
	switch r := w.named(s.server, peer); {
	case peer != "" && (!isc || isV6(s.cidr) || r == nil):
		return refuse("%s", peer)
	case peer != "":
		p.peer = r.id
	case isc && s.joined != 0:
		p.peer = s.joined
	case isc && len(s.pools) > 0:
		p.peer = s.pools[0].peer
	}
	s.pools = append(s.pools, p)
	s.sort()
	w.event("Creation pool %s %s", s.server, p.name)
	w.changed(s)
	return nil
}

func (s *wScope) taken(self *wPool, from, to int) bool {
	return slices.ContainsFunc(s.pools, func(p *wPool) bool { return p != self && p.from <= to && from <= p.to })
}

// setPool is SetProperties of a pool: its addresses, and its peer if any.
func (w *world) setPool(key wKey, at, from, to int, peer *string) error {
	s := w.scope(key.server, key.cidr)
	if s == nil || s.pool(at) == nil {
		return refuse("%v", key)
	}
	p := s.pool(at)
	if to < from || s.taken(p, from, to) {
		return refuse("%d-%d", from, to)
	}
	had := ""
	if r := w.relationship(p.peer); r != nil {
		had = r.name
	}
	if p.from == from && p.to == to && (peer == nil || *peer == had) {
		return nil
	}
	// An event names a pool by what it was at the end of the command before.
	w.event("Modification pool %s %s", s.server, spanText(s.cidr, p.from, p.to))
	if p.from != from || p.to != to {
		p.from, p.to, p.name = from, to, spanText(s.cidr, from, to)
		s.sort()
		w.changed(s)
	}
	if peer != nil && *peer != had {
		return w.setPeer(s, p, *peer)
	}
	return nil
}

func (w *world) removePool(key wKey, at int) error {
	s := w.scope(key.server, key.cidr)
	if s == nil || s.pool(at) == nil {
		return refuse("%v", key)
	}
	p := s.pool(at)
	s.pools = slices.DeleteFunc(s.pools, func(o *wPool) bool { return o == p })
	w.event("Deletion pool %s %s", s.server, spanText(s.cidr, p.from, p.to))
	w.changed(s)
	return nil
}

func (w *world) setPermits(key wKey, at int, permits []string) error {
	s := w.scope(key.server, key.cidr)
	if s == nil || s.pool(at) == nil || w.server(s.server).kind != "ISC" {
		return refuse("%v", key)
	}
	p := s.pool(at)
	p.permits = permits
	w.event("Modification pool %s %s", s.server, spanText(s.cidr, p.from, p.to))
	w.changed(s)
	return nil
}

func (w *world) removeScopeNamed(key wKey) error {
	s := w.scope(key.server, key.cidr)
	if s == nil {
		return refuse("%v", key)
	}
	w.removeScope(s)
	return nil
}

func (w *world) removeRange(cidr string, force bool) error {
	if !slices.Contains(w.ranges, cidr) {
		return refuse("%s", cidr)
	}
	for {
		i := slices.IndexFunc(w.scopes, func(s *wScope) bool { return s.cidr == cidr })
		if i < 0 {
			break
		}
		if !force {
			return refuse("%s has scopes", cidr)
		}
		w.removeScope(w.scopes[i])
	}
	w.ranges = slices.DeleteFunc(w.ranges, func(r string) bool { return r == cidr })
	w.event("Deletion range %s", cidr)
	return nil
}

// removeServer ends the server's relationships first: references to them are
// cleared, and nobody is asked for a replacement.
func (w *world) removeServer(name string, force bool) error {
	if w.server(name) == nil {
		return refuse("%s", name)
	}
	has := func(s *wScope) bool { return s.server == name }
	if !force && (slices.ContainsFunc(w.scopes, has) || len(w.on(name)) > 0) {
		return refuse("%s is in use", name)
	}
	for _, r := range w.on(name) {
		w.drop(r)
		w.event("Deletion relationship %s", r.name)
		for _, s := range w.scopes {
			w.leave(s, r)
		}
	}
	for slices.ContainsFunc(w.scopes, has) {
		w.removeScope(w.scopes[slices.IndexFunc(w.scopes, has)])
	}
	w.servers = slices.DeleteFunc(w.servers, func(s *wServer) bool { return s.name == name })
	w.event("Deletion server %s", name)
	return nil
}

// lines is all that the API should answer of the world.
func (w *world) lines() []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, s := range w.servers {
		add("server %s %s", s.name, s.kind)
	}
	for _, r := range w.ranges {
		add("range %s", r)
	}
	for _, s := range w.scopes {
		available := 0
		for _, p := range s.pools {
			available += p.to - p.from + 1
			peer, microsoft := "", ""
			if r := w.relationship(p.peer); r != nil {
				peer = r.name
			}
			if r := w.relationship(s.joined); r != nil && r.kind == "MSDHCP" {
				microsoft = r.name
			}
			add("pool %s %s %d-%d %q peer=%q relationship=%q permits=%q", s.server, s.cidr, p.from, p.to, p.name, peer, microsoft, p.permits)
		}
		add("scope %s %s %q %q enabled=%v available=%d", s.server, s.cidr, s.name, s.description, s.enabled, available)
	}
	for _, r := range w.relationships {
		for _, from := range []string{"", r.primary, r.secondary} {
			seen, role := from, "PrimaryServer"
			switch from {
			case "":
				seen = r.primary
			case r.secondary:
				role = "SecondaryServer"
			}
			var scopes []string
			for _, s := range w.scopesIn(r, seen) {
				if kea(r.kind) {
					continue // of the whole server
				}
				scopes = append(scopes, s.server+" "+s.cidr)
			}
			slices.Sort(scopes)
			add("relationship seen from %q: %s %s-%s %s %s %s %s %v scopes=%q", from, r.name, r.primary, r.secondary, role, r.mode, r.service, w.state(r), r.wParameters, scopes)
		}
	}
	slices.Sort(out)
	return out
}
