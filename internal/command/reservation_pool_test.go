package command_test

import (
	"fmt"
	"testing"

	"halxml/internal/errs"
)

func (s *service) allowInPools(yes bool) {
	s.t.Helper()
	s.text("SetSystemSettings", fmt.Sprintf(`{"systemSettings":[{"name":"allowReservationsInPools","value":"%t"}]}`, yes))
}

func TestPoolsAreSplitAroundReservations(t *testing.T) {
	s := newService(t)
	s.allowInPools(true)
	_, _, here, there := s.joined("ISC")
	pools := func(want string, available float64) {
		t.Helper()
		for _, scope := range []string{here, there} {
			if got := s.names("GetDHCPAddressPools", fmt.Sprintf(`{"dhcpScopeRef":%q,"sortBy":"from"}`, scope), "dhcpAddressPools", "name"); got != want {
				t.Errorf("pools of %s: %s, want %s", scope, got, want)
			}
			for _, peer := range s.get("GetDHCPAddressPools", fmt.Sprintf(`{"dhcpScopeRef":%q}`, scope))["dhcpAddressPools"].([]any) {
				if got := peer.(map[string]any)["failoverPeer"]; got != "fo" {
					t.Errorf("a pool of %s has the peer %v", scope, got)
				}
			}
			if got := s.available(scope); got != available {
				t.Errorf("%s has %v addresses, want %v", scope, got, available)
			}
		}
	}
	s.reserve(here, "00:11:22:33:44:01", "10.0.0.150")
	pools("10.0.0.100-10.0.0.149 10.0.0.151-10.0.0.199", 99)
	s.reserve(there, "00:11:22:33:44:02", "10.0.0.100 10.0.0.199")
	pools("10.0.0.101-10.0.0.149 10.0.0.151-10.0.0.198", 97)
	g := s.group("b", "g", "")
	s.reserve(g, "00:11:22:33:44:03", "10.0.0.103 10.0.0.101 10.0.0.102", `"name":"grouped"`)
	pools("10.0.0.104-10.0.0.149 10.0.0.151-10.0.0.198", 94)
	ref := s.reserve(here, "00:11:22:33:44:04", "")
	s.set(ref, `{"addresses":"10.0.0.152"}`)
	pools("10.0.0.104-10.0.0.149 10.0.0.151-10.0.0.151 10.0.0.153-10.0.0.198", 93)
	s.set(ref, `{"addresses":"10.0.0.151"}`)
	pools("10.0.0.104-10.0.0.149 10.0.0.153-10.0.0.198", 92)

	// A new or larger pool is split around what is reserved already.
	s.add("AddDHCPAddressPool", fmt.Sprintf(`{"dhcpAddressPool":{"dhcpScopeRef":%q,"from":"10.0.0.150","to":"10.0.0.152"}}`, here))
	pools("10.0.0.104-10.0.0.149 10.0.0.152-10.0.0.152 10.0.0.153-10.0.0.198", 93)
	last := s.names("GetDHCPAddressPools", fmt.Sprintf(`{"dhcpScopeRef":%q,"filter":"to=10.0.0.198"}`, here), "dhcpAddressPools", "ref")
	s.set(last, `{"to":"10.0.0.201"}`)
	pools("10.0.0.104-10.0.0.149 10.0.0.152-10.0.0.152 10.0.0.153-10.0.0.198 10.0.0.200-10.0.0.201", 95)
	s.refused(errs.Conflict, "AddDHCPAddressPool", fmt.Sprintf(`{"dhcpAddressPool":{"dhcpScopeRef":%q,"from":"10.0.0.150","to":"10.0.0.151"}}`, here), "dhcpAddressPool.from", "every address")
}

func TestNextFreeReservationAddress(t *testing.T) {
	s := newService(t)
	a, b := s.server("a", "MSDHCP"), s.server("b", "MSDHCP")
	here, there := s.scope(a, "10.0.0.0/28"), s.scope(b, "10.0.0.0/28")
	next := func(params, want string) {
		t.Helper()
		if got := s.text("GetNextFreeReservationAddress", params); got != want {
			t.Errorf("%s: %s, want %s", params, got, want)
		}
	}
	found := func(address string) string { return fmt.Sprintf(`{"address":%q}`, address) }
	of := func(more string) string { return fmt.Sprintf(`{"objRef":%q%s}`, here, more) }
	next(of(""), found("10.0.0.1"))
	s.reserve(here, "00:11:22:33:44:01", "10.0.0.1")
	s.reserve(there, "00:11:22:33:44:02", "10.0.0.2")
	s.add("AddDHCPExclusion", exclusion(here, "10.0.0.3", "10.0.0.5"))
	s.pool(here, "10.0.0.6", "10.0.0.7")
	next(of(""), found("10.0.0.6"))
	next(of(`,"considerExclusionRange":true`), found("10.0.0.3"))
	next(of(`,"startAddress":"10.0.0.4","considerExclusionRange":true`), found("10.0.0.4"))
	next(of(`,"startAddress":"10.0.0.9"`), found("10.0.0.9"))
	next(of(`,"startAddress":"10.0.0.0"`), found("10.0.0.6"))
	next(`{"objRef":"10.0.0.0/28"}`, found("10.0.0.6"))
	next(`{"objRef":"{#6-#1}"}`, found("10.0.0.6"))
	next(of(`,"startAddress":"10.0.0.15"`), found(""))
	s.reserve(here, "00:11:22:33:44:03", "10.0.0.14")
	next(of(`,"startAddress":"10.0.0.14"`), found(""))

	// In a pool of an ISC server a reservation may not lie, unless it is allowed.
	for _, allowed := range []bool{false, true} {
		s := newService(t)
		s.allowInPools(allowed)
		_, sc := s.network("ISC")
		s.pool(sc, "10.0.0.1", "10.0.0.9")
		s.pool(sc, "10.0.0.10", "10.0.0.19")
		s.reserve(sc, "00:11:22:33:44:01", "10.0.0.20")
		want := found("10.0.0.21")
		if allowed {
			want = found("10.0.0.1")
		}
		if got := s.text("GetNextFreeReservationAddress", fmt.Sprintf(`{"objRef":%q}`, sc)); got != want {
			t.Errorf("allowed %v: %s", allowed, got)
		}
		six := s.scope(s.server("kea", "Kea"), "2001:db8::/64")
		if got := s.text("GetNextFreeReservationAddress", fmt.Sprintf(`{"objRef":%q,"startAddress":"2001:db8::ff"}`, six)); got != found("2001:db8::ff") {
			t.Errorf("IPv6: %s", got)
		}
	}

	// Nor is one offered that is in use otherwise, held, or a router's; of a full
	// scope none is, however large.
	big := s.scope(a, "10.64.0.0/14")
	s.text("SetDHCPOptions", fmt.Sprintf(`{"ref":%q,"dhcpOptions":[{"option":"::3","value":"10.64.0.1"}]}`, big))
	s.text("SetProperties", `{"ref":"10.64.0.2","objType":"IPAddress","properties":[{"name":"claimed","value":"true"}]}`)
	s.text("GetNextFreeAddress", `{"rangeRef":"10.64.0.0/14","temporaryClaimTime":60}`)
	next(fmt.Sprintf(`{"objRef":%q}`, big), found("10.64.0.4"))
	s.add("AddDHCPExclusion", exclusion(big, "10.64.0.4", "10.67.255.254"))
	next(fmt.Sprintf(`{"objRef":%q}`, big), found(""))

	s.rng("10.9.0.0/24")
	s.refused(errs.Missing, "GetNextFreeReservationAddress", `{}`, "objRef")
	s.refused(errs.NotFound, "GetNextFreeReservationAddress", `{"objRef":"nobody"}`, "nobody")
	s.refused(errs.Invalid, "GetNextFreeReservationAddress", `{"objRef":"10.9.0.0/24"}`, "no DHCP scope")
	s.refused(errs.Invalid, "GetNextFreeReservationAddress", `{"objRef":"{#3-#1}"}`, "DHCPServer")
	s.refused(errs.Invalid, "GetNextFreeReservationAddress", of(`,"startAddress":"x"`), "startAddress")
	s.refused(errs.Invalid, "GetNextFreeReservationAddress", of(`,"startAddress":"10.0.1.1"`), "startAddress")
}
