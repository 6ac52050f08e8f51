package commandtest

import (
	"strings"

	"halxml/internal/errs"
	"halxml/wsdl/hal"
)

// peerRules are what happens to pools when a relationship comes.
var peerRules = []scenario{
	{"the first peer of a server takes all its pools, on both servers", func(s *scene) {
		s.isc("a", "b")
		s.pools("a", pool1, more1, pool2)
		s.pools("b", pool3)
		s.do(s.relate("x", "a", "b"))
		s.peers("a", "10.0.1.10=x", "10.0.1.20=x", "10.0.2.10=x")
		s.peers("b", "10.0.3.10=x")
	}},
	{"each server counts its own", func(s *scene) {
		s.isc("a", "b", "c")
		s.do(s.relate("x", "a", "b"))
		s.pools("a", pool1)
		s.pools("c", pool2)
		s.do(s.relate("y", "a", "c"))
		s.peers("a", "10.0.1.10=")
		s.peers("c", "10.0.2.10=y")
	}},
	{"a second peer leaves other pools alone", func(s *scene) {
		s.isc("a", "b")
		s.pools("a", pool1)
		s.do(s.relate("x", "a", "b"))
		s.pools("a", pool2)
		s.do(s.relate("y", "a", "b"))
		s.peers("a", "10.0.1.10=x", "10.0.2.10=")
		s.states("a", "x Pending", "y Empty")
	}},
	{"IPv6 pools refer to none", func(s *scene) {
		s.isc("a", "b")
		s.pools("a", pool1, pool6)
		s.do(s.relate("x", "a", "b"))
		s.peers("a", "10.0.1.10=x", "2001:db8:1::10=")
		s.refused(s.move("a", "2001:db8:1::10", "x"), errs.NotSupported, "failoverPeer", "IPv4")
		s.refused(s.pool("a", "2001:db8:1::20-2001:db8:1::29", "x"), errs.NotSupported, "failoverPeer", "IPv4")
	}},
	{"only pools of ISC servers refer to peers", func(s *scene) {
		s.servers(hal.DHCPServerTypeMSDHCP, "a", "b")
		s.servers(hal.DHCPServerTypeKea, "c", "d")
		s.pools("a", pool1)
		s.pools("c", pool1)
		s.do(s.relate("x", "a", "b"))
		s.do(s.relate("y", "c", "d"))
		for _, server := range []string{"a", "c", "d"} {
			s.peers(server, "10.0.1.10=")
		}
		s.refused(s.move("a", "10.0.1.10", "x"), errs.NotSupported, "failoverPeer", "MSDHCP")
		s.refused(s.move("c", "10.0.1.10", "y"), errs.NotSupported, "failoverPeer", "Kea")
	}},
	{"the state follows the pools", func(s *scene) {
		s.isc("a", "b")
		s.do(s.relate("x", "a", "b"))
		s.states("a", "x Empty")
		s.pools("a", pool1)
		s.do(s.move("a", "10.0.1.10", "x"))
		s.states("b", "x Pending")
		s.pools("b", pool2)
		s.do(s.move("b", "10.0.2.10", "x"))
		s.states("a", "x Normal")
	}},
	{"a new pool may name its peer", func(s *scene) {
		s.isc("a", "b")
		s.do(s.relate("x", "a", "b"))
		s.do(s.scope("a", net1))
		s.do(s.pool("a", pool1, "x"))
		s.do(s.scope("a", net2))
		s.do(s.pool("a", pool2, ""))
		s.peers("a", "10.0.1.10=x", "10.0.2.10=")
	}},
	{"a new pool that names none gets that of its scope", func(s *scene) {
		s.isc("a", "b")
		s.pools("a", pool1)
		s.do(s.relate("x", "a", "b"))
		s.pools("a", more1)
		s.peers("a", "10.0.1.10=x", "10.0.1.20=x")
	}},
	{"both servers list it, and either names it", func(s *scene) {
		s.isc("a", "b", "c")
		s.pools("a", pool1)
		s.do(s.relate("x", "a", "b"))
		s.do(s.relate("y", "c", "a"))
		s.states("a", "x Pending", "y Empty")
		s.states("b", "x Pending")
		s.states("c", "y Empty")
		s.states("", "x Pending", "y Empty")
		s.members("a", "x", net1)
		s.members("b", "x")
		for server, role := range map[string]hal.DHCPFailoverServerType{
			"a": hal.DHCPFailoverServerTypePrimaryServer, "": hal.DHCPFailoverServerTypePrimaryServer, "b": hal.DHCPFailoverServerTypeSecondaryServer,
		} {
			r := s.see(server, "x")
			if r.FailoverServerType.V != role || r.PrimaryServer.V != "a" || r.SecondaryServer.V != "b" {
				s.Errorf("x from %q: %s of %s and %s", server, r.FailoverServerType.V, r.PrimaryServer.V, r.SecondaryServer.V)
			}
		}
		s.do(s.unrelate(end{server: "b", name: "x"}))
		s.states("a", "y Pending")
	}},
	{"names differ by case, and are taken once on a server", func(s *scene) {
		s.isc("a", "b", "c", "d")
		s.do(s.relate("x", "a", "b"))
		s.do(s.relate("X", "a", "b"))
		s.do(s.relate("x", "c", "d"))
		s.refused(s.relate("x", "b", "c"), errs.Conflict, "name", `"x"`, "server b")
		s.refused(s.relate("x", "d", "a"), errs.Conflict, "name", `"x"`)
	}},
}

// moveRules are what happens when a pool goes to another peer.
var moveRules = []scenario{
	{"the last pool that leaves a peer removes it, with a warning", func(s *scene) {
		s.isc("a", "b", "c")
		s.pools("a", pool1)
		s.pools("b", pool2)
		s.do(s.relate("x", "a", "b"))
		s.do(s.relate("y", "a", "c"))
		s.comment = "moved"
		answer := s.do(s.move("a", "10.0.1.10", "y")).(*hal.SetPropertiesResponse)
		if w := answer.Warning.V; !strings.Contains(w, `"x"`) || !strings.Contains(w, "removed") {
			s.Errorf("warning %q", w)
		}
		s.states("", "y Pending")
		s.peers("a", "10.0.1.10=y")
		s.peers("b", "10.0.2.10=") // x was b's last
		s.equal("history", s.history("moved"), "Deletion DHCPFailoverPeer x", "Modification DHCPAddressPool 10.0.1.10-10.0.1.19")
	}},
	{"a peer that another pool refers to stays, without a warning", func(s *scene) {
		s.isc("a", "b")
		s.pools("a", pool1, pool2)
		s.do(s.relate("x", "a", "b"))
		s.do(s.relate("y", "a", "b"))
		if answer := s.do(s.move("a", "10.0.1.10", "y")).(*hal.SetPropertiesResponse); answer.Warning.V != "" {
			s.Errorf("warning %q", answer.Warning.V)
		}
		s.states("a", "x Pending", "y Pending")
		s.peers("a", "10.0.1.10=y", "10.0.2.10=x")
	}},
	{"the partner's pool follows where the new peer joins the same servers", func(s *scene) {
		s.isc("a", "b")
		s.pools("a", pool1, pool2)
		s.do(s.relate("x", "a", "b"))
		s.do(s.add("a", "x", net1, net2))
		s.do(s.relate("y", "b", "a"))
		s.do(s.move("a", "10.0.1.10", "y"))
		s.peers("b", "10.0.1.10=y", "10.0.2.10=x")
		s.do(s.set(hal.Some(s.scopeRef("b", net1)), "name", "renamed")) // still one pair, now of y
		if got := s.find("a", net1).Name.V; got != "renamed" {
			s.Errorf("the partner's scope is named %q", got)
		}
	}},
	{"the partner's pool loses its reference where it does not", func(s *scene) {
		s.isc("a", "b", "c")
		s.pools("a", pool1, pool2)
		s.do(s.relate("x", "a", "b"))
		s.do(s.add("a", "x", net1, net2))
		s.do(s.relate("y", "a", "c"))
		s.do(s.move("a", "10.0.1.10", "y"))
		s.peers("a", "10.0.1.10=y", "10.0.2.10=x")
		s.peers("b", "10.0.1.10=", "10.0.2.10=x")
		s.peers("c")
		s.do(s.set(hal.Some(s.scopeRef("b", net1)), "name", "alone")) // no pair any more
		if got := s.find("a", net1).Name.V; got != net1 {
			s.Errorf("the other's scope is named %q", got)
		}
	}},
	{"a pool of an added scope that gets a peer brings the partner's along", func(s *scene) {
		s.isc("a", "b")
		s.pools("a", pool1, more1)
		s.do(s.relate("x", "a", "b"))
		s.do(s.add("a", "x", net1))
		s.do(s.move("a", "10.0.1.20", ""))
		s.peers("b", "10.0.1.10=x", "10.0.1.20=")
		s.do(s.move("b", "10.0.1.20", "x"))
		s.peers("a", "10.0.1.10=x", "10.0.1.20=x")
	}},
	{"a change here leaves the partner's pool with a third server alone", func(s *scene) {
		s.isc("a", "b", "c")
		s.pools("a", pool1, more1)
		s.do(s.relate("x", "a", "b"))
		s.do(s.add("a", "x", net1))
		s.do(s.relate("y", "b", "c"))
		s.do(s.move("b", "10.0.1.20", "y"))
		s.do(s.set(hal.Some(s.scopeRef("a", net1)), "name", "renamed"))
		s.peers("a", "10.0.1.10=x", "10.0.1.20=")
		s.peers("b", "10.0.1.10=x", "10.0.1.20=y")
	}},
	{"no peer at all leaves the relationship, Empty", func(s *scene) {
		s.isc("a", "b")
		s.pools("a", pool1)
		s.do(s.relate("x", "a", "b"))
		s.do(s.add("a", "x", net1))
		s.states("a", "x Normal")
		s.do(s.move("a", "10.0.1.10", ""))
		s.states("a", "x Empty")
		s.peers("a", "10.0.1.10=")
		s.peers("b", "10.0.1.10=")
	}},
	{"removing the last pool or scope leaves the relationship, Empty", func(s *scene) {
		s.isc("a", "b")
		s.pools("a", pool1, pool2)
		s.do(s.relate("x", "a", "b"))
		s.do(s.remove(s.poolRef("a", "10.0.1.10"), false))
		s.states("a", "x Pending")
		s.do(s.remove(hal.Some(s.scopeRef("a", net2)), false))
		s.states("a", "x Empty")
	}},
	{"an unknown peer is a fault", func(s *scene) {
		s.isc("a", "b", "c")
		s.pools("a", pool1)
		s.do(s.relate("x", "a", "b"))
		s.do(s.relate("z", "b", "c"))
		for _, name := range []string{"nowhere", "z", "X"} {
			s.refused(s.move("a", "10.0.1.10", name), errs.NotFound, "failoverPeer", `"`+name+`"`)
			s.refused(s.pool("a", more1, name), errs.NotFound, "failoverPeer", `"`+name+`"`)
		}
	}},
	{"a move is refused that leaves the partner with a choice", func(s *scene) {
		s.isc("a", "b", "c")
		s.pools("a", pool1)
		s.pools("b", pool2)
		s.do(s.relate("x", "a", "b"))
		s.do(s.relate("y", "b", "c"))
		s.do(s.relate("z", "b", "c"))
		s.do(s.relate("w", "a", "c"))
		s.refused(s.move("a", "10.0.1.10", "w"), errs.Invalid, "server b", `"x"`, `"y"`, `"z"`)
		s.do(s.relate("v", "a", "b")) // which joins both, and so is the choice
		s.do(s.move("a", "10.0.1.10", "v"))
		s.peers("b", "10.0.2.10=v")
		s.states("b", "v Normal", "y Empty", "z Empty")
	}},
}

// removalRules are what happens to pools when a relationship goes.
var removalRules = []scenario{
	{"the last one: references are cleared", func(s *scene) {
		s.isc("a", "b")
		s.pools("a", pool1)
		s.pools("b", pool2)
		s.do(s.relate("x", "a", "b"))
		s.do(s.unrelate(end{server: "a", name: "x"}))
		s.states("")
		s.peers("a", "10.0.1.10=")
		s.peers("b", "10.0.2.10=")
	}},
	{"one remains: pools that referred go to it", func(s *scene) {
		s.isc("a", "b")
		s.pools("a", pool1, pool2)
		s.do(s.relate("x", "a", "b"))
		s.do(s.relate("y", "a", "b"))
		s.do(s.move("a", "10.0.2.10", ""))
		s.do(s.unrelate(end{server: "b", name: "x"}))
		s.peers("a", "10.0.1.10=y", "10.0.2.10=")
		s.states("a", "y Pending")
	}},
	{"each server by its own rule", func(s *scene) {
		s.isc("a", "b", "c")
		s.pools("a", pool1)
		s.pools("b", pool2)
		s.do(s.relate("x", "a", "b"))
		s.do(s.relate("y", "c", "a"))
		s.do(s.unrelate(end{server: "a", name: "x"}))
		s.peers("a", "10.0.1.10=y")
		s.peers("b", "10.0.2.10=")
	}},
	{"two or more remain: the caller names the replacement", func(s *scene) {
		s.isc("a", "b")
		s.pools("a", pool1)
		s.pools("b", pool2)
		for _, name := range []string{"x", "y", "z"} {
			s.do(s.relate(name, "a", "b"))
		}
		s.refused(s.unrelate(end{server: "a", name: "x"}), errs.Invalid, "replacementFailoverRelationshipName", "server a", `"y"`, `"z"`)
		s.refused(s.unrelate(end{server: "a", name: "x", replacement: "w"}), errs.Invalid, "replacementFailoverRelationshipName", `"w"`, `"y"`, `"z"`)
		s.refused(s.unrelate(end{server: "a", name: "x", replacement: "x"}), errs.Invalid, `"y"`, `"z"`)
		s.do(s.unrelate(end{server: "a", name: "x", replacement: "z"}))
		s.peers("a", "10.0.1.10=z")
		s.peers("b", "10.0.2.10=z")
		s.states("a", "y Empty", "z Normal")
	}},
	{"a replacement counts only on the server that needs one", func(s *scene) {
		s.isc("a", "b", "c")
		s.pools("a", pool1)
		s.pools("b", pool2)
		for _, name := range []string{"x", "y", "z"} {
			s.do(s.relate(name, "a", map[string]string{"x": "b", "y": "c", "z": "c"}[name]))
		}
		s.do(s.unrelate(end{server: "b", name: "x", replacement: "y"}))
		s.peers("a", "10.0.1.10=y")
		s.peers("b", "10.0.2.10=")
		s.do(s.relate("x", "a", "b"))
		s.do(s.relate("w", "b", "c"))
		s.do(s.move("b", "10.0.2.10", "x"))
		s.do(s.unrelate(end{server: "b", name: "x", replacement: "nowhere"})) // not needed on a, w alone on b
		s.peers("b", "10.0.2.10=w")
	}},
	{"no pool refers to it: no replacement is needed", func(s *scene) {
		s.isc("a", "b")
		s.pools("a", pool1)
		for _, name := range []string{"x", "y", "z"} {
			s.do(s.relate(name, "a", "b"))
		}
		s.do(s.unrelate(end{server: "a", name: "y"}))
		s.do(s.relate("y", "a", "b"))
		s.do(s.unrelate(end{server: "a", name: "z", replacement: "nowhere"}))
		s.peers("a", "10.0.1.10=x")
	}},
	{"a pair whose pools go to one of the same servers stays a pair", func(s *scene) {
		s.isc("a", "b")
		s.pools("a", pool1)
		s.do(s.relate("x", "a", "b"))
		s.do(s.add("a", "x", net1))
		s.do(s.relate("y", "b", "a"))
		s.do(s.unrelate(end{server: "a", name: "x"}))
		s.members("b", "y", net1)
		s.pools("b", more1)
		s.peers("a", "10.0.1.10=y", "10.0.1.20=y")
	}},
	{"several at once, all or none", func(s *scene) {
		s.isc("a", "b")
		s.pools("a", pool1)
		for _, name := range []string{"x", "y", "z"} {
			s.do(s.relate(name, "a", "b"))
		}
		s.refused(s.unrelate(end{server: "a", name: "y"}, end{server: "b", name: "nowhere"}), errs.NotFound, `"nowhere"`)
		s.refused(s.unrelate(end{server: "a", name: "y"}, end{server: "b", name: "y"}), errs.NotFound, `"y"`)
		s.do(s.unrelate(end{server: "a", name: "y"}, end{server: "b", name: "x"}))
		s.peers("a", "10.0.1.10=z")
	}},
	{"none goes to one that leaves in the same command, in any order", func(s *scene) {
		for _, order := range [][]string{{"x", "y"}, {"y", "x"}} {
			first := order[0] + "-first-"
			a, b, c := first+"a", first+"b", first+"c"
			s.isc(a, b, c)
			s.pools(a, pool1)
			for _, name := range []string{"x", "y", "z"} {
				s.do(s.relate(name, a, map[string]string{"x": b, "y": b, "z": c}[name]))
			}
			s.do(s.add(a, "x", net1))
			s.do(s.unrelate(end{server: a, name: order[0]}, end{server: b, name: order[1]}))
			s.peers(a, "10.0.1.10=z")
			s.peers(b, "10.0.1.10=")
			s.states(a, "z Pending")
		}
	}},
	{"all at once: references are cleared, and each action is for the scopes of its own", func(s *scene) {
		s.isc("a", "b")
		s.pools("a", pool1)
		for _, name := range []string{"x", "y", "z"} {
			s.do(s.relate(name, "a", "b"))
		}
		s.do(s.add("a", "x", net1))
		s.do(s.unrelate(end{server: "a", name: "x"}, end{server: "a", name: "y", action: "Delete"}, end{server: "a", name: "z", action: "Disable"}))
		s.states("")
		s.peers("a", "10.0.1.10=")
		s.scopes("b", net1+" true 10")
	}},
	{"several of which one is named as a replacement", func(s *scene) {
		s.isc("a", "b")
		s.pools("a", pool1)
		for _, name := range []string{"w", "x", "y", "z"} {
			s.do(s.relate(name, "a", "b"))
		}
		s.refused(s.unrelate(end{server: "a", name: "w", replacement: "x"}, end{server: "a", name: "x", replacement: "z"}), errs.Invalid, "replacementFailoverRelationshipName", `"x"`, `"y", "z"`)
		s.do(s.unrelate(end{server: "a", name: "w", replacement: "z"}, end{server: "a", name: "x"}))
		s.peers("a", "10.0.1.10=z")
	}},
	{"as objects several go at once", func(s *scene) {
		s.isc("a", "b")
		s.pools("a", pool1)
		for _, name := range []string{"x", "y", "z"} {
			s.do(s.relate(name, "a", "b"))
		}
		s.do(command{"RemoveObjects", &hal.RemoveObjects{ObjRefs: []string{"{#17-#1}", "{#17-#2}", "{#17-#3}"}}})
		s.states("")
		s.peers("a", "10.0.1.10=")
	}},
	{"as an object it goes by the same rules", func(s *scene) {
		s.isc("a", "b")
		s.pools("a", pool1)
		s.do(s.relate("x", "a", "b"))
		s.do(s.relate("y", "a", "b"))
		s.do(s.remove(hal.Some("{#17-#1}"), false))
		s.peers("a", "10.0.1.10=y")
	}},
	{"a server removed by force clears references, and asks for nothing", func(s *scene) {
		s.isc("a", "b", "c")
		s.pools("a", pool1)
		s.do(s.relate("x", "a", "b"))
		s.do(s.add("a", "x", net1))
		s.do(s.relate("y", "b", "c"))
		s.refused(s.remove(hal.Some("a"), false), errs.InUse, `"a"`, "1 scope", "1 failover relationship")
		s.do(s.remove(hal.Some("a"), true))
		s.states("", "y Empty")
		s.peers("b", "10.0.1.10=")
		s.scopes("b", net1+" true 10")
	}},
}
