package command

import (
	"slices"
	"strings"

	"halxml/internal/model"
	"halxml/wsdl/hal"
)

// reservationObject is a reservation for the generic commands.
type reservationObject struct {
	c *call
	*model.Reservation
	before *model.Reservation
}

func (o *reservationObject) ref() model.Ref            { return o.Reservation.Ref() }
func (o *reservationObject) title() string             { return o.Title() }
func (o *reservationObject) custom() *[]model.Property { return nil }

// properties of a reservation. What its kind of server does not know is taken
// and ignored, since clients send all of them.
func (o *reservationObject) properties() []property {
	r := o.Reservation
	if o.before == nil {
		was := *r
		was.Addresses = slices.Clone(r.Addresses)
		o.before = &was
	}
	kind := model.KindISC
	if server, err := o.c.serverByID(r.ServerID); err == nil {
		kind = server.Kind
	}
	isISC, isMicrosoft := kind == model.KindISC, kind == model.KindMicrosoft
	plainClient := plainHardware
	if r.Method == model.ByClientIdentifier {
		plainClient = plainIdentifier
	}
	kindOfClient := choice[hal.DHCPReservationType]("type", string(r.Type), func(v string) error { r.Type = model.ReservationType(v); return nil })
	kindOfClient.ignored = !isMicrosoft
	return []property{
		{name: "name", value: r.Name, plain: strings.TrimSpace, set: words(&r.Name)},
		{name: "clientIdentifier", value: r.Client, plain: plainClient, set: words(&r.Client)},
		{name: "addresses", value: joinAddresses(r.Addresses), plain: plainAddresses, set: func(v string) (err error) {
			r.Addresses, err = reservedAddresses("properties.addresses", splitAddresses(v))
			return err
		}},
		kindOfClient,
		choice[hal.DHCPReservationMethod]("reservationMethod", string(r.Method), func(v string) error { r.Method = model.ReservationMethod(v); return nil }),
		{name: "description", value: r.Description, ignored: !isMicrosoft, set: words(&r.Description)},
		{name: "ddnsHostName", value: r.DDNSHostName, ignored: !isISC && !kind.IsKea(), set: words(&r.DDNSHostName)},
		{name: "filename", value: r.Filename, ignored: !isISC, set: words(&r.Filename)},
		{name: "serverName", value: r.ServerName, ignored: !isISC, set: words(&r.ServerName)},
		{name: "nextServer", value: r.NextServer, ignored: !isISC, set: words(&r.NextServer)},
		{name: "ownerRef", value: r.Owner().String()},
	}
}

func (o *reservationObject) save(changes string) (string, error) {
	c, r := o.c, o.Reservation
	owner, err := c.owns(r)
	if err != nil {
		return "", err
	}
	if err := c.checkReservation("properties.", r, owner); err != nil {
		return "", err
	}
	if err := c.schema.Reservations.Update(c.tx, r); err != nil {
		return "", err
	}
	if err := c.reservationChanged(owner, o.before, r); err != nil {
		return "", err
	}
	return "", c.record(model.Modification, r.Ref(), r.Title(), "DHCP reservation %s (%s) modified: %s", r.Title(), reserved(r), changes)
}

func (o *reservationObject) remove(bool) error {
	c, r := o.c, o.Reservation
	owner, err := c.owns(r)
	if err != nil {
		return err
	}
	if err := c.deleteReservation(r); err != nil {
		return err
	}
	if err := c.reservationChanged(owner, r, nil); err != nil {
		return err
	}
	return c.record(model.Deletion, r.Ref(), r.Title(), "DHCP reservation %s (%s) removed from %s", r.Title(), reserved(r), owner)
}
