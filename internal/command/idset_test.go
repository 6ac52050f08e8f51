package command

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"halxml/internal/model"
)

// TestIDSetAgainstModel makes sets of few and many ids, and changes them.
func TestIDSetAgainstModel(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		last := model.ID(random.IntN(2000) + 1)
		want := map[model.ID]bool{}
		s := newIDSet(last)
		for range random.IntN(1 << random.IntN(11)) {
			id := model.ID(random.IntN(int(last)) + 1)
			want[id] = true
			s.add(id)
		}
		s.done()
		for range 3 {
			ids := slices.Sorted(maps.Keys(want))
			if s.len() != len(ids) || !slices.Equal(s.page(0, len(ids)), ids) {
				t.Fatalf("up to %d: %v, want %v", last, s.page(0, s.len()), ids)
			}
			from := random.IntN(len(ids) + 1)
			to := from + random.IntN(len(ids)-from+1)
			if got := s.page(from, to); !slices.Equal(got, ids[from:to]) {
				t.Fatalf("%d to %d of %v: %v", from, to, ids, got)
			}
			changed := map[model.ID]bool{}
			for range random.IntN(20) {
				id := model.ID(random.IntN(int(last)+200) + 1) // some are new
				changed[id] = random.IntN(2) == 0
			}
			next := s.with(changed)
			if !slices.Equal(s.page(0, s.len()), ids) {
				t.Fatal("a set changed with its copy")
			}
			s = next
			for id, in := range changed {
				if delete(want, id); in {
					want[id] = true
				}
			}
		}
	}
}

func TestFullIDSet(t *testing.T) {
	for _, last := range []model.ID{1, 2, 62, 63, 64, 65, 127, 128, 1000} {
		s := newIDSet(last).fill()
		ids := s.page(0, s.len())
		if len(ids) != int(last) || ids[0] != 1 || ids[last-1] != last || !slices.IsSorted(ids) {
			t.Errorf("up to %d: %v", last, ids)
		}
		if next := s.with(map[model.ID]bool{1: false, last + 1: true}); next.len() != int(last) {
			t.Errorf("up to %d, one gone and one new: %d", last, next.len())
		}
	}
}
