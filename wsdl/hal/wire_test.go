package hal

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"halxml/internal/errs"
	"halxml/internal/jsonscan"
	"halxml/internal/xmlscan"
)

// readXML decodes the children of the root of doc.
func readXML(m Message, doc string) error {
	s := xmlscan.New(doc, xmlscan.Limits{})
	if _, _, err := s.Child(); err != nil {
		return err
	}
	if err := m.DecodeXML(s); err != nil {
		return err
	}
	return s.End()
}

func readJSON(m Message, doc string) error {
	s := jsonscan.New(doc, jsonscan.Limits{})
	if err := m.DecodeJSON(s); err != nil {
		return err
	}
	return s.End()
}

func request(t *testing.T, name string) Message {
	t.Helper()
	op, _, ok := Lookup(name)
	if !ok {
		t.Fatalf("no operation %s", name)
	}
	return op.NewRequest()
}

func TestRequestsAsClientsSendThem(t *testing.T) {
	const ns = ` xmlns="http://menandmice.com/webservices/"`
	want := `<session>s1</session><dhcpScope><ref></ref><name>lab</name><rangeRef>10.0.0.0/24</rangeRef>` +
		`<dhcpServerRef>{#9-#1}</dhcpServerRef><enabled>true</enabled></dhcpScope>`
	for name, doc := range map[string]string{
		"default namespace": `<AddDHCPScope` + ns + `><session>s1</session><dhcpScope><ref/><name>lab</name><rangeRef>10.0.0.0/24</rangeRef><dhcpServerRef>{#9-#1}</dhcpServerRef><enabled>true</enabled></dhcpScope></AddDHCPScope>`,
		"prefixed":          `<m:AddDHCPScope xmlns:m="http://menandmice.com/webservices/"><m:session>s1</m:session><m:dhcpScope><m:ref/><m:name>lab</m:name><m:rangeRef>10.0.0.0/24</m:rangeRef><m:dhcpServerRef>{#9-#1}</m:dhcpServerRef><m:enabled>1</m:enabled></m:dhcpScope></m:AddDHCPScope>`,
		"no namespace":      `<AddDHCPScope><session>s1</session><dhcpScope><ref/><name>lab</name><rangeRef>10.0.0.0/24</rangeRef><dhcpServerRef>{#9-#1}</dhcpServerRef><enabled> true </enabled></dhcpScope></AddDHCPScope>`,
		"any order": `<AddDHCPScope` + ns + `><dhcpScope><enabled>true</enabled><dhcpServerRef>{#9-#1}</dhcpServerRef>
			<rangeRef>10.0.0.0/24</rangeRef><name>lab</name><ref></ref></dhcpScope><session>s1</session></AddDHCPScope>`,
		"unknown and foreign children": `<AddDHCPScope` + ns + ` xmlns:o="urn:o"><color>red<shade/></color><o:session>no</o:session><session>s1</session>` +
			`<dhcpScope><ref/><new>1</new><name>lab</name><rangeRef>10.0.0.0/24</rangeRef><dhcpServerRef>{#9-#1}</dhcpServerRef><enabled>true</enabled></dhcpScope></AddDHCPScope>`,
		"nil, empty and comments": `<AddDHCPScope` + ns + ` xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><session>s<!-- c -->1</session><saveComment i:nil="true"/>` +
			`<dhcpScope><ref/><name><![CDATA[lab]]></name><rangeRef>10.0.0.0/24</rangeRef><dhcpServerRef>{#9-#1}</dhcpServerRef><superscope i:nil="1"></superscope><available/><enabled>true</enabled></dhcpScope></AddDHCPScope>`,
	} {
		m := request(t, "AddDHCPScope")
		if err := readXML(m, doc); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := string(m.AppendXML(nil, Current)); got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
	for name, doc := range map[string]string{
		"plain":   `{"session":"s1","dhcpScope":{"ref":"","name":"lab","rangeRef":"10.0.0.0/24","dhcpServerRef":"{#9-#1}","enabled":true,"available":null}}`,
		"strings": `{"dhcpScope":{"ref":"","name":"lab","rangeRef":"10.0.0.0/24","dhcpServerRef":"{#9-#1}","enabled":"1","new":[{}]},"session":"s1","server":"x"}`,
		"case":    `{"Session":"s1","DHCPScope":{"Ref":"","Name":"lab","rangeref":"10.0.0.0/24","dhcpserverref":"{#9-#1}","ENABLED":true}}`,
	} {
		m := request(t, "AddDHCPScope")
		if err := readJSON(m, doc); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := string(m.AppendXML(nil, Current)); got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
}

// TestLetterCase: PowerShell, .NET and Python write True and False into a text,
// and people write enumerations as they come; answers spell them as the WSDL.
func TestLetterCase(t *testing.T) {
	want := `<session></session><ref>r</ref><objType>DHCPScope</objType><deleteUnspecified>true</deleteUnspecified><properties></properties>`
	for _, doc := range []string{
		`<SetProperties><ref>r</ref><objType>dhcpscope</objType><deleteUnspecified>True</deleteUnspecified></SetProperties>`,
		`<SetProperties><ref>r</ref><objType> DHCPSCOPE </objType><deleteUnspecified>TRUE</deleteUnspecified></SetProperties>`,
		`<SetProperties><Ref>r</Ref><objtype>DHCPScope</objtype><DELETEUNSPECIFIED>1</DELETEUNSPECIFIED></SetProperties>`,
		`{"ref":"r","objType":"dhcpScope","deleteUnspecified":"True"}`,
		`{"Ref":"r","objtype":"dhcpScope","DELETEUNSPECIFIED":1}`,
	} {
		m := new(SetProperties)
		read := readXML
		if doc[0] == '{' {
			read = readJSON
		}
		if err := read(m, doc); err != nil {
			t.Errorf("%s: %v", doc, err)
		} else if got := string(m.AppendXML(nil, Current)); got != want {
			t.Errorf("%s:\n got %s\nwant %s", doc, got, want)
		}
	}
	m := new(GetNextFreeAddress)
	if err := readXML(m, `<a><ping>False</ping></a>`); err != nil || !m.Ping.Set || m.Ping.V {
		t.Errorf("False: %+v, %v", m.Ping, err)
	}
	// As older versions of the interface wrote it.
	for _, read := range []func(m Message) error{
		func(m Message) error {
			return readXML(m, `<a><DHCPRefAndFailoverRelationshipNames><DHCPRefAndFailoverRelationshipName><dhcpFailoverRelationshipName>fo</dhcpFailoverRelationshipName></DHCPRefAndFailoverRelationshipName></DHCPRefAndFailoverRelationshipNames></a>`)
		},
		func(m Message) error {
			return readJSON(m, `{"DHCPRefAndFailoverRelationshipNames":{"DHCPRefAndFailoverRelationshipName":[{"dhcpFailoverRelationshipName":"fo"}]}}`)
		},
	} {
		m := new(RemoveDHCPFailoverRelationships)
		if err := read(m); err != nil || len(m.DHCPRefAndFailoverRelationshipNames) != 1 || m.DHCPRefAndFailoverRelationshipNames[0].DHCPFailoverRelationshipName.V != "fo" {
			t.Errorf("%+v, %v", m.DHCPRefAndFailoverRelationshipNames, err)
		}
	}
}

// TestValuesDifferInMoreThanCase of an enumeration, so that any letter case can be taken.
func TestValuesDifferInMoreThanCase(t *testing.T) {
	for _, op := range Operations() {
		seen := map[*Struct]bool{}
		var walk func(*Struct)
		walk = func(s *Struct) {
			if seen[s] {
				return
			}
			seen[s] = true
			for _, f := range s.Fields {
				if f.Struct != nil {
					walk(f.Struct)
				}
				if f.Enum == nil {
					continue
				}
				for _, v := range f.Enum.Values {
					if got := f.Enum.canonical(strings.ToUpper(v.Value)); got != v.Value {
						t.Errorf("%s: %q in capitals is %q", f.Enum.Name, v.Value, got)
					}
				}
			}
		}
		walk(op.Request)
		walk(op.Response)
	}
}

func TestAbsentAndEmptyDiffer(t *testing.T) {
	m := new(SetProperties)
	if err := readXML(m, `<SetProperties><ref>r</ref><saveComment></saveComment></SetProperties>`); err != nil {
		t.Fatal(err)
	}
	if m.Session.Set || !m.SaveComment.Set || m.SaveComment.V != "" || m.Properties != nil || m.DeleteUnspecified.Set {
		t.Errorf("%+v", m)
	}
	if err := readXML(m, `<SetProperties><properties/></SetProperties>`); err != nil || m.Properties == nil || len(m.Properties) != 0 {
		t.Errorf("an empty array is %#v, %v", m.Properties, err)
	}
}

func TestLists(t *testing.T) {
	want := `<properties><property><name>a</name><value>1</value></property><property><name>b</name><value>x</value></property></properties>`
	for _, doc := range []string{
		`{"properties":[{"name":"a","value":1},{"name":"b","value":"x"}]}`,
		`{"properties":{"property":[{"name":"a","value":1},{"name":"b","value":"x"}]}}`,
		`{"properties":{"a":1,"b":"x"}}`,
		`{"properties":{"property":{"name":"a","value":1},"b":"x"}}`,
	} {
		m := new(SetProperties)
		if err := readJSON(m, doc); err != nil {
			t.Errorf("%s: %v", doc, err)
		} else if got := string(m.AppendXML(nil, Current)); !strings.HasSuffix(got, want) {
			t.Errorf("%s:\n got %s\nwant %s", doc, got, want)
		}
	}
	refs := `<dhcpScopeRefs><ref>{#10-#1}</ref><ref>b</ref></dhcpScopeRefs>`
	for _, doc := range []string{
		`{"dhcpScopeRefs":["{#10-#1}","b"]}`,
		`{"dhcpScopeRefs":{"ref":["{#10-#1}","b"]}}`,
		`{"dhcpScopeRefs":{"x":1,"ref":["{#10-#1}","b"],"y":[]}}`,
	} {
		m := new(AddDHCPScopesToDHCPFailoverRelationship)
		if err := readJSON(m, doc); err != nil {
			t.Errorf("%s: %v", doc, err)
		} else if got := string(m.AppendXML(nil, Current)); !strings.Contains(got, refs) {
			t.Errorf("%s:\n got %s\nwant %s", doc, got, refs)
		}
	}
	m := new(AddDHCPScopesToDHCPFailoverRelationship)
	if err := readJSON(m, `{"dhcpScopeRefs":{"ref":"one"}}`); err != nil || len(m.DHCPScopeRefs) != 1 {
		t.Errorf("a lone item: %v, %v", m.DHCPScopeRefs, err)
	}
	if err := readJSON(m, `{"dhcpScopeRefs":"two"}`); err != nil || len(m.DHCPScopeRefs) != 2 || m.DHCPScopeRefs[1] != "two" {
		t.Errorf("an item without an array: %v, %v", m.DHCPScopeRefs, err)
	}
	options := new(SetDHCPOptions)
	if err := readJSON(options, `{"dhcpOptions":{"option":"::3","value":"10.0.0.1"},"ref":"r"}`); err != nil || len(options.DHCPOptions) != 1 ||
		options.DHCPOptions[0].Value.V != "10.0.0.1" || options.Ref.V != "r" {
		t.Errorf("an object without an array: %v, %v", options, err)
	}
	if err := readJSON(m, `{"dhcpScopeRefs":""}`); err != nil || len(m.DHCPScopeRefs) != 2 {
		t.Errorf("an empty string is not an absent list: %v, %v", m.DHCPScopeRefs, err)
	}
	zones := new(AddDNSZones)
	if err := readXML(zones, `<a><slaveServerViewRefs><ref>1</ref><x/><ref>2</ref></slaveServerViewRefs><slaveServerViewRefs/></a>`); err != nil || len(zones.SlaveServerViewRefs) != 2 || len(zones.SlaveServerViewRefs[0]) != 2 {
		t.Errorf("repeated arrays: %v, %v", zones.SlaveServerViewRefs, err)
	}
}

func TestRefusalsNameTheField(t *testing.T) {
	for _, c := range []struct{ op, xml, json, want string }{
		{"AddDHCPScope", `<a><dhcpScope><enabled>maybe</enabled></dhcpScope></a>`, `{"dhcpScope":{"enabled":"maybe"}}`,
			`dhcpScope.enabled: "maybe" is not a boolean`},
		{"GetDHCPScopes", `<a><limit>-1</limit></a>`, `{"limit":-1}`, `limit: "-1" is not a number from 0 to 4294967295`},
		{"GetDHCPScopes", `<a><limit>4294967296</limit></a>`, `{"limit":4294967296}`, `limit: "4294967296" is not a number from 0 to 4294967295`},
		{"GetDHCPScopes", `<a><sortOrder>Sideways</sortOrder></a>`, `{"sortOrder":"Sideways"}`,
			`sortOrder: "Sideways" is not a value of SortOrder (Ascending, Descending)`},
		{"AddDHCPScope", `<a><dhcpScope><name>a</name><name>b</name></dhcpScope></a>`, `{"dhcpScope":{"name":"a","name":"b"}}`,
			`dhcpScope.name: given twice`},
		{"SetProperties", `<a><properties/><properties/></a>`, `{"properties":[],"Properties":[]}`, `properties: given twice`},
		{"SetDHCPOptions", `<a><dhcpOptions><dhcpOption/><dhcpOption><value>1</value><value>1</value></dhcpOption></dhcpOptions></a>`,
			`{"dhcpOptions":[{},{"value":1,"value":1}]}`, `dhcpOptions[1].value: given twice`},
		{"ReportAccess", `<a><objTypes><objType>Moon</objType></objTypes></a>`, `{"objTypes":["Moon"]}`, `objTypes[0]: "Moon" is not a value of ObjectType`},
		{"AddDHCPScopesToDHCPFailoverRelationship", `<a><dhcpScopeRefs><item>1</item><item>2</item></dhcpScopeRefs></a>`, `{"dhcpScopeRefs":{"item":["1","2"]}}`,
			`dhcpScopeRefs: "item" is not an item of the list; each is called "ref"`},
		{"AddDHCPScope", "", `["s1",{}]`, `parameters: not an object with a key for each`},
		{"AddDHCPScope", "", `{"dhcpScope":[]}`, `dhcpScope: not an object`},
		{"AddDHCPScope", "", `{"dhcpScope":"@{name=a}"}`, `dhcpScope: "@{name=a}" is not an object`},
		{"SetProperties", "", `{"properties":["System.Collections.Hashtable"]}`, `properties[0]: "System.Collections.Hashtable" is not an object`},
		{"SetProperties", "", `{"properties":[1]}`, `properties[0]: not an object`},
		{"AddDHCPScope", "", `{"dhcpScope":{"name":{}}}`, `dhcpScope.name: not a single value`},
		{"SetProperties", `<a><properties><prop><name>a</name></prop></properties></a>`, "", `properties: "prop" is not an item of the list; each is called "property"`},
		{"GetDHCPScopes", `<a><limit>1</limit><LIMIT>1</LIMIT></a>`, "", `limit: given twice`},
		{"SetProperties", "", `{"properties":"a"}`, `properties: not a list`},
		{"SetProperties", "", `{"properties":{"a":[]}}`, `properties.a: not a single value`},
	} {
		var refusals []error
		if c.json != "" {
			refusals = append(refusals, readJSON(request(t, c.op), c.json))
		}
		if c.xml != "" {
			refusals = append(refusals, readXML(request(t, c.op), c.xml))
		}
		for _, err := range refusals {
			if errs.CodeOf(err) != errs.Invalid || errs.MessageOf(err) != c.want {
				t.Errorf("%s %s:\n got %v %q\nwant %q", c.op, c.json, errs.CodeOf(err), errs.MessageOf(err), c.want)
			}
		}
	}
}

// SOAP::Lite writes texts that are not ASCII in base64 and says so.
func TestTextsInBase64(t *testing.T) {
	const schema, instance = `xmlns:xsd="http://www.w3.org/2001/XMLSchema"`, `xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`
	for given, want := range map[string]string{
		`<name xsi:type="xsd:base64Binary">QsO8cm8g4oKs</name>`:   "Büro €",
		`<name xsi:type="xsd:base64Binary">Qvxybw==</name>`:       "Büro",
		`<name xsi:type="enc:base64">` + "\n QsO8\ncm8=\n</name>": "Büro",
		`<name xsi:type="xsd:base64Binary"/>`:                     "",
		`<name xsi:type="xsd:string">QsO8cm8=</name>`:             "QsO8cm8=",
		`<name type="xsd:base64Binary">QsO8cm8=</name>`:           "QsO8cm8=",
		`<name>QsO8cm8=</name>`:                                   "QsO8cm8=",
	} {
		m := new(AddDHCPScope)
		err := readXML(m, `<a `+schema+` `+instance+` xmlns:enc="http://schemas.xmlsoap.org/soap/encoding/"><dhcpScope>`+given+`<description>d</description></dhcpScope></a>`)
		if err != nil || m.DHCPScope.Name.V != want || m.DHCPScope.Description.V != "d" {
			t.Errorf("%s: %+v, %v", given, m.DHCPScope, err)
		}
	}
	err := readXML(new(AddDHCPScope), `<a `+instance+`><dhcpScope><name xsi:type="xsd:base64Binary">Büro</name></dhcpScope></a>`)
	if errs.MessageOf(err) != `dhcpScope.name: not base64, as its xsi:type says` {
		t.Errorf("no base64: %v", err)
	}
}

// TestScannersErrorsPassThrough leaves the codecs of the protocols to tell a
// malformed document from one that is too large.
func TestScannersErrorsPassThrough(t *testing.T) {
	var syntax *xmlscan.SyntaxError
	if err := readXML(new(AddDHCPScope), `<a><dhcpScope><name>x</dhcpScope></a>`); !errors.As(err, &syntax) {
		t.Errorf("%v", err)
	}
	if err := readXML(new(AddDHCPScope), `<a><dhcpScope>x</dhcpScope></a>`); !errors.As(err, &syntax) {
		t.Errorf("%v", err)
	}
	var jsonSyntax *jsonscan.SyntaxError
	if err := readJSON(new(AddDHCPScope), `{"dhcpScope":{"name":x}}`); !errors.As(err, &jsonSyntax) {
		t.Errorf("%v", err)
	}
	// Empty items are cheap to send and dear to keep.
	var limit *xmlscan.LimitError
	if err := readXML(new(AddDNSRecords), `<a><dnsRecords>`+strings.Repeat(`<dnsRecord/>`, 200_000)+`</dnsRecords></a>`); !errors.As(err, &limit) {
		t.Errorf("%v", err)
	}
	var jsonLimit *jsonscan.LimitError
	if err := readJSON(new(AddDNSRecords), `{"dnsRecords":[{}`+strings.Repeat(`,{}`, 200_000)+`]}`); !errors.As(err, &jsonLimit) {
		t.Errorf("%v", err)
	}
}

func TestNothingInJSON(t *testing.T) {
	for _, doc := range []string{`{}`, `null`, `""`, ` {} `} {
		m := new(GetDHCPServers)
		if err := readJSON(m, doc); err != nil || !reflect.DeepEqual(m, new(GetDHCPServers)) {
			t.Errorf("%s: %+v, %v", doc, m, err)
		}
	}
	if err := readJSON(new(GetDHCPServers), `nil`); err == nil {
		t.Error("nil is accepted")
	}
	if got := string(new(GetDHCPServers).AppendJSON(nil, Current)); got != `{}` {
		t.Errorf("a request that says nothing is %s", got)
	}
}

func TestAnswersAsRecorded(t *testing.T) {
	users := &GetUsersResponse{
		Users: []User{
			{Ref: Some("{#14-#0}"), Name: Some("administrator"), FullName: Some("System Administrator"), AuthenticationType: Some(AuthenticationTypeInternal)},
			{Ref: Some("{#14-#2}"), Name: Some("testuser"), AuthenticationType: Some(AuthenticationTypeInternal),
				Roles: []Object{{Ref: Some("{#31-#1}"), ObjType: Some(ObjectTypeRole), Name: Some("Administrators (built-in)")}}},
		},
		TotalResults: Some(uint32(2)),
	}
	for _, c := range []struct {
		m    Message
		p    Profile
		want string
	}{
		{&LoginResponse{Session: Some("bsvh5S2kLC5Q9gnPbfYM")}, Current, `{"session":"bsvh5S2kLC5Q9gnPbfYM"}`},
		{&LogoutResponse{}, Current, `""`},
		{&SetPropertiesResponse{}, Current, `""`},
		{&SetPropertiesResponse{Warning: Some("w")}, Current, `{"warning":"w"}`},
		{&SetPropertiesResponse{Warning: Some("w")}, Profile2017, `""`},
		{&GetDHCPServersResponse{}, Current, `{"dhcpServers":[],"totalResults":0}`},
		{users, Current, `{"users":[{"ref":"{#14-#0}","name":"administrator","password":"","fullName":"System Administrator","description":"","email":"","authenticationType":"Internal","groups":[],"roles":[]},` +
			`{"ref":"{#14-#2}","name":"testuser","password":"","fullName":"","description":"","email":"","authenticationType":"Internal","groups":[],"roles":[{"ref":"{#31-#1}","objType":"Role","name":"Administrators (built-in)"}]}],"totalResults":2}`},
	} {
		if got := string(c.m.AppendJSON(nil, c.p)); got != c.want {
			t.Errorf("%T:\n got %s\nwant %s", c.m, got, c.want)
		}
	}
}

func TestAnswersInXML(t *testing.T) {
	for _, c := range []struct {
		m    Message
		p    Profile
		want string
	}{
		{&LogoutResponse{}, Current, ``},
		{&GetDHCPServersResponse{}, Current, `<dhcpServers></dhcpServers><totalResults>0</totalResults>`},
		{&GetDHCPServerResponse{DHCPServer: &DHCPServer{Name: Some("a<b>&\r\n\"'\x01"), Type: Some(DHCPServerTypeKea), Enabled: Some(false)}}, Profile2017,
			"<dhcpServer><name>a&lt;b&gt;&amp;&#xD;\n\"'\uFFFD</name><type>KEA DHCPv4</type><enabled>false</enabled></dhcpServer>"},
		{&GetDHCPServerResponse{DHCPServer: &DHCPServer{Type: Some(DHCPServerTypeKea), Security: Some(DHCPServerSecurity(""))}}, Current,
			`<dhcpServer><name></name><type>Kea</type></dhcpServer>`},
		{&GetDHCPServerResponse{}, Current, `<dhcpServer><name></name><type>Unknown</type></dhcpServer>`},
		{&RemoveDHCPFailoverRelationships{DHCPRefAndFailoverRelationshipNames: []DHCPRefAndFailoverRelationshipName{{
			DHCPFailoverRelationshipName: Some("f"), ServiceType: Some(DHCPServiceTypeDHCPv4), ReplacementFailoverRelationshipName: Some("g")}}}, Profile2017,
			`<session></session><dhcpRefAndFailoverRelationshipNames><dhcpRefAndFailoverRelationshipName><dhcpFailoverRelationshipName>f</dhcpFailoverRelationshipName></dhcpRefAndFailoverRelationshipName></dhcpRefAndFailoverRelationshipNames>`},
	} {
		if got := string(c.m.AppendXML(nil, c.p)); got != c.want {
			t.Errorf("%T:\n got %s\nwant %s", c.m, got, c.want)
		}
	}
}

func TestLookup(t *testing.T) {
	for i := range Operations() {
		op := &Operations()[i]
		for _, name := range []string{op.Name, Prefix + op.Name} {
			got, prefixed, ok := Lookup(name)
			if !ok || got != op || prefixed != (name != op.Name) {
				t.Errorf("Lookup(%s) = %v, %v, %v", name, got, prefixed, ok)
			}
			got, prefixed, ok = LookupFold(strings.ToUpper(name))
			if !ok || got != op || prefixed != (name != op.Name) {
				t.Errorf("LookupFold(%s) = %v, %v, %v", name, got, prefixed, ok)
			}
		}
	}
	for _, name := range []string{"", "Prefix", "halXMLCommand", "LoginResponse", "Logi", "zzz"} {
		if _, _, ok := LookupFold(name); ok {
			t.Errorf("%q is an operation", name)
		}
	}
	if _, _, ok := Lookup("login"); ok {
		t.Error("SOAP names are case-sensitive")
	}
}

func TestSessions(t *testing.T) {
	for _, op := range Operations() {
		r := op.NewRequest()
		if has := SetSession(r, "s"); has == (op.Name == "Login") || has != (SessionOf(r) == "s") {
			t.Errorf("%s: session %v, %q", op.Name, has, SessionOf(r))
		}
	}
}
