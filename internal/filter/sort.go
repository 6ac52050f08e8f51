package filter

import (
	"strings"
	"time"

	"halxml/internal/errs"
)

// Sorting orders rows by one field. It looks at the field's texts only, so that
// a caller with many rows need not keep them all.
type Sorting[T any] struct {
	// Key is what of a row decides its place.
	Key func(row T) string
	// Compare is for a stable sort of keys.
	Compare func(a, b string) int
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
		}, nil
	case !known:
		return nil, errs.Errorf(errs.Invalid, "sortBy: there is no field %s", quote(sortBy))
	}
	f := &s.fields[i]
	if f.Kind == List {
		return &Sorting[T]{
			Key:     func(row T) string { return strings.Join(f.List(row), between) },
			Compare: func(a, b string) int { return sign * compareLists(a, b) },
			Foreign: f.Foreign,
		}, nil
	}
	return &Sorting[T]{Key: f.Text, Foreign: f.Foreign, Compare: func(a, b string) int { return sign * compareTexts(f.Kind, a, b, zone) }}, nil
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
