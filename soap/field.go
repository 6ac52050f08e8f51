package soap

import (
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
}

// references are the references that samples show, by how the field's name
// ends.
var references = []struct{ suffix, example string }{
	{"dnsserverref", "{#2-#1}"}, {"serverref", "{#3-#1}"}, {"zoneref", "{#4-#1}"}, {"rangeref", "{#6-#1}"},
	{"scoperef", "{#7-#1}"}, {"reservationref", "{#9-#1}"}, {"poolref", "{#10-#1}"}, {"groupref", "{#15-#1}"},
	{"userref", "{#14-#1}"}, {"roleref", "{#31-#1}"}, {"addressspaceref", "{#25-#1}"}, {"", "{#7-#1}"},
}

func describe(f *hal.Field) string {
	if f.Doc != "" {
		return f.Doc
	}
	return usual[f.Name].doc
}

// example is a value of f that a reader can tell from real ones.
func example(f *hal.Field) string {
	if u := usual[f.Name]; u.example != "" && f.Kind != hal.BoolKind && f.Kind != hal.RefKind {
		return u.example
	}
	switch f.Kind {
	case hal.BoolKind:
		return "true"
	case hal.UintKind, hal.IntKind:
		return "1"
	case hal.EnumKind:
		return f.Enum.Values[0].Value
	case hal.RefKind:
		name := strings.TrimSuffix(strings.ToLower(f.Name), "s")
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
