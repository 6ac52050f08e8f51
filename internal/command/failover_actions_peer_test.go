package command_test

import (
	"pgregory.net/rapid"

	"halxml/wsdl/hal"
)

// number is a parameter as a request holds it: absent when 0.
func number(n uint32) hal.Opt[uint32] { return hal.Opt[uint32]{V: n, Set: n != 0} }

func some(s string) hal.Opt[string] { return hal.Opt[string]{V: s, Set: s != ""} }

// parameters are mostly not given and mostly in bounds.
func (d *driver) parameters() wParameters {
	pick := func(label string, values ...uint32) uint32 {
		return draw(d, label, append(values, 0, 0, 0, 0, 0, 0)...)
	}
	p := wParameters{}
	if rapid.Bool().Draw(d.T, "parameters") {
		p = wParameters{
			mclt: pick("mclt", 1, 1800, 86400), safe: pick("safePeriod", 60), percentage: pick("percentage", 1, 70, 100),
			port: pick("port", 647, 648, 847), secondaryPort: pick("secondaryPort", 647, 648, 847), balance: pick("balance", 5),
			delay: pick("delay", 30), unacked: pick("unacked", 20),
		}
		if draw(d, "out of bounds", 0, 1, 2, 3, 4, 5) == 5 {
			*draw(d, "which", &p.mclt, &p.percentage, &p.port, &p.secondaryPort, &p.balance, &p.delay, &p.unacked) = 86401
		}
	}
	return p
}

func (p wParameters) into(r *hal.DHCPFailoverRelationship) {
	r.MCLT, r.SafePeriod, r.Percentage = number(p.mclt), number(p.safe), number(p.percentage)
	r.Port, r.SecondaryPort = number(p.port), number(p.secondaryPort)
	r.LoadBalanceMaxSeconds, r.MaxResponseDelay, r.MaxUnackedUpdates = number(p.balance), number(p.delay), number(p.unacked)
}

func (d *driver) addRelationship() {
	comment, text := d.comment()
	var names, partners []string
	primary := d.server()
	for _, name := range relationshipNames {
		if d.world.named(primary, name) == nil {
			names = append(names, name, name, name, name)
		}
	}
	for _, s := range d.world.servers {
		if p := d.world.server(primary); p != nil && s != p && sameKind(s.kind, p.kind) {
			partners = append(partners, s.name, s.name, s.name, s.name)
		}
	}
	r := wRelationship{
		name: draw(d, "name", append(names, "x", "x y", "")...), primary: primary, secondary: draw(d, "secondary", append(partners, d.server())...),
		mode: draw(d, "mode", "", "LoadBalance", "HotStandby"), service: draw(d, "service", "", "", "DHCPv4", "DHCPv6"), wParameters: d.parameters(),
	}
	if s := d.world.server(r.primary); s != nil && !kea(s.kind) && draw(d, "v4", 0, 1, 2, 3, 4, 5, 6, 7) != 7 {
		r.service = ""
	}
	in := &hal.DHCPFailoverRelationship{Name: some(r.name), PrimaryServer: some(r.primary), SecondaryServer: some(r.secondary)}
	if r.mode != "" {
		in.FailoverMode = hal.Some(hal.DHCPFailoverMode(r.mode))
	}
	if r.service != "" {
		in.ServiceType = hal.Some(hal.DHCPServiceType(r.service))
	}
	r.into(in)
	var scopes []wKey
	if draw(d, "with scopes", 0, 1, 2) == 2 {
		scopes, in.DHCPScopeRefs = d.scopesOf(r.primary, nil)
	}
	req := &hal.AddDHCPFailoverRelationship{DHCPFailoverRelationship: in, SaveComment: comment}
	d.send("AddDHCPFailoverRelationship", req, text, func(w *world) error { return w.addRelationship(r, scopes) })
}

func (d *driver) modifyRelationship() {
	comment, text := d.comment()
	server, name := d.side()
	p := d.parameters()
	mode := draw(d, "mode", "", "LoadBalance", "HotStandby")
	in := &hal.DHCPFailoverRelationship{Name: some(name), DHCPServerRef: d.ref("server %s", server)}
	if mode != "" {
		in.FailoverMode = hal.Some(hal.DHCPFailoverMode(mode))
	}
	p.into(in)
	primary, secondary := "", ""
	if r := d.world.named(server, name); r != nil && rapid.Bool().Draw(d.T, "servers") {
		primary, secondary = r.primary, r.secondary
		if draw(d, "swap", 0, 1, 2, 3) == 3 {
			primary, secondary = secondary, primary
		}
		in.PrimaryServer, in.SecondaryServer = some(primary), some(secondary)
	}
	req := &hal.ModifyDHCPFailoverRelationship{DHCPFailoverRelationship: in, SaveComment: comment}
	d.send("ModifyDHCPFailoverRelationship", req, text, func(w *world) error {
		return w.modifyRelationship(server, name, primary, secondary, mode, p)
	})
}

func (d *driver) removeRelationships() {
	comment, text := d.comment()
	req := &hal.RemoveDHCPFailoverRelationships{SaveComment: comment}
	var items []wRemoval
	for range draw(d, "items", 1, 1, 1, 1, 2, 0) {
		server, name := d.side()
		item := wRemoval{server, name, draw(d, "action", "", "None", "Disable", "Delete"), draw(d, "replacement", append(relationshipNames, "")...)}
		items = append(items, item)
		in := hal.DHCPRefAndFailoverRelationshipName{
			DHCPServerRef: d.ref("server %s", server), DHCPFailoverRelationshipName: hal.Some(name),
			ReplacementFailoverRelationshipName: some(item.replacement),
		}
		if item.action != "" {
			in.DHCPFailoverRelationshipDeconfigureAction = hal.Some(hal.DHCPFailoverDeconfigureAction(item.action))
		}
		req.DHCPRefAndFailoverRelationshipNames = append(req.DHCPRefAndFailoverRelationshipNames, in)
	}
	d.send("RemoveDHCPFailoverRelationships", req, text, func(w *world) error { return w.removeRelationships(items) })
}

func (d *driver) addScopes() {
	comment, text := d.comment()
	server, name := d.side()
	keys, refs := d.scopesOf(server, nil)
	req := &hal.AddDHCPScopesToDHCPFailoverRelationship{
		DHCPServerRef: d.ref("server %s", server), DHCPFailoverRelationshipName: hal.Some(name), DHCPScopeRefs: refs, SaveComment: comment,
	}
	d.send("AddDHCPScopesToDHCPFailoverRelationship", req, text, func(w *world) error { return w.addScopes(server, name, keys) })
}

func (d *driver) removeScopes() {
	comment, text := d.comment()
	server, name := d.side()
	keys, refs := d.scopesOf(server, d.world.named(server, name))
	action := draw(d, "action", "", "None", "Disable", "Delete")
	req := &hal.RemoveDHCPScopesFromDHCPFailoverRelationship{
		DHCPServerRef: d.ref("server %s", server), DHCPFailoverRelationshipName: hal.Some(name), DHCPScopeRefs: refs, SaveComment: comment,
	}
	if action != "" {
		req.DHCPFailoverRelationshipDeconfigureAction = hal.Some(hal.DHCPFailoverDeconfigureAction(action))
	}
	d.send("RemoveDHCPScopesFromDHCPFailoverRelationship", req, text, func(w *world) error { return w.removeScopes(server, name, keys, action) })
}

func (d *driver) replicate() {
	comment, text := d.comment()
	server, name := d.side()
	req := &hal.ReplicateDHCPFailover{DHCPServerRef: d.ref("server %s", server), SaveComment: comment}
	if draw(d, "all", 0, 1, 2) == 2 {
		name = ""
	}
	req.DHCPFailoverRelationshipName = some(name)
	var scope *wKey
	if rapid.Bool().Draw(d.T, "one") {
		k := d.scopeOf(server)
		scope, req.DHCPScopeRef = &k, d.scopeRef(k)
	}
	d.send("ReplicateDHCPFailover", req, text, func(w *world) error { return w.replicate(server, name, scope) })
}
