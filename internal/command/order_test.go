package command

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"halxml/internal/filter"
	"halxml/internal/model"
)

// TestOrderComparesAllOfAKey sorts keys that differ late, and some not at all.
func TestOrderComparesAllOfAKey(t *testing.T) {
	set := filter.NewSet([]filter.Field[string]{
		{Name: "name", Text: func(s string) string { return s }},
		{Name: "number", Kind: filter.Number, Text: func(s string) string { return s }},
	}, nil)
	random := rand.New(rand.NewPCG(1, 2))
	for _, tt := range []struct{ by, order string }{{"name", ""}, {"name", "Descending"}, {"number", "Descending"}} {
		sorting, err := set.Sort(tt.by, tt.order, filter.Options{})
		if err != nil {
			t.Fatal(err)
		}
		o := order[string]{sorting: sorting}
		o.expect(10)
		var want []place
		for id := range model.ID(500) {
			key := fmt.Sprintf("%.*s%d", random.IntN(12), "Site-North-", random.IntN(60))
			if tt.by == "number" {
				key = fmt.Sprint(random.IntN(60))
			}
			o.add(key, id)
			want = append(want, place{key, id})
		}
		slices.SortFunc(want, func(a, b place) int { return cmp.Or(sorting.Compare(a.key, b.key), cmp.Compare(a.id, b.id)) })
		for i, id := range o.ids() {
			if id != want[i].id {
				t.Fatalf("%s %s: %d at place %d, want %d (%s)", tt.by, tt.order, id, i, want[i].id, want[i].key)
			}
		}
	}
}
