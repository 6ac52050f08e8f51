package snapshot

import (
	"halxml/internal/kea"
	"halxml/internal/model"
	"halxml/store"
)

// Kea reads what the configuration of one daemon of a Kea server is made from. Its settings, which are not in the store,
// are left empty.
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
