package hal

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"halxml/internal/xmlscan"
)

// everything is every type and message, empty.
func everything() map[string]func() Message {
	all := map[string]func() Message{}
	for _, m := range plainTypes {
		all[fmt.Sprintf("%T", m)] = func() Message { return reflect.New(reflect.TypeOf(m).Elem()).Interface().(Message) }
	}
	for _, op := range Operations() {
		all["request "+op.Name] = op.NewRequest
		all["response "+op.Name] = op.NewResponse
	}
	return all
}

// awkward values that both formats must keep.
var awkward = []string{"", "plain", " blanks ", "<a>&amp;\"'\\/]]>", "tab\tline\nfeed\rreturn\r\n", "Æ😀\u2028\u007f\u0085", "{#10-#1}"}

// filler sets the fields of a message; a field is left absent with the chance
// of 1-present.
type filler struct {
	*rand.Rand
	present float64
}

func (f filler) fill(v reflect.Value) {
	for i := range v.NumField() {
		field := v.Field(i)
		if strings.HasPrefix(field.Type().Name(), "Rows[") || f.Float64() >= f.present { // Rows are another way to a list
			continue
		}
		switch field.Kind() {
		case reflect.Pointer:
			field.Set(reflect.New(field.Type().Elem()))
			f.fill(field.Elem())
		case reflect.Slice:
			field.Set(f.slice(field.Type()))
		default: // Opt
			f.scalar(field.Field(0))
			field.Field(1).SetBool(true)
		}
	}
}

func (f filler) slice(t reflect.Type) reflect.Value {
	n := 2
	if f.present < 1 {
		n = f.IntN(4)
	}
	s := reflect.MakeSlice(t, n, n)
	for i := range n {
		switch item := s.Index(i); item.Kind() {
		case reflect.Struct:
			f.fill(item)
		case reflect.Slice:
			item.Set(f.slice(item.Type()))
		default:
			f.scalar(item)
		}
	}
	return s
}

func (f filler) scalar(v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(f.IntN(2) == 0)
	case reflect.Uint32:
		v.SetUint(uint64(f.Uint32()))
	case reflect.Int32:
		v.SetInt(int64(int32(f.Uint32())))
	case reflect.String:
		if m, ok := v.Type().MethodByName("Values"); ok {
			values := m.Func.Call([]reflect.Value{v})[0]
			v.Set(values.Index(f.IntN(values.Len())))
			return
		}
		v.SetString(awkward[f.IntN(len(awkward))])
	}
}

func filled(m Message, seed uint64, present float64) Message {
	f := filler{rand.New(rand.NewPCG(seed, 1)), present}
	f.fill(reflect.ValueOf(m).Elem())
	return m
}

// TestEveryTypeSurvives reads back what was written, all fields set.
func TestEveryTypeSurvives(t *testing.T) {
	all := everything()
	if len(all) != 2*197+245-110 { // the WSDL's 110 ArrayOf… are slices here
		t.Errorf("%d types and messages", len(all))
	}
	for name, empty := range all {
		for seed := range uint64(8) {
			m := filled(empty(), seed, 1)
			got := empty()
			if err := readXML(got, document(m)); err != nil || !reflect.DeepEqual(got, m) {
				t.Fatalf("%s as XML: %v\n got %+v\nwant %+v\n%s", name, err, got, m, document(m))
			}
			got = empty()
			doc := string(m.AppendJSON(nil, Current))
			if err := readJSON(got, doc); err != nil || !reflect.DeepEqual(got, m) {
				t.Fatalf("%s as JSON: %v\n got %+v\nwant %+v\n%s", name, err, got, m, doc)
			}
		}
	}
}

// TestPartsSurvive reads back messages with any of their fields absent: what
// is written again is the same, and requests in JSON keep what is absent so.
func TestPartsSurvive(t *testing.T) {
	for name, empty := range everything() {
		for seed := range uint64(12) {
			m := filled(empty(), seed, float64(seed%4+1)/5)
			for _, p := range []Profile{Current, Profile2017} {
				doc := "<r>" + string(m.AppendXML(nil, p)) + "</r>"
				got := empty()
				if err := readXML(got, doc); err != nil {
					t.Fatalf("%s: %v\n%s", name, err, doc)
				}
				if again := "<r>" + string(got.AppendXML(nil, p)) + "</r>"; again != doc {
					t.Fatalf("%s:\n got %s\nwant %s", name, again, doc)
				}
				doc = string(m.AppendJSON(nil, p))
				got = empty()
				if err := readJSON(got, doc); err != nil {
					t.Fatalf("%s: %v\n%s", name, err, doc)
				}
				if again := string(got.AppendJSON(nil, p)); again != doc {
					t.Fatalf("%s:\n got %s\nwant %s", name, again, doc)
				}
				if strings.HasPrefix(name, "request ") && p == Current && !reflect.DeepEqual(got, m) {
					t.Fatalf("%s:\n got %+v\nwant %+v", name, got, m)
				}
			}
		}
	}
}

// xmlNode is an element as encoding/xml reads it.
type xmlNode struct {
	XMLName xml.Name
	Text    string    `xml:",chardata"`
	Kids    []xmlNode `xml:",any"`
}

func (n xmlNode) String() string {
	if len(n.Kids) == 0 {
		return fmt.Sprintf("%s=%q", n.XMLName.Local, n.Text)
	}
	return fmt.Sprint(n.XMLName.Local, n.Kids)
}

// expected lists the elements that a message ought to be written as in the
// current profile, made from its fields' descriptions and not from its codec.
// All its fields must be set.
func expected(v reflect.Value, s *Struct) (nodes []xmlNode) {
	for i, f := range s.Fields {
		name := xml.Name{Local: f.Name}
		field := v.Field(i)
		switch {
		case f.Repeated:
			for j := range field.Len() {
				n := xmlNode{XMLName: name}
				expectedItem(&n, field.Index(j), &f, f.Sub)
				nodes = append(nodes, n)
			}
		case f.Item != "":
			list := xmlNode{XMLName: name}
			for j := range field.Len() {
				n := xmlNode{XMLName: xml.Name{Local: f.Item}}
				expectedItem(&n, field.Index(j), &f, f.Sub)
				list.Kids = append(list.Kids, n)
			}
			nodes = append(nodes, list)
		case f.Kind == StructKind:
			nodes = append(nodes, xmlNode{XMLName: name, Kids: expected(field.Elem(), f.Struct)})
		default:
			nodes = append(nodes, xmlNode{XMLName: name, Text: fmt.Sprint(field.Field(0).Interface())})
		}
	}
	return nodes
}

func expectedItem(n *xmlNode, v reflect.Value, f *Field, sub string) {
	switch v.Kind() {
	case reflect.Struct:
		n.Kids = expected(v, f.Struct)
	case reflect.Slice:
		for i := range v.Len() {
			n.Kids = append(n.Kids, xmlNode{XMLName: xml.Name{Local: sub}, Text: v.Index(i).String()})
		}
	default:
		n.Text = fmt.Sprint(v.Interface())
	}
}

// TestEncodingXMLReadsTheSame has the standard library read what is written.
func TestEncodingXMLReadsTheSame(t *testing.T) {
	for _, op := range Operations() {
		for _, c := range []struct {
			m Message
			s *Struct
		}{{op.NewRequest(), op.Request}, {op.NewResponse(), op.Response}} {
			m := filled(c.m, 5, 1)
			var got xmlNode
			if err := xml.Unmarshal([]byte(document(m)), &got); err != nil {
				t.Fatalf("%s: %v", c.s.Name, err)
			}
			want := expected(reflect.ValueOf(m).Elem(), c.s)
			if g, w := fmt.Sprint(got.Kids), fmt.Sprint(want); g != w {
				t.Errorf("%s:\n got %s\nwant %s", c.s.Name, g, w)
			}
		}
	}
}

// TestEncodingJSONReadsTheSame has the standard library read what is written,
// and holds the keys to the fields' order.
func TestEncodingJSONReadsTheSame(t *testing.T) {
	for _, op := range Operations() {
		if len(op.Response.Fields) == 0 {
			continue
		}
		m := filled(op.NewResponse(), 6, 1)
		var got map[string]any
		if err := json.Unmarshal(m.AppendJSON(nil, Current), &got); err != nil {
			t.Fatalf("%s: %v", op.Name, err)
		}
		if len(got) != len(op.Response.Fields) {
			t.Errorf("%s: %d keys, want %d", op.Name, len(got), len(op.Response.Fields))
		}
		v := reflect.ValueOf(m).Elem()
		for i, f := range op.Response.Fields {
			value, ok := got[f.Name]
			if list, isList := value.([]any); !ok || isList != f.List() || isList && len(list) != v.Field(i).Len() {
				t.Errorf("%s.%s: %v", op.Name, f.Name, value)
			}
			if s, isText := value.(string); isText && s != fmt.Sprint(v.Field(i).Field(0).Interface()) {
				t.Errorf("%s.%s: %q", op.Name, f.Name, s)
			}
		}
	}
}

// TestProfile2017WritesNoExtension looks for the tags and keys of extensions.
func TestProfile2017WritesNoExtension(t *testing.T) {
	for name, empty := range everything() {
		m := filled(empty(), 3, 1)
		v := reflect.ValueOf(m).Elem()
		check := func(s *Struct) {
			for _, f := range s.Fields {
				if !f.Extension {
					continue
				}
				if !strings.Contains(string(m.AppendXML(nil, Current)), "<"+f.Name+">") {
					t.Errorf("%s: the current profile lacks %s", name, f.Name)
				}
				if strings.Contains(string(m.AppendXML(nil, Profile2017)), "<"+f.Name+">") ||
					strings.Contains(string(m.AppendJSON(nil, Profile2017)), `"`+f.Name+`":`) {
					t.Errorf("%s: %s is written for 2017", name, f.Name)
				}
			}
		}
		switch v.Type() {
		case reflect.TypeFor[DHCPFailoverRelationship]():
			check(&typeDHCPFailoverRelationship)
		case reflect.TypeFor[DHCPRefAndFailoverRelationshipName]():
			check(&typeDHCPRefAndFailoverRelationshipName)
		case reflect.TypeFor[SetPropertiesResponse]():
			check(&typeSetPropertiesResponse)
		}
	}
}

func TestEnumerations(t *testing.T) {
	for _, v := range DHCPServerTypeKea.Values() {
		if !v.Valid() {
			t.Errorf("%s is not valid", v)
		}
	}
	if DHCPServerType("kea").Valid() || DHCPServerType("").Valid() {
		t.Error("anything is valid")
	}
	if v := DHCPServerType("KEA dhcpV4").Canonical(); v != DHCPServerTypeKEADHCPv4 {
		t.Errorf("KEA dhcpV4 is %q", v)
	}
	if v := DHCPServerType("Key").Canonical(); v != "" {
		t.Errorf("Key is %q", v)
	}
	if DsRecordAlgorithmsSHA1AndSHA256 != "SHA-1 and SHA-256" || DHCPServerStateOutOfDate != "Out of date" {
		t.Error("constants lose blanks or dashes of their values")
	}
}

// FuzzDecodeXML feeds documents to requests: whatever is taken can be written
// and read again, the same.
func FuzzDecodeXML(f *testing.F) {
	f.Add("AddDHCPFailoverRelationship", smallRequest)
	f.Add("SetProperties", `<a><ref/><properties><property><name>a</name></property></properties></a>`)
	f.Add("GetRange", `<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><rangeRef i:type="x:base64">AA3/</rangeRef></a>`)
	f.Add("AddDNSZones", `<a><slaveServerViewRefs><ref>1</ref></slaveServerViewRefs></a>`)
	f.Fuzz(func(t *testing.T, name, doc string) {
		op, _, ok := LookupFold(name)
		if !ok {
			return
		}
		m := op.NewRequest()
		if readXML(m, doc) != nil {
			return
		}
		again := op.NewRequest()
		out := document(m)
		if err := readXML(again, out); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if got := document(again); got != out {
			t.Fatalf("%s\n%s", got, out)
		}
		if err := xml.Unmarshal([]byte(out), new(xmlNode)); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	})
}

// FuzzDecodeJSON is the same for JSON, and holds both formats to each other.
func FuzzDecodeJSON(f *testing.F) {
	f.Add("SetProperties", `{"ref":"{#10-#1}","properties":{"a":1,"property":[{"name":"x"}]}}`)
	f.Add("AddDHCPScope", `{"dhcpScope":{"name":"\ud800<","enabled":"1","available":" 7 "}}`)
	f.Add("GetDHCPScopes", `{"limit":null,"sortOrder":"Ascending"}`)
	f.Fuzz(func(t *testing.T, name, doc string) {
		op, _, ok := LookupFold(name)
		if !ok {
			return
		}
		m := op.NewRequest()
		if readJSON(m, doc) != nil {
			return
		}
		out := m.AppendJSON(nil, Current)
		again := op.NewRequest()
		if err := readJSON(again, string(out)); err != nil || !json.Valid(out) {
			t.Fatalf("%v\n%s", err, out)
		}
		if got := again.AppendJSON(nil, Current); string(got) != string(out) {
			t.Fatalf("%s\n%s", got, out)
		}
		s := xmlscan.New(document(m), xmlscan.Limits{})
		s.Child()
		if err := op.NewRequest().DecodeXML(s); err != nil {
			t.Fatalf("%v\n%s", err, document(m))
		}
	})
}
