package store

import (
	"math"

	"halxml/internal/model"
)

func encodeFolder(b []byte, r *model.Folder) []byte {
	b = putText(b, 1, r.Name)
	b = putUint(b, 2, r.ContentType)
	return putUint(b, 3, r.ParentID)
}

func decodeFolder(b []byte, r *model.Folder) error {
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.Name = f.string()
		case 2:
			r.ContentType = model.ObjectType(f.uint(math.MaxUint16))
		case 3:
			r.ParentID = f.id()
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
