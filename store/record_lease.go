package store

import "halxml/internal/model"

func encodeLease(b []byte, r *model.Lease) []byte {
	b = putUint(b, 1, r.ServerID)
	b = putUint(b, 2, r.ScopeID)
	b = putAddr(b, 3, r.Addr)
	b = putText(b, 4, r.Hardware)
	b = putText(b, 5, r.Identifier)
	b = putText(b, 6, r.Hostname)
	b = putText(b, 7, r.State)
	b = putBool(b, 8, r.BOOTP)
	b = putTime(b, 9, r.Starts)
	b = putTime(b, 10, r.Ends)
	b = putText(b, 11, r.Source)
	b = putBool(b, 12, r.Dropped)
	return putSpace(b, 13, r.SpaceID)
}

func decodeLease(b []byte, r *model.Lease) error {
	r.SpaceID = model.DefaultSpace
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.ServerID = f.id()
		case 2:
			r.ScopeID = f.id()
		case 3:
			r.Addr = f.addr()
		case 4:
			r.Hardware = f.string()
		case 5:
			r.Identifier = f.string()
		case 6:
			r.Hostname = f.string()
		case 7:
			r.State = model.LeaseState(f.string())
		case 8:
			r.BOOTP = f.bool()
		case 9:
			r.Starts = f.time()
		case 10:
			r.Ends = f.time()
		case 11:
			r.Source = f.string()
		case 12:
			r.Dropped = f.bool()
		case 13:
			r.SpaceID = f.id()
		}
	}
	return f.err
}

func encodeLeaseEvent(b []byte, r *model.LeaseEvent) []byte {
	b = putUint(b, 1, r.ServerID)
	b = putText(b, 2, r.Server)
	b = putText(b, 3, r.Code)
	b = putTime(b, 4, r.Time)
	b = putAddr(b, 5, r.Addr)
	b = putText(b, 6, r.Hardware)
	b = putText(b, 7, r.Identifier)
	b = putText(b, 8, r.Hostname)
	return putSpace(b, 9, r.SpaceID)
}

func decodeLeaseEvent(b []byte, r *model.LeaseEvent) error {
	r.SpaceID = model.DefaultSpace
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.ServerID = f.id()
		case 2:
			r.Server = f.string()
		case 3:
			r.Code = model.LeaseEventCode(f.string())
		case 4:
			r.Time = f.time()
		case 5:
			r.Addr = f.addr()
		case 6:
			r.Hardware = f.string()
		case 7:
			r.Identifier = f.string()
		case 8:
			r.Hostname = f.string()
		case 9:
			r.SpaceID = f.id()
		}
	}
	return f.err
}
