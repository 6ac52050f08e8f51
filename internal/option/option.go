// Package option knows the DHCP options: the standard ones of DHCPv4 (RFC 2132
// and its successors) and DHCPv6 by number, name and format, and what a value
// of each format may be. It neither stores options nor puts them into packets;
// a server's own definitions are brought to it by those who keep them.
package option

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"halxml/internal/model"
)

// Definition is what is known of one option.
type Definition struct {
	Vendor string // vendor class; "" for a standard option
	Number uint32
	Name   string
	Type   model.OptionType
	Array  bool
	// Min and Max bound an Integer.
	Min, Max int64
	// Pairs: the addresses come in twos (static routes, policy filters).
	Pairs bool
	// Domain: each String is a domain name.
	Domain bool
	// Own: dhcpd sets it itself or only reads it from clients, so nobody sets it.
	Own bool
	// Syntax is how dhcpd 4.4 declares the option; "" when it knows it by name.
	Syntax string
	// Raw: dhcpd knows the option with fields of several formats, and takes the
	// bytes of it as an expression.
	Raw bool
	// V6: an option of DHCPv6.
	V6 bool
}

// ID is the option's id for clients of all user classes.
func (d Definition) ID() model.OptionID { return model.OptionID{Vendor: d.Vendor, Number: d.Number} }

// Custom is a server's own definition. An Integer has 32 bits: the interface
// has no word for another width.
func Custom(d *model.OptionDefinition, v6 bool) Definition {
	return Definition{
		Vendor: d.Vendor, Number: d.Number, Name: d.Name, Type: d.Type, Array: d.Array, Max: 1<<32 - 1, V6: v6,
	}
}

// Standard are the standard options of a protocol, by number.
func Standard(v6 bool) []Definition { return slices.Clone(table(v6)) }

func table(v6 bool) []Definition {
	if v6 {
		return standard6
	}
	return standard4
}

// FirstSite is the first DHCPv4 option number that a server's own definition
// may give another meaning: from here on sites had long used numbers freely
// before some were assigned (RFC 3942).
const FirstSite = 128

// Find is the standard option of a number.
func Find(v6 bool, number uint32) (Definition, bool) {
	for _, d := range table(v6) {
		if d.Number == number {
			return d, true
		}
	}
	return Definition{}, false
}

// Named is the standard option of a name, in any case.
func Named(v6 bool, name string) (Definition, bool) {
	for _, d := range table(v6) {
		if strings.EqualFold(d.Name, name) {
			return d, true
		}
	}
	return Definition{}, false
}

// ParseID reads vendor:user:number. A name may stand for the number, and the
// number or name alone for a standard option; then name is set and the number
// is 0. The error says what is wrong, without naming a field.
func ParseID(text string) (id model.OptionID, name string, err error) {
	text = strings.TrimSpace(text)
	last := text
	switch parts := strings.Split(text, ":"); len(parts) {
	case 1:
	case 3:
		id.Vendor, id.User, last = strings.TrimSpace(parts[0]), strings.TrimSpace(parts[1]), strings.TrimSpace(parts[2])
	default:
		return id, "", fmt.Errorf("%q is not vendorclass:userclass:number", text)
	}
	if last == "" {
		return id, "", fmt.Errorf("%q has no number", text)
	}
	if strings.Trim(last, "0123456789") != "" {
		return id, last, nil
	}
	n, err := strconv.ParseUint(last, 10, 32)
	if err != nil || n > model.MaxOptionNumberV6 {
		return id, "", fmt.Errorf("%q has a number beyond %d", text, model.MaxOptionNumberV6)
	}
	id.Number = uint32(n)
	return id, "", nil
}
