package soap

import (
	"strconv"
	"strings"

	"halxml/wsdl/hal"
)

// usual are fields that many operations share, what they mean and what a sample
// shows in them. The WSDL describes the others where they are.
var usual = map[string]struct{ doc, example string }{
	"session":      {"Session that Login answered; left out by callers who send an Authorization header.", "SESSION"},
	"saveComment":  {"Comment that history keeps with the change.", "ticket 4711"},
	"filter":       {"Which objects to list, such as name:^example$; absent means all.", "name:example"},
	"offset":       {"How many objects to leave out at the beginning of the list.", "0"},
	"limit":        {"How many objects to list at most; absent or 0 means all.", "100"},
	"sortBy":       {"Field by which the list is sorted.", "name"},
	"sortOrder":    {"Direction of the sort order; absent means ascending.", "Ascending"},
	"totalResults": {"Number of objects that match the filter, whatever the limit.", "1"},
	"objType":      {"Type of the object, needed only where a name instead of a reference leaves it open.", ""},

	"server":                {"", "localhost"},
	"loginName":             {"", "administrator"},
	"password":              {"", "PASSWORD"},
	"name":                  {"", "example"},
	"primaryServer":         {"", "dhcp1.example.com."},
	"secondaryServer":       {"", "dhcp2.example.com."},
	"mclt":                  {"", "3600"},
	"safePeriod":            {"", "0"},
	"percentage":            {"", "50"},
	"port":                  {"", "647"},
	"secondaryPort":         {"", "647"},
	"loadBalanceMaxSeconds": {"", "3"},
	"maxResponseDelay":      {"", "60"},
	"maxUnackedUpdates":     {"", "10"},
	"from":                  {"", "192.0.2.10"},
	"to":                    {"", "192.0.2.200"},
	"address":               {"", "192.0.2.1"},
	"cidr":                  {"", "24"},
	"mask":                  {"", "24"},
	"clientIdentifier":      {"", "00:11:22:aa:bb:cc"},
	"option":                {"", "::3"},
	"failoverPeer":          {"", "example"},
	"failoverRelationship":  {"", "example"},

	"dhcpFailoverRelationshipName": {"", "example"},
}

// references are the references that samples show, by how a field's name ends
// or, where the name does not tell, by Type.field or Operation.field before it.
var references = []struct{ suffix, example string }{
	{"dhcpgroup.parentref", "{#11-#1}"}, {"dhcpgroup.ownerref", "{#3-#1}"}, {"dhcpgroups.ownerref", "{#3-#1}"},
	{"range.parentref", "{#6-#2}"}, {"subranges.parentref", "{#6-#1}"}, {"ranges.range", "{#6-#1}"}, {"folder.parentref", "{#21-#2}"},
	{"moveipamrecord.toref", "{#8-#2}"}, {"moveipamrecord.fromref", "{#8-#1}"}, {"movetoaddressspace.objref", "{#3-#1}"},
	{".destaddressspaceref", "{#25-#2}"}, {".secondaryserverref", "{#3-#2}"}, {".addrref", "{#8-#1}"},

	{"dhcpserver.ref", "{#3-#1}"}, {"dnszone.ref", "{#4-#1}"}, {"dnsrecord.ref", "{#13-#1}"}, {"range.ref", "{#6-#1}"},
	{"reservation.ref", "{#9-#1}"}, {"pool.ref", "{#10-#1}"}, {"dhcpgroup.ref", "{#11-#1}"}, {"exclusion.ref", "{#16-#1}"},
	{"device.ref", "{#19-#1}"}, {"interface.ref", "{#20-#1}"}, {"folder.ref", "{#21-#1}"}, {"addressspace.ref", "{#25-#1}"},

	{"dnsserverref", "{#2-#1}"}, {"serverref", "{#3-#1}"}, {"zoneref", "{#4-#1}"}, {"viewref", "{#5-#1}"}, {"rangeref", "{#6-#1}"},
	{"scoperef", "{#7-#1}"}, {"reservationref", "{#9-#1}"}, {"poolref", "{#10-#1}"}, {"dhcpgroupref", "{#11-#1}"},
	{"siteref", "{#12-#1}"}, {"recordref", "{#13-#1}"}, {"userref", "{#14-#1}"}, {"groupref", "{#15-#1}"}, {"exclusionref", "{#16-#1}"},
	{"deviceref", "{#19-#1}"}, {"interfaceref", "{#20-#1}"}, {"folderref", "{#21-#1}"}, {"addressspaceref", "{#25-#1}"},
	{"networkref", "{#29-#1}"}, {"roleref", "{#31-#1}"}, {"", "{#7-#1}"},
}

func describe(f *hal.Field) string {
	if f.Doc != "" {
		return f.Doc
	}
	return usual[f.Name].doc
}

// example is a value of a field of s that a reader can tell from real ones.
func example(s *hal.Struct, f *hal.Field) string {
	u := usual[f.Name].example
	switch f.Kind {
	case hal.UintKind, hal.IntKind:
		if _, err := strconv.Atoi(u); err == nil {
			return u
		}
	case hal.StringKind, hal.EnumKind:
		if u != "" && !mailed(s) {
			return u
		}
	}
	switch f.Kind {
	case hal.BoolKind:
		return "true"
	case hal.UintKind, hal.IntKind:
		return "1"
	case hal.EnumKind:
		return exampleOf(s, f.Enum)
	case hal.RefKind:
		of, answer := strings.CutSuffix(s.Name, "Response")
		if answer {
			of = strings.TrimPrefix(of, "Add")
		}
		name := strings.TrimSuffix(strings.ToLower(of+"."+f.Name), "s")
		for _, r := range references {
			if strings.HasSuffix(name, r.suffix) {
				return r.example
			}
		}
	}
	switch strings.TrimPrefix(f.Type, "ArrayOf") {
	case "IPAddress":
		return "192.0.2.1"
	case "IPOrHostname":
		return "dhcp1.example.com"
	case "HexStr":
		return "0A0B0C"
	case "DateTime":
		return "2026-01-31 12:00:00"
	}
	return "text"
}

// mailed: from and to are addresses of mail there.
func mailed(s *hal.Struct) bool { return s.Name == "SendMail" }

// exampleOf is a value that says something: the type of object that most
// references of samples are of, or the first that is not "Unknown" and the like.
func exampleOf(s *hal.Struct, e *hal.Enum) string {
	switch {
	case e.Name == "ObjectType" && s.Name == "MoveToAddressSpace":
		return "DHCPServer"
	case e.Name == "ObjectType":
		return "DHCPScope"
	}
	for _, v := range e.Values {
		switch v.Value {
		case "Unknown", "Undefined", "undefined", "Unspecified", "Any":
		default:
			return v.Value
		}
	}
	return e.Values[0].Value
}
