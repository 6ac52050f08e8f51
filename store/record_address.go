package store

import "halxml/internal/model"

func encodeAddress(b []byte, r *model.Address) []byte {
	b = putUint(b, 1, r.SpaceID)
	b = putAddr(b, 2, r.Addr)
	b = putBool(b, 3, r.Claimed)
	b = putProperties(b, 4, r.Custom)
	b = putText(b, 5, r.Discovery)
	b = putTime(b, 6, r.LastSeen)
	b = putTime(b, 7, r.LastDiscovery)
	return putText(b, 8, r.LastClient)
}

func decodeAddress(b []byte, r *model.Address) error {
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.SpaceID = f.id()
		case 2:
			r.Addr = f.addr()
		case 3:
			r.Claimed = f.bool()
		case 4:
			r.Custom = append(r.Custom, f.property())
		case 5:
			r.Discovery = f.string()
		case 6:
			r.LastSeen = f.time()
		case 7:
			r.LastDiscovery = f.time()
		case 8:
			r.LastClient = f.string()
		}
	}
	return f.err
}

func encodeHold(b []byte, r *model.Hold) []byte {
	b = putUint(b, 1, r.SpaceID)
	b = putAddr(b, 2, r.From)
	b = putAddr(b, 3, r.To)
	b = putTime(b, 4, r.Expires)
	return putText(b, 5, r.Username)
}

func decodeHold(b []byte, r *model.Hold) error {
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.SpaceID = f.id()
		case 2:
			r.From = f.addr()
		case 3:
			r.To = f.addr()
		case 4:
			r.Expires = f.time()
		case 5:
			r.Username = f.string()
		}
	}
	return f.err
}

func encodeAddressSpace(b []byte, r *model.AddressSpace) []byte {
	b = putText(b, 1, r.Name)
	return putText(b, 2, r.Description)
}

func decodeAddressSpace(b []byte, r *model.AddressSpace) error {
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.Name = f.string()
		case 2:
			r.Description = f.string()
		}
	}
	return f.err
}
