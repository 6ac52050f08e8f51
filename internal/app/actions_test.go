package app

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"halxml/internal/config"
	"halxml/internal/mail/mailtest"
)

// configured is a configuration on a free port with data of its own and the
// text of a configuration file.
func configured(t *testing.T, text string) *config.Config {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "halxml.toml")
	if err := os.WriteFile(file, []byte("listen = '127.0.0.1:0'\n"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, _, err := config.Load(config.Sources{File: file, Environ: []string{"HALXML_ADMIN_PASSWORD=" + password, "HALXML_MAIL_PASSWORD=secret"},
		Flags: []config.Flag{{Flag: "test", Key: "data", Value: dir}}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestActions sends real mail and runs a real program, over SOAP and JSON-RPC.
func TestActions(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{Refuse: "full@example.com"})
	script := filepath.Join(t.TempDir(), "greet")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho \"<$1|$2|$HALXML_ADMIN_PASSWORD$HALXML_MAIL_PASSWORD>\"\n[ \"$2\" != fail ]\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	r := start(t, configured(t, fmt.Sprintf(`
[mail]
server = %q
from = "halxml@example.com"
recipients = ["example.com"]
user = "halxml"
[command.greet]
run = [%q, "hello; you"]
arguments = true
[command.nothing]
run = ["/nonexistent/program"]
`, server.Addr, script)), Options{})
	session := r.login()
	soap := func(operation, body string) (string, string) {
		t.Helper()
		return r.soap(operation, "<session>"+session+"</session>"+body)
	}
	call := func(operation, params string) (map[string]any, string) {
		t.Helper()
		return r.call(operation, fmt.Sprintf(`{"session":%q,%s}`, session, params))
	}

	host, _, _ := strings.Cut(server.Addr, ":")
	answer, fault := soap("SendMail", "<smtpServer>"+host+"</smtpServer><from>halxml@example.com</from><to>a@example.com</to><subject>from SOAP</subject><body>one</body>")
	if fault != "" || !strings.Contains(answer, "<SendMailResponse") {
		t.Errorf("SOAP: %s %s", answer, fault)
	}
	if _, fault := call("SendMail", `"smtpServer":"`+server.Addr+`","from":"halxml@example.com","to":"b@example.com","bcc":"hidden@example.com","body":"two"`); fault != "" {
		t.Errorf("JSON: %s", fault)
	}
	mails := server.Mails()
	if len(mails) != 2 || mails[0].User != "halxml" || strings.Join(mails[0].To, " ") != "a@example.com" || !strings.Contains(mails[0].Text, "Subject: from SOAP\n") ||
		!strings.HasSuffix(mails[0].Text, "\n\none\n") || strings.Join(mails[1].To, " ") != "b@example.com hidden@example.com" || strings.Contains(mails[1].Text, "hidden@example.com") {
		t.Errorf("the server took %+v", mails)
	}
	if _, fault := call("SendMail", `"smtpServer":"`+host+`","from":"halxml@example.com","to":"full@example.com","body":"x"`); !strings.Contains(fault, "nobody of that name") {
		t.Errorf("a recipient that is refused: %s", fault)
	}
	if _, fault := soap("SendMail", "<smtpServer>"+host+"</smtpServer><from>halxml@example.com</from><to>a@example.net</to><body>x</body>"); !strings.Contains(fault, "a@example.net") {
		t.Errorf("another domain: %s", fault)
	}

	if answer, fault := soap("RunCommand", "<name>greet</name><parameters>'$(id) `id`'</parameters>"); fault != "" || inner(answer, "output") != "&lt;hello; you|$(id) `id`|&gt;\n" {
		t.Errorf("SOAP: %s %s", answer, fault)
	}
	if result, fault := call("RunCommand", `"name":"greet"`); fault != "" || result["output"] != "<hello; you||>\n" {
		t.Errorf("JSON: %v %s", result, fault)
	}
	for params, want := range map[string]string{
		`"name":"greet","parameters":"fail"`: `The command "greet" failed with exit code 1`,
		`"name":"nothing"`:                   `The command "nothing" could not be run`,
		`"name":"` + script + `"`:            "has no command",
	} {
		if _, fault := call("RunCommand", params); !strings.Contains(fault, want) {
			t.Errorf("%s: %s, want %s", params, fault, want)
		}
	}
	if log := r.stderr.String(); !strings.Contains(log, "/nonexistent/program") || strings.Contains(log, "secret") {
		t.Errorf("the log says %s", log)
	}
	history, _ := call("GetHistory", `"objType":"Suite"`)
	if n := len(history["events"].([]any)); n != 7 {
		t.Errorf("%d events: %v", n, history)
	}
}
