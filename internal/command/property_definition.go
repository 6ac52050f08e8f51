package command

import (
	"slices"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/wsdl/hal"
)

// Bounds of a definition's list.
const (
	maxItems = 10_000
	maxItem  = 1_000 // characters
)

// suite is the service as a whole, for the history.
var suite = model.Ref{Type: model.TypeSuite, ID: 1}

// customType reads the type of object that a command on definitions is about.
func customType(in hal.Opt[hal.ObjectType]) (model.ObjectType, holder, error) {
	if !in.Set {
		return 0, holder{}, required("objType")
	}
	t, _ := model.ObjectTypeOf(string(in.V))
	h, ok := holderOf(t)
	if !ok {
		return 0, holder{}, errs.Errorf(errs.NotSupported, "objType: objects of type %s have no custom properties", t)
	}
	return t, h, nil
}

// propertyDefinition finds a property's definition by name.
func (c *call) propertyDefinition(field string, t model.ObjectType, name string) (*model.PropertyDefinition, error) {
	if strings.TrimSpace(name) == "" {
		return nil, required(field)
	}
	defs, err := c.propertiesOf(t)
	if err != nil {
		return nil, err
	}
	d := definitionNamed(defs, name)
	if d == nil {
		return nil, notFound(field, "property of a "+t.String(), name)
	}
	return d, nil
}

func (c *call) definitionAnswer(d *model.PropertyDefinition) (hal.PropertyDefinition, error) {
	defs, err := c.propertiesOf(d.ObjectType)
	parent := ""
	if p := parentOf(defs, d); p != nil {
		parent = p.Name
	}
	return wire.PropertyDefinition(d, parent), err
}

func getPropertyDefinition(c *call, req *hal.GetPropertyDefinition) (*hal.GetPropertyDefinitionResponse, error) {
	t, _, err := customType(req.ObjType)
	if err != nil {
		return nil, err
	}
	d, err := c.propertyDefinition("property", t, req.Property.V)
	if err != nil {
		return nil, err
	}
	out, err := c.definitionAnswer(d)
	return &hal.GetPropertyDefinitionResponse{PropertyDefinition: &out}, err
}

func getPropertyDefinitions(c *call, req *hal.GetPropertyDefinitions) (*hal.GetPropertyDefinitionsResponse, error) {
	t, _, err := customType(req.ObjType)
	if err != nil {
		return nil, err
	}
	defs, err := c.propertiesOf(t)
	if err != nil {
		return nil, err
	}
	out := &hal.GetPropertyDefinitionsResponse{PropertyDefinitions: make([]hal.PropertyDefinition, len(defs))}
	for i, d := range defs {
		if out.PropertyDefinitions[i], err = c.definitionAnswer(d); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func addPropertyDefinition(c *call, req *hal.AddPropertyDefinition) (*hal.AddPropertyDefinitionResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	t, h, err := customType(req.ObjType)
	if err != nil {
		return nil, err
	}
	in := req.PropertyDefinition
	switch {
	case in == nil:
		return nil, required("propertyDefinition")
	case !in.Type.Set:
		return nil, required("propertyDefinition.type")
	}
	d := &model.PropertyDefinition{ObjectType: t}
	if err := c.define(h, d, in); err != nil {
		return nil, err
	}
	if err := c.schema.Properties.Insert(c.tx, d); err != nil {
		return nil, err
	}
	c.defined = nil
	return &hal.AddPropertyDefinitionResponse{}, c.record(model.Creation, suite, d.Name, "Property %s of objects of type %s added", d.Name, t)
}

// define takes what a request says of a definition, and checks it.
func (c *call) define(h holder, d *model.PropertyDefinition, in *hal.PropertyDefinition) (err error) {
	const prefix = "propertyDefinition."
	defs, err := c.propertiesOf(d.ObjectType)
	if err != nil {
		return err
	}
	if in.Name.Set || d.Name == "" {
		if d.Name, err = objectName(prefix+"name", in.Name.V); err != nil {
			return err
		}
	}
	if o := definitionNamed(defs, d.Name); o != nil && (o.System() || o.ID != d.ID) {
		return conflict(prefix+"name", "%s has a property %s already", article(d.ObjectType), quote(o.Name))
	}
	if h.own(d.Name) {
		return conflict(prefix+"name", "%s has a property %s of its own", article(d.ObjectType), quote(d.Name))
	}
	d.Type = model.PropertyType(in.Type.Or(hal.PropertyType(d.Type)))
	d.Mandatory, d.ReadOnly, d.MultiLine = in.Mandatory.Or(d.Mandatory), in.ReadOnly.Or(d.ReadOnly), in.MultiLine.Or(d.MultiLine)
	if d.Mandatory && d.ReadOnly {
		return invalid(prefix+"readOnly", "a property cannot be both mandatory and read-only")
	}
	if d.MultiLine && d.Type != model.PropertyString {
		return invalid(prefix+"multiLine", "values of type %s have one line", d.Type)
	}
	if in.ParentProperty.Set {
		d.ParentID = 0
		if name := in.ParentProperty.V; strings.TrimSpace(name) != "" {
			p := definitionNamed(defs, name)
			switch {
			case p == nil:
				return notFound(prefix+"parentProperty", "property of a "+d.ObjectType.String(), name)
			case p.ID == 0 || len(p.Items) == 0:
				return invalid(prefix+"parentProperty", "%s has no list of values", p.Name)
			}
			for at := p; at != nil; at = parentOf(defs, at) {
				if at.ID == d.ID {
					return invalid(prefix+"parentProperty", "%s would depend on itself", d.Name)
				}
			}
			d.ParentID = p.ID
		}
	}
	if in.ListItems != nil {
		d.Items = in.ListItems
	}
	if err := defineItems(prefix, d, parentOf(defs, d)); err != nil {
		return err
	}
	if in.DefaultValue.Set {
		d.Default = in.DefaultValue.V
	}
	return defineDefault(prefix+"defaultValue", d)
}

// defineItems checks a list of values and brings each to its plainest form.
func defineItems(prefix string, d, parent *model.PropertyDefinition) error {
	if len(d.Items) == 0 {
		if parent != nil {
			return invalid(prefix+"listItems", "a property that depends on another needs a list of values")
		}
		return nil
	}
	if len(d.Items) > maxItems {
		return errs.Errorf(errs.TooLarge, "%slistItems: more than %d values", prefix, maxItems)
	}
	one := *d
	one.MultiLine = false
	seen := map[string]bool{}
	items := make([]string, len(d.Items))
	for i, item := range d.Items {
		if len([]rune(item)) > maxItem {
			return errs.Errorf(errs.TooLarge, "%slistItems: a value is longer than %d characters", prefix, maxItem)
		}
		before := ""
		if parent != nil {
			for _, p := range parent.Items {
				if parent.ParentID != 0 {
					_, p, _ = strings.Cut(p, ":")
				}
				if child, ok := strings.CutPrefix(item, p+":"); ok && len(p)+1 > len(before) {
					before, item = p+":", child
					break
				}
			}
			if before == "" {
				return invalid(prefix+"listItems", "%s does not begin with a value of %s and a colon", quote(item), parent.Name)
			}
		}
		value, err := propertyValue(prefix+"listItems", &one, item)
		switch {
		case err != nil:
			return err
		case value == "":
			return invalid(prefix+"listItems", "a value is empty")
		case seen[before+value]:
			return invalid(prefix+"listItems", "%s is there twice", quote(before+value))
		}
		seen[before+value], items[i] = true, before+value
	}
	d.Items = items
	return nil
}

// defineDefault checks a default value: one of the list, with a parent for any
// value of that.
func defineDefault(field string, d *model.PropertyDefinition) (err error) {
	if d.Default, err = propertyValue(field, d, d.Default); err != nil || d.Default == "" || len(d.Items) == 0 {
		return err
	}
	for _, item := range d.Items {
		if d.ParentID != 0 && strings.HasSuffix(item, ":"+d.Default) || d.ParentID == 0 && item == d.Default {
			return nil
		}
	}
	return invalid(field, "%s is not in the list of values", quote(d.Default))
}

func modifyPropertyDefinition(c *call, req *hal.ModifyPropertyDefinition) (*hal.ModifyPropertyDefinitionResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	t, h, err := customType(req.ObjType)
	if err != nil {
		return nil, err
	}
	before, err := c.propertyDefinition("property", t, req.Property.V)
	switch {
	case err != nil:
		return nil, err
	case before.System():
		return nil, errs.Errorf(errs.NotSupported, "property: %s is a property of the system, which cannot be changed", before.Name)
	case req.PropertyDefinition == nil:
		return nil, required("propertyDefinition")
	}
	d := *before
	d.Items = slices.Clone(before.Items)
	if err := c.define(h, &d, req.PropertyDefinition); err != nil {
		return nil, err
	}
	if err := c.keepChildren(&d); err != nil {
		return nil, err
	}
	if err := c.schema.Properties.Update(c.tx, &d); err != nil {
		return nil, err
	}
	c.defined = nil
	n, err := c.redefine(h, before, &d, req.UpdateExisting.V)
	if err != nil {
		return nil, err
	}
	text := "Property " + before.Name + " of objects of type " + t.String() + " modified"
	if d.Name != before.Name {
		text += ", now " + d.Name
	}
	if n > 0 {
		text += "; " + count(n, "value") + " changed"
	}
	return &hal.ModifyPropertyDefinitionResponse{}, c.record(model.Modification, suite, d.Name, "%s", text)
}

// keepChildren refuses a list without a value that a property which depends on
// this one has items for.
func (c *call) keepChildren(d *model.PropertyDefinition) error {
	defs, err := c.propertiesOf(d.ObjectType)
	if err != nil {
		return err
	}
	for _, child := range defs {
		if child.ParentID != d.ID {
			continue
		}
		copied := *child
		if err := defineItems("", &copied, d); err != nil {
			return inUse("propertyDefinition.listItems", "the property %s depends on a value that would be gone", child.Name)
		}
	}
	return nil
}

// redefine brings the objects' values from one definition to the next: a new
// name goes with them, and each is put in its plainest form. Values that no
// longer fit are refused unless update is set: then they, values that are the
// old default, and objects without a value get the new default. n counts the
// objects changed.
func (c *call) redefine(h holder, before, now *model.PropertyDefinition, update bool) (n int, err error) {
	err = h.each(c, func(name string, custom *[]model.Property) (bool, error) {
		old := valueOf(*custom, before)
		s, err := c.customsOf("properties", now.ObjectType, custom)
		if err != nil {
			return false, err
		}
		*custom = withValue(*custom, before.Name, "")
		value, err := propertyValue(now.Name, now, old)
		fits := err == nil && (value == "" || s.offered(now, value))
		switch {
		case !fits && !update:
			return false, inUse("propertyDefinition", "%s of %s is %s, which would no longer fit; change it first or set updateExisting", before.Name, quote(name), quote(old))
		case update && (!fits || value == "" || value == before.Default) && s.offered(now, now.Default):
			value = now.Default
		case !fits:
			value = ""
		}
		*custom = withValue(*custom, now.Name, value)
		for _, child := range s.defs {
			if v := s.value(child); child.ParentID == now.ID && v != "" && !s.offered(child, v) {
				return false, inUse("propertyDefinition", "%s of %s would become %s, for which %s has no %s", now.Name, quote(name), quote(value), child.Name, quote(v))
			}
		}
		changed := value != old || value != "" && before.Name != now.Name
		if changed {
			n++
		}
		return changed, nil
	})
	return n, err
}

func removePropertyDefinition(c *call, req *hal.RemovePropertyDefinition) (*hal.RemovePropertyDefinitionResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	t, h, err := customType(req.ObjType)
	if err != nil {
		return nil, err
	}
	d, err := c.propertyDefinition("property", t, req.Property.V)
	switch {
	case err != nil:
		return nil, err
	case d.System():
		return nil, errs.Errorf(errs.NotSupported, "property: %s is a property of the system, which cannot be removed", d.Name)
	}
	defs, err := c.propertiesOf(t)
	if err != nil {
		return nil, err
	}
	for _, child := range defs {
		if child.ParentID == d.ID {
			return nil, inUse("property", "the property %s depends on %s", child.Name, d.Name)
		}
	}
	n := 0
	err = h.each(c, func(_ string, custom *[]model.Property) (bool, error) {
		if valueOf(*custom, d) == "" {
			return false, nil
		}
		*custom = withValue(*custom, d.Name, "")
		n++
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	if err := c.schema.Properties.Delete(c.tx, d.ID); err != nil {
		return nil, err
	}
	c.defined = nil
	text := "Property " + d.Name + " of objects of type " + t.String() + " removed"
	if n > 0 {
		text += " with " + count(n, "value")
	}
	return &hal.RemovePropertyDefinitionResponse{}, c.record(model.Deletion, suite, d.Name, "%s", text)
}
