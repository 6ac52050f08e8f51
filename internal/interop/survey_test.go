package interop

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"halxml/internal/mail/mailtest"
	"halxml/internal/realtool"
)

// survey sends all requests of testdata/survey to a new service, written in one
// of its ways, and returns the answers, which are valid against the served WSDL.
func survey(t *testing.T, way string, flags ...string) string {
	base := startService(t, append(flags, "--set", "ping.method=off")...)
	return output(t, "testdata/survey", realtool.Python(t, "lxml"), "survey.py", base, password, way, "requests.txt")
}

// TestWaysOfWritingRequests sends every operation as templates with empty
// elements, scripts and hand-written envelopes write it. The answers are those of
// requests in the schema's own form.
func TestWaysOfWritingRequests(t *testing.T) {
	want := survey(t, "plain")
	for _, way := range []string{"all elements", "sloppy", "loose"} {
		t.Run(way, func(t *testing.T) { compare(t, survey(t, way), want) })
	}
}

// TestAnswersOf2017 holds the answers of every operation to the WSDL without
// extensions, for clients that are strict.
func TestAnswersOf2017(t *testing.T) {
	survey(t, "plain", "--set", "api.profile=2017")
}

// TestAnswersOfActions holds the answers of what acts on the world to the WSDL:
// mail that is sent, programs that are run, a server that is stopped and started.
func TestAnswersOfActions(t *testing.T) {
	python := realtool.Python(t, "lxml")
	inbox := mailtest.Start(t, mailtest.Options{})
	folder := t.TempDir()
	running := filepath.Join(folder, "running")
	file := filepath.Join(folder, "halxml.toml")
	text := fmt.Sprintf(`
[mail]
server = %q
from = "halxml@example.com"
recipients = ["example.com"]
[command.greet]
run = ["/bin/echo", "hello"]
arguments = true
[command.silent]
run = ["/bin/true"]
[command.raw]
run = ["/usr/bin/printf", '<&]]>"\001\377\r\n\t']
[server."dhcp1.example.com"]
deliver = "manual"
config = %q
leases = %q
start = ["/bin/touch", %[4]q]
stop = ["/bin/rm", "-f", %[4]q]
status = ["/usr/bin/test", "-e", %[4]q]
`, inbox.Addr, filepath.Join(folder, "dhcpd.conf"), filepath.Join(folder, "dhcpd.leases"), running)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	base := startService(t, "--config", file, "--set", "ping.method=tcp")
	printed := output(t, "testdata/survey", python, "survey.py", base, password, "plain", "actions.txt")
	for _, want := range []string{
		"<alive>true</alive>", "<SendMailResponse/>", "<output>hello </output>", "<output>hello to the world </output>",
		"<RunCommandResponse/>", "<SetServiceStatusResponse/>", "<serviceStatus>stopped<", "<serviceStatus>running<",
		"sent to a@example.com, b@example.com, c@example.com<",
	} {
		if !strings.Contains(printed, want) {
			t.Errorf("no %s in the answers:\n%s", want, printed)
		}
	}
	if mails := inbox.Mails(); len(mails) != 2 || len(mails[1].To) != 3 {
		t.Errorf("mails: %+v", mails)
	}
}

// TestSurveyIsWhole: an operation that is answered is in the survey.
func TestSurveyIsWhole(t *testing.T) {
	requests, err := os.ReadFile("testdata/survey/requests.txt")
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{"Login": true, "Logout": true} // these are the scenario's
	for line := range strings.Lines(string(requests)) {
		operation, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "!"), " ")
		there[operation] = true
	}
	listed, err := exec.Command(binary, "ops").Output()
	if err != nil {
		t.Fatal(err)
	}
	answered := 0
	for line := range strings.Lines(string(listed)) {
		if columns := strings.Fields(line); len(columns) > 1 && columns[1] == "yes" {
			answered++
			if !there[columns[0]] {
				t.Errorf("%s is answered and not in requests.txt", columns[0])
			}
		}
	}
	if answered < 100 {
		t.Errorf("halxml ops lists %d operations as answered", answered)
	}
}
