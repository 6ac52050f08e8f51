package command

import (
	"reflect"
	"slices"

	"halxml/internal/model"
	"halxml/store"
)

// reservationChanged brings what depends on a reservation up to date after it
// was added (before is nil), changed, or removed (after is nil): pools of its
// addresses and the failover partner.
func (c *call) reservationChanged(o owner, before, after *model.Reservation) error {
	c.touch(o.server.ID)
	if after != nil {
		if err := c.splitAround(o, after.Addresses); err != nil {
			return err
		}
	}
	var twins *owner
	var twin *model.Reservation
	for _, r := range []*model.Reservation{before, after} {
		if r == nil || twin != nil {
			continue
		}
		var err error
		if twins, err = c.twinOwner(o, r); err != nil || twins == nil {
			return err
		}
		if twin, err = c.twin(*twins, r); err != nil {
			return err
		}
	}
	switch {
	case after == nil && twin == nil:
		return nil
	case after == nil:
		if err := c.deleteReservation(twin); err != nil {
			return err
		}
		c.touch(twins.server.ID)
		return c.record(model.Deletion, twin.Ref(), twin.Title(), "DHCP reservation %s removed from server %s as from its failover partner", twin.Title(), twins.server.Name)
	}
	event := model.Modification
	if twin == nil {
		event = model.Creation
	}
	copied, changed, err := c.copyReservation(after, *twins, twin)
	if err != nil || !changed {
		return err
	}
	if err := c.checkTwin(copied, *twins); err != nil {
		return err
	}
	c.touch(twins.server.ID)
	return c.record(event, copied.Ref(), copied.Title(), "DHCP reservation %s on server %s made equal to that of its failover partner", copied.Title(), twins.server.Name)
}

// twinOwner is what owns a reservation's copy at the failover partner, or nil:
// the other instance of its scope and, for a Kea pair, which is equal as a
// whole, the other server. Groups and ISC servers as a whole are not paired.
func (c *call) twinOwner(o owner, r *model.Reservation) (*owner, error) {
	var relationship *model.Relationship
	var err error
	switch {
	case o.scope != nil:
		relationship, err = c.partnership(o.scope)
	case o.group == nil && o.server.Kind.IsKea():
		relationship, err = c.relationshipOfService(o.server.ID, reservationService(r))
	}
	if err != nil || relationship == nil {
		return nil, err
	}
	twin := &owner{}
	if twin.server, err = c.serverByID(relationship.Partner(o.server.ID)); err != nil {
		return nil, err
	}
	if o.scope == nil {
		return twin, nil
	}
	if twin.scope, err = c.instance(twin.server.ID, o.scope.RangeID); err != nil || twin.scope == nil {
		return nil, err
	}
	return twin, nil
}

// reservationService is the service that a reservation is for; one without
// addresses counts as DHCPv4.
func reservationService(r *model.Reservation) model.ServiceType {
	if len(r.Addresses) > 0 && !r.Addresses[0].Is4() {
		return model.DHCPv6
	}
	return model.DHCPv4
}

// twin is an owner's reservation for the same client as r or, without one, that
// of one of its addresses; nil when there is none.
func (c *call) twin(o owner, r *model.Reservation) (*model.Reservation, error) {
	var scope model.ID
	if o.scope != nil {
		scope = o.scope.ID
	}
	for t, err := range c.schema.ReservationsByClient.Find(c.tx, store.NameKey(r.Client).ID(o.server.ID).ID(scope)) {
		if err != nil {
			return nil, err
		}
		if sameClient(t, r) && t.Owner() == o.ref() {
			return t, nil
		}
	}
	for _, a := range r.Addresses {
		for t, err := range c.schema.ReservationsByAddress.Find(c.tx, keyOf(o.server.SpaceID).Addr(a).ID(o.server.ID)) {
			if err != nil {
				return nil, err
			}
			if t.Owner() == o.ref() {
				return t, nil
			}
		}
	}
	return nil, nil
}

func sameClient(a, b *model.Reservation) bool { return a.Client == b.Client && a.Method == b.Method }

// copyReservation makes an owner's reservation equal to r, its options too: old,
// which keeps its identity, or a new one if old is nil.
func (c *call) copyReservation(r *model.Reservation, to owner, old *model.Reservation) (copied *model.Reservation, changed bool, err error) {
	twin := *r
	twin.ID, twin.Addresses = 0, slices.Clone(r.Addresses)
	to.take(&twin)
	if old == nil {
		err = c.schema.Reservations.Insert(c.tx, &twin)
		changed = true
	} else if twin.ID = old.ID; !reflect.DeepEqual(&twin, old) {
		err = c.schema.Reservations.Update(c.tx, &twin)
		changed = true
	}
	if err != nil {
		return nil, false, err
	}
	moved, err := c.copyOptions(r.Ref(), twin.Ref(), 0, 0)
	return &twin, changed || moved, err
}

// checkTwin holds the rules of a copied reservation on the partner's server,
// where other owners' reservations may be in its way.
func (c *call) checkTwin(r *model.Reservation, o owner) error {
	checked := *r // the rules may bring it into another form; the copy is in it already
	return c.checkReservation("dhcpReservation.", &checked, o)
}

// copyReservations makes the reservations of to equal to those of from. Those
// for the same client, or else of the same address, keep their identity.
func (c *call) copyReservations(from, to owner) (changed bool, err error) {
	return c.copySome(from, to, func(*model.Reservation) bool { return true })
}

// copyServerReservations makes the reservations that belong to the partner's
// Kea server as a whole equal to a server's, for the relationship's service.
func (c *call) copyServerReservations(server *model.Server, r *model.Relationship) error {
	partner, err := c.serverByID(r.Partner(server.ID))
	if err != nil {
		return err
	}
	changed, err := c.copySome(owner{server: server}, owner{server: partner}, func(rv *model.Reservation) bool {
		return reservationService(rv) == r.ServiceType
	})
	if changed {
		c.touch(partner.ID)
	}
	return err
}

// copySome is copyReservations for those that concern tells.
func (c *call) copySome(from, to owner, concern func(*model.Reservation) bool) (changed bool, err error) {
	want, err := c.reservationsOf(from.ref())
	if err != nil {
		return false, err
	}
	have, err := c.reservationsOf(to.ref())
	if err != nil {
		return false, err
	}
	other := func(r *model.Reservation) bool { return !concern(r) }
	want, have = slices.DeleteFunc(want, other), slices.DeleteFunc(have, other)
	old := pairReservations(want, have)
	kept := map[model.ID]bool{}
	for _, t := range old {
		kept[t.ID] = true
	}
	for _, h := range have {
		if !kept[h.ID] {
			changed = true
			if err := c.deleteReservation(h); err != nil {
				return false, err
			}
		}
	}
	var fresh []*model.Reservation
	for _, w := range want {
		copied, isNew, err := c.copyReservation(w, to, old[w.ID])
		if err != nil {
			return false, err
		}
		if isNew {
			fresh = append(fresh, copied)
		}
	}
	for _, r := range fresh { // when all are there: two may have changed places
		if err := c.checkTwin(r, to); err != nil {
			return false, err
		}
	}
	return changed || len(fresh) > 0, nil
}

// pairReservations finds for each wanted reservation, by id, the one to keep
// its identity: of the same client or else of the same address.
func pairReservations(want, have []*model.Reservation) map[model.ID]*model.Reservation {
	type client struct {
		method model.ReservationMethod
		client string
	}
	byClient, byAddress := map[client]*model.Reservation{}, map[string]*model.Reservation{}
	for _, h := range have {
		byClient[client{h.Method, h.Client}] = h
		for _, a := range h.Addresses {
			byAddress[a.String()] = h
		}
	}
	old, taken := map[model.ID]*model.Reservation{}, map[model.ID]bool{}
	pair := func(w, h *model.Reservation) {
		if h != nil && old[w.ID] == nil && !taken[h.ID] {
			old[w.ID], taken[h.ID] = h, true
		}
	}
	for _, w := range want {
		pair(w, byClient[client{w.Method, w.Client}])
	}
	for _, w := range want {
		for _, a := range w.Addresses {
			pair(w, byAddress[a.String()])
		}
	}
	return old
}
