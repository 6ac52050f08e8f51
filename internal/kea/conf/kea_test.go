package conf_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"halxml/internal/kea/conf"
	"halxml/internal/realtool"
)

// keaTakes runs Kea's own check over a text.
func keaTakes(t *testing.T, program, folder string, text []byte) (bool, string) {
	t.Helper()
	file := filepath.Join(folder, "kea.conf")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-t", file)
	cmd.Env = append(os.Environ(), "KEA_PIDFILE_DIR="+folder, "KEA_LOCKFILE_DIR="+folder)
	out, err := cmd.CombinedOutput()
	return err == nil, string(out)
}

// The table of values is what Kea itself says of them.
func TestKeaReadsTheSameLanguage(t *testing.T) {
	program, folder := realtool.Path(t, "kea-dhcp4"), t.TempDir()
	for _, tt := range values {
		if strings.Contains(tt.text, "include") {
			continue // names files that are not there
		}
		if got, out := keaTakes(t, program, folder, []byte(in(tt.text))); got != (tt.refused == "") {
			t.Errorf("%q: Kea takes it: %v\n%s", tt.text, got, out)
		}
	}
}

func TestKeaTakesWhatIsPrinted(t *testing.T) {
	folder := t.TempDir()
	for _, file := range accepted(t) {
		program := realtool.Path(t, "kea-dhcp4")
		if strings.HasSuffix(file, "6") {
			program = realtool.Path(t, "kea-dhcp6")
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if ok, out := keaTakes(t, program, folder, text); !ok {
			t.Errorf("Kea refuses %s\n%s", file, out)
		}
		f, err := conf.Load(file, os.ReadFile)
		if err != nil {
			t.Fatal(err)
		}
		if ok, out := keaTakes(t, program, folder, conf.Print(f)); !ok {
			t.Errorf("Kea refuses\n%s\n%s", conf.Print(f), out)
		}
	}
}
