package wire

import (
	"halxml/internal/model"
	"halxml/wsdl/hal"
)

// Options are options with their ids; never nil.
func Options(all []model.Option) []hal.DHCPOption {
	out := make([]hal.DHCPOption, len(all))
	for i, o := range all {
		out[i] = hal.DHCPOption{Option: hal.Some(o.OptionID.String()), Value: hal.Some(o.Value)}
	}
	return out
}

// OptionDefinition declares an option.
func OptionDefinition(id model.OptionID, name string, t model.OptionType, array bool) hal.DHCPOptionDefinition {
	return hal.DHCPOptionDefinition{
		Option: hal.Some(id.String()), Name: hal.Some(name), Type: hal.Some(hal.PropertyType(t)), Array: hal.Some(array),
	}
}

// OptionClass is a vendor or user class.
func OptionClass(name, description, identifier string) hal.DHCPOptionClass {
	return hal.DHCPOptionClass{Name: hal.Some(name), Description: text(description), Identifier: hal.Some(identifier)}
}
