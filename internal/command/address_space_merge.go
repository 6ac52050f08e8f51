package command

import (
	"fmt"

	"halxml/internal/model"
	"halxml/store"
	"halxml/wsdl/hal"
)

// reportMergeAddressSpaces lists what would be wrong if everything of one space
// were moved into another: errors for what could not be moved as it is, warnings
// for ranges that would come to lie in others. Nothing changes.
func reportMergeAddressSpaces(c *call, req *hal.ReportMergeAddressSpaces) (*hal.ReportMergeAddressSpacesResponse, error) {
	from, err := c.addressSpace("srcAddressSpaceRef", req.SrcAddressSpaceRef.V)
	if err != nil {
		return nil, err
	}
	to, err := c.addressSpace("destAddressSpaceRef", req.DestAddressSpaceRef.V)
	if err != nil {
		return nil, err
	}
	if from.ID == to.ID {
		return nil, invalid("destAddressSpaceRef", "%s is the address space to be merged itself", quote(to.Name))
	}
	m := &merger{call: c, from: from.ID, to: to.ID, entries: []hal.MergeAddressSpacesReportEntry{}}
	for _, check := range []func() error{m.mergeRanges, m.mergeAddresses, m.mergeDevices} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	return &hal.ReportMergeAddressSpacesResponse{Entries: m.entries, TotalResults: hal.Some(uint32(len(m.entries)))}, nil
}

// merger looks for conflicts between two spaces.
type merger struct {
	*call
	from, to model.ID
	entries  []hal.MergeAddressSpacesReportEntry
}

func (m *merger) add(t hal.MergeAddressSpacesReportConflictType, from, to model.Ref, format string, args ...any) {
	m.entries = append(m.entries, hal.MergeAddressSpacesReportEntry{
		ConflictType: hal.Some(t), SrcObjRef: hal.Some(from.String()), DestObjRef: hal.Some(to.String()),
		Description: hal.Some(fmt.Sprintf(format, args...)),
	})
}

// mergeRanges finds ranges that both spaces have, that overlap, or that would
// come to lie in one of the other space.
func (m *merger) mergeRanges() error {
	c := m.call
	for r, err := range c.schema.RangesByAddress.Begin(c.tx, keyOf(m.from)) {
		if err != nil {
			return err
		}
		same, err := c.rangeAt(m.to, r.From, r.To)
		if err != nil {
			return err
		}
		if same != nil {
			m.add(hal.MergeAddressSpacesReportConflictTypeError, r.Ref(), same.Ref(), "Both address spaces have the range %s", spanName(r.From, r.To))
			continue
		}
		around, across, err := m.meets(r, m.to)
		if err != nil {
			return err
		}
		for _, o := range across {
			m.add(hal.MergeAddressSpacesReportConflictTypeError, r.Ref(), o.Ref(), "The range %s overlaps the range %s", r.Name, o.Name)
		}
		if inside, err := m.deeper(r, around); err != nil {
			return err
		} else if inside {
			m.add(hal.MergeAddressSpacesReportConflictTypeWarning, r.Ref(), around.Ref(), "The range %s would lie in the range %s", r.Name, around.Name)
		}
	}
	for r, err := range c.schema.RangesByAddress.Begin(c.tx, keyOf(m.to)) {
		if err != nil {
			return err
		}
		if same, err := c.rangeAt(m.from, r.From, r.To); err != nil {
			return err
		} else if same != nil {
			continue
		}
		around, _, err := m.meets(r, m.from) // what lies across is told from the other side
		if err != nil {
			return err
		}
		if inside, err := m.deeper(r, around); err != nil {
			return err
		} else if inside {
			m.add(hal.MergeAddressSpacesReportConflictTypeWarning, around.Ref(), r.Ref(), "The range %s would lie in the range %s", r.Name, around.Name)
		}
	}
	return nil
}

// meets finds the smallest range of another space around r, and those that
// overlap r without lying in it.
func (m *merger) meets(r *model.Range, space model.ID) (around *model.Range, across []*model.Range, err error) {
	for _, end := range []*model.Range{{SpaceID: space, From: r.From, To: r.From}, {SpaceID: space, From: r.To, To: r.To}} {
		o, err := m.enclosing(end)
		for err == nil && o != nil && !o.Encloses(r) {
			if !r.Encloses(o) {
				across = append(across, o)
			}
			if o.ParentID == 0 {
				o = nil
				break
			}
			o, err = m.schema.Ranges.Get(m.tx, o.ParentID)
		}
		if err != nil {
			return nil, nil, err
		}
		around = o
	}
	return around, across, nil
}

// deeper reports whether a range around r, of another space, lies in r's parent:
// then r would lie in it.
func (m *merger) deeper(r, around *model.Range) (bool, error) {
	if around == nil || r.ParentID == 0 {
		return around != nil, nil
	}
	parent, err := m.schema.Ranges.Get(m.tx, r.ParentID)
	if err != nil {
		return false, err
	}
	return parent.Encloses(around) && !around.Encloses(parent), nil
}

// mergeAddresses finds addresses that both spaces know something of.
func (m *merger) mergeAddresses() error {
	c := m.call
	for a, err := range c.schema.AddressesByAddr.Begin(c.tx, keyOf(m.from)) {
		if err != nil {
			return err
		}
		there, err := c.addressIn(m.to, a.Addr)
		if err != nil {
			return err
		}
		if !blank(a) && !blank(there) {
			m.add(hal.MergeAddressSpacesReportConflictTypeError, a.Ref(), there.Ref(), "Both address spaces know something of the address %s", a.Addr)
		}
	}
	return nil
}

// mergeDevices finds devices of one name, and interfaces with one address.
func (m *merger) mergeDevices() error {
	c := m.call
	for d, err := range c.schema.DevicesByName.Begin(c.tx, keyOf(m.from)) {
		if err != nil {
			return err
		}
		there, err := c.deviceNamed(m.to, d.Name)
		if err != nil {
			return err
		}
		if there != nil {
			m.add(hal.MergeAddressSpacesReportConflictTypeError, d.Ref(), there.Ref(), "Both address spaces have a device %s", d.Name)
		}
	}
	for k, err := range c.schema.InterfacesByAddress.Entries(c.tx, keyOf(m.from), keyOf(m.from+1)) {
		if err != nil {
			return err
		}
		a := k.AddrAt(len(store.SpaceKey(m.from)))
		there, err := c.interfaceAt(m.to, a)
		if err != nil || there == nil {
			if err != nil {
				return err
			}
			continue
		}
		here, err := c.interfaceAt(m.from, a)
		if err != nil {
			return err
		}
		m.add(hal.MergeAddressSpacesReportConflictTypeError, here.Ref(), there.Ref(), "Interfaces in both address spaces have the address %s", a)
	}
	return nil
}
