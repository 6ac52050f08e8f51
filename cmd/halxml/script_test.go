package main

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes this test binary the program that the scripts run as halxml.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"halxml": main})
}

// TestScripts runs testdata/script/*.txtar against the real program. What the
// commands of their own do is told beside each.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setupScript,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"damage": damage,
			"usage":  usage,
			"start":  start,
			"halt":   halt,
			"keep":   keep,
			"logged": logged,
		},
	})
}

// usage runs halxml with the arguments and wants exit code 2, as `! exec` takes
// any failure.
func usage(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec("halxml", args...)
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != exitUsage {
		ts.Fatalf("halxml %q ended with %v; want exit code %d", args, err, exitUsage)
	}
}

// damage FILE OLD NEW puts NEW in the place of each OLD in a file.
func damage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 || len(args[1]) != len(args[2]) {
		ts.Fatalf("usage: damage FILE OLD NEW, of the same length")
	}
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not contain %s", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(text, args[1], args[2])), 0o600))
}
