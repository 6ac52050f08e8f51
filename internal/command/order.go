package command

import (
	"bytes"
	"cmp"
	"encoding/binary"
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
	from, to int    // in keys
	id       model.ID
}

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
	from := len(o.keys)
	o.keys = o.sorting.Fold(o.keys, key)
	var head [8]byte
	copy(head[:], o.keys[from:])
	o.folded = append(o.folded, foldedItem{binary.BigEndian.Uint64(head[:]), from, len(o.keys), id})
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
