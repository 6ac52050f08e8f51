package interop

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"halxml/internal/realtool"
)

// TestScriptsWithZeep does what public scripts do with ranges, addresses, scopes
// and reservations, by the same calls.
func TestScriptsWithZeep(t *testing.T) {
	printed := output(t, "testdata/zeep", realtool.Python(t, "zeep"), "scripts.py", startService(t), password)
	compare(t, printed, `server: {#3-#1} None
range: {#6-#1}
scope: {#7-#1}
pool: {#10-#1}
options: None
read back: ::3=10.1.2.1 ::6=192.0.2.53,192.0.2.54
ranges with room: 1 10.1.2.0/24
next free: 10.1.2.2
for somebody else: 10.1.2.3
before: 10.1.2.2 False Free
claim: None
after: 10.1.2.2 True Claimed
claimed: 1 10.1.2.2
release: None
again: 10.1.2.2
reservation: {#9-#1}
once more: 20003 dhcpReservation.name: the server has a reservation "printer-1" already
by clientIdentifier:^00-50-56-AB-CD-EF$: printer-1
by clientIdentifier="00-50-56-AB-CD-EF": printer-1
by "00-50-56-AB-CD-EF": printer-1
by clientIdentifier:^00:50:56:ab:cd:ef$: printer-1
by clientIdentifier="00:50:56:ab:cd:ef": printer-1
by "00:50:56:ab:cd:ef": printer-1
by clientIdentifier:^0050.56ab.cdef$: printer-1
by clientIdentifier="0050.56ab.cdef": printer-1
by "0050.56ab.cdef": printer-1
by clientIdentifier:^005056ABCDEF$: printer-1
by clientIdentifier="005056ABCDEF": printer-1
by "005056ABCDEF": printer-1
where is it: 10.1.2.20
move: None
now at: 10.1.2.21
next: 10.1.2.20
remove: None
removed: 2049 Object not found for reference "{#9-#1}" (dhcpReservationRef: no such DHCP reservation)
history: Deletion administrator gone
history: Modification administrator moved
history: Creation administrator new printer
no such range: 2049 Object not found for reference "10.9.9.0/24" (rangeRef: no such range)
no such scope: 2049 Object not found for reference "nowhere" (ownerRef: no such DHCP scope, group or server)
not an address: 20001 addrRef: "10.1.2.999" is not an IP address
take it down: None
left: 0 0
`)
}

// TestScriptsBySOAPLite passes arguments by position, as Perl scripts do.
func TestScriptsBySOAPLite(t *testing.T) {
	realtool.Works(t, "Perl's SOAP::Lite", "perl", "-MSOAP::Lite", "-e", "1")
	base := startService(t)
	c := newSOAPClient(t, base)
	c.call("AddDHCPServer", "<dhcpServer><name>dhcp1.example.com.</name><address>192.0.2.1</address><type>ISC</type></dhcpServer>")
	c.call("AddDHCPScope", "<dhcpScope><name>lab</name><rangeRef>10.1.2.0/24</rangeRef><dhcpServerRef>dhcp1.example.com.</dhcpServerRef></dhcpScope>")
	c.call("AddDHCPReservation", "<dhcpReservation><name>printer</name><clientIdentifier>00:50:56:00:00:01</clientIdentifier>"+
		"<addresses><address>10.1.2.1</address></addresses><ownerRef>lab</ownerRef></dhcpReservation>")
	compare(t, output(t, "testdata/perl", "perl", "scripts.pl", base, password), `ranges: 1 {#6-#1} 10.1.2.0/24
next free: 10.1.2.2
record: 10.1.2.2 false Free
records: 1 10.1.2.5
scopes: 1 lab
for a reservation: 10.1.2.2
reservations: 1 printer 10.1.2.1
remove: done
reservations left: 0
no range: 2049 Object not found for reference "10.9.9.0/24" (rangeRef: no such range)
beyond ASCII: as sent
`)
}

// TestScriptsByJSON does what public JSON-RPC clients do, in their spellings:
// properties as a map, names and CIDRs in place of references, null for what is
// not given, and collections before names.
func TestScriptsByJSON(t *testing.T) {
	url := startService(t) + soapPath
	session := ""
	// call sends what a client sends and compares the whole result with want,
	// which is JSON; white space aside.
	call := func(method, params, want string) answer {
		t.Helper()
		params = strings.TrimSuffix(strings.TrimSpace(params), "}")
		if session != "" {
			if params != "{" {
				params += ", "
			}
			params += `"session": "` + session + `"`
		}
		got := post(t, url, `{"jsonrpc": "2.0", "method": "`+method+`", "params": `+params+"}}")
		if got.status != http.StatusOK {
			t.Errorf("%s: HTTP %d", method, got.status)
		}
		if want == "" {
			return got
		}
		var expected any
		if err := json.Unmarshal([]byte(want), &expected); err != nil {
			t.Fatalf("%v in %s", err, want)
		}
		text := func(v any) string { b, _ := json.Marshal(v); return string(b) }
		result := got.member(t, "result")
		if result == nil {
			result = got.member(t, "error")
		}
		if text(result) != text(expected) {
			t.Errorf("%s %s:\n got %s\nwant %s", method, params, text(result), text(expected))
		}
		return got
	}
	session, _ = call("login", `{"server": null, "loginName": "administrator", "password": "`+password+`"}`, "").member(t, "result", "session").(string)

	// Provisioning.
	call("AddDHCPServer", `{"dhcpServer": {"name": "micetro.example.net.", "address": "192.0.2.1", "type": "ISC", "customProperties": []}}`, `{"ref": "{#3-#1}", "warning": ""}`)
	call("AddRange", `{"range": {"name": "172.16.17.0/24", "subnet": true, "customProperties": [{"name": "Title", "value": "Lab"}]}, "saveComment": "Ansible API"}`, `{"ref": "{#6-#1}"}`)
	call("AddDHCPScope", `{"dhcpScope": {"name": "my scope", "rangeRef": "Ranges/172.16.17.0/24", "dhcpServerRef": "DHCPServers/1", "description": "", "enabled": true}, "saveComment": "Ansible API"}`, `{"ref": "{#7-#1}"}`)
	const scope = `{"ref": "{#7-#1}", "name": "my scope", "rangeRef": "{#6-#1}", "dhcpServerRef": "{#3-#1}", "superscope": "", "description": "", "available": 0, "enabled": true}`
	for _, filter := range []string{
		`name=\"my scope\" AND rangeRef=Ranges/1 AND dhcpServerRef=DHCPServers/1`, `name=^\"my\"`, `name=@\"sco\"`, `name=$\"scope\"`,
		`dhcpServerRef=micetro.example.net`, `rangeRef=172.16.17.0/24`,
	} {
		call("GetDHCPScopes", `{"filter": "`+filter+`", "limit": null, "offset": null}`, `{"dhcpScopes": [`+scope+`], "totalResults": 1}`)
	}
	call("GetDHCPScopes", `{"filter": "name=other"}`, `{"dhcpScopes": [], "totalResults": 0}`)
	call("SetProperties", `{"ref": "DHCPScopes/1", "objType": "DHCPScope", "properties": {"description": "Lab", "enabled": "0"}, "deleteUnspecified": false}`, `""`)
	call("SetProperties", `{"ref": "DHCPScopes/1", "objType": "DHCPScope", "properties": [{"name": "enabled", "value": "true"}]}`, `""`)
	call("SetDHCPOptions", `{"ref": "{#7-#1}", "objType": "DHCPScope", "dhcpOptions": [{"option": "::3", "value": "172.16.17.1"}, {"option": "::6", "value": "192.0.2.53,192.0.2.54"}]}`, `""`)
	call("GetDHCPOptions", `{"ref": "my scope", "objType": "DHCPScope"}`, `{"ticket": 2, "dhcpOptions": [{"option": "::3", "value": "172.16.17.1"}, {"option": "::6", "value": "192.0.2.53,192.0.2.54"}]}`)

	// The network of an address, and the pages of a list.
	call("GetRangeByIPAddress", `{"addrRef": "172.16.17.2"}`, "")
	if name := call("GetRanges", `{"filter": "172.16.17.2"}`, "").member(t, "result", "totalResults"); name != 1.0 {
		t.Errorf("ranges that hold an address: %v", name)
	}
	call("GetRanges", `{"filter": "", "offset": 100, "limit": 100, "sortBy": "name", "sortOrder": "Ascending", "folderRef": null}`, `{"ranges": [], "totalResults": 1}`)

	// Claiming the next free address.
	call("GetNextFreeAddress", `{"rangeRef": "172.16.17.0/24", "ping": false, "excludeDHCP": true, "temporaryClaimTime": 2}`, `{"address": "172.16.17.2"}`)
	record := call("GetIPAMRecord", `{"addrRef": "IPAMRecords/172.16.17.2"}`, "")
	ref, _ := record.member(t, "result", "ipamRecord", "addrRef").(string)
	for _, list := range []string{"dnsHosts", "dhcpReservations", "dhcpLeases", "customProperties"} {
		if _, ok := record.member(t, "result", "ipamRecord", list).([]any); !ok {
			t.Errorf("%s is no list: %s", list, record.body)
		}
	}
	call("SetProperties", `{"ref": "`+ref+`", "properties": [{"name": "claimed", "value": "true"}]}`, `""`)
	call("GetNextFreeAddress", `{"rangeRef": "{#6-#1}", "excludeDHCP": true}`, `{"address": "172.16.17.3"}`)
	claimed := call("GetIPAMRecords", `{"rangeRef": "172.16.17.0/24", "limit": 5, "filter": "state=Claimed"}`, "")
	if claimed.member(t, "result", "totalResults") != 1.0 {
		t.Errorf("claimed: %s", claimed.body)
	}
	one := `{"addrRef": "` + ref + `", "address": "172.16.17.2", "claimed": %, "dnsHosts": [], "dhcpReservations": [], "dhcpLeases": [], "discoveryType": "None", "customProperties": []}`
	call("SetIPAMRecord", `{"ipamRecordBefore": `+strings.Replace(one, "%", "true", 1)+`, "ipamRecordAfter": `+strings.Replace(one, "%", "false", 1)+`, "saveComment": null}`, `{"errors": []}`)
	call("GetNextFreeAddress", `{"rangeRef": "{#6-#1}", "excludeDHCP": true}`, `{"address": "172.16.17.2"}`)
	call("RemoveObject", `{"ref": "IPAMRecords/172.16.17.2", "objType": "IPAddress"}`, `""`)

	// Reservations by hardware address, in any owner.
	call("AddDHCPReservation", `{"dhcpReservation": {"name": "terraform-1", "clientIdentifier": "44:55:66:77:88:99", "reservationMethod": "HardwareAddress", "type": "BOTH",`+
		` "addresses": ["172.16.17.9"], "ddnsHostName": "t1.example.net", "filename": "", "serverName": "", "nextServer": "", "ownerRef": "my scope"}, "saveComment": "created by terraform"}`, `{"ref": "{#9-#1}"}`)
	call("AddDHCPReservation", `{"dhcpReservation": {"name": "terraform-2", "clientIdentifier": "44-55-66-77-88-00", "addresses": [], "ownerRef": "DHCPServers/micetro.example.net."}}`, `{"ref": "{#9-#2}"}`)
	call("GetDHCPReservation", `{"dhcpReservationRef": "DHCPReservations/2"}`, `{"dhcpReservation": {"ref": "{#9-#2}", "name": "terraform-2", "clientIdentifier": "44:55:66:77:88:00", "addresses": [],`+
		` "type": "BOTH", "reservationMethod": "HardwareAddress", "description": "", "ddnsHostName": "", "filename": "", "serverName": "", "nextServer": "", "ownerRef": "{#3-#1}"}}`)
	if total := call("GetDHCPReservations", `{"ownerRef": "DHCPScopes/1", "filter": "clientIdentifier=\"44-55-66-77-88-99\""}`, "").member(t, "result", "totalResults"); total != 1.0 {
		t.Errorf("reservations by hardware address: %v", total)
	}
	call("SetProperties", `{"ref": "terraform-1", "objType": "DHCPReservation", "saveComment": "Ansible API", "deleteUnspecified": true, "properties": [{"name": "addresses", "value": "172.16.17.10"}]}`, `""`)
	call("GetNextFreeReservationAddress", `{"objRef": "Ranges/1", "startAddress": "172.16.17.9"}`, `{"address": "172.16.17.9"}`)
	call("RemoveObjects", `{"objRefs": ["{#9-#1}", "{#9-#2}"], "saveComment": "deleted"}`, `{"errors": []}`)

	// What is wrong is an error, with HTTP's 200.
	call("RemoveObject", `{"ref": "{#9-#1}", "objType": "DHCPReservation"}`, `{"code": 2049, "message": "Object not found for reference \"{#9-#1}\" (ref: no such DHCP reservation)"}`)
	call("GetRange", `{"rangeRef": "192.168.2.0-192.168.2.254"}`, `{"code": 2049, "message": "Object not found for reference \"192.168.2.0-192.168.2.254\" (rangeRef: no such range)"}`)
}
