package command_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"halxml/internal/model"
	"halxml/store"
)

// furnished is a service with objects of every kind, most of them with a value
// in every field, for tests that go over all lists or all operations:
//
//   - the ISC servers dhcp1.example.com. and dhcp2.example.com. with the
//     relationship fo1, the Microsoft server ms.example.com., the Kea server
//     kea.example.com. and the Cisco one ios.example.com.;
//   - the ranges 10.0.0.0/16 and 2001:db8::/48, and scopes on subnets in them,
//     of which 10.0.0.0/24 is in the relationship;
//   - pools, exclusions, reservations, groups, options, definitions, classes,
//     policies, leases, devices, folders, properties and claimed addresses.
func furnished(t testing.TB) *service {
	t.Helper()
	s := newService(t)
	do := func(operation, format string, args ...any) {
		t.Helper()
		s.text(operation, fmt.Sprintf(format, args...))
	}
	do("AddAddressSpace", `{"addressSpace":{"name":"Plant <2>","description":"with the same networks"}}`)
	for _, p := range []struct{ objType, name, rest string }{
		{"DHCPServer", "Rack", `"type":"Integer"`}, {"Range", "Site", `"type":"String","listItems":["North","South"],"defaultValue":"North"`},
		{"Range", "Room", `"type":"String","parentProperty":"Site","listItems":["North:N1","North:N2","South:S1"]`},
		{"DHCPScope", "Billed", `"type":"Boolean"`}, {"IPAddress", "Owner", `"type":"String","multiLine":true`},
		{"Device", "Vendor", `"type":"String","mandatory":true`}, {"Interface", "Gateway", `"type":"IPAddress"`},
	} {
		s.define(p.objType, p.name, p.rest)
	}
	for i, server := range []struct{ name, kind, more string }{
		{"dhcp1.example.com.", "ISC", ""}, {"dhcp2.example.com.", "ISC", `,"enabled":false`}, {"ms.example.com.", "MSDHCP", `,"proxy":"agent.example.com."`},
		{"kea.example.com.", "Kea", ""}, {"ios.example.com.", "IOS", `,"username":"admin","password":"secret","enablePassword":"more","security":"SSH2"`},
	} {
		do("AddDHCPServer", `{"dhcpServer":{"name":%q,"address":"192.0.2.%d","type":%q,"customProperties":[{"name":"Rack","value":"%d"}]%s}}`, server.name, 1+i, server.kind, 7-i, server.more)
	}
	do("AddRange", `{"range":{"name":"10.0.0.0/16","autoAssign":true,"isContainer":true,"customProperties":[{"name":"Title","value":"All <offices> & labs"}]}}`)
	do("AddRange", `{"range":{"name":"2001:db8::/48","inheritAccess":false}}`)
	do("AddRange", `{"range":{"name":"10.0.9.10-10.0.9.20","locked":true,"customProperties":[{"name":"Site","value":"South"},{"name":"Room","value":"S1"},{"name":"Description","value":"Büro\nzwei"}]},"discovery":{"interval":2,"unit":"Days","enabled":true,"startTime":"Mar 5, 2026 01:00:00"}}`)
	for _, scope := range []struct{ name, rng, server, more string }{
		{"lan", "10.0.0.0/24", "dhcp1.example.com.", `,"superscope":"campus","description":"first floor"`},
		{"lab", "10.0.1.0/24", "dhcp1.example.com.", `,"enabled":false`},
		{"office", "10.0.2.0/24", "ms.example.com.", ""}, {"kea4", "10.0.3.0/24", "kea.example.com.", ""}, {"kea6", "2001:db8::/64", "kea.example.com.", ""},
		{"branch", "10.0.4.0/24", "ios.example.com.", ""},
	} {
		do("AddDHCPScope", `{"dhcpScope":{"name":%q,"rangeRef":%q,"dhcpServerRef":%q%s}}`, scope.name, scope.rng, scope.server, scope.more)
	}
	for _, pool := range [][3]string{
		{"lan", "10.0.0.100", "10.0.0.199"}, {"lan", "10.0.0.210", "10.0.0.219"}, {"lab", "10.0.1.100", "10.0.1.199"}, {"office", "10.0.2.10", "10.0.2.250"},
		{"kea4", "10.0.3.100", "10.0.3.199"}, {"kea6", "2001:db8::1000", "2001:db8::1fff"},
	} {
		s.pool(pool[0], pool[1], pool[2])
	}
	s.add("AddDHCPExclusion", exclusion("office", "10.0.2.20", "10.0.2.29"))
	s.add("AddDHCPExclusion", exclusion("branch", "10.0.4.1", "10.0.4.9"))
	s.group("dhcp1.example.com.", "printers", "")
	s.group("dhcp1.example.com.", "laser", "printers")
	do("AddDHCPFailoverRelationship", `{"dhcpFailoverRelationship":{"name":"fo1","primaryServer":"dhcp1.example.com.","secondaryServer":"dhcp2.example.com."}}`)
	do("AddDHCPScopesToDHCPFailoverRelationship", `{"dhcpServerRef":"dhcp1.example.com.","dhcpFailoverRelationshipName":"fo1","dhcpScopeRefs":["lan"]}`)
	do("SetProperties", `{"ref":"{#7-#1}","properties":{"Billed":"yes"}}`)
	s.reserve("{#7-#1}", "00-11-22-AA-BB-CC", "10.0.0.5 10.0.0.6", `"name":"p1","ddnsHostName":"p1.corp.net","filename":"boot.img","serverName":"R&D","nextServer":"10.0.0.2"`)
	s.reserve("laser", "a client", "", `"name":"p2","reservationMethod":"ClientIdentifier"`)
	s.reserve("office", "00:11:22:aa:bb:dd", "10.0.2.5", `"name":"p3","type":"DHCP","description":"by the door"`)
	s.reserve("kea6", "00:11:22:aa:bb:ee", "2001:db8::5 2001:db8::6", `"name":"p4"`)
	s.text("AddDHCPOptionDefinition", define("dhcp1.example.com.", "R&D::7", "url", "String", ""))
	s.text("AddDHCPOptionDefinition", define("ms.example.com.", "::252", "wpad", "String", ""))
	s.setOptions("dhcp1.example.com.", "R&D:guests:url", "http://x/?a&b", "::15", "corp.example")
	s.setOptions("{#7-#1}", "::3", "10.0.0.1,10.0.0.2")
	s.setOptions("office", "::3", "10.0.2.1")
	do("SetDHCPAddressPoolPermitList", `{"dhcpAddressPoolRef":"{#10-#1}","dhcpAddressPoolPermits":[{"permit":"MembersOfDHCPClass","access":"Allow","className":"phones"},{"permit":"UnknownClients","access":"Deny"}]}`)
	do("SetDHCPSubclasses", `{"dhcpServerRef":"dhcp1.example.com.","dhcpClassName":"phones","dhcpSubclasses":["00-11-22-33-44-55","<desk>"]}`)
	s.text("AddDHCPPolicy", policy("office", "phones", `,"description":"desk phones","ranges":[{"from":"10.0.2.50","to":"10.0.2.59"}],"ddnsSettings":{"enabled":false},"leaseDuration":{"leaseSetting":"Limited","leaseDuration":3600}`))
	s.text("AddDHCPPolicy", policy("office", "plain", ""))
	do("AddDevice", `{"device":{"name":"router1","customProperties":[{"name":"Vendor","value":"Acme"}],"interfaces":[{"name":"eth1","clientIdentifier":"00-11-22-AA-BB-01","addresses":["10.0.0.1","2001:db8::1"],"customProperties":[{"name":"Gateway","value":"10.0.0.1"}]},{"name":"eth0"}]}}`)
	do("AddDevice", `{"device":{"name":"router2","customProperties":[{"name":"Vendor","value":"Bolt"}]}}`)
	do("AddInterface", `{"interface":{"name":"ge-0/0/0","addresses":["10.0.0.2"],"deviceRef":"router2"}}`)
	north := s.folder("North", "DHCPScope", "")
	s.folder("Cellar", "DHCPScope", north)
	south := s.folder("South", "Range", "")
	do("PlaceInFolder", `{"folderRef":%q,"objRefs":["{#7-#1}","office"]}`, north)
	do("PlaceInFolder", `{"folderRef":%q,"objRefs":["10.0.9.10-10.0.9.20"]}`, south)
	do("SetProperties", `{"ref":"10.0.0.40","objType":"IPAddress","properties":{"claimed":"true","Owner":"Ann"},"saveComment":"for the camera"}`)
	do("SetRoutersForRange", `{"rangeRef":"10.0.1.0/24","addresses":["10.0.1.1","10.0.1.2"]}`)
	s.leased(1, "10.0.0.101 00:11:22:33:44:01 laptop", "10.0.0.102 00:11:22:33:44:02 phone")
	s.leased(2, "10.0.0.101 00:11:22:33:44:01 laptop")
	s.leased(3, "10.0.2.31 00:11:22:33:44:03")
	s.seen("10.0.0.40", "00:11:22:33:44:09")
	s.now = s.now.Add(90 * time.Minute)
	s.session = s.get("Login", `{"server":"any","loginName":"administrator","password":"`+adminPassword+`"}`)["session"].(string)
	s.leased(1, "10.0.0.101 00:11:22:33:44:01 laptop", "10.0.0.103 00:11:22:33:44:02 phone", "10.0.1.104 00:11:22:33:44:02 phone")
	do("SetProperties", `{"ref":"lab","properties":{"description":"benches"},"saveComment":"tidied up"}`)
	return s
}

// seen notes what a search of the network found out of an address that is known.
func (s *service) seen(address, client string) {
	s.t.Helper()
	schema := store.NewSchema()
	err := s.store.Update(s.t.Context(), func(tx store.Tx) error {
		a, err := schema.AddressesByAddr.First(tx, store.Key{}.ID(model.DefaultSpace).Addr(netip.MustParseAddr(address)))
		if err != nil {
			return err
		}
		a.Discovery, a.LastClient, a.LastSeen, a.LastDiscovery = "Ping", client, s.now, s.now.Add(time.Minute)
		return schema.Addresses.Update(tx, a)
	})
	if err != nil {
		s.t.Fatal(err)
	}
}
