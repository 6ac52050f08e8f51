package conf

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// lineLength is how long an object or list may be that is written on one line.
const lineLength = 110

// Print writes a configuration as Kea reads it, in a fixed layout.
func Print(f *File) []byte { return PrintValue(f.Value()) }

// PrintValue writes one JSON value and a line feed.
func PrintValue(v Value) []byte { return append(appendValue(nil, v, 0), '\n') }

// Compact writes one JSON value on one line.
func Compact(v Value) []byte { return appendFlat(nil, v) }

// appendValue writes v at an indentation. What holds no further objects is written on one line if it fits.
func appendValue(b []byte, v Value, indent int) []byte {
	list, isList := v.(List)
	object, isObject := v.(Object)
	if len(list)+len(object) == 0 {
		return appendFlat(b, v)
	}
	if !holdsObject(v) {
		start := len(b)
		if b = appendFlat(b, v); len(b)-start <= lineLength-2*indent {
			return b
		}
		b = b[:start]
	}
	newLine := func(indent int) {
		b = append(b, '\n')
		for range indent {
			b = append(b, ' ', ' ')
		}
	}
	if isList {
		b = append(b, '[')
		for i := range list {
			if i > 0 {
				b = append(b, ',')
			}
			newLine(indent + 1)
			b = appendValue(b, list[i], indent+1)
		}
		newLine(indent)
		return append(b, ']')
	}
	if isObject {
		b = append(b, '{')
		for i, m := range object {
			if i > 0 {
				b = append(b, ',')
			}
			newLine(indent + 1)
			b = append(append(appendString(b, m.Key), ':', ' '), appendValue(nil, m.Value, indent+1)...)
		}
		newLine(indent)
		b = append(b, '}')
	}
	return b
}

// holdsObject reports whether an object that is not empty lies in v, at whatever depth.
func holdsObject(v Value) bool {
	inside := func(v Value) bool {
		o, _ := v.(Object)
		return len(o) > 0 || holdsObject(v)
	}
	switch v := v.(type) {
	case List:
		return slices.ContainsFunc(v, inside)
	case Object:
		return slices.ContainsFunc(v, func(m Member) bool { return inside(m.Value) })
	}
	return false
}

// appendFlat writes v on one line.
func appendFlat(b []byte, v Value) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case float64:
		start := len(b)
		b = strconv.AppendFloat(b, v, 'g', -1, 64)
		if !strings.ContainsAny(string(b[start:]), ".e") {
			b = append(b, ".0"...) // else it would read as an integer
		}
		return b
	case string:
		return appendString(b, v)
	case List:
		b = append(b, '[')
		for i := range v {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = appendFlat(b, v[i])
		}
		return append(b, ']')
	case Object:
		b = append(b, '{')
		for i, m := range v {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = append(appendString(b, m.Key), ": "...)
			b = appendFlat(b, m.Value)
		}
		return append(b, '}')
	}
	panic("conf: a value of a type that JSON does not have")
}

func quote(s string) string { return string(appendString(nil, s)) }

// appendString writes a string. Kea reads only escapes up to \u00ff, each as one byte: characters of UTF-8 are written as
// themselves, other bytes as escapes.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		r, width := utf8.DecodeRuneInString(s[i:])
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\t':
			b = append(b, '\\', 't')
		case c < ' ' || c == 0x7f || r == utf8.RuneError && width == 1:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			b = append(b, s[i:i+width]...)
		}
		i += width
	}
	return append(b, '"')
}
