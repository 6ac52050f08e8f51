package config_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"halxml/internal/config"
)

// write puts text into a file called halxml.toml and works in its directory,
// so that errors name it as an operator would.
func write(t *testing.T, text string) {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.WriteFile("halxml.toml", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func load(t *testing.T, s config.Sources) *config.Config {
	t.Helper()
	c, warnings, err := config.Load(s)
	if err != nil {
		t.Fatal(err)
	}
	if len(warnings) > 0 {
		t.Errorf("warnings %q", warnings)
	}
	return c
}

func TestDefaultsAreThoseOfTheDesign(t *testing.T) {
	c := load(t, config.Sources{})
	for what, ok := range map[string]bool{
		"listen":   c.Listen == "127.0.0.1:8080",
		"data":     c.Data == "data",
		"tls":      c.TLS == config.TLS{},
		"profile":  c.API.Profile == config.ProfileCurrent,
		"zone":     c.API.TimeZone == time.Local,
		"idle":     c.Session.Idle == time.Hour,
		"absolute": c.Session.Absolute == 24*time.Hour,
		"body":     c.Limits.Body == 16<<20,
		"inflated": c.Limits.Inflated == 64<<20,
		"depth":    c.Limits.Depth == 64,
		"value":    c.Limits.Value == 1<<20,
		"batch":    c.Limits.Batch == 1000,
		"access":   c.Log.Access,
		"proxies":  len(c.TrustedProxies) == 0,
	} {
		if !ok {
			t.Errorf("default of %s is not the documented one", what)
		}
	}
}

func TestFlagsBeatEnvironmentBeatsFile(t *testing.T) {
	write(t, "listen = '127.0.0.1:1'\ndata = 'file'\npublic_url = 'https://file.example/'\n")
	c := load(t, config.Sources{
		File:    "halxml.toml",
		Environ: []string{"HALXML_LISTEN=127.0.0.1:2", "HALXML_DATA=environment", "PATH=/bin"},
		Flags:   []config.Flag{{Flag: "--listen", Key: "listen", Value: "127.0.0.1:3"}},
	})
	if c.Listen != "127.0.0.1:3" || c.Data != "environment" || c.PublicURL != "https://file.example" {
		t.Errorf("listen %q, data %q, public_url %q", c.Listen, c.Data, c.PublicURL)
	}
}

func TestEveryKeyCanBeSetInTheFile(t *testing.T) {
	write(t, `
listen = ":443"
data = 'C:\halxml'
public_url = "http://ipam.example:8080/"
trusted_proxies = ["10.0.0.0/8", "2001:db8::1"]
tls = {cert = "a.pem", key = "b.pem"}
api.profile = "2017"
api.time_zone = "Europe/Vienna"
[session]
idle = "90s"
absolute = "48h"
[limits]
body = "2MiB"
inflated = 8388608
depth = 100
value = "64 KiB"
batch = 7
drain = "0s"
[log]
level = "debug"
format = "console"
access = false
`)
	c := load(t, config.Sources{File: "halxml.toml", Environ: []string{"HALXML_ADMIN_PASSWORD=quiet"}})
	for what, ok := range map[string]bool{
		"listen":   c.Listen == ":443",
		"data":     c.Data == `C:\halxml`,
		"url":      c.PublicURL == "http://ipam.example:8080",
		"proxies":  len(c.TrustedProxies) == 2 && c.TrustedProxies[1] == netip.MustParsePrefix("2001:db8::1/128"),
		"tls":      c.TLS == config.TLS{Cert: "a.pem", Key: "b.pem"},
		"profile":  c.API.Profile == config.Profile2017,
		"zone":     c.API.TimeZone.String() == "Europe/Vienna",
		"session":  c.Session == config.Session{Idle: 90 * time.Second, Absolute: 48 * time.Hour},
		"limits":   c.Limits == config.Limits{Body: 2 << 20, Inflated: 8 << 20, Depth: 100, Value: 64 << 10, Batch: 7},
		"log":      c.Log == config.Log{Level: "debug", Format: config.FormatConsole},
		"password": c.AdminPassword == "quiet",
	} {
		if !ok {
			t.Errorf("%s was not taken over: %+v", what, c)
		}
	}
}

func TestBadFilesAreRefusedInOneLine(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"unknown key", "listen = ':1'\n\n[session]\n# a comment\nidel = '5m'\n", "halxml.toml:5: session.idel: unknown key; `halxml config --default` lists all"},
		{"unknown table", "[sesion]\nidle = '5m'\n", "halxml.toml:1: sesion: unknown key; `halxml config --default` lists all"},
		{"unknown dotted key", "\napi.zone = 'UTC'\n", "halxml.toml:2: api.zone: unknown key; `halxml config --default` lists all"},
		{"quoted name with a dot", "'session.idle' = '5m'\n", "halxml.toml:1: \"session.idle\": unknown key; `halxml config --default` lists all"},
		{"array of tables", "[[session]]\nidle = '5m'\n", "halxml.toml:1: session: must be a table of keys"},
		{"key in place of a table", "limits = 5\n", "halxml.toml:1: limits: must be a table of keys"},
		{"table in place of a key", "[listen]\nport = 5\n", "halxml.toml:1: listen: must be a string in quotes"},
		{"wrong type", "listen = 8080\n", "halxml.toml:1: listen: must be a string in quotes"},
		{"text for a number", "[limits]\ndepth = '64'\n", "halxml.toml:2: limits.depth: must be a whole number"},
		{"fraction", "[limits]\ndepth = 6.4\n", "halxml.toml:2: limits.depth: must be a whole number"},
		{"number for a switch", "[log]\naccess = 1\n", "halxml.toml:2: log.access: must be true or false"},
		{"number in a list", "trusted_proxies = [1]\n", "halxml.toml:1: trusted_proxies: must be a list of strings"},
		{"two in one string", "trusted_proxies = ['10.0.0.1,10.0.0.2']\n", "halxml.toml:1: trusted_proxies: must be a list of strings"},
		{"no port", "listen = 'localhost'\n", `halxml.toml:1: listen: "localhost" is not an address with a port, such as 127.0.0.1:8080`},
		{"port too big", "listen = 'localhost:65536'\n", `halxml.toml:1: listen: "65536" is not a port number`},
		{"port by name", "listen = 'localhost:http'\n", `halxml.toml:1: listen: "http" is not a port number`},
		{"URL as address", "listen = 'http://h:80'\n", `halxml.toml:1: listen: "http://h:80" is not an address with a port, such as 127.0.0.1:8080`},
		{"empty data", "data = ' '\n", "halxml.toml:1: data: must not be empty"},
		{"no URL", "public_url = 'ipam.example'\n", `halxml.toml:1: public_url: "ipam.example" is not a URL such as https://ipam.example.com`},
		{"URL with a query", "public_url = 'https://a/?x'\n", `halxml.toml:1: public_url: "https://a/?x" must be no more than scheme, host and port`},
		{"URL with a path", "public_url = 'https://a/x'\n", `halxml.toml:1: public_url: "https://a/x" must be no more than scheme, host and port`},
		{"URL with a password", "public_url = 'https://u:p@a'\n", `halxml.toml:1: public_url: "https://u:xxxxx@a" must be no more than scheme, host and port`},
		{"no network", "trusted_proxies = ['proxy']\n", `halxml.toml:1: trusted_proxies: "proxy" is neither an address nor a network such as 10.0.0.0/8`},
		{"host bits", "trusted_proxies = ['10.1.0.0/8']\n", `halxml.toml:1: trusted_proxies: "10.1.0.0/8" has bits beyond its length; the network is 10.0.0.0/8`},
		{"profile", "api.profile = '2018'\n", `halxml.toml:1: api.profile: "2018" is none of current, 2017`},
		{"zone", "api.time_zone = 'Vienna'\n", `halxml.toml:1: api.time_zone: "Vienna" is not a time zone such as Europe/Vienna, UTC or Local`},
		{"duration", "session.idle = '60'\n", `halxml.toml:1: session.idle: "60" is not a duration such as 90s, 60m or 24h`},
		{"short", "session.idle = '1s'\n", "halxml.toml:1: session.idle: 1s is not between 1m and 8760h"},
		{"size", "limits.body = '16MB'\n", `halxml.toml:1: limits.body: "16MB" is not a size in bytes or with KiB, MiB or GiB`},
		{"huge size", "limits.body = '9223372036854775807GiB'\n", "halxml.toml:1: limits.body: 9223372036854775807GiB is not between 1KiB and 1GiB"},
		{"negative size", "limits.body = -1\n", "halxml.toml:1: limits.body: -1 is not between 1KiB and 1GiB"},
		{"depth", "limits.depth = 0\n", "halxml.toml:1: limits.depth: 0 is not between 8 and 10000"},
		{"level", "log.level = 'INFO'\n", `halxml.toml:1: log.level: "INFO" is none of debug, info, warn, error`},
		{"password", "[admin]\npassword = 'x'\n", "halxml.toml:2: admin.password: may be set only by the environment variable HALXML_ADMIN_PASSWORD"},
		{"not TOML", "listen = ':1'\nlisten: ':2'\n", "halxml.toml:2: "},
		{"twice", "listen = ':1'\nlisten = ':2'\n", "halxml.toml:2: "},
		{"certificate only", "tls.cert = 'a'\n", "tls.cert and tls.key: one is set without the other"},
		{"idle over absolute", "session.idle = '25h'\n", "session.idle: 25h is longer than session.absolute, 24h"},
		{"inflated under body", "limits.inflated = '1MiB'\n", "limits.inflated: 1MiB is less than limits.body, 16MiB"},
		{"value over inflated", "limits.value = '65MiB'\n", "limits.value: 65MiB is more than limits.inflated, 64MiB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			write(t, tt.text)
			_, _, err := config.Load(config.Sources{File: "halxml.toml"})
			if err == nil {
				t.Fatal("was accepted")
			}
			if got := err.Error(); got != tt.want && (!strings.HasSuffix(tt.want, ": ") || !strings.HasPrefix(got, tt.want)) {
				t.Errorf("error\n %s, want\n %s", got, tt.want)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("error has several lines: %q", err)
			}
		})
	}
}

func TestBadEnvironmentAndFlags(t *testing.T) {
	for _, tt := range []struct {
		name    string
		sources config.Sources
		want    string
	}{
		{"environment", config.Sources{Environ: []string{"HALXML_SESSION_IDLE=soon"}}, `environment variable HALXML_SESSION_IDLE: "soon" is not a duration such as 90s, 60m or 24h`},
		{"switch", config.Sources{Environ: []string{"HALXML_LOG_ACCESS=maybe"}}, `environment variable HALXML_LOG_ACCESS: "maybe" is neither true nor false`},
		{"flag", config.Sources{Flags: []config.Flag{{"--listen", "listen", "x"}}}, `--listen: listen: "x" is not an address with a port, such as 127.0.0.1:8080`},
		{"unknown key", config.Sources{Flags: []config.Flag{{"--set", "lisen", "x"}}}, "--set: unknown key \"lisen\"; `halxml config --default` lists all"},
		{"password by flag", config.Sources{Flags: []config.Flag{{"--set", "admin.password", "x"}}}, "--set: admin.password may be set only by the environment variable HALXML_ADMIN_PASSWORD"},
		{"no file", config.Sources{File: "absent.toml"}, "configuration file absent.toml: no such file or directory"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if _, _, err := config.Load(tt.sources); err == nil || err.Error() != tt.want {
				t.Errorf("error\n %v, want\n %s", err, tt.want)
			}
		})
	}
}

func TestUnknownEnvironmentIsWarnedAbout(t *testing.T) {
	_, warnings, err := config.Load(config.Sources{Environ: []string{"HALXML_PORT=tcp://10.0.0.1:80", "HALXML_URL=http://x", "HALXML_CONFIG=y"}})
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "HALXML_PORT ") {
		t.Errorf("warnings %q, error %v", warnings, err)
	}
}

func TestEffectiveConfigurationReadsBackAndHidesSecrets(t *testing.T) {
	sources := config.Sources{
		Environ: []string{"HALXML_ADMIN_PASSWORD=open sesame", `HALXML_DATA=a "b" \c` + "\t", "HALXML_TRUSTED_PROXIES=10.0.0.1,fd00::/8"},
		Flags:   []config.Flag{{"--set", "session.idle", "90s"}},
	}
	first := effective(t, load(t, sources))
	for _, want := range []string{`idle = "1m30s" # --set`, "HALXML_ADMIN_PASSWORD = ********", "# environment HALXML_DATA", `["10.0.0.1/32", "fd00::/8"]`} {
		if !strings.Contains(first, want) {
			t.Errorf("%q is missing in\n%s", want, first)
		}
	}
	if strings.Contains(first, "sesame") {
		t.Error("the password is shown")
	}
	write(t, first)
	again := load(t, config.Sources{File: "halxml.toml"})
	if got, want := values(effective(t, again)), values(first); got != want {
		t.Errorf("read back as\n%s\nwant\n%s", got, want)
	}
}

// values drops comments, which tell where a value came from.
func values(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, " # ")
		if !strings.HasPrefix(line, "#") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return strings.Join(lines, "\n")
}

func effective(t *testing.T, c *config.Config) string {
	t.Helper()
	var b strings.Builder
	if err := c.WriteEffective(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDefaultFileHoldsEveryKeyAndItsDefaults(t *testing.T) {
	var b strings.Builder
	if err := config.WriteDefault(&b); err != nil {
		t.Fatal(err)
	}
	var on []string // the file with every default switched on
	for line := range strings.Lines(b.String()) {
		if len(line) > 110 {
			t.Errorf("line is too long: %s", line)
		}
		if len(line) > 1 && line[0] == '#' && line[1] != ' ' {
			line = line[1:]
		}
		on = append(on, line)
	}
	write(t, strings.Join(on, ""))
	c := load(t, config.Sources{File: "halxml.toml"})
	if got, want := values(effective(t, c)), values(effective(t, load(t, config.Sources{}))); got != want {
		t.Errorf("the default file gives\n%s\nwant\n%s", got, want)
	}
	for _, k := range config.Keys() {
		if k.Doc == "" || !strings.HasSuffix(k.Doc, ".") {
			t.Errorf("%s: documentation %q is no sentence", k.Name, k.Doc)
		}
		if !strings.Contains(b.String(), k.Env()) {
			t.Errorf("the default file does not name %s", k.Env())
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("listen = ':1'\n[session]\nidle = '5m'\n", "127.0.0.1:80")
	f.Add("trusted_proxies = ['::1']\nlimits = {body = '1KiB', \"value\" = 1024}", "")
	f.Add("[[session]]\n[session.x]\n'a,b' = 1\n'\"' = 2\n", "[::1]:0")
	f.Fuzz(func(t *testing.T, text, listen string) {
		path := filepath.Join(t.TempDir(), "f.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, _, err := config.Load(config.Sources{File: path, Environ: []string{"HALXML_LISTEN=" + listen}})
		if err != nil {
			if strings.ContainsAny(strings.TrimPrefix(err.Error(), path), "\n\r") {
				t.Errorf("error has several lines: %q", err)
			}
			return
		}
		first := effective(t, c)
		if err := os.WriteFile(path, []byte(first), 0o600); err != nil {
			t.Fatal(err)
		}
		again, _, err := config.Load(config.Sources{File: path})
		if err != nil {
			t.Fatalf("the effective configuration is refused: %v\n%s", err, first)
		}
		if values(effective(t, again)) != values(first) {
			t.Errorf("%s\nreads back as\n%s", first, effective(t, again))
		}
	})
}
