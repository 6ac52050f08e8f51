package host

import (
	"os"
	"path/filepath"
	"testing"
)

// Who is told that a server does not run is told how that is known: it may run,
// and the configuration be wrong.
func TestHowItIsKnownThatAServerDoesNotRun(t *testing.T) {
	stale := filepath.Join(t.TempDir(), "dhcpd.pid")
	if err := os.WriteFile(stale, []byte("2147483647\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		config Config
		want   string
	}{
		{Config{PID: filepath.Join(t.TempDir(), "dhcpd.pid")}, "there is no pid file at the configured place"},
		{Config{PID: stale}, "the pid file has the number of no such process"},
		{Config{PID: stale, Status: []string{"/usr/bin/systemctl", "is-active", "dhcpd"}}, "the command systemctl says so"},
	} {
		if got := New(tt.config).absence(); got != tt.want {
			t.Errorf("%+v: %s", tt.config, got)
		}
	}
}
