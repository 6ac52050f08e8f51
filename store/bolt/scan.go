package bolt

import (
	"bytes"

	"go.etcd.io/bbolt"
)

// scanCheck is how many keys a View's scan passes between looks at its context.
const scanCheck = 256

// scanFar is from how many keys on it pays to look for the end of a scan.
const scanFar = 64

// Scan walks the keys in [from, to). bbolt's cursors lose their way when the
// bucket is written to, so after a write by fn the scan seeks its place again.
func (t *tx) Scan(name string, from, to []byte, reverse bool, fn func(key, value []byte) (bool, error)) error {
	if t.ended {
		return errEnded
	}
	b := t.buckets.find(name)
	if b == nil {
		return nil
	}
	w := walk{bucket: b.Bucket, cursor: b.spare, writable: t.Writable()}
	if b.spare = nil; w.cursor == nil {
		w.cursor = b.Cursor()
	}
	defer func() { b.spare = w.cursor }()
	changes := b.changes
	var k, v []byte
	if reverse {
		k, v = w.before(to)
	} else {
		k, v = w.cursor.Seek(from)
	}
	for n := 1; k != nil; n++ {
		if reverse && bytes.Compare(k, from) < 0 || !reverse && to != nil && bytes.Compare(k, to) >= 0 {
			return nil
		}
		if n == scanFar && !reverse && !w.writable {
			return t.scanOn(b, w.cursor, k, v, to, fn)
		}
		if t.ctx != nil && n%scanCheck == 0 && t.ctx.Err() != nil {
			return t.ctx.Err()
		}
		if more, err := fn(k, v); err != nil || !more {
			return err
		}
		switch {
		case t.ended:
			return errEnded
		case b.changes != changes && reverse:
			changes = b.changes
			k, v = w.before(k)
		case b.changes != changes:
			changes = b.changes
			k, v = w.after(k)
		case reverse:
			k, v = w.prev(k)
		default:
			k, v = w.cursor.Next()
		}
	}
	return nil
}

// scanOn goes on with a View's scan that turns out to be long. Each key stays in
// its place then, so that its end is told by that, sooner than by comparing.
func (t *tx) scanOn(b *bucket, c *bbolt.Cursor, k, v, to []byte, fn func(key, value []byte) (bool, error)) error {
	var end *byte
	if to != nil {
		if key, _ := b.point.Seek(to); key != nil {
			end = &key[0]
		}
	}
	for n := 0; k != nil && &k[0] != end; n++ {
		if n%scanCheck == 0 && t.ctx.Err() != nil {
			return t.ctx.Err()
		}
		if more, err := fn(k, v); err != nil || !more {
			return err
		}
		if t.ended {
			return errEnded
		}
		k, v = c.Next()
	}
	return nil
}

// walk moves a cursor in a bucket that may have empty leaves: those that lost
// all their keys in this transaction stay in the tree until the commit.
type walk struct {
	bucket   *bbolt.Bucket
	cursor   *bbolt.Cursor
	writable bool
}

// after is the first key after k.
func (w *walk) after(k []byte) (key, value []byte) {
	key, value = w.cursor.Seek(k)
	if bytes.Equal(key, k) {
		return w.cursor.Next()
	}
	return key, value
}

// before is the last key before k; nil means the end.
func (w *walk) before(k []byte) (key, value []byte) {
	if k != nil {
		if at, _ := w.cursor.Seek(k); at != nil {
			return w.prev(k)
		}
	}
	if w.writable { // Last never returns when all leaves are empty
		if first, _ := w.cursor.First(); first == nil {
			return nil, nil
		}
	}
	return w.cursor.Last()
}

// prev is the key before the cursor's, which is at or after k. Prev answers nil
// at an empty leaf as well as at the start.
func (w *walk) prev(k []byte) (key, value []byte) {
	key, value = w.cursor.Prev()
	if key != nil || !w.writable {
		return key, value
	}
	first, _ := w.bucket.Cursor().First()
	for key == nil && first != nil && bytes.Compare(first, k) < 0 {
		key, value = w.cursor.Prev()
	}
	return key, value
}
