package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"halxml/internal/config"
	"halxml/internal/kea/conf"
	"halxml/internal/kea/control"
	"halxml/internal/kea/keatest"
	"halxml/internal/realtool"
)

// keaPair is a service with two real Kea servers, kea1.test and kea2.test.
type keaPair struct {
	*fixture
	session string
	file    string // the service's configuration
	dir     string
	hooks   string
	folders [2]string
	daemons [2]*keatest.Daemon
	clients [2]*control.Client
	ports   [2]int
	settle  string
}

var keaNames = [2]string{"kea1.test", "kea2.test"}

// keaBase is what a server's operator says of it: it listens nowhere, and high
// availability, if there is any, works faster than in real life.
func (p *keaPair) keaBase(i int, more, hook string) string {
	return fmt.Sprintf(`{"Dhcp4": {"interfaces-config": {"interfaces": []}, "valid-lifetime": 600,
		"lease-database": {"type": "memfile", "name": "%[1]s/leases.csv", "lfc-interval": 0}, %[3]s
		"hooks-libraries": [%[4]s{"library": "%[2]s/libdhcp_ha.so", "parameters": {"high-availability": [
			{"heartbeat-delay": 100, "max-response-delay": 1000, "max-ack-delay": 1000, "max-unacked-clients": 0}]}}]}}`, p.folders[i], p.hooks, more, hook)
}

// newKeaPair starts two servers that serve nobody, and the service.
func newKeaPair(t *testing.T) *keaPair {
	t.Helper()
	p := &keaPair{dir: t.TempDir(), hooks: keatest.Hooks(t), settle: "20s"}
	p.file = filepath.Join(p.dir, "halxml.toml")
	for i := range keaNames {
		p.folders[i] = keatest.Folder(t)
		var err error
		if p.clients[i], err = control.New(control.Target{Socket: p.folders[i] + "/s"}); err != nil {
			t.Fatal(err)
		}
		p.run(t, i, fmt.Sprintf(`{"Dhcp4": {"interfaces-config": {"interfaces": []}, "control-socket": {"socket-type": "unix", "socket-name": "%s/s"},
			"lease-database": {"type": "memfile", "persist": false}, "subnet4": []}}`, p.folders[i]))
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.%d:0", i+1))
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		p.ports[i] = l.Addr().(*net.TCPAddr).Port
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
	p.daemons[i] = keatest.Start(t, realtool.Path(t, "kea-dhcp4"), p.folders[i], []byte(config))
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
	p.session = p.login()
}

func (p *keaPair) restart(t *testing.T) {
	t.Helper()
	if err := p.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	p.start(t)
}

// do makes a SOAP call that must succeed.
func (p *keaPair) do(operation, body string) (answer string) {
	p.t.Helper()
	answer, fault := p.soap(operation, "<session>"+p.session+"</session>"+body)
	if fault != "" {
		p.t.Fatalf("%s %s: %s", operation, body, fault)
	}
	return answer
}

// element is the first element of a name in an answer.
func element(answer, name string) string {
	m := regexp.MustCompile(`<` + name + `>([^<]*)</` + name + `>`).FindStringSubmatch(answer)
	if m == nil {
		return ""
	}
	return m[1]
}

// states are those of both servers and of the relationship, "" without one.
func (p *keaPair) states() [3]string {
	p.t.Helper()
	out := [3]string{2: element(p.do("GetDHCPFailoverRelationships", ""), "state")}
	for i, name := range keaNames {
		out[i] = element(p.do("GetDHCPServer", "<dhcpServerRef>"+name+"</dhcpServerRef>"), "state")
	}
	return out
}

func (p *keaPair) until(what string, ok func() bool) {
	p.t.Helper()
	for end := time.Now().Add(60 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			p.t.Fatalf("not seen: %s; states %q\nhistory %s\nlog %s", what, p.states(), p.events(), p.stderr)
		}
	}
}

// await waits for states.
func (p *keaPair) await(what string, want [3]string) {
	p.t.Helper()
	p.until(what, func() bool { return p.states() == want })
}

// events are the texts of the last errors, the newest first.
func (p *keaPair) events() (texts []string) {
	p.t.Helper()
	answer := p.do("GetHistory", "<eventType>Error</eventType>")
	for _, m := range regexp.MustCompile(`<eventText>([^<]*)</eventText>`).FindAllStringSubmatch(answer, -1) {
		texts = append(texts, m[1])
	}
	return texts
}

// running is what a server runs with, on one line.
func (p *keaPair) running(i int) string {
	f, err := p.clients[i].ConfigGet(p.t.Context())
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
		if h, err := p.clients[i].HAHeartbeat(p.t.Context()); err != nil || h.State != "load-balancing" {
			return false
		}
	}
	return true
}

// fetch is a text of the service.
func (p *keaPair) fetch(method, path, body string) (status int, text string) {
	p.t.Helper()
	request, err := http.NewRequest(method, p.url()+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	request.SetBasicAuth("administrator", password)
	answer, err := p.client.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	var b strings.Builder
	buffer := make([]byte, 4096)
	for {
		n, err := answer.Body.Read(buffer)
		b.Write(buffer[:n])
		if err != nil {
			return answer.StatusCode, b.String()
		}
	}
}

// addPair adds both servers with a scope, and makes them partners.
func (p *keaPair) addPair() {
	p.t.Helper()
	for i, name := range keaNames {
		p.do("AddDHCPServer", fmt.Sprintf("<dhcpServer><name>%s</name><type>Kea</type><address>127.0.0.%d</address></dhcpServer>", name, i+1))
	}
	p.join()
	p.await("the new pair", [3]string{"OK", "OK", "normal"})
}

// join gives the first server a scope, and makes the two partners.
func (p *keaPair) join() {
	p.t.Helper()
	p.do("AddDHCPScope", "<dhcpScope><name>office</name><rangeRef>10.77.0.0/24</rangeRef><dhcpServerRef>kea1.test</dhcpServerRef></dhcpScope>")
	p.do("AddDHCPAddressPool", "<dhcpAddressPool><dhcpScopeRef>office</dhcpScopeRef><from>10.77.0.100</from><to>10.77.0.119</to></dhcpAddressPool>")
	p.do("AddDHCPFailoverRelationship", fmt.Sprintf("<dhcpFailoverRelationship><name>main</name><primaryServer>kea1.test</primaryServer><secondaryServer>kea2.test</secondaryServer>"+
		"<failoverMode>LoadBalance</failoverMode><port>%d</port><secondaryPort>%d</secondaryPort><useDedicatedPeerToPeerEndpoints>true</useDedicatedPeerToPeerEndpoints></dhcpFailoverRelationship>",
		p.ports[0], p.ports[1]))
}

// release lets both servers forget a lease that their files tell of.
func (p *keaPair) release() {
	p.t.Helper()
	for i := range keaNames {
		reply, err := p.clients[i].Do(p.t.Context(), "lease4-add", conf.Object{{Key: "ip-address", Value: "10.77.0.101"}, {Key: "hw-address", Value: "02:00:00:00:00:07"}})
		if err != nil || reply.Result != control.Success {
			p.t.Fatalf("lease4-add: %+v, %v", reply, err)
		}
	}
	p.restart(p.t) // lease files are looked at when the service starts
	scope := element(p.do("GetDHCPScopes", "<filter>name=office</filter>"), "ref")
	p.until("the lease", func() bool {
		return strings.Contains(p.do("GetDHCPLeases", "<dhcpScopeRef>"+scope+"</dhcpScopeRef>"), "10.77.0.101")
	})
	p.do("ReleaseDHCPLease", "<dhcpScopeRef>"+scope+"</dhcpScopeRef><lease>10.77.0.101</lease>")
	for i := range keaNames {
		if list, err := p.clients[i].Leases4(p.t.Context()); err != nil || len(list) > 0 {
			p.t.Errorf("%s has the leases %+v, %v", keaNames[i], list, err)
		}
	}
	if text := p.do("GetHistory", "<limit>2</limit>"); strings.Count(text, "the server has forgotten it") != 2 {
		p.t.Errorf("the history says %s", text)
	}
}

// TestAKeaPairIsDrivenOverTheService takes two real servers from an empty store
// through the life of a relationship.
func TestAKeaPairIsDrivenOverTheService(t *testing.T) {
	t.Parallel()
	p := newKeaPair(t)
	p.addPair()
	if !p.balanced() {
		t.Error("the servers do not say that they share the load")
	}
	for i := range keaNames {
		if s := element(p.do("GetServiceStatus", "<serverRef>"+keaNames[i]+"</serverRef>"), "serviceStatus"); s != "running" {
			t.Errorf("%s is %q", keaNames[i], s)
		}
	}
	p.both(`"10.77.0.100-10.77.0.109", "client-class": "HA_kea1.test"`, true)

	// Scopes, pools and reservations arrive at both.
	settled := [3]string{"OK", "OK", "normal"}
	p.do("AddDHCPScope", "<dhcpScope><name>lab</name><rangeRef>10.78.0.0/24</rangeRef><dhcpServerRef>kea1.test</dhcpServerRef></dhcpScope>")
	p.until("another scope", func() bool {
		return strings.Contains(p.running(0), "10.78.0.0/24") && strings.Contains(p.running(1), "10.78.0.0/24") && p.states() == settled
	})
	p.do("AddDHCPReservation", "<dhcpReservation><ownerRef>"+element(p.do("GetDHCPScopes", "<filter>name=office</filter>"), "ref")+"</ownerRef><clientIdentifier>02:00:00:00:00:01</clientIdentifier><addresses><address>10.77.0.9</address></addresses></dhcpReservation>")
	p.until("a reservation", func() bool {
		return strings.Contains(p.running(0), "10.77.0.9") && strings.Contains(p.running(1), "10.77.0.9") && p.states() == settled
	})
	// What a server runs with it starts with.
	for i := range keaNames {
		if text, err := os.ReadFile(p.folders[i] + "/kea.conf"); err != nil || !strings.Contains(string(text), "10.77.0.9") {
			t.Errorf("the file of %s is %s, %v", keaNames[i], text, err)
		}
	}
	if code, text := p.fetch(http.MethodGet, "/config/kea1.test", ""); code != http.StatusOK || !strings.Contains(text, `"this-server-name": "kea1.test"`) {
		t.Errorf("the configuration of kea1.test is %d %s", code, text)
	}
	if code, text := p.fetch(http.MethodGet, "/config/kea1.test?service=DHCPv6", ""); code == http.StatusOK {
		t.Errorf("it has a file for DHCPv6: %s", text)
	}
	if code, text := p.fetch(http.MethodGet, "/diff/kea1.test", ""); code != http.StatusOK || text != "" {
		t.Errorf("there is a difference, %d:\n%s", code, text)
	}

	p.release()

	// A service that ends as soon as the first has a change goes on later.
	p.do("AddDHCPReservation", "<dhcpReservation><ownerRef>"+element(p.do("GetDHCPScopes", "<filter>name=office</filter>"), "ref")+"</ownerRef><clientIdentifier>02:00:00:00:00:02</clientIdentifier><addresses><address>10.77.0.8</address></addresses></dhcpReservation>")
	p.until("half a delivery", func() bool { return strings.Contains(p.running(0)+p.running(1), "10.77.0.8") })
	p.restart(t)
	p.until("the other half", func() bool {
		return strings.Contains(p.running(0), "10.77.0.8") && strings.Contains(p.running(1), "10.77.0.8") && p.states() == settled
	})

	// One is killed, and comes back.
	p.daemons[0].Stop()
	p.await("the primary's end", [3]string{"Service Down", "OK", "partner-down"})
	if s := element(p.do("GetServiceStatus", "<serverRef>kea1.test</serverRef>"), "serviceStatus"); s != "exited" {
		t.Errorf("kea1.test is %q", s)
	}
	before := p.running(1)
	p.do("AddDHCPAddressPool", "<dhcpAddressPool><dhcpScopeRef>"+element(p.do("GetDHCPScopes", "<filter>name=lab</filter>"), "ref")+"</dhcpScopeRef><from>10.78.0.10</from><to>10.78.0.19</to></dhcpAddressPool>")
	p.await("a change that waits", [3]string{"Service Down", "Out of date", "partner-down"})
	if _, out := p.fetch(http.MethodPost, "/deploy", `{"servers": ["kea2.test"]}`); !strings.Contains(out, `"result":"waiting"`) || !strings.Contains(out, "kea1.test does not run") {
		t.Errorf("deploy answers %s", out)
	}
	if p.running(1) != before {
		t.Error("the secondary did not wait")
	}
	if _, fault := p.soap("SetServiceStatus", "<session>"+p.session+"</session><serverRef>kea1.test</serverRef><serviceStatus>running</serviceStatus>"); !strings.Contains(fault, "no command to start it") {
		t.Errorf("the fault is %q", fault)
	}
	p.run(t, 0, "")
	p.await("the primary again", settled)
	p.both("10.78.0.10", true)

	p.do("RemoveDHCPFailoverRelationships", "<dhcpRefAndFailoverRelationshipNames><dhcpRefAndFailoverRelationshipName><dhcpServerRef>kea2.test</dhcpServerRef>"+
		"<dhcpFailoverRelationshipName>main</dhcpFailoverRelationshipName></dhcpRefAndFailoverRelationshipName></dhcpRefAndFailoverRelationshipNames>")
	p.until("no relationship", func() bool { return !strings.Contains(p.running(0)+p.running(1), "libdhcp_ha") })
	p.await("no relationship", [3]string{"OK", "OK", ""})
	p.both(`"10.77.0.100-10.77.0.119"`, true)
	if events := p.events(); len(events) > 0 {
		t.Errorf("failures: %q", events)
	}
}

// TestAKeaPairThatDoesNotWorkIsRolledBack makes partners that cannot reach each
// other, which shows only when they run.
func TestAKeaPairThatDoesNotWorkIsRolledBack(t *testing.T) {
	t.Parallel()
	p := newKeaPair(t)
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.2:%d", p.ports[1]))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() // the second server cannot listen there
	p.settle = "2s"
	p.configure(t, "", "")
	p.restart(t)
	before := [2]string{p.running(0), p.running(1)}
	for i, name := range keaNames {
		p.do("AddDHCPServer", fmt.Sprintf("<dhcpServer><name>%s</name><type>Kea</type><address>127.0.0.%d</address></dhcpServer>", name, i+1))
	}
	p.join()
	p.until("the failure", func() bool { return len(p.events()) > 0 })
	if text := p.events()[0]; !strings.Contains(text, "failover relationship main did not come to normal operation in 2s") {
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
	p := newKeaPair(t)
	p.addPair()
	untouched := func(what, more, hook, want string) {
		t.Helper()
		before, failures := [2]string{p.running(0), p.running(1)}, len(p.events())
		p.configure(t, more, hook)
		p.restart(t)
		p.until(what, func() bool {
			return len(p.events()) > failures && p.balanced() && p.states() == [3]string{"Out of date", "Out of date", "normal"}
		})
		text := p.events()[0]
		if !strings.Contains(text, want) || strings.Contains(text, p.folders[0]) || strings.Contains(text, "sesame") {
			t.Errorf("%s: the event is %s", what, text)
		}
		if len(p.events()) != failures+1 {
			t.Errorf("%s: events %q", what, p.events())
		}
		if [2]string{p.running(0), p.running(1)} != before {
			t.Errorf("%s: a server was changed", what)
		}
		if _, out := p.fetch(http.MethodPost, "/deploy", `{}`); !strings.Contains(out, `"result":"failed"`) || !strings.Contains(out, want) {
			t.Errorf("%s: deploy answers %s", what, out)
		}
	}
	untouched("a statement that Kea does not know", `"frobnicate": 1,`, "", "frobnicate")
	untouched("a database that is not there", `"hosts-database": {"type": "mysql", "name": "x", "user": "y", "password": "sesame", "host": "127.0.0.1", "port": 9},`, "", "Unable to open database")
	untouched("a library with a bad parameter", "", `{"library": "`+p.hooks+`/libdhcp_flex_option.so", "parameters": {"options": [{"code": 1000, "add": "'sesame'", "password": "sesame"}]}},`, "flex_option")
	p.configure(t, "", "")
	p.restart(t)
	settled := [3]string{"OK", "OK", "normal"}
	p.await("the good statements again", settled)

	// Somebody else's change is told, kept, and replaced when that is wanted.
	f, err := p.clients[0].ConfigGet(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.Dhcp4.Rest.Set("valid-lifetime", int64(601))
	if err := p.clients[0].ConfigSet(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	p.await("somebody's change", [3]string{"Out of date", "OK", "normal"})
	if _, text := p.fetch(http.MethodGet, "/diff/kea1.test", ""); !strings.Contains(text, `-    "valid-lifetime": 601`) || !strings.Contains(text, `+    "valid-lifetime": 600`) {
		t.Errorf("the difference is\n%s", text)
	}
	if _, out := p.fetch(http.MethodPost, "/deploy", `{}`); !strings.Contains(out, "changed by somebody else") {
		t.Errorf("deploy answers %s", out)
	}
	_, out := p.fetch(http.MethodPost, "/deploy", `{"overwrite": true}`)
	var outcomes []struct{ Server, Result, Text string }
	if err := json.Unmarshal([]byte(out), &outcomes); err != nil || len(outcomes) != 2 || outcomes[0].Result != "delivered" || outcomes[1].Result != "up to date" {
		t.Errorf("deploy answers %s", out)
	}
	p.await("all delivered", settled)
	p.both(`"valid-lifetime": 600`, true)
}
