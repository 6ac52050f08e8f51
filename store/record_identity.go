package store

import (
	"fmt"
	"math"

	"halxml/internal/model"
)

func encodeUser(b []byte, r *model.User) []byte {
	b = putText(b, 1, r.Name)
	b = putText(b, 2, r.FullName)
	b = putText(b, 3, r.Description)
	b = putText(b, 4, r.Email)
	b = putText(b, 5, r.PasswordHash)
	return putBool(b, 6, r.Disabled)
}

func decodeUser(b []byte, r *model.User) error {
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.Name = f.string()
		case 2:
			r.FullName = f.string()
		case 3:
			r.Description = f.string()
		case 4:
			r.Email = f.string()
		case 5:
			r.PasswordHash = f.string()
		case 6:
			r.Disabled = f.bool()
		}
	}
	return f.err
}

func encodeSession(b []byte, r *model.Session) []byte {
	if r.TokenHash != [32]byte{} {
		b = putBytes(b, 1, r.TokenHash[:])
	}
	b = putUint(b, 2, r.UserID)
	b = putTime(b, 3, r.Created)
	b = putTime(b, 4, r.LastUsed)
	b = putText(b, 5, r.Remote)
	return putSpace(b, 6, r.SpaceID)
}

func decodeSession(b []byte, r *model.Session) error {
	r.SpaceID = model.DefaultSpace
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			if v := f.bytes(); copy(r.TokenHash[:], v) != len(r.TokenHash) || len(v) != len(r.TokenHash) {
				f.fail(fmt.Errorf("field %d is no SHA-256: %d bytes", f.num, len(v)))
			}
		case 2:
			r.UserID = f.id()
		case 3:
			r.Created = f.time()
		case 4:
			r.LastUsed = f.time()
		case 5:
			r.Remote = f.string()
		case 6:
			r.SpaceID = f.id()
		}
	}
	return f.err
}

func encodeEvent(b []byte, r *model.Event) []byte {
	b = putTime(b, 1, r.Time)
	b = putText(b, 2, r.Type)
	b = putUint(b, 3, r.Object.Type)
	b = putUint(b, 4, r.Object.ID)
	b = putText(b, 5, r.Name)
	b = putText(b, 6, r.Username)
	b = putText(b, 7, r.Comment)
	return putText(b, 8, r.Text)
}

func decodeEvent(b []byte, r *model.Event) error {
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.Time = f.time()
		case 2:
			r.Type = model.EventType(f.string())
		case 3:
			r.Object.Type = model.ObjectType(f.uint(math.MaxUint16))
		case 4:
			r.Object.ID = f.id()
		case 5:
			r.Name = f.string()
		case 6:
			r.Username = f.string()
		case 7:
			r.Comment = f.string()
		case 8:
			r.Text = f.string()
		}
	}
	return f.err
}
