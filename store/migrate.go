package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"halxml/internal/model"
)

// metaBucket holds what is known about the data as a whole.
const metaBucket = "meta"

var versionKey = []byte("version")

// ErrNewer is returned for data that a newer program has written.
var ErrNewer = errors.New("store: the data are of a newer version of the program")

// Migration brings the data from the version before to Version, in one
// transaction.
type Migration struct {
	Version uint64
	Name    string
	Apply   func(Tx) error
}

// Migrations are all versions of the data, in order. A version that was
// released is never changed, only followed.
func Migrations() []Migration {
	return []Migration{
		{1, "tables and indexes, empty", func(Tx) error { return nil }},
		{2, "the default address space", func(tx Tx) error {
			return NewSchema().Spaces.InsertWithID(tx, &model.AddressSpace{ID: model.DefaultSpace, Name: model.DefaultSpaceName})
		}},
		{3, "addresses of reservations and leases, and folders, by their address space", func(tx Tx) error {
			s := NewSchema()
			return errors.Join(s.ReservationsByAddress.rebuild(tx), s.LeasesByAddress.rebuild(tx), s.FoldersByParent.rebuild(tx))
		}},
	}
}

// Migrate brings the data to the program's version, each step in its own
// transaction. It returns ErrNewer, with both versions, for data from a newer
// program, and changes nothing then.
func Migrate(ctx context.Context, s Store) error { return migrate(ctx, s, Migrations()) }

func migrate(ctx context.Context, s Store, steps []Migration) error {
	if err := s.View(ctx, func(tx Tx) error { return notNewer(tx, steps) }); err != nil {
		return err
	}
	for _, m := range steps {
		err := s.Update(ctx, func(tx Tx) error {
			if err := notNewer(tx, steps); err != nil {
				return err
			}
			if now, err := Version(tx); err != nil || now >= m.Version {
				return err
			}
			if err := m.Apply(tx); err != nil {
				return err
			}
			return tx.Put(metaBucket, versionKey, binary.BigEndian.AppendUint64(nil, m.Version))
		})
		if err != nil {
			return fmt.Errorf("store: migration %d (%s): %w", m.Version, m.Name, err)
		}
	}
	return nil
}

// notNewer refuses data of a version beyond the last step.
func notNewer(tx Tx, steps []Migration) error {
	now, err := Version(tx)
	if last := steps[len(steps)-1].Version; err == nil && now > last {
		return fmt.Errorf("%w: they are of version %d, this program knows %d", ErrNewer, now, last)
	}
	return err
}

// Version is the version of the data, 0 before the first Migrate.
func Version(tx Tx) (uint64, error) {
	v, err := tx.Get(metaBucket, versionKey)
	if err != nil || v == nil {
		return 0, err
	}
	if len(v) != 8 {
		return 0, fmt.Errorf("store: the version is %d bytes, not 8", len(v))
	}
	return binary.BigEndian.Uint64(v), nil
}
