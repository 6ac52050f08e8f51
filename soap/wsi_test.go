package soap_test

import (
	"strings"
	"testing"

	"halxml/internal/api/apitest"
	"halxml/wsdl/hal"
)

const logout = `<Logout xmlns="` + hal.Namespace + `"><session>` + apitest.Session + `</session></Logout>`

// TestMessageRules goes through the rules for messages: those of the WS-I Basic
// Profile 1.1 by their numbers, and SOAP's own by section. want is the fault's
// code, or "" for an answer.
func TestMessageRules(t *testing.T) {
	s := apitest.Start(t, nil)
	header := func(space, block string) string {
		return strings.Replace(envelope(space, logout), "<e:Body>", "<e:Header>"+block+"</e:Header><e:Body>", 1)
	}
	after := func(space, element string) string {
		return strings.Replace(envelope(space, logout), "</e:Body>", "</e:Body>"+element, 1)
	}
	must := func(value string) string { return `<x:H xmlns:x="urn:x" e:mustUnderstand="` + value + `"/>` }
	to := func(attribute, role string) string {
		return `<x:H xmlns:x="urn:x" e:mustUnderstand="1" e:` + attribute + `="` + role + `"/>`
	}
	const client, sender = "soap:Client", "soap:Sender"
	const mustUnderstand, mismatch = "soap:MustUnderstand", "soap:VersionMismatch"
	for _, c := range []struct {
		rule, body, want string
	}{
		{"an envelope of 1.1", envelope(space11, logout), ""},
		{"an envelope of 1.2", envelope(space12, logout), ""},
		{"no XML declaration is needed, one is fine", `<?xml version="1.0" encoding="utf-8" standalone="yes"?>` + envelope(space11, logout), ""},
		{"white space and comments", " \r\n<!-- a -->" + strings.ReplaceAll(envelope(space11, logout), "><", "> <!-- b --> <") + "<!-- c -->\n", ""},
		{"children without a namespace", envelope(space11, `<m:Logout xmlns:m="`+hal.Namespace+`"><session>`+apitest.Session+`</session></m:Logout>`), ""},
		{"the operation without a namespace", envelope(space11, `<Logout><session>`+apitest.Session+`</session></Logout>`), ""},
		{"R1015: another root", "<Logout/>", client},
		{"R1015: another root in SOAP's namespace", `<Body xmlns="` + space11 + `"/>`, client},
		{"R1015: an unknown version", envelope("urn:soap", logout), mismatch},
		{"R1015: an Envelope without a namespace", `<Envelope><Body>` + logout + `</Body></Envelope>`, mismatch},
		{"R1008: no document type", "<!DOCTYPE e>" + envelope(space11, logout), client},
		{"R1009: no processing instruction before", "<?a b?>" + envelope(space11, logout), client},
		{"R1009: nor inside", envelope(space11, "<?a b?>"+logout), client},
		{"R1009: nor in 1.2", envelope(space12, strings.Replace(logout, "<session>", "<?a b?><session>", 1)), sender},
		{"R1011: nothing after the Body", after(space11, `<x:T xmlns:x="urn:x"/>`), client},
		{"R1011: in 1.2 too", after(space12, `<x:T xmlns:x="urn:x"/>`), sender},
		{"R1011: no second Body", after(space11, "<e:Body>"+logout+"</e:Body>"), client},
		{"nothing after the Envelope", envelope(space11, logout) + "junk", client},
		{"no second Envelope", envelope(space11, logout) + envelope(space11, logout), client},
		{"no Body", `<e:Envelope xmlns:e="` + space11 + `"></e:Envelope>`, client},
		{"no Body but a Header", `<e:Envelope xmlns:e="` + space11 + `"><e:Header/></e:Envelope>`, client},
		{"a Header after the Body", after(space11, "<e:Header/>"), client},
		{"two Headers", strings.Replace(header(space11, ""), "<e:Body>", "<e:Header/><e:Body>", 1), client},
		{"something else before the Body", strings.Replace(envelope(space11, logout), "<e:Body>", "<x/><e:Body>", 1), client},
		{"a Body of the other version", `<e:Envelope xmlns:e="` + space11 + `"><e:Body xmlns:e="` + space12 + `">` + logout + `</e:Body></e:Envelope>`, client},
		{"R9981: an empty Body", envelope(space11, ""), client},
		{"R9981: text in the Body", envelope(space11, "Logout"), client},
		{"R9981: two operations", envelope(space11, logout+logout), client},
		{"R2712: an unknown operation", envelope(space11, `<Nonsense xmlns="`+hal.Namespace+`"/>`), client},
		{"R2712: an operation in other letters", envelope(space11, `<logout xmlns="`+hal.Namespace+`"/>`), client},
		{"R2712: another namespace", envelope(space11, strings.Replace(logout, hal.Namespace, "urn:other", 1)), client},
		{"R1014: a fault as a request", envelope(space11, "<e:Fault/>"), client},
		{"R1005: encodingStyle is ignored", strings.Replace(envelope(space11, logout), "<e:Body>", `<e:Body e:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">`, 1), ""},
		{"R1013: mustUnderstand 0", header(space11, must("0")), ""},
		{"R1027: mustUnderstand 1", header(space11, must("1")), mustUnderstand},
		{"R1013: mustUnderstand true in 1.1", header(space11, must("true")), client},
		{"R1013: mustUnderstand empty", header(space11, must("")), client},
		{"1.2 5.2.3: mustUnderstand true", header(space12, must(" true ")), mustUnderstand},
		{"1.2 5.2.3: mustUnderstand 1", header(space12, must("1")), mustUnderstand},
		{"1.2 5.2.3: mustUnderstand false", header(space12, must("false")), ""},
		{"1.2 5.2.3: mustUnderstand yes", header(space12, must("yes")), sender},
		{"mustUnderstand of the other version", header(space12, `<x:H xmlns:x="urn:x" o:mustUnderstand="1" xmlns:o="`+space11+`"/>`), ""},
		{"R1028: and the body is not looked at", strings.Replace(header(space11, must("1")), logout, "", 1), mustUnderstand},
		{"1.1 4.2.2: for the next", header(space11, to("actor", "http://schemas.xmlsoap.org/soap/actor/next")), mustUnderstand},
		{"1.1 4.2.2: for another", header(space11, to("actor", "urn:printer")), ""},
		{"1.2 2.2: for the next", header(space12, to("role", space12+"/role/next")), mustUnderstand},
		{"1.2 2.2: for the last", header(space12, to("role", space12+"/role/ultimateReceiver")), mustUnderstand},
		{"1.2 2.2: for nobody", header(space12, to("role", space12+"/role/none")), ""},
		{"unknown header blocks are ignored", header(space11, `<a/><x:H xmlns:x="urn:x">text<b c="d"/></x:H>`), ""},
	} {
		contentType := type11
		if strings.Contains(c.body, `Envelope xmlns:e="`+space12) {
			contentType = type12
		}
		r := s.Post(path, contentType, c.body)
		switch {
		case c.want == "" && (r.StatusCode != 200 || !strings.Contains(r.Text, "LogoutResponse")):
			t.Errorf("%s: %d %s", c.rule, r.StatusCode, r.Text)
		case c.want != "":
			if f := readFault(t, r.Text); f.code != c.want {
				t.Errorf("%s: %+v, want %s", c.rule, f, c.want)
			} else if header := c.want == mustUnderstand || c.want == mismatch; header != (f.detailCode == "") {
				t.Errorf("%s: detail %+v", c.rule, f)
			}
		}
		// R1140, R4001: the answer is in the version and media type that were asked.
		if got, want := r.Header.Get("Content-Type"), contentType; got != want {
			t.Errorf("%s: Content-Type %s, want %s", c.rule, got, want)
		}
	}
}

// The namespace decides the version of the answer, whatever the media type.
func TestVersionIsTheEnvelopes(t *testing.T) {
	s := apitest.Start(t, nil)
	for _, c := range []struct{ sent, space, want string }{
		{type11, space12, type12}, {type12, space11, type11}, {"application/xml", space11, type11},
		{"", space12, type12}, {"text/plain", space11, type11}, {"application/x-www-form-urlencoded", space12, type12},
		{"TEXT/XML;charset=UTF-8", space11, type11},
	} {
		if r := s.Post(path, c.sent, envelope(c.space, logout)); r.StatusCode != 200 || r.Header.Get("Content-Type") != c.want || !strings.Contains(r.Text, c.space) {
			t.Errorf("%s: %d %s %s", c.sent, r.StatusCode, r.Header.Get("Content-Type"), r.Text)
		}
	}
}

func TestSOAPAction(t *testing.T) {
	s := apitest.Start(t, nil)
	for _, c := range []struct {
		header, value string
		fine          bool
	}{
		{"SOAPAction", `"` + hal.Namespace + `Logout"`, true},
		{"SOAPAction", hal.Namespace + `Logout`, true},
		{"SOAPAction", `"` + hal.Namespace + `halXMLCommandLogout"`, true},
		{"SOAPAction", `""`, true},
		{"SOAPAction", `Logout`, true},
		{"SOAPAction", `"urn:whatever#Login"`, true},
		{"SOAPAction", `"` + hal.Namespace + `Nonsense"`, true},
		{"SOAPAction", `"` + hal.Namespace + `Login"`, false},
		{"SOAPAction", `Login`, false},
		{"SOAPAction", `"` + hal.Namespace + `halXMLCommandLogin"`, false},
		{"Content-Type", `application/soap+xml; action="` + hal.Namespace + `Logout"`, true},
		{"Content-Type", `application/soap+xml;charset=utf-8;action="` + hal.Namespace + `Login"`, false},
	} {
		r := s.Do("POST", path, envelope(space11, logout), "Content-Type", type11, c.header, c.value)
		if fine := r.StatusCode == 200; fine != c.fine {
			t.Errorf("%s: %s: %d %s", c.header, c.value, r.StatusCode, r.Text)
		} else if !fine {
			if f := readFault(t, r.Text); f.code != "soap:Client" || !strings.Contains(f.text, "Login") || !strings.Contains(f.text, "Logout") {
				t.Errorf("%s: %+v", c.value, f)
			}
		}
	}
}
