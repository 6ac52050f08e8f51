package command

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/store"
	"halxml/wsdl/hal"
)

// Lengths of the fields of a BOOTP packet, without the final NUL (RFC 2131, 2).
const (
	maxServerName = 63
	maxFilename   = 127
)

// hostStatement is what dhcpd takes as the name of a host statement.
var hostStatement = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9][A-Za-z0-9_-]*)*\.?$`)

// reservedAddresses reads the addresses of a reservation, each once.
func reservedAddresses(field string, texts []string) ([]netip.Addr, error) {
	var all []netip.Addr
	for _, text := range texts {
		a, ok := parseAddr(text)
		switch {
		case !ok:
			return nil, invalid(field, "%s is not an IP address", quote(text))
		case slices.Contains(all, a):
			return nil, invalid(field, "%s is given twice", a)
		case len(all) > 0 && all[0].Is4() != a.Is4():
			return nil, invalid(field, "%s and %s are of two protocols; make a reservation for each", all[0], a)
		}
		all = append(all, a)
	}
	return all, nil
}

// hexIdentifier is a client identifier written as octets.
var hexIdentifier = regexp.MustCompile(`^[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2})+$`)

// setClient brings a reservation's client into the form in which it is kept: a
// hardware address and an identifier of octets as aa:bb:cc, any other
// identifier as it is.
func setClient(prefix string, r *model.Reservation) error {
	field := prefix + "clientIdentifier"
	r.Client = strings.TrimSpace(r.Client)
	switch {
	case r.Client == "":
		return required(field)
	case r.Method == "":
		r.Method = model.ByHardwareAddress
	case !hal.DHCPReservationMethod(r.Method).Valid():
		return invalid(prefix+"reservationMethod", "%s is not a DHCPReservationMethod", quote(string(r.Method)))
	}
	if err := optionalName(field, r.Client); err != nil {
		return err
	}
	if r.Method == model.ByClientIdentifier {
		if hexIdentifier.MatchString(r.Client) {
			r.Client = strings.ToLower(strings.ReplaceAll(r.Client, "-", ":"))
		}
		return nil
	}
	address, ok := model.HardwareAddress(r.Client)
	if !ok {
		return invalid(field, "%s is not a hardware address such as 00:11:22:aa:bb:cc", quote(r.Client))
	}
	r.Client = address
	return nil
}

// checkReservation holds a reservation's rules and drops what its kind of
// server does not know.
func (c *call) checkReservation(prefix string, r *model.Reservation, o owner) error {
	kind := o.server.Kind
	if o.scope == nil && kind != model.KindISC && !kind.IsKea() {
		return errs.Errorf(errs.NotSupported, "%sownerRef: a reservation of a server of type %s belongs to a scope", prefix, kind)
	}
	if err := setClient(prefix, r); err != nil {
		return err
	}
	if err := checkReservationTexts(prefix, r, kind); err != nil {
		return err
	}
	if err := c.checkReservationName(prefix+"name", r, o); err != nil {
		return err
	}
	for other, err := range c.schema.ReservationsByClient.Find(c.tx, store.NameKey(r.Client).ID(r.ServerID).ID(r.ScopeID)) {
		if err != nil {
			return err
		}
		if other.ID != r.ID && other.Client == r.Client && other.Method == r.Method {
			return conflict(prefix+"clientIdentifier", "%s has a reservation on server %s already, %s", r.Client, o.server.Name, quote(other.Title()))
		}
	}
	return c.checkReserved(prefix+"addresses", r, o)
}

// checkReservationTexts checks what a kind of server knows beside client and
// addresses, and clears the rest.
func checkReservationTexts(prefix string, r *model.Reservation, kind model.ServerKind) error {
	if kind != model.KindMicrosoft {
		r.Type, r.Description = model.ReserveBoth, ""
	}
	if kind != model.KindISC && !kind.IsKea() {
		r.DDNSHostName = ""
	}
	if kind != model.KindISC {
		r.Filename, r.ServerName, r.NextServer = "", "", ""
	}
	if r.Type == "" {
		r.Type = model.ReserveBoth
	}
	if !hal.DHCPReservationType(r.Type).Valid() {
		return invalid(prefix+"type", "%s is not a DHCPReservationType", quote(string(r.Type)))
	}
	if r.DDNSHostName = strings.TrimSpace(r.DDNSHostName); r.DDNSHostName != "" && !(len(r.DDNSHostName) <= 253 && hostname.MatchString(r.DDNSHostName)) {
		return invalid(prefix+"ddnsHostName", "%s is not a host name", quote(r.DDNSHostName))
	}
	if r.NextServer = strings.TrimSpace(r.NextServer); r.NextServer != "" && !hostOrAddress(r.NextServer) {
		return invalid(prefix+"nextServer", "%s is not an IP address or host name", quote(r.NextServer))
	}
	for _, f := range []struct {
		name, value string
		most        int
	}{{"filename", r.Filename, maxFilename}, {"serverName", r.ServerName, maxServerName}} {
		if len(f.value) > f.most {
			return errs.Errorf(errs.TooLarge, "%s: longer than %d bytes", prefix+f.name, f.most)
		}
		if err := plainText(prefix+f.name, f.value, false); err != nil {
			return err
		}
	}
	return plainText(prefix+"description", r.Description, true)
}

// checkReservationName checks a reservation's name, which may be empty. dhcpd
// takes each name once and none without one: there a missing name is made from
// the client.
func (c *call) checkReservationName(field string, r *model.Reservation, o owner) error {
	r.Name = strings.TrimSpace(r.Name)
	if err := noReference(field, r.Name); err != nil {
		return err
	}
	if err := optionalName(field, r.Name); err != nil {
		return err
	}
	if o.server.Kind != model.KindISC {
		return nil
	}
	if r.Name == "" {
		return c.nameReservation(field, r)
	}
	if !hostStatement.MatchString(r.Name) {
		return invalid(field, "%s is not a name that dhcpd takes for a host: letters, digits, hyphens and underscores, with dots between", quote(r.Name))
	}
	return c.freeHostName(field, r)
}

// freeHostName refuses a name that another reservation of the server has.
func (c *call) freeHostName(field string, r *model.Reservation) error {
	for other, err := range c.schema.ReservationsByName.Find(c.tx, store.NameKey(r.Name).ID(r.ServerID)) {
		if err != nil {
			return err
		}
		if other.ID != r.ID {
			return conflict(field, "the server has a reservation %s already", quote(r.Name))
		}
	}
	return nil
}

// nameReservation names a reservation after its client and, where that name is
// taken, its first address.
func (c *call) nameReservation(field string, r *model.Reservation) error {
	name := strings.Map(func(ch rune) rune {
		if ch >= '0' && ch <= '9' || ch >= 'a' && ch <= 'z' || ch >= 'A' && ch <= 'Z' || ch == '_' {
			return ch
		}
		return '-'
	}, r.Client)
	if name = strings.Trim(name, "-_"); name == "" {
		name = "client"
	}
	r.Name = name
	err := c.freeHostName(field, r)
	if errs.CodeOf(err) != errs.Conflict || len(r.Addresses) == 0 {
		return err
	}
	r.Name = name + "-" + strings.Trim(strings.NewReplacer(".", "-", ":", "-").Replace(r.Addresses[0].String()), "-")
	return c.freeHostName(field, r)
}

// checkReserved holds the rules of a reservation's addresses: as many as its
// kind of server takes, usable ones of the scope, each reserved once on the
// server, and outside the pools of an ISC server unless that is allowed.
func (c *call) checkReserved(field string, r *model.Reservation, o owner) error {
	n := len(r.Addresses)
	switch kind := o.server.Kind; {
	case n == 0 && kind != model.KindISC && !kind.IsKea():
		return required(field)
	case n > 1 && kind != model.KindISC && (!kind.IsKea() || r.Addresses[0].Is4()):
		return errs.Errorf(errs.NotSupported, "%s: a reservation of a server of type %s has one address, not %d", field, kind, n)
	}
	for _, a := range r.Addresses {
		scope := o.scope
		if scope == nil {
			if a.IsUnspecified() || a.IsMulticast() || a.IsLoopback() || a == broadcast {
				return invalid(field, "%s is not an address that a client can have", a)
			}
			var err error
			if scope, err = c.scopeAt(o.server.ID, a); err != nil {
				return err
			}
		}
		if err := c.checkReservedInScope(field, a, scope, o.server); err != nil {
			return err
		}
		for other, err := range c.schema.ReservationsByAddress.Find(c.tx, keyOf(o.server.SpaceID).Addr(a).ID(r.ServerID)) {
			if err != nil {
				return err
			}
			if other.ID != r.ID {
				return conflict(field, "%s is reserved on server %s already, by %s", a, o.server.Name, quote(other.Title()))
			}
		}
	}
	return nil
}

// broadcast is the address of all hosts of the local network.
var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// checkReservedInScope holds the rules between an address and the scope it lies
// in; an address of no scope (nil) may be reserved on a server or group.
func (c *call) checkReservedInScope(field string, a netip.Addr, s *model.Scope, server *model.Server) error {
	if s == nil {
		return nil
	}
	rng, err := c.schema.Ranges.Get(c.tx, s.RangeID)
	if err != nil {
		return err
	}
	if err := usable(field, rng, a); err != nil {
		return err
	}
	if server.Kind != model.KindISC {
		return nil
	}
	if allowed, err := c.reservationsInPools(); err != nil || allowed {
		return err
	}
	p, err := c.poolAt(s.ID, a)
	if err == nil && p != nil {
		err = conflict(field, "%s lies in the address pool %s of DHCP scope %s, where the system settings allow no reservation", a, poolSpan(p), s.Name)
	}
	return err
}

// usable refuses an address outside a range, and the network and broadcast
// address of an IPv4 subnet.
func usable(field string, rng *model.Range, a netip.Addr) error {
	if !rng.Contains(a) {
		return invalid(field, "%s lies outside the scope's range %s", a, rng.Name)
	}
	if first, last := usableSpan(rng); a.Less(first) {
		return invalid(field, "%s is the network address of %s", a, rng.Name)
	} else if last.Less(a) {
		return invalid(field, "%s is the broadcast address of %s", a, rng.Name)
	}
	return nil
}

// usableSpan is a range without the network and broadcast address of an IPv4
// subnet.
func usableSpan(rng *model.Range) (first, last netip.Addr) {
	if prefix, ok := spanPrefix(rng.From, rng.To); ok && rng.From.Is4() && prefix.Bits() <= 30 {
		return rng.From.Next(), rng.To.Prev()
	}
	return rng.From, rng.To
}

// scopeAt is a server's scope that an address lies in, or nil.
func (c *call) scopeAt(server model.ID, a netip.Addr) (*model.Scope, error) {
	space, err := c.spaceOfServer(server)
	if err != nil {
		return nil, err
	}
	rng, err := c.enclosing(&model.Range{SpaceID: space, From: a, To: a})
	for err == nil && rng != nil {
		s, err := c.instance(server, rng.ID)
		if err != nil || s != nil {
			return s, err
		}
		if rng.ParentID == 0 {
			break
		}
		if rng, err = c.schema.Ranges.Get(c.tx, rng.ParentID); err != nil {
			return nil, err
		}
	}
	return nil, err
}
