package check_test

import (
	"fmt"
	"strings"
	"testing"

	"halxml/internal/kea/check"
)

func TestPair(t *testing.T) {
	partner := []string{`"this-server-name": "a"`, `"this-server-name": "b"`}
	if found := check.Pair(read(t, pairText), read(t, change(t, partner...))); len(found) > 0 {
		t.Errorf("a good pair: %v", found)
	}
	for _, tt := range []struct {
		name    string
		change  []string // of the partner
		finding string
	}{
		{"mode", []string{`load-balancing`, `hot-standby`}, "error: The mode is load-balancing, the partner's hot-standby"},
		{"unknown peer", []string{`"name": "a"`, `"name": "x"`}, `error: The partner does not know the peer "a"`},
		{"further peer", []string{`"secondary"}`, `"secondary"}, {"name": "c", "role": "backup"}`}, `error: Only the partner knows the peer "c"`},
		{"roles", []string{`"primary"`, `"secondary"`}, `error: Peer "a" is primary here and secondary at the partner`},
		{"place", []string{`127.0.0.1:18000`, `127.0.0.1:19000`}, `error: Peer "a" is at http://127.0.0.1:18000/ here and at http://127.0.0.1:19000/ at the partner`},
		{"delays", []string{`60000`, `50000`}, "warning: max-response-delay differs"},
		{"listener", []string{`"heartbeat-delay"`, `"multi-threading": {"http-dedicated-listener": true}, "heartbeat-delay"`}, "warning: Only one of the partners has a dedicated listener"},
		{"subnet here", []string{`{"subnet": "10.0.1.0/24", "id": 2}`, ``}, "shared-networks[0].subnet4[0]: error: The partner does not have subnet 10.0.1.0/24"},
		{"subnet there", []string{`"id": 2}`, `"id": 2}, {"subnet": "10.0.2.0/24", "id": 3}`}, "Dhcp4: error: Only the partner has subnet 10.0.2.0/24"},
		{"id", []string{`"id": 2`, `"id": 3`}, "shared-networks[0].subnet4[0].id: error: Subnet 10.0.1.0/24 has the id 2 here and 3 at the partner"},
		{"pools", []string{`10.0.0.99`, `10.0.0.98`}, "Dhcp4.subnet4[0].pools: error: The pools of subnet 10.0.0.0/24 are not the partner's"},
		{"classes", []string{`HA_a`, `HA_b`}, "Dhcp4.subnet4[0].pools: error: The pools"},
		{"reservations", []string{`02:00:00:00:00:01`, `02:00:00:00:00:02`}, "Dhcp4.subnet4[0]: warning: The settings of subnet 10.0.0.0/24"},
		{"shared network", []string{`"wire"`, `"Wire"`}, `warning: Subnet 10.0.1.0/24 is in shared network "wire" here and in "Wire" at the partner`},
		{"no relationship", []string{`"high-availability"`, `"other"`}, "error: The server has a relationship of high availability, its partner has none"},
	} {
		found := check.Pair(read(t, pairText), read(t, change(t, append(tt.change, partner...)...)))
		if all := fmt.Sprintln(found); !strings.Contains(all, tt.finding) {
			t.Errorf("%s: want %s\ngot %s", tt.name, tt.finding, all)
		}
	}
	if found := check.Pair(read(t, change(t, `"high-availability"`, `"other"`)), read(t, pairText)); len(found) != 1 || found[0].Rule != check.RulePairMissing {
		t.Errorf("no relationship here: %v", found)
	}
	if found := check.Pair(read(t, pairText), read(t, pairText)); len(found) != 1 || found[0].Rule != check.RulePairSelf {
		t.Errorf("a server with itself: %v", found)
	}
	// The same pools in another order and spelling, and names of pools, are no difference.
	spelling := append([]string{`10.0.0.128/25`, `10.0.0.128-10.0.0.255`, `"id": 1,`, `"user-context": {"comment": "b"}, "id": 1,`}, partner...)
	if found := check.Pair(read(t, pairText), read(t, change(t, spelling...))); len(found) > 0 {
		t.Errorf("spelling: %v", found)
	}
	if found := check.Pair(read(t, `{"Dhcp4": {"subnet4": [{"subnet": "10.0.0.0/24"}]}}`), read(t, `{"Dhcp4": {}}`)); len(found) > 0 {
		t.Errorf("no pair: %v", found)
	}
}
