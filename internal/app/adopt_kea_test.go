package app

import (
	"strings"
	"testing"

	"halxml/internal/kea/conf"
)

// TestEditsOfRunningKeaServersAreAdopted changes a daemon by hand: what it runs
// with is in the service afterwards, and at the partner where it must be.
func TestEditsOfRunningKeaServersAreAdopted(t *testing.T) {
	t.Parallel()
	p := newKeaPair(t, nil)
	p.addPair()
	edit := func(i int, change func(*conf.Server)) {
		t.Helper()
		f, err := p.channels[i].ConfigGet(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		change(f.Dhcp4)
		if err := p.channels[i].ConfigSet(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		p.until("an edit", func() bool { return p.states()[i] == "Out of date" })
	}
	adopt := func(server, want string) {
		t.Helper()
		report := p.adopt(`{"servers": ["` + server + `"], "comment": "by hand"}`)
		if report.Refused != "" || !strings.Contains(told(report), want) {
			t.Fatalf("refused %q\n%s\nwant %s", report.Refused, told(report), want)
		}
		t.Logf("told:\n%s", told(report))
	}

	edit(0, func(s *conf.Server) {
		subnets, _ := s.AllSubnets(4)
		subnets[0].Reservations = append(subnets[0].Reservations, conf.Reservation{HWAddress: "02:00:00:00:00:77", IPAddress: strings.TrimSuffix(subnets[0].Prefix, "0/24") + "7", Hostname: "door"})
		subnets[0].Rest.Delete("min-valid-lifetime")
		subnets[0].Rest.Delete("max-valid-lifetime")
		subnets[0].Rest.Set("valid-lifetime", int64(1234))
		subnets[0].Options = append(subnets[0].Options, conf.Option{Name: "domain-name", Data: "hand.example"})
	})
	adopt(keaNames[0], "reservation 02:00:00:00:00:77")
	p.settled("an adopted edit", "02:00:00:00:00:77")
	for _, want := range []string{`"valid-lifetime": 1234`, "hand.example"} {
		if text := p.Rendered(keaNames[0]); !strings.Contains(text, want) {
			t.Errorf("%s is not in\n%s", want, text)
		}
	}

	// An option of the service, and a subnet that the secondary has got.
	scope := p.Scope("office", keaNames[0])
	p.Do("SetDHCPOptions", "<ref>"+scope+"</ref><dhcpOptions><dhcpOption><option>3</option><value>10.77.0.1</value></dhcpOption></dhcpOptions>")
	p.settled("an option", `"10.77.0.1"`)
	edit(1, func(s *conf.Server) {
		subnets, _ := s.AllSubnets(4)
		for i := range subnets[0].Options {
			if o := &subnets[0].Options[i]; o.Code == 3 {
				o.Data = "10.77.0.2"
			}
		}
		s.Subnets4 = append(s.Subnets4, conf.Subnet{ID: 7000, Prefix: "10.79.0.0/24", Pools: []conf.Pool{{Range: "10.79.0.10 - 10.79.0.19"}}})
	})
	adopt(keaNames[1], "subnet 10.79.0.0/24 with 1 pool")
	p.settled("the secondary's edit", "10.79.0.0/24")
	p.both("10.77.0.2", true)
	p.both(`"id": 7000`, true)
	if options := p.Do("GetDHCPOptions", "<ref>"+scope+"</ref>"); !strings.Contains(options, "10.77.0.2") {
		t.Errorf("the scope's options are %s", options)
	}
}
