package model

import "strconv"

// OptionType is the format of one value of a DHCP option, in the API's words.
type OptionType string

// The formats of option values.
const (
	OptionString       OptionType = "String"
	OptionHex          OptionType = "HexStr"
	OptionBoolean      OptionType = "Boolean"
	OptionAddress      OptionType = "IPAddress"
	OptionHostOrAddr   OptionType = "IPOrHostname"
	OptionInteger      OptionType = "Integer"
	MaxOptionNumberV4             = 254 // 0 pads and 255 ends the options of a DHCPv4 message
	MaxOptionNumberV6             = 65535
	MaxOptionNumberSub            = 254 // options of a vendor class
)

// OptionID names a DHCP option: a number, in the space of a vendor class or
// among the standard options, for the clients of a user class or for all.
type OptionID struct {
	Vendor string
	User   string
	Number uint32
}

// String is the id as the API writes it: vendor:user:number, "::3" for routers.
func (id OptionID) String() string {
	return id.Vendor + ":" + id.User + ":" + strconv.FormatUint(uint64(id.Number), 10)
}

// Option is an option with its value, in the form in which the API shows it;
// several values are joined by commas.
type Option struct {
	OptionID
	Value string
}

// OptionSet is the options set on one object, or on one policy of it.
type OptionSet struct {
	ID       ID
	Owner    Ref // a server, scope, pool, group or reservation
	PolicyID ID  // 0 = the object's own options
	ServerID ID
	// Revision grows with every change; it outlives an empty set, so that
	// somebody who read it before finds out.
	Revision uint32
	Options  []Option
}

// OptionDefinition declares an option of a server that is not a standard one.
type OptionDefinition struct {
	ID       ID
	ServerID ID
	Vendor   string // vendor class; "" = among the standard options
	Number   uint32
	Name     string
	Type     OptionType
	Array    bool
}

// Class is a client class of an ISC server with those that belong to it:
// hardware addresses or client identifiers.
type Class struct {
	ID         ID
	ServerID   ID
	Name       string // letter by letter, as in dhcpd
	Subclasses []string
}
