package command_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestOptionListsInXML holds the answers about options, classes and policies to
// the elements and order of the WSDL.
func TestOptionListsInXML(t *testing.T) {
	s := newService(t)
	s.server("a", "ISC")
	sc := s.scope("a", "10.0.0.0/24")
	p := s.pool(sc, "10.0.0.10", "10.0.0.19")
	s.text("AddDHCPOptionDefinition", define("a", "R&D::7", "url", "String", ""))
	s.setOptions("a", "R&D:guests:url", "http://x/?a&b", "::15", "corp.example")
	s.setOptions(sc, "::3", "10.0.0.1,10.0.0.2")
	s.text("SetDHCPAddressPoolPermitList", fmt.Sprintf(`{"dhcpAddressPoolRef":%q,"dhcpAddressPoolPermits":[{"permit":"MembersOfDHCPClass","access":"Allow","className":"phones"}]}`, p))
	s.text("SetDHCPSubclasses", `{"dhcpServerRef":"a","dhcpClassName":"phones","dhcpSubclasses":["00-11-22-33-44-55","<desk>"]}`)
	s.server("m", "MSDHCP")
	ms := s.scope("m", "10.1.0.0/24")
	s.text("AddDHCPPolicy", policy(ms, "phones", `,"ranges":[{"from":"10.1.0.5","to":"10.1.0.9"}],"ddnsSettings":{"enabled":false},"leaseDuration":{"leaseSetting":"Unlimited"}`))
	s.text("AddDHCPPolicy", policy(ms, "plain", ""))
	for _, c := range []struct{ operation, params, want string }{
		{"GetDHCPOptions", `{"ref":"a"}`, `
			<ticket>2</ticket><dhcpOptions><dhcpOption><option>::15</option><value>corp.example</value></dhcpOption>
			<dhcpOption><option>R&amp;D:guests:7</option><value>http://x/?a&amp;b</value></dhcpOption></dhcpOptions>`},
		{"GetDHCPOptions", fmt.Sprintf(`{"ref":%q}`, p), `<ticket>1</ticket><dhcpOptions></dhcpOptions>`},
		{"GetInheritedDHCPOptions", fmt.Sprintf(`{"ref":%q}`, p), `
			<inheritedDHCPOptions><sourcedDHCPOptions><source><ref>{#3-#1}</ref><objType>DHCPServer</objType><name>a</name></source>
			<dhcpOptions><dhcpOption><option>::15</option><value>corp.example</value></dhcpOption>
			<dhcpOption><option>R&amp;D:guests:7</option><value>http://x/?a&amp;b</value></dhcpOption></dhcpOptions></sourcedDHCPOptions>
			<sourcedDHCPOptions><source><ref>{#7-#1}</ref><objType>DHCPScope</objType><name>10.0.0.0/24</name></source>
			<dhcpOptions><dhcpOption><option>::3</option><value>10.0.0.1,10.0.0.2</value></dhcpOption></dhcpOptions></sourcedDHCPOptions>
			</inheritedDHCPOptions>`},
		{"ReportDHCPScopeOptions", `{"reportType":"HasValue","option":15}`, `
			<entries><entry><dhcpServerName>a</dhcpServerName><dhcpScopeName>10.0.0.0/24</dhcpScopeName>
			<optionValue>corp.example</optionValue><inherited>true</inherited></entry></entries>`},
		{"GetDHCPVendorAndUserClasses", `{"dhcpServerRef":"a"}`, `
			<dhcpVendorClasses><dhcpOptionClass><name>R&amp;D</name><identifier>R&amp;D</identifier></dhcpOptionClass></dhcpVendorClasses>
			<dhcpUserClasses><dhcpOptionClass><name>guests</name><identifier>guests</identifier></dhcpOptionClass></dhcpUserClasses>`},
		{"GetDHCPClassNames", `{"dhcpServerRef":"a"}`, `<dhcpClassNames><string>phones</string></dhcpClassNames>`},
		{"GetDHCPSubclasses", `{"dhcpServerRef":"a","dhcpClassName":"phones"}`,
			`<dhcpSubclasses><string>00:11:22:33:44:55</string><string>&lt;desk&gt;</string></dhcpSubclasses>`},
		{"GetDHCPPolicies", fmt.Sprintf(`{"ownerRef":%q}`, ms), `
			<dhcpPolicies><dhcpPolicy><name>phones</name><order>1</order><enabled>true</enabled><logicalOperator>LogicalOr</logicalOperator>
			<ranges><dhcpPolicyRange><from>10.1.0.5</from><to>10.1.0.9</to></dhcpPolicyRange></ranges>
			<conditions><dhcpPolicyCondition><conditionType>MACAddress</conditionType><comparisonType>Equal</comparisonType>
			<values><string>001122*</string></values></dhcpPolicyCondition></conditions>
			<ddnsSettings><enabled>false</enabled><alwaysUpdate>false</alwaysUpdate><discardRecords>true</discardRecords>
			<forceForNoneRequestingClients>false</forceForNoneRequestingClients><disablePTRUpdates>false</disablePTRUpdates>
			<useDNSSuffix>false</useDNSSuffix></ddnsSettings><leaseDuration><leaseSetting>Unlimited</leaseSetting></leaseDuration></dhcpPolicy>
			<dhcpPolicy><name>plain</name><order>2</order><enabled>true</enabled><logicalOperator>LogicalOr</logicalOperator>
			<ranges></ranges><conditions><dhcpPolicyCondition><conditionType>MACAddress</conditionType><comparisonType>Equal</comparisonType>
			<values><string>001122*</string></values></dhcpPolicyCondition></conditions></dhcpPolicy></dhcpPolicies>`},
		{"GetDHCPPolicyEnforcement", fmt.Sprintf(`{"ownerRef":%q}`, ms), `<enforcing>true</enforcing>`},
	} {
		var want strings.Builder
		for _, line := range strings.Split(c.want, "\n") {
			want.WriteString(strings.TrimSpace(line))
		}
		if got := s.xml(c.operation, c.params); got != want.String() {
			t.Errorf("%s %s:\n%s, want\n%s", c.operation, c.params, got, want.String())
		}
	}
	definitions := s.xml("GetDHCPOptionDefinitions", `{"ref":"a"}`)
	if want := `<dhcpOptionDefinition><option>R&amp;D::7</option><name>url</name><type>String</type><array>false</array></dhcpOptionDefinition>`; !strings.Contains(definitions, want) {
		t.Errorf("%s is not in %s", want, definitions)
	}
}
