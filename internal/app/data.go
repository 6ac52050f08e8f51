package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"halxml/internal/config"
	"halxml/store"
	"halxml/store/bolt"
)

// dataFile is the file's name in the configured directory.
const dataFile = "halxml.db"

// ErrInUse is in the error for data that another process has open.
var ErrInUse = errors.New("another process has the data open; is the service running?")

// openData opens the data file and brings it to this program's version.
func openData(ctx context.Context, c *config.Config, o bolt.Options) (*bolt.Store, error) {
	path := filepath.Join(c.Data, dataFile)
	s, err := bolt.Open(path, o)
	if err != nil {
		return nil, explain(path, err)
	}
	if err := store.Migrate(ctx, s); err != nil {
		return nil, errors.Join(explain(path, err), s.Close())
	}
	return s, nil
}

// withData does something with the data of a service that is stopped, which
// must be there already.
func withData(ctx context.Context, c *config.Config, do func(*bolt.Store) error) (err error) {
	path := filepath.Join(c.Data, dataFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("data file %s: it is not there; the first start of the service makes it", path)
	}
	s, err := openData(ctx, c, bolt.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return do(s)
}

// explain says for the operator why the data file cannot be used.
func explain(path string, err error) error {
	switch {
	case errors.Is(err, bolt.ErrLocked):
		return fmt.Errorf("data file %s: %w", path, ErrInUse)
	case errors.Is(err, bolt.ErrDamaged):
		return fmt.Errorf("data file %s: it is damaged or of another program; restore a backup", path)
	case errors.Is(err, bolt.ErrEmpty):
		return fmt.Errorf("data file %s: it is empty; restore a backup, or remove it to begin without data", path)
	case errors.Is(err, store.ErrNewer):
		return fmt.Errorf("data file %s: a newer version of halxml has written it; use that version or restore a backup", path)
	}
	return fmt.Errorf("data file %s: %w", path, reason(err))
}

// reason is what the system said, without the operation around it.
func reason(err error) error {
	var errno syscall.Errno
	var dns *net.DNSError
	switch {
	case errors.As(err, &errno):
		return errno
	case errors.As(err, &dns):
		return errors.New(dns.Err)
	}
	return err
}

// Check tests the data of a stopped service: the file's pages, and when they
// are whole, records, indexes, counts and references. It returns one sentence
// for each fault found.
func Check(ctx context.Context, c *config.Config) (faults []string, err error) {
	err = withData(ctx, c, func(s *bolt.Store) error {
		if faults, err = s.CheckPages(ctx); err != nil || len(faults) > 0 {
			return err
		}
		return s.View(ctx, func(tx store.Tx) error {
			for _, check := range []func(store.Tx) error{store.Check, store.CheckReferences} {
				switch err := check(tx).(type) {
				case nil:
				case store.Problems:
					faults = append(faults, err...)
				default:
					return err
				}
			}
			return nil
		})
	})
	return faults, err
}
