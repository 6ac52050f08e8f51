package command

import (
	"net/netip"
	"slices"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/filter"
	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/store"
	"halxml/wsdl/hal"
)

// reservationRow is a listed reservation.
type reservationRow struct{ *model.Reservation }

var reservationFields = filter.NewSet([]filter.Field[reservationRow]{
	{Name: "ref", Kind: filter.Ref, Text: func(r reservationRow) string { return r.Ref().String() }},
	{Name: "name", Kind: filter.Text, Text: func(r reservationRow) string { return r.Name }},
	{Name: "clientIdentifier", Kind: filter.Client, Text: func(r reservationRow) string { return r.Client }},
	{Name: "addresses", Kind: filter.List, List: func(r reservationRow) []string {
		texts := make([]string, len(r.Addresses))
		for i, a := range r.Addresses {
			texts[i] = a.String()
		}
		return texts
	}},
	{Name: "type", Kind: filter.Enum, Text: func(r reservationRow) string { return string(r.Type) }},
	{Name: "reservationMethod", Kind: filter.Enum, Text: func(r reservationRow) string { return string(r.Method) }},
	{Name: "description", Kind: filter.Text, Text: func(r reservationRow) string { return r.Description }},
	{Name: "ddnsHostName", Kind: filter.Text, Text: func(r reservationRow) string { return r.DDNSHostName }},
	{Name: "filename", Kind: filter.Text, Text: func(r reservationRow) string { return r.Filename }},
	{Name: "serverName", Kind: filter.Text, Text: func(r reservationRow) string { return r.ServerName }},
	{Name: "nextServer", Kind: filter.Text, Text: func(r reservationRow) string { return r.NextServer }},
	{Name: "ownerRef", Kind: filter.Ref, Text: func(r reservationRow) string { return r.Owner().String() }},
}, nil)

func getReservation(c *call, req *hal.GetDHCPReservation) (*hal.GetDHCPReservationResponse, error) {
	r, err := c.reservation("dhcpReservationRef", req.DHCPReservationRef.V)
	if err != nil {
		return nil, err
	}
	out := wire.Reservation(r)
	return &hal.GetDHCPReservationResponse{DHCPReservation: &out}, nil
}

// getReservations lists the reservations of one owner; those of a server are
// only those that belong to no scope or group.
func getReservations(c *call, req *hal.GetDHCPReservations) (*hal.GetDHCPReservationsResponse, error) {
	owner, err := c.reservationOwner("ownerRef", req.OwnerRef.V, req.ObjType)
	if err != nil {
		return nil, err
	}
	f, err := find(c, catalog[model.Reservation, reservationRow]{
		kind: model.TypeReservation, fields: reservationFields, table: c.schema.Reservations, alone: true,
		row: func(r *model.Reservation) reservationRow { return reservationRow{r} },
		texts: []textIndex[model.Reservation]{
			{"name", c.schema.ReservationsByName},
			{"clientIdentifier", c.schema.ReservationsByClient},
		},
		within: c.schema.ReservationsByOwner, key: store.RefKey(owner.ref()),
		inside: func(r *model.Reservation) bool { return r.Owner() == owner.ref() },
	}, listing{req.Filter, req.SortBy, req.Offset, req.Limit, req.SortOrder})
	if err != nil {
		return nil, err
	}
	return &hal.GetDHCPReservationsResponse{
		TotalResults: hal.Some(uint32(f.total)),
		DHCPReservationsFrom: answer(c, c.schema.Reservations, f, func(r *model.Reservation, out *hal.DHCPReservation) error {
			*out = wire.Reservation(r)
			return nil
		}),
	}, nil
}

func addReservation(c *call, req *hal.AddDHCPReservation) (*hal.AddDHCPReservationResponse, error) {
	const prefix = "dhcpReservation."
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	in := req.DHCPReservation
	if in == nil {
		return nil, required("dhcpReservation")
	}
	owner, err := c.reservationOwner(prefix+"ownerRef", in.OwnerRef.V, hal.Opt[hal.ObjectType]{})
	if err != nil {
		return nil, err
	}
	r := &model.Reservation{
		ServerID: owner.server.ID, Name: in.Name.V, Client: in.ClientIdentifier.V,
		Method: model.ReservationMethod(in.ReservationMethod.V), Type: model.ReservationType(in.Type.V),
		Description: in.Description.V, DDNSHostName: in.DDNSHostName.V, Filename: in.Filename.V,
		ServerName: in.ServerName.V, NextServer: in.NextServer.V,
	}
	owner.take(r)
	if r.Addresses, err = reservedAddresses(prefix+"addresses", in.Addresses); err != nil {
		return nil, err
	}
	if err := c.checkReservation(prefix, r, owner); err != nil {
		return nil, err
	}
	if err := c.schema.Reservations.Insert(c.tx, r); err != nil {
		return nil, err
	}
	if err := c.reservationChanged(owner, nil, r); err != nil {
		return nil, err
	}
	if err := c.record(model.Creation, r.Ref(), r.Title(), "DHCP reservation %s (%s) added to %s", r.Title(), reserved(r), owner); err != nil {
		return nil, err
	}
	return &hal.AddDHCPReservationResponse{Ref: hal.Some(r.Ref().String())}, nil
}

// reserved says for whom a reservation keeps what.
func reserved(r *model.Reservation) string {
	if len(r.Addresses) == 0 {
		return r.Client
	}
	return r.Client + ": " + joinAddresses(r.Addresses)
}

// joinAddresses writes addresses as the property of a reservation does.
func joinAddresses(all []netip.Addr) string {
	texts := make([]string, len(all))
	for i, a := range all {
		texts[i] = a.String()
	}
	return strings.Join(texts, ",")
}

// owner is what reservations belong to: a scope, a group, or a server as a whole.
type owner struct {
	server *model.Server
	scope  *model.Scope
	group  *model.Group
}

func (o owner) ref() model.Ref {
	switch {
	case o.scope != nil:
		return o.scope.Ref()
	case o.group != nil:
		return o.group.Ref()
	}
	return o.server.Ref()
}

// take makes a reservation the owner's.
func (o owner) take(r *model.Reservation) {
	r.SpaceID, r.ServerID, r.ScopeID, r.GroupID = o.server.SpaceID, o.server.ID, 0, 0
	if o.scope != nil {
		r.ScopeID = o.scope.ID
	}
	if o.group != nil {
		r.GroupID = o.group.ID
	}
}

// String names the owner for history.
func (o owner) String() string {
	switch {
	case o.scope != nil:
		return "DHCP scope " + o.scope.Name
	case o.group != nil:
		return "DHCP group " + o.group.Name
	}
	return "DHCP server " + o.server.Name
}

// reservationOwner finds the owner of reservations by reference or name; a name
// that several have needs objType.
func (c *call) reservationOwner(field, text string, objType hal.Opt[hal.ObjectType]) (owner, error) {
	if strings.TrimSpace(text) == "" {
		return owner{}, required(field)
	}
	kinds := []model.ObjectType{model.TypeScope, model.TypeGroup, model.TypeServer}
	want := model.TypeUnknown
	if objType.Set {
		want, _ = model.ObjectTypeOf(string(objType.V))
	}
	ref, isRef := model.ParseRef(text)
	switch {
	case isRef && want != model.TypeUnknown && want != ref.Type:
		return owner{}, invalid("objType", "%s is not the type of %s", want, quote(text))
	case isRef:
		want = ref.Type
	}
	if want != model.TypeUnknown {
		if !slices.Contains(kinds, want) {
			return owner{}, invalid(field, "%s has no reservations; a DHCPScope, DHCPGroup or DHCPServer has", article(want))
		}
		return c.ownerOf(want, field, text)
	}
	var found *owner
	for _, t := range kinds {
		o, err := c.ownerOf(t, field, text)
		switch {
		case errs.CodeOf(err) == errs.NotFound:
		case err != nil:
			return owner{}, err
		case found != nil:
			return owner{}, errs.Errorf(errs.Ambiguous, "%s: %s names %s and %s; use a reference", field, quote(text), article(found.ref().Type), article(t))
		default:
			found = &o
		}
	}
	if found == nil {
		return owner{}, notFound(field, "DHCP scope, group or server", text)
	}
	return *found, nil
}

// ownerOf finds an owner of one type.
func (c *call) ownerOf(t model.ObjectType, field, text string) (o owner, err error) {
	var server model.ID
	switch t {
	case model.TypeScope:
		if o.scope, err = c.scope(field, text); err == nil {
			server = o.scope.ServerID
		}
	case model.TypeGroup:
		if o.group, err = c.group(field, text); err == nil {
			server = o.group.ServerID
		}
	default:
		o.server, err = c.server(field, text)
		return o, err
	}
	if err != nil {
		return owner{}, err
	}
	o.server, err = c.serverByID(server)
	return o, err
}

// owns reads what a reservation belongs to.
func (c *call) owns(r *model.Reservation) (owner, error) {
	ref := r.Owner()
	return c.ownerOf(ref.Type, "ownerRef", ref.String())
}

// reservation finds a reservation by reference or unique name. Those of Kea
// servers, which know no names, are found by reference only.
func (c *call) reservation(field, text string) (*model.Reservation, error) {
	if strings.TrimSpace(text) == "" {
		return nil, required(field)
	}
	if r, used, err := byRef(c, c.schema.Reservations, model.TypeReservation, field, "DHCP reservation", text); used || err != nil {
		return r, err
	}
	text = bare(text, "DHCPReservations")
	var found *model.Reservation
	for r, err := range c.schema.ReservationsByName.Begin(c.tx, store.NameKey(text)) {
		if err != nil {
			return nil, err
		}
		server, err := c.serverByID(r.ServerID)
		if err != nil {
			return nil, err
		}
		if server.Kind.IsKea() || server.SpaceID != c.space() {
			continue
		}
		if found != nil {
			return nil, errs.Errorf(errs.Ambiguous, "%s: several objects (DHCP reservation) are named %s; use a reference", field, quote(text))
		}
		found = r
	}
	if found == nil {
		return nil, notFound(field, "DHCP reservation", text)
	}
	return found, nil
}

// reservationsOf are an owner's reservations by id.
func (c *call) reservationsOf(owner model.Ref) ([]*model.Reservation, error) {
	var all []*model.Reservation
	for r, err := range c.schema.ReservationsByOwner.Find(c.tx, store.RefKey(owner)) {
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// deleteReservation deletes a reservation with its options.
func (c *call) deleteReservation(r *model.Reservation) error {
	if err := c.deleteOptions(r.Ref()); err != nil {
		return err
	}
	return c.schema.Reservations.Delete(c.tx, r.ID)
}

// deleteReservations removes all reservations of an owner that is removed
// itself. It returns how many.
func (c *call) deleteReservations(owner model.Ref) (int, error) {
	all, err := c.reservationsOf(owner)
	if err != nil {
		return 0, err
	}
	for _, r := range all {
		if err := c.deleteReservation(r); err != nil {
			return 0, err
		}
	}
	return len(all), nil
}
