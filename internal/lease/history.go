package lease

import (
	"time"

	"halxml/internal/model"
	"halxml/store"
)

// Bounds of the history of leases: how many events an address keeps, and how
// many all addresses together. The oldest go first.
const (
	EventsPerAddress = 100
	EventsInAll      = 500_000
)

// Record writes an event of a lease and drops those that are too many.
func Record(tx store.Tx, schema *store.Schema, server *model.Server, l *model.Lease, code model.LeaseEventCode, at time.Time) error {
	return record(tx, schema, server, l, code, at, EventsPerAddress, EventsInAll)
}

func record(tx store.Tx, schema *store.Schema, server *model.Server, l *model.Lease, code model.LeaseEventCode, at time.Time, perAddress, inAll int) error {
	err := schema.LeaseEvents.Insert(tx, &model.LeaseEvent{
		SpaceID: server.SpaceID, ServerID: server.ID, Server: addressOf(server), Code: code, Time: at.UTC(),
		Addr: l.Addr, Hardware: l.Hardware, Identifier: l.Identifier, Hostname: l.Hostname,
	})
	if err != nil {
		return err
	}
	var ofAddress []model.ID
	for id, err := range schema.LeaseEventsByAddress.IDs(tx, store.Key{}.Addr(l.Addr)) {
		if err != nil {
			return err
		}
		ofAddress = append(ofAddress, id)
	}
	for i := range len(ofAddress) - perAddress {
		if err := schema.LeaseEvents.Delete(tx, ofAddress[i]); err != nil {
			return err
		}
	}
	n, err := schema.LeaseEvents.Count(tx)
	if err != nil || n <= inAll {
		return err
	}
	for id, err := range schema.LeaseEvents.IDs(tx, 0) {
		if err != nil {
			return err
		}
		return schema.LeaseEvents.Delete(tx, id)
	}
	return nil
}

// addressOf is what the history calls a server: its address, or its name where
// that is not known.
func addressOf(s *model.Server) string {
	switch {
	case s.ResolvedAddress != "":
		return s.ResolvedAddress
	case s.Address != "":
		return s.Address
	}
	return s.Name
}
