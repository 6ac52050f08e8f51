package hal

import (
	"bytes"
	"sync"
)

// Lists keeps lists as they were encoded, for callers that ask for the same
// again and again, as those do that watch for changes. A list is kept when it is
// asked for the second time. It is safe for concurrent use.
type Lists struct {
	size int // bytes at most

	mu    sync.Mutex
	all   map[listKey]*encodedList
	bytes int
	clock uint64
}

// maxLists bounds the lists that are known, and so what is looked at to find the
// one to give up.
const maxLists = 512

type listKey struct {
	token  any
	field  *Field
	manner manner
}

// encodedList is a list's items; nil before it is asked for again.
type encodedList struct {
	items []byte
	used  uint64
}

// NewLists makes a Lists of at most so many bytes.
func NewLists(size int) *Lists {
	return &Lists{size: size, all: map[listKey]*encodedList{}}
}

// find gives the items of a list, or tells whether it is worth keeping.
func (l *Lists) find(key listKey) (items []byte, keep bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clock++
	if e := l.all[key]; e != nil {
		e.used = l.clock
		return e.items, e.items == nil
	}
	if len(l.all) >= maxLists {
		l.dropOldest()
	}
	l.all[key] = &encodedList{used: l.clock}
	return nil, false
}

// keep takes a copy of a list's items.
func (l *Lists) keep(key listKey, items []byte) {
	if len(items) > l.size/2 || len(items) == 0 {
		return
	}
	items = bytes.Clone(items)
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.all[key]
	if e == nil || e.items != nil {
		return
	}
	for l.bytes+len(items) > l.size {
		l.dropOldest()
	}
	if l.all[key] == e {
		e.items = items
		l.bytes += len(items)
	}
}

func (l *Lists) dropOldest() {
	var oldest listKey
	var found *encodedList
	for key, e := range l.all {
		if found == nil || e.used < found.used {
			oldest, found = key, e
		}
	}
	delete(l.all, oldest)
	l.bytes -= len(found.items)
}
