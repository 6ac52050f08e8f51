package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"halxml/internal/host/hosttest"
	"halxml/soap/soaptest"
)

// pairNames are the servers' names in the interface.
var pairNames = [2]string{"dhcp1.test", "dhcp2.test"}

// agentPair is a service and two agents, each a process of its own, with two
// real DHCP servers.
type agentPair struct {
	*soaptest.Client
	dir     string
	lab     *hosttest.Lab
	tokens  [2]string // lines of the service's configuration
	service *service
	agents  [2]*agentProcess
	address string // where the service listens, after its first start
}

func newAgentPair(t *testing.T) *agentPair {
	t.Helper()
	p := &agentPair{lab: hosttest.New(t, 2), dir: t.TempDir(), address: "127.0.0.1:0"}
	fingerprint := writeCertificate(t, p.dir)
	for i, name := range pairNames {
		out, err := exec.Command("halxml", "agent-token", name).Output()
		token := regexp.MustCompile(`(?m)^halxml-agent-.+$`).Find(out)
		hash := regexp.MustCompile(`(?m)^agent = .+$`).Find(out)
		if err != nil || token == nil || hash == nil {
			t.Fatalf("halxml agent-token: %v, %s", err, out)
		}
		p.tokens[i] = string(hash)
		p.write(t, fmt.Sprintf("token%d", i), string(token)+"\n")
	}
	p.configure(t, "")
	p.start(t)
	// One agent knows the service by who signed its certificate, the other by
	// the certificate.
	for i, known := range []string{"ca = '" + filepath.Join(p.dir, "cert.pem") + "'", "fingerprint = '" + fingerprint + "'"} {
		p.write(t, fmt.Sprintf("agent%d.toml", i), fmt.Sprintf("[service]\nurl = %q\ntoken_file = %q\n%s\n%s",
			p.service.url, filepath.Join(p.dir, fmt.Sprintf("token%d", i)), known, p.table(t, i)))
		p.agents[i] = startAgent(t, p.dir, i)
	}
	return p
}

func (p *agentPair) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// configure writes the service's configuration, with statements of the operator.
func (p *agentPair) configure(t *testing.T, statements string) {
	t.Helper()
	text := "tls.cert = 'cert.pem'\ntls.key = 'key.pem'\nlog.access = false\n[delivery]\ngather = '50ms'\nsettle = '90s'\n"
	for i, name := range pairNames {
		text += fmt.Sprintf("[server.%q]\npreamble = %q\n%s\n", name, p.lab.Preamble()+statements, p.tokens[i])
	}
	p.write(t, "halxml.toml", text)
}

// start starts the service, at the same address as before.
func (p *agentPair) start(t *testing.T) {
	t.Helper()
	environ := append(os.Environ(), "HALXML_ADMIN_PASSWORD=a long enough password")
	s, err := startService(p.dir, environ, "--config", "halxml.toml", "--listen", p.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.cmd.Process.Kill() })
	p.service, p.address = s, strings.TrimPrefix(s.url, "https://")
	p.Client = soaptest.New(t, s.url, "a long enough password")
}

func (p *agentPair) restart(t *testing.T) {
	t.Helper()
	if err := p.service.end(syscall.SIGTERM); err != nil {
		t.Errorf("the service ended with %v", err)
	}
	p.start(t)
}

// table is the part of an agent's configuration about its server. Before its
// commands a file may ask for a crash: it holds the command's name and the
// process to kill, 0 for the agent itself; the command is not run then.
func (p *agentPair) table(t *testing.T, i int) string {
	t.Helper()
	c := p.lab.Servers[i].Config
	words := func(name string, list []string) string {
		const crash = `if [ "$(cat "$0" 2>/dev/null)" != "${1}" ]; then shift; exec "$@"; fi; rm "$0"; p=$(cat "$0.pid"); [ "$p" -gt 0 ] || p=$PPID; kill -9 "$p"; exit 1`
		text, err := json.Marshal(append([]string{"sh", "-c", crash, p.crashFile(i), name}, list...))
		if err != nil {
			t.Fatal(err)
		}
		return name + " = " + strings.NewReplacer(`\u0026`, "&", `\u003c`, "<", `\u003e`, ">").Replace(string(text)) + "\n"
	}
	return fmt.Sprintf("[server.%q]\nconfig = %q\nleases = %q\npid = %q\n", pairNames[i], c.File, c.Leases, c.PID) +
		words("validate", c.Validate) + words("start", c.Start) + words("stop", c.Stop)
}

func (p *agentPair) crashFile(i int) string { return filepath.Join(p.dir, fmt.Sprintf("crash%d", i)) }

// crashAt lets the next command of that name at a server kill a process.
func (p *agentPair) crashAt(t *testing.T, i int, command string, process int) {
	t.Helper()
	p.write(t, fmt.Sprintf("crash%d.pid", i), strconv.Itoa(process))
	p.write(t, fmt.Sprintf("crash%d", i), command)
}

// live is the configuration file of a server, "" without one.
func (p *agentPair) live(i int) string {
	text, _ := os.ReadFile(p.lab.Servers[i].Config.File)
	return string(text)
}

// whole waits until both servers run what they should, with that text in it,
// and no delivery is under way.
func (p *agentPair) whole(what, text, relationship string) {
	p.T.Helper()
	p.Settled(what, len(pairNames), func() bool {
		states := p.All(p.Do("GetDHCPFailoverRelationships", ""), "state")
		return strings.Join(states, " ") == relationship && p.State(pairNames[0]) == "OK" && p.State(pairNames[1]) == "OK" &&
			strings.Contains(p.live(0), text) && strings.Contains(p.live(1), text)
	}, p)
}

// delivered does something, and waits until its delivery to both has ended well.
func (p *agentPair) delivered(what string, do func()) {
	p.T.Helper()
	before := len(p.Events("Refresh"))
	do()
	p.Until("a delivery: "+what, func() bool { return len(p.Events("Refresh")) >= before+len(pairNames) }, p)
}

// String is what the processes have logged, for failures.
func (p *agentPair) String() string {
	var out strings.Builder
	for _, name := range []string{"serve.stderr", "agent0.stderr", "agent1.stderr"} {
		text, _ := os.ReadFile(filepath.Join(p.dir, name))
		fmt.Fprintf(&out, "%s:\n%s\n", name, text)
	}
	for i := range pairNames {
		fmt.Fprintf(&out, "%s, %s:\n%s\n", pairNames[i], p.State(pairNames[i]), p.live(i))
	}
	return out.String()
}

// grow makes the office's pool end elsewhere, which both servers must learn.
func (p *agentPair) grow(to string) {
	p.T.Helper()
	p.Set(p.Pool(p.Scope("office", pairNames[0])), "to", to)
}

// agentProcess is a running `halxml agent`, started again when it crashes, as
// supervisors do.
type agentProcess struct {
	t    *testing.T
	dir  string
	name string

	mu   sync.Mutex
	cmd  *exec.Cmd
	gone chan struct{} // closed when the process has ended and is not started again
	stay bool          // it is not to be started again
}

func startAgent(t *testing.T, dir string, i int) *agentProcess {
	a := &agentProcess{t: t, dir: dir, name: fmt.Sprintf("agent%d", i)}
	a.run()
	t.Cleanup(func() { a.end(syscall.SIGKILL) })
	return a
}

// run starts the process, and again whenever it ends.
func (a *agentProcess) run() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.gone, a.stay = make(chan struct{}), false
	begun := make(chan struct{})
	go func() {
		defer close(a.gone)
		for first := true; ; first = false {
			a.mu.Lock()
			if a.stay {
				a.mu.Unlock()
				return
			}
			log, err := os.OpenFile(filepath.Join(a.dir, a.name+".stderr"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
			if err == nil {
				a.cmd = exec.Command("halxml", "agent", "--config", a.name+".toml")
				a.cmd.Dir, a.cmd.Stderr = a.dir, log
				err = a.cmd.Start()
			}
			if err != nil {
				a.t.Error(err)
				a.stay = true
			}
			a.mu.Unlock()
			if first {
				close(begun)
			}
			if err == nil {
				_ = a.cmd.Wait()
				_ = log.Close()
			}
		}
	}()
	a.mu.Unlock()
	<-begun
	a.mu.Lock()
}

// leave lets the process end without another.
func (a *agentProcess) leave() {
	a.mu.Lock()
	a.stay = true
	a.mu.Unlock()
}

// end ends the process for good.
func (a *agentProcess) end(signal syscall.Signal) {
	a.mu.Lock()
	a.stay = true
	cmd, gone := a.cmd, a.gone
	a.mu.Unlock()
	_ = cmd.Process.Signal(signal)
	<-gone
}

// writeCertificate makes a certificate of 127.0.0.1 that signs itself, and
// returns its fingerprint as openssl prints it.
func writeCertificate(t *testing.T, dir string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "halxml test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sum := sha256.Sum256(der)
	digits := strings.ToUpper(hex.EncodeToString(sum[:]))
	return strings.TrimSuffix(regexp.MustCompile(`..`).ReplaceAllString(digits, "$0:"), ":")
}

// TestAgentsDeliverToAPair drives two real servers over SOAP, through an agent
// for each, from an empty store.
func TestAgentsDeliverToAPair(t *testing.T) {
	t.Parallel()
	p := newAgentPair(t)
	for i, s := range p.lab.Servers {
		p.Do("AddDHCPServer", "<dhcpServer><name>"+pairNames[i]+"</name><type>ISC</type><address>"+s.Address+"</address></dhcpServer>")
	}
	p.whole("two servers", "subnet 10.77.0.0", "")
	begun := time.Now()
	p.Do("AddDHCPScope", "<dhcpScope><name>office</name><rangeRef>10.77.0.0/24</rangeRef><dhcpServerRef>dhcp1.test</dhcpServerRef></dhcpScope>")
	p.Do("AddDHCPAddressPool", "<dhcpAddressPool><dhcpScopeRef>office</dhcpScopeRef><from>10.77.0.100</from><to>10.77.0.119</to></dhcpAddressPool>")
	p.Do("AddDHCPFailoverRelationship", "<dhcpFailoverRelationship><name>main</name><primaryServer>dhcp1.test</primaryServer><secondaryServer>dhcp2.test</secondaryServer>"+
		"<mclt>20</mclt><maxResponseDelay>10</maxResponseDelay><dhcpScopeRefs><ref>office</ref></dhcpScopeRefs></dhcpFailoverRelationship>")
	p.whole("the pair", "10.77.0.119", "normal")
	t.Logf("a new pair is in normal operation %.2f s after its first command", time.Since(begun).Seconds())
	begun = time.Now()
	p.delivered("a change", func() { p.grow("10.77.0.120") })
	t.Logf("a change is live at both partners, restarted one after the other, after %.2f s", time.Since(begun).Seconds())
	p.whole("a change", "10.77.0.120", "normal")

	address, err := p.lab.Lease("02:00:00:00:00:01")
	served := !errors.Is(err, hosttest.ErrNoClient)
	if served && (err != nil || !strings.HasPrefix(address, "10.77.0.1")) {
		t.Errorf("the client got %q, %v", address, err)
	}
	p.Until("the lease in a file that agents have sent", func() bool {
		if !served {
			return true
		}
		files, _ := filepath.Glob(filepath.Join(p.dir, "data", "leases", "*.leases"))
		for _, name := range files {
			if text, _ := os.ReadFile(name); strings.Contains(string(text), "02:00:00:00:00:01") {
				return true
			}
		}
		return false
	}, p)

	// A statement that dhcpd does not know comes with a new start of the service.
	before := [2]string{p.live(0), p.live(1)}
	p.configure(t, "frobnicate 1;\n")
	p.restart(t)
	p.Until("the refusal", func() bool { return len(p.Events("Error")) > 0 && p.State(pairNames[0]) == "Out of date" }, p)
	if text := p.Events("Error")[0]; !strings.Contains(text, "frobnicate") || strings.Contains(text, p.lab.Servers[0].Dir) {
		t.Errorf("event %q", text)
	}
	if p.live(0) != before[0] || p.live(1) != before[1] {
		t.Error("a refused configuration was put in place")
	}
	p.Until("the lease", func() bool {
		if !served {
			return true
		}
		scope := p.One(p.Do("GetDHCPScopes", "<filter>name=office</filter>"), "ref")
		if strings.Contains(p.Do("GetDHCPLeases", "<dhcpScopeRef>"+scope+"</dhcpScopeRef>"), "02:00:00:00:00:01") {
			return true
		}
		// The first lease that a pair gives is over soon.
		if _, err := p.lab.Lease("02:00:00:00:00:01"); err != nil {
			t.Log(err)
		}
		return false
	}, p)

	// One that only a start shows to be wrong is rolled back at both.
	port := p.lab.Servers[1].Occupy()
	p.configure(t, "local-port "+port+";\n")
	p.restart(t)
	p.Until("the failure", func() bool { return strings.Contains(strings.Join(p.Events("Error"), "\n"), "ddress already in use") }, p)
	p.Until("both as before", func() bool {
		states := p.All(p.Do("GetDHCPFailoverRelationships", ""), "state")
		return strings.Join(states, " ") == "normal" && p.State(pairNames[0]) == "Out of date" && p.State(pairNames[1]) == "Out of date" &&
			p.live(0) == before[0] && p.live(1) == before[1]
	}, p)
	p.configure(t, "")
	p.restart(t)
	p.whole("the good statements again", "10.77.0.120", "normal")
}

// TestAgentsMayEndAtAnyTime kills agents and the service, also in the middle of
// deliveries; all is well again as soon as they are back.
func TestAgentsMayEndAtAnyTime(t *testing.T) {
	t.Parallel()
	p := newAgentPair(t)
	for i, s := range p.lab.Servers {
		p.Do("AddDHCPServer", "<dhcpServer><name>"+pairNames[i]+"</name><type>ISC</type><address>"+s.Address+"</address></dhcpServer>")
	}
	p.Do("AddDHCPScope", "<dhcpScope><name>office</name><rangeRef>10.77.0.0/24</rangeRef><dhcpServerRef>dhcp1.test</dhcpServerRef></dhcpScope>")
	p.Do("AddDHCPAddressPool", "<dhcpAddressPool><dhcpScopeRef>office</dhcpScopeRef><from>10.77.0.100</from><to>10.77.0.119</to></dhcpAddressPool>")
	p.Do("AddDHCPFailoverRelationship", "<dhcpFailoverRelationship><name>main</name><primaryServer>dhcp1.test</primaryServer><secondaryServer>dhcp2.test</secondaryServer>"+
		"<mclt>20</mclt><maxResponseDelay>10</maxResponseDelay><dhcpScopeRefs><ref>office</ref></dhcpScopeRefs></dhcpFailoverRelationship>")
	p.whole("the pair", "10.77.0.119", "normal")

	// Without one agent a change waits; servers go on.
	begun := time.Now()
	p.agents[0].end(syscall.SIGKILL)
	p.Until("an agent that is gone", func() bool { return p.State(pairNames[0]) == "Unreachable" && p.State(pairNames[1]) == "OK" }, p)
	t.Logf("a killed agent's server is out of reach after %.2f s", time.Since(begun).Seconds())
	before := [2]string{p.live(0), p.live(1)}
	p.grow("10.77.0.120")
	p.Until("a change that waits", func() bool { return p.State(pairNames[1]) == "Out of date" }, p)
	if p.live(0) != before[0] || p.live(1) != before[1] {
		t.Error("a change did not wait for the agent")
	}
	deploy := exec.Command("halxml", "deploy", "--force", "--url", p.service.url)
	deploy.Env = append(os.Environ(), "SSL_CERT_FILE="+filepath.Join(p.dir, "cert.pem"), "HALXML_USER=administrator", "HALXML_PASSWORD=a long enough password")
	if out, err := deploy.CombinedOutput(); err == nil || !strings.Contains(string(out), "dhcp2.test: delivered") || !strings.Contains(string(out), "dhcp1.test: waiting: dhcp1.test cannot be reached") {
		t.Errorf("halxml deploy --force: %v, %s", err, out)
	}
	if p.live(0) != before[0] || !strings.Contains(p.live(1), "10.77.0.120") {
		t.Error("the forced delivery went elsewhere")
	}
	p.agents[0].run()
	p.whole("the change", "10.77.0.120", "normal")

	// One that takes leave says so.
	p.agents[1].end(syscall.SIGTERM)
	p.Until("an agent that has left", func() bool { return p.State(pairNames[1]) == "Unreachable" }, p)
	p.agents[1].run()
	p.whole("the agent again", "10.77.0.120", "normal")

	// One that ends in the middle, and another change before it is back.
	p.agents[0].leave()
	p.crashAt(t, 0, "start", 0)
	p.grow("10.77.0.130")
	<-p.agents[0].gone
	p.Until("the loss", func() bool { return p.State(pairNames[0]) == "Unreachable" }, p)
	p.delivered("a change after one that was cut off", func() {
		p.grow("10.77.0.131")
		p.Until("a change that waits", func() bool { return p.State(pairNames[1]) == "Out of date" }, p)
		if !strings.Contains(p.live(0), "10.77.0.130") {
			t.Errorf("the delivery was not cut off behind the swap: %s", p.live(0))
		}
		p.agents[0].run()
	})
	p.whole("the other change", "10.77.0.131", "normal")

	last := 120
	for _, c := range []struct {
		command string
		server  int
		service bool // is killed, not the agent
	}{
		{"validate", 0, false}, {"stop", 1, false}, {"start", 0, false}, {"start", 1, false}, {"stop", 0, true}, {"start", 1, true},
	} {
		last++
		to := "10.77.0." + strconv.Itoa(last)
		process := 0
		if c.service {
			process = p.service.cmd.Process.Pid
		}
		p.crashAt(t, c.server, c.command, process)
		what := fmt.Sprintf("a crash at %s of %s", c.command, pairNames[c.server])
		p.delivered(what, func() {
			p.grow(to)
			if c.service {
				<-p.service.done
				p.start(t)
			}
		})
		p.whole(what, to, "normal")
		if _, err := os.Stat(p.crashFile(c.server)); err == nil {
			t.Errorf("there was no crash at %s of %s", c.command, pairNames[c.server])
		}
	}
}
