package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"halxml/internal/config"
	"halxml/internal/realtool"
)

// readme is the project's first page.
func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestReadmeCanBePasted runs the shell blocks of the README, in order, as a
// reader would paste them; only the address of the service is another one.
func TestReadmeCanBePasted(t *testing.T) {
	realtool.Path(t, "curl")
	blocks := regexp.MustCompile("(?ms)^```sh\n(.*?)^```$").FindAllStringSubmatch(readme(t), -1)
	if len(blocks) < 3 {
		t.Fatalf("the README has %d shell blocks", len(blocks))
	}
	dir := t.TempDir()
	program, err := exec.LookPath("halxml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(program, filepath.Join(dir, "bin", "halxml")); err != nil {
		t.Fatal(err)
	}
	password := regexp.MustCompile(`HALXML_ADMIN_PASSWORD='(.+)'\nmake run\n`).FindStringSubmatch(blocks[0][1])
	if password == nil {
		t.Fatalf("the first block does not run the service: %s", blocks[0][1])
	}
	s, err := startService(dir, append(os.Environ(), "HALXML_ADMIN_PASSWORD="+password[1]))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.end(syscall.SIGKILL) }()
	wants := [][]string{
		{"AddDHCPServerResponse", `"name":"dhcp1.example.com"`},
		{`"name": "main"`, `"state": "Normal"`, "two are better than one"},
		{"bytes written to halxml-copy.db", "the data are sound"},
	}
	for i, block := range blocks[1:] {
		script := strings.ReplaceAll(block[1], "http://127.0.0.1:8080", s.url)
		cmd := exec.Command("sh", "-eu", "-c", script)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "HALXML_URL="+s.url)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%v in\n%s\n%s", err, script, out)
		}
		compact := strings.ReplaceAll(string(out), `": "`, `":"`)
		for _, want := range wants[min(i, len(wants)-1)] {
			if !strings.Contains(compact, strings.ReplaceAll(want, `": "`, `":"`)) {
				t.Errorf("no %s in the output of\n%s\n%s", want, script, out)
			}
		}
	}
	if len(blocks)-1 != len(wants) {
		t.Errorf("the README has %d shell blocks to test, and this test knows %d", len(blocks)-1, len(wants))
	}
}

// TestReadmeListsEveryKey holds the README's table against the configuration's.
func TestReadmeListsEveryKey(t *testing.T) {
	text, rows := readme(t), 0
	for _, k := range config.Keys() {
		if k.EnvOnly {
			if !strings.Contains(text, "`"+k.Env()+"`") {
				t.Errorf("the README does not name %s", k.Env())
			}
			continue
		}
		value := "`" + k.Default + "`"
		if k.Default == "" {
			value = "none"
		}
		rows++
		if row := fmt.Sprintf("\n| `%s` | %s | %s |\n", k.Name, value, k.Doc); !strings.Contains(text, row) {
			t.Errorf("the README lacks the row%s", row)
		}
	}
	_, table, _ := strings.Cut(text, "| key | default | meaning |\n|---|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	if got := strings.Count(table, "\n") + 1; got != rows {
		t.Errorf("the README's table has %d keys, the configuration %d", got, rows)
	}
	if n := strings.Count(text, "\n"); n > 200 {
		t.Errorf("the README has %d lines", n)
	}
}

// TestReadmeListsEveryCommand holds the README against the command line.
func TestReadmeListsEveryCommand(t *testing.T) {
	out, err := exec.Command("halxml", "--help").Output()
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(out), "Commands:\n")
	names := regexp.MustCompile(`(?m)^  ([a-z]+) `).FindAllStringSubmatch(list, -1)
	if len(names) < 5 {
		t.Fatalf("commands %q in\n%s", names, out)
	}
	for _, name := range names {
		if !strings.Contains(readme(t), "`halxml "+name[1]) {
			t.Errorf("the README does not name halxml %s", name[1])
		}
	}
}
