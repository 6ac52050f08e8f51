package command_test

import (
	"fmt"
	"testing"

	"halxml/internal/errs"
)

func (s *service) group(owner, name, parent string) string {
	s.t.Helper()
	return s.add("AddDHCPGroup", fmt.Sprintf(`{"dhcpGroup":{"ownerRef":%q,"name":%q,"parentRef":%q}}`, owner, name, parent))
}

func TestGroups(t *testing.T) {
	s := newService(t)
	a, b := s.server("a", "ISC"), s.server("b", "ISC")
	top := s.group("a", " printers ", "")
	inner := s.group(a, "laser", "printers")
	deep := s.group(a, "colour", inner)
	s.group(b, "Printers", "")
	if got, want := s.text("GetDHCPGroup", `{"dhcpGroupRef":"laser"}`), fmt.Sprintf(`{"dhcpGroup":{"ref":%q,"name":"laser","parentRef":%q,"ownerRef":%q}}`, inner, top, a); got != want {
		t.Errorf("group: %s, want %s", got, want)
	}
	for params, want := range map[string]string{
		`{"ownerRef":"a"}`:                                           "printers laser colour",
		`{"ownerRef":"DHCPServers/b"}`:                               "Printers",
		fmt.Sprintf(`{"ownerRef":%q}`, top):                          "laser",
		`{"ownerRef":"a","filter":"parentRef=laser"}`:                "colour",
		`{"ownerRef":"a","filter":"ownerRef=a and name=^l"}`:         "laser",
		`{"ownerRef":"a","sortBy":"name","limit":2}`:                 "colour laser",
		`{"ownerRef":"a","sortOrder":"Descending","sortBy":"name"}`:  "printers laser colour",
		fmt.Sprintf(`{"ownerRef":"a","filter":"parentRef=%s"}`, top): "laser",
	} {
		if got := s.names("GetDHCPGroups", params, "dhcpGroups", "name"); got != want {
			t.Errorf("%s: %s, want %s", params, got, want)
		}
	}
	if got := s.get("GetDHCPGroups", `{"ownerRef":"a","limit":1}`)["totalResults"]; got != 3.0 {
		t.Errorf("totalResults: %v", got)
	}

	s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"name":"laser printers","parentRef":""}}`, inner))
	if got, want := s.text("GetProperties", `{"ref":"laser printers","objType":"DHCPGroup"}`), fmt.Sprintf(`{"properties":[{"name":"name","value":"laser printers"},{"name":"parentRef","value":""},{"name":"ownerRef","value":%q}]}`, a); got != want {
		t.Errorf("properties: %s", got)
	}
	s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"parentRef":%q}}`, inner, top))
	s.refused(errs.Invalid, "SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"parentRef":%q}}`, top, deep), "properties.parentRef", "inside itself")
	s.refused(errs.Conflict, "SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"name":"PRINTERS"}}`, deep), "properties.name")
	s.refused(errs.Missing, "SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"name":" "}}`, deep), "properties.name")
	s.refused(errs.NotFound, "SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"parentRef":"nobody"}}`, deep), "nobody")
	s.refused(errs.Ambiguous, "GetDHCPGroup", `{"dhcpGroupRef":"printers"}`, "{#11-#4}")
	s.refused(errs.InUse, "SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"type":"Kea"}}`, b), "groups")

	s.text("RemoveObject", fmt.Sprintf(`{"ref":%q}`, top))
	if got := s.names("GetDHCPGroups", `{"ownerRef":"a"}`, "dhcpGroups", "name"); got != "" {
		t.Errorf("groups left inside a removed one: %s", got)
	}
	if got := s.names("GetHistory", `{"objType":"DHCPGroup","eventType":"Deletion"}`, "events", "objName"); got != "printers laser printers colour" {
		t.Errorf("history: %s", got)
	}
	s.refused(errs.InUse, "RemoveObject", fmt.Sprintf(`{"ref":%q}`, b), "1 group")
	s.text("RemoveObject", fmt.Sprintf(`{"ref":%q,"forceRemoval":true}`, b))
	s.refused(errs.NotFound, "GetDHCPGroup", `{"dhcpGroupRef":"Printers"}`, "Printers")
}

func TestGroupsRefuse(t *testing.T) {
	s := newService(t)
	s.server("a", "ISC")
	s.group("a", "one", "")
	s.group(s.server("b", "ISC"), "two", "")
	for _, kind := range []string{"Kea", "KEA DHCPv4", "MSDHCP", "IOS"} {
		s.server(kind, kind)
		s.refused(errs.NotSupported, "AddDHCPGroup", fmt.Sprintf(`{"dhcpGroup":{"ownerRef":%q,"name":"x"}}`, kind), "dhcpGroup.ownerRef", kind)
	}
	for _, c := range []struct {
		params string
		code   errs.Code
		word   string
	}{
		{`{}`, errs.Missing, "dhcpGroup"},
		{`{"dhcpGroup":{"name":"x"}}`, errs.Missing, "dhcpGroup.ownerRef"},
		{`{"dhcpGroup":{"ownerRef":"nobody","name":"x"}}`, errs.NotFound, "nobody"},
		{`{"dhcpGroup":{"ownerRef":"{#7-#1}","name":"x"}}`, errs.Invalid, "DHCPScope"},
		{`{"dhcpGroup":{"ownerRef":"a"}}`, errs.Missing, "dhcpGroup.name"},
		{`{"dhcpGroup":{"ownerRef":"a","name":"ONE"}}`, errs.Conflict, "dhcpGroup.name"},
		{`{"dhcpGroup":{"ownerRef":"a","name":"x\u0007"}}`, errs.Invalid, "control"},
		{`{"dhcpGroup":{"ownerRef":"a","name":"{#11-#1}"}}`, errs.Invalid, "reference"},
		{`{"dhcpGroup":{"ownerRef":"a","name":"x","parentRef":"nobody"}}`, errs.NotFound, "dhcpGroup.parentRef"},
		{`{"dhcpGroup":{"ownerRef":"a","name":"x","parentRef":"two"}}`, errs.Invalid, "another server"},
	} {
		s.refused(c.code, "AddDHCPGroup", c.params, c.word)
	}
	s.refused(errs.Missing, "GetDHCPGroups", `{}`, "ownerRef")
	s.refused(errs.NotFound, "GetDHCPGroups", `{"ownerRef":"{#11-#9}"}`, "{#11-#9}")
	s.refused(errs.NotFound, "GetDHCPGroup", `{"dhcpGroupRef":"{#11-#9}"}`, "{#11-#9}")
}
