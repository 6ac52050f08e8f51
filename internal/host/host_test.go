package host_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"halxml/internal/host"
	"halxml/internal/host/hosttest"
	"halxml/internal/realtool"
)

const plain = "# one\nsubnet 10.77.0.0 netmask 255.255.255.0 { }\n"

// files is a host without a server: only its files.
func files(t *testing.T) (*host.Host, string) {
	t.Helper()
	dir := t.TempDir()
	return host.New(host.Config{
		File: filepath.Join(dir, "dhcpd.conf"), Leases: filepath.Join(dir, "dhcpd.leases"), PID: filepath.Join(dir, "dhcpd.pid"),
		Validate: []string{realtool.Path(t, "dhcpd"), "-4", "-t", "-cf", "{file}", "-lf", "{leases}"},
		Start:    []string{"false"}, Stop: []string{"true"},
	}), dir
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}

func stage(t *testing.T, h *host.Host, text string) host.Hash {
	t.Helper()
	v, err := h.Stage(t.Context(), []byte(text))
	if err != nil || !v.Accepted || len(v.Lines) > 0 {
		t.Fatalf("verdict %+v, error %v", v, err)
	}
	return host.HashOf([]byte(text))
}

func TestTheServersOwnCheckJudges(t *testing.T) {
	h, dir := files(t)
	stage(t, h, plain)
	v, err := h.Stage(t.Context(), []byte("authoritative;\nfrobnicate 1;\n"))
	if err != nil || v.Accepted {
		t.Fatalf("verdict %+v, error %v", v, err)
	}
	text := strings.Join(v.Lines, "\n")
	if !strings.Contains(text, "dhcpd.conf line 2: unknown option") && !strings.Contains(text, "dhcpd.conf line 2: semicolon expected") || strings.Contains(text, dir) {
		t.Errorf("lines\n%s", text)
	}
	v, err = h.Stage(t.Context(), []byte("subnet 10.0.0.0 netmask 255.0.0.0 { }\nsubnet 10.1.0.0 netmask 255.255.0.0 { }\n"))
	if err != nil || !v.Accepted || len(v.Lines) == 0 || !strings.Contains(v.Lines[0], "Warning") {
		t.Errorf("verdict %+v, error %v", v, err)
	}
	if err := h.Unstage(t.Context()); err != nil || names(t, dir) != "" {
		t.Errorf("files %s, error %v", names(t, dir), err)
	}
}

func TestSwapAndRestore(t *testing.T) {
	h, dir := files(t)
	live := filepath.Join(dir, "dhcpd.conf")
	first := stage(t, h, plain)
	if err := h.Swap(t.Context(), "", first); err != nil || read(t, live) != plain || names(t, dir) != "dhcpd.conf" {
		t.Fatalf("error %v, files %s", err, names(t, dir))
	}
	if err := os.Chmod(live, 0o600); err != nil {
		t.Fatal(err)
	}
	second := stage(t, h, "# two\n"+plain)
	if err := h.Swap(t.Context(), first, second); err != nil || read(t, live) != "# two\n"+plain || read(t, live+".prev") != plain {
		t.Fatalf("error %v, files %s", err, names(t, dir))
	}
	if info, err := os.Stat(live); err != nil || info.Mode() != 0o600 {
		t.Errorf("the mode became %v", info.Mode())
	}
	for range 2 { // once more does no harm
		if err := h.Restore(t.Context(), first); err != nil || read(t, live) != plain {
			t.Fatalf("error %v, files %s", err, names(t, dir))
		}
	}
	if err := h.Restore(t.Context(), second); err == nil {
		t.Error("something was restored that is not there")
	}
	if err := h.Restore(t.Context(), ""); err != nil || names(t, dir) != "" {
		t.Errorf("error %v, files %s", err, names(t, dir))
	}
}

func TestSwapRefusesWhatItDoesNotKnow(t *testing.T) {
	for name, c := range map[string]struct {
		change func(live, staged string) error
		want   string
	}{
		"live edited":   {func(live, _ string) error { return os.WriteFile(live, []byte("# edited\n"), 0o644) }, "the live configuration file was changed meanwhile"},
		"live removed":  {func(live, _ string) error { return os.Remove(live) }, "the live configuration file was changed meanwhile"},
		"staged gone":   {func(_, staged string) error { return os.Remove(staged) }, "the validated configuration is gone from beside the live one"},
		"staged edited": {func(_, staged string) error { return os.WriteFile(staged, []byte("# x\n"), 0o644) }, "the validated configuration was changed beside the live one"},
	} {
		t.Run(name, func(t *testing.T) {
			h, dir := files(t)
			live := filepath.Join(dir, "dhcpd.conf")
			first := stage(t, h, plain)
			if err := h.Swap(t.Context(), "", first); err != nil {
				t.Fatal(err)
			}
			second := stage(t, h, "# two\n"+plain)
			if err := c.change(live, filepath.Join(dir, ".dhcpd.conf.new")); err != nil {
				t.Fatal(err)
			}
			before, _ := os.ReadFile(live)
			if err := h.Swap(t.Context(), first, second); err == nil || err.Error() != c.want {
				t.Errorf("error %v", err)
			}
			if after, _ := os.ReadFile(live); string(after) != string(before) {
				t.Errorf("the live file became %q", after)
			}
		})
	}
}

// TestASwapThatMayNotLastIsUnsure swaps in a directory that cannot be read, and
// so not be written to disk.
func TestASwapThatMayNotLastIsUnsure(t *testing.T) {
	h, dir := files(t)
	first := stage(t, h, plain)
	if err := os.Chmod(dir, 0o300); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o700)
	if d, err := os.Open(dir); err == nil {
		_ = d.Close()
		t.Skip("this user may read all directories")
	}
	for what, err := range map[string]error{
		"swapped":  h.Swap(t.Context(), "", first),
		"restored": h.Restore(t.Context(), ""),
	} {
		var f *host.Fault
		if !errors.As(err, &f) || !f.Unsure {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, ok, err := h.Live(t.Context()); ok || err != nil {
		t.Errorf("nothing was done: %t, %v", ok, err)
	}
}

func TestALinkStaysALink(t *testing.T) {
	h, dir := files(t)
	real := filepath.Join(t.TempDir(), "real.conf")
	if err := errors.Join(os.WriteFile(real, []byte(plain), 0o644), os.Symlink(real, filepath.Join(dir, "dhcpd.conf"))); err != nil {
		t.Fatal(err)
	}
	second := stage(t, h, "# two\n"+plain)
	if err := h.Swap(t.Context(), host.HashOf([]byte(plain)), second); err != nil || read(t, real) != "# two\n"+plain {
		t.Errorf("error %v, the file holds %q", err, read(t, real))
	}
	if to, err := os.Readlink(filepath.Join(dir, "dhcpd.conf")); err != nil || to != real {
		t.Errorf("the link leads to %q, error %v", to, err)
	}
}

func TestFaultsOfCommandsAreTold(t *testing.T) {
	h, _ := files(t)
	var f *host.Fault
	if _, err := h.Start(t.Context()); !errors.As(err, &f) || f.Text != "the server does not start" {
		t.Errorf("error %v", err)
	}
	absent := host.New(host.Config{File: filepath.Join(t.TempDir(), "x"), Validate: []string{"/no/such/program"}, Start: []string{"/no/such/program"}})
	if _, err := absent.Stage(t.Context(), nil); err == nil || err.Error() != "the command program cannot be run" {
		t.Errorf("error %v", err)
	}
	away := host.New(host.Config{File: filepath.Join(t.TempDir(), "dhcpd.conf"), Leases: filepath.Join(t.TempDir(), "x"), Status: []string{"true"}})
	if s := away.State(t.Context()); s.Fault != "there is no lease file at the configured place" {
		t.Errorf("state %+v", s)
	}
	status := host.New(host.Config{Status: []string{"true"}, Start: []string{"true"}, Stop: []string{"true"}})
	if s, err := status.Start(t.Context()); err != nil || !s.Running {
		t.Errorf("state %+v, error %v", s, err)
	}
}

// watched collects what a host reports.
type watched struct {
	mu   sync.Mutex
	last host.State
	came chan struct{}
}

func watch(t *testing.T, h *host.Host) *watched {
	w := &watched{came: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.Watch(ctx, func(s host.State) {
			w.mu.Lock()
			w.last = s
			w.mu.Unlock()
			select {
			case w.came <- struct{}{}:
			default:
			}
		})
	}()
	t.Cleanup(func() { cancel(); <-done })
	return w
}

// until waits for a report that is as wanted.
func (w *watched) until(t *testing.T, what string, ok func(host.State) bool) host.State {
	t.Helper()
	end := time.After(60 * time.Second)
	for {
		w.mu.Lock()
		s := w.last
		w.mu.Unlock()
		if ok(s) {
			return s
		}
		select {
		case <-w.came:
		case <-end:
			t.Fatalf("not seen: %s; last was %+v", what, s)
		}
	}
}

// TestAPairIsWatched lets two real servers find each other, stops one by a
// crash and starts it again.
func TestAPairIsWatched(t *testing.T) {
	for name, lab := range map[string]func(testing.TB, int) *hosttest.Lab{"own network": hosttest.New, "loopback": hosttest.NewLoopback} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			watchPair(t, lab(t, 2))
		})
	}
}

func watchPair(t *testing.T, lab *hosttest.Lab) {
	const peer = "failover peer \"p\" { %role; address %own; port 647; peer address %other; peer port 647; max-response-delay 10; max-unacked-updates 10; load balance max seconds 3; %more }\n" +
		"authoritative; ping-check false; subnet 10.77.0.0 netmask 255.255.255.0 { pool { failover peer \"p\"; range 10.77.0.100 10.77.0.120; } }\n"
	hosts := make([]*host.Host, 2)
	seen := make([]*watched, 2)
	for i, s := range lab.Servers {
		role, more := "primary", "mclt 20; split 128;"
		if i == 1 {
			role, more = "secondary", ""
		}
		text := strings.NewReplacer("%role", role, "%own", s.Address, "%other", lab.Servers[1-i].Address, "%more", more).Replace(peer) + lab.Listen
		hosts[i] = host.New(s.Config)
		if err := hosts[i].Swap(t.Context(), "", stage(t, hosts[i], text)); err != nil {
			t.Fatal(err)
		}
		seen[i] = watch(t, hosts[i])
		seen[i].until(t, "the configuration", func(s host.State) bool { return s.Config == host.HashOf([]byte(text)) && !s.Running })
	}
	for i := range hosts {
		if _, err := hosts[i].Start(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	normal := func(s host.State) bool {
		return s.Running && s.Peers["p"].State == "normal" && s.Peers["p"].PartnerState == "normal"
	}
	first := seen[0].until(t, "a normal primary", normal)
	second := seen[1].until(t, "a normal secondary", normal)
	address, err := lab.Lease("02:00:00:00:00:01")
	served := !errors.Is(err, hosttest.ErrNoClient)
	if served && (err != nil || !strings.HasPrefix(address, "10.77.0.1")) {
		t.Errorf("the client got %q, %v", address, err)
	}
	found := 0
	for _, h := range hosts {
		f, err := h.Leases(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range f.Leases {
			if l.Hardware == "02:00:00:00:00:01" {
				found++
			}
		}
	}
	if served && found == 0 {
		t.Error("no lease file knows the client")
	}
	lab.Servers[0].Kill()
	seen[0].until(t, "the end", func(s host.State) bool { return !s.Running && s.Process == 0 })
	cut := seen[1].until(t, "the loss of the partner", func(s host.State) bool { return s.Peers["p"].State == "communications-interrupted" })
	if cut.Peers["p"].Changes <= second.Peers["p"].Changes {
		t.Errorf("changes %d, before %d", cut.Peers["p"].Changes, second.Peers["p"].Changes)
	}
	again, err := hosts[0].Start(t.Context())
	if err != nil || again.Process == first.Process {
		t.Fatalf("state %+v, error %v", again, err)
	}
	seen[1].until(t, "the partner again", func(s host.State) bool {
		return normal(s) && s.Peers["p"].Changes > cut.Peers["p"].Changes
	})
	for i := range hosts {
		if s, err := hosts[i].Stop(t.Context()); err != nil || s.Running {
			t.Errorf("state %+v, error %v", s, err)
		}
	}
}

// A server that cannot listen does not start, and says why.
func TestAServerThatDoesNotStartSaysWhy(t *testing.T) {
	lab := hosttest.New(t, 1)
	h := host.New(lab.Servers[0].Config)
	const elsewhere = "subnet 198.51.100.0 netmask 255.255.255.0 { }\n"
	if err := h.Swap(t.Context(), "", stage(t, h, elsewhere)); err != nil {
		t.Fatal(err)
	}
	s, err := h.Start(t.Context())
	var f *host.Fault
	if !errors.As(err, &f) || !strings.Contains(f.Error(), "No subnet declaration for "+lab.Interfaces[0]) || s.Running {
		t.Errorf("state %+v, error %v", s, err)
	}
}

// TestAServerStartsAfterACrash leaves the number of a process in the file that
// says which one the server was.
func TestAServerStartsAfterACrash(t *testing.T) {
	dead := exec.Command("true") // nobody waits for it before the end of the test
	if err := dead.Start(); err != nil {
		t.Fatal(err)
	}
	defer dead.Wait()
	lab := hosttest.New(t, 1)
	h := host.New(lab.Servers[0].Config)
	if err := h.Swap(t.Context(), "", stage(t, h, lab.Preamble())); err != nil {
		t.Fatal(err)
	}
	for what, process := range map[string]int{"a dead process": dead.Process.Pid, "another program": os.Getpid()} {
		if err := os.WriteFile(lab.Servers[0].Config.PID, []byte(strconv.Itoa(process)), 0o644); err != nil {
			t.Fatal(err)
		}
		if s, err := h.Start(t.Context()); err != nil || !s.Running || s.Process == process {
			t.Fatalf("after %s: state %+v, error %v", what, s, err)
		}
		if _, err := h.Stop(t.Context()); err != nil {
			t.Errorf("after %s: %v", what, err)
		}
	}
}
