package config_test

import (
	"slices"
	"strings"
	"testing"

	"halxml/internal/config"
)

func TestKeaServersHaveTablesOfTheirOwn(t *testing.T) {
	write(t, `
[server."dhcp1.example.com"]
[kea."kea1.example.com"]
dhcp4 = "/run/kea/../kea/s4"
preamble = '{"Dhcp4": {"interfaces-config": {"interfaces": ["eth0"]}}}'
leases = "/var/lib/kea/kea-leases4.csv"
leases6 = "/var/lib/kea/kea-leases6.csv"
[kea.kea2]
dhcp4 = "https://192.0.2.1:8000/"
dhcp6 = "http://[2001:db8::1]:8000/"
credentials = "/etc/halxml/kea"
trial = []
start = ["systemctl", "start", "kea-dhcp4-server"]
deliver = "manual"
`)
	c := load(t, config.Sources{File: "halxml.toml"})
	if len(c.Servers) != 3 || c.Servers[0].Kea != nil || c.Servers[1].Kea == nil || c.Servers[2].Kea == nil {
		t.Fatalf("servers %+v", c.Servers)
	}
	a, b := c.Servers[1], c.Servers[2]
	for what, ok := range map[string]bool{
		"channels": a.Kea.DHCPv4 == "/run/kea/s4" && a.Kea.DHCPv6 == "" && b.Kea.DHCPv4 == "https://192.0.2.1:8000/" && b.Kea.DHCPv6 == "http://[2001:db8::1]:8000/",
		"sockets":  config.Socket(a.Kea.DHCPv4) && !config.Socket(a.Kea.DHCPv6) && !config.Socket(b.Kea.DHCPv4),
		"preamble": strings.HasPrefix(a.Preamble, `{"Dhcp4"`) && b.Preamble == "",
		"files":    a.Leases == "/var/lib/kea/kea-leases4.csv" && a.Kea.Leases6 == "/var/lib/kea/kea-leases6.csv" && b.Leases+b.Kea.Leases6 == "" && b.Kea.Credentials == "/etc/halxml/kea",
		"trial":    slices.Equal(a.Kea.Trial, []string{"kea-{daemon}", "-c", "{file}"}) && len(b.Kea.Trial) == 0,
		"commands": len(a.Start) == 0 && slices.Equal(b.Start, []string{"systemctl", "start", "kea-dhcp4-server"}),
		"deliver":  a.Deliver == config.DeliverAuto && b.Deliver == config.DeliverManual,
	} {
		if !ok {
			t.Errorf("%s: %+v %+v %+v %+v", what, a, a.Kea, b, b.Kea)
		}
	}
	first := effective(t, c)
	write(t, first)
	if again := effective(t, load(t, config.Sources{File: "halxml.toml"})); values(again) != values(first) {
		t.Errorf("the effective configuration\n%s\nreads back as\n%s", first, again)
	}
}

func TestBadKeaServersAreRefused(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"no channel", "[kea.a]\n", `kea."a".dhcp4, kea."a".dhcp6: one of them must say where the server takes commands`},
		{"a key of ISC servers", "[kea.a]\npid = '/a'\n", "halxml.toml:2: kea.a.pid: unknown key; `halxml config --default` lists all"},
		{"a relative socket", "[kea.a]\ndhcp4 = 's4'\n", `halxml.toml:2: kea.a.dhcp4: "s4" is neither an absolute path nor a URL such as http://192.0.2.1:8000/`},
		{"a password", "[kea.a]\ndhcp4 = 'http://a:sesame@b/'\n", `halxml.toml:2: kea.a.dhcp4: "http://a:xxxxx@b/" must not hold a user; that is what credentials is for`},
		{"nothing to try", "[kea.a]\ntrial = ['true']\n", `halxml.toml:2: kea.a.trial: names no {file} to start with`},
		{"one name twice", "[server.a]\n[kea.'A.']\n", `halxml.toml:2: kea."A.": is the server a too`},
		{"two servers at one socket", "[kea.a]\ndhcp4 = '/s'\n[kea.b]\ndhcp4 = '/s'\n", `kea."b".dhcp4: /s is a file of another key too: kea."a".dhcp4`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			write(t, tt.text)
			_, _, err := config.Load(config.Sources{File: "halxml.toml"})
			if err == nil || err.Error() != tt.want {
				t.Errorf("error\n %v, want\n %s", err, tt.want)
			}
		})
	}
}
