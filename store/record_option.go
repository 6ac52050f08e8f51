package store

import (
	"math"

	"halxml/internal/model"
)

func encodeOptionSet(b []byte, r *model.OptionSet) []byte {
	b = putUint(b, 1, r.Owner.Type)
	b = putUint(b, 2, r.Owner.ID)
	b = putUint(b, 3, r.PolicyID)
	b = putUint(b, 4, r.ServerID)
	b = putUint(b, 5, r.Revision)
	var a [128]byte
	for _, o := range r.Options { // 1 = vendor class, 2 = user class, 3 = number, 4 = value
		b = putBytes(b, 6, putText(putUint(putText(putText(a[:0], 1, o.Vendor), 2, o.User), 3, o.Number), 4, o.Value))
	}
	return b
}

func decodeOptionSet(b []byte, r *model.OptionSet) error {
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.Owner.Type = model.ObjectType(f.uint(math.MaxUint16))
		case 2:
			r.Owner.ID = f.id()
		case 3:
			r.PolicyID = f.id()
		case 4:
			r.ServerID = f.id()
		case 5:
			r.Revision = f.uint32()
		case 6:
			r.Options = append(r.Options, f.option())
		}
	}
	return f.err
}

func (f *fields) option() (o model.Option) {
	in := f.inner()
	for in.next() {
		switch in.num {
		case 1:
			o.Vendor = in.string()
		case 2:
			o.User = in.string()
		case 3:
			o.Number = in.uint32()
		case 4:
			o.Value = in.string()
		}
	}
	f.fail(in.err)
	return o
}

func encodeOptionDefinition(b []byte, r *model.OptionDefinition) []byte {
	b = putUint(b, 1, r.ServerID)
	b = putText(b, 2, r.Vendor)
	b = putUint(b, 3, r.Number)
	b = putText(b, 4, r.Name)
	b = putText(b, 5, r.Type)
	return putBool(b, 6, r.Array)
}

func decodeOptionDefinition(b []byte, r *model.OptionDefinition) error {
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.ServerID = f.id()
		case 2:
			r.Vendor = f.string()
		case 3:
			r.Number = f.uint32()
		case 4:
			r.Name = f.string()
		case 5:
			r.Type = model.OptionType(f.string())
		case 6:
			r.Array = f.bool()
		}
	}
	return f.err
}

func encodeClass(b []byte, r *model.Class) []byte {
	b = putUint(b, 1, r.ServerID)
	b = putText(b, 2, r.Name)
	for _, s := range r.Subclasses {
		b = putBytes(b, 3, []byte(s))
	}
	return b
}

func decodeClass(b []byte, r *model.Class) error {
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.ServerID = f.id()
		case 2:
			r.Name = f.string()
		case 3:
			r.Subclasses = append(r.Subclasses, f.string())
		}
	}
	return f.err
}
