package filter

import (
	"strings"
	"time"

	"halxml/internal/errs"
)

// Sort makes a comparison for a stable sort; it is nil when sortBy is empty.
// Numbers, addresses, dates and references are ordered by value, text without
// regard to case and with numbers in it by value; what is unset comes first.
// sortOrder is Ascending (or empty) or Descending, in any case.
func (s *Set[T]) Sort(sortBy, sortOrder string, zone *time.Location) (func(a, b T) int, error) {
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
	if zone == nil {
		zone = time.UTC
	}
	i, known := s.lookup(sortBy)
	switch {
	case !known && s.custom != nil:
		return func(a, b T) int {
			return sign * compareNatural(s.property(a, sortBy), s.property(b, sortBy))
		}, nil
	case !known:
		return nil, errs.Errorf(errs.Invalid, "sortBy: there is no field %s", quote(sortBy))
	}
	f := &s.fields[i]
	if f.Kind == List {
		return func(a, b T) int { return sign * compareLists(f.List(a), f.List(b)) }, nil
	}
	return func(a, b T) int { return sign * compareTexts(f.Kind, f.Text(a), f.Text(b), zone) }, nil
}

func compareLists(a, b []string) int {
	for i := range min(len(a), len(b)) {
		if c := compareNatural(a[i], b[i]); c != 0 {
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
