package command_test

import (
	"fmt"
	"strings"
	"testing"

	"halxml/internal/errs"
)

func (s *service) server(name, kind string) string {
	s.t.Helper()
	return s.add("AddDHCPServer", fmt.Sprintf(`{"dhcpServer":{"name":%q,"type":%q}}`, name, kind))
}

func (s *service) rng(name string) string {
	s.t.Helper()
	return s.add("AddRange", fmt.Sprintf(`{"range":{"name":%q}}`, name))
}

func (s *service) scope(server, rng string) string {
	s.t.Helper()
	return s.add("AddDHCPScope", fmt.Sprintf(`{"dhcpScope":{"dhcpServerRef":%q,"rangeRef":%q}}`, server, rng))
}

func (s *service) pool(scope, from, to string) string {
	s.t.Helper()
	return s.add("AddDHCPAddressPool", fmt.Sprintf(`{"dhcpAddressPool":{"dhcpScopeRef":%q,"from":%q,"to":%q}}`, scope, from, to))
}

func TestServersAnswerWhatTheyWereGiven(t *testing.T) {
	s := newService(t)
	ref := s.add("AddDHCPServer", `{"dhcpServer":{"name":"dhcp1.corp.net.","type":"ISC","address":"10.0.0.1","proxy":"localhost","username":"u","password":"secret","enablePassword":"secret2"},"saveComment":"first"}`)
	if ref != "{#3-#1}" {
		t.Errorf("ref %s", ref)
	}
	want := `{"dhcpServer":{"ref":"{#3-#1}","name":"dhcp1.corp.net.","proxy":"localhost","address":"10.0.0.1","resolvedAddress":"10.0.0.1","username":"u","password":"","enablePassword":"","type":"ISC","state":"Unknown","customProperties":[],"enabled":true}}`
	for _, name := range []string{ref, "dhcp1.corp.net.", "DHCP1.corp.net", "DHCPServers/1", "dhcpservers/dhcp1.corp.net"} {
		if got := s.text("GetDHCPServer", fmt.Sprintf(`{"dhcpServerRef":%q}`, name)); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	before := s.located()
	read := s.text("GetProperties", fmt.Sprintf(`{"ref":%q}`, ref))
	s.text("SetProperties", fmt.Sprintf(`{"ref":%q,%s`, ref, strings.TrimPrefix(read, "{")))
	if s.located() != before {
		t.Error("a server whose properties were read and written back is another one")
	}
	if got := s.names("GetHistory", `{}`, "events", "saveComment"); got != "first" {
		t.Errorf("history: %s", got)
	}
	s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"password":"other"}}`, ref))
	if s.located() == before {
		t.Error("a new password is not stored")
	}
}

func TestServersRefuse(t *testing.T) {
	s := newService(t)
	s.server("a", "ISC")
	for _, c := range []struct {
		params string
		code   errs.Code
		word   string
	}{
		{`{}`, errs.Missing, "dhcpServer"},
		{`{"dhcpServer":{"type":"ISC"}}`, errs.Missing, "dhcpServer.name"},
		{`{"dhcpServer":{"name":"x"}}`, errs.Missing, "dhcpServer.type"},
		{`{"dhcpServer":{"name":"x","type":"Unknown"}}`, errs.Invalid, "dhcpServer.type"},
		{`{"dhcpServer":{"name":"x","type":"BIND"}}`, errs.Invalid, "BIND"},
		{`{"dhcpServer":{"name":"A.","type":"ISC"}}`, errs.Conflict, "dhcpServer.name"},
		{`{"dhcpServer":{"name":"x","type":"ISC","address":"10.0.0.300"}}`, errs.Invalid, "10.0.0.300"},
		{`{"dhcpServer":{"name":"x","type":"ISC","address":"a b"}}`, errs.Invalid, "dhcpServer.address"},
		{`{"dhcpServer":{"name":"x\u0001","type":"ISC"}}`, errs.Invalid, "control"},
		{`{"dhcpServer":{"name":"{#3-#1}","type":"ISC"}}`, errs.Invalid, "reference"},
		{`{"dhcpServer":{"name":"x","type":"ISC","customProperties":[{"name":"Floor","value":"1"}]}}`, errs.Invalid, "Floor"},
	} {
		s.refused(c.code, "AddDHCPServer", c.params, c.word)
	}
	s.refused(errs.NotFound, "GetDHCPServer", `{"dhcpServerRef":"nobody"}`, "Object not found for reference", "nobody")
	s.refused(errs.Invalid, "GetDHCPServer", `{"dhcpServerRef":"{#7-#1}"}`, "DHCPScope")
}

func TestRangesNest(t *testing.T) {
	s := newService(t)
	wide, mid, low := s.rng("10.0.0.0/8"), s.rng("10.1.0.0/16"), s.rng("10.1.2.0/24")
	between := s.rng("10.1.0.0/20")
	parent := func(ref string) any {
		return s.get("GetRange", fmt.Sprintf(`{"rangeRef":%q}`, ref))["range"].(map[string]any)["parentRef"]
	}
	for _, c := range [][2]string{{mid, wide}, {between, mid}, {low, between}} {
		if got := parent(c[0]); got != c[1] {
			t.Errorf("parent of %s: %v, want %s", c[0], got, c[1])
		}
	}
	if parent(wide) != nil {
		t.Error("the widest range has a parent")
	}
	s.text("RemoveObject", fmt.Sprintf(`{"ref":%q}`, between))
	if got := parent(low); got != mid {
		t.Errorf("after removal: %v", got)
	}
	byIP := func(a string) string {
		return s.get("GetRangeByIPAddress", fmt.Sprintf(`{"addrRef":%q}`, a))["range"].(map[string]any)["name"].(string)
	}
	for a, want := range map[string]string{"10.1.2.3": "10.1.2.0/24", "10.1.3.0": "10.1.0.0/16", "10.9.9.9": "10.0.0.0/8"} {
		if got := byIP(a); got != want {
			t.Errorf("range of %s: %s, want %s", a, got, want)
		}
	}
	s.refused(errs.NotFound, "GetRangeByIPAddress", `{"addrRef":"192.0.2.1"}`, "192.0.2.1")
	if got := s.names("GetSubranges", fmt.Sprintf(`{"parentRef":%q,"depth":2}`, wide), "ranges", "name"); got != "10.1.0.0/16 10.1.2.0/24" {
		t.Errorf("subranges: %s", got)
	}
	if got := s.names("GetRanges", `{"filter":"10.1.2.77"}`, "ranges", "name"); got != "10.1.2.0/24" {
		t.Errorf("ranges around an address: %s", got)
	}
	// A range that moves takes its place among the others anew.
	s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"name":"10.0.0.0/9"}}`, mid))
	if got := parent(low); got != mid {
		t.Errorf("after the move: %v", got)
	}
	s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"name":"10.128.0.0/9"}}`, mid))
	if got := parent(low); got != wide {
		t.Errorf("after the move away: %v", got)
	}
}

func TestARangesNameGivesItsBounds(t *testing.T) {
	s := newService(t)
	s.add("AddRange", `{"range":{"name":"10.0.3.0/24","from":"10.0.2.1","to":"10.0.2.9"}}`)
	s.add("AddRange", `{"range":{"name":"lab","from":"10.0.2.0","to":"10.0.2.255"}}`)
	s.add("AddRange", `{"range":{"from":"10.0.4.0","to":"10.0.4.255"}}`)
	if got := s.names("GetRanges", `{}`, "ranges", "name") + " " + s.names("GetRanges", `{}`, "ranges", "from"); got != "10.0.3.0/24 lab 10.0.4.0/24 10.0.3.0 10.0.2.0 10.0.4.0" {
		t.Errorf("got %s", got)
	}
}

func TestRangesRefuse(t *testing.T) {
	s := newService(t)
	s.rng("10.0.0.0/24")
	s.rng("10.0.1.0-10.0.1.9")
	for _, c := range []struct {
		params string
		code   errs.Code
		word   string
	}{
		{`{}`, errs.Missing, "range"},
		{`{"range":{"name":"10.0.0.0/24"}}`, errs.Conflict, "exists already"},
		{`{"range":{"name":"10.0.0.9/24"}}`, errs.Invalid, "host bits"},
		{`{"range":{"name":"10.0.0.200-10.0.1.3"}}`, errs.Conflict, "overlaps"},
		{`{"range":{"name":"10.0.1.5-10.0.1.20"}}`, errs.Conflict, "10.0.1.0-10.0.1.9"},
		{`{"range":{"name":"office"}}`, errs.Invalid, "office"},
		{`{"range":{"name":"x","from":"10.0.2.1"}}`, errs.Missing, "range.to"},
		{`{"range":{"name":"x","from":"10.0.2.9","to":"10.0.2.1"}}`, errs.Invalid, "range.to"},
		{`{"range":{"name":"x","from":"10.0.2.9","to":"::1"}}`, errs.Invalid, "range.to"},
		{`{"range":{"name":"10.0.3.0/24","from":"10.0.2.x","to":"10.0.2.9"}}`, errs.Invalid, "range.from"},
		{`{"range":{"name":"fe80::%eth0/64"}}`, errs.Invalid, "range.name"},
		{`{"range":{"name":"::ffff:10.0.0.0/120"}}`, errs.Invalid, "range.name"},
		{`{"range":{"name":"10.5.0.0/24","parentRef":"10.0.0.0/24"}}`, errs.Invalid, "range.parentRef"},
	} {
		s.refused(c.code, "AddRange", c.params, c.word)
	}
}

func TestScopesAndPools(t *testing.T) {
	s := newService(t)
	a := s.server("a", "ISC")
	s.server("b", "MSDHCP")
	rng := s.rng("10.0.0.0/24")
	sc := s.scope("a", "10.0.0.0/24")
	if got, want := s.text("GetDHCPScope", `{"dhcpScopeRef":"10.0.0.0/24"}`), fmt.Sprintf(`{"dhcpScope":{"ref":%q,"name":"10.0.0.0/24","rangeRef":%q,"dhcpServerRef":%q,"superscope":"","description":"","available":0,"enabled":true}}`, sc, rng, a); got != want {
		t.Errorf("scope: %s", got)
	}
	p := s.pool(sc, "10.0.0.10", "10.0.0.19")
	if got, want := s.text("GetDHCPAddressPool", fmt.Sprintf(`{"dhcpAddressPoolRef":%q}`, p)), fmt.Sprintf(`{"dhcpAddressPool":{"ref":%q,"name":"10.0.0.10-10.0.0.19","from":"10.0.0.10","to":"10.0.0.19","failoverPeer":"","failoverRelationship":"","dhcpScopeRef":%q}}`, p, sc); got != want {
		t.Errorf("pool: %s", got)
	}
	if got := s.get("GetDHCPScope", fmt.Sprintf(`{"dhcpScopeRef":%q}`, sc))["dhcpScope"].(map[string]any)["available"]; got != 10.0 {
		t.Errorf("available: %v", got)
	}
	pool := func(from, to string) string {
		return fmt.Sprintf(`{"dhcpAddressPool":{"dhcpScopeRef":%q,"from":%q,"to":%q}}`, sc, from, to)
	}
	s.refused(errs.Conflict, "AddDHCPAddressPool", pool("10.0.0.19", "10.0.0.30"), "overlaps")
	s.refused(errs.Invalid, "AddDHCPAddressPool", pool("10.0.0.250", "10.0.1.3"), "outside")
	s.refused(errs.Invalid, "AddDHCPAddressPool", pool("10.0.0.0", "10.0.0.3"), "network address")
	s.refused(errs.Invalid, "AddDHCPAddressPool", pool("10.0.0.250", "10.0.0.255"), "broadcast")
	s.refused(errs.Invalid, "AddDHCPAddressPool", pool("10.0.0.9", "10.0.0.3"), "does not come after")
	s.refused(errs.Missing, "AddDHCPAddressPool", pool("10.0.0.9", ""), "dhcpAddressPool.to")
	s.refused(errs.NotFound, "AddDHCPAddressPool", `{"dhcpAddressPool":{"dhcpScopeRef":"{#7-#99}","from":"10.0.0.9","to":"10.0.0.9"}}`, "{#7-#99}")

	s.refused(errs.Conflict, "AddDHCPScope", `{"dhcpScope":{"name":"x","rangeRef":"10.0.0.0/24","dhcpServerRef":"a"}}`, "already exists on the server")
	s.rng("10.0.0.0/16")
	s.refused(errs.Conflict, "AddDHCPScope", `{"dhcpScope":{"rangeRef":"10.0.0.0/16","dhcpServerRef":"a"}}`, "overlaps")
	s.rng("10.0.0.0/25")
	s.refused(errs.Conflict, "AddDHCPScope", `{"dhcpScope":{"rangeRef":"10.0.0.0/25","dhcpServerRef":"a"}}`, "overlaps")
	s.rng("10.2.0.5-10.2.0.9")
	s.refused(errs.Invalid, "AddDHCPScope", `{"dhcpScope":{"rangeRef":"10.2.0.5-10.2.0.9","dhcpServerRef":"a"}}`, "CIDR")
	s.scope("b", "10.2.0.5-10.2.0.9")
	s.refused(errs.NotFound, "AddDHCPScope", `{"dhcpScope":{"rangeRef":"10.7.0.0-10.7.0.9","dhcpServerRef":"a"}}`, "dhcpScope.rangeRef")
	// The CIDR of no range makes the range.
	s.scope("a", "10.7.0.0/24")
	if got := s.get("GetRange", `{"rangeRef":"10.7.0.0/24"}`)["range"].(map[string]any)["subnet"]; got != true {
		t.Errorf("subnet: %v", got)
	}

	s.refused(errs.InUse, "RemoveObject", fmt.Sprintf(`{"ref":%q}`, rng), "1 DHCP scope")
	s.refused(errs.InUse, "RemoveObject", fmt.Sprintf(`{"ref":%q}`, a), "2 scopes")
	s.text("RemoveObject", fmt.Sprintf(`{"ref":%q,"forceRemoval":true}`, rng))
	s.refused(errs.NotFound, "GetDHCPAddressPool", fmt.Sprintf(`{"dhcpAddressPoolRef":%q}`, p), "no such")
	s.text("RemoveObject", fmt.Sprintf(`{"ref":%q,"forceRemoval":"1"}`, a))
	if got := s.names("GetDHCPScopes", `{}`, "dhcpScopes", "name"); got != "10.2.0.5-10.2.0.9" {
		t.Errorf("left: %s", got)
	}
}

func TestListsFilterSortAndPage(t *testing.T) {
	s := newService(t)
	s.server("a", "ISC")
	s.server("b", "Kea")
	for i := range 20 {
		s.scope([]string{"a", "b"}[i%2], fmt.Sprintf("10.0.%d.0/24", i))
	}
	for _, c := range []struct {
		params, first string
		listed, total int
	}{
		{`{}`, "10.0.0.0/24", 20, 20},
		{`{"limit":0,"offset":0,"filter":"","sortBy":""}`, "10.0.0.0/24", 20, 20},
		{`{"limit":3,"offset":5}`, "10.0.5.0/24", 3, 20},
		{`{"limit":30,"offset":18}`, "10.0.18.0/24", 2, 20},
		{`{"offset":50}`, "", 0, 20},
		{`{"filter":"name:^10.0.1"}`, "10.0.1.0/24", 11, 11},
		{`{"filter":"name=^10.0.1 AND dhcpServerRef=a","limit":2}`, "10.0.10.0/24", 2, 5},
		{`{"filter":"name:^10.0.7.0/24$"}`, "10.0.7.0/24", 1, 1},
		{`{"filter":"dhcpServerRef:^{#3-#2}$"}`, "10.0.1.0/24", 10, 10},
		{`{"sortBy":"name","sortOrder":"Descending"}`, "10.0.19.0/24", 20, 20},
		{`{"filter":"rangeRef=10.0.4.0/24"}`, "10.0.4.0/24", 1, 1},
		{`{"filter":"enabled=false"}`, "", 0, 0},
	} {
		res := s.get("GetDHCPScopes", c.params)
		list := res["dhcpScopes"].([]any)
		if len(list) != c.listed || res["totalResults"] != float64(c.total) {
			t.Errorf("%s: %d listed of %v, want %d of %d", c.params, len(list), res["totalResults"], c.listed, c.total)
			continue
		}
		if c.listed > 0 && list[0].(map[string]any)["name"] != c.first {
			t.Errorf("%s: first %v, want %s", c.params, list[0].(map[string]any)["name"], c.first)
		}
	}
	s.refused(errs.Invalid, "GetDHCPScopes", `{"filter":"nmae=x"}`, "nmae")
	s.refused(errs.Invalid, "GetDHCPScopes", `{"sortBy":"colour"}`, "colour")
}

func TestPermitLists(t *testing.T) {
	s := newService(t)
	s.server("a", "ISC")
	s.server("m", "MSDHCP")
	p := s.pool(s.scope("a", "10.0.0.0/24"), "10.0.0.10", "10.0.0.19")
	m := s.pool(s.scope("m", "10.1.0.0/24"), "10.1.0.10", "10.1.0.19")
	set := func(pool, permits string) string {
		return fmt.Sprintf(`{"dhcpAddressPoolRef":%q,"dhcpAddressPoolPermits":%s}`, pool, permits)
	}
	s.text("SetDHCPAddressPoolPermitList", set(p, `[{"permit":"KnownClients","access":"Allow"},{"permit":"MembersOfDHCPClass","access":"Deny","className":"phones"}]`))
	if got := s.text("GetDHCPAddressPoolPermitList", fmt.Sprintf(`{"dhcpAddressPoolRef":%q}`, p)); got != `{"dhcpAddressPoolPermits":[{"permit":"KnownClients","access":"Allow","className":""},{"permit":"MembersOfDHCPClass","access":"Deny","className":"phones"}]}` {
		t.Errorf("permits: %s", got)
	}
	s.refused(errs.Missing, "SetDHCPAddressPoolPermitList", set(p, `[{"permit":"MembersOfDHCPClass","access":"Deny"}]`), "className")
	s.refused(errs.Missing, "SetDHCPAddressPoolPermitList", set(p, `[{"permit":"AllClients"}]`), "access")
	s.refused(errs.Invalid, "SetDHCPAddressPoolPermitList", set(p, `[{"permit":"AllClients","access":"Unspecified"}]`), "access")
	s.refused(errs.Invalid, "SetDHCPAddressPoolPermitList", set(p, `[{"permit":"Unknown","access":"Allow"}]`), "permit")
	s.refused(errs.NotSupported, "SetDHCPAddressPoolPermitList", set(m, `[]`), "MSDHCP")
	s.text("SetDHCPAddressPoolPermitList", set(p, `[]`))
	if got := s.text("GetDHCPAddressPoolPermitList", fmt.Sprintf(`{"dhcpAddressPoolRef":%q}`, p)); got != `{"dhcpAddressPoolPermits":[]}` {
		t.Errorf("permits: %s", got)
	}
}

// TestAddressesNameTheRange tells that a range's addresses name it in commands
// for any object, though scopes lie on it, unless one has them for its name.
func TestAddressesNameTheRange(t *testing.T) {
	s := newService(t)
	for _, server := range []string{"a", "b"} {
		s.server(server, "ISC")
		s.add("AddDHCPScope", fmt.Sprintf(`{"dhcpScope":{"name":"lan of %s","dhcpServerRef":%q,"rangeRef":"10.0.0.0/24"}}`, server, server))
		if got := s.text("GetObjects", `{"objRefs":["10.0.0.0/24","Ranges/10.0.0.0/24"]}`); strings.Count(got, `"objType":"Range"`) != 2 {
			t.Errorf("the objects are %s", got)
		}
	}
	s.scope("a", "10.0.1.0/24")
	s.refused(errs.Ambiguous, "GetObjects", `{"objRefs":["10.0.1.0/24"]}`, "Range", "DHCPScope")
	if got := s.names("GetObjects", `{"objRefs":["10.0.1.0/24"],"objType":"DHCPScope"}`, "objects", "ref"); got != "{#7-#3}" {
		t.Errorf("the scope is %s", got)
	}
}

// TestFaultsNameTheBound tells which of a range's bounds cannot be moved.
func TestFaultsNameTheBound(t *testing.T) {
	s := newService(t)
	s.server("a", "ISC")
	sc := s.scope("a", "10.0.0.0/24")
	s.pool(sc, "10.0.0.10", "10.0.0.250")
	s.rng("10.0.2.0/24")
	for properties, words := range map[string][]string{
		`{"name":"10.0.0.0/25"}`: {"properties.name", "10.0.0.10-10.0.0.250"},
		`{"to":"10.0.0.127"}`:    {"properties.to", "10.0.0.10-10.0.0.250"},
		`{"from":"10.0.0.128"}`:  {"properties.from", "10.0.0.10-10.0.0.250"},
		`{"to":"10.0.2.127"}`:    {"properties.to", "10.0.2.0/24"},
		`{"name":"10.0.2.0/24"}`: {"properties.name", "10.0.2.0/24"},
	} {
		s.refused(errs.Conflict, "SetProperties", set("{#6-#1}", properties), words...)
	}
}
