package store

import (
	"fmt"
	"math"
	"net/netip"
	"time"
	"unsafe"

	"google.golang.org/protobuf/encoding/protowire"

	"halxml/internal/model"
)

// Records are kept in the protobuf wire format. A field's number is its name
// for ever: a field that is no longer used keeps its number, a new one takes
// the next, and what a decoder does not know it skips, so that an older program
// can read what a newer one wrote. Zero values are not written; the id is the
// key and not repeated. The numbers stand in the encode functions.

func putText[S ~string](b []byte, n protowire.Number, s S) []byte {
	if s == "" {
		return b
	}
	return protowire.AppendString(protowire.AppendTag(b, n, protowire.BytesType), string(s))
}

func putBytes(b []byte, n protowire.Number, v []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, n, protowire.BytesType), v)
}

func putUint[U ~uint16 | ~uint32 | ~uint64](b []byte, n protowire.Number, v U) []byte {
	if v == 0 {
		return b
	}
	return protowire.AppendVarint(protowire.AppendTag(b, n, protowire.VarintType), uint64(v))
}

// putSpace writes an address space that is not the default one. Records from
// before there were others have none: who decodes begins with the default.
func putSpace(b []byte, n protowire.Number, id model.ID) []byte {
	if id == model.DefaultSpace {
		return b
	}
	return putUint(b, n, id)
}

func putBool(b []byte, n protowire.Number, v bool) []byte {
	if !v {
		return b
	}
	return protowire.AppendVarint(protowire.AppendTag(b, n, protowire.VarintType), 1)
}

// putAddr writes an address as its 4 or 16 bytes; a zone is dropped.
func putAddr(b []byte, n protowire.Number, a netip.Addr) []byte {
	switch {
	case a.Is4():
		v := a.As4()
		return putBytes(b, n, v[:])
	case a.Is6():
		v := a.As16()
		return putBytes(b, n, v[:])
	}
	return b
}

// putTime writes a time as google.protobuf.Timestamp does: 1 = seconds since
// 1970, 2 = nanoseconds. Only the zero time is left out; 1970 itself is an
// empty message.
func putTime(b []byte, n protowire.Number, t time.Time) []byte {
	if t.IsZero() {
		return b
	}
	var a [24]byte
	m := putUint(a[:0], 1, uint64(t.Unix()))
	return putBytes(b, n, putUint(m, 2, uint64(t.Nanosecond())))
}

// putProperties writes each property as 1 = name, 2 = value.
func putProperties(b []byte, n protowire.Number, all []model.Property) []byte {
	var a [128]byte
	for _, p := range all {
		b = putBytes(b, n, putText(putText(a[:0], 1, p.Name), 2, p.Value))
	}
	return b
}

// fields walks the fields of a record. The texts it gives share the record's
// memory, which must stay as it is for as long as they are used.
type fields struct {
	data []byte
	at   int

	num    protowire.Number
	kind   protowire.Type
	varint uint64
	lo, hi int // the value of a bytes field in data
	err    error
}

// next moves to the next field; false at the end or at an error.
func (f *fields) next() bool {
	if f.err != nil || f.at >= len(f.data) {
		return false
	}
	// Most fields have a tag of one byte, and a value or length of one.
	if d := f.data[f.at:]; len(d) > 1 && d[0] >= 1<<3 && d[0] < 0x80 && d[1] < 0x80 {
		switch kind := protowire.Type(d[0] & 7); {
		case kind == protowire.VarintType:
			f.num, f.kind, f.varint = protowire.Number(d[0]>>3), kind, uint64(d[1])
			f.at += 2
			return true
		case kind == protowire.BytesType && len(d)-2 >= int(d[1]):
			f.num, f.kind = protowire.Number(d[0]>>3), kind
			f.lo = f.at + 2
			f.hi = f.lo + int(d[1])
			f.at = f.hi
			return true
		}
	}
	num, kind, n := protowire.ConsumeTag(f.data[f.at:])
	if n < 0 {
		return f.fail(protowire.ParseError(n))
	}
	f.num, f.kind = num, kind
	f.at += n
	switch kind {
	case protowire.VarintType:
		f.varint, n = protowire.ConsumeVarint(f.data[f.at:])
	case protowire.BytesType:
		var v []byte
		v, n = protowire.ConsumeBytes(f.data[f.at:])
		f.hi = f.at + n
		f.lo = f.hi - len(v)
	default:
		n = protowire.ConsumeFieldValue(num, kind, f.data[f.at:])
	}
	if n < 0 {
		return f.fail(protowire.ParseError(n))
	}
	f.at += n
	return true
}

func (f *fields) fail(err error) bool {
	if f.err == nil {
		f.err = err
	}
	return false
}

// is checks the wire type of a known field.
func (f *fields) is(kind protowire.Type) bool {
	return f.kind == kind || f.fail(fmt.Errorf("field %d has wire type %d, not %d", f.num, f.kind, kind))
}

func (f *fields) string() string {
	if !f.is(protowire.BytesType) || f.lo == f.hi {
		return ""
	}
	return unsafe.String(&f.data[f.lo], f.hi-f.lo)
}

func (f *fields) bytes() []byte {
	if !f.is(protowire.BytesType) {
		return nil
	}
	return f.data[f.lo:f.hi]
}

// inner walks a nested message.
func (f *fields) inner() fields {
	in := fields{data: f.bytes()}
	in.err = f.err
	return in
}

func (f *fields) uint(max uint64) uint64 {
	if !f.is(protowire.VarintType) {
		return 0
	}
	if f.varint > max {
		f.fail(fmt.Errorf("field %d is %d, more than %d", f.num, f.varint, max))
		return 0
	}
	return f.varint
}

func (f *fields) id() model.ID   { return model.ID(f.uint(math.MaxUint64)) }
func (f *fields) uint32() uint32 { return uint32(f.uint(math.MaxUint32)) }
func (f *fields) bool() bool     { return f.uint(math.MaxUint64) != 0 }

func (f *fields) addr() netip.Addr {
	a, ok := netip.AddrFromSlice(f.bytes())
	if !ok {
		f.fail(fmt.Errorf("field %d is no address: %d bytes", f.num, f.hi-f.lo))
	}
	return a
}

func (f *fields) time() time.Time {
	in := fields{data: f.bytes()}
	var seconds, nanos uint64
	for in.next() {
		switch in.num {
		case 1:
			seconds = in.uint(math.MaxUint64)
		case 2:
			nanos = in.uint(999_999_999)
		}
	}
	if in.err != nil {
		f.fail(in.err)
	}
	if f.err != nil {
		return time.Time{}
	}
	return time.Unix(int64(seconds), int64(nanos)).UTC()
}

func (f *fields) property() (p model.Property) {
	in := f.inner()
	for in.next() {
		switch in.num {
		case 1:
			p.Name = in.string()
		case 2:
			p.Value = in.string()
		}
	}
	f.fail(in.err)
	return p
}
