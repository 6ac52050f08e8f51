package config_test

import (
	"strings"
	"testing"

	"halxml/internal/config"
)

func TestAgentsHaveAFileOfTheirOwn(t *testing.T) {
	var b strings.Builder
	if err := config.WriteDefaultAgent(&b); err != nil {
		t.Fatal(err)
	}
	var on []string // the file with every default switched on
	for line := range strings.Lines(b.String()) {
		if len(line) > 110 {
			t.Errorf("line is too long: %s", line)
		}
		if key := strings.TrimPrefix(strings.TrimPrefix(line, "#"), " "); strings.Contains(key, " = ") && !strings.Contains(key, "HALXML") || strings.HasPrefix(key, "[") {
			line = key
		}
		on = append(on, line)
	}
	write(t, strings.Join(on, ""))
	a, warnings, err := config.LoadAgent(config.Sources{File: "halxml.toml", Environ: []string{
		"HALXML_SERVICE_URL=https://halxml.example.com/", "HALXML_SERVICE_TOKEN=secret", "HALXML_SERVICE_FINGERPRINT=" + strings.Repeat("AB:", 31) + "AB", "HALXML_LISTEN=:1"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(warnings) != 1 || !strings.Contains(warnings[0], "HALXML_LISTEN") {
		t.Errorf("warnings %q", warnings)
	}
	if a.Service.URL != "https://halxml.example.com" || a.Service.Token != "secret" || a.Service.Fingerprint != strings.Repeat("ab", 32) || a.Service.Execute {
		t.Errorf("service %+v", a.Service)
	}
	if a.Server.Name != "dhcp1.example.com" || a.Server.Config != "/etc/dhcp/dhcpd.conf" || len(a.Server.Start) != 3 || a.Log.Level != "info" {
		t.Errorf("server %+v, log %+v", a.Server, a.Log)
	}
}

func TestAnAgentsTokenStandsForFilesAndCommands(t *testing.T) {
	hash := "sha256:" + strings.Repeat("0a", 32)
	write(t, "[server.a]\nagent = '"+strings.ToUpper(hash[7:])+"'\n")
	if _, _, err := config.Load(config.Sources{File: "halxml.toml"}); err == nil || !strings.HasPrefix(err.Error(), "halxml.toml:2: server.a.agent: is not what `halxml agent-token` prints") {
		t.Errorf("error %v", err)
	}
	write(t, "[server.a]\nagent = '"+hash+"'\npreamble = 'authoritative;'\n[server.b]\n")
	c := load(t, config.Sources{File: "halxml.toml"})
	if c.Servers[0].Agent != hash || c.Servers[1].Agent != "" {
		t.Errorf("servers %+v", c.Servers)
	}
	text := effective(t, c)
	if strings.Count(text, "agent = \"sha256:") != 1 || strings.Count(text, "validate = ") != 1 {
		t.Errorf("the effective configuration is\n%s", text)
	}
	write(t, text)
	if again := effective(t, load(t, config.Sources{File: "halxml.toml"})); values(again) != values(text) {
		t.Errorf("it reads back as\n%s", again)
	}
}
