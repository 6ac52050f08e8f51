package storetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"halxml/internal/model"
	"halxml/store"
)

// keysAgainstModel runs random updates, some of which fail, on the store and on
// a map, and compares after each.
func keysAgainstModel(t *testing.T, s store.Store) {
	ctx := context.Background()
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		name := fmt.Sprintf("round %d", round)
		state := map[string]string{}
		key := rapid.StringMatching(`[a-d]{1,3}`)
		t.Repeat(map[string]func(*rapid.T){
			"update": func(t *rapid.T) {
				now := maps.Clone(state)
				fails := rapid.IntRange(0, 2).Draw(t, "fails") == 0
				steps := rapid.IntRange(1, 8).Draw(t, "steps")
				err := s.Update(ctx, func(tx store.Tx) error {
					for range steps {
						k := key.Draw(t, "key")
						if rapid.Bool().Draw(t, "delete") {
							delete(now, k)
							if err := tx.Delete(name, []byte(k)); err != nil {
								return err
							}
						} else {
							now[k] = rapid.StringN(0, 20, -1).Draw(t, "value")
							if err := tx.Put(name, []byte(k), []byte(now[k])); err != nil {
								return err
							}
						}
						same(t, tx, name, now)
					}
					if fails {
						return errRefused
					}
					return nil
				})
				if fails != errors.Is(err, errRefused) || !fails && err != nil {
					t.Fatalf("Update: %v", err)
				}
				if !fails {
					state = now
				}
			},
			"": func(t *rapid.T) {
				err := s.View(ctx, func(tx store.Tx) error { same(t, tx, name, state); return nil })
				if err != nil {
					t.Fatal(err)
				}
			},
		})
	})
}

// same compares a bucket with a map, from both ends.
func same(t *rapid.T, tx store.Tx, name string, want map[string]string) {
	order := slices.Sorted(maps.Keys(want))
	for _, reverse := range []bool{false, true} {
		var got []string
		err := tx.Scan(name, nil, nil, reverse, func(k, v []byte) (bool, error) {
			got = append(got, string(k))
			if want[string(k)] != string(v) {
				t.Fatalf("%q is %q, want %q", k, v, want[string(k)])
			}
			return true, nil
		})
		if reverse {
			slices.Reverse(got)
		}
		if err != nil || !slices.Equal(got, order) {
			t.Fatalf("keys %q, %v, want %q", got, err, order)
		}
	}
}

// tablesAgainstModel runs random operations on a table with a unique index, one
// with a shared key and one by name, and compares all that can be asked.
func tablesAgainstModel(t *testing.T, s store.Store) {
	ctx := context.Background()
	schema := store.NewSchema()
	rapid.Check(t, func(t *rapid.T) {
		all := map[model.ID]model.Range{}
		clear := func() {
			err := s.Update(ctx, func(tx store.Tx) error {
				for r, err := range schema.Ranges.All(tx) {
					if err != nil {
						return err
					}
					if err := schema.Ranges.Delete(tx, r.ID); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		clear()
		defer clear()
		random := func(t *rapid.T) model.Range {
			from := rapid.IntRange(0, 5).Draw(t, "from")
			return model.Range{SpaceID: 1, ParentID: model.ID(rapid.IntRange(0, 2).Draw(t, "parent")),
				Name: rapid.SampledFrom([]string{"net", "NET.", "other", ""}).Draw(t, "name"),
				From: netip.AddrFrom4([4]byte{10, 0, 0, byte(from)}),
				To:   netip.AddrFrom4([4]byte{10, 0, 0, byte(from + rapid.IntRange(0, 2).Draw(t, "size"))})}
		}
		pick := func(t *rapid.T) model.ID {
			ids := slices.Sorted(maps.Keys(all))
			return rapid.SampledFrom(append(ids, 1<<40)).Draw(t, "id") // one is absent
		}
		taken := func(r *model.Range) bool {
			for id, o := range all {
				if id != r.ID && o.From == r.From && o.To == r.To {
					return true
				}
			}
			return false
		}
		t.Repeat(map[string]func(*rapid.T){
			"insert": func(t *rapid.T) {
				r := random(t)
				err := s.Update(ctx, func(tx store.Tx) error { return schema.Ranges.Insert(tx, &r) })
				if _, old := all[r.ID]; old {
					t.Fatalf("id %d was given before", r.ID)
				}
				expect(t, err, nil, store.ErrDuplicate, taken(&r))
				if err == nil {
					all[r.ID] = r
				}
			},
			"update": func(t *rapid.T) {
				r := random(t)
				r.ID = pick(t)
				_, there := all[r.ID]
				err := s.Update(ctx, func(tx store.Tx) error { return schema.Ranges.Update(tx, &r) })
				if !there {
					expect(t, err, store.ErrNotFound, nil, false)
					return
				}
				expect(t, err, nil, store.ErrDuplicate, taken(&r))
				if err == nil {
					all[r.ID] = r
				}
			},
			"delete": func(t *rapid.T) {
				id := pick(t)
				_, there := all[id]
				err := s.Update(ctx, func(tx store.Tx) error { return schema.Ranges.Delete(tx, id) })
				expect(t, err, nil, store.ErrNotFound, !there)
				delete(all, id)
			},
			"": func(t *rapid.T) {
				err := s.View(ctx, func(tx store.Tx) error { compare(t, tx, schema, all); return store.Check(tx) })
				if err != nil {
					t.Fatal(err)
				}
			},
		})
	})
}

func expect(t *rapid.T, err, usual, special error, isSpecial bool) {
	if isSpecial {
		usual = special
	}
	if !errors.Is(err, usual) {
		t.Fatalf("%v, want %v", err, usual)
	}
}

func compare(t *rapid.T, tx store.Tx, s *store.Schema, all map[model.ID]model.Range) {
	list := slices.SortedFunc(maps.Values(all), func(a, b model.Range) int { return cmp.Compare(a.ID, b.ID) })
	where := func(match func(model.Range) bool) (ids []model.ID) {
		for _, r := range list {
			if match(r) {
				ids = append(ids, r.ID)
			}
		}
		return ids
	}
	check := func(what string, got, want []model.ID) {
		if !slices.Equal(got, want) {
			t.Fatalf("%s: %v, want %v", what, got, want)
		}
	}
	ids := where(func(model.Range) bool { return true })
	check("All", collect(t, s.Ranges.All(tx)), ids)
	slices.Reverse(ids)
	check("AllDown", collect(t, s.Ranges.AllDown(tx)), ids)
	if n, err := s.Ranges.Count(tx); n != len(all) || err != nil {
		t.Fatalf("Count: %d, %v, want %d", n, err, len(all))
	}
	for _, name := range []string{"net", "other", "none", ""} {
		match := func(r model.Range) bool { return model.FoldName(r.Name) == name }
		check("Find "+name, collect(t, s.RangesByName.Find(tx, store.NameKey(name))), where(match))
	}
	byAddress := slices.Clone(list)
	slices.SortFunc(byAddress, func(a, b model.Range) int {
		return cmp.Or(a.From.Compare(b.From), b.To.Compare(a.To))
	})
	for parent := range model.ID(3) {
		var want []model.ID
		for _, r := range byAddress {
			if r.ParentID == parent {
				want = append(want, r.ID)
			}
		}
		prefix := store.Key{}.ID(model.DefaultSpace).ID(parent)
		got := collect(t, s.RangesByParent.Begin(tx, prefix))
		slices.Sort(want) // of one first address: by id; the test's ranges share them
		slices.Sort(got)
		check("Begin", got, want)
		if found, err := s.RangesByParent.Any(tx, prefix); found != (len(want) > 0) || err != nil {
			t.Fatalf("Any: %t, %v, want %v", found, err, want)
		}
		var named []model.ID
		for id, err := range s.RangesByParent.IDs(tx, prefix) {
			if err != nil {
				t.Fatal(err)
			}
			named = append(named, id)
		}
		var visited []model.ID
		if err := s.RangesByParent.Visit(tx, prefix, func(id model.ID) { visited = append(visited, id) }); err != nil {
			t.Fatal(err)
		}
		check("Visit", visited, named)
		slices.Sort(named)
		check("IDs", named, want)
	}
	var want []model.ID
	for _, r := range byAddress {
		if r.From.Compare(netip.MustParseAddr("10.0.0.2")) >= 0 {
			want = append(want, r.ID)
		}
	}
	from := store.Key{}.ID(1).Addr(netip.MustParseAddr("10.0.0.2"))
	check("Between", collect(t, s.RangesByAddress.Between(tx, from, nil, false)), want)
	slices.Reverse(want)
	check("Between in reverse", collect(t, s.RangesByAddress.Between(tx, from, nil, true)), want)
}

func collect(t *rapid.T, seq func(func(*model.Range, error) bool)) (ids []model.ID) {
	for r, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.ID)
	}
	return ids
}
