package command_test

import (
	"strings"
	"testing"
	"time"

	"halxml/internal/command"
	"halxml/internal/errs"
)

func TestReportHostDiscovery(t *testing.T) {
	network := &hosts{alive: map[string]bool{}}
	s := newServiceWith(t, func(o *command.Options) { o.Pinger = network })
	s.space("lab")
	s.add("AddRange", `{"range":{"name":"10.0.0.0/16"}}`)
	s.add("AddDHCPServer", `{"dhcpServer":{"name":"dhcp1","type":"ISC"}}`)
	s.add("AddDHCPScope", `{"dhcpScope":{"name":"lan","rangeRef":"10.0.0.0/24","dhcpServerRef":"dhcp1"}}`)
	s.add("AddDHCPReservation", `{"dhcpReservation":{"name":"printer","clientIdentifier":"`+client2+`","addresses":["10.0.0.20"],"ownerRef":"lan"}}`)
	s.add("AddDevice", `{"device":{"name":"router","interfaces":[{"name":"eth0","addresses":["10.0.9.1"]}]}}`)
	s.define("IPAddress", "Owner", `"type":"String"`)
	for _, a := range []string{"10.0.0.5", "10.0.0.6", "10.0.9.1", "172.16.0.1", "2001:db8::1"} {
		network.alive[a] = true
		s.text("Ping", `{"addrRef":"`+a+`"}`)
	}
	s.text("Ping", `{"addrRef":"10.0.0.99"}`)
	s.text("SetProperties", `{"ref":"10.0.0.5","objType":"IPAddress","properties":[{"name":"Owner","value":"me"}]}`)
	s.text("SetProperties", `{"ref":"10.0.0.98","objType":"IPAddress","properties":[{"name":"claimed","value":"true"}]}`) // never seen
	s.now = s.now.Add(time.Hour)
	s.leased(1, "10.0.0.6 "+client1, "10.0.0.20 "+client2, "10.0.0.30 "+client3)

	const five = `{"addrRef":"{#8-#1}","address":"10.0.0.5","dnsHostNames":"","lastSeenDate":"Mar 4, 2026 05:06:07","lastDiscoveryDate":"Mar 4, 2026 05:06:07","lastKnownClientIdentifier":"","discoveryType":"Ping","customProperties":[{"name":"Owner","value":"me"}]}`
	const twenty = `{"addrRef":"10.0.0.20","address":"10.0.0.20","dnsHostNames":"","lastSeenDate":"Mar 4, 2026 06:06:07","lastDiscoveryDate":"","lastKnownClientIdentifier":"` + client2 + `","discoveryType":"Lease","customProperties":[]}`
	if got := s.text("ReportHostDiscovery", `{"type":"HostsWithData","subnetFilter":"10.0.0.0/24"}`); got != `{"entries":[`+five+`,`+twenty+`]}` {
		t.Errorf("with data: %s", got)
	}
	if got := s.xml("ReportHostDiscovery", `{"type":"HostsWithoutData","limit":1}`); !strings.Contains(got, "<entries><entry><addrRef>{#8-#2}</addrRef><address>10.0.0.6</address><dnsHostNames></dnsHostNames><lastSeenDate>Mar 4, 2026 06:06:07</lastSeenDate><lastDiscoveryDate>Mar 4, 2026 05:06:07</lastDiscoveryDate><lastKnownClientIdentifier>"+client1+"</lastKnownClientIdentifier><discoveryType>Lease</discoveryType>") {
		t.Errorf("as XML: %s", got)
	}
	for params, want := range map[string]string{
		`{"type":"HostsWithData"}`:                                                        "10.0.0.5 10.0.0.20 10.0.9.1",
		`{"type":"HostsWithoutData"}`:                                                     "10.0.0.6 10.0.0.30 172.16.0.1 2001:db8::1",
		`{"type":"HostsWithoutData","subnetFilter":"10.0"}`:                               "10.0.0.6 10.0.0.30",
		`{"type":"HostsWithoutData","subnetFilter":"subnet=true"}`:                        "10.0.0.6 10.0.0.30",
		`{"type":"HostsWithoutData","subnetFilter":"10.0.0.200"}`:                         "10.0.0.6 10.0.0.30",
		`{"type":"HostsWithoutData","subnetFilter":"name=192.168.0.0/24"}`:                "",
		`{"type":"HostsWithoutData","startDate":"Mar 4, 2026 06:00:00"}`:                  "10.0.0.6 10.0.0.30",
		`{"type":"HostsWithData","startDate":"Mar 4, 2026 05:06:07","limit":2}`:           "10.0.0.5 10.0.0.20",
		`{"type":"HostsWithData","startDate":"Mar 5, 2026","subnetFilter":"10.0.0.0/24"}`: "",
	} {
		if got := s.names("ReportHostDiscovery", params, "entries", "address"); got != want {
			t.Errorf("%s: %s, want %s", params, got, want)
		}
	}
	s.enter("lab")
	if got := s.names("ReportHostDiscovery", `{"type":"HostsWithoutData"}`, "entries", "address"); got != "" {
		t.Errorf("in another space: %s", got)
	}
	s.refused(errs.Missing, "ReportHostDiscovery", `{}`, "type: required")
	s.refused(errs.Invalid, "ReportHostDiscovery", `{"type":"HostsWithData","startDate":"soon"}`, "startDate", "soon")
	s.refused(errs.Invalid, "ReportHostDiscovery", `{"type":"HostsWithData","subnetFilter":"nosuch=1"}`, "nosuch")
}

func TestReconcileDHCPScope(t *testing.T) {
	s := newService(t)
	s.add("AddDHCPServer", `{"dhcpServer":{"name":"isc","type":"ISC"}}`)
	s.add("AddDHCPServer", `{"dhcpServer":{"name":"kea","type":"Kea"}}`)
	s.add("AddDHCPServer", `{"dhcpServer":{"name":"ms","type":"MSDHCP"}}`)
	for _, server := range []string{"isc", "ms"} {
		s.add("AddDHCPScope", `{"dhcpScope":{"name":"lan of `+server+`","rangeRef":"10.0.0.0/24","dhcpServerRef":"`+server+`"}}`)
	}
	for _, params := range []string{`{"ref":"lan of isc"}`, `{"ref":"{#7-#1}","fix":true,"saveComment":"checked"}`, `{"ref":"isc","objType":"DHCPServer"}`, `{"ref":"kea"}`} {
		if got := s.text("ReconcileDHCPScope", params); got != `{"dhcpScopeReconcileEntries":[]}` {
			t.Errorf("%s: %s", params, got)
		}
	}
	for _, params := range []string{`{"ref":"lan of ms"}`, `{"ref":"{#7-#2}","fix":true}`, `{"ref":"ms"}`} {
		s.refused(errs.NotSupported, "ReconcileDHCPScope", params, "ref", `server "ms" is of type MSDHCP`)
	}
	s.refused(errs.Missing, "ReconcileDHCPScope", `{}`, "ref: required")
	s.refused(errs.NotFound, "ReconcileDHCPScope", `{"ref":"nothing"}`, "nothing")
	s.refused(errs.NotFound, "ReconcileDHCPScope", `{"ref":"{#7-#9}"}`, "{#7-#9}")
	s.refused(errs.Invalid, "ReconcileDHCPScope", `{"ref":"{#6-#1}"}`, "is a Range")
	s.refused(errs.Invalid, "ReconcileDHCPScope", `{"ref":"{#7-#1}","objType":"DHCPServer"}`, "objType")
}
