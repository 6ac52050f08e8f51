package realtool

import (
	"path/filepath"
	"testing"
)

// outcome records how a test that uses the package ends.
type outcome struct {
	testing.TB
	failed, skipped bool
}

func (o *outcome) Helper()               {}
func (o *outcome) Fatalf(string, ...any) { o.failed = true }
func (o *outcome) Skipf(string, ...any)  { o.skipped = true }

func TestMissingProgramSkipsAtHomeAndFailsUnderCI(t *testing.T) {
	for _, c := range []struct {
		ci              string
		failed, skipped bool
	}{{"", false, true}, {"true", true, false}} {
		t.Setenv("CI", c.ci)
		for name, use := range map[string]func(testing.TB){
			"Path":   func(t testing.TB) { Path(t, "no-such-program") },
			"Python": func(t testing.TB) { Python(t, "no_such_module") },
			"Works":  func(t testing.TB) { Works(t, "a module", "go", "no-such-command") },
		} {
			var o outcome
			use(&o)
			if o.failed != c.failed || o.skipped != c.skipped {
				t.Errorf("%s with CI=%q: failed %v, skipped %v", name, c.ci, o.failed, o.skipped)
			}
		}
	}
}

func TestPathFindsAProgram(t *testing.T) {
	if path := Path(t, "go"); !filepath.IsAbs(path) {
		t.Errorf("go is at %q, not an absolute path", path)
	}
}
