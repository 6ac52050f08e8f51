package main

import (
	"errors"
	"os/exec"
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
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"usage": usage,
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
