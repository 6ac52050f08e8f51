// Package hosttest runs real ISC DHCP servers and a client in network
// namespaces of their own, joined by a bridge. It is for tests only. Where
// namespaces are not permitted the servers run on this machine without clients.
package hosttest

import (
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

// Lab is some machines on one network, 10.77.0.0/24.
type Lab struct {
	t       testing.TB
	prefix  string // of namespaces; "" without them
	dir     string
	Servers []*Server

	Interface string // that the servers listen at
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

// New makes a lab; it and all that runs in it end with the test.
func New(t testing.TB, servers int) *Lab {
	t.Helper()
	realtool.Path(t, "dhcpd")
	if !namespaces() {
		t.Log("Without the right to make network namespaces the servers meet on loopback addresses: failover is tested, clients are not")
		return NewLoopback(t, servers)
	}
	mark := make([]byte, 4)
	if _, err := rand.Read(mark); err != nil {
		t.Fatal(err)
	}
	l := &Lab{t: t, prefix: "hx" + hex.EncodeToString(mark), Interface: "eth0"}
	l.must("ip", "netns", "add", l.prefix+"sw")
	t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", l.prefix+"sw").Run() })
	l.must("ip", "-n", l.prefix+"sw", "link", "add", "br0", "type", "bridge")
	l.must("ip", "-n", l.prefix+"sw", "link", "set", "br0", "up")
	l.leaf("c")
	for i := range servers {
		s := l.server(i, "10.77.0."+strconv.Itoa(2+i))
		s.namespace = l.leaf(filepath.Base(s.Dir))
		l.must("ip", "-n", s.namespace, "addr", "add", s.Address+"/24", "dev", l.Interface)
		s.start()
	}
	return l
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
		Start:    s.there(append(command, s.lab.Interface)...),
		Stop:     []string{"sh", "-c", `kill "$(cat "$0")"`, file("dhcpd.pid")},
		Interval: 50 * time.Millisecond,
	}
	if err := os.WriteFile(s.Config.Leases, nil, 0o644); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(s.Kill)
}

// there is a command as it is run on the server's machine.
func (s *Server) there(words ...string) []string {
	if s.namespace == "" {
		return words
	}
	return append([]string{"ip", "netns", "exec", s.namespace}, words...)
}

// leaf makes a namespace with an eth0 on the bridge.
func (l *Lab) leaf(name string) string {
	l.t.Helper()
	ns := l.prefix + name
	l.must("ip", "netns", "add", ns)
	l.t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", ns).Run() })
	l.must("ip", "-n", ns, "link", "set", "lo", "up")
	l.must("ip", "-n", l.prefix+"sw", "link", "add", "v"+name, "type", "veth", "peer", "name", "eth0", "netns", ns)
	l.must("ip", "-n", l.prefix+"sw", "link", "set", "v"+name, "master", "br0", "up")
	l.must("ip", "-n", ns, "link", "set", "eth0", "up")
	return ns
}

func (l *Lab) must(words ...string) {
	l.t.Helper()
	if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
		l.t.Fatalf("%q: %v: %s", words, err, out)
	}
}

// Lease lets a client with that hardware address ask for an address, and is the
// one it got. Its error is ErrNoClient in a lab without namespaces.
func (l *Lab) Lease(hardware string) (string, error) {
	l.t.Helper()
	if l.OneMachine() {
		return "", ErrNoClient
	}
	dhclient := realtool.Path(l.t, "dhclient")
	ns, dir := l.prefix+"c", l.t.TempDir()
	for _, words := range [][]string{{"down"}, {"address", hardware}, {"up"}} {
		l.must(append([]string{"ip", "-n", ns, "link", "set", "eth0"}, words...)...)
	}
	script, config := filepath.Join(dir, "script"), filepath.Join(dir, "conf")
	err := errors.Join(os.WriteFile(script, []byte("#!/bin/sh\nexit 0\n"), 0o755), os.WriteFile(config, []byte("timeout 40;\nretry 1;\n"), 0o644))
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 45*time.Second)
	defer cancel()
	pid := filepath.Join(dir, "pid")
	out, err := exec.CommandContext(ctx, "ip", "netns", "exec", ns, dhclient, "-4", "-1", "-v", "-cf", config,
		"-sf", script, "-lf", filepath.Join(dir, "leases"), "-pf", pid, "eth0").CombinedOutput()
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
func (s *Server) Occupy(port int) {
	s.t.Helper()
	python := realtool.Path(s.t, "python3")
	const listen = `import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", int(sys.argv[1]))); print("bound", flush=True); time.sleep(600)`
	words := s.there(python, "-c", listen, strconv.Itoa(port))
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
	if _, err := out.Read(make([]byte, 16)); err != nil {
		s.t.Fatal("the port is not occupied: ", err)
	}
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
	if name, err := os.Readlink("/proc/" + strconv.Itoa(process) + "/exe"); err != nil || !strings.Contains(name, "dhc") {
		return
	}
	_ = syscall.Kill(process, signal)
	for range 500 {
		if syscall.Kill(process, 0) != nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}
