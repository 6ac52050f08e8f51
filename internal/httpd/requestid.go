package httpd

import (
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"sync/atomic"
)

// newIDs returns a source of request ids: a part that is random for each start
// of the service, and a counter.
func newIDs(random io.Reader) (func() string, error) {
	var seed [5]byte
	if _, err := io.ReadFull(random, seed[:]); err != nil {
		return nil, fmt.Errorf("request ids: %w", err)
	}
	prefix := fmt.Sprintf("%02x%08x-", seed[0], binary.BigEndian.Uint32(seed[1:]))
	var count atomic.Uint64
	return func() string {
		var b [32]byte
		return string(strconv.AppendUint(append(b[:0], prefix...), count.Add(1), 36))
	}, nil
}

// usableID reports whether a proxy's request id can be taken over.
func usableID(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for i := range len(id) {
		switch c := id[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_', c == '.':
		default:
			return false
		}
	}
	return true
}
