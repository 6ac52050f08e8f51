package jsonrpc_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"halxml/internal/api"
	"halxml/internal/api/apitest"
	"halxml/internal/errs"
	"halxml/internal/httpd"
	"halxml/internal/jsonrpc"
	"halxml/internal/jsonscan"
)

const (
	older = "/_mmwebext/mmwebext.dll?Soap"
	newer = "/mmws/json"
	media = "application/json"
)

// answer is what a client reads.
type answer struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Result  json.RawMessage `json:"result"`
	Error   *struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

func read(t testing.TB, text string) (a answer) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &a); err != nil || a.Version != "2.0" || (a.Result == nil) == (a.Error == nil) || a.ID == nil {
		t.Fatalf("no answer: %v in %s", err, text)
	}
	return a
}

func failing(how string) string {
	return `{"jsonrpc":"2.0","id":1,"method":"GetDHCPServer","params":{"session":"` + apitest.Session + `","dhcpServerRef":"` + how + `"}}`
}

// Every code stays what it is. The status tells errors on the newer URLs only,
// and there a wrong session from the rest.
func TestErrorOfEveryCode(t *testing.T) {
	s := apitest.Start(t, nil)
	for _, code := range errs.All() {
		want := fmt.Sprintf("text of %d with <&\">", code)
		if code == errs.Internal {
			want = "Internal error"
		}
		for url, status := range map[string]int{older: 200, newer: 400} {
			if code == errs.BadSession && url == newer {
				status = 401
			}
			r := s.Post(url, media, failing(strconv.Itoa(int(code))))
			a := read(t, r.Text)
			if r.StatusCode != status || a.Error == nil || a.Error.Code != int(code) || a.Error.Message != want || string(a.ID) != "1" {
				t.Errorf("%v at %s: %d %s", code, url, r.StatusCode, r.Text)
			}
			if challenged := r.Header.Get("WWW-Authenticate") != ""; challenged != (status == 401) {
				t.Errorf("%v at %s: WWW-Authenticate %q", code, url, r.Header.Values("WWW-Authenticate"))
			}
		}
	}
}

func TestRequests(t *testing.T) {
	s := apitest.Start(t, nil)
	session := `"session":"` + apitest.Session + `"`
	for name, c := range map[string]struct {
		request string
		code    int    // of the error, 0 for none
		result  string // or a part of the error's message
		id      string
	}{
		"id is a string":         {`{"jsonrpc":"2.0","id":"a\u00e9\"","method":"Logout","params":{` + session + `}}`, 0, `""`, `"a\u00e9\""`},
		"id is a big number":     {`{"jsonrpc":"2.0","id":123456789012345678901234567890,"method":"Logout","params":{` + session + `}}`, 0, `""`, `123456789012345678901234567890`},
		"id is a fraction":       {`{"jsonrpc":"2.0","id":-1.5e3,"method":"Logout","params":{` + session + `}}`, 0, `""`, `-1.5e3`},
		"id is an object":        {`{"jsonrpc":"2.0","id":{},"method":"Logout","params":{` + session + `}}`, -32600, `"id"`, `null`},
		"id is true":             {`{"jsonrpc":"2.0","id":true,"method":"Logout","params":{` + session + `}}`, -32600, `"id"`, `null`},
		"any order":              {`{"params":{` + session + `},"id":1,"method":"Logout"}`, 0, `""`, `1`},
		"unknown members":        {`{"x":[{}],"params":{"y":{"z":null},` + session + `},"id":1,"method":"Logout"}`, 0, `""`, `1`},
		"null everywhere":        {`{"jsonrpc":null,"id":null,"method":"GetDHCPScopes","params":{"limit":null,"filter":null,` + session + `}}`, 0, `{"dhcpScopes":[],"totalResults":0}`, `null`},
		"version a number":       {`{"jsonrpc":2.0,"id":1,"method":"Logout","params":{` + session + `}}`, 0, `""`, `1`},
		"version a short number": {`{"jsonrpc":2,"id":1,"method":"Logout","params":{` + session + `}}`, 0, `""`, `1`},
		"another version":        {`{"jsonrpc":"1.0","id":1,"method":"Logout","params":{` + session + `}}`, -32600, `"jsonrpc"`, `1`},
		"lower case":             {`{"method":"logout","params":{` + session + `}}`, 0, `""`, `null`},
		"upper case and prefix":  {`{"method":"HALXMLCOMMANDLOGOUT","params":{` + session + `}}`, 0, `""`, `null`},
		"escaped method":         {`{"method":"Log\u006fut","params":{` + session + `}}`, 0, `""`, `null`},
		"escaped key":            {`{"m\u0065thod":"Logout","params":{` + session + `}}`, 0, `""`, `null`},
		"no method":              {`{"id":4,"params":{}}`, -32600, `"method"`, `4`},
		"method given twice":     {`{"id":4,"method":"GetDHCPServers","params":{` + session + `},"method":"Logout"}`, -32600, `"method" is given twice`, `4`},
		"params given twice":     {`{"id":4,"method":"Logout","params":{},"params":{` + session + `}}`, -32600, `"params" is given twice`, `4`},
		"method is a number":     {`{"id":4,"method":5}`, -32600, `"method"`, `4`},
		"unknown method":         {`{"id":4,"method":"Nonsense"}`, -32601, `Unknown operation Nonsense`, `4`},
		"long unknown method":    {`{"id":4,"method":"` + strings.Repeat("é", 9999) + `"}`, -32601, `é…`, `4`},
		"no params":              {`{"id":4,"method":"Logout"}`, 5003, `Invalid or expired session`, `4`},
		"params null":            {`{"id":4,"method":"Logout","params":null}`, 5003, `Invalid or expired session`, `4`},
		"params empty array":     {`{"id":4,"method":"Logout","params":[ ]}`, 5003, `Invalid or expired session`, `4`},
		"params by position":     {`{"id":4,"method":"Logout","params":["` + apitest.Session + `"]}`, -32602, `by position`, `4`},
		"params nested arrays":   {`{"id":4,"method":"Logout","params":[[]]}`, -32602, `by position`, `4`},
		"params a number":        {`{"id":4,"method":"Logout","params":7}`, 20001, `not an object`, `4`},
		"a wrong field":          {`{"id":4,"method":"GetDHCPScopes","params":{"limit":"many",` + session + `}}`, 20001, `limit: "many"`, `4`},
		"a whole fraction":       {`{"id":4,"method":"GetDHCPScopes","params":{"limit":0.0,` + session + `}}`, 0, `{"dhcpScopes":[],"totalResults":0}`, `4`},
		"a fraction":             {`{"id":4,"method":"GetDHCPScopes","params":{"limit":0.5,` + session + `}}`, 20001, `limit: "0.5" is not a number`, `4`},
		"scalars as strings":     {`{"id":4,"method":"GetDHCPScopes","params":{"limit":"0",` + session + `}}`, 0, `{"dhcpScopes":[],"totalResults":0}`, `4`},
		"not answered":           {`{"id":4,"method":"GetDNSZones","params":{` + session + `}}`, 20005, `GetDNSZones`, `4`},
		"nothing":                {``, -32700, `an object expected`, `null`},
		"white space":            {" \n", -32700, `an object expected`, `null`},
		"a word":                 {`hello`, -32700, `an object expected`, `null`},
		"a number":               {`17`, -32600, `object`, `null`},
		"XML":                    {`<Login/>`, -32700, `an object expected`, `null`},
		"two documents":          {`{"method":"Logout"}{"method":"Logout"}`, -32700, `follows`, `null`},
		"trailing comma":         {`{"method":"Logout",}`, -32700, `comma`, `null`},
		"unclosed":               {`{"method":"Logout"`, -32700, `expected`, `null`},
		"raw control character":  {"{\"method\":\"Log\nout\"}", -32700, `control`, `null`},
		"empty batch":            {`[]`, -32600, `empty`, `null`},
		"unclosed batch":         {`[{"method":"Logout"}`, -32700, `expected`, `null`},
		"junk after a batch":     {`[{"method":"Logout"}] x`, -32700, `follows`, `null`},
		"too many in a batch":    {`[` + strings.Repeat(`1,`, jsonrpc.DefaultBatch) + `1]`, -32600, `more than 1000`, `null`},
		"too deep":               {`{"params":` + strings.Repeat(`[`, 100_000), 20010, `depth`, `null`},
		"too long a value":       {`{"id":"` + strings.Repeat("a", 2<<20) + `"}`, 20010, `length`, `null`},
		"too many values":        {`{"id":9,"x":[` + strings.Repeat("0,", 600_000) + `0]}`, 20010, `values`, `null`},
		"a panic":                {failing("panic"), 20000, "Internal error", `1`},
		"a Go error":             {failing("private"), 20000, "Internal error", `1`},
		"an unusable answer":     {failing("broken"), 20000, "Internal error", `1`},
		"neither answer nor err": {failing("nothing"), 20000, "Internal error", `1`},
	} {
		r := s.Post(older, media, c.request)
		a := read(t, r.Text)
		switch {
		case r.StatusCode != 200 || string(a.ID) != c.id:
			t.Errorf("%s: %d, id %s", name, r.StatusCode, a.ID)
		case c.code == 0 && string(a.Result) != c.result:
			t.Errorf("%s: %s, want %s", name, r.Text, c.result)
		case c.code != 0 && (a.Error == nil || a.Error.Code != c.code || !strings.Contains(a.Error.Message, c.result) || len(a.Error.Message) > 200):
			t.Errorf("%s: %.300s, want %d %s", name, r.Text, c.code, c.result)
		}
		if want := "application/json; charset=utf-8"; r.Header.Get("Content-Type") != want {
			t.Errorf("%s: Content-Type %s", name, r.Header.Get("Content-Type"))
		}
	}
}

func TestStatusOfProtocolErrors(t *testing.T) {
	s := apitest.Start(t, nil)
	for body, status := range map[string]int{`{`: 400, `{"method":"Nonsense"}`: 400, `[]`: 400, `[{"method":"Nonsense"}]`: 200} {
		if r := s.Post(newer, media, body); r.StatusCode != status {
			t.Errorf("%s: %d, want %d", body, r.StatusCode, status)
		}
	}
}

// A credential that was tried and failed is told apart by the status, and asks
// for another; a Login that fails is a command that fails.
func TestCredentials(t *testing.T) {
	s := apitest.Start(t, nil)
	const basic = "Basic ZXZlOnNlY3JldA==" // eve:secret
	for _, c := range []struct {
		url, authorization, params string
		status, code               int
		scheme                     string
	}{
		{newer, basic, `{}`, 200, 0, "Basic"},
		{newer, "basic  ZXZlOnNlY3JldA", `{}`, 200, 0, "Basic"},
		{newer, "Bearer " + apitest.Session, `{}`, 200, 0, "Bearer"},
		{newer, "BEARER " + apitest.Session, `{"session":"stale"}`, 200, 0, "Bearer"},
		{newer, "", `{"session":"` + apitest.Session + `"}`, 200, 0, ""},
		{newer, "", `{"session":"stale"}`, 401, 5003, ""},
		{newer, "", `{}`, 401, 5003, ""},
		{newer, "Basic ZXZlOmd1ZXNz", `{"session":"` + apitest.Session + `"}`, 401, 16394, ""},
		{newer, "Basic !", `{"session":"` + apitest.Session + `"}`, 401, 16394, ""},
		{newer, "Basic ZXZl", `{}`, 401, 16394, ""},
		{newer, "Bearer", `{}`, 401, 5003, ""},
		{newer, "Negotiate TlRMTVNTUAAB", `{}`, 401, 16394, ""},
		{older, basic, `{}`, 200, 0, "Basic"},
		{older, "Bearer stale", `{"session":"` + apitest.Session + `"}`, 200, 5003, ""},
	} {
		headers := []string{"Content-Type", media}
		if c.authorization != "" {
			headers = append(headers, "Authorization", c.authorization)
		}
		r := s.Do("POST", c.url, `{"method":"GetUser","params":`+c.params+`}`, headers...)
		a := read(t, r.Text)
		if r.StatusCode != c.status || c.code == 0 && !strings.Contains(r.Text, `"json `+c.scheme+` `) || c.code != 0 && (a.Error == nil || a.Error.Code != c.code) {
			t.Errorf("%+v: %d %s", c, r.StatusCode, r.Text)
		}
	}
}

func TestCharsets(t *testing.T) {
	s := apitest.Start(t, nil)
	text := func(name string) string {
		return `{"method":"GetUser","params":{"session":"` + apitest.Session + `","userRef":"` + name + `"}}`
	}
	for label, c := range map[string]struct{ contentType, body, want string }{
		"UTF-8":                   {media, text("Jörg €"), "Jörg €"},
		"UTF-8, quoted":           {media + `;charset="UTF-8"`, text("Jörg €"), "Jörg €"},
		"UTF-8, marked":           {media, "\uFEFF" + text("Jörg"), "Jörg"},
		"escaped":                 {media, text(`J\u00f6rg \ud834\udd1e`), "Jörg 𝄞"},
		"Latin-1, nothing said":   {media, text("J\xF6rg"), "Jörg"},
		"Latin-1, said":           {media + "; charset=ISO-8859-1", text("J\xF6rg"), "Jörg"},
		"Latin-1 that says UTF-8": {media + "; charset=utf-8", text("J\xF6rg"), ""},
		"an unknown encoding":     {media + "; charset=koi8-r", text("Joerg"), ""},
	} {
		r := s.Post(older, c.contentType, c.body)
		if a := read(t, r.Text); c.want == "" && (a.Error == nil || a.Error.Code != -32700) || c.want != "" && !strings.Contains(r.Text, `"name":"`+c.want+`"`) {
			t.Errorf("%s: %s", label, r.Text)
		}
	}
}

// A batch is answered in its order, each request as it would be alone.
func TestBatch(t *testing.T) {
	s := apitest.Start(t, nil)
	var requests []string
	for i := range jsonrpc.DefaultBatch {
		requests = append(requests, fmt.Sprintf(`{"id":%d,"method":"GetUser","params":{"session":%q,"userRef":"u%d"}}`, i, apitest.Session, i))
	}
	r := s.Post(older, media, "["+strings.Join(requests, ",")+"]")
	var answers []answer
	if err := json.Unmarshal([]byte(r.Text), &answers); err != nil || len(answers) != jsonrpc.DefaultBatch {
		t.Fatalf("%d answers, %v", len(answers), err)
	}
	for i, a := range answers {
		if string(a.ID) != strconv.Itoa(i) || !strings.Contains(string(a.Result), fmt.Sprintf(`"name":"u%d"`, i)) {
			t.Errorf("answer %d: %s %s", i, a.ID, a.Result)
		}
	}
}

func TestBatchLimit(t *testing.T) {
	s := apitest.Start(t, func(o *api.Options) { o.MaxBatch = 2 })
	if r := s.Post(older, media, `[1,2]`); strings.Count(r.Text, "-32600") != 2 {
		t.Errorf("two: %s", r.Text)
	}
	if a := read(t, s.Post(older, media, `[1,2,3]`).Text); a.Error == nil || !strings.Contains(a.Error.Message, "more than 2") {
		t.Errorf("three: %+v", a.Error)
	}
}

// The access log tells what was asked and by whom, and no secret.
func TestAccessLog(t *testing.T) {
	s := apitest.Start(t, nil)
	s.Post(older+"&session="+apitest.Session, media, `{"method":"logout","params":{"session":"`+apitest.Session+`"}}`)
	s.Post(older, media, `{"method":"Login","params":{"loginName":"eve","password":"guess"}}`)
	s.Post(older, media, failing("ghost"))
	lines := strings.Split(strings.TrimSpace(s.Access()), "\n")
	for i, want := range []string{`"operation":"Logout","user":"eve","status":200`, `"operation":"Login","code":16394,"status":200`, `"operation":"GetDHCPServer","user":"eve","code":2049`} {
		if !strings.Contains(lines[i], want) {
			t.Errorf("line %s\nlacks %s", lines[i], want)
		}
	}
	if log := s.Access() + s.Log(); strings.Contains(log, apitest.Session) || strings.Contains(log, "guess") {
		t.Errorf("a secret is logged: %s", log)
	}
}

// FuzzJSONRPC sends any bytes: the answer is one JSON-RPC answer or an array of
// them, with status 200.
func FuzzJSONRPC(f *testing.F) {
	f.Add(failing("panic"))
	f.Add(`[{"id":"a","method":"Login","params":{"loginName":"eve","password":"secret"}},{},5,[]]`)
	f.Add(`{"jsonrpc":"2.0","id":1e400,"method":"\ud800","params":{"x":[1,{"y":"\u0000"}]}}`)
	f.Add("\xFF\xFE{\x00")
	f.Add("[" + strings.Repeat("[", 70))
	origin, err := httpd.NewOrigin("", nil)
	if err != nil {
		f.Fatal(err)
	}
	h := api.New(api.Options{Dispatcher: apitest.Dispatcher{}, Origin: origin, JSON: jsonscan.Limits{Value: 10_000}})
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest("POST", older, strings.NewReader(body))
		r.Header.Set("Content-Type", media)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != 200 {
			t.Fatalf("status %d", w.Code)
		}
		text := w.Body.String()
		if !strings.HasPrefix(text, "[") {
			read(t, text)
			return
		}
		var all []json.RawMessage
		if err := json.Unmarshal([]byte(text), &all); err != nil || len(all) == 0 {
			t.Fatalf("%v in %s", err, text)
		}
		for _, one := range all {
			read(t, string(one))
		}
	})
}
