package bolt

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"

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
		// Check takes what pages say of their length for true, and reads in a goroutine
		// of its own, where a fault would end the program.
		if err := guard(func() error { return errors.Join(lengths(btx), readAll(ctx, btx)) }); err != nil {
			if !errors.Is(err, ErrDamaged) {
				return err
			}
			faults = append(faults, err.Error())
			return nil
		}
		for fault := range btx.Check() { // to its end, which ends its goroutine
			if len(faults) < maxFaults {
				faults = append(faults, strings.TrimPrefix(fault.Error(), "panic: ")) // bbolt's word for a page that it cannot use
			}
		}
		return nil
	})
	return faults, err
}

// lengths tests that each page in use ends before the last one.
func lengths(btx *bbolt.Tx) error {
	const metas = 2
	for id := metas; ; {
		page, err := btx.Page(id)
		if err != nil || page == nil { // behind the last one
			return err
		}
		if id++; page.Type == "free" {
			continue
		}
		if id += page.OverflowCount; id > int(btx.Size())/btx.DB().Info().PageSize {
			return fmt.Errorf("%w: page %d has a wrong length", ErrDamaged, page.ID)
		}
	}
}

// readAll reads every key and value once.
func readAll(ctx context.Context, btx *bbolt.Tx) error {
	sum := crc32.NewIEEE()
	left := btx.Size() / 16 // what describes a key has that many bytes
	return btx.ForEach(func(name []byte, b *bbolt.Bucket) error {
		c := b.Cursor()
		for k, v := c.First(); k != nil; k, v = c.Next() {
			if left--; left < 0 {
				return fmt.Errorf("%w: bucket %q does not end", ErrDamaged, name)
			}
			_, _ = sum.Write(k)
			_, _ = sum.Write(v)
		}
		return ctx.Err()
	})
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
	btx, err := s.begin(false)
	if err != nil {
		return err
	}
	defer s.endRead(btx)
	if err := guard(func() error { return fn(btx) }); err != nil {
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
