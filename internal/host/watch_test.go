package host

import (
	"context"
	"testing"
	"time"
)

// A status command that is cut off, since the service ends, tells nothing.
func TestAStatusThatIsCutOff(t *testing.T) {
	h := New(Config{File: t.TempDir() + "/dhcpd.conf", Status: []string{"true"}})
	if s := h.State(t.Context()); !s.Running {
		t.Fatal(s)
	}
	h.watch.checked = time.Time{} // it is asked again
	ended, end := context.WithCancel(t.Context())
	end()
	if s := h.State(ended); !s.Running {
		t.Errorf("the server is told to be down: %+v", s)
	}
}
