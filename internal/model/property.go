package model

import "strings"

// Property is one custom property of an object.
type Property struct {
	Name  string
	Value string
}

// PropertyType is the format of a custom property's values, in the API's words.
type PropertyType string

// The formats of custom properties.
const (
	PropertyString       PropertyType = "String"
	PropertyHex          PropertyType = "HexStr"
	PropertyBoolean      PropertyType = "Boolean"
	PropertyAddress      PropertyType = "IPAddress"
	PropertyIPOrHostname PropertyType = "IPOrHostname"
	PropertyInteger      PropertyType = "Integer"
)

// PropertyDefinition is a custom property that all objects of a type have.
type PropertyDefinition struct {
	ID         ID // 0 = of the system: it can be neither changed nor removed
	ObjectType ObjectType
	Name       string
	Type       PropertyType
	Mandatory  bool // every object needs a value; excludes ReadOnly
	ReadOnly   bool // only the administrator gives values
	MultiLine  bool
	Default    string // of new objects, when none is given
	// Items are the values to choose from; none = any value. With a parent
	// property an item is written parent:child, and is offered where the parent
	// has that value.
	Items    []string
	ParentID ID // the definition whose value decides; 0 = none
}

// System reports whether the property is built in.
func (d *PropertyDefinition) System() bool { return d.ID == 0 }

// Offers reports whether a value may be chosen where the parent property, if
// there is one, has the value parent.
func (d *PropertyDefinition) Offers(parent, value string) bool {
	if len(d.Items) == 0 {
		return true
	}
	for _, item := range d.Items {
		if d.ParentID != 0 {
			child, ok := strings.CutPrefix(item, parent+":")
			if !ok {
				continue
			}
			item = child
		}
		if item == value {
			return true
		}
	}
	return false
}

// SystemProperties are the custom properties that every installation has:
// Micetro fixes Title and Description of ranges.
func SystemProperties(t ObjectType) []*PropertyDefinition {
	if t != TypeRange {
		return nil
	}
	return []*PropertyDefinition{
		{ObjectType: t, Name: "Title", Type: PropertyString},
		{ObjectType: t, Name: "Description", Type: PropertyString, MultiLine: true},
	}
}
