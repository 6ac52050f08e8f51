package app

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// campus are the files of two partners.
func campus(t *testing.T) (texts []string) {
	t.Helper()
	for _, name := range []string{"testdata/import/campus-a.conf", "testdata/import/campus-b.conf"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	return texts
}

// Edits of a primary's file are in the service afterwards: what it renders says
// what the file says, and the partner's has them too where it must.
func TestEditsAreAdopted(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		edit    []string
		told    string // one finding
		partner string // in the partner's configuration too
	}{
		"pool grows":        {[]string{"range 10.1.0.160 10.1.0.199;", "range 10.1.0.160 10.1.0.210;"}, "pool 10.1.0.160-10.1.0.199 is 10.1.0.160-10.1.0.210", "range 10.1.0.160 10.1.0.210;"},
		"pool shrinks":      {[]string{"range 10.1.0.160 10.1.0.199;", "range 10.1.0.161 10.1.0.198;"}, "is 10.1.0.161-10.1.0.198", "range 10.1.0.161 10.1.0.198;"},
		"host":              {[]string{"fixed-address 10.1.0.2;", "fixed-address 10.1.0.3;"}, "reservation gate", "fixed-address 10.1.0.3;"},
		"host's name":       {[]string{"host gate {", "host gatekeeper {"}, "reservation gatekeeper", "host gatekeeper {"},
		"host's client":     {[]string{"00:11:22:33:44:01", "00:11:22:33:44:81"}, "reservation gate (00:11:22:33:44:81", "00:11:22:33:44:81"},
		"host's boot":       {[]string{`filename "boot/porter"`, `filename "boot/other"`}, "reservation porter", ""},
		"host's words":      {[]string{"fixed-address 10.1.0.2;", "allow booting;\n      fixed-address 10.1.0.2;"}, "DHCP reservation gate: allow booting;", ""},
		"option":            {[]string{"option routers 10.1.0.1;", "option routers 10.1.0.254;"}, `3 = "10.1.0.254"`, "option routers 10.1.0.254;"},
		"option gone":       {[]string{"    option routers 10.1.0.1;\n", ""}, "3 removed", ""},
		"server's option":   {[]string{`option domain-name "campus.example";`, `option domain-name "elsewhere.example";`}, `15 = "elsewhere.example"`, ""},
		"own option":        {[]string{"http://wpad.campus.example/wpad.dat", "http://wpad.other.example/"}, `252 = "http://wpad.other.example/"`, ""},
		"statement":         {[]string{"max-lease-time 86400;", "max-lease-time 43200;"}, "DHCP server dhcp1.test: max-lease-time 43200;", ""},
		"new statement":     {[]string{"ddns-update-style none;", "ddns-update-style none;\n# said by hand\nping-check true;"}, "DHCP server dhcp1.test: ping-check true;", ""},
		"statement gone":    {[]string{"omapi-port 7911;\n", ""}, "removed: omapi-port 7911;", ""},
		"comment":           {[]string{"# inside a pool, which dhcpd lets pass", "# inside a pool, and that is so"}, "host printer", ""},
		"verbatim host":     {[]string{"fixed-address 10.1.0.120;", "fixed-address 10.1.0.121;"}, "stays as it is", ""},
		"class":             {[]string{`0, 5) = "phone"`, `0, 4) = "fone"`}, `class "phones"`, ""},
		"mclt":              {[]string{"mclt 1800;", "mclt 900;"}, "failover peer campus", ""},
		"peer's words":      {[]string{"auto-partner-down 3600;", "auto-partner-down 1800;"}, "failover relationship campus: auto-partner-down 1800;", ""},
		"permit":            {[]string{`deny members of "phones";`, "allow unknown clients;"}, "permits of pool", "allow unknown-clients;"},
		"network's words":   {[]string{"option ntp-servers 10.0.0.123;", "option ntp-servers 10.0.0.124;"}, "shared network building-1: option ntp-servers 10.0.0.124;", ""},
		"group's words":     {[]string{"# dormitories\n  max-lease-time 3600;", "# dormitories\n  max-lease-time 1800;"}, "DHCP group group-1: max-lease-time 1800;", ""},
		"new pool":          {[]string{"    host gate {", "    pool { failover peer \"campus\"; deny dynamic bootp clients; range 10.1.0.220 10.1.0.230; }\n    host gate {"}, "pool 10.1.0.220-10.1.0.230", "range 10.1.0.220 10.1.0.230;"},
		"pool divided":      {[]string{"range 10.2.1.0 10.2.2.255;", "range 10.2.1.0 10.2.1.255;\n    range 10.2.2.9 10.2.2.255;"}, "pool 10.2.2.9-10.2.2.255", "range 10.2.2.9 10.2.2.255;"},
		"pool gone":         {[]string{"    pool {\n      failover peer \"campus\";\n      deny members of \"phones\";\n      deny dynamic bootp clients;\n      range 10.1.0.160 10.1.0.199;\n    }\n", ""}, "pool 10.1.0.160-10.1.0.199 removed", ""},
		"new host":          {[]string{"    host gate {", "    host door { hardware ethernet 00:11:22:33:44:91; fixed-address 10.1.0.4; option host-name \"door\"; allow booting; }\n    host gate {"}, "reservation door", "host door {"},
		"host gone":         {[]string{"    host gate {\n      hardware ethernet 00:11:22:33:44:01;\n      fixed-address 10.1.0.2;\n    }\n", ""}, "reservation gate removed", ""},
		"host moved":        {[]string{"host roamer {\n  option dhcp-client-identifier \"roamer\";\n}\n", "", "  host porter {", "  host roamer { option dhcp-client-identifier \"roamer\"; }\n  host porter {"}, "reservation roamer", ""},
		"host in a pool":    {[]string{"range 10.1.1.10 10.1.1.99;", "range 10.1.1.20 10.1.1.99;", "host roamer {", "host lamp { hardware ethernet 00:11:22:33:44:92; fixed-address 10.1.1.15; }\nhost roamer {"}, "reservation lamp", "range 10.1.1.20 10.1.1.99;"},
		"new subnet":        {[]string{"# where the servers are", "# a laboratory\nsubnet 10.5.0.0 netmask 255.255.255.0 {\n  option routers 10.5.0.1;\n  pool { failover peer \"campus\"; deny dynamic bootp clients; range 10.5.0.10 10.5.0.90; }\n  host mouse { hardware ethernet 00:11:22:33:44:93; fixed-address 10.5.0.9; }\n}\n# where the servers are"}, "subnet 10.5.0.0/24 with 1 pool and 1 reservation", "host mouse {"},
		"verbatim in it":    {[]string{"# where the servers are", "subnet 10.5.0.0 netmask 255.255.255.0 {\n  pool { range 10.5.0.0 10.5.0.90; }\n  pool { range 10.5.0.100 10.5.0.190; }\n  host mouse { hardware ethernet 00:11:22:33:44:93; fixed-address 10.5.0.109; }\n}\n# where the servers are"}, "the pool stays as it is", ""},
		"subnet gone":       {[]string{"# where the servers are\nsubnet 192.0.2.0 netmask 255.255.255.0 {}\n", ""}, "subnet 192.0.2.0/24 removed", ""},
		"subnet's text":     {[]string{"# where the servers are", "# where the servers were"}, "subnet 192.0.2.0/24: its comment", ""},
		"other network":     {[]string{"shared-network \"building-1\"", "shared-network \"building-9\""}, "shared network building-9", "shared-network \"building-9\""},
		"new group":         {[]string{"group \"group-1\" {", "group \"lab\" {\n  option domain-name \"lab.example\";\n  group \"inner\" { use-host-decl-names on; host mouse { hardware ethernet 00:11:22:33:44:93; } }\n}\ngroup \"group-1\" {"}, "group inner", ""},
		"group in another":  {[]string{"group \"group-1\" {", "group \"house\" {\ngroup \"group-1\" {", "}\n\nhost roamer {", "}\n}\n\nhost roamer {"}, "group house", ""},
		"group's comment":   {[]string{"host roamer {", "# a laboratory\ngroup \"lab\" {\n  host mouse { hardware ethernet 00:11:22:33:44:93; }\n}\nhost roamer {"}, "group lab: # a laboratory", ""},
		"network's comment": {[]string{"# where the servers are", "# a laboratory\nshared-network lab {\n  subnet 10.5.0.0 netmask 255.255.255.0 {\n    pool { range 10.5.0.10 10.5.0.90; }\n    # more to come\n  }\n}\n# where the servers are"}, "shared network lab: # a laboratory", ""},
		"new definition":    {[]string{"option wpad code 252 = text;", "option wpad code 252 = text;\noption boxes code 253 = array of ip-address;", "authoritative;", "authoritative;\noption boxes 10.0.0.7, 10.0.0.8;"}, "definition of option boxes", ""},
		"definition gone":   {[]string{"option wpad code 252 = text;\n", "", "option wpad \"http://wpad.campus.example/wpad.dat\";\n", ""}, "definition of option wpad removed", ""},
		"new class":         {[]string{"if option dhcp-message-type = 3", "class \"boxes\" { match hardware; }\nsubclass \"boxes\" 1:00:11:22:33:44:01;\nif option dhcp-message-type = 3"}, "class \"boxes\"", ""},
		"order":             {[]string{"omapi-port 7911;\n", "", "authoritative;\n", "omapi-port 7911;\nauthoritative;\n"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFiles(t, "", campus(t)...)
			f.edit(t, 0, tt.edit...)
			before := f.live(0)
			report := f.adopt(`{"servers": ["dhcp1.test"], "replace": true, "comment": "by hand"}`)
			if report.Refused != "" || !strings.Contains(told(report), tt.told) {
				t.Fatalf("refused %q\n%s\nwant %s", report.Refused, told(report), tt.told)
			}
			mustSayTheSame(t, write(t, before), f.rendered(0))
			mustSayTheSame(t, write(t, f.rendered(0)), before)
			if again := f.adopt(`{"servers": ["dhcp1.test"]}`); again.Outcomes[0].Result != "nothing to adopt" {
				t.Errorf("again: %+v", again)
			}
			if got := f.rendered(1); !strings.Contains(got, tt.partner) {
				t.Errorf("%q is not in\n%s", tt.partner, got)
			}
		})
	}
}

// Reservations exchange what each may have alone, at the partner too.
func TestReservationsThatExchange(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		a, b    string // exchanged
		partner string
	}{
		"addresses":            {"fixed-address 10.1.0.4;", "fixed-address 10.1.0.2;", "00:11:22:33:44:91; fixed-address 10.1.0.2;"},
		"clients":              {"00:11:22:33:44:91", "00:11:22:33:44:01", "host gate { hardware ethernet 00:11:22:33:44:91; fixed-address 10.1.0.2;"},
		"names":                {"host door ", "host gate ", "host gate { hardware ethernet 00:11:22:33:44:91; fixed-address 10.1.0.4;"},
		"names of two subnets": {"host desk ", "host gate ", "host desk { hardware ethernet 00:11:22:33:44:01;"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			texts := campus(t)
			for i := range texts {
				texts[i] = strings.Replace(texts[i], "host gate {", "host door { hardware ethernet 00:11:22:33:44:91; fixed-address 10.1.0.4; }\n    host gate {", 1)
			}
			f := newFiles(t, "", texts...)
			f.edit(t, 0, tt.a, "for a moment", tt.b, tt.a, "for a moment", tt.b)
			live := f.live(0)
			if report := f.adopt(`{"servers": ["dhcp1.test"], "replace": true}`); report.Refused != "" {
				t.Fatalf("refused %q\n%s", report.Refused, told(report))
			}
			mustSayTheSame(t, write(t, live), f.rendered(0))
			if got := strings.Join(strings.Fields(f.rendered(1)), " "); !strings.Contains(got, tt.partner) || strings.Contains(got, "adopting") {
				t.Errorf("%q: the partner has\n%s", tt.partner, got)
			}
		})
	}
}

// What was done is told in one order, whichever of several networks it is about.
func TestAdoptionsAreToldInOrder(t *testing.T) {
	t.Parallel()
	names := []string{"a", "b", "c", "d", "e"}
	text := ""
	for i, name := range names {
		text += fmt.Sprintf("shared-network \"%s\" {\n  allow booting;\n  subnet 10.%d.0.0 netmask 255.255.255.0 {}\n}\n", name, i)
	}
	f := newFiles(t, "", text)
	var want []string
	for _, name := range names {
		head := "shared-network \"" + name + "\" {\n"
		f.edit(t, 0, head+"  allow booting;\n", head)
		want = append(want, "shared network "+name+": removed: allow booting;")
	}
	var got []string
	for _, found := range f.adopt(`{"servers": ["dhcp1.test"], "replace": true}`).Findings {
		got = append(got, found.Text)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// Groups may change places: what is in them stays what it was.
func TestGroupsThatMove(t *testing.T) {
	t.Parallel()
	const (
		outer = "group \"outer\" {\n"
		lone  = "  host lone {\n    hardware ethernet 00:11:22:33:44:01;\n  }\n"
	)
	for name, edit := range map[string][]string{
		"outer one renamed":      {outer, "group \"other\" {\n"},
		"outer one gone":         {outer, "", lone + "}\n", lone},
		"outer one in the inner": {outer + "  group \"inner\" {\n", "group \"inner\" {\n  group \"outer\" {\n", lone + "}\n", "}\n" + lone},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFiles(t, "", outer+"  group \"inner\" { host mouse { hardware ethernet 00:11:22:33:44:02; } }\n"+lone+"}\n")
			ref := func() any {
				answer, fault := f.call("GetDHCPReservation", `{"session": "`+f.session+`", "dhcpReservationRef": "lone"}`)
				if fault != "" {
					t.Fatal(fault)
				}
				return answer["dhcpReservation"].(map[string]any)["ref"]
			}
			before := ref()
			f.edit(t, 0, edit...)
			live := f.live(0)
			if report := f.adopt(`{"servers": ["dhcp1.test"], "replace": true}`); report.Refused != "" {
				t.Fatalf("refused %q\n%s", report.Refused, told(report))
			}
			mustSayTheSame(t, write(t, live), f.rendered(0))
			mustSayTheSame(t, write(t, f.rendered(0)), live)
			if after := ref(); after != before {
				t.Errorf("the reservation %v is %v now", before, after)
			}
		})
	}
}

// New subnets that both partners' files have alike are kept equal afterwards.
func TestNewSubnetsOfPartners(t *testing.T) {
	t.Parallel()
	subnet := func(n int) string {
		return fmt.Sprintf("subnet 10.%d.0.0 netmask 255.255.255.0 {\n  pool { failover peer \"campus\"; deny dynamic bootp clients; range 10.%[1]d.0.10 10.%[1]d.0.90; }\n}\n", n)
	}
	const before = "# where the servers are"
	f := newFiles(t, "", campus(t)...)
	f.edit(t, 0, before, subnet(5)+subnet(6)+before)
	f.edit(t, 1, before, subnet(5)+subnet(6)+before)
	if report := f.adopt(`{"servers": ["dhcp1.test", "dhcp2.test"], "replace": true}`); report.Refused != "" {
		t.Fatalf("refused %q\n%s", report.Refused, told(report))
	}
	f.edit(t, 0, "range 10.5.0.10 ", "range 10.5.0.20 ", "range 10.6.0.10 ", "range 10.6.0.20 ")
	if report := f.adopt(`{"servers": ["dhcp1.test"], "replace": true}`); report.Refused != "" {
		t.Fatalf("the second time: refused %q\n%s", report.Refused, told(report))
	}
	for _, want := range []string{"range 10.5.0.20 10.5.0.90;", "range 10.6.0.20 10.6.0.90;"} {
		if got := f.rendered(1); !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}
