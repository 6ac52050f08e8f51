package dhcpd

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"halxml/internal/dhcpd/conf"
	"halxml/internal/errs"
	"halxml/internal/model"
)

// hosts writes the reservations of one owner, by name.
func (r *renderer) hosts(owner model.Ref) (out []conf.Statement, err error) {
	list := slices.Clone(r.reserved[owner])
	slices.SortFunc(list, func(a, b *model.Reservation) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	for _, res := range list {
		if len(res.Addresses) > 0 && res.Addresses[0].Is6() {
			r.note(IPv6, res.Ref(), "Reservation "+res.Title()+" is of IPv6, which another file configures.")
			continue
		}
		h, err := r.host(res)
		if err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
}

// octets is a client identifier that is kept as bytes.
var octets = regexp.MustCompile(`^[0-9a-f]{2}(:[0-9a-f]{2})+$`)

// host writes one reservation.
func (r *renderer) host(res *model.Reservation) (*conf.Host, error) {
	name := strings.TrimSuffix(res.Name, ".")
	if !hostName(name) || r.named[strings.ToLower(name)] {
		return nil, errs.Errorf(errs.Invalid, "Reservation %q of server %s has a name that dhcpd does not take for a host, or takes only once.", res.Title(), r.snap.Server.Name)
	}
	r.named[strings.ToLower(name)] = true
	var more []conf.Statement
	set := func(parameter, value string) {
		if value != "" {
			more = append(more, &conf.Parameter{Name: parameter, Value: value})
		}
	}
	quoted := func(text string) string {
		if text == "" {
			return ""
		}
		return conf.Quote(text)
	}
	switch {
	case res.Method != model.ByClientIdentifier:
		more = append(more, &conf.Hardware{Type: "ethernet", Address: res.Client})
	case octets.MatchString(res.Client):
		more = append(more, &conf.Option{Name: "dhcp-client-identifier", Value: res.Client})
	default:
		more = append(more, &conf.Option{Name: "dhcp-client-identifier", Value: conf.Quote(res.Client)})
	}
	if len(res.Addresses) > 0 {
		fixed := &conf.FixedAddress{}
		for _, a := range res.Addresses {
			fixed.Addresses = append(fixed.Addresses, a.String())
		}
		more = append(more, fixed)
	}
	set("ddns-hostname", quoted(res.DDNSHostName))
	set("filename", quoted(res.Filename))
	set("server-name", quoted(res.ServerName))
	set("next-server", res.NextServer)
	options, err := r.optionsOf(res.Ref(), "reservation "+res.Title())
	if err != nil {
		return nil, err
	}
	h := &conf.Host{Name: name}
	r.write(&h.Block, place{owner: res.Ref()}, append(more, options...)...)
	return h, nil
}

// groups writes the groups that lie in one, or in none (0), by name: first the groups inside each, then its hosts.
func (r *renderer) groups(parent model.ID, depth int) (out []conf.Statement, err error) {
	if depth > conf.MaxBlockDepth/2 {
		return nil, errs.Errorf(errs.Invalid, "The groups of server %s lie in one another without end.", r.snap.Server.Name)
	}
	list := make([]*model.Group, 0, len(r.snap.Groups))
	for i := range r.snap.Groups {
		if g := &r.snap.Groups[i]; g.ParentID == parent {
			list = append(list, g)
		}
	}
	slices.SortFunc(list, func(a, b *model.Group) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	for _, g := range list {
		inner, err := r.groups(g.ID, depth+1)
		if err != nil {
			return nil, err
		}
		hosts, err := r.hosts(g.Ref())
		if err != nil {
			return nil, err
		}
		options, err := r.optionsOf(g.Ref(), "group "+g.Name)
		if err != nil {
			return nil, err
		}
		s := &conf.Group{Name: g.Name}
		r.write(&s.Block, place{owner: g.Ref()}, options...)
		s.Comments, s.Tail = s.Tail, nil // they are not those of the first host
		s.Statements = slices.Concat(s.Statements, inner, hosts)
		out = append(out, s)
	}
	return out, nil
}

// end writes what stands behind the networks: groups, the reservations of the server as a whole, which may name a group,
// then the operator's statements for the end.
func (r *renderer) end(b *conf.Block) error {
	hosts, err := r.hosts(r.snap.Server.Ref())
	if err != nil {
		return err
	}
	groups, err := r.groups(0, 0)
	if err != nil {
		return err
	}
	b.Statements = append(groups, hosts...)
	r.write(b, place{owner: r.snap.Server.Ref(), part: model.EndPart})
	return nil
}
