package store

import "halxml/internal/model"

func encodeSetting(b []byte, r *model.Setting) []byte {
	return putText(putText(b, 1, r.Name), 2, r.Value)
}

func decodeSetting(b []byte, r *model.Setting) error {
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.Name = f.string()
		case 2:
			r.Value = f.string()
		}
	}
	return f.err
}
