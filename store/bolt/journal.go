package bolt

// maxJournal bounds the keys that a journal keeps.
const maxJournal = 4096

// journal is what is known of the writes to a bucket.
type journal struct {
	last uint64 // the last transaction that wrote to it

	// keys are those written to after the transaction from. None are kept until
	// somebody asks for them.
	wanted bool
	from   uint64
	keys   []written
}

type written struct {
	in  uint64 // the transaction
	key []byte
}

// journal is a bucket's; the caller holds changedMu.
func (s *Store) journal(bucket string) *journal {
	j := s.changed[bucket]
	if j == nil {
		j = &journal{}
		s.changed[bucket] = j
	}
	return j
}

// note keeps a key. When there are too many, the older half goes.
func (j *journal) note(id uint64, key []byte) {
	if !j.wanted {
		return
	}
	if len(j.keys) == maxJournal {
		const half = maxJournal / 2
		j.from = j.keys[half-1].in
		j.keys = append(make([]written, 0, maxJournal), j.keys[half:]...)
	}
	j.keys = append(j.keys, written{id, key})
}

// Version implements store.Tx with the file's own numbers of transactions.
func (t *tx) Version(names ...string) (version uint64, ok bool) {
	if t.group != nil || t.ended {
		return 0, false
	}
	seen := uint64(t.buckets.btx.ID())
	if len(names) == 0 {
		return seen, true
	}
	t.store.changedMu.RLock()
	defer t.store.changedMu.RUnlock()
	for _, name := range names {
		if j := t.store.changed[name]; j != nil {
			version = max(version, j.last)
		}
	}
	return version, version <= seen
}

// Changes implements store.Tx. The first to ask for a bucket has its keys kept
// from then on.
func (t *tx) Changes(name string, since uint64) (keys [][]byte, ok bool) {
	if t.group != nil || t.ended {
		return nil, false
	}
	seen := uint64(t.buckets.btx.ID())
	t.store.changedMu.Lock()
	defer t.store.changedMu.Unlock()
	j := t.store.journal(name)
	if !j.wanted {
		j.wanted, j.from = true, t.store.noted
	}
	if since < j.from || since > seen {
		return nil, false
	}
	for _, w := range j.keys {
		if since < w.in && w.in <= seen {
			keys = append(keys, w.key)
		}
	}
	return keys, true
}
