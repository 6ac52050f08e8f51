package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"halxml/internal/config"
	"halxml/internal/host/hosttest"
	"halxml/internal/kea/conf"
	"halxml/internal/kea/control"
	"halxml/internal/kea/keatest"
	"halxml/internal/kea/leases"
	"halxml/internal/realtool"
	"halxml/soap/soaptest"
)

// keaPair is a service with two real Kea servers, kea1.test and kea2.test,
// driven over SOAP.
type keaPair struct {
	*fixture
	*soaptest.Client
	clients
	file      string // the service's configuration
	dir       string
	hooks     string
	folders   [2]string
	daemons   [2]*keatest.Daemon
	channels  [2]*control.Client
	addresses [2]string
	ports     [2]int
	settle    string
}

var keaNames = [2]string{"kea1.test", "kea2.test"}

// interfaces are where the servers listen for clients, as a list of JSON.
func (p *keaPair) interfaces() string {
	if p.lab == nil {
		return "[]"
	}
	list, _ := json.Marshal(p.lab.Interfaces)
	return string(list)
}

// keaBase is what a server's operator says of it; high availability, if there
// is any, works faster than in real life.
func (p *keaPair) keaBase(i int, more, hook string) string {
	return fmt.Sprintf(`{"Dhcp4": {"interfaces-config": {"interfaces": %[5]s}, "valid-lifetime": 600,
		"lease-database": {"type": "memfile", "name": "%[1]s/leases.csv", "lfc-interval": 0}, %[3]s
		"hooks-libraries": [%[4]s{"library": "%[2]s/libdhcp_ha.so", "parameters": {"high-availability": [
			{"heartbeat-delay": 100, "max-response-delay": 3000, "max-ack-delay": 3000, "max-unacked-clients": 0}]}}]}}`, p.folders[i], p.hooks, more, hook, p.interfaces())
}

// newKeaPair starts two servers that serve nobody, and the service. The servers
// are in a lab, or on loopback addresses without clients when it is nil.
func newKeaPair(t *testing.T, lab *hosttest.Lab) *keaPair {
	t.Helper()
	p := &keaPair{clients: clients{lab: lab}, dir: t.TempDir(), hooks: keatest.Hooks(t), settle: "60s"}
	p.file = filepath.Join(p.dir, "halxml.toml")
	octets := make([]byte, 2) // of this pair alone, as others run beside it
	if _, err := rand.Read(octets); err != nil {
		t.Fatal(err)
	}
	for i := range keaNames {
		p.folders[i] = keatest.Folder(t)
		var err error
		if p.channels[i], err = control.New(control.Target{Socket: p.folders[i] + "/s"}); err != nil {
			t.Fatal(err)
		}
		p.run(t, i, fmt.Sprintf(`{"Dhcp4": {"interfaces-config": {"interfaces": %s}, "control-socket": {"socket-type": "unix", "socket-name": "%s/s"},
			"lease-database": {"type": "memfile", "persist": false}, "subnet4": []}}`, p.interfaces(), p.folders[i]))
		p.addresses[i], p.ports[i] = fmt.Sprintf("127.%d.%d.%d", 1+octets[0]%250, octets[1], 1+i), 18000+i
		if lab != nil {
			p.addresses[i] = lab.Servers[i].Address
		}
	}
	p.configure(t, "", "")
	p.start(t)
	return p
}

// run starts a server, "" with the file that it has.
func (p *keaPair) run(t *testing.T, i int, config string) {
	t.Helper()
	if config == "" {
		text, err := os.ReadFile(p.folders[i] + "/kea.conf")
		if err != nil {
			t.Fatal(err)
		}
		config = string(text)
	}
	program := []string{realtool.Path(t, "kea-dhcp4")}
	if p.lab != nil {
		program = p.lab.Servers[i].There(program...)
	}
	p.daemons[i] = keatest.StartBy(t, program, p.folders[i], []byte(config))
}

// configure writes the service's configuration; more and hook are in the
// preambles.
func (p *keaPair) configure(t *testing.T, more, hook string) {
	t.Helper()
	text := "listen = '127.0.0.1:0'\nsession.idle = '1h'\nlog.access = false\n[delivery]\ngather = '50ms'\nsettle = '" + p.settle + "'\n"
	for i, name := range keaNames {
		text += fmt.Sprintf("[kea.%q]\ndhcp4 = '%[2]s/s'\nleases = '%[2]s/leases.csv'\ntrial = ['%[3]s', '-c', '{file}']\npreamble = '''%[4]s'''\n",
			name, p.folders[i], realtool.Path(t, "kea-dhcp4"), p.keaBase(i, more, hook))
	}
	if err := os.WriteFile(p.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (p *keaPair) start(t *testing.T) {
	t.Helper()
	c, _, err := config.Load(config.Sources{File: p.file, Environ: []string{"HALXML_ADMIN_PASSWORD=" + password, "HALXML_DATA=" + p.dir}})
	if err != nil {
		t.Fatal(err)
	}
	p.fixture = start(t, c, Options{})
	p.Client = soaptest.New(t, p.url(), password)
}

func (p *keaPair) restart(t *testing.T) {
	t.Helper()
	if err := p.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	p.start(t)
}

// states are those of both servers and of the relationship, "" without one.
func (p *keaPair) states() [3]string {
	p.t.Helper()
	return [3]string{p.State(keaNames[0]), p.State(keaNames[1]), strings.Join(p.All(p.Do("GetDHCPFailoverRelationships", ""), "state"), " ")}
}

// until waits for something that happens.
func (p *keaPair) until(what string, ok func() bool) {
	p.t.Helper()
	p.Until(what, ok, p)
}

// String is how things are, for failures.
func (p *keaPair) String() string {
	return fmt.Sprintf("states %q\nfailures %q\nlog %s", p.states(), p.Events("Error"), p.stderr)
}

// await waits for states.
func (p *keaPair) await(what string, want [3]string) {
	p.t.Helper()
	p.until(what, func() bool { return p.states() == want })
}

// settled waits until both servers are well, partners in normal operation, run
// with a text and no delivery is under way.
func (p *keaPair) settled(what, text string) {
	p.t.Helper()
	p.Settled(what, len(keaNames), func() bool {
		return strings.Contains(p.running(0), text) && strings.Contains(p.running(1), text) && p.states() == [3]string{"OK", "OK", "normal"}
	}, p)
}

// running is what a server runs with, on one line.
func (p *keaPair) running(i int) string {
	f, err := p.channels[i].ConfigGet(p.t.Context())
	if err != nil {
		return err.Error()
	}
	return string(conf.Compact(f.Value()))
}

// both wants a text in what both servers run with, or in neither.
func (p *keaPair) both(text string, want bool) {
	p.t.Helper()
	for i := range keaNames {
		if strings.Contains(p.running(i), text) != want {
			p.t.Errorf("%q in the configuration of %s: %v, want %v:\n%s", text, keaNames[i], !want, want, p.running(i))
		}
	}
}

// balanced reports whether both servers say that they share the load.
func (p *keaPair) balanced() bool {
	p.t.Helper()
	for i := range keaNames {
		if h, err := p.channels[i].HAHeartbeat(p.t.Context()); err != nil || h.State != "load-balancing" {
			return false
		}
	}
	return true
}

// addServers adds both servers, the first one with a scope, and waits until
// they run with that.
func (p *keaPair) addServers() {
	p.t.Helper()
	for i, name := range keaNames {
		p.Do("AddDHCPServer", "<dhcpServer><name>"+name+"</name><type>Kea</type><address>"+p.addresses[i]+"</address></dhcpServer>")
	}
	p.Do("AddDHCPScope", "<dhcpScope><name>office</name><rangeRef>10.77.0.0/24</rangeRef><dhcpServerRef>kea1.test</dhcpServerRef></dhcpScope>")
	p.Do("AddDHCPAddressPool", "<dhcpAddressPool><dhcpScopeRef>office</dhcpScopeRef><from>10.77.0.100</from><to>10.77.0.119</to></dhcpAddressPool>")
	p.Settled("two servers", len(keaNames), func() bool {
		return strings.Contains(p.running(0), "10.77.0.119") && p.states() == [3]string{"OK", "OK", ""}
	}, p)
}

// join makes the two partners.
func (p *keaPair) join() {
	p.t.Helper()
	p.Do("AddDHCPFailoverRelationship", fmt.Sprintf("<dhcpFailoverRelationship><name>main</name><primaryServer>kea1.test</primaryServer><secondaryServer>kea2.test</secondaryServer>"+
		"<failoverMode>LoadBalance</failoverMode><port>%d</port><secondaryPort>%d</secondaryPort><useDedicatedPeerToPeerEndpoints>true</useDedicatedPeerToPeerEndpoints></dhcpFailoverRelationship>",
		p.ports[0], p.ports[1]))
}

// addPair brings both servers to normal operation.
func (p *keaPair) addPair() {
	p.t.Helper()
	p.addServers()
	p.join()
	p.settled("the new pair", "libdhcp_ha")
}

// release lets both servers forget a lease that their files tell of.
func (p *keaPair) release() {
	p.t.Helper()
	for i := range keaNames {
		reply, err := p.channels[i].Do(p.t.Context(), "lease4-add", conf.Object{{Key: "ip-address", Value: "10.77.0.108"}, {Key: "hw-address", Value: "02:00:00:00:00:07"}})
		if err != nil || reply.Result != control.Success {
			p.t.Fatalf("lease4-add: %+v, %v", reply, err)
		}
	}
	scope := p.Scope("office", keaNames[0])
	p.until("the lease", func() bool {
		return strings.Contains(p.Do("GetDHCPLeases", "<dhcpScopeRef>"+scope+"</dhcpScopeRef>"), "10.77.0.108")
	})
	p.Do("ReleaseDHCPLease", "<dhcpScopeRef>"+scope+"</dhcpScopeRef><lease>10.77.0.108</lease>")
	for i := range keaNames {
		list, err := p.channels[i].Leases4(p.t.Context())
		if err != nil || slices.ContainsFunc(list, func(l leases.Lease) bool { return l.Addr == netip.MustParseAddr("10.77.0.108") }) {
			p.t.Errorf("%s has the leases %+v, %v", keaNames[i], list, err)
		}
	}
	if text := p.Do("GetHistory", "<limit>2</limit>"); strings.Count(text, "the server has forgotten it") != 2 {
		p.t.Errorf("the history says %s", text)
	}
}

// TestAKeaPairIsDrivenOverTheService takes two real servers from an empty store
// through the life of a relationship.
func TestAKeaPairIsDrivenOverTheService(t *testing.T) {
	t.Parallel()
	realtool.Path(t, "kea-dhcp4")
	machines, err := hosttest.NewMachines(t, len(keaNames))
	if err != nil {
		t.Logf("Without network namespaces (%v), on loopback addresses, the servers meet, and have no clients: high availability is tested, leases are not", err)
	}
	p := newKeaPair(t, machines)
	const office, lab = "10.77.0.100-10.77.0.119", "10.78.0.10-10.78.0.59"
	p.addPair()
	if !p.balanced() {
		t.Error("the servers do not say that they share the load")
	}
	for i := range keaNames {
		if s := p.One(p.Do("GetServiceStatus", "<serverRef>"+keaNames[i]+"</serverRef>"), "serviceStatus"); s != "running" {
			t.Errorf("%s is %q", keaNames[i], s)
		}
	}
	p.both(`"10.77.0.100-10.77.0.109", "client-class": "HA_kea1.test"`, true)
	p.serves(t, "the new pair", office)

	// Scopes, pools and reservations arrive at both.
	p.Do("AddDHCPScope", "<dhcpScope><name>lab</name><rangeRef>10.78.0.0/24</rangeRef><dhcpServerRef>kea1.test</dhcpServerRef></dhcpScope>")
	p.Do("AddDHCPAddressPool", "<dhcpAddressPool><dhcpScopeRef>"+p.Scope("lab", keaNames[0])+"</dhcpScopeRef><from>10.78.0.10</from><to>10.78.0.59</to></dhcpAddressPool>")
	p.settled("another scope", "10.78.0.59")
	p.serves(t, "another scope", office, lab)
	reserve := func(client, address string) {
		p.Do("AddDHCPReservation", "<dhcpReservation><ownerRef>"+p.Scope("office", keaNames[0])+"</ownerRef><clientIdentifier>"+client+
			"</clientIdentifier><addresses><address>"+address+"</address></addresses></dhcpReservation>")
	}
	reserve("02:00:00:00:00:01", "10.77.0.9")
	p.settled("a reservation", "10.77.0.9")
	p.serve(t, "a reservation", 0, "02:00:00:00:00:01", "10.77.0.9-10.77.0.9")
	// What a server runs with it starts with.
	for i := range keaNames {
		if text, err := os.ReadFile(p.folders[i] + "/kea.conf"); err != nil || !strings.Contains(string(text), "10.77.0.9") {
			t.Errorf("the file of %s is %s, %v", keaNames[i], text, err)
		}
	}
	if text := p.Rendered("kea1.test"); !strings.Contains(text, `"this-server-name": "kea1.test"`) {
		t.Errorf("the configuration of kea1.test is %s", text)
	}
	if code, text := p.Fetch(http.MethodGet, "/config/kea1.test?service=DHCPv6", ""); code == http.StatusOK {
		t.Errorf("it has a file for DHCPv6: %s", text)
	}
	if code, text := p.Fetch(http.MethodGet, "/diff/kea1.test", ""); code != http.StatusOK || text != "" {
		t.Errorf("there is a difference, %d:\n%s", code, text)
	}

	p.release()

	// A service that ends as soon as the first has a change goes on later.
	reserve("02:00:00:00:00:02", "10.77.0.8")
	p.until("half a delivery", func() bool { return strings.Contains(p.running(0)+p.running(1), "10.77.0.8") })
	p.restart(t)
	p.settled("the other half", "10.77.0.8")
	p.serves(t, "the other half", office, lab)

	// One is killed, and comes back.
	p.daemons[0].Stop()
	p.await("the primary's end", [3]string{"Service Down", "OK", "partner-down"})
	if s := p.One(p.Do("GetServiceStatus", "<serverRef>kea1.test</serverRef>"), "serviceStatus"); s != "exited" {
		t.Errorf("kea1.test is %q", s)
	}
	p.serves(t, "without the primary", office, lab)
	before := p.running(1)
	p.Set(p.Pool(p.Scope("lab", keaNames[0])), "to", "10.78.0.69")
	p.await("a change that waits", [3]string{"Service Down", "Out of date", "partner-down"})
	if out := p.Deploy(`{"servers": ["kea2.test"]}`); !strings.Contains(out, `"result":"waiting"`) || !strings.Contains(out, "kea1.test does not run") {
		t.Errorf("deploy answers %s", out)
	}
	if p.running(1) != before {
		t.Error("the secondary did not wait")
	}
	if fault := p.Fault("SetServiceStatus", "<serverRef>kea1.test</serverRef><serviceStatus>running</serviceStatus>"); !strings.Contains(fault, "no command to start it") {
		t.Errorf("the fault is %q", fault)
	}
	p.run(t, 0, "")
	p.settled("the primary again", "10.78.0.69")
	p.serves(t, "the primary again", office, "10.78.0.10-10.78.0.69")

	p.Do("RemoveDHCPFailoverRelationships", "<dhcpRefAndFailoverRelationshipNames><dhcpRefAndFailoverRelationshipName><dhcpServerRef>kea2.test</dhcpServerRef>"+
		"<dhcpFailoverRelationshipName>main</dhcpFailoverRelationshipName></dhcpRefAndFailoverRelationshipName></dhcpRefAndFailoverRelationshipNames>")
	p.Settled("no relationship", len(keaNames), func() bool {
		return !strings.Contains(p.running(0)+p.running(1), "libdhcp_ha") && p.states() == [3]string{"OK", "OK", ""}
	}, p)
	p.both(`"10.77.0.100-10.77.0.119"`, true)
	p.serves(t, "no relationship", office, "10.78.0.10-10.78.0.69")
	if failures := p.Events("Error"); len(failures) > 0 {
		t.Errorf("failures: %q", failures)
	}
}

// TestAKeaPairThatDoesNotWorkIsRolledBack makes partners that cannot reach each
// other, which shows only when they run.
func TestAKeaPairThatDoesNotWorkIsRolledBack(t *testing.T) {
	t.Parallel()
	p := newKeaPair(t, nil)
	l, err := net.Listen("tcp", fmt.Sprintf("%s:%d", p.addresses[1], p.ports[1]))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() // the second server cannot listen there
	p.settle = "6s"
	p.configure(t, "", "")
	p.restart(t)
	p.addServers()
	before := [2]string{p.running(0), p.running(1)}
	p.join()
	p.until("the failure", func() bool { return len(p.Events("Error")) > 0 })
	if text := p.Events("Error")[0]; !strings.Contains(text, "failover relationship main did not come to normal operation in 6s") {
		t.Errorf("the event is %s", text)
	}
	for i := range keaNames {
		if now := p.running(i); now != before[i] {
			t.Errorf("%s ran with\n%s\nand runs with\n%s", keaNames[i], before[i], now)
		}
		if text, err := os.ReadFile(p.folders[i] + "/kea.conf"); err != nil || strings.Contains(string(text), "libdhcp_ha") {
			t.Errorf("the file of %s is %s, %v", keaNames[i], text, err)
		}
	}
	p.await("both as before", [3]string{"Out of date", "Out of date", "Normal"})
}

// TestWhatKeaRefusesIsRolledBack delivers what Kea refuses in several ways, and
// lets somebody else change a server.
func TestWhatKeaRefusesIsRolledBack(t *testing.T) {
	t.Parallel()
	p := newKeaPair(t, nil)
	p.addServers()
	waits := [3]string{"Out of date", "OK", ""} // the second one has nothing to serve yet
	untouched := func(what, more, hook, want string) {
		t.Helper()
		before, failures := [2]string{p.running(0), p.running(1)}, len(p.Events("Error"))
		p.configure(t, more, hook)
		p.restart(t)
		p.until(what, func() bool {
			return len(p.Events("Error")) > failures && (waits[2] == "" || p.balanced()) && p.states() == waits
		})
		text := p.Events("Error")[0]
		if !strings.Contains(text, want) || strings.Contains(text, p.folders[0]) || strings.Contains(text, "sesame") {
			t.Errorf("%s: the event is %s", what, text)
		}
		if len(p.Events("Error")) != failures+1 {
			t.Errorf("%s: events %q", what, p.Events("Error"))
		}
		if [2]string{p.running(0), p.running(1)} != before {
			t.Errorf("%s: a server was changed", what)
		}
		if out := p.Deploy(`{}`); !strings.Contains(out, `"result":"failed"`) || !strings.Contains(out, want) {
			t.Errorf("%s: deploy answers %s", what, out)
		}
	}
	// Only the running server tells, which takes what it had before. One with high
	// availability may crash over that on a busy machine.
	untouched("a database that is not there", `"hosts-database": {"type": "mysql", "name": "x", "user": "y", "password": "sesame", "host": "127.0.0.1", "port": 9},`, "", "Unable to open database")
	p.configure(t, "", "")
	p.restart(t)
	p.Settled("servers of one", len(keaNames), func() bool { return p.states() == [3]string{"OK", "OK", ""} }, p)
	p.join()
	p.settled("the pair", "libdhcp_ha")
	waits = [3]string{"Out of date", "Out of date", "normal"}
	untouched("a statement that Kea does not know", `"frobnicate": 1,`, "", "frobnicate")
	untouched("a library with a bad parameter", "", `{"library": "`+p.hooks+`/libdhcp_flex_option.so", "parameters": {"options": [{"code": 1000, "add": "'sesame'", "password": "sesame"}]}},`, "flex_option")
	p.configure(t, "", "")
	p.restart(t)
	p.settled("the good statements again", "libdhcp_ha")

	// Somebody else's change is told, kept, and replaced when that is wanted.
	f, err := p.channels[0].ConfigGet(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.Dhcp4.Rest.Set("valid-lifetime", int64(601))
	if err := p.channels[0].ConfigSet(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	p.await("somebody's change", [3]string{"Out of date", "OK", "normal"})
	if _, text := p.Fetch(http.MethodGet, "/diff/kea1.test", ""); !strings.Contains(text, `-    "valid-lifetime": 601`) || !strings.Contains(text, `+    "valid-lifetime": 600`) {
		t.Errorf("the difference is\n%s", text)
	}
	if out := p.Deploy(`{}`); !strings.Contains(out, "changed by somebody else") {
		t.Errorf("deploy answers %s", out)
	}
	out := p.Deploy(`{"overwrite": true}`)
	var outcomes []struct{ Server, Result, Text string }
	if err := json.Unmarshal([]byte(out), &outcomes); err != nil || len(outcomes) != 2 || outcomes[0].Result != "delivered" || outcomes[1].Result != "up to date" {
		t.Errorf("deploy answers %s", out)
	}
	p.settled("all delivered", `"valid-lifetime": 600`)
}
