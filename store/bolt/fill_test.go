package bolt

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"halxml/store"
)

// TestPagesBecomeFull inserts keys in different orders, few in a transaction, as
// a service does.
func TestPagesBecomeFull(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	number := func(parts ...uint64) (k []byte) {
		for _, n := range parts {
			k = binary.BigEndian.AppendUint64(k, n)
		}
		return k
	}
	const keys, each = 20_000, 50
	for _, tt := range []struct {
		order string
		key   func(n uint64) []byte
		least float64
	}{
		{"ascending", func(n uint64) []byte { return number(n) }, 0.85},
		{"ascending in long runs", func(n uint64) []byte { return number(n%10, n) }, 0.75},
		{"random", func(uint64) []byte { return number(random.Uint64(), random.Uint64()) }, 0.6},
	} {
		t.Run(tt.order, func(t *testing.T) {
			s, err := Open(filepath.Join(t.TempDir(), "data.db"), Options{NoSync: true})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			for from := uint64(0); from < keys; from += each {
				err := s.Update(context.Background(), func(tx store.Tx) error {
					for n := from; n < from+each; n++ {
						if err := tx.Put("b", tt.key(n), nil); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			all, err := s.Usage(t.Context())
			if err != nil || len(all) != 1 || all[0].Bucket != "b" || all[0].Keys != keys {
				t.Fatalf("usage %+v, %v", all, err)
			}
			if full := float64(all[0].Used) / float64(all[0].Taken); full < tt.least {
				t.Errorf("pages are %.0f %% full, want %.0f %%", 100*full, 100*tt.least)
			}
		})
	}
}
