package filter

import (
	"net/netip"
	"strings"

	"halxml/internal/model"
)

// Kind says how the texts of a field compare.
type Kind uint8

// The kinds of fields.
const (
	Text    Kind = iota // names and free text; equal without a final dot
	Number              // by value, integers exactly
	Bool                // true and false, also as 1 and 0
	Address             // an IP address, equal and ordered by value
	Time                // "Jan 2, 2006 15:04:05" in the zone, or RFC 3339
	Ref                 // {#type-#id}; an operand may be a name or Collection/id
	Enum                // one of a few words
	List                // several texts, of which any may match
	Client              // a hardware address, kept as aa:bb:cc, or other text
)

// Field is one property of a listed row.
type Field[T any] struct {
	Name string
	Kind Kind
	Text func(T) string   // the value as the answer shows it
	List func(T) []string // the values, for Kind List only
	// Hidden fields are not searched by a text without a field.
	Hidden bool
	// Foreign fields show more than the row's own record.
	Foreign bool
	// Holds, if set, reports whether the row's block of addresses holds an
	// address; a filter text that is an address finds such rows too.
	Holds func(T, netip.Addr) bool
}

// Set is the fields of one kind of row. It is safe for concurrent use.
type Set[T any] struct {
	fields []Field[T]
	infos  []fieldInfo
	byName map[string]int
	custom func(T) []model.Property
}

// fieldInfo is what parsing needs to know of a field.
type fieldInfo struct {
	name string
	kind Kind
}

// NewSet describes rows by their fields. custom, which may be nil, yields a
// row's custom properties, whose names are then fields too. A field without its
// function, or two of one name, is a mistake of the program and panics.
func NewSet[T any](fields []Field[T], custom func(T) []model.Property) *Set[T] {
	s := &Set[T]{fields: fields, byName: make(map[string]int, len(fields)), custom: custom}
	for i, f := range fields {
		key := strings.ToLower(f.Name)
		if _, dup := s.byName[key]; dup || (f.Kind == List) != (f.List != nil) || (f.Text == nil && f.Kind != List) {
			panic("filter: field " + f.Name + " is declared twice or lacks its function")
		}
		s.byName[key] = i
		s.infos = append(s.infos, fieldInfo{f.Name, f.Kind})
	}
	return s
}

// Has reports whether a field of that name is declared, in any case.
func (s *Set[T]) Has(name string) bool {
	_, ok := s.lookup(name)
	return ok
}

// lookup finds a declared field by name, in any case.
func (s *Set[T]) lookup(name string) (int, bool) {
	if i, ok := s.byName[name]; ok {
		return i, true
	}
	i, ok := s.byName[strings.ToLower(name)]
	return i, ok
}

// property is the value of a row's custom property, "" when it has none.
func (s *Set[T]) property(row T, name string) string {
	if s.custom == nil {
		return ""
	}
	for _, p := range s.custom(row) {
		if strings.EqualFold(p.Name, name) {
			return p.Value
		}
	}
	return ""
}
