package wsdl

import (
	"encoding/xml"
	"os"
	"slices"
	"strings"
	"testing"

	"halxml/wsdl/hal"
)

// definitions is the WSDL as the standard library reads it, to judge it by.
type definitions struct {
	XMLName         xml.Name    `xml:"http://schemas.xmlsoap.org/wsdl/ definitions"`
	TargetNamespace string      `xml:"targetNamespace,attr"`
	Imports         []xml.Name  `xml:"import"`
	Schemas         []schema    `xml:"types>schema"`
	Messages        []message   `xml:"message"`
	PortTypes       []portType  `xml:"portType"`
	Bindings        []binding   `xml:"binding"`
	Services        []service   `xml:"service"`
	Extensions      []extension `xml:",any"`
}

type extension struct {
	XMLName  xml.Name
	Required string `xml:"http://schemas.xmlsoap.org/wsdl/ required,attr"`
}

type schema struct {
	XMLName            xml.Name
	TargetNamespace    string        `xml:"targetNamespace,attr"`
	ElementFormDefault string        `xml:"elementFormDefault,attr"`
	Imports            []xml.Name    `xml:"import"`
	Includes           []xml.Name    `xml:"include"`
	SimpleTypes        []simpleType  `xml:"simpleType"`
	ComplexTypes       []complexType `xml:"complexType"`
	Elements           []element     `xml:"element"`
}

type simpleType struct {
	Name   string `xml:"name,attr"`
	Values []struct {
		Value string `xml:"value,attr"`
	} `xml:"restriction>enumeration"`
}

type complexType struct {
	Name     string    `xml:"name,attr"`
	Elements []element `xml:"sequence>element"`
	Content  *struct{} `xml:"complexContent"`
	Attrs    []element `xml:"attribute"`
}

type element struct {
	Name    string       `xml:"name,attr"`
	Type    string       `xml:"type,attr"`
	Min     string       `xml:"minOccurs,attr"`
	Max     string       `xml:"maxOccurs,attr"`
	Nil     string       `xml:"nillable,attr"`
	Complex *complexType `xml:"complexType"`
}

type message struct {
	Name  string `xml:"name,attr"`
	Parts []struct {
		Name    string `xml:"name,attr"`
		Element string `xml:"element,attr"`
		Type    string `xml:"type,attr"`
	} `xml:"part"`
}

type portType struct {
	Name       string `xml:"name,attr"`
	Operations []struct {
		Name           string   `xml:"name,attr"`
		ParameterOrder string   `xml:"parameterOrder,attr"`
		Input          inOut    `xml:"input"`
		Output         inOut    `xml:"output"`
		Order          []anyTag `xml:",any"`
	} `xml:"operation"`
}

type anyTag struct{ XMLName xml.Name }

type inOut struct {
	Message string `xml:"message,attr"`
}

type binding struct {
	Name       string        `xml:"name,attr"`
	Type       string        `xml:"type,attr"`
	SOAP11     *soapBinding  `xml:"http://schemas.xmlsoap.org/wsdl/soap/ binding"`
	SOAP12     *soapBinding  `xml:"http://schemas.xmlsoap.org/wsdl/soap12/ binding"`
	Operations []boundMethod `xml:"operation"`
}

type soapBinding struct {
	Style     string `xml:"style,attr"`
	Transport string `xml:"transport,attr"`
}

type boundMethod struct {
	Name string `xml:"name,attr"`
	SOAP struct {
		Action string `xml:"soapAction,attr"`
		Style  string `xml:"style,attr"`
	} `xml:"operation"`
	Input  boundMessage `xml:"input"`
	Output boundMessage `xml:"output"`
}

type boundMessage struct {
	Body []struct {
		Use           string  `xml:"use,attr"`
		Parts         *string `xml:"parts,attr"`
		Namespace     *string `xml:"namespace,attr"`
		EncodingStyle *string `xml:"encodingStyle,attr"`
	} `xml:"body"`
	Headers []struct{} `xml:"header"`
}

type service struct {
	Name  string `xml:"name,attr"`
	Ports []struct {
		Name    string `xml:"name,attr"`
		Binding string `xml:"binding,attr"`
		Address struct {
			XMLName  xml.Name
			Location string `xml:"location,attr"`
		} `xml:"address"`
	} `xml:"port"`
}

func parse(t *testing.T, o Options) *definitions {
	t.Helper()
	d := new(definitions)
	if err := xml.Unmarshal(Text(o), d); err != nil {
		t.Fatal(err)
	}
	return d
}

// spec writes a field as testdata/interface2017.tsv does.
func (e element) spec() string {
	_, s, _ := strings.Cut(e.Type, ":")
	s = e.Name + ":" + s
	if e.Min == "0" {
		s += "?"
	}
	if e.Max == "unbounded" {
		s += "*"
	}
	if e.Nil == "true" {
		s += "~"
	}
	return s
}

// outline lists what an interface is made of, a line each.
func (d *definitions) outline() (lines []string) {
	line := func(kind, name string, parts []string) {
		lines = append(lines, strings.Join(append([]string{kind, name}, parts...), "\t"))
	}
	fields := func(c *complexType) (all []string) {
		for _, e := range c.Elements {
			all = append(all, e.spec())
		}
		return all
	}
	s := &d.Schemas[0]
	for _, t := range s.SimpleTypes {
		var values []string
		for _, v := range t.Values {
			values = append(values, v.Value)
		}
		line("simple", t.Name, values)
	}
	for i := range s.ComplexTypes {
		line("complex", s.ComplexTypes[i].Name, fields(&s.ComplexTypes[i]))
	}
	for _, op := range d.PortTypes[0].Operations {
		for _, e := range s.Elements {
			switch e.Name {
			case op.Name:
				line("request", op.Name, fields(e.Complex))
			case op.Name + "Response":
				line("response", op.Name, fields(e.Complex))
			}
		}
	}
	return lines
}

// TestInterfaceOf2017 holds the WSDL to what clients of 2017 were made for:
// names, order, types, cardinality and nillable of everything. Positional
// clients and strict ones break on any difference.
func TestInterfaceOf2017(t *testing.T) {
	b, err := os.ReadFile("testdata/interface2017.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	counts := map[string]int{}
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSuffix(line, "\n"); !strings.HasPrefix(line, "#") {
			want = append(want, line)
			kind, _, _ := strings.Cut(line, "\t")
			counts[kind]++
		}
	}
	for kind, n := range map[string]int{"simple": 66, "complex": 245, "request": 197, "response": 197} {
		if counts[kind] != n {
			t.Errorf("testdata has %d of kind %s, not %d", counts[kind], kind, n)
		}
	}
	got := parse(t, Options{Profile: hal.Profile2017}).outline()
	for i := range max(len(got), len(want)) {
		g, w := "", ""
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			t.Fatalf("line %d:\n got %s\nwant %s", i+1, g, w)
		}
	}
}

// TestExtensions lists all that came after 2017: it is optional and stands last.
func TestExtensions(t *testing.T) {
	old := map[string][]string{}
	for _, line := range parse(t, Options{Profile: hal.Profile2017}).outline() {
		parts := strings.Split(line, "\t")
		old[parts[0]+" "+parts[1]] = parts[2:]
	}
	var added []string
	for _, line := range parse(t, Options{}).outline() {
		parts := strings.Split(line, "\t")
		name := parts[0] + " " + parts[1]
		before, known := old[name]
		if !known {
			added = append(added, name)
		}
		if !slices.Equal(parts[2:2+len(before)], before) {
			t.Errorf("%s: what came later does not stand last: %s", name, line)
		}
		for _, p := range parts[2+len(before):] {
			if parts[0] != "simple" && !strings.HasSuffix(p, "?") {
				t.Errorf("%s: %s is not optional", name, p)
			}
			added = append(added, name+"."+p)
		}
	}
	want := []string{
		"simple DHCPServerType.Kea", "simple DHCPServiceType", "simple DHCPServiceType.DHCPv4", "simple DHCPServiceType.DHCPv6",
		"complex DHCPFailoverRelationship.primaryServerRef:ObjRef?", "complex DHCPFailoverRelationship.secondaryServerRef:ObjRef?",
		"complex DHCPFailoverRelationship.state:string?", "complex DHCPFailoverRelationship.serviceType:DHCPServiceType?",
		"complex DHCPFailoverRelationship.port:unsignedInt?", "complex DHCPFailoverRelationship.secondaryPort:unsignedInt?",
		"complex DHCPFailoverRelationship.loadBalanceMaxSeconds:unsignedInt?", "complex DHCPFailoverRelationship.maxResponseDelay:unsignedInt?",
		"complex DHCPFailoverRelationship.maxUnackedUpdates:unsignedInt?", "complex DHCPFailoverRelationship.useDedicatedPeerToPeerEndpoints:boolean?",
		"complex DHCPRefAndFailoverRelationshipName.dhcpFailoverRelationshipDeconfigureAction:DHCPFailoverDeconfigureAction?",
		"complex DHCPRefAndFailoverRelationshipName.serviceType:DHCPServiceType?",
		"complex DHCPRefAndFailoverRelationshipName.replacementFailoverRelationshipName:string?",
		"response SetProperties.warning:string?",
	}
	if !slices.Equal(added, want) {
		t.Errorf("came after 2017:\n got %q\nwant %q", added, want)
	}
}

// TestGeneratedTableAgrees compares the operation table with the WSDL.
func TestGeneratedTableAgrees(t *testing.T) {
	d := parse(t, Options{})
	ops := d.PortTypes[0].Operations
	if len(ops) != len(hal.Operations()) {
		t.Fatalf("%d operations, the table has %d", len(ops), len(hal.Operations()))
	}
	outline := map[string]string{}
	for _, line := range d.outline() {
		kind, rest, _ := strings.Cut(line, "\t")
		name, fields, _ := strings.Cut(rest, "\t")
		outline[kind+" "+name] = fields
	}
	for i, op := range hal.Operations() {
		if op.Name != ops[i].Name || op.Doc == "" {
			t.Errorf("operation %d is %s %q, want %s", i, op.Name, op.Doc, ops[i].Name)
		}
		for kind, s := range map[string]*hal.Struct{"request": op.Request, "response": op.Response} {
			var fields []string
			for _, f := range s.Fields {
				e := element{Name: f.Name, Type: ":" + f.Type}
				if !f.Required {
					e.Min = "0"
				}
				if f.Repeated {
					e.Max = "unbounded"
				}
				if f.Nillable {
					e.Nil = "true"
				}
				fields = append(fields, e.spec())
			}
			if got := strings.Join(fields, "\t"); got != outline[kind+" "+op.Name] {
				t.Errorf("%s %s:\n got %s\nwant %s", kind, op.Name, got, outline[kind+" "+op.Name])
			}
		}
	}
}
