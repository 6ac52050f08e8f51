package command

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"halxml/internal/filter"
	"halxml/internal/model"
)

// order sorts many objects. Where keys can be folded, each is understood once,
// all lie behind one another in one piece of memory, and most comparisons are
// of their first bytes as a number.
type order[T any] struct {
	sorting *filter.Sorting[T]
	places  []place      // keys that cannot be folded
	folded  []foldedItem // else
	keys    []byte
}

type foldedItem struct {
	head     uint64 // the key's first bytes
	from, to uint32 // the others, in keys
	id       model.ID
}

// maxKeys bounds the memory of keys. Objects beyond it are ordered by the first
// bytes of their keys alone.
const maxKeys = math.MaxUint32

// place is an object in a list that is being sorted.
type place struct {
	key string // the store's memory, mostly
	id  model.ID
}

func comparePlaces[T any](s *filter.Sorting[T]) func(a, b place) int {
	return func(a, b place) int { return cmp.Or(s.Compare(a.key, b.key), cmp.Compare(a.id, b.id)) }
}

// add takes an object with its key.
func (o *order[T]) add(key string, id model.ID) {
	if o.sorting.Fold == nil {
		o.places = append(o.places, place{key, id})
		return
	}
	const size = 8
	from := len(o.keys)
	o.keys = o.sorting.Fold(o.keys, key)
	var head [size]byte
	n := copy(head[:], o.keys[from:])
	to := from + copy(o.keys[from:], o.keys[from+n:])
	if to > maxKeys {
		to = from
	}
	o.keys = o.keys[:to]
	o.folded = append(o.folded, foldedItem{binary.BigEndian.Uint64(head[:]), uint32(from), uint32(to), id})
}

// expect makes room for so many objects.
func (o *order[T]) expect(n int) {
	const usual = 16 // bytes of a key
	if o.sorting.Fold == nil {
		o.places = make([]place, 0, n)
		return
	}
	o.folded, o.keys = make([]foldedItem, 0, n), make([]byte, 0, usual*n)
}

// ids are all that were added, in order.
func (o *order[T]) ids() []model.ID {
	if o.sorting.Fold == nil {
		slices.SortFunc(o.places, comparePlaces(o.sorting))
		ids := make([]model.ID, len(o.places))
		for i, p := range o.places {
			ids[i] = p.id
		}
		return ids
	}
	sign := 1
	if o.sorting.Descending {
		sign = -1
	}
	slices.SortFunc(o.folded, func(a, b foldedItem) int {
		c := cmp.Compare(a.head, b.head)
		if c == 0 {
			c = bytes.Compare(o.keys[a.from:a.to], o.keys[b.from:b.to])
		}
		return cmp.Or(sign*c, cmp.Compare(a.id, b.id))
	})
	ids := make([]model.ID, len(o.folded))
	for i, f := range o.folded {
		ids[i] = f.id
	}
	return ids
}
