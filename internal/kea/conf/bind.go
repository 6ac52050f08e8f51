package conf

import (
	"fmt"
	"reflect"
)

// The structures of this package are bound to JSON by the tag "kea", which is the key. A key without a field, and a key
// whose value is the field's zero value (so that the field could not tell it from an absent key), stays in the field Rest.

var objectType = reflect.TypeFor[Object]()

// decode fills the structure that into points to.
func decode(o Object, into any, path string) error {
	return decodeStruct(o, reflect.ValueOf(into).Elem(), path)
}

func decodeStruct(o Object, s reflect.Value, path string) error {
	fields := map[string]int{}
	for i := range s.NumField() {
		if key := s.Type().Field(i).Tag.Get("kea"); key != "" {
			fields[key] = i
		}
	}
	var rest Object
	for _, m := range o {
		i, known := fields[m.Key]
		if !known {
			rest = append(rest, m)
			continue
		}
		field := s.Field(i)
		if err := decodeValue(m.Value, field, join(path, m.Key)); err != nil {
			return err
		}
		if field.IsZero() || field.Kind() == reflect.Slice && field.Len() == 0 {
			field.SetZero()
			rest = append(rest, m)
		}
	}
	s.FieldByName("Rest").Set(reflect.ValueOf(rest))
	return nil
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func decodeValue(v Value, field reflect.Value, path string) error {
	if field.Kind() == reflect.Pointer {
		target := reflect.New(field.Type().Elem())
		if err := decodeValue(v, target.Elem(), path); err != nil {
			return err
		}
		field.Set(target)
		return nil
	}
	want := "an object"
	switch field.Kind() {
	case reflect.String:
		if s, ok := v.(string); ok {
			field.SetString(s)
			return nil
		}
		want = "a string"
	case reflect.Int64:
		if n, ok := v.(int64); ok {
			field.SetInt(n)
			return nil
		}
		want = "an integer"
	case reflect.Bool:
		if b, ok := v.(bool); ok {
			field.SetBool(b)
			return nil
		}
		want = "a boolean"
	case reflect.Slice:
		if o, ok := v.(Object); ok && field.Type() == objectType {
			field.Set(reflect.ValueOf(o))
			return nil
		}
		if list, ok := v.(List); ok && field.Type() != objectType {
			out := reflect.MakeSlice(field.Type(), len(list), len(list))
			for i := range list {
				if err := decodeValue(list[i], out.Index(i), fmt.Sprintf("%s[%d]", path, i)); err != nil {
					return err
				}
			}
			field.Set(out)
			return nil
		}
		if field.Type() != objectType {
			want = "a list"
		}
	case reflect.Struct:
		if o, ok := v.(Object); ok {
			return decodeStruct(o, field, path)
		}
	}
	return &TypeError{Path: path, Message: want + " is expected, found " + kind(v)}
}

// encode makes the object of the structure that from points to: known keys in the order of the fields, then the rest.
func encode(from any) Object { return encodeStruct(reflect.ValueOf(from).Elem()) }

func encodeStruct(s reflect.Value) Object {
	out := Object{}
	written := map[string]bool{}
	for i := range s.NumField() {
		key := s.Type().Field(i).Tag.Get("kea")
		if field := s.Field(i); key != "" && !field.IsZero() && !(field.Kind() == reflect.Slice && field.Len() == 0) {
			out = append(out, Member{key, encodeValue(field)})
			written[key] = true
		}
	}
	for _, m := range s.FieldByName("Rest").Interface().(Object) {
		if !written[m.Key] { // a field that was set since wins over the zero value that was read
			out = append(out, m)
		}
	}
	return out
}

func encodeValue(field reflect.Value) Value {
	switch field.Kind() {
	case reflect.Pointer:
		return encodeValue(field.Elem())
	case reflect.String:
		return field.String()
	case reflect.Int64:
		return field.Int()
	case reflect.Bool:
		return field.Bool()
	case reflect.Struct:
		return encodeStruct(field)
	}
	if field.Type() == objectType {
		return field.Interface()
	}
	out := make(List, field.Len())
	for i := range out {
		out[i] = encodeValue(field.Index(i))
	}
	return out
}
