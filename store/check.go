package store

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// Problems are the faults that a check found, each a sentence. It is an error.
type Problems []string

// Error is all of them, the first hundred in words.
func (p Problems) Error() string {
	const most = 100
	if len(p) > most {
		return fmt.Sprintf("%s; and %d more", strings.Join(p[:most], "; "), len(p)-most)
	}
	return strings.Join(p, "; ")
}

func (p *Problems) addf(format string, args ...any) { *p = append(*p, fmt.Sprintf(format, args...)) }

func (p Problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// Records is a table whose kind of record does not matter.
type Records interface {
	// String is the table's name.
	String() string
	// Count is the number of records.
	Count(Tx) (int, error)
	check(Tx, *Problems) error
}

// Tables are all tables, in the order in which they refer to one another.
func (s *Schema) Tables() []Records {
	return []Records{
		s.Servers, s.Spaces, s.Ranges, s.Addresses, s.Holds, s.Devices, s.Interfaces,
		s.Relationships, s.Scopes, s.Pools, s.Exclusions, s.Groups, s.Reservations,
		s.OptionSets, s.Definitions, s.Classes, s.Policies, s.Deliveries, s.Statements, s.Leases, s.LeaseEvents,
		s.Users, s.Sessions, s.Events,
		s.Properties, s.Folders, s.Placements, s.Settings,
	}
}

// String is the table's name.
func (t *Table[T]) String() string { return t.Name }

// Check tests the form of the data: records decode, their ids were given,
// counts are true, each index entry belongs to a record and each record has its
// entries, unique keys are unique. It returns Problems, or the error that ended
// the reading.
func Check(tx Tx) error {
	var p Problems
	for _, t := range NewSchema().Tables() {
		if err := t.check(tx, &p); err != nil {
			return errors.Join(p.err(), err)
		}
	}
	return p.err()
}

func (t *Table[T]) check(tx Tx, p *Problems) error {
	last, err := tx.LastID(t.Name)
	if err != nil {
		return err
	}
	records := 0
	err = tx.Scan(t.Name, nil, nil, false, func(k, v []byte) (bool, error) {
		records++
		rec, err := t.decode(k, v)
		if err != nil {
			p.addf("%s", strings.TrimPrefix(err.Error(), "store: "))
			return true, nil
		}
		id := *t.ID(rec)
		if uint64(id) > last {
			p.addf("%s %d is beyond the last id given, %d", t.Name, id, last)
		}
		for _, x := range t.Indexes {
			keys := x.keys(rec)
			if x.Each && len(keys) != 1 {
				p.addf("%s %d has %d keys in index %s, not one", t.Name, id, len(keys), x.Name)
			}
			for _, key := range keys {
				entry, err := tx.Get(x.bucket, key.ID(id))
				if err != nil {
					return false, err
				}
				if entry == nil {
					p.addf("%s %d is missing in index %s", t.Name, id, x.Name)
				}
			}
		}
		return true, nil
	})
	if err != nil {
		return err
	}
	for _, x := range t.Indexes {
		if err := x.check(tx, p); err != nil {
			return err
		}
		if !x.Mapped {
			continue
		}
		if err := x.checkMap(tx, p); err != nil {
			return err
		}
	}
	count, err := t.Count(tx)
	if err == nil && count != records {
		p.addf("%s has %d records but counts %d", t.Name, records, count)
	}
	return err
}

func (x *Index[T]) check(tx Tx, p *Problems) error {
	var before []byte
	return tx.Scan(x.bucket, nil, nil, false, func(k, _ []byte) (bool, error) {
		if len(k) < 8 {
			p.addf("index %s has a key of %d bytes", x.bucket, len(k))
			return true, nil
		}
		key, id := Key(k[:len(k)-8]), idOf(k)
		if x.Unique && before != nil && bytes.Equal(before, key) {
			p.addf("index %s has a key twice, again for %d", x.bucket, id)
		}
		before = key
		v, err := tx.Get(x.table.Name, idKey(id))
		if err != nil {
			return false, err
		}
		if v == nil {
			p.addf("index %s names %d, which is not there", x.bucket, id)
			return true, nil
		}
		if rec, err := x.table.decode(idKey(id), v); err == nil && !contains(x.keys(rec), key) {
			p.addf("index %s has an old key of %d", x.bucket, id)
		}
		return true, nil
	})
}
