package app

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"halxml/internal/host/hosttest"
)

// status is the state of a server's process.
func (p *pair) status(i int) string {
	p.t.Helper()
	return p.One(p.Do("GetServiceStatus", "<serverRef>"+serverNames[i]+"</serverRef>"), "serviceStatus")
}

// grow makes the office's pool a little larger or smaller, which both servers
// must learn.
func (p *pair) grow(to string) {
	p.t.Helper()
	p.Set(p.Pool(p.Scope("office", serverNames[0])), "to", to)
}

// untouched runs what must not change the live configurations.
func (p *pair) untouched(what string, do func()) {
	p.t.Helper()
	before := [2]string{p.live(0), p.live(1)}
	do()
	for i := range before {
		if p.live(i) != before[i] {
			p.t.Errorf("%s: the configuration of %s was\n%s\nand became\n%s", what, serverNames[i], before[i], p.live(i))
		}
	}
}

var normalMain = map[string]string{"main": "normal"}

// TestWhatServersSayIsTold kills, stops and starts servers.
func TestWhatServersSayIsTold(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.addPair()
	if p.status(0) != "running" {
		t.Errorf("status %s", p.status(0))
	}
	p.lab.Servers[0].Kill()
	p.until("the primary's end", func() bool {
		return p.Relationships()["main"] == "communications-interrupted" && p.state(0) == "Service Down" && p.state(1) == "OK"
	})
	if p.status(0) != "exited" || p.status(1) != "running" {
		t.Errorf("status %s and %s", p.status(0), p.status(1))
	}

	// A change waits for the partner.
	p.untouched("without the primary", func() {
		p.grow("10.77.0.130")
		p.until("a change that waits", func() bool { return p.state(1) == "Out of date" })
		if out := p.Deploy(`{"servers": ["dhcp2.test"]}`); !strings.Contains(out, `"result":"waiting"`) || !strings.Contains(out, "dhcp1.test does not run") {
			t.Errorf("deploy answers %s", out)
		}
	})
	p.Do("SetServiceStatus", "<serverRef>dhcp1.test</serverRef><serviceStatus>running</serviceStatus><saveComment>back to work</saveComment>")
	p.settled("the primary again", normalMain)
	p.both("10.77.0.130", true)

	// A server that was stopped on request is not started by a change.
	p.Do("SetServiceStatus", "<serverRef>dhcp1.test</serverRef><serviceStatus>stopped</serviceStatus>")
	p.until("the primary stopped", func() bool { return p.status(0) == "stopped" && p.state(0) == "Service Down" })
	p.untouched("with a stopped primary", func() {
		p.grow("10.77.0.131")
		p.until("a change that waits", func() bool { return p.state(1) == "Out of date" })
	})
	p.lab.Servers[1].Kill()
	p.until("nobody to tell", func() bool { return p.Relationships()["main"] == "unknown-state" })
	if out := p.Deploy(`{"force": true}`); strings.Count(out, `"result":"delivered"`) != 2 {
		t.Errorf("deploy answers %s", out)
	}
	p.settled("a forced delivery", normalMain)
	p.both("10.77.0.131", true)
	if events := p.Events("Modification"); !slices.Contains(events, "Service of DHCP server dhcp1.test stopped") {
		t.Errorf("events %q", events)
	}
	if fault := p.Fault("SetServiceStatus", "<serverRef>dhcp1.test</serverRef><serviceStatus>fatal</serviceStatus>"); !strings.Contains(fault, "running or stopped") {
		t.Errorf("fault %q", fault)
	}
}

// TestFailedDeliveriesAreRolledBack lets deliveries fail in several ways; the
// servers go on as they were.
func TestFailedDeliveriesAreRolledBack(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.addPair()
	processes := func() [2]string { return [2]string{p.process(0), p.process(1)} }

	// A statement that dhcpd does not know.
	running := processes()
	p.untouched("a bad statement", func() {
		p.configure(t, p.lab.Preamble()+"frobnicate 1;\n", "")
		p.restart(t)
		p.until("the refusal", func() bool { return p.state(0) == "Out of date" && len(p.Events("Error")) > 0 })
		if text := p.Events("Error")[0]; !strings.Contains(text, "dhcpd.conf line ") || !strings.Contains(text, "frobnicate") || strings.Contains(text, p.lab.Servers[0].Dir) {
			t.Errorf("event %q", text)
		}
		if out := p.Deploy(`{}`); !strings.Contains(out, `"result":"failed"`) || !strings.Contains(out, "frobnicate") {
			t.Errorf("deploy answers %s", out)
		}
		if n := len(p.Events("Error")); n != 1 {
			t.Errorf("%d events of one failure", n)
		}
		p.configure(t, p.lab.Preamble(), "")
		p.restart(t)
		p.settled("the good statements again", normalMain)
	})
	if processes() != running {
		t.Errorf("the processes %v became %v", running, processes())
	}

	// A port that somebody else has, which only a start shows.
	port := p.lab.Servers[1].Occupy()
	p.untouched("a port in use", func() {
		p.configure(t, p.lab.Preamble()+"local-port "+port+";\n", "")
		p.restart(t)
		p.until("the failure", func() bool { return len(p.Events("Error")) == 2 })
		at := serverNames[1]
		if p.lab.OneMachine() {
			at = serverNames[0] // which is started first
		}
		if text := p.Events("Error")[0]; !strings.Contains(text, at) || !strings.Contains(text, "ddress already in use") {
			t.Errorf("event %q", text)
		}
		p.until("both as before", func() bool {
			return p.Relationships()["main"] == "normal" && p.status(0) == "running" && p.status(1) == "running"
		})
		p.configure(t, p.lab.Preamble(), "")
		p.restart(t)
		p.settled("no such port", normalMain)
	})

	// A file that vanishes between the check and the swap of the second server,
	// when the first one has its new configuration.
	check := p.lab.Servers[1].Config.Validate
	p.lab.Servers[1].Config.Validate = []string{"sh", "-c", `"$@" && rm "$5"`, "sh", check[0], check[1], check[2], check[3], check[4], check[5], check[6]}
	p.configure(t, p.lab.Preamble(), "")
	p.restart(t)
	p.untouched("a vanished file", func() {
		p.grow("10.77.0.140")
		p.until("the failure", func() bool { return len(p.Events("Error")) == 3 })
		if text := p.Events("Error")[0]; !strings.Contains(text, "dhcp2.test") || !strings.Contains(text, "is gone from beside the live one") {
			t.Errorf("event %q", text)
		}
		p.until("both as before", func() bool {
			return p.Relationships()["main"] == "normal" && p.state(0) == "Out of date" && p.state(1) == "Out of date"
		})
	})
	p.lab.Servers[1].Config.Validate = check
	p.configure(t, p.lab.Preamble(), "")
	p.restart(t)
	p.settled("the change at last", normalMain)
	p.both("10.77.0.140", true)
}

// TestFilesOfOthersAreLeftAlone edits and removes configurations by hand, and
// ends the service in the middle of a delivery.
func TestFilesOfOthersAreLeftAlone(t *testing.T) {
	t.Parallel()
	p := &pair{clients: clients{lab: hosttest.New(t, 2)}, dir: t.TempDir()}
	p.file = p.dir + "/halxml.toml"
	const found = "authoritative;\nsubnet 10.77.0.0 netmask 255.255.255.0 { }\n"
	if err := os.WriteFile(p.lab.Servers[0].Config.File, []byte(found), 0o644); err != nil {
		t.Fatal(err)
	}
	p.configure(t, p.lab.Preamble(), "deliver = 'manual'")
	p.start(t)
	for i, s := range p.lab.Servers {
		p.Do("AddDHCPServer", "<dhcpServer><name>"+serverNames[i]+"</name><type>ISC</type><address>"+s.Address+"</address></dhcpServer>")
	}
	p.untouched("a first delivery", func() {
		out := p.Deploy(`{}`)
		var outcomes []struct{ Server, Result, Text string }
		if err := json.Unmarshal([]byte(out), &outcomes); err != nil || len(outcomes) != 2 {
			t.Fatalf("deploy answers %s", out)
		}
		if o := outcomes[0]; o.Result != "waiting" || !strings.Contains(o.Text, "has a configuration file of somebody else") {
			t.Errorf("outcome %+v", o)
		}
		if o := outcomes[1]; o.Result != "delivered" {
			t.Errorf("outcome %+v", o)
		}
		_ = os.Remove(p.lab.Servers[1].Config.File) // gone again, for untouched and the next step
	})
	p.until("a file that is gone", func() bool { return p.state(1) == "Out of date" })
	if out := p.Deploy(`{"servers": ["dhcp2.test"]}`); !strings.Contains(out, "is gone") {
		t.Errorf("deploy answers %s", out)
	}
	if out := p.Deploy(`{"overwrite": true}`); strings.Count(out, `"result":"delivered"`) != 2 {
		t.Errorf("deploy answers %s", out)
	}
	p.settled("both", nil)
	if previous, err := os.ReadFile(p.lab.Servers[0].Config.File + ".prev"); err != nil || string(previous) != found {
		t.Errorf("the file of somebody else is kept as %q, error %v", previous, err)
	}

	// By hand only: a change waits for deploy, a second deploy has nothing to do.
	p.Do("AddDHCPScope", "<dhcpScope><name>lab</name><rangeRef>10.78.0.0/24</rangeRef><dhcpServerRef>dhcp1.test</dhcpServerRef></dhcpScope>")
	p.until("a change that waits", func() bool { return p.state(0) == "Out of date" })
	if out := p.Deploy(`{"servers": ["dhcp1.test"]}`); out != `[{"server":"dhcp1.test","result":"delivered"}]` {
		t.Errorf("deploy answers %s", out)
	}
	if out := p.Deploy(`{}`); strings.Count(out, `"result":"up to date"`) != 2 {
		t.Errorf("deploy answers %s", out)
	}

	// A service that ends as soon as the file is in place goes on later.
	p.configure(t, p.lab.Preamble(), "")
	p.restart(t)
	p.Do("AddDHCPAddressPool", "<dhcpAddressPool><dhcpScopeRef>lab</dhcpScopeRef><from>10.78.0.100</from><to>10.78.0.119</to></dhcpAddressPool>")
	p.until("the new file", func() bool { return strings.Contains(p.live(0), "10.78.0.119") })
	p.restart(t)
	p.until("the delivery that was cut short", func() bool {
		return p.status(0) == "running" && p.state(0) == "OK" && strings.Count(strings.Join(p.Events("Refresh"), "\n"), "dhcp1.test") == 3
	})
	p.settled("all delivered", nil)
}
