package app

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"
)

// soap is the body of the answer to a SOAP call, as text, and its fault's.
func (r *fixture) soap(operation, body string) (answer, fault string) {
	r.t.Helper()
	text := `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><` + operation +
		` xmlns="http://menandmice.com/webservices/">` + body + `</` + operation + `></soap:Body></soap:Envelope>`
	res, err := r.client.Post(r.url()+"/_mmwebext/mmwebext.dll?Soap", "text/xml; charset=utf-8", strings.NewReader(text))
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	whole, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	var envelope struct {
		Body struct {
			Inner string `xml:",innerxml"`
			Fault struct {
				Text string `xml:"faultstring"`
			} `xml:"http://schemas.xmlsoap.org/soap/envelope/ Fault"`
		} `xml:"http://schemas.xmlsoap.org/soap/envelope/ Body"`
	}
	if err := xml.Unmarshal(whole, &envelope); err != nil {
		r.t.Fatalf("%v in %s", err, whole)
	}
	return envelope.Body.Inner, envelope.Body.Fault.Text
}

// inner is the text of the first element of that name.
func inner(text, element string) string {
	_, rest, _ := strings.Cut(text, "<"+element+">")
	value, _, _ := strings.Cut(rest, "</"+element+">")
	return value
}

// TestClaimingAddresses is what clients do for a new host and when it goes:
// take the next free address of a subnet, mark it as claimed, release it. SOAP
// and JSON-RPC clients share the range.
func TestClaimingAddresses(t *testing.T) {
	r := start(t, settings(t, t.TempDir()), Options{})
	session := r.login()
	in := func(params string) string { return fmt.Sprintf(`{"session":%q,%s}`, session, params) }
	call := func(method, params string) map[string]any {
		t.Helper()
		result, fault := r.call(method, in(params))
		if fault != "" {
			t.Fatalf("%s: %s", method, fault)
		}
		return result
	}
	soap := func(operation, body string) string {
		t.Helper()
		answer, fault := r.soap(operation, "<session>"+session+"</session>"+body)
		if fault != "" {
			t.Fatalf("%s: %s", operation, fault)
		}
		return answer
	}
	call("AddRange", `"range":{"name":"10.1.2.0/30","subnet":true}`)

	// A JSON client, which names the range by its CIDR and the address by itself.
	first, _ := call("GetNextFreeAddress", `"rangeRef":"10.1.2.0/30","ping":false,"excludeDHCP":true,"temporaryClaimTime":60`)["address"].(string)
	if first != "10.1.2.1" {
		t.Errorf("the first address: %q", first)
	}
	record := call("GetIPAMRecord", `"addrRef":"`+first+`"`)["ipamRecord"].(map[string]any)
	call("SetProperties", `"ref":"`+record["addrRef"].(string)+`","objType":"IPAddress","properties":[{"name":"claimed","value":"true"}],"saveComment":"a new host"`)

	// A SOAP client, which works with the reference.
	second := inner(soap("GetNextFreeAddress", "<rangeRef>10.1.2.0/30</rangeRef>"), "address")
	if second != "10.1.2.2" {
		t.Errorf("the second address: %q", second)
	}
	property := "<properties><property><name>claimed</name><value>true</value></property></properties>"
	soap("SetProperties", "<ref>"+second+"</ref><objType>IPAddress</objType>"+property)
	list := soap("GetIPAMRecords", "<rangeRef>10.1.2.0/30</rangeRef><filter>claimed:true</filter>")
	if inner(list, "totalResults") != "2" || !strings.Contains(list, "<address>10.1.2.1</address><claimed>true</claimed>") {
		t.Errorf("the claimed addresses: %s", list)
	}
	ref := inner(soap("GetIPAMRecord", "<addrRef>"+second+"</addrRef>"), "addrRef")

	if none := soap("GetNextFreeAddress", "<rangeRef>10.1.2.0/30</rangeRef>"); strings.Contains(none, "<address>") {
		t.Errorf("in a full range: %s", none)
	}
	if none, _ := call("GetNextFreeAddress", `"rangeRef":"10.1.2.0/30"`)["address"].(string); none != "" {
		t.Errorf("in a full range: %q", none)
	}

	soap("RemoveObject", "<ref>"+ref+"</ref><objType>IPAddress</objType><saveComment>gone</saveComment>")
	if again, _ := call("GetNextFreeAddress", `"rangeRef":"10.1.2.0/30"`)["address"].(string); again != second {
		t.Errorf("after the release: %q, want %q", again, second)
	}
	if _, fault := r.soap("GetNextFreeAddress", "<session>"+session+"</session><rangeRef>10.9.9.0/24</rangeRef>"); !strings.Contains(fault, "rangeRef") {
		t.Errorf("an unknown range: %q", fault)
	}
}
