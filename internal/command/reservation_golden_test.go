package command_test

import (
	"strings"
	"testing"
)

// TestListsInXML holds the lists of exclusions, groups and reservations to the
// elements and order of the WSDL: required ones are there, absent ones are not.
func TestListsInXML(t *testing.T) {
	s := newService(t)
	a, sc := s.network("ISC")
	s.group(a, "printers", "")
	s.group(a, "laser", "printers")
	s.reserve(sc, "00-11-22-AA-BB-CC", "10.0.0.5 10.0.0.6", `"name":"p1","ddnsHostName":"p1.corp.net","filename":"boot.img","serverName":"R&D","nextServer":"10.0.0.2"`)
	s.reserve("laser", "a client", "", `"name":"p2","reservationMethod":"ClientIdentifier"`)
	ms := s.scope(s.server("ms", "MSDHCP"), "10.0.1.0/24")
	s.add("AddDHCPExclusion", exclusion(ms, "10.0.1.5", "10.0.1.9"))
	for _, c := range []struct{ operation, params, want string }{
		{"GetDHCPExclusions", `{}`, `
			<dhcpExclusions><dhcpExclusion><ref>{#16-#1}</ref><name>10.0.1.5-10.0.1.9</name><from>10.0.1.5</from><to>10.0.1.9</to>
			<dhcpScopeRef>{#7-#2}</dhcpScopeRef></dhcpExclusion></dhcpExclusions><totalResults>1</totalResults>`},
		{"GetDHCPGroups", `{"ownerRef":"a"}`, `
			<dhcpGroups><dhcpGroup><ref>{#11-#1}</ref><name>printers</name><ownerRef>{#3-#1}</ownerRef></dhcpGroup>
			<dhcpGroup><ref>{#11-#2}</ref><name>laser</name><parentRef>{#11-#1}</parentRef><ownerRef>{#3-#1}</ownerRef></dhcpGroup>
			</dhcpGroups><totalResults>2</totalResults>`},
		{"GetDHCPReservations", `{"ownerRef":"10.0.0.0/24"}`, `
			<dhcpReservations><dhcpReservation><ref>{#9-#1}</ref><name>p1</name><clientIdentifier>00:11:22:aa:bb:cc</clientIdentifier>
			<addresses><address>10.0.0.5</address><address>10.0.0.6</address></addresses><type>BOTH</type>
			<reservationMethod>HardwareAddress</reservationMethod><ddnsHostName>p1.corp.net</ddnsHostName><filename>boot.img</filename>
			<serverName>R&amp;D</serverName><nextServer>10.0.0.2</nextServer><ownerRef>{#7-#1}</ownerRef></dhcpReservation>
			</dhcpReservations><totalResults>1</totalResults>`},
		{"GetDHCPReservations", `{"ownerRef":"laser"}`, `
			<dhcpReservations><dhcpReservation><ref>{#9-#2}</ref><name>p2</name><clientIdentifier>a client</clientIdentifier><addresses></addresses>
			<type>BOTH</type><reservationMethod>ClientIdentifier</reservationMethod><ownerRef>{#11-#2}</ownerRef></dhcpReservation>
			</dhcpReservations><totalResults>1</totalResults>`},
		{"GetDHCPReservations", `{"ownerRef":"a"}`, `<dhcpReservations></dhcpReservations><totalResults>0</totalResults>`},
		{"GetNextFreeReservationAddress", `{"objRef":"10.0.0.0/24","startAddress":"10.0.0.5"}`, `<address>10.0.0.7</address>`},
		{"GetNextFreeReservationAddress", `{"objRef":"10.0.0.0/24","startAddress":"10.0.0.255"}`, ``},
	} {
		var want strings.Builder
		for _, line := range strings.Split(c.want, "\n") {
			want.WriteString(strings.TrimSpace(line))
		}
		if got := s.xml(c.operation, c.params); got != want.String() {
			t.Errorf("%s %s:\n%s, want\n%s", c.operation, c.params, got, want.String())
		}
	}
}
