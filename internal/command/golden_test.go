package command_test

import (
	"path/filepath"
	"strings"
	"testing"

	"halxml/internal/api"
	"halxml/internal/api/apitest"
	"halxml/internal/command"
	"halxml/wsdl/hal"
)

// TestListsOnTheWire holds an answer of every operation that lists something,
// byte for byte, to a file: over HTTP, from the furnished service.
func TestListsOnTheWire(t *testing.T) {
	s := furnished(t)
	shown := map[string]bool{}
	for _, c := range []struct{ operation, fields string }{
		{"GetDHCPServers", ""},
		{"GetRanges", ""},
		{"GetRangesWithStatistics", "<calculateUtilization>true</calculateUtilization><limit>3</limit>"},
		{"GetSubranges", "<parentRef>10.0.0.0/16</parentRef>"},
		{"GetIPAMRecords", "<addrRefs><ref>10.0.0.1</ref><ref>10.0.0.5</ref><ref>10.0.0.40</ref><ref>10.0.0.101</ref><ref>10.0.0.250</ref></addrRefs>"},
		{"GetAddressBlocks", "<rangeRef>10.0.0.0/24</rangeRef>"},
		{"GetAvailableAddressBlocks", "<rangeRef>10.0.0.0/16</rangeRef><mask>24</mask><limit>2</limit>"},
		{"GetAddressesInUse", "<ranges><range>10.0.0.0/24</range></ranges>"},
		{"GetRoutersForRange", "<rangeRef>10.0.1.0/24</rangeRef>"},
		{"GetRangeStatistics", "<rangeRef>10.0.0.0/16</rangeRef>"},
		{"GetDevices", ""},
		{"GetInterfaces", ""},
		{"GetDHCPScopes", ""},
		{"GetDHCPAddressPools", ""},
		{"GetDHCPAddressPoolPermitList", "<dhcpAddressPoolRef>{#10-#1}</dhcpAddressPoolRef>"},
		{"GetDHCPExclusions", ""},
		{"GetDHCPGroups", "<ownerRef>dhcp1.example.com.</ownerRef>"},
		{"GetDHCPReservations", "<ownerRef>{#7-#1}</ownerRef>"},
		{"GetDHCPLeases", "<dhcpScopeRef>{#7-#1}</dhcpScopeRef>"},
		{"GetDHCPConcurrentLeases", ""},
		{"GetDHCPLeaseHistory", "<field>IPAddress</field><filter>10.0.0.1</filter>"},
		{"ReportIPFromClientIdentifier", "<clientIdentifier>00:11:22:33:44:01</clientIdentifier>"},
		{"GetDHCPFailoverRelationships", ""},
		{"GetDHCPOptions", "<ref>dhcp1.example.com.</ref>"},
		{"GetInheritedDHCPOptions", "<ref>{#10-#1}</ref>"},
		{"ReportDHCPScopeOptions", "<reportType>HasValue</reportType><option>15</option>"},
		{"GetDHCPOptionDefinitions", "<ref>dhcp1.example.com.</ref>"},
		{"GetDHCPVendorAndUserClasses", "<dhcpServerRef>dhcp1.example.com.</dhcpServerRef>"},
		{"GetDHCPClassNames", "<dhcpServerRef>dhcp1.example.com.</dhcpServerRef>"},
		{"GetDHCPSubclasses", "<dhcpServerRef>dhcp1.example.com.</dhcpServerRef><dhcpClassName>phones</dhcpClassName>"},
		{"GetDHCPPolicies", "<ownerRef>office</ownerRef>"},
		{"GetSystemSettings", ""},
		{"GetFolders", ""},
		{"GetObjectsInFolder", "<folderRef>North</folderRef>"},
		{"GetAddressSpaces", ""},
		{"GetCustomFilters", ""},
		{"GetPropertyDefinitions", "<objType>Range</objType>"},
		{"GetObjects", "<objRefs><ref>{#3-#1}</ref><ref>lab</ref><ref>10.0.0.40</ref></objRefs>"},
		{"GetProperties", "<ref>{#7-#1}</ref>"},
		{"GetHistory", "<limit>4</limit>"},
	} {
		shown[c.operation] = true
		t.Run(c.operation, func(t *testing.T) {
			request := "POST /_mmwebext/mmwebext.dll?Soap HTTP/1.1\nContent-Type: text/xml; charset=utf-8\n\n" +
				`<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><` + c.operation + ` xmlns="http://menandmice.com/webservices/">` +
				"<session>%s</session>" + c.fields + "</" + c.operation + "></soap:Body></soap:Envelope>"
			server := apitest.Start(t, func(o *api.Options) { o.Dispatcher = s.command })
			answer := apitest.Exchange(server, strings.Replace(request, "%s", s.session, 1))
			if !strings.HasPrefix(answer, "HTTP/1.1 200 OK\n") {
				t.Errorf("the answer is %s", answer)
			}
			apitest.Same(t, filepath.Join("testdata", "wire", c.operation+".txt"), strings.Replace(request, "%s", "SESSION", 1), answer)
		})
	}
	for _, name := range command.Answered() {
		op, _, ok := hal.Lookup(name)
		if !ok {
			t.Fatalf("no operation %s", name)
		}
		for _, f := range op.Response.Fields {
			if f.List() && strings.HasPrefix(name, "Get") && !shown[name] {
				t.Errorf("%s lists %s, and no file shows it", name, f.Name)
			}
		}
	}
}
