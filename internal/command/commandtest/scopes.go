package commandtest

import (
	"strings"

	"halxml/internal/errs"
	"halxml/wsdl/hal"
)

// apart is a scene with the servers a and b, a relationship x that was there
// before the pools, and so none of them refers to it.
func (s *scene) apart() {
	s.Helper()
	s.isc("a", "b")
	s.do(s.relate("x", "a", "b"))
	s.pools("a", pool1, more1)
}

// scopeRules are what happens when scopes are added and removed.
var scopeRules = []scenario{
	{"an added scope is copied to the partner and all its pools refer", func(s *scene) {
		s.apart()
		s.do(s.set(hal.Some(s.scopeRef("a", net1)), "name", "floor", "description", "first", "superscope", "house", "enabled", "false"))
		s.do(command{"SetDHCPAddressPoolPermitList", permit(s.poolRef("a", "10.0.1.10"))})
		s.states("a", "x Empty")
		s.do(s.add("a", "x", net1))
		s.states("a", "x Normal")
		s.peers("a", "10.0.1.10=x", "10.0.1.20=x")
		s.peers("b", "10.0.1.10=x", "10.0.1.20=x")
		s.scopes("b", "floor false 20")
		if got := s.find("b", net1); got.Description.V != "first" || got.Superscope.V != "house" {
			s.Errorf("copied as %q in %q", got.Description.V, got.Superscope.V)
		}
		s.equal("permits", s.permits("b", "10.0.1.10"), "Deny KnownClients")
		s.members("a", "x", net1)
		s.members("b", "x", net1)
	}},
	{"it replaces an instance of the same range", func(s *scene) {
		s.apart()
		s.pools("b", "10.0.1.15-10.0.1.99")
		ref := s.scopeRef("b", net1)
		s.do(s.set(hal.Some(ref), "name", "other"))
		s.do(s.add("a", "x", net1))
		s.peers("b", "10.0.1.10=x", "10.0.1.20=x")
		s.scopes("b", net1+" true 20")
		if got := s.scopeRef("b", net1); got != ref {
			s.Errorf("the scope on b was %s and is %s", ref, got)
		}
	}},
	{"one that the first-peer rule brought in is added all the same", func(s *scene) {
		s.isc("a", "b")
		s.pools("a", pool1)
		s.do(s.relate("x", "a", "b"))
		s.states("a", "x Pending")
		s.do(s.add("a", "x", net1))
		s.do(s.add("a", "x", net1))
		s.states("a", "x Normal")
	}},
	{"it is refused unless it lies on the named server", func(s *scene) {
		s.apart()
		s.pools("b", pool2)
		s.refused(s.addRefs("a", "x", s.scopeRef("b", net2)), errs.Invalid, "dhcpScopeRefs", net2, "server a")
		s.refused(s.addRefs("a", "x", "{#7-#99}"), errs.NotFound, "{#7-#99}")
		s.refused(s.addRefs("a", "x"), errs.Missing, "dhcpScopeRefs")
	}},
	{"it is refused without a pool", func(s *scene) {
		s.apart()
		s.do(s.scope("a", net2))
		s.refused(s.add("a", "x", net2), errs.Invalid, net2, "pool")
		s.refused(s.add("a", "x", net1, net2), errs.Invalid, net2) // all or none
	}},
	{"it is refused in another relationship, on either server", func(s *scene) {
		s.isc("a", "b", "c")
		s.pools("a", pool1)
		s.pools("c", pool1)
		s.do(s.relate("x", "a", "b"))
		s.do(s.relate("y", "a", "b"))
		s.refused(s.add("a", "y", net1), errs.Conflict, net1, `"x"`)
		s.do(s.add("a", "x", net1))
		s.refused(s.add("b", "y", net1), errs.Conflict, net1, "server b", `"x"`)
		s.do(s.relate("z", "c", "b"))
		s.refused(s.add("c", "z", net1), errs.Conflict, net1, "server b", `"x"`)
	}},
	{"an IPv6 scope is refused", func(s *scene) {
		s.apart()
		s.pools("a", pool6)
		s.refused(s.add("a", "x", net6), errs.NotSupported, net6, "IPv6")
	}},
	{"one that the partner cannot hold is refused", func(s *scene) {
		s.apart()
		s.do(command{"AddRange", &hal.AddRange{Range: &hal.Range{Name: hal.Some("10.0.0.0/16")}}})
		s.do(s.scope("b", "10.0.0.0/16"))
		s.refused(s.add("a", "x", net1), errs.Conflict, net1, "overlaps", "server b")
	}},
	{"several are added, all or none", func(s *scene) {
		s.apart()
		s.pools("a", pool2)
		s.refused(s.addRefs("a", "x", s.scopeRef("a", net1), s.scopeRef("a", net2), "{#7-#99}"), errs.NotFound, "{#7-#99}")
		s.do(s.add("a", "x", net1, net2))
		s.members("b", "x", net1, net2)
	}},
	{"scopes named when it is created are added in the same transaction", func(s *scene) {
		s.isc("a", "b", "c")
		s.do(s.relate("w", "a", "c"))
		s.do(s.relate("v", "b", "c"))
		s.pools("a", pool1)
		s.pools("b", pool2)
		with := func(refs ...string) option {
			return func(r *hal.DHCPFailoverRelationship) { r.DHCPScopeRefs = refs }
		}
		s.refused(s.relate("x", "a", "b", with(s.scopeRef("a", net1), "{#7-#99}")), errs.NotFound, "dhcpScopeRefs", "{#7-#99}")
		s.refused(s.relate("x", "a", "b", with(s.scopeRef("b", net2))), errs.Invalid, "dhcpScopeRefs", net2)
		s.do(s.relate("x", "a", "b", with("", s.scopeRef("a", net1))))
		s.do(s.relate("y", "a", "b", with(s.scopeRef("b", net2)), func(r *hal.DHCPFailoverRelationship) { r.DHCPServerRef = hal.Some("b") }))
		s.states("b", "v Empty", "x Normal", "y Normal")
		s.do(s.modify("a", "x", with("{#7-#99}"))) // ignored
	}},
	{"from the secondary's side the split stays", func(s *scene) {
		s.isc("a", "b")
		s.do(s.relate("x", "a", "b", func(r *hal.DHCPFailoverRelationship) { r.Percentage = hal.Some(uint32(70)) }))
		s.pools("b", pool1)
		s.do(s.add("b", "x", net1))
		s.peers("a", "10.0.1.10=x")
		if got := s.see("b", "x").Percentage.V; got != 70 {
			s.Errorf("percentage %d", got)
		}
	}},
	{"a removed scope drops the reference on both sides", func(s *scene) {
		s.apart()
		s.pools("a", pool2)
		s.do(s.add("a", "x", net1, net2))
		s.do(s.take("a", "x", "", net1))
		s.peers("a", "10.0.1.10=", "10.0.1.20=", "10.0.2.10=x")
		s.peers("b", "10.0.1.10=", "10.0.1.20=", "10.0.2.10=x")
		s.states("a", "x Normal")
		s.do(s.take("b", "x", "", net2))
		s.states("a", "x Empty")
		s.scopes("b", net1+" true 20", net2+" true 10")
		s.do(s.set(hal.Some(s.scopeRef("a", net1)), "enabled", "false")) // each for itself now
		s.scopes("b", net1+" true 20", net2+" true 10")
	}},
	{"one that is not in it is refused, and all with it", func(s *scene) {
		s.apart()
		s.pools("a", pool2)
		s.do(s.add("a", "x", net2))
		s.refused(s.take("a", "x", "Delete", net1), errs.Invalid, "dhcpScopeRefs", net1, `"x"`)
		s.refused(s.take("a", "x", "Delete", net2, net1), errs.Invalid, net1)
	}},
	{"both instances may be named", func(s *scene) {
		s.apart()
		s.do(s.add("a", "x", net1))
		c := s.take("a", "x", "Delete", net1)
		req := c.request.(*hal.RemoveDHCPScopesFromDHCPFailoverRelationship)
		req.DHCPScopeRefs = append(req.DHCPScopeRefs, s.scopeRef("b", net1))
		s.do(c)
		s.scopes("b")
		s.peers("a", "10.0.1.10=", "10.0.1.20=")
	}},
}

// permit denies known clients in a pool.
func permit(pool hal.Opt[string]) hal.Message {
	return &hal.SetDHCPAddressPoolPermitList{DHCPAddressPoolRef: pool, DHCPAddressPoolPermits: []hal.DHCPAddressPoolPermit{
		{Permit: hal.Some(hal.DHCPAddressPoolPermitTypeKnownClients), Access: hal.Some(hal.AccessTypeDeny)},
	}}
}

func (s *scene) permits(server, from string) (found []string) {
	s.Helper()
	for _, p := range ask[*hal.GetDHCPAddressPoolPermitListResponse](s, "GetDHCPAddressPoolPermitList", &hal.GetDHCPAddressPoolPermitList{DHCPAddressPoolRef: s.poolRef(server, from)}).DHCPAddressPoolPermits {
		found = append(found, string(p.Access.V)+" "+string(p.Permit.V))
	}
	return found
}

// options sets all options of an object: option, value, option, value.
func (s *scene) options(ref string, optionValues ...string) command {
	req := &hal.SetDHCPOptions{Ref: hal.Some(ref)}
	for i := 0; i+1 < len(optionValues); i += 2 {
		req.DHCPOptions = append(req.DHCPOptions, hal.DHCPOption{Option: hal.Some(optionValues[i]), Value: hal.Some(optionValues[i+1])})
	}
	return command{"SetDHCPOptions", req}
}

func (s *scene) optionsOf(ref string) (found []string) {
	s.Helper()
	for _, o := range ask[*hal.GetDHCPOptionsResponse](s, "GetDHCPOptions", &hal.GetDHCPOptions{Ref: hal.Some(ref)}).DHCPOptions {
		found = append(found, o.Option.V+"="+o.Value.V)
	}
	return found
}

func (s *scene) reserve(server, cidr, client, address string) command {
	s.Helper()
	return command{"AddDHCPReservation", &hal.AddDHCPReservation{DHCPReservation: &hal.DHCPReservation{
		OwnerRef: hal.Some(s.scopeRef(server, cidr)), ClientIdentifier: hal.Some(client), Addresses: []string{address},
	}}}
}

func (s *scene) reservations(server, cidr string) []hal.DHCPReservation {
	s.Helper()
	return ask[*hal.GetDHCPReservationsResponse](s, "GetDHCPReservations", &hal.GetDHCPReservations{OwnerRef: hal.Some(s.scopeRef(server, cidr))}).DHCPReservations
}

func (s *scene) reserved(server, cidr string) (found []string) {
	s.Helper()
	for _, r := range s.reservations(server, cidr) {
		found = append(found, r.ClientIdentifier.V+"="+strings.Join(r.Addresses, " "))
	}
	return found
}

// partnerRules are what reaches the partner later.
var partnerRules = []scenario{
	{"pools come, change and go on both sides", func(s *scene) {
		s.apart()
		s.do(s.add("a", "x", net1))
		for server, other := range map[string]string{"a": "b", "b": "a"} {
			s.pools(server, "10.0.1.40-10.0.1.49")
			s.peers(other, "10.0.1.10=x", "10.0.1.20=x", "10.0.1.40=x")
			s.do(s.set(s.poolRef(server, "10.0.1.40"), "from", "10.0.1.41", "to", "10.0.1.60"))
			s.scopes(other, net1+" true 40")
			s.do(command{"SetDHCPAddressPoolPermitList", permit(s.poolRef(server, "10.0.1.41"))})
			s.equal("permits", s.permits(other, "10.0.1.41"), "Deny KnownClients")
			s.do(s.remove(s.poolRef(server, "10.0.1.41"), false))
			s.peers(other, "10.0.1.10=x", "10.0.1.20=x")
		}
	}},
	{"a scope's name, text and enabled too", func(s *scene) {
		s.apart()
		s.do(s.add("a", "x", net1))
		s.do(s.set(hal.Some(s.scopeRef("b", net1)), "name", "floor", "enabled", "false"))
		s.scopes("a", "floor false 20")
	}},
	{"options of the scope and its pools, and reservations, when it is added and later", func(s *scene) {
		s.apart()
		s.do(s.options(s.scopeRef("a", net1), "::3", "10.0.1.1"))
		s.do(s.options(s.poolRef("a", "10.0.1.10").V, "::6", "10.0.1.2"))
		s.do(s.reserve("a", net1, "00:11:22:33:44:01", "10.0.1.5"))
		s.do(s.add("a", "x", net1))
		s.equal("options", s.optionsOf(s.scopeRef("b", net1)), "::3=10.0.1.1")
		s.equal("options", s.optionsOf(s.poolRef("b", "10.0.1.10").V), "::6=10.0.1.2")
		s.equal("reservations", s.reserved("b", net1), "00:11:22:33:44:01=10.0.1.5")
		for server, other := range map[string]string{"a": "b", "b": "a"} {
			s.do(s.options(s.scopeRef(server, net1), "::3", "10.0.1.9"))
			s.do(s.options(s.poolRef(server, "10.0.1.20").V, "::6", "10.0.1.8"))
			s.do(s.reserve(server, net1, "00:11:22:33:44:02", "10.0.1.6"))
			s.equal("options", s.optionsOf(s.scopeRef(other, net1)), "::3=10.0.1.9")
			s.equal("options", s.optionsOf(s.poolRef(other, "10.0.1.20").V), "::6=10.0.1.8")
			s.equal("reservations", s.reserved(other, net1), "00:11:22:33:44:01=10.0.1.5", "00:11:22:33:44:02=10.0.1.6")
			s.do(s.options(s.scopeRef(server, net1)))
			s.equal("options", s.optionsOf(s.scopeRef(other, net1)))
			s.do(s.remove(s.reservations(server, net1)[1].Ref, false))
			s.equal("reservations", s.reserved(other, net1), "00:11:22:33:44:01=10.0.1.5")
		}
	}},
	{"a scope that was not added is each server's own", func(s *scene) {
		s.isc("a", "b")
		s.pools("a", pool1)
		s.pools("b", pool1)
		s.do(s.relate("x", "a", "b"))
		s.states("a", "x Normal")
		s.do(s.set(hal.Some(s.scopeRef("a", net1)), "enabled", "false"))
		s.pools("a", more1)
		s.scopes("a", net1+" false 20")
		s.scopes("b", net1+" true 10")
	}},
	{"an instance that goes leaves the other alone", func(s *scene) {
		s.apart()
		s.do(s.add("a", "x", net1))
		s.do(s.remove(hal.Some(s.scopeRef("b", net1)), false))
		s.peers("a", "10.0.1.10=", "10.0.1.20=")
		s.states("a", "x Empty")
		s.do(s.set(hal.Some(s.scopeRef("a", net1)), "name", "alone"))
		s.scopes("b")
	}},
	{"a range removed by force takes both instances", func(s *scene) {
		s.apart()
		s.do(s.add("a", "x", net1))
		s.refused(s.removeRange(net1, false), errs.InUse, net1, "2 DHCP scopes")
		s.do(s.removeRange(net1, true))
		s.scopes("a")
		s.scopes("b")
		s.states("a", "x Empty")
	}},
	{"an added scope without pools waits for new ones", func(s *scene) {
		s.apart()
		s.do(s.add("a", "x", net1))
		s.do(s.remove(s.poolRef("a", "10.0.1.10"), false))
		s.do(s.remove(s.poolRef("b", "10.0.1.20"), false))
		s.states("a", "x Empty")
		s.members("b", "x", net1)
		s.pools("b", more1)
		s.peers("a", "10.0.1.20=x")
	}},
}

// deconfigureRules are what becomes of the secondary's instances.
var deconfigureRules = []scenario{
	{"None leaves it, Disable disables it, Delete deletes it, whichever side is named", func(s *scene) {
		s.apart()
		for action, want := range map[string][]string{"": {net1 + " true 20"}, "None": {net1 + " true 20"}, "Disable": {net1 + " false 20"}, "Delete": nil} {
			for _, side := range []string{"a", "b"} {
				s.do(s.add("a", "x", net1))
				s.do(s.take(side, "x", action, net1))
				s.scopes("b", want...)
				s.scopes("a", net1+" true 20")

				s.do(s.add("a", "x", net1))
				s.do(s.unrelate(end{server: side, name: "x", action: action}))
				s.scopes("b", want...)
				s.scopes("a", net1+" true 20")
				s.peers("a", "10.0.1.10=", "10.0.1.20=")
				s.do(s.relate("x", "a", "b"))
			}
		}
	}},
	{"no instance there: nothing to do", func(s *scene) {
		s.isc("a", "b")
		s.pools("a", pool1)
		s.do(s.relate("x", "a", "b"))
		s.do(s.take("a", "x", "Delete", net1))
		s.scopes("a", net1+" true 10")
		s.states("a", "x Empty")
	}},
	{"what only the secondary has is its own", func(s *scene) {
		s.isc("a", "b")
		s.pools("b", pool1, pool2)
		s.do(s.relate("x", "a", "b"))
		s.do(s.take("b", "x", "Delete", net1))
		s.do(s.unrelate(end{server: "a", name: "x", action: "Delete"}))
		s.scopes("b", net1+" true 10", net2+" true 10")
		s.peers("b", "10.0.1.10=", "10.0.2.10=")
	}},
	{"what is in another relationship is left", func(s *scene) {
		s.isc("a", "b", "c")
		s.pools("b", pool1)
		s.do(s.relate("y", "b", "c"))
		s.pools("a", pool1)
		s.do(s.relate("x", "a", "b"))
		s.do(s.unrelate(end{server: "a", name: "x", action: "Delete"}))
		s.peers("b", "10.0.1.10=y")
	}},
	{"deleted instances need no replacement", func(s *scene) {
		s.isc("a", "b", "c")
		s.do(s.relate("x", "a", "b"))
		s.do(s.relate("y", "b", "c"))
		s.do(s.relate("z", "b", "c"))
		s.pools("a", pool1)
		s.do(s.add("a", "x", net1))
		s.refused(s.unrelate(end{server: "a", name: "x", action: "Disable"}), errs.Invalid, "server b", `"y"`, `"z"`)
		s.do(s.unrelate(end{server: "a", name: "x", action: "Delete"}))
		s.scopes("b")
		s.peers("a", "10.0.1.10=")
	}},
	{"a disabled instance is no longer its partner's equal", func(s *scene) {
		s.apart()
		s.do(s.add("a", "x", net1))
		s.do(s.relate("y", "a", "b"))
		s.do(s.unrelate(end{server: "a", name: "x", action: "Disable"}))
		s.peers("a", "10.0.1.10=y", "10.0.1.20=y")
		s.peers("b", "10.0.1.10=y", "10.0.1.20=y")
		s.do(s.set(hal.Some(s.scopeRef("b", net1)), "name", "off"))
		s.scopes("a", net1+" true 20")
	}},
}

// replicationRules are what ReplicateDHCPFailover copies.
var replicationRules = []scenario{
	{"the named server is the source, its partner's instances are replaced", func(s *scene) {
		s.isc("a", "b")
		s.pools("a", pool1)
		s.pools("b", "10.0.1.30-10.0.1.39")
		s.do(s.relate("x", "a", "b"))
		s.do(s.replicate("b", "x", ""))
		s.peers("a", "10.0.1.30=x")
		s.do(s.set(hal.Some(s.scopeRef("a", net1)), "name", "equal")) // as if added
		s.scopes("b", "equal true 10")
	}},
	{"no name is all relationships, no scope all scopes", func(s *scene) {
		s.isc("a", "b", "c")
		s.pools("a", pool1, pool2, pool3)
		s.do(s.relate("x", "a", "b"))
		s.do(s.relate("y", "a", "c"))
		s.do(s.move("a", "10.0.2.10", "y"))
		s.do(s.replicate("a", "x", s.scopeRef("a", net1)))
		s.scopes("b", net1+" true 10")
		s.do(s.replicate("a", "", ""))
		s.scopes("b", net1+" true 10", net3+" true 10")
		s.scopes("c", net2+" true 10")
		s.states("a", "x Normal", "y Normal")
	}},
	{"what is in no relationship, or in another there, is refused", func(s *scene) {
		s.isc("a", "b", "c")
		s.pools("b", pool1)
		s.do(s.relate("y", "b", "c"))
		s.refused(s.replicate("a", "", ""), errs.Invalid, "dhcpServerRef", "server a")
		s.do(s.relate("x", "a", "b"))
		s.pools("a", pool2, pool1)
		s.refused(s.replicate("a", "x", s.scopeRef("a", net2)), errs.Invalid, "dhcpScopeRef", net2)
		s.refused(s.replicate("a", "x", s.scopeRef("b", net1)), errs.Invalid, "dhcpScopeRef", "server a")
		s.refused(s.replicate("a", "nowhere", ""), errs.NotFound, `"nowhere"`, "server a")
		s.refused(s.replicate("nowhere", "", ""), errs.NotFound, `"nowhere"`)
		s.do(s.move("a", "10.0.1.10", "x"))
		s.refused(s.replicate("a", "x", ""), errs.Conflict, net1, "server b", `"y"`)
	}},
}
