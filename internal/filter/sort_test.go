package filter

import (
	"math"
	"slices"
	"strings"
	"testing"

	"halxml/internal/errs"
)

func TestSort(t *testing.T) {
	zoo := []*row{
		{name: "pool10", mclt: "60", addr: "10.0.0.10", created: "Feb 1, 2023 00:00:00", ref: "{#7-#9}", enabled: "true", users: []string{"b"}},
		{name: "Pool2", mclt: "3600", addr: "10.0.0.9", created: "Jan 31, 2023 00:00:00", ref: "{#7-#10}", enabled: "false", users: []string{"a", "z"}},
		{name: "apool", mclt: "", addr: "", created: "", ref: "", enabled: "", custom: rows[0].custom},
		{name: "POOL1", mclt: "7", addr: "2001:db8::", created: "2022-12-31T23:00:00Z", ref: "{#6-#11}", enabled: "false", users: []string{"a"}},
	}
	for _, test := range []struct{ by, order, want string }{
		{"name", "", "apool POOL1 Pool2 pool10"},
		{"NAME", "Ascending", "apool POOL1 Pool2 pool10"},
		{"name", "descending", "pool10 Pool2 POOL1 apool"},
		{"mclt", "Ascending", "apool POOL1 pool10 Pool2"},
		{"mclt", "Descending", "Pool2 pool10 POOL1 apool"},
		{"address", "", "apool Pool2 pool10 POOL1"},
		{"created", "", "apool POOL1 Pool2 pool10"},
		{"dnsServerRef", "", "apool POOL1 pool10 Pool2"},
		{"enabled", "", "apool Pool2 POOL1 pool10"},
		{"enabled", "Descending", "pool10 Pool2 POOL1 apool"},
		{"users", "", "apool POOL1 Pool2 pool10"},
		{"location", "Descending", "apool pool10 Pool2 POOL1"},
	} {
		sorting, err := testSet.Sort(test.by, test.order, Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := slices.Clone(zoo)
		slices.SortStableFunc(got, func(a, b *row) int { return sorting.Compare(sorting.Key(a), sorting.Key(b)) })
		var names []string
		for _, r := range got {
			names = append(names, r.name)
		}
		if s := strings.Join(names, " "); s != test.want {
			t.Errorf("%s %s: %s, want %s", test.by, test.order, s, test.want)
		}
	}
}

func TestSortErrors(t *testing.T) {
	if sorting, err := testSet.Sort("", "Descending", Options{}); sorting != nil || err != nil {
		t.Error("no field, no order")
	}
	if _, err := testSet.Sort("name", "upwards", Options{}); !strings.Contains(errs.MessageOf(err), `"upwards"`) {
		t.Errorf("sortOrder: %v", err)
	}
	plain := NewSet([]Field[string]{{Name: "name", Text: strings.Clone}}, nil)
	if _, err := plain.Sort("nmae", "", Options{}); errs.CodeOf(err) != errs.Invalid || !strings.Contains(errs.MessageOf(err), `"nmae"`) {
		t.Errorf("sortBy: %v", err)
	}
}

func TestPage(t *testing.T) {
	for _, test := range []struct {
		total         int
		offset, limit uint32
		from, to      int
	}{
		{10, 0, 0, 0, 10}, {10, 0, 3, 0, 3}, {10, 8, 3, 8, 10}, {10, 10, 3, 10, 10}, {10, 11, 0, 10, 10},
		{0, 0, 0, 0, 0}, {5, 2, math.MaxUint32, 2, 5}, {5, math.MaxUint32, math.MaxUint32, 5, 5}, {-1, 0, 0, 0, 0},
	} {
		if from, to := Page(test.total, test.offset, test.limit); from != test.from || to != test.to {
			t.Errorf("%+v: %d, %d", test, from, to)
		}
	}
}

func TestNaturalOrder(t *testing.T) {
	want := []string{"", "10", "a", "A1", "a02", "a2b", "a10", "a10b", "b", "ä2", "ä10"}
	for i, a := range want {
		for j, b := range want {
			if c := compareNatural(a, b); (c < 0) != (i < j) || (c > 0) != (i > j) {
				t.Errorf("%q against %q: %d", a, b, c)
			}
		}
	}
}
