package api_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"halxml/internal/api"
	"halxml/internal/api/apitest"
)

const (
	soapLogout = `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><Logout><session>` + apitest.Session + `</session></Logout></e:Body></e:Envelope>`
	jsonLogout = ` {"method":"Logout","params":{"session":"` + apitest.Session + `"}}`
)

// One URL takes all formats: the media type decides and, where it says nothing,
// the first byte.
func TestFormatsShareURLs(t *testing.T) {
	s := apitest.Start(t, nil)
	type kind string
	const soap, json, object, none kind = "LogoutResponse", `"result": ""`, `"result": {}`, ""
	for _, c := range []struct {
		path, contentType, body string
		status                  int
		want                    kind
	}{
		{"/_mmwebext/mmwebext.dll?Soap", "text/xml", soapLogout, 200, soap},
		{"/_mmwebext/mmwebext.dll?Soap", "application/json", jsonLogout, 200, json},
		{"/_mmwebext/mmwebext.dll", "", soapLogout, 200, soap},
		{"/_mmwebext/mmwebext.dll", "", jsonLogout, 200, json},
		{"/_mmwebext/mmwebext.dll", "", "[" + jsonLogout + "]", 200, json},
		{"/_MMWEBEXT/MMwebext.DLL?soap?server=x", "text/plain", soapLogout, 200, soap},
		{"/_mmwebext/mmwebext.dll?anything", "application/x-www-form-urlencoded", jsonLogout, 200, json},
		{"/Soap", "text/xml", soapLogout, 200, soap},
		{"/Soap?", "text/xml", soapLogout, 200, soap},
		{"/Soap", "application/json", jsonLogout, 200, json},
		{"/halXMLCommand", "text/xml", soapLogout, 200, soap},
		{"/halxmlcommand/", "application/json", jsonLogout, 200, json},
		{"/mmws/soap", "application/xml", soapLogout, 200, soap},
		{"/mmws/json", "application/json", jsonLogout, 200, json},
		{"/mmws/json", "", jsonLogout, 200, json},
		{"/mmws/api/v2/JSON", "application/json", jsonLogout, 200, object},
		{"/mmws/api/v2/JSON", "application/json", "[" + jsonLogout + "]", 200, object},
		{"//_mmwebext/mmwebext.dll?Soap", "text/xml", soapLogout, 200, soap},
		{"/_mmwebext//mmwebext.dll//?Soap", "text/xml", soapLogout, 200, soap},
		{"//mmws/json", "application/json", jsonLogout, 200, json},
		{"/mmws/json", "text/xml", soapLogout, 415, none},
		{"/mmws/json", "", soapLogout, 415, none},
		{"/Soap", "multipart/related; type=\"text/xml\"; boundary=x", "--x", 415, none},
		{"/Soap", "image/png", soapLogout, 415, none},
		{"/Soap", "", "hello", 415, none},
		{"/Soap", "text/plain", "", 500, "empty or not XML"},
		{"/elsewhere", "text/xml", soapLogout, 404, none},
		{"//elsewhere", "text/xml", soapLogout, 404, none},
		{"/", "text/xml", soapLogout, 405, none},
		{"/mmws/wsdl", "text/xml", soapLogout, 405, none},
		{"/mmws/api/command/Logout", "application/json", `{"session":"` + apitest.Session + `"}`, 200, `{"result": {}}`},
		{"/MMWS/api//commands/logout/", "", `{"session":"` + apitest.Session + `"}`, 200, `{"result": {}}`},
		{"/mmws/api/command", "application/json", "{}", 404, `"error":{"code":20005`},
		{"/mmws/api/Ranges", "application/json", "{}", 404, `"error":{"code":20005`},
	} {
		r := s.Post(c.path, c.contentType, c.body)
		if c.want == "empty or not XML" {
			c.want = "soap:Client"
		}
		if r.StatusCode != c.status || !strings.Contains(r.Text, string(c.want)) {
			t.Errorf("%s %q %.20s: %d %s", c.path, c.contentType, c.body, r.StatusCode, r.Text)
		}
		if c.status == 415 && !strings.Contains(r.Header.Get("Accept-Post"), "application/json") {
			t.Errorf("%s: Accept-Post %q", c.path, r.Header.Get("Accept-Post"))
		}
	}
}

func TestMethods(t *testing.T) {
	s := apitest.Start(t, nil)
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"PUT", "/Soap", 405, "GET, HEAD, POST"},
		{"DELETE", "/_mmwebext/mmwebext.dll?wsdl", 405, "GET, HEAD, POST"},
		{"OPTIONS", "/mmws/soap", 405, "GET, HEAD, POST"},
		{"PATCH", "/mmws/wsdl", 405, "GET, HEAD"},
		{"GET", "/mmws/json", 405, "POST"},
		{"HEAD", "/mmws/json", 405, "POST"},
		{"POST", "/mmws/api", 405, "GET, HEAD"},
		{"GET", "/mmws/api/command/WEB_GETPRELOGININFO", 200, ""},
		{"HEAD", "/mmws/api", 200, ""},
		{"DELETE", "/mmws/api/DHCPScopes/1", 404, ""},
		{"GET", "/mmws/api/command/RemoveObjects", 405, "POST"},
		{"GET", "/mmws/api/command/Login?loginName=eve&password=secret", 405, "POST"},
		{"DELETE", "/mmws/api/command/GetDHCPScopes", 405, "POST, GET"},
		{"GET", "/favicon.ico", 404, ""},
		{"GET", "/healthz", 200, ""},
	} {
		if r := s.Do(c.method, c.path, ""); r.StatusCode != c.status || r.Header.Get("Allow") != c.allow {
			t.Errorf("%s %s: %d, Allow %q", c.method, c.path, r.StatusCode, r.Header.Get("Allow"))
		}
	}
}

func TestAnswersAreCompressedForThoseWhoAsk(t *testing.T) {
	s := apitest.Start(t, nil)
	list := func(n int) string {
		return fmt.Sprintf(`{"method":"GetDHCPScopes","params":{"session":%q,"limit":%d}}`, apitest.Session, n)
	}
	plain := s.Post("/Soap", "application/json", list(100))
	for accepted, want := range map[string]bool{
		"gzip": true, "GZIP": true, "deflate, gzip;q=1.0, *;q=0.5": true, "gzip; q=0.001": true,
		"": false, "gzip;q=0": false, "gzip; q=0.000": false, "br, deflate": false, "identity": false,
	} {
		r := s.Do("POST", "/Soap", list(100), "Content-Type", "application/json", "Accept-Encoding", accepted)
		text := r.Text
		if zipped := r.Header.Get("Content-Encoding") == "gzip"; zipped != want {
			t.Errorf("%q: Content-Encoding %q", accepted, r.Header.Get("Content-Encoding"))
		} else if zipped {
			z, err := gzip.NewReader(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(z)
			if text = string(b); err != nil {
				t.Fatal(err)
			}
		}
		if text != plain.Text || r.Header.Get("Vary") != "Accept-Encoding" || r.ContentLength != int64(len(r.Text)) {
			t.Errorf("%q: Vary %q, length %d", accepted, r.Header.Get("Vary"), r.ContentLength)
		}
	}
	if r := s.Do("POST", "/Soap", list(1), "Content-Type", "application/json", "Accept-Encoding", "gzip"); r.Header.Get("Content-Encoding") != "" {
		t.Error("a short answer is compressed")
	}
}

// What HTTP/1.0 and hand-made clients send.
func TestRawHTTP(t *testing.T) {
	s := apitest.Start(t, nil)
	post := func(version, headers string) string {
		return "POST /Soap HTTP/" + version + "\r\nContent-Type: text/xml\r\n" + headers + "\r\n"
	}
	length := fmt.Sprintf("Content-Length: %d\r\n", len(soapLogout))
	chunked := fmt.Sprintf("%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n", 10, soapLogout[:10], len(soapLogout)-10, soapLogout[10:])
	for name, c := range map[string]struct{ text, status, holds string }{
		"HTTP/1.0 without Host":    {post("1.0", length) + soapLogout, "HTTP/1.0 200", "LogoutResponse"},
		"HTTP/1.1 without Host":    {post("1.1", length) + soapLogout, "HTTP/1.1 400", ""},
		"chunked":                  {post("1.1", "Host: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n") + chunked, "HTTP/1.1 200", "LogoutResponse"},
		"header names in capitals": {strings.ToUpper(post("1.0", "")[:len("POST /Soap")]) + " HTTP/1.0\r\nCONTENT-TYPE: TEXT/XML\r\nCONTENT-LENGTH: " + fmt.Sprint(len(soapLogout)) + "\r\n\r\n" + soapLogout, "HTTP/1.0 200", "LogoutResponse"},
		"absolute URL":             {"POST http://proxy.test/Soap HTTP/1.0\r\nContent-Type: text/xml\r\n" + length + "\r\n" + soapLogout, "HTTP/1.0 200", "LogoutResponse"},
		"two lengths":              {post("1.1", "Host: x\r\nContent-Length: 1\r\n"+length) + soapLogout, "HTTP/1.1 400", ""},
		"not HTTP":                 {"hello\r\n\r\n", "HTTP/1.1 400", ""},
		"huge header":              {"GET /Soap HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 100_000) + "\r\n\r\n", "HTTP/1.1 431", ""},
		"announces too much":       {post("1.1", "Host: x\r\nContent-Length: 99999999999\r\n"), "HTTP/1.1 500", "larger than 16777216 bytes"},
	} {
		got := s.Raw(c.text)
		if !strings.HasPrefix(got, c.status) || !strings.Contains(got, c.holds) {
			t.Errorf("%s: %.400s", name, got)
		}
	}
}

// A caller that waits for "100 Continue" gets it, or at once the refusal.
func TestExpectContinue(t *testing.T) {
	s := apitest.Start(t, nil)
	for contentType, want := range map[string]string{"text/xml": "HTTP/1.1 100", "image/png": "HTTP/1.1 415"} {
		c, err := net.Dial("tcp", s.Addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(20 * time.Second))
		fmt.Fprintf(c, "POST /Soap HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", contentType, len(soapLogout))
		in := bufio.NewReader(c)
		line, err := in.ReadString('\n')
		if err != nil || !strings.HasPrefix(line, want) {
			t.Errorf("%s: %q, %v", contentType, line, err)
		}
		if contentType != "text/xml" {
			continue
		}
		_, _ = in.ReadString('\n')
		_, _ = io.WriteString(c, soapLogout)
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		if b, _ := io.ReadAll(resp.Body); !bytes.Contains(b, []byte("LogoutResponse")) {
			t.Errorf("then: %s", b)
		}
	}
}

// Requests behind one another on a connection are answered in order.
func TestPipelining(t *testing.T) {
	s := apitest.Start(t, nil)
	one := fmt.Sprintf("POST /Soap HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s", len(soapLogout), soapLogout)
	got := s.Raw(one + one + strings.Replace(one, "Host: x", "Host: x\r\nConnection: close", 1))
	if n := strings.Count(got, "HTTP/1.1 200 OK"); n != 3 || strings.Count(got, "</soap:Envelope>") != 3 {
		t.Errorf("%d answers in %s", n, got)
	}
}

func TestBodiesOfAllRequestsAreBounded(t *testing.T) {
	s := apitest.Start(t, func(o *api.Options) { o.MaxTogether = 3 << 20 })
	big := soapLogout + strings.Repeat(" ", 6<<20)
	for range 2 { // the budget is given back, and small requests do not need it
		if r := s.Post("/Soap", "text/xml", big); !strings.Contains(r.Text, "<code>20011</code>") {
			t.Errorf("a big body beyond the budget: %d %s", r.StatusCode, r.Text)
		}
		if r := s.Post("/Soap", "text/xml", big[:2<<20-10]); r.StatusCode != 200 {
			t.Errorf("a big body within the budget: %d %s", r.StatusCode, r.Text)
		}
	}
}
