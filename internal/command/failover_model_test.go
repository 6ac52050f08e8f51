package command_test

import (
	"fmt"
	"regexp"
	"slices"
)

// world is a deliberately naive account of the rules of failover: slices that
// are searched, a copy for each command, no transaction and no index. Objects
// go by what a network engineer calls them: a scope by server and range, a pool
// by its scope and first address. It was written from the rules, not from the
// code, and the property test holds the code to it.
type world struct {
	servers       []*wServer
	ranges        []string // CIDRs
	scopes        []*wScope
	relationships []*wRelationship
	last          int // the last relationship's number
	// events are those of the last command: what happened to which object.
	events []string
	// warning is the relationship that the last command removed unasked.
	warning string
}

type wServer struct{ name, kind string }

type wScope struct {
	server, cidr, name, description string
	enabled                         bool
	joined                          int // the relationship it was added to
	pools                           []*wPool
}

type wPool struct {
	name     string
	from, to int // the last number of its addresses
	peer     int // the relationship it refers to
	permits  []string
}

type wRelationship struct {
	id                       int
	name, primary, secondary string
	kind, mode, service      string
	wParameters
}

// wParameters are a relationship's numbers; 0 is "not given" in a command.
type wParameters struct {
	mclt, safe, percentage, port, secondaryPort, balance, delay, unacked uint32
}

func (w *world) clone() *world {
	c := &world{ranges: slices.Clone(w.ranges), last: w.last}
	for _, s := range w.servers {
		d := *s
		c.servers = append(c.servers, &d)
	}
	for _, s := range w.scopes {
		d := *s
		d.pools = clonePools(s.pools)
		c.scopes = append(c.scopes, &d)
	}
	for _, r := range w.relationships {
		d := *r
		c.relationships = append(c.relationships, &d)
	}
	return c
}

func clonePools(from []*wPool) (to []*wPool) {
	for _, p := range from {
		d := *p
		d.permits = slices.Clone(p.permits)
		to = append(to, &d)
	}
	return to
}

func refuse(format string, args ...any) error { return fmt.Errorf(format, args...) }

func (w *world) event(format string, args ...any) {
	w.events = append(w.events, fmt.Sprintf(format, args...))
}

func (w *world) server(name string) *wServer {
	for _, s := range w.servers {
		if s.name == name {
			return s
		}
	}
	return nil
}

func (w *world) scope(server, cidr string) *wScope {
	for _, s := range w.scopes {
		if s.server == server && s.cidr == cidr {
			return s
		}
	}
	return nil
}

func (w *world) relationship(id int) *wRelationship {
	for _, r := range w.relationships {
		if r.id == id {
			return r
		}
	}
	return nil
}

// on are the relationships of a server.
func (w *world) on(server string) (found []*wRelationship) {
	for _, r := range w.relationships {
		if r.joins(server) {
			found = append(found, r)
		}
	}
	return found
}

// named is a server's relationship of a name.
func (w *world) named(server, name string) *wRelationship {
	for _, r := range w.on(server) {
		if r.name == name {
			return r
		}
	}
	return nil
}

func (r *wRelationship) joins(server string) bool {
	return r.primary == server || r.secondary == server
}

func (r *wRelationship) other(server string) string {
	if server == r.primary {
		return r.secondary
	}
	return r.primary
}

func (r *wRelationship) portOn(server string) uint32 {
	if server == r.primary {
		return r.port
	}
	return r.secondaryPort
}

// in reports whether a scope is in a relationship: it was added to it, or one
// of its pools refers to it.
func (r *wRelationship) in(s *wScope) bool {
	if s == nil {
		return false
	}
	return s.joined == r.id || slices.ContainsFunc(s.pools, func(p *wPool) bool { return p.peer == r.id })
}

// twin is the instance of a scope's range on the relationship's other server.
func (w *world) twin(s *wScope, r *wRelationship) *wScope {
	return w.scope(r.other(s.server), s.cidr)
}

// scopesIn are a server's scopes in a relationship; with Kea all those of its
// service.
func (w *world) scopesIn(r *wRelationship, server string) (found []*wScope) {
	for _, s := range w.scopes {
		if s.server == server && (r.serves(s) || r.in(s)) {
			found = append(found, s)
		}
	}
	return found
}

// serves reports whether a Kea relationship is of a scope's protocol.
func (r *wRelationship) serves(s *wScope) bool {
	return kea(r.kind) && isV6(s.cidr) == (r.service == "DHCPv6")
}

// inAnother reports whether a scope is in a relationship other than r.
func (w *world) inAnother(s *wScope, r *wRelationship) bool {
	return slices.ContainsFunc(w.relationships, func(o *wRelationship) bool { return o != r && o.in(s) })
}

// referring are the pools of a server that refer to a relationship.
func (w *world) referring(r *wRelationship, server string) (found []*wPool) {
	for _, s := range w.scopes {
		for _, p := range s.pools {
			if s.server == server && p.peer == r.id {
				found = append(found, p)
			}
		}
	}
	return found
}

// state is what a relationship is said to be in.
func (w *world) state(r *wRelationship) string {
	a, b := len(w.referring(r, r.primary)), len(w.referring(r, r.secondary))
	if kea(r.kind) {
		return "Normal"
	}
	if r.kind == "MSDHCP" {
		a, b = len(w.scopesIn(r, r.primary)), len(w.scopesIn(r, r.secondary))
	}
	switch {
	case a+b == 0:
		return "Empty"
	case a == 0 || b == 0:
		return "Pending"
	}
	return "Normal"
}

func kea(kind string) bool { return kind == "Kea" || kind == "KEA DHCPv4" }

func sameKind(a, b string) bool { return a == b || kea(a) && kea(b) }

var iscName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,63}$`)

// addRelationship is AddDHCPFailoverRelationship.
func (w *world) addRelationship(r wRelationship, scopes []wKey) error {
	a, b := w.server(r.primary), w.server(r.secondary)
	switch {
	case r.name == "" || r.primary == "" || r.secondary == "":
		return refuse("something is missing")
	case a == nil:
		return refuse("%s", r.primary)
	case b == nil:
		return refuse("%s", r.secondary)
	case a == b:
		return refuse("with itself")
	case !sameKind(a.kind, b.kind):
		return refuse("of two kinds")
	}
	w.last++
	r.id, r.kind = w.last, a.kind
	if r.kind == "ISC" && !iscName.MatchString(r.name) {
		return refuse("name")
	}
	for _, s := range []string{r.primary, r.secondary} {
		if w.named(s, r.name) != nil {
			return refuse("name %s is taken", r.name)
		}
	}
	if err := w.defaults(&r); err != nil {
		return err
	}
	first := map[string]bool{a.name: len(w.on(a.name)) == 0, b.name: len(w.on(b.name)) == 0}
	if kea(r.kind) {
		if err := w.keaRules(&r); err != nil {
			return err
		}
	}
	w.relationships = append(w.relationships, &r)
	w.event("Creation relationship %s", r.name)
	for _, s := range w.scopes {
		if r.kind == "ISC" && first[s.server] && !isV6(s.cidr) {
			for _, p := range s.pools {
				p.peer = r.id
			}
		}
	}
	if kea(r.kind) {
		for _, s := range w.scopesIn(&r, r.primary) {
			w.copyTo(s, r.secondary, true)
		}
		return nil
	}
	if len(scopes) == 0 {
		return nil
	}
	return w.addScopesTo(&r, r.primary, scopes)
}

func (w *world) keaRules(r *wRelationship) error {
	for _, o := range w.relationships {
		if o.service == r.service && (o.joins(r.primary) || o.joins(r.secondary)) {
			return refuse("one a service")
		}
		if o.secondary == r.primary || o.primary == r.secondary {
			return refuse("a secondary is never a primary elsewhere")
		}
	}
	for _, s := range w.scopesIn(r, r.secondary) {
		if w.scope(r.primary, s.cidr) == nil {
			return refuse("the primary lacks %s", s.cidr)
		}
	}
	for _, s := range w.scopesIn(r, r.primary) {
		if w.scope(r.secondary, s.cidr) == nil && w.overlaps(r.secondary, s.cidr) {
			return refuse("overlaps")
		}
	}
	return nil
}

// addScopes is AddDHCPScopesToDHCPFailoverRelationship.
func (w *world) addScopes(server, name string, scopes []wKey) error {
	r := w.named(server, name)
	switch {
	case w.server(server) == nil || r == nil:
		return refuse("%s", name)
	case kea(r.kind):
		return refuse("Kea")
	case len(scopes) == 0:
		return refuse("no scope")
	}
	w.event("Modification relationship %s", r.name)
	return w.addScopesTo(r, server, scopes)
}

func (w *world) addScopesTo(r *wRelationship, server string, scopes []wKey) error {
	for _, key := range scopes {
		s := w.scope(key.server, key.cidr)
		switch {
		case s == nil:
			return refuse("scope %v", key)
		case s.server != server:
			return refuse("not on %s", server)
		case isV6(s.cidr):
			return refuse("IPv6")
		case r.kind == "ISC" && len(s.pools) == 0:
			return refuse("no pool")
		}
		twin := w.twin(s, r)
		if w.inAnother(s, r) || w.inAnother(twin, r) {
			return refuse("in another")
		}
		if twin == nil && w.overlaps(r.other(server), s.cidr) {
			return refuse("overlaps")
		}
		s.joined = r.id
		for _, p := range s.pools {
			if r.kind == "ISC" {
				p.peer = r.id
			}
		}
		w.event("Modification scope %s %s", s.server, s.cidr)
		w.copyTo(s, r.other(server), true)
	}
	return nil
}

// copyTo makes the partner's instance of a scope as the scope is. A pool that
// is there already keeps its peer, unless the instance is replaced.
func (w *world) copyTo(s *wScope, partner string, replace bool) {
	twin := w.scope(partner, s.cidr)
	before := ""
	if twin == nil {
		twin = &wScope{server: partner, cidr: s.cidr}
		w.scopes = append(w.scopes, twin)
		w.event("Creation scope %s %s", partner, s.cidr)
	} else {
		before = twin.print()
	}
	had := twin.pools
	twin.name, twin.description, twin.enabled, twin.joined = s.name, s.description, s.enabled, s.joined
	twin.pools = clonePools(s.pools)
	for _, p := range twin.pools {
		if r := w.relationship(p.peer); r == nil || !r.joins(partner) {
			p.peer = 0
		}
		for _, old := range had {
			if old.from == p.from && old.to == p.to && !replace {
				p.peer = old.peer
			}
		}
	}
	if before != "" && before != twin.print() {
		w.event("Modification scope %s %s", partner, s.cidr)
	}
}

func (s *wScope) print() string {
	text := fmt.Sprint(s.name, s.description, s.enabled, s.joined)
	for _, p := range s.pools {
		text += fmt.Sprint(*p)
	}
	return text
}

// changed brings the partner's instance of a scope that was added to a
// relationship up to date.
func (w *world) changed(s *wScope) {
	for _, r := range w.on(s.server) {
		if r.serves(s) || s.joined == r.id {
			w.copyTo(s, r.other(s.server), false)
			w.settle(s)
			return
		}
	}
}

// settle keeps a pair together in the relationship that both first pools refer
// to, if that joins the same servers, or takes it apart.
func (w *world) settle(s *wScope) {
	r := w.relationship(s.joined)
	if r == nil || r.kind != "ISC" || len(s.pools) == 0 {
		return
	}
	twin := w.twin(s, r)
	now := w.relationship(s.pools[0].peer)
	s.joined, twin.joined = 0, 0
	if now != nil && now.joins(twin.server) && twin.pools[0].peer == now.id {
		s.joined, twin.joined = now.id, now.id
	}
}
