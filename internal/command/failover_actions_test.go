package command_test

import (
	"slices"
	"strings"

	"pgregory.net/rapid"

	"halxml/wsdl/hal"
)

// actions are the commands that the property test draws from.
func (d *driver) actions() map[string]func(*rapid.T) {
	actions := map[string]func(){
		"AddDHCPServer": func() {
			d.addServer(draw(d, "server", serverNames...), draw(d, "type", d.kinds...))
		},
		"AddRange": d.addRange,
		"AddDHCPScope": func() {
			d.addScope(d.server(), draw(d, "cidr", cidrs...), draw(d, "name", "red", "blue"), rapid.Bool().Draw(d.T, "enabled"))
		},
		"AddDHCPAddressPool": func() {
			k, span := d.scope(), draw(d, "span", spans...)
			d.addPool(k, span[0], span[1], draw(d, "peer", "", "", d.relationshipOf(k.server)))
		},
		"SetProperties scope":               d.setScope,
		"SetProperties pool":                func() { d.setPool(rapid.Bool().Draw(d.T, "peer")) },
		"SetProperties failoverPeer":        func() { d.setPool(true) },
		"SetProperties failoverPeer again":  func() { d.setPool(true) },
		"SetDHCPAddressPoolPermitList":      d.setPermits,
		"RemoveObject pool":                 d.removePool,
		"RemoveObject":                      d.remove,
		"AddDHCPFailoverRelationship":       d.addRelationship,
		"AddDHCPFailoverRelationship again": d.addRelationship,
		"ModifyDHCPFailoverRelationship":    d.modifyRelationship,
		"RemoveDHCPFailoverRelationships":   d.removeRelationships,
		"RemoveDHCPScopesFrom again":        d.removeScopes,
		"AddDHCPScopesTo":                   d.addScopes,
		"AddDHCPScopesTo again":             d.addScopes,
		"RemoveDHCPScopesFrom":              d.removeScopes,
		"ReplicateDHCPFailover":             d.replicate,
	}
	out := map[string]func(*rapid.T){}
	for name, action := range actions {
		out[name] = func(t *rapid.T) { d.T = t; action() }
	}
	return out
}

// server is a server that is there, mostly.
func (d *driver) server() string {
	var names []string
	for _, s := range d.world.servers {
		names = append(names, s.name, s.name, s.name)
	}
	return draw(d, "server", append(names, serverNames[3])...)
}

// scope is a scope that is there, mostly.
func (d *driver) scope() wKey {
	var keys []wKey
	for _, s := range d.world.scopes {
		keys = append(keys, wKey{s.server, s.cidr}, wKey{s.server, s.cidr})
	}
	return draw(d, "scope", append(keys, wKey{"a", cidrs[0]})...)
}

// scopeOf is a scope of a server, mostly.
func (d *driver) scopeOf(server string) wKey {
	var keys []wKey
	for _, s := range d.world.scopes {
		for range 6 {
			if s.server == server {
				keys = append(keys, wKey{s.server, s.cidr})
			}
		}
	}
	for _, s := range d.world.scopes {
		keys = append(keys, wKey{s.server, s.cidr})
	}
	return draw(d, "scope", append(keys, wKey{server, draw(d, "cidr", cidrs[:3]...)})...)
}

// scopesOf are scopes of a server, mostly; if there is a relationship, mostly
// ones in it.
func (d *driver) scopesOf(server string, r *wRelationship) (keys []wKey, refs []string) {
	for i := range draw(d, "scopes", 1, 2, 1, 2, 1, 2, 1, 2, 1, 0) {
		k := d.scopeOf(server)
		if r != nil {
			if in := d.world.scopesIn(r, server); len(in) > i {
				k = draw(d, "in it", wKey{server, in[i].cidr}, wKey{server, in[i].cidr}, k)
			}
		}
		if !slices.Contains(keys, k) {
			keys, refs = append(keys, k), append(refs, d.scopeRef(k).V)
		}
	}
	return keys, refs
}

// pool is a scope and the first address of one of its pools, mostly.
func (d *driver) pool() (wKey, *wPool) {
	var keys []wKey
	var pools []*wPool
	for _, s := range d.world.scopes {
		for _, p := range s.pools {
			keys, pools = append(keys, wKey{s.server, s.cidr}), append(pools, p)
		}
	}
	if len(pools) == 0 || draw(d, "nowhere", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9) == 9 {
		return wKey{"a", cidrs[0]}, &wPool{from: 77, to: 78}
	}
	i := rapid.IntRange(0, len(pools)-1).Draw(d.T, "pool")
	return keys[i], pools[i]
}

func (d *driver) poolRef(k wKey, p *wPool) hal.Opt[string] {
	return d.ref("pool %s %s", k.server, spanText(k.cidr, p.from, p.to))
}

// relationshipOf is a relationship's name on a server, mostly.
func (d *driver) relationshipOf(server string) string {
	var names []string
	for _, r := range d.world.on(server) {
		names = append(names, r.name, r.name, r.name)
	}
	return draw(d, "relationship", append(names, relationshipNames[0])...)
}

// side is a server and the name of a relationship on it, mostly.
func (d *driver) side() (server, name string) {
	var sides [][2]string
	for _, r := range d.world.relationships {
		sides = append(sides, [2]string{r.primary, r.name}, [2]string{r.secondary, r.name})
	}
	if len(sides) == 0 || draw(d, "nowhere", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9) == 9 {
		server = d.server()
		return server, d.relationshipOf(server)
	}
	side := draw(d, "side", sides...)
	return side[0], side[1]
}

func (d *driver) addRange() {
	comment, text := d.comment()
	cidr := draw(d, "cidr", cidrs...)
	req := &hal.AddRange{Range: &hal.Range{Name: hal.Some(cidr)}, SaveComment: comment}
	d.send("AddRange", req, text, func(w *world) error { return w.addRange(cidr) })
}

func property(name, value string) hal.Property {
	return hal.Property{Name: hal.Some(name), Value: hal.Some(value)}
}

func (d *driver) setScope() {
	comment, text := d.comment()
	k := d.scope()
	name, description, enabled := draw(d, "name", "red", "blue", ""), draw(d, "description", "", "dull"), rapid.Bool().Draw(d.T, "enabled")
	req := &hal.SetProperties{Ref: d.scopeRef(k), Properties: []hal.Property{
		property("name", name), property("description", description), property("enabled", map[bool]string{true: "true", false: "false"}[enabled]),
	}, SaveComment: comment}
	d.send("SetProperties", req, text, func(w *world) error { return w.setScope(k, name, description, enabled) })
}

func (d *driver) setPool(withPeer bool) {
	comment, text := d.comment()
	k, p := d.pool()
	from, to := p.from, p.to
	if !withPeer || draw(d, "resize", 0, 1, 2, 3) == 3 {
		span := draw(d, "span", spans...)
		from, to = span[0], span[1]
	}
	req := &hal.SetProperties{Ref: d.poolRef(k, p), Properties: []hal.Property{
		property("from", address(k.cidr, from)), property("to", address(k.cidr, to)),
	}, SaveComment: comment}
	var peer *string
	if withPeer {
		name := draw(d, "peer", d.relationshipOf(k.server), d.relationshipOf(k.server), d.relationshipOf(k.server), "")
		peer = &name
		req.Properties = append(req.Properties, property("failoverPeer", name))
	}
	answer := d.send("SetProperties", req, text, func(w *world) error { return w.setPool(k, p.from, from, to, peer) })
	warning, want := "", d.world.warning
	if answer != nil {
		warning = answer.(*hal.SetPropertiesResponse).Warning.V
	}
	if (warning == "") != (want == "") || !strings.Contains(warning, want) {
		d.Fatalf("warning %q, want one about %q", warning, want)
	}
}

func (d *driver) setPermits() {
	comment, text := d.comment()
	k, p := d.pool()
	req := &hal.SetDHCPAddressPoolPermitList{DHCPAddressPoolRef: d.poolRef(k, p), SaveComment: comment}
	var permits []string
	for _, x := range []hal.DHCPAddressPoolPermitType{hal.DHCPAddressPoolPermitTypeKnownClients, hal.DHCPAddressPoolPermitTypeUnknownClients} {
		if rapid.Bool().Draw(d.T, "permit") {
			req.DHCPAddressPoolPermits = append(req.DHCPAddressPoolPermits, hal.DHCPAddressPoolPermit{Permit: hal.Some(x), Access: hal.Some(hal.AccessTypeAllow)})
			permits = append(permits, "Allow "+string(x))
		}
	}
	d.send("SetDHCPAddressPoolPermitList", req, text, func(w *world) error { return w.setPermits(k, p.from, permits) })
}

func (d *driver) removePool() {
	comment, text := d.comment()
	k, p := d.pool()
	req := &hal.RemoveObject{Ref: d.poolRef(k, p), SaveComment: comment}
	d.send("RemoveObject", req, text, func(w *world) error { return w.removePool(k, p.from) })
}

// remove removes a scope, a range or a server.
func (d *driver) remove() {
	comment, text := d.comment()
	force := rapid.Bool().Draw(d.T, "force")
	req := &hal.RemoveObject{ForceRemoval: hal.Some(force), SaveComment: comment}
	switch draw(d, "what", "scope", "scope", "server", "range") {
	case "scope":
		k := d.scope()
		req.Ref = d.scopeRef(k)
		d.send("RemoveObject", req, text, func(w *world) error { return w.removeScopeNamed(k) })
	case "server":
		name := d.server()
		req.Ref = d.ref("server %s", name)
		d.send("RemoveObject", req, text, func(w *world) error { return w.removeServer(name, force) })
	case "range":
		cidr := draw(d, "cidr", cidrs...)
		req.Ref = d.ref("range %s", cidr)
		d.send("RemoveObject", req, text, func(w *world) error { return w.removeRange(cidr, force) })
	}
}
