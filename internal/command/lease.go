package command

import (
	"net/netip"
	"slices"
	"strings"

	"halxml/internal/filter"
	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/store"
	"halxml/wsdl/hal"
)

// leaseRow is a listed lease.
type leaseRow struct {
	c *call
	*model.Lease
}

var leaseFields = filter.NewSet([]filter.Field[leaseRow]{
	{Name: "name", Kind: filter.Text, Text: func(r leaseRow) string { return r.Hostname }},
	{Name: "type", Kind: filter.Text, Text: func(r leaseRow) string { return wire.LeaseType(r.Lease) }},
	{Name: "mac", Kind: filter.Client, Text: func(r leaseRow) string { return r.Client() }},
	{Name: "address", Kind: filter.Address, Text: func(r leaseRow) string { return r.Addr.String() }},
	{Name: "lease", Kind: filter.Time, Text: func(r leaseRow) string { return wire.LeaseEnd(r.Lease, r.c.zone) }},
	{Name: "state", Kind: filter.Text, Text: func(r leaseRow) string { return string(r.State) }},
	{Name: "dhcpScopeRef", Kind: filter.Ref, Text: func(r leaseRow) string { return wire.Ref(model.TypeScope, r.ScopeID).V }},
}, nil)

// getLeases lists the leases of a scope, as its server told them last.
func getLeases(c *call, req *hal.GetDHCPLeases) (*hal.GetDHCPLeasesResponse, error) {
	s, err := c.scope("dhcpScopeRef", req.DHCPScopeRef.V)
	if err != nil {
		return nil, err
	}
	f, err := find(c, catalog[model.Lease, leaseRow]{
		kind: model.TypeLease, fields: leaseFields, table: c.schema.Leases, alone: true,
		row:    func(l *model.Lease) leaseRow { return leaseRow{c, l} },
		within: c.schema.LeasesByScope, key: keyOf(s.ID),
	}, listing{req.Filter, req.SortBy, req.Offset, req.Limit, req.SortOrder})
	if err != nil {
		return nil, err
	}
	return &hal.GetDHCPLeasesResponse{
		TotalResults: hal.Some(uint32(f.total)),
		DHCPLeasesFrom: answer(c, c.schema.Leases, f, func(l *model.Lease, out *hal.DHCPLease) error {
			*out = wire.Lease(l, c.zone)
			return nil
		}),
	}, nil
}

// deleteLeases removes the leases of a scope and counts those in use.
func (c *call) deleteLeases(s *model.Scope) (inUse int, err error) {
	var all []model.ID
	for l, err := range c.schema.LeasesByScope.Begin(c.tx, keyOf(s.ID)) {
		if err != nil {
			return 0, err
		}
		all = append(all, l.ID)
		if l.InUse() {
			inUse++
		}
	}
	for _, id := range all {
		if err := c.schema.Leases.Delete(c.tx, id); err != nil {
			return 0, err
		}
	}
	return inUse, nil
}

// getConcurrentLeases lists the leases of clients that hold several addresses.
// The partners of a failover both tell of one address; that is one lease.
func getConcurrentLeases(c *call, _ *hal.GetDHCPConcurrentLeases) (*hal.GetDHCPConcurrentLeasesResponse, error) {
	out := &hal.GetDHCPConcurrentLeasesResponse{DHCPConcurrentLeases: []hal.DHCPConcurrentLease{}}
	var client string
	var held []*model.Lease
	flush := func() error {
		if !slices.ContainsFunc(held, func(l *model.Lease) bool { return l.Addr != held[0].Addr }) {
			return nil
		}
		slices.SortStableFunc(held, func(a, b *model.Lease) int { return a.Addr.Compare(b.Addr) })
		for _, l := range held {
			server, err := c.serverByID(l.ServerID)
			if err != nil {
				return err
			}
			scope, err := c.schema.Scopes.Get(c.tx, l.ScopeID)
			if err != nil {
				return err
			}
			out.DHCPConcurrentLeases = append(out.DHCPConcurrentLeases, wire.ConcurrentLease(l, server, scope, c.zone))
		}
		return nil
	}
	for l, err := range c.schema.LeasesByHolder.Begin(c.tx, nil) {
		if err != nil {
			return nil, err
		}
		if l.SpaceID != c.space() {
			continue
		}
		if l.Client() != client {
			if err := flush(); err != nil {
				return nil, err
			}
			client, held = l.Client(), nil
		}
		held = append(held, l)
	}
	return out, flush()
}

// clientSpellings are the forms in which a client may be kept.
func clientSpellings(text string) []string {
	text = strings.TrimSpace(text)
	all := []string{text}
	if a, ok := model.HardwareAddress(text); ok {
		all = append(all, a)
	}
	if hexIdentifier.MatchString(text) {
		all = append(all, strings.ToLower(strings.ReplaceAll(text, "-", ":")))
	}
	for i, s := range all {
		all[i] = model.FoldName(s)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// reportClient finds the reservations and the leases in use of a client, by its
// hardware address in any usual spelling or by its identifier.
func reportClient(c *call, req *hal.ReportIPFromClientIdentifier) (*hal.ReportIPFromClientIdentifierResponse, error) {
	const field = "clientIdentifier"
	if strings.TrimSpace(req.ClientIdentifier.V) == "" {
		return nil, required(field)
	}
	if err := optionalName(field, req.ClientIdentifier.V); err != nil {
		return nil, err
	}
	out := &hal.ReportIPFromClientIdentifierResponse{DHCPReservations: []hal.DHCPReservation{}, DHCPLeases: []hal.DHCPLease{}, Addresses: []string{}}
	var addresses []netip.Addr
	listed := map[model.Ref]bool{}
	for _, client := range clientSpellings(req.ClientIdentifier.V) {
		for r, err := range c.schema.ReservationsByClient.Begin(c.tx, store.NameKey(client)) {
			if err != nil {
				return nil, err
			}
			if r.SpaceID == c.space() && !listed[r.Ref()] {
				listed[r.Ref()] = true
				out.DHCPReservations = append(out.DHCPReservations, wire.Reservation(r))
				addresses = append(addresses, r.Addresses...)
			}
		}
		for l, err := range c.schema.LeasesByClient.Begin(c.tx, store.NameKey(client)) {
			if err != nil {
				return nil, err
			}
			if l.SpaceID == c.space() && l.State.Held() && !listed[l.Ref()] {
				listed[l.Ref()] = true
				out.DHCPLeases = append(out.DHCPLeases, wire.Lease(l, c.zone))
				addresses = append(addresses, l.Addr)
			}
		}
	}
	slices.SortFunc(addresses, netip.Addr.Compare)
	for _, a := range slices.Compact(addresses) {
		out.Addresses = append(out.Addresses, a.String())
	}
	return out, nil
}
