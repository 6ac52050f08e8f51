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

func encodeReservation(b []byte, r *model.Reservation) []byte {
	b = putUint(b, 1, r.ServerID)
	b = putUint(b, 2, r.ScopeID)
	b = putUint(b, 3, r.GroupID)
	b = putText(b, 4, r.Name)
	b = putText(b, 5, r.Client)
	b = putText(b, 6, r.Method)
	for _, a := range r.Addresses {
		b = putAddr(b, 7, a)
	}
	b = putText(b, 8, r.Type)
	b = putText(b, 9, r.Description)
	b = putText(b, 10, r.DDNSHostName)
	b = putText(b, 11, r.Filename)
	b = putText(b, 12, r.ServerName)
	b = putText(b, 13, r.NextServer)
	return putSpace(b, 14, r.SpaceID)
}

func decodeReservation(b []byte, r *model.Reservation) error {
	r.SpaceID = model.DefaultSpace
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.ServerID = f.id()
		case 2:
			r.ScopeID = f.id()
		case 3:
			r.GroupID = f.id()
		case 4:
			r.Name = f.string()
		case 5:
			r.Client = f.string()
		case 6:
			r.Method = model.ReservationMethod(f.string())
		case 7:
			r.Addresses = append(r.Addresses, f.addr())
		case 8:
			r.Type = model.ReservationType(f.string())
		case 9:
			r.Description = f.string()
		case 10:
			r.DDNSHostName = f.string()
		case 11:
			r.Filename = f.string()
		case 12:
			r.ServerName = f.string()
		case 13:
			r.NextServer = f.string()
		case 14:
			r.SpaceID = f.id()
		}
	}
	return f.err
}
