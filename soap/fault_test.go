package soap_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"halxml/internal/api/apitest"
	"halxml/internal/errs"
	"halxml/wsdl/hal"
)

const (
	space11 = "http://schemas.xmlsoap.org/soap/envelope/"
	space12 = "http://www.w3.org/2003/05/soap-envelope"
	type11  = "text/xml; charset=utf-8"
	type12  = "application/soap+xml; charset=utf-8"
	path    = "/_mmwebext/mmwebext.dll?Soap"
)

// fault is what a client reads from a fault.
type fault struct {
	version, code, text         string
	detailCode, detail, request string
	children                    []string // of Fault, as written
}

// readFault reads a fault, and fails the test when the text is not well-formed
// or holds none.
func readFault(t testing.TB, text string) (f fault) {
	t.Helper()
	var stack []string
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if len(stack) == 0 {
				f.version = token.Name.Space
			}
			name := token.Name.Local
			if token.Name.Space != "" {
				name = "soap:" + name
			}
			if len(stack) > 0 && stack[len(stack)-1] == "soap:Fault" {
				f.children = append(f.children, name)
			}
			stack = append(stack, name)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			switch at := strings.Join(stack, "/"); strings.TrimPrefix(at, "soap:Envelope/soap:Body/soap:Fault/") {
			case "faultcode", "soap:Code/soap:Value":
				f.code += string(token)
			case "faultstring", "soap:Reason/soap:Text":
				f.text += string(token)
			case "detail/code", "soap:Detail/code":
				f.detailCode += string(token)
			case "detail/message", "soap:Detail/message":
				f.detail += string(token)
			case "detail/requestId", "soap:Detail/requestId":
				f.request += string(token)
			}
		}
	}
	if f.code == "" || f.text == "" {
		t.Fatalf("no fault in %s", text)
	}
	return f
}

func envelope(space, body string) string {
	return `<e:Envelope xmlns:e="` + space + `"><e:Body>` + body + `</e:Body></e:Envelope>`
}

func failing(how string) string {
	return `<GetDHCPServer xmlns="` + hal.Namespace + `"><session>` + apitest.Session + `</session><dhcpServerRef>` + how + `</dhcpServerRef></GetDHCPServer>`
}

// Every code becomes the same fault in both versions, up to what the versions
// call things.
func TestFaultOfEveryCode(t *testing.T) {
	s := apitest.Start(t, nil)
	for _, code := range errs.All() {
		want := fmt.Sprintf("text of %d with <&\">", code)
		if code == errs.Internal {
			want = "Internal error"
		}
		who11, who12, status12 := "soap:Server", "soap:Receiver", 500
		if code.Caller() {
			who11, who12, status12 = "soap:Client", "soap:Sender", 400
		}
		body := failing(strconv.Itoa(int(code)))
		r11, r12 := s.Post(path, type11, envelope(space11, body)), s.Post(path, type12, envelope(space12, body))
		if r11.StatusCode != 500 || r12.StatusCode != status12 {
			t.Errorf("%v: status %d and %d", code, r11.StatusCode, r12.StatusCode)
		}
		for _, r := range []struct {
			apitest.Response
			version, who, children string
		}{
			{r11, space11, who11, "[faultcode faultstring detail]"},
			{r12, space12, who12, "[soap:Code soap:Reason soap:Detail]"},
		} {
			f := readFault(t, r.Text)
			if f.version != r.version || f.code != r.who || f.text != want || f.detail != want ||
				f.detailCode != strconv.Itoa(int(code)) || f.request != r.Header.Get("X-Request-Id") || fmt.Sprint(f.children) != r.children {
				t.Errorf("%v: %+v", code, f)
			}
			if strings.Contains(r.Text, apitest.PrivateText) {
				t.Errorf("%v: the private cause is public: %s", code, r.Text)
			}
		}
	}
}

// Whatever goes wrong behind the seam, the caller gets a fault that says
// nothing of it, and the log has it.
func TestDefectsStayPrivate(t *testing.T) {
	s := apitest.Start(t, nil)
	for how, logged := range map[string]string{
		"panic":   apitest.PrivateText,
		"private": apitest.PrivateText,
		"nothing": "GetDHCPServer has no answer",
		"broken":  "nil pointer",
	} {
		r := s.Post(path, type11, envelope(space11, failing(how)))
		if f := readFault(t, r.Text); f.code != "soap:Server" || f.text != "Internal error" || f.detailCode != "20000" || f.detail != f.text {
			t.Errorf("%s: %+v", how, f)
		}
		if log := s.Log(); !strings.Contains(log, logged) || !strings.Contains(log, r.Header.Get("X-Request-Id")) {
			t.Errorf("%s: log %q", how, log)
		}
	}
}
