package command_test

import (
	"fmt"
	"strings"
	"testing"

	"halxml/internal/errs"
)

// movable is a service with a failover pair that has a scope, a third server on
// the same network, a device in it, and the empty spaces lab and plant.
func movable(t *testing.T) *service {
	t.Helper()
	s := newService(t)
	s.space("lab")
	s.space("plant")
	for _, n := range []string{"1", "2", "3"} {
		s.add("AddDHCPServer", `{"dhcpServer":{"name":"dhcp`+n+`","type":"ISC","address":"192.0.2.`+n+`"}}`)
	}
	s.add("AddRange", `{"range":{"name":"10.0.0.0/16"}}`)
	s.add("AddRange", `{"range":{"name":"10.0.0.0/20"}}`)
	lan := s.add("AddDHCPScope", `{"dhcpScope":{"name":"lan","rangeRef":"10.0.0.0/24","dhcpServerRef":"dhcp1"}}`)
	s.add("AddDHCPAddressPool", `{"dhcpAddressPool":{"from":"10.0.0.100","to":"10.0.0.109","dhcpScopeRef":"lan"}}`)
	s.text("AddDHCPFailoverRelationship", fmt.Sprintf(`{"dhcpFailoverRelationship":{"name":"fo","primaryServer":"dhcp1","secondaryServer":"dhcp2","dhcpScopeRefs":[%q]}}`, lan))
	s.add("AddDHCPScope", `{"dhcpScope":{"name":"other","rangeRef":"10.0.1.0/24","dhcpServerRef":"dhcp3"}}`)
	s.add("AddDHCPGroup", `{"dhcpGroup":{"name":"phones","ownerRef":"dhcp3"}}`)
	for n, owner := range []string{lan, "phones", "dhcp3"} {
		s.add("AddDHCPReservation", fmt.Sprintf(`{"dhcpReservation":{"name":"host%d","clientIdentifier":"00:11:22:33:44:5%d","addresses":["10.0.%d.%d"],"ownerRef":%q}}`, n, n, min(n, 1), 50+n, owner))
	}
	s.leased(1, "10.0.0.101 "+client1)
	s.leased(2, "10.0.0.101 "+client1)
	s.add("AddDevice", `{"device":{"name":"router","interfaces":[{"name":"eth0","addresses":["10.0.1.1","172.16.0.1"]}]}}`)
	for _, a := range []string{"10.0.0.7", "10.0.1.7", "10.0.99.7"} {
		s.text("SetProperties", `{"ref":"`+a+`","objType":"IPAddress","properties":[{"name":"claimed","value":"true"}]}`)
	}
	s.text("GetNextFreeAddress", `{"rangeRef":"10.0.0.0/24","startAddress":"10.0.0.200","temporaryClaimTime":600}`)
	s.folder("Offices", "Range", "")
	s.text("PlaceInFolder", `{"folderRef":"Offices","objRefs":["10.0.0.0/24"]}`)
	s.folder("Scopes", "DHCPScope", "")
	s.text("PlaceInFolder", fmt.Sprintf(`{"folderRef":"Scopes","objRefs":[%q]}`, lan))
	return s
}

// move is the answer of a move.
func (s *service) move(space string, force bool, refs ...string) string {
	s.t.Helper()
	return s.text("MoveToAddressSpace", fmt.Sprintf(`{"objRefs":["%s"],"addressSpaceRef":%q,"force":%t,"saveComment":"moving"}`, strings.Join(refs, `","`), space, force))
}

func TestMoveToAddressSpace(t *testing.T) {
	s := movable(t)
	for _, space := range []string{"lab", "plant", "<default>"} { // lists are kept from before
		s.enter(space)
		for _, list := range []string{"GetDHCPServers", "GetRanges", "GetDHCPScopes", "GetDHCPAddressPools", "GetDHCPExclusions", "GetDevices", "GetInterfaces", "GetFolders"} {
			for _, params := range []string{`{}`, `{"sortBy":"name"}`, `{"filter":"name=~."}`} {
				s.text(list, params)
			}
		}
	}
	s.enter("<default>")
	if got := s.move("lab", false, "dhcp1", "dhcp2"); got != `{"errors":[]}` {
		t.Fatalf("the pair: %s", got)
	}
	if got := s.names("GetHistory", `{"limit":3}`, "events", "eventText"); got != "DHCPServer dhcp2 moved from the address space <default> to lab "+
		"DHCPServer dhcp1 moved from the address space <default> to lab Range 10.0.0.0/24 moved from the address space <default> to lab" {
		t.Errorf("history: %s", got)
	}
	here := map[string]string{
		"GetDHCPServers": "dhcp3", "GetRanges": "10.0.0.0/16 10.0.0.0/20 10.0.1.0/24", "GetDHCPScopes": "other", "GetDevices": "router", "GetFolders": "Offices Scopes",
		"GetDHCPFailoverRelationships": "", "GetDHCPAddressPools": "",
	}
	there := map[string]string{
		"GetDHCPServers": "dhcp1 dhcp2", "GetRanges": "10.0.0.0/24", "GetDHCPScopes": "lan lan", "GetDevices": "", "GetFolders": "",
		"GetDHCPFailoverRelationships": "fo", "GetDHCPAddressPools": "10.0.0.100-10.0.0.109 10.0.0.100-10.0.0.109",
	}
	lists := func(space string, want map[string]string) {
		t.Helper()
		s.enter(space)
		for operation, names := range want {
			list := strings.TrimPrefix(operation, "Get")
			list = strings.ToLower(list[:1]) + list[1:]
			if strings.HasPrefix(operation, "GetDHCP") {
				list = "dhcp" + strings.TrimPrefix(operation, "GetDHCP")
			}
			params := []string{`{}`, `{"sortBy":"name"}`, `{"filter":"name=~."}`}
			if operation == "GetDHCPFailoverRelationships" {
				params = params[:1]
			}
			for _, p := range params {
				if got := s.names(operation, p, list, "name"); got != names {
					t.Errorf("in %s, %s %s: %s, want %s", space, operation, p, got, names)
				}
			}
		}
	}
	lists("<default>", here)
	lists("lab", there)
	if got := s.names("GetAddressesInUse", `{"ranges":["10.0.0.0/24"]}`, "addresses", "address"); got != "10.0.0.7 10.0.0.50 10.0.0.101" {
		t.Errorf("in use there: %s", got)
	}
	if got := s.text("GetNextFreeAddress", `{"rangeRef":"10.0.0.0/24","startAddress":"10.0.0.200"}`); got != `{"address":"10.0.0.201"}` {
		t.Errorf("the hold stays behind: %s", got)
	}
	s.add("AddDHCPAddressPool", `{"dhcpAddressPool":{"from":"10.0.0.110","to":"10.0.0.119","dhcpScopeRef":"{#7-#1}"}}`) // still a pair
	if got := s.names("GetDHCPAddressPools", `{"filter":"from=10.0.0.110"}`, "dhcpAddressPools", "failoverPeer"); got != "fo fo" {
		t.Errorf("the new pool refers to %s", got)
	}
	s.enter("<default>")
	if got := s.text("GetAddressesInUse", `{"ranges":["10.0.0.0/20"]}`); strings.Contains(got, "10.0.0.") || !strings.Contains(got, "10.0.1.51") {
		t.Errorf("in use here: %s", got)
	}
	for _, folder := range []string{"Offices", "Scopes"} {
		if got := s.inFolder(folder); got != "" {
			t.Errorf("%s still holds %s", folder, got)
		}
	}

	// A range takes its subranges; by force also the server and the device.
	if got := s.move("plant", true, "10.0.0.0/20"); got != `{"errors":[]}` {
		t.Fatalf("the range: %s", got)
	}
	lists("<default>", map[string]string{"GetDHCPServers": "", "GetRanges": "10.0.0.0/16", "GetDHCPScopes": "", "GetDevices": ""})
	if got := s.names("GetAddressesInUse", `{"ranges":["10.0.0.0/16"]}`, "addresses", "address"); got != "10.0.99.7" {
		t.Errorf("in use here: %s", got)
	}
	lists("plant", map[string]string{"GetDHCPServers": "dhcp3", "GetRanges": "10.0.0.0/20 10.0.1.0/24", "GetDHCPScopes": "other", "GetDevices": "router"})
	if got := s.names("GetAddressesInUse", `{"ranges":["10.0.0.0/20"]}`, "addresses", "address"); got != "10.0.1.1 10.0.1.7 10.0.1.51 10.0.1.52" {
		t.Errorf("in use there: %s", got)
	}
	if got := s.names("GetRanges", `{"filter":"name=10.0.1.0/24"}`, "ranges", "parentRef"); got != "{#6-#2}" {
		t.Errorf("the parent is %s", got)
	}
	// What is there already stays there; without a space the session's is meant.
	if got := s.text("MoveToAddressSpace", `{"objRefs":["router","{#3-#1}","{#3-#2}"]}`); got != `{"errors":[]}` {
		t.Errorf("to the session's space: %s", got)
	}
	lists("lab", map[string]string{"GetDHCPServers": "", "GetRanges": ""})
	s.text("RemoveObject", `{"ref":"lab","objType":"AddressSpace"}`)
	s.enter("plant")
	if got := s.names("GetRanges", `{"filter":"name=10.0.0.0/24"}`, "ranges", "parentRef"); got != "{#6-#2}" {
		t.Errorf("the parent is %s", got) // it lies in the subnet that came before it
	}
}

// TestRangesComeToLieAround: a range that moves takes in those it meets.
func TestRangesComeToLieAround(t *testing.T) {
	s := newService(t)
	s.space("lab")
	for _, name := range []string{"10.0.0.0/16", "10.0.4.0/24", "10.0.4.0/26"} {
		s.add("AddRange", `{"range":{"name":"`+name+`"}}`)
	}
	s.enter("lab")
	for _, name := range []string{"10.0.0.0/8", "10.0.4.0/25", "10.0.5.0/24"} {
		s.add("AddRange", `{"range":{"name":"`+name+`"}}`)
	}
	s.enter("<default>")
	if got := s.move("lab", false, "10.0.0.0/16"); got != `{"errors":[]}` {
		t.Fatal(got)
	}
	s.enter("lab")
	if got := s.text("GetRanges", `{"filter":"ref={#6-#1}"}`); !strings.Contains(got, `"childRanges":[{"ref":"{#6-#2}","objType":"Range","name":"10.0.4.0/24"},{"ref":"{#6-#6}","objType":"Range","name":"10.0.5.0/24"}]`) || !strings.Contains(got, `"parentRef":"{#6-#4}"`) {
		t.Errorf("the range: %s", got)
	}
	if got := s.names("GetRanges", `{"filter":"parentRef={#6-#2}"}`, "ranges", "name"); got != "10.0.4.0/25" {
		t.Errorf("in its subrange: %s", got)
	}
	if got := s.names("GetRanges", `{"filter":"parentRef={#6-#5}"}`, "ranges", "name"); got != "10.0.4.0/26" {
		t.Errorf("in what it met: %s", got)
	}
}

func TestMovesThatAreRefused(t *testing.T) {
	s := movable(t)
	s.enter("plant")
	s.add("AddRange", `{"range":{"name":"10.0.1.128/25"}}`)
	s.add("AddRange", `{"range":{"name":"10.0.0.0/24"}}`)
	s.add("AddDevice", `{"device":{"name":"router"}}`)
	s.enter("<default>")
	s.add("AddRange", `{"range":{"name":"10.0.7.0/24"}}`)
	s.add("AddDevice", `{"device":{"name":"switch","interfaces":[{"name":"mgmt","addresses":["10.0.7.1"]}]}}`)
	s.text("SetProperties", `{"ref":"10.0.7.9","objType":"IPAddress","properties":[{"name":"claimed","value":"true"}]}`)
	s.enter("lab")
	s.add("AddDevice", `{"device":{"name":"bridge","interfaces":[{"name":"br0","addresses":["10.0.7.1"]}]}}`)
	s.text("SetProperties", `{"ref":"10.0.7.9","objType":"IPAddress","properties":[{"name":"claimed","value":"true"}]}`)
	s.enter("<default>")
	for _, c := range []struct {
		space string
		force bool
		refs  []string
		words []string // of each error in turn
	}{
		{"lab", false, []string{"dhcp1"}, []string{`the DHCPServer dhcp1 cannot go without the DHCPServer dhcp2, its partner in the failover relationship \"fo\"`}},
		{"lab", false, []string{"10.0.0.0/24"}, []string{`the Range 10.0.0.0/24 cannot go without the DHCPServer dhcp1, whose DHCP scope \"lan\" is on it`}},
		{"lab", false, []string{"{#6-#4}"}, []string{"the Range 10.0.1.0/24 cannot go without the DHCPServer dhcp3"}},
		{"lab", false, []string{"10.0.0.0/16", "dhcp1", "dhcp2", "dhcp3"}, []string{`10.0.0.0/16 cannot go without the Device router`, `the Range 10.0.1.0/24 cannot go without the Device router, whose interface \"eth0\" has an address in it; name it too, or set force`}},
		{"lab", false, []string{"dhcp3", "{#19-#1}", "dhcp1"}, []string{"without the DHCPServer dhcp2"}},
		{"lab", true, []string{"{#7-#1}"}, []string{"a DHCPScope is moved with its server and range"}},
		{"lab", true, []string{"{#21-#1}", "dhcp3"}, []string{"objects of type Folder are not moved by themselves"}},
		{"lab", true, []string{"nothing", "dhcp3"}, []string{"nothing"}},
		{"plant", true, []string{"dhcp1"}, []string{"a range 10.0.0.0/24 exists already"}},
		{"plant", true, []string{"10.0.1.0/24"}, []string{"a device \\\"router\\\" already"}},
		{"lab", false, []string{"10.0.7.0/24", "switch"}, []string{"the address 10.0.7.9 of the range 10.0.7.0/24 is known in the address space \\\"lab\\\" too", "interface \\\"br0\\\" has the address 10.0.7.1"}},
	} {
		before := s.everything()
		got := s.move(c.space, c.force, c.refs...)
		if n := strings.Count(got, `"error":`); n != len(c.words) {
			t.Errorf("%s: %s", c.refs, got)
		}
		for _, w := range c.words {
			if !strings.Contains(got, w) {
				t.Errorf("%s: %s does not say %q", c.refs, got, w)
			}
		}
		if after := s.everything(); after != before {
			t.Errorf("%s: refused and changed\n%s\nto\n%s", c.refs, before, after)
		}
	}
	s.refused(errs.Missing, "MoveToAddressSpace", `{"addressSpaceRef":"lab"}`, "objRefs")
	s.refused(errs.NotFound, "MoveToAddressSpace", `{"objRefs":["dhcp3"],"addressSpaceRef":"nowhere"}`, "addressSpaceRef", "nowhere")
}

func TestReportMergeAddressSpaces(t *testing.T) {
	s := newService(t)
	s.space("lab")
	claim := func(a string) {
		s.text("SetProperties", `{"ref":"`+a+`","objType":"IPAddress","properties":[{"name":"claimed","value":"true"}]}`)
	}
	for _, name := range []string{"10.0.0.0/16", "10.1.0.0-10.1.0.99", "10.2.0.0/24", "10.3.0.0/16", "10.3.1.0/24", "192.168.0.0/24"} {
		s.add("AddRange", `{"range":{"name":"`+name+`"}}`)
	}
	s.add("AddDevice", `{"device":{"name":"router","interfaces":[{"name":"eth0","addresses":["10.0.0.1"]}]}}`)
	claim("10.9.0.1")
	claim("10.9.0.2")
	s.enter("lab")
	for _, name := range []string{"10.0.0.0/16", "10.0.5.0/24", "10.1.0.50-10.1.0.150", "10.2.0.0/16", "10.3.0.0/17"} {
		s.add("AddRange", `{"range":{"name":"`+name+`"}}`)
	}
	s.add("AddDevice", `{"device":{"name":"Router"}}`)
	s.add("AddDevice", `{"device":{"name":"other","interfaces":[{"name":"eth9","addresses":["10.0.0.1"]}]}}`)
	claim("10.9.0.1")
	before := s.everything()
	got := s.get("ReportMergeAddressSpaces", `{"srcAddressSpaceRef":"lab","destAddressSpaceRef":"<default>"}`)
	var lines []string
	for _, e := range got["entries"].([]any) {
		e := e.(map[string]any)
		lines = append(lines, fmt.Sprint(e["conflictType"], " ", e["srcObjRef"], " ", e["destObjRef"], " ", e["description"]))
	}
	want := []string{
		"Error {#6-#7} {#6-#1} Both address spaces have the range 10.0.0.0/16",
		"Error {#6-#9} {#6-#2} The range 10.1.0.50-10.1.0.150 overlaps the range 10.1.0.0-10.1.0.99",
		"Warning {#6-#11} {#6-#4} The range 10.3.0.0/17 would lie in the range 10.3.0.0/16",
		"Warning {#6-#10} {#6-#3} The range 10.2.0.0/24 would lie in the range 10.2.0.0/16",
		"Warning {#6-#11} {#6-#5} The range 10.3.1.0/24 would lie in the range 10.3.0.0/17",
		"Error {#8-#3} {#8-#1} Both address spaces know something of the address 10.9.0.1",
		"Error {#19-#2} {#19-#1} Both address spaces have a device Router",
		"Error {#20-#2} {#20-#1} Interfaces in both address spaces have the address 10.0.0.1",
	}
	if strings.Join(lines, "\n") != strings.Join(want, "\n") || got["totalResults"] != float64(len(want)) {
		t.Errorf("%v: the report is\n%s\nwant\n%s", got["totalResults"], strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	if after := s.everything(); after != before {
		t.Error("the report changed something")
	}
	s.space("empty")
	if got := s.text("ReportMergeAddressSpaces", `{"srcAddressSpaceRef":"lab","destAddressSpaceRef":"empty"}`); got != `{"entries":[],"totalResults":0}` {
		t.Errorf("into an empty space: %s", got)
	}
	s.refused(errs.Invalid, "ReportMergeAddressSpaces", `{"srcAddressSpaceRef":"lab","destAddressSpaceRef":"{#25-#2}"}`, "destAddressSpaceRef", "itself")
	s.refused(errs.Missing, "ReportMergeAddressSpaces", `{"srcAddressSpaceRef":"lab"}`, "destAddressSpaceRef")
	s.refused(errs.NotFound, "ReportMergeAddressSpaces", `{"srcAddressSpaceRef":"x","destAddressSpaceRef":"lab"}`, "srcAddressSpaceRef")
}
