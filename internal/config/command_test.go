package config_test

import (
	"slices"
	"testing"
	"time"

	"halxml/internal/config"
)

func TestMailAndCommands(t *testing.T) {
	write(t, `
[mail]
server = "mail.example.com:587"
from = "halxml@example.com"
recipients = ["Example.com", "example.org"]
tls = "required"
user = "halxml"
[command.backup]
run = ["/srv/backup", "--quiet", "a, b"]
[command."two words"]
run = ["/bin/echo"]
arguments = true
limit = "1500ms"
output = "1KiB"
`)
	c := load(t, config.Sources{File: "halxml.toml", Environ: []string{"HALXML_MAIL_PASSWORD=sesame"}})
	want := config.Mail{Server: "mail.example.com:587", From: "halxml@example.com", Recipients: c.Mail.Recipients, TLS: "required", User: "halxml", Password: "sesame", Limit: 30 * time.Second}
	if m := c.Mail; m.Server != want.Server || m.From != want.From || m.TLS != want.TLS || m.User != want.User || m.Password != want.Password || m.Limit != want.Limit ||
		!slices.Equal(m.Recipients, []string{"example.com", "example.org"}) {
		t.Errorf("mail is %+v", m)
	}
	if len(c.Commands) != 2 {
		t.Fatalf("commands %+v", c.Commands)
	}
	a, b := c.Commands[0], c.Commands[1]
	if a.Name != "backup" || !slices.Equal(a.Run, []string{"/srv/backup", "--quiet", "a, b"}) || a.Arguments || a.Limit != 30*time.Second || a.Output != 64<<10 {
		t.Errorf("the first command is %+v", a)
	}
	if b.Name != "two words" || !b.Arguments || b.Limit != 1500*time.Millisecond || b.Output != 1<<10 {
		t.Errorf("the second command is %+v", b)
	}
	first := effective(t, c)
	write(t, first)
	again := load(t, config.Sources{File: "halxml.toml", Environ: []string{"HALXML_MAIL_PASSWORD=sesame"}})
	if second := effective(t, again); values(second) != values(first) {
		t.Errorf("the effective configuration\n%s\nreads back as\n%s", first, second)
	}
}

func TestBadMailAndCommandsAreRefused(t *testing.T) {
	const mail = "[mail]\nserver = 'm:25'\nfrom = 'a@b.c'\nrecipients = ['b.c']\n"
	for _, tt := range []struct{ name, text, want string }{
		{"server without port", "[mail]\nserver = 'mail.example.com'\n", `halxml.toml:2: mail.server: "mail.example.com" is not host:port such as mail.example.com:25`},
		{"port 0", "[mail]\nserver = 'm:0'\n", `halxml.toml:2: mail.server: "m:0" is not host:port such as mail.example.com:25`},
		{"sender", "[mail]\nfrom = 'halxml'\n", `halxml.toml:2: mail.from: "halxml" is not a mail address such as halxml@example.com`},
		{"address for a domain", "[mail]\nrecipients = ['a@b.c']\n", `halxml.toml:2: mail.recipients: "a@b.c" is not a domain such as example.com`},
		{"everybody", "[mail]\nrecipients = ['*']\n", `halxml.toml:2: mail.recipients: "*" is not a domain such as example.com`},
		{"no sender", "[mail]\nserver = 'm:25'\nrecipients = ['b.c']\n", "mail.from: is needed with mail.server"},
		{"no recipients", "[mail]\nserver = 'm:25'\nfrom = 'a@b.c'\n", "mail.recipients: is needed with mail.server; without any nobody may get mail"},
		{"user without password", mail + "user = 'u'\n", "mail.user and HALXML_MAIL_PASSWORD: one is set without the other"},
		{"password in the file", "[mail]\npassword = 'x'\n", "halxml.toml:2: mail.password: may be set only by the environment variable HALXML_MAIL_PASSWORD"},
		{"no program", "[command.a]\n", `command."a".run: must begin with the absolute path of a program`},
		{"relative program", "[command.a]\nrun = ['sh', '/x']\n", `command."a".run: must begin with the absolute path of a program`},
		{"program in one string", "[command.a]\nrun = '/bin/sh'\n", "halxml.toml:2: command.a.run: must be a list of strings: a program and its arguments"},
		{"unknown key", "[command.a]\nshell = true\n", "halxml.toml:2: command.a.shell: unknown key; `halxml config --default` lists all"},
		{"name in parts", "[command.a.b]\nrun = ['/x']\n", "halxml.toml:1: command.a.b: unknown key; `halxml config --default` lists all"},
		{"key in place of a command", "command.a = 1\n", "halxml.toml:1: command.a: must be a table of keys"},
		{"no table", "command = 1\n", "halxml.toml:1: command: must be a table of keys"},
		{"no name", "[command.' ']\n", `halxml.toml:1: command." ": has no name, or one that begins or ends with a space`},
		{"time", "[command.a]\nrun = ['/x']\nlimit = '2h'\n", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			write(t, tt.text)
			_, _, err := config.Load(config.Sources{File: "halxml.toml"})
			if err == nil {
				t.Fatal("was accepted")
			}
			if tt.want != "" && err.Error() != tt.want {
				t.Errorf("error\n %s, want\n %s", err, tt.want)
			}
		})
	}
}
