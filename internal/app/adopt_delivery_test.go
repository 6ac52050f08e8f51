package app

import (
	"os"
	"strings"
	"testing"
)

// edit changes the live configuration of a server by hand.
func (p *pair) edit(i int, pairs ...string) {
	p.t.Helper()
	text := p.live(i)
	for n := 0; n < len(pairs); n += 2 {
		if !strings.Contains(text, pairs[n]) {
			p.t.Fatalf("%q is not in\n%s", pairs[n], text)
		}
		text = strings.Replace(text, pairs[n], pairs[n+1], 1)
	}
	if err := os.WriteFile(p.lab.Servers[i].Config.File, []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// TestEditsOfARunningPairAreAdopted edits the primary's file by hand, adopts it,
// and wants both servers to run with it, without any --overwrite.
func TestEditsOfARunningPairAreAdopted(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.addPair()
	scope := p.Scope("office", serverNames[0])
	p.Do("SetDHCPOptions", "<ref>"+scope+"</ref><dhcpOptions><dhcpOption><option>51</option><value>600</value></dhcpOption></dhcpOptions>")
	p.settled("an option", normalMain)

	p.edit(0, "range 10.77.0.100 10.77.0.169;", "range 10.77.0.100 10.77.0.174;",
		"mclt 20;", "mclt 30;",
		"max-lease-time 600;", "max-lease-time 900;\n  option routers 10.77.0.1;\n  # by hand\n  one-lease-per-client true;\n  host door { hardware ethernet 02:00:00:00:00:77; fixed-address 10.77.0.9; }")
	p.until("the edit is seen", func() bool { return p.state(0) == "Out of date" })
	if out := p.Deploy(`{"servers": ["dhcp1.test"]}`); !strings.Contains(out, "halxml adopt takes it over, halxml deploy --overwrite replaces it") {
		t.Errorf("deploy answers %s", out)
	}

	// Nobody saw the edit, and something else is changed in the service.
	p.Do("AddDHCPReservation", "<dhcpReservation><name>desk</name><clientIdentifier>02:00:00:00:00:78</clientIdentifier><addresses><address>10.77.0.8</address></addresses><ownerRef>"+scope+"</ownerRef></dhcpReservation>")

	var report = p.adopt(`{"servers": ["dhcp1.test"], "dryRun": true}`)
	if report.Refused != "" || report.Outcomes[0].Result != "not adopted" || len(report.Findings) < 5 {
		t.Fatalf("tried: %+v", report)
	}
	report = p.adopt(`{"servers": ["dhcp1.test"], "comment": "the night of the big repair"}`)
	if report.Refused != "" || report.Outcomes[0].Result != "adopted" {
		t.Fatalf("%+v", report)
	}
	t.Logf("told:\n%s", told(report))
	p.settled("the adopted edit", normalMain)
	p.both("range 10.77.0.100 10.77.0.174;", true)
	p.both("host door", true)
	p.both("host desk", true)
	p.both("option routers 10.77.0.1;", true)
	live := p.live(0)
	for _, want := range []string{"mclt 30;", "max-lease-time 900;", "default-lease-time 600;", "# by hand", "one-lease-per-client true;"} {
		if !strings.Contains(live, want) {
			t.Errorf("%q is not in\n%s", want, live)
		}
	}
	if now := p.Scope("office", serverNames[0]); now != scope {
		t.Errorf("the scope was %s and is %s", scope, now)
	}
	if history := p.Do("GetHistory", "<limit>100</limit>"); strings.Count(history, "the night of the big repair") < 5 {
		t.Errorf("the history is %s", history)
	}

	// Both partners' files are edited alike; the second adoption finds all done.
	for i := range serverNames {
		p.edit(i, "range 10.77.0.100 10.77.0.174;", "range 10.77.0.100 10.77.0.176;")
	}
	p.until("both edits are seen", func() bool { return p.state(0) == "Out of date" && p.state(1) == "Out of date" })
	report = p.adopt(`{"servers": ["dhcp1.test", "dhcp2.test"]}`)
	if report.Refused != "" || len(report.Findings) != 1 {
		t.Fatalf("%+v", report)
	}
	p.settled("both edits", normalMain)
	p.both("range 10.77.0.100 10.77.0.176;", true)

	// An edit of both in different ways is refused, and one is chosen.
	p.edit(0, "range 10.77.0.100 10.77.0.176;", "range 10.77.0.100 10.77.0.177;")
	p.edit(1, "range 10.77.0.100 10.77.0.176;", "range 10.77.0.100 10.77.0.178;")
	p.until("two edits are seen", func() bool { return p.state(0) == "Out of date" && p.state(1) == "Out of date" })
	if report = p.adopt(`{"servers": ["dhcp1.test", "dhcp2.test"]}`); report.Refused == "" {
		t.Fatalf("%+v", report)
	}
	if report = p.adopt(`{"servers": ["dhcp2.test"]}`); report.Refused != "" {
		t.Fatalf("%+v", report)
	}
	if out := p.Deploy(`{"overwrite": true}`); strings.Contains(out, "failed") {
		t.Errorf("deploy answers %s", out)
	}
	p.settled("one edit", normalMain)
	p.both("range 10.77.0.100 10.77.0.178;", true)
	p.serves(t, "one edit", "10.77.0.100-10.77.0.178")
}
