package command

import (
	"context"
	"errors"
	"net/netip"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/lease"
	"halxml/internal/model"
	"halxml/store"
	"halxml/wsdl/hal"
)

// Releaser lets servers forget leases.
type Releaser interface {
	// ReleaseLease lets a server forget the lease of an address; told is false
	// when the server is of a kind, or in a state, that cannot be told. A server
	// that refuses is an error.
	ReleaseLease(ctx context.Context, server model.ID, addr netip.Addr) (told bool, err error)
}

// releaseLease releases one lease.
func releaseLease(c *call, req *hal.ReleaseDHCPLease) (*hal.ReleaseDHCPLeaseResponse, error) {
	err := c.release(req.SaveComment, []toRelease{{"", req.DHCPScopeRef.V, req.Lease.V}})
	return &hal.ReleaseDHCPLeaseResponse{}, err
}

// releaseLeases releases all leases that are named, or none.
func releaseLeases(c *call, req *hal.ReleaseDHCPLeases) (*hal.ReleaseDHCPLeasesResponse, error) {
	var list []toRelease
	for _, l := range req.DHCPLeaseRef {
		list = append(list, toRelease{"dhcpLeaseRef.", l.DHCPScopeRef.V, l.Lease.V})
	}
	return &hal.ReleaseDHCPLeasesResponse{}, c.release(req.SaveComment, list)
}

// toRelease names a lease; field comes before the names of its fields in errors.
type toRelease struct{ field, scope, lease string }

// release counts addresses as free, in each partner's scope of a failover. The
// servers that can be told forget their leases first, outside of any
// transaction; what others tell anew of the lease counts again.
func (c *call) release(comment hal.Opt[string], list []toRelease) error {
	var found []*model.Lease
	look := func() error {
		if err := c.note(comment); err != nil {
			return err
		}
		if len(list) == 0 {
			return required("dhcpLeaseRef")
		}
		found = nil
		seen := map[model.ID]bool{}
		for _, in := range list {
			some, err := c.leasesTo(in)
			if err != nil {
				return err
			}
			if l := some[0]; seen[l.ID] {
				return invalid(in.field+"lease", "the lease of %s is named twice", l.Addr)
			}
			for _, l := range some {
				seen[l.ID] = true
			}
			found = append(found, some...)
		}
		return nil
	}
	if err := c.view(look); err != nil {
		return err
	}
	told := map[model.ID]bool{}
	if c.releaser != nil {
		for _, l := range found {
			ok, err := c.releaser.ReleaseLease(c.ctx, l.ServerID, l.Addr)
			if err != nil {
				return err
			}
			told[l.ID] = ok
		}
	}
	return c.update(func() error {
		if err := look(); err != nil {
			return err
		}
		for _, l := range found {
			if err := c.released(l, told[l.ID]); err != nil {
				return err
			}
		}
		return nil
	})
}

// leasesTo are the leases that are released with the one that is named, which
// comes first: the partners tell of it too.
func (c *call) leasesTo(in toRelease) ([]*model.Lease, error) {
	s, err := c.scope(in.field+"dhcpScopeRef", in.scope)
	if err != nil {
		return nil, err
	}
	field := in.field + "lease"
	if strings.TrimSpace(in.lease) == "" {
		return nil, required(field)
	}
	a, ok := parseAddr(in.lease)
	if !ok {
		return nil, invalid(field, "%s is not an IP address", quote(in.lease))
	}
	l, err := c.schema.LeasesByScope.First(c.tx, keyOf(s.ID).Addr(a))
	if errors.Is(err, store.ErrNotFound) {
		return nil, errs.Errorf(errs.NotFound, "%s: the scope %s has no lease of %s", field, quote(s.Name), a)
	}
	if err != nil {
		return nil, err
	}
	if !l.InUse() {
		return nil, invalid(field, "the lease of %s is not in use; it is %s", a, l.State)
	}
	all := []*model.Lease{l}
	client := l.Client()
	for other, err := range c.schema.LeasesByAddress.Begin(c.tx, keyOf(l.SpaceID).Addr(a)) {
		if err != nil {
			return nil, err
		}
		if other.ID != l.ID && client != "" && other.Client() == client {
			all = append(all, other)
		}
	}
	return all, nil
}

// released notes one lease as released.
func (c *call) released(l *model.Lease, told bool) error {
	server, err := c.serverByID(l.ServerID)
	if err != nil {
		return err
	}
	scope, err := c.schema.Scopes.Get(c.tx, l.ScopeID)
	if err != nil {
		return err
	}
	l.State, l.Dropped = model.LeaseReleased, true
	if err := c.schema.Leases.Update(c.tx, l); err != nil {
		return err
	}
	if err := lease.Record(c.tx, c.schema, server, l, model.LeaseRelease, c.at); err != nil {
		return err
	}
	of, how := "", "the server itself was not told"
	if client := l.Client(); client != "" {
		of = " of " + client
	}
	if told {
		how = "the server has forgotten it"
	}
	return c.record(model.Modification, scope.Ref(), scope.Name,
		"Lease %s%s released in the DHCP scope %s on server %s; %s", l.Addr, of, scope.Name, server.Name, how)
}
