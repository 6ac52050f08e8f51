package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"halxml/store"
)

// errEnded is returned for the use of a transaction after its closure.
var errEnded = errors.New("store: the transaction has ended")

// buckets are the buckets of one transaction of the file.
type buckets struct {
	btx  *bbolt.Tx
	open []*bucket // few: a list is faster than a map; of a View, absent ones too
}

type bucket struct {
	*bbolt.Bucket
	name    string
	changes int // counts writes, so that scans know when to seek again
	point   *bbolt.Cursor
	spare   *bbolt.Cursor // of the last scan
}

// get is the value of a key, nil when absent. Bucket.Get would make a cursor
// each time.
func (b *bucket) get(key []byte) []byte {
	v, _ := b.place(key)
	return v
}

// place is the value of a key, or, where it is absent, the key that it would
// come before, if any.
func (b *bucket) place(key []byte) (value, next []byte) {
	k, v := b.point.Seek(key)
	if bytes.Equal(k, key) {
		return v, nil
	}
	return nil, k
}

// find is nil when there is no such bucket.
func (b *buckets) find(name string) *bucket {
	for _, o := range b.open {
		if o.name != name {
			continue
		}
		if o.Bucket == nil {
			return nil
		}
		return o
	}
	found := b.btx.Bucket([]byte(name))
	if found != nil {
		return b.add(name, found)
	}
	if !b.btx.Writable() { // where it may yet be made
		b.open = append(b.open, &bucket{name: name})
	}
	return nil
}

func (b *buckets) create(name string) (*bucket, error) {
	if o := b.find(name); o != nil {
		return o, nil
	}
	made, err := b.btx.CreateBucket([]byte(name))
	if err != nil {
		return nil, fmt.Errorf("store: bucket %q: %w", name, err)
	}
	return b.add(name, made), nil
}

func (b *buckets) add(name string, found *bbolt.Bucket) *bucket {
	o := &bucket{Bucket: found, name: name, point: found.Cursor()}
	b.open = append(b.open, o)
	return o
}

// tx is what one closure sees: a View's snapshot, or its part of the writer's
// transaction, with a log to undo it.
type tx struct {
	ctx     context.Context // a View's
	store   *Store          // a View's
	buckets *buckets
	ended   bool

	group *group // nil in a View
	undo  []change
}

// change is the state of a key before a write.
type change struct {
	bucket *bucket
	key    []byte
	old    []byte // nil: it was absent
}

var _ store.Tx = (*tx)(nil)

func (t *tx) Writable() bool { return t.group != nil }

func (t *tx) Get(name string, key []byte) ([]byte, error) {
	if t.ended {
		return nil, errEnded
	}
	b := t.buckets.find(name)
	if b == nil {
		return nil, nil
	}
	return b.get(key), nil
}

// toWrite is the bucket to write to.
func (t *tx) toWrite(name string) (*bucket, error) {
	switch {
	case t.ended:
		return nil, errEnded
	case t.group == nil:
		return nil, store.ErrReadOnly
	}
	return t.buckets.create(name)
}

func (t *tx) Put(name string, key, value []byte) error {
	b, err := t.toWrite(name)
	if err != nil {
		return err
	}
	old, next := b.place(key)
	if old == nil {
		t.group.order(name).insert(next)
	}
	// bbolt keeps the value's slice until the commit, and reads nil as absent.
	if err := b.Put(key, append(make([]byte, 0, len(value)), value...)); err != nil {
		return fmt.Errorf("store: %s: %w", name, err)
	}
	t.wrote(b, key, old)
	return nil
}

func (t *tx) Delete(name string, key []byte) error {
	b, err := t.toWrite(name)
	if err != nil {
		return err
	}
	old := b.get(key)
	if old == nil {
		return nil
	}
	if err := b.Delete(key); err != nil {
		return fmt.Errorf("store: %s: %w", name, err)
	}
	t.wrote(b, key, old)
	return nil
}

func (t *tx) wrote(b *bucket, key, old []byte) {
	b.changes++
	t.undo = append(t.undo, change{b, bytes.Clone(key), old})
}

// rollback takes the closure's writes back, the last one first.
func (t *tx) rollback() error {
	for i := len(t.undo) - 1; i >= 0; i-- {
		c := t.undo[i]
		var err error
		if c.old == nil {
			err = c.bucket.Delete(c.key)
		} else {
			err = c.bucket.Put(c.key, bytes.Clone(c.old))
		}
		if err != nil {
			return fmt.Errorf("store: undo in %s: %w", c.bucket.name, err)
		}
	}
	t.undo = nil
	return nil
}

func (t *tx) NextID(name string) (uint64, error) {
	last, err := t.LastID(name)
	if err != nil {
		return 0, err
	}
	return last + 1, t.Reserve(name, last+1)
}

func (t *tx) LastID(name string) (uint64, error) {
	if t.ended {
		return 0, errEnded
	}
	var last uint64
	if b := t.buckets.find(name); b != nil {
		last = b.Sequence()
	}
	if t.group != nil {
		last = max(last, t.group.given[name])
	}
	return last, nil
}

func (t *tx) Reserve(name string, id uint64) error {
	b, err := t.toWrite(name)
	if err != nil {
		return err
	}
	if last, err := t.LastID(name); err != nil || id <= last {
		return err
	}
	if err := b.SetSequence(id); err != nil {
		return fmt.Errorf("store: %s: %w", name, err)
	}
	t.group.given[name] = id
	t.group.changed = true // kept even if the closure fails: no number comes twice
	return nil
}
