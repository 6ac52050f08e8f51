package store

import "halxml/internal/model"

func encodeExclusion(b []byte, r *model.Exclusion) []byte {
	b = putUint(b, 1, r.ScopeID)
	b = putText(b, 2, r.Name)
	b = putAddr(b, 3, r.From)
	return putAddr(b, 4, r.To)
}

func decodeExclusion(b []byte, r *model.Exclusion) error {
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.ScopeID = f.id()
		case 2:
			r.Name = f.string()
		case 3:
			r.From = f.addr()
		case 4:
			r.To = f.addr()
		}
	}
	return f.err
}

func encodeGroup(b []byte, r *model.Group) []byte {
	b = putUint(b, 1, r.ServerID)
	b = putUint(b, 2, r.ParentID)
	return putText(b, 3, r.Name)
}

func decodeGroup(b []byte, r *model.Group) error {
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.ServerID = f.id()
		case 2:
			r.ParentID = f.id()
		case 3:
			r.Name = f.string()
		}
	}
	return f.err
}
