package snapshot

import (
	"errors"

	"halxml/internal/kea"
	"halxml/internal/kea/conf"
	"halxml/internal/model"
	"halxml/store"
)

// Kea reads what the configuration of one daemon of a Kea server is made from. Its base is what was imported; its other
// settings, which are not in the store, are left empty.
func Kea(tx store.Tx, schema *store.Schema, server *model.Server, service model.ServiceType) (snap kea.Snapshot, err error) {
	snap.Server, snap.Service = *server, service
	at := store.Key{}.ID(server.ID)
	for s, err := range schema.ScopesByServer.Begin(tx, at) {
		if err != nil {
			return snap, err
		}
		r, err := schema.Ranges.Get(tx, s.RangeID)
		if err != nil {
			return snap, err
		}
		scope := kea.Scope{Scope: *s, Range: *r}
		if scope.Pools, err = records(schema.PoolsByScope.Begin(tx, store.Key{}.ID(s.ID))); err != nil {
			return snap, err
		}
		snap.Scopes = append(snap.Scopes, scope)
	}
	for r, err := range schema.RelationshipsByServer.Begin(tx, at) {
		if err != nil {
			return snap, err
		}
		rel := kea.Relationship{Relationship: *r}
		for id, to := range map[model.ID]*model.Server{r.PrimaryID: &rel.Primary, r.SecondaryID: &rel.Secondary} {
			end, err := schema.Servers.Get(tx, id)
			if err != nil {
				return snap, err
			}
			*to = *end
		}
		snap.Relationships = append(snap.Relationships, rel)
	}
	if snap.Options, err = records(schema.OptionSetsByServer.Find(tx, at)); err != nil {
		return snap, err
	}
	if snap.Definitions, err = records(schema.DefinitionsByServer.Begin(tx, at)); err != nil {
		return snap, err
	}
	if snap.Settings.Base, err = keaBase(tx, schema, server, service); err != nil {
		return snap, err
	}
	owners := []model.Ref{server.Ref()}
	for i := range snap.Scopes {
		owners = append(owners, snap.Scopes[i].Ref())
	}
	snap.Reservations = []model.Reservation{} // none is known to be none
	for _, owner := range owners {
		list, err := records(schema.ReservationsByOwner.Find(tx, store.RefKey(owner)))
		if err != nil {
			return snap, err
		}
		snap.Reservations = append(snap.Reservations, list...)
	}
	return snap, nil
}

// keaBase is the configuration that was imported of a daemon, or nil.
func keaBase(tx store.Tx, schema *store.Schema, server *model.Server, service model.ServiceType) (*conf.Server, error) {
	part := model.DHCPv4Part
	if service == model.DHCPv6 {
		part = model.DHCPv6Part
	}
	s, err := schema.StatementsByOwner.First(tx, store.RefKey(server.Ref()).ID(server.ID).ID(model.ID(part)).Text(""))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	f, err := conf.Parse("imported", []byte(s.Text), nil)
	if err != nil {
		return nil, err
	}
	if service == model.DHCPv6 {
		return f.Dhcp6, nil
	}
	return f.Dhcp4, nil
}
