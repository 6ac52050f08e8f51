package store

import (
	"strings"

	"halxml/internal/model"
)

// properties: a definition's parent is one of the same type, and every object
// has values of defined properties only.
func (c *references) properties() error {
	all := map[model.ObjectType][]*model.PropertyDefinition{model.TypeRange: model.SystemProperties(model.TypeRange)}
	byID := map[model.ID]*model.PropertyDefinition{}
	for d, err := range c.Properties.All(c.tx) {
		if err != nil {
			return err
		}
		all[d.ObjectType] = append(all[d.ObjectType], d)
		byID[d.ID] = d
	}
	for _, d := range byID {
		inside := map[model.ID]bool{d.ID: true}
		for at := d; at.ParentID != 0; {
			parent := byID[at.ParentID]
			if parent == nil || parent.ObjectType != at.ObjectType || inside[parent.ID] {
				c.found.addf("the %s property %q depends on %d, which is no other property of that type", d.ObjectType, d.Name, at.ParentID)
				break
			}
			inside[parent.ID] = true
			at = parent
		}
	}
	return c.eachCustom(func(ref model.Ref, values []model.Property) {
		for _, v := range values {
			defined := false
			for _, d := range all[ref.Type] {
				defined = defined || strings.EqualFold(d.Name, v.Name)
			}
			if !defined {
				c.found.addf("%s %s has a value of %q, which is not defined", ref.Type, ref, v.Name)
			}
		}
	})
}

// eachCustom visits every object that has values of custom properties.
func (c *references) eachCustom(fn func(model.Ref, []model.Property)) error {
	for s, err := range c.Servers.All(c.tx) {
		if err != nil {
			return err
		}
		fn(s.Ref(), s.Custom)
	}
	for r, err := range c.Ranges.All(c.tx) {
		if err != nil {
			return err
		}
		fn(r.Ref(), r.Custom)
	}
	for a, err := range c.Addresses.All(c.tx) {
		if err != nil {
			return err
		}
		fn(a.Ref(), a.Custom)
	}
	for d, err := range c.Devices.All(c.tx) {
		if err != nil {
			return err
		}
		fn(d.Ref(), d.Custom)
	}
	for i, err := range c.Interfaces.All(c.tx) {
		if err != nil {
			return err
		}
		fn(i.Ref(), i.Custom)
	}
	for s, err := range c.Scopes.All(c.tx) {
		if err != nil {
			return err
		}
		fn(s.Ref(), s.Custom)
	}
	return nil
}
