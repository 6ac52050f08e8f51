package kea

import (
	"net/netip"
	"slices"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/kea/conf"
	"halxml/internal/model"
)

// placed is a scope with its subnet.
type placed struct {
	*Scope
	subnet netip.Prefix
}

// networks writes the enabled scopes of the family by address, those of one superscope in a shared network. A disabled
// scope is left out: Kea has no word for it, and a subnet without pools would still renew leases.
func (r *renderer) networks() error {
	scopes, err := r.scopes()
	if err != nil {
		return err
	}
	known := map[netip.Prefix]*conf.Subnet{}
	subnets, _ := r.out.AllSubnets(r.snap.family())
	for _, s := range subnets {
		if p, err := netip.ParsePrefix(s.Prefix); err == nil {
			known[p.Masked()] = s
		}
	}
	var alone []conf.Subnet
	shared := map[string][]conf.Subnet{}
	for _, s := range scopes {
		subnet, err := r.subnet(s, known[s.subnet])
		if err != nil {
			return err
		}
		if s.Superscope == "" {
			alone = append(alone, subnet)
		} else {
			shared[s.Superscope] = append(shared[s.Superscope], subnet)
		}
	}
	r.out.SharedNetworks = r.shared(shared)
	key := "subnet4"
	r.out.Subnets4, r.out.Subnets6 = alone, nil
	if r.snap.v6() {
		key = "subnet6"
		r.out.Subnets4, r.out.Subnets6 = nil, alone
	}
	if len(alone) == 0 {
		r.out.Rest.Set(key, conf.List{}) // Kea does not take a configuration without any key
	}
	return nil
}

func (r *renderer) scopes() ([]placed, error) {
	var out []placed
	for i := range r.snap.Scopes {
		s := &r.snap.Scopes[i]
		if s.Range.From.Is6() != r.snap.v6() || !s.Enabled {
			continue
		}
		subnet, ok := cidr(s.Range.From, s.Range.To)
		switch {
		case !ok:
			return nil, errs.Errorf(errs.Invalid, "Scope %s of server %s is not a CIDR block, which a Kea server needs.", s.Range.Name, r.snap.Server.Name)
		case s.SubnetID == 0 && (s.RangeID == 0 || s.RangeID > conf.MaxSubnetID):
			return nil, errs.Errorf(errs.Internal, "Scope %s of server %s has a range with the id %d, which no subnet of Kea can have.", subnet, r.snap.Server.Name, s.RangeID)
		}
		out = append(out, placed{s, subnet})
	}
	slices.SortFunc(out, func(a, b placed) int {
		if c := a.subnet.Addr().Compare(b.subnet.Addr()); c != 0 {
			return c
		}
		return a.subnet.Bits() - b.subnet.Bits()
	})
	for i := 1; i < len(out); i++ {
		if out[i-1].subnet == out[i].subnet {
			return nil, errs.Errorf(errs.Conflict, "Server %s has two scopes of %s.", r.snap.Server.Name, out[i].subnet)
		}
	}
	return out, nil
}

// shared makes the shared networks, by name; each keeps what Base says of it.
func (r *renderer) shared(subnets map[string][]conf.Subnet) []conf.SharedNetwork {
	names := make([]string, 0, len(subnets))
	for name := range subnets {
		names = append(names, name)
	}
	slices.Sort(names)
	var out []conf.SharedNetwork
	for _, name := range names {
		n := conf.SharedNetwork{Name: name}
		if i := slices.IndexFunc(r.out.SharedNetworks, func(n conf.SharedNetwork) bool { return n.Name == name }); i >= 0 {
			n = r.out.SharedNetworks[i]
		}
		n.Subnets4, n.Subnets6 = subnets[name], nil
		if r.snap.v6() {
			n.Subnets4, n.Subnets6 = nil, subnets[name]
		}
		out = append(out, n)
	}
	return out
}

// subnet writes a scope over what Base says of its subnet, which may be nil.
func (r *renderer) subnet(s placed, base *conf.Subnet) (conf.Subnet, error) {
	out := conf.Subnet{}
	if base != nil {
		out = *base
	}
	out.ID, out.Prefix = int64(s.RangeID), s.subnet.String()
	if s.SubnetID != 0 {
		out.ID = int64(s.SubnetID)
	}
	name := s.Scope.Name
	if name == s.subnet.String() { // that would say the prefix once more
		name = ""
	}
	comment(&out.UserContext, &out.Rest, join(name, s.Description))
	out.Rest = slices.Clone(out.Rest)
	var err error
	if out.Options, err = r.options(place{s.Ref(), "scope " + s.subnet.String(), &out.Rest}, out.Options); err != nil {
		return out, err
	}
	if out.Reservations, err = r.reservations(s.Ref(), out.Reservations); err != nil {
		return out, err
	}
	pools := slices.Clone(s.Pools)
	slices.SortFunc(pools, func(a, b model.Pool) int { return a.From.Compare(b.From) })
	known := out.Pools
	out.Pools = nil
	for i := range pools {
		p := &pools[i]
		switch {
		case !s.subnet.Contains(p.From) || !s.subnet.Contains(p.To) || p.To.Less(p.From):
			return out, errs.Errorf(errs.Invalid, "Address pool %s-%s does not lie in scope %s of server %s.", p.From, p.To, s.subnet, r.snap.Server.Name)
		case i > 0 && !pools[i-1].To.Less(p.From):
			return out, errs.Errorf(errs.Conflict, "Address pools %s-%s and %s-%s of server %s overlap.",
				pools[i-1].From, pools[i-1].To, p.From, p.To, r.snap.Server.Name)
		}
		written, err := r.pool(p, known)
		if err != nil {
			return out, err
		}
		out.Pools = append(out.Pools, written...)
	}
	return out, nil
}

// pool writes a pool, divided between the partners if they balance their load. What Base says of a pool around it stays.
func (r *renderer) pool(p *model.Pool, known []conf.Pool) (out []conf.Pool, err error) {
	whole := span{p.From, p.To}
	parts, classes := r.divide(p, whole, known)
	for i, s := range parts {
		one := conf.Pool{}
		if base := around(s, known); base != nil {
			one = *base
		}
		one.Range = s.String()
		if !ofOperator(&one) {
			one.ClientClass = classes[i]
		}
		if p.Name != p.From.String()+"-"+p.To.String() { // which the line above says
			comment(&one.UserContext, &one.Rest, p.Name)
		}
		if one.Options, err = r.options(place{p.Ref(), "address pool " + whole.String(), nil}, one.Options); err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// ofOperator reports whether a pool is for a class of the operator's.
func ofOperator(p *conf.Pool) bool {
	return p.ClientClass != "" && !strings.HasPrefix(p.ClientClass, conf.HAClass(""))
}

// divide cuts a pool into the shares of the partners.
func (r *renderer) divide(p *model.Pool, whole span, known []conf.Pool) (parts []span, classes []string) {
	if len(p.Permits) > 0 {
		r.note(Permits, p.Ref(), "Address pool "+p.From.String()+"-"+p.To.String()+" has permits, which a Kea server does not have.")
	}
	if r.shares == nil {
		return []span{whole}, []string{""}
	}
	if base := around(whole, known); base != nil && ofOperator(base) {
		r.note(Classed, p.Ref(), "Address pool "+p.From.String()+"-"+p.To.String()+" is for the class "+base.ClientClass+
			" and therefore not divided between the partners.")
		return []span{whole}, []string{""}
	}
	first, second, divided := whole.halves()
	if !divided {
		return []span{whole}, r.shares[:1]
	}
	return []span{first, second}, r.shares
}

// around finds the pool that a span lies in.
func around(s span, known []conf.Pool) *conf.Pool {
	for i := range known {
		if from, to, ok := known[i].Bounds(); ok && from.Compare(s.from) <= 0 && s.to.Compare(to) <= 0 {
			return &known[i]
		}
	}
	return nil
}

// comment sets the comment in a user context, where Kea itself puts the key "comment".
func comment(context, rest *conf.Object, text string) {
	if text == "" {
		return
	}
	*rest = slices.Clone(*rest)
	rest.Delete("comment")
	*context = slices.Clone(*context)
	context.Set("comment", text)
}

func join(texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(s string) bool { return s == "" }), ": ")
}
