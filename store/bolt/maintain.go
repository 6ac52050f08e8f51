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
