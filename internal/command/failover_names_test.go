package command_test

import (
	"fmt"
	"testing"

	"halxml/internal/errs"
)

// TestFailoverScopesByName names scopes as scripts do, by their name or range:
// when both partners have one, it is that of the server which the command names.
func TestFailoverScopesByName(t *testing.T) {
	s := newService(t)
	for _, server := range []string{"a", "b", "c"} {
		s.server(server, "ISC")
	}
	s.add("AddDHCPScope", `{"dhcpScope":{"name":"lan","rangeRef":"10.0.0.0/24","dhcpServerRef":"a"}}`)
	s.pool("lan", "10.0.0.10", "10.0.0.19")
	s.text("AddDHCPFailoverRelationship", `{"dhcpFailoverRelationship":{"name":"fo","primaryServer":"a","secondaryServer":"b"}}`)
	command := func(server, scope, more string) string {
		return fmt.Sprintf(`{"dhcpServerRef":%q,"dhcpFailoverRelationshipName":"fo","dhcpScopeRefs":[%q]%s}`, server, scope, more)
	}
	instances := func() string { return s.names("GetDHCPScopes", `{}`, "dhcpScopes", "dhcpServerRef") }
	for _, name := range []string{"lan", "10.0.0.0/24", "DHCPScopes/lan", "10.0.0.0-10.0.0.255"} {
		for _, server := range []string{"a", "b"} {
			s.text("AddDHCPScopesToDHCPFailoverRelationship", command("a", name, ""))
			if got := instances(); got != "{#3-#1} {#3-#2}" {
				t.Fatalf("%s on %s: the scope is on %s", name, server, got)
			}
			s.text("AddDHCPScopesToDHCPFailoverRelationship", command("a", name, "")) // is in it already
			s.text("ReplicateDHCPFailover", fmt.Sprintf(`{"dhcpServerRef":%q,"dhcpScopeRef":%q}`, server, name))
			s.refused(errs.Ambiguous, "GetDHCPScope", fmt.Sprintf(`{"dhcpScopeRef":%q}`, name))
			s.text("RemoveDHCPScopesFromDHCPFailoverRelationship", command(server, name, `,"dhcpFailoverRelationshipDeconfigureAction":"Delete"`))
			if got := instances(); got != "{#3-#1}" {
				t.Fatalf("%s on %s: the scope is still on %s", name, server, got)
			}
		}
	}
	s.text("AddDHCPScopesToDHCPFailoverRelationship", command("a", "lan", ""))
	s.add("AddDHCPScope", `{"dhcpScope":{"name":"LAN","rangeRef":"10.0.1.0/24","dhcpServerRef":"a"}}`)
	s.refused(errs.Ambiguous, "RemoveDHCPScopesFromDHCPFailoverRelationship", command("a", "lan", ""), "dhcpScopeRefs", "lan")
	s.text("RemoveDHCPScopesFromDHCPFailoverRelationship", command("b", "lan", `,"dhcpFailoverRelationshipDeconfigureAction":"Delete"`))
}
