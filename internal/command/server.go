package command

import (
	"errors"
	"net/netip"
	"regexp"
	"strings"

	"halxml/internal/filter"
	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/store"
	"halxml/wsdl/hal"
)

// serverRow is a listed server.
type serverRow struct{ *model.Server }

var serverFields = filter.NewSet([]filter.Field[serverRow]{
	{Name: "ref", Kind: filter.Ref, Text: func(r serverRow) string { return r.Ref().String() }},
	{Name: "name", Kind: filter.Text, Text: func(r serverRow) string { return r.Name }},
	{Name: "proxy", Kind: filter.Text, Text: func(r serverRow) string { return r.Proxy }},
	{Name: "address", Kind: filter.Address, Text: func(r serverRow) string { return r.Address }},
	{Name: "resolvedAddress", Kind: filter.Address, Text: func(r serverRow) string { return r.ResolvedAddress }},
	{Name: "username", Kind: filter.Text, Text: func(r serverRow) string { return r.Username }},
	{Name: "type", Kind: filter.Enum, Text: func(r serverRow) string { return string(r.Kind) }},
	{Name: "state", Kind: filter.Enum, Text: func(r serverRow) string { return string(wire.Server(r.Server).State.V) }},
	{Name: "security", Kind: filter.Enum, Text: func(r serverRow) string { return r.Security }},
	{Name: "enabled", Kind: filter.Bool, Text: func(r serverRow) string { return wire.Bool(r.Enabled) }},
}, func(r serverRow) []model.Property { return r.Custom })

func getServer(c *call, req *hal.GetDHCPServer) (*hal.GetDHCPServerResponse, error) {
	s, err := c.server("dhcpServerRef", req.DHCPServerRef.V)
	if err != nil {
		return nil, err
	}
	out := wire.Server(s)
	return &hal.GetDHCPServerResponse{DHCPServer: &out}, nil
}

func getServers(c *call, req *hal.GetDHCPServers) (*hal.GetDHCPServersResponse, error) {
	f, err := find(c, catalog[model.Server, serverRow]{
		kind: model.TypeServer, fields: serverFields, table: c.schema.Servers, alone: true,
		texts: []textIndex[model.Server]{{"name", c.schema.ServersByName}},
		row:   func(s *model.Server) serverRow { return serverRow{s} },
	}, listing{req.Filter, req.SortBy, req.Offset, req.Limit, req.SortOrder})
	if err != nil {
		return nil, err
	}
	return &hal.GetDHCPServersResponse{
		TotalResults: hal.Some(uint32(f.total)),
		DHCPServersFrom: answer(c, c.schema.Servers, f, func(s *model.Server, out *hal.DHCPServer) error {
			*out = wire.Server(s)
			return nil
		}),
	}, nil
}

func addServer(c *call, req *hal.AddDHCPServer) (*hal.AddDHCPServerResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	in := req.DHCPServer
	if in == nil {
		return nil, required("dhcpServer")
	}
	s := &model.Server{
		SpaceID: c.space(), Name: in.Name.V, Proxy: strings.TrimSpace(in.Proxy.V), Address: strings.TrimSpace(in.Address.V),
		Username: in.Username.V, Password: in.Password.V, EnablePassword: in.EnablePassword.V,
		Kind: model.ServerKind(in.Type.V), Enabled: in.Enabled.Or(true), State: model.StateUnknown,
	}
	if in.Security.Set && in.Security.V != hal.DHCPServerSecurityUnknown {
		s.Security = string(in.Security.V)
	}
	if err := c.newCustom("dhcpServer.customProperties", model.TypeServer, &s.Custom, in.CustomProperties); err != nil {
		return nil, err
	}
	if err := c.checkServer("dhcpServer.", s); err != nil {
		return nil, err
	}
	if err := c.schema.Servers.Insert(c.tx, s); err != nil {
		return nil, err
	}
	c.touch(s.ID)
	if err := c.record(model.Creation, s.Ref(), s.Name, "DHCP server %s (%s) added", s.Name, s.Kind); err != nil {
		return nil, err
	}
	return &hal.AddDHCPServerResponse{Ref: hal.Some(s.Ref().String())}, nil
}

// hostname is a host name or fully qualified name, with or without final dot.
var hostname = regexp.MustCompile(`^([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.?$`)

// hostOrAddress reports whether s can name a host.
func hostOrAddress(s string) bool {
	if _, ok := parseAddr(s); ok {
		return true
	}
	_, err := netip.ParseAddr(s)
	return err != nil && len(s) <= 253 && hostname.MatchString(s) && !allDigitsAndDots(s)
}

// allDigitsAndDots catches mistyped IPv4 addresses such as 10.0.0.300.
func allDigitsAndDots(s string) bool { return strings.Trim(s, "0123456789.") == "" }

// checkServer normalises and checks a new or changed server.
func (c *call) checkServer(prefix string, s *model.Server) (err error) {
	if s.Name, err = referableName(prefix+"name", s.Name); err != nil {
		return err
	}
	switch s.Kind {
	case model.KindISC, model.KindKea, model.KindKeaOld, model.KindMicrosoft, model.KindCisco:
	case "":
		return required(prefix + "type")
	default:
		return invalid(prefix+"type", "%s is not a kind of server that can be managed", quote(string(s.Kind)))
	}
	s.ResolvedAddress = ""
	if s.Address != "" {
		if !hostOrAddress(s.Address) {
			return invalid(prefix+"address", "%s is not an IP address or host name", quote(s.Address))
		}
		if a, ok := parseAddr(s.Address); ok {
			s.Address, s.ResolvedAddress = a.String(), a.String()
		}
	}
	if s.Proxy != "" && !hostOrAddress(s.Proxy) {
		return invalid(prefix+"proxy", "%s is not an IP address or host name", quote(s.Proxy))
	}
	for field, v := range map[string]string{"username": s.Username, "password": s.Password, "enablePassword": s.EnablePassword} {
		if err := optionalName(prefix+field, v); err != nil {
			return err
		}
	}
	for other, err := range c.schema.ServersByName.Find(c.tx, store.NameKey(s.Name)) {
		if err != nil {
			return err
		}
		if other.ID != s.ID {
			return conflict(prefix+"name", "a DHCP server %s exists already", quote(s.Name))
		}
	}
	return nil
}

// removeServer removes a server. One with scopes, groups, reservations or
// relationships needs force; then what is its own goes with it, its
// relationships end, and the partners' pools that referred to them refer to
// none: nobody is asked for a replacement.
func (c *call) removeServer(s *model.Server, force bool) error {
	var scopes []*model.Scope
	for sc, err := range c.schema.ScopesByServer.Begin(c.tx, store.Key{}.ID(s.ID)) {
		if err != nil {
			return err
		}
		scopes = append(scopes, sc)
	}
	relationships, err := c.relationshipsOf(s.ID)
	if err != nil {
		return err
	}
	groups, err := c.groupsIn(keyOf(s.ID).ID(0))
	if err != nil {
		return err
	}
	reservations, err := c.reservationsOf(s.Ref())
	if err != nil {
		return err
	}
	has := counts(counted{len(scopes), "scope"}, counted{len(relationships), "failover relationship"},
		counted{len(groups), "group"}, counted{len(reservations), "reservation"})
	if !force && has != "" {
		return inUse("ref", "DHCP server %s still has %s; remove them first or set forceRemoval", quote(s.Name), has)
	}
	for _, r := range relationships {
		if err := c.dissolve(r); err != nil {
			return err
		}
	}
	for _, sc := range scopes {
		// Its relationships are gone: nothing of the scope reaches a partner.
		if err := c.deleteScope(sc); err != nil {
			return err
		}
	}
	for _, g := range groups {
		if err := c.removeGroup(g); err != nil {
			return err
		}
	}
	if _, err := c.deleteReservations(s.Ref()); err != nil {
		return err
	}
	if err := c.deleteServerOptions(s); err != nil {
		return err
	}
	if err := c.schema.Deliveries.Delete(c.tx, s.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err := c.schema.Servers.Delete(c.tx, s.ID); err != nil {
		return err
	}
	c.touch(s.ID)
	return c.record(model.Deletion, s.Ref(), s.Name, "DHCP server %s removed", s.Name)
}
