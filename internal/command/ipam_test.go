package command_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"halxml/internal/command"
	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/store"
)

// free asks for the next free address of a range; "" is none.
func (s *service) free(params string) string {
	s.t.Helper()
	a, _ := s.get("GetNextFreeAddress", params)["address"].(string)
	return a
}

func (s *service) claim(address string) {
	s.t.Helper()
	s.text("SetProperties", `{"ref":"`+address+`","objType":"IPAddress","properties":[{"name":"claimed","value":"true"}]}`)
}

func TestNextFreeAddress(t *testing.T) {
	s := newService(t)
	s.add("AddRange", `{"range":{"name":"10.0.0.0/24","subnet":true}}`)
	s.add("AddRange", `{"range":{"name":"10.0.0.16-10.0.0.31"}}`)
	s.add("AddRange", `{"range":{"name":"10.0.0.240-10.0.0.255"}}`)
	s.add("AddRange", `{"range":{"name":"10.2.0.0/29"}}`)
	s.add("AddRange", `{"range":{"name":"10.3.0.0/31","subnet":true}}`)
	s.add("AddRange", `{"range":{"name":"2001:db8::/64","subnet":true}}`)
	s.claim("10.0.0.2")
	for params, want := range map[string]string{
		`{"rangeRef":"10.0.0.0/24"}`:                                       "10.0.0.1", // not the network address
		`{"rangeRef":"Ranges/10.0.0.0/24"}`:                                "10.0.0.1",
		`{"rangeRef":"10.0.0.0/24","startAddress":"10.0.0.2"}`:             "10.0.0.3",  // a claimed one
		`{"rangeRef":"10.0.0.0/24","startAddress":"10.0.0.16"}`:            "10.0.0.32", // a range below
		`{"rangeRef":"10.0.0.0/24","startAddress":"10.0.0.250"}`:           "",
		`{"rangeRef":"10.0.0.16-10.0.0.31"}`:                               "10.0.0.16",
		`{"rangeRef":"10.0.0.240-10.0.0.255","startAddress":"10.0.0.255"}`: "",         // broadcast of the subnet around it
		`{"rangeRef":"10.2.0.0/29"}`:                                       "10.2.0.0", // no subnet
		`{"rangeRef":"10.3.0.0/31"}`:                                       "10.3.0.0", // a link has no network address
		`{"rangeRef":"2001:db8::/64"}`:                                     "2001:db8::1",
		`{"rangeRef":"2001:db8::/64","startAddress":"2001:db8::ff:ff"}`:    "2001:db8::ff:ff",
		`{"rangeRef":"10.2.0.0/29","ping":true,"excludeDHCP":true}`:        "10.2.0.0",
	} {
		if got := s.free(params); got != want {
			t.Errorf("%s: %q, want %q", params, got, want)
		}
	}
	s.refused(errs.NotFound, "GetNextFreeAddress", `{"rangeRef":"10.9.0.0/24"}`, "rangeRef", "10.9.0.0/24")
	s.refused(errs.Missing, "GetNextFreeAddress", `{}`, "rangeRef")
	s.refused(errs.Invalid, "GetNextFreeAddress", `{"rangeRef":"10.0.0.0/24","startAddress":"10.0.1.1"}`, "startAddress", "10.0.1.1", "outside")
	s.refused(errs.Invalid, "GetNextFreeAddress", `{"rangeRef":"10.0.0.0/24","startAddress":"x"}`, "startAddress", `"x"`)
	s.refused(errs.Invalid, "GetNextFreeAddress", `{"rangeRef":"10.0.0.0/24","temporaryClaimTime":9999999}`, "temporaryClaimTime", "604800")
}

// TestNextFreeWalksOverRuns claims all of a range but a few.
func TestNextFreeWalksOverRuns(t *testing.T) {
	s := newService(t)
	s.add("AddRange", `{"range":{"name":"10.0.0.0/22","subnet":true}}`)
	a := netip.MustParseAddr("10.0.0.1")
	for range 1021 {
		if a.String() != "10.0.2.255" {
			s.claim(a.String())
		}
		a = a.Next()
	}
	if got := s.free(`{"rangeRef":"10.0.0.0/22"}`); got != "10.0.2.255" {
		t.Errorf("the gap: %q", got)
	}
	if got := s.free(`{"rangeRef":"10.0.0.0/22","startAddress":"10.0.3.0"}`); got != "10.0.3.254" {
		t.Errorf("behind the gap: %q", got)
	}
	s.claim("10.0.2.255")
	s.claim("10.0.3.254")
	if got := s.free(`{"rangeRef":"10.0.0.0/22"}`); got != "" {
		t.Errorf("in a full range: %q", got)
	}
	if got := s.text("GetNextFreeAddress", `{"rangeRef":"10.0.0.0/22"}`); got != `{"address":""}` {
		t.Errorf("the answer without an address is %s", got)
	}
	s.text("RemoveObject", `{"ref":"10.0.1.7","objType":"IPAddress"}`)
	if got := s.free(`{"rangeRef":"10.0.0.0/22"}`); got != "10.0.1.7" {
		t.Errorf("after a release: %q", got)
	}
}

func TestNextFreeKnowsDHCP(t *testing.T) {
	s := newService(t)
	s.add("AddDHCPServer", `{"dhcpServer":{"name":"ms","type":"MSDHCP"}}`)
	s.add("AddDHCPScope", `{"dhcpScope":{"name":"lan","rangeRef":"10.0.0.0/24","dhcpServerRef":"ms"}}`)
	s.add("AddDHCPAddressPool", `{"dhcpAddressPool":{"from":"10.0.0.2","to":"10.0.0.100","dhcpScopeRef":"lan"}}`)
	s.add("AddDHCPExclusion", `{"dhcpExclusion":{"from":"10.0.0.50","to":"10.0.0.59","dhcpScopeRef":"lan"}}`)
	s.add("AddDHCPReservation", `{"dhcpReservation":{"name":"a","clientIdentifier":"00:11:22:33:44:55","addresses":["10.0.0.1"],"ownerRef":"lan"}}`)
	s.add("AddDHCPReservation", `{"dhcpReservation":{"name":"b","clientIdentifier":"00:11:22:33:44:56","addresses":["10.0.0.50"],"ownerRef":"lan"}}`)
	err := s.store.Update(t.Context(), func(tx store.Tx) error {
		return store.NewSchema().OptionSets.Insert(tx, &model.OptionSet{Owner: model.Ref{Type: model.TypeScope, ID: 1}, ServerID: 1,
			Options: []model.Option{{OptionID: model.OptionID{Number: 3}, Value: "10.0.0.101,10.0.0.102"}}})
	})
	if err != nil {
		t.Fatal(err)
	}
	for params, want := range map[string]string{
		`{"rangeRef":"10.0.0.0/24"}`:                                                "10.0.0.2", // a scope's range is a subnet
		`{"rangeRef":"10.0.0.0/24","excludeDHCP":true}`:                             "10.0.0.51",
		`{"rangeRef":"10.0.0.0/24","excludeDHCP":true,"startAddress":"10.0.0.60"}`:  "10.0.0.103", // not a router
		`{"rangeRef":"10.0.0.0/24","excludeDHCP":false,"startAddress":"10.0.0.60"}`: "10.0.0.60",
		`{"rangeRef":"10.0.0.0/24","startAddress":"10.0.0.255"}`:                    "",
	} {
		if got := s.free(params); got != want {
			t.Errorf("%s: %q, want %q", params, got, want)
		}
	}
}

func TestTemporaryClaims(t *testing.T) {
	s := newService(t)
	s.add("AddRange", `{"range":{"name":"10.0.0.0/29","subnet":true}}`)
	const ask = `{"rangeRef":"10.0.0.0/29","temporaryClaimTime":60}`
	if a, b, c := s.free(ask), s.free(ask), s.free(`{"rangeRef":"10.0.0.0/29"}`); a != "10.0.0.1" || b != "10.0.0.2" || c != "10.0.0.3" {
		t.Errorf("held: %s, %s, then %s", a, b, c)
	}
	s.claim("10.0.0.2") // ends its hold
	s.now = s.now.Add(59 * time.Second)
	if got := s.free(`{"rangeRef":"10.0.0.0/29"}`); got != "10.0.0.3" {
		t.Errorf("before the end: %s", got)
	}
	s.now = s.now.Add(time.Second)
	if got := s.free(`{"rangeRef":"10.0.0.0/29"}`); got != "10.0.0.1" {
		t.Errorf("after the end: %s", got)
	}
	for range 5 {
		s.free(ask)
	}
	if got := s.free(ask); got != "" {
		t.Errorf("all are held: %s", got)
	}
	s.text("RemoveObject", `{"ref":"10.0.0.4","objType":"IPAddress"}`) // gives a held one back
	if got := s.free(ask); got != "10.0.0.4" {
		t.Errorf("after a release: %s", got)
	}
	s.add("AddRange", `{"range":{"name":"10.0.0.4/31"}}`) // what it was held for
	if got := s.free(`{"rangeRef":"10.0.0.4/31"}`); got != "10.0.0.4" {
		t.Errorf("in a new range: %s", got)
	}
}

// TestParallelCallersGetDifferentAddresses asks at once.
func TestParallelCallersGetDifferentAddresses(t *testing.T) {
	s := newService(t)
	s.add("AddRange", `{"range":{"name":"10.0.0.0/24","subnet":true}}`)
	const callers = 40
	answers := make(chan string, callers)
	for range callers {
		go func() {
			res, err := s.try("GetNextFreeAddress", `{"rangeRef":"10.0.0.0/24","temporaryClaimTime":300}`)
			answers <- fmt.Sprint(res, err)
		}()
	}
	seen := map[string]bool{}
	for range callers {
		seen[<-answers] = true
	}
	if len(seen) != callers {
		t.Errorf("%d callers got %d answers: %v", callers, len(seen), seen)
	}
}

// hosts is a network in which some hosts answer.
type hosts struct {
	alive map[string]bool
	asked []string
	err   error
}

func (h *hosts) Ping(_ context.Context, a netip.Addr) (bool, time.Duration, error) {
	h.asked = append(h.asked, a.String())
	return h.alive[a.String()], time.Millisecond, h.err
}

func TestNextFreePings(t *testing.T) {
	network := &hosts{alive: map[string]bool{"10.0.0.1": true, "10.0.0.2": true, "10.0.0.4": true}}
	s := newServiceWith(t, func(o *command.Options) { o.Pinger = network })
	s.add("AddRange", `{"range":{"name":"10.0.0.0/29","subnet":true}}`)
	const held = `{"rangeRef":"10.0.0.0/29","ping":true,"temporaryClaimTime":60}`
	if got := s.free(`{"rangeRef":"10.0.0.0/29"}`); got != "10.0.0.1" || len(network.asked) > 0 {
		t.Errorf("without ping: %s, asked %v", got, network.asked)
	}
	if got := s.free(`{"rangeRef":"10.0.0.0/29","ping":true}`); got != "10.0.0.3" {
		t.Errorf("with ping: %s", got)
	}
	if got := strings.Join(network.asked, " "); got != "10.0.0.1 10.0.0.2 10.0.0.3" {
		t.Errorf("asked %s", got)
	}
	if a, b := s.free(held), s.free(held); a != "10.0.0.3" || b != "10.0.0.5" {
		t.Errorf("held: %s, %s", a, b)
	}
	network.alive["10.0.0.6"] = true
	if got := s.free(held); got != "" {
		t.Errorf("all the others answer: %s", got)
	}
	network.err = errors.New("no permission")
	if got := s.free(held); got != "10.0.0.1" {
		t.Errorf("when nobody can be asked: %s", got)
	}
}

func TestIPAMRecords(t *testing.T) {
	s := newService(t)
	s.add("AddDHCPServer", `{"dhcpServer":{"name":"ms","type":"MSDHCP"}}`)
	s.add("AddDHCPScope", `{"dhcpScope":{"name":"lan","rangeRef":"10.0.0.0/29","dhcpServerRef":"ms"}}`)
	reservation := s.add("AddDHCPReservation", `{"dhcpReservation":{"name":"printer","clientIdentifier":"00:11:22:33:44:55","addresses":["10.0.0.3"],"ownerRef":"lan"}}`)
	const free = `{"ipamRecord":{"addrRef":"10.0.0.1","address":"10.0.0.1","claimed":false,"dnsHosts":[],"dhcpReservations":[],"dhcpLeases":[],"discoveryType":"None","lastSeenDate":"","lastDiscoveryDate":"","lastKnownClientIdentifier":"","device":"","interface":"","ptrStatus":"Unknown","extraneousPTR":false,"customProperties":[],"state":"Free","usage":0}}`
	if got := s.text("GetIPAMRecord", `{"addrRef":"10.0.0.1"}`); got != free {
		t.Errorf("a free address:\n%s\n%s", got, free)
	}
	s.text("SetProperties", `{"ref":"10.0.0.1","objType":"IPAddress","saveComment":"mine","properties":[{"name":"claimed","value":"true"}]}`)
	record := func(params string) map[string]any {
		return s.get("GetIPAMRecord", params)["ipamRecord"].(map[string]any)
	}
	claimed := record(`{"addrRef":"10.0.0.1"}`)
	if claimed["addrRef"] != "{#8-#1}" || claimed["claimed"] != true || claimed["state"] != "Claimed" || claimed["usage"] != 1.0 {
		t.Errorf("a claimed address: %v", claimed)
	}
	for _, ref := range []string{"{#8-#1}", "IPAMRecords/1", "IPAMRecords/10.0.0.1", " 10.0.0.1 "} {
		if got := record(`{"addrRef":"` + ref + `"}`)["address"]; got != "10.0.0.1" {
			t.Errorf("%s is %v", ref, got)
		}
	}
	assigned := record(`{"addrRef":"10.0.0.3"}`)
	if list := assigned["dhcpReservations"].([]any); assigned["state"] != "Assigned" || assigned["usage"] != 2.0 || len(list) != 1 || list[0].(map[string]any)["ref"] != reservation {
		t.Errorf("a reserved address: %v", assigned)
	}
	if got := record(`{"addrRef":"10.0.0.3","excludeDHCP":true,"requireRangeRef":"10.0.0.0/29"}`)["dhcpReservations"].([]any); len(got) != 0 {
		t.Errorf("without DHCP: %v", got)
	}
	for params, want := range map[string]string{
		`{"rangeRef":"10.0.0.0/29"}`:                                              "10.0.0.0 10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7",
		`{"rangeRef":"10.0.0.0/29","offset":2,"limit":2}`:                         "10.0.0.2 10.0.0.3",
		`{"rangeRef":"10.0.0.0/29","filter":"state=Claimed"}`:                     "10.0.0.1",
		`{"rangeRef":"10.0.0.0/29","filter":"state:Free","limit":2}`:              "10.0.0.0 10.0.0.2",
		`{"rangeRef":"10.0.0.0/29","filter":"claimed=true or address>10.0.0.6"}`:  "10.0.0.1 10.0.0.7",
		`{"rangeRef":"10.0.0.0/29","filter":"00:11:22:33:44:55"}`:                 "10.0.0.3",
		`{"rangeRef":"10.0.0.0/29","filter":"printer"}`:                           "10.0.0.3",
		`{"rangeRef":"10.0.0.0/29","filter":"addrRef={#8-#1}"}`:                   "10.0.0.1",
		`{"rangeRef":"10.0.0.0/29","addrRefs":["10.0.0.6","{#8-#1}","10.9.9.9"]}`: "10.0.0.1 10.0.0.6",
		`{"addrRefs":["10.0.0.6","{#8-#1}","10.9.9.9"]}`:                          "10.0.0.6 10.0.0.1 10.9.9.9",
	} {
		if got := s.names("GetIPAMRecords", params, "ipamRecords", "address"); got != want {
			t.Errorf("%s: %s, want %s", params, got, want)
		}
	}
	if got := s.get("GetIPAMRecords", `{"rangeRef":"10.0.0.0/29","filter":"state:Free","limit":2}`)["totalResults"]; got != 6.0 {
		t.Errorf("total %v, want 6", got)
	}
	// Of a large range those that something is known of.
	s.add("AddRange", `{"range":{"name":"10.0.0.0/8"}}`)
	s.claim("10.200.0.1")
	if got := s.names("GetIPAMRecords", `{"rangeRef":"10.0.0.0/8"}`, "ipamRecords", "address"); got != "10.0.0.1 10.0.0.3 10.200.0.1" {
		t.Errorf("a large range: %s", got)
	}

	s.refused(errs.Invalid, "GetIPAMRecord", `{"addrRef":"10.0.0.300"}`, "addrRef", "10.0.0.300")
	s.refused(errs.NotFound, "GetIPAMRecord", `{"addrRef":"{#8-#99}"}`, "addrRef", "{#8-#99}")
	s.refused(errs.Invalid, "GetIPAMRecord", `{"addrRef":"{#6-#1}"}`, "addrRef", "Range")
	s.refused(errs.Missing, "GetIPAMRecord", `{}`, "addrRef")
	s.refused(errs.Invalid, "GetIPAMRecord", `{"addrRef":"10.0.1.1","requireRangeRef":"10.0.0.0/29"}`, "addrRef", "10.0.1.1", "outside")
	s.refused(errs.NotFound, "GetIPAMRecord", `{"addrRef":"10.0.1.1","requireRangeRef":"10.5.0.0/29"}`, "requireRangeRef", "10.5.0.0/29")
	s.refused(errs.Missing, "GetIPAMRecords", `{}`, "rangeRef")
	s.refused(errs.Invalid, "GetIPAMRecords", `{"addrRefs":["x"]}`, "addrRefs", `"x"`)
	s.refused(errs.NotFound, "GetIPAMRecords", `{"rangeRef":"10.5.0.0/29"}`, "rangeRef")
}

func TestAddressProperties(t *testing.T) {
	s := newService(t)
	s.add("AddRange", `{"range":{"name":"10.0.0.0/29","subnet":true}}`)
	const object = `"ref":"10.0.0.1","objType":"IPAddress"`
	if got := s.text("GetObjects", `{"objRefs":["10.0.0.1"],"objType":"IPAddress"}`); got != `{"objects":[{"ref":"10.0.0.1","objType":"IPAddress","name":"10.0.0.1"}]}` {
		t.Errorf("an address without a record: %s", got)
	}
	s.refused(errs.Invalid, "SetProperties", `{`+object+`,"properties":[{"name":"claimed","value":"maybe"}]}`, "properties.claimed", "maybe")
	s.refused(errs.Invalid, "SetProperties", `{`+object+`,"properties":[{"name":"state","value":"Claimed"}]}`, "properties.state", "read-only")
	s.refused(errs.Invalid, "SetProperties", `{`+object+`,"properties":[{"name":"colour","value":"red"}]}`, "colour")
	s.refused(errs.NotFound, "SetProperties", `{"ref":"printer","objType":"IPAddress","properties":[{"name":"claimed","value":"true"}]}`, "ref", "printer")

	s.text("SetProperties", `{"ref":"10.0.0.1","saveComment":"first","properties":{"claimed":"true"}}`) // objType not needed
	if got := s.get("GetProperties", `{`+object+`}`)["properties"].([]any)[1].(map[string]any)["value"]; got != "true" {
		t.Errorf("claimed is %v", got)
	}
	if got := s.text("GetHistory", `{"objRef":"10.0.0.1","objType":"IPAddress"}`); !strings.Contains(got, `"objRef":"{#8-#1}","objName":"10.0.0.1"`) || !strings.Contains(got, `"saveComment":"first"`) {
		t.Errorf("history: %s", got)
	}
	s.text("RemoveObject", `{"ref":"{#8-#1}","saveComment":"done"}`)
	if got := s.get("GetIPAMRecord", `{"addrRef":"{#8-#1}"}`)["ipamRecord"].(map[string]any); got["claimed"] != false || got["state"] != "Free" {
		t.Errorf("released: %v", got)
	}
	before := s.everything()
	s.text("RemoveObject", `{"ref":"{#8-#1}"}`) // nothing is left to release
	if s.everything() != before {
		t.Error("a release of a free address left a trace")
	}
	if got := s.text("GetRangeByIPAddress", `{"addrRef":"{#8-#1}"}`); !strings.Contains(got, `"name":"10.0.0.0/29"`) {
		t.Errorf("the range of the address: %s", got)
	}
	// A name that an address and something else have.
	s.add("AddDHCPServer", `{"dhcpServer":{"name":"10.0.0.5","type":"ISC"}}`)
	s.refused(errs.Ambiguous, "RemoveObject", `{"ref":"10.0.0.5"}`, "DHCPServer", "IPAddress")
}

// BenchmarkNextFree looks for the last free address of a /16, all others of
// which are claimed or reserved.
func BenchmarkNextFree(b *testing.B) {
	s := newService(b)
	s.add("AddDHCPServer", `{"dhcpServer":{"name":"ms","type":"MSDHCP"}}`)
	s.add("AddDHCPScope", `{"dhcpScope":{"name":"lan","rangeRef":"10.0.0.0/16","dhcpServerRef":"ms"}}`)
	schema, a := store.NewSchema(), netip.MustParseAddr("10.0.0.1")
	err := s.store.Update(b.Context(), func(tx store.Tx) error {
		for i := range 65533 {
			var err error
			if i%2 == 0 {
				err = schema.Addresses.Insert(tx, &model.Address{SpaceID: model.DefaultSpace, Addr: a, Claimed: true})
			} else {
				err = schema.Reservations.Insert(tx, &model.Reservation{ServerID: 1, ScopeID: 1, Client: a.String(), Addresses: []netip.Addr{a}})
			}
			if err != nil {
				return err
			}
			a = a.Next()
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if got := s.free(`{"rangeRef":"10.0.0.0/16","excludeDHCP":true}`); got != "10.0.255.254" {
			b.Fatal(got)
		}
	}
}
