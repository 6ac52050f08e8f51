package kea_test

import (
	"strings"
	"testing"

	"halxml/internal/kea"
	"halxml/internal/kea/conf"
)

// running is what a daemon says of wanted, shortened.
const (
	wanted = `{"Dhcp4": {"interfaces-config": {"interfaces": ["eth0"]}, "valid-lifetime": 600,
		"hooks-libraries": [{"library": "/l/libdhcp_ha.so", "parameters": {"high-availability": [{"this-server-name": "a", "mode": "load-balancing", "peers": [
			{"name": "a", "url": "http://192.0.2.1:8000/", "role": "primary"}, {"name": "b", "url": "http://192.0.2.2:8000/", "role": "secondary"}]}]}}],
		"subnet4": [{"id": 7, "subnet": "10.0.0.0/24", "option-data": [{"code": 3, "data": "10.0.0.1"}], "pools": [{"pool": "10.0.0.1 - 10.0.0.9", "client-class": "HA_a"}],
			"reservations": [{"hw-address": "02:00:00:00:00:01", "ip-address": "10.0.0.20"}]}]}}`
	running = `{"Dhcp4": {"authoritative": false, "interfaces-config": {"re-detect": true, "interfaces": ["eth0"]}, "valid-lifetime": 600, "option-def": [],
		"dhcp-ddns": {"enable-updates": false, "server-port": 53001}, "host-reservation-identifiers": ["hw-address"],
		"hooks-libraries": [{"library": "/l/libdhcp_ha.so", "parameters": {"high-availability": [{"sync-leases": true, "this-server-name": "a", "mode": "load-balancing", "peers": [
			{"auto-failover": true, "name": "b", "url": "http://192.0.2.2:8000/", "role": "secondary"}, {"auto-failover": true, "name": "a", "url": "http://192.0.2.1:8000/", "role": "primary"}]}]}}],
		"subnet4": [{"id": 7, "subnet": "10.0.0.0/24", "relay": {"ip-addresses": []}, "t1-percent": 0.5,
			"option-data": [{"code": 3, "data": "10.0.0.1", "name": "routers", "space": "dhcp4", "csv-format": true}],
			"pools": [{"pool": "10.0.0.1-10.0.0.9", "client-class": "HA_a", "option-data": []}],
			"reservations": [{"hw-address": "02:00:00:00:00:01", "ip-address": "10.0.0.20", "hostname": "", "client-classes": []}]}]}}`
)

func parsed(t *testing.T, text string) *conf.File {
	t.Helper()
	f, err := conf.Parse("text", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// A daemon's own spelling and its defaults are no difference.
func TestRunningIsWhatWasWanted(t *testing.T) {
	w, r := parsed(t, wanted), parsed(t, running)
	if lines := kea.Missing(w, r); len(lines) > 0 {
		t.Errorf("%q", lines)
	}
	if got, want := string(conf.Print(kea.Reduced(r, w))), string(conf.Print(w)); got != want {
		t.Errorf("%s\nis not\n%s", got, want)
	}
}

// What differs is told, and shows.
func TestRunningDiffers(t *testing.T) {
	for _, tt := range []struct{ name, old, new, missing, shows string }{
		{"another id", `"id": 7`, `"id": 8`, "the server does not run with subnet 10.0.0.0/24, id 7", `"id": 8`},
		{"another pool", "10.0.0.1-10.0.0.9", "10.0.0.1-10.0.0.8", "the server does not run with pool 10.0.0.1 - 10.0.0.9 for HA_a", "10.0.0.1-10.0.0.8"},
		{"no reservation", `{"hw-address": "02:00:00:00:00:01", "ip-address": "10.0.0.20", "hostname": "", "client-classes": []}`, "", "the server does not run with 1 reservations in subnet 10.0.0.0/24", ""},
		{"another peer", "192.0.2.2:8000", "192.0.2.3:8000", "the server does not run with secondary peer b at http://192.0.2.2:8000/, load-balancing", "192.0.2.3"},
		{"another option", `"data": "10.0.0.1"`, `"data": "10.0.0.2"`, "", `"data": "10.0.0.2"`},
		{"another lifetime", `"valid-lifetime": 600`, `"valid-lifetime": 60`, "", `"valid-lifetime": 60`},
		{"a subnet more", `"subnet4": [`, `"subnet4": [{"id": 9, "subnet": "10.9.0.0/24", "t1-percent": 0.5}, `, "the server still runs with subnet 10.9.0.0/24, id 9", "10.9.0.0/24"},
		{"an option more", `"option-def": []`, `"option-data": [{"code": 6, "data": "10.0.0.3", "space": "dhcp4"}]`, "", `{"code": 6, "data": "10.0.0.3"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(running, tt.old, tt.new, 1)
			if text == running {
				t.Fatal("nothing is replaced")
			}
			w, r := parsed(t, wanted), parsed(t, text)
			all := strings.Join(kea.Missing(w, r), "\n")
			if tt.missing == "" && all != "" || !strings.Contains(all, tt.missing) {
				t.Errorf("missing: %s", all)
			}
			got := string(conf.Print(kea.Reduced(r, w)))
			if got == string(conf.Print(w)) || !strings.Contains(got, tt.shows) {
				t.Errorf("it is reduced to\n%s", got)
			}
		})
	}
}
