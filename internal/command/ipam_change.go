package command

import (
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/store"
	"halxml/wsdl/hal"
)

// setIPAMRecord changes what the caller's two records differ in: whether the
// address is claimed and its custom properties. What somebody else changed
// since the first of them was read is an error in the answer; then nothing is
// changed.
func setIPAMRecord(c *call, req *hal.SetIPAMRecord) (*hal.SetIPAMRecordResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	before, after := req.IPAMRecordBefore, req.IPAMRecordAfter
	switch {
	case before == nil:
		return nil, required("ipamRecordBefore")
	case after == nil:
		return nil, required("ipamRecordAfter")
	}
	a, err := c.recordAddress("ipamRecordBefore", before)
	if err != nil {
		return nil, err
	}
	if same, err := c.recordAddress("ipamRecordAfter", after); err != nil {
		return nil, err
	} else if same.Addr != a.Addr || same.SpaceID != a.SpaceID {
		return nil, invalid("ipamRecordAfter.addrRef", "%s is another address than %s; use MoveIPAMRecord to move one", same.Addr, a.Addr)
	}
	var problems []string
	problem := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	if !reflect.DeepEqual(before.DNSHosts, after.DNSHosts) && len(before.DNSHosts)+len(after.DNSHosts) > 0 {
		problem("dnsHosts: %s", noDNS)
	}
	if !reflect.DeepEqual(before.DHCPReservations, after.DHCPReservations) && len(before.DHCPReservations)+len(after.DHCPReservations) > 0 {
		problem("dhcpReservations: not changed here; use AddDHCPReservation, SetProperties and RemoveObject")
	}
	var changes []string
	if claimed := after.Claimed; claimed.Set && before.Claimed.V != claimed.V && a.Claimed != claimed.V {
		changes = append(changes, fmt.Sprintf(`claimed "%t" → "%t"`, a.Claimed, claimed.V))
		a.Claimed = claimed.V
	}
	changed := changedProperties(before.CustomProperties, after.CustomProperties)
	for _, p := range changed {
		now, was := propertyIn(wire.Properties(a.Custom), p.Name.V), propertyIn(before.CustomProperties, p.Name.V)
		if now != was && now != p.Value.V {
			problem("customProperties: %s is %s by now", p.Name.V, quote(now))
		}
		changes = append(changes, p.Name.V+" set to "+quote(p.Value.V))
	}
	if len(problems) > 0 {
		return nil, rollback{&hal.SetIPAMRecordResponse{Errors: problems}}
	}
	if err := c.setCustom("ipamRecordAfter.customProperties", model.TypeIPAddress, &a.Custom, changed); err != nil {
		return nil, err
	}
	out := &hal.SetIPAMRecordResponse{Errors: []string{}}
	if len(changes) == 0 {
		return out, nil
	}
	_, err = (&addressObject{c, a}).save(strings.Join(changes, ", "))
	return out, err
}

// recordAddress is the address that a record is of.
func (c *call) recordAddress(field string, rec *hal.IPAMRecord) (*model.Address, error) {
	if rec.AddrRef.V == "" && rec.Address.V != "" {
		return c.ipAddress(field+".address", rec.Address.V)
	}
	return c.ipAddress(field+".addrRef", rec.AddrRef.V)
}

// changedProperties are the properties of after that before has otherwise, and
// those that only before has, as empty.
func changedProperties(before, after []hal.Property) (changed []hal.Property) {
	for _, p := range after {
		if propertyIn(before, p.Name.V) != p.Value.V {
			changed = append(changed, p)
		}
	}
	for _, p := range before {
		gone := !slices.ContainsFunc(after, func(o hal.Property) bool { return strings.EqualFold(o.Name.V, p.Name.V) })
		if gone && p.Value.V != "" {
			changed = append(changed, hal.Property{Name: p.Name, Value: hal.Some("")})
		}
	}
	return changed
}

// propertyIn is the value of a property, "" for none.
func propertyIn(ps []hal.Property, name string) string {
	for _, p := range ps {
		if strings.EqualFold(p.Name.V, name) {
			return p.Value.V
		}
	}
	return ""
}

// moveIPAMRecord moves what is known of an address, and what uses it, to
// another. What stands in the way is an error in the answer; then nothing moves.
func moveIPAMRecord(c *call, req *hal.MoveIPAMRecord) (*hal.MoveIPAMRecordResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	from, err := c.ipAddress("fromRef", req.FromRef.V)
	if err != nil {
		return nil, err
	}
	to, err := c.ipAddress("toRef", req.ToRef.V)
	if err != nil {
		return nil, err
	}
	switch {
	case from.SpaceID == to.SpaceID && from.Addr == to.Addr:
		return nil, invalid("toRef", "%s is the address to move from", to.Addr)
	case from.Addr.Is4() != to.Addr.Is4():
		return nil, invalid("toRef", "%s and %s are of two protocols", from.Addr, to.Addr)
	}
	source, err := c.addressView(from)
	if err != nil {
		return nil, err
	}
	target, err := c.addressView(to)
	if err != nil {
		return nil, err
	}
	refuse := func(text string) error {
		return rollback{&hal.MoveIPAMRecordResponse{Errors: []string{text}}}
	}
	if target.State() != hal.IPAMRecordStateFree && !req.Force.V {
		return nil, refuse(fmt.Sprintf("toRef: %s is in use (%s); set force to move there all the same", to.Addr, target.State()))
	}
	for _, r := range source.Reservations {
		switch err := c.moveReservation(r, from.Addr, to.Addr); {
		case errs.CodeOf(err) == errs.Internal:
			return nil, err
		case err != nil:
			return nil, refuse(errs.MessageOf(err))
		}
	}
	if err := c.moveOnInterface(from, to); err != nil {
		return nil, err
	}
	if from.ID != 0 {
		to.Claimed = to.Claimed || from.Claimed
		for _, p := range from.Custom {
			to.Custom = slices.DeleteFunc(to.Custom, func(o model.Property) bool { return o.Name == p.Name })
			to.Custom = append(to.Custom, p)
		}
		slices.SortFunc(to.Custom, func(a, b model.Property) int { return strings.Compare(a.Name, b.Name) })
		if err := c.storeAddress(to); err != nil {
			return nil, err
		}
		from.Claimed, from.Custom = false, nil
		if err := c.storeAddress(from); err != nil {
			return nil, err
		}
		if err := c.record(model.Modification, from.Ref(), from.Addr.String(), "IP address %s moved to %s", from.Addr, to.Addr); err != nil {
			return nil, err
		}
		if err := c.record(model.Modification, to.Ref(), to.Addr.String(), "IP address %s took over what was known of %s", to.Addr, from.Addr); err != nil {
			return nil, err
		}
	}
	return &hal.MoveIPAMRecordResponse{Errors: []string{}}, nil
}

// moveOnInterface gives an interface another address for one that it has.
func (c *call) moveOnInterface(from, to *model.Address) error {
	i, err := c.interfaceAt(from.SpaceID, from.Addr)
	if err != nil || i == nil {
		return err
	}
	if other, err := c.interfaceAt(to.SpaceID, to.Addr); err != nil {
		return err
	} else if other != nil {
		return rollback{&hal.MoveIPAMRecordResponse{Errors: []string{
			fmt.Sprintf("toRef: %s belongs to the interface %s", to.Addr, quote(other.Name))}}}
	}
	was := joinAddresses(i.Addresses)
	i.Addresses = slices.Clone(i.Addresses)
	i.Addresses[slices.Index(i.Addresses, from.Addr)] = to.Addr
	_, err = (&interfaceObject{c, i}).save("addresses " + quote(was) + " → " + quote(joinAddresses(i.Addresses)))
	return err
}

// moveReservation gives a reservation another address for one that it has. That
// of a failover partner may have been moved with the one before it.
func (c *call) moveReservation(r *model.Reservation, from, to netip.Addr) error {
	r, err := c.schema.Reservations.Get(c.tx, r.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	o := &reservationObject{c: c, Reservation: r}
	o.properties() // keeps what it was
	at := slices.Index(r.Addresses, from)
	if at < 0 {
		return nil
	}
	r.Addresses = slices.Clone(r.Addresses)
	r.Addresses[at] = to
	_, err = o.save("addresses " + quote(joinAddresses(o.before.Addresses)) + " → " + quote(joinAddresses(r.Addresses)))
	return err
}
