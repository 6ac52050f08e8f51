package command_test

import (
	"fmt"
	"strings"
	"testing"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/store"
)

// define adds a definition; rest is its fields after the name.
func (s *service) define(objType, name, rest string) {
	s.t.Helper()
	if got := s.text("AddPropertyDefinition", fmt.Sprintf(`{"objType":%q,"propertyDefinition":{"name":%q,%s}}`, objType, name, rest)); got != `""` {
		s.t.Errorf("AddPropertyDefinition %s: %s", name, got)
	}
}

// custom are an object's custom properties as name=value.
func (s *service) custom(ref string) string {
	s.t.Helper()
	var all []string
	for _, p := range s.get("GetProperties", fmt.Sprintf(`{"ref":%q,"onlyCustom":true}`, ref))["properties"].([]any) {
		p := p.(map[string]any)
		all = append(all, fmt.Sprintf("%s=%s", p["name"], p["value"]))
	}
	return strings.Join(all, " ")
}

// user logs in as somebody who is not the administrator.
func (s *service) user(name string) {
	s.t.Helper()
	hash, err := s.auth.HashPassword(s.t.Context(), adminPassword)
	if err != nil {
		s.t.Fatal(err)
	}
	err = s.store.Update(s.t.Context(), func(tx store.Tx) error {
		return store.NewSchema().Users.Insert(tx, &model.User{Name: name, PasswordHash: hash})
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.session = s.get("Login", fmt.Sprintf(`{"server":"any","loginName":%q,"password":%q}`, name, adminPassword))["session"].(string)
}

func TestPropertyDefinitionsAnswerWhatTheyWereGiven(t *testing.T) {
	s := newService(t)
	const system = `{"name":"Title","type":"String","system":true,"mandatory":false,"readOnly":false,"multiLine":false,"defaultValue":"","listItems":[],"parentProperty":""},` +
		`{"name":"Description","type":"String","system":true,"mandatory":false,"readOnly":false,"multiLine":true,"defaultValue":"","listItems":[],"parentProperty":""}`
	if got := s.text("GetPropertyDefinitions", `{"objType":"Range"}`); got != `{"propertyDefinitions":[`+system+`]}` {
		t.Errorf("of ranges: %s", got)
	}
	if got := s.text("GetPropertyDefinitions", `{"objType":"DHCPServer"}`); got != `{"propertyDefinitions":[]}` {
		t.Errorf("of servers: %s", got)
	}
	s.define("Range", "Country", `"type":"String","listItems":["Austria","Iceland"],"defaultValue":"Iceland"`)
	s.define("Range", "City", `"type":"String","listItems":["Austria:Wien","Iceland:Kópavogur","Iceland:Reykjavík"],"parentProperty":"country","mandatory":true`)
	s.define("DHCPServer", "Notes", `"type":"String","multiLine":true,"readOnly":true`)
	const city = `{"name":"City","type":"String","system":false,"mandatory":true,"readOnly":false,"multiLine":false,"defaultValue":"","listItems":["Austria:Wien","Iceland:Kópavogur","Iceland:Reykjavík"],"parentProperty":"Country"}`
	const country = `{"name":"Country","type":"String","system":false,"mandatory":false,"readOnly":false,"multiLine":false,"defaultValue":"Iceland","listItems":["Austria","Iceland"],"parentProperty":""}`
	if got := s.text("GetPropertyDefinitions", `{"objType":"Range"}`); got != `{"propertyDefinitions":[`+system+`,`+country+`,`+city+`]}` {
		t.Errorf("of ranges: %s", got)
	}
	if got := s.text("GetPropertyDefinition", `{"objType":"Range","property":"CITY"}`); got != `{"propertyDefinition":`+city+`}` {
		t.Errorf("City: %s", got)
	}
	if got := s.text("GetHistory", `{"limit":1}`); !strings.Contains(got, `"eventType":"Creation","objType":"Suite"`) || !strings.Contains(got, `"objName":"Notes"`) || !strings.Contains(got, "objects of type DHCPServer") {
		t.Errorf("history: %s", got)
	}
}

func TestPropertyDefinitionsRefuse(t *testing.T) {
	s := newService(t)
	s.define("Range", "Country", `"type":"String","listItems":["Austria","Iceland"]`)
	s.define("Range", "City", `"type":"String","listItems":["Austria:Wien"],"parentProperty":"Country"`)
	for _, c := range []struct {
		params string
		code   errs.Code
		words  []string
	}{
		{`{}`, errs.Missing, []string{"objType"}},
		{`{"objType":"DHCPAddressPool"}`, errs.NotSupported, []string{"objType", "DHCPAddressPool"}},
		{`{"objType":"DNSZone"}`, errs.NotSupported, []string{"DNSZone"}},
		{`{"objType":"Range"}`, errs.Missing, []string{"propertyDefinition"}},
		{`{"objType":"Range","propertyDefinition":{"name":"X"}}`, errs.Missing, []string{"propertyDefinition.type"}},
		{`{"objType":"Range","propertyDefinition":{"type":"String"}}`, errs.Missing, []string{"propertyDefinition.name"}},
		{`{"objType":"Range","propertyDefinition":{"name":"X","type":"Text"}}`, errs.Invalid, []string{"type", "Text"}},
		{`{"objType":"Range","propertyDefinition":{"name":"title","type":"String"}}`, errs.Conflict, []string{"Title"}},
		{`{"objType":"Range","propertyDefinition":{"name":"COUNTRY","type":"String"}}`, errs.Conflict, []string{"Country"}},
		{`{"objType":"Range","propertyDefinition":{"name":"Subnet","type":"String"}}`, errs.Conflict, []string{"its own"}},
		{`{"objType":"DHCPServer","propertyDefinition":{"name":"Password","type":"String"}}`, errs.Conflict, []string{"Password"}},
		{`{"objType":"Range","propertyDefinition":{"name":"X","type":"String","mandatory":true,"readOnly":true}}`, errs.Invalid, []string{"mandatory", "read-only"}},
		{`{"objType":"Range","propertyDefinition":{"name":"X","type":"Integer","multiLine":true}}`, errs.Invalid, []string{"multiLine"}},
		{`{"objType":"Range","propertyDefinition":{"name":"X","type":"Integer","defaultValue":"many"}}`, errs.Invalid, []string{"defaultValue", "many"}},
		{`{"objType":"Range","propertyDefinition":{"name":"X","type":"Integer","listItems":["1","one"]}}`, errs.Invalid, []string{"listItems", "one"}},
		{`{"objType":"Range","propertyDefinition":{"name":"X","type":"Integer","listItems":["1","01"]}}`, errs.Invalid, []string{"twice"}},
		{`{"objType":"Range","propertyDefinition":{"name":"X","type":"String","listItems":["a",""]}}`, errs.Invalid, []string{"empty"}},
		{`{"objType":"Range","propertyDefinition":{"name":"X","type":"String","listItems":["a"],"defaultValue":"b"}}`, errs.Invalid, []string{"defaultValue", `"b"`}},
		{`{"objType":"Range","propertyDefinition":{"name":"X","type":"String","parentProperty":"Planet","listItems":["a:b"]}}`, errs.NotFound, []string{"parentProperty", "Planet"}},
		{`{"objType":"Range","propertyDefinition":{"name":"X","type":"String","parentProperty":"Title","listItems":["a:b"]}}`, errs.Invalid, []string{"Title has no list"}},
		{`{"objType":"Range","propertyDefinition":{"name":"X","type":"String","parentProperty":"Country"}}`, errs.Invalid, []string{"listItems"}},
		{`{"objType":"Range","propertyDefinition":{"name":"X","type":"String","parentProperty":"Country","listItems":["Norway:Oslo"]}}`, errs.Invalid, []string{"Norway:Oslo", "Country"}},
	} {
		s.refused(c.code, "AddPropertyDefinition", c.params, c.words...)
	}
	for _, c := range []struct {
		operation, params string
		code              errs.Code
		word              string
	}{
		{"ModifyPropertyDefinition", `{"objType":"Range","propertyDefinition":{}}`, errs.Missing, "property: required"},
		{"ModifyPropertyDefinition", `{"objType":"Range","property":"City"}`, errs.Missing, "propertyDefinition"},
		{"ModifyPropertyDefinition", `{"objType":"Range","property":"Planet","propertyDefinition":{}}`, errs.NotFound, "Planet"},
		{"ModifyPropertyDefinition", `{"objType":"Range","property":"Title","propertyDefinition":{"name":"Heading"}}`, errs.NotSupported, "Title"},
		{"ModifyPropertyDefinition", `{"objType":"Range","property":"City","propertyDefinition":{"name":"Country"}}`, errs.Conflict, "Country"},
		{"ModifyPropertyDefinition", `{"objType":"Range","property":"Country","propertyDefinition":{"parentProperty":"City","listItems":["Wien:Austria"]}}`, errs.Invalid, "itself"},
		{"ModifyPropertyDefinition", `{"objType":"Range","property":"Country","propertyDefinition":{"listItems":["Iceland"]}}`, errs.InUse, "City"},
		{"RemovePropertyDefinition", `{"objType":"Range","property":"Country"}`, errs.InUse, "City"},
		{"RemovePropertyDefinition", `{"objType":"Range","property":"Description"}`, errs.NotSupported, "Description"},
		{"RemovePropertyDefinition", `{"objType":"Range","property":"Planet"}`, errs.NotFound, "Planet"},
		{"GetPropertyDefinition", `{"objType":"DHCPScope","property":"City"}`, errs.NotFound, "City"},
		{"GetPropertyDefinition", `{"property":"City"}`, errs.Missing, "objType"},
		{"GetPropertyDefinitions", `{"objType":"Unknown"}`, errs.NotSupported, "Unknown"},
	} {
		s.refused(c.code, c.operation, c.params, c.word)
	}
}

func TestCustomValuesHaveTheirType(t *testing.T) {
	s := newService(t)
	s.define("DHCPServer", "Text", `"type":"String"`)
	s.define("DHCPServer", "Notes", `"type":"String","multiLine":true`)
	s.define("DHCPServer", "Serial", `"type":"HexStr"`)
	s.define("DHCPServer", "Managed", `"type":"Boolean"`)
	s.define("DHCPServer", "Console", `"type":"IPAddress"`)
	s.define("DHCPServer", "Backup", `"type":"IPOrHostname"`)
	s.define("DHCPServer", "Rack", `"type":"Integer"`)
	s.define("DHCPServer", "Grade", `"type":"Integer","listItems":["1","02","3"]`)
	ref := s.server("a", "ISC")
	for _, c := range []struct{ name, value, kept string }{
		{"Text", " as it is ", " as it is "}, {"Notes", "two\nlines", "two\nlines"},
		{"Serial", "0xDE:AD-be ef", "deadbeef"}, {"managed", "YES", "true"}, {"Managed", "0", "false"},
		{"Console", "2001:DB8:0::1", "2001:db8::1"}, {"Backup", "10.0.0.1", "10.0.0.1"}, {"Backup", "b.example.", "b.example."},
		{"Rack", "-007", "-7"}, {"Grade", "2", "2"}, {"Grade", "03", "3"},
	} {
		s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{%q:%q}}`, ref, c.name, c.value))
		want := fmt.Sprintf(`"value":%q}`, c.kept)
		if got := s.text("GetProperties", fmt.Sprintf(`{"ref":%q,"onlyCustom":true}`, ref)); !strings.Contains(got, want) {
			t.Errorf("%s %q: %s", c.name, c.value, got)
		}
		s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":[{"name":%q,"value":""}]}`, ref, c.name))
		if got := s.custom(ref); got != "" {
			t.Errorf("%s is not cleared: %s", c.name, got)
		}
	}
	for _, c := range []struct{ name, value string }{
		{"Text", `two\nlines`}, {"Serial", "abc"}, {"Serial", "xy"}, {"Managed", "perhaps"}, {"Console", "b.example"},
		{"Console", "10.0.0.300"}, {"Backup", "10.0.0.300"}, {"Backup", "a b"}, {"Rack", "1.5"}, {"Rack", "99999999999999999999"},
		{"Grade", "4"}, {"Notes", `bell\u0007`},
	} {
		s.refused(errs.Invalid, "SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{%q:"%s"}}`, ref, c.name, c.value), "properties."+c.name)
		s.refused(errs.Invalid, "AddDHCPServer", fmt.Sprintf(`{"dhcpServer":{"name":"b","type":"ISC","customProperties":{%q:"%s"}}}`, c.name, c.value), "dhcpServer.customProperties."+c.name)
	}
	s.refused(errs.TooLarge, "SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"Notes":%q}}`, ref, strings.Repeat("n", 1<<16+1)), "Notes")
	s.refused(errs.Invalid, "AddDHCPServer", `{"dhcpServer":{"name":"b","type":"ISC","customProperties":[{"name":"Rack","value":"1"},{"name":"RACK","value":"2"}]}}`, "twice")
}

func TestCascadingLists(t *testing.T) {
	s := newService(t)
	s.define("Range", "Country", `"type":"String","listItems":["Austria","Iceland"]`)
	s.define("Range", "City", `"type":"String","listItems":["Austria:Wien","Iceland:Reykjavik"],"parentProperty":"Country"`)
	s.define("Range", "Street", `"type":"String","listItems":["Wien:Graben","Reykjavik:Laugavegur"],"parentProperty":"City"`)
	ref := s.rng("10.0.0.0/24")
	set := func(properties string) string { return fmt.Sprintf(`{"ref":%q,"properties":{%s}}`, ref, properties) }
	s.refused(errs.Invalid, "SetProperties", set(`"City":"Wien"`), "properties.City", "Country", "no value")
	s.refused(errs.Invalid, "SetProperties", set(`"Country":"Norway"`), "properties.Country", "Norway")
	s.refused(errs.Invalid, "SetProperties", set(`"Country":"Iceland","City":"Wien"`), "properties.City", "Wien", "Iceland")
	s.text("SetProperties", set(`"Street":"Graben","City":"Wien","Country":"Austria"`))
	if got := s.custom(ref); got != "City=Wien Country=Austria Street=Graben" {
		t.Errorf("set: %s", got)
	}
	s.refused(errs.Invalid, "SetProperties", set(`"Country":"Iceland"`), "properties.City", "Wien", "Iceland")
	s.refused(errs.Invalid, "SetProperties", set(`"Country":"Iceland","City":"Reykjavik"`), "properties.Street", "Graben")
	s.refused(errs.Invalid, "SetProperties", set(`"Country":""`), "properties.City", "no value")
	s.text("SetProperties", set(`"Country":"Iceland","City":"Reykjavik","Street":"Laugavegur"`))
	s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"Country":"Austria"},"deleteUnspecified":true}`, ref))
	if got := s.custom(ref); got != "Country=Austria" {
		t.Errorf("only Country: %s", got)
	}
}

func TestDefaultsAndMandatoryProperties(t *testing.T) {
	s := newService(t)
	old := s.rng("10.0.0.0/8")
	s.define("Range", "Owner", `"type":"String","mandatory":true`)
	s.define("Range", "Country", `"type":"String","listItems":["Austria","Iceland"],"defaultValue":"Austria"`)
	s.define("Range", "City", `"type":"String","listItems":["Austria:Wien","Iceland:Reykjavik"],"parentProperty":"Country","defaultValue":"Wien"`)
	s.define("DHCPScope", "Lab", `"type":"Boolean","mandatory":true,"defaultValue":"no"`)
	s.refused(errs.Missing, "AddRange", `{"range":{"name":"10.0.0.0/16"}}`, "range.customProperties", "Owner", "mandatory")
	ref := s.add("AddRange", `{"range":{"name":"10.0.0.0/16","customProperties":{"owner":"me"}}}`)
	if got := s.custom(ref); got != "City=Wien Country=Austria Owner=me" {
		t.Errorf("defaults: %s", got)
	}
	other := s.add("AddRange", `{"range":{"name":"10.1.0.0/16","customProperties":[{"name":"Owner","value":"me"},{"name":"Country","value":"Iceland"}]}}`)
	if got := s.custom(other); got != "Country=Iceland Owner=me" {
		t.Errorf("a default that another value rules out: %s", got)
	}
	s.refused(errs.Missing, "SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"Owner":""}}`, ref), "Owner", "mandatory")
	s.refused(errs.Missing, "SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"City":""},"deleteUnspecified":true}`, ref), "Owner", "mandatory")
	s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"Title":"old"}}`, old)) // it had no owner, and may stay so
	scope := s.scope(s.server("a", "ISC"), "192.0.2.0/24")
	if got := s.custom(scope); got != "Lab=false" {
		t.Errorf("scope: %s", got)
	}
	if got := s.names("GetRanges", `{"filter":"Country=Austria"}`, "ranges", "name"); got != "10.0.0.0/16 192.0.2.0/24" {
		t.Errorf("the range that the scope made has no defaults: %s", got)
	}
}

func TestReadOnlyPropertiesAreTheAdministrators(t *testing.T) {
	s := newService(t)
	s.define("DHCPServer", "Serial", `"type":"String","readOnly":true,"defaultValue":"none"`)
	ref := s.server("a", "ISC")
	s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"Serial":"17"}}`, ref))
	s.user("jane")
	s.refused(errs.AccessDenied, "SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"Serial":"18"}}`, ref), "Serial", "read-only")
	s.refused(errs.AccessDenied, "AddDHCPServer", `{"dhcpServer":{"name":"b","type":"ISC","customProperties":{"Serial":"1"}}}`, "Serial")
	s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"Serial":"17","proxy":"p"},"deleteUnspecified":true}`, ref))
	s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"proxy":"q"},"deleteUnspecified":true}`, ref))
	if got := s.custom(ref); got != "Serial=17" {
		t.Errorf("after another's changes: %s", got)
	}
	if got := s.custom(s.server("b", "ISC")); got != "Serial=none" {
		t.Errorf("another's server: %s", got)
	}
}

func TestListsSearchAndSortCustomProperties(t *testing.T) {
	s := newService(t)
	s.define("DHCPServer", "Rack unit", `"type":"Integer"`)
	s.define("DHCPServer", "Managed", `"type":"Boolean"`)
	s.define("DHCPScope", "Console", `"type":"IPAddress"`)
	for i, unit := range []string{"10", "9", "-1", ""} {
		name := string(rune('a' + i))
		s.text("AddDHCPServer", fmt.Sprintf(`{"dhcpServer":{"name":%q,"type":"ISC","customProperties":{"Rack unit":%q,"Managed":"%t"}}}`, name, unit, i%2 == 0))
		s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"Console":"10.0.0.%d"}}`, s.scope(name, fmt.Sprintf("10.%d.0.0/24", i)), 11-i))
	}
	for _, c := range []struct{ operation, params, list, want string }{
		{"GetDHCPServers", `{"sortBy":"rack UNIT"}`, "dhcpServers", "d c b a"},
		{"GetDHCPServers", `{"sortBy":"Rack unit","sortOrder":"Descending"}`, "dhcpServers", "a b c d"},
		{"GetDHCPServers", `{"filter":"\"Rack unit\" >= 9"}`, "dhcpServers", "a b"},
		{"GetDHCPServers", `{"filter":"managed=yes"}`, "dhcpServers", "a c"},
		{"GetDHCPServers", `{"filter":"Managed:false \"Rack unit\"=^$"}`, "dhcpServers", "d"},
		{"GetDHCPScopes", `{"filter":"Console>10.0.0.9","sortBy":"Console"}`, "dhcpScopes", "10.1.0.0/24 10.0.0.0/24"},
	} {
		if got := s.names(c.operation, c.params, c.list, "name"); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.operation, c.params, got, c.want)
		}
	}
	s.refused(errs.Invalid, "GetDHCPServers", `{"filter":"Console=10.0.0.9"}`, "Console")
	s.refused(errs.Invalid, "GetDHCPServers", `{"sortBy":"Console"}`, "sortBy", "Console")
	s.refused(errs.Invalid, "GetDHCPServers", `{"filter":"\"Rack unit\" > top"}`, "top")
}

func TestModifiedDefinitionsChangeTheValues(t *testing.T) {
	s := newService(t)
	s.define("Range", "Level", `"type":"String","defaultValue":"1"`)
	low, none, other := s.rng("10.0.0.0/24"), s.rng("10.0.1.0/24"), s.rng("10.0.2.0/24")
	s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"Level":""}}`, none))
	s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"Level":"007"}}`, other))
	modify := func(rest string) string {
		return fmt.Sprintf(`{"objType":"Range","property":"level",%s}`, rest)
	}
	values := func(want string) {
		t.Helper()
		if got := s.custom(low) + "|" + s.custom(none) + "|" + s.custom(other); got != want {
			t.Errorf("values %s, want %s", got, want)
		}
	}
	s.text("ModifyPropertyDefinition", modify(`"propertyDefinition":{"defaultValue":"2"}`))
	values("Level=1||Level=007")
	s.text("ModifyPropertyDefinition", modify(`"propertyDefinition":{"type":"Integer"}`))
	values("Level=1||Level=7")
	s.refused(errs.InUse, "ModifyPropertyDefinition", modify(`"propertyDefinition":{"listItems":["1","2"]}`), "10.0.2.0/24", `"7"`, "updateExisting")
	s.refused(errs.InUse, "ModifyPropertyDefinition", modify(`"propertyDefinition":{"type":"IPAddress","defaultValue":""}`), "no longer fit")
	s.text("ModifyPropertyDefinition", modify(`"propertyDefinition":{"listItems":["1","2"]},"updateExisting":true`))
	values("Level=1|Level=2|Level=2")
	s.text("ModifyPropertyDefinition", modify(`"propertyDefinition":{"defaultValue":"1"},"updateExisting":true`))
	values("Level=1|Level=1|Level=1")
	s.text("ModifyPropertyDefinition", modify(`"propertyDefinition":{"name":"Floor"}`))
	values("Floor=1|Floor=1|Floor=1")
	if got := s.names("GetRanges", `{"filter":"Floor=1"}`, "ranges", "name"); got != "10.0.0.0/24 10.0.1.0/24 10.0.2.0/24" {
		t.Errorf("ranges on floor 1: %s", got)
	}
	if got := s.names("GetHistory", `{"limit":1}`, "events", "eventText"); got != "Property Level of objects of type Range modified, now Floor; 3 values changed" {
		t.Errorf("history: %s", got)
	}
	s.refused(errs.NotFound, "GetPropertyDefinition", `{"objType":"Range","property":"Level"}`, "Level")

	s.define("Range", "Room", `"type":"String","listItems":["1:left"],"parentProperty":"Floor","defaultValue":"left"`)
	s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"Room":"left"}}`, low))
	s.refused(errs.InUse, "ModifyPropertyDefinition",
		`{"objType":"Range","property":"Floor","propertyDefinition":{"defaultValue":"2"},"updateExisting":true}`, "10.0.0.0/24", "Room", "left")
	s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"Floor":"2","Room":""}}`, other))
	s.text("ModifyPropertyDefinition", `{"objType":"Range","property":"Room","propertyDefinition":{},"updateExisting":true}`)
	values("Floor=1 Room=left|Floor=1 Room=left|Floor=2")

	s.text("RemovePropertyDefinition", `{"objType":"Range","property":"room"}`)
	values("Floor=1|Floor=1|Floor=2")
	if got := s.names("GetHistory", `{"limit":1}`, "events", "eventText"); got != "Property Room of objects of type Range removed with 2 values" {
		t.Errorf("history: %s", got)
	}
	s.refused(errs.Invalid, "SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"Room":"left"}}`, low), "Room")
	s.refused(errs.Invalid, "GetRanges", `{"filter":"Room=left"}`, "Room")
}

func TestAddressesHaveCustomProperties(t *testing.T) {
	s := newService(t)
	s.rng("10.0.0.0/24")
	s.define("IPAddress", "Owner", `"type":"String"`)
	s.text("SetProperties", `{"ref":"10.0.0.7","properties":{"owner":"me"},"objType":"IPAddress"}`)
	s.text("ModifyPropertyDefinition", `{"objType":"IPAddress","property":"Owner","propertyDefinition":{"name":"Keeper"}}`)
	if got := s.names("GetIPAMRecords", `{"rangeRef":"10.0.0.0/24","filter":"Keeper=me"}`, "ipamRecords", "address"); got != "10.0.0.7" {
		t.Errorf("mine: %s", got)
	}
	s.refused(errs.Invalid, "GetIPAMRecords", `{"rangeRef":"10.0.0.0/24","filter":"Owner=me"}`, "Owner")
	s.text("RemovePropertyDefinition", `{"objType":"IPAddress","property":"Keeper"}`)
	if got := s.custom("{#8-#1}"); got != "" {
		t.Errorf("after the removal: %s", got)
	}
}

func TestDevicesHaveCustomProperties(t *testing.T) {
	s := newService(t)
	s.define("Device", "Owner", `"type":"String","mandatory":true`)
	s.define("Interface", "Port", `"type":"Integer","defaultValue":"1"`)
	s.refused(errs.Missing, "AddDevice", `{"device":{"name":"printer"}}`, "device.customProperties", "Owner")
	device := s.add("AddDevice", `{"device":{"name":"printer","customProperties":{"owner":"me"}}}`)
	s.add("AddInterface", fmt.Sprintf(`{"interface":{"name":"eth0","deviceRef":%q,"clientIdentifier":"00:11:22:33:44:55"}}`, device))
	s.text("ModifyPropertyDefinition", `{"objType":"Device","property":"Owner","propertyDefinition":{"name":"Keeper"}}`)
	s.text("ModifyPropertyDefinition", `{"objType":"Interface","property":"Port","propertyDefinition":{"name":"Socket"}}`)
	if got := s.names("GetDevices", `{"filter":"Keeper=me"}`, "devices", "name"); got != "printer" {
		t.Errorf("mine: %s", got)
	}
	if got := s.names("GetInterfaces", `{"filter":"Socket<2"}`, "interfaces", "name"); got != "eth0" {
		t.Errorf("in the first socket: %s", got)
	}
}

// TestPartnersShareCustomProperties has a change of definitions reach both
// instances of a failover scope alike.
func TestPartnersShareCustomProperties(t *testing.T) {
	s := newService(t)
	a, b := s.server("a", "ISC"), s.server("b", "ISC")
	scope := s.scope(a, "10.0.0.0/24")
	s.pool(scope, "10.0.0.10", "10.0.0.20")
	s.text("AddDHCPFailoverRelationship", `{"dhcpFailoverRelationship":{"name":"fo","primaryServer":"a","secondaryServer":"b"}}`)
	s.text("AddDHCPScopesToDHCPFailoverRelationship", fmt.Sprintf(`{"dhcpServerRef":%q,"dhcpFailoverRelationshipName":"fo","dhcpScopeRefs":[%q]}`, a, scope))
	s.define("DHCPScope", "Use", `"type":"String"`)
	s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"Use":"phones"}}`, scope))
	s.text("ModifyPropertyDefinition", `{"objType":"DHCPScope","property":"Use","propertyDefinition":{"name":"Purpose"}}`)
	if got := s.names("GetDHCPScopes", fmt.Sprintf(`{"filter":"Purpose=phones dhcpServerRef=%s"}`, b), "dhcpScopes", "name"); got != "10.0.0.0/24" {
		t.Errorf("the partner's scope: %s", got)
	}
}
