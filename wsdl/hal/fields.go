package hal

import "strings"

// Struct describes a type of the WSDL, or a request or response.
type Struct struct {
	Name   string // in the WSDL, without Prefix
	Doc    string
	Fields []Field // in the WSDL's order
}

// Kind is what the value of a field is, or of the items of an array.
type Kind uint8

// The kinds of values. HexStr, IPAddress and the like are strings.
const (
	StringKind Kind = iota
	RefKind         // an object reference; a string on the wire
	BoolKind
	UintKind
	IntKind
	EnumKind
	StructKind
)

// Field describes one field of a Struct.
type Field struct {
	Name      string
	Type      string // in the WSDL, without prefix: string, ObjRef, ArrayOfObjRef, …
	Doc       string
	Kind      Kind
	Required  bool
	Nillable  bool
	Extension bool    // came after 2017
	Repeated  bool    // the element itself is repeated, without one around it
	Item      string  // the element of an array's items
	Sub       string  // the element of the items' items, in an array of arrays
	Enum      *Enum   // of an EnumKind
	Struct    *Struct // of a StructKind

	open, close, itemOpen, itemClose string // tags
	key                              string // the JSON key with its colon
}

// itemNamed reports whether an array's item is written under a name.
func (f *Field) itemNamed(name string) bool {
	return name == f.Item || f.Item != "" && strings.EqualFold(name, f.Item)
}

// List reports whether the field holds any number of values.
func (f *Field) List() bool { return f.Repeated || f.Item != "" }

// Enum describes an enumeration of the WSDL.
type Enum struct {
	Name     string
	Doc      string
	Values   []EnumValue
	extended bool // some values came after 2017
}

// EnumValue is one value of an Enum.
type EnumValue struct {
	Value     string
	Doc       string
	Extension bool   // came after 2017
	Formerly  string // how an extension is spelt for callers of 2017; "" if they cannot be told
}

func (e *Enum) find(value string) *EnumValue {
	for i := range e.Values {
		if e.Values[i].Value == value {
			return &e.Values[i]
		}
	}
	return nil
}

// canonical is a value as the WSDL spells it, from any letter case, as .NET and
// scripts write it; "" for no value. No two values differ in case alone.
func (e *Enum) canonical(value string) string {
	if known := e.find(value); known != nil {
		return known.Value
	}
	for i := range e.Values {
		if strings.EqualFold(e.Values[i].Value, value) {
			return e.Values[i].Value
		}
	}
	return ""
}

// in2017 is how the 2017 interface spells a value; "" if it cannot.
func (e *Enum) in2017(value string) string {
	if v := e.find(value); v != nil && v.Extension {
		return v.Formerly
	}
	return value
}

func enumValues[T ~string](e *Enum) []T {
	all := make([]T, len(e.Values))
	for i := range e.Values {
		all[i] = T(e.Values[i].Value)
	}
	return all
}

// find looks a field up by name, from the one at from on, since callers mostly
// keep the WSDL's order. When no name is equal letter case does not count: the
// interface has changed it between versions, and hand-written requests do.
func (s *Struct) find(name string, from int) int {
	fields := s.Fields
	if from < len(fields) && fields[from].Name == name {
		return from
	}
	for i := range fields {
		if fields[i].Name == name {
			return i
		}
	}
	for i := range fields {
		if strings.EqualFold(fields[i].Name, name) {
			return i
		}
	}
	return -1
}
