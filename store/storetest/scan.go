package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"halxml/store"
)

func scanBounds(t *testing.T, s store.Store) {
	tests := []struct {
		from, to string
		want     []string
	}{
		{"", "", []string{"a", "b", "ba", "c", "\xff", "\xff\xff"}},
		{"b", "", []string{"b", "ba", "c", "\xff", "\xff\xff"}},
		{"", "b", []string{"a"}},
		{"b", "c", []string{"b", "ba"}},
		{"aa", "bz", []string{"b", "ba"}},
		{"b", "b", nil},
		{"c", "b", nil},
		{"d", "e", nil},
		{"\xff", "", []string{"\xff", "\xff\xff"}},
		{"\xff\xff\xff", "", nil},
		{"", "A", nil},
	}
	check := func(tx store.Tx) error {
		for _, tt := range tests {
			for _, reverse := range []bool{false, true} {
				got, err := keys(tx, tt.from, tt.to, reverse)
				if err != nil {
					return err
				}
				if reverse {
					slices.Reverse(got)
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("[%q, %q) reverse %t: %q, want %q", tt.from, tt.to, reverse, got, tt.want)
				}
			}
		}
		return nil
	}
	update(t, s, put("c", "\xff", "b", "a", "\xff\xff", "ba"))
	view(t, s, check)
	update(t, s, check)
	view(t, s, func(tx store.Tx) error {
		n := 0
		err := tx.Scan(bucket, nil, nil, false, func(_, _ []byte) (bool, error) { n++; return n < 2, nil })
		if n != 2 || err != nil {
			t.Errorf("a scan that stops at 2 came to %d, %v", n, err)
		}
		err = tx.Scan(bucket, nil, nil, true, func(_, _ []byte) (bool, error) { return true, errRefused })
		if !errors.Is(err, errRefused) {
			t.Errorf("a scan that fails: %v", err)
		}
		return nil
	})
}

func scanWithWrites(t *testing.T, s store.Store) {
	for _, reverse := range []bool{false, true} {
		// Each key deletes itself, one passed and one to come, and adds one
		// before and one behind.
		var seen []string
		err := s.Update(t.Context(), func(tx store.Tx) error {
			if err := put("10", "20", "30", "40", "50")(tx); err != nil {
				return err
			}
			err := tx.Scan(bucket, nil, nil, reverse, func(k, _ []byte) (bool, error) {
				key := string(k)
				seen = append(seen, key)
				var err error
				switch key {
				case "20":
					err = errors.Join(put("15", "25")(tx), tx.Delete(bucket, []byte("20")))
				case "30":
					err = errors.Join(tx.Delete(bucket, []byte("10")), tx.Delete(bucket, []byte("50")), tx.Delete(bucket, []byte("30")))
				case "40":
					err = put("35", "45")(tx)
				}
				return true, err
			})
			if err != nil {
				return err
			}
			return errRefused
		})
		if !errors.Is(err, errRefused) {
			t.Fatal(err)
		}
		want := []string{"10", "20", "25", "30", "40", "45"}
		if reverse {
			want = []string{"50", "40", "35", "30", "20", "15"}
		}
		if !slices.Equal(seen, want) {
			t.Errorf("reverse %t: the scan saw %q, want %q", reverse, seen, want)
		}
	}
	wantKeys(t, s)
}

// scanOverDeleted walks where whole pages lost their keys in the transaction.
func scanOverDeleted(t *testing.T, s store.Store) {
	key := func(i int) string { return fmt.Sprintf("%05d", i) }
	const all = 3000
	update(t, s, func(tx store.Tx) error {
		for i := range all {
			if err := put(key(i))(tx); err != nil {
				return err
			}
		}
		return nil
	})
	for _, stay := range [][]int{nil, {0}, {all - 1}, {0, all - 1}, {1500}, {700, 701, 2200}} {
		err := s.Update(t.Context(), func(tx store.Tx) error {
			var want []string
			for i := range all {
				if slices.Contains(stay, i) {
					want = append(want, key(i))
				} else if err := tx.Delete(bucket, []byte(key(i))); err != nil {
					return err
				}
			}
			for _, to := range []string{"", key(all / 2), "zzz"} {
				part := want
				if to != "" {
					n, _ := slices.BinarySearch(want, to)
					part = want[:n]
				}
				for _, reverse := range []bool{false, true} {
					got, err := keys(tx, "", to, reverse)
					if err != nil {
						return err
					}
					if reverse {
						slices.Reverse(got)
					}
					if !slices.Equal(got, part) {
						t.Errorf("%v stay, to %q, reverse %t: %q, want %q", stay, to, reverse, got, part)
					}
				}
			}
			return errRefused
		})
		if !errors.Is(err, errRefused) {
			t.Fatal(err)
		}
	}
	// Each key deletes itself: from either end the scan meets all.
	for _, reverse := range []bool{false, true} {
		seen := 0
		err := s.Update(t.Context(), func(tx store.Tx) error {
			err := tx.Scan(bucket, nil, nil, reverse, func(k, _ []byte) (bool, error) {
				seen++
				return true, tx.Delete(bucket, k)
			})
			return errors.Join(err, errRefused)
		})
		if seen != all || !errors.Is(err, errRefused) {
			t.Errorf("reverse %t: deleting while walking met %d of %d keys, %v", reverse, seen, all, err)
		}
	}
}
