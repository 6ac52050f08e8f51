package main

import (
	"strings"
	"testing"
)

func TestGoNames(t *testing.T) {
	for name, want := range map[string]string{
		"dhcpScopeRefs": "DHCPScopeRefs", "dnsViewRef": "DNSViewRef", "ipamRecordBefore": "IPAMRecordBefore", "adForestRef": "ADForestRef",
		"addrRef": "AddrRef", "address": "Address", "ptrStatus": "PTRStatus", "mclt": "MCLT", "ref": "Ref", "VLANID": "VLANID", "reverseZoneInfo": "ReverseZoneInfo",
	} {
		if got := goName(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	for value, want := range map[string]string{
		"Out of date": "EOutOfDate", "KEA DHCPv4": "EKEADHCPv4", "SHA-1 and SHA-256": "ESHA1AndSHA256", "running": "ERunning",
	} {
		if got := constName("E", value); got != want {
			t.Errorf("%s: %s, want %s", value, got, want)
		}
	}
}

// describe makes a WSDL of one operation from pieces of schema.
func describe(types, request string) string {
	return `<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://www.w3.org/2001/XMLSchema" xmlns:tns="urn:t" targetNamespace="urn:t">
	<wsdl:types><s:schema targetNamespace="urn:t">` + types + `
	<s:element name="Do"><s:complexType><s:sequence>` + request + `</s:sequence></s:complexType></s:element>
	<s:element name="DoResponse"><s:complexType /></s:element></s:schema></wsdl:types>
	<wsdl:message name="DoSoapIn"><wsdl:part name="parameters" element="tns:Do" /></wsdl:message>
	<wsdl:message name="DoSoapOut"><wsdl:part name="parameters" element="tns:DoResponse" /></wsdl:message>
	<wsdl:portType name="P"><wsdl:operation name="Do"><wsdl:documentation>Does it.</wsdl:documentation>
	<wsdl:input message="tns:DoSoapIn" /><wsdl:output message="tns:DoSoapOut" /></wsdl:operation></wsdl:portType></wsdl:definitions>`
}

func TestModel(t *testing.T) {
	m, err := readModel([]byte(describe(
		`<s:simpleType name="E"><s:restriction base="s:string"><s:enumeration value="old" /><s:enumeration value="new"><s:annotation><s:documentation>Since 3. Formerly "old".</s:documentation></s:annotation></s:enumeration></s:restriction></s:simpleType>
		 <s:simpleType name="ObjRef"><s:restriction base="s:string" /></s:simpleType>
		 <s:complexType name="ArrayOfT"><s:sequence><s:element minOccurs="0" maxOccurs="unbounded" name="t" type="tns:T" /></s:sequence></s:complexType>
		 <s:complexType name="T"><s:annotation><s:documentation>A thing.</s:documentation></s:annotation><s:sequence><s:element minOccurs="1" maxOccurs="1" name="ref" type="tns:ObjRef" /></s:sequence></s:complexType>`,
		`<s:element minOccurs="1" maxOccurs="1" name="session" type="s:string" />
		 <s:element minOccurs="0" maxOccurs="1" name="ts" nillable="true" type="tns:ArrayOfT" />
		 <s:element minOccurs="0" maxOccurs="1" name="e" type="tns:E"><s:annotation><s:documentation>Since 3. Kind.</s:documentation></s:annotation></s:element>`)))
	if err != nil {
		t.Fatal(err)
	}
	files, err := emit(m)
	if err != nil {
		t.Fatal(err)
	}
	for file, wants := range map[string][]string{
		"types_gen.go":      {"// T: A thing.\ntype T struct {\n\tRef Opt[string] // required\n}"},
		"enums_gen.go":      {`extended: true`, `Formerly: "old"`, "EOld E = \"old\""},
		"operations_gen.go": {`"Does it."`},
		"requests_gen.go": {"Session Opt[string] // required", "Ts      []T", "\t// Since 3. Kind.\n\tE Opt[E]",
			"func (x *Do) session() *Opt[string]", "Extension: true", "Nillable: true, Item: \"t\", Struct: &typeT"},
		"responses_gen.go": {"type DoResponse struct{}"},
	} {
		for _, want := range wants {
			if !strings.Contains(string(files[file]), want) {
				t.Errorf("%s lacks %q:\n%s", file, want, files[file])
			}
		}
	}
}

func TestWhatIsNotUnderstoodIsRefused(t *testing.T) {
	field := func(attrs string) string { return `<s:element minOccurs="1" maxOccurs="1" ` + attrs + ` />` }
	for name, c := range map[string]struct{ types, request, want string }{
		"unknown type":       {"", field(`name="a" type="tns:Nothing"`), "no type Nothing"},
		"unknown built-in":   {"", field(`name="a" type="s:decimal"`), "s:decimal is not understood"},
		"required extension": {"", `<s:element minOccurs="1" maxOccurs="1" name="a" type="s:string"><s:annotation><s:documentation>Since 3.</s:documentation></s:annotation></s:element>`, "cannot be required"},
		"choice":             {`<s:complexType name="T"><s:choice><s:element name="a" type="s:string" /></s:choice></s:complexType>`, "", "only a sequence"},
		"recursion":          {`<s:complexType name="T"><s:sequence><s:element name="t" type="tns:T" /></s:sequence></s:complexType>`, "", "holds itself"},
		"equal fields":       {"", field(`name="a" type="s:string"`) + field(`name="A" type="s:string"`), "two fields A"},
		"equal types":        {`<s:complexType name="do"><s:sequence /></s:complexType>`, "", "share the Go name Do"},
	} {
		_, err := readModel([]byte(describe(c.types, c.request)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
