package command_test

import (
	"fmt"
	"testing"

	"halxml/internal/errs"
)

func exclusion(scope, from, to string) string {
	return fmt.Sprintf(`{"dhcpExclusion":{"dhcpScopeRef":%q,"from":%q,"to":%q}}`, scope, from, to)
}

// available is a scope's count of free addresses.
func (s *service) available(scope string) any {
	s.t.Helper()
	return s.get("GetDHCPScope", fmt.Sprintf(`{"dhcpScopeRef":%q}`, scope))["dhcpScope"].(map[string]any)["available"]
}

func TestExclusions(t *testing.T) {
	for _, kind := range []string{"MSDHCP", "IOS"} {
		t.Run(kind, func(t *testing.T) {
			s := newService(t)
			s.server("a", kind)
			s.rng("10.0.0.0/24")
			sc := s.scope("a", "10.0.0.0/24")
			s.pool(sc, "10.0.0.10", "10.0.0.29")
			e := s.add("AddDHCPExclusion", exclusion(sc, "10.0.0.5", "10.0.0.14"))
			if want := fmt.Sprintf(`{"dhcpExclusion":{"ref":"{#16-#1}","name":"10.0.0.5-10.0.0.14","from":"10.0.0.5","to":"10.0.0.14","dhcpScopeRef":%q}}`, sc); s.text("GetDHCPExclusion", `{"dhcpExclusionRef":"{#16-#1}"}`) != want {
				t.Errorf("exclusion: %s", s.text("GetDHCPExclusion", `{"dhcpExclusionRef":"{#16-#1}"}`))
			}
			s.add("AddDHCPExclusion", fmt.Sprintf(`{"dhcpExclusion":{"dhcpScopeRef":%q,"name":"10.0.0.20-10.0.0.21"}}`, sc))
			s.add("AddDHCPExclusion", fmt.Sprintf(`{"dhcpExclusion":{"dhcpScopeRef":%q,"name":"printers","from":"10.0.0.200","to":"10.0.0.210"}}`, sc))
			if got := s.available(sc); got != 13.0 {
				t.Errorf("available: %v", got)
			}
			for filter, want := range map[string]string{
				"":                "10.0.0.5-10.0.0.14 10.0.0.20-10.0.0.21 printers",
				"name=PRINTERS":   "printers",
				"from>=10.0.0.20": "10.0.0.20-10.0.0.21 printers",
				"dhcpScopeRef=" + sc + " and to<10.0.0.30": "10.0.0.5-10.0.0.14 10.0.0.20-10.0.0.21",
			} {
				if got := s.names("GetDHCPExclusions", fmt.Sprintf(`{"filter":%q}`, filter), "dhcpExclusions", "name"); got != want {
					t.Errorf("filter %s: %s, want %s", filter, got, want)
				}
			}
			page := s.get("GetDHCPExclusions", fmt.Sprintf(`{"dhcpScopeRef":%q,"sortBy":"from","sortOrder":"Descending","offset":1,"limit":1}`, sc))
			if page["totalResults"] != 3.0 || page["dhcpExclusions"].([]any)[0].(map[string]any)["from"] != "10.0.0.20" {
				t.Errorf("page: %v", page)
			}

			s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"to":"10.0.0.15"}}`, e))
			if got, want := s.text("GetProperties", fmt.Sprintf(`{"ref":%q}`, e)), fmt.Sprintf(`{"properties":[{"name":"name","value":"10.0.0.5-10.0.0.15"},{"name":"from","value":"10.0.0.5"},{"name":"to","value":"10.0.0.15"},{"name":"dhcpScopeRef","value":%q}]}`, sc); got != want {
				t.Errorf("after SetProperties: %s", got)
			}
			if got := s.available(sc); got != 12.0 {
				t.Errorf("available after SetProperties: %v", got)
			}
			s.text("RemoveObject", `{"ref":"10.0.0.5-10.0.0.15","objType":"DHCPExclusion"}`)
			if got := s.available(sc); got != 18.0 {
				t.Errorf("available after removal: %v", got)
			}
			if got := s.names("GetHistory", `{"objType":"DHCPExclusion"}`, "events", "eventType"); got != "Deletion Modification Creation Creation Creation" {
				t.Errorf("history: %s", got)
			}

			s.refused(errs.Conflict, "SetProperties", `{"ref":"10.0.0.0/24","objType":"Range","properties":{"name":"10.0.0.0/25"}}`, "exclusion 10.0.0.200-10.0.0.210")
			s.text("RemoveObject", fmt.Sprintf(`{"ref":%q}`, sc))
			if got := s.get("GetDHCPExclusions", `{}`)["totalResults"]; got != 0.0 {
				t.Errorf("exclusions left after their scope: %v", got)
			}
			if got := s.get("GetHistory", `{"limit":1}`)["events"].([]any)[0].(map[string]any)["eventText"]; got != "DHCP scope 10.0.0.0/24 removed with 1 address pool and 2 exclusions" {
				t.Errorf("history: %v", got)
			}
		})
	}
}

func TestExclusionsRefuse(t *testing.T) {
	s := newService(t)
	s.server("a", "MSDHCP")
	s.rng("10.0.0.0/24")
	sc := s.scope("a", "10.0.0.0/24")
	e := s.add("AddDHCPExclusion", exclusion(sc, "10.0.0.5", "10.0.0.14"))
	s.add("AddDHCPExclusion", exclusion(sc, "10.0.0.50", "10.0.0.59"))
	s.refused(errs.Missing, "AddDHCPExclusion", `{}`, "dhcpExclusion")
	for _, c := range []struct {
		from, to string
		code     errs.Code
		word     string
	}{
		{"10.0.0.14", "10.0.0.20", errs.Conflict, "dhcpExclusion.from: 10.0.0.14-10.0.0.20 overlaps the exclusion 10.0.0.5-10.0.0.14"},
		{"10.0.0.1", "10.0.0.200", errs.Conflict, "overlaps"},
		{"10.0.0.250", "10.0.1.1", errs.Invalid, "dhcpExclusion.to: 10.0.1.1 lies outside the scope's range 10.0.0.0/24"},
		{"9.255.255.255", "10.0.0.1", errs.Invalid, "dhcpExclusion.from"},
		{"10.0.0.30", "10.0.0.20", errs.Invalid, "does not come after"},
		{"10.0.0.30", "::1", errs.Invalid, "dhcpExclusion.to"},
		{"10.0.0.30", "", errs.Missing, "dhcpExclusion.to"},
		{"", "10.0.0.30", errs.Missing, "dhcpExclusion.from"},
		{"", "", errs.Missing, "dhcpExclusion.from"},
		{"x", "10.0.0.30", errs.Invalid, "dhcpExclusion.from"},
	} {
		s.refused(c.code, "AddDHCPExclusion", exclusion(sc, c.from, c.to), c.word)
	}
	s.refused(errs.Missing, "AddDHCPExclusion", exclusion("", "10.0.0.30", "10.0.0.31"), "dhcpExclusion.dhcpScopeRef")
	s.refused(errs.NotFound, "AddDHCPExclusion", exclusion("{#7-#9}", "10.0.0.30", "10.0.0.31"), "{#7-#9}")
	s.refused(errs.Conflict, "SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"to":"10.0.0.50"}}`, e), "properties.from", "overlaps")
	s.refused(errs.Invalid, "SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"to":"10.0.0.1"}}`, e), "properties.to")
	s.refused(errs.Invalid, "SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"to":"x"}}`, e), "properties.to")
	s.refused(errs.Invalid, "SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"dhcpScopeRef":"{#7-#2}"}}`, e), "read-only")
	s.refused(errs.NotFound, "GetDHCPExclusion", `{"dhcpExclusionRef":"nobody"}`, "nobody")
	s.refused(errs.NotFound, "GetDHCPExclusions", `{"dhcpScopeRef":"nobody"}`, "nobody")

	for i, kind := range []string{"ISC", "Kea", "KEA DHCPv4"} {
		server := s.server(kind, kind)
		other := s.scope(server, fmt.Sprintf("10.1.%d.0/24", i))
		s.refused(errs.NotSupported, "AddDHCPExclusion", exclusion(other, fmt.Sprintf("10.1.%d.5", i), fmt.Sprintf("10.1.%d.6", i)), "dhcpScopeRef", kind, "no exclusions")
	}
}

func TestExclusionsReachThePartner(t *testing.T) {
	s := newService(t)
	a, b := s.server("a", "MSDHCP"), s.server("b", "MSDHCP")
	s.rng("10.0.0.0/24")
	sc := s.scope(a, "10.0.0.0/24")
	s.pool(sc, "10.0.0.10", "10.0.0.29")
	s.add("AddDHCPExclusion", exclusion(sc, "10.0.0.10", "10.0.0.11"))
	s.text("AddDHCPFailoverRelationship", fmt.Sprintf(`{"dhcpFailoverRelationship":{"name":"fo","primaryServer":"a","secondaryServer":"b","failoverMode":"LoadBalance","sharedSecret":"x","dhcpScopeRefs":[%q]}}`, sc))
	twin := s.names("GetDHCPScopes", fmt.Sprintf(`{"filter":"dhcpServerRef=%s"}`, b), "dhcpScopes", "ref")
	there := func(want string, available float64) {
		t.Helper()
		if got := s.names("GetDHCPExclusions", fmt.Sprintf(`{"dhcpScopeRef":%q}`, twin), "dhcpExclusions", "name"); got != want {
			t.Errorf("at the partner: %s, want %s", got, want)
		}
		if got := s.available(twin); got != available {
			t.Errorf("available at the partner: %v, want %v", got, available)
		}
	}
	there("10.0.0.10-10.0.0.11", 18)
	e := s.add("AddDHCPExclusion", exclusion(sc, "10.0.0.20", "10.0.0.20"))
	there("10.0.0.10-10.0.0.11 10.0.0.20-10.0.0.20", 17)
	first := s.names("GetDHCPExclusions", fmt.Sprintf(`{"dhcpScopeRef":%q}`, twin), "dhcpExclusions", "ref")
	s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"name":"one"}}`, e))
	there("10.0.0.10-10.0.0.11 one", 17)
	if got := s.names("GetDHCPExclusions", fmt.Sprintf(`{"dhcpScopeRef":%q}`, twin), "dhcpExclusions", "ref"); got != first {
		t.Errorf("references at the partner were %s, are %s", first, got)
	}
	s.text("RemoveObject", fmt.Sprintf(`{"ref":%q}`, e))
	there("10.0.0.10-10.0.0.11", 18)
	s.add("AddDHCPExclusion", exclusion(twin, "10.0.0.25", "10.0.0.26"))
	if got := s.names("GetDHCPExclusions", fmt.Sprintf(`{"dhcpScopeRef":%q}`, sc), "dhcpExclusions", "name"); got != "10.0.0.10-10.0.0.11 10.0.0.25-10.0.0.26" {
		t.Errorf("from the partner: %s", got)
	}
}

// TestAvailableLeavesOutWhatIsTaken counts the free addresses of pools: without
// those that are excluded, reserved or leased, each once.
func TestAvailableLeavesOutWhatIsTaken(t *testing.T) {
	s := newService(t)
	s.server("k", "Kea")
	s.server("m", "MSDHCP")
	k, m, six := s.scope("k", "10.0.0.0/24"), s.scope("m", "10.0.0.0/24"), s.scope("k", "2001:db8::/64")
	s.pool(k, "10.0.0.10", "10.0.0.19")
	s.pool(m, "10.0.0.20", "10.0.0.39")
	s.add("AddDHCPExclusion", exclusion(m, "10.0.0.30", "10.0.0.34"))
	counts := func(wantK, wantM float64) {
		t.Helper()
		if gotK, gotM := s.available(k), s.available(m); gotK != wantK || gotM != wantM {
			t.Errorf("available: %v and %v, want %v and %v", gotK, gotM, wantK, wantM)
		}
	}
	counts(10, 15)
	s.reserve(k, "00:11:22:33:44:01", "10.0.0.12")
	counts(9, 15)
	s.leased(1, "10.0.0.12 00:11:22:33:44:01", "10.0.0.13 00:11:22:33:44:02", "10.0.0.200 00:11:22:33:44:03")
	s.leased(2, "10.0.0.13 00:11:22:33:44:02", "10.0.0.31 00:11:22:33:44:04", "10.0.0.39 00:11:22:33:44:05")
	counts(8, 14)
	s.text("SetProperties", `{"ref":"10.0.0.14","objType":"IPAddress","properties":{"claimed":"true"}}`) // its server hands it out all the same
	counts(8, 14)
	for filter, want := range map[string]string{"available=14": m, "available>=8 available<14": k, "available=9": ""} {
		if got := s.names("GetDHCPScopes", fmt.Sprintf(`{"filter":%q}`, filter), "dhcpScopes", "ref"); got != want {
			t.Errorf("%s: %q, want %q", filter, got, want)
		}
	}
	if got := s.names("GetDHCPScopes", `{"sortBy":"available"}`, "dhcpScopes", "ref"); got != six+" "+k+" "+m {
		t.Errorf("by available: %s", got)
	}
	s.text("ReleaseDHCPLease", fmt.Sprintf(`{"dhcpScopeRef":%q,"lease":"10.0.0.13"}`, k))
	s.text("ReleaseDHCPLease", fmt.Sprintf(`{"dhcpScopeRef":%q,"lease":"10.0.0.39"}`, m))
	counts(9, 15)
	s.pool(six, "2001:db8::", "2001:db8::ffff:ffff:ffff")
	if got := s.available(six); got != 4294967295.0 {
		t.Errorf("of a large pool: %v", got)
	}
}
