package store

import (
	"math"

	"halxml/internal/model"
)

func encodeFolder(b []byte, r *model.Folder) []byte {
	b = putText(b, 1, r.Name)
	b = putUint(b, 2, r.ContentType)
	b = putUint(b, 3, r.ParentID)
	return putSpace(b, 4, r.SpaceID)
}

func decodeFolder(b []byte, r *model.Folder) error {
	r.SpaceID = model.DefaultSpace
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.Name = f.string()
		case 2:
			r.ContentType = model.ObjectType(f.uint(math.MaxUint16))
		case 3:
			r.ParentID = f.id()
		case 4:
			r.SpaceID = f.id()
		}
	}
	return f.err
}

func encodePlacement(b []byte, r *model.Placement) []byte {
	b = putUint(b, 1, r.FolderID)
	b = putUint(b, 2, r.Object.Type)
	return putUint(b, 3, r.Object.ID)
}

func decodePlacement(b []byte, r *model.Placement) error {
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.FolderID = f.id()
		case 2:
			r.Object.Type = model.ObjectType(f.uint(math.MaxUint16))
		case 3:
			r.Object.ID = f.id()
		}
	}
	return f.err
}
