package agent

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rs/zerolog"

	"halxml/internal/host"
)

// A configuration that no message holds is a fault: the service would refuse the
// message, and the agent send it again and again.
func TestALiveFileThatIsTooLarge(t *testing.T) {
	file := filepath.Join(t.TempDir(), "dhcpd.conf")
	for size, want := range map[int64]string{MaxMessage / 2: "", MaxMessage/2 + 1: "the configuration file is too large for an agent"} {
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(file, size); err != nil {
			t.Fatal(err)
		}
		a := &Agent{o: Options{Host: host.New(host.Config{File: file}), Log: zerolog.Nop()}}
		r := a.perform(t.Context(), &Task{ID: "1", Do: Live})
		got := ""
		if r.Fault != nil {
			got = r.Fault.Text
		}
		if got != want || (want == "") != (int64(len(r.Text)) == size) {
			t.Errorf("%d bytes: fault %q, %d bytes of text", size, got, len(r.Text))
		}
	}
}
