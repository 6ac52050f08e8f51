package conf

import (
	"slices"
	"strings"
)

// Value is a JSON value: nil, bool, int64, float64, string, List or Object. A string holds the bytes that Kea holds, which
// need not be UTF-8: Kea reads the escape \u00e9 as the single byte e9.
type Value any

// List is a JSON array.
type List []Value

// Object is a JSON object: its members in order, each key once.
type Object []Member

// Member is a key of an Object and its value.
type Member struct {
	Key   string
	Value Value
}

// Get returns the value of a key and whether the key is there.
func (o Object) Get(key string) (Value, bool) {
	for i := range o {
		if o[i].Key == key {
			return o[i].Value, true
		}
	}
	return nil, false
}

// Set gives a key a value, at its place or at the end.
func (o *Object) Set(key string, v Value) {
	for i := range *o {
		if (*o)[i].Key == key {
			(*o)[i].Value = v
			return
		}
	}
	*o = append(*o, Member{key, v})
}

// Delete removes a key.
func (o *Object) Delete(key string) {
	*o = slices.DeleteFunc(*o, func(m Member) bool { return m.Key == key })
}

// Same reports whether two values are equal, the order of keys aside.
func Same(a, b Value) bool {
	switch a := a.(type) {
	case List:
		b, ok := b.(List)
		return ok && slices.EqualFunc(a, b, Same)
	case Object:
		b, ok := b.(Object)
		if !ok || len(a) != len(b) {
			return false
		}
		byKey := func(x, y Member) int { return strings.Compare(x.Key, y.Key) }
		a, b = slices.SortedFunc(slices.Values(a), byKey), slices.SortedFunc(slices.Values(b), byKey)
		return slices.EqualFunc(a, b, func(x, y Member) bool { return x.Key == y.Key && Same(x.Value, y.Value) })
	}
	return a == b
}

// clone copies a value, so that neither copy changes with the other.
func clone(v Value) Value {
	switch v := v.(type) {
	case List:
		out := slices.Clone(v)
		for i := range out {
			out[i] = clone(out[i])
		}
		return out
	case Object:
		out := slices.Clone(v)
		for i := range out {
			out[i].Value = clone(out[i].Value)
		}
		return out
	}
	return v
}

// kind is the word for a value in messages.
func kind(v Value) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case int64:
		return "an integer"
	case float64:
		return "a fraction"
	case string:
		return "a string"
	case List:
		return "a list"
	}
	return "an object"
}
