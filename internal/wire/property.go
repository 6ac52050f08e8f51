package wire

import (
	"halxml/internal/model"
	"halxml/wsdl/hal"
)

// PropertyDefinition is a definition; parent is the name of the property that
// it depends on, if any.
func PropertyDefinition(d *model.PropertyDefinition, parent string) hal.PropertyDefinition {
	return hal.PropertyDefinition{
		Name:           hal.Some(d.Name),
		Type:           hal.Some(hal.PropertyType(d.Type)),
		System:         hal.Some(d.System()),
		Mandatory:      hal.Some(d.Mandatory),
		ReadOnly:       hal.Some(d.ReadOnly),
		MultiLine:      hal.Some(d.MultiLine),
		DefaultValue:   text(d.Default),
		ListItems:      append([]string{}, d.Items...),
		ParentProperty: text(parent),
	}
}
