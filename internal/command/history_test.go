package command_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"halxml/internal/errs"
)

// events asks for the history.
func (s *service) events(params string) (all []map[string]any) {
	s.t.Helper()
	for _, e := range s.get("GetHistory", params)["events"].([]any) {
		all = append(all, e.(map[string]any))
	}
	return all
}

// TestHistoryByEveryFilter asks for the history by each of its filters, alone
// and with each other, and compares with a look at all events.
func TestHistoryByEveryFilter(t *testing.T) {
	s := furnished(t)
	s.user("ann")
	for i, ref := range []string{"lab", "office", "lab", "10.0.1.0/24"} {
		s.now = s.now.Add(20 * time.Minute)
		property := "description"
		if strings.Contains(ref, "/") {
			property = "Description"
		}
		s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{%q:"change %d"},"saveComment":"by ann"}`, ref, property, i))
	}
	s.text("RemoveObject", `{"ref":"lab","objType":"DHCPScope","saveComment":"closed"}`)
	all := s.events(`{}`)
	when := func(e map[string]any) time.Time {
		at, err := time.Parse("Jan 2, 2006 15:04:05", e["timestamp"].(string))
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	if !slices.IsSortedFunc(all, func(a, b map[string]any) int { return when(b).Compare(when(a)) }) {
		t.Error("the newest event is not the first")
	}
	is := func(field, value string) func(map[string]any) bool {
		return func(e map[string]any) bool { return e[field] == value }
	}
	every := func(map[string]any) bool { return true }
	middle := time.Date(2026, 3, 4, 7, 16, 7, 0, time.UTC)
	type choice struct {
		params string
		match  func(map[string]any) bool
	}
	filters := [][]choice{
		{{"", every}, {`"eventType":"Modification"`, is("eventType", "Modification")}, {`"eventType":"Deletion"`, is("eventType", "Deletion")},
			{`"eventType":"Error"`, func(map[string]any) bool { return false }}},
		{{"", every}, {`"objType":"DHCPScope"`, is("objType", "DHCPScope")}, {`"objType":"Range"`, is("objType", "Range")}},
		// The scope is gone, its events are not.
		{{"", every}, {`"objRef":"{#7-#2}"`, is("objRef", "{#7-#2}")}},
		{{"", every}, {`"username":"ann"`, is("username", "ann")}},
		{{"", every}, {`"startDate":"Mar 4, 2026 07:16:07"`, func(e map[string]any) bool { return !when(e).Before(middle) }}},
		{{"", every}, {`"endDate":"2026-03-04 07:16:07"`, func(e map[string]any) bool { return !when(e).After(middle) }},
			{`"endDate":"Mar 3, 2026"`, func(map[string]any) bool { return false }}},
		{{"", every}, {`"filter":"saveComment:ann"`, is("saveComment", "by ann")},
			{`"filter":"eventText:lab eventType!=Creation"`, func(e map[string]any) bool {
				return strings.Contains(strings.ToLower(e["eventText"].(string)), "lab") && e["eventType"] != "Creation"
			}}},
	}
	chosen, found := make([]choice, len(filters)), 0
	var try func(int)
	try = func(n int) {
		if n < len(filters) {
			for _, c := range filters[n] {
				chosen[n] = c
				try(n + 1)
			}
			return
		}
		var params []string
		match := slices.Clone(all)
		for _, c := range chosen {
			if c.params != "" {
				params = append(params, c.params)
			}
			match = slices.DeleteFunc(match, func(e map[string]any) bool { return !c.match(e) })
		}
		for _, limit := range []int{0, 2} {
			want := match
			asked := slices.Clone(params)
			if limit > 0 {
				want = want[:min(limit, len(want))]
				asked = append(asked, fmt.Sprintf(`"limit":%d`, limit))
			}
			got := s.events("{" + strings.Join(asked, ",") + "}")
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("%s: %d events %v\nwant %d %v", asked, len(got), got, len(want), want)
			}
			if len(params) > 3 {
				found += len(got)
			}
		}
	}
	try(0)
	if found == 0 {
		t.Error("no four filters together found anything")
	}

	// Names, periods to the day and "nothing" in other spellings.
	for params, want := range map[string]int{
		`{"objRef":"office"}`:                                           len(s.events(`{"objRef":"{#7-#3}"}`)),
		`{"objRef":"office","objType":"DHCPScope"}`:                     len(s.events(`{"objRef":"{#7-#3}"}`)),
		`{"objRef":"DHCPScopes/3"}`:                                     len(s.events(`{"objRef":"{#7-#3}"}`)),
		`{"objRef":"fo1","objType":"DHCPFailoverPeer"}`:                 len(s.events(`{"objType":"DHCPFailoverPeer"}`)),
		`{"startDate":"Mar 4, 2026","endDate":"2026-03-04"}`:            len(all),
		`{"startDate":"2026-03-04T00:00:00Z"}`:                          len(all),
		`{"startDate":"2026-03-04 00:00","endDate":"2026-03-04T23:59"}`: len(all),
		`{"eventType":"Unknown","objType":"Unknown","username":""}`:     len(all),
		`{"objRef":"","startDate":"","endDate":"","filter":" "}`:        len(all),
		`{"eventType":null,"objRef":null,"startDate":null,"limit":0}`:   len(all),
		`{"username":"ANN"}`:                                            len(s.events(`{"username":"ann"}`)),
		`{"objRef":"{#7-#3}","objType":"Range"}`:                        0,
		`{"username":"nobody"}`:                                         0,
		`{"objRef":"{#7-#99}"}`:                                         0,
	} {
		if got := len(s.events(params)); got != want {
			t.Errorf("%s: %d events, want %d", params, got, want)
		}
	}
	s.refused(errs.NotFound, "GetHistory", `{"objRef":"nobody"}`, "objRef", "nobody")
	s.refused(errs.Invalid, "GetHistory", `{"startDate":"soon"}`, "startDate", "soon")
	s.refused(errs.Invalid, "GetHistory", `{"endDate":"2026-02-30"}`, "endDate", "2026-02-30")
	s.refused(errs.Invalid, "GetHistory", `{"filter":"colour=red"}`, "colour")
	s.refused(errs.Invalid, "GetHistory", `{"eventType":"Explosion"}`, "eventType", "Explosion")
}
