// Package soaptest is a client of the service as the least of scripts has one:
// texts put together, texts searched. It knows nothing of the WSDL or of the
// codecs that it tests, and is for tests only.
package soaptest

import (
	"crypto/tls"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// patience is how long a test waits before it calls something stuck: what takes
// a second on an idle machine may take many on one that runs other tests.
const patience = 2 * time.Minute

// Client is a session of the administrator. What fails ends the test.
type Client struct {
	T       testing.TB
	http    *http.Client
	url     string
	session string
}

// New logs in at the service with that URL, whose certificate it believes.
func New(t testing.TB, url, password string) *Client {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	t.Cleanup(transport.CloseIdleConnections)
	c := &Client{T: t, url: url, http: &http.Client{Transport: transport, Timeout: patience}}
	c.session = c.One(c.Do("Login", "<server>localhost</server><loginName>administrator</loginName><password>"+password+"</password>"), "session")
	return c
}

// Session is the session's token.
func (c *Client) Session() string { return c.session }

// Call sends an operation with the text of its members, and is the answer's
// text and whether it is a fault. The error is one of the transport.
func (c *Client) Call(operation, members string) (text string, fault bool, err error) {
	if c.session != "" {
		members = "<session>" + c.session + "</session>" + members
	}
	body := `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><` + operation +
		` xmlns="http://menandmice.com/webservices/">` + members + `</` + operation + `></soap:Body></soap:Envelope>`
	request, err := http.NewRequest(http.MethodPost, c.url+"/_mmwebext/mmwebext.dll?Soap", strings.NewReader(body))
	if err != nil {
		return "", false, err
	}
	request.Header.Set("Content-Type", "text/xml; charset=utf-8")
	request.Header.Set("SOAPAction", `"http://menandmice.com/webservices/`+operation+`"`)
	answer, err := c.http.Do(request)
	if err != nil {
		return "", false, err
	}
	defer answer.Body.Close()
	out, err := io.ReadAll(answer.Body)
	return string(out), answer.StatusCode != http.StatusOK, err
}

// Do is Call for what must succeed.
func (c *Client) Do(operation, members string) string {
	c.T.Helper()
	text, fault, err := c.Call(operation, members)
	if err != nil || fault {
		c.T.Fatalf("%s %s: %v %s", operation, members, err, text)
	}
	return text
}

// Fault is Call for what must fail: the text of the fault.
func (c *Client) Fault(operation, members string) string {
	c.T.Helper()
	text, fault, err := c.Call(operation, members)
	if err != nil || !fault {
		c.T.Fatalf("%s %s is no fault: %v %s", operation, members, err, text)
	}
	return c.One(text, "faultstring")
}

// All are the contents of the elements of that name that hold text only.
func (c *Client) All(text, element string) (found []string) {
	for _, m := range regexp.MustCompile(`(?s)<`+element+`>([^<]*)</`+element+`>`).FindAllStringSubmatch(text, -1) {
		var plain string
		if xml.Unmarshal([]byte("<x>"+m[1]+"</x>"), &plain) == nil {
			found = append(found, plain)
		}
	}
	return found
}

// One is the content of the first element of that name, which there must be.
func (c *Client) One(text, element string) string {
	c.T.Helper()
	found := c.All(text, element)
	if len(found) == 0 {
		c.T.Fatalf("no %s in %s", element, text)
	}
	return found[0]
}

// State is a DHCP server's state.
func (c *Client) State(server string) string {
	c.T.Helper()
	return strings.Join(c.All(c.Do("GetDHCPServer", "<dhcpServerRef>"+server+"</dhcpServerRef>"), "state"), " ")
}

// Relationships are the states of all failover relationships by name.
func (c *Client) Relationships() map[string]string {
	c.T.Helper()
	states := map[string]string{}
	for _, r := range strings.SplitAfter(c.Do("GetDHCPFailoverRelationships", ""), "</dhcpFailoverRelationship>") {
		if name := c.All(r, "name"); len(name) > 0 {
			states[name[0]] = strings.Join(c.All(r, "state"), " ")
		}
	}
	return states
}

// Scope is the reference of the scope of that name on a server.
func (c *Client) Scope(name, server string) string {
	c.T.Helper()
	on := c.One(c.Do("GetDHCPServer", "<dhcpServerRef>"+server+"</dhcpServerRef>"), "ref")
	for _, s := range strings.SplitAfter(c.Do("GetDHCPScopes", "<filter>name="+name+"</filter>"), "</dhcpScope>") {
		if strings.Contains(s, "<dhcpServerRef>"+on+"</dhcpServerRef>") {
			return c.One(s, "ref")
		}
	}
	c.T.Fatalf("no scope %s on %s", name, server)
	return ""
}

// Pool is the reference of a scope's first pool.
func (c *Client) Pool(scope string) string {
	c.T.Helper()
	return c.One(c.Do("GetDHCPAddressPools", "<dhcpScopeRef>"+scope+"</dhcpScopeRef>"), "ref")
}

// Set sets a property of an object, and is the answer.
func (c *Client) Set(ref, property, value string) string {
	c.T.Helper()
	return c.Do("SetProperties", "<ref>"+ref+"</ref><properties><property><name>"+property+"</name><value>"+value+"</value></property></properties>")
}

// Fetch is the text that the service answers to a request of an engineer's
// program, outside of SOAP, and its status.
func (c *Client) Fetch(method, path, body string) (status int, text string) {
	c.T.Helper()
	request, err := http.NewRequest(method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.T.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+c.session)
	answer, err := c.http.Do(request)
	if err != nil {
		c.T.Fatal(err)
	}
	defer answer.Body.Close()
	out, err := io.ReadAll(answer.Body)
	if err != nil {
		c.T.Fatal(err)
	}
	return answer.StatusCode, strings.TrimSpace(string(out))
}

// Rendered is the configuration that a server should run.
func (c *Client) Rendered(server string) string {
	c.T.Helper()
	status, text := c.Fetch(http.MethodGet, "/config/"+server, "")
	if status != http.StatusOK {
		c.T.Fatalf("the configuration of %s: %d %s", server, status, text)
	}
	return text
}

// Deploy delivers now, behind a delivery that is under way, and returns the
// outcomes.
func (c *Client) Deploy(order string) string {
	c.T.Helper()
	status, text := c.Fetch(http.MethodPost, "/deploy", order)
	if status != http.StatusOK {
		c.T.Fatalf("deploy answers %d: %s", status, text)
	}
	return text
}

// Settled waits until ok, and until no delivery is under way any more and as
// many servers have nothing to wait for. Without it what follows may come into
// the last moments of a delivery whose effect is seen already.
func (c *Client) Settled(what string, servers int, ok func() bool, more ...fmt.Stringer) {
	c.T.Helper()
	c.Until(what, func() bool {
		return ok() && strings.Count(c.Deploy(`{}`), `"result":"up to date"`) == servers && ok()
	}, more...)
}

// Events are the texts of the last events of a type, the newest first.
func (c *Client) Events(kind string) []string {
	c.T.Helper()
	return c.All(c.Do("GetHistory", "<eventType>"+kind+"</eventType>"), "eventText")
}

// Until waits for something that happens; more is told where it does not.
func (c *Client) Until(what string, ok func() bool, more ...fmt.Stringer) {
	c.T.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			history, _ := json.MarshalIndent(c.All(c.Do("GetHistory", "<limit>10</limit>"), "eventText"), "", " ")
			c.T.Fatalf("not seen: %s; history %s\n%s", what, history, more)
		}
	}
}
