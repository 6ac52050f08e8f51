package command_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"halxml/internal/api"
	"halxml/internal/api/apitest"
)

// listed are the fields of a scope that the filters below look at.
type listed struct{ ref, name, server, description string }

func (s *service) listed(params string) (all []listed, total int) {
	s.t.Helper()
	answer := s.get("GetDHCPScopes", params)
	for _, item := range answer["dhcpScopes"].([]any) {
		m := item.(map[string]any)
		all = append(all, listed{m["ref"].(string), m["name"].(string), m["dhcpServerRef"].(string), m["description"].(string)})
	}
	return all, int(answer["totalResults"].(float64))
}

// TestListsAgainstModel changes scopes at random and compares what lists answer,
// asked for the first time and again, whole and page by page, with what a plain
// look at all scopes gives.
func TestListsAgainstModel(t *testing.T) {
	s := newService(t)
	servers := []string{s.server("one.", "ISC"), s.server("two", "ISC"), s.server("two.b", "ISC")}
	kinds := []struct {
		filter string
		match  func(listed) bool
	}{
		{"", func(listed) bool { return true }},
		{"name:^Lab.", func(l listed) bool { return strings.HasPrefix(strings.ToLower(l.name), "lab.") }},
		{"name:^lab", func(l listed) bool { return strings.HasPrefix(strings.ToLower(l.name), "lab") }},
		{"name=lab.1.", func(l listed) bool { return strings.TrimSuffix(strings.ToLower(l.name), ".") == "lab.1" }},
		{"name:^lab dhcpServerRef=two", func(l listed) bool {
			return strings.HasPrefix(strings.ToLower(l.name), "lab") && l.server == servers[1]
		}},
		{"dhcpServerRef=" + servers[0], func(l listed) bool { return l.server == servers[0] }},
		{"dhcpServerRef={#7-#1}", func(listed) bool { return false }},
		{"dhcpServerRef!=" + servers[0], func(l listed) bool { return l.server != servers[0] }},
		{"name:^lab or description:blue", func(l listed) bool {
			return strings.HasPrefix(strings.ToLower(l.name), "lab") || l.description == "blue"
		}},
		{"enabled=true and description:blue", func(l listed) bool { return l.description == "blue" }},
		{"description:blue", func(l listed) bool { return l.description == "blue" }},
	}
	var scopes []listed // by id
	compareAll := func() {
		t.Helper()
		for _, k := range kinds {
			for _, sorted := range []string{"", "description", "name"} {
				var want []listed
				for _, l := range scopes {
					if k.match(l) {
						want = append(want, l)
					}
				}
				sort := ""
				switch sorted {
				case "description":
					sort = `,"sortBy":"description","sortOrder":"Descending"`
					slices.SortStableFunc(want, func(a, b listed) int { return -cmp.Compare(a.description, b.description) })
				case "name":
					sort = `,"sortBy":"name"`
					slices.SortStableFunc(want, func(a, b listed) int { return cmp.Compare(strings.ToLower(a.name), strings.ToLower(b.name)) })
				}
				for range 2 {
					got, total := s.listed(fmt.Sprintf(`{"filter":%q%s}`, k.filter, sort))
					if !slices.Equal(got, want) || total != len(want) {
						t.Fatalf("%s%s: %d of %d %v, want %v", k.filter, sort, len(got), total, got, want)
					}
				}
				var pages []listed
				for offset := 0; offset < len(want); offset += 7 {
					page, total := s.listed(fmt.Sprintf(`{"filter":%q,"offset":%d,"limit":7%s}`, k.filter, offset, sort))
					if pages = append(pages, page...); total != len(want) {
						t.Fatalf("%s%s from %d: total %d, want %d", k.filter, sort, offset, total, len(want))
					}
				}
				if !slices.Equal(pages, want) {
					t.Fatalf("%s%s in pages: %v, want %v", k.filter, sort, pages, want)
				}
			}
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(from ...string) string { return from[random.IntN(len(from))] }
	add := func(n int) {
		l := listed{
			name: pick("Lab", "lab.1", "LAB.1.", "lab.", "office", "Łab") + pick("", "", ".x"), server: pick(servers...),
			description: pick("", "blue", "blue", "green"),
		}
		l.ref = s.add("AddDHCPScope", fmt.Sprintf(`{"dhcpScope":{"name":%q,"description":%q,"dhcpServerRef":%q,"rangeRef":"10.%d.%d.0/24"}}`,
			l.name, l.description, l.server, n/256, n%256))
		scopes = append(scopes, l)
	}
	for n := range 30 {
		add(n)
	}
	compareAll() // none was ever removed
	for n := range 40 {
		i := random.IntN(len(scopes))
		switch random.IntN(3) {
		case 0:
			add(100 + n)
		case 1:
			s.text("RemoveObject", fmt.Sprintf(`{"ref":%q}`, scopes[i].ref))
			scopes = slices.Delete(scopes, i, i+1)
		default:
			scopes[i].description = pick("red", "blue")
			s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":[{"name":"description","value":%q}]}`, scopes[i].ref, scopes[i].description))
		}
		if n%4 == 0 {
			compareAll()
		}
	}
	// What a filter's name stands for may change as well.
	s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":[{"name":"name","value":"three"}]}`, servers[1]))
	s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":[{"name":"name","value":"two"}]}`, servers[0]))
	servers[1] = servers[0]
	compareAll()
}

// TestListsAcrossTables asks for rows that show other objects' names.
func TestListsAcrossTables(t *testing.T) {
	s := newService(t)
	s.server("a", "ISC")
	s.server("b", "ISC")
	s.pool(s.scope("a", "10.0.0.0/24"), "10.0.0.10", "10.0.0.20")
	s.text("AddDHCPFailoverRelationship", `{"dhcpFailoverRelationship":{"name":"old","primaryServer":"a","secondaryServer":"b"}}`)
	for _, c := range []struct {
		filter string
		want   int
	}{{"failoverPeer=old", 1}, {"failoverPeer=new", 0}} {
		if got := s.get("GetDHCPAddressPools", fmt.Sprintf(`{"filter":%q}`, c.filter))["totalResults"]; got != float64(c.want) {
			t.Errorf("%s: %v", c.filter, got)
		}
	}
	s.text("RemoveDHCPFailoverRelationships", `{"dhcpRefAndFailoverRelationshipNames":[{"dhcpServerRef":"a","dhcpFailoverRelationshipName":"old"}]}`)
	s.text("AddDHCPFailoverRelationship", `{"dhcpFailoverRelationship":{"name":"new","primaryServer":"a","secondaryServer":"b"}}`)
	for _, c := range []struct {
		filter string
		want   int
	}{{"failoverPeer=old", 0}, {"failoverPeer=new", 1}} {
		if got := s.get("GetDHCPAddressPools", fmt.Sprintf(`{"filter":%q}`, c.filter))["totalResults"]; got != float64(c.want) {
			t.Errorf("%s: %v", c.filter, got)
		}
	}
}

// TestListsThatDependOnOtherTables changes nothing of the ranges themselves.
func TestListsThatDependOnOtherTables(t *testing.T) {
	s := newService(t)
	s.add("AddRange", `{"range":{"name":"10.0.0.0/30"}}`)
	s.add("AddRange", `{"range":{"name":"10.1.0.0/30"}}`)
	lists := []string{`{"filter":"utilizationPercentage>20"}`, `{"filter":"isContainer=false","sortBy":"utilizationPercentage","sortOrder":"Descending"}`}
	want := func(want ...string) {
		t.Helper()
		for i, list := range lists {
			if got := s.names("GetRanges", list, "ranges", "name"); got != want[i] {
				t.Errorf("%s: %s, want %s", list, got, want[i])
			}
		}
	}
	want("", "10.0.0.0/30 10.1.0.0/30")
	s.text("SetProperties", set("10.1.0.1", `{"claimed":"true"}`))
	want("10.1.0.0/30", "10.1.0.0/30 10.0.0.0/30")
	s.text("SetProperties", set("10.1.0.1", `{"claimed":"false"}`))
	want("", "10.0.0.0/30 10.1.0.0/30")
}

// TestFiltersThatAllMatch has filters with an index match all scopes, then not
// all any more.
func TestFiltersThatAllMatch(t *testing.T) {
	s := newService(t)
	s.server("one", "ISC")
	s.server("two", "ISC")
	all := func(want int, scopes ...string) {
		t.Helper()
		for _, filter := range []string{"dhcpServerRef=one", "name=^10.", "dhcpServerRef={#3-#1}"} {
			list := s.get("GetDHCPScopes", fmt.Sprintf(`{"filter":%q,"offset":1,"limit":2}`, filter+strings.Repeat(" ", want)))
			var got []string
			for _, item := range list["dhcpScopes"].([]any) {
				got = append(got, item.(map[string]any)["name"].(string))
			}
			if list["totalResults"] != float64(want) || !slices.Equal(got, scopes) {
				t.Errorf("%s: %v of %v, want %v of %d", filter, got, list["totalResults"], scopes, want)
			}
		}
	}
	all(0)
	first := s.scope("one", "10.0.0.0/24")
	all(1)
	s.scope("one", "10.0.1.0/24")
	s.scope("one", "10.0.2.0/24")
	all(3, "10.0.1.0/24", "10.0.2.0/24")
	s.text("RemoveObject", fmt.Sprintf(`{"ref":%q}`, first))
	all(2, "10.0.2.0/24")
	s.text("AddDHCPScope", `{"dhcpScope":{"name":"other","dhcpServerRef":"two","rangeRef":"10.0.0.0/24"}}`)
	s.scope("one", "10.0.4.0/24")
	s.scope("one", "10.0.5.0/24")
	all(4, "10.0.2.0/24", "10.0.4.0/24")
}

// TestListsShowWhatIsThere asks for lists again and again, as they are kept in
// their encoded form, while what their rows show of other objects changes.
func TestListsShowWhatIsThere(t *testing.T) {
	s := newService(t)
	s.server("a", "ISC")
	s.server("k", "Kea")
	for i := range 20 {
		s.scope("k", fmt.Sprintf("10.0.%d.0/24", i))
		s.pool(fmt.Sprintf("{#7-#%d}", i+1), fmt.Sprintf("10.0.%d.10", i), fmt.Sprintf("10.0.%d.19", i))
	}
	server := apitest.Start(t, func(o *api.Options) { o.Dispatcher = s.command })
	for _, more := range []string{"", `,"sortBy":"name"`, `,"filter":"name:10."`, `,"sortBy":"ref","limit":12`} {
		ask := func(operation string) string {
			var last string
			for range 3 {
				last = server.Post("/_mmwebext/mmwebext.dll?Soap", "application/json", fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":%q,"params":{"session":%q%s}}`, operation, s.session, more)).Text
			}
			return last
		}
		shows := func(operation, text string, want bool) {
			t.Helper()
			if got := ask(operation); strings.Contains(got, text) != want {
				t.Errorf("%s%s: %s is shown %v in %s", operation, more, text, !want, got)
			}
		}
		shows("GetRanges", `"scope of a"`, false)
		scope := s.add("AddDHCPScope", `{"dhcpScope":{"name":"scope of a","rangeRef":"10.0.3.0/24","dhcpServerRef":"a"}}`)
		shows("GetRanges", `"scope of a"`, true)
		s.text("RemoveObject", fmt.Sprintf(`{"ref":%q}`, scope))
		shows("GetRanges", `"scope of a"`, false)

		shows("GetDHCPScopes", `"available":9,`, false)
		reservation := s.reserve("{#7-#2}", "00:11:22:33:44:01", "10.0.1.15")
		shows("GetDHCPScopes", `"available":9,`, true)
		s.text("RemoveObject", fmt.Sprintf(`{"ref":%q}`, reservation))
		shows("GetDHCPScopes", `"available":9,`, false)
		s.leased(2, "10.0.1.12 00:11:22:33:44:01", "10.0.1.13 00:11:22:33:44:02")
		shows("GetDHCPScopes", `"available":8,`, true)
		s.leased(2)
		shows("GetDHCPScopes", `"available":8,`, false)
	}
}
