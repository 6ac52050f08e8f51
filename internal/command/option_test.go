package command_test

import (
	"fmt"
	"strings"
	"testing"

	"halxml/internal/errs"
)

// setOptions sets the options of an object: id, value, id, value …
func (s *service) setOptions(ref string, pairs ...string) {
	s.t.Helper()
	s.text("SetDHCPOptions", optionsParams(ref, "", pairs...))
}

func optionsParams(ref, more string, pairs ...string) string {
	var options []string
	for i := 0; i+1 < len(pairs); i += 2 {
		options = append(options, fmt.Sprintf(`{"option":%q,"value":%q}`, pairs[i], pairs[i+1]))
	}
	return fmt.Sprintf(`{"ref":%q,"dhcpOptions":[%s]%s}`, ref, strings.Join(options, ","), more)
}

// options reads the options of an object as id=value.
func (s *service) options(ref string) string {
	s.t.Helper()
	return optionList(s.get("GetDHCPOptions", fmt.Sprintf(`{"ref":%q}`, ref))["dhcpOptions"])
}

func optionList(list any) string {
	var all []string
	for _, item := range list.([]any) {
		o := item.(map[string]any)
		all = append(all, fmt.Sprintf("%s=%s", o["option"], o["value"]))
	}
	return strings.Join(all, " ")
}

// inherited reads the options that take effect, each source by name.
func (s *service) inherited(params string) string {
	s.t.Helper()
	var all []string
	for _, item := range s.get("GetInheritedDHCPOptions", params)["inheritedDHCPOptions"].([]any) {
		o := item.(map[string]any)
		all = append(all, fmt.Sprintf("%s: %s", o["source"].(map[string]any)["name"], optionList(o["dhcpOptions"])))
	}
	return strings.Join(all, "; ")
}

func TestOptionsReplaceTheWholeSet(t *testing.T) {
	s := newService(t)
	a := s.server("a", "ISC")
	sc := s.scope("a", "10.0.0.0/24")
	p := s.pool(sc, "10.0.0.10", "10.0.0.19")
	g := s.group(a, "printers", "")
	for _, ref := range []string{a, sc, p, g} {
		if got := s.text("GetDHCPOptions", fmt.Sprintf(`{"ref":%q}`, ref)); got != `{"ticket":1,"dhcpOptions":[]}` {
			t.Errorf("%s at first: %s", ref, got)
		}
		s.setOptions(ref, "::6", "10.0.0.2, 10.0.0.3", "routers", "10.0.0.1", "15", "corp.example")
		if got := s.text("GetDHCPOptions", fmt.Sprintf(`{"ref":%q}`, ref)); got != `{"ticket":2,"dhcpOptions":[{"option":"::3","value":"10.0.0.1"},{"option":"::6","value":"10.0.0.2,10.0.0.3"},{"option":"::15","value":"corp.example"}]}` {
			t.Errorf("%s: %s", ref, got)
		}
	}
	s.setOptions(sc, "::3", "10.0.0.254")
	if got := s.options(sc); got != "::3=10.0.0.254" {
		t.Errorf("replaced: %s", got)
	}
	if got := s.options(a); got != "::3=10.0.0.1 ::6=10.0.0.2,10.0.0.3 ::15=corp.example" {
		t.Errorf("the server's: %s", got)
	}
	if got := s.text("GetHistory", `{"limit":1}`); !strings.Contains(got, `"objRef":"{#7-#1}"`) ||
		!strings.Contains(got, `Options of DHCP scope 10.0.0.0/24 set: ::3 = \"10.0.0.254\", ::6 removed, ::15 removed`) {
		t.Errorf("history: %s", got)
	}
	s.text("SetDHCPOptions", fmt.Sprintf(`{"ref":%q,"dhcpOptions":[]}`, sc))
	if got := s.options(sc); got != "" {
		t.Errorf("emptied: %s", got)
	}
}

func TestOptionOwnersByName(t *testing.T) {
	s := newService(t)
	s.server("a", "ISC")
	sc := s.scope("a", "10.0.0.0/24")
	p := s.pool(sc, "10.0.0.10", "10.0.0.19")
	for name, ref := range map[string]string{
		"A.": "{#3-#1}", "10.0.0.0/24": sc, "DHCPScopes/1": sc, "10.0.0.10-10.0.0.19": p, "dhcpservers/a": "{#3-#1}",
	} {
		s.setOptions(name, "::15", "for-"+strings.Trim(ref, "{#}"))
		if got := s.options(ref); got != "::15=for-"+strings.Trim(ref, "{#}") {
			t.Errorf("%s: %s", name, got)
		}
	}
	s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"name":"a"}}`, sc))
	s.refused(errs.Ambiguous, "GetDHCPOptions", `{"ref":"a"}`, "objType")
	if got := s.get("GetDHCPOptions", `{"ref":"a","objType":"DHCPScope"}`)["dhcpOptions"]; optionList(got) != "::15=for-7-#1" {
		t.Errorf("by type: %v", got)
	}
	for params, want := range map[string]struct {
		code errs.Code
		word string
	}{
		`{}`:                 {errs.Missing, "ref"},
		`{"ref":"nobody"}`:   {errs.NotFound, "nobody"},
		`{"ref":"{#7-#99}"}`: {errs.NotFound, "{#7-#99}"},
		`{"ref":"{#6-#1}"}`:  {errs.Invalid, "Range"},
		`{"ref":"{#7-#1}","objType":"DHCPServer"}`:  {errs.Invalid, "objType"},
		`{"ref":"x","objType":"User"}`:              {errs.Invalid, "User"},
		`{"ref":"{#7-#1}","dhcpPolicyName":"some"}`: {errs.NotSupported, "dhcpPolicyName"},
	} {
		for _, op := range []string{"GetDHCPOptions", "SetDHCPOptions"} {
			s.refused(want.code, op, params, want.word)
		}
	}
}

func TestOptionsRefuse(t *testing.T) {
	s := newService(t)
	s.server("a", "ISC")
	sc := s.scope("a", "10.0.0.0/24")
	six := s.scope("a", "2001:db8::/64")
	s.setOptions(sc, "::3", "10.0.0.1")
	s.setOptions(six, "name-servers", "2001:db8::1")
	for _, c := range []struct {
		ref, id, value string
		code           errs.Code
		words          []string
	}{
		{sc, "", "x", errs.Missing, []string{"dhcpOptions.option"}},
		{sc, "::3", "", errs.Invalid, []string{"dhcpOptions.value", "::3 (routers)", "required"}},
		{sc, "::3", "10.0.0.300", errs.Invalid, []string{"dhcpOptions.value", "::3 (routers)", "10.0.0.300", "IPv4"}},
		{sc, "routers", "gw.example", errs.Invalid, []string{"gw.example"}},
		{sc, "::26", "67", errs.Invalid, []string{"interface-mtu", "68 to 65535"}},
		{sc, "::19", "perhaps", errs.Invalid, []string{"ip-forwarding", "perhaps"}},
		{sc, "::43", "xyz", errs.Invalid, []string{"hexadecimal"}},
		{sc, "::15", "a\nb", errs.Invalid, []string{"control character"}},
		{sc, "::53", "1", errs.Invalid, []string{"dhcpOptions.option", "dhcp-message-type"}},
		{sc, "::252", "x", errs.NotFound, []string{"dhcpOptions.option", "::252", "server a"}},
		{sc, "ACME::1", "x", errs.NotFound, []string{"ACME"}},
		{sc, "no-such-option", "x", errs.NotFound, []string{"no-such-option"}},
		{sc, "a:b", "x", errs.Invalid, []string{"vendorclass:userclass:number"}},
		{sc, "::99999", "x", errs.Invalid, []string{"65535"}},
		{six, "::23", "10.0.0.1", errs.Invalid, []string{"name-servers", "IPv6"}},
		{six, "routers", "10.0.0.1", errs.NotFound, []string{"routers"}},
		{"{#3-#1}", "name-servers", "2001:db8::1", errs.NotFound, []string{"name-servers"}},
	} {
		s.refused(c.code, "SetDHCPOptions", optionsParams(c.ref, "", c.id, c.value), c.words...)
	}
	s.refused(errs.Invalid, "SetDHCPOptions", optionsParams(sc, "", "::3", "10.0.0.1", "routers", "10.0.0.2"), "twice")
	s.refused(errs.Invalid, "SetDHCPOptions", optionsParams(sc, "", ":Guests:3", "10.0.0.1", ":guests:3", "10.0.0.2"), "twice")
	m := s.server("m", "MSDHCP")
	s.pool(s.scope("m", "10.1.0.0/24"), "10.1.0.10", "10.1.0.19")
	s.refused(errs.NotSupported, "SetDHCPOptions", optionsParams("{#10-#1}", "", "::3", "10.0.0.1"), "MSDHCP", "pools")
	s.setOptions(m, "Microsoft Options::1", "2")
	if got := s.options(m); got != "Microsoft Options::1=2" {
		t.Errorf("vendor option: %s", got)
	}
}

func TestTicketsGuardOptions(t *testing.T) {
	s := newService(t)
	a := s.server("a", "ISC")
	ticket := func() string {
		return fmt.Sprintf(`,"ticket":%v`, s.get("GetDHCPOptions", fmt.Sprintf(`{"ref":%q}`, a))["ticket"])
	}
	first := ticket()
	s.text("SetDHCPOptions", optionsParams(a, first, "::3", "10.0.0.1"))
	second := ticket()
	if first == second {
		t.Fatalf("the ticket stays %s", first)
	}
	s.refused(errs.Stale, "SetDHCPOptions", optionsParams(a, first, "::3", "10.0.0.2"), "ticket", "DHCP server a")
	s.text("SetDHCPOptions", optionsParams(a, second, "::3", "10.0.0.1"))
	if got := ticket(); got != second {
		t.Errorf("setting the same made ticket %s of %s", got, second)
	}
	s.text("SetDHCPOptions", optionsParams(a, `,"ticket":0`, "::3", "10.0.0.3"))
	s.text("SetDHCPOptions", optionsParams(a, `,"ticket":null`))
	s.refused(errs.Stale, "SetDHCPOptions", optionsParams(a, second, "::3", "10.0.0.1"), "ticket")
	s.refused(errs.Stale, "SetDHCPOptions", optionsParams(a, first), "ticket")
	s.text("SetDHCPOptions", optionsParams(a, ticket(), "::3", "10.0.0.9"))
}

func TestInheritedOptions(t *testing.T) {
	s := newService(t)
	a := s.server("a", "ISC")
	sc := s.scope("a", "10.0.0.0/24")
	p := s.pool(sc, "10.0.0.10", "10.0.0.19")
	outer := s.group(a, "outer", "")
	inner := s.group(a, "inner", outer)
	s.setOptions(a, "::3", "10.9.9.9", "::15", "corp.example", "::42", "10.9.9.1")
	s.setOptions(sc, "::3", "10.0.0.1", ":guests:6", "10.0.0.5")
	s.setOptions(p, "::42", "10.0.0.2", ":guests:6", "10.0.0.6")
	s.setOptions(outer, "::15", "print.example", "::12", "printer")
	s.setOptions(inner, "::12", "plotter")
	for ref, want := range map[string]string{
		a:     "a: ::3=10.9.9.9 ::15=corp.example ::42=10.9.9.1",
		sc:    "a: ::15=corp.example ::42=10.9.9.1; 10.0.0.0/24: ::3=10.0.0.1 :guests:6=10.0.0.5",
		p:     "a: ::15=corp.example; 10.0.0.0/24: ::3=10.0.0.1; 10.0.0.10-10.0.0.19: ::42=10.0.0.2 :guests:6=10.0.0.6",
		inner: "a: ::3=10.9.9.9 ::42=10.9.9.1; outer: ::15=print.example; inner: ::12=plotter",
	} {
		if got := s.inherited(fmt.Sprintf(`{"ref":%q}`, ref)); got != want {
			t.Errorf("%s: %s\nwant %s", ref, got, want)
		}
	}
	if got := s.text("GetInheritedDHCPOptions", fmt.Sprintf(`{"ref":%q}`, sc)); !strings.HasPrefix(got, `{"inheritedDHCPOptions":[{"source":{"ref":"{#3-#1}","objType":"DHCPServer","name":"a"},"dhcpOptions":[{"option":"::15"`) {
		t.Errorf("source: %s", got)
	}
	s.refused(errs.NotSupported, "GetInheritedDHCPOptions", fmt.Sprintf(`{"ref":%q,"policyName":"x"}`, sc), "policyName")
}

func TestOptionsGoWithTheirOwners(t *testing.T) {
	s := newService(t)
	a := s.server("a", "ISC")
	before := s.stored()
	sc := s.scope("a", "10.0.0.0/24")
	p := s.pool(sc, "10.0.0.10", "10.0.0.19")
	g := s.group(a, "printers", "")
	s.text("AddDHCPOptionDefinition", `{"dhcpServerRef":"a","dhcpOptionDefinition":{"option":"::252","name":"wpad","type":"String"}}`)
	for _, ref := range []string{a, sc, p, g} {
		s.setOptions(ref, "::3", "10.0.0.1", "wpad", "http://x")
	}
	s.text("SetDHCPAddressPoolPermitList", fmt.Sprintf(`{"dhcpAddressPoolRef":%q,"dhcpAddressPoolPermits":[{"permit":"MembersOfDHCPClass","access":"Allow","className":"phones"}]}`, p))
	s.text("SetDHCPSubclasses", `{"dhcpServerRef":"a","dhcpClassName":"phones","dhcpSubclasses":["00:11:22:33:44:55"]}`)
	for _, ref := range []string{p, sc, g} {
		s.text("RemoveObject", fmt.Sprintf(`{"ref":%q}`, ref))
		if got := s.stored(); strings.Contains(got, fmt.Sprintf(`"Type":%s,`, strings.TrimPrefix(strings.Split(ref, "-")[0], "{#"))) {
			t.Errorf("%s left %s", ref, got)
		}
	}
	s.refused(errs.InUse, "SetProperties", `{"ref":"a","properties":{"type":"Kea"}}`, "options", "type")
	s.text("RemoveObject", `{"ref":"a"}`)
	if got := s.stored(); got != before {
		t.Errorf("left: %s", got)
	}
}

func TestOptionsReachTheFailoverPartner(t *testing.T) {
	s := newService(t)
	a := s.server("a", "ISC")
	b := s.server("b", "ISC")
	sc := s.scope("a", "10.0.0.0/24")
	p := s.pool(sc, "10.0.0.10", "10.0.0.19")
	s.text("AddDHCPOptionDefinition", `{"dhcpServerRef":"a","dhcpOptionDefinition":{"option":"::252","name":"wpad","type":"String"}}`)
	s.setOptions(a, "::15", "only.a.example")
	s.setOptions(sc, "::3", "10.0.0.1", "wpad", "http://x")
	s.text("AddDHCPFailoverRelationship", fmt.Sprintf(`{"dhcpFailoverRelationship":{"name":"fo","primaryServer":"a","secondaryServer":"b","failoverMode":"LoadBalance","dhcpScopeRefs":[%q]}}`, sc))
	const sc2, p2 = "{#7-#2}", "{#10-#2}"
	if got := s.options(sc2); got != "::3=10.0.0.1 ::252=http://x" {
		t.Errorf("joined: %s", got)
	}
	if got := s.options(b); got != "" {
		t.Errorf("the server's own options went along: %s", got)
	}
	s.setOptions(p, "::42", "10.0.0.2")
	if got := s.options(p2); got != "::42=10.0.0.2" {
		t.Errorf("pool: %s", got)
	}
	s.setOptions(sc2, "::3", "10.0.0.254")
	if got := s.options(sc); got != "::3=10.0.0.254" {
		t.Errorf("back: %s", got)
	}
	s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"to":"10.0.0.29"}}`, p))
	if got := s.names("GetDHCPAddressPools", `{}`, "dhcpAddressPools", "ref"); got != p+" {#10-#3}" {
		t.Fatalf("pools: %s", got)
	}
	if got := s.options("{#10-#3}"); got != "::42=10.0.0.2" {
		t.Errorf("moved pool: %s", got)
	}
	// What the servers define differently cannot be kept equal.
	s.text("AddDHCPOptionDefinition", `{"dhcpServerRef":"a","dhcpOptionDefinition":{"option":"::200","name":"x","type":"String"}}`)
	s.text("AddDHCPOptionDefinition", `{"dhcpServerRef":"b","dhcpOptionDefinition":{"option":"::200","name":"x","type":"Integer"}}`)
	s.refused(errs.Conflict, "SetDHCPOptions", optionsParams(sc, "", "::200", "text"), "::200", "server a", "partner b")
	s.text("RemoveDHCPScopesFromDHCPFailoverRelationship", fmt.Sprintf(`{"dhcpServerRef":"a","dhcpFailoverRelationshipName":"fo","dhcpScopeRefs":[%q]}`, sc))
	s.setOptions(sc, "::3", "10.0.0.7")
	if got := s.options(sc2); got != "::3=10.0.0.254" {
		t.Errorf("after it left: %s", got)
	}
}

func TestRangesKeepWhatOptionsNeed(t *testing.T) {
	s := newService(t)
	s.server("m", "MSDHCP")
	rng := s.rng("10.0.0.0/24")
	sc := s.scope("m", "10.0.0.0/24")
	s.setOptions(sc, "::3", "10.0.0.1")
	s.refused(errs.Conflict, "SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"name":"2001:db8::/64"}}`, rng), "::3", "IPv6")
	s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"name":"10.0.0.0/23"}}`, rng))
}

func TestReportOfScopeOptions(t *testing.T) {
	s := newService(t)
	a := s.server("a", "ISC")
	s.server("b", "ISC")
	one := s.scope("a", "10.0.0.0/24")
	s.scope("a", "10.0.1.0/24")
	s.scope("b", "10.0.2.0/24")
	s.setOptions(a, "::6", "10.0.0.2,10.0.0.3")
	s.setOptions(one, "::6", "10.0.0.9")
	for params, want := range map[string]string{
		`"reportType":"HasValue","option":6,"value":"10.0.0.2, 10.0.0.3"`:     `{"dhcpServerName":"a","dhcpScopeName":"10.0.1.0/24","optionValue":"10.0.0.2,10.0.0.3","inherited":true}`,
		`"reportType":"HasValue","option":6,"value":"10.0.0.9"`:               `{"dhcpServerName":"a","dhcpScopeName":"10.0.0.0/24","optionValue":"10.0.0.9","inherited":false}`,
		`"reportType":"HasValue","option":6,"value":"nonsense"`:               ``,
		`"reportType":"DoesNotHaveValue","option":6,"value":"10.0.0.9"`:       `{"dhcpServerName":"a","dhcpScopeName":"10.0.1.0/24","optionValue":"10.0.0.2,10.0.0.3","inherited":true}`,
		`"reportType":"HasNoValueSet","option":6`:                             `{"dhcpServerName":"b","dhcpScopeName":"10.0.2.0/24","optionValue":"","inherited":false}`,
		`"reportType":"HasNoValueSet","option":6,"filter":"name=10.0.0.0/24"`: ``,
		`"reportType":"HasValue","option":6,"userClass":"guests"`:             ``,
		`"reportType":"HasValue","option":6,"filter":"name:10.0.1"`:           `{"dhcpServerName":"a","dhcpScopeName":"10.0.1.0/24","optionValue":"10.0.0.2,10.0.0.3","inherited":true}`,
	} {
		if got := s.text("ReportDHCPScopeOptions", "{"+params+"}"); got != `{"entries":[`+want+`]}` {
			t.Errorf("%s: %s", params, got)
		}
	}
	s.refused(errs.Missing, "ReportDHCPScopeOptions", `{"option":6}`, "reportType")
	s.refused(errs.Missing, "ReportDHCPScopeOptions", `{"reportType":"HasValue"}`, "option")
	s.refused(errs.Missing, "ReportDHCPScopeOptions", `{"reportType":"DoesNotHaveValue","option":6}`, "value")
}

func TestClasses(t *testing.T) {
	s := newService(t)
	s.server("a", "ISC")
	s.server("m", "MSDHCP")
	p := s.pool(s.scope("a", "10.0.0.0/24"), "10.0.0.10", "10.0.0.19")
	if got := s.text("GetDHCPClassNames", `{"dhcpServerRef":"a"}`); got != `{"dhcpClassNames":[]}` {
		t.Errorf("none: %s", got)
	}
	s.refused(errs.NotFound, "SetDHCPSubclasses", `{"dhcpServerRef":"a","dhcpClassName":"phones","dhcpSubclasses":["x"]}`, "phones")
	s.text("SetDHCPAddressPoolPermitList", fmt.Sprintf(`{"dhcpAddressPoolRef":%q,"dhcpAddressPoolPermits":[{"permit":"MembersOfDHCPClass","access":"Allow","className":"phones"},{"permit":"MembersOfDHCPClass","access":"Deny","className":"Guests"}]}`, p))
	if got := s.text("GetDHCPClassNames", `{"dhcpServerRef":"a"}`); got != `{"dhcpClassNames":["Guests","phones"]}` {
		t.Errorf("names: %s", got)
	}
	if got := s.text("GetDHCPSubclasses", `{"dhcpServerRef":"a","dhcpClassName":"phones"}`); got != `{"dhcpSubclasses":[]}` {
		t.Errorf("no members: %s", got)
	}
	s.text("SetDHCPSubclasses", `{"dhcpServerRef":"a","dhcpClassName":"phones","dhcpSubclasses":["00:11:22:AA:bb:CC","1:00:11:22:33:44:55","00-11-22-33-44-66","desk phone","\"quoted\"","01:AB"]}`)
	if got := s.text("GetDHCPSubclasses", `{"dhcpServerRef":"a","dhcpClassName":"phones"}`); got != `{"dhcpSubclasses":["00:11:22:aa:bb:cc","00:11:22:33:44:55","00:11:22:33:44:66","desk phone","quoted","01:ab"]}` {
		t.Errorf("members: %s", got)
	}
	s.text("SetDHCPAddressPoolPermitList", fmt.Sprintf(`{"dhcpAddressPoolRef":%q,"dhcpAddressPoolPermits":[]}`, p))
	if got := s.text("GetDHCPClassNames", `{"dhcpServerRef":"a"}`); got != `{"dhcpClassNames":["phones"]}` {
		t.Errorf("after the permits: %s", got)
	}
	for params, want := range map[string]struct {
		code errs.Code
		word string
	}{
		`{"dhcpClassName":"phones"}`:                                                                                {errs.Missing, "dhcpServerRef"},
		`{"dhcpServerRef":"a"}`:                                                                                     {errs.Missing, "dhcpClassName"},
		`{"dhcpServerRef":"a","dhcpClassName":"Phones"}`:                                                            {errs.NotFound, "Phones"},
		`{"dhcpServerRef":"m","dhcpClassName":"phones"}`:                                                            {errs.NotSupported, "MSDHCP"},
		`{"dhcpServerRef":"a","dhcpClassName":"phones","dhcpSubclasses":[""]}`:                                      {errs.Invalid, "empty"},
		`{"dhcpServerRef":"a","dhcpClassName":"phones","dhcpSubclasses":["a\u0007"]}`:                               {errs.Invalid, "control"},
		`{"dhcpServerRef":"a","dhcpClassName":"phones","dhcpSubclasses":["00:11:22:33:44:55","00-11-22-33-44-55"]}`: {errs.Invalid, "twice"},
		`{"dhcpServerRef":"a","dhcpClassName":"phones","dhcpSubclasses":["` + strings.Repeat("x", 256) + `"]}`:      {errs.TooLarge, "255"},
	} {
		s.refused(want.code, "SetDHCPSubclasses", params, want.word)
	}
	s.text("SetDHCPSubclasses", `{"dhcpServerRef":"a","dhcpClassName":"phones","dhcpSubclasses":[]}`)
	if got := s.text("GetDHCPClassNames", `{"dhcpServerRef":"a"}`); got != `{"dhcpClassNames":["phones"]}` {
		t.Errorf("an emptied class: %s", got)
	}
}

func TestReservationOptions(t *testing.T) {
	s := newService(t)
	a := s.server("a", "ISC")
	s.server("b", "ISC")
	sc := s.scope("a", "10.0.0.0/24")
	s.pool(sc, "10.0.0.10", "10.0.0.19")
	outer := s.group(a, "outer", "")
	inner := s.group(a, "inner", outer)
	reserve := func(owner, name, address string) string {
		return s.add("AddDHCPReservation", fmt.Sprintf(`{"dhcpReservation":{"ownerRef":%q,"name":%q,"clientIdentifier":"00:11:22:33:44:%s","addresses":["10.0.0.%s"]}}`, owner, name, address, address))
	}
	inScope, inGroup := reserve(sc, "desk", "55"), reserve(inner, "plotter", "66")
	s.setOptions(a, "::12", "any", "::15", "example", "::42", "10.0.0.2")
	s.setOptions(sc, "::3", "10.0.0.1", "::15", "floor.example")
	s.setOptions(outer, "::15", "print.example")
	s.setOptions(inner, "::42", "10.0.0.3")
	s.setOptions("desk", "::12", "desk")
	s.setOptions(inGroup, "::12", "plotter")
	if got := s.inherited(fmt.Sprintf(`{"ref":%q}`, inScope)); got != "a: ::42=10.0.0.2; 10.0.0.0/24: ::3=10.0.0.1 ::15=floor.example; desk: ::12=desk" {
		t.Errorf("in the scope: %s", got)
	}
	if got := s.inherited(`{"ref":"plotter"}`); got != "outer: ::15=print.example; inner: ::42=10.0.0.3; plotter: ::12=plotter" {
		t.Errorf("in the group: %s", got)
	}
	s.text("AddDHCPFailoverRelationship", fmt.Sprintf(`{"dhcpFailoverRelationship":{"name":"fo","primaryServer":"a","secondaryServer":"b","failoverMode":"LoadBalance","dhcpScopeRefs":[%q]}}`, sc))
	const twin = "{#9-#3}"
	if got := s.options(twin); got != "::12=desk" {
		t.Errorf("joined: %s", got)
	}
	s.setOptions(inScope, "::12", "desk1")
	if got := s.options(twin); got != "::12=desk1" {
		t.Errorf("changed here: %s", got)
	}
	s.setOptions(twin, "::12", "desk2")
	if got := s.options(inScope); got != "::12=desk2" {
		t.Errorf("changed there: %s", got)
	}
	s.text("RemoveObject", fmt.Sprintf(`{"ref":%q}`, inScope))
	s.text("RemoveObject", fmt.Sprintf(`{"ref":%q}`, outer))
	if got := s.stored(); strings.Contains(got, `"Type":9,`) || strings.Contains(got, `"Type":11,`) {
		t.Errorf("left: %s", got)
	}
}
