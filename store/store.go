// Package store says how the domain is kept: a contract for ordered key-value
// transactions (Store, Tx), typed tables with declared indexes on top of it,
// the schema, and its migrations. Backends live below (store/bolt); this
// package never imports one. It holds no rules of the domain: those are the
// commands'.
package store

import (
	"context"
	"errors"
)

// ErrNotFound is returned for an id or key that is not there.
var ErrNotFound = errors.New("store: not found")

// ErrDuplicate is returned when a unique index already has the key.
var ErrDuplicate = errors.New("store: duplicate key in a unique index")

// ErrReadOnly is returned for a write in a View.
var ErrReadOnly = errors.New("store: write in a read transaction")

// ErrClosed is returned once the store is closed.
var ErrClosed = errors.New("store: closed")

// Store runs transactions. A closure may run twice (a backend may retry it), so
// it must have no side effects outside its transaction, and it must not start
// an Update of the same store, which could wait for the closure's own end.
type Store interface {
	// View runs fn on a consistent snapshot and waits for no writer. Scan stops
	// with ctx's error when ctx ends.
	View(ctx context.Context, fn func(Tx) error) error
	// Update runs fn alone and returns after its writes are on disk. If fn
	// fails or panics (which Update answers with an error) nothing of it is
	// kept; concurrent updates that share the disk write are not touched by
	// that. When ctx ends before fn's turn fn does not run; afterwards Update
	// waits for the true outcome.
	Update(ctx context.Context, fn func(Tx) error) error
	// Close waits for running transactions and releases the file.
	Close() error
}

// Tx is one transaction: ordered buckets of keys and values. Byte slices it
// returns are valid until the transaction ends and must not be changed.
type Tx interface {
	// Get is the value of a key, nil when absent.
	Get(bucket string, key []byte) ([]byte, error)
	// Put sets a key. The slices may be reused by the caller afterwards.
	Put(bucket string, key, value []byte) error
	// Delete removes a key; an absent one is no error.
	Delete(bucket string, key []byte) error
	// Scan calls fn for the keys in [from, to) in order until fn returns false
	// or an error. A nil from is the start, a nil to the end. reverse walks
	// from the end to the start. fn may write, to this bucket too: the scan
	// then sees the change if it has not passed the key.
	Scan(bucket string, from, to []byte, reverse bool, fn func(key, value []byte) (bool, error)) error
	// NextID is a number that this bucket never gave before, from 1, not even
	// in an Update that failed.
	NextID(bucket string) (uint64, error)
	// LastID is the highest number that NextID gave or Reserve took, or 0.
	LastID(bucket string) (uint64, error)
	// Reserve takes id: NextID gives only higher numbers from then on.
	Reserve(bucket string, id uint64) error
	// Version is a number that two Views get only if each of the buckets held the
	// same for both; without buckets it is about all there are. It is for what is
	// kept in memory between Views. ok is false for a View that cannot tell, since
	// a bucket was written to after it began, and in an Update.
	Version(buckets ...string) (version uint64, ok bool)
	// Changes is the keys of a bucket that were written to since the View whose
	// Version of all buckets since was; some may come twice, and some may have
	// been written to in vain. It is for bringing up to date what is kept in
	// memory between Views. ok is false where that is not known, or not any more.
	Changes(bucket string, since uint64) (keys [][]byte, ok bool)
	// Writable tells an Update from a View.
	Writable() bool
}
