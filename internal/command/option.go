package command

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/store"
	"halxml/wsdl/hal"
)

func getOptions(c *call, req *hal.GetDHCPOptions) (*hal.GetDHCPOptionsResponse, error) {
	o, err := c.optionOwner("ref", req.Ref.V, req.ObjType)
	if err != nil {
		return nil, err
	}
	policy, err := c.policyFor("dhcpPolicyName", o, req.DHCPPolicyName.V)
	if err != nil {
		return nil, err
	}
	set, err := c.optionSet(o, policy)
	if err != nil {
		return nil, err
	}
	return &hal.GetDHCPOptionsResponse{Ticket: hal.Some(ticket(set)), DHCPOptions: wire.Options(set.Options)}, nil
}

// ticket numbers the state of a set of options; 0 is left to mean "no ticket".
func ticket(s *model.OptionSet) uint32 { return max(s.Revision+1, 1) }

func setOptions(c *call, req *hal.SetDHCPOptions) (*hal.SetDHCPOptionsResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	o, err := c.optionOwner("ref", req.Ref.V, req.ObjType)
	if err != nil {
		return nil, err
	}
	policy, err := c.policyFor("dhcpPolicyName", o, req.DHCPPolicyName.V)
	if err != nil {
		return nil, err
	}
	set, err := c.optionSet(o, policy)
	if err != nil {
		return nil, err
	}
	if req.Ticket.V != 0 && req.Ticket.V != ticket(set) {
		return nil, errs.Errorf(errs.Stale, "ticket: the options of %s have been changed since; read them again", o.title(policy))
	}
	options, err := c.parseOptions("dhcpOptions", o, req.DHCPOptions)
	if err != nil {
		return nil, err
	}
	changes := optionChanges(set.Options, options)
	if changes == "" {
		return &hal.SetDHCPOptionsResponse{}, nil
	}
	set.Options = options
	if err := c.storeOptions(set); err != nil {
		return nil, err
	}
	if err := c.mirrorOwner(o); err != nil {
		return nil, err
	}
	return &hal.SetDHCPOptionsResponse{}, c.record(model.Modification, o.Ref, o.name, "Options of %s set: %s", o.title(policy), changes)
}

// optionOwner is an object that carries options.
type optionOwner struct {
	model.Ref
	name   string
	server *model.Server
	scope  *model.Scope // nil for a server or group
	group  *model.Group // nil for what lies in none
	// reservation is set for a reservation.
	reservation *model.Reservation
	v6          bool
}

// title names the owner, or a policy of it, in texts.
func (o *optionOwner) title(p *model.Policy) string {
	kind := map[model.ObjectType]string{
		model.TypeServer: "DHCP server", model.TypeScope: "DHCP scope", model.TypePool: "address pool",
		model.TypeGroup: "DHCP group", model.TypeReservation: "DHCP reservation",
	}[o.Type]
	if p != nil {
		return "policy " + p.Name + " of " + kind + " " + o.name
	}
	return kind + " " + o.name
}

// optionOwners are the kinds of objects that carry options, in the order in
// which a name is looked up.
var optionOwners = []model.ObjectType{model.TypeServer, model.TypeScope, model.TypePool, model.TypeGroup, model.TypeReservation}

// optionOwner finds the object that a command on options names: by reference,
// or by name where only one object that carries options has it.
func (c *call) optionOwner(field, text string, objType hal.Opt[hal.ObjectType]) (*optionOwner, error) {
	if strings.TrimSpace(text) == "" {
		return nil, required(field)
	}
	types := optionOwners
	want, _ := model.ObjectTypeOf(string(objType.V))
	if ref, ok := model.ParseRef(text); ok {
		if want != model.TypeUnknown && want != ref.Type {
			return nil, invalid("objType", "%s is not the type of %s", want, quote(text))
		}
		want = ref.Type
	}
	if want != model.TypeUnknown {
		if !slices.Contains(optionOwners, want) {
			return nil, invalid(field, "%s carries no DHCP options", article(want))
		}
		types = []model.ObjectType{want}
	}
	var found *optionOwner
	for _, t := range types {
		o, err := c.optionOwnerOf(t, field, text)
		switch {
		case errs.CodeOf(err) == errs.NotFound && len(types) > 1:
		case err != nil:
			return nil, err
		case found != nil:
			return nil, errs.Errorf(errs.Ambiguous, "%s: %s names %s and %s; set objType or use a reference", field, quote(text), article(found.Type), article(t))
		default:
			found = o
		}
	}
	if found == nil {
		return nil, notFound(field, "object with DHCP options", text)
	}
	return found, nil
}

// optionOwnerOf finds an owner of one type.
func (c *call) optionOwnerOf(t model.ObjectType, field, text string) (*optionOwner, error) {
	switch t {
	case model.TypeServer:
		s, err := c.server(field, text)
		if err != nil {
			return nil, err
		}
		return &optionOwner{Ref: s.Ref(), name: s.Name, server: s}, nil
	case model.TypeReservation:
		r, err := c.reservation(field, text)
		if err != nil {
			return nil, err
		}
		return c.reservationOptions(r)
	case model.TypeGroup:
		g, err := c.group(field, text)
		if err != nil {
			return nil, err
		}
		s, err := c.serverByID(g.ServerID)
		return &optionOwner{Ref: g.Ref(), name: g.Name, server: s, group: g}, err
	case model.TypePool:
		p, err := c.pool(field, text)
		if err != nil {
			return nil, err
		}
		s, err := c.schema.Scopes.Get(c.tx, p.ScopeID)
		if err != nil {
			return nil, err
		}
		o, err := c.scopeOptions(s)
		if err != nil {
			return nil, err
		}
		if o.server.Kind != model.KindISC && !o.server.Kind.IsKea() {
			return nil, errs.Errorf(errs.NotSupported, "%s: address pools of a server of type %s carry no options", field, o.server.Kind)
		}
		o.Ref, o.name = p.Ref(), p.Name
		return o, nil
	}
	s, err := c.scope(field, text)
	if err != nil {
		return nil, err
	}
	return c.scopeOptions(s)
}

// ownerAt is the owner that a stored reference names.
func (c *call) ownerAt(ref model.Ref) (*optionOwner, error) {
	return c.optionOwnerOf(ref.Type, "ref", ref.String())
}

// scopeOptions is a scope as the owner of options.
func (c *call) scopeOptions(s *model.Scope) (*optionOwner, error) {
	server, err := c.serverByID(s.ServerID)
	if err != nil {
		return nil, err
	}
	r, err := c.schema.Ranges.Get(c.tx, s.RangeID)
	if err != nil {
		return nil, err
	}
	return &optionOwner{Ref: s.Ref(), name: s.Name, server: server, scope: s, v6: r.From.Is6()}, nil
}

// optionSet reads the options of an owner, or of a policy of it.
func (c *call) optionSet(o *optionOwner, p *model.Policy) (*model.OptionSet, error) {
	var policy model.ID
	if p != nil {
		policy = p.ID
	}
	set, err := c.optionsAt(o.Ref, policy)
	if err == nil {
		set.ServerID = o.server.ID
	}
	return set, err
}

// reservationOptions is a reservation as the owner of options.
func (c *call) reservationOptions(r *model.Reservation) (*optionOwner, error) {
	at, err := c.owns(r)
	if err != nil {
		return nil, err
	}
	o := &optionOwner{server: at.server, group: at.group, v6: reservationService(r) == model.DHCPv6}
	if at.scope != nil {
		if o, err = c.scopeOptions(at.scope); err != nil {
			return nil, err
		}
	}
	o.Ref, o.name, o.reservation = r.Ref(), r.Title(), r
	return o, nil
}

// optionsAt reads the options of an object; an empty set, not stored yet and
// without its server, when it has none.
func (c *call) optionsAt(owner model.Ref, policy model.ID) (*model.OptionSet, error) {
	set, err := c.schema.OptionSetsByOwner.First(c.tx, store.RefKey(owner).ID(policy))
	if errors.Is(err, store.ErrNotFound) {
		return &model.OptionSet{Owner: owner, PolicyID: policy}, nil
	}
	return set, err
}

// storeOptions stores a changed set. An empty one is kept for its revision.
func (c *call) storeOptions(set *model.OptionSet) error {
	set.Revision++
	c.touch(set.ServerID)
	if set.ID == 0 {
		return c.schema.OptionSets.Insert(c.tx, set)
	}
	return c.schema.OptionSets.Update(c.tx, set)
}

// hasOptions reports whether any option is set on a server or an object of it.
func (c *call) hasOptions(server model.ID) (bool, error) {
	for set, err := range c.schema.OptionSetsByServer.Find(c.tx, keyOf(server)) {
		if err != nil || len(set.Options) > 0 {
			return true, err
		}
	}
	return false, nil
}

// mirrorOwner brings an owner's change to the failover partner: a reservation's
// by itself, all else with the scope.
func (c *call) mirrorOwner(o *optionOwner) error {
	switch {
	case o.reservation != nil:
		at, err := c.owns(o.reservation)
		if err != nil {
			return err
		}
		return c.reservationChanged(at, o.reservation, o.reservation)
	case o.scope != nil:
		return c.mirrorScope(o.scope)
	}
	return nil
}

// parseOptions checks a whole set of options, in the order they are kept in.
func (c *call) parseOptions(field string, o *optionOwner, in []hal.DHCPOption) ([]model.Option, error) {
	known, err := c.definitionsOf(o.server, o.v6)
	if err != nil {
		return nil, err
	}
	out := make([]model.Option, 0, len(in))
	for _, opt := range in {
		id, d, err := known.parse(field+".option", opt.Option.V)
		if err != nil {
			return nil, err
		}
		if d.Own {
			return nil, invalid(field+".option", "%s (%s) is not set by configuration: servers and clients put it into messages themselves", id, d.Name)
		}
		value, err := d.Canonical(opt.Value.V)
		if err != nil {
			return nil, invalid(field+".value", "option %s (%s): %s", id, d.Name, err)
		}
		if slices.ContainsFunc(out, func(have model.Option) bool { return sameOption(have.OptionID, id) }) {
			return nil, invalid(field+".option", "%s (%s) is given twice", id, d.Name)
		}
		out = append(out, model.Option{OptionID: id, Value: value})
	}
	slices.SortFunc(out, func(a, b model.Option) int { return compareOptions(a.OptionID, b.OptionID) })
	return out, nil
}

// sameOption compares ids; class names are compared without case.
func sameOption(a, b model.OptionID) bool {
	return a.Number == b.Number && strings.EqualFold(a.Vendor, b.Vendor) && strings.EqualFold(a.User, b.User)
}

func compareOptions(a, b model.OptionID) int {
	return cmp.Or(cmp.Compare(a.Vendor, b.Vendor), cmp.Compare(a.User, b.User), cmp.Compare(a.Number, b.Number))
}

// optionChanges says how a set of options differs from the one before, "" if it
// does not.
func optionChanges(before, now []model.Option) string {
	const most = 20
	var changes []string
	for _, n := range now {
		i := slices.IndexFunc(before, func(b model.Option) bool { return sameOption(b.OptionID, n.OptionID) })
		if i < 0 || before[i] != n {
			changes = append(changes, n.OptionID.String()+" = "+quote(n.Value))
		}
	}
	for _, b := range before {
		if !slices.ContainsFunc(now, func(n model.Option) bool { return sameOption(b.OptionID, n.OptionID) }) {
			changes = append(changes, b.OptionID.String()+" removed")
		}
	}
	if len(changes) > most {
		changes = append(changes[:most], "and "+count(len(changes)-most, "other option"))
	}
	return strings.Join(changes, ", ")
}

// deleteOptions removes the options of an object that is about to be removed,
// those of its policies too, and the operator's statements of it.
func (c *call) deleteOptions(owner model.Ref) error {
	if err := deleteAll(c, c.schema.Statements, c.schema.StatementsByOwner, store.RefKey(owner)); err != nil {
		return err
	}
	return deleteAll(c, c.schema.OptionSets, c.schema.OptionSetsByOwner, store.RefKey(owner))
}

// copyOptions makes the options of one object equal to those of another, its
// counterpart on the failover partner, or those of policies of theirs (0 = the
// objects' own). What the server there does not know of
// the options is declared there too.
func (c *call) copyOptions(from, to model.Ref, fromPolicy, toPolicy model.ID) (changed bool, err error) {
	want, err := c.optionsAt(from, fromPolicy)
	if err != nil {
		return false, err
	}
	have, err := c.optionsAt(to, toPolicy)
	if err != nil || slices.Equal(have.Options, want.Options) {
		return false, err
	}
	here, err := c.ownerAt(from)
	if err != nil {
		return false, err
	}
	there, err := c.ownerAt(to)
	if err != nil {
		return false, err
	}
	if err := c.copyDefinitions(here.server, there.server, want.Options, here.v6); err != nil {
		return false, err
	}
	have.ServerID, have.Options = there.server.ID, slices.Clone(want.Options)
	return true, c.storeOptions(have)
}

// copyScopeOptions does so for a scope, its policies and its pools.
func (c *call) copyScopeOptions(from, to *model.Scope) (changed bool, err error) {
	if changed, err = c.copyOptions(from.Ref(), to.Ref(), 0, 0); err != nil {
		return false, err
	}
	if moved, err := c.copyPolicies(from, to); err != nil {
		return false, err
	} else if moved {
		changed = true
	}
	pools, err := c.poolsOf(from.ID)
	if err != nil {
		return false, err
	}
	for _, p := range pools {
		twin, err := c.schema.PoolsByScope.First(c.tx, keyOf(to.ID).Addr(p.From))
		if err != nil {
			return false, err
		}
		moved, err := c.copyOptions(p.Ref(), twin.Ref(), 0, 0)
		if err != nil {
			return false, err
		}
		changed = changed || moved
	}
	return changed, nil
}

// optionsFit refuses new bounds of a scope's range that its policies lie outside
// of, or of another protocol than its options.
func (c *call) optionsFit(field string, s *model.Scope, r *model.Range) error {
	policies, err := c.policiesOf(s.Ref())
	if err != nil {
		return err
	}
	for _, p := range policies {
		for _, a := range p.Ranges {
			if !r.Contains(a.From) || !r.Contains(a.To) {
				return conflict(field, "the addresses %s of policy %s of scope %s would lie outside", spanName(a.From, a.To), p.Name, s.Name)
			}
		}
	}
	known, err := c.scopeDefinitions(s)
	if err != nil {
		return err
	}
	for set, err := range c.schema.OptionSetsByOwner.Begin(c.tx, store.RefKey(s.Ref())) {
		if err != nil {
			return err
		}
		for _, o := range set.Options {
			d, ok := known.Find(o.Vendor, o.Number)
			if value, err := d.Canonical(o.Value); !ok || err != nil || value != o.Value {
				return conflict(field, "option %s of scope %s does not fit an %s range", o.OptionID, s.Name, family(r))
			}
		}
	}
	return nil
}

func family(r *model.Range) string {
	if r.From.Is4() {
		return "IPv4"
	}
	return "IPv6"
}

// scopeDefinitions are the definitions of the options of a scope.
func (c *call) scopeDefinitions(s *model.Scope) (*definitions, error) {
	o, err := c.scopeOptions(s)
	if err != nil {
		return nil, err
	}
	return c.definitionsOf(o.server, o.v6)
}
