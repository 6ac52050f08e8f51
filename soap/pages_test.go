package soap_test

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"html"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"halxml/internal/api"
	"halxml/internal/api/apitest"
	"halxml/internal/httpd"
	"halxml/wsdl"
	"halxml/wsdl/hal"
)

// The WSDL is where every client looks for it, and names the address that the
// client used.
func TestWSDL(t *testing.T) {
	s := apitest.Start(t, nil)
	for _, url := range []string{
		"/_mmwebext/mmwebext.dll?wsdl", "/_mmwebext/mmwebext.dll?WSDL", "/_MMWebExt/MMWebExt.DLL?Wsdl",
		"/_mmwebext/mmwebext.dll?wsdl?server=localhost", "/_mmwebext/mmwebext.dll?WSDL?server=central.test?ns=mm",
		"/_mmwebext/mmwebext.dll?server=x&wsdl", "/_mmwebext/mmwebext.dll?singleWsdl", "/_mmwebext/mmwebext.dll?wsdl=1",
		"/Soap?WSDL", "/Soap?WSDL?server=central.test", "/soap?wsdl", "/mmws/soap?wsdl",
		"/mmws/wsdl", "/mmws/wsdl?server=central.test&ns=mm", "/mmws/WSDL/",
	} {
		r := s.Do("GET", url, "", "Host", "ipam.test:8443")
		want := string(wsdl.Text(wsdl.Options{Address: "http://ipam.test:8443/_mmwebext/mmwebext.dll?Soap"}))
		if r.StatusCode != 200 || r.Text != want || r.Header.Get("Content-Type") != "text/xml; charset=utf-8" {
			t.Errorf("%s: %d %s, %d bytes", url, r.StatusCode, r.Header.Get("Content-Type"), len(r.Text))
		}
	}
	r := s.Do("GET", "/halXMLCommand?wsdl", "")
	if want := string(wsdl.Text(wsdl.Options{Prefixed: true, Address: s.URL + "/halXMLCommand"})); r.Text != want {
		t.Errorf("prefixed: %d, %.200s", r.StatusCode, r.Text)
	}
}

func TestWSDLOf2017(t *testing.T) {
	s := apitest.Start(t, func(o *api.Options) { o.Profile = hal.Profile2017 })
	r := s.Do("GET", "/mmws/wsdl", "")
	if want := string(wsdl.Text(wsdl.Options{Profile: hal.Profile2017, Address: s.URL + "/_mmwebext/mmwebext.dll?Soap"})); r.Text != want {
		t.Errorf("%d bytes, want %d", len(r.Text), len(want))
	}
	if page := s.Do("GET", "/mmws/wsdldoc?op=AddDHCPFailoverRelationship", "").Text; strings.Contains(page, "secondaryPort") {
		t.Error("a page shows what came after 2017")
	}
}

func TestConfiguredAddress(t *testing.T) {
	s := apitest.Start(t, func(o *api.Options) {
		var err error
		if o.Origin, err = httpd.NewOrigin("https://public.test:444", nil); err != nil {
			t.Fatal(err)
		}
	})
	if r := s.Do("GET", "/mmws/wsdl", ""); !strings.Contains(r.Text, `location="https://public.test:444/_mmwebext/mmwebext.dll?Soap"`) {
		t.Error("the WSDL lacks the configured address")
	}
}

func TestHostIsNoMarkup(t *testing.T) {
	s := apitest.Start(t, nil)
	for _, host := range []string{`x"/><script>alert(1)</script>`, "x%22", "a b", "a'b"} {
		for _, url := range []string{"/mmws/wsdl", "/mmws/wsdldoc?op=Login"} {
			got := s.Raw("GET " + url + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
			if _, body, _ := strings.Cut(got, "\r\n\r\n"); strings.Contains(body, host) || !strings.HasPrefix(got, "HTTP/1.1 400") && !strings.Contains(body, s.Addr) {
				t.Errorf("%s of host %s: %.300s", url, host, got)
			}
		}
	}
}

func TestConditionalGET(t *testing.T) {
	s := apitest.Start(t, nil)
	for _, url := range []string{"/mmws/wsdl", "/mmws/wsdldoc", "/mmws/wsdldoc?op=Login"} {
		plain := s.Do("GET", url, "")
		zipped := s.Do("GET", url, "", "Accept-Encoding", "br, gzip;q=0.5")
		z, err := gzip.NewReader(strings.NewReader(zipped.Text))
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(z); err != nil || string(b) != plain.Text || zipped.Header.Get("Content-Encoding") != "gzip" {
			t.Errorf("%s: gzip holds something else: %v", url, err)
		}
		tag, zippedTag := plain.Header.Get("ETag"), zipped.Header.Get("ETag")
		if tag == zippedTag || tag == "" || plain.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: ETags %s and %s, Vary %s", url, tag, zippedTag, plain.Header.Get("Vary"))
		}
		for value, status := range map[string]int{
			tag: 304, zippedTag: 304, "W/" + tag: 304, `"other", ` + tag: 304, "*": 304, `"other"`: 200, "": 200,
		} {
			if r := s.Do("GET", url, "", "If-None-Match", value); r.StatusCode != status || status == 304 && r.Text != "" {
				t.Errorf("%s: If-None-Match %s: %d", url, value, r.StatusCode)
			}
		}
		head := s.Do("HEAD", url, "")
		if head.StatusCode != 200 || head.Text != "" || head.ContentLength != int64(len(plain.Text)) {
			t.Errorf("%s: HEAD %d, Content-Length %d, want %d", url, head.StatusCode, head.ContentLength, len(plain.Text))
		}
	}
}

func TestETagIsOfTheText(t *testing.T) {
	s := apitest.Start(t, nil)
	tags := map[string]string{}
	for _, host := range []string{"a.test", "b.test"} {
		for _, url := range []string{"/mmws/wsdl", "/halXMLCommand?wsdl", "/Soap?op=Login", "/Soap?op=Logout"} {
			tag := s.Do("GET", url, "", "Host", host).Header.Get("ETag")
			if tags[tag] != "" {
				t.Errorf("%s of %s has the ETag of %s", url, host, tags[tag])
			}
			tags[tag] = url + " of " + host
		}
	}
	// More addresses than are kept ready.
	for i := range 40 {
		host := "h" + strconv.Itoa(i) + ".test"
		if r := s.Do("GET", "/mmws/wsdl", "", "Host", host); !strings.Contains(r.Text, host) {
			t.Errorf("the WSDL of %s lacks it", host)
		}
	}
}

func TestIndexPage(t *testing.T) {
	s := apitest.Start(t, func(o *api.Options) {
		o.Answered = func(name string) bool { return name != "GetDNSZones" }
	})
	links := regexp.MustCompile(`<a href="([^"?]*)\?op=([A-Za-z0-9]+)">`)
	for url, prefix := range map[string]string{
		"/_mmwebext/mmwebext.dll": "", "/_mmwebext/mmwebext.dll?Soap": "", "/Soap": "", "/mmws/wsdldoc": "",
		"/_mmwebext/mmwebext.dll?WSDLDoc?server=central.test": "", "/mmws/wsdldoc?server=central.test": "", "/halXMLCommand?wsdldoc": hal.Prefix,
	} {
		page := s.Do("GET", url, "")
		var names []string
		for _, m := range links.FindAllStringSubmatch(page.Text, -1) {
			names = append(names, m[2])
		}
		if len(names) != len(hal.Operations()) || !slices.IsSortedFunc(names, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }) {
			t.Errorf("%s: %d operations: %v", url, len(names), names)
		}
		if !slices.Contains(names, prefix+"Login") {
			t.Errorf("%s: no %sLogin", url, prefix)
		}
		if n := strings.Count(page.Text, "Not answered"); n != 1 {
			t.Errorf("%s: %d operations are not answered, want 1", url, n)
		}
	}
	if page := s.Do("GET", "/Soap?q=dhcp+FAILOVER+replicate", "").Text; len(links.FindAllString(page, -1)) != 1 || !strings.Contains(page, "?op=ReplicateDHCPFailover") ||
		!strings.Contains(page, `value="dhcp FAILOVER replicate"`) {
		t.Errorf("a search finds %v", links.FindAllString(page, -1))
	}
	if page := s.Do("GET", `/Soap?q=%22%3E%3Cscript%3Ealert(1)`, "").Text; strings.Contains(page, "<script>alert") || !strings.Contains(page, "No operation matches") {
		t.Errorf("a search is markup: %s", page)
	}
	if r := s.Do("GET", "/", ""); r.StatusCode != 302 || r.Header.Get("Location") != "/_mmwebext/mmwebext.dll" {
		t.Errorf("the root: %d %s", r.StatusCode, r.Header.Get("Location"))
	}
}

// Each operation has a page whose samples a client can send and read.
func TestOperationPages(t *testing.T) {
	s := apitest.Start(t, nil)
	for _, op := range hal.Operations() {
		page := s.Do("GET", "/halXMLCommand?op="+strings.ToLower(op.Name), "")
		if page.StatusCode != 200 || !strings.Contains(page.Text, "<h1>"+hal.Prefix+op.Name+"</h1>") || !strings.Contains(page.Text, html.EscapeString(op.Doc)) {
			t.Errorf("%s: %d", op.Name, page.StatusCode)
			continue
		}
		for _, f := range slices.Concat(op.Request.Fields, op.Response.Fields) {
			if !strings.Contains(page.Text, "<code>"+f.Name+"</code>") {
				t.Errorf("%s: no row for %s", op.Name, f.Name)
			}
		}
		trySamples(t, s, &op, page.Text)
	}
	if r := s.Do("GET", "/Soap?op=%3Cb%3E", ""); r.StatusCode != 404 || strings.Contains(r.Text, "<b>") {
		t.Errorf("an unknown operation: %d %s", r.StatusCode, r.Text)
	}
}

// Samples name objects of the right type, and not the same one as each partner,
// so that they can be sent as they are where such objects exist.
func TestSamplesFitTogether(t *testing.T) {
	s := apitest.Start(t, nil)
	for operation, parts := range map[string][]string{
		"AddDHCPFailoverRelationship":             {`"primaryServerRef": "{#3-#1}"`, `"secondaryServerRef": "{#3-#2}"`, `"name": "example"`},
		"AddDHCPScopesToDHCPFailoverRelationship": {`"dhcpFailoverRelationshipName": "example"`, `"dhcpServerRef": "{#3-#1}"`, `"dhcpScopeRefs": ["{#7-#1}"]`},
		"GetDevice":           {`"deviceRef": "{#19-#1}"`},
		"AddInterface":        {`"ref": "{#20-#1}"`, `"deviceRef": "{#19-#1}"`, `"clientIdentifier": "00:11:22:aa:bb:cc"`},
		"GetDHCPGroup":        {`"dhcpGroupRef": "{#11-#1}"`},
		"AddDHCPGroup":        {`"ownerRef": "{#3-#1}"`, `"parentRef": "{#11-#1}"`},
		"MoveIPAMRecord":      {`"fromRef": "{#8-#1}"`, `"toRef": "{#8-#2}"`},
		"GetSubranges":        {`"parentRef": "{#6-#1}"`},
		"JoinRanges":          {`"ranges": ["{#6-#1}"]`},
		"GetProperties":       {`"ref": "{#7-#1}"`, `"objType": "DHCPScope"`},
		"SetServiceStatus":    {`"serviceStatus": "running"`},
		"GetAddressSpaces":    {`"ref": "{#25-#1}"`},
		"SendMail":            {`"from": "text"`},
		"AddDHCPServer":       {`"type": "MSDHCP"`, `"ref": "{#3-#1}"`},
		"AddDHCPReservation":  {`"ref": "{#9-#1}"`, `"ownerRef": "{#7-#1}"`},
		"SetDHCPOptions":      {`"option": "::3"`},
		"GetDHCPAddressPools": {`"failoverPeer": "example"`},
	} {
		page := html.UnescapeString(s.Do("GET", "/Soap?op="+operation, "").Text)
		for _, part := range parts {
			if !strings.Contains(page, part) {
				t.Errorf("%s: no sample has %s", operation, part)
			}
		}
	}
}

var sampleText = regexp.MustCompile(`(?s)aria-label="([^"]*)"><code>(.*?)</code></pre>`)

func trySamples(t *testing.T, s *apitest.Server, op *hal.Operation, page string) {
	t.Helper()
	samples := map[string]string{}
	for _, m := range sampleText.FindAllStringSubmatch(page, -1) {
		samples[m[1]] = html.UnescapeString(m[2])
	}
	for _, version := range []string{"1.1", "1.2"} {
		head, body, _ := strings.Cut(samples["SOAP "+version+" request"], "\n\n")
		headers := []string{"Connection", "keep-alive"}
		for _, line := range strings.Split(head, "\n")[1:] {
			name, value, _ := strings.Cut(line, ": ")
			headers = append(headers, name, value)
		}
		r := s.Do("POST", strings.Fields(head)[1], body, headers...)
		if text := r.Text; strings.Contains(text, "soap:Fault>") {
			// The commands may refuse; the samples have to be read.
			if f := readFault(t, text); f.detailCode != "5003" && f.detailCode != "16394" {
				t.Errorf("%s: the sample of %s: %+v", op.Name, version, f)
			}
		}
		_, body, _ = strings.Cut(samples["SOAP "+version+" response"], "\n\n")
		if err := xml.Unmarshal([]byte(body), new(struct{ XMLName xml.Name })); err != nil || !strings.Contains(body, "<"+hal.Prefix+op.Name+"Response ") {
			t.Errorf("%s: the answer's sample: %v", op.Name, err)
		}
	}
	_, body, _ := strings.Cut(samples["JSON-RPC request"], "\n\n")
	r := s.Post("/Soap", "application/json", body)
	if !strings.Contains(r.Text, `"code": 5003`) && !strings.Contains(r.Text, `"code": 16394`) && !strings.Contains(r.Text, `"result"`) {
		t.Errorf("%s: the JSON sample: %s", op.Name, r.Text)
	}
	if _, body, _ = strings.Cut(samples["JSON-RPC response"], "\n\n"); !json.Valid([]byte(body)) {
		t.Errorf("%s: the answer's JSON: %s", op.Name, body)
	}
	_, curl, _ := strings.Cut(samples["With curl"], "-d '")
	if curl, _, _ = strings.Cut(curl, "'"); !json.Valid([]byte(curl)) {
		t.Errorf("%s: curl sends %s", op.Name, curl)
	}
}

// The policy lets a browser run and style what the page holds, and nothing
// from elsewhere, which the pages do not ask for either.
func TestPagesHoldAllTheyNeed(t *testing.T) {
	s := apitest.Start(t, nil)
	for _, url := range []string{"/mmws/wsdldoc", "/mmws/wsdldoc?op=AddDHCPScope", "/mmws/wsdldoc?op=none"} {
		r := s.Do("GET", url, "")
		policy := r.Header.Get("Content-Security-Policy")
		for _, directive := range []string{"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"} {
			if !strings.Contains(policy, directive) {
				t.Errorf("%s: the policy lacks %s: %s", url, directive, policy)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
			t.Errorf("%s: policy %s", url, policy)
		}
		for _, m := range regexp.MustCompile(`(?s)<(style|script)>(.*?)</`).FindAllStringSubmatch(r.Text, -1) {
			sum := sha256.Sum256([]byte(m[2]))
			if want := m[1] + "-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, want) {
				t.Errorf("%s: the policy forbids the page's %s", url, m[1])
			}
		}
		for _, m := range regexp.MustCompile(`(?:src|href|action)="([^"]*)"`).FindAllStringSubmatch(r.Text, -1) {
			if !strings.HasPrefix(m[1], "/") && !strings.HasPrefix(m[1], "#") && m[1] != "data:," {
				t.Errorf("%s refers to %s", url, m[1])
			}
		}
		for _, must := range []string{`<html lang="en">`, `name="viewport"`, "<main", "<h1>", "<title>"} {
			if !strings.Contains(r.Text, must) {
				t.Errorf("%s lacks %s", url, must)
			}
		}
		if want := http.StatusOK; !strings.HasSuffix(url, "none") && r.StatusCode != want {
			t.Errorf("%s: %d", url, r.StatusCode)
		}
	}
}
