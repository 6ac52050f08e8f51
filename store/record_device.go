package store

import "halxml/internal/model"

func encodeDevice(b []byte, r *model.Device) []byte {
	b = putUint(b, 1, r.SpaceID)
	b = putText(b, 2, r.Name)
	return putProperties(b, 3, r.Custom)
}

func decodeDevice(b []byte, r *model.Device) error {
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.SpaceID = f.id()
		case 2:
			r.Name = f.string()
		case 3:
			r.Custom = append(r.Custom, f.property())
		}
	}
	return f.err
}

func encodeInterface(b []byte, r *model.Interface) []byte {
	b = putUint(b, 1, r.DeviceID)
	b = putUint(b, 2, r.SpaceID)
	b = putText(b, 3, r.Name)
	b = putText(b, 4, r.Client)
	for _, a := range r.Addresses {
		b = putAddr(b, 5, a)
	}
	return putProperties(b, 6, r.Custom)
}

func decodeInterface(b []byte, r *model.Interface) error {
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.DeviceID = f.id()
		case 2:
			r.SpaceID = f.id()
		case 3:
			r.Name = f.string()
		case 4:
			r.Client = f.string()
		case 5:
			r.Addresses = append(r.Addresses, f.addr())
		case 6:
			r.Custom = append(r.Custom, f.property())
		}
	}
	return f.err
}
