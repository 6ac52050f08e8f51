package command_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"halxml/internal/errs"
	"halxml/internal/lease"
	"halxml/internal/model"
	"halxml/store"
)

// leased tells the service all leases of a server, each "address client name":
// active since now and for an hour.
func (s *service) leased(server model.ID, texts ...string) {
	s.t.Helper()
	var all []model.Lease
	for _, text := range texts {
		w := strings.Fields(text)
		l := model.Lease{Addr: netip.MustParseAddr(w[0]), Hardware: w[1], Identifier: "01:" + w[1], State: model.LeaseActive, Starts: s.now, Ends: s.now.Add(time.Hour)}
		if len(w) > 2 {
			l.Hostname = w[2]
		}
		all = append(all, l)
	}
	table := &lease.Table{Store: s.store, Schema: store.NewSchema(), Now: s.clock}
	if _, err := table.Ingest(s.t.Context(), server, lease.Reading{Leases: all}, model.SourceFile); err != nil {
		s.t.Fatal(err)
	}
}

const (
	client1 = "00:11:22:33:44:01"
	client2 = "00:11:22:33:44:02"
	client3 = "00:11:22:33:44:03"
)

// newLeases is a service with the servers dhcp1 and dhcp2 of ISC, each with a
// scope on 10.0.0.0/24 (lan1, lan2), dhcp1 with one on 10.0.1.0/24 too.
func newLeases(t *testing.T) *service {
	t.Helper()
	s := newService(t)
	for _, n := range []string{"1", "2"} {
		s.add("AddDHCPServer", `{"dhcpServer":{"name":"dhcp`+n+`","type":"ISC","address":"192.0.2.`+n+`"}}`)
		s.add("AddDHCPScope", `{"dhcpScope":{"name":"lan`+n+`","rangeRef":"10.0.0.0/24","dhcpServerRef":"dhcp`+n+`"}}`)
	}
	s.add("AddDHCPScope", `{"dhcpScope":{"name":"far","rangeRef":"10.0.1.0/24","dhcpServerRef":"dhcp1"}}`)
	s.leased(1, "10.0.0.9 "+client2+" b", "10.0.0.10 "+client1+" a", "10.0.1.5 "+client3+" c", "10.0.1.6 "+client1+" a")
	s.leased(2, "10.0.0.9 "+client2+" b")
	return s
}

func TestLeases(t *testing.T) {
	s := newLeases(t)
	const want = `{"dhcpLeases":[` +
		`{"name":"b","type":"DHCP","mac":"` + client2 + `","address":"10.0.0.9","lease":"Mar 4, 2026 06:06:07","state":"active","dhcpScopeRef":"{#7-#1}"},` +
		`{"name":"a","type":"DHCP","mac":"` + client1 + `","address":"10.0.0.10","lease":"Mar 4, 2026 06:06:07","state":"active","dhcpScopeRef":"{#7-#1}"}],` +
		`"totalResults":2}`
	if got := s.text("GetDHCPLeases", `{"dhcpScopeRef":"lan1"}`); got != want {
		t.Errorf("the leases are\n%s\nwant\n%s", got, want)
	}
	for params, want := range map[string]string{
		`"sortBy":"name"`: "a b",
		`"sortBy":"address","sortOrder":"Descending"`:  "a b",
		`"filter":"name=a"`:                            "a",
		`"filter":"mac=` + client2 + `"`:               "b",
		`"filter":"address=10.0.0.9"`:                  "b",
		`"filter":"state=active","limit":1`:            "b",
		`"filter":"state=active","offset":1,"limit":1`: "a",
		`"filter":"type=BOOTP"`:                        "",
		`"filter":"dhcpScopeRef={#7-#1}"`:              "b a",
	} {
		if got := s.names("GetDHCPLeases", `{"dhcpScopeRef":"lan1",`+params+`}`, "dhcpLeases", "name"); got != want {
			t.Errorf("%s: %q, want %q", params, got, want)
		}
	}
	if got := s.get("GetDHCPLeases", `{"dhcpScopeRef":"lan1","limit":1}`)["totalResults"]; got != 2.0 {
		t.Errorf("totalResults of a page: %v", got)
	}
	s.refused(errs.Missing, "GetDHCPLeases", `{}`, "dhcpScopeRef")
	s.refused(errs.NotFound, "GetDHCPLeases", `{"dhcpScopeRef":"no"}`, "dhcpScopeRef", "no")
	s.refused(errs.Invalid, "GetDHCPLeases", `{"dhcpScopeRef":"lan1","sortBy":"colour"}`, "sortBy", "colour")
}

func TestReleaseLease(t *testing.T) {
	s := newLeases(t)
	s.refused(errs.Missing, "ReleaseDHCPLease", `{}`, "dhcpScopeRef")
	s.refused(errs.Missing, "ReleaseDHCPLease", `{"dhcpScopeRef":"lan1"}`, "lease")
	s.refused(errs.Invalid, "ReleaseDHCPLease", `{"dhcpScopeRef":"lan1","lease":"x"}`, "lease", `"x"`)
	s.refused(errs.NotFound, "ReleaseDHCPLease", `{"dhcpScopeRef":"lan1","lease":"10.0.0.8"}`, "lease", "10.0.0.8", "lan1")
	s.refused(errs.NotFound, "ReleaseDHCPLease", `{"dhcpScopeRef":"lan3","lease":"10.0.0.9"}`, "dhcpScopeRef", "lan3")
	s.refused(errs.Missing, "ReleaseDHCPLeases", `{}`, "dhcpLeaseRef")
	s.refused(errs.NotFound, "ReleaseDHCPLeases", `{"dhcpLeaseRef":[{"dhcpScopeRef":"lan1","lease":"10.0.0.9"},{"dhcpScopeRef":"lan1","lease":"10.0.0.8"}]}`,
		"dhcpLeaseRef.lease", "10.0.0.8")

	// The partner tells of the same lease: it is released there too.
	s.text("ReleaseDHCPLease", `{"dhcpScopeRef":"lan1","lease":"10.0.0.9","saveComment":"gone"}`)
	for _, scope := range []string{"lan1", "lan2"} {
		if got := s.names("GetDHCPLeases", `{"dhcpScopeRef":"`+scope+`","filter":"address=10.0.0.9"}`, "dhcpLeases", "state"); got != "released" {
			t.Errorf("%s: %q", scope, got)
		}
	}
	if got := s.text("GetHistory", `{"limit":1}`); !strings.Contains(got, "10.0.0.9 of "+client2+" released") || !strings.Contains(got, "the server itself was not told") || !strings.Contains(got, "gone") {
		t.Errorf("history: %s", got)
	}
	s.refused(errs.Invalid, "ReleaseDHCPLease", `{"dhcpScopeRef":"lan1","lease":"10.0.0.9"}`, "lease", "released")
	s.text("ReleaseDHCPLeases", `{"dhcpLeaseRef":[{"dhcpScopeRef":"lan1","lease":"10.0.0.10"},{"dhcpScopeRef":"far","lease":"10.0.1.5"}]}`)
	if got := s.names("GetDHCPLeases", `{"dhcpScopeRef":"far"}`, "dhcpLeases", "state"); got != "released active" {
		t.Errorf("several: %q", got)
	}
}

func TestConcurrentLeases(t *testing.T) {
	s := newLeases(t)
	const want = `{"dhcpConcurrentLeases":[` +
		`{"dhcpServerRef":"{#3-#1}","dhcpServerName":"dhcp1","dhcpScopeRef":"{#7-#1}","dhcpScopeName":"lan1","name":"a","type":"DHCP","mac":"` + client1 + `","address":"10.0.0.10","lease":"Mar 4, 2026 06:06:07","state":"active"},` +
		`{"dhcpServerRef":"{#3-#1}","dhcpServerName":"dhcp1","dhcpScopeRef":"{#7-#3}","dhcpScopeName":"far","name":"a","type":"DHCP","mac":"` + client1 + `","address":"10.0.1.6","lease":"Mar 4, 2026 06:06:07","state":"active"}]}`
	if got := s.text("GetDHCPConcurrentLeases", `{}`); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	s.text("ReleaseDHCPLease", `{"dhcpScopeRef":"far","lease":"10.0.1.6"}`)
	if got := s.text("GetDHCPConcurrentLeases", `{}`); got != `{"dhcpConcurrentLeases":[]}` {
		t.Errorf("after the release: %s", got)
	}
}

func TestLeaseHistory(t *testing.T) {
	s := newLeases(t)
	for range 3 { // client2 renews, the others are gone at once
		s.now = s.now.Add(10 * time.Minute)
		s.leased(1, "10.0.0.9 "+client2+" b")
	}
	s.text("ReleaseDHCPLease", `{"dhcpScopeRef":"lan1","lease":"10.0.0.9"}`)
	events := func(params string) string {
		t.Helper()
		return s.names("GetDHCPLeaseHistory", `{`+params+`}`, "dhcpLeaseHistoryEntries", "eventCode")
	}
	for params, want := range map[string]string{
		`"field":"IPAddress","filter":"10.0.0.9","exactMatch":true,"limit":3`:                                       "Release Release Renew",
		`"field":"IPAddress","filter":"10.0.0.9"`:                                                                   "Release Release Renew Renew Renew Assign Assign",
		`"field":"IPAddress","filter":"10.0.1."`:                                                                    "Release Release Assign Assign",
		`"field":"ClientIdentifier","filter":"00-11-22-33-44-02","exactMatch":true`:                                 "Release Release Renew Renew Renew Assign Assign",
		`"field":"ClientIdentifier","filter":"44:03"`:                                                               "Release Assign",
		`"field":"ServerAddress","filter":"192.0.2.2"`:                                                              "Release Assign",
		`"field":"Hostname","filter":"C","exactMatch":true`:                                                         "Release Assign",
		`"field":"Description","filter":"renewed"`:                                                                  "Renew Renew Renew",
		`"field":"IPAddress","filter":"10.0.0.9","collapseRenew":true`:                                              "Release Release Renew Assign Assign",
		`"field":"IPAddress","filter":"10.0.0.9","collapseRenew":true,"limit":3`:                                    "Release Release Renew",
		`"field":"IPAddress","filter":"10.0.0.9","startDate":"2026-03-04 05:20:00","endDate":"2026-03-04 05:30:00"`: "Renew",
		`"field":"Hostname","filter":"nobody"`:                                                                      "",
		`"field":"IPAddress","filter":"","limit":1`:                                                                 "Release",
	} {
		if got := events(params); got != want {
			t.Errorf("%s: %q, want %q", params, got, want)
		}
	}
	const want = `{"dhcpLeaseHistoryEntries":[{"serverAddress":"192.0.2.1","eventCode":"Renew","timestampfirst":"Mar 4, 2026 05:16:07",` +
		`"timestamplast":"Mar 4, 2026 05:36:07","ipAddress":"10.0.0.9","clientidentifier":"` + client2 + `","hostname":"b","numberOfOccurrances":"3"}]}`
	if got := s.text("GetDHCPLeaseHistory", `{"field":"Description","filter":"renew","collapseRenew":true}`); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	s.refused(errs.Missing, "GetDHCPLeaseHistory", `{"filter":"x"}`, "field")
	s.refused(errs.Invalid, "GetDHCPLeaseHistory", `{"field":"IPAddress","filter":"x","exactMatch":true}`, "filter", `"x"`)
	s.refused(errs.Invalid, "GetDHCPLeaseHistory", `{"field":"IPAddress","startDate":"soon"}`, "startDate", "soon")
	s.refused(errs.Invalid, "GetDHCPLeaseHistory", `{"field":"IPAddress","endDate":"late"}`, "endDate", "late")
}

func TestReportClient(t *testing.T) {
	s := newLeases(t)
	s.add("AddDHCPReservation", `{"dhcpReservation":{"name":"r","clientIdentifier":"`+client2+`","addresses":["10.0.1.77"],"ownerRef":"far"}}`)
	for _, spelling := range []string{client2, "00-11-22-33-44-02", "001122334402"} {
		got := s.get("ReportIPFromClientIdentifier", `{"clientIdentifier":"`+spelling+`"}`)
		if r, l := len(got["dhcpReservations"].([]any)), len(got["dhcpLeases"].([]any)); r != 1 || l != 2 {
			t.Errorf("%s: %d reservations and %d leases", spelling, r, l)
		}
		if a, ok := got["addresses"].([]any); !ok || len(a) != 2 || a[0] != "10.0.0.9" || a[1] != "10.0.1.77" {
			t.Errorf("%s: the addresses are %v", spelling, got["addresses"])
		}
	}
	if got := s.names("ReportIPFromClientIdentifier", `{"clientIdentifier":"01:`+client3+`"}`, "dhcpLeases", "address"); got != "10.0.1.5" {
		t.Errorf("by identifier: %q", got)
	}
	if got := s.text("ReportIPFromClientIdentifier", `{"clientIdentifier":"nobody"}`); got != `{"dhcpReservations":[],"dhcpLeases":[],"addresses":[]}` {
		t.Errorf("of nobody: %s", got)
	}
	s.refused(errs.Missing, "ReportIPFromClientIdentifier", `{}`, "clientIdentifier")
	s.refused(errs.TooLarge, "ReportIPFromClientIdentifier", `{"clientIdentifier":"`+strings.Repeat("x", 256)+`"}`, "clientIdentifier")
}

// TestAddressesKnowLeases tells that a leased address is in use until it is
// released.
func TestAddressesKnowLeases(t *testing.T) {
	s := newLeases(t)
	record := s.get("GetIPAMRecord", `{"addrRef":"10.0.0.9"}`)["ipamRecord"].(map[string]any)
	if record["state"] != "Assigned" || record["usage"] != 4.0 || len(record["dhcpLeases"].([]any)) != 2 {
		t.Errorf("the record is %v", record)
	}
	if got := s.names("GetIPAMRecords", `{"rangeRef":"10.0.0.0/24","filter":"dhcpLeases=`+client1+`"}`, "ipamRecords", "address"); got != "10.0.0.10" {
		t.Errorf("by lease: %q", got)
	}
	reservation := func() any {
		return s.get("GetNextFreeReservationAddress", `{"objRef":"lan2","startAddress":"10.0.0.9"}`)["address"]
	}
	if got := s.free(`{"rangeRef":"10.0.0.0/24","startAddress":"10.0.0.9"}`); got != "10.0.0.11" {
		t.Errorf("next free: %s", got)
	}
	if got := reservation(); got != "10.0.0.11" {
		t.Errorf("next for a reservation: %v", got)
	}
	s.text("ReleaseDHCPLease", `{"dhcpScopeRef":"lan1","lease":"10.0.0.9"}`)
	if got := s.free(`{"rangeRef":"10.0.0.0/24","startAddress":"10.0.0.9"}`); got != "10.0.0.9" {
		t.Errorf("next free after the release: %s", got)
	}
	if got := reservation(); got != "10.0.0.9" {
		t.Errorf("next for a reservation after the release: %v", got)
	}
}

// TestLeasesGoWithTheirScope tells that nothing of a scope stays.
func TestLeasesGoWithTheirScope(t *testing.T) {
	s := newLeases(t)
	s.text("RemoveObject", `{"ref":"far","objType":"DHCPScope"}`)
	if got := s.text("GetHistory", `{"objType":"DHCPScope","limit":1}`); !strings.Contains(got, "DHCP scope far removed with 2 leases") {
		t.Errorf("history: %s", got)
	}
	if got := s.text("GetDHCPConcurrentLeases", `{}`); got != `{"dhcpConcurrentLeases":[]}` {
		t.Errorf("concurrent leases are left: %s", got)
	}
}
