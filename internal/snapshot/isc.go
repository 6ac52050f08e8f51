// Package snapshot reads from the store, in one transaction, all that the
// configuration of a server is made from: the server, its relationships and
// what its partners serve under them. It decides nothing and renders nothing.
package snapshot

import (
	"iter"

	"halxml/internal/dhcpd"
	"halxml/internal/model"
	"halxml/store"
)

// ISC reads what the configuration of an ISC server is made from. Its preamble,
// which is not in the store, is left empty.
func ISC(tx store.Tx, schema *store.Schema, server *model.Server) (snap dhcpd.Snapshot, err error) {
	snap.Server = *server
	for s, err := range schema.ScopesByServer.Begin(tx, store.Key{}.ID(server.ID)) {
		if err != nil {
			return snap, err
		}
		scope, err := iscScope(tx, schema, s)
		if err != nil {
			return snap, err
		}
		snap.Scopes = append(snap.Scopes, scope)
	}
	if err := iscHosts(tx, schema, &snap); err != nil {
		return snap, err
	}
	for r, err := range schema.RelationshipsByServer.Begin(tx, store.Key{}.ID(server.ID)) {
		if err != nil {
			return snap, err
		}
		if r.Kind != model.KindISC {
			continue
		}
		rel, err := iscRelationship(tx, schema, r, server)
		if err != nil {
			return snap, err
		}
		snap.Relationships = append(snap.Relationships, rel)
	}
	if snap.Options, err = records(schema.OptionSetsByServer.Find(tx, store.Key{}.ID(server.ID))); err != nil {
		return snap, err
	}
	if snap.Definitions, err = records(schema.DefinitionsByServer.Begin(tx, store.Key{}.ID(server.ID))); err != nil {
		return snap, err
	}
	snap.Classes, err = records(schema.ClassesByServer.Begin(tx, store.Key{}.ID(server.ID)))
	return snap, err
}

func records[T any](from iter.Seq2[*T, error]) (all []T, err error) {
	for rec, err := range from {
		if err != nil {
			return nil, err
		}
		all = append(all, *rec)
	}
	return all, nil
}

// iscHosts reads the server's groups, all reservations of scopes, groups and the
// server itself, and the operator's statements.
func iscHosts(tx store.Tx, schema *store.Schema, snap *dhcpd.Snapshot) error {
	owners := []model.Ref{snap.Server.Ref()}
	for i := range snap.Scopes {
		owners = append(owners, snap.Scopes[i].Ref())
	}
	for g, err := range schema.GroupsByServer.Begin(tx, store.Key{}.ID(snap.Server.ID)) {
		if err != nil {
			return err
		}
		snap.Groups = append(snap.Groups, *g)
		owners = append(owners, g.Ref())
	}
	for _, owner := range owners {
		for r, err := range schema.ReservationsByOwner.Find(tx, store.RefKey(owner)) {
			if err != nil {
				return err
			}
			snap.Reservations = append(snap.Reservations, *r)
		}
	}
	var err error
	snap.Statements, err = records(schema.StatementsByServer.Find(tx, store.Key{}.ID(snap.Server.ID)))
	return err
}

// iscRelationship is a relationship with its ends and the partner's scopes that
// have pools under it.
func iscRelationship(tx store.Tx, schema *store.Schema, r *model.Relationship, server *model.Server) (rel dhcpd.Relationship, err error) {
	rel.Relationship = *r
	for _, end := range []struct {
		id model.ID
		to *model.Server
	}{{r.PrimaryID, &rel.Primary}, {r.SecondaryID, &rel.Secondary}} {
		if end.id == server.ID {
			*end.to = *server
			continue
		}
		other, err := schema.Servers.Get(tx, end.id)
		if err != nil {
			return rel, err
		}
		*end.to = *other
	}
	seen := map[model.ID]bool{}
	for p, err := range schema.PoolsByPeer.Begin(tx, store.Key{}.ID(r.ID).ID(r.Partner(server.ID))) {
		if err != nil {
			return rel, err
		}
		if seen[p.ScopeID] {
			continue
		}
		seen[p.ScopeID] = true
		s, err := schema.Scopes.Get(tx, p.ScopeID)
		if err != nil {
			return rel, err
		}
		scope, err := iscScope(tx, schema, s)
		if err != nil {
			return rel, err
		}
		rel.Partner = append(rel.Partner, scope)
	}
	return rel, nil
}

func iscScope(tx store.Tx, schema *store.Schema, s *model.Scope) (out dhcpd.Scope, err error) {
	out.Scope = *s
	r, err := schema.Ranges.Get(tx, s.RangeID)
	if err != nil {
		return out, err
	}
	out.Range = *r
	for p, err := range schema.PoolsByScope.Begin(tx, store.Key{}.ID(s.ID)) {
		if err != nil {
			return out, err
		}
		out.Pools = append(out.Pools, *p)
	}
	return out, nil
}
