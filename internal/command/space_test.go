package command_test

import (
	"fmt"
	"strings"
	"testing"

	"halxml/internal/errs"
	"halxml/internal/jsonscan"
	"halxml/wsdl/hal"
)

// enter lets the session work in an address space.
func (s *service) enter(space string) {
	s.t.Helper()
	s.text("SetCurrentAddressSpace", fmt.Sprintf(`{"addressSpaceRef":%q}`, space))
}

// space adds an address space.
func (s *service) space(name string) string {
	s.t.Helper()
	return s.add("AddAddressSpace", fmt.Sprintf(`{"addressSpace":{"name":%q}}`, name))
}

func TestAddressSpaces(t *testing.T) {
	s := newService(t)
	if ref := s.add("AddAddressSpace", `{"addressSpace":{"name":" Lab ","description":"the lab"},"saveComment":"new"}`); ref != "{#25-#2}" {
		t.Errorf("the first one added is %s", ref)
	}
	s.space("Plant")
	const lab = `{"addressSpace":{"ref":"{#25-#2}","name":"Lab","description":"the lab"}}`
	for _, name := range []string{"{#25-#2}", "lab", "AddressSpaces/2", "AddressSpaces/LAB"} {
		if got := s.text("GetAddressSpace", fmt.Sprintf(`{"addressSpaceRef":%q}`, name)); got != lab {
			t.Errorf("%s: %s", name, got)
		}
	}
	for params, want := range map[string]string{
		`{}`:                           "<default> Lab Plant",
		`{"filter":"name=^l"}`:         "Lab",
		`{"filter":"description:lab"}`: "Lab",
		`{"filter":"ref={#25-#3}"}`:    "Plant",
		`{"sortBy":"name","sortOrder":"Descending"}`: "Plant Lab <default>",
		`{"offset":1,"limit":1}`:                     "Lab",
	} {
		if got := s.names("GetAddressSpaces", params, "addressSpaces", "name"); got != want {
			t.Errorf("%s: %s, want %s", params, got, want)
		}
	}
	if got := s.xml("GetAddressSpaces", `{"limit":1,"offset":1}`); !strings.Contains(got, `<addressSpaces><addressSpace><ref>{#25-#2}</ref><name>Lab</name><description>the lab</description></addressSpace></addressSpaces><totalResults>3</totalResults>`) {
		t.Errorf("as XML: %s", got)
	}
	s.text("SetProperties", `{"ref":"Lab","objType":"AddressSpace","properties":[{"name":"name","value":"Test"},{"name":"description","value":""}],"saveComment":"other use"}`)
	if got := s.text("GetProperties", `{"ref":"{#25-#2}"}`); got != `{"properties":[{"name":"name","value":"Test"},{"name":"description","value":""}]}` {
		t.Errorf("GetProperties: %s", got)
	}
	if got := s.text("GetObjects", `{"objRefs":["{#25-#1}","Test"],"objType":"AddressSpace"}`); got != `{"objects":[{"ref":"{#25-#1}","objType":"AddressSpace","name":"<default>"},{"ref":"{#25-#2}","objType":"AddressSpace","name":"Test"}]}` {
		t.Errorf("GetObjects: %s", got)
	}
	s.text("SetProperties", `{"ref":"{#25-#1}","properties":[{"name":"description","value":"all else"}]}`)
	s.text("RemoveObject", `{"ref":"{#25-#2}","saveComment":"done"}`)
	if got := s.names("GetHistory", `{"objRef":"{#25-#2}"}`, "events", "eventText"); got !=
		`Address space Test removed Address space Test modified: name "Lab" → "Test", description "the lab" → "" Address space Lab added` {
		t.Errorf("history: %s", got)
	}

	add := func(what string) string { return `{"addressSpace":` + what + `}` }
	for _, c := range []struct {
		code              errs.Code
		operation, params string
		words             []string
	}{
		{errs.Missing, "AddAddressSpace", `{}`, []string{"addressSpace: required"}},
		{errs.Missing, "AddAddressSpace", add(`{"name":"  "}`), []string{"addressSpace.name: required"}},
		{errs.Conflict, "AddAddressSpace", add(`{"name":"PLANT"}`), []string{"addressSpace.name", "PLANT", "exists already"}},
		{errs.Invalid, "AddAddressSpace", add(`{"name":"{#25-#1}"}`), []string{"addressSpace.name", "reference"}},
		{errs.TooLarge, "AddAddressSpace", add(`{"name":"` + strings.Repeat("x", 256) + `"}`), []string{"addressSpace.name"}},
		{errs.Invalid, "AddAddressSpace", add(`{"name":"x","description":"\u0001"}`), []string{"addressSpace.description"}},
		{errs.Conflict, "SetProperties", `{"ref":"Plant","objType":"AddressSpace","properties":[{"name":"name","value":"<Default>"}]}`, []string{"properties.name"}},
		{errs.Invalid, "SetProperties", `{"ref":"{#25-#1}","properties":[{"name":"name","value":"x"}]}`, []string{"properties.name", "read-only"}},
		{errs.NotSupported, "RemoveObject", `{"ref":"{#25-#1}","forceRemoval":true}`, []string{"default address space"}},
		{errs.NotFound, "GetAddressSpace", `{"addressSpaceRef":"{#25-#2}"}`, []string{"addressSpaceRef"}},
		{errs.Missing, "GetAddressSpace", `{}`, []string{"addressSpaceRef"}},
		{errs.NotFound, "SetCurrentAddressSpace", `{"addressSpaceRef":"nowhere"}`, []string{"addressSpaceRef", "nowhere"}},
		{errs.Invalid, "SetCurrentAddressSpace", `{"addressSpaceRef":"{#6-#1}"}`, []string{"addressSpaceRef", "AddressSpace"}},
	} {
		s.refused(c.code, c.operation, c.params, c.words...)
	}
}

// TestSpacesAreApart has the same network in two spaces.
func TestSpacesAreApart(t *testing.T) {
	s := newService(t)
	s.space("lab")
	for _, space := range []string{"<default>", "lab"} {
		s.enter(space)
		n := map[string]string{"<default>": "1", "lab": "2"}[space]
		s.add("AddDHCPServer", `{"dhcpServer":{"name":"dhcp`+n+`","type":"ISC","address":"192.0.2.`+n+`"}}`)
		s.add("AddRange", `{"range":{"name":"10.0.0.0/16"}}`)
		s.add("AddDHCPScope", `{"dhcpScope":{"name":"lan","rangeRef":"10.0.0.0/24","dhcpServerRef":"dhcp`+n+`"}}`)
		s.add("AddDHCPAddressPool", `{"dhcpAddressPool":{"name":"pool","from":"10.0.0.100","to":"10.0.0.10`+n+`","dhcpScopeRef":"lan"}}`)
		s.add("AddDHCPReservation", `{"dhcpReservation":{"name":"printer","clientIdentifier":"00:11:22:33:44:55","addresses":["10.0.0.1`+n+`"],"ownerRef":"lan"}}`)
		s.add("AddDevice", `{"device":{"name":"router","interfaces":[{"name":"eth0","addresses":["10.0.0.2`+n+`"]}]}}`)
		s.folder("Offices", "Range", "")
		s.text("PlaceInFolder", `{"folderRef":"Offices","objRefs":["10.0.0.0/24"]}`)
		s.text("SetProperties", `{"ref":"10.0.0.3`+n+`","objType":"IPAddress","properties":[{"name":"claimed","value":"true"}]}`)
	}
	s.leased(1, "10.0.0.41 "+client1)
	s.leased(2, "10.0.0.42 "+client1)
	for _, space := range []struct{ name, n, other string }{{"lab", "2", "1"}, {"<default>", "1", "2"}} {
		s.enter(space.name)
		if got := s.text("GetCurrentAddressSpace", `{}`); got != `{"addressSpaceRef":"{#25-#`+space.n+`}"}` {
			t.Errorf("the space is %s", got)
		}
		ref := func(kind string, per int, nth int) string {
			base := map[string]int{"1": 0, "2": per}[space.n]
			return fmt.Sprintf("{#%s-#%d}", kind, base+nth)
		}
		for _, c := range []struct{ operation, params, list, field, want string }{
			{"GetDHCPServers", `{}`, "dhcpServers", "name", "dhcp" + space.n},
			{"GetDHCPServers", `{"filter":"name=dhcp` + space.other + `"}`, "dhcpServers", "name", ""},
			{"GetRanges", `{}`, "ranges", "ref", ref("6", 2, 1) + " " + ref("6", 2, 2)},
			{"GetRanges", `{"filter":"10.0.0.77"}`, "ranges", "ref", ref("6", 2, 2)},
			{"GetRanges", `{"folderRef":"Offices"}`, "ranges", "ref", ref("6", 2, 2)},
			{"GetRanges", `{"filter":"name=10.0.0.0/24","sortBy":"name"}`, "ranges", "ref", ref("6", 2, 2)},
			{"GetSubranges", `{"parentRef":"10.0.0.0/16"}`, "ranges", "ref", ref("6", 2, 2)},
			{"GetDHCPScopes", `{}`, "dhcpScopes", "ref", ref("7", 1, 1)},
			{"GetDHCPScopes", `{"filter":"rangeRef=10.0.0.0/24"}`, "dhcpScopes", "ref", ref("7", 1, 1)},
			{"GetDHCPScopes", `{"filter":"name=lan"}`, "dhcpScopes", "ref", ref("7", 1, 1)},
			{"GetDHCPScopes", `{"filter":"dhcpServerRef=dhcp` + space.other + `"}`, "dhcpScopes", "ref", ""},
			{"GetDHCPAddressPools", `{}`, "dhcpAddressPools", "to", "10.0.0.10" + space.n},
			{"GetDHCPAddressPools", `{"dhcpScopeRef":"lan"}`, "dhcpAddressPools", "to", "10.0.0.10" + space.n},
			{"GetDHCPReservations", `{"ownerRef":"lan"}`, "dhcpReservations", "ref", ref("9", 1, 1)},
			{"GetDHCPLeases", `{"dhcpScopeRef":"lan"}`, "dhcpLeases", "address", "10.0.0.4" + space.n},
			{"GetDHCPLeaseHistory", `{"field":"ClientIdentifier","filter":"` + client1 + `","exactMatch":true}`, "dhcpLeaseHistoryEntries", "ipAddress", "10.0.0.4" + space.n},
			{"GetDHCPConcurrentLeases", `{}`, "dhcpConcurrentLeases", "address", ""},
			{"GetDevices", `{}`, "devices", "ref", ref("19", 1, 1)},
			{"GetInterfaces", `{}`, "interfaces", "ref", ref("20", 1, 1)},
			{"GetFolders", `{}`, "folders", "ref", ref("21", 1, 1)},
			{"GetObjectsInFolder", `{"folderRef":"Offices"}`, "objects", "ref", ref("6", 2, 2)},
			{"GetAddressesInUse", `{"ranges":["10.0.0.0/24"]}`, "addresses", "address", "10.0.0.1" + space.n + " 10.0.0.2" + space.n + " 10.0.0.3" + space.n + " 10.0.0.4" + space.n},
			{"GetIPAMRecords", `{"rangeRef":"10.0.0.0/24","filter":"claimed=true"}`, "ipamRecords", "address", "10.0.0.3" + space.n},
		} {
			if got := s.names(c.operation, c.params, c.list, c.field); got != c.want {
				t.Errorf("in %s, %s %s: %s, want %s", space.name, c.operation, c.params, got, c.want)
			}
		}
		for _, c := range []struct{ operation, params, want string }{
			{"GetDHCPScope", `{"dhcpScopeRef":"lan"}`, `"ref":"` + ref("7", 1, 1)},
			{"GetDHCPScope", `{"dhcpScopeRef":"10.0.0.0/24"}`, `"ref":"` + ref("7", 1, 1)},
			{"GetDHCPAddressPool", `{"dhcpAddressPoolRef":"pool"}`, `"to":"10.0.0.10` + space.n},
			{"GetDHCPReservation", `{"dhcpReservationRef":"printer"}`, `"addresses":["10.0.0.1` + space.n},
			{"GetDevice", `{"deviceRef":"router"}`, `"ref":"` + ref("19", 1, 1)},
			{"GetInterface", `{"interfaceRef":"eth0"}`, `"ref":"` + ref("20", 1, 1)},
			{"GetRange", `{"rangeRef":"10.0.0.0/24"}`, `"ref":"` + ref("6", 2, 2)},
			{"GetRangeByIPAddress", `{"addrRef":"10.0.0.9"}`, `"ref":"` + ref("6", 2, 2)},
			{"GetFolder", `{"folderRef":"Offices"}`, `"ref":"` + ref("21", 1, 1)},
			{"GetFolderForObject", `{"ref":"10.0.0.0/24","objType":"Range"}`, ref("21", 1, 1)},
			{"GetIPAMRecord", `{"addrRef":"10.0.0.1` + space.other + `"}`, `"dhcpReservations":[]`},
			{"GetIPAMRecord", `{"addrRef":"10.0.0.4` + space.n + `"}`, client1},
			{"GetNextFreeAddress", `{"rangeRef":"10.0.0.0/24","startAddress":"10.0.0.1` + space.n + `"}`, ""},
			{"ReportIPFromClientIdentifier", `{"clientIdentifier":"00:11:22:33:44:55"}`, `"addresses":["10.0.0.1` + space.n + `"]`},
			{"ReportIPFromClientIdentifier", `{"clientIdentifier":"` + client1 + `"}`, `"addresses":["10.0.0.4` + space.n + `"]`},
			{"GetNextFreeReservationAddress", `{"objRef":"lan","startAddress":"10.0.0.1` + space.other + `"}`, "10.0.0.1" + space.other},
		} {
			if got := s.text(c.operation, c.params); !strings.Contains(got, c.want) {
				t.Errorf("in %s, %s %s: %s, not %s", space.name, c.operation, c.params, got, c.want)
			}
		}
		for _, c := range []struct{ operation, params string }{
			{"GetDHCPServer", `{"dhcpServerRef":"dhcp` + space.other + `"}`},
			{"AddDHCPScope", `{"dhcpScope":{"rangeRef":"10.0.0.0/16","dhcpServerRef":"dhcp` + space.other + `"}}`},
			{"RemoveObject", `{"ref":"dhcp` + space.other + `","objType":"DHCPServer"}`},
		} {
			s.refused(errs.NotFound, c.operation, c.params, "dhcp"+space.other)
		}
	}
	// Each space has free what the other has taken.
	for _, c := range []struct{ space, from, want string }{
		{"<default>", "10.0.0.11", "10.0.0.12"}, {"lab", "10.0.0.11", "10.0.0.11"},
		{"<default>", "10.0.0.21", "10.0.0.22"}, {"lab", "10.0.0.21", "10.0.0.21"},
		{"<default>", "10.0.0.41", "10.0.0.43"}, // the hold of the last but one
	} {
		s.enter(c.space)
		if c.from == "10.0.0.41" {
			s.text("GetNextFreeAddress", `{"rangeRef":"10.0.0.0/24","startAddress":"10.0.0.42","temporaryClaimTime":60}`)
		}
		if got := s.text("GetNextFreeAddress", `{"rangeRef":"10.0.0.0/24","startAddress":"`+c.from+`"}`); got != `{"address":"`+c.want+`"}` {
			t.Errorf("in %s the next after %s is %s", c.space, c.from, got)
		}
	}
	s.refused(errs.Conflict, "AddDHCPServer", `{"dhcpServer":{"name":"dhcp2","type":"ISC"}}`, "dhcp2") // one machine, one name
	s.refused(errs.InUse, "RemoveObject", `{"ref":"lab","objType":"AddressSpace","forceRemoval":true}`, "lab", "1 DHCP server, 2 ranges, 1 address record, 1 device and 1 folder")
	if got := s.text("RemoveObjects", `{"objRefs":["{#25-#2}"]}`); !strings.Contains(got, "1 DHCP server") {
		t.Errorf("RemoveObjects: %s", got)
	}
	// Titles are looked up in the space too.
	s.enter("lab")
	s.text("SetProperties", `{"ref":"10.0.0.0/24","objType":"Range","properties":[{"name":"Title","value":"Lab net"}]}`)
	if got := s.names("GetAddressesInUse", `{"ranges":["lab net"]}`, "addresses", "address"); !strings.HasPrefix(got, "10.0.0.12 ") {
		t.Errorf("by title: %s", got)
	}
	s.enter("<default>")
	s.refused(errs.NotFound, "GetAddressesInUse", `{"ranges":["lab net"]}`, "lab net")
}

// TestReferencesReachIntoOtherSpaces: a reference names its object wherever it
// lies, and the command works there; but never in two spaces.
func TestReferencesReachIntoOtherSpaces(t *testing.T) {
	s := newService(t)
	s.space("lab")
	home := s.add("AddDHCPServer", `{"dhcpServer":{"name":"home","type":"ISC","address":"192.0.2.1"}}`)
	scope := s.add("AddDHCPScope", `{"dhcpScope":{"name":"lan","rangeRef":"10.0.0.0/24","dhcpServerRef":"home"}}`)
	s.folder("Home", "Range", "")
	s.add("AddDevice", `{"device":{"name":"router"}}`)
	s.enter("lab")
	away := s.add("AddDHCPServer", `{"dhcpServer":{"name":"away","type":"ISC","address":"192.0.2.2"}}`)
	s.enter("<default>")

	for operation, params := range map[string]string{
		"GetDHCPServer":     `{"dhcpServerRef":"` + away + `"}`,
		"GetServiceStatus":  `{"serverRef":"` + away + `"}`,
		"GetDHCPGroups":     `{"ownerRef":"` + away + `"}`,
		"GetProperties":     `{"ref":"` + away + `"}`,
		"GetObjects":        `{"objRefs":["` + away + `","` + home + `"]}`,
		"GetDHCPScopes":     `{"filter":"dhcpServerRef=` + away + `"}`,
		"AddDHCPScope":      `{"dhcpScope":{"name":"far","rangeRef":"10.0.0.0/24","dhcpServerRef":"` + away + `"}}`,
		"AddDHCPGroup":      `{"dhcpGroup":{"name":"g","ownerRef":"` + away + `"}}`,
		"GetHistory":        `{"objRef":"` + away + `"}`,
		"GetDHCPOptions":    `{"ref":"` + away + `"}`,
		"GetSystemSettings": `{}`,
	} {
		s.text(operation, params)
	}
	if got := s.names("GetDHCPScopes", `{}`, "dhcpScopes", "name"); got != "lan" {
		t.Errorf("the scopes here are %s", got)
	}
	s.enter("lab")
	if got := s.names("GetRanges", `{}`, "ranges", "ref"); got != "{#6-#2}" {
		t.Errorf("the range was added as %s", got)
	}
	s.enter("<default>")
	s.add("AddRange", `{"range":{"name":"10.0.0.0/25"}}`) // does not meet the one in lab
	for _, c := range []struct{ operation, params string }{
		{"AddDHCPScope", `{"dhcpScope":{"rangeRef":"{#6-#1}","dhcpServerRef":"` + away + `"}}`},
		{"AddDHCPScope", `{"dhcpScope":{"rangeRef":"{#6-#2}","dhcpServerRef":"home"}}`},
		{"AddDHCPFailoverRelationship", `{"dhcpFailoverRelationship":{"name":"fo","primaryServerRef":"` + home + `","secondaryServerRef":"` + away + `"}}`},
		{"PlaceInFolder", `{"folderRef":"Home","objRefs":["{#6-#2}"]}`},
		{"SetProperties", `{"ref":"{#6-#2}","properties":[{"name":"name","value":"10.0.0.0/23"}]}`},
	} {
		if c.operation == "SetProperties" {
			s.text(c.operation, c.params) // overlaps nothing in its own space
			continue
		}
		s.refused(errs.Invalid, c.operation, c.params, "address space", "lab", "<default>")
	}
	if got := s.text("RemoveObjects", `{"objRefs":["`+away+`","`+scope+`"],"forceRemoval":true}`); got != `{"errors":[]}` {
		t.Errorf("removing from two spaces: %s", got)
	}
}

func TestSessionsWorkEachInTheirSpace(t *testing.T) {
	s := newService(t)
	s.space("lab")
	one := s.session
	two := s.get("Login", `{"loginName":"administrator","password":"`+adminPassword+`"}`)["session"].(string)
	s.enter("lab")
	s.add("AddRange", `{"range":{"name":"10.0.0.0/24"}}`)
	s.session = two
	if got := s.names("GetRanges", `{}`, "ranges", "name"); got != "" {
		t.Errorf("another session sees %s", got)
	}
	s.session = ""
	call := func(operation, params string) error {
		op, _, _ := hal.Lookup(operation)
		req := op.NewRequest()
		if err := req.DecodeJSON(jsonscan.New(params, jsonscan.DefaultLimits())); err != nil {
			t.Fatal(err)
		}
		return s.command.Dispatch(t.Context(), &hal.Call{Operation: op, Request: req,
			Credential: hal.Credential{Scheme: "Basic", User: "administrator", Secret: adminPassword}}, func(hal.Message) error { return nil })
	}
	if err := call("SetCurrentAddressSpace", `{"addressSpaceRef":"lab"}`); errs.CodeOf(err) != errs.NotSupported || !strings.Contains(errs.MessageOf(err), "session") {
		t.Errorf("without a session: %v", err)
	}
	if err := call("GetRange", `{"rangeRef":"10.0.0.0/24"}`); errs.CodeOf(err) != errs.NotFound {
		t.Errorf("without a session: %v", err)
	}

	// When its space goes, a session must choose another.
	s.session = one
	s.text("RemoveObject", `{"ref":"10.0.0.0/24","objType":"Range"}`)
	s.text("RemoveObject", `{"ref":"lab","objType":"AddressSpace"}`)
	for _, operation := range []string{"GetRanges", "GetCurrentAddressSpace", "GetServiceStatus"} {
		if _, err := s.try(operation, `{}`); errs.CodeOf(err) != errs.NotFound || !strings.Contains(errs.MessageOf(err), "SetCurrentAddressSpace") {
			t.Errorf("%s: %v", operation, err)
		}
	}
	if _, err := s.try("AddRange", `{"range":{"name":"10.1.0.0/24"}}`); errs.CodeOf(err) != errs.NotFound {
		t.Errorf("AddRange: %v", err)
	}
	if got := s.names("GetAddressSpaces", `{}`, "addressSpaces", "name"); got != "<default>" {
		t.Errorf("spaces: %s", got)
	}
	s.enter("{#25-#1}")
	s.text("GetRanges", `{}`)
}

// TestAnEmptySpaceGoesWithItsTraces: a released address and a hold keep nobody.
func TestAnEmptySpaceGoesWithItsTraces(t *testing.T) {
	s := newService(t)
	s.space("lab")
	s.enter("lab")
	s.add("AddRange", `{"range":{"name":"10.0.0.0/24"}}`)
	claim := func(v string) {
		s.text("SetProperties", `{"ref":"10.0.0.9","objType":"IPAddress","properties":[{"name":"claimed","value":"`+v+`"}]}`)
	}
	claim("true")
	s.text("GetNextFreeAddress", `{"rangeRef":"10.0.0.0/24","temporaryClaimTime":60}`)
	s.text("RemoveObject", `{"ref":"10.0.0.0/24","objType":"Range"}`)
	s.enter("<default>")
	s.refused(errs.InUse, "RemoveObject", `{"ref":"lab","objType":"AddressSpace"}`, "1 address record;")
	s.enter("lab")
	claim("false")
	s.enter("<default>")
	s.text("RemoveObject", `{"ref":"lab","objType":"AddressSpace"}`)
}
