package bolt

import (
	"context"
	"fmt"
	"io"

	"go.etcd.io/bbolt"
)

// maxFaults is how many faults of pages are told; one broken page brings many.
const maxFaults = 100

// Backup writes a copy of the data file as it is when the call begins, while
// others read and write. The copy is a data file itself. It returns the bytes
// written.
func (s *Store) Backup(ctx context.Context, w io.Writer) (n int64, err error) {
	err = s.view(ctx, func(btx *bbolt.Tx) error {
		n, err = btx.WriteTo(w)
		return err
	})
	return n, err
}

// CheckPages tests that every page of the file is in use once or free, and that
// keys are in order. It returns the first faults found, each in words; what the
// pages hold is store.Check's to test.
func (s *Store) CheckPages(ctx context.Context) (faults []string, err error) {
	err = s.view(ctx, func(btx *bbolt.Tx) error {
		for fault := range btx.Check() { // to its end, which ends its goroutine
			if len(faults) < maxFaults {
				faults = append(faults, fault.Error())
			}
		}
		return nil
	})
	return faults, err
}

// view runs fn on a snapshot of the file itself.
func (s *Store) view(ctx context.Context, fn func(*bbolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.enter(); err != nil {
		return err
	}
	defer s.users.Done()
	if err := s.db.View(fn); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// Usage is what a bucket takes of the file, bytes.
type Usage struct {
	Bucket string
	Keys   int
	Used   int64 // by keys, values and what describes them
	Taken  int64 // the pages they are in
}

// Usage tells what each bucket takes, by name. It reads the whole file.
func (s *Store) Usage(ctx context.Context) (all []Usage, err error) {
	err = s.view(ctx, func(btx *bbolt.Tx) error {
		return btx.ForEach(func(name []byte, b *bbolt.Bucket) error {
			n := b.Stats()
			all = append(all, Usage{
				Bucket: string(name), Keys: n.KeyN,
				Used:  int64(n.LeafInuse + n.BranchInuse + n.InlineBucketInuse),
				Taken: int64(n.LeafAlloc + n.BranchAlloc),
			})
			return ctx.Err()
		})
	})
	return all, err
}
