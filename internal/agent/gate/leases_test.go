package gate_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"halxml/internal/agent"
)

// kept waits until the service has the text for the server's lease file.
func (s *service) kept(what, want string) {
	s.t.Helper()
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(5 * time.Millisecond) {
		text, _ := os.ReadFile(s.remote.LeaseFile())
		if string(text) == want {
			return
		}
		if time.Now().After(end) {
			s.t.Fatalf("%s: the service has %d bytes, want %d", what, len(text), len(want))
		}
	}
}

// TestLeaseFilesArrive lets a lease file grow, be written anew and be changed
// in place, while connections break.
func TestLeaseFilesArrive(t *testing.T) {
	s := newService(t, never)
	dir, h := machine(t)
	name := filepath.Join(dir, "dhcpd.leases")
	lease := func(n int) string {
		return fmt.Sprintf("lease 10.%d.%d.%d {\n  starts 0 2026/11/22 15:21:12;\n  ends never;\n  binding state active;\n  hardware ethernet 02:00:00:%02x:%02x:%02x;\n}\n",
			n>>16, n>>8&255, n&255, n>>16, n>>8&255, n&255)
	}
	var big strings.Builder
	for n := range 20_000 { // more than two parts
		big.WriteString(lease(n))
	}
	text := big.String()
	put := func(file, text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(name, text)
	count := 0
	spoil := func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == agent.LeasesPath {
			if count++; count == 2 { // the second part, once
				panic(http.ErrAbortHandler)
			}
		}
		return false
	}
	s.broken.Store(&spoil)
	end := s.agent(dir, h)
	s.kept("all of it", text)
	if f, err := s.remote.Leases(t.Context()); err != nil || len(f.Leases) != 20_000 || f.Truncated {
		t.Errorf("%d leases, error %v", len(f.Leases), err)
	}

	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		more := lease(1<<20 + n)
		text += more
		if _, err := f.WriteString(more); err != nil {
			t.Fatal(err)
		}
		s.kept("what was added", text)
	}
	_ = f.Close()

	put(name+".new", lease(1))
	if err := os.Rename(name+".new", name); err != nil {
		t.Fatal(err)
	}
	s.kept("the file written anew", lease(1))
	put(name, lease(2)+lease(3))
	s.kept("the file changed in place", lease(2)+lease(3))
	end()

	// An agent that is started again, at a service that has lost the file.
	if err := os.RemoveAll(filepath.Dir(s.remote.LeaseFile())); err != nil {
		t.Fatal(err)
	}
	s.agent(dir, h)
	s.kept("the file again", lease(2)+lease(3))
	put(name, "")
	s.kept("nothing", "")
}

// TestHalfALeaseFileIsNoLeaseFile keeps the copy before until a new one is whole.
func TestHalfALeaseFileIsNoLeaseFile(t *testing.T) {
	s := newService(t, never)
	part := func(copy string, at int, data string, end bool) string {
		t.Helper()
		status, text := s.post(agent.LeasesPath, s.token, fmt.Sprintf(`{"version": 1, "server": "a", "agent": "x", "copy": %q, "at": %d, "data": %q, "end": %v}`, copy, at, data, end))
		if status != 200 {
			t.Fatalf("status %d, %s", status, text)
		}
		return text
	}
	const one, two = "b25l", "dHdv" // in base64
	for _, step := range []struct {
		copy   string
		at     int
		data   string
		end    bool
		answer string
		want   string
	}{
		{"1", 0, one, true, `{"version":1,"copy":"1","size":3}`, "one"},
		{"2", 0, two, false, `{"version":1,"copy":"2","size":3}`, "one"},
		{"1", 3, two, true, `{"version":1,"copy":"","size":0}`, "one"},
		{"2", 9, two, true, `{"version":1,"copy":"","size":0}`, "one"},
		{"2", 3, one, true, `{"version":1,"copy":"2","size":6}`, "twoone"},
		{"2", 3, one, true, `{"version":1,"copy":"2","size":6}`, "twoone"},
		{"2", 6, two, false, `{"version":1,"copy":"2","size":9}`, "twoonetwo"},
	} {
		if answer := part(step.copy, step.at, step.data, step.end); answer != step.answer {
			t.Errorf("%+v: %s", step, answer)
		}
		if text, err := os.ReadFile(s.remote.LeaseFile()); err != nil || string(text) != step.want {
			t.Errorf("%+v: the file holds %q, %v", step, text, err)
		}
	}
	if info, err := os.Stat(s.remote.LeaseFile()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}
