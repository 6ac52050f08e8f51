package conf_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"halxml/internal/dhcpd/conf"
	"halxml/internal/realtool"
)

// accepted copies testdata/accepted to a folder of the test, with the folder's path in the include statements, and
// returns the configuration files in it.
func accepted(t testing.TB) []string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "include"), 0o755); err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, pattern := range []string{"*.conf", "include/*.conf"} {
		found, err := filepath.Glob(filepath.Join("testdata/accepted", pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("no files %s: %v", pattern, err)
		}
		for _, from := range found {
			text, err := os.ReadFile(from)
			if err != nil {
				t.Fatal(err)
			}
			name, _ := filepath.Rel("testdata/accepted", from)
			to := filepath.Join(dir, name)
			if err := os.WriteFile(to, bytes.ReplaceAll(text, []byte("@DIR@"), []byte(dir)), 0o644); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(pattern, "/") {
				files = append(files, to)
			}
		}
	}
	return files
}

// dhcpdAccepts runs dhcpd's own check over a text.
func dhcpdAccepts(t *testing.T, dhcpd, family string, text []byte) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "dhcpd.conf")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(dhcpd, family, "-t", "-cf", file, "-lf", filepath.Join(dir, "leases")).CombinedOutput()
	if err != nil {
		t.Errorf("dhcpd refuses: %v\n%s\n%s", err, out, text)
	}
}

func family(file string) string {
	if strings.Contains(filepath.Base(file), "ipv6") {
		return "-6"
	}
	return "-4"
}

// What dhcpd accepts is accepted, and so is what is printed of it, with its includes and without.
func TestPrintedFilesPassDhcpd(t *testing.T) {
	dhcpd := realtool.Path(t, "dhcpd")
	for _, file := range accepted(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dhcpdAccepts(t, dhcpd, family(file), text)
			tree, err := conf.Load(file, os.ReadFile)
			if err != nil {
				t.Fatal(err)
			}
			dhcpdAccepts(t, dhcpd, family(file), conf.Print(tree))
			dhcpdAccepts(t, dhcpd, family(file), conf.PrintExpanded(tree))
		})
	}
}
