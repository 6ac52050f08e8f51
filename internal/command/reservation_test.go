package command_test

import (
	"fmt"
	"strings"
	"testing"

	"halxml/internal/errs"
)

// reservation is the parameters of AddDHCPReservation; more are further fields.
func reservation(owner, client, addresses string, more ...string) string {
	list := "[]"
	if addresses != "" {
		list = `["` + strings.Join(strings.Fields(addresses), `","`) + `"]`
	}
	fields := append([]string{fmt.Sprintf(`"ownerRef":%q,"clientIdentifier":%q,"addresses":%s`, owner, client, list)}, more...)
	return `{"dhcpReservation":{` + strings.Join(fields, ",") + `}}`
}

func (s *service) reserve(owner, client, addresses string, more ...string) string {
	s.t.Helper()
	return s.add("AddDHCPReservation", reservation(owner, client, addresses, more...))
}

func (s *service) reserved(ref string) map[string]any {
	s.t.Helper()
	return s.get("GetDHCPReservation", fmt.Sprintf(`{"dhcpReservationRef":%q}`, ref))["dhcpReservation"].(map[string]any)
}

func (s *service) set(ref, properties string) {
	s.t.Helper()
	s.text("SetProperties", set(ref, properties))
}

func set(ref, properties string) string {
	return fmt.Sprintf(`{"ref":%q,"properties":%s}`, ref, properties)
}

// network is a server of a kind with a scope on 10.0.0.0/24.
func (s *service) network(kind string) (server, scope string) {
	s.t.Helper()
	server = s.server("a", kind)
	return server, s.scope(server, "10.0.0.0/24")
}

func TestReservationsAnswerWhatTheirServerKnows(t *testing.T) {
	const all = `"name":"host1","type":"DHCP","description":"a printer","ddnsHostName":"p1.corp.net","filename":"boot.img","serverName":"boot1","nextServer":"10.0.0.2"`
	for kind, want := range map[string]string{
		"ISC":    `{"dhcpReservation":{"ref":"{#9-#1}","name":"host1","clientIdentifier":"00:11:22:aa:bb:cc","addresses":["10.0.0.5"],"type":"BOTH","reservationMethod":"HardwareAddress","description":"","ddnsHostName":"p1.corp.net","filename":"boot.img","serverName":"boot1","nextServer":"10.0.0.2","ownerRef":"{#7-#1}"}}`,
		"Kea":    `{"dhcpReservation":{"ref":"{#9-#1}","name":"host1","clientIdentifier":"00:11:22:aa:bb:cc","addresses":["10.0.0.5"],"type":"BOTH","reservationMethod":"HardwareAddress","description":"","ddnsHostName":"p1.corp.net","filename":"","serverName":"","nextServer":"","ownerRef":"{#7-#1}"}}`,
		"MSDHCP": `{"dhcpReservation":{"ref":"{#9-#1}","name":"host1","clientIdentifier":"00:11:22:aa:bb:cc","addresses":["10.0.0.5"],"type":"DHCP","reservationMethod":"HardwareAddress","description":"a printer","ddnsHostName":"","filename":"","serverName":"","nextServer":"","ownerRef":"{#7-#1}"}}`,
		"IOS":    `{"dhcpReservation":{"ref":"{#9-#1}","name":"host1","clientIdentifier":"00:11:22:aa:bb:cc","addresses":["10.0.0.5"],"type":"BOTH","reservationMethod":"HardwareAddress","description":"","ddnsHostName":"","filename":"","serverName":"","nextServer":"","ownerRef":"{#7-#1}"}}`,
	} {
		t.Run(kind, func(t *testing.T) {
			s := newService(t)
			_, sc := s.network(kind)
			ref := s.reserve(sc, "00-11-22-AA-BB-CC", "10.0.0.5", all)
			if got := s.text("GetDHCPReservation", fmt.Sprintf(`{"dhcpReservationRef":%q}`, ref)); got != want {
				t.Errorf("%s", got)
			}
			s.set(ref, `{"type":"BOOTP","description":"d","ddnsHostName":"h","filename":"f","serverName":"s","nextServer":"n"}`)
			r := s.reserved(ref)
			got := fmt.Sprint(r["type"], r["description"], r["ddnsHostName"], r["filename"], r["serverName"], r["nextServer"])
			if want := map[string]string{"ISC": "BOTHhfsn", "Kea": "BOTHh", "MSDHCP": "BOOTPd", "IOS": "BOTH"}[kind]; strings.ReplaceAll(got, " ", "") != want {
				t.Errorf("after SetProperties: %s, want %s", got, want)
			}
			if kind == "IOS" {
				if got := s.names("GetHistory", `{"objType":"DHCPReservation"}`, "events", "eventType"); got != "Creation" {
					t.Errorf("history tells a change that was none: %s", got)
				}
			}
		})
	}
}

func TestReservationClients(t *testing.T) {
	s := newService(t)
	_, sc := s.network("ISC")
	for i, c := range []struct{ method, given, want string }{
		{"", "00:11:22:AA:bb:01", "00:11:22:aa:bb:01"},
		{"HardwareAddress", "00-11-22-aa-bb-02", "00:11:22:aa:bb:02"},
		{"HardwareAddress", "0011.22AA.bb03", "00:11:22:aa:bb:03"},
		{"HardwareAddress", " 001122aabb04 ", "00:11:22:aa:bb:04"},
		{"HardwareAddress", "0:11:22:a:b:5", "00:11:22:0a:0b:05"},
		{"HardwareAddress", "00:11:22:33:44:55:66:77", "00:11:22:33:44:55:66:77"},
		{"ClientIdentifier", "00-11-22-AA-BB-01", "00:11:22:aa:bb:01"},
		{"ClientIdentifier", "printer on floor 3", "printer on floor 3"},
		{"ClientIdentifier", "AB", "AB"},
	} {
		method := ""
		if c.method != "" {
			method = fmt.Sprintf(`,"reservationMethod":%q`, c.method)
		}
		ref := s.reserve(sc, c.given, "", fmt.Sprintf(`"name":"h%d"%s`, i, method))
		if got := s.reserved(ref)["clientIdentifier"]; got != c.want {
			t.Errorf("%s %q: %q, want %q", c.method, c.given, got, c.want)
		}
	}
	for _, bad := range []string{"00:11:22:33:44", "00:11:22:33:44:5g", "00:11-22:33:44:55", "001.1223.3445.5", "00112233445", "0:1:2:3:4:", "10.0.0.5", strings.Repeat("00:", 20) + "00"} {
		s.refused(errs.Invalid, "AddDHCPReservation", reservation(sc, bad, ""), "dhcpReservation.clientIdentifier", bad)
	}
	s.refused(errs.Missing, "AddDHCPReservation", reservation(sc, " ", ""), "dhcpReservation.clientIdentifier")
	s.refused(errs.Conflict, "AddDHCPReservation", reservation(sc, "00-11-22-AA-BB-01", "10.0.0.9"), "dhcpReservation.clientIdentifier", "h0")
}

func TestReservationNames(t *testing.T) {
	s := newService(t)
	a, sc := s.network("ISC")
	two := s.scope(a, "10.0.1.0/24")
	name := func(ref string) any { return s.reserved(ref)["name"] }
	if got := name(s.reserve(sc, "00:11:22:33:44:55", "10.0.0.5")); got != "00-11-22-33-44-55" {
		t.Errorf("a name made from the client: %v", got)
	}
	if got := name(s.reserve(two, "00:11:22:33:44:55", "10.0.1.5")); got != "00-11-22-33-44-55-10-0-1-5" {
		t.Errorf("a name made from client and address: %v", got)
	}
	s.refused(errs.Conflict, "AddDHCPReservation", reservation(a, "00:11:22:33:44:55", ""), "dhcpReservation.name")
	if got := name(s.reserve(a, "_é", "", `"reservationMethod":"ClientIdentifier"`)); got != "client" {
		t.Errorf("a name made from nothing: %v", got)
	}
	s.reserve(sc, "00:11:22:33:44:01", "", `"name":" Host.corp.net "`)
	s.refused(errs.Conflict, "AddDHCPReservation", reservation(two, "00:11:22:33:44:02", "", `"name":"host.corp.net"`), "dhcpReservation.name")
	for _, bad := range []string{"two words", "_x", "a..b", `q"`, "é", "x;", "{x}"} {
		s.refused(errs.Invalid, "AddDHCPReservation", reservation(sc, "00:11:22:33:44:02", "", fmt.Sprintf(`"name":%q`, bad)), "dhcpReservation.name")
	}
	s.refused(errs.Invalid, "AddDHCPReservation", reservation(sc, "00:11:22:33:44:02", "", `"name":"{#9-#1}"`), "reference")
	if got := s.reserved("HOST.corp.net.")["clientIdentifier"]; got != "00:11:22:33:44:01" {
		t.Errorf("by name: %v", got)
	}
	// The same name on another server is another host; then a name alone is not enough.
	b := s.scope(s.server("b", "ISC"), "10.0.0.0/24")
	s.reserve(b, "00:11:22:33:44:01", "", `"name":"host.corp.net"`)
	s.refused(errs.Ambiguous, "GetDHCPReservation", `{"dhcpReservationRef":"host.corp.net"}`, "several")

	// Microsoft takes any names, Kea's are no way to find a reservation.
	ms := s.scope(s.server("ms", "MSDHCP"), "10.0.0.0/24")
	s.reserve(ms, "00:11:22:33:44:01", "10.0.0.1", `"name":"a printer"`)
	s.reserve(ms, "00:11:22:33:44:02", "10.0.0.2", `"name":"a printer"`)
	if got := name(s.reserve(ms, "00:11:22:33:44:03", "10.0.0.3")); got != "" {
		t.Errorf("a Microsoft reservation without a name has %v", got)
	}
	kea := s.scope(s.server("kea", "Kea"), "10.0.0.0/24")
	k := s.reserve(kea, "00:11:22:33:44:01", "10.0.0.1", `"name":"keahost"`)
	s.refused(errs.NotFound, "GetDHCPReservation", `{"dhcpReservationRef":"keahost"}`, "keahost")
	if got := name(k); got != "keahost" {
		t.Errorf("by reference: %v", got)
	}
}

func TestReservationsRefuse(t *testing.T) {
	s := newService(t)
	a, sc := s.network("ISC")
	s.pool(sc, "10.0.0.100", "10.0.0.199")
	s.reserve(sc, "00:11:22:33:44:01", "10.0.0.5 10.0.0.6", `"name":"one"`)
	s.group(a, "g", "")
	const mac = "00:11:22:33:44:02"
	for _, c := range []struct {
		params string
		code   errs.Code
		word   string
	}{
		{`{}`, errs.Missing, "dhcpReservation"},
		{reservation("", mac, ""), errs.Missing, "dhcpReservation.ownerRef"},
		{reservation("nobody", mac, ""), errs.NotFound, "nobody"},
		{reservation("{#7-#9}", mac, ""), errs.NotFound, "{#7-#9}"},
		{reservation("{#6-#1}", mac, ""), errs.Invalid, "a Range has no reservations"},
		{reservation(sc, mac, "x"), errs.Invalid, `dhcpReservation.addresses: "x"`},
		{reservation(sc, mac, "10.0.0.7 10.0.0.7"), errs.Invalid, "given twice"},
		{reservation(sc, mac, "10.0.0.7 2001:db8::1"), errs.Invalid, "two protocols"},
		{reservation(sc, mac, "10.0.1.7"), errs.Invalid, "10.0.1.7 lies outside the scope's range 10.0.0.0/24"},
		{reservation(sc, mac, "2001:db8::1"), errs.Invalid, "outside"},
		{reservation(sc, mac, "10.0.0.0"), errs.Invalid, "network address"},
		{reservation(sc, mac, "10.0.0.255"), errs.Invalid, "broadcast address"},
		{reservation(sc, mac, "10.0.0.7 10.0.0.6"), errs.Conflict, `10.0.0.6 is reserved on server a already, by "one"`},
		{reservation(sc, mac, "10.0.0.150"), errs.Conflict, "address pool 10.0.0.100-10.0.0.199"},
		{reservation(a, mac, "10.0.0.6"), errs.Conflict, "reserved"},
		{reservation("g", mac, "10.0.0.6"), errs.Conflict, "reserved"},
		{reservation("g", mac, "10.0.0.199"), errs.Conflict, "address pool"},
		{reservation("g", mac, "10.0.0.255"), errs.Invalid, "broadcast"},
		{reservation(a, mac, "224.0.0.1"), errs.Invalid, "a client can have"},
		{reservation(a, mac, "0.0.0.0"), errs.Invalid, "a client can have"},
		{reservation(a, mac, "255.255.255.255"), errs.Invalid, "a client can have"},
		{reservation(a, mac, "::1"), errs.Invalid, "a client can have"},
		{reservation(sc, mac, "", `"reservationMethod":"DUID"`), errs.Invalid, "DUID"},
		{reservation(sc, mac, "", `"ddnsHostName":"a b"`), errs.Invalid, "dhcpReservation.ddnsHostName"},
		{reservation(sc, mac, "", `"nextServer":"10.0.0.300"`), errs.Invalid, "dhcpReservation.nextServer"},
		{reservation(sc, mac, "", `"filename":"`+strings.Repeat("x", 128)+`"`), errs.TooLarge, "dhcpReservation.filename"},
		{reservation(sc, mac, "", `"serverName":"`+strings.Repeat("x", 64)+`"`), errs.TooLarge, "dhcpReservation.serverName"},
		{reservation(sc, mac, "", `"serverName":"a\u0001"`), errs.Invalid, "control"},
	} {
		s.refused(c.code, "AddDHCPReservation", c.params, c.word)
	}
	s.refused(errs.Conflict, "AddDHCPAddressPool", fmt.Sprintf(`{"dhcpAddressPool":{"dhcpScopeRef":%q,"from":"10.0.0.6","to":"10.0.0.20"}}`, sc), "dhcpAddressPool.from", "reserved address 10.0.0.6")
	s.refused(errs.NotFound, "GetDHCPReservation", `{"dhcpReservationRef":"nobody"}`, "nobody")
	s.refused(errs.Missing, "GetDHCPReservations", `{}`, "ownerRef")
	s.refused(errs.Invalid, "GetDHCPReservations", fmt.Sprintf(`{"ownerRef":%q,"objType":"DHCPServer"}`, sc), "objType")
	s.refused(errs.Invalid, "GetDHCPReservations", fmt.Sprintf(`{"ownerRef":%q,"sortBy":"colour"}`, sc), "colour")

	ms := s.scope(s.server("ms", "MSDHCP"), "10.0.0.0/24")
	s.pool(ms, "10.0.0.100", "10.0.0.199")
	s.reserve(ms, mac, "10.0.0.150") // a Microsoft server keeps it out of the pool itself
	s.refused(errs.Missing, "AddDHCPReservation", reservation(ms, "00:11:22:33:44:03", ""), "dhcpReservation.addresses")
	s.refused(errs.Invalid, "AddDHCPReservation", reservation(ms, "00:11:22:33:44:03", "10.0.0.9", `"type":"X"`), "X")
	for _, server := range []string{"ms", s.server("ios", "IOS")} {
		s.refused(errs.NotSupported, "AddDHCPReservation", reservation(server, mac, "10.0.0.9"), "dhcpReservation.ownerRef", "belongs to a scope")
	}
	kea := s.server("kea", "KEA DHCPv4")
	k4, k6 := s.scope(kea, "10.0.0.0/24"), s.scope(kea, "2001:db8::/64")
	for _, one := range []string{ms, k4} {
		s.refused(errs.NotSupported, "AddDHCPReservation", reservation(one, "00:11:22:33:44:03", "10.0.0.9 10.0.0.10"), "dhcpReservation.addresses", "one address")
	}
	s.reserve(k6, mac, "2001:db8::1 2001:db8::2")
}

func TestReservationOwners(t *testing.T) {
	s := newService(t)
	a, sc := s.network("ISC")
	g := s.group(a, "g", "")
	s.reserve("10.0.0.0/24", "00:11:22:33:44:01", "10.0.0.1", `"name":"in-scope"`)
	s.reserve("g", "00:11:22:33:44:02", "10.0.0.2 192.0.2.7", `"name":"in-group"`)
	s.reserve("DHCPServers/a", "00:11:22:33:44:03", "", `"name":"on-server"`)
	for owner, want := range map[string][2]string{sc: {"in-scope", sc}, "G": {"in-group", g}, "a.": {"on-server", a}, "DHCPScopes/10.0.0.0/24": {"in-scope", sc}} {
		params := fmt.Sprintf(`{"ownerRef":%q}`, owner)
		if got := s.names("GetDHCPReservations", params, "dhcpReservations", "name"); got != want[0] {
			t.Errorf("%s has %s", owner, got)
		}
		if got := s.names("GetDHCPReservations", params, "dhcpReservations", "ownerRef"); got != want[1] {
			t.Errorf("%s has reservations of %s", owner, got)
		}
	}
	s.group(a, "a", "")
	s.refused(errs.Ambiguous, "GetDHCPReservations", `{"ownerRef":"a"}`, "DHCPGroup", "DHCPServer")
	if got := s.names("GetDHCPReservations", `{"ownerRef":"a","objType":"DHCPServer"}`, "dhcpReservations", "name"); got != "on-server" {
		t.Errorf("with objType: %s", got)
	}
	// One client may have a reservation in each scope, but only one beside them.
	two := s.scope(a, "10.0.1.0/24")
	s.reserve(two, "00:11:22:33:44:01", "10.0.1.1")
	s.reserve("g", "00:11:22:33:44:01", "", `"name":"third"`)
	s.refused(errs.Conflict, "AddDHCPReservation", reservation(a, "00:11:22:33:44:01", "", `"name":"fourth"`), "third")
}

func TestReservationsFilterSortAndPage(t *testing.T) {
	s := newService(t)
	_, sc := s.network("ISC")
	for i := range 5 {
		s.reserve(sc, fmt.Sprintf("00:11:22:33:44:%02x", i), fmt.Sprintf("10.0.0.%d", 50-i), fmt.Sprintf(`"name":"h%d"`, i))
	}
	s.reserve(sc, "id 5", "10.0.0.60 10.0.0.61", `"name":"h5","reservationMethod":"ClientIdentifier","nextServer":"tftp.corp.net"`)
	for filter, want := range map[string]string{
		"":                                     "h0 h1 h2 h3 h4 h5",
		"name=H3":                              "h3",
		"name=^h":                              "h0 h1 h2 h3 h4 h5",
		`clientIdentifier="00:11:22:33:44:02"`: "h2",
		`clientIdentifier=^"00:11"`:            "h0 h1 h2 h3 h4",
		"00:11:22:33:44:04":                    "h4",
		"addresses=10.0.0.61":                  "h5",
		"10.0.0.47":                            "h3",
		"reservationMethod=ClientIdentifier":   "h5",
		"nextServer=@tftp":                     "h5",
		"ownerRef=" + sc + " and name!=h0":     "h1 h2 h3 h4 h5",
		"ownerRef=10.0.0.0/24 and name=h0":     "h0",
		"type=BOTH and not (name=h0)":          "h1 h2 h3 h4 h5",
		"name=h9":                              "",
	} {
		if got := s.names("GetDHCPReservations", fmt.Sprintf(`{"ownerRef":%q,"filter":%q}`, sc, filter), "dhcpReservations", "name"); got != want {
			t.Errorf("filter %s: %s, want %s", filter, got, want)
		}
	}
	page := fmt.Sprintf(`{"ownerRef":%q,"sortBy":"clientIdentifier","sortOrder":"Descending","offset":1,"limit":2}`, sc)
	if got := s.names("GetDHCPReservations", page, "dhcpReservations", "name"); got != "h4 h3" {
		t.Errorf("page: %s", got)
	}
	if got := s.get("GetDHCPReservations", page)["totalResults"]; got != 6.0 {
		t.Errorf("totalResults: %v", got)
	}
}

func TestReservationProperties(t *testing.T) {
	s := newService(t)
	_, sc := s.network("ISC")
	ref := s.reserve(sc, "00:11:22:33:44:01", "10.0.0.5", `"name":"one"`)
	s.reserve(sc, "00:11:22:33:44:02", "10.0.0.9", `"name":"two"`)
	addresses := func() string { return fmt.Sprint(s.reserved(ref)["addresses"]) }
	for _, c := range [][2]string{{"10.0.0.6,10.0.0.7", "[10.0.0.6 10.0.0.7]"}, {"10.0.0.7, 10.0.0.5", "[10.0.0.7 10.0.0.5]"}, {"", "[]"}, {"10.0.0.5", "[10.0.0.5]"}} {
		s.set(ref, fmt.Sprintf(`{"addresses":%q}`, c[0]))
		if got := addresses(); got != c[1] {
			t.Errorf("addresses %q: %s", c[0], got)
		}
	}
	s.set(ref, `{"clientIdentifier":"AA-BB-CC-00-00-01","name":"uno"}`)
	if got, want := s.text("GetProperties", `{"ref":"uno"}`), fmt.Sprintf(`{"properties":[{"name":"name","value":"uno"},{"name":"clientIdentifier","value":"aa:bb:cc:00:00:01"},{"name":"addresses","value":"10.0.0.5"},{"name":"type","value":"BOTH"},{"name":"reservationMethod","value":"HardwareAddress"},{"name":"description","value":""},{"name":"ddnsHostName","value":""},{"name":"filename","value":""},{"name":"serverName","value":""},{"name":"nextServer","value":""},{"name":"ownerRef","value":%q}]}`, sc); got != want {
		t.Errorf("properties: %s", got)
	}
	s.set(ref, `{"clientIdentifier":"uno","reservationMethod":"ClientIdentifier"}`)
	for _, c := range []struct {
		properties string
		code       errs.Code
		word       string
	}{
		{`{"addresses":"10.0.0.9"}`, errs.Conflict, "properties.addresses"},
		{`{"addresses":"10.0.1.9"}`, errs.Invalid, "properties.addresses"},
		{`{"addresses":"10.0.0.6;10.0.0.7"}`, errs.Invalid, "properties.addresses"},
		{`{"name":"TWO"}`, errs.Conflict, "properties.name"},
		{`{"reservationMethod":"HardwareAddress"}`, errs.Invalid, "properties.clientIdentifier"},
		{`{"clientIdentifier":"00:11:22:33:44:02","reservationMethod":"HardwareAddress"}`, errs.Conflict, "properties.clientIdentifier"},
		{`{"clientIdentifier":""}`, errs.Missing, "properties.clientIdentifier"},
		{`{"ownerRef":"{#3-#1}"}`, errs.Invalid, "read-only"},
		{`{"colour":"red"}`, errs.Invalid, "colour"},
	} {
		s.refused(c.code, "SetProperties", set(ref, c.properties), c.word)
	}
	s.text("RemoveObject", fmt.Sprintf(`{"ref":%q,"objType":"DHCPReservation"}`, "uno"))
	s.refused(errs.NotFound, "GetDHCPReservation", fmt.Sprintf(`{"dhcpReservationRef":%q}`, ref), ref)
	if got := s.names("GetHistory", fmt.Sprintf(`{"objRef":%q,"objType":"DHCPReservation"}`, "{#9-#1}"), "events", "eventType"); !strings.HasPrefix(got, "Deletion Modification") || !strings.HasSuffix(got, "Creation") {
		t.Errorf("history: %s", got)
	}
}

func TestReservationsGoWithTheirOwner(t *testing.T) {
	s := newService(t)
	a, sc := s.network("ISC")
	top := s.group(a, "top", "")
	s.group(a, "inner", "top")
	one := s.reserve(sc, "00:11:22:33:44:01", "10.0.0.200")
	two := s.reserve("inner", "00:11:22:33:44:02", "")
	three := s.reserve(a, "00:11:22:33:44:03", "")
	gone := func(ref string) {
		s.refused(errs.NotFound, "GetDHCPReservation", fmt.Sprintf(`{"dhcpReservationRef":%q}`, ref), ref)
	}

	s.refused(errs.Conflict, "SetProperties", set("{#6-#1}", `{"name":"10.0.0.0/25"}`), "10.0.0.200", "00-11-22-33-44-01")
	s.text("RemoveObject", fmt.Sprintf(`{"ref":%q}`, top))
	gone(two)
	s.text("RemoveObject", fmt.Sprintf(`{"ref":%q}`, sc))
	gone(one)
	if got := s.get("GetHistory", `{"limit":1}`)["events"].([]any)[0].(map[string]any)["eventText"]; got != "DHCP scope 10.0.0.0/24 removed with 1 reservation" {
		t.Errorf("history: %v", got)
	}
	s.refused(errs.InUse, "SetProperties", set(a, `{"type":"Kea"}`), "reservations")
	s.refused(errs.InUse, "RemoveObject", fmt.Sprintf(`{"ref":%q}`, a), "1 reservation")
	s.text("RemoveObject", fmt.Sprintf(`{"ref":%q,"forceRemoval":true}`, a))
	gone(three)
}
