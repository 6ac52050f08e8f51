package store

import (
	"encoding/binary"
	"fmt"
	"iter"

	"halxml/internal/model"
)

// Select yields the records with these ids, in their order, all in one record
// that is used again and again and without copies: its texts are the store's
// memory and gone when the transaction ends. An id that is not there is an
// error.
func (t *Table[T]) Select(tx Tx, ids []model.ID) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		rec, key := new(T), make([]byte, 8)
		for _, id := range ids {
			binary.BigEndian.PutUint64(key, uint64(id))
			v, err := tx.Get(t.Name, key)
			switch {
			case err != nil:
			case v == nil:
				err = fmt.Errorf("%w: %s %d", ErrNotFound, t.Name, id)
			default:
				err = t.decodeTo(key, v, rec)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(rec, nil) {
				return
			}
		}
	}
}

// Walk yields the records from an id on, by ascending id, all in one record that
// is used again and again, and without copies, as in Select.
func (t *Table[T]) Walk(tx Tx, from model.ID) iter.Seq2[*T, error] {
	return t.borrow(tx, idKey(from), false)
}

// WalkDown yields every record by descending id, as Walk does.
func (t *Table[T]) WalkDown(tx Tx) iter.Seq2[*T, error] { return t.borrow(tx, nil, true) }

func (t *Table[T]) borrow(tx Tx, from []byte, reverse bool) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		rec := new(T)
		err := tx.Scan(t.Name, from, nil, reverse, func(k, v []byte) (bool, error) {
			if err := t.decodeTo(k, v, rec); err != nil {
				return false, err
			}
			return yield(rec, nil), nil
		})
		if err != nil {
			yield(nil, err)
		}
	}
}

// IDs yields the ids of all records from one on, ascending, without reading the
// records.
func (t *Table[T]) IDs(tx Tx, from model.ID) iter.Seq2[model.ID, error] {
	return func(yield func(model.ID, error) bool) {
		err := tx.Scan(t.Name, idKey(from), nil, false, func(k, _ []byte) (bool, error) {
			if len(k) != 8 {
				return false, fmt.Errorf("store: %s has a key of %d bytes, not 8", t.Name, len(k))
			}
			return yield(idOf(k), nil), nil
		})
		if err != nil {
			yield(0, err)
		}
	}
}
