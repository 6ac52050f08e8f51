package command_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"halxml/internal/errs"
)

func TestUtilization(t *testing.T) {
	s := newService(t)
	s.add("AddDHCPServer", `{"dhcpServer":{"name":"ms","type":"MSDHCP"}}`)
	s.add("AddRange", `{"range":{"name":"10.0.0.0/8","isContainer":true}}`)
	s.add("AddDHCPScope", `{"dhcpScope":{"name":"lan","rangeRef":"10.0.0.0/29","dhcpServerRef":"ms"}}`)
	s.add("AddDHCPAddressPool", `{"dhcpAddressPool":{"from":"10.0.0.1","to":"10.0.0.6","dhcpScopeRef":"lan"}}`)
	s.add("AddRange", `{"range":{"name":"10.0.8.0/21"}}`)
	s.add("AddRange", `{"range":{"name":"2001:db8::/32","subnet":true}}`)
	s.add("AddRange", `{"range":{"name":"2001:db8::/64"}}`)
	check := func(name, used, free, inside, percent string, utilization int) {
		t.Helper()
		want := fmt.Sprintf(`{"used":[%q],"free":[%q],"numInSubranges":[%q],"percentInSubranges":%q}`, used, free, inside, percent)
		if got := s.text("GetRangeStatistics", `{"rangeRef":"`+name+`"}`); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
		if got := s.get("GetRange", `{"rangeRef":"`+name+`"}`)["range"].(map[string]any)["utilizationPercentage"]; got != float64(utilization) {
			t.Errorf("%s: %v %%, want %d", name, got, utilization)
		}
		with := s.get("GetRangesWithStatistics", `{"calculateUtilization":true,"filter":"name=`+name+`"}`)["rangesWithStatistics"].([]any)[0].(map[string]any)
		if with["used"] != used || with["free"] != free || with["utilization"] != float64(utilization) {
			t.Errorf("%s in the list: %v", name, with)
		}
	}
	check("10.0.0.0/29", "0", "6", "0", "0", 0) // a pool uses no address
	check("10.0.0.0/8", "0", "16777216", "2056", "0", 0)
	check("2001:db8::/32", "0", "79228162514264337593543950335", "18446744073709551616", "0", 0)

	s.add("AddDHCPReservation", `{"dhcpReservation":{"name":"a","clientIdentifier":"00:11:22:33:44:55","addresses":["10.0.0.1"],"ownerRef":"lan"}}`)
	for _, a := range []string{"10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.7.255", "10.0.8.0", "10.0.9.1", "10.0.15.255", "10.0.16.0", "2001:db8::7"} {
		s.claim(a)
	}
	check("10.0.0.0/29", "4", "3", "0", "0", 57) // the network address is claimed, but not free without that
	check("10.0.8.0/21", "3", "2045", "0", "0", 0)
	check("10.0.0.0/8", "9", "16777207", "2056", "0", 0)
	check("2001:db8::/64", "1", "18446744073709551615", "0", "0", 0)
	for _, a := range []string{"10.0.0.4", "10.0.0.5", "10.0.0.6"} {
		s.claim(a)
	}
	check("10.0.0.0/29", "7", "0", "0", "0", 100)

	if got := s.names("GetRanges", `{"filter":"utilizationPercentage>50"}`, "ranges", "name"); got != "10.0.0.0/29" {
		t.Errorf("more than half full: %s", got)
	}
	s.text("RemoveObject", `{"ref":"10.0.0.6","objType":"IPAddress"}`)
	if got := s.names("GetRanges", `{"filter":"utilizationPercentage=100"}`, "ranges", "name"); got != "" {
		t.Errorf("full after a release: %s", got)
	}
	if got := s.text("GetRangesWithStatistics", `{"calculateUtilization":false,"filter":"name=10.0.0.0/29"}`); !strings.Contains(got, `"used":"","free":"","utilization":-1}`) {
		t.Errorf("not calculated: %s", got)
	}
	if got := s.names("GetProperties", `{"ref":"10.0.0.0/29","objType":"Range"}`, "properties", "value"); !strings.Contains(got, " 85 ") {
		t.Errorf("as a property: %s", got)
	}
	s.refused(errs.NotFound, "GetRangeStatistics", `{"rangeRef":"10.77.0.0/29"}`, "rangeRef")
	s.refused(errs.Invalid, "GetRangesWithStatistics", `{"sortBy":"colour"}`, "sortBy", "colour")
}

func TestAddressBlocks(t *testing.T) {
	s := newService(t)
	s.add("AddRange", `{"range":{"name":"10.0.0.0/24"}}`)
	blocks := func(operation, params string) string {
		t.Helper()
		var all []string
		for _, b := range s.get(operation, params)["addressBlocks"].([]any) {
			b := b.(map[string]any)
			all = append(all, b["from"].(string)+"-"+b["to"].(string))
		}
		return strings.Join(all, " ")
	}
	if got := blocks("GetAddressBlocks", `{"rangeRef":"10.0.0.0/24"}`); got != "10.0.0.0-10.0.0.255" {
		t.Errorf("without ranges below: %s", got)
	}
	for _, name := range []string{"10.0.0.0/28", "10.0.0.4/30", "10.0.0.16/28", "10.0.0.128/26", "10.0.0.200-10.0.0.207", "10.0.0.255-10.0.0.255"} {
		s.add("AddRange", `{"range":{"name":"`+name+`"}}`)
	}
	if got := blocks("GetAddressBlocks", `{"rangeRef":"10.0.0.0/24"}`); got != "10.0.0.32-10.0.0.127 10.0.0.192-10.0.0.199 10.0.0.208-10.0.0.254" {
		t.Errorf("between ranges: %s", got)
	}
	s.claim("10.0.0.70")
	later := func() { s.now = s.now.Add(time.Hour) }
	for params, want := range map[string]string{
		`"mask":28`:                                     "10.0.0.32-10.0.0.47 10.0.0.48-10.0.0.63 10.0.0.80-10.0.0.95 10.0.0.96-10.0.0.111 10.0.0.112-10.0.0.127 10.0.0.208-10.0.0.223 10.0.0.224-10.0.0.239",
		`"mask":28,"limit":2`:                           "10.0.0.32-10.0.0.47 10.0.0.48-10.0.0.63",
		`"mask":27,"startAddress":"10.0.0.33"`:          "10.0.0.96-10.0.0.127",
		`"size":16,"limit":1`:                           "10.0.0.32-10.0.0.47",
		`"size":30,"limit":3`:                           "10.0.0.32-10.0.0.61 10.0.0.71-10.0.0.100 10.0.0.208-10.0.0.237",
		`"size":9,"limit":1,"startAddress":"10.0.0.90"`: "10.0.0.32-10.0.0.40", // only together with mask
		`"mask":24`:                                     "",
		``:                                              "",
		`"size":4000000000`:                             "",
	} {
		later()
		if params != "" {
			params = "," + params
		}
		if got := blocks("GetAvailableAddressBlocks", `{"rangeRef":"10.0.0.0/24"`+params+`}`); got != want {
			t.Errorf("%s: %s, want %s", params, got, want)
		}
	}

	// Who asks next gets others, until the time is over or the range is made.
	later()
	const one = `{"rangeRef":"10.0.0.0/24","mask":28,"limit":1}`
	if a, b := blocks("GetAvailableAddressBlocks", one), blocks("GetAvailableAddressBlocks", one); a != "10.0.0.32-10.0.0.47" || b != "10.0.0.48-10.0.0.63" {
		t.Errorf("two callers got %s and %s", a, b)
	}
	if got := s.free(`{"rangeRef":"10.0.0.0/24"}`); got != "10.0.0.64" {
		t.Errorf("the next free address is %s", got)
	}
	s.add("AddRange", `{"range":{"name":"10.0.0.48/28"}}`)
	if got := s.free(`{"rangeRef":"10.0.0.48/28"}`); got != "10.0.0.48" {
		t.Errorf("in the new range: %s", got)
	}
	later()
	if got := blocks("GetAvailableAddressBlocks", one); got != "10.0.0.32-10.0.0.47" {
		t.Errorf("later: %s", got)
	}

	s.add("AddRange", `{"range":{"name":"10.1.0.0/24","subnet":true}}`)
	if got := blocks("GetAvailableAddressBlocks", `{"rangeRef":"10.1.0.0/24","mask":25}`); got != "" {
		t.Errorf("in a subnet: %s", got)
	}
	if got := blocks("GetAvailableAddressBlocks", `{"rangeRef":"10.1.0.0/24","mask":25,"ignoreSubnetFlag":true}`); got != "10.1.0.0-10.1.0.127 10.1.0.128-10.1.0.255" {
		t.Errorf("in a subnet all the same: %s", got)
	}
	s.add("AddRange", `{"range":{"name":"2001:db8::/32"}}`)
	if got := blocks("GetAvailableAddressBlocks", `{"rangeRef":"2001:db8::/32","limit":2}`); got != "2001:db8::-2001:db8::ffff:ffff:ffff:ffff 2001:db8:0:1::-2001:db8:0:1:ffff:ffff:ffff:ffff" {
		t.Errorf("in IPv6: %s", got)
	}
	s.add("AddRange", `{"range":{"name":"255.255.255.0/24"}}`)
	if got := blocks("GetAvailableAddressBlocks", `{"rangeRef":"255.255.255.0/24","size":100}`); got != "255.255.255.0-255.255.255.99 255.255.255.100-255.255.255.199" {
		t.Errorf("at the end of all addresses: %s", got)
	}
	if got := blocks("GetAvailableAddressBlocks", `{"rangeRef":"255.255.255.0/24","mask":31,"startAddress":"255.255.255.253"}`); got != "255.255.255.254-255.255.255.255" {
		t.Errorf("the last block of all: %s", got)
	}

	for _, operation := range []string{"GetAddressBlocks", "GetAvailableAddressBlocks"} {
		s.refused(errs.Missing, operation, `{}`, "rangeRef")
		s.refused(errs.NotFound, operation, `{"rangeRef":"10.9.0.0/24"}`, "rangeRef", "10.9.0.0/24")
	}
	for params, words := range map[string][]string{
		`"mask":33`:                              {"mask", "33", "32"},
		`"mask":24,"size":8`:                     {"size", "alternative to mask"},
		`"mask":24,"startAddress":"x"`:           {"startAddress", `"x"`},
		`"mask":24,"startAddress":"10.0.1.0"`:    {"startAddress", "10.0.1.0", "outside"},
		`"mask":24,"startAddress":"2001:db8::1"`: {"startAddress", "outside"},
	} {
		s.refused(errs.Invalid, "GetAvailableAddressBlocks", `{"rangeRef":"10.0.0.0/24",`+params+`}`, words...)
	}
}
