package agent

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"halxml/internal/realtool"
)

// Each text is one that dhcpd takes; where it lets dhcpd run a program the agent
// must see it.
func TestExecuteIsSeen(t *testing.T) {
	dhcpd := realtool.Path(t, "dhcpd")
	file := filepath.Join(t.TempDir(), "dhcpd.conf")
	for text, want := range map[string]bool{
		"":                 false,
		"authoritative;\n": false,
		"on commit { execute (\"/bin/true\"); }\n":                                     true,
		"on commit { EXECUTE(\"/bin/true\", \"a\"); }\n":                               true,
		"on commit { execute # why\n # and\n\t\r\n (\"/bin/true\"); }\n":               true,
		"on expiry or release { if 1 = 1 { set x = \"y\"; execute(\"/bin/true\"); } }": true,
		"# execute (\"/bin/true\");\nauthoritative;\n":                                 false,
		"option domain-name \"a \\\" execute (b)\";\n":                                 false,
		"option domain-name \"a\\\\\"; on commit { execute(\"/bin/true\"); }\n":        true,
		"group execute { }\n":                           false,
		"on commit { log (info, \"execute (it)\"); }\n": false,
		"# no end execute(":                             false,
	} {
		if got := runsPrograms([]byte(text)); got != want {
			t.Errorf("%q runs programs: %v", text, got)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(dhcpd, "-4", "-t", "-cf", file, "-lf", file+".leases").CombinedOutput(); err != nil {
			t.Errorf("dhcpd does not take %q: %s", text, out)
		}
	}
	for _, text := range []string{"execute", "\"", "\"\\", "execute(", "on commit { execute"} {
		if runsPrograms([]byte(text)) != (text == "execute(") {
			t.Errorf("%q", text)
		}
	}
}
