package command

import (
	"net/netip"
	"slices"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/wsdl/hal"
)

// object is what the generic commands need of any kind of object.
type object interface {
	ref() model.Ref
	title() string
	// properties are the object's own properties, in the order they are shown.
	properties() []property
	// custom are its custom properties; nil for a kind that has none.
	custom() *[]model.Property
	// save checks and stores the object after its properties were set; changes
	// says what changed, for history. The warning is for the caller.
	save(changes string) (warning string, err error)
	remove(force bool) error
}

// property is one property of an object. set is nil for a read-only one.
type property struct {
	name  string
	value string
	// secret marks one that is never shown, not in history either: its value is
	// "" always. So "" is no change, or a caller who changes what it has read
	// would erase it.
	secret bool
	// ignored marks a property that the object's kind of server does not know:
	// setting it does nothing.
	ignored bool
	set     func(value string) error
	// plain, if set, brings a value into the form in which the property shows it.
	plain func(value string) string
}

// is reports whether a value is what the property has, in another spelling too.
func (p *property) is(c *call, value string) bool {
	switch {
	case value == p.value:
		return true
	case p.plain != nil:
		return p.plain(value) == p.value
	case value != "" && p.value != "" && strings.HasSuffix(p.name, "Ref"):
		return c.resolveOperand(p.name, value) == p.value
	}
	return false
}

// object finds the object that a generic command names: by reference, or by
// name where objType tells its type or only one object has the name.
func (c *call) object(field, text string, objType hal.Opt[hal.ObjectType]) (object, error) {
	if strings.TrimSpace(text) == "" {
		return nil, required(field)
	}
	want := model.TypeUnknown
	if objType.Set {
		want, _ = model.ObjectTypeOf(string(objType.V))
	}
	if ref, ok := model.ParseRef(text); ok {
		if want != model.TypeUnknown && want != ref.Type {
			return nil, invalid("objType", "%s is not the type of %s", want, quote(text))
		}
		return c.objectOf(ref.Type, field, text)
	}
	if want != model.TypeUnknown {
		return c.objectOf(want, field, text)
	}
	return c.objectAmong(field, text, []model.ObjectType{model.TypeServer, model.TypeRange, model.TypeScope, model.TypePool, model.TypeExclusion, model.TypeReservation, model.TypeGroup, model.TypeRelationship, model.TypeIPAddress, model.TypeDevice, model.TypeInterface})
}

// objectAmong finds the one object of these types that has a name.
func (c *call) objectAmong(field, text string, types []model.ObjectType) (object, error) {
	var found object
	_, _, isSpan := parseSpan(text)
	for _, t := range types {
		if isSpan && t == model.TypeScope && slices.Contains(types, model.TypeRange) {
			// Addresses name the range, and a scope on it only if that is its name.
			if _, err := byName(c, c.schema.ScopesByName, field, "DHCP scope", text); errs.CodeOf(err) == errs.NotFound {
				continue
			}
		}
		o, err := c.objectOf(t, field, text)
		switch {
		case errs.CodeOf(err) == errs.NotFound:
		case err != nil:
			return nil, err
		case found != nil:
			return nil, errs.Errorf(errs.Ambiguous, "%s: %s names %s and %s; set objType or use a reference", field, quote(text), article(found.ref().Type), article(t))
		default:
			found = o
		}
	}
	if found == nil {
		return nil, notFound(field, "object", text)
	}
	return found, nil
}

// objectOf finds an object of one type.
func (c *call) objectOf(t model.ObjectType, field, text string) (object, error) {
	switch t {
	case model.TypeServer:
		s, err := c.server(field, text)
		return &serverObject{c, s, nil}, err
	case model.TypeRange:
		r, err := c.rangeOf(field, text)
		return &rangeObject{c, r, nil}, err
	case model.TypeScope:
		s, err := c.scope(field, text)
		return &scopeObject{c, s}, err
	case model.TypePool:
		p, err := c.pool(field, text)
		return &poolObject{c: c, Pool: p}, err
	case model.TypeExclusion:
		e, err := c.exclusion(field, text)
		return &exclusionObject{c: c, Exclusion: e}, err
	case model.TypeReservation:
		r, err := c.reservation(field, text)
		return &reservationObject{c: c, Reservation: r}, err
	case model.TypeGroup:
		g, err := c.group(field, text)
		return &groupObject{c, g}, err
	case model.TypeFolder:
		f, err := c.folder(field, text)
		return &folderObject{c, f}, err
	case model.TypeIPAddress:
		a, err := c.addressNamed(field, text)
		return &addressObject{c, a}, err
	case model.TypeDevice:
		d, err := c.device(field, text)
		return &deviceObject{c, d}, err
	case model.TypeInterface:
		i, err := c.interfaceOf(field, text)
		return &interfaceObject{c, i}, err
	case model.TypeAddressSpace:
		s, err := c.addressSpace(field, text)
		return &spaceObject{c, s}, err
	case model.TypeRelationship:
		if r, used, err := byRef(c, c.schema.Relationships, t, field, "failover relationship", text); used || err != nil {
			return &relationshipObject{c: c, Relationship: r}, err
		}
		r, err := c.relationshipNamed(nil, field, text)
		return &relationshipObject{c: c, Relationship: r}, err
	}
	if t.String() == model.TypeUnknown.String() { // a number of a reference that is no type
		return nil, notFound(field, "object", text)
	}
	return nil, errs.Errorf(errs.NotImplemented, "%s: objects of type %s are not served", field, t)
}

func getObjects(c *call, req *hal.GetObjects) (*hal.GetObjectsResponse, error) {
	out := &hal.GetObjectsResponse{Objects: []hal.Object{}}
	for _, text := range req.ObjRefs {
		c.elsewhere()
		o, err := c.object("objRefs", text, req.ObjType)
		if err != nil {
			return nil, err
		}
		answer := wire.Object(o.ref(), o.title())
		if a, ok := o.(*addressObject); ok {
			answer.Ref = hal.Some(wire.AddrRef(a.Address))
		}
		out.Objects = append(out.Objects, answer)
	}
	return out, nil
}

func getProperties(c *call, req *hal.GetProperties) (*hal.GetPropertiesResponse, error) {
	o, err := c.object("ref", req.Ref.V, req.ObjType)
	if err != nil {
		return nil, err
	}
	out := &hal.GetPropertiesResponse{Properties: []hal.Property{}}
	add := func(name, value string) {
		out.Properties = append(out.Properties, hal.Property{Name: hal.Some(name), Value: hal.Some(value)})
	}
	if !req.OnlyCustom.V {
		for _, p := range o.properties() {
			add(p.name, p.value)
		}
	}
	if custom := o.custom(); custom != nil {
		for _, p := range *custom {
			add(p.Name, p.Value)
		}
	}
	return out, nil
}

func setProperties(c *call, req *hal.SetProperties) (*hal.SetPropertiesResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	o, err := c.object("ref", req.Ref.V, req.ObjType)
	if err != nil {
		return nil, err
	}
	var customs *customs
	if to := o.custom(); to != nil {
		if customs, err = c.customsOf("properties", o.ref().Type, to); err != nil {
			return nil, err
		}
	}
	var changes []string
	given := map[string]bool{}
	own := o.properties()
	for _, in := range req.Properties {
		name := strings.TrimSpace(in.Name.V)
		if name == "" {
			return nil, required("properties.name")
		}
		if given[strings.ToLower(name)] {
			return nil, invalid("properties", "%s is given twice", quote(name))
		}
		given[strings.ToLower(name)] = true
		change, err := c.setProperty(o, own, customs, name, in.Value.V)
		if err != nil {
			return nil, err
		}
		if change != "" {
			changes = append(changes, change)
		}
	}
	if customs != nil {
		if req.DeleteUnspecified.V {
			cleared, err := customs.clear()
			if err != nil {
				return nil, err
			}
			for _, name := range cleared {
				changes = append(changes, name+" cleared")
			}
		}
		if err := customs.check(); err != nil {
			return nil, err
		}
	}
	out := &hal.SetPropertiesResponse{}
	if len(changes) == 0 {
		return out, nil
	}
	warning, err := o.save(strings.Join(changes, ", "))
	if warning != "" {
		out.Warning = hal.Some(warning)
	}
	return out, err
}

// setProperty sets one property and tells what changed, "" for nothing.
func (c *call) setProperty(o object, own []property, customs *customs, name, value string) (change string, err error) {
	for _, p := range own {
		if !strings.EqualFold(p.name, name) {
			continue
		}
		switch {
		case p.is(c, value), p.ignored:
			return "", nil
		case p.set == nil:
			return "", invalid("properties."+p.name, "is read-only")
		}
		if err := p.set(value); err != nil {
			return "", err
		}
		if p.secret {
			return p.name + " set", nil
		}
		if p.plain != nil {
			value = p.plain(value)
		}
		return p.name + " " + quote(p.value) + " → " + quote(value), nil
	}
	if customs != nil {
		if d := definitionNamed(customs.defs, name); d != nil {
			changed, err := customs.set(d, value)
			if changed {
				change = d.Name + " set to " + quote(value)
			}
			return change, err
		}
	}
	return "", invalid("properties", "%s has no property %s", article(o.ref().Type), quote(name))
}

// flag is a boolean property.
func flag(name string, to *bool) property {
	return property{name: name, value: wire.Bool(*to), plain: func(s string) string {
		if v, ok := wire.ParseBool(s); ok {
			return wire.Bool(v)
		}
		return s
	}, set: func(s string) error {
		v, ok := wire.ParseBool(s)
		if !ok {
			return invalid("properties."+name, "%s is not a boolean", quote(s))
		}
		*to = v
		return nil
	}}
}

// canonical is an enumeration of the WSDL.
type canonical[T any] interface {
	~string
	Canonical() T
}

// choice is a property with the values of an enumeration, in any letter case; a
// value of none reaches set as it is.
func choice[T canonical[T]](name, value string, set func(string) error) property {
	plain := func(s string) string {
		if v := T(strings.TrimSpace(s)).Canonical(); v != "" {
			return string(v)
		}
		return s
	}
	return property{name: name, value: value, plain: plain, set: func(s string) error { return set(plain(s)) }}
}

// bound is a property that is an address.
func bound(name string, to *netip.Addr) property {
	return property{name: name, value: to.String(), plain: func(s string) string {
		if a, ok := parseAddr(s); ok {
			return a.String()
		}
		return s
	}, set: func(s string) error { return setBound(name, s, to) }}
}

// words makes a setter of a text property.
func words(to *string) func(string) error {
	return func(s string) error { *to = s; return nil }
}

func removeObject(c *call, req *hal.RemoveObject) (*hal.RemoveObjectResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	o, err := c.object("ref", req.Ref.V, req.ObjType)
	if err != nil {
		return nil, err
	}
	return &hal.RemoveObjectResponse{}, o.remove(req.ForceRemoval.V)
}

// removeObjects removes several objects, all or none: the answer lists what
// stood in the way of which. One that goes with another of them, as a failover
// partner's does, is not in the way.
func removeObjects(c *call, req *hal.RemoveObjects) (*hal.RemoveObjectsResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	out := &hal.RemoveObjectsResponse{Errors: []hal.ObjectError{}}
	found := make([]object, len(req.ObjRefs))
	each := func(do func(i int, text string) error) error {
		for i, text := range req.ObjRefs {
			c.elsewhere()
			switch err := do(i, text); {
			case err != nil && errs.CodeOf(err) == errs.Internal:
				return err
			case err != nil:
				out.Errors = append(out.Errors, hal.ObjectError{Ref: hal.Some(text), Error: hal.Some(errs.MessageOf(err))})
			}
		}
		return nil
	}
	err := each(func(i int, text string) error {
		o, err := c.object("objRefs", text, req.ObjType)
		if err == nil {
			found[i] = o
		}
		if r, ok := o.(*relationshipObject); ok && err == nil {
			c.leaves(r.Relationship)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	err = each(func(i int, _ string) error {
		o := found[i]
		if o == nil {
			return nil // told already
		}
		if ref := o.ref(); ref.ID != 0 { // as it is by now
			var err error
			if o, err = c.objectOf(ref.Type, "objRefs", ref.String()); errs.CodeOf(err) == errs.NotFound {
				return nil
			} else if err != nil {
				return err
			}
		}
		return o.remove(req.ForceRemoval.V)
	})
	switch {
	case err != nil:
		return nil, err
	case len(out.Errors) > 0:
		return nil, rollback{out}
	}
	return out, nil
}
