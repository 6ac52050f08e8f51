package filter

import (
	"encoding/binary"
	"strings"
	"time"
	"unicode/utf8"

	"halxml/internal/errs"
)

// Sorting orders rows by one field. It looks at the field's texts only, so that
// a caller with many rows need not keep them all.
type Sorting[T any] struct {
	// Key is what of a row decides its place.
	Key func(row T) string
	// Compare is for a stable sort of keys.
	Compare func(a, b string) int
	// Fold, if set, appends bytes to b that order as Compare does ascending; it is
	// for many keys, which then need be understood once only.
	Fold func(b []byte, key string) []byte
	// Descending says that Compare is turned round.
	Descending bool
	// Foreign says that the field is.
	Foreign bool
}

// between parts the values of a field of Kind List in a key.
const between = "\x00"

// Sort makes a Sorting; it is nil when sortBy is empty. Numbers, addresses,
// dates and references are ordered by value, text without regard to case and
// with numbers in it by value; what is unset comes first. sortOrder is Ascending
// (or empty) or Descending, in any case.
func (s *Set[T]) Sort(sortBy, sortOrder string, opts Options) (*Sorting[T], error) {
	sign := 1
	switch strings.ToLower(sortOrder) {
	case "", "ascending", "asc":
	case "descending", "desc":
		sign = -1
	default:
		return nil, errs.Errorf(errs.Invalid, "sortOrder: %s is neither Ascending nor Descending", quote(sortOrder))
	}
	if sortBy == "" {
		return nil, nil
	}
	zone := opts.Zone
	if zone == nil {
		zone = time.UTC
	}
	i, known := s.lookup(sortBy)
	kind, custom := Text, s.custom != nil
	if custom && !known && opts.Custom != nil {
		kind, custom = opts.Custom(sortBy)
	}
	switch {
	case !known && custom:
		return &Sorting[T]{
			Key:     func(row T) string { return s.property(row, sortBy) },
			Compare: func(a, b string) int { return sign * compareTexts(kind, a, b, zone) },
			Fold:    foldOf(kind), Descending: sign < 0,
		}, nil
	case !known:
		return nil, errs.Errorf(errs.Invalid, "sortBy: there is no field %s", quote(sortBy))
	}
	f := &s.fields[i]
	if f.Kind == List {
		return &Sorting[T]{
			Key:     func(row T) string { return strings.Join(f.List(row), between) },
			Compare: func(a, b string) int { return sign * compareLists(a, b) },
			Foreign: f.Foreign, Descending: sign < 0,
		}, nil
	}
	return &Sorting[T]{
		Key:     f.Text,
		Compare: func(a, b string) int { return sign * compareTexts(f.Kind, a, b, zone) },
		Fold:    foldOf(f.Kind), Foreign: f.Foreign, Descending: sign < 0,
	}, nil
}

// foldOf is how keys of a kind are folded; nil when they are not.
func foldOf(k Kind) func([]byte, string) []byte {
	if k == Text || k == Enum {
		return foldNatural
	}
	return nil
}

// foldNatural appends text so that its bytes order as compareNatural does:
// letters in lower case, and a run of digits as a zero, the number of digits
// and the digits.
func foldNatural(b []byte, text string) []byte {
	for text != "" {
		if !isDigit(text[0]) {
			r, n := lowerRune(text)
			b, text = utf8.AppendRune(b, r), text[n:]
			continue
		}
		var digits string
		digits, text = cutDigits(text)
		b = append(b, '0')
		if n := len(digits); n < 255 {
			b = append(b, byte(n))
		} else {
			b = binary.BigEndian.AppendUint64(append(b, 255), uint64(n))
		}
		b = append(b, digits...)
	}
	return b
}

func compareLists(a, b string) int {
	for a != "" && b != "" {
		var x, y string
		x, a, _ = strings.Cut(a, between)
		y, b, _ = strings.Cut(b, between)
		if c := compareNatural(x, y); c != 0 {
			return c
		}
	}
	return len(a) - len(b)
}

// Page gives the part [from, to) of total rows that offset and limit ask for;
// 0 means unset for both.
func Page(total int, offset, limit uint32) (from, to int) {
	size := uint64(max(total, 0))
	first := min(uint64(offset), size)
	last := size
	if limit != 0 {
		last = min(first+uint64(limit), size)
	}
	return int(first), int(last)
}
