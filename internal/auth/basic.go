package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"net/netip"
	"sync"
	"time"

	"halxml/internal/model"
)

const (
	// basicLife is how long a verified name and password are believed, so that
	// a client with Basic costs one hash a minute and not one a request.
	basicLife = time.Minute
	maxBasic  = 10_000
)

// basicCache remembers verified credentials by a keyed hash.
type basicCache struct {
	key     []byte
	mu      sync.Mutex
	known   map[[32]byte]verified
	pending map[[32]byte]chan struct{} // closed when its verification ends
	ended   uint64                     // as in shard
}

type verified struct {
	identity Identity
	until    time.Time
}

func newBasicCache(rand io.Reader) (*basicCache, error) {
	c := &basicCache{key: make([]byte, 32), known: map[[32]byte]verified{}, pending: map[[32]byte]chan struct{}{}}
	if _, err := io.ReadFull(rand, c.key); err != nil {
		return nil, fmt.Errorf("auth: no randomness: %w", err)
	}
	return c, nil
}

func (c *basicCache) sum(user, secret string) (sum [32]byte) {
	user = model.FoldName(user)
	h := hmac.New(sha256.New, c.key)
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(user))))
	io.WriteString(h, user)
	io.WriteString(h, secret)
	h.Sum(sum[:0])
	return sum
}

// get finds credentials that were verified lately, and gives the mark for put.
func (c *basicCache) get(sum [32]byte, now time.Time) (id Identity, ok bool, mark uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, ok := c.known[sum]
	return v.identity, ok && now.Before(v.until), c.ended
}

func (c *basicCache) put(sum [32]byte, mark uint64, id Identity, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended != mark {
		return
	}
	if len(c.known) >= maxBasic {
		for old := range c.known { // any one; it only costs a hash
			delete(c.known, old)
			break
		}
	}
	c.known[sum] = verified{id, now.Add(basicLife)}
}

// enter lets one caller at a time verify the same credentials, so that many
// requests at once cost one hash.
func (c *basicCache) enter(ctx context.Context, sum [32]byte) (leave func(), err error) {
	for {
		c.mu.Lock()
		other, busy := c.pending[sum]
		if !busy {
			mine := make(chan struct{})
			c.pending[sum] = mine
			c.mu.Unlock()
			return func() {
				c.mu.Lock()
				delete(c.pending, sum)
				c.mu.Unlock()
				close(mine)
			}, nil
		}
		c.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (c *basicCache) dropUser(user model.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended++
	for sum, v := range c.known {
		if v.identity.UserID == user {
			delete(c.known, sum)
		}
	}
}

func (c *basicCache) tidy(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for sum, v := range c.known {
		if !now.Before(v.until) {
			delete(c.known, sum)
		}
	}
}

func (a *Auth) identifyBasic(ctx context.Context, user, password string, remote netip.Addr) (Identity, error) {
	// A pair that must wait does so for known credentials too: otherwise these
	// would tell a guesser which password is right.
	if err := a.throttle.check(newPair(user, remote), a.opts.Now()); err != nil {
		return Identity{}, err
	}
	sum := a.basic.sum(user, password)
	if id, ok, _ := a.basic.get(sum, a.opts.Now()); ok {
		return id, nil
	}
	leave, err := a.basic.enter(ctx, sum)
	if err != nil {
		return Identity{}, err
	}
	defer leave()
	id, ok, mark := a.basic.get(sum, a.opts.Now())
	if ok {
		return id, nil
	}
	u, err := a.verify(ctx, user, password, remote)
	if err != nil {
		return Identity{}, err
	}
	id = Identity{UserID: u.ID, Name: u.Name}
	a.basic.put(sum, mark, id, a.opts.Now())
	return id, nil
}
