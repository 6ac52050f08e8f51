package command_test

import (
	"fmt"
	"strings"
	"testing"

	"halxml/internal/errs"
)

func define(server, option, name, typ, more string) string {
	return fmt.Sprintf(`{"dhcpServerRef":%q,"dhcpOptionDefinition":{"option":%q,"name":%q,"type":%q%s}}`, server, option, name, typ, more)
}

func TestDefinitions(t *testing.T) {
	s := newService(t)
	s.server("a", "ISC")
	s.scope("a", "10.0.0.0/24")
	s.scope("a", "2001:db8::/64")
	s.text("AddDHCPOptionDefinition", define("a", "::252", "wpad", "String", ""))
	s.text("AddDHCPOptionDefinition", define("a", "ACME::1", "url", "String", ""))
	s.text("AddDHCPOptionDefinition", define("a", "acme::2", "servers", "IPOrHostname", `,"array":true`))
	s.text("AddDHCPOptionDefinition", define("a", "150", "phones", "String", ""))
	for ref, want := range map[string][]string{
		"{#3-#1}": {`{"option":"::3","name":"routers","type":"IPAddress","array":true}`, `{"option":"::15","name":"domain-name","type":"String","array":false}`,
			`{"option":"::252","name":"wpad","type":"String","array":false}`, `{"option":"ACME::1","name":"url"`, `{"option":"::150","name":"phones","type":"String"`},
		"{#7-#1}": {`{"option":"::6","name":"domain-name-servers","type":"IPAddress","array":true}`, `{"option":"acme::2","name":"servers","type":"IPOrHostname","array":true}`},
		"{#7-#2}": {`{"option":"::23","name":"name-servers","type":"IPAddress","array":true}`, `{"option":"::252","name":"wpad"`},
	} {
		got := s.text("GetDHCPOptionDefinitions", fmt.Sprintf(`{"ref":%q}`, ref))
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%s lacks %s: %s", ref, w, got)
			}
		}
		for _, w := range []string{"dhcp-message-type", "tftp-server-address"} {
			if strings.Contains(got, w) {
				t.Errorf("%s has %s", ref, w)
			}
		}
	}
	s.setOptions("a", "wpad", "http://x/wpad.dat", "ACME::url", "http://y", "acme:guests:servers", "tftp.example, 10.0.0.1", "150", "by name")
	if got := s.options("a"); got != "::150=by name ::252=http://x/wpad.dat ACME::1=http://y acme:guests:2=tftp.example,10.0.0.1" {
		t.Errorf("options: %s", got)
	}
	s.text("ModifyDHCPOptionDefinition", `{"dhcpServerRef":"a","dhcpOptionDefinition":{"option":"::252","name":"proxy-url"}}`)
	if got := s.text("GetDHCPOptionDefinitions", `{"ref":"a","objType":"DHCPServer"}`); !strings.Contains(got, `{"option":"::252","name":"proxy-url","type":"String","array":false}`) {
		t.Errorf("renamed: %s", got)
	}
	if got := s.text("GetHistory", `{"limit":1}`); !strings.Contains(got, "Definition of option ::252 (wpad) of DHCP server a changed to proxy-url, String") {
		t.Errorf("history: %s", got)
	}
	if got := s.text("GetDHCPVendorAndUserClasses", `{"dhcpServerRef":"a"}`); got != `{"dhcpVendorClasses":[{"name":"ACME","description":"","identifier":"ACME"}],"dhcpUserClasses":[{"name":"guests","description":"","identifier":"guests"}]}` {
		t.Errorf("classes: %s", got)
	}
	s.refused(errs.InUse, "RemoveDHCPOptionDefinition", define("a", "::252", "", "String", ""), "::252", "DHCP server a")
	s.refused(errs.InUse, "ModifyDHCPOptionDefinition", define("a", "::252", "wpad", "IPAddress", ""), "::252", "http://x/wpad.dat")
	s.text("SetDHCPOptions", `{"ref":"a"}`)
	for _, option := range []string{"::252", "ACME::1", "Acme::2", "::150"} {
		s.text("RemoveDHCPOptionDefinition", fmt.Sprintf(`{"dhcpServerRef":"a","dhcpOptionDefinition":{"option":%q}}`, option))
	}
	if got := s.text("GetDHCPOptionDefinitions", `{"ref":"a"}`); strings.Contains(got, "wpad") || !strings.Contains(got, "tftp-server-address") {
		t.Errorf("removed: %s", got)
	}
}

func TestDefinitionsRefuse(t *testing.T) {
	s := newService(t)
	s.server("a", "ISC")
	s.server("k", "Kea")
	s.server("m", "MSDHCP")
	s.text("AddDHCPOptionDefinition", define("a", "::252", "wpad", "String", ""))
	s.setOptions("a", "::150", "10.0.0.1")
	for _, c := range []struct {
		params string
		code   errs.Code
		words  []string
	}{
		{`{}`, errs.Missing, []string{"dhcpServerRef"}},
		{`{"dhcpServerRef":"a"}`, errs.Missing, []string{"dhcpOptionDefinition"}},
		{`{"dhcpServerRef":"a","dhcpOptionDefinition":{"name":"x","type":"String"}}`, errs.Missing, []string{"dhcpOptionDefinition.option"}},
		{`{"dhcpServerRef":"a","dhcpOptionDefinition":{"option":"::200","type":"String"}}`, errs.Missing, []string{"dhcpOptionDefinition.name"}},
		{`{"dhcpServerRef":"a","dhcpOptionDefinition":{"option":"::200","name":"x"}}`, errs.Missing, []string{"dhcpOptionDefinition.type"}},
		{define("nobody", "::200", "x", "String", ""), errs.NotFound, []string{"nobody"}},
		{define("a", "::252", "x", "String", ""), errs.Conflict, []string{"::252", "wpad"}},
		{define("a", "::3", "x", "String", ""), errs.Conflict, []string{"::3", "routers"}},
		{define("a", "::200", "WPAD", "String", ""), errs.Conflict, []string{"name", "::252"}},
		{define("a", "::200", "routers", "String", ""), errs.Conflict, []string{"name", "::3"}},
		{define("a", "::200", "12", "String", ""), errs.Invalid, []string{"name", "12"}},
		{define("a", "::200", "a:b", "String", ""), errs.Invalid, []string{"name", "a:b"}},
		{define("a", "::0", "x", "String", ""), errs.Invalid, []string{"1 to 254"}},
		{define("a", "::255", "x", "String", ""), errs.Invalid, []string{"1 to 254"}},
		{define("a", "wpad", "x", "String", ""), errs.Invalid, []string{"number"}},
		{define("a", ":guests:200", "x", "String", ""), errs.Invalid, []string{"user class"}},
		{define("a", "ACME::255", "x", "String", ""), errs.Invalid, []string{"1 to 254"}},
		{define("a", "::200", "x", "String", `,"array":true`), errs.NotSupported, []string{"array", "ISC"}},
		{define("a", "::150", "x", "Integer", ""), errs.InUse, []string{"::150", "10.0.0.1"}},
		{define("m", "Microsoft Options::1", "x", "String", ""), errs.Conflict, []string{"Microsoft Options::1"}},
		{define("k", "::65536", "x", "String", ""), errs.Invalid, []string{"65535"}},
	} {
		s.refused(c.code, "AddDHCPOptionDefinition", c.params, c.words...)
	}
	for _, op := range []string{"ModifyDHCPOptionDefinition", "RemoveDHCPOptionDefinition"} {
		s.refused(errs.Invalid, op, define("a", "::3", "x", "String", ""), "standard", "routers")
		s.refused(errs.NotFound, op, define("a", "::201", "x", "String", ""), "::201")
	}
	s.text("AddDHCPOptionDefinition", define("k", "::1000", "six", "String", `,"array":true`))
	s.scope("k", "2001:db8::/64")
	s.setOptions("{#7-#1}", "six", "a,b")
	s.refused(errs.NotFound, "SetDHCPOptions", optionsParams("k", "", "six", "a"), "six")
	vendors := s.text("GetDHCPVendorAndUserClasses", `{"dhcpServerRef":"m"}`)
	for _, w := range []string{`"identifier":"MSFT 5.0"`, `"identifier":"BOOTP.Microsoft"`} {
		if !strings.Contains(vendors, w) {
			t.Errorf("%s is not in %s", w, vendors)
		}
	}
}
