// Package realtool finds the real programs that tests run: SOAP clients, DHCP
// servers, compilers. It is for tests only. On a developer's machine a test
// whose program is missing is skipped; under continuous integration (CI is
// set) it fails, so that nothing goes unchecked in silence.
package realtool

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// systemFolders are where daemons live that only root's PATH usually has.
var systemFolders = []string{"/usr/sbin", "/sbin"}

// Path is the program's full path; without one the test is skipped or fails.
func Path(t testing.TB, program string) string {
	t.Helper()
	if path, err := exec.LookPath(program); err == nil {
		return path
	}
	for _, folder := range systemFolders {
		if path, err := exec.LookPath(filepath.Join(folder, program)); err == nil {
			return path
		}
	}
	missing(t, program)
	return ""
}

// Python is an interpreter that can import module: the one on PATH or, where
// that is one of a version manager without the module, the system's.
func Python(t testing.TB, module string) string {
	t.Helper()
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(python, "-c", "import "+module).Run() == nil {
			return python
		}
	}
	missing(t, "Python's module "+module)
	return ""
}

// Works is for what has no program of its own, such as a module of an
// interpreter: it is there when the command succeeds.
func Works(t testing.TB, what, program string, arguments ...string) {
	t.Helper()
	if exec.Command(Path(t, program), arguments...).Run() != nil {
		missing(t, what)
	}
}

func missing(t testing.TB, what string) {
	t.Helper()
	end := t.Skipf
	if os.Getenv("CI") != "" {
		end = t.Fatalf
	}
	end("%s is not installed; .ci/run installs it", what)
}
