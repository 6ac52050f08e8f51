package main

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

// soapClient is a client of the service as the least of scripts has one: texts
// put together, texts searched.
type soapClient struct {
	t       *testing.T
	url     string
	session string
	http    *http.Client
}

func newSOAPClient(t *testing.T, url string) *soapClient {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	t.Cleanup(transport.CloseIdleConnections)
	c := &soapClient{t: t, url: url, http: &http.Client{Transport: transport, Timeout: patience}}
	c.session = c.one(c.do("Login", "<server>localhost</server><loginName>administrator</loginName><password>a long enough password</password>"), "session")
	return c
}

// call sends an operation with the text of its members, and is the answer's text.
func (c *soapClient) call(operation, members string) (text string, fault bool, err error) {
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

// do is call for what must succeed.
func (c *soapClient) do(operation, members string) string {
	c.t.Helper()
	text, fault, err := c.call(operation, members)
	if err != nil || fault {
		c.t.Fatalf("%s %s: %v %s", operation, members, err, text)
	}
	return text
}

// all are the contents of the elements of that name.
func (c *soapClient) all(text, element string) (found []string) {
	for _, m := range regexp.MustCompile(`(?s)<`+element+`>([^<]*)</`+element+`>`).FindAllStringSubmatch(text, -1) {
		var plain string
		if xml.Unmarshal([]byte("<x>"+m[1]+"</x>"), &plain) == nil {
			found = append(found, plain)
		}
	}
	return found
}

// one is the content of the first element of that name.
func (c *soapClient) one(text, element string) string {
	c.t.Helper()
	found := c.all(text, element)
	if len(found) == 0 {
		c.t.Fatalf("no %s in %s", element, text)
	}
	return found[0]
}

// state is a server's state.
func (c *soapClient) state(server string) string {
	c.t.Helper()
	return strings.Join(c.all(c.do("GetDHCPServer", "<dhcpServerRef>"+server+"</dhcpServerRef>"), "state"), " ")
}

// events are the texts of the last events of a type, the newest first.
func (c *soapClient) events(kind string) []string {
	c.t.Helper()
	return c.all(c.do("GetHistory", "<eventType>"+kind+"</eventType>"), "eventText")
}

// until waits for something that happens.
func (c *soapClient) until(what string, ok func() bool, more ...fmt.Stringer) {
	c.t.Helper()
	for end := time.Now().Add(90 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			history, _ := json.MarshalIndent(c.all(c.do("GetHistory", "<limit>10</limit>"), "eventText"), "", " ")
			c.t.Fatalf("not seen: %s; history %s\n%s", what, history, more)
		}
	}
}
