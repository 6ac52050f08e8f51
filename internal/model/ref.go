// Package model holds the domain: servers, failover relationships, ranges,
// scopes, address pools, users, sessions and history, as they are stored and
// reasoned about. It knows neither the wire nor the store. Addresses are
// net/netip values; the zero value of an optional field means "not set".
package model

import (
	"fmt"
	"strconv"
	"strings"
)

// ID numbers the objects of one type, from 1 (users from 0: the administrator).
// An id is never used again.
type ID uint64

// ObjectType is the class number inside a reference. Numbers up to 17 and 25
// and 31 are Micetro's; the rest are ours (none was ever recorded).
type ObjectType uint16

// The classes of objects, in Micetro's numbering.
const (
	TypeUnknown      ObjectType = 0
	TypeSuite        ObjectType = 1
	TypeDNSServer    ObjectType = 2
	TypeServer       ObjectType = 3
	TypeDNSZone      ObjectType = 4
	TypeDNSView      ObjectType = 5
	TypeRange        ObjectType = 6
	TypeScope        ObjectType = 7
	TypeIPAddress    ObjectType = 8
	TypeReservation  ObjectType = 9
	TypePool         ObjectType = 10
	TypeGroup        ObjectType = 11 // a DHCP group
	TypeADSite       ObjectType = 12
	TypeDNSRecord    ObjectType = 13
	TypeUser         ObjectType = 14
	TypeUserGroup    ObjectType = 15
	TypeExclusion    ObjectType = 16
	TypeRelationship ObjectType = 17 // DHCPFailoverPeer
	TypeLease        ObjectType = 18
	TypeDevice       ObjectType = 19
	TypeInterface    ObjectType = 20
	TypeFolder       ObjectType = 21
	TypeADSiteLink   ObjectType = 22
	TypeADForest     ObjectType = 24
	TypeAddressSpace ObjectType = 25
	TypeChange       ObjectType = 26
	TypeAppliance    ObjectType = 27
	TypeCloud        ObjectType = 28
	TypeCloudNetwork ObjectType = 29
	TypeSuperscope   ObjectType = 30
	TypeRole         ObjectType = 31
)

// typeNames has, for each class, the API's ObjectType value and the collection
// that REST-style references use.
var typeNames = []struct {
	Type       ObjectType
	Name       string
	Collection string
}{
	{TypeUnknown, "Unknown", ""},
	{TypeSuite, "Suite", ""},
	{TypeDNSServer, "DNSServer", "DNSServers"},
	{TypeServer, "DHCPServer", "DHCPServers"},
	{TypeDNSZone, "DNSZone", "DNSZones"},
	{TypeDNSView, "DNSView", "DNSViews"},
	{TypeRange, "Range", "Ranges"},
	{TypeScope, "DHCPScope", "DHCPScopes"},
	{TypeIPAddress, "IPAddress", "IPAMRecords"},
	{TypeReservation, "DHCPReservation", "DHCPReservations"},
	{TypePool, "DHCPAddressPool", "DHCPAddressPools"},
	{TypeGroup, "DHCPGroup", "DHCPGroups"},
	{TypeADSite, "ADSite", "ADSites"},
	{TypeDNSRecord, "DNSRecord", "DNSRecords"},
	{TypeUser, "User", "Users"},
	{TypeUserGroup, "Group", "Groups"},
	{TypeExclusion, "DHCPExclusion", "DHCPExclusions"},
	{TypeRelationship, "DHCPFailoverPeer", "DHCPFailoverRelationships"},
	{TypeLease, "DHCPLease", "DHCPLeases"},
	{TypeDevice, "Device", "Devices"},
	{TypeInterface, "Interface", "Interfaces"},
	{TypeFolder, "Folder", "Folders"},
	{TypeADSiteLink, "ADSiteLink", "ADSiteLinks"},
	{TypeADForest, "ADForest", "ADForests"},
	{TypeAddressSpace, "AddressSpace", "AddressSpaces"},
	{TypeChange, "ChangeRequest", "ChangeRequests"},
	{TypeAppliance, "Appliance", "Appliances"},
	{TypeCloud, "Cloud", "Clouds"},
	{TypeCloudNetwork, "CloudNetwork", "CloudNetworks"},
	{TypeSuperscope, "Superscope", "Superscopes"},
	{TypeRole, "Role", "Roles"},
}

// String is the API's name of the class.
func (t ObjectType) String() string {
	for _, n := range typeNames {
		if n.Type == t {
			return n.Name
		}
	}
	return "Unknown"
}

// ObjectTypeOf finds a class by the API's name of it, in any case.
func ObjectTypeOf(name string) (ObjectType, bool) {
	for _, n := range typeNames {
		if strings.EqualFold(n.Name, name) {
			return n.Type, true
		}
	}
	return TypeUnknown, false
}

// Ref names one object: {#type-#id} on the wire.
type Ref struct {
	Type ObjectType
	ID   ID
}

// String is the reference as the API writes it.
func (r Ref) String() string {
	var a [32]byte
	return string(r.Append(a[:0]))
}

// Append appends the reference as the API writes it.
func (r Ref) Append(b []byte) []byte {
	b = append(b, "{#"...)
	b = strconv.AppendUint(b, uint64(r.Type), 10)
	b = append(b, "-#"...)
	b = strconv.AppendUint(b, uint64(r.ID), 10)
	return append(b, '}')
}

// ParseRef reads {#type-#id} or Collection/id (any case, as REST clients write
// it, the collection's singular too). ok is false for anything else: then the
// text may be a name, an address or a CIDR.
func ParseRef(s string) (ref Ref, ok bool) {
	s = strings.TrimSpace(s)
	if inner, found := strings.CutPrefix(s, "{#"); found {
		inner, found = strings.CutSuffix(inner, "}")
		t, id, split := strings.Cut(inner, "-#")
		n, err1 := parseID(t, 16)
		i, err2 := parseID(id, 64)
		if !found || !split || err1 != nil || err2 != nil {
			return Ref{}, false
		}
		return Ref{ObjectType(n), ID(i)}, true
	}
	cut := strings.LastIndexByte(s, '/')
	if cut < 0 {
		return Ref{}, false
	}
	id, err := parseID(s[cut+1:], 64)
	if err != nil {
		return Ref{}, false
	}
	collection := s[:cut]
	if inner := strings.LastIndexByte(collection, '/'); inner >= 0 {
		collection = collection[inner+1:] // "Ranges/Ranges/3" is what one REST client sends
	}
	for _, n := range typeNames {
		if n.Collection != "" && (strings.EqualFold(n.Collection, collection) || strings.EqualFold(n.Name, collection)) {
			return Ref{n.Type, ID(id)}, true
		}
	}
	return Ref{}, false
}

func parseID(s string, bits int) (uint64, error) {
	if s == "" || s[0] < '0' || s[0] > '9' {
		return 0, fmt.Errorf("not a number")
	}
	return strconv.ParseUint(s, 10, bits)
}
