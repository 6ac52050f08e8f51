package command

import (
	"iter"
	"math/bits"
	"slices"

	"halxml/internal/model"
)

// idSet is a set of ids: a list where they are few, and a bit for each id that
// there may be where that takes less. It is never changed once it is used.
type idSet struct {
	list []model.ID // ascending
	bits []uint64   // nil while list is used
	n    int
	last model.ID // the greatest that there may be
}

// newIDSet makes an empty set for ids up to last.
func newIDSet(last model.ID) *idSet { return &idSet{last: last} }

// collect makes a set of ids, which may come in any order.
func collect(last model.ID, from iter.Seq2[model.ID, error]) (*idSet, error) {
	s := newIDSet(last)
	for id, err := range from {
		if err != nil {
			return nil, err
		}
		s.add(id)
	}
	return s.done(), nil
}

// add puts an id into a set that is being made.
func (s *idSet) add(id model.ID) {
	if s.bits == nil {
		s.list = append(s.list, id)
		if uint64(len(s.list)) > uint64(s.last)/64+1 {
			s.spread()
		}
		return
	}
	s.put(id, true)
}

// spread goes over from the list to bits.
func (s *idSet) spread() {
	list := s.list
	s.list, s.bits, s.n = nil, make([]uint64, s.last/64+1), 0
	for _, id := range list {
		s.put(id, true)
	}
}

// put has an id in the set or not. There must be bits.
func (s *idSet) put(id model.ID, in bool) {
	at, bit := int(id/64), uint64(1)<<(id%64)
	if at >= len(s.bits) {
		if !in {
			return
		}
		s.bits = append(s.bits, make([]uint64, at+1-len(s.bits))...)
		s.last = id
	}
	switch was := s.bits[at]&bit != 0; {
	case in && !was:
		s.bits[at] |= bit
		s.n++
	case !in && was:
		s.bits[at] &^= bit
		s.n--
	}
}

// has reports whether an id is in a set of bits.
func (s *idSet) has(id model.ID) bool {
	at := id / 64
	return at < model.ID(len(s.bits)) && s.bits[at]&(1<<(id%64)) != 0
}

// fill puts all ids from 1 to last into an empty set.
func (s *idSet) fill() *idSet {
	s.spread()
	for i := range s.bits {
		s.bits[i] = ^uint64(0)
	}
	s.bits[0] &^= 1
	s.bits[s.last/64] &= ^uint64(0) >> (63 - s.last%64)
	s.n = int(s.last)
	return s
}

// done ends the making of a set.
func (s *idSet) done() *idSet {
	if s.bits == nil {
		slices.Sort(s.list)
		s.list = slices.Compact(s.list)
		s.n = len(s.list)
	}
	return s
}

// len is how many ids there are.
func (s *idSet) len() int { return s.n }

// page is the ids from one place to before another, ascending; not to be
// changed.
func (s *idSet) page(from, to int) []model.ID {
	if s.bits == nil {
		return s.list[from:to]
	}
	page := make([]model.ID, 0, to-from)
	for at, word := range s.bits {
		if len(page) == cap(page) {
			break
		}
		if n := bits.OnesCount64(word); from >= n {
			from -= n
			continue
		}
		for ; word != 0 && len(page) < cap(page); word &= word - 1 {
			if from > 0 {
				from--
				continue
			}
			page = append(page, model.ID(at*64+bits.TrailingZeros64(word)))
		}
	}
	return page
}

// with is the set with some ids in it or not.
func (s *idSet) with(changed map[model.ID]bool) *idSet {
	if s.bits != nil {
		c := &idSet{bits: slices.Clone(s.bits), n: s.n, last: s.last}
		for id, in := range changed {
			c.put(id, in)
		}
		return c
	}
	c := newIDSet(s.last)
	for _, id := range s.list {
		if _, ok := changed[id]; !ok {
			c.add(id)
		}
	}
	for id, in := range changed {
		if in {
			c.last = max(c.last, id)
			c.add(id)
		}
	}
	return c.done()
}

// size is the memory that the set takes, in ids.
func (s *idSet) size() int { return cap(s.list) + cap(s.bits) }
