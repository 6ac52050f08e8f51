package store

import "halxml/internal/model"

func encodeServer(b []byte, r *model.Server) []byte {
	b = putText(b, 1, r.Name)
	b = putText(b, 2, r.Proxy)
	b = putText(b, 3, r.Address)
	b = putText(b, 4, r.ResolvedAddress)
	b = putText(b, 5, r.Username)
	b = putText(b, 6, r.Password)
	b = putText(b, 7, r.EnablePassword)
	b = putText(b, 8, r.Kind)
	b = putText(b, 9, r.Security)
	b = putBool(b, 10, r.Enabled)
	b = putText(b, 11, r.State)
	b = putBool(b, 13, r.PoliciesOff)
	b = putSpace(b, 14, r.SpaceID)
	return putProperties(b, 12, r.Custom)
}

func decodeServer(b []byte, r *model.Server) error {
	r.SpaceID = model.DefaultSpace
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.Name = f.string()
		case 2:
			r.Proxy = f.string()
		case 3:
			r.Address = f.string()
		case 4:
			r.ResolvedAddress = f.string()
		case 5:
			r.Username = f.string()
		case 6:
			r.Password = f.string()
		case 7:
			r.EnablePassword = f.string()
		case 8:
			r.Kind = model.ServerKind(f.string())
		case 9:
			r.Security = f.string()
		case 10:
			r.Enabled = f.bool()
		case 11:
			r.State = model.ServerState(f.string())
		case 13:
			r.PoliciesOff = f.bool()
		case 14:
			r.SpaceID = f.id()
		case 12:
			r.Custom = append(r.Custom, f.property())
		}
	}
	return f.err
}

func encodeRelationship(b []byte, r *model.Relationship) []byte {
	b = putText(b, 1, r.Name)
	b = putUint(b, 2, r.PrimaryID)
	b = putUint(b, 3, r.SecondaryID)
	b = putText(b, 4, r.Kind)
	b = putText(b, 5, r.Mode)
	b = putText(b, 6, r.ServiceType)
	b = putUint(b, 7, r.MCLT)
	b = putUint(b, 8, r.SafePeriod)
	b = putUint(b, 9, r.Percentage)
	b = putUint(b, 11, r.Port)
	b = putUint(b, 12, r.SecondaryPort)
	b = putUint(b, 13, r.LoadBalanceMaxSeconds)
	b = putUint(b, 14, r.MaxResponseDelay)
	b = putUint(b, 15, r.MaxUnackedUpdates)
	b = putBool(b, 16, r.DedicatedEndpoints)
	b = putText(b, 17, r.SharedSecret)
	return putText(b, 18, r.LiveState)
}

func decodeRelationship(b []byte, r *model.Relationship) error {
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.Name = f.string()
		case 2:
			r.PrimaryID = f.id()
		case 3:
			r.SecondaryID = f.id()
		case 4:
			r.Kind = model.ServerKind(f.string())
		case 5:
			r.Mode = model.FailoverMode(f.string())
		case 6:
			r.ServiceType = model.ServiceType(f.string())
		case 7:
			r.MCLT = f.uint32()
		case 8:
			r.SafePeriod = f.uint32()
		case 9:
			r.Percentage = f.uint32()
		case 11:
			r.Port = f.uint32()
		case 12:
			r.SecondaryPort = f.uint32()
		case 13:
			r.LoadBalanceMaxSeconds = f.uint32()
		case 14:
			r.MaxResponseDelay = f.uint32()
		case 15:
			r.MaxUnackedUpdates = f.uint32()
		case 16:
			r.DedicatedEndpoints = f.bool()
		case 17:
			r.SharedSecret = f.string()
		case 18:
			r.LiveState = f.string()
		}
	}
	return f.err
}
