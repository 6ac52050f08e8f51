package command_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"halxml/internal/command"
	"halxml/internal/errs"
	"halxml/wsdl/hal"
)

func TestEveryOperationIsAnsweredOrExcused(t *testing.T) {
	answered := command.Answered()
	names, reasons := command.Unanswered()
	if got := len(answered) + len(names); got != len(hal.Operations()) || got != 197 {
		t.Errorf("%d answered and %d excused of %d operations", len(answered), len(names), len(hal.Operations()))
	}
	excused := map[string]bool{}
	for i, n := range names {
		excused[n] = true
		if reasons[i] == "" {
			t.Errorf("%s has no reason", n)
		}
	}
	for _, n := range answered {
		if excused[n] {
			t.Errorf("%s is both answered and excused", n)
		}
	}
	s := newService(t)
	for _, n := range names {
		if _, err := s.try(n, `{}`); errs.CodeOf(err) != errs.NotImplemented || !strings.Contains(errs.MessageOf(err), n) {
			t.Errorf("%s: %v", n, err)
		}
	}
}

func TestEveryAnsweredOperationNeedsASession(t *testing.T) {
	s := newService(t)
	s.session = ""
	for _, n := range command.Answered() {
		if n == "Login" {
			continue
		}
		if _, err := s.try(n, `{}`); errs.CodeOf(err) != errs.BadSession || errs.MessageOf(err) != "Invalid or expired session" {
			t.Errorf("%s: %v", n, err)
		}
	}
}

func TestSessions(t *testing.T) {
	s := newService(t)
	if len(s.session) != 20 || strings.Trim(s.session, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") != "" {
		t.Errorf("session %q", s.session)
	}
	if got := s.text("Logout", `{}`); got != `""` {
		t.Errorf("Logout: %s", got)
	}
	if _, err := s.try("GetDHCPServers", `{}`); errs.CodeOf(err) != errs.BadSession {
		t.Errorf("after Logout: %v", err)
	}
	if _, err := s.try("Login", `{"loginName":"administrator","password":"wrong"}`); errs.CodeOf(err) != errs.BadLogin || errs.MessageOf(err) != "Invalid username or password." {
		t.Errorf("wrong password: %v", err)
	}
}

func TestGenericCommands(t *testing.T) {
	s := newService(t)
	a := s.server("a", "ISC")
	rng := s.rng("10.0.0.0/24")
	sc := s.scope("a", "10.0.0.0/24")
	p := s.pool(sc, "10.0.0.10", "10.0.0.19")
	set := func(ref, props string) string { return fmt.Sprintf(`{"ref":%q,"properties":%s}`, ref, props) }

	for _, props := range []string{`[{"name":"description","value":"both forms"}]`, `{"description":"both forms"}`} {
		s.text("SetProperties", set(sc, `{"description":""}`))
		if got := s.text("SetProperties", set(sc, props)); got != `""` {
			t.Errorf("SetProperties: %s", got)
		}
		if got := s.names("GetDHCPScopes", `{}`, "dhcpScopes", "description"); got != "both forms" {
			t.Errorf("description: %s", got)
		}
	}
	s.text("SetProperties", set(rng, `{"Title":"Office","description":"First floor"}`))
	if got := s.text("GetProperties", fmt.Sprintf(`{"ref":%q,"onlyCustom":true}`, rng)); got != `{"properties":[{"name":"Description","value":"First floor"},{"name":"Title","value":"Office"}]}` {
		t.Errorf("custom: %s", got)
	}
	s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"deleteUnspecified":true,"properties":{"title":"Lab"}}`, rng))
	if got := s.text("GetProperties", fmt.Sprintf(`{"ref":%q,"onlyCustom":true}`, rng)); got != `{"properties":[{"name":"Title","value":"Lab"}]}` {
		t.Errorf("custom: %s", got)
	}
	s.text("SetProperties", set(p, `{"to":"10.0.0.29"}`))
	if got := s.text("GetObjects", fmt.Sprintf(`{"objRefs":[%q,%q,%q]}`, a, sc, p)); got != fmt.Sprintf(`{"objects":[{"ref":%q,"objType":"DHCPServer","name":"a"},{"ref":%q,"objType":"DHCPScope","name":"10.0.0.0/24"},{"ref":%q,"objType":"DHCPAddressPool","name":"10.0.0.10-10.0.0.29"}]}`, a, sc, p) {
		t.Errorf("objects: %s", got)
	}
	s.text("SetProperties", set("a", `{"password":"hush","name":"b.example."}`))
	if got := s.text("GetHistory", `{}`); strings.Contains(got, "hush") {
		t.Error("history holds a password")
	}
	for _, c := range []struct {
		ref, props string
		code       errs.Code
		word       string
	}{
		{sc, `{"colour":"red"}`, errs.Invalid, "colour"},
		{sc, `{"available":"7"}`, errs.Invalid, "read-only"},
		{sc, `{"enabled":"maybe"}`, errs.Invalid, "maybe"},
		{sc, `{"name":""}`, errs.Missing, "name"},
		{p, `{"to":"10.0.1.1"}`, errs.Invalid, "outside"},
		{p, `{"failoverPeer":"nobody"}`, errs.NotFound, "nobody"},
		{a, `{"type":"Kea"}`, errs.InUse, "scopes"},
		{a, `{"address":"10.0.0.999"}`, errs.Invalid, "address"},
		{rng, `{"from":"10.0.0.15"}`, errs.Invalid, "CIDR"},
		{"{#3-#77}", `{"name":"x"}`, errs.NotFound, "{#3-#77}"},
		{"10.0.0.0/24", `{"name":"x"}`, errs.Ambiguous, "objType"},
		{"", `{"name":"x"}`, errs.Missing, "ref"},
		{sc, `[{"name":"name","value":"x"},{"name":"Name","value":"y"}]`, errs.Invalid, "twice"},
	} {
		s.refused(c.code, "SetProperties", set(c.ref, c.props), c.word)
	}
}

func TestRemoveObjectsIsAllOrNothing(t *testing.T) {
	s := newService(t)
	a := s.server("a", "ISC")
	sc := s.scope("a", "10.0.0.0/24")
	before := s.everything()
	got := s.text("RemoveObjects", fmt.Sprintf(`{"objRefs":[%q,"{#7-#9}"]}`, sc))
	if !strings.Contains(got, `"ref":"{#7-#9}"`) || strings.Contains(got, sc) {
		t.Errorf("errors: %s", got)
	}
	if s.everything() != before {
		t.Error("a failed RemoveObjects changed something")
	}
	if got := s.text("RemoveObjects", fmt.Sprintf(`{"objRefs":[%q,%q]}`, sc, a)); got != `{"errors":[]}` {
		t.Errorf("errors: %s", got)
	}
}

func TestHistory(t *testing.T) {
	s := newService(t)
	s.add("AddDHCPServer", `{"dhcpServer":{"name":"a","type":"ISC"},"saveComment":"one"}`)
	s.now = s.now.Add(time.Hour)
	s.add("AddDHCPServer", `{"dhcpServer":{"name":"b","type":"ISC"},"saveComment":"two"}`)
	s.now = s.now.Add(time.Hour)
	s.text("SetProperties", `{"ref":"a","properties":{"proxy":"agent"},"saveComment":"three"}`)
	for params, want := range map[string]string{
		`{}`:                                                "three two one",
		`{"limit":2}`:                                       "three two",
		`{"eventType":"Creation"}`:                          "two one",
		`{"objRef":"{#3-#1}"}`:                              "three one",
		`{"objRef":"b","objType":"DHCPServer"}`:             "two",
		`{"username":"ADMINISTRATOR"}`:                      "three two one",
		`{"username":"nobody"}`:                             "",
		`{"startDate":"Mar 4, 2026 06:06:07"}`:              "three two",
		`{"startDate":"2026-03-04","endDate":"2026-03-04"}`: "three two one",
		`{"endDate":"Mar 4, 2026 06:06:07"}`:                "two one",
		`{"filter":"saveComment:one"}`:                      "one",
		`{"filter":"objName=b"}`:                            "two",
		`{"objType":"Range"}`:                               "",
	} {
		if got := s.names("GetHistory", params, "events", "saveComment"); got != want {
			t.Errorf("%s: %q, want %q", params, got, want)
		}
	}
	if got := s.text("GetHistory", `{"limit":1}`); got != `{"events":[{"eventType":"Modification","objType":"DHCPServer","objRef":"{#3-#1}","objName":"a","timestamp":"Mar 4, 2026 07:06:07","username":"administrator","saveComment":"three","eventText":"DHCP server a modified: proxy \"\" → \"agent\""}]}` {
		t.Errorf("event: %s", got)
	}
	s.refused(errs.Invalid, "GetHistory", `{"startDate":"yesterday"}`, "startDate")
}
