package command_test

import (
	"fmt"
	"strings"
	"testing"

	"halxml/internal/errs"
)

const macs = `"conditions":[{"conditionType":"MACAddress","comparisonType":"Equal","values":["00-11-22*"]}]`

func policy(owner, name, more string) string {
	return fmt.Sprintf(`{"ownerRef":%q,"dhcpPolicy":{"name":%q,"logicalOperator":"LogicalOr",%s%s}}`, owner, name, macs, more)
}

func (s *service) policies(owner string) string {
	s.t.Helper()
	var all []string
	for _, item := range s.get("GetDHCPPolicies", fmt.Sprintf(`{"ownerRef":%q}`, owner))["dhcpPolicies"].([]any) {
		p := item.(map[string]any)
		all = append(all, fmt.Sprintf("%v %v", p["order"], p["name"]))
	}
	return strings.Join(all, ", ")
}

func TestPolicies(t *testing.T) {
	s := newService(t)
	m := s.server("m", "MSDHCP")
	sc := s.scope("m", "10.0.0.0/24")
	for _, owner := range []string{m, sc} {
		if got := s.text("GetDHCPPolicies", fmt.Sprintf(`{"ownerRef":%q}`, owner)); got != `{"dhcpPolicies":[]}` {
			t.Errorf("none: %s", got)
		}
		s.text("AddDHCPPolicy", policy(owner, "phones", ""))
		s.text("AddDHCPPolicy", policy(owner, "printers", ""))
		s.text("AddDHCPPolicy", policy(owner, "first", `,"order":1`))
		if got := s.policies(owner); got != "1 first, 2 phones, 3 printers" {
			t.Errorf("order: %s", got)
		}
	}
	s.text("ModifyDHCPPolicy", fmt.Sprintf(`{"ownerRef":%q,"dhcpPolicyName":"PHONES","dhcpPolicy":{"name":"desk phones","description":"on desks","order":3,"enabled":false,"logicalOperator":"LogicalAnd",
		"ranges":[{"from":"10.0.0.50","to":"10.0.0.59"},{"from":"10.0.0.70","to":"10.0.0.70"}],
		"conditions":[{"conditionType":"VendorClass","comparisonType":"NotEqual","values":["MSFT*","Other"]},{"conditionType":"RAIAgentCircuitID","comparisonType":"Equal","values":["0a:0B"]}],
		"ddnsSettings":{"enabled":true,"useDNSSuffix":true,"dnsSuffix":"phones.example"},
		"leaseDuration":{"leaseSetting":"Limited","leaseDuration":3600}}}`, sc))
	if got := s.policies(sc); got != "1 first, 2 printers, 3 desk phones" {
		t.Errorf("moved: %s", got)
	}
	if got := s.text("GetDHCPPolicies", fmt.Sprintf(`{"ownerRef":%q}`, sc)); !strings.HasSuffix(got, `{"name":"desk phones","description":"on desks","order":3,"enabled":false,"logicalOperator":"LogicalAnd","ranges":[{"from":"10.0.0.50","to":"10.0.0.59"},{"from":"10.0.0.70","to":"10.0.0.70"}],"conditions":[{"conditionType":"VendorClass","comparisonType":"NotEqual","values":["MSFT*","Other"]},{"conditionType":"RAIAgentCircuitID","comparisonType":"Equal","values":["0A0B"]}],"ddnsSettings":{"enabled":true,"alwaysUpdate":false,"discardRecords":true,"forceForNoneRequestingClients":false,"disablePTRUpdates":false,"useDNSSuffix":true,"dnsSuffix":"phones.example"},"leaseDuration":{"leaseSetting":"Limited","leaseDuration":3600}}]}`) {
		t.Errorf("modified: %s", got)
	}
	// Structures in which nothing is said are absent, as templates of clients have them.
	before := s.text("GetDHCPPolicies", fmt.Sprintf(`{"ownerRef":%q}`, sc))
	s.text("ModifyDHCPPolicy", fmt.Sprintf(`{"ownerRef":%q,"dhcpPolicyName":"desk phones","dhcpPolicy":{"leaseDuration":{"leaseSetting":null},"ddnsSettings":{"enabled":null,"dnsSuffix":""}}}`, sc))
	if got := s.text("GetDHCPPolicies", fmt.Sprintf(`{"ownerRef":%q}`, sc)); got != before {
		t.Errorf("changed by empty structures: %s", got)
	}
	// What is absent stays; an empty list and Undefined clear.
	s.text("ModifyDHCPPolicy", fmt.Sprintf(`{"ownerRef":%q,"dhcpPolicyName":"desk phones","dhcpPolicy":{"ranges":[],"leaseDuration":{"leaseSetting":"Undefined"}}}`, sc))
	if got := s.text("GetDHCPPolicies", fmt.Sprintf(`{"ownerRef":%q}`, sc)); !strings.Contains(got, `"order":3,"enabled":false,"logicalOperator":"LogicalAnd","ranges":[],"conditions":[{"conditionType":"VendorClass"`) ||
		!strings.Contains(got, "phones.example") || strings.Contains(got, "leaseDuration") {
		t.Errorf("partly modified: %s", got)
	}
	if got := s.text("GetHistory", `{"limit":1}`); !strings.Contains(got, "Policy desk phones of DHCP scope 10.0.0.0/24 modified") {
		t.Errorf("history: %s", got)
	}
	s.text("RemoveDHCPPolicy", fmt.Sprintf(`{"ownerRef":%q,"dhcpPolicyName":"printers"}`, sc))
	if got := s.policies(sc) + "; " + s.policies(m); got != "1 first, 2 desk phones; 1 first, 2 phones, 3 printers" {
		t.Errorf("removed: %s", got)
	}
}

func TestPoliciesRefuse(t *testing.T) {
	s := newService(t)
	m := s.server("m", "MSDHCP")
	sc := s.scope("m", "10.0.0.0/24")
	s.server("a", "ISC")
	other := s.scope("a", "10.1.0.0/24")
	six := s.scope("m", "2001:db8::/64")
	s.text("AddDHCPPolicy", policy(sc, "phones", ""))
	s.text("AddDHCPPolicy", policy(sc, "printers", ""))
	for _, c := range []struct {
		params string
		code   errs.Code
		words  []string
	}{
		{`{}`, errs.Missing, []string{"ownerRef"}},
		{policy("nobody", "x", ""), errs.NotFound, []string{"nobody"}},
		{policy(other, "x", ""), errs.NotSupported, []string{"ISC"}},
		{policy("a", "x", ""), errs.NotSupported, []string{"ISC"}},
		{policy(six, "x", ""), errs.NotSupported, []string{"IPv6"}},
		{fmt.Sprintf(`{"ownerRef":%q}`, sc), errs.Missing, []string{"dhcpPolicy"}},
		{fmt.Sprintf(`{"ownerRef":%q,"dhcpPolicy":{"name":"x"}}`, sc), errs.Missing, []string{"logicalOperator"}},
		{fmt.Sprintf(`{"ownerRef":%q,"dhcpPolicy":{"name":"x","logicalOperator":"LogicalOr"}}`, sc), errs.Invalid, []string{"conditions"}},
		{policy(sc, "", ""), errs.Missing, []string{"dhcpPolicy.name"}},
		{policy(sc, "Phones", ""), errs.Conflict, []string{"dhcpPolicy.name", "Phones"}},
		{policy(sc, "x", `,"order":4`), errs.Invalid, []string{"dhcpPolicy.order", "3"}},
		{policy(m, "x", `,"ranges":[{"from":"10.0.0.1","to":"10.0.0.2"}]`), errs.Invalid, []string{"ranges"}},
		{policy(sc, "x", `,"ranges":[{"from":"10.0.1.1","to":"10.0.1.2"}]`), errs.Invalid, []string{"ranges.from", "10.0.1.1", "10.0.0.0/24"}},
		{policy(sc, "x", `,"ranges":[{"from":"10.0.0.9","to":"10.0.1.2"}]`), errs.Invalid, []string{"ranges.to", "10.0.1.2"}},
		{policy(sc, "x", `,"ranges":[{"from":"10.0.0.9","to":"10.0.0.2"}]`), errs.Invalid, []string{"ranges.to", "after"}},
		{policy(sc, "x", `,"ranges":[{"from":"ten","to":"10.0.0.2"}]`), errs.Invalid, []string{"ranges.from", "ten"}},
		{policy(sc, "x", `,"ranges":[{"from":"10.0.0.9"}]`), errs.Invalid, []string{"ranges.to"}},
		{policy(sc, "x", `,"ranges":[{"from":"10.0.0.1","to":"10.0.0.5"},{"from":"10.0.0.5","to":"10.0.0.6"}]`), errs.Conflict, []string{"ranges", "overlaps"}},
		{policy(sc, "x", `,"ddnsSettings":{"enabled":true,"useDNSSuffix":true}`), errs.Missing, []string{"dnsSuffix"}},
		{policy(sc, "x", `,"ddnsSettings":{"enabled":true,"dnsSuffix":"a..b"}`), errs.Invalid, []string{"dnsSuffix", "a..b"}},
		{policy(sc, "x", `,"leaseDuration":{"leaseSetting":"Limited"}`), errs.Missing, []string{"leaseDuration.leaseDuration"}},
		{policy(sc, "x", `,"leaseDuration":{"leaseDuration":5}`), errs.Missing, []string{"leaseSetting"}},
		{policy(sc, "x", `,"leaseDuration":{"leaseSetting":"Unlimited","leaseDuration":5}`), errs.Invalid, []string{"Limited"}},
	} {
		s.refused(c.code, "AddDHCPPolicy", c.params, c.words...)
	}
	for condition, word := range map[string]string{
		`{"comparisonType":"Equal","values":["x"]}`:                                          "conditionType",
		`{"conditionType":"MACAddress","values":["x"]}`:                                      "comparisonType",
		`{"conditionType":"MACAddress","comparisonType":"Equal","values":[]}`:                "values",
		`{"conditionType":"MACAddress","comparisonType":"Equal","values":["00112233"]}`:      "00112233",
		`{"conditionType":"MACAddress","comparisonType":"Equal","values":["001122334455*"]}`: "001122334455*",
		`{"conditionType":"MACAddress","comparisonType":"Equal","values":["00*11"]}`:         "00*11",
		`{"conditionType":"ClientIdentifier","comparisonType":"Equal","values":["hello"]}`:   "hello",
		`{"conditionType":"VendorClass","comparisonType":"Equal","values":["MSFT"," "]}`:     "values",
		`{"conditionType":"UserClass","comparisonType":"NotEqual","values":["a*b"]}`:         "a*b",
	} {
		_, err := s.try("AddDHCPPolicy", fmt.Sprintf(`{"ownerRef":%q,"dhcpPolicy":{"name":"x","logicalOperator":"LogicalOr","conditions":[%s]}}`, sc, condition))
		if code := errs.CodeOf(err); code != errs.Missing && code != errs.Invalid || !strings.Contains(errs.MessageOf(err), word) {
			t.Errorf("%s: %v", condition, err)
		}
	}
	for _, op := range []string{"ModifyDHCPPolicy", "RemoveDHCPPolicy"} {
		s.refused(errs.Missing, op, fmt.Sprintf(`{"ownerRef":%q,"dhcpPolicy":{"name":"x"}}`, sc), "dhcpPolicyName")
		s.refused(errs.NotFound, op, fmt.Sprintf(`{"ownerRef":%q,"dhcpPolicyName":"nobody","dhcpPolicy":{}}`, sc), "nobody", "10.0.0.0/24")
	}
	s.refused(errs.Missing, "ModifyDHCPPolicy", fmt.Sprintf(`{"ownerRef":%q,"dhcpPolicyName":"phones"}`, sc), "dhcpPolicy")
	s.refused(errs.Conflict, "ModifyDHCPPolicy", fmt.Sprintf(`{"ownerRef":%q,"dhcpPolicyName":"phones","dhcpPolicy":{"name":"PRINTERS"}}`, sc), "PRINTERS")
	s.refused(errs.Invalid, "ModifyDHCPPolicy", fmt.Sprintf(`{"ownerRef":%q,"dhcpPolicyName":"phones","dhcpPolicy":{"order":3}}`, sc), "order")
	s.refused(errs.Invalid, "ModifyDHCPPolicy", fmt.Sprintf(`{"ownerRef":%q,"dhcpPolicyName":"phones","dhcpPolicy":{"conditions":[]}}`, sc), "conditions")
	s.refused(errs.NotSupported, "GetDHCPPolicies", `{"ownerRef":"a"}`, "ISC")
}

func TestPolicyOptions(t *testing.T) {
	s := newService(t)
	m := s.server("m", "MSDHCP")
	sc := s.scope("m", "10.0.0.0/24")
	s.text("AddDHCPPolicy", policy(m, "phones", ""))
	s.text("AddDHCPPolicy", policy(sc, "Phones", ""))
	s.setOptions(m, "::3", "10.9.9.9", "::6", "10.9.9.1", "::15", "example", "::42", "10.9.9.2")
	s.text("SetDHCPOptions", optionsParams(m, `,"dhcpPolicyName":"phones"`, "::3", "10.9.9.8", "::6", "10.9.9.3", "::150", "10.9.9.4"))
	s.setOptions(sc, "::3", "10.0.0.1", "::42", "10.0.0.2")
	s.text("SetDHCPOptions", optionsParams(sc, `,"dhcpPolicyName":"PHONES"`, "::42", "10.0.0.3"))
	if got := s.text("GetDHCPOptions", fmt.Sprintf(`{"ref":%q,"dhcpPolicyName":"phones"}`, sc)); got != `{"ticket":2,"dhcpOptions":[{"option":"::42","value":"10.0.0.3"}]}` {
		t.Errorf("policy's: %s", got)
	}
	if got := s.options(sc); got != "::3=10.0.0.1 ::42=10.0.0.2" {
		t.Errorf("the scope's own: %s", got)
	}
	if got := s.inherited(fmt.Sprintf(`{"ref":%q}`, sc)); got != "m: ::6=10.9.9.1 ::15=example; 10.0.0.0/24: ::3=10.0.0.1 ::42=10.0.0.2" {
		t.Errorf("without a policy: %s", got)
	}
	if got := s.inherited(fmt.Sprintf(`{"ref":%q,"policyName":"phones"}`, sc)); got != "m: ::15=example; phones: ::6=10.9.9.3 ::150=10.9.9.4; 10.0.0.0/24: ::3=10.0.0.1; Phones: ::42=10.0.0.3" {
		t.Errorf("with a policy: %s", got)
	}
	s.refused(errs.NotFound, "GetInheritedDHCPOptions", fmt.Sprintf(`{"ref":%q,"policyName":"nobody"}`, sc), "nobody")
	s.refused(errs.NotFound, "SetDHCPOptions", optionsParams(sc, `,"dhcpPolicyName":"nobody"`, "::3", "10.0.0.1"), "dhcpPolicyName", "nobody")
	s.text("RemoveDHCPPolicy", fmt.Sprintf(`{"ownerRef":%q,"dhcpPolicyName":"phones"}`, sc))
	s.text("AddDHCPPolicy", policy(sc, "phones", ""))
	if got := s.text("GetDHCPOptions", fmt.Sprintf(`{"ref":%q,"dhcpPolicyName":"phones"}`, sc)); got != `{"ticket":1,"dhcpOptions":[]}` {
		t.Errorf("of a new policy: %s", got)
	}
	s.text("RemoveObject", `{"ref":"m","forceRemoval":true}`)
	if got := s.stored(); got != "" {
		t.Errorf("left: %s", got)
	}
}

func TestPolicyEnforcement(t *testing.T) {
	s := newService(t)
	m := s.server("m", "MSDHCP")
	sc := s.scope("m", "10.0.0.0/24")
	for _, owner := range []string{m, sc} {
		ask := fmt.Sprintf(`{"ownerRef":%q}`, owner)
		if got := s.text("GetDHCPPolicyEnforcement", ask); got != `{"enforcing":true}` {
			t.Errorf("at first: %s", got)
		}
		s.text("SetDHCPPolicyEnforcement", fmt.Sprintf(`{"ownerRef":%q,"enforce":false}`, owner))
		if got := s.text("GetDHCPPolicyEnforcement", ask); got != `{"enforcing":false}` {
			t.Errorf("off: %s", got)
		}
		s.refused(errs.Missing, "SetDHCPPolicyEnforcement", ask, "enforce")
	}
	s.text("SetDHCPPolicyEnforcement", fmt.Sprintf(`{"ownerRef":%q,"enforce":true}`, sc))
	if got := s.text("GetDHCPPolicyEnforcement", fmt.Sprintf(`{"ownerRef":%q}`, m)); got != `{"enforcing":false}` {
		t.Errorf("the server's: %s", got)
	}
	s.server("a", "ISC")
	s.refused(errs.NotSupported, "SetDHCPPolicyEnforcement", `{"ownerRef":"a","enforce":true}`, "ISC")
	s.refused(errs.NotSupported, "GetDHCPPolicyEnforcement", `{"ownerRef":"a"}`, "ISC")
}

func TestPoliciesReachTheFailoverPartner(t *testing.T) {
	s := newService(t)
	s.server("m", "MSDHCP")
	s.server("n", "MSDHCP")
	sc := s.scope("m", "10.0.0.0/24")
	s.pool(sc, "10.0.0.10", "10.0.0.99")
	s.text("AddDHCPPolicy", policy(sc, "phones", `,"ranges":[{"from":"10.0.0.50","to":"10.0.0.59"}]`))
	s.text("SetDHCPOptions", optionsParams(sc, `,"dhcpPolicyName":"phones"`, "::66", "tftp.example"))
	s.text("AddDHCPFailoverRelationship", fmt.Sprintf(`{"dhcpFailoverRelationship":{"name":"fo","primaryServer":"m","secondaryServer":"n","failoverMode":"LoadBalance","sharedSecret":"x","dhcpScopeRefs":[%q]}}`, sc))
	const twin = "{#7-#2}"
	if got := s.text("GetDHCPPolicies", fmt.Sprintf(`{"ownerRef":%q}`, twin)); got != s.text("GetDHCPPolicies", fmt.Sprintf(`{"ownerRef":%q}`, sc)) || !strings.Contains(got, "phones") {
		t.Errorf("joined: %s", got)
	}
	s.text("AddDHCPPolicy", policy(twin, "printers", `,"order":1`))
	s.text("SetDHCPOptions", optionsParams(twin, `,"dhcpPolicyName":"phones"`, "::66", "other.example"))
	s.text("SetDHCPPolicyEnforcement", fmt.Sprintf(`{"ownerRef":%q,"enforce":false}`, twin))
	if got := s.policies(sc); got != "1 printers, 2 phones" {
		t.Errorf("added there: %s", got)
	}
	if got := s.text("GetDHCPOptions", fmt.Sprintf(`{"ref":%q,"dhcpPolicyName":"phones"}`, sc)); !strings.Contains(got, "other.example") {
		t.Errorf("options set there: %s", got)
	}
	if got := s.text("GetDHCPPolicyEnforcement", fmt.Sprintf(`{"ownerRef":%q}`, sc)); got != `{"enforcing":false}` {
		t.Errorf("put out of force there: %s", got)
	}
	s.text("RemoveDHCPPolicy", fmt.Sprintf(`{"ownerRef":%q,"dhcpPolicyName":"phones"}`, sc))
	if got := s.policies(twin); got != "1 printers" {
		t.Errorf("removed here: %s", got)
	}
	s.text("ModifyDHCPPolicy", fmt.Sprintf(`{"ownerRef":%q,"dhcpPolicyName":"printers","dhcpPolicy":{"ranges":[{"from":"10.0.0.60","to":"10.0.0.69"}]}}`, sc))
	rng := s.names("GetRanges", `{}`, "ranges", "ref")
	s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"objType":"DHCPAddressPool","properties":{"to":"10.0.0.20"}}`, "{#10-#1}"))
	s.refused(errs.Conflict, "SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"name":"10.0.0.0/27"}}`, rng), "printers", "10.0.0.60-10.0.0.69")
}

// TestBlankPolicyNameIsNone asks for the options of a policy by a name that is
// white space, as positional clients send for none.
func TestBlankPolicyNameIsNone(t *testing.T) {
	s := newService(t)
	s.server("m", "MSDHCP")
	sc := s.scope("m", "10.0.0.0/24")
	s.text("AddDHCPPolicy", policy(sc, "phones", ""))
	s.setOptions(sc, "::3", "10.0.0.1")
	for _, name := range []string{"", " ", "\t"} {
		for _, c := range []struct{ operation, field string }{{"GetInheritedDHCPOptions", "policyName"}, {"GetDHCPOptions", "dhcpPolicyName"}} {
			got := s.text(c.operation, fmt.Sprintf(`{"ref":%q,%q:%q}`, sc, c.field, name))
			if !strings.Contains(got, `"value":"10.0.0.1"`) {
				t.Errorf("%s, %s %q: %s", c.operation, c.field, name, got)
			}
		}
	}
}
