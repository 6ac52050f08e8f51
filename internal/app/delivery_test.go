package app

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"halxml/internal/config"
	"halxml/internal/host/hosttest"
	"halxml/soap/soaptest"
)

// pair is a service with two real servers, dhcp1.test and dhcp2.test, driven
// over SOAP.
type pair struct {
	*fixture
	*soaptest.Client
	clients
	file string // the service's configuration
	dir  string
}

// serverNames are the servers' names in the interface.
var serverNames = [2]string{"dhcp1.test", "dhcp2.test"}

// table is a server's table in the service's configuration.
func table(name string, s *hosttest.Server, preamble, more string) string {
	words := func(list []string) string {
		text, _ := json.Marshal(list)
		return strings.ReplaceAll(string(text), `\u0026`, "&")
	}
	return fmt.Sprintf("[server.%q]\npreamble = %q\nconfig = %q\nleases = %q\npid = %q\nvalidate = %s\nstart = %s\nstop = %s\n%s\n",
		name, preamble, s.Config.File, s.Config.Leases, s.Config.PID, words(s.Config.Validate), words(s.Config.Start), words(s.Config.Stop), more)
}

// newPair makes the lab and its configuration, and starts the service.
func newPair(t *testing.T) *pair {
	t.Helper()
	p := &pair{clients: clients{lab: hosttest.New(t, 2)}, dir: t.TempDir()}
	p.file = filepath.Join(p.dir, "halxml.toml")
	p.configure(t, p.lab.Preamble(), "")
	p.start(t)
	return p
}

func (p *pair) configure(t *testing.T, preamble, more string) {
	t.Helper()
	text := "listen = '127.0.0.1:0'\nsession.idle = '1h'\nlog.access = false\n[delivery]\ngather = '50ms'\nsettle = '90s'\n"
	for i, s := range p.lab.Servers {
		text += table(serverNames[i], s, preamble, more)
	}
	if err := os.WriteFile(p.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (p *pair) start(t *testing.T) {
	t.Helper()
	c, _, err := config.Load(config.Sources{File: p.file, Environ: []string{"HALXML_ADMIN_PASSWORD=" + password, "HALXML_DATA=" + p.dir}})
	if err != nil {
		t.Fatal(err)
	}
	p.fixture = start(t, c, Options{})
	p.Client = soaptest.New(t, p.url(), password)
}

func (p *pair) restart(t *testing.T) {
	t.Helper()
	if err := p.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	p.start(t)
}

// state is a server's state.
func (p *pair) state(i int) string {
	p.t.Helper()
	return p.State(serverNames[i])
}

// until waits for something that happens.
func (p *pair) until(what string, ok func() bool) {
	p.t.Helper()
	p.Until(what, ok, p)
}

// String is how things are, for failures.
func (p *pair) String() string {
	return fmt.Sprintf("states %q %q, relationships %v\nlog %s", p.state(0), p.state(1), p.Relationships(), p.stderr)
}

// live is the configuration file of a server, "" without one.
func (p *pair) live(i int) string {
	text, _ := os.ReadFile(p.lab.Servers[i].Config.File)
	return string(text)
}

// process is the content of a server's pid file.
func (p *pair) process(i int) string {
	text, _ := os.ReadFile(p.lab.Servers[i].Config.PID)
	return strings.TrimSpace(string(text))
}

// settled waits until both servers run what they should, the relationships have
// the states that are wanted and no delivery is under way.
func (p *pair) settled(what string, want map[string]string) {
	p.t.Helper()
	p.Settled(what, len(serverNames), func() bool {
		if !maps.Equal(p.Relationships(), want) {
			return false
		}
		for i, name := range serverNames {
			if p.state(i) != "OK" || strings.TrimSpace(p.live(i)) != p.Rendered(name) {
				return false
			}
		}
		return true
	}, p)
}

// both wants a text in both servers' live configurations, or in neither.
func (p *pair) both(text string, want bool) {
	p.t.Helper()
	for i := range serverNames {
		if strings.Contains(p.live(i), text) != want {
			p.t.Errorf("%q in the configuration of %s: %v, want %v:\n%s", text, serverNames[i], !want, want, p.live(i))
		}
	}
}

// addServers adds both servers, which then serve nobody.
func (p *pair) addServers() {
	p.t.Helper()
	for i, s := range p.lab.Servers {
		p.Do("AddDHCPServer", "<dhcpServer><name>"+serverNames[i]+"</name><type>ISC</type><address>"+s.Address+"</address></dhcpServer>")
	}
	p.settled("two servers", nil)
}

// addScope adds a scope with a pool to the first server.
func (p *pair) addScope(name, network, from, to string) {
	p.t.Helper()
	p.Do("AddDHCPScope", "<dhcpScope><name>"+name+"</name><rangeRef>"+network+"</rangeRef><dhcpServerRef>dhcp1.test</dhcpServerRef></dhcpScope>")
	p.Do("AddDHCPAddressPool", "<dhcpAddressPool><dhcpScopeRef>"+name+"</dhcpScopeRef><from>"+from+"</from><to>"+to+"</to></dhcpAddressPool>")
}

// addPair brings a scope under failover, until both servers say "normal".
func (p *pair) addPair() {
	p.t.Helper()
	p.addServers()
	p.addScope("office", "10.77.0.0/24", "10.77.0.100", "10.77.0.169")
	p.Do("AddDHCPFailoverRelationship", "<dhcpFailoverRelationship><name>main</name><primaryServer>dhcp1.test</primaryServer><secondaryServer>dhcp2.test</secondaryServer>"+
		"<mclt>20</mclt><maxResponseDelay>10</maxResponseDelay><dhcpScopeRefs><ref>office</ref></dhcpScopeRefs></dhcpFailoverRelationship>")
	p.settled("the new pair", normalMain)
}

// TestAPairIsDrivenOverTheService takes two real servers from an empty store
// through the life of a failover relationship. After each step both run what
// they should, and clients get addresses.
func TestAPairIsDrivenOverTheService(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.addPair()
	p.serves(t, "the new pair", "10.77.0.100-10.77.0.169")

	begun, delivered := time.Now(), len(p.Events("Refresh"))
	p.grow("10.77.0.170")
	p.until("a larger pool", func() bool { return len(p.Events("Refresh")) == delivered+len(serverNames) })
	t.Logf("a change is live at both partners, restarted one after the other, after %.2f s, gathered for %s", time.Since(begun).Seconds(), p.config.Delivery.Gather)
	const office, lab = "10.77.0.100-10.77.0.170", "10.78.0.10-10.78.0.99"
	p.serves(t, "a larger pool", office)

	p.Do("ModifyDHCPFailoverRelationship", "<dhcpFailoverRelationship><name>main</name><primaryServer>dhcp1.test</primaryServer><secondaryServer>dhcp2.test</secondaryServer>"+
		"<mclt>40</mclt><percentage>75</percentage></dhcpFailoverRelationship>")
	p.settled("other parameters", normalMain)
	if live := p.live(0); !strings.Contains(live, "mclt 40;") || !strings.Contains(live, "split 192;") {
		t.Errorf("the primary runs\n%s", live)
	}
	p.serves(t, "other parameters", office)

	p.addScope("lab", "10.78.0.0/24", "10.78.0.10", "10.78.0.99")
	join := func(what string) {
		t.Helper()
		p.Do("AddDHCPScopesToDHCPFailoverRelationship", "<dhcpServerRef>dhcp1.test</dhcpServerRef><dhcpFailoverRelationshipName>main</dhcpFailoverRelationshipName>"+
			"<dhcpScopeRefs><ref>"+p.Scope("lab", serverNames[0])+"</ref></dhcpScopeRefs>")
		p.settled(what, normalMain)
		p.both("range 10.78.0.10 10.78.0.99;", true)
		p.serves(t, what, office, lab)
	}
	join("another scope")

	for i, name := range serverNames {
		p.until("addresses for either", func() bool { return p.divided("10.77.0.") && p.divided("10.78.0.") })
		p.lab.Servers[i].Kill()
		p.until("the end of "+name, func() bool {
			return p.Relationships()["main"] == "communications-interrupted" && p.state(i) == "Service Down" && p.state(1-i) == "OK"
		})
		p.serves(t, "without "+name, office, lab)
		p.Do("SetServiceStatus", "<serverRef>"+name+"</serverRef><serviceStatus>running</serviceStatus>")
		p.settled(name+" again", normalMain)
		p.serves(t, name+" again", office, lab)
	}

	leave := func(action string) {
		t.Helper()
		p.Do("RemoveDHCPScopesFromDHCPFailoverRelationship", "<dhcpServerRef>dhcp1.test</dhcpServerRef><dhcpFailoverRelationshipName>main</dhcpFailoverRelationshipName>"+
			"<dhcpScopeRefs><ref>"+p.Scope("lab", serverNames[0])+"</ref></dhcpScopeRefs><dhcpFailoverRelationshipDeconfigureAction>"+action+"</dhcpFailoverRelationshipDeconfigureAction>")
		p.settled("a scope that left: "+action, normalMain)
		p.serves(t, "a scope that left: "+action, office, lab)
	}
	leave("Disable")
	if !strings.Contains(p.live(0), "range 10.78.0.10") || strings.Contains(p.live(1), "range 10.78.0.10") || !strings.Contains(p.live(1), "subnet 10.78.0.0") {
		t.Errorf("the primary runs\n%s\nthe secondary\n%s", p.live(0), p.live(1))
	}
	join("the scope again")
	leave("Delete")
	if !strings.Contains(p.live(0), "range 10.78.0.10") || strings.Contains(p.live(1), "10.78.0.0") {
		t.Errorf("the primary runs\n%s\nthe secondary\n%s", p.live(0), p.live(1))
	}

	// The pool moves to another peer; the first one goes with its last pool.
	p.Do("AddDHCPFailoverRelationship", "<dhcpFailoverRelationship><name>second</name><primaryServer>dhcp2.test</primaryServer><secondaryServer>dhcp1.test</secondaryServer>"+
		"<mclt>20</mclt><maxResponseDelay>10</maxResponseDelay></dhcpFailoverRelationship>")
	if warning := p.All(p.Set(p.Pool(p.Scope("office", serverNames[0])), "failoverPeer", "second"), "warning"); len(warning) != 1 || !strings.Contains(warning[0], "main") {
		t.Errorf("the last pool left its peer with the warning %q", warning)
	}
	p.settled("a pool that moved", map[string]string{"second": "normal"})
	p.both(`failover peer "second"`, true)
	p.both(`"main"`, false)
	p.serves(t, "a pool that moved", office, lab)

	p.Do("RemoveDHCPFailoverRelationships", "<dhcpRefAndFailoverRelationshipNames><dhcpRefAndFailoverRelationshipName><dhcpServerRef>dhcp2.test</dhcpServerRef>"+
		"<dhcpFailoverRelationshipName>second</dhcpFailoverRelationshipName></dhcpRefAndFailoverRelationshipName></dhcpRefAndFailoverRelationshipNames>")
	p.settled("no relationship", nil)
	p.both("failover", false)
	p.serves(t, "no relationship", office, lab)
	if failures := p.Events("Error"); len(failures) > 0 {
		t.Errorf("failures %q", failures)
	}
}

// divided reports whether both servers know that the secondary has addresses to
// give in a network.
func (p *pair) divided(network string) bool {
	p.t.Helper()
	for _, s := range p.lab.Servers {
		text, _ := os.ReadFile(s.Config.Leases)
		if !regexp.MustCompile(`(?m)^lease ` + regexp.QuoteMeta(network) + `\d+ \{[^}]*^  binding state backup;`).Match(text) {
			return false
		}
	}
	return true
}
