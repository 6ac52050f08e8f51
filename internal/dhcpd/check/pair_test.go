package check_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"halxml/internal/dhcpd/check"
	"halxml/internal/dhcpd/conf"
)

const secondary = `failover peer "p" { secondary; address 10.0.0.3; port 647; peer address 10.0.0.2; peer port 647;
  max-response-delay 60; max-unacked-updates 10; load balance max seconds 3; }
`

func parse(t *testing.T, name, text string) *conf.File {
	t.Helper()
	f, err := conf.Parse(name, []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// What neither server can see alone.
func TestPair(t *testing.T) {
	swap := func(s, old, new string) string { return strings.Replace(s, old, new, 1) }
	subnet := func(body string) string { return openSubnet + "pool { failover peer \"p\"; " + body + " }\n}\n" }
	const whole = "range 10.0.0.10 10.0.0.99;"
	a, b := primary+subnet(whole), secondary+subnet(whole)
	for _, c := range []struct{ name, a, b, want string }{
		{"good pair", a, b, ""},
		{"good pair, the other way round", b, a, ""},
		{"ranges cut otherwise", a, secondary + subnet("range 10.0.0.10 10.0.0.50; range 10.0.0.51 10.0.0.99;"), ""},
		{"host names, one an address", swap(a, "peer address 10.0.0.3", "peer address b.example"), b, ""},
		{"names in another case", swap(a, "peer address 10.0.0.3", "peer address B.example."), swap(b, " address 10.0.0.3", " address b.EXAMPLE"), ""},
		{"no own address", swap(a, " address 10.0.0.2;", ""), b, ""},
		{"port by default", swap(a, "port 647; peer", "peer"), b, ""},
		{"nothing in common", primary + subnet(whole), openSubnet + "range 10.0.0.5 10.0.0.20; }",
			"a:1: warning: Failover peer \"p\" has no counterpart in the other file"},
		{"third server", a, b + strings.ReplaceAll(secondary, `"p"`, `"q"`),
			"b:6: warning: Failover peer \"q\" has no counterpart in the other file"},
		{"name differs", a, strings.ReplaceAll(b, `"p"`, `"P"`),
			"a:1: error: Failover peer \"p\" is called \"P\" by its partner (b:1); the names must be the same"},
		{"both primary", a, swap(b, "secondary", "primary"), "a:1: error: Both partners of \"p\" are primary"},
		{"both secondary", swap(a, "primary", "secondary"), b, "a:1: error: Both partners of \"p\" are secondary"},
		{"own address", swap(a, " address 10.0.0.2", " address 10.0.0.4"), b,
			"a:1: error: 'address' of \"p\" is 10.0.0.4, but the partner's 'peer address' is 10.0.0.2"},
		{"peer address", swap(a, "10.0.0.3", "10.0.0.4"), b,
			"a:1: error: 'peer address' of \"p\" is 10.0.0.4, but the partner's 'address' is 10.0.0.3"},
		{"address twice", a, swap(swap(b, "10.0.0.3", "x"), "10.0.0.2", "10.0.0.3"),
			"a:1: error: 'address' of \"p\" is 10.0.0.2, but the partner's 'peer address' is 10.0.0.3"},
		{"port", swap(a, "port 647", "port 847"), b, "a:1: error: 'port' of \"p\" is 847, but the partner's 'peer port' is 647"},
		{"peer port", swap(a, "peer port 647", "\npeer port 847"), b, "a:2: error: 'peer port' of \"p\" is 847, but the partner's 'port' is 647"},
		{"pool only here", a, secondary + openSubnet + "}",
			"a:4: error: 10.0.0.10 to 10.0.0.99 are under \"p\", but not at the partner, which will reject updates about them"},
		{"pool only there", primary + openSubnet + "}", b,
			"b:4: error: 10.0.0.10 to 10.0.0.99 are under \"p\", but not at the partner, which will reject updates about them"},
		{"pool without the reference there", a, swap(b, "pool { failover peer \"p\";", "pool {"),
			"a:4: error: 10.0.0.10 to 10.0.0.99 are under \"p\", but not at the partner, which will reject updates about them"},
		{"pools differ", a, secondary + subnet("range 10.0.0.20 10.0.0.30; range 10.0.0.50; range 10.0.0.98 10.0.0.100;"),
			"a:4: error: 10.0.0.10 to 10.0.0.19 are under \"p\", but not at the partner, which will reject updates about them\n" +
				"a:4: error: 10.0.0.31 to 10.0.0.49 are under \"p\", but not at the partner, which will reject updates about them\n" +
				"a:4: error: 10.0.0.51 to 10.0.0.97 are under \"p\", but not at the partner, which will reject updates about them\n" +
				"b:4: error: 10.0.0.100 is under \"p\", but not at the partner, which will reject updates about them"},
		{"permits", primary + subnet("deny known clients; allow all clients;"+whole), secondary + subnet(whole+"allow all clients;"),
			"a:4: warning: The pool admits other clients than the same pool at the partner (b:4)"},
		{"permits in another order", primary + subnet("deny known clients; allow all clients;"+whole),
			secondary + subnet(whole+"allow all clients; deny known-clients; deny known clients;"), ""},
		{"mask", a, swap(b, "255.255.255.0", "255.255.0.0"),
			"a:3: error: Subnet 10.0.0.0 has mask 255.255.255.0, but 255.255.0.0 at the partner (b:3)"},
		{"mask elsewhere", a + "subnet 10.9.0.0 netmask 255.255.0.0 { }", b + "subnet 10.9.0.0 netmask 255.255.255.0 { }", ""},
		{"ranges without failover", a + "subnet 10.1.0.0 netmask 255.255.255.0 { range 10.1.0.10 10.1.0.20; pool { range 10.1.0.30 10.1.0.40; } }",
			b + "subnet 10.1.0.0 netmask 255.255.255.0 { range 10.1.0.20 10.1.0.33; range 10.1.0.40 10.1.0.41; }",
			"a:6: warning: 10.1.0.20 is in ranges of both servers that refer to no failover peer, so both may hand them out\n" +
				"a:6: warning: 10.1.0.30 to 10.1.0.33 are in ranges of both servers that refer to no failover peer, so both may hand them out\n" +
				"a:6: warning: 10.1.0.40 is in ranges of both servers that refer to no failover peer, so both may hand them out"},
		{"a quarter of a pool of everything", primary + "subnet 0.0.0.0 netmask 0.0.0.0 { pool { failover peer \"p\"; range 255.255.255.0 255.255.255.255; } }",
			secondary + "subnet 0.0.0.0 netmask 0.0.0.0 { pool { failover peer \"p\"; range 255.255.255.64 255.255.255.255; } }",
			"a:3: error: 255.255.255.0 to 255.255.255.63 are under \"p\", but not at the partner, which will reject updates about them"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range check.Pair(parse(t, "a", c.a), parse(t, "b", c.b)) {
				got = append(got, f.String())
			}
			if strings.Join(got, "\n") != c.want {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), c.want)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	warned := check.File(parse(t, "f", openSubnet+"}"+openSubnet+"}"))
	if len(warned) == 0 || check.Refused(warned) {
		t.Errorf("warnings refuse: %v", warned)
	}
	if !check.Refused(append(warned, check.File(parse(t, "f", primary))...)) {
		t.Error("an error does not refuse")
	}
}

// Files that dhcpd accepts have no errors.
func TestAcceptedFilesHaveNoErrors(t *testing.T) {
	files, err := filepath.Glob("../conf/testdata/printed/*.conf")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		f, err := conf.Load(file, os.ReadFile)
		if err != nil {
			t.Fatal(err)
		}
		for _, finding := range check.File(f) {
			if finding.Severity == check.Error {
				t.Error(finding)
			}
		}
	}
}
