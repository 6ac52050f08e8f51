package store

import (
	"encoding/binary"
	"net/netip"
	"strings"
	"time"

	"halxml/internal/model"
)

// Key builds index keys whose byte order is the order of their parts.
type Key []byte

// ID appends an id, 8 bytes big-endian.
func (k Key) ID(id model.ID) Key { return binary.BigEndian.AppendUint64(k, uint64(id)) }

// idSize is what ID appends, bytes.
const idSize = 8

// Time appends a time since 1970, in nanoseconds.
func (k Key) Time(t time.Time) Key { return binary.BigEndian.AppendUint64(k, uint64(t.UnixNano())) }

// TimeAt reads the time that Time wrote so many bytes from the start.
func (k Key) TimeAt(i int) time.Time {
	return time.Unix(0, int64(binary.BigEndian.Uint64(k[i:i+8]))).UTC()
}

// Text appends a string and a terminator, so that "a" sorts before "ab" and no
// string's key is another's prefix. Names hold no NUL; one is cut at it.
func (k Key) Text(s string) Key {
	if i := strings.IndexByte(s, 0); i >= 0 {
		s = s[:i]
	}
	return append(append(k, s...), 0)
}

// Prefix appends the start of a string without terminator, to find all keys
// whose text begins so.
func (k Key) Prefix(s string) Key { return append(k, s...) }

// Addr appends an address: family, then 16 bytes.
func (k Key) Addr(a netip.Addr) Key {
	b := a.As16()
	return append(append(k, family(a)), b[:]...)
}

// AddrDown appends an address so that higher ones sort first.
func (k Key) AddrDown(a netip.Addr) Key {
	b := a.As16()
	for i := range b {
		b[i] = ^b[i]
	}
	return append(append(k, family(a)), b[:]...)
}

// addrSize is what Addr appends, bytes.
const addrSize = 17

// AddrAt reads the address that Addr wrote so many bytes from the start.
func (k Key) AddrAt(i int) netip.Addr {
	a := netip.AddrFrom16([16]byte(k[i+1 : i+addrSize]))
	if k[i] == 4 {
		return a.Unmap()
	}
	return a
}

// AddrDownAt reads the address that AddrDown wrote so many bytes from the start.
func (k Key) AddrDownAt(i int) netip.Addr {
	up := Key{k[i]}
	for _, b := range k[i+1 : i+addrSize] {
		up = append(up, ^b)
	}
	return up.AddrAt(0)
}

func family(a netip.Addr) byte {
	if a.Is4() {
		return 4
	}
	return 6
}

// Bytes appends raw bytes; only the last part of a key may be of varying length.
func (k Key) Bytes(b []byte) Key { return append(k, b...) }

// after is the first key that does not begin with k; nil when there is none.
func after(k []byte) []byte {
	end := append([]byte(nil), k...)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i] < 0xff {
			end[i]++
			return end[:i+1]
		}
	}
	return nil
}
