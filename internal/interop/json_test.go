package interop

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// answer is what a JSON client gets, the header fields as they were sent.
type answer struct {
	status        int
	contentType   string
	contentLength string
	body          string
}

// post sends a JSON request the way simple clients do: no compression asked
// for, and the header fields given as pairs.
func post(t *testing.T, url, body string, header ...string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	for n := 0; n+1 < len(header); n += 2 {
		request.Header.Set(header[n], header[n+1])
	}
	transport := &http.Transport{DisableCompression: true}
	defer transport.CloseIdleConnections()
	response, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header.Get("Content-Type"),
		response.Header.Get("Content-Length"), string(text)}
}

// member decodes the answer and returns the value at the path of member names.
func (a answer) member(t *testing.T, path ...string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(a.body), &value); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
	for _, name := range path {
		object, ok := value.(map[string]any)
		if !ok {
			t.Fatalf("no %s in %s", strings.Join(path, "."), a.body)
		}
		value = object[name]
	}
	return value
}

var sessionToken = regexp.MustCompile(`"session":"[0-9A-Za-z]{20}"`)

// TestRecordedExchanges replays what the Ruby client mm_json_client recorded
// from a real server: requests without id, answers byte for byte. Only the
// session's value differs, which is masked by one of equal length.
func TestRecordedExchanges(t *testing.T) {
	url := startService(t) + soapPath
	session := ""
	for _, exchange := range []struct{ name, request, body string }{
		{"login",
			`{"jsonrpc":"2.0","method":"Login","params":{"loginName":"administrator","password":"` + password + `","server":"test-ipam.local"}}`,
			`{"jsonrpc": "2.0", "result": {"session":"bsvh5S2kLC5Q9gnPbfYM"}, "id": null}`},
		{"bad login",
			`{"jsonrpc":"2.0","method":"Login","params":{"loginName":"administrator","password":"wrong","server":"test-ipam.local"}}`,
			`{"jsonrpc": "2.0", "error": {"code": 16394, "message": "Invalid username or password."}, "id": null}`},
		{"logout",
			`{"jsonrpc":"2.0","method":"Logout","params":{"session":"SESSION"}}`,
			`{"jsonrpc": "2.0", "result": "", "id": null}`},
	} {
		got := post(t, url, strings.ReplaceAll(exchange.request, "SESSION", session), "Accept", "application/json")
		if exchange.name == "login" {
			session, _ = got.member(t, "result", "session").(string)
		}
		got.body = sessionToken.ReplaceAllString(got.body, `"session":"bsvh5S2kLC5Q9gnPbfYM"`)
		want := answer{http.StatusOK, "application/json; charset=utf-8", strconv.Itoa(len(exchange.body)), exchange.body}
		if got != want {
			t.Errorf("%s:\n got %+v\nwant %+v", exchange.name, got, want)
		}
	}
}

// TestPowerShellHandshake goes the way of the official PowerShell client: the
// login page's facts, the WSDL, then JSON with a bearer token and string ids.
func TestPowerShellHandshake(t *testing.T) {
	base := startService(t)
	facts := answer{body: fetch(t, base+"/mmws/api/command/web_getPreLoginInfo")}
	result, _ := facts.member(t, "result").(map[string]any)
	for _, name := range []string{"ssoEnabled", "centralServer", "centralServerFixed", "version"} {
		if _, ok := result[name]; !ok {
			t.Errorf("web_getPreLoginInfo has no %s: %s", name, facts.body)
		}
	}
	if wsdl := fetch(t, base+"/mmws/wsdl?server=localhost"); !strings.Contains(wsdl, `<s:element name="GetDHCPServers">`) {
		t.Errorf("/mmws/wsdl does not declare GetDHCPServers:\n%.300s", wsdl)
	}

	const utf8 = `application/json;charset="UTF-8"`
	login := post(t, base+"/mmws/json", `{"jsonrpc":"2.0","id":"1","method":"Login","params":{"server":"localhost",`+
		`"loginName":"administrator","password":"`+password+`","unauthorizedAsForbidden":true}}`, "Content-Type", utf8)
	session, _ := login.member(t, "result", "session").(string)
	if login.status != http.StatusOK || session == "" || login.member(t, "id") != "1" {
		t.Fatalf("Login: %+v", login)
	}

	for _, c := range []struct {
		name, id, method, bearer string
		status                   int
		code                     any
	}{
		{"with the session", "2", "GetDHCPServers", session, http.StatusOK, nil},
		{"of an unknown object", "3", "GetDHCPServer", session, http.StatusBadRequest, 2049.0},
		{"with a wrong session", "4", "GetDHCPServers", "AAAAAAAAAAAAAAAAAAAA", http.StatusUnauthorized, 5003.0},
	} {
		got := post(t, base+"/mmws/json", `{"jsonrpc":"2.0","id":"`+c.id+`","method":"`+c.method+
			`","params":{"dhcpServerRef":"{#3-#9}"}}`, "Content-Type", utf8, "Authorization", "Bearer "+c.bearer)
		if got.status != c.status || got.member(t, "id") != c.id {
			t.Errorf("%s %s: %+v", c.method, c.name, got)
		}
		if c.code == nil {
			if total := got.member(t, "result", "totalResults"); total != 0.0 {
				t.Errorf("%s %s: totalResults %v", c.method, c.name, total)
			}
		} else if code := got.member(t, "error", "code"); code != c.code {
			t.Errorf("%s %s: code %v, not %v", c.method, c.name, code, c.code)
		}
	}
}
