package command_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/store"
)

func TestSplitAndJoinRanges(t *testing.T) {
	s := newService(t)
	s.add("AddRange", `{"range":{"name":"10.0.0.0/16","locked":true}}`)
	s.add("AddRange", `{"range":{"name":"10.1.0.0-10.1.0.9"}}`)
	s.add("AddRange", `{"range":{"name":"2001:db8::/32"}}`)
	s.refused(errs.Invalid, "SplitRange", `{"rangeRef":"10.0.0.0/16","cidr":16}`, "cidr", "16", "17 to 32")
	s.refused(errs.Invalid, "SplitRange", `{"rangeRef":"10.0.0.0/16","cidr":33}`, "cidr", "33")
	s.refused(errs.Invalid, "SplitRange", `{"rangeRef":"10.0.0.0/16","cidr":29}`, "cidr", "4096")
	s.refused(errs.Invalid, "SplitRange", `{"rangeRef":"2001:db8::/32","cidr":64}`, "cidr", "4096")
	s.refused(errs.Missing, "SplitRange", `{"rangeRef":"10.0.0.0/16"}`, "cidr")
	s.refused(errs.Missing, "SplitRange", `{"cidr":20}`, "rangeRef")
	s.refused(errs.Invalid, "SplitRange", `{"rangeRef":"10.1.0.0-10.1.0.9","cidr":30}`, "rangeRef", "10.1.0.0-10.1.0.9", "CIDR")
	s.refused(errs.Invalid, "SplitRange", `{"rangeRef":"10.0.0.0/16","cidr":18,"customProperties":[{"name":"Colour","value":"red"}]}`, "customProperties", "Colour")
	s.refused(errs.Missing, "SplitRange", `{"rangeRef":"10.0.0.0/16","cidr":18,"discovery":{"enabled":true,"unit":"Days"}}`, "discovery.interval")

	split := s.get("SplitRange", `{"rangeRef":"10.0.0.0/16","cidr":18,"autoAssign":true,"customProperties":[{"name":"Title","value":"part"}],"discovery":{"interval":2,"unit":"Days","enabled":true},"saveComment":"in four"}`)["ranges"].([]any)
	var names []string
	for _, r := range split {
		r := r.(map[string]any)
		names = append(names, r["name"].(string))
		if r["subnet"] != true || r["locked"] != true || r["autoAssign"] != true || r["hasSchedule"] != true || r["parentRef"] != "{#6-#1}" {
			t.Errorf("a part: %v", r)
		}
	}
	if got := strings.Join(names, " "); got != "10.0.0.0/18 10.0.64.0/18 10.0.128.0/18 10.0.192.0/18" {
		t.Errorf("the parts: %s", got)
	}
	s.refused(errs.Conflict, "SplitRange", `{"rangeRef":"10.0.0.0/16","cidr":20}`, "rangeRef", "has ranges below it")
	if got := s.names("GetRanges", `{"filter":"Title=part"}`, "ranges", "name"); got != strings.Join(names, " ") {
		t.Errorf("with the title: %s", got)
	}

	s.get("SplitRange", `{"rangeRef":"10.0.64.0/18","cidr":19,"subnet":false}`)
	s.add("AddDHCPServer", `{"dhcpServer":{"name":"ms","type":"MSDHCP"}}`)
	s.add("AddDHCPScope", `{"dhcpScope":{"name":"lan","rangeRef":"10.0.128.0/18","dhcpServerRef":"ms"}}`)
	for params, words := range map[string][]string{
		`"10.0.0.0/18"`:                     {"ranges", "1 range", "two or more"},
		`"10.0.0.0/18","10.0.0.0/18"`:       {"ranges", "10.0.0.0/18", "twice"},
		`"10.0.0.0/18","10.0.192.0/18"`:     {"ranges", "not adjacent"},
		`"10.0.0.0/18","10.0.64.0/19"`:      {"ranges", "same range"},
		`"10.1.0.0-10.1.0.9","10.0.0.0/18"`: {"ranges", "same range"},
	} {
		s.refused(errs.Invalid, "JoinRanges", `{"ranges":[`+params+`]}`, words...)
	}
	s.refused(errs.InUse, "JoinRanges", `{"ranges":["10.0.64.0/18","10.0.128.0/18"]}`, "10.0.128.0/18", "1 DHCP scope")
	s.refused(errs.NotFound, "JoinRanges", `{"ranges":["10.0.64.0/18","10.9.0.0/18"]}`, "ranges", "10.9.0.0/18")
	s.refused(errs.Conflict, "JoinRanges", `{"ranges":["10.0.64.0/19","10.0.96.0/19"]}`, "ranges", "10.0.64.0/18")
	s.refused(errs.NotFound, "JoinRanges", `{"ranges":["10.0.64.0/18","10.0.0.0/18"],"copyAccessFromRef":"10.9.0.0/18"}`, "copyAccessFromRef")

	joined := s.add("JoinRanges", `{"ranges":["10.0.64.0/18","10.0.0.0/18"],"inheritAccess":false,"saveComment":"together"}`)
	got := s.get("GetRange", `{"rangeRef":"`+joined+`"}`)["range"].(map[string]any)
	if got["name"] != "10.0.0.0/17" || got["subnet"] != true || got["inheritAccess"] != false || got["hasSchedule"] != true || got["parentRef"] != "{#6-#1}" || len(got["childRanges"].([]any)) != 2 {
		t.Errorf("joined: %v", got)
	}
	if got := s.names("GetRanges", `{"sortBy":"from","filter":"from=^10.0"}`, "ranges", "name"); got != "10.0.0.0/16 10.0.0.0/17 10.0.64.0/19 10.0.96.0/19 10.0.128.0/18 10.0.192.0/18" {
		t.Errorf("after joining: %s", got)
	}
	three := s.add("JoinRanges", `{"ranges":["10.0.64.0/19","10.0.96.0/19"],"subnet":true,"locked":false,"customProperties":[{"name":"Title","value":"new"}],"discovery":{"enabled":false}}`)
	got = s.get("GetRange", `{"rangeRef":"`+three+`"}`)["range"].(map[string]any)
	if got["name"] != "10.0.64.0/18" || got["subnet"] != true || got["locked"] != false || got["hasSchedule"] != false || got["parentRef"] != joined {
		t.Errorf("joined with settings: %v", got)
	}
}

func TestRangeDiscovery(t *testing.T) {
	s := newService(t)
	s.add("AddRange", `{"range":{"name":"10.0.0.0/24"}}`)
	if got := s.text("GetRangeDiscovery", `{"rangeRef":"10.0.0.0/24"}`); got != `""` {
		t.Errorf("never set: %s", got)
	}
	s.text("SetRangeDiscovery", `{"rangeRef":"10.0.0.0/24","discovery":{"interval":12,"unit":"Hours","enabled":true,"startTime":"Mar 5, 2026 01:00:00"},"saveComment":"look"}`)
	if got := s.text("GetRangeDiscovery", `{"rangeRef":"10.0.0.0/24"}`); got != `{"discovery":{"interval":12,"unit":"Hours","enabled":true,"startTime":"Mar 5, 2026 01:00:00"}}` {
		t.Errorf("set: %s", got)
	}
	if got := s.names("GetRanges", `{"filter":"hasSchedule=true"}`, "ranges", "name"); got != "10.0.0.0/24" {
		t.Errorf("with a schedule: %s", got)
	}
	s.text("AddRange", `{"range":{"name":"10.2.0.0/24"},"discovery":{"interval":2,"unit":"Days","enabled":true}}`)
	if got := s.text("GetRangeDiscovery", `{"rangeRef":"10.2.0.0/24"}`); got != `{"discovery":{"interval":2,"unit":"Days","enabled":true,"startTime":""}}` {
		t.Errorf("the discovery of a range that was added with one is %s", got)
	}
	s.refused(errs.Missing, "AddRange", `{"range":{"name":"10.3.0.0/24"},"discovery":{"enabled":true}}`, "discovery.interval")
	s.refused(errs.Missing, "SetRangeDiscovery", `{"rangeRef":"10.0.0.0/24"}`, "discovery")
	s.refused(errs.Missing, "SetRangeDiscovery", `{"rangeRef":"10.0.0.0/24","discovery":{"enabled":true,"interval":1}}`, "discovery.unit")
	s.refused(errs.Invalid, "SetRangeDiscovery", `{"rangeRef":"10.0.0.0/24","discovery":{"startTime":"soon"}}`, "discovery.startTime", "soon")
	s.refused(errs.NotFound, "SetRangeDiscovery", `{"rangeRef":"10.1.0.0/24","discovery":{}}`, "rangeRef")
	s.refused(errs.NotFound, "GetRangeDiscovery", `{"rangeRef":"10.1.0.0/24"}`, "rangeRef")
	s.text("SetRangeDiscovery", `{"rangeRef":"10.0.0.0/24","discovery":{"enabled":false}}`)
	if got := s.text("GetHistory", `{"objRef":"{#6-#1}","limit":1}`); !strings.Contains(got, "Discovery of range 10.0.0.0/24 is off") {
		t.Errorf("history: %s", got)
	}
}

func TestRoutersOfRanges(t *testing.T) {
	s := newService(t)
	for _, name := range []string{"10.0.0.0/16", "10.0.0.0/24", "10.0.0.0/25", "10.0.1.0/24"} {
		s.add("AddRange", `{"range":{"name":"`+name+`","subnet":true}}`)
	}
	routers := func(params string) string {
		t.Helper()
		return strings.TrimSuffix(strings.TrimPrefix(s.text("GetRoutersForRange", params), `{"addresses":[`), `]}`)
	}
	s.text("SetRoutersForRange", `{"rangeRef":"10.0.0.0/24","addresses":["10.0.0.1","10.0.0.2"],"recursive":true}`)
	s.text("SetRoutersForRange", `{"rangeRef":"10.0.1.0/24","addresses":["10.0.1.1","10.0.0.1"]}`)
	for params, want := range map[string]string{
		`{"rangeRef":"10.0.0.0/25"}`:                           `"10.0.0.1","10.0.0.2"`,
		`{"rangeRef":"10.0.0.0/16"}`:                           ``,
		`{"rangeRef":"10.0.0.0/16","includeChildRanges":true}`: `"10.0.0.1","10.0.0.2","10.0.1.1"`,
	} {
		if got := routers(params); got != want {
			t.Errorf("%s: %s, want %s", params, got, want)
		}
	}
	if got := s.free(`{"rangeRef":"10.0.0.0/25"}`); got != "10.0.0.3" {
		t.Errorf("the next free address: %s", got)
	}
	s.text("SetRoutersForRange", `{"rangeRef":"10.0.0.0/25","addresses":[]}`)
	if got := routers(`{"rangeRef":"10.0.0.0/25"}`); got != "" {
		t.Errorf("removed: %s", got)
	}
	s.refused(errs.Invalid, "SetRoutersForRange", `{"rangeRef":"10.0.0.0/24","addresses":["x"]}`, "addresses", `"x"`)
	s.refused(errs.Invalid, "SetRoutersForRange", `{"rangeRef":"10.0.0.0/24","addresses":["10.0.0.1","10.0.0.1"]}`, "addresses", "twice")
	s.refused(errs.NotFound, "SetRoutersForRange", `{"rangeRef":"10.5.0.0/24","addresses":[]}`, "rangeRef")
	s.refused(errs.NotFound, "GetRoutersForRange", `{"rangeRef":"10.5.0.0/24"}`, "rangeRef")
}

func TestAddressesInUse(t *testing.T) {
	s := newService(t)
	s.add("AddRange", `{"range":{"name":"10.0.0.0/24","customProperties":[{"name":"Title","value":"Office"}]}}`)
	s.add("AddRange", `{"range":{"name":"10.0.1.0/24","customProperties":[{"name":"Title","value":"Lab"}]}}`)
	s.add("AddRange", `{"range":{"name":"10.0.2.0/24","customProperties":[{"name":"Title","value":"lab"}]}}`)
	s.claim("10.0.0.7")
	s.add("AddDevice", `{"device":{"name":"r","interfaces":[{"name":"e","addresses":["10.0.0.3","10.0.1.3"]}]}}`)
	err := s.store.Update(t.Context(), func(tx store.Tx) error {
		schema := store.NewSchema()
		for addr, ago := range map[string]time.Duration{"10.0.0.20": time.Hour, "10.0.0.21": 50 * time.Hour} {
			a := &model.Address{SpaceID: 1, Addr: netip.MustParseAddr(addr), Discovery: "Ping", LastSeen: s.now.Add(-ago), LastDiscovery: s.now}
			if err := schema.Addresses.Insert(tx, a); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for params, want := range map[string]string{
		`{"ranges":["10.0.0.0/24"]}`:                                               "10.0.0.3 10.0.0.7",
		`{"ranges":["office","{#6-#2}","10.0.0.0/24"]}`:                            "10.0.0.3 10.0.0.7 10.0.1.3",
		`{"ranges":["Office"],"lastseen":{"interval":2,"unit":"Days"}}`:            "10.0.0.3 10.0.0.7 10.0.0.20",
		`{"ranges":["Office"],"lastseen":{"interval":4000000000,"unit":"Months"}}`: "10.0.0.3 10.0.0.7 10.0.0.20 10.0.0.21",
	} {
		if got := s.names("GetAddressesInUse", params, "addresses", "address"); got != want {
			t.Errorf("%s: %s, want %s", params, got, want)
		}
	}
	if got := s.text("GetAddressesInUse", `{"ranges":["Office"],"lastseen":{"interval":59,"unit":"Minutes"}}`); got != `{"addresses":[{"id":0,"address":"10.0.0.3","claimed":false,"host":"","lastseen":0,"lastdiscovery":0,"customProperties":[]},`+
		`{"id":1,"address":"10.0.0.7","claimed":true,"host":"","lastseen":0,"lastdiscovery":0,"customProperties":[]}]}` {
		t.Errorf("the answer: %s", got)
	}
	s.refused(errs.Missing, "GetAddressesInUse", `{}`, "ranges")
	s.refused(errs.NotFound, "GetAddressesInUse", `{"ranges":["nowhere"]}`, "ranges", "nowhere")
	s.refused(errs.Ambiguous, "GetAddressesInUse", `{"ranges":["Lab"]}`, "ranges", "Lab")
	s.refused(errs.Missing, "GetAddressesInUse", `{"ranges":["Office"],"lastseen":{"interval":1}}`, "lastseen.unit")
}
