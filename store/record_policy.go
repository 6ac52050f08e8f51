package store

import (
	"math"

	"halxml/internal/model"
)

func encodePolicy(b []byte, r *model.Policy) []byte {
	b = putUint(b, 1, r.Owner.Type)
	b = putUint(b, 2, r.Owner.ID)
	b = putUint(b, 3, r.ServerID)
	b = putText(b, 4, r.Name)
	b = putText(b, 5, r.Description)
	b = putUint(b, 6, r.Order)
	b = putBool(b, 7, r.Enabled)
	b = putText(b, 8, r.Operator)
	var a [128]byte
	for _, p := range r.Ranges { // 1 = from, 2 = to
		b = putBytes(b, 9, putAddr(putAddr(a[:0], 1, p.From), 2, p.To))
	}
	for _, k := range r.Conditions { // 1 = type, 2 = comparison, 3 = values
		m := putText(putText(a[:0], 1, k.Type), 2, k.Comparison)
		for _, v := range k.Values {
			m = putBytes(m, 3, []byte(v))
		}
		b = putBytes(b, 10, m)
	}
	if d := r.DDNS; d != nil {
		m := putBool(a[:0], 1, d.Enabled)
		m = putBool(m, 2, d.AlwaysUpdate)
		m = putBool(m, 3, d.DiscardRecords)
		m = putBool(m, 4, d.ForceForOthers)
		m = putBool(m, 5, d.DisablePTR)
		m = putBool(m, 6, d.UseSuffix)
		b = putBytes(b, 11, putText(m, 7, d.Suffix))
	}
	if l := r.Lease; l != nil { // 1 = setting, 2 = seconds
		b = putBytes(b, 12, putUint(putText(a[:0], 1, l.Setting), 2, l.Seconds))
	}
	return b
}

func decodePolicy(b []byte, r *model.Policy) error {
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.Owner.Type = model.ObjectType(f.uint(math.MaxUint16))
		case 2:
			r.Owner.ID = f.id()
		case 3:
			r.ServerID = f.id()
		case 4:
			r.Name = f.string()
		case 5:
			r.Description = f.string()
		case 6:
			r.Order = f.uint32()
		case 7:
			r.Enabled = f.bool()
		case 8:
			r.Operator = f.string()
		case 9:
			r.Ranges = append(r.Ranges, f.policyRange())
		case 10:
			r.Conditions = append(r.Conditions, f.policyCondition())
		case 11:
			r.DDNS = f.policyDDNS()
		case 12:
			r.Lease = f.policyLease()
		}
	}
	return f.err
}

func (f *fields) policyRange() (p model.PolicyRange) {
	in := f.inner()
	for in.next() {
		switch in.num {
		case 1:
			p.From = in.addr()
		case 2:
			p.To = in.addr()
		}
	}
	f.fail(in.err)
	return p
}

func (f *fields) policyCondition() (k model.PolicyCondition) {
	in := f.inner()
	for in.next() {
		switch in.num {
		case 1:
			k.Type = in.string()
		case 2:
			k.Comparison = in.string()
		case 3:
			k.Values = append(k.Values, in.string())
		}
	}
	f.fail(in.err)
	return k
}

func (f *fields) policyDDNS() *model.PolicyDDNS {
	d, in := new(model.PolicyDDNS), f.inner()
	for in.next() {
		switch in.num {
		case 1:
			d.Enabled = in.bool()
		case 2:
			d.AlwaysUpdate = in.bool()
		case 3:
			d.DiscardRecords = in.bool()
		case 4:
			d.ForceForOthers = in.bool()
		case 5:
			d.DisablePTR = in.bool()
		case 6:
			d.UseSuffix = in.bool()
		case 7:
			d.Suffix = in.string()
		}
	}
	f.fail(in.err)
	return d
}

func (f *fields) policyLease() *model.PolicyLease {
	l, in := new(model.PolicyLease), f.inner()
	for in.next() {
		switch in.num {
		case 1:
			l.Setting = in.string()
		case 2:
			l.Seconds = in.uint32()
		}
	}
	f.fail(in.err)
	return l
}
