package command

import (
	"strconv"
	"strings"

	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/store"
	"halxml/wsdl/hal"
)

// serverObject is a server for the generic commands; before keeps what it was
// when its properties were first asked for.
type serverObject struct {
	c *call
	*model.Server
	before *model.Server
}

func (o *serverObject) ref() model.Ref            { return o.Server.Ref() }
func (o *serverObject) title() string             { return o.Name }
func (o *serverObject) custom() *[]model.Property { return &o.Custom }
func (o *serverObject) remove(force bool) error   { return o.c.removeServer(o.Server, force) }

func (o *serverObject) properties() []property {
	s := o.Server
	if o.before == nil {
		was := *s
		o.before = &was
	}
	return []property{
		{name: "name", value: s.Name, set: words(&s.Name)},
		{name: "proxy", value: s.Proxy, set: words(&s.Proxy)},
		{name: "address", value: s.Address, set: words(&s.Address)},
		{name: "resolvedAddress", value: s.ResolvedAddress},
		{name: "username", value: s.Username, set: words(&s.Username)},
		{name: "password", secret: true, set: words(&s.Password)},
		{name: "enablePassword", secret: true, set: words(&s.EnablePassword)},
		choice[hal.DHCPServerType]("type", string(s.Kind), func(v string) error { s.Kind = model.ServerKind(v); return nil }),
		{name: "state", value: string(wire.Server(s).State.V)},
		choice[hal.DHCPServerSecurity]("security", s.Security, func(v string) error {
			if v != "" && !hal.DHCPServerSecurity(v).Valid() {
				return invalid("properties.security", "%s is not a DHCPServerSecurity", quote(v))
			}
			s.Security = v
			return nil
		}),
		flag("enabled", &s.Enabled),
	}
}

func (o *serverObject) save(changes string) (string, error) {
	c, s := o.c, o.Server
	if err := c.checkServer("properties.", s); err != nil {
		return "", err
	}
	if !s.Kind.Same(o.before.Kind) {
		for _, of := range []struct {
			what string
			any  func() (bool, error)
		}{
			{"DHCP scopes", func() (bool, error) { return c.schema.ScopesByServer.Any(c.tx, keyOf(s.ID)) }},
			{"groups", func() (bool, error) { return c.schema.GroupsByServer.Any(c.tx, keyOf(s.ID)) }},
			{"reservations", func() (bool, error) { return c.schema.ReservationsByOwner.Any(c.tx, store.RefKey(s.Ref())) }},
			{"failover relationships", func() (bool, error) { return c.schema.RelationshipsByServer.Any(c.tx, keyOf(s.ID)) }},
			{"options", func() (bool, error) { return c.hasOptions(s.ID) }},
			{"option definitions", func() (bool, error) { return c.schema.DefinitionsByServer.Any(c.tx, keyOf(s.ID)) }},
			{"client classes", func() (bool, error) { return c.schema.ClassesByServer.Any(c.tx, keyOf(s.ID)) }},
			{"policies", func() (bool, error) { return c.schema.PoliciesByOwner.Any(c.tx, store.RefKey(s.Ref())) }},
		} {
			has, err := of.any()
			if err != nil {
				return "", err
			}
			if has {
				return "", inUse("properties.type", "server %s has %s, which depend on its type", s.Name, of.what)
			}
		}
	}
	if err := c.schema.Servers.Update(c.tx, s); err != nil {
		return "", err
	}
	c.touch(s.ID)
	relationships, err := c.relationshipsOf(s.ID)
	if err != nil {
		return "", err
	}
	for _, r := range relationships { // the partner's file names this server's address
		c.touch(r.Partner(s.ID))
	}
	return "", c.record(model.Modification, s.Ref(), s.Name, "DHCP server %s modified: %s", s.Name, changes)
}

// rangeObject is a range for the generic commands.
type rangeObject struct {
	c *call
	*model.Range
	before *model.Range
}

func (o *rangeObject) ref() model.Ref            { return o.Range.Ref() }
func (o *rangeObject) title() string             { return o.Name }
func (o *rangeObject) custom() *[]model.Property { return &o.Custom }
func (o *rangeObject) remove(force bool) error   { return o.c.removeRange(o.Range, force) }

func (o *rangeObject) properties() []property {
	r := o.Range
	if o.before == nil {
		was := *r
		o.before = &was
	}
	return []property{
		{name: "name", value: r.Name, set: words(&r.Name)},
		bound("from", &r.From),
		bound("to", &r.To),
		{name: "parentRef", value: wire.Ref(model.TypeRange, r.ParentID).V},
		flag("subnet", &r.Subnet),
		flag("locked", &r.Locked),
		flag("autoAssign", &r.AutoAssign),
		{name: "hasSchedule", value: wire.Bool(wire.HasSchedule(r))},
		{name: "hasMonitor", value: "false"},
		flag("inheritAccess", &r.InheritAccess),
		flag("isContainer", &r.Container),
		{name: "utilizationPercentage", value: rangeRow{o.c, r}.utilization()},
		{name: "hasRogueAddresses", value: "false"},
		{name: "creationTime", value: wire.Date(r.Created, o.c.zone).V},
	}
}

func (o *rangeObject) save(changes string) (string, error) {
	c, r, before := o.c, o.Range, o.before
	bounds, field := r.From != before.From || r.To != before.To, "properties.name"
	if r.Name == before.Name && bounds { // which of them is to blame in a fault
		if field = "properties.to"; r.To == before.To {
			field = "properties.from"
		}
	}
	switch {
	case r.Name != before.Name && !bounds:
		// A new name that is a CIDR or from-to moves the range.
		if first, last, ok := parseSpan(r.Name); ok {
			r.From, r.To = first, last
			bounds = first != before.From || last != before.To
		}
	case bounds && r.Name == before.Name:
		if _, _, ok := parseSpan(r.Name); ok {
			r.Name = "" // named after its old bounds
		}
	}
	if err := setSpan(r, "properties.", r.Name, r.From.String(), r.To.String()); err != nil {
		return "", err
	}
	if bounds {
		if err := c.resizeRange(field, r, before.ParentID); err != nil {
			return "", err
		}
	} else if err := c.schema.Ranges.Update(c.tx, r); err != nil {
		return "", err
	}
	return "", c.record(model.Modification, r.Ref(), r.Name, "Range %s modified: %s", r.Name, changes)
}

// scopeObject is a scope for the generic commands.
type scopeObject struct {
	c *call
	*model.Scope
}

func (o *scopeObject) ref() model.Ref            { return o.Scope.Ref() }
func (o *scopeObject) title() string             { return o.Name }
func (o *scopeObject) custom() *[]model.Property { return &o.Custom }
func (o *scopeObject) remove(bool) error         { return o.c.removeScope(o.Scope) }

func (o *scopeObject) properties() []property {
	s := o.Scope
	return []property{
		{name: "name", value: s.Name, plain: strings.TrimSpace, set: words(&s.Name)},
		{name: "rangeRef", value: wire.Ref(model.TypeRange, s.RangeID).V},
		{name: "dhcpServerRef", value: wire.Ref(model.TypeServer, s.ServerID).V},
		{name: "superscope", value: s.Superscope, set: words(&s.Superscope)},
		{name: "description", value: s.Description, set: words(&s.Description)},
		{name: "available", value: scopeRow{s, o.c.freeInPools()}.available()},
		flag("enabled", &s.Enabled),
	}
}

func (o *scopeObject) save(changes string) (string, error) {
	c, s := o.c, o.Scope
	if s.Name = strings.TrimSpace(s.Name); s.Name == "" {
		return "", required("properties.name")
	}
	if err := checkScopeText("properties.", s); err != nil {
		return "", err
	}
	if err := c.schema.Scopes.Update(c.tx, s); err != nil {
		return "", err
	}
	c.touch(s.ServerID)
	if err := c.mirrorScope(s); err != nil {
		return "", err
	}
	return "", c.record(model.Modification, s.Ref(), s.Name, "DHCP scope %s modified: %s", s.Name, changes)
}

// poolObject is an address pool for the generic commands.
type poolObject struct {
	c *call
	*model.Pool
	peer *string // the new peer's name, when it was set
}

func (o *poolObject) ref() model.Ref            { return o.Pool.Ref() }
func (o *poolObject) title() string             { return o.Name }
func (o *poolObject) custom() *[]model.Property { return nil }
func (o *poolObject) remove(bool) error         { return o.c.removePool(o.Pool) }

func (o *poolObject) properties() []property {
	p := o.Pool
	names := poolRow{o.c, p}.answer()
	return []property{
		{name: "name", value: p.Name, set: words(&p.Name)},
		bound("from", &p.From),
		bound("to", &p.To),
		{name: "failoverPeer", value: names.FailoverPeer.V, set: func(v string) error { o.peer = &v; return nil }},
		{name: "failoverRelationship", value: names.FailoverRelationship.V},
		{name: "dhcpScopeRef", value: wire.Ref(model.TypeScope, p.ScopeID).V},
	}
}

func (o *poolObject) save(changes string) (warning string, err error) {
	c, p := o.c, o.Pool
	before, err := c.schema.Pools.Get(c.tx, p.ID)
	if err != nil {
		return "", err
	}
	s, err := c.schema.Scopes.Get(c.tx, p.ScopeID)
	if err != nil {
		return "", err
	}
	if err := ordered("properties.", p.From, p.To); err != nil {
		return "", err
	}
	if p.Name == poolSpan(before) || strings.TrimSpace(p.Name) == "" {
		p.Name = poolSpan(p)
	}
	if err := optionalName("properties.name", p.Name); err != nil {
		return "", err
	}
	if err := c.checkPool("properties.", p, s); err != nil {
		return "", err
	}
	if err := c.schema.Pools.Update(c.tx, p); err != nil {
		return "", err
	}
	if err := c.poolsChanged(s); err != nil {
		return "", err
	}
	if o.peer != nil {
		if warning, err = c.setPeer("properties.failoverPeer", p, *o.peer); err != nil {
			return "", err
		}
		if warning != "" {
			changes += "; " + warning
		}
	}
	if err := c.splitReserved("properties.from", p); err != nil {
		return "", err
	}
	return warning, c.record(model.Modification, p.Ref(), p.Name, "Address pool %s modified: %s", poolSpan(p), changes)
}

// relationshipObject is a failover relationship for the generic commands:
// history names it by a reference.
type relationshipObject struct {
	c *call
	*model.Relationship
	in hal.DHCPFailoverRelationship
}

func (o *relationshipObject) ref() model.Ref            { return o.Relationship.Ref() }
func (o *relationshipObject) title() string             { return o.Name }
func (o *relationshipObject) custom() *[]model.Property { return nil }

func (o *relationshipObject) remove(bool) error {
	return o.c.removeRelationship(o.Relationship, "")
}

func (o *relationshipObject) properties() []property {
	r := o.Relationship
	number := func(name string, v uint32, to *hal.Opt[uint32]) property {
		return property{name: name, value: decimal(v), plain: plainNumber, set: func(s string) error {
			n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 32)
			if err != nil {
				return invalid("properties."+name, "%s is not a number", quote(s))
			}
			*to = hal.Some(uint32(n))
			return nil
		}}
	}
	in := &o.in
	return []property{
		{name: "name", value: r.Name},
		{name: "primaryServerRef", value: wire.Ref(model.TypeServer, r.PrimaryID).V},
		{name: "secondaryServerRef", value: wire.Ref(model.TypeServer, r.SecondaryID).V},
		choice[hal.DHCPFailoverMode]("failoverMode", string(r.Mode), func(v string) error {
			if !hal.DHCPFailoverMode(v).Valid() {
				return invalid("properties.failoverMode", "%s is not a DHCPFailoverMode", quote(v))
			}
			in.FailoverMode = hal.Some(hal.DHCPFailoverMode(v))
			return nil
		}),
		number("mclt", r.MCLT, &in.MCLT),
		number("safePeriod", r.SafePeriod, &in.SafePeriod),
		number("percentage", r.Percentage, &in.Percentage),
		{name: "sharedSecret", secret: true, set: func(v string) error { in.SharedSecret = hal.Some(v); return nil }},
		{name: "serviceType", value: string(r.ServiceType)},
		number("port", r.Port, &in.Port),
		number("secondaryPort", r.SecondaryPort, &in.SecondaryPort),
		number("loadBalanceMaxSeconds", r.LoadBalanceMaxSeconds, &in.LoadBalanceMaxSeconds),
		number("maxResponseDelay", r.MaxResponseDelay, &in.MaxResponseDelay),
		number("maxUnackedUpdates", r.MaxUnackedUpdates, &in.MaxUnackedUpdates),
	}
}

func (o *relationshipObject) save(string) (string, error) {
	return "", o.c.changeRelationship(o.Relationship, &o.in)
}
