package command

import (
	"slices"
	"strings"
	"unicode/utf8"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/wsdl/hal"
)

// maxProperty bounds one custom property's value, in characters.
const maxProperty = 64 << 10

// systemProperties are the custom properties that every installation has
// (Micetro fixes Title and Description of ranges).
var systemProperties = map[model.ObjectType][]string{
	model.TypeRange: {"Title", "Description"},
}

// customName finds a defined custom property by its name in any case.
func customName(t model.ObjectType, name string) (string, bool) {
	for _, p := range systemProperties[t] {
		if strings.EqualFold(p, name) {
			return p, true
		}
	}
	return "", false
}

// isCustom reports to the filter which custom properties exist.
func isCustom(t model.ObjectType) func(string) bool {
	return func(name string) bool {
		_, ok := customName(t, name)
		return ok
	}
}

// setCustom takes an object's custom properties from a request.
func (c *call) setCustom(field string, t model.ObjectType, to *[]model.Property, in []hal.Property) error {
	for _, p := range in {
		name, ok := customName(t, p.Name.V)
		if !ok {
			return invalid(field, "a %s has no custom property %s", t, quote(p.Name.V))
		}
		if err := setCustomValue(field, to, name, p.Value.V); err != nil {
			return err
		}
	}
	return nil
}

// setCustomValue sets one custom property; an empty value clears it.
func setCustomValue(field string, to *[]model.Property, name, value string) error {
	if utf8.RuneCountInString(value) > maxProperty {
		return errs.Errorf(errs.TooLarge, "%s: %s is longer than %d characters", field, name, maxProperty)
	}
	if err := plainText(field+"."+name, value, true); err != nil {
		return err
	}
	ps := slices.DeleteFunc(slices.Clone(*to), func(p model.Property) bool { return p.Name == name })
	if value != "" {
		ps = append(ps, model.Property{Name: name, Value: value})
		slices.SortFunc(ps, func(a, b model.Property) int { return strings.Compare(a.Name, b.Name) })
	}
	*to = ps
	return nil
}
