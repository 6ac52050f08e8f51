package interop

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// soapClient calls operations one after another over one connection.
type soapClient struct {
	t       *testing.T
	url     string
	session string
	client  http.Client
}

// newSOAPClient logs in. More than one connection is never open.
func newSOAPClient(t *testing.T, base string) *soapClient {
	t.Helper()
	transport := &http.Transport{MaxConnsPerHost: 1}
	t.Cleanup(transport.CloseIdleConnections)
	c := &soapClient{t: t, url: base + soapPath, client: http.Client{Transport: transport}}
	c.session = c.one("Login", "session", "<server>localhost</server><loginName>administrator</loginName><password>"+password+"</password>")
	return c
}

// call is the answer to an operation, which must succeed, as the texts of its
// elements by name.
func (c *soapClient) call(operation, fields string) map[string][]string {
	c.t.Helper()
	if c.session != "" {
		fields = "<session>" + c.session + "</session>" + fields
	}
	body := `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><` + operation +
		` xmlns="http://menandmice.com/webservices/">` + fields + `</` + operation + `></soap:Body></soap:Envelope>`
	request, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.url, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "text/xml; charset=utf-8")
	request.Header.Set("SOAPAction", `"http://menandmice.com/webservices/`+operation+`"`)
	response, err := c.client.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		c.t.Fatalf("%s %s: %s %v\n%s", operation, fields, response.Status, err, answer)
	}
	texts := map[string][]string{}
	decoder, name := xml.NewDecoder(strings.NewReader(string(answer))), ""
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return texts
		}
		if err != nil {
			c.t.Fatalf("%s: %v in %s", operation, err, answer)
		}
		switch token := token.(type) {
		case xml.StartElement:
			name = token.Name.Local
		case xml.CharData:
			texts[name] = append(texts[name], string(token))
		case xml.EndElement:
			name = ""
		}
	}
}

// one is the text of an element that an answer has once, "" when it has none.
func (c *soapClient) one(operation, element, fields string) string {
	c.t.Helper()
	texts := c.call(operation, fields)[element]
	if len(texts) > 1 {
		c.t.Fatalf("%s %s: %d times %s", operation, fields, len(texts), element)
	}
	return strings.Join(texts, "")
}

// total is what a list counts.
func (c *soapClient) total(operation, fields string) int {
	c.t.Helper()
	n, err := strconv.Atoi(c.one(operation, "totalResults", fields))
	if err != nil {
		c.t.Fatalf("%s %s: %v", operation, fields, err)
	}
	return n
}

// TestProvisioning fills a service as a script does that moves a company's
// networks to it: ranges, scopes with options and pools, reservations at the
// next free address, custom properties and folders, one call after another.
func TestProvisioning(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 20,000 reservations, each on disk before the next")
	}
	const networks, reservations, folders = 200, 100, 10
	data := t.TempDir()
	s := startServiceOn(t, data)
	c := newSOAPClient(t, s.base)
	element := func(name, value string) string { return "<" + name + ">" + value + "</" + name + ">" }
	custom := func(name, value string) string {
		return element("property", element("name", name)+element("value", value))
	}

	server := c.one("AddDHCPServer", "ref", "<dhcpServer><name>dhcp1.example.com.</name><address>192.0.2.1</address><type>ISC</type></dhcpServer>")
	for _, p := range []string{"<objType>Range</objType><propertyDefinition><name>Site</name><type>String</type>",
		"<objType>DHCPScope</objType><propertyDefinition><name>VLAN</name><type>Integer</type>"} {
		c.call("AddPropertyDefinition", p+"</propertyDefinition>")
	}
	var in []string
	for f := range folders {
		in = append(in, c.one("AddFolder", "ref", fmt.Sprintf("<folder><name>site %d</name><contentType>DHCPScope</contentType></folder>", f)))
	}

	for n := range networks {
		net := fmt.Sprintf("10.%d.%d.", 1+n/100, n%100)
		site := fmt.Sprintf("Site-%d", n%folders)
		rng := c.one("AddRange", "ref", "<range>"+element("name", net+"0/24")+"<subnet>true</subnet><customProperties>"+
			custom("Title", "Network "+net+"0")+custom("Site", site)+"</customProperties></range><saveComment>provisioning</saveComment>")
		scope := c.one("AddDHCPScope", "ref", "<dhcpScope>"+element("name", fmt.Sprintf("lan-%03d", n))+element("rangeRef", rng)+
			element("dhcpServerRef", server)+"</dhcpScope>")
		c.call("AddDHCPAddressPool", "<dhcpAddressPool>"+element("from", net+"150")+element("to", net+"249")+element("dhcpScopeRef", scope)+"</dhcpAddressPool>")
		options := ""
		for _, o := range [][2]string{{"::3", net + "1"}, {"::6", "192.0.2.53,192.0.2.54"}, {"::15", "example.com"}, {"::42", "192.0.2.123"}, {"::51", "86400"}} {
			options += element("dhcpOption", element("option", o[0])+element("value", o[1]))
		}
		c.call("SetDHCPOptions", element("ref", scope)+"<objType>DHCPScope</objType>"+element("dhcpOptions", options))
		c.call("SetProperties", element("ref", scope)+element("properties", custom("VLAN", strconv.Itoa(100+n))))
		c.call("PlaceInFolder", element("folderRef", in[n%folders])+element("objRefs", element("ref", scope)))
		for i := range reservations {
			// The router's address is no client's.
			next := c.one("GetNextFreeReservationAddress", "address", element("objRef", scope)+element("startAddress", net+"2"))
			if want := net + strconv.Itoa(2+i); next != want {
				t.Fatalf("the next free address of %s0/24: %q, want %s", net, next, want)
			}
			c.one("AddDHCPReservation", "ref", "<dhcpReservation>"+element("name", fmt.Sprintf("host-%d-%d", n, i))+
				element("clientIdentifier", fmt.Sprintf("02:00:00:%02x:%02x:%02x", n/100, n%100, i))+
				element("addresses", element("address", next))+element("ownerRef", scope)+"</dhcpReservation>")
		}
		// Pools are left out, the router is nobody's to have.
		free := c.one("GetNextFreeAddress", "address", element("rangeRef", net+"0/24")+"<excludeDHCP>true</excludeDHCP><temporaryClaimTime>600</temporaryClaimTime>")
		again := c.one("GetNextFreeAddress", "address", element("rangeRef", net+"0/24")+"<excludeDHCP>true</excludeDHCP>")
		if free != net+"102" || again != net+"103" {
			t.Fatalf("free in %s0/24: %q, then %q", net, free, again)
		}
	}

	for _, want := range []struct {
		operation, fields string
		total             int
	}{
		{"GetDHCPServers", "", 1},
		{"GetRanges", "", networks},
		{"GetRanges", "<filter>Site:^Site-3$</filter>", networks / folders},
		{"GetDHCPScopes", "<limit>7</limit>", networks},
		{"GetDHCPScopes", element("filter", "dhcpServerRef="+server), networks},
		{"GetDHCPScopes", "<filter>VLAN&gt;=250 and VLAN&lt;300</filter>", 50},
		{"GetDHCPScopes", "<filter>name:^lan-1</filter>", 100},
		{"GetDHCPAddressPools", "", networks},
		{"GetFolders", "", folders},
		{"GetIPAMRecords", "<rangeRef>10.1.7.0/24</rangeRef><filter>dhcpReservations!=\"\"</filter>", reservations},
	} {
		if got := c.total(want.operation, want.fields); got != want.total {
			t.Errorf("%s %s: totalResults %d, want %d", want.operation, want.fields, got, want.total)
		}
	}
	held, placed := 0, 0
	for _, scope := range c.call("GetDHCPScopes", "")["ref"] {
		held += c.total("GetDHCPReservations", element("ownerRef", scope)+"<limit>1</limit>")
		if options := c.call("GetDHCPOptions", element("ref", scope))["option"]; !slices.Equal(options, []string{"::3", "::6", "::15", "::42", "::51"}) {
			t.Errorf("options of %s: %q", scope, options)
		}
	}
	for _, folder := range in {
		placed += c.total("GetObjectsInFolder", element("folderRef", folder))
	}
	if held != networks*reservations || placed != networks {
		t.Errorf("%d reservations and %d scopes in folders, want %d and %d", held, placed, networks*reservations, networks)
	}
	if first := c.one("GetRanges", "totalResults", "<filter>Title=&quot;Network 10.1.0.0&quot;</filter>"); first != "1" {
		t.Errorf("ranges by their title: %s", first)
	}

	s.stop()
	if printed, err := exec.Command(binary, "check", "--data", data).CombinedOutput(); err != nil {
		t.Errorf("halxml check: %v\n%s", err, printed)
	}
}
