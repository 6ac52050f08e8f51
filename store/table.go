package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"

	"halxml/internal/model"
)

// Table is one kind of record, kept by id, with its indexes. A Table is a
// description only; it holds no data and is safe for concurrent use.
type Table[T any] struct {
	Name    string
	ID      func(*T) *model.ID
	Encode  func([]byte, *T) []byte
	Decode  func([]byte, *T) error // texts may share the bytes
	Indexes []*Index[T]

	counter []byte // where the number of records is
}

// Index finds records of a table by a key other than the id.
type Index[T any] struct {
	Name   string
	Unique bool
	// Keys yields the record's keys in this index, without the id: none, one
	// or several.
	Keys func(rec *T, yield func(Key))
	// Each says that every record has exactly one key.
	Each bool
	// Mapped says that each key holds an address, AddrAt bytes from its start,
	// and that the index keeps a map of these addresses: see AddrMap.
	Mapped bool
	AddrAt int

	table  *Table[T]
	bucket string // where it lives; entries are key+id → nothing
}

// newTable ties a table and its indexes together.
func newTable[T any](t *Table[T]) *Table[T] {
	t.counter = append([]byte("count."), t.Name...)
	for _, x := range t.Indexes {
		x.table, x.bucket = t, t.Name+"."+x.Name
	}
	return t
}

func idKey(id model.ID) []byte { return binary.BigEndian.AppendUint64(nil, uint64(id)) }

// Get reads a record; ErrNotFound when there is none.
func (t *Table[T]) Get(tx Tx, id model.ID) (*T, error) {
	var k [8]byte
	binary.BigEndian.PutUint64(k[:], uint64(id))
	v, err := tx.Get(t.Name, k[:])
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, ErrNotFound
	}
	return t.decode(k[:], v)
}

// decode makes a record that may be kept.
func (t *Table[T]) decode(k, v []byte) (*T, error) {
	rec := new(T)
	return rec, t.decodeTo(k, bytes.Clone(v), rec)
}

func (t *Table[T]) decodeTo(k, v []byte, rec *T) error {
	if len(k) != 8 {
		return fmt.Errorf("store: %s has a key of %d bytes, not 8", t.Name, len(k))
	}
	var none T
	*rec = none
	if err := t.Decode(v, rec); err != nil {
		return fmt.Errorf("store: %s %d: %w", t.Name, idOf(k), err)
	}
	*t.ID(rec) = idOf(k)
	return nil
}

// Insert stores a new record under the next id, which it sets in rec.
func (t *Table[T]) Insert(tx Tx, rec *T) error {
	id, err := tx.NextID(t.Name)
	if err != nil {
		return err
	}
	*t.ID(rec) = model.ID(id)
	return t.insert(tx, rec)
}

// InsertWithID stores a new record under the id it has, for the few objects
// with a well-known id; ErrDuplicate when the id is taken. Insert gives only
// higher ids from then on.
func (t *Table[T]) InsertWithID(tx Tx, rec *T) error {
	id := *t.ID(rec)
	switch v, err := tx.Get(t.Name, idKey(id)); {
	case err != nil:
		return err
	case v != nil:
		return fmt.Errorf("%w: %s %d", ErrDuplicate, t.Name, id)
	}
	if err := tx.Reserve(t.Name, uint64(id)); err != nil {
		return err
	}
	return t.insert(tx, rec)
}

func (t *Table[T]) insert(tx Tx, rec *T) error {
	id := *t.ID(rec)
	for _, x := range t.Indexes {
		for _, k := range x.keys(rec) {
			if err := x.add(tx, k, id); err != nil {
				return err
			}
		}
	}
	if err := tx.Put(t.Name, idKey(id), t.Encode(nil, rec)); err != nil {
		return err
	}
	return t.count(tx, 1)
}

// Update stores a changed record and brings its index entries up to date;
// ErrNotFound when its id is not there.
func (t *Table[T]) Update(tx Tx, rec *T) error {
	id := *t.ID(rec)
	old, err := t.Get(tx, id)
	if err != nil {
		return err
	}
	for _, x := range t.Indexes {
		before, now := x.keys(old), x.keys(rec)
		for _, k := range before {
			if !contains(now, k) {
				if err := x.remove(tx, k, id); err != nil {
					return err
				}
			}
		}
		for _, k := range now {
			if !contains(before, k) {
				if err := x.add(tx, k, id); err != nil {
					return err
				}
			}
		}
	}
	return tx.Put(t.Name, idKey(id), t.Encode(nil, rec))
}

// Delete removes a record and its index entries; ErrNotFound when absent.
func (t *Table[T]) Delete(tx Tx, id model.ID) error {
	old, err := t.Get(tx, id)
	if err != nil {
		return err
	}
	for _, x := range t.Indexes {
		for _, k := range x.keys(old) {
			if err := x.remove(tx, k, id); err != nil {
				return err
			}
		}
	}
	if err := tx.Delete(t.Name, idKey(id)); err != nil {
		return err
	}
	return t.count(tx, -1)
}

// Count is the number of records, kept beside them so that no one need walk
// the table to know it.
func (t *Table[T]) Count(tx Tx) (int, error) {
	v, err := tx.Get(metaBucket, t.counter)
	if err != nil || v == nil {
		return 0, err
	}
	if len(v) != 8 {
		return 0, fmt.Errorf("store: the count of %s is %d bytes, not 8", t.Name, len(v))
	}
	return int(binary.BigEndian.Uint64(v)), nil
}

func (t *Table[T]) count(tx Tx, change int) error {
	n, err := t.Count(tx)
	if err != nil {
		return err
	}
	return tx.Put(metaBucket, t.counter, binary.BigEndian.AppendUint64(nil, uint64(n+change)))
}

// All yields every record by ascending id. The loop may change and delete
// records; those it inserts come up too.
func (t *Table[T]) All(tx Tx) iter.Seq2[*T, error] { return t.scan(tx, false) }

// AllDown yields every record by descending id. The loop may change, delete and
// insert records.
func (t *Table[T]) AllDown(tx Tx) iter.Seq2[*T, error] { return t.scan(tx, true) }

func (t *Table[T]) scan(tx Tx, reverse bool) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		err := tx.Scan(t.Name, nil, nil, reverse, func(k, v []byte) (bool, error) {
			rec, err := t.decode(k, v)
			if err != nil {
				return false, err
			}
			return yield(rec, nil), nil
		})
		if err != nil {
			yield(nil, err)
		}
	}
}

// rebuild makes an index anew from the records.
func (x *Index[T]) rebuild(tx Tx) error {
	for _, bucket := range []string{x.bucket, x.bucket + ".map"} {
		err := tx.Scan(bucket, nil, nil, false, func(k, _ []byte) (bool, error) {
			return true, tx.Delete(bucket, k)
		})
		if err != nil {
			return err
		}
	}
	for rec, err := range x.table.All(tx) {
		if err != nil {
			return err
		}
		for _, k := range x.keys(rec) {
			if err := x.add(tx, k, *x.table.ID(rec)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Changes is the ids of the records that were inserted, updated or deleted since
// a View, as Tx.Changes tells them.
func (t *Table[T]) Changes(tx Tx, since uint64) (ids []model.ID, ok bool) {
	keys, ok := tx.Changes(t.Name, since)
	for _, k := range keys {
		if len(k) != 8 {
			return nil, false
		}
		ids = append(ids, idOf(k))
	}
	return ids, ok
}

// keys are the record's keys, each once.
func (x *Index[T]) keys(rec *T) (all []Key) {
	x.Keys(rec, func(k Key) {
		if !contains(all, k) {
			all = append(all, k)
		}
	})
	return all
}

func contains(keys []Key, k Key) bool {
	for _, o := range keys {
		if bytes.Equal(o, k) {
			return true
		}
	}
	return false
}

func (x *Index[T]) add(tx Tx, k Key, id model.ID) error {
	if x.Unique {
		taken := false
		err := tx.Scan(x.bucket, k, after(k), false, func(found, _ []byte) (bool, error) {
			taken = len(found) == len(k)+8
			return !taken, nil
		})
		if err != nil {
			return err
		}
		if taken {
			return fmt.Errorf("%w: %s", ErrDuplicate, x.bucket)
		}
	}
	if err := tx.Put(x.bucket, k.ID(id), nil); err != nil || !x.Mapped {
		return err
	}
	return x.mark(tx, k)
}

func (x *Index[T]) remove(tx Tx, k Key, id model.ID) error {
	if err := tx.Delete(x.bucket, k.ID(id)); err != nil || !x.Mapped {
		return err
	}
	return x.unmark(tx, k)
}

// Find yields the records whose key is exactly key, by id.
func (x *Index[T]) Find(tx Tx, key Key) iter.Seq2[*T, error] {
	return x.walk(tx, key, after(key), false, len(key)+8)
}

// Begin yields the records whose key begins with prefix, in key order. A loop
// that changes the keys it walks may meet a record again: collect first.
func (x *Index[T]) Begin(tx Tx, prefix Key) iter.Seq2[*T, error] {
	return x.walk(tx, prefix, after(prefix), false, 0)
}

// Between yields the records with keys in [from, to), in key order, or from the
// end when reverse. A nil to means the end of the index.
func (x *Index[T]) Between(tx Tx, from, to Key, reverse bool) iter.Seq2[*T, error] {
	return x.walk(tx, from, to, reverse, 0)
}

// First is the first record that Find yields; ErrNotFound when there is none.
func (x *Index[T]) First(tx Tx, key Key) (*T, error) {
	for rec, err := range x.Find(tx, key) {
		return rec, err
	}
	return nil, ErrNotFound
}

// Any reports whether any record has a key that begins with prefix, without
// reading the record.
func (x *Index[T]) Any(tx Tx, prefix Key) (bool, error) {
	found := false
	err := tx.Scan(x.bucket, prefix, after(prefix), false, func(_, _ []byte) (bool, error) {
		found = true
		return false, nil
	})
	return found, err
}

// Covers reports whether there are keys and all begin with prefix, without
// reading them all.
func (x *Index[T]) Covers(tx Tx, prefix Key) (all bool, err error) {
	for _, reverse := range []bool{false, true} {
		all = false
		err = tx.Scan(x.bucket, nil, nil, reverse, func(k, _ []byte) (bool, error) {
			all = bytes.HasPrefix(k, prefix)
			return false, nil
		})
		if err != nil || !all {
			return false, err
		}
	}
	return true, nil
}

// IDs yields the ids of the records whose key begins with prefix, in key order,
// without reading the records.
func (x *Index[T]) IDs(tx Tx, prefix Key) iter.Seq2[model.ID, error] {
	return func(yield func(model.ID, error) bool) {
		err := tx.Scan(x.bucket, prefix, after(prefix), false, func(k, _ []byte) (bool, error) {
			if err := x.whole(k); err != nil {
				return false, err
			}
			return yield(idOf(k), nil), nil
		})
		if err != nil {
			yield(0, err)
		}
	}
}

// Visit hands the ids of the records whose key begins with prefix to see, in
// key order, without reading the records. It is IDs for very many: it takes two thirds of the time.
func (x *Index[T]) Visit(tx Tx, prefix Key, see func(model.ID)) error {
	return tx.Scan(x.bucket, prefix, after(prefix), false, func(k, _ []byte) (bool, error) {
		if len(k) < idSize {
			return false, x.whole(k)
		}
		see(idOf(k))
		return true, nil
	})
}

// Entries yields the keys in [from, to), in key order, without the ids and
// without reading the records. A key is valid until the transaction ends.
func (x *Index[T]) Entries(tx Tx, from, to Key) iter.Seq2[Key, error] {
	return func(yield func(Key, error) bool) {
		err := tx.Scan(x.bucket, from, to, false, func(k, _ []byte) (bool, error) {
			if err := x.whole(k); err != nil {
				return false, err
			}
			return yield(k[:len(k)-8:len(k)-8], nil), nil
		})
		if err != nil {
			yield(nil, err)
		}
	}
}

// whole refuses a key too short to end in an id.
func (x *Index[T]) whole(k []byte) error {
	if len(k) < 8 {
		return fmt.Errorf("store: index %s has a key of %d bytes", x.bucket, len(k))
	}
	return nil
}

// idOf is the id at the end of a key.
func idOf(k []byte) model.ID { return model.ID(binary.BigEndian.Uint64(k[len(k)-8:])) }

// walk yields records; keys of another length than size are passed over unless
// size is 0.
func (x *Index[T]) walk(tx Tx, from, to Key, reverse bool, size int) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		err := tx.Scan(x.bucket, from, to, reverse, func(k, _ []byte) (bool, error) {
			if size != 0 && len(k) != size {
				return true, nil
			}
			if err := x.whole(k); err != nil {
				return false, err
			}
			rec, err := x.table.Get(tx, idOf(k))
			if errors.Is(err, ErrNotFound) {
				return false, fmt.Errorf("store: index %s names an absent record %d", x.bucket, idOf(k))
			}
			if err != nil {
				return false, err
			}
			return yield(rec, nil), nil
		})
		if err != nil {
			yield(nil, err)
		}
	}
}
