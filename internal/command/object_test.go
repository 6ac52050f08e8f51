package command_test

import (
	"fmt"
	"strings"
	"testing"

	"halxml/internal/errs"
)

// TestSettingWhatIsThere sets properties to what they are already, in other
// spellings: nothing changes and the history stays as it is.
func TestSettingWhatIsThere(t *testing.T) {
	s := furnished(t)
	before := s.everything()
	for _, c := range []struct{ ref, properties string }{
		{"{#7-#1}", `{"enabled":"1","name":" lan ","rangeRef":"10.0.0.0/24","dhcpServerRef":"DHCPServers/dhcp1.example.com","Billed":"1"}`},
		{"lab", `{"enabled":"No","dhcpServerRef":"DHCP1.example.com."}`},
		{"dhcp1.example.com.", `{"enabled":"yes","type":"isc"}`},
		{"p2", `{"reservationMethod":"clientidentifier"}`},
		{"{#6-#1}", `{"autoAssign":"1","isContainer":"yes","locked":"0","from":"10.0.0.0"}`},
		{"{#6-#2}", `{"from":"2001:DB8:0::","inheritAccess":"no"}`},
		{"{#6-#4}", `{"parentRef":"10.0.0.0/16"}`},
		{"{#10-#6}", `{"from":"2001:db8:0:0::1000","dhcpScopeRef":"kea6"}`},
		{"{#16-#1}", `{"from":"10.0.2.20","dhcpScopeRef":"office"}`},
		{"p2", `{"clientIdentifier":" a client "}`},
		{"{#9-#1}", `{"clientIdentifier":"0011.22aa.bbcc","addresses":"10.0.0.5 , 10.0.0.6","ownerRef":"DHCPScopes/1"}`},
		{"{#9-#5}", `{"addresses":"2001:DB8::0:5, 2001:db8::6"}`},
		{"eth1", `{"clientIdentifier":"00-11-22-aa-bb-01","deviceRef":"router1","addresses":"10.0.0.1 2001:db8:0::1"}`},
		{"10.0.0.40", `{"claimed":"1"}`},
		{"fo1", `{"mclt":" 03600","primaryServerRef":"{#3-#1}","failoverMode":"LOADBALANCE"}`},
	} {
		objType := ""
		if c.ref == "fo1" {
			objType = `,"objType":"DHCPFailoverPeer"`
		}
		s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":%s%s}`, c.ref, c.properties, objType))
		if after := s.everything(); after != before {
			t.Fatalf("%s %s changed\n%s\nto\n%s", c.ref, c.properties, before, after)
		}
	}
	// What changes is told as it is shown from then on, and kept like that.
	s.set("ios.example.com", `{"security":"telnet"}`)
	if got := s.text("GetDHCPServers", `{"filter":"type:^IOS$"}`); !strings.Contains(got, `"security":"Telnet"`) {
		t.Errorf("the security of a server is not Telnet: %s", got)
	}
	s.refused(errs.Invalid, "SetProperties", set("dhcp1.example.com", `{"security":"none"}`), "properties.security", "none")
	s.set("{#7-#1}", `{"enabled":"0"}`)
	s.set("{#9-#1}", `{"clientIdentifier":"00-11-22-AA-BB-CD"}`)
	if got := s.text("GetHistory", `{"limit":4}`); !strings.Contains(got, `enabled \"true\" → \"false\"`) || !strings.Contains(got, `clientIdentifier \"00:11:22:aa:bb:cc\" → \"00:11:22:aa:bb:cd\"`) {
		t.Errorf("the history is %s", got)
	}
	for _, properties := range []string{`{"available":"7"}`, `{"rangeRef":"10.0.1.0/24"}`, `{"dhcpServerRef":"nobody"}`} {
		s.refused(errs.Invalid, "SetProperties", set("{#7-#1}", properties), "read-only")
	}
	s.refused(errs.NotFound, "SetProperties", `{"ref":"Cellar","objType":"Folder","properties":{"parentRef":"nobody"}}`, "nobody")
	s.refused(errs.NotFound, "SetProperties", `{"ref":"North","objType":"Folder","properties":{"parentRef":"nobody"}}`, "nobody")
}

// TestFaultsOfReferences reads as a person does what a wrong reference or name
// is answered with.
func TestFaultsOfReferences(t *testing.T) {
	s := furnished(t)
	for _, c := range []struct {
		code               errs.Code
		operation, request string
		want               string
	}{
		{errs.Ambiguous, "GetDHCPScope", `{"dhcpScopeRef":"lan"}`, `dhcpScopeRef: "lan" names more than one DHCP scope, such as {#7-#1} and {#7-#7}; use a reference`},
		{errs.Invalid, "GetRange", `{"rangeRef":"{#12-#1}"}`, `rangeRef: "{#12-#1}" is a reference to an ADSite, not to a Range`},
		{errs.Invalid, "SetProperties", set("10.0.0.40", `{"color":"red"}`), `properties: an IPAddress has no property "color"`},
		{errs.NotFound, "RemoveObject", `{"ref":"{#99-#1}"}`, `Object not found for reference "{#99-#1}" (ref: no such object)`},
		{errs.NotImplemented, "RemoveObject", `{"ref":"{#4-#1}"}`, `ref: objects of type DNSZone are not served`},
	} {
		s.refused(c.code, c.operation, c.request, c.want)
	}
}

// TestRemovingWhatGoesWithOthers removes objects together of which one goes
// with another of them.
func TestRemovingWhatGoesWithOthers(t *testing.T) {
	s := newService(t)
	s.server("k1", "Kea")
	s.server("k2", "Kea")
	s.text("AddDHCPFailoverRelationship", `{"dhcpFailoverRelationship":{"name":"ha","primaryServer":"k1","secondaryServer":"k2","failoverMode":"HotStandby"}}`)
	s.scope("k1", "10.0.0.0/24")
	both := s.names("GetDHCPScopes", `{}`, "dhcpScopes", "ref")
	if both != "{#7-#1} {#7-#2}" {
		t.Fatalf("the scopes are %s", both)
	}
	pool := s.pool("{#7-#1}", "10.0.0.10", "10.0.0.19")
	before := s.everything()
	if got := s.text("RemoveObjects", fmt.Sprintf(`{"objRefs":["{#7-#1}","{#7-#2}",%q,"{#7-#9}"]}`, pool)); !strings.HasPrefix(got, `{"errors":[{"ref":"{#7-#9}"`) || strings.Count(got, `"ref"`) != 1 {
		t.Errorf("with one that is not there: %s", got)
	}
	if s.everything() != before {
		t.Error("a failed RemoveObjects changed something")
	}
	if got := s.text("RemoveObjects", fmt.Sprintf(`{"objRefs":["{#7-#1}","{#7-#2}",%q,"{#7-#1}"]}`, pool)); got != `{"errors":[]}` {
		t.Errorf("both instances: %s", got)
	}
	if got := s.names("GetDHCPScopes", `{}`, "dhcpScopes", "ref"); got != "" {
		t.Errorf("left: %s", got)
	}
	s.refused(errs.NotFound, "RemoveObject", `{"ref":"{#7-#2}"}`, "{#7-#2}")
}

// TestHistoryCountsPools tells of one pool in the singular.
func TestHistoryCountsPools(t *testing.T) {
	s := newService(t)
	s.server("a", "ISC")
	s.server("b", "ISC")
	sc := s.scope("a", "10.0.0.0/24")
	s.pool(sc, "10.0.0.10", "10.0.0.19")
	relate := func(name string) {
		t.Helper()
		s.text("AddDHCPFailoverRelationship", fmt.Sprintf(`{"dhcpFailoverRelationship":{"name":%q,"primaryServer":"a","secondaryServer":"b"}}`, name))
	}
	told := func(want string) {
		t.Helper()
		if got := s.text("GetHistory", `{"objType":"DHCPFailoverPeer","limit":1}`); !strings.Contains(got, want) {
			t.Errorf("%s is not in %s", want, got)
		}
	}
	relate("one")
	told("on a 1 address pool now refers to it: 10.0.0.10-10.0.0.19")
	relate("two")
	remove := func(name string) {
		t.Helper()
		s.text("RemoveDHCPFailoverRelationships", fmt.Sprintf(`{"dhcpRefAndFailoverRelationshipNames":[{"dhcpServerRef":"a","dhcpFailoverRelationshipName":%q}]}`, name))
	}
	remove("one")
	told("on a 1 address pool now refers to two: 10.0.0.10-10.0.0.19")
	remove("two")
	told("on a 1 address pool refers to no peer now: 10.0.0.10-10.0.0.19")
	s.pool(sc, "10.0.0.30", "10.0.0.39")
	relate("three")
	told("on a 2 address pools now refer to it: 10.0.0.10-10.0.0.19, 10.0.0.30-10.0.0.39")
}
