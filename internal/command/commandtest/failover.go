package commandtest

import (
	"fmt"
	"slices"
	"testing"

	"halxml/wsdl/hal"
)

// scenario is one rule, told and read back.
type scenario struct {
	rule string
	play func(s *scene)
}

// Failover plays every rule of failover, each on an empty service that open
// opens.
func Failover(t *testing.T, open func(t *testing.T) Caller) {
	for _, group := range []struct {
		name      string
		scenarios []scenario
	}{
		{"peers", peerRules}, {"moves", moveRules}, {"removal", removalRules}, {"scopes", scopeRules}, {"partner", partnerRules},
		{"deconfigure", deconfigureRules}, {"replication", replicationRules}, {"parameters", parameterRules}, {"Kea", keaRules},
		{"Microsoft", microsoftRules}, {"faults", faultRules}, {"history", historyRules},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, sc := range group.scenarios {
				t.Run(sc.rule, func(t *testing.T) { sc.play(&scene{T: t, caller: open(t)}) })
			}
		})
	}
}

// option changes the relationship of a command.
type option func(*hal.DHCPFailoverRelationship)

// relate adds a relationship.
func (s *scene) relate(name, primary, secondary string, options ...option) command {
	r := &hal.DHCPFailoverRelationship{Name: hal.Some(name), PrimaryServer: text(primary), SecondaryServer: text(secondary)}
	for _, o := range options {
		o(r)
	}
	return command{"AddDHCPFailoverRelationship", &hal.AddDHCPFailoverRelationship{DHCPFailoverRelationship: r, SaveComment: text(s.comment)}}
}

// modify changes a relationship of a server.
func (s *scene) modify(server, name string, options ...option) command {
	r := &hal.DHCPFailoverRelationship{Name: hal.Some(name), DHCPServerRef: text(server)}
	for _, o := range options {
		o(r)
	}
	return command{"ModifyDHCPFailoverRelationship", &hal.ModifyDHCPFailoverRelationship{DHCPFailoverRelationship: r, SaveComment: text(s.comment)}}
}

// end is one relationship to remove.
type end struct {
	server, name, action, replacement string
}

// unrelate removes relationships.
func (s *scene) unrelate(ends ...end) command {
	req := &hal.RemoveDHCPFailoverRelationships{SaveComment: text(s.comment)}
	for _, e := range ends {
		item := hal.DHCPRefAndFailoverRelationshipName{
			DHCPServerRef: text(e.server), DHCPFailoverRelationshipName: hal.Some(e.name), ReplacementFailoverRelationshipName: text(e.replacement),
		}
		if e.action != "" {
			item.DHCPFailoverRelationshipDeconfigureAction = hal.Some(hal.DHCPFailoverDeconfigureAction(e.action))
		}
		req.DHCPRefAndFailoverRelationshipNames = append(req.DHCPRefAndFailoverRelationshipNames, item)
	}
	return command{"RemoveDHCPFailoverRelationships", req}
}

// add adds scopes of a server to a relationship.
func (s *scene) add(server, name string, cidrs ...string) command {
	s.Helper()
	return s.addRefs(server, name, s.scopeRefs(server, cidrs)...)
}

func (s *scene) addRefs(server, name string, refs ...string) command {
	return command{"AddDHCPScopesToDHCPFailoverRelationship", &hal.AddDHCPScopesToDHCPFailoverRelationship{
		DHCPServerRef: hal.Some(server), DHCPFailoverRelationshipName: hal.Some(name), DHCPScopeRefs: refs, SaveComment: text(s.comment),
	}}
}

// take takes scopes of a server out of a relationship.
func (s *scene) take(server, name, action string, cidrs ...string) command {
	s.Helper()
	req := &hal.RemoveDHCPScopesFromDHCPFailoverRelationship{
		DHCPServerRef: hal.Some(server), DHCPFailoverRelationshipName: hal.Some(name), DHCPScopeRefs: s.scopeRefs(server, cidrs), SaveComment: text(s.comment),
	}
	if action != "" {
		req.DHCPFailoverRelationshipDeconfigureAction = hal.Some(hal.DHCPFailoverDeconfigureAction(action))
	}
	return command{"RemoveDHCPScopesFromDHCPFailoverRelationship", req}
}

// replicate copies from a server; name and scope may be empty.
func (s *scene) replicate(server, name, scopeRef string) command {
	return command{"ReplicateDHCPFailover", &hal.ReplicateDHCPFailover{
		DHCPServerRef: hal.Some(server), DHCPFailoverRelationshipName: text(name), DHCPScopeRef: text(scopeRef), SaveComment: text(s.comment),
	}}
}

// relationships are those of a server; "" asks for all.
func (s *scene) relationships(server string) []hal.DHCPFailoverRelationship {
	s.Helper()
	return ask[*hal.GetDHCPFailoverRelationshipsResponse](s, "GetDHCPFailoverRelationships", &hal.GetDHCPFailoverRelationships{DHCPServerRef: text(server)}).DHCPFailoverRelationships
}

// see is a relationship as a server sees it.
func (s *scene) see(server, name string) *hal.DHCPFailoverRelationship {
	s.Helper()
	return ask[*hal.GetDHCPFailoverRelationshipResponse](s, "GetDHCPFailoverRelationship", &hal.GetDHCPFailoverRelationship{
		DHCPServerRef: text(server), DHCPFailoverRelationshipName: hal.Some(name),
	}).DHCPFailoverRelationship
}

// states holds a server's relationships to "name state", in any order.
func (s *scene) states(server string, want ...string) {
	s.Helper()
	var got []string
	for _, r := range s.relationships(server) {
		got = append(got, r.Name.V+" "+r.State.V)
	}
	slices.Sort(got)
	slices.Sort(want)
	s.equal("relationships of "+server, got, want...)
}

// members holds the scopes of a relationship, as a server sees it, to subnets.
func (s *scene) members(server, name string, cidrs ...string) {
	s.Helper()
	s.equal("scopes of "+name+" on "+server, s.see(server, name).DHCPScopeRefs, s.scopeRefs(server, cidrs)...)
}

// scopes holds a server's scopes to "name enabled addresses".
func (s *scene) scopes(server string, want ...string) {
	s.Helper()
	var got []string
	for _, x := range ask[*hal.GetDHCPScopesResponse](s, "GetDHCPScopes", &hal.GetDHCPScopes{Filter: hal.Some("dhcpServerRef=" + server)}).DHCPScopes {
		got = append(got, fmt.Sprintf("%s %v %d", x.Name.V, x.Enabled.V, x.Available.V))
	}
	s.equal("scopes of "+server, got, want...)
}

// The pools and subnets of the scenarios.
const (
	net1, net2, net3 = "10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"
	net6             = "2001:db8:1::/64"
	pool1            = "10.0.1.10-10.0.1.19"
	more1            = "10.0.1.20-10.0.1.29"
	pool2            = "10.0.2.10-10.0.2.19"
	pool3            = "10.0.3.10-10.0.3.19"
	pool6            = "2001:db8:1::10-2001:db8:1::19"
)

// isc is a scene with ISC servers.
func (s *scene) isc(names ...string) { s.Helper(); s.servers(hal.DHCPServerTypeISC, names...) }
