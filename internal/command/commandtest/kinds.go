package commandtest

import (
	"fmt"
	"strings"

	"halxml/internal/errs"
	"halxml/wsdl/hal"
)

func service(v hal.DHCPServiceType) option {
	return func(r *hal.DHCPFailoverRelationship) { r.ServiceType = hal.Some(v) }
}

// keaRules: a relationship is of the whole server.
var keaRules = []scenario{
	{"one DHCPv4 and one DHCPv6 relationship a server, whatever the spelling of its kind", func(s *scene) {
		s.servers(hal.DHCPServerTypeKea, "a", "b")
		s.servers(hal.DHCPServerTypeKEADHCPv4, "c")
		s.do(s.relate("x", "a", "b"))
		s.refused(s.relate("y", "a", "c"), errs.Conflict, "serviceType", "server a", `"x"`)
		s.refused(s.relate("y", "c", "b"), errs.Conflict, "server b", `"x"`)
		s.do(s.relate("y", "a", "c", service(hal.DHCPServiceTypeDHCPv6)))
		if got := s.see("c", "y").ServiceType.V; got != hal.DHCPServiceTypeDHCPv6 {
			s.Errorf("serviceType %s", got)
		}
		s.refused(s.relate("z", "a", "c", service(hal.DHCPServiceTypeDHCPv6)), errs.Conflict, "DHCPv6")
	}},
	{"a secondary is never a primary elsewhere", func(s *scene) {
		s.servers(hal.DHCPServerTypeKea, "a", "b", "c")
		s.do(s.relate("x", "a", "b"))
		s.refused(s.relate("y", "b", "c", service(hal.DHCPServiceTypeDHCPv6)), errs.Conflict, "primaryServer", "b", `"x"`)
		s.refused(s.relate("y", "c", "a", service(hal.DHCPServiceTypeDHCPv6)), errs.Conflict, "secondaryServer", "a", `"x"`)
		s.do(s.relate("y", "c", "b", service(hal.DHCPServiceTypeDHCPv6)))
	}},
	{"there is no Modify and no scope command", func(s *scene) {
		s.servers(hal.DHCPServerTypeKea, "a", "b")
		s.do(s.relate("x", "a", "b"))
		s.pools("a", pool1)
		s.refused(s.modify("a", "x"), errs.NotSupported, "Kea", "remove")
		s.refused(s.add("a", "x", net1), errs.NotSupported, "Kea")
		s.refused(s.take("a", "x", "Delete", net1), errs.NotSupported, "Kea")
	}},
	{"both servers hold the same scopes of its service", func(s *scene) {
		s.servers(hal.DHCPServerTypeKea, "a", "b")
		s.pools("a", pool1, pool6)
		s.do(s.relate("x", "a", "b"))
		s.scopes("b", net1+" true 10")
		s.pools("b", pool2)
		s.scopes("a", net1+" true 10", net6+" true 10", net2+" true 10")
		s.do(s.set(hal.Some(s.scopeRef("b", net1)), "name", "floor"))
		s.scopes("a", "floor true 10", net6+" true 10", net2+" true 10")
		s.do(s.remove(hal.Some(s.scopeRef("a", net2)), false))
		s.scopes("b", "floor true 10")
		s.do(s.removeRange(net1, true))
		s.scopes("b")
	}},
	{"a secondary with scopes that the primary lacks is refused", func(s *scene) {
		s.servers(hal.DHCPServerTypeKea, "a", "b")
		s.pools("b", pool1)
		s.refused(s.relate("x", "a", "b"), errs.Conflict, "secondaryServer", "b", net1)
		s.do(s.relate("y", "a", "b", service(hal.DHCPServiceTypeDHCPv6)))
	}},
	{"what does not apply is ignored", func(s *scene) {
		s.servers(hal.DHCPServerTypeKea, "a", "b")
		s.pools("a", pool1)
		ref := s.scopeRef("a", net1)
		s.do(s.relate("a pair", "a", "b", func(r *hal.DHCPFailoverRelationship) {
			r.FailoverMode, r.DHCPScopeRefs = hal.Some(hal.DHCPFailoverModeHotStandby), []string{ref}
			r.MCLT, r.Percentage, r.MaxUnackedUpdates = hal.Some(uint32(99999999)), hal.Some(uint32(300)), hal.Some(uint32(99999))
		}))
		r := s.see("a", "a pair")
		if r.FailoverMode.V != hal.DHCPFailoverModeHotStandby || r.MCLT.V != 0 || r.Percentage.V != 0 || len(r.DHCPScopeRefs) != 0 || r.State.V != "Normal" {
			s.Errorf("answered %s", r.AppendJSON(nil, hal.Current))
		}
	}},
	{"removal does to the secondary's scopes what is asked", func(s *scene) {
		s.servers(hal.DHCPServerTypeKea, "a", "b")
		s.pools("a", pool1, pool6)
		s.pools("b", pool6)
		for action, want := range map[string][]string{"": {net6 + " true 10", net1 + " true 10"}, "Disable": {net6 + " true 10", net1 + " false 10"}, "Delete": {net6 + " true 10"}} {
			s.do(s.relate("x", "a", "b"))
			s.do(s.unrelate(end{server: "b", name: "x", action: action}))
			s.scopes("a", net1+" true 10", net6+" true 10")
			s.scopes("b", want...)
			if action != "Delete" {
				s.do(s.remove(hal.Some(s.scopeRef("b", net1)), false))
			}
		}
	}},
}

// microsoftRules: mode, safe period and shared secret apply.
var microsoftRules = []scenario{
	{"mode, safePeriod and sharedSecret apply, the secret is never answered", func(s *scene) {
		s.servers(hal.DHCPServerTypeMSDHCP, "a", "b")
		s.do(s.relate("x", "a", "b", func(r *hal.DHCPFailoverRelationship) {
			r.FailoverMode, r.SafePeriod, r.SharedSecret = hal.Some(hal.DHCPFailoverModeHotStandby), hal.Some(uint32(60)), hal.Some("hush-hush")
			r.Port, r.MaxUnackedUpdates = hal.Some(uint32(99999)), hal.Some(uint32(99999)) // do not apply
		}))
		r := s.see("b", "x")
		if got := fmt.Sprintln(r.FailoverMode.V, r.MCLT.V, r.SafePeriod.V, r.Percentage.V, r.Port.V, r.MaxUnackedUpdates.V); got != "HotStandby 3600 60 5 0 0\n" {
			s.Errorf("answered %s", got)
		}
		s.do(s.modify("a", "x", func(r *hal.DHCPFailoverRelationship) {
			r.FailoverMode, r.Percentage, r.SharedSecret = hal.Some(hal.DHCPFailoverModeLoadBalance), hal.Some(uint32(40)), hal.Some("still-hush-hush")
		}))
		r = s.see("a", "x")
		if got := fmt.Sprintln(r.FailoverMode.V, r.MCLT.V, r.SafePeriod.V, r.Percentage.V); got != "LoadBalance 3600 60 40\n" {
			s.Errorf("modified to %s", got)
		}
		if strings.Contains(s.everything(), "hush") || r.SharedSecret.V != "" {
			s.Error("the shared secret can be read back")
		}
		s.refused(s.relate("y", "a", "b", service(hal.DHCPServiceTypeDHCPv6)), errs.NotSupported, "serviceType")
	}},
	{"a scope is added with or without pools, and shows its relationship", func(s *scene) {
		s.servers(hal.DHCPServerTypeMSDHCP, "a", "b")
		s.do(s.relate("any name", "a", "b"))
		s.do(s.scope("a", net1))
		s.states("a", "any name Empty")
		s.do(s.add("a", "any name", net1))
		s.states("a", "any name Normal")
		s.pools("b", pool1)
		for _, server := range []string{"a", "b"} {
			p := s.poolsOn(server)[0]
			if p.FailoverRelationship.V != "any name" || p.FailoverPeer.V != "" {
				s.Errorf("pool on %s: %q, %q", server, p.FailoverRelationship.V, p.FailoverPeer.V)
			}
		}
		s.do(s.relate("other", "a", "b"))
		s.refused(s.add("b", "other", net1), errs.Conflict, net1, `"any name"`)
		s.do(s.take("b", "any name", "Disable", net1))
		s.scopes("b", net1+" false 10")
		s.states("a", "any name Empty", "other Empty")
	}},
}

// faultRules: what is named wrongly is named in the fault.
var faultRules = []scenario{
	{"an unknown server", func(s *scene) {
		s.apart()
		s.refused(s.relate("y", "nowhere", "b"), errs.NotFound, `"nowhere"`, "primaryServer")
		s.refused(s.relate("y", "a", "{#3-#99}"), errs.NotFound, "{#3-#99}", "secondaryServer")
		s.refused(s.modify("nowhere", "x"), errs.NotFound, `"nowhere"`)
		s.refused(s.unrelate(end{server: "nowhere", name: "x"}), errs.NotFound, `"nowhere"`)
		s.refused(s.addRefs("nowhere", "x", "{#7-#1}"), errs.NotFound, `"nowhere"`)
		for _, c := range []command{
			{"GetDHCPFailoverRelationships", &hal.GetDHCPFailoverRelationships{DHCPServerRef: hal.Some("nowhere")}},
			{"GetDHCPFailoverRelationship", &hal.GetDHCPFailoverRelationship{DHCPServerRef: hal.Some("nowhere"), DHCPFailoverRelationshipName: hal.Some("x")}},
		} {
			s.refused(c, errs.NotFound, `"nowhere"`)
		}
	}},
	{"an unknown relationship", func(s *scene) {
		s.apart()
		s.isc("c")
		for _, server := range []string{"a", "c"} {
			name := map[string]string{"a": "nowhere", "c": "x"}[server]
			words := []string{`"` + name + `"`, "server " + server}
			s.refused(s.modify(server, name), errs.NotFound, words...)
			s.refused(s.unrelate(end{server: server, name: name}), errs.NotFound, words...)
			s.refused(s.addRefs(server, name, s.scopeRef("a", net1)), errs.NotFound, words...)
			s.refused(s.replicate(server, name, ""), errs.NotFound, words...)
			s.refused(command{"GetDHCPFailoverRelationship", &hal.GetDHCPFailoverRelationship{
				DHCPServerRef: hal.Some(server), DHCPFailoverRelationshipName: hal.Some(name),
			}}, errs.NotFound, words...)
		}
	}},
	{"what an Add needs", func(s *scene) {
		s.isc("a", "b")
		s.refused(s.relate("", "a", "b"), errs.Missing, "name")
		s.refused(s.relate("x", "", "b"), errs.Missing, "primaryServer")
		s.refused(s.relate("x", "a", ""), errs.Missing, "secondaryServer")
		s.refused(command{"AddDHCPFailoverRelationship", &hal.AddDHCPFailoverRelationship{}}, errs.Missing, "dhcpFailoverRelationship")
		s.refused(s.unrelate(), errs.Missing, "dhcpRefAndFailoverRelationshipNames")
	}},
	{"servers that cannot be partners", func(s *scene) {
		s.isc("a", "b", "c")
		s.servers(hal.DHCPServerTypeKea, "k")
		s.servers(hal.DHCPServerTypeIOS, "i", "j")
		s.refused(s.relate("x", "a", "a"), errs.Invalid, "secondaryServer", "a")
		s.refused(s.relate("x", "a", "k"), errs.Invalid, "secondaryServer", "k", "kind")
		s.refused(s.relate("x", "i", "j"), errs.NotSupported, "IOS")
		s.refused(s.relate("x", "a", "b", func(r *hal.DHCPFailoverRelationship) { r.DHCPServerRef = hal.Some("c") }), errs.Invalid, "dhcpServerRef", "c")
		s.refused(s.relate("x", "a", "b", func(r *hal.DHCPFailoverRelationship) { r.PrimaryServerRef = hal.Some("c") }), errs.Invalid, "primaryServerRef")
		s.refused(s.relate("x", "a", "b", service(hal.DHCPServiceTypeDHCPv6)), errs.NotSupported, "serviceType", "DHCPv6")
	}},
	{"a Modify that names other servers", func(s *scene) {
		s.isc("a", "b", "c")
		s.do(s.relate("x", "a", "b"))
		for field, o := range map[string]option{
			"primaryServer":   func(r *hal.DHCPFailoverRelationship) { r.PrimaryServer = hal.Some("c") },
			"secondaryServer": func(r *hal.DHCPFailoverRelationship) { r.SecondaryServer = hal.Some("a") },
		} {
			s.refused(s.modify("a", "x", o), errs.Invalid, field, "remove", "add")
		}
		s.do(s.modify("", "x", func(r *hal.DHCPFailoverRelationship) { r.SecondaryServerRef = hal.Some("b") }))
	}},
}

// historyRules: what is recorded of all this.
var historyRules = []scenario{
	{"Add, Modify, Remove: one event each, with the caller's comment", func(s *scene) {
		s.isc("a", "b")
		s.pools("a", pool1)
		s.comment = "came"
		s.do(s.relate("x", "a", "b"))
		s.equal("history", s.history("came"), "Creation DHCPFailoverPeer x")
		s.comment = "changed"
		s.do(s.modify("a", "x", func(r *hal.DHCPFailoverRelationship) { r.MCLT = hal.Some(uint32(600)) }))
		s.equal("history", s.history("changed"), "Modification DHCPFailoverPeer x")
		s.comment = "went"
		s.do(s.unrelate(end{server: "a", name: "x"}))
		s.equal("history", s.history("went"), "Deletion DHCPFailoverPeer x")
	}},
	{"one event for each scope, one for the relationship", func(s *scene) {
		s.apart()
		s.pools("a", pool2)
		s.comment = "added"
		s.do(s.add("a", "x", net1, net2))
		s.equal("history", s.history("added"),
			"Creation DHCPScope "+net1, "Modification DHCPScope "+net1, "Creation DHCPScope "+net2, "Modification DHCPScope "+net2, "Modification DHCPFailoverPeer x")
		s.comment = "removed"
		s.do(s.take("a", "x", "Delete", net1))
		s.equal("history", s.history("removed"),
			"Modification DHCPScope "+net1, "Modification DHCPScope "+net1, "Deletion DHCPScope "+net1, "Modification DHCPFailoverPeer x")
	}},
	{"changed pools are listed: the first twenty and the count", func(s *scene) {
		s.isc("a", "b")
		for i := range 22 {
			s.pools("a", fmt.Sprintf("10.0.1.%d-10.0.1.%d", 10+2*i, 11+2*i))
		}
		for _, c := range []struct {
			command command
			what    string
		}{
			{s.relate("x", "a", "b"), "22 address pools now refer to it"},
			{s.unrelate(end{server: "a", name: "x"}), "22 address pools refer to no peer now"},
		} {
			s.do(c.command)
			said := s.said("x")
			for _, w := range []string{"on a", c.what, "10.0.1.10-10.0.1.11", "10.0.1.48-10.0.1.49"} {
				if !strings.Contains(said, w) {
					s.Errorf("%q does not say %q", said, w)
				}
			}
			if strings.Contains(said, "10.0.1.50") {
				s.Errorf("%q lists more than twenty", said)
			}
		}
	}},
}
