package check_test

import (
	"fmt"
	"strings"
	"testing"

	"halxml/internal/kea/check"
	"halxml/internal/kea/conf"
)

// pairText is a good configuration of one server of a pair, without the hooks' folder.
const pairText = `{"Dhcp4": {
"control-socket": {"socket-type": "unix", "socket-name": "@DIR@/a.sock"},
"lease-database": {"type": "memfile", "persist": false},
"hooks-libraries": [
  {"library": "@HOOKS@/libdhcp_lease_cmds.so"},
  {"library": "@HOOKS@/libdhcp_ha.so", "parameters": {"high-availability": [{
    "this-server-name": "a", "mode": "load-balancing", "heartbeat-delay": 10000, "max-response-delay": 60000,
    "peers": [{"name": "a", "url": "http://127.0.0.1:18000/", "role": "primary"},
              {"name": "b", "url": "http://127.0.0.1:18001/", "role": "secondary"}]}]}}],
"shared-networks": [{"name": "wire", "subnet4": [{"subnet": "10.0.1.0/24", "id": 2}]}],
"subnet4": [{"subnet": "10.0.0.0/24", "id": 1,
  "pools": [{"pool": "10.0.0.10 - 10.0.0.99", "client-class": "HA_a"}, {"pool": "10.0.0.128/25", "client-class": "HA_b"}],
  "reservations": [{"hw-address": "02:00:00:00:00:01", "ip-address": "10.0.0.1"}]}]}}`

// change is the good configuration with some parts replaced, each of which must be there.
func change(t *testing.T, replacements ...string) string {
	t.Helper()
	text := pairText
	for i := 0; i < len(replacements); i += 2 {
		if !strings.Contains(text, replacements[i]) {
			t.Fatalf("the text does not hold %s", replacements[i])
		}
		text = strings.Replace(text, replacements[i], replacements[i+1], 1)
	}
	return text
}

func read(t *testing.T, text string) *conf.File {
	t.Helper()
	f, err := conf.Parse("kea.conf", []byte(text), nil)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return f
}

// fault is a change that makes a good configuration bad.
type fault struct {
	name    string
	change  []string
	finding string // path: severity: text of one finding, or a part of it
	// kea says when Kea 2.2 itself refuses it: with -t, when it starts, or never.
	kea string
}

const ha = "Dhcp4.hooks-libraries[1].parameters.high-availability"

var faults = []fault{
	{"this server unnamed", []string{`"this-server-name": "a",`, ``}, ha + "[0]: error: this-server-name is missing", "start"},
	{"this server no peer", []string{`"this-server-name": "a"`, `"this-server-name": "A"`}, ha + `[0].this-server-name: error: "A" is not among`, "start"},
	{"unknown mode", []string{`load-balancing`, `balancing`}, ha + `[0].mode: error: "balancing" is no mode`, "start"},
	{"role of another mode", []string{`"secondary"`, `"standby"`}, `.peers[1].role: error: "standby" is no role in the mode load-balancing`, "start"},
	{"secondary in hot standby", []string{`load-balancing`, `hot-standby`}, `.peers[1].role: error: "secondary" is no role in the mode hot-standby`, "start"},
	{"two primaries", []string{`"secondary"`, `"primary"`}, `.peers[1].role: error: There are two peers with the role primary`, "start"},
	{"no secondary", []string{`"secondary"`, `"backup"`}, `.peers: error: The mode load-balancing needs a peer with the role secondary`, "start"},
	{"two of a name", []string{`"name": "b"`, `"name": "a"`}, `.peers[1].name: error: Two peers are called "a"`, "start"},
	{"host name", []string{`127.0.0.1:18001`, `kea2:18001`}, `.peers[1].url: error: "http://kea2:18001/" of peer "b" is no address with a port`, "start"},
	{"no scheme", []string{`http://127.0.0.1:18001`, `127.0.0.1:18001`}, `.url: error: "127.0.0.1:18001/" of peer "b" does not begin with http`, "start"},
	{"upper case scheme", []string{`http://127.0.0.1:18001`, `HTTP://127.0.0.1:18001`}, `does not begin with http`, "start"},
	{"https without certificates", []string{`http://127.0.0.1:18001`, `https://127.0.0.1:18001`}, `.url: error: https needs trust-anchor`, "start"},
	{"port 0", []string{`127.0.0.1:18001`, `127.0.0.1:0`}, `has port 0`, "never"},
	{"port too large", []string{`127.0.0.1:18001`, `127.0.0.1:99999`}, `is no address with a port`, "never"},
	{"no server's address", []string{`127.0.0.1:18001`, `0.0.0.0:18001`}, `is the address of no server`, "never"},
	{"both at one place", []string{`127.0.0.1:18001`, `127.0.0.1:18000`}, `.peers[1].url: error: Peers "a" and "b" are both at 127.0.0.1:18000`, "never"},
	{"delay too large", []string{`60000`, `65536`}, `.max-response-delay: error: 65536 is not in 0..65535`, "start"},
	{"negative heartbeat", []string{`10000`, `-1`}, `.heartbeat-delay: error: -1 is not in 0..65535`, "start"},
	{"unacked too many", []string{`"heartbeat-delay"`, `"max-unacked-clients": 4294967296, "heartbeat-delay"`}, `4294967296 is not in 0..4294967295`, "start"},
	{"impatient", []string{`60000`, `5000`}, `.max-response-delay: warning: 5000 ms are no longer than the heartbeat of 10000 ms`, "never"},
	{"waits for backups", []string{`"heartbeat-delay"`, `"wait-backup-ack": true, "heartbeat-delay"`}, `.wait-backup-ack: error: Only the mode passive-backup`, "start"},
	{"misspelt key", []string{`heartbeat-delay`, `hartbeat-delay`}, `[0].hartbeat-delay: warning: Kea does not know the key`, "never"},
	{"two relationships", []string{`"secondary"}]}]`, `"secondary"}]},{"this-server-name": "a"}]`}, ha + `: error: Exactly one relationship is allowed, there are 2`, "start"},
	{"lease commands not loaded", []string{`{"library": "@HOOKS@/libdhcp_lease_cmds.so"},`, ``}, `hooks-libraries[0]: error: High availability needs the library libdhcp_lease_cmds.so`, "never"},
	{"lease commands twice", []string{`{"library": "@HOOKS@/libdhcp_lease_cmds.so"},`, `{"library": "@HOOKS@/libdhcp_lease_cmds.so"},{"library": "@HOOKS@/libdhcp_lease_cmds.so"},`}, `[1]: warning: The library libdhcp_lease_cmds.so is loaded twice`, "never"},
	{"high availability twice", []string{`"secondary"}]}]}}],`, `"secondary"}]}]}}, {"library": "@HOOKS@/libdhcp_ha.so", "parameters": {"high-availability": [{}]}}],`}, `[2]: error: The library libdhcp_ha.so is loaded twice`, "start"},
	{"no control socket", []string{`"control-socket": {"socket-type": "unix", "socket-name": "@DIR@/a.sock"},`, ``}, `[0]: error: Without a control socket`, "never"},
	{"listener without threads", []string{`"heartbeat-delay"`, `"multi-threading": {"http-dedicated-listener": true}, "heartbeat-delay"`}, `http-dedicated-listener needs enable-multi-threading`, "never"},
	{"listener of a single-threaded server", []string{`"heartbeat-delay"`, `"multi-threading": {"enable-multi-threading": true, "http-dedicated-listener": true}, "heartbeat-delay"`,
		`"control-socket"`, `"multi-threading": {"enable-multi-threading": false}, "control-socket"`}, `Dhcp4.multi-threading: error: A dedicated listener`, "never"},
	{"class of no peer", []string{`HA_b`, `HA_c`}, `Dhcp4.subnet4[0].pools[1].client-class: error: HA_c names no peer`, "never"},
	{"nothing for one peer", []string{`HA_b`, `HA_a`}, `Dhcp4: warning: No pool is for the clients of peer "b" (class HA_b)`, "never"},
	{"pool of both", []string{`, "client-class": "HA_b"`, ``}, `Dhcp4.subnet4[0].pools[1]: warning: The pool has no class`, "never"},
	{"class of the standby", []string{`load-balancing`, `hot-standby`, `"secondary"`, `"standby"`}, `pools[1].client-class: warning: HA_b is the class of a peer that serves only when`, "never"},
	{"comma too many", []string{`"persist": false}`, `"persist": false,}`}, `kea.conf:3: warning: The comma separates nothing`, "never"},
	{"subnet within another", []string{`10.0.1.0/24`, `10.0.0.64/26`}, `Dhcp4.shared-networks[0].subnet4[0]: warning: Subnet 10.0.0.64/26 lies in subnet 10.0.0.0/24`, "never"},
	{"subnet twice", []string{`10.0.1.0/24`, `10.0.0.0/24`}, `Subnet 10.0.0.0/24 is there twice`, "-t"},
	{"id twice", []string{`"id": 2`, `"id": 1`}, `error: Subnets 10.0.1.0/24 and 10.0.0.0/24 have the same id 1`, "-t"},
	{"no id", []string{`, "id": 2`, ``, `"id": 1`, `"id": 7`}, `Subnet 10.0.1.0/24 has no id`, "never"},
	{"id too large", []string{`"id": 2`, `"id": 4294967295`}, `4294967295 is not in 1..4294967294`, "-t"},
	{"no prefix", []string{`10.0.1.0/24`, `10.0.1.0`}, `"10.0.1.0" is no prefix of IPv4`, "-t"},
	{"prefix of the other family", []string{`10.0.1.0/24`, `2001:db8::/64`}, `"2001:db8::/64" is no prefix of IPv4`, "-t"},
	{"bits of a host", []string{`10.0.1.0/24`, `10.0.1.7/24`}, `warning: 10.0.1.7/24 is the subnet 10.0.1.0/24`, "never"},
	{"pool elsewhere", []string{`10.0.0.10 -`, `10.0.1.10 -`}, `pools[0].pool: error: "10.0.1.10 - 10.0.0.99" is neither`, "-t"},
	{"pool outside", []string{`10.0.0.128/25`, `10.0.1.128/25`}, `pools[1].pool: error: 10.0.1.128/25 does not lie in subnet 10.0.0.0/24`, "-t"},
	{"pools overlap", []string{`10.0.0.99`, `10.0.0.128`}, `pools[1]: error: Pools 10.0.0.10 - 10.0.0.128 and 10.0.0.128 - 10.0.0.255 overlap`, "-t"},
	{"network twice", []string{`"shared-networks": [`, `"shared-networks": [{"name": "wire"},`}, `Dhcp4.shared-networks[1].name: error: Two shared networks are called "wire"`, "-t"},
	{"network without name", []string{`"name": "wire", `, ``}, `Dhcp4.shared-networks[0]: error: The shared network has no name`, "-t"},
	{"reserved elsewhere", []string{`"ip-address": "10.0.0.1"`, `"ip-address": "10.0.1.1"`}, `reservations[0]: error: 10.0.1.1 does not lie in subnet 10.0.0.0/24`, "-t"},
	{"reserved for nobody", []string{`"hw-address": "02:00:00:00:00:01", `, ``}, `reservations[0]: error: A reservation has one identifier of its client, this has 0`, "-t"},
	{"address reserved twice", []string{`"10.0.0.1"}`, `"10.0.0.1"}, {"hw-address": "02:00:00:00:00:02", "ip-address": "10.0.0.1"}`}, `reservations[1]: error: The address 10.0.0.1 is reserved twice`, "-t"},
	{"client reserved twice", []string{`"10.0.0.1"}`, `"10.0.0.1"}, {"hw-address": "02:00:00:00:00:01", "ip-address": "10.0.0.2"}`}, `reservations[1]: error: The client with hw-address 02:00:00:00:00:01 is reserved twice`, "-t"},
}

func TestFaultsAreFound(t *testing.T) {
	if found := check.File(read(t, pairText)); len(found) > 0 {
		t.Errorf("the good configuration: %v", found)
	}
	for _, tt := range faults {
		found := check.File(read(t, change(t, tt.change...)))
		all := fmt.Sprintln(found)
		if !strings.Contains(all, tt.finding) {
			t.Errorf("%s: want %s\ngot %s", tt.name, tt.finding, all)
		}
		if wantError := tt.kea != "never"; wantError && !check.Refused(found) {
			t.Errorf("%s: Kea refuses it, but there is no error in %s", tt.name, all)
		}
	}
}

func TestHealthyVariantsPass(t *testing.T) {
	for name, changes := range map[string][]string{
		"IPv6":                   {`127.0.0.1:18001`, `[2001:db8::2]:18001`},
		"no port":                {`127.0.0.1:18001`, `127.0.0.1`},
		"IPv6, no port, no path": {`127.0.0.1:18001/`, `[::1]`},
		"a backup":               {`"secondary"}`, `"secondary"}, {"name": "c", "url": "http://127.0.0.1:18002/", "role": "backup", "auto-failover": false}`},
		"certificates":           {`http://127.0.0.1:18001`, `https://127.0.0.1:18001`, `"heartbeat-delay"`, `"trust-anchor": "/ca", "cert-file": "/c", "key-file": "/k", "heartbeat-delay"`},
		"dedicated listener": {`"heartbeat-delay"`, `"multi-threading": {"enable-multi-threading": true, "http-dedicated-listener": true, "http-client-threads": 0}, "heartbeat-delay"`,
			`"control-socket"`, `"multi-threading": {"enable-multi-threading": true}, "control-socket"`},
		"hot standby":     {`load-balancing`, `hot-standby`, `"secondary"`, `"standby"`, `, "client-class": "HA_a"`, ``, `, "client-class": "HA_b"`, ``},
		"another's class": {`"HA_b"}`, `"HA_b"}, {"pool": "10.0.0.100-10.0.0.101", "client-class": "phones"}`},
	} {
		if found := check.File(read(t, change(t, changes...))); len(found) > 0 {
			t.Errorf("%s: %v", name, found)
		}
	}
	if found := check.File(read(t, `{"Dhcp6": {"subnet6": [{"subnet": "2001:db8::/64", "id": 1, "pools": [{"pool": "2001:db8::/80"}], "reservations": [{"duid": "01:02", "ip-addresses": ["2001:db9::1", "2001:db8::2"]}]}]}}`)); len(found) > 0 {
		t.Errorf("DHCPv6: %v", found)
	}
}
