package store

import (
	"math"

	"halxml/internal/model"
)

func encodeStatements(b []byte, r *model.Statements) []byte {
	b = putUint(b, 1, r.ServerID)
	b = putUint(b, 2, r.Owner.Type)
	b = putUint(b, 3, r.Owner.ID)
	b = putUint(b, 4, r.Part)
	b = putText(b, 5, r.Name)
	return putText(b, 6, r.Text)
}

func decodeStatements(b []byte, r *model.Statements) error {
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.ServerID = f.id()
		case 2:
			r.Owner.Type = model.ObjectType(f.uint(math.MaxUint16))
		case 3:
			r.Owner.ID = f.id()
		case 4:
			r.Part = model.StatementsPart(f.uint(math.MaxUint16))
		case 5:
			r.Name = f.string()
		case 6:
			r.Text = f.string()
		}
	}
	return f.err
}
