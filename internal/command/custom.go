package command

import (
	"slices"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/filter"
	"halxml/internal/model"
	"halxml/wsdl/hal"
)

// maxProperty bounds one custom property's value, in characters.
const maxProperty = 64 << 10

// propertiesOf are the custom properties of a type: the system's, then the
// others by age. They are read once per command.
func (c *call) propertiesOf(t model.ObjectType) ([]*model.PropertyDefinition, error) {
	if defs, ok := c.defined[t]; ok {
		return defs, nil
	}
	defs := model.SystemProperties(t)
	for d, err := range c.schema.PropertiesByType.Begin(c.tx, keyOf(model.ID(t))) {
		if err != nil {
			return nil, err
		}
		defs = append(defs, d)
	}
	slices.SortStableFunc(defs, func(a, b *model.PropertyDefinition) int { return int(a.ID) - int(b.ID) })
	if c.defined == nil {
		c.defined = map[model.ObjectType][]*model.PropertyDefinition{}
	}
	c.defined[t] = defs
	return defs, nil
}

// definitionNamed finds a definition by its name in any case, or nil.
func definitionNamed(defs []*model.PropertyDefinition, name string) *model.PropertyDefinition {
	for _, d := range defs {
		if strings.EqualFold(d.Name, strings.TrimSpace(name)) {
			return d
		}
	}
	return nil
}

// parentOf is the definition that another depends on, or nil.
func parentOf(defs []*model.PropertyDefinition, d *model.PropertyDefinition) *model.PropertyDefinition {
	for _, p := range defs {
		if d.ParentID != 0 && p.ID == d.ParentID {
			return p
		}
	}
	return nil
}

// isCustom tells the filter which custom properties exist and how they compare.
func (c *call) isCustom(t model.ObjectType) (func(string) (filter.Kind, bool), error) {
	defs, err := c.propertiesOf(t)
	return func(name string) (filter.Kind, bool) {
		d := definitionNamed(defs, name)
		if d == nil {
			return filter.Text, false
		}
		switch d.Type {
		case model.PropertyInteger:
			return filter.Number, true
		case model.PropertyBoolean:
			return filter.Bool, true
		case model.PropertyAddress:
			return filter.Address, true
		}
		return filter.Text, true
	}, err
}

// customs changes the custom properties of one object: values are set one by
// one, then checked together.
type customs struct {
	c     *call
	kind  model.ObjectType
	field string // what holds the properties, in faults
	defs  []*model.PropertyDefinition
	to    *[]model.Property
	given []*model.PropertyDefinition // set or cleared so far
}

func (c *call) customsOf(field string, t model.ObjectType, to *[]model.Property) (*customs, error) {
	defs, err := c.propertiesOf(t)
	return &customs{c: c, kind: t, field: field, defs: defs, to: to}, err
}

// newCustom takes the custom properties of a new object: those given, defaults
// for the others, and all that are mandatory.
func (c *call) newCustom(field string, t model.ObjectType, to *[]model.Property, in []hal.Property) error {
	s, err := c.customsOf(field, t, to)
	if err != nil {
		return err
	}
	if err := s.take(in); err != nil {
		return err
	}
	s.defaults()
	for _, d := range s.defs {
		if d.Mandatory && s.value(d) == "" {
			return errs.Errorf(errs.Missing, "%s: %s is mandatory", field, d.Name)
		}
	}
	return s.check()
}

// setCustom takes changed custom properties of an object that is there.
func (c *call) setCustom(field string, t model.ObjectType, to *[]model.Property, in []hal.Property) error {
	s, err := c.customsOf(field, t, to)
	if err != nil {
		return err
	}
	if err := s.take(in); err != nil {
		return err
	}
	return s.check()
}

// defaultCustom gives a new object the default values of its properties, where
// the command that makes it has no place for properties.
func (c *call) defaultCustom(t model.ObjectType, to *[]model.Property) error {
	s, err := c.customsOf("", t, to)
	if err != nil {
		return err
	}
	s.defaults()
	return nil
}

func (s *customs) take(in []hal.Property) error {
	for _, p := range in {
		d := definitionNamed(s.defs, p.Name.V)
		if d == nil {
			return invalid(s.field, "%s has no custom property %s", article(s.kind), quote(p.Name.V))
		}
		if slices.Contains(s.given, d) {
			return invalid(s.field, "%s is given twice", quote(d.Name))
		}
		if _, err := s.set(d, p.Value.V); err != nil {
			return err
		}
	}
	return nil
}

// value is the object's value of a property, "" for none.
func (s *customs) value(d *model.PropertyDefinition) string { return valueOf(*s.to, d) }

func valueOf(ps []model.Property, d *model.PropertyDefinition) string {
	for _, p := range ps {
		if strings.EqualFold(p.Name, d.Name) {
			return p.Value
		}
	}
	return ""
}

// set gives a property a value; an empty one clears it. changed is false when
// the value was the same before.
func (s *customs) set(d *model.PropertyDefinition, value string) (changed bool, err error) {
	value, err = propertyValue(s.field+"."+d.Name, d, value)
	if err != nil {
		return false, err
	}
	s.given = append(s.given, d)
	before := s.value(d)
	switch {
	case value == before:
		return false, nil
	case value == "" && d.Mandatory:
		return false, errs.Errorf(errs.Missing, "%s: %s is mandatory", s.field, d.Name)
	case d.ReadOnly && s.c.id.UserID != model.AdministratorID:
		return false, errs.Errorf(errs.AccessDenied, "%s: %s is read-only; only the administrator can change it", s.field, d.Name)
	}
	*s.to = withValue(*s.to, d.Name, value)
	return true, nil
}

// clear takes away the values that were not set, but for those the caller may
// not change. It returns the names of what is cleared.
func (s *customs) clear() (names []string, err error) {
	for _, p := range slices.Clone(*s.to) {
		d := definitionNamed(s.defs, p.Name)
		if d == nil || slices.Contains(s.given, d) || d.ReadOnly && s.c.id.UserID != model.AdministratorID {
			continue
		}
		if _, err := s.set(d, ""); err != nil {
			return nil, err
		}
		names = append(names, d.Name)
	}
	return names, nil
}

// withValue is a sorted list of properties with one set or, with an empty
// value, taken out. The list given stays as it is.
func withValue(ps []model.Property, name, value string) []model.Property {
	out := slices.DeleteFunc(slices.Clone(ps), func(p model.Property) bool { return strings.EqualFold(p.Name, name) })
	if value != "" {
		out = append(out, model.Property{Name: name, Value: value})
		slices.SortFunc(out, func(a, b model.Property) int { return strings.Compare(a.Name, b.Name) })
	}
	return out
}

// defaults gives each property that was not set its default value, parents
// before those that depend on them; one that the parent's value does not offer
// is left out.
func (s *customs) defaults() {
	for again := true; again; {
		again = false
		for _, d := range s.defs {
			if d.Default != "" && !slices.Contains(s.given, d) && s.value(d) == "" && s.offered(d, d.Default) {
				*s.to = withValue(*s.to, d.Name, d.Default)
				again = true
			}
		}
	}
}

// offered reports whether a property's list, if it has one, has the value for
// the present value of the property it depends on.
func (s *customs) offered(d *model.PropertyDefinition, value string) bool {
	parent := parentOf(s.defs, d)
	if parent == nil {
		return d.Offers("", value)
	}
	p := s.value(parent)
	return p != "" && d.Offers(p, value)
}

// check holds the values that were set, and those that depend on them, against
// their lists.
func (s *customs) check() error {
	for _, d := range s.defs {
		value, parent := s.value(d), parentOf(s.defs, d)
		if value == "" || !slices.Contains(s.given, d) && !slices.Contains(s.given, parent) || s.offered(d, value) {
			continue
		}
		field := s.field + "." + d.Name
		switch {
		case parent == nil:
			return invalid(field, "%s is not in the list of values", quote(value))
		case s.value(parent) == "":
			return invalid(field, "depends on %s, which has no value", parent.Name)
		}
		return invalid(field, "%s is not in the list of values for %s %s", quote(value), parent.Name, quote(s.value(parent)))
	}
	return nil
}
