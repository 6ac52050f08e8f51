package store

import (
	"math"

	"halxml/internal/model"
)

func encodePropertyDefinition(b []byte, r *model.PropertyDefinition) []byte {
	b = putUint(b, 1, r.ObjectType)
	b = putText(b, 2, r.Name)
	b = putText(b, 3, r.Type)
	b = putBool(b, 4, r.Mandatory)
	b = putBool(b, 5, r.ReadOnly)
	b = putBool(b, 6, r.MultiLine)
	b = putText(b, 7, r.Default)
	for _, item := range r.Items {
		b = putBytes(b, 8, []byte(item))
	}
	return putUint(b, 9, r.ParentID)
}

func decodePropertyDefinition(b []byte, r *model.PropertyDefinition) error {
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.ObjectType = model.ObjectType(f.uint(math.MaxUint16))
		case 2:
			r.Name = f.string()
		case 3:
			r.Type = model.PropertyType(f.string())
		case 4:
			r.Mandatory = f.bool()
		case 5:
			r.ReadOnly = f.bool()
		case 6:
			r.MultiLine = f.bool()
		case 7:
			r.Default = f.string()
		case 8:
			r.Items = append(r.Items, f.string())
		case 9:
			r.ParentID = f.id()
		}
	}
	return f.err
}
