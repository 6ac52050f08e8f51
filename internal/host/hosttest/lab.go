// Package hosttest runs real DHCP servers and a client in network namespaces of
// their own, joined by bridges. It is for tests only. Where namespaces are not
// permitted servers run on this machine without clients.
package hosttest

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"halxml/internal/host"
	"halxml/internal/realtool"
)

// networks are where the servers and the client are, at eth0, eth1 and so on;
// servers have the addresses from 2 on there.
var networks = [...]string{"10.77.0.", "10.78.0."}

// Lab is some machines on the networks 10.77.0.0/24 and 10.78.0.0/24.
type Lab struct {
	t       testing.TB
	prefix  string // of namespaces; "" without them
	dir     string
	Servers []*Server

	Interfaces []string // that the servers listen at
	// Listen are the statements that let a server listen whatever it serves.
	Listen string
}

// Preamble lets a server listen without serving anything.
func (l *Lab) Preamble() string {
	return "authoritative;\nping-check false;\ndefault-lease-time 60;\nmax-lease-time 120;\nsubnet 10.77.0.0 netmask 255.255.255.0 { }\n" + l.Listen
}

// Server is the machine of one DHCP server, which is not running yet and has no
// configuration.
type Server struct {
	t         testing.TB
	lab       *Lab
	namespace string // "" is this machine
	Address   string
	Dir       string
	Config    host.Config
}

// OneMachine reports whether the servers share what a machine has once, such as
// ports.
func (l *Lab) OneMachine() bool { return l.prefix == "" }

// New makes a lab of ISC servers; it and all that runs in it end with the test.
func New(t testing.TB, servers int) *Lab {
	t.Helper()
	realtool.Path(t, "dhcpd")
	l, err := NewMachines(t, servers)
	if err != nil {
		return loopback(t, servers, fmt.Sprintf("Without network namespaces (%v), on loopback addresses, ", err))
	}
	for _, s := range l.Servers {
		s.start()
	}
	return l
}

// NewMachines makes a lab whose servers the test starts itself, by Server.There.
// The error says why there can be none here.
func NewMachines(t testing.TB, servers int) (*Lab, error) {
	t.Helper()
	if !rawSockets() {
		return nil, errRaw
	}
	mark := make([]byte, 4)
	if _, err := rand.Read(mark); err != nil {
		t.Fatal(err)
	}
	l := &Lab{t: t, prefix: "hx" + hex.EncodeToString(mark)}
	for n := range networks {
		l.Interfaces = append(l.Interfaces, "eth"+strconv.Itoa(n))
	}
	if err := errors.Join(l.bridges(), l.leaf("c"), try("ip", "netns", "exec", l.prefix+"c", "true")); err != nil {
		reason, _, _ := strings.Cut(err.Error(), "\n")
		return nil, errors.New(reason)
	}
	for i := range servers {
		host := strconv.Itoa(2 + i)
		s := l.server(i, networks[0]+host)
		name := filepath.Base(s.Dir)
		s.namespace = l.prefix + name
		err := l.leaf(name)
		for n, network := range networks {
			err = errors.Join(err, try("ip", "-n", s.namespace, "addr", "add", network+host+"/24", "dev", l.Interfaces[n]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return l, nil
}

// bridges makes a namespace with a bridge for each network.
func (l *Lab) bridges() error {
	err := l.namespace("sw")
	for n := range networks {
		bridge := "br" + strconv.Itoa(n)
		err = errors.Join(err, try("ip", "-n", l.prefix+"sw", "link", "add", bridge, "type", "bridge"), try("ip", "-n", l.prefix+"sw", "link", "set", bridge, "up"))
	}
	return err
}

// namespace makes a network namespace, which goes with the test.
func (l *Lab) namespace(name string) error {
	l.t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", l.prefix+name).Run() })
	return try("ip", "netns", "add", l.prefix+name)
}

// server adds a server with its files; start says how it is started.
func (l *Lab) server(i int, address string) *Server {
	l.t.Helper()
	if l.dir == "" {
		l.dir = l.t.TempDir()
	}
	s := &Server{t: l.t, lab: l, Address: address, Dir: filepath.Join(l.dir, string(rune('a'+i))+"s")}
	if err := os.Mkdir(s.Dir, 0o755); err != nil {
		l.t.Fatal(err)
	}
	l.Servers = append(l.Servers, s)
	return s
}

// start fills in the server's commands; more are arguments of dhcpd.
func (s *Server) start(more ...string) {
	s.t.Helper()
	dhcpd := realtool.Path(s.t, "dhcpd")
	file := func(name string) string { return filepath.Join(s.Dir, name) }
	command := append([]string{dhcpd, "-4", "-cf", file("dhcpd.conf"), "-lf", file("dhcpd.leases"), "-pf", file("dhcpd.pid")}, more...)
	s.Config = host.Config{
		File: file("dhcpd.conf"), Leases: file("dhcpd.leases"), PID: file("dhcpd.pid"),
		Validate: []string{dhcpd, "-4", "-t", "-cf", "{file}", "-lf", "{leases}"},
		Start:    s.There(append(command, s.lab.Interfaces...)...),
		Stop:     []string{"sh", "-c", `kill "$(cat "$0")"`, file("dhcpd.pid")},
		Interval: 50 * time.Millisecond,
	}
	if err := os.WriteFile(s.Config.Leases, nil, 0o644); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(s.Kill)
}

// There is a command as it is run on the server's machine.
func (s *Server) There(words ...string) []string {
	if s.namespace == "" {
		return words
	}
	return append([]string{"ip", "netns", "exec", s.namespace}, words...)
}

// leaf makes a namespace with an interface on each bridge.
func (l *Lab) leaf(name string) error {
	ns := l.prefix + name
	err := errors.Join(l.namespace(name), try("ip", "-n", ns, "link", "set", "lo", "up"))
	for n, inside := range l.Interfaces {
		outside := "v" + name + strconv.Itoa(n)
		err = errors.Join(err,
			try("ip", "-n", l.prefix+"sw", "link", "add", outside, "type", "veth", "peer", "name", inside, "netns", ns),
			try("ip", "-n", l.prefix+"sw", "link", "set", outside, "master", "br"+strconv.Itoa(n), "up"),
			try("ip", "-n", ns, "link", "set", inside, "up"))
	}
	return err
}

// try runs a command that says on one line why it failed.
func try(words ...string) error {
	out, err := exec.Command(words[0], words[1:]...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(words, " "), err, bytes.ReplaceAll(bytes.TrimSpace(out), []byte("\n"), []byte("; ")))
	}
	return nil
}

// Lease lets a client with that hardware address ask for an address on the first
// network, and is the one it got. Its error is ErrNoClient in a lab without
// namespaces.
func (l *Lab) Lease(hardware string) (string, error) {
	l.t.Helper()
	return l.LeaseAt(0, hardware)
}

// LeaseAt is Lease on one of the networks.
func (l *Lab) LeaseAt(network int, hardware string) (string, error) {
	l.t.Helper()
	if l.OneMachine() {
		return "", ErrNoClient
	}
	dhclient := realtool.Path(l.t, "dhclient")
	ns, dir, at := l.prefix+"c", l.t.TempDir(), l.Interfaces[network]
	for _, words := range [][]string{{"down"}, {"address", hardware}, {"up"}} {
		if err := try(append([]string{"ip", "-n", ns, "link", "set", at}, words...)...); err != nil {
			return "", err
		}
	}
	// What is lost while the interface comes up or a server starts is asked for
	// again soon.
	config := filepath.Join(dir, "conf")
	if err := os.WriteFile(config, []byte("timeout 100;\nretry 1;\ninitial-interval 1;\nbackoff-cutoff 2;\n"), 0o644); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	pid := filepath.Join(dir, "pid")
	out, err := exec.CommandContext(ctx, "ip", "netns", "exec", ns, dhclient, "-4", "-1", "-v", "-cf", config,
		"-sf", realtool.Path(l.t, "true"), "-lf", filepath.Join(dir, "leases"), "-pf", pid, at).CombinedOutput()
	end(pid, syscall.SIGKILL)
	bound := regexp.MustCompile(`bound to (\S+)`).FindSubmatch(out)
	if bound == nil {
		return "", fmt.Errorf("no lease: %v: %s", err, out)
	}
	return string(bound[1]), nil
}

// Kill ends the server's process at once, as a crash does.
func (s *Server) Kill() { end(s.Config.PID, syscall.SIGKILL) }

// Occupy takes a UDP port of the server's machine until the test ends.
func (s *Server) Occupy() (port string) {
	s.t.Helper()
	python := realtool.Path(s.t, "python3")
	const listen = `import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 0)); print(s.getsockname()[1], flush=True); time.sleep(3600)`
	words := s.There(python, "-c", listen)
	cmd := exec.Command(words[0], words[1:]...)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		s.t.Fatal("no port is occupied: ", err)
	}
	return strings.TrimSpace(line)
}

// end sends a signal to the process whose number a file holds, and waits for
// its end.
func end(file string, signal syscall.Signal) {
	text, err := os.ReadFile(file)
	if err != nil {
		return
	}
	process, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || process <= 1 {
		return
	}
	// A dead process that nobody has noticed yet has no program any more.
	program := func() string {
		name, _ := os.Readlink("/proc/" + strconv.Itoa(process) + "/exe")
		return name
	}
	if !strings.Contains(program(), "dhc") {
		return
	}
	_ = syscall.Kill(process, signal)
	for range 500 {
		if program() == "" {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}
