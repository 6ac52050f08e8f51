package auth

import (
	"sync"
	"sync/atomic"
	"time"

	"halxml/internal/model"
)

type tokenSum = [32]byte

// live is a session in use. Times are nanoseconds since 1970: they are compared
// at every request.
type live struct {
	identity Identity
	created  int64
	lastUsed atomic.Int64
	written  atomic.Int64 // the last use that the store knows
}

// touchEvery is how fine last use is kept; touching less often keeps the cores
// from passing its cache line around.
const touchEvery = int64(time.Second)

func (l *live) touch(now int64) {
	if now-l.lastUsed.Load() >= touchEvery {
		l.lastUsed.Store(now)
	}
}

// sessionCache holds the sessions in use by the hash of their token, in shards
// so that requests seldom meet at a lock.
type sessionCache struct{ shards [64]shard }

type shard struct {
	mu   sync.RWMutex
	live map[tokenSum]*live
	// ended counts what was dropped. Who reads a session from the store notes
	// it first and does not cache what ended meanwhile.
	ended uint64
}

func newSessionCache() *sessionCache {
	c := new(sessionCache)
	for i := range c.shards {
		c.shards[i].live = map[tokenSum]*live{}
	}
	return c
}

func (c *sessionCache) shard(sum *tokenSum) *shard { return &c.shards[sum[0]%64] }

// get is the session, or nil when it is not cached.
func (c *sessionCache) get(sum *tokenSum) *live {
	s := c.shard(sum)
	s.mu.RLock()
	l := s.live[*sum]
	s.mu.RUnlock()
	return l
}

// mark is what put must be given, taken before the store is read.
func (c *sessionCache) mark(sum *tokenSum) uint64 {
	s := c.shard(sum)
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.ended
}

// put caches a session unless one ended since the mark; then it will be read
// again.
func (c *sessionCache) put(sum *tokenSum, mark uint64, l *live) {
	s := c.shard(sum)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, there := s.live[*sum]; !there && s.ended == mark {
		s.live[*sum] = l
	}
}

// drop forgets a session.
func (c *sessionCache) drop(sum *tokenSum) {
	s := c.shard(sum)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.live, *sum)
	s.ended++
}

// dropIf forgets the sessions that gone says are.
func (c *sessionCache) dropIf(gone func(*live) bool) {
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		s.ended++
		for sum, l := range s.live {
			if gone(l) {
				delete(s.live, sum)
			}
		}
		s.mu.Unlock()
	}
}

// dropUser forgets a user's sessions.
func (c *sessionCache) dropUser(user model.ID) {
	c.dropIf(func(l *live) bool { return l.identity.UserID == user })
}

// used lists the sessions that were used since it was last written.
func (c *sessionCache) used() map[tokenSum]*live {
	all := map[tokenSum]*live{}
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.RLock()
		for sum, l := range s.live {
			if l.lastUsed.Load() > l.written.Load() {
				all[sum] = l
			}
		}
		s.mu.RUnlock()
	}
	return all
}
