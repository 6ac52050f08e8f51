package command

import (
	"errors"
	"net/netip"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/store"
	"halxml/wsdl/hal"
)

// notFound is Micetro's fault for a reference or name without an object.
func notFound(field, what, given string) error {
	return errs.Errorf(errs.NotFound, "Object not found for reference %s (%s: no such %s)", quote(given), field, what)
}

// byRef reads the object that a reference of the right type names. used is
// false when text is no reference and may be a name.
func byRef[T any](c *call, t *store.Table[T], want model.ObjectType, field, what, text string) (rec *T, used bool, err error) {
	ref, ok := model.ParseRef(text)
	if !ok {
		return nil, false, nil
	}
	if ref.Type != want {
		return nil, true, invalid(field, "%s is a reference to %s, not to %s", quote(text), article(ref.Type), article(want))
	}
	rec, err = t.Get(c.tx, ref.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, true, notFound(field, what, text)
	}
	if err == nil {
		err = c.stand(field, text, rec)
	}
	return rec, true, err
}

// byName reads the one object of the command's address space that has a name in
// an index whose keys begin with the folded name.
func byName[T any](c *call, x *store.Index[T], field, what, text string) (*T, error) {
	var found *T
	for rec, err := range x.Begin(c.tx, store.NameKey(text)) {
		if err != nil {
			return nil, err
		}
		if ok, err := c.here(rec); err != nil {
			return nil, err
		} else if !ok {
			continue
		}
		if found != nil {
			return nil, errs.Errorf(errs.Ambiguous, "%s: %s names more than one %s, such as %s and %s; use a reference", field, quote(text), what, refOf(found), refOf(rec))
		}
		found = rec
	}
	if found == nil {
		return nil, notFound(field, what, text)
	}
	return found, nil
}

// refOf is the reference of a record, as callers write it.
func refOf(rec any) string { return rec.(interface{ Ref() model.Ref }).Ref().String() }

// byRefOrName finds an object by reference or by its name, which may stand behind
// its collection.
func byRefOrName[T any](c *call, t *store.Table[T], names *store.Index[T], want model.ObjectType, field, what, collection, text string) (*T, error) {
	if strings.TrimSpace(text) == "" {
		return nil, required(field)
	}
	if rec, used, err := byRef(c, t, want, field, what, text); used || err != nil {
		return rec, err
	}
	return byName(c, names, field, what, bare(text, collection))
}

// bare strips a collection that REST clients leave before a name:
// "Ranges/192.168.2.0/24" is the range 192.168.2.0/24.
func bare(text string, collections ...string) string {
	text = strings.TrimSpace(text)
	for _, name := range collections {
		if len(text) > len(name) && text[len(name)] == '/' && strings.EqualFold(text[:len(name)], name) {
			return text[len(name)+1:]
		}
	}
	return text
}

// server finds a DHCP server by reference or name.
func (c *call) server(field, text string) (*model.Server, error) {
	return byRefOrName(c, c.schema.Servers, c.schema.ServersByName, model.TypeServer, field, "DHCP server", "DHCPServers", text)
}

// serverByID reads a server that another record names.
func (c *call) serverByID(id model.ID) (*model.Server, error) { return c.schema.Servers.Get(c.tx, id) }

// rangeOf finds a range by reference, CIDR, from-to or unique label.
func (c *call) rangeOf(field, text string) (*model.Range, error) {
	if strings.TrimSpace(text) == "" {
		return nil, required(field)
	}
	if r, used, err := byRef(c, c.schema.Ranges, model.TypeRange, field, "range", text); used || err != nil {
		return r, err
	}
	text = bare(text, "Ranges")
	if from, to, ok := parseSpan(text); ok {
		r, err := c.rangeAt(c.space(), from, to)
		if err == nil && r == nil {
			err = notFound(field, "range", text)
		}
		return r, err
	}
	return byName(c, c.schema.RangesByName, field, "range", text)
}

// rangeAt is the range of a space with exactly these bounds, or nil.
func (c *call) rangeAt(space model.ID, from, to netip.Addr) (*model.Range, error) {
	r, err := c.schema.RangesByAddress.First(c.tx, keyOf(space).Addr(from).AddrDown(to))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return r, err
}

// scope finds a scope by reference, unique name, or the CIDR of a range that
// only one server has a scope on.
func (c *call) scope(field, text string) (*model.Scope, error) {
	if strings.TrimSpace(text) == "" {
		return nil, required(field)
	}
	if s, used, err := byRef(c, c.schema.Scopes, model.TypeScope, field, "DHCP scope", text); used || err != nil {
		return s, err
	}
	text = bare(text, "DHCPScopes")
	s, err := byName(c, c.schema.ScopesByName, field, "DHCP scope", text)
	if errs.CodeOf(err) != errs.NotFound {
		return s, err
	}
	from, to, ok := parseSpan(text)
	if !ok {
		return nil, err
	}
	r, rerr := c.rangeAt(c.space(), from, to)
	if rerr != nil {
		return nil, rerr
	}
	if r == nil {
		return nil, err
	}
	var found *model.Scope
	for s, err := range c.schema.ScopesByRange.Find(c.tx, store.Key{}.ID(r.ID)) {
		if err != nil {
			return nil, err
		}
		if found != nil {
			return nil, errs.Errorf(errs.Ambiguous, "%s: several servers have a scope on %s; use a reference", field, quote(text))
		}
		found = s
	}
	if found == nil {
		return nil, err
	}
	return found, nil
}

// scopeOn is scope for a command that names the server too: of several scopes of
// a name, or on a range, it is the server's. The partners of a failover have
// each their own.
func (c *call) scopeOn(server *model.Server, field, text string) (*model.Scope, error) {
	s, ambiguous := c.scope(field, text)
	if errs.CodeOf(ambiguous) != errs.Ambiguous {
		return s, ambiguous
	}
	text = bare(text, "DHCPScopes")
	var found *model.Scope
	for s, err := range c.schema.ScopesByName.Begin(c.tx, store.NameKey(text)) {
		switch {
		case err != nil:
			return nil, err
		case s.ServerID != server.ID:
			continue
		case found != nil:
			return nil, ambiguous
		}
		found = s
	}
	if from, to, ok := parseSpan(text); ok && found == nil {
		r, err := c.rangeAt(c.space(), from, to)
		if err == nil && r != nil {
			found, err = c.instance(server.ID, r.ID)
		}
		if err != nil {
			return nil, err
		}
	}
	if found == nil {
		return nil, ambiguous
	}
	return found, nil
}

// pool finds an address pool by reference or unique name.
func (c *call) pool(field, text string) (*model.Pool, error) {
	return byRefOrName(c, c.schema.Pools, c.schema.PoolsByName, model.TypePool, field, "DHCP address pool", "DHCPAddressPools", text)
}

// relationshipOn finds a relationship by its name on a server; nil if the
// server has none of that name. Names differ by case, as in dhcpd.
func (c *call) relationshipOn(server model.ID, name string) (*model.Relationship, error) {
	r, err := c.schema.RelationshipsByServer.First(c.tx, store.Key{}.ID(server).Text(name))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return r, err
}

// relationshipNamed finds a relationship by server and name; without a server
// the name must be unique among all.
func (c *call) relationshipNamed(server *model.Server, field, name string) (*model.Relationship, error) {
	if name == "" {
		return nil, required(field)
	}
	if server != nil {
		r, err := c.relationshipOn(server.ID, name)
		if err == nil && r == nil {
			err = errs.Errorf(errs.NotFound, "%s: no failover relationship %s on server %s", field, quote(name), server.Name)
		}
		return r, err
	}
	var found *model.Relationship
	for r, err := range c.schema.Relationships.All(c.tx) {
		if err != nil {
			return nil, err
		}
		if r.Name != name {
			continue
		}
		if ok, err := c.here(r); err != nil {
			return nil, err
		} else if !ok {
			continue
		}
		if found != nil {
			return nil, errs.Errorf(errs.Ambiguous, "%s: several servers have a failover relationship %s; name the server", field, quote(name))
		}
		found = r
	}
	if found == nil {
		return nil, errs.Errorf(errs.NotFound, "%s: no failover relationship %s", field, quote(name))
	}
	return found, nil
}

// keyOf is the key of an id.
func keyOf(id model.ID) store.Key { return store.Key{}.ID(id) }

// resolveOperand lets a filter compare a reference field with a name:
// dhcpServerRef=dhcp1.corp.net. or rangeRef=Ranges/7. It is "" for a name of
// nothing.
func (c *call) resolveOperand(field, value string) string {
	if ref, ok := model.ParseRef(value); ok {
		return ref.String()
	}
	switch field {
	case "ownerRef":
		if o, err := c.reservationOwner(field, value, hal.Opt[hal.ObjectType]{}); err == nil {
			return o.ref().String()
		}
	case "dhcpServerRef":
		if s, err := c.server(field, value); err == nil {
			return s.Ref().String()
		}
	case "rangeRef", "parentRef":
		if r, err := c.rangeOf(field, value); err == nil {
			return r.Ref().String()
		}
		if g, err := c.group(field, value); err == nil && field == "parentRef" {
			return g.Ref().String()
		}
		if f, err := c.folder(field, value); err == nil && field == "parentRef" {
			return f.Ref().String()
		}
	case "deviceRef":
		if d, err := c.device(field, value); err == nil {
			return d.Ref().String()
		}
	case "dhcpScopeRef":
		if s, err := c.scope(field, value); err == nil {
			return s.Ref().String()
		}
	}
	return ""
}
