package command_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"halxml/internal/command"
	"halxml/wsdl/hal"
)

// A listOf is a list command with what it needs beside filter, order and page.
type listOf struct {
	operation, params string
	unsorted          bool // it takes no sortBy
	unpaged           bool // it takes no offset
}

// lists are the list commands that take a filter.
var lists = []listOf{
	{operation: "GetDHCPServers"},
	{operation: "GetRanges"},
	{operation: "GetRangesWithStatistics", params: `"calculateUtilization":true`},
	{operation: "GetIPAMRecords", params: `"rangeRef":"10.0.0.0/24"`, unsorted: true},
	{operation: "GetDevices"},
	{operation: "GetInterfaces"},
	{operation: "GetDHCPScopes"},
	{operation: "GetDHCPAddressPools"},
	{operation: "GetDHCPExclusions"},
	{operation: "GetDHCPGroups", params: `"ownerRef":"dhcp1.example.com."`},
	{operation: "GetDHCPReservations", params: `"ownerRef":"{#7-#1}"`},
	{operation: "GetDHCPReservations", params: `"ownerRef":"office"`},
	{operation: "GetDHCPLeases", params: `"dhcpScopeRef":"{#7-#1}"`},
	{operation: "GetFolders"},
	{operation: "GetCustomFilters"},
	{operation: "GetAddressSpaces"},
	{operation: "GetHistory", unsorted: true, unpaged: true},
}

// notFields are the fields of a listed item that no filter looks at, and why.
var notFields = map[string]string{
	"GetDHCPServers.password":       "secrets are never shown, and a filter would tell them",
	"GetDHCPServers.enablePassword": "likewise",
}

// otherFilters are the operations whose filter is not of what they list.
var otherFilters = map[string]string{
	"GetDHCPLeaseHistory":    "it is a text that the field holds",
	"ReportDHCPScopeOptions": "it is of scopes, as that of GetDHCPScopes",
}

// row is one item of a list: its identity, and the texts of its fields and
// custom properties. A field with several texts is a list.
type fieldTexts map[string][]string

// items asks for a list and reads its items.
func (l listOf) items(s *service, more string) (items []fieldTexts, total int) {
	s.t.Helper()
	params := strings.Trim(l.params+","+more, ",")
	answer := s.get(l.operation, "{"+params+"}")
	op, _, _ := hal.Lookup(l.operation)
	var field *hal.Field
	for i := range op.Response.Fields {
		if f := &op.Response.Fields[i]; f.List() {
			field = f
		}
	}
	for _, item := range answer[field.Name].([]any) {
		texts := fieldTexts{}
		texts.read(field.Struct, item.(map[string]any))
		items = append(items, texts)
	}
	total = len(items)
	if n, ok := answer["totalResults"].(float64); ok {
		total = int(n)
	}
	return items, total
}

// read takes an item's fields; those of a structure in it are the item's own.
func (t fieldTexts) read(of *hal.Struct, item map[string]any) {
	for _, f := range of.Fields {
		switch value := item[f.Name].(type) {
		case map[string]any:
			t.read(f.Struct, value)
		case []any:
			t[f.Name] = []string{}
			for _, v := range value {
				m, isStruct := v.(map[string]any)
				switch {
				case f.Name == "customProperties":
					t[m["name"].(string)] = []string{m["value"].(string)}
				case isStruct:
					for _, name := range []string{"ref", "name", "clientIdentifier", "mac"} {
						if text, ok := m[name].(string); ok && text != "" {
							t[f.Name] = append(t[f.Name], text)
						}
					}
				default:
					t[f.Name] = append(t[f.Name], fmt.Sprint(v))
				}
			}
			if f.Name == "customProperties" {
				delete(t, f.Name)
			}
		case nil:
			t[f.Name] = []string{""}
		default:
			t[f.Name] = []string{fmt.Sprint(value)}
		}
	}
}

func (t fieldTexts) String() string {
	b, _ := json.Marshal(t)
	return string(b)
}

// has reports whether a field has a text, in any case and, where it stands for
// nothing, as absent.
func (t fieldTexts) has(field, text string) bool {
	if len(t[field]) == 0 {
		return text == ""
	}
	return slices.ContainsFunc(t[field], func(s string) bool {
		return strings.EqualFold(strings.TrimSuffix(s, "."), strings.TrimSuffix(text, "."))
	})
}

// TestListsByEveryField filters every list by each field and custom property of
// its items, and sorts and pages by each.
func TestListsByEveryField(t *testing.T) {
	s := furnished(t)
	for _, l := range lists {
		t.Run(l.operation, func(t *testing.T) {
			s.t = t
			all, _ := l.items(s, "")
			fields := map[string]bool{}
			for _, item := range all {
				for name := range item {
					fields[name] = true
				}
			}
			for name := range fields {
				if notFields[l.operation+"."+name] != "" {
					continue
				}
				l.filterBy(s, all, name)
				if !l.unsorted {
					l.sortBy(s, all, name)
				}
			}
		})
	}
}

// filterBy filters by each text that a field has in any item.
func (l listOf) filterBy(s *service, all []fieldTexts, field string) {
	s.t.Helper()
	texts := map[string]bool{}
	for _, item := range all {
		for _, text := range item[field] {
			texts[text] = true
		}
	}
	for text := range texts {
		var want []string
		for _, item := range all {
			if item.has(field, text) {
				want = append(want, item.String())
			}
		}
		quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text)
		filter, _ := json.Marshal(field + `="` + quoted + `"`)
		answer, err := s.try(l.operation, "{"+strings.Trim(l.params+`,"filter":`+string(filter), ",")+"}")
		if err != nil {
			s.t.Errorf("%s: %v in %s", filter, err, answer)
			return
		}
		found, total := l.items(s, `"filter":`+string(filter))
		var got []string
		for _, item := range found {
			got = append(got, item.String())
		}
		if !slices.Equal(got, want) || total != len(want) {
			s.t.Errorf("%s finds %d\n%s\nwant\n%s", filter, total, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// sortBy sorts by a field, both ways, whole and page by page.
func (l listOf) sortBy(s *service, all []fieldTexts, field string) {
	s.t.Helper()
	name, _ := json.Marshal(field)
	var ways [2][]string
	for way, order := range []string{"Ascending", "Descending"} {
		sorting := `"sortBy":` + string(name) + `,"sortOrder":"` + order + `"`
		if _, err := s.try(l.operation, "{"+strings.Trim(l.params+","+sorting, ",")+"}"); err != nil {
			s.t.Errorf("%s: %v", sorting, err)
			return
		}
		sorted, _ := l.items(s, sorting)
		var whole, pages []string
		for _, item := range sorted {
			whole = append(whole, item.String())
			ways[way] = append(ways[way], strings.ToLower(strings.Join(item[field], "\x00")))
		}
		for offset := range (len(all) + 1) / 2 {
			page, total := l.items(s, fmt.Sprintf(`%s,"offset":%d,"limit":2`, sorting, 2*offset))
			if total != len(all) {
				s.t.Errorf("%s: totalResults %d of a page, want %d", sorting, total, len(all))
			}
			for _, item := range page {
				pages = append(pages, item.String())
			}
		}
		if len(whole) != len(all) || !slices.Equal(pages, whole) {
			s.t.Errorf("%s: pages\n%s\nwant\n%s", sorting, strings.Join(pages, "\n"), strings.Join(whole, "\n"))
		}
	}
	slices.Reverse(ways[1])
	if !slices.Equal(ways[0], ways[1]) {
		s.t.Errorf("%s ascends as %q and descends as the reverse of %q", name, ways[0], ways[1])
	}
	distinct := slices.Compact(slices.Clone(ways[0]))
	slices.Sort(distinct)
	if len(slices.Compact(distinct)) != len(slices.Compact(slices.Clone(ways[0]))) {
		s.t.Errorf("%s: equal values are apart in %q", name, ways[0])
	}
}

// TestNoFilterIsForgotten tells of operations that take a filter and are not in
// lists.
func TestNoFilterIsForgotten(t *testing.T) {
	for _, name := range command.Answered() {
		op, _, ok := hal.Lookup(name)
		if !ok {
			t.Fatalf("no operation %s", name)
		}
		filtered := slices.ContainsFunc(op.Request.Fields, func(f hal.Field) bool { return f.Name == "filter" })
		listed := slices.ContainsFunc(lists, func(l listOf) bool { return l.operation == name })
		if filtered && !listed && otherFilters[name] == "" {
			t.Errorf("%s takes a filter", name)
		}
	}
}
