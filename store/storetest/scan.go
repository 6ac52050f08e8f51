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

// scanFar scans many keys up to ends that are keys or not, with reads of other
// keys and scans of other parts between.
func scanFar(t *testing.T, s store.Store) {
	const many = 2000
	key := func(n int) string { return fmt.Sprintf("%05d", n) }
	update(t, s, func(tx store.Tx) error {
		for n := range many {
			if err := put(key(n))(tx); err != nil {
				return err
			}
		}
		return nil
	})
	check := func(tx store.Tx) error {
		for _, from := range []int{0, 1, 700, many - 70} {
			for _, more := range []int{0, 1, 62, 63, 64, 65, 66, 500, many} {
				for _, end := range []string{"", "~"} { // the key itself, and what comes behind it
					to := key(from+more) + end
					want := min(many-from, more)
					if end != "" {
						want = min(many-from, more+1)
					}
					n := from
					err := tx.Scan(bucket, []byte(key(from)), []byte(to), false, func(k, _ []byte) (bool, error) {
						if string(k) != key(n) {
							return false, fmt.Errorf("%q comes for %q", k, key(n))
						}
						n++
						if v, err := tx.Get(bucket, []byte(key(n*7919%many))); v == nil || err != nil {
							return false, fmt.Errorf("within a scan: %q, %w", v, err)
						}
						if n%50 != 0 {
							return true, nil
						}
						got, err := keys(tx, key(5), key(105), n%100 == 0)
						if len(got) != 100 {
							return false, fmt.Errorf("a scan within a scan came to %d keys", len(got))
						}
						return true, err
					})
					if err != nil || n-from != want {
						t.Errorf("from %d to %s: %d keys, want %d, %v", from, to, n-from, want, err)
					}
				}
			}
		}
		return nil
	}
	view(t, s, check)
	update(t, s, check)
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
