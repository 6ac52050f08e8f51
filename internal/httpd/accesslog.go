package httpd

import (
	"io"
	"runtime"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// AccessLog writes a line of JSON for each request without making the request
// wait for the disk: lines gather in memory up to a bound and for a moment, and
// a goroutine writes them together, in the order of time. Lines that come while
// the memory is full are dropped and counted, and the count is logged.
type AccessLog struct {
	out   io.Writer
	heaps []*lineHeap
	// near gives each processor a heap of its own, so that its lock and its
	// memory stay in that processor's cache.
	near sync.Pool
	next int // the heap for the next processor that has none
	mu   sync.Mutex

	wake   chan struct{} // a first line came
	full   chan struct{} // there is enough to write, or the log was closed
	done   chan struct{}
	closed bool
}

// lineHeap is where lines gather.
type lineHeap struct {
	mu      sync.Mutex
	lines   []accessLine
	size    int // of the lines, bytes
	limit   int
	dropped uint64 // since the last report
	total   uint64
	closed  bool

	_            [64]byte     // what another processor changes is not near
	taken, spare []accessLine // of who writes
}

// gatherLines is how long lines gather, and gatherBytes how many bytes of them
// in one heap are enough to be written sooner, and are written at once. Waking
// the writer for each line would cost more than all else about it.
const (
	gatherLines = 20 * time.Millisecond
	gatherBytes = 64 << 10
)

// NewAccessLog starts an AccessLog that writes to out and holds up to limit
// bytes (1 MiB when 0). Close it to write what is left.
func NewAccessLog(out io.Writer, limit int) *AccessLog {
	l := newAccessLog(out, limit)
	go l.run()
	return l
}

func newAccessLog(out io.Writer, limit int) *AccessLog {
	if limit <= 0 {
		limit = 1 << 20
	}
	l := &AccessLog{out: out, wake: make(chan struct{}, 1), full: make(chan struct{}, 1), done: make(chan struct{})}
	heaps := max(1, min(runtime.GOMAXPROCS(0), limit/(2*gatherBytes)))
	for range heaps {
		l.heaps = append(l.heaps, &lineHeap{limit: limit / heaps})
	}
	l.near.New = l.assign
	return l
}

// assign is the heap of a processor that has none: each in its turn.
func (l *AccessLog) assign() any {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next++
	return l.heaps[l.next%len(l.heaps)]
}

// add takes one line. It never waits for the disk.
func (l *AccessLog) add(line accessLine) {
	size := line.size()
	h, _ := l.near.Get().(*lineHeap)
	h.mu.Lock()
	before := h.size
	switch {
	case h.closed || before+size > h.limit:
		h.dropped++
		h.total++
	default:
		h.lines = append(h.lines, line)
		h.size += size
		if before == 0 {
			signal(l.wake) // with the lock: Close closes the channel
		}
		if enough := min(gatherBytes, h.limit/2); before < enough && h.size >= enough {
			signal(l.full)
		}
	}
	h.mu.Unlock()
	l.near.Put(h)
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Dropped is how many lines were lost so far.
func (l *AccessLog) Dropped() (n uint64) {
	for _, h := range l.heaps {
		h.mu.Lock()
		n += h.total
		h.mu.Unlock()
	}
	return n
}

// Close writes what is pending and stops.
func (l *AccessLog) Close() error {
	l.mu.Lock()
	if !l.closed {
		l.closed = true
		for _, h := range l.heaps {
			h.mu.Lock()
			h.closed = true
			h.mu.Unlock()
		}
		close(l.wake)
		signal(l.full)
	}
	l.mu.Unlock()
	<-l.done
	return nil
}

func (l *AccessLog) run() {
	defer close(l.done)
	log := zerolog.New(l.out)
	var batch []byte
	var stamp stampText
	for open := true; open; {
		if _, open = <-l.wake; open {
			select {
			case <-l.full:
			case <-time.After(gatherLines):
			}
		}
		var dropped uint64
		for _, h := range l.heaps {
			dropped += h.take()
		}
		batch = l.write(batch, &stamp)
		if dropped > 0 {
			log.Warn().Uint64("dropped", dropped).Msg("access log: lines dropped")
		}
	}
}

// take takes the heap's lines out and tells how many were dropped.
func (h *lineHeap) take() (dropped uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.spare, h.lines = h.lines, h.spare[:0]
	h.taken, h.size = h.spare, 0
	dropped, h.dropped = h.dropped, 0
	return dropped
}

// write writes what was taken, in the order of time, and uses batch for that.
func (l *AccessLog) write(batch []byte, stamp *stampText) []byte {
	batch = batch[:0]
	for {
		var first *lineHeap
		for _, h := range l.heaps {
			if len(h.taken) > 0 && (first == nil || h.taken[0].at < first.taken[0].at) {
				first = h
			}
		}
		if len(batch) >= gatherBytes || first == nil && len(batch) > 0 {
			// A log that cannot be written must not stop the service.
			_, _ = l.out.Write(batch)
			batch = batch[:0]
		}
		if first == nil {
			break
		}
		batch = first.taken[0].appendTo(batch, stamp)
		first.taken = first.taken[1:]
	}
	for _, h := range l.heaps {
		clear(h.spare) // what requests left is not kept for it
	}
	return batch
}
