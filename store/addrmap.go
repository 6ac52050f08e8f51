package store

import (
	"encoding/binary"
	"fmt"
	"iter"
	"math/bits"
	"net/netip"
)

// AddrMap tells which addresses have an entry in an index, one bit for each of
// them in blocks of 256: a full IPv4 /16 is 256 small reads where its entries
// would be 65,536. It lies in the bucket table.index.map: key up to the
// address's last byte → 32 bytes.
type AddrMap struct {
	bucket string
	prefix Key
}

// Bits has one bit for each of 256 addresses that differ in their last byte.
type Bits [4]uint64

// Block is the bits of 256 addresses; First is the one that ends in 0.
type Block struct {
	First netip.Addr
	Bits
}

// Or adds the bits of another.
func (b *Bits) Or(o Bits) {
	for i := range b {
		b[i] |= o[i]
	}
}

// NextClear is the first clear bit from i on, 256 when there is none.
func (b *Bits) NextClear(i int) int {
	for w := i / 64; w < len(b); w++ {
		open := ^b[w]
		if w == i/64 {
			open &= ^uint64(0) << (i % 64)
		}
		if open != 0 {
			return w*64 + bits.TrailingZeros64(open)
		}
	}
	return 256
}

// NextSet is the first set bit from i on, 256 when there is none.
func (b *Bits) NextSet(i int) int {
	inverse := Bits{^b[0], ^b[1], ^b[2], ^b[3]}
	return inverse.NextClear(i)
}

// Count counts the bits set from the first to the last, both included.
func (b *Bits) Count(first, last int) (n int) {
	for w, v := range b {
		if lo := first - w*64; lo > 0 {
			v &= ^uint64(0) << min(lo, 64)
		}
		if hi := last - w*64; hi < 63 {
			v &= ^(^uint64(0) << max(hi+1, 0))
		}
		n += bits.OnesCount64(v)
	}
	return n
}

func (b *Bits) has(i byte) bool { return b[i/64]&(1<<(i%64)) != 0 }
func (b *Bits) set(i byte)      { b[i/64] |= 1 << (i % 64) }
func (b *Bits) clear(i byte)    { b[i/64] &^= 1 << (i % 64) }
func (b *Bits) encode() (v []byte) {
	for _, w := range b {
		v = binary.BigEndian.AppendUint64(v, w)
	}
	return v
}

func decodeBits(v []byte) (b Bits, err error) {
	if v == nil {
		return b, nil
	}
	if len(v) != 8*len(b) {
		return b, fmt.Errorf("store: a map of addresses has %d bytes, not %d", len(v), 8*len(b))
	}
	for i := range b {
		b[i] = binary.BigEndian.Uint64(v[8*i:])
	}
	return b, nil
}

// Map is the map of the addresses whose keys begin with prefix, which is all
// that stands before the address.
func (x *Index[T]) Map(prefix Key) AddrMap {
	if !x.Mapped || len(prefix) != x.AddrAt {
		panic("store: index " + x.bucket + " has no such map")
	}
	return AddrMap{x.bucket + ".map", prefix}
}

// Bits are those of the block that an address lies in.
func (m AddrMap) Bits(tx Tx, a netip.Addr) (Bits, error) {
	v, err := tx.Get(m.bucket, m.key(a))
	if err != nil {
		return Bits{}, err
	}
	return decodeBits(v)
}

// Blocks yields the blocks with any bit set that hold addresses from the first
// to the last, in order.
func (m AddrMap) Blocks(tx Tx, first, last netip.Addr) iter.Seq2[Block, error] {
	return func(yield func(Block, error) bool) {
		err := tx.Scan(m.bucket, m.key(first), after(m.key(last)), false, func(k, v []byte) (bool, error) {
			if len(k) != len(m.prefix)+addrSize-1 {
				return false, fmt.Errorf("store: %s has a key of %d bytes", m.bucket, len(k))
			}
			b, err := decodeBits(v)
			if err != nil {
				return false, err
			}
			at := append(append(Key(nil), k[len(m.prefix):]...), 0)
			return yield(Block{at.AddrAt(0), b}, nil), nil
		})
		if err != nil {
			yield(Block{}, err)
		}
	}
}

// key is the key of an address's block.
func (m AddrMap) key(a netip.Addr) Key {
	k := make(Key, 0, len(m.prefix)+addrSize)
	k = append(k, m.prefix...).Addr(a)
	return k[:len(k)-1]
}

// mark sets the bit of a key's address.
func (x *Index[T]) mark(tx Tx, k Key) error {
	return x.remap(tx, k, (*Bits).set)
}

// unmark clears the bit of a key's address unless other entries hold it.
func (x *Index[T]) unmark(tx Tx, k Key) error {
	if held, err := x.Any(tx, k[:x.AddrAt+addrSize]); err != nil || held {
		return err
	}
	return x.remap(tx, k, (*Bits).clear)
}

func (x *Index[T]) remap(tx Tx, k Key, change func(*Bits, byte)) error {
	bucket, at := x.bucket+".map", x.AddrAt+addrSize-1
	v, err := tx.Get(bucket, k[:at])
	if err != nil {
		return err
	}
	b, err := decodeBits(v)
	if err != nil {
		return err
	}
	was := b
	change(&b, k[at])
	switch {
	case b == was:
		return nil
	case b == Bits{}:
		return tx.Delete(bucket, k[:at])
	}
	return tx.Put(bucket, k[:at], b.encode())
}

// checkMap tests the map against the entries.
func (x *Index[T]) checkMap(tx Tx, p *Problems) error {
	at := x.AddrAt + addrSize - 1
	err := tx.Scan(x.bucket, nil, nil, false, func(k, _ []byte) (bool, error) {
		if len(k) < at+1+8 {
			return true, nil // told by the index's own check
		}
		v, err := tx.Get(x.bucket+".map", k[:at])
		if err != nil {
			return false, err
		}
		if b, err := decodeBits(v); err != nil || !b.has(k[at]) {
			p.addf("index %s has an entry of %s, its map has not", x.bucket, Key(k).AddrAt(x.AddrAt))
		}
		return true, nil
	})
	if err != nil {
		return err
	}
	return tx.Scan(x.bucket+".map", nil, nil, false, func(k, v []byte) (bool, error) {
		b, err := decodeBits(v)
		if err != nil || len(k) != at || b == (Bits{}) {
			p.addf("the map of index %s has a block of %d bytes under a key of %d", x.bucket, len(v), len(k))
			return true, nil
		}
		for i := range 256 {
			entry := append(append(Key(nil), k...), byte(i))
			if !b.has(byte(i)) {
				continue
			}
			if found, err := x.Any(tx, entry); err != nil {
				return false, err
			} else if !found {
				p.addf("the map of index %s has %s, which has no entry", x.bucket, entry.AddrAt(x.AddrAt))
			}
		}
		return true, nil
	})
}
