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

// result is the ids that a list found at a version of the data.
type result struct {
	ids     []model.ID
	whole   bool // it depends on all data, not only on its own table
	version uint64
	known   bool   // the version is
	used    uint64 // when it was last used, in uses of results
}

// results keeps what lists found for as long as it is true, so that who turns
// page after page does not make the service search again for each.
type results struct {
	mu    sync.Mutex
	all   map[resultKey]*result
	ids   int // in all of them
	clock uint64
}

func newResults() *results { return &results{all: map[resultKey]*result{}} }

// get is what a list found, if that is what it would find in tx.
func (s *results) get(tx store.Tx, key resultKey, table string) (*result, bool) {
	s.mu.Lock()
	r := s.all[key]
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
func (s *results) put(tx store.Tx, key resultKey, table string, whole bool, ids []model.ID) *result {
	r := &result{ids: ids, whole: whole}
	if r.version, r.known = versionOf(tx, whole, table); !r.known || cap(ids) > maxResultIDs || len(key.filter) > maxResultKey {
		return r
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.all[key]; old != nil {
		s.drop(key, old)
	}
	for len(s.all) >= maxResults || s.ids+cap(ids) > maxResultIDs {
		s.dropOldest()
	}
	s.clock++
	r.used = s.clock
	s.all[key] = r
	s.ids += cap(ids)
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
	s.ids -= cap(r.ids)
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
