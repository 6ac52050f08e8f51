package config_test

import (
	"slices"
	"strings"
	"testing"

	"halxml/internal/config"
)

func TestServersHaveTablesOfTheirOwn(t *testing.T) {
	write(t, `
[server."dhcp1.example.com"]
deliver = "manual"
preamble = """
authoritative;
subnet 192.0.2.0 netmask 255.255.255.0 { }
"""
start = ["sh", "-c", "one, two"]
status = ["true"]
[server]
b.config = "/srv/b/../b.conf"
b.leases = "/srv/b.leases"
b.pid = "/srv/b.pid"
`)
	c := load(t, config.Sources{File: "halxml.toml"})
	if len(c.Servers) != 2 {
		t.Fatalf("servers %+v", c.Servers)
	}
	a, b := c.Servers[0], c.Servers[1]
	for what, ok := range map[string]bool{
		"name":     a.Name == "dhcp1.example.com" && b.Name == "b",
		"deliver":  a.Deliver == config.DeliverManual && b.Deliver == config.DeliverAuto,
		"preamble": a.Preamble == "authoritative;\nsubnet 192.0.2.0 netmask 255.255.255.0 { }\n" && b.Preamble == "",
		"files":    a.Config == "/etc/dhcp/dhcpd.conf" && b.Config == "/srv/b.conf" && b.Leases == "/srv/b.leases" && b.PID == "/srv/b.pid",
		"commands": slices.Equal(a.Start, []string{"sh", "-c", "one, two"}) && slices.Equal(b.Start, []string{"systemctl", "start", "isc-dhcp-server"}),
		"validate": slices.Equal(b.Validate, []string{"dhcpd", "-4", "-t", "-cf", "{file}", "-lf", "{leases}"}),
		"status":   slices.Equal(a.Status, []string{"true"}) && len(b.Status) == 0,
	} {
		if !ok {
			t.Errorf("%s was not taken over: %+v", what, c.Servers)
		}
	}
	first := effective(t, c)
	write(t, first)
	if again := effective(t, load(t, config.Sources{File: "halxml.toml"})); values(again) != values(first) {
		t.Errorf("the effective configuration\n%s\nreads back as\n%s", first, again)
	}
}

func TestBadServersAreRefused(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"unknown key", "[server.a]\nfile = '/a'\n", "halxml.toml:2: server.a.file: unknown key; `halxml config --default` lists all"},
		{"name not quoted", "[server.dhcp1.example.com]\nconfig = '/a'\n", `halxml.toml:1: server.dhcp1.example.com: unknown key; a server's name with dots in it is written in quotes, as in [server."dhcp1.example.com"]`},
		{"no table", "server = 1\n", "halxml.toml:1: server: must be a table of keys"},
		{"key in place of a server", "server.a = 1\n", "halxml.toml:1: server.a: must be a table of keys"},
		{"list of servers", "[[server]]\nname = 'a'\n", "halxml.toml:1: server: must be a table of keys"},
		{"no name", "[server.'']\n", `halxml.toml: server."": has no name`},
		{"one name twice", "[server.a]\n[server.'A.']\n", `halxml.toml:2: server."A.": is the server a too`},
		{"relative path", "[server.a]\nconfig = 'dhcpd.conf'\n", `halxml.toml:2: server.a.config: "dhcpd.conf" is not an absolute path`},
		{"command in one string", "[server.a]\nstart = 'systemctl start x'\n", "halxml.toml:2: server.a.start: must be a list of strings: a program and its arguments"},
		{"no program", "[server.a]\nstart = ['']\n", ""},
		{"empty program", "[server.a]\nstart = ['', 'x']\n", "halxml.toml:2: server.a.start: begins with an empty word; the first one is the program"},
		{"no command", "[server.a]\nstart = []\n", `server."a".start, server."a".stop: both must be commands`},
		{"nothing to judge", "[server.a]\nvalidate = ['true']\n", `server."a".validate: names no {file} to judge`},
		{"when", "[server.a]\ndeliver = 'later'\n", `halxml.toml:2: server.a.deliver: "later" is none of auto, manual`},
		{"two servers in one file", "[server.a]\n[server.b]\nleases = '/b.leases'\npid = '/b.pid'\n", `server."b".config: /etc/dhcp/dhcpd.conf is a file of another key too: server."a".config`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			write(t, tt.text)
			_, _, err := config.Load(config.Sources{File: "halxml.toml"})
			if err == nil {
				t.Fatal("was accepted")
			}
			if tt.want != "" && err.Error() != tt.want || strings.Contains(err.Error(), "\n") {
				t.Errorf("error\n %s, want\n %s", err, tt.want)
			}
		})
	}
}
