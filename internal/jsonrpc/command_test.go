package jsonrpc_test

import (
	"encoding/json"
	"strings"
	"testing"

	"halxml/internal/api/apitest"
)

// TestCommandURLs asks for operations by URLs of their own.
func TestCommandURLs(t *testing.T) {
	s := apitest.Start(t, nil)
	const in, basic = `"session":"` + apitest.Session + `"`, "Basic ZXZlOnNlY3JldA==" // eve:secret
	for _, c := range []struct {
		method, command, body, authorization string
		status                               int
		want                                 string
	}{
		{"POST", "Login", `{"loginName":"eve","password":"secret","server":""}`, "", 200, `{"result": {"session":"` + apitest.Session + `"}}`},
		{"POST", "Login?loginName=eve", `{"password":"secret"}`, "", 200, `{"result": {"session":"` + apitest.Session + `"}}`},
		{"POST", "Login", `{"loginName":"eve","password":"guess"}`, "", 400, `{"error": {"code": 16394, "message": "Invalid username or password."}}`},
		{"POST", "Logout", `{` + in + `}`, "", 200, `{"result": {}}`},
		{"POST", "Logout?session=" + apitest.Session, "", "", 200, `{"result": {}}`},
		{"POST", "Logout?session=" + apitest.Session, "null", "", 200, `{"result": {}}`},
		{"POST", "Logout", " { } ", basic, 200, `{"result": {}}`},
		{"POST", "Logout", "{}", "", 401, `"code": 5003`},
		{"POST", "Logout", "", "Basic ZXZlOmd1ZXNz", 401, `"code": 16394`},
		{"POST", "Logout", "[]", basic, 200, `{"result": {}}`},
		{"GET", "getdhcpscopes?limit=0", "", basic, 200, `{"result": {"dhcpScopes":[],"totalResults":0}}`},
		{"GET", "GetDHCPScopes?limit=0&&" + "session=" + apitest.Session, "", "", 200, `{"result": {"dhcpScopes":[],"totalResults":0}}`},
		{"GET", "GetDHCPScopes", `{"limit":0}`, basic, 200, `{"result": {"dhcpScopes":[],"totalResults":0}}`},
		{"GET", "GetUser?userRef=a%20b+c%26%22%C3%A9", "", basic, 200, `"name":"a b+c&\"é"`},
		{"GET", "GetDHCPScopes?limit=0", `{"limit":0}`, basic, 400, `"message": "limit: given twice"`},
		{"GET", "GetDHCPScopes?limit=1&limit=2", "", basic, 400, `"error": {"code": 20001, "message": "limit:`},
		{"GET", "GetDHCPScopes?limit=many", "", basic, 400, `"error": {"code": 20001, "message": "limit: \"many\"`},
		{"GET", "GetDHCPScopes?limit=%zz", "", basic, 400, `"error": {"code": 20012,`},
		{"POST", "GetDHCPScopes?limit=0", `7`, basic, 400, `not an object`},
		{"POST", "GetDHCPScopes?limit=0", `{"offset":0}{}`, basic, 400, `follows`},
		{"POST", "GetDHCPScopes?limit=0", `{"offset":0},"filter":"x"`, basic, 400, `follows`},
		{"POST", "GetDHCPScopes?limit=0", `{"offset":0`, basic, 400, `"error": {"code": 20012,`},
		{"POST", "GetDHCPScopes", `<xml/>`, basic, 400, `"error": {"code": 20012,`},
		{"POST", "Nonsense", `{}`, basic, 404, `"error": {"code": 20013, "message": "Unknown operation Nonsense"}`},
		{"GET", "Nonsense", ``, basic, 404, `"Unknown operation Nonsense"`},
		{"GET", "GetDNSZones", ``, basic, 400, `"error": {"code": 20005,`},
	} {
		headers := []string{"Content-Type", "application/json"}
		if c.authorization != "" {
			headers = append(headers, "Authorization", c.authorization)
		}
		r := s.Do(c.method, "/mmws/api/command/"+c.command, c.body, headers...)
		if r.StatusCode != c.status || !strings.Contains(r.Text, c.want) || strings.Contains(r.Text, "jsonrpc") {
			t.Errorf("%s %s %s: %d %s, want %d %s", c.method, c.command, c.body, r.StatusCode, r.Text, c.status, c.want)
		}
		if !json.Valid([]byte(r.Text)) {
			t.Errorf("%s %s %s: no JSON: %s", c.method, c.command, c.body, r.Text)
		}
		if challenged := r.Header.Get("WWW-Authenticate") != ""; challenged != (c.status == 401) {
			t.Errorf("%s: WWW-Authenticate %q", c.command, r.Header.Values("WWW-Authenticate"))
		}
	}
}
