package command

import (
	"sync"

	"halxml/internal/model"
	"halxml/store"
	"halxml/wsdl/hal"
)

const (
	// maxResults bounds the lists that are kept, and maxResultIDs the ids in all
	// of them, of 8 bytes each.
	maxResults   = 256
	maxResultIDs = 2_000_000
	// maxResultKey bounds the filter of a list that is kept, in bytes.
	maxResultKey = 4 << 10
)

// resultKey is what a list was asked with, but for its page.
type resultKey struct {
	kind           model.ObjectType
	filter, sortBy string
	order          hal.SortOrder
	space          model.ID // that names in the filter are of
	within         string   // what it is limited to: the index and the start of its keys, or the folder
}

// result is what a list found at a version of the data, by id or in an order.
type result struct {
	set   *idSet
	order []model.ID // where set is nil

	names   string // see query
	whole   bool   // that it is still true is known only if no data changed
	version uint64
	known   bool   // the version is
	at      uint64 // the version of all data
	used    uint64 // when it was last used, in uses of results
}

// len is how many objects the list has.
func (r *result) len() int {
	if r.set != nil {
		return r.set.len()
	}
	return len(r.order)
}

// page is a part of the list; not to be changed.
func (r *result) page(from, to int) []model.ID {
	if r.set != nil {
		return r.set.page(from, to)
	}
	return r.order[from:to]
}

// size is the memory that the list takes, in ids.
func (r *result) size() int {
	if r.set != nil {
		return r.set.size()
	}
	return cap(r.order)
}

// results keeps what lists found, so that who turns page after page does not
// make the service search again for each.
type results struct {
	mu    sync.Mutex
	all   map[resultKey]*result
	ids   int // in all of them
	clock uint64
}

func newResults() *results { return &results{all: map[resultKey]*result{}} }

// get is what a list found before, if that is kept, and whether it is what it
// would find in tx.
func (s *results) get(tx store.Tx, key resultKey, table string) (r *result, fresh bool) {
	s.mu.Lock()
	r = s.all[key]
	if r == nil {
		s.mu.Unlock()
		return nil, false
	}
	s.clock++
	r.used = s.clock
	s.mu.Unlock()
	version, ok := versionOf(tx, r.whole, table)
	return r, ok && version == r.version
}

// put keeps what a list found in tx, if it can be known how long that is true.
func (s *results) put(tx store.Tx, key resultKey, table string, r *result) *result {
	r.at, _ = tx.Version()
	if r.version, r.known = versionOf(tx, r.whole, table); !r.known || r.size() > maxResultIDs || len(key.filter) > maxResultKey {
		return r
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.all[key]; old != nil {
		s.drop(key, old)
	}
	for len(s.all) >= maxResults || s.ids+r.size() > maxResultIDs {
		s.dropOldest()
	}
	s.clock++
	r.used = s.clock
	s.all[key] = r
	s.ids += r.size()
	return r
}

func versionOf(tx store.Tx, whole bool, table string) (uint64, bool) {
	if whole {
		return tx.Version()
	}
	return tx.Version(table)
}

func (s *results) drop(key resultKey, r *result) {
	delete(s.all, key)
	s.ids -= r.size()
}

func (s *results) dropOldest() {
	var oldest resultKey
	var found *result
	for key, r := range s.all {
		if found == nil || r.used < found.used {
			oldest, found = key, r
		}
	}
	s.drop(oldest, found)
}
