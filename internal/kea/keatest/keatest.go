// Package keatest runs real Kea daemons for tests, each in a folder of its own. On this machine they must not listen for
// clients: the configurations should name no interfaces then. It is for tests only.
package keatest

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"halxml/internal/realtool"
)

// Patience is how long a daemon may take to start or to stop; it takes a tenth of a second on an idle machine.
const Patience = time.Minute

// Hooks is the folder of Kea's libraries. Without them the test is skipped or fails.
func Hooks(t testing.TB) string {
	t.Helper()
	realtool.Path(t, "kea-dhcp4")
	for _, pattern := range []string{"/usr/lib/*/kea/hooks", "/usr/lib/kea/hooks", "/usr/local/lib/kea/hooks"} {
		if found, _ := filepath.Glob(filepath.Join(pattern, "libdhcp_ha.so")); len(found) > 0 {
			return filepath.Dir(found[0])
		}
	}
	realtool.Works(t, "Kea's library libdhcp_ha.so", "false")
	return ""
}

// Folder makes a folder whose path is short enough for a socket in it.
func Folder(t testing.TB) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "kea")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	return folder
}

// Failer is what a test and a property check have in common.
type Failer interface {
	Helper()
	Fatal(args ...any)
}

// Check is Kea's own check of a configuration, made in folder: whether it passed, and what Kea says.
func Check(t Failer, program, folder string, config []byte) (passed bool, says string) {
	t.Helper()
	file := filepath.Join(folder, "check.conf")
	if err := os.WriteFile(file, config, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := command(context.Background(), folder, program, "-t", file).CombinedOutput()
	return err == nil, string(out)
}

func command(ctx context.Context, folder string, words ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Env = append(os.Environ(), "KEA_PIDFILE_DIR="+folder, "KEA_LOCKFILE_DIR="+folder)
	return cmd
}

// Daemon is a running Kea.
type Daemon struct {
	Folder string
	// File is its configuration file.
	File string

	cmd     *exec.Cmd
	started chan bool // one value: whether it has started
	gone    chan struct{}

	mu  sync.Mutex
	log bytes.Buffer
}

// Try starts a daemon with a configuration in folder. It is nil when the daemon refuses the configuration; says is what
// it has logged until then. The daemon ends with the test at the latest.
func Try(t testing.TB, program, folder string, config []byte) (d *Daemon, says string) {
	t.Helper()
	return try(t, []string{program}, folder, config)
}

func try(t testing.TB, program []string, folder string, config []byte) (d *Daemon, says string) {
	t.Helper()
	d = &Daemon{Folder: folder, File: filepath.Join(folder, "kea.conf"), started: make(chan bool, 1), gone: make(chan struct{})}
	if err := os.WriteFile(d.File, config, 0o644); err != nil {
		t.Fatal(err)
	}
	d.cmd = command(context.Background(), folder, append(program, "-c", d.File)...)
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	d.cmd.Stderr = d.cmd.Stdout
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Stop)
	go d.read(out)
	select {
	case started := <-d.started:
		if !started {
			d.Stop()
			return nil, d.Log()
		}
		return d, d.Log()
	case <-time.After(Patience):
		t.Fatalf("%q says neither that it has started nor that it has not:\n%s", program, d.Log())
	}
	return nil, ""
}

// Start starts a daemon that must take its configuration.
func Start(t testing.TB, program, folder string, config []byte) *Daemon {
	t.Helper()
	return StartBy(t, []string{program}, folder, config)
}

// StartBy is Start by a command that ends with the program, such as one that runs it on another network.
func StartBy(t testing.TB, program []string, folder string, config []byte) *Daemon {
	t.Helper()
	d, says := try(t, program, folder, config)
	if d == nil {
		t.Fatalf("%q does not start:\n%s\n%s", program, says, config)
	}
	return d
}

func (d *Daemon) read(out io.Reader) {
	defer close(d.gone)
	told := false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		line := lines.Text()
		d.mu.Lock()
		d.log.WriteString(line + "\n")
		d.mu.Unlock()
		// DHCP4_STARTED, DHCP6_STARTED, CTRL_AGENT_STARTED; DHCP4_INIT_FAIL, …
		if ok := strings.Contains(line, "_STARTED Kea "); !told && (ok || strings.Contains(line, "_INIT_FAIL ")) {
			told = true
			d.started <- ok
		}
	}
	if !told {
		d.started <- false
	}
	d.cmd.Wait()
}

// Log is what the daemon has said so far.
func (d *Daemon) Log() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.log.String()
}

// Stop ends the daemon; a second time it does nothing.
func (d *Daemon) Stop() {
	d.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-d.gone:
	case <-time.After(Patience):
		d.cmd.Process.Kill()
		<-d.gone
	}
}
