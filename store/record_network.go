package store

import "halxml/internal/model"

func encodeRange(b []byte, r *model.Range) []byte {
	b = putUint(b, 1, r.SpaceID)
	b = putText(b, 2, r.Name)
	b = putAddr(b, 3, r.From)
	b = putAddr(b, 4, r.To)
	b = putUint(b, 5, r.ParentID)
	b = putBool(b, 6, r.Subnet)
	b = putBool(b, 7, r.Locked)
	b = putBool(b, 8, r.AutoAssign)
	b = putBool(b, 9, r.Container)
	b = putBool(b, 10, r.InheritAccess)
	b = putTime(b, 11, r.Created)
	b = putProperties(b, 12, r.Custom)
	if d := r.Discovery; d != nil { // 1 = interval, 2 = unit, 3 = enabled, 4 = start
		var a [64]byte
		b = putBytes(b, 13, putTime(putBool(putText(putUint(a[:0], 1, d.Interval), 2, d.Unit), 3, d.Enabled), 4, d.Start))
	}
	for _, a := range r.Routers {
		b = putAddr(b, 14, a)
	}
	return b
}

func decodeRange(b []byte, r *model.Range) error {
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.SpaceID = f.id()
		case 2:
			r.Name = f.string()
		case 3:
			r.From = f.addr()
		case 4:
			r.To = f.addr()
		case 5:
			r.ParentID = f.id()
		case 6:
			r.Subnet = f.bool()
		case 7:
			r.Locked = f.bool()
		case 8:
			r.AutoAssign = f.bool()
		case 9:
			r.Container = f.bool()
		case 10:
			r.InheritAccess = f.bool()
		case 11:
			r.Created = f.time()
		case 12:
			r.Custom = append(r.Custom, f.property())
		case 13:
			r.Discovery = f.discovery()
		case 14:
			r.Routers = append(r.Routers, f.addr())
		}
	}
	return f.err
}

func (f *fields) discovery() *model.Discovery {
	d, in := &model.Discovery{}, f.inner()
	for in.next() {
		switch in.num {
		case 1:
			d.Interval = in.uint32()
		case 2:
			d.Unit = in.string()
		case 3:
			d.Enabled = in.bool()
		case 4:
			d.Start = in.time()
		}
	}
	f.fail(in.err)
	return d
}

func encodeScope(b []byte, r *model.Scope) []byte {
	b = putUint(b, 1, r.RangeID)
	b = putUint(b, 2, r.ServerID)
	b = putText(b, 3, r.Name)
	b = putText(b, 4, r.Superscope)
	b = putText(b, 5, r.Description)
	b = putBool(b, 6, r.Enabled)
	b = putUint(b, 7, r.RelationshipID)
	b = putUint(b, 9, r.Available)
	b = putBool(b, 10, r.PoliciesOff)
	b = putUint(b, 11, r.SubnetID)
	return putProperties(b, 8, r.Custom)
}

func decodeScope(b []byte, r *model.Scope) error {
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.RangeID = f.id()
		case 2:
			r.ServerID = f.id()
		case 3:
			r.Name = f.string()
		case 4:
			r.Superscope = f.string()
		case 5:
			r.Description = f.string()
		case 6:
			r.Enabled = f.bool()
		case 7:
			r.RelationshipID = f.id()
		case 9:
			r.Available = f.uint32()
		case 10:
			r.PoliciesOff = f.bool()
		case 11:
			r.SubnetID = f.uint32()
		case 8:
			r.Custom = append(r.Custom, f.property())
		}
	}
	return f.err
}

func encodePool(b []byte, r *model.Pool) []byte {
	b = putUint(b, 1, r.ScopeID)
	b = putUint(b, 2, r.ServerID)
	b = putText(b, 3, r.Name)
	b = putAddr(b, 4, r.From)
	b = putAddr(b, 5, r.To)
	b = putUint(b, 6, r.PeerID)
	var a [64]byte
	for _, p := range r.Permits { // 1 = permit, 2 = access, 3 = class
		b = putBytes(b, 7, putText(putText(putText(a[:0], 1, p.Permit), 2, p.Access), 3, p.Class))
	}
	return b
}

func decodePool(b []byte, r *model.Pool) error {
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.ScopeID = f.id()
		case 2:
			r.ServerID = f.id()
		case 3:
			r.Name = f.string()
		case 4:
			r.From = f.addr()
		case 5:
			r.To = f.addr()
		case 6:
			r.PeerID = f.id()
		case 7:
			r.Permits = append(r.Permits, f.permit())
		}
	}
	return f.err
}

func (f *fields) permit() (p model.Permit) {
	in := f.inner()
	for in.next() {
		switch in.num {
		case 1:
			p.Permit = in.string()
		case 2:
			p.Access = in.string()
		case 3:
			p.Class = in.string()
		}
	}
	f.fail(in.err)
	return p
}
