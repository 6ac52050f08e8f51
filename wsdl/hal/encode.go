package hal

import "strconv"

// style is the format and manner that a message is encoded in, and where it
// goes if not all of it is gathered.
type style struct {
	manner
	out *Output
}

type manner uint8

const (
	asJSON manner = 1 << iota
	old           // Profile2017
	sparse        // JSON that leaves out whatever is absent: requests
)

func (p Profile) xml() style {
	if p == Profile2017 {
		return style{manner: old}
	}
	return style{}
}

func (p Profile) json() style { return style{manner: p.xml().manner | asJSON} }

func (p Profile) sparse() style { return style{manner: p.json().manner | sparse} }

func (o style) begin(b []byte) []byte {
	if o.manner&asJSON != 0 {
		return append(b, '{')
	}
	return b
}

func (o style) end(b []byte) []byte {
	if o.manner&asJSON != 0 {
		return append(b, '}')
	}
	return b
}

// orNothing makes a response without anything to say, encoded behind b[:n], the
// empty string that recorded servers answer then.
func orNothing(b []byte, n int) []byte {
	if string(b[n:]) == "{}" {
		return append(b[:n], `""`...)
	}
	return b
}

// omit tells whether a field is left out. XML keeps what the WSDL requires.
// JSON keeps strings and arrays, and numbers and booleans that are required, as
// recorded servers do; extensions only where they are set.
func (o style) omit(f *Field, set bool) bool {
	switch {
	case f.Extension && o.manner&old != 0:
		return true
	case set:
		return false
	case o.manner&asJSON == 0:
		return !f.Required
	case o.manner&sparse != 0 || f.Extension:
		return true
	case f.List() || f.Kind == StringKind:
		return false
	}
	return !f.Required || f.Kind != BoolKind && f.Kind != UintKind && f.Kind != IntKind
}

// open writes what stands before a value, and shut what follows it.
func (o style) open(b []byte, f *Field) []byte {
	if o.manner&asJSON == 0 {
		return append(b, f.open...)
	}
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	return append(b, f.key...)
}

func (o style) shut(b []byte, f *Field) []byte {
	if o.manner&asJSON == 0 {
		return append(b, f.close...)
	}
	return b
}

func (o style) text(b []byte, v string) []byte {
	if o.manner&asJSON == 0 {
		return appendXMLText(b, v)
	}
	return appendJSONString(b, v)
}

func encodeString(b []byte, o style, f *Field, v Opt[string]) []byte {
	if o.manner == 0 { // what most callers ask for, without detours
		if !v.Set && !f.Required {
			return b
		}
		return append(appendXMLText(append(b, f.open...), v.V), f.close...)
	}
	if o.omit(f, v.Set) {
		return b
	}
	return o.shut(o.text(o.open(b, f), v.V), f)
}

func encodeBool(b []byte, o style, f *Field, v Opt[bool]) []byte {
	if o.omit(f, v.Set) {
		return b
	}
	return o.shut(strconv.AppendBool(o.open(b, f), v.V), f)
}

func encodeUint(b []byte, o style, f *Field, v Opt[uint32]) []byte {
	if o.omit(f, v.Set) {
		return b
	}
	return o.shut(strconv.AppendUint(o.open(b, f), uint64(v.V), 10), f)
}

func encodeInt(b []byte, o style, f *Field, v Opt[int32]) []byte {
	if o.omit(f, v.Set) {
		return b
	}
	return o.shut(strconv.AppendInt(o.open(b, f), int64(v.V), 10), f)
}

// encodeEnum never writes an empty value, which typed clients choke on: a
// required one that is absent is written as the enumeration's first.
func encodeEnum[T ~string](b []byte, o style, f *Field, v Opt[T]) []byte {
	s := string(v.V)
	if f.Enum.extended && o.manner&old != 0 {
		s = f.Enum.in2017(s)
	}
	if o.omit(f, v.Set && s != "") {
		return b
	}
	if s == "" {
		s = f.Enum.Values[0].Value
	}
	return o.shut(o.text(o.open(b, f), s), f)
}

// coder is what every generated type can do.
type coder interface {
	encode(b []byte, o style) []byte
	decode(in input) error
}

// pointer is a *T that can be encoded and decoded.
type pointer[T any] interface {
	*T
	coder
}

// encodeStruct writes a required one that is absent with the zero values of
// its own required fields.
func encodeStruct[T any, P pointer[T]](b []byte, o style, f *Field, v P) []byte {
	if o.omit(f, v != nil) {
		return b
	}
	if v == nil {
		v = new(T)
	}
	return o.shut(v.encode(o.open(b, f), o), f)
}

// openList, openItem and so on write what stands around and between items; a
// repeated element has nothing around it in XML, its own tags are the items'.
func (o style) openList(b []byte, f *Field) []byte {
	b = o.open(b, f)
	if o.manner&asJSON != 0 {
		b = append(b, '[')
	}
	return b
}

func (o style) shutList(b []byte, f *Field) []byte {
	if o.manner&asJSON != 0 {
		return append(b, ']')
	}
	return o.shut(b, f)
}

func (o style) openItem(b []byte, f *Field) []byte {
	if o.manner&asJSON == 0 {
		return append(b, f.itemOpen...)
	}
	if b[len(b)-1] != '[' {
		b = append(b, ',')
	}
	return b
}

func (o style) shutItem(b []byte, f *Field) []byte {
	if o.manner&asJSON == 0 {
		return append(b, f.itemClose...)
	}
	return b
}

func encodeItems[T any, P pointer[T]](b []byte, o style, f *Field, v []T) []byte {
	if o.omit(f, v != nil) {
		return b
	}
	b = o.openList(b, f)
	for i := range v {
		b = o.shutItem(P(&v[i]).encode(o.openItem(b, f), o), f)
	}
	return o.shutList(b, f)
}

// encodeList writes a list of a response: the items that are there, or those
// that rows makes.
func encodeList[T any, P pointer[T]](b []byte, o style, f *Field, v []T, rows Rows[T]) []byte {
	if rows.Make == nil {
		return encodeItems[T, P](b, o, f, v)
	}
	b = o.openList(b, f)
	if rows.Token == nil || o.out == nil || o.out.Lists == nil {
		return o.shutList(encodeMade[T, P](b, o, f, rows), f)
	}
	key := listKey{rows.Token, f, o.manner}
	items, keep := o.out.Lists.find(key)
	if items != nil {
		return o.shutList(append(b, items...), f)
	}
	start := len(b)
	b = encodeMade[T, P](b, o, f, rows)
	if keep && !o.out.flushed && o.out.err == nil {
		o.out.Lists.keep(key, b[start:])
	}
	return o.shutList(b, f)
}

func encodeMade[T any, P pointer[T]](b []byte, o style, f *Field, rows Rows[T]) []byte {
	err := rows.Make(func(item *T) bool {
		b = o.shutItem(P(item).encode(o.openItem(b, f), o), f)
		if o.out == nil || o.out.Flush == nil || len(b) < o.out.Room {
			return true
		}
		return o.out.flush(&b)
	})
	if err != nil {
		o.out.fail(err)
	}
	return b
}

func encodeStrings(b []byte, o style, f *Field, v []string) []byte {
	if o.omit(f, v != nil) {
		return b
	}
	b = o.openList(b, f)
	for _, s := range v {
		b = o.shutItem(o.text(o.openItem(b, f), s), f)
	}
	return o.shutList(b, f)
}

func encodeEnums[T ~string](b []byte, o style, f *Field, v []T) []byte {
	if o.omit(f, v != nil) {
		return b
	}
	b = o.openList(b, f)
	for _, e := range v {
		s := string(e)
		if f.Enum.extended && o.manner&old != 0 {
			s = f.Enum.in2017(s)
		}
		if s != "" {
			b = o.shutItem(o.text(o.openItem(b, f), s), f)
		}
	}
	return o.shutList(b, f)
}

func encodeBools(b []byte, o style, f *Field, v []bool) []byte {
	if o.omit(f, v != nil) {
		return b
	}
	b = o.openList(b, f)
	for _, e := range v {
		b = o.shutItem(strconv.AppendBool(o.openItem(b, f), e), f)
	}
	return o.shutList(b, f)
}

func encodeUints(b []byte, o style, f *Field, v []uint32) []byte {
	if o.omit(f, v != nil) {
		return b
	}
	b = o.openList(b, f)
	for _, n := range v {
		b = o.shutItem(strconv.AppendUint(o.openItem(b, f), uint64(n), 10), f)
	}
	return o.shutList(b, f)
}

// encodeRows writes an array of arrays of strings.
func encodeRows(b []byte, o style, f *Field, v [][]string) []byte {
	if o.omit(f, v != nil) {
		return b
	}
	b = o.openList(b, f)
	for _, row := range v {
		b = o.openItem(b, f)
		if o.manner&asJSON != 0 {
			b = append(b, '[')
		}
		for i, s := range row {
			switch {
			case o.manner&asJSON == 0:
				b = append(append(append(b, '<'), f.Sub...), '>')
				b = appendXMLText(b, s)
				b = append(append(append(b, "</"...), f.Sub...), '>')
			case i > 0:
				b = appendJSONString(append(b, ','), s)
			default:
				b = appendJSONString(b, s)
			}
		}
		if o.manner&asJSON != 0 {
			b = append(b, ']')
		}
		b = o.shutItem(b, f)
	}
	return o.shutList(b, f)
}
