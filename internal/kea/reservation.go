package kea

import (
	"cmp"
	"encoding/hex"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/kea/conf"
	"halxml/internal/model"
)

// maxDUID is the length of the longest DUID, bytes (RFC 8415, 11.1, and Kea).
const maxDUID = 128

// reservations writes the reservations of a scope, or those of the whole server that are of this family, by address and
// client. If the snapshot has none at all they are left to Base; else they are the domain's, and one of Base stays only as
// what else it says of the same client, or when the domain has no word for what its client is known by.
func (r *renderer) reservations(owner model.Ref, base []conf.Reservation) ([]conf.Reservation, error) {
	if r.snap.Reservations == nil {
		return base, nil
	}
	var list []*model.Reservation
	for _, o := range r.reserved[owner] {
		// One of the server without an address is of DHCPv4.
		if owner.Type == model.TypeScope || (len(o.Addresses) > 0 && o.Addresses[0].Is6()) == r.snap.v6() {
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(a, b *model.Reservation) int {
		return cmp.Or(slices.CompareFunc(a.Addresses, b.Addresses, netip.Addr.Compare), cmp.Compare(a.Client, b.Client), cmp.Compare(a.Method, b.Method))
	})
	known := map[string]*conf.Reservation{}
	for i := range base {
		known[client(&base[i])] = &base[i]
	}
	seen := map[string]bool{}
	var out []conf.Reservation
	for _, o := range list {
		one, err := r.identifier(o)
		if err != nil {
			return nil, err
		}
		id := client(&one)
		if seen[id] {
			return nil, errs.Errorf(errs.Conflict, "Server %s has two reservations for the client %s in one place.", r.snap.Server.Name, o.Client)
		}
		seen[id] = true
		if b := known[id]; b != nil {
			one = *b
		}
		if err := r.reservation(o, &one); err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	for i := range base { // the domain never has one of these: they are the operator's
		if foreign(&base[i], r.snap.v6()) {
			out = append(out, base[i])
		}
	}
	return out, nil
}

// reservation writes what the client is given.
func (r *renderer) reservation(o *model.Reservation, out *conf.Reservation) error {
	out.IPAddress, out.IPAddresses = "", nil
	for _, a := range o.Addresses {
		if r.snap.v6() {
			out.IPAddresses = append(out.IPAddresses, a.String())
		} else {
			out.IPAddress = a.String()
		}
	}
	if !r.snap.v6() && len(o.Addresses) > 1 {
		return errs.Errorf(errs.Invalid, "Reservation %s of server %s has %d addresses; a Kea server reserves one.", o.Title(), r.snap.Server.Name, len(o.Addresses))
	}
	out.Hostname = o.DDNSHostName
	comment(&out.UserContext, &out.Rest, o.Name)
	var err error
	out.Options, err = r.options(place{o.Ref(), "reservation " + o.Title(), nil}, out.Options)
	if out.IPAddress == "" && len(out.IPAddresses)+len(out.Prefixes)+len(out.Options)+len(out.ClientClasses) == 0 && out.Hostname+out.NextServer+out.ServerHostname+out.BootFileName == "" {
		out.ClientClasses = []string{"KNOWN"} // what a reservation means anyhow: Kea refuses one that gives nothing
	}
	return err
}

// pairs is an identifier that is written as bytes.
var pairs = regexp.MustCompile(`^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2})+$`)

// identifier writes what the client is known by. A client identifier that is not written as bytes is its text's.
func (r *renderer) identifier(o *model.Reservation) (out conf.Reservation, err error) {
	if o.Method != model.ByClientIdentifier {
		out.HWAddress = o.Client
		return out, nil
	}
	id := o.Client
	if !pairs.MatchString(id) {
		b := make([]string, len(id))
		for i := range b {
			b[i] = hex.EncodeToString([]byte{id[i]})
		}
		id = strings.Join(b, ":")
	}
	if !r.snap.v6() {
		out.ClientID = id
		return out, nil
	}
	if len(id) > 3*maxDUID-1 {
		return out, errs.Errorf(errs.Invalid, "The client of reservation %s of server %s has an identifier of more than %d bytes, which is no DUID.", o.Title(), r.snap.Server.Name, maxDUID)
	}
	out.DUID = id
	return out, nil
}

// client is what a reservation knows its client by, in one spelling.
func client(r *conf.Reservation) string {
	plain := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, ":", "")) }
	return plain(r.HWAddress) + "/" + plain(r.DUID) + "/" + plain(r.ClientID) + "/" + r.CircuitID + "/" + r.FlexID
}
